/* showback.c - costs are gathered by unit, type and rule, then idle and shared costs are parted. */
#include "sim/experiment/showback.h"

#include <math.h>
#include <string.h>

#include "core/apportion.h"

/* milli-GPU ms ppm of 1e-12 GPU-hours: 1e3 x 3.6e6 x 1e6 / 1e12 */
#define MEMO_PER_PICO 3600

/* What is gathered before anything is parted. Amounts of money are micro-USD. */
typedef struct Gathering {
    Arena *arena;
    const VariantResult *variant;
    const CostBook *book;
    const ShowbackRules *rules;
    ShowbackBy by;
    int32_t type_count;
    int32_t unit_count, unit_capacity;
    const char **unit;   /* [unit] name */
    int32_t *of_tenant;  /* [book->tenant_count] its unit; -1: not looked up yet */
    ShowbackLine *lines; /* [unit + 3] */
    int64_t *own;        /* [unit][type] direct cost */
    Int128 *over_use;    /* [unit][type] pico GPU-hours, mean over replications */
    Int128 *quota_idle;  /* likewise */
    int64_t *pool;       /* [type] idle cost */
    Int128 *pool_time;   /* [type] its pico GPU-hours */
    int64_t shared;      /* to be shared by all */
    ShowbackLine idle, unallocated, platform;
    Int128 *weight; /* [unit + 1] scratch */
    int64_t *part;  /* [unit + 1] scratch */
} Gathering;

/* ---- units ---- */

const char *showback_unit(const QueueTree *tree, const char *queue, ShowbackBy by)
{
    QueueId id = queue_find(tree, queue);
    if (id < 0 || by == SHOWBACK_BY_QUEUE) {
        return queue;
    }
    const char *name = NULL;
    QueueId root = id;
    for (QueueId at = id; at >= 0; at = tree->queues[at].parent) {
        const Queue *one = &tree->queues[at];
        if (name == NULL) { /* the nearest above that says it */
            name = by == SHOWBACK_BY_TEAM ? one->team : one->tenant;
        }
        root = at;
    }
    return name != NULL ? name : by == SHOWBACK_BY_TEAM ? queue : tree->queues[root].name;
}

/* The unit of a queue, added if new. */
static int32_t unit_of(Gathering *all, const char *queue)
{
    const char *name = showback_unit(&all->variant->scenario->queues, queue, all->by);
    for (int32_t unit = 0; unit < all->unit_count; unit++) {
        if (strcmp(all->unit[unit], name) == 0) {
            return unit;
        }
    }
    all->unit[all->unit_count] = name;
    all->lines[all->unit_count].name = name;
    return all->unit_count++;
}

static size_t cell(const Gathering *all, int32_t unit, int32_t type)
{
    return (size_t)unit * (size_t)all->type_count + (size_t)type;
}

/* At most every queue and every tenant of every replication is a unit. */
static bool gathering_init(Gathering *all)
{
    const VariantResult *variant = all->variant;
    int64_t most = variant->scenario->queues.count + (int64_t)all->book->tenant_count;
    for (int32_t r = 0; r < variant->replication_count; r++) {
        most += variant->replications[r].ledger.tenant_count;
    }
    size_t units = (size_t)most + 1;
    size_t types = (size_t)all->type_count;
    all->unit_capacity = (int32_t)most;
    all->unit = ARENA_ARRAY(all->arena, const char *, units);
    all->of_tenant = ARENA_ARRAY(all->arena, int32_t, all->book->tenant_count);
    all->lines = ARENA_ARRAY(all->arena, ShowbackLine, units + 3);
    all->own = ARENA_ARRAY(all->arena, int64_t, units * types);
    all->over_use = ARENA_ARRAY(all->arena, Int128, units * types);
    all->quota_idle = ARENA_ARRAY(all->arena, Int128, units * types);
    all->pool = ARENA_ARRAY(all->arena, int64_t, types);
    all->pool_time = ARENA_ARRAY(all->arena, Int128, types);
    all->weight = ARENA_ARRAY(all->arena, Int128, units + 1);
    all->part = ARENA_ARRAY(all->arena, int64_t, units + 1);
    all->idle.name = SHOWBACK_IDLE;
    all->unallocated.name = SHOWBACK_UNALLOCATED;
    all->platform.name = SHOWBACK_PLATFORM;
    for (int32_t i = 0; all->of_tenant != NULL && i < all->book->tenant_count; i++) {
        all->of_tenant[i] = -1;
    }
    return !all->arena->failed;
}

/* ---- hours ---- */

static Int128 memo_mean(Int128 amount, int32_t replications)
{
    return amount / ((Int128)MEMO_PER_PICO * replications);
}

static void hours_of_tenant(Gathering *all, const ReplicationResult *one, int32_t tenant)
{
    ShowbackLine *line = &all->lines[unit_of(all, one->tenant_name[tenant])];
    int32_t count = all->variant->replication_count;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        double hours =
            ledger_gpu_hours(ledger_sum(&one->ledger, -1, tenant, (Account)account, -1)) / count;
        bool held = account_group((Account)account) == GROUP_ALLOCATED;
        line->requested_gpu_hours += held ? hours : 0;
        line->used_gpu_hours += held && account != ACCOUNT_HELD_IDLE ? hours : 0;
        line->productive_gpu_hours += account == ACCOUNT_PRODUCTIVE ? hours : 0;
    }
}

static void memo_of_tenant(Gathering *all, const ReplicationResult *one, int32_t tenant)
{
    const UsageMemo *memo = one->memo;
    int32_t unit = unit_of(all, one->tenant_name[tenant]);
    int32_t count = all->variant->replication_count;
    for (int32_t type = 0; type < memo->type_count; type++) {
        size_t row = (size_t)tenant * (size_t)memo->type_count + (size_t)type;
        ShowbackLine *line = &all->lines[unit];
        line->gpu_hours_as_cards += ledger_gpu_hours(memo->cards[row]) / count;
        line->used_gpu_hours += ledger_gpu_hours(memo->over_use[row]) / count;
        all->over_use[cell(all, unit, type)] += memo_mean(memo->over_use[row], count);
        if (memo->quota_idle != NULL) {
            all->quota_idle[cell(all, unit, type)] += memo_mean(memo->quota_idle[row], count);
        }
    }
}

/* Queues above others are tenants too, which hold nothing: they have no line, but for a quota's. */
static bool tenant_counts(const ReplicationResult *one, int32_t tenant)
{
    bool counts = false;
    for (int account = 0; account < ACCOUNT_COUNT && !counts; account++) {
        counts = ledger_sum(&one->ledger, -1, tenant, (Account)account, -1) != 0;
    }
    const UsageMemo *memo = one->memo;
    for (int32_t type = 0; memo != NULL && memo->quota_idle != NULL && type < memo->type_count;
         type++) {
        counts = counts ||
                 memo->quota_idle[(size_t)tenant * (size_t)memo->type_count + (size_t)type] != 0;
    }
    return counts;
}

static void hours_gather(Gathering *all)
{
    for (int32_t r = 0; r < all->variant->replication_count; r++) {
        const ReplicationResult *one = &all->variant->replications[r];
        int32_t tenants = one->tenant_name != NULL ? one->ledger.tenant_count : 0;
        for (int32_t tenant = 0; tenant < tenants; tenant++) {
            if (tenant_counts(one, tenant)) {
                hours_of_tenant(all, one, tenant);
                if (one->memo != NULL && tenant < one->memo->tenant_count) {
                    memo_of_tenant(all, one, tenant);
                }
            }
        }
    }
}

/* ---- costs ---- */

static void row_of_owner(Gathering *all, const CostRow *row, int64_t cost)
{
    if (row->tenant < 0) {
        all->unallocated.direct += cost;
        return;
    }
    int32_t unit = all->of_tenant[row->tenant];
    if (unit < 0) {
        unit = unit_of(all, all->book->tenant_name[row->tenant]);
        all->of_tenant[row->tenant] = unit;
    }
    all->lines[unit].direct += cost;
    all->lines[unit].workload_idle += row->account == ACCOUNT_HELD_IDLE ? cost : 0;
    all->own[cell(all, unit, row->type)] += cost;
}

static void costs_gather(Gathering *all)
{
    const CostBook *book = all->book;
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *row = &book->rows[i];
        int64_t cost = row->effective + row->energy_usd;
        switch (all->rules->to[row->account]) {
        case CHARGE_OWNER:
            row_of_owner(all, row, cost);
            break;
        case CHARGE_SHARED:
            all->shared += cost;
            break;
        case CHARGE_IDLE:
            all->pool[row->type] += cost;
            all->pool_time[row->type] += (Int128)row->gpu_hours * PICO + row->gpu_hours_pico;
            break;
        case CHARGE_NOBODY:
            all->platform.direct += cost;
            break;
        }
    }
    for (int32_t i = 0; i < book->commitment_count; i++) {
        all->shared += book->commitments[i].unused;
    }
    for (int32_t i = 0; i < book->overhead_count; i++) {
        all->shared += book->overhead[i];
    }
}

/* ---- idle cost that somebody pays for a reason of his own ---- */

static Int128 column_sum(const Gathering *all, const Int128 *column, int32_t type)
{
    Int128 sum = 0;
    for (int32_t unit = 0; unit < all->unit_count; unit++) {
        sum += column[cell(all, unit, type)];
    }
    return sum;
}

/* Takes the time of each unit out of the pool of a type, at what the pool costs; where they want
 * more than there is, the pool is parted between them. all->part: what each pays. */
static void pool_claim(Gathering *all, const Int128 *wanted, int32_t type)
{
    int32_t units = all->unit_count;
    Int128 sum = column_sum(all, wanted, type);
    memset(all->part, 0, ((size_t)units + 1) * sizeof(int64_t));
    for (int32_t unit = 0; unit < units; unit++) {
        all->weight[unit] = wanted[cell(all, unit, type)];
    }
    all->weight[units] = sum < all->pool_time[type] ? all->pool_time[type] - sum : 0;
    if (sum == 0 || !apportion(all->pool[type], all->weight, units + 1, all->part)) {
        memset(all->part, 0, ((size_t)units + 1) * sizeof(int64_t));
        return;
    }
    all->pool[type] = all->part[units];
    all->pool_time[type] = all->weight[units];
}

/* A unit that uses more than it asks for takes it from what is idle. */
static void over_use_charge(Gathering *all)
{
    for (int32_t type = 0; type < all->type_count; type++) {
        pool_claim(all, all->over_use, type);
        for (int32_t unit = 0; unit < all->unit_count; unit++) {
            all->lines[unit].direct += all->part[unit];
            all->lines[unit].over_use += all->part[unit];
            all->own[cell(all, unit, type)] += all->part[unit];
        }
    }
}

static void unused_quota_charge(Gathering *all)
{
    for (int32_t type = 0; type < all->type_count; type++) {
        pool_claim(all, all->quota_idle, type);
        for (int32_t unit = 0; unit < all->unit_count; unit++) {
            all->lines[unit].idle += all->part[unit];
            all->lines[unit].unused_quota += all->part[unit];
        }
    }
}

/* ---- idle and shared cost of everybody ---- */

/* Parts of an amount by all->weight, into all->part; false: nobody to share it with. */
static bool spread(Gathering *all, int64_t amount)
{
    memset(all->part, 0, ((size_t)all->unit_count + 1) * sizeof(int64_t));
    return apportion(amount, all->weight, all->unit_count, all->part);
}

static void idle_spread(Gathering *all, int64_t amount)
{
    if (!spread(all, amount)) {
        all->idle.idle += amount;
        return;
    }
    for (int32_t unit = 0; unit < all->unit_count; unit++) {
        all->lines[unit].idle += all->part[unit];
    }
}

static void idle_share(Gathering *all)
{
    int64_t whole = 0;
    for (int32_t type = 0; type < all->type_count; type++) {
        whole += all->pool[type];
        for (int32_t unit = 0; unit < all->unit_count; unit++) {
            all->weight[unit] = all->own[cell(all, unit, type)];
        }
        if (all->rules->idle == IDLE_BY_NODE_TYPE) {
            idle_spread(all, all->pool[type]);
        }
    }
    if (all->rules->idle == IDLE_SEPARATE) {
        all->idle.idle = whole;
    } else if (all->rules->idle == IDLE_BY_CLUSTER) {
        for (int32_t unit = 0; unit < all->unit_count; unit++) {
            all->weight[unit] = all->lines[unit].direct;
        }
        idle_spread(all, whole);
    }
}

/* Whether it is a unit of queues that the scenario declares: a weight of 0 was said of them. */
static bool is_declared(const Gathering *all, int32_t unit)
{
    const QueueTree *tree = &all->variant->scenario->queues;
    for (QueueId queue = 1; queue < tree->count; queue++) {
        const char *name = showback_unit(tree, tree->queues[queue].name, all->by);
        if (tree->queues[queue].child_count == 0 && strcmp(name, all->unit[unit]) == 0) {
            return true;
        }
    }
    return false;
}

/* Weights of queues, summed over those of a unit; a queue that is not declared has weight 1. Only
 * queues in which jobs run have one: those above others have nobody to pay. */
static void weights_of_units(Gathering *all)
{
    const QueueTree *tree = &all->variant->scenario->queues;
    memset(all->weight, 0, ((size_t)all->unit_capacity + 1) * sizeof(Int128));
    for (QueueId queue = 1; queue < tree->count; queue++) {
        if (tree->queues[queue].child_count == 0) {
            all->weight[unit_of(all, tree->queues[queue].name)] +=
                all->rules->tenant_weight_ppm != NULL ? all->rules->tenant_weight_ppm[queue]
                                                      : tree->queues[queue].weight_ppm;
        }
    }
    for (int32_t unit = 0; unit < all->unit_count; unit++) {
        if (all->weight[unit] == 0 && all->lines[unit].requested_gpu_hours > 0 &&
            !is_declared(all, unit)) {
            all->weight[unit] = GP_PPM;
        }
    }
}

static void shared_share(Gathering *all)
{
    if (all->rules->shared == SHARED_BY_WEIGHT) {
        weights_of_units(all);
    } else {
        bool evenly = all->rules->shared == SHARED_EVENLY;
        for (int32_t unit = 0; unit < all->unit_count; unit++) {
            const ShowbackLine *line = &all->lines[unit];
            all->weight[unit] = evenly ? line->requested_gpu_hours > 0 : line->direct;
        }
    }
    if (!spread(all, all->shared)) {
        all->platform.shared += all->shared;
        return;
    }
    for (int32_t unit = 0; unit < all->unit_count; unit++) {
        all->lines[unit].shared += all->part[unit];
    }
}

/* ---- one grouping ---- */

static void lines_close(Gathering *all, Showback *showback)
{
    ShowbackLine *const others[] = {&all->idle, &all->unallocated, &all->platform};
    int32_t count = all->unit_count;
    for (int i = 0; i < 3; i++) {
        if (others[i]->direct != 0 || others[i]->idle != 0 || others[i]->shared != 0) {
            all->lines[count++] = *others[i];
        }
    }
    *showback = (Showback){.unit_count = all->unit_count, .count = count, .lines = all->lines};
    for (int32_t i = 0; i < count; i++) {
        ShowbackLine *line = &all->lines[i];
        line->total = line->direct + line->idle + line->shared;
        showback->total += line->total;
    }
}

static bool showback_by(const VariantResult *variant, ShowbackBy by, Arena *arena,
                        Showback *showback)
{
    Gathering all = {.arena = arena,
                     .variant = variant,
                     .book = variant->costs,
                     .rules = &variant->scenario->costs->showback,
                     .by = by,
                     .type_count = variant->scenario->cluster.type_count};
    if (!gathering_init(&all)) {
        return false;
    }
    hours_gather(&all);
    costs_gather(&all);
    if (all.rules->basis == CHARGE_MAX_OF_REQUEST_AND_USAGE) {
        over_use_charge(&all);
    }
    if (all.rules->quota_owner_pays) {
        unused_quota_charge(&all);
    }
    idle_share(&all);
    shared_share(&all);
    lines_close(&all, showback);
    return true;
}

/* Does it tell apart, or put together, anything that queues by themselves do not? */
static bool grouping_differs(const QueueTree *tree, ShowbackBy by)
{
    for (QueueId queue = 0; queue < tree->count; queue++) {
        const char *name = tree->queues[queue].name;
        if (tree->queues[queue].child_count == 0 &&
            strcmp(showback_unit(tree, name, by), name) != 0) {
            return true;
        }
    }
    return false;
}

bool showback_of_variant(VariantResult *variant, Arena *arena)
{
    if (variant->costs == NULL || variant->scenario->costs == NULL ||
        variant->replication_count == 0) {
        return true;
    }
    ShowbackSet *set = ARENA_NEW(arena, ShowbackSet);
    if (set == NULL) {
        return false;
    }
    set->by = variant->scenario->costs->showback.by;
    for (int by = 0; by < SHOWBACK_BY_COUNT; by++) {
        bool wanted = by == SHOWBACK_BY_QUEUE || (ShowbackBy)by == set->by ||
                      grouping_differs(&variant->scenario->queues, (ShowbackBy)by);
        if (wanted && !showback_by(variant, (ShowbackBy)by, arena, &set->of[by])) {
            return false;
        }
    }
    variant->showback = set;
    return true;
}

/* ---- lines ---- */

const ShowbackLine *showback_line(const Showback *showback, const char *name)
{
    for (int32_t i = 0; i < showback->count; i++) {
        if (strcmp(showback->lines[i].name, name) == 0) {
            return &showback->lines[i];
        }
    }
    return NULL;
}

const ShowbackFieldInfo SHOWBACK_FIELDS[SHOWBACK_FIELD_COUNT] = {
    [SHOWBACK_REQUESTED] = {"requested_gpu_hours", "GPU-hours", "held: fractions as fractions"},
    [SHOWBACK_USED] = {"used_gpu_hours", "GPU-hours", "used; may be more than requested"},
    [SHOWBACK_PRODUCTIVE] = {"productive_gpu_hours", "GPU-hours", "advance that was kept"},
    [SHOWBACK_AS_CARDS] = {"gpu_hours_as_cards", "GPU-hours",
                           "requested with each part of a card counted as a card: a known error"},
    [SHOWBACK_EFFICIENCY] = {"efficiency", "1", "used of requested"},
    [SHOWBACK_DIRECT] = {"direct_usd", "USD", "cost of its own accounts"},
    [SHOWBACK_OVER_USE] = {"over_use_usd", "USD", "of direct: used beyond the request"},
    [SHOWBACK_WORKLOAD_IDLE] = {"workload_idle_usd", "USD", "of direct: requested and not used"},
    [SHOWBACK_IDLE_USD] = {"idle_usd", "USD", "its part of idle cost"},
    [SHOWBACK_UNUSED_QUOTA] = {"unused_quota_usd", "USD", "of idle: behind its own quota"},
    [SHOWBACK_SHARED] = {"shared_usd", "USD", "its part of shared cost"},
    [SHOWBACK_TOTAL] = {"total_usd", "USD", "direct + idle + shared"},
    [SHOWBACK_PER_GPU_HOUR] = {"usd_per_gpu_hour", "USD/GPU-hour", "total by requested"},
    [SHOWBACK_PER_PRODUCTIVE_GPU_HOUR] = {"usd_per_productive_gpu_hour", "USD/GPU-hour",
                                          "total by productive"},
};

static double usd(int64_t micro)
{
    return (double)micro / 1e6;
}

double showback_efficiency(const ShowbackLine *line)
{
    if (line->requested_gpu_hours > 0) {
        return line->used_gpu_hours / line->requested_gpu_hours;
    }
    return line->used_gpu_hours > 0 ? 1.0 : (double)NAN;
}

double showback_value(const ShowbackLine *line, ShowbackField field)
{
    switch (field) {
    case SHOWBACK_REQUESTED:
        return line->requested_gpu_hours;
    case SHOWBACK_USED:
        return line->used_gpu_hours;
    case SHOWBACK_PRODUCTIVE:
        return line->productive_gpu_hours;
    case SHOWBACK_AS_CARDS:
        return line->gpu_hours_as_cards;
    case SHOWBACK_EFFICIENCY:
        return showback_efficiency(line);
    case SHOWBACK_DIRECT:
        return usd(line->direct);
    case SHOWBACK_OVER_USE:
        return usd(line->over_use);
    case SHOWBACK_WORKLOAD_IDLE:
        return usd(line->workload_idle);
    case SHOWBACK_IDLE_USD:
        return usd(line->idle);
    case SHOWBACK_UNUSED_QUOTA:
        return usd(line->unused_quota);
    case SHOWBACK_SHARED:
        return usd(line->shared);
    case SHOWBACK_TOTAL:
        return usd(line->total);
    case SHOWBACK_PER_GPU_HOUR:
        return line->requested_gpu_hours > 0 ? usd(line->total) / line->requested_gpu_hours
                                             : (double)NAN;
    case SHOWBACK_PER_PRODUCTIVE_GPU_HOUR:
        return line->productive_gpu_hours > 0 ? usd(line->total) / line->productive_gpu_hours
                                              : (double)NAN;
    case SHOWBACK_FIELD_COUNT:
        break;
    }
    return (double)NAN;
}
