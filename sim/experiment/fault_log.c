/* fault_log.c - rows grow; nodes are looked at when something about them changed, before time goes
 * on. */
#include "sim/experiment/fault_log.h"

#include <string.h>

#define ROWS_MAX 4000000

static void node_touch(FaultLog *log, int32_t node)
{
    if (!log->is_touched[node]) {
        log->is_touched[node] = 1;
        log->touched[log->touched_count++] = node;
    }
}

/* Names outlive the model that they are from. */
static bool names_copy(FaultLog *log, const World *world)
{
    const Health *health = &world->health;
    const char **names = ARENA_ARRAY(log->arena, const char *, health->kind_count);
    for (int32_t kind = 0; names != NULL && kind < health->kind_count; kind++) {
        names[kind] = arena_strdup(log->arena, health->kinds[kind].name);
    }
    const char **nodes = ARENA_ARRAY(log->arena, const char *, world->fleet.node_count);
    for (int32_t node = 0; nodes != NULL && node < world->fleet.node_count; node++) {
        nodes[node] = arena_strdup(log->arena, world->scenario->cluster.node_name[node]);
    }
    log->faults->kind_name = names;
    log->faults->node_name = nodes;
    log->states->kind_name = names;
    log->states->node_name = nodes;
    return !log->arena->failed;
}

bool fault_log_init(FaultLog *log, Arena *run_arena, Arena *result_arena, const World *world)
{
    int32_t nodes = world->fleet.node_count;
    *log = (FaultLog){
        .arena = result_arena,
        .faults = ARENA_NEW(result_arena, FaultColumns),
        .states = ARENA_NEW(result_arena, NodeStateColumns),
        .slot_row = ARENA_ARRAY(run_arena, int32_t, world->health.slot_count),
        .standing = ARENA_ARRAY(run_arena, NodeStanding, nodes),
        .since_ms = ARENA_ARRAY(run_arena, int64_t, nodes),
        .touched = ARENA_ARRAY(run_arena, int32_t, nodes),
        .is_touched = ARENA_ARRAY(run_arena, uint8_t, nodes),
    };
    if (run_arena->failed || result_arena->failed || !names_copy(log, world)) {
        return false;
    }
    for (int32_t slot = 0; slot < world->health.slot_count; slot++) {
        log->slot_row[slot] = -1;
    }
    for (int32_t node = 0; node < nodes; node++) {
        log->standing[node].kind = -1;
        node_touch(log, node); /* spares are held back from the start */
    }
    return true;
}

/* Room for one row more. NULL: there is none. */
static void *row_next(FaultLog *log, void *rows, int32_t count, int32_t *capacity, size_t size)
{
    if (count < *capacity) {
        return rows;
    }
    int32_t wanted = count > 0 ? 2 * count : 256;
    void *more = arena_alloc(log->arena, (size_t)wanted, size);
    if (more == NULL) {
        log->out_of_memory = true;
        return NULL;
    }
    if (count > 0) {
        memcpy(more, rows, (size_t)count * size);
        arena_give_back(log->arena, rows);
    }
    *capacity = wanted;
    return more;
}

/* ---- faults ---- */

static void fault_add(FaultLog *log, const World *world, const Fact *fact)
{
    FaultColumns *faults = log->faults;
    if (faults->count == ROWS_MAX || log->out_of_memory) {
        faults->left_out++;
        return;
    }
    OfferedRow *rows =
        row_next(log, faults->rows, faults->count, &faults->capacity, sizeof(OfferedRow));
    if (rows == NULL) {
        return;
    }
    faults->rows = rows;
    rows[faults->count++] = (OfferedRow){.at_ms = fact->time_ms,
                                         .noticed_ms = TIME_NEVER,
                                         .over_ms = TIME_NEVER,
                                         .node = fact->node,
                                         .devices = fact->devices,
                                         .kind = fact->value,
                                         .scope = world->health.kinds[fact->value].scope,
                                         .masked = 1};
}

/* It follows its offer at once. */
static void fault_begins(FaultLog *log, const Fact *fact)
{
    FaultColumns *faults = log->faults;
    log->slot_row[fact->task] = -1;
    if (faults->left_out == 0 && faults->count > 0) {
        log->slot_row[fact->task] = faults->count - 1;
        faults->rows[faults->count - 1].masked = 0;
    }
}

static OfferedRow *row_of(const FaultLog *log, const Fact *fact)
{
    int32_t row = log->slot_row[fact->task];
    return row >= 0 ? &log->faults->rows[row] : NULL;
}

/* ---- nodes ---- */

static void state_add(FaultLog *log, int32_t node, int64_t to_ms)
{
    NodeStateColumns *states = log->states;
    const NodeStanding *was = &log->standing[node];
    if (was->state == NODE_STATE_UP || to_ms == log->since_ms[node]) {
        return;
    }
    if (states->count == ROWS_MAX || log->out_of_memory) {
        states->left_out++;
        return;
    }
    NodeStateRow *rows =
        row_next(log, states->rows, states->count, &states->capacity, sizeof(NodeStateRow));
    if (rows != NULL) {
        states->rows = rows;
        rows[states->count++] = (NodeStateRow){.from_ms = log->since_ms[node],
                                               .to_ms = to_ms,
                                               .node = node,
                                               .kind = was->kind,
                                               .state = was->state,
                                               .stage = was->stage};
    }
}

static void nodes_look(FaultLog *log, const World *world, int64_t now_ms)
{
    for (int32_t i = 0; i < log->touched_count; i++) {
        int32_t node = log->touched[i];
        NodeStanding now = node_standing(world, node);
        const NodeStanding *was = &log->standing[node];
        log->is_touched[node] = 0;
        if (now.state != was->state || now.stage != was->stage || now.kind != was->kind) {
            state_add(log, node, now_ms);
            log->standing[node] = now;
            log->since_ms[node] = now_ms;
        }
    }
    log->touched_count = 0;
}

static void nodes_touch(FaultLog *log, const World *world, const Fact *fact)
{
    if (fact->node >= 0) {
        node_touch(log, fact->node);
        return;
    }
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        if (fault_touches(world, &world->health.slots[fact->task].fault, node)) {
            node_touch(log, node);
        }
    }
}

/* ---- observer ---- */

#define FACTS_OF_FAULTS                                                                            \
    (FACT_SET(FACT_FAULT_BEGAN) | FACT_SET(FACT_FAULT_NOTICED) | FACT_SET(FACT_FAULT_STAGE) |      \
     FACT_SET(FACT_FAULT_OVER))

static void run_ended(FaultLog *log, const World *world, int64_t now_ms)
{
    nodes_look(log, world, now_ms);
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        state_add(log, node, now_ms);
    }
}

static void fault_log_fact(void *self, const World *world, const Fact *fact)
{
    FaultLog *log = self;
    OfferedRow *row = fact_is_of(fact, FACTS_OF_FAULTS) ? row_of(log, fact) : NULL;
    if (fact_is_of(fact, FACTS_OF_FAULTS | FACT_SET(FACT_NODE_STATE)) ||
        (fact_is_of(fact, FACTS_OF_PLACES) && log->standing[fact->node].state != NODE_STATE_UP)) {
        nodes_touch(log, world, fact);
    }
    switch ((FactKind)fact->kind) {
    case FACT_FAULT_OFFERED:
        fault_add(log, world, fact);
        break;
    case FACT_FAULT_BEGAN:
        fault_begins(log, fact);
        break;
    case FACT_FAULT_NOTICED:
        if (row != NULL && row->noticed_ms == TIME_NEVER) {
            row->noticed_ms = fact->time_ms;
        }
        break;
    case FACT_FAULT_OVER:
        if (row != NULL) { /* for the last time, if its repairs were in vain */
            row->over_ms = fact->time_ms;
        }
        break;
    case FACT_RUN_ENDED:
        run_ended(log, world, fact->time_ms);
        break;
    default:
        break;
    }
}

static void fault_log_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    (void)to_ms;
    nodes_look(self, world, from_ms);
}

Observer fault_log_observer(FaultLog *log)
{
    return (Observer){.self = log,
                      .fact = fault_log_fact,
                      .interval = fault_log_interval,
                      .hears = FACTS_OF_FAULTS | FACTS_OF_PLACES | FACT_SET(FACT_NODE_STATE) |
                               FACT_SET(FACT_FAULT_OFFERED) | FACT_SET(FACT_RUN_ENDED)};
}
