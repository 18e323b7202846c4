/* asked.c - what the rows of a workload ask for and leave unsaid, looked up once: a run may have
 * given them back by the time that the report is written.
 */
#include "sim/scenario/build.h"
#include "traces/synthetic.h"

static uint32_t lanes_of_row(const Request *row)
{
    bool gpu = row->gpu_count > 0;
    return (uint32_t)gpu << GP_AXIS_GPU |
           (uint32_t)(gpu && row->gpu_memory_mib > 0) << GP_AXIS_GPU_MEMORY |
           (uint32_t)(row->cpu_milli > 0) << GP_AXIS_CPU |
           (uint32_t)(row->memory_mib > 0) << GP_AXIS_MEMORY |
           (uint32_t)(row->storage_bandwidth_mb_s > 0) << GP_AXIS_STORAGE_BANDWIDTH |
           (uint32_t)(row->io_cpu_milli > 0) << GP_AXIS_IO_CPU |
           (uint32_t)(row->network_mb_s > 0) << GP_AXIS_NETWORK;
}

/* Does a queue say how long its jobs are believed to run? */
static bool queue_believes(const QueueTree *tree, const char *name)
{
    QueueId queue = name == NULL ? 0 : queue_find(tree, name);
    return queue >= 0 && tree->queues[queue].default_limit_ms > 0;
}

static bool any_queue_believes(const QueueTree *tree)
{
    for (QueueId queue = 0; queue < tree->count; queue++) {
        if (tree->queues[queue].default_limit_ms > 0) {
            return true;
        }
    }
    return false;
}

void build_asked(Scenario *scenario)
{
    WorkloadAsked *asked = &scenario->asked;
    bool by_queue = any_queue_believes(&scenario->queues);
    bool limits_count = scenario->policy.estimates == ESTIMATE_LIMIT;
    *asked = (WorkloadAsked){0};
    for (int32_t i = 0; i < scenario->source_count; i++) {
        const WorkloadSource *source = &scenario->sources[i];
        bool drawn = source->kind != SOURCE_JOBS;
        bool limited = source->kind == SOURCE_SYNTHETIC && limits_count &&
                       source->synthetic->limit.factor_ppm > 0;
        asked->drawn_without = asked->drawn_without || (drawn && !limited);
        for (int32_t k = 0; k < source->requests.count; k++) {
            const Request *row = &source->requests.rows[k];
            bool said = row->estimate_ms != 0 || (limits_count && row->time_limit_ms > 0) ||
                        (limits_count && by_queue && queue_believes(&scenario->queues, row->queue));
            asked->lanes |= lanes_of_row(row);
            asked->jobs += !drawn;
            asked->without += !drawn && !said;
        }
    }
}
