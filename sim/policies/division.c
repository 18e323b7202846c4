/* division.c - what a queue is due is divided among the queues below it. */
#include "sim/policies/division.h"

#include "sim/policies/quota.h"
#include "sim/policies/shares.h"

/* The first root, or the first child; -1: none. */
static QueueId first_of(const World *world, QueueId parent)
{
    if (parent >= 0) {
        return world->queues[parent].first_child;
    }
    QueueId root = 0;
    while (root < world->queue_count && world->queues[root].parent >= 0) {
        root++;
    }
    return root < world->queue_count ? root : -1;
}

int64_t queue_request(const World *world, QueueId queue, int lane)
{
    size_t row = (size_t)queue * GP_AXES + (size_t)lane;
    if (world->queue_minimum == NULL) {
        return world->queue_demand[row];
    }
    int64_t admitted = 0;
    for (int32_t flavor = 0; flavor < world->flavor_count; flavor++) {
        admitted +=
            world->queue_used[((size_t)queue * (size_t)world->flavor_count + (size_t)flavor) *
                                  GP_AXES +
                              (size_t)lane];
    }
    return admitted;
}

int64_t capability_of(const World *world, QueueId queue, int lane, int64_t amount)
{
    int64_t most = amount + world->queues[queue].guarantee[lane];
    for (QueueId other = first_of(world, world->queues[queue].parent); other >= 0;
         other = world->queues[other].next_sibling) {
        most -= world->queues[other].guarantee[lane];
    }
    int64_t limit = world->queues[queue].limit[lane];
    return limit < most ? limit : most;
}

static void level_divide(const World *world, ShareTable *table, QueueId parent, int lane,
                         int64_t amount, RowFill fill, RowsDivide divide)
{
    int32_t count = 0;
    for (QueueId queue = first_of(world, parent); queue >= 0;
         queue = world->queues[queue].next_sibling) {
        ShareRow *row = &table->rows[count++];
        *row = (ShareRow){.queue = queue,
                          .priority = world->queues[queue].priority,
                          .weight = world->queues[queue].weight_ppm,
                          .request = queue_request(world, queue, lane),
                          .cap = QUEUE_UNLIMITED};
        fill(world, lane, amount, row);
    }
    divide(world, lane, amount, table->rows, count);
    for (int32_t i = 0; i < count; i++) {
        table->deserved[(size_t)table->rows[i].queue * GP_AXES + (size_t)lane] =
            table->rows[i].share;
    }
    for (QueueId queue = first_of(world, parent); queue >= 0;
         queue = world->queues[queue].next_sibling) {
        if (world->queues[queue].child_count > 0) {
            level_divide(world, table, queue, lane,
                         table->deserved[(size_t)queue * GP_AXES + (size_t)lane], fill, divide);
        }
    }
}

void fleet_divide(const World *world, ShareTable *table, RowFill fill, RowsDivide divide)
{
    for (int lane = 0; lane < GP_AXES; lane++) {
        if (share_counts(world, lane)) {
            level_divide(world, table, -1, lane, share_fleet(world, lane), fill, divide);
            continue;
        }
        for (QueueId queue = 0; queue < world->queue_count; queue++) {
            table->deserved[(size_t)queue * GP_AXES + (size_t)lane] = QUEUE_UNLIMITED;
        }
    }
}
