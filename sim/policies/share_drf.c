/* share_drf.c - dominant resource fairness: the largest part that a queue has of any resource.
 *
 * Queues deserve the fleet by weight; who has the smaller dominant share, per weight, is next where
 * an order asks. Source: Ghodsi et al., NSDI 2011; Volcano, plugin drf (docs/shares.md).
 */
#include "sim/policies/division.h"
#include "sim/policies/fill.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

static void drf_row(const World *world, int lane, int64_t amount, ShareRow *row)
{
    row->cap = capability_of(world, row->queue, lane, amount);
}

static void drf_divide(const World *world, int lane, int64_t amount, ShareRow *rows, int32_t count)
{
    (void)world;
    (void)lane;
    fill_proportion(rows, count, amount);
}

static void drf_compute(const World *world, ShareTable *table)
{
    fleet_divide(world, table, drf_row, drf_divide);
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        table->share_ppm[queue] = ratio_scaled(share_dominant(world, queue, NO_CHANGE), GP_PPM);
    }
}

const SharePolicy share_drf = {
    .name = "drf",
    .summary = "dominant share: the largest part that a queue has of any resource",
    .compute = drf_compute,
};
