/* share_proportion.c - Volcano's proportion: what each queue deserves, by weight.
 *
 * In rounds, each queue that wants more gets what remains by its weight, at most what it asks and
 * what its limit and the others' guarantees leave, at least its guarantee. In a tree each level
 * divides what the one above deserves. A queue at or above what it deserves starts nothing.
 * Source: Volcano, plugin proportion (docs/shares.md).
 */
#include "sim/policies/division.h"
#include "sim/policies/fill.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

static void proportion_row(const World *world, int lane, int64_t amount, ShareRow *row)
{
    row->owned = world->queues[row->queue].guarantee[lane];
    row->cap = capability_of(world, row->queue, lane, amount);
}

static void proportion_divide(const World *world, int lane, int64_t amount, ShareRow *rows,
                              int32_t count)
{
    (void)world;
    (void)lane;
    fill_proportion(rows, count, amount);
}

static void proportion_compute(const World *world, ShareTable *table)
{
    fleet_divide(world, table, proportion_row, proportion_divide);
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        table->share_ppm[queue] = ratio_scaled(share_load(world, queue, NO_CHANGE), GP_PPM);
    }
}

const SharePolicy share_proportion = {
    .name = "proportion",
    .summary = "Volcano: the fleet by weight among the queues that ask, in rounds",
    .compute = proportion_compute,
    .caps = true,
};
