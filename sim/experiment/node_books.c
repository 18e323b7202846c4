/* node_books.c - nodes are counted again when something about them changed, before time goes on. */
#include "sim/experiment/node_books.h"

static void node_touch(NodeBooks *books, int32_t node)
{
    if (!books->is_touched[node]) {
        books->is_touched[node] = 1;
        books->touched[books->touched_count++] = node;
    }
}

bool node_books_init(NodeBooks *books, Arena *arena, const World *world, Ledger *ledger,
                     const ChargeMeter *charge, Blame *blame)
{
    size_t nodes = (size_t)world->fleet.node_count;
    size_t types = (size_t)world->fleet.type_count;
    *books = (NodeBooks){.ledger = ledger, .charge = charge, .blame = blame};
    if (!world->health.any) {
        return true;
    }
    books->type_milli = arena_alloc(arena, types, sizeof(int64_t[AWAY_COUNT]));
    books->kind_milli = ARENA_ARRAY(arena, int64_t, world->health.kind_count);
    books->devices = ARENA_ARRAY(arena, DeviceAway, world->fleet.device_begin[nodes]);
    books->is_out = ARENA_ARRAY(arena, uint8_t, nodes);
    books->is_absent = ARENA_ARRAY(arena, uint8_t, nodes);
    books->is_away = ARENA_ARRAY(arena, uint8_t, nodes);
    books->touched = ARENA_ARRAY(arena, int32_t, nodes);
    books->is_touched = ARENA_ARRAY(arena, uint8_t, nodes);
    if (arena->failed) {
        return false;
    }
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        node_touch(books, node); /* spares are held back from the start */
    }
    return true;
}

/* ---- one node ---- */

int node_away(const World *world, int32_t node, int32_t device, int32_t *kind)
{
    const Health *health = &world->health;
    int32_t row = world->fleet.device_begin[node] + device;
    *kind = -1;
    if (health->node_mode[node] == NODE_AWAY) {
        return AWAY_ABSENT;
    }
    if (health->node_out[node] > 0 || health->device_out[row] > 0) {
        int32_t slot = health_cause(world, node, device);
        if (slot < 0) {
            return STAGE_UNDETECTED;
        }
        *kind = health->slots[slot].fault.kind;
        return health->kinds[*kind].planned ? AWAY_DRAINED : health->slots[slot].stage;
    }
    if (health->node_mode[node] == NODE_SPARE) {
        return AWAY_SPARE;
    }
    bool in_service = health->node_mode[node] == NODE_IN_SERVICE &&
                      world->fleet.node_present[node] != 0 && !health->device_closed[row];
    return in_service ? AWAY_NOT : AWAY_DRAINED;
}

static void device_add(NodeBooks *books, int32_t type, const DeviceAway *device, int sign)
{
    if (device->away != AWAY_NOT) {
        books->type_milli[type][device->away] += sign * device->milli;
        if (device->kind >= 0) {
            books->kind_milli[device->kind] += sign * device->milli;
        }
    }
}

static void node_count(NodeBooks *books, const World *world, int32_t node)
{
    int32_t type = world->fleet.node_type[node];
    int32_t first = world->fleet.device_begin[node];
    bool was_away = books->is_away[node] != 0;
    books->is_away[node] = 0;
    bool absent = world->health.node_mode[node] == NODE_AWAY;
    bool out = world->health.node_out[node] > 0 && !absent;
    books->out_count += out - books->is_out[node];
    books->is_out[node] = out;
    books->absent_count += absent - books->is_absent[node];
    books->is_absent[node] = absent;
    for (int32_t row = first; row < world->fleet.device_begin[node + 1]; row++) {
        if (was_away) {
            device_add(books, type, &books->devices[row], -1);
        }
        DeviceAway *device = &books->devices[row];
        device->away = (int8_t)node_away(world, node, row - first, &device->kind);
        device->milli = GP_DEVICE_MILLI - books->charge->device_milli[row];
        device_add(books, type, device, 1);
        books->is_away[node] |= device->away != AWAY_NOT;
    }
}

/* ---- facts and time ---- */

/* A fault of a domain goes on to its next stage on every node there. */
static void domain_touch(NodeBooks *books, const World *world, int32_t slot)
{
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        if (fault_touches(world, &world->health.slots[slot].fault, node)) {
            node_touch(books, node);
        }
    }
}

void node_books_fact(NodeBooks *books, const World *world, const Fact *fact)
{
    if (books->type_milli == NULL) {
        return;
    }
    bool places = fact_is_of(fact, FACTS_OF_PLACES) && books->is_away[fact->node];
    bool here = fact_is_of(fact, FACT_SET(FACT_NODE_STATE) | FACT_SET(FACT_FAULT_STAGE) |
                                     FACT_SET(FACT_FAULT_BEGAN) | FACT_SET(FACT_FAULT_NOTICED) |
                                     FACT_SET(FACT_FAULT_OVER));
    if (places || (here && fact->node >= 0)) {
        node_touch(books, fact->node);
    } else if (fact->kind == FACT_FAULT_STAGE) {
        domain_touch(books, world, fact->task);
    }
}

void node_books_post(NodeBooks *books, const World *world, int64_t duration_ms, int64_t *free_milli)
{
    if (books->type_milli == NULL) {
        return;
    }
    for (int32_t i = 0; i < books->touched_count; i++) {
        node_count(books, world, books->touched[i]);
        books->is_touched[books->touched[i]] = 0;
    }
    books->touched_count = 0;
    books->out_node_ms += books->out_count * duration_ms;
    books->absent_node_ms += books->absent_count * duration_ms;
    for (int32_t kind = 0; kind < world->health.kind_count; kind++) {
        books->blame->kinds[kind].out += (Int128)books->kind_milli[kind] * duration_ms * GP_PPM;
    }
    for (int32_t type = 0; type < books->ledger->type_count; type++) {
        for (int away = 0; away < AWAY_COUNT; away++) {
            int64_t milli = books->type_milli[type][away];
            if (milli == 0) {
                continue;
            }
            free_milli[type] -= milli;
            if (away == AWAY_ABSENT) {
                books->ledger->capacity[type] -= (Int128)milli * duration_ms * GP_PPM;
                continue;
            }
            Account account = away < STAGE_COUNT     ? ACCOUNT_DOWN
                              : away == AWAY_DRAINED ? ACCOUNT_DRAINED
                                                     : ACCOUNT_SPARE;
            ledger_post(books->ledger, type, -1, account, away < STAGE_COUNT ? away : 0,
                        (Int128)milli * duration_ms * GP_PPM);
        }
    }
}

void node_books_away(const NodeBooks *books, double gpus[AWAY_COUNT])
{
    for (int away = 0; away < AWAY_COUNT; away++) {
        gpus[away] = 0.0;
        for (int32_t type = 0; books->type_milli != NULL && type < books->ledger->type_count;
             type++) {
            gpus[away] += (double)books->type_milli[type][away] / GP_DEVICE_MILLI;
        }
    }
}
