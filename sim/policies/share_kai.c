/* share_kai.c - KAI Scheduler's fair share.
 *
 * Each queue gets its quota as far as it asks; the rest goes by queue priority, then by weight in
 * whole GPUs, then unit by unit. With usage_weight the weights of queues that had more than theirs
 * of late shrink (GPUs alone). Level by level of the tree. Its share is placed / fair share of the
 * dominant resource. Source: KAI Scheduler, plugin proportion (docs/shares.md).
 */
#include "sim/policies/division.h"
#include "sim/policies/fill.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

static void kai_row(const World *world, int lane, int64_t amount, ShareRow *row)
{
    (void)amount;
    row->owned = world->queues[row->queue].quota.nominal[lane];
    row->cap = world->queues[row->queue].limit[lane];
    if (world->usage != NULL && lane == GP_AXIS_GPU) {
        row->usage = world->usage->queue_share[row->queue];
    }
}

static void kai_divide(const World *world, int lane, int64_t amount, ShareRow *rows, int32_t count)
{
    const ShareOptions *options = &world->scenario->policy.share_options;
    KaiFill fill = {.amount = amount,
                    .unit = lane == GP_AXIS_GPU ? GP_DEVICE_MILLI : 1,
                    .usage_ppm = lane == GP_AXIS_GPU ? options->usage_weight_ppm : 0};
    fill_kai(rows, count, &fill);
}

static void kai_compute(const World *world, ShareTable *table)
{
    fleet_divide(world, table, kai_row, kai_divide);
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        table->share_ppm[queue] = ratio_scaled(kai_dominant(world, queue, NO_CHANGE), GP_PPM);
    }
}

const SharePolicy share_kai = {
    .name = "kai",
    .summary = "KAI: quota, then what is left by queue priority and weight in whole GPUs",
    .compute = kai_compute,
    .drifts = true,
};
