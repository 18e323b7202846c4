/* checkpoint.c - work clocks in closed form, and how often to save. */
#include "models/checkpoint.h"

#include <math.h>

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b != 0);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- the clock ---- */

void work_clock_reset(WorkClock *clock, int64_t now_ms)
{
    *clock = (WorkClock){.since_ms = now_ms, .save = {.flushed_ms = TIME_NEVER}};
}

/* Milliseconds of progress from since_ms until the next checkpoint begins; none is being blocked
 * for, and the rate is not 0. */
static int64_t until_begin(const CheckpointPlan *plan, const WorkClock *clock, int64_t at_ms)
{
    int64_t left = clock->save.mark + plan->every - clock->done;
    int64_t wait_ms = left > 0 ? ceil_div(left, clock->rate_ppm) : 0;
    int64_t flushed_ms = clock->save.flushed_ms;
    return flushed_ms == TIME_NEVER ? wait_ms : larger(wait_ms, flushed_ms - at_ms);
}

/* Progress between two checkpoints while the speed stays: the next one waits for the flush of the
 * last. */
static int64_t cycle_ms(const CheckpointPlan *plan, int32_t rate_ppm)
{
    return larger(ceil_div(plan->every, rate_ppm), plan->flush_ms);
}

/* Nothing advances in the clock's block; what is over by at_ms is. */
static void flush_settle(WorkClock *clock, int64_t at_ms)
{
    if (clock->save.flushed_ms <= at_ms) {
        clock->save.durable = clock->save.mark;
        clock->save.flushed_ms = TIME_NEVER;
    }
}

/* A part of the block of the checkpoint that began; at its end the flush begins. */
static void block_pass(const CheckpointPlan *plan, WorkClock *clock, int64_t from_ms,
                       int64_t span_ms)
{
    WorkSave *save = &clock->save;
    int64_t part_ms = span_ms < save->block_left_ms ? span_ms : save->block_left_ms;
    save->block_left_ms -= part_ms;
    save->blocked_ms += part_ms;
    if (save->block_left_ms == 0) {
        save->flushed_ms = from_ms + part_ms + plan->flush_ms;
        flush_settle(clock, from_ms + part_ms);
    }
}

static void begin(const CheckpointPlan *plan, WorkClock *clock, int64_t at_ms)
{
    flush_settle(clock, at_ms);
    clock->save.mark = clock->done;
    clock->save.block_left_ms = plan->block_ms;
    block_pass(plan, clock, at_ms, 0);
}

/* Whole cycles at once: the clock stands at the start of a checkpoint, left_ms before the end. */
static int64_t cycles_pass(const CheckpointPlan *plan, WorkClock *clock, int64_t left_ms)
{
    int64_t progress_ms = cycle_ms(plan, clock->rate_ppm);
    int64_t count = left_ms / (plan->block_ms + progress_ms);
    if (count > 0) {
        clock->save.durable = clock->done + (count - 1) * progress_ms * clock->rate_ppm;
        clock->save.flushed_ms = TIME_NEVER;
        clock->save.blocked_ms += count * plan->block_ms;
        clock->done += count * progress_ms * clock->rate_ppm;
        clock->save.mark = clock->done;
        clock->save.block_left_ms = plan->block_ms;
    }
    return count * (plan->block_ms + progress_ms);
}

static void saving_advance(const CheckpointPlan *plan, WorkClock *clock, int64_t to_ms)
{
    int64_t at_ms = clock->since_ms;
    if (clock->save.block_left_ms > 0) {
        int64_t part_ms = clock->save.block_left_ms;
        block_pass(plan, clock, at_ms, to_ms - at_ms);
        if (clock->save.block_left_ms > 0 || part_ms > to_ms - at_ms) {
            return;
        }
        at_ms += part_ms;
    }
    int64_t first_ms = until_begin(plan, clock, at_ms);
    if (first_ms > to_ms - at_ms) {
        clock->done += (to_ms - at_ms) * clock->rate_ppm;
        flush_settle(clock, to_ms);
        return;
    }
    at_ms += first_ms;
    clock->done += first_ms * clock->rate_ppm;
    begin(plan, clock, at_ms);
    int64_t passed_ms = cycles_pass(plan, clock, to_ms - at_ms);
    at_ms += passed_ms;
    if (passed_ms > 0 || clock->save.block_left_ms > 0) {
        int64_t block_ms = clock->save.block_left_ms;
        block_pass(plan, clock, at_ms, to_ms - at_ms);
        if (clock->save.block_left_ms > 0) {
            return;
        }
        at_ms += block_ms;
    }
    clock->done += (to_ms - at_ms) * clock->rate_ppm;
    flush_settle(clock, to_ms);
}

void work_clock_advance(const CheckpointPlan *plan, WorkClock *clock, int64_t to_ms)
{
    if (clock->rate_ppm == 0) {
        if (clock->save.block_left_ms == 0) {
            flush_settle(clock, to_ms);
        }
    } else if (plan->every == 0) {
        clock->done += (to_ms - clock->since_ms) * clock->rate_ppm;
    } else {
        saving_advance(plan, clock, to_ms);
    }
    clock->since_ms = to_ms;
}

int64_t work_clock_when(const CheckpointPlan *plan, const WorkClock *clock, int64_t work)
{
    if (clock->done >= work) {
        return clock->since_ms;
    }
    if (clock->rate_ppm == 0 || clock->save.block_left_ms >= CHECKPOINT_OPEN / 2) {
        return TIME_NEVER;
    }
    int64_t at_ms = clock->since_ms + clock->save.block_left_ms;
    int64_t all_ms = ceil_div(work - clock->done, clock->rate_ppm);
    if (plan->every == 0) {
        return at_ms + all_ms;
    }
    WorkClock after = *clock;
    if (after.save.block_left_ms > 0) {
        after.save.flushed_ms = at_ms + plan->flush_ms;
    }
    int64_t first_ms = until_begin(plan, &after, at_ms);
    if (all_ms <= first_ms) {
        return at_ms + all_ms;
    }
    if (plan->block_ms == CHECKPOINT_OPEN) {
        return TIME_NEVER;
    }
    int64_t rest_ms = ceil_div(work - clock->done - first_ms * clock->rate_ppm, clock->rate_ppm);
    int64_t more = (rest_ms - 1) / cycle_ms(plan, clock->rate_ppm);
    return at_ms + first_ms + plan->block_ms + rest_ms + more * plan->block_ms;
}

int64_t work_clock_next_begin(const CheckpointPlan *plan, const WorkClock *clock)
{
    WorkClock after = *clock;
    int64_t at_ms = clock->since_ms + clock->save.block_left_ms;
    if (plan->every == 0 || clock->rate_ppm == 0 ||
        clock->save.block_left_ms >= CHECKPOINT_OPEN / 2) {
        return TIME_NEVER;
    }
    if (after.save.block_left_ms > 0) {
        after.save.flushed_ms = at_ms + plan->flush_ms;
    }
    int64_t wait_ms = until_begin(plan, &after, at_ms);
    return wait_ms >= CHECKPOINT_OPEN / 2 ? TIME_NEVER : at_ms + wait_ms;
}

int64_t work_clock_next_durable(const CheckpointPlan *plan, const WorkClock *clock)
{
    const WorkSave *save = &clock->save;
    int64_t at_ms;
    if (save->flushed_ms != TIME_NEVER && save->block_left_ms == 0) {
        at_ms = save->flushed_ms;
    } else if (save->block_left_ms > 0) {
        bool waits = clock->rate_ppm == 0 || save->block_left_ms >= CHECKPOINT_OPEN / 2;
        at_ms = waits ? TIME_NEVER : clock->since_ms + save->block_left_ms + plan->flush_ms;
    } else {
        int64_t begin_ms = work_clock_next_begin(plan, clock);
        at_ms = begin_ms == TIME_NEVER ? TIME_NEVER : begin_ms + plan->block_ms + plan->flush_ms;
    }
    return at_ms >= CHECKPOINT_OPEN / 2 ? TIME_NEVER : at_ms;
}

static void nothing_is_written(WorkSave *save)
{
    save->block_left_ms = 0;
    save->flushed_ms = TIME_NEVER;
}

void work_clock_written(WorkClock *clock)
{
    clock->save.durable = clock->save.mark;
    nothing_is_written(&clock->save);
}

int64_t work_clock_roll_back(WorkClock *clock)
{
    int64_t lost = clock->done - clock->save.durable;
    clock->done = clock->save.durable;
    clock->save.mark = clock->save.durable;
    nothing_is_written(&clock->save);
    return lost;
}

void work_clock_keep(WorkClock *clock)
{
    clock->save.mark = clock->done;
    work_clock_written(clock);
}

/* ---- how often ---- */

int64_t checkpoint_young_ms(int64_t block_ms, double mttf_ms)
{
    return larger(1, llround(sqrt(2.0 * (double)block_ms * mttf_ms)));
}

int64_t checkpoint_daly_ms(int64_t block_ms, double mttf_ms)
{
    double block = (double)block_ms;
    if (block >= 2.0 * mttf_ms) {
        return larger(1, llround(mttf_ms));
    }
    double ratio = block / (2.0 * mttf_ms);
    double best = sqrt(2.0 * block * mttf_ms) * (1.0 + sqrt(ratio) / 3.0 + ratio / 9.0) - block;
    return larger(1, llround(best));
}

/* Tasks of the shape that a node of that type has GPUs for; at least 1. */
static int64_t tasks_a_node(const GpNodeType *type, const GpShape *shape)
{
    int64_t asked = shape->request[GP_AXIS_GPU];
    return shape->device_count > 0 && asked > 0 ? larger(1, type->capacity[GP_AXIS_GPU] / asked)
                                                : 1;
}

int32_t checkpoint_nodes(const Cluster *cluster, const GpShape *shape, int32_t tasks)
{
    int64_t most = 1;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (node_type_takes(&cluster->types[type], shape)) {
            most = larger(most, tasks_a_node(&cluster->types[type], shape));
        }
    }
    return (int32_t)ceil_div(tasks, most);
}

static int64_t transfer_ms(int64_t size_mib, int64_t tasks, int64_t mb_s)
{
    return mb_s > 0 ? llround((double)size_mib * 1048576.0 * (double)tasks / (double)mb_s / 1000.0)
                    : 0;
}

/* How long the job writes one checkpoint, alone on the storage of the first node type that it may
 * use: all of it together to a pool, each node its part to its own. */
static int64_t write_alone_ms(const Cluster *cluster, const JobClass *class_of,
                              const GpShape *shape, const CheckpointOptions *options)
{
    int64_t tasks = class_of->task_count;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        int32_t pool = cluster->type_info[type].pool;
        if (!node_type_takes(&cluster->types[type], shape)) {
            continue;
        }
        if (pool >= 0 && pool < cluster->pool_count) {
            const StoragePool *storage = &cluster->pools[pool];
            return transfer_ms(options->size_mib, tasks,
                               storage->write_mb_s > 0 ? storage->write_mb_s
                                                       : storage->bandwidth_mb_s);
        }
        int64_t together = tasks_a_node(&cluster->types[type], shape);
        return transfer_ms(options->size_mib, together < tasks ? together : tasks,
                           cluster->types[type].capacity[GP_AXIS_STORAGE_BANDWIDTH]);
    }
    return 0;
}

/* What one checkpoint of the job blocks for, alone on its pool. */
static int64_t block_alone_ms(const Cluster *cluster, const JobClass *class_of,
                              const GpShape *shape, const CheckpointOptions *options)
{
    bool waits = options->size_mib > 0 && !options->async;
    return waits ? write_alone_ms(cluster, class_of, shape, options) : options->cost_ms;
}

/* From then until it is durable. */
static int64_t flush_alone_ms(const Cluster *cluster, const JobClass *class_of,
                              const GpShape *shape, const CheckpointOptions *options)
{
    return options->size_mib == 0 ? options->flush_ms
           : options->async       ? write_alone_ms(cluster, class_of, shape, options)
                                  : 0;
}

static int64_t interval_ms(const Scenario *scenario, const JobClass *class_of, const GpShape *shape,
                           const CheckpointOptions *options, int32_t nodes)
{
    const CheckpointOptions *model = &scenario->models.checkpoint;
    int64_t node_mttf_ms = options->mttf_ms > 0 ? options->mttf_ms : model->mttf_ms;
    int64_t block_ms = block_alone_ms(&scenario->cluster, class_of, shape, options);
    switch ((CheckpointRule)options->rule) {
    case CHECKPOINT_FIXED:
        return options->every_ms;
    case CHECKPOINT_YOUNG:
        return node_mttf_ms > 0 ? checkpoint_young_ms(block_ms, (double)node_mttf_ms / nodes) : 0;
    case CHECKPOINT_DALY:
        return node_mttf_ms > 0 ? checkpoint_daly_ms(block_ms, (double)node_mttf_ms / nodes) : 0;
    case CHECKPOINT_DEFAULT:
    case CHECKPOINT_NONE:
        break;
    }
    return 0;
}

/* Rule and interval of a job that says nothing of them; what one costs it may say all the same. */
static CheckpointOptions by_default(const RunModels *models, const CheckpointOptions *own)
{
    CheckpointOptions options = models->checkpoint;
    if (own->cost_ms > 0 || own->size_mib > 0) {
        options.cost_ms = own->cost_ms;
        options.flush_ms = own->flush_ms;
        options.size_mib = own->size_mib;
        options.async = own->async;
    }
    options.on_stop = options.on_stop || own->on_stop;
    options.mttf_ms = own->mttf_ms > 0 ? own->mttf_ms : options.mttf_ms;
    return options;
}

JobCheckpoint checkpoint_of_class(const Scenario *scenario, const JobTable *jobs,
                                  const JobClass *class_of)
{
    const RunModels *models = &scenario->models;
    const Cluster *cluster = &scenario->cluster;
    const GpShape *shape = &jobs->shapes.shapes[class_of->shape];
    CheckpointOptions options = class_of->traits->checkpoint;
    JobCheckpoint checkpoint = {.min_ms = 0};
    int32_t nodes = checkpoint_nodes(cluster, shape, class_of->task_count);
    if (options.rule == CHECKPOINT_DEFAULT) {
        if (nodes < models->checkpoint_min_nodes || class_of->traits->kind != KIND_BATCH) {
            return checkpoint;
        }
        options = by_default(models, &options);
        checkpoint.min_ms = models->checkpoint_min_ms;
    }
    checkpoint.on_stop = options.on_stop;
    checkpoint.stop_ms = block_alone_ms(cluster, class_of, shape, &options) +
                         flush_alone_ms(cluster, class_of, shape, &options);
    int64_t every_ms = interval_ms(scenario, class_of, shape, &options, nodes);
    if (every_ms <= 0) {
        return checkpoint;
    }
    checkpoint.plan = (CheckpointPlan){every_ms * GP_PPM, options.cost_ms, options.flush_ms};
    checkpoint.size_mib = options.size_mib;
    if (options.size_mib > 0 && options.async) {
        checkpoint.plan.flush_ms = CHECKPOINT_OPEN;
    } else if (options.size_mib > 0) {
        checkpoint.plan.block_ms = CHECKPOINT_OPEN;
        checkpoint.plan.flush_ms = 0;
    }
    return checkpoint;
}

const JobCheckpoint *checkpoint_of_classes(Arena *arena, const Scenario *scenario,
                                           const JobTable *jobs)
{
    bool any = scenario->models.checkpoint.rule > CHECKPOINT_NONE;
    for (ClassId id = 0; id < jobs->class_count; id++) {
        const CheckpointOptions *own = &jobs->classes[id].traits->checkpoint;
        any = any || own->rule > CHECKPOINT_NONE || own->on_stop;
    }
    if (!any) {
        return NULL;
    }
    JobCheckpoint *of_class = ARENA_ARRAY(arena, JobCheckpoint, jobs->class_count);
    for (ClassId id = 0; of_class != NULL && id < jobs->class_count; id++) {
        of_class[id] = checkpoint_of_class(scenario, jobs, &jobs->classes[id]);
    }
    return of_class;
}

/* ---- theory ---- */

double ettr_exact(double mttf, double every, double block, double restart)
{
    return every / (mttf * exp(restart / mttf) * expm1((every + block) / mttf));
}

double ettr_first_order(double mttf, double every, double block, double restart)
{
    return (1.0 - (restart + every / 2.0) / mttf) / (1.0 + block / every);
}
