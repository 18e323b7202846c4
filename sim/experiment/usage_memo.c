/* usage_memo.c - rates of rows, integrated whenever one changes; quotas, interval by interval. */
#include "sim/experiment/usage_memo.h"

bool usage_meter_init(UsageMeter *meter, Arena *run_arena, Arena *result_arena, const World *world)
{
    int32_t types = world->scenario->cluster.type_count;
    int32_t tenants = world->jobs->tenant_count;
    size_t rows = (size_t)types * (size_t)tenants;
    UsageMemo *memo = ARENA_NEW(result_arena, UsageMemo);
    *meter = (UsageMeter){.memo = memo,
                          .cards_milli = ARENA_ARRAY(run_arena, int64_t, rows),
                          .over_rate = ARENA_ARRAY(run_arena, Int128, rows),
                          .since_ms = ARENA_ARRAY(run_arena, int64_t, rows),
                          .from_ms = world->scenario->warmup_ms};
    if (memo == NULL) {
        return false;
    }
    *memo = (UsageMemo){.type_count = types,
                        .tenant_count = tenants,
                        .cards = ARENA_ARRAY(result_arena, Int128, rows),
                        .over_use = ARENA_ARRAY(result_arena, Int128, rows)};
    return !run_arena->failed && !result_arena->failed;
}

static void row_settle(UsageMeter *meter, size_t row, int64_t now_ms)
{
    int64_t from_ms = meter->since_ms[row] > meter->from_ms ? meter->since_ms[row] : meter->from_ms;
    meter->since_ms[row] = now_ms;
    if (now_ms > from_ms) {
        Int128 duration_ms = now_ms - from_ms;
        meter->memo->cards[row] += duration_ms * meter->cards_milli[row] * GP_PPM;
        meter->memo->over_use[row] += duration_ms * meter->over_rate[row];
    }
}

static void usage_fact(void *self, const World *world, const Fact *fact)
{
    UsageMeter *meter = self;
    int32_t types = meter->memo->type_count;
    if (fact->kind == FACT_RUN_ENDED) {
        for (int64_t row = 0; row < (int64_t)types * meter->memo->tenant_count; row++) {
            row_settle(meter, (size_t)row, fact->time_ms);
        }
        return;
    }
    if (fact->devices == 0) {
        return; /* it wants no GPU */
    }
    const JobClass *class_of = job_class(world->jobs, fact->job);
    size_t row =
        (size_t)class_of->tenant * (size_t)types + (size_t)world->fleet.node_type[fact->node];
    row_settle(meter, row, fact->time_ms);
    bool begins = fact->kind == FACT_TASK_PLACED || fact->kind == FACT_TASK_RESUMED;
    int sign = begins ? 1 : -1;
    meter->cards_milli[row] += sign * (int64_t)__builtin_popcount(fact->devices) * GP_DEVICE_MILLI;
    if (class_of->traits->over_use_ppm > 0) {
        int64_t milli = cluster_task_milli(&world->scenario->cluster,
                                           &world->jobs->shapes.shapes[class_of->shape]);
        meter->over_rate[row] += sign * (Int128)milli * class_of->traits->over_use_ppm;
    }
}

Observer usage_meter_observer(UsageMeter *meter)
{
    return (Observer){
        .self = meter, .fact = usage_fact, .hears = FACTS_OF_PLACES | FACT_SET(FACT_RUN_ENDED)};
}

/* ---- quotas ---- */

static bool has_quota(const World *world, QueueId queue)
{
    return world->queues[queue].quota.nominal[GP_AXIS_GPU] != QUEUE_UNLIMITED;
}

/* What it leaves unused is counted once: by the lowest quotas. */
static bool quota_below(const World *world, QueueId queue)
{
    for (QueueId below = 0; below < world->queue_count; below++) {
        for (QueueId at = has_quota(world, below) ? world->queues[below].parent : -1; at >= 0;
             at = world->queues[at].parent) {
            if (at == queue) {
                return true;
            }
        }
    }
    return false;
}

bool quota_idle_init(QuotaIdle *quota, Arena *run_arena, Arena *result_arena, const World *world,
                     UsageMemo *memo)
{
    *quota = (QuotaIdle){.queue = ARENA_ARRAY(run_arena, QueueId, world->queue_count),
                         .nominal_milli = ARENA_ARRAY(run_arena, int64_t, world->queue_count),
                         .unused_milli = ARENA_ARRAY(run_arena, int64_t, world->queue_count),
                         .memo = memo,
                         .from_ms = world->scenario->warmup_ms};
    if (run_arena->failed) {
        return false;
    }
    for (QueueId queue = 0; queue < world->queue_count && queue < memo->tenant_count; queue++) {
        if (has_quota(world, queue) && !quota_below(world, queue)) {
            quota->nominal_milli[quota->count] = world->queues[queue].quota.nominal[GP_AXIS_GPU];
            quota->queue[quota->count++] = queue;
        }
    }
    if (quota->count > 0) {
        memo->quota_idle = ARENA_ARRAY(result_arena, Int128,
                                       (size_t)memo->type_count * (size_t)memo->tenant_count);
    }
    return !result_arena->failed;
}

void quota_idle_post(QuotaIdle *quota, const World *world, const int64_t *free_milli,
                     int64_t from_ms, int64_t to_ms)
{
    from_ms = from_ms > quota->from_ms ? from_ms : quota->from_ms;
    if (quota->count == 0 || to_ms <= from_ms) {
        return;
    }
    int64_t unused = 0;
    int64_t idle = 0;
    for (int32_t i = 0; i < quota->count; i++) {
        int64_t used = world->queue_allocated[(size_t)quota->queue[i] * GP_AXES + GP_AXIS_GPU];
        int64_t left = quota->nominal_milli[i] - used;
        quota->unused_milli[i] = left > 0 ? left : 0;
        unused += quota->unused_milli[i];
    }
    for (int32_t type = 0; type < quota->memo->type_count; type++) {
        idle += free_milli[type];
    }
    if (idle == 0 || unused == 0) {
        return;
    }
    int64_t whole = unused > idle ? unused : idle;
    for (int32_t i = 0; i < quota->count; i++) {
        size_t row = (size_t)quota->queue[i] * (size_t)quota->memo->type_count;
        Int128 share = (Int128)quota->unused_milli[i] * (to_ms - from_ms) * GP_PPM;
        for (int32_t type = 0; share > 0 && type < quota->memo->type_count; type++) {
            if (free_milli[type] > 0) {
                quota->memo->quota_idle[row + (size_t)type] += share * free_milli[type] / whole;
            }
        }
    }
}
