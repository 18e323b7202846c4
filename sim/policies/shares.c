/* shares.c - fractions of what is due. */
#include "sim/policies/shares.h"

#include <stddef.h>

static const int SHARE_LANES[] = {GP_AXIS_GPU, GP_AXIS_CPU, GP_AXIS_MEMORY};
#define SHARE_LANE_COUNT ((int)(sizeof(SHARE_LANES) / sizeof(SHARE_LANES[0])))

int64_t share_fleet(const World *world, int lane)
{
    return world->capacity[lane];
}

bool share_counts(const World *world, int lane)
{
    bool known = lane == GP_AXIS_GPU || lane == GP_AXIS_CPU || lane == GP_AXIS_MEMORY;
    return known && (world->scenario->policy.pack.sees >> lane & 1) != 0 &&
           share_fleet(world, lane) > 0;
}

static int64_t changed(int64_t amount, int lane, LaneChange change)
{
    return change.lanes != NULL ? amount + change.times * change.lanes[lane] : amount;
}

int64_t share_placed(const World *world, QueueId queue, int lane, LaneChange change)
{
    return changed(world->queue_allocated[(size_t)queue * GP_AXES + (size_t)lane], lane, change);
}

static int64_t deserved_of(const World *world, QueueId queue, int lane)
{
    return world->share.deserved[(size_t)queue * GP_AXES + (size_t)lane];
}

Ratio share_dominant(const World *world, QueueId queue, LaneChange change)
{
    Ratio share = {0, 1};
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        if (share_counts(world, lane)) {
            Ratio of_lane = {share_placed(world, queue, lane, change), share_fleet(world, lane)};
            share = ratio_larger(share, of_lane);
        }
    }
    return share;
}

Ratio share_job_dominant(const World *world, JobId job, LaneChange change)
{
    int64_t lanes[GP_AXES];
    Ratio share = {0, 1};
    world_task_lanes(world, job, lanes);
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        if (share_counts(world, lane)) {
            int64_t held = lanes[lane] * world->job_holding[job];
            Ratio of_lane = {changed(held, lane, change), share_fleet(world, lane)};
            share = ratio_larger(share, of_lane);
        }
    }
    return share;
}

Ratio share_load(const World *world, QueueId queue, LaneChange change)
{
    Ratio load = {0, 1};
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        int64_t placed = share_placed(world, queue, lane, change);
        int64_t deserved = deserved_of(world, queue, lane);
        if (share_counts(world, lane) && placed > 0 && deserved != QUEUE_UNLIMITED) {
            load = ratio_larger(load, deserved > 0 ? (Ratio){placed, deserved} : (Ratio){1, 1});
        }
    }
    return load;
}

bool share_reached(const World *world, QueueId queue, const int64_t *asked)
{
    bool reached = false;
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        reached = reached ||
                  (asked[lane] > 0 && share_counts(world, lane) &&
                   share_placed(world, queue, lane, NO_CHANGE) >= deserved_of(world, queue, lane));
    }
    return reached;
}

bool share_exceeded(const World *world, QueueId queue, LaneChange change)
{
    bool exceeded = false;
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        exceeded = exceeded ||
                   (share_counts(world, lane) &&
                    share_placed(world, queue, lane, change) > deserved_of(world, queue, lane));
    }
    return exceeded;
}

int64_t kai_allocatable(const World *world, QueueId queue, int lane)
{
    const Queue *row = &world->queues[queue];
    int64_t fair = deserved_of(world, queue, lane);
    int64_t quota = row->quota.nominal[lane]; /* QUEUE_UNLIMITED is the largest number */
    int64_t most = quota > fair ? quota : fair;
    return row->limit[lane] < most ? row->limit[lane] : most;
}

Ratio kai_dominant(const World *world, QueueId queue, LaneChange change)
{
    Ratio share = {0, 1};
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        if (!share_counts(world, lane)) {
            continue;
        }
        Ratio of_lane = {share_placed(world, queue, lane, change),
                         kai_allocatable(world, queue, lane)};
        if (of_lane.whole == QUEUE_UNLIMITED) {
            of_lane.whole = share_fleet(world, lane);
        } else if (of_lane.whole == 0) {
            of_lane =
                lane == GP_AXIS_GPU ? (Ratio){of_lane.part, 1} : (Ratio){of_lane.part * 1000, 1};
        }
        share = ratio_larger(share, of_lane);
    }
    return share;
}

bool kai_zero_share(const World *world, QueueId queue, LaneChange change)
{
    bool found = false;
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        found = found || (share_counts(world, lane) && kai_allocatable(world, queue, lane) == 0 &&
                          share_placed(world, queue, lane, change) > 0);
    }
    return found;
}

bool kai_within_quota(const World *world, QueueId queue, LaneChange change)
{
    bool within = true;
    for (int i = 0; i < SHARE_LANE_COUNT; i++) {
        int lane = SHARE_LANES[i];
        within =
            within && (!share_counts(world, lane) || share_placed(world, queue, lane, change) <=
                                                         world->queues[queue].quota.nominal[lane]);
    }
    return within;
}

void share_next_lanes(const World *world, JobId job, int64_t lanes[GP_AXES])
{
    int32_t tasks = world_together(world, job);
    world_task_lanes(world, job, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        lanes[lane] *= tasks;
    }
}
