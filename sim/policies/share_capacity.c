/* share_capacity.c - Volcano's capacity: what each queue deserves is written down.
 *
 * That is its quota, at most what its limit and the others' guarantees leave, at least its
 * guarantee. A queue may run above it until others take it back. Source: Volcano, plugin capacity
 * (docs/shares.md).
 */
#include "sim/policies/division.h"
#include "sim/policies/policies.h"
#include "sim/policies/shares.h"

static void capacity_row(const World *world, int lane, int64_t amount, ShareRow *row)
{
    row->owned = world->queues[row->queue].guarantee[lane];
    row->cap = capability_of(world, row->queue, lane, amount);
    row->request = world->queues[row->queue].quota.nominal[lane];
}

static void capacity_divide(const World *world, int lane, int64_t amount, ShareRow *rows,
                            int32_t count)
{
    (void)world;
    (void)lane;
    (void)amount;
    for (int32_t i = 0; i < count; i++) {
        ShareRow *row = &rows[i];
        row->share = row->request < row->cap ? row->request : row->cap;
        row->share = row->share > row->owned ? row->share : row->owned;
    }
}

static void capacity_compute(const World *world, ShareTable *table)
{
    fleet_divide(world, table, capacity_row, capacity_divide);
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        table->share_ppm[queue] = ratio_scaled(share_load(world, queue, NO_CHANGE), GP_PPM);
    }
}

const SharePolicy share_capacity = {
    .name = "capacity",
    .summary = "Volcano: each queue deserves its quota; above it others may take back",
    .compute = capacity_compute,
};
