/* flavors.c - which kinds of nodes a job may draw quota from. */
#include "sim/policies/flavors.h"

int32_t flavors_of(const World *world, JobId job, int32_t flavors[FLAVORS_MAX])
{
    const GpShape *shape = job_request(world->jobs, job);
    QueueId queue = job_tenant(world->jobs, job);
    while (queue >= 0 && world->queues[queue].flavor_count == 0) {
        queue = world->queues[queue].parent;
    }
    if (queue < 0) {
        flavors[0] = world->flavor_count == 1 ? 0 : FLAVOR_ALL;
        return 1;
    }
    const Queue *row = &world->queues[queue];
    const Flavor *kinds = world->scenario->queues.flavors;
    int32_t count = 0;
    for (int32_t i = 0; i < row->flavor_count; i++) {
        uint64_t nodes = kinds[row->flavor[i]].group_set;
        if (nodes == 0 || shape->group_set == 0 || (nodes & shape->group_set) != 0) {
            flavors[count++] = row->flavor[i];
        }
    }
    if (count == 0) {
        flavors[count++] = row->flavor[0];
    }
    return count;
}

void tasks_lanes(const World *world, JobId job, int32_t task_count, int64_t lanes[GP_AXES])
{
    world_task_lanes(world, job, lanes);
    for (int lane = 0; lane < GP_AXES; lane++) {
        lanes[lane] *= task_count;
    }
}
