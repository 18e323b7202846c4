/* audit.c - devices, queues and jobs are counted again from the tasks alone. */
#include "sim/experiment/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool audit_init(Audit *audit, Arena *arena, const World *world)
{
    const GpFleet *real = &world->fleet;
    GpFleet *fleet = &audit->fleet;
    int32_t nodes = real->node_count;
    int32_t devices = real->device_begin[nodes];
    *fleet = *real;
    fleet->node_present = ARENA_ARRAY(arena, uint8_t, nodes);
    fleet->node_free = arena_alloc(arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    fleet->node_kind_tasks = ARENA_ARRAY(arena, uint16_t, (size_t)nodes * (size_t)real->kind_count);
    fleet->device_free_milli = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_free_mib = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_tasks = ARENA_ARRAY(arena, uint16_t, devices);
    fleet->device_health = ARENA_ARRAY(arena, uint8_t, devices);
    fleet->device_mig = ARENA_ARRAY(arena, uint8_t, devices);
    audit->queues = ARENA_ARRAY(arena, int64_t, (size_t)world->queue_count * GP_AXES);
    audit->holding = ARENA_ARRAY(arena, int32_t, world->jobs->job_count);
    return audit_rates_init(&audit->rates, arena, world) && !arena->failed;
}

static void wrong(const World *world, const char *what, const char *which, int32_t number)
{
    fprintf(stderr, "gpuplan: internal error: at %lld ms %s (%s %d); please report this scenario\n",
            (long long)world->now_ms, what, which, (int)number);
    abort();
}

static bool row_equal(const void *a, const void *b, size_t count, size_t size)
{
    return count == 0 || memcmp(a, b, count * size) == 0;
}

/* `times` x the lanes of one task, in the job's queue and in all above it. */
static void queues_count(Audit *audit, const World *world, JobId job, int32_t times)
{
    int64_t lanes[GP_AXES];
    world_task_lanes(world, job, lanes);
    for (QueueId queue = job_tenant(world->jobs, job); queue >= 0;
         queue = world->queues[queue].parent) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            audit->queues[queue * GP_AXES + axis] += times * lanes[axis];
        }
    }
}

static void task_place_again(Audit *audit, const World *world, TaskId task)
{
    JobId job = world->jobs->task_job[task];
    GpPlacement placement = world_placement(world, task);
    /* Lanes that the scheduler does not see may be overdrawn; devices never. */
    if (!gp_holds(&audit->fleet, job_request(world->jobs, job), &placement, 0)) {
        wrong(world, "devices are booked twice", "task", task);
    }
    gp_place(&audit->fleet, job_request(world->jobs, job), &placement);
    audit->holding[job]++;
    queues_count(audit, world, job, 1);
}

/* Every task that holds something is placed again, on exactly its place, which must be free. Those
 * that ask no compute of their cards come first: beside others they would be let in only while some
 * compute is left. */
static void places_check(Audit *audit, const World *world)
{
    gp_fleet_reset(&audit->fleet);
    memset(audit->queues, 0, (size_t)world->queue_count * sizeof(int64_t[GP_AXES]));
    memset(audit->holding, 0, (size_t)world->jobs->job_count * sizeof(int32_t));
    for (int computes = 0; computes < 2; computes++) {
        for (TaskId task = 0; task < world->jobs->task_count; task++) {
            const GpShape *shape = job_request(world->jobs, world->jobs->task_job[task]);
            if (task_state_holds(world->task_state[task]) &&
                (shape->device_milli > 0) == computes) {
                task_place_again(audit, world, task);
            }
        }
    }
}

/* What is believed of nodes comes on top of what their tasks hold: closed devices count for
 * nothing, derated lanes for less. */
static void belief_apply(Audit *audit, const World *world, int32_t node)
{
    const Health *health = &world->health;
    GpFleet *fleet = &audit->fleet;
    int64_t *free = fleet->node_free[node];
    const int64_t *nominal = fleet->types[fleet->node_type[node]].capacity;
    fleet->node_present[node] = health->node_mode[node] == NODE_IN_SERVICE;
    for (int32_t device = fleet->device_begin[node]; device < fleet->device_begin[node + 1];
         device++) {
        if (health->device_closed[device]) {
            free[GP_AXIS_GPU] -= fleet->device_free_milli[device];
            free[GP_AXIS_GPU_MEMORY] -= fleet->device_free_mib[device];
        }
    }
    for (int axis = GP_AXIS_CPU; health->known_ppm != NULL && axis < GP_AXIS_COUNT; axis++) {
        int32_t ppm = health->known_ppm[node][axis];
        free[axis] -=
            nominal[axis] - nominal[axis] / GP_PPM * ppm - nominal[axis] % GP_PPM * ppm / GP_PPM;
    }
}

static void columns_check(Audit *audit, const World *world)
{
    const GpFleet *mine = &audit->fleet;
    const GpFleet *real = &world->fleet;
    size_t nodes = (size_t)real->node_count;
    size_t devices = (size_t)real->device_begin[nodes];
    if (!row_equal(mine->device_free_milli, real->device_free_milli, devices, sizeof(int32_t)) ||
        !row_equal(mine->device_free_mib, real->device_free_mib, devices, sizeof(int32_t)) ||
        !row_equal(mine->device_tasks, real->device_tasks, devices, sizeof(uint16_t)) ||
        !row_equal(mine->device_mig, real->device_mig, devices, sizeof(uint8_t))) {
        wrong(world, "the devices are not what the tasks hold", "devices", (int32_t)devices);
    }
    for (int32_t node = 0; node < real->node_count; node++) {
        if (world->health.any) {
            belief_apply(audit, world, node);
        }
        if (memcmp(mine->node_free[node], real->node_free[node], sizeof(int64_t[GP_AXES])) != 0 ||
            mine->node_present[node] != real->node_present[node]) {
            wrong(world, "a node is not what its tasks hold", "node", node);
        }
    }
    if (!row_equal(audit->queues, world->queue_allocated, (size_t)world->queue_count * GP_AXES,
                   sizeof(int64_t))) {
        wrong(world, "the queues are not what the tasks hold", "queues", world->queue_count);
    }
}

/* A job is nowhere if it is not over, nothing of it holds devices, and nothing will ever bring it
 * back. */
static bool job_is_lost(const World *world, JobId job)
{
    Event event;
    bool pending = world->job_state[job] == JOB_PENDING || world->job_state[job] == JOB_RUNNING;
    bool comes_back = waiting_has(&world->waiting, job) ||
                      (event_queue_knows(&world->events, EVENT_JOB_ELIGIBLE) &&
                       event_queue_find(&world->events, EVENT_JOB_ELIGIBLE, job, &event));
    return pending && world->job_holding[job] == 0 && !comes_back;
}

static void jobs_check(const Audit *audit, const World *world)
{
    int32_t suspended = 0;
    int32_t waiting = 0;
    for (JobId job = 0; job < world->next_job; job++) {
        waiting += waiting_has(&world->waiting, job);
        suspended += world->job_state[job] == JOB_SUSPENDED;
        if (world->job_holding[job] != audit->holding[job]) {
            wrong(world, "a job's tasks are miscounted", "job", job);
        }
        if (job_is_lost(world, job)) {
            wrong(world, "a job is lost", "job", job);
        }
        if (world->job_ready[job] < 0 || world->job_ready[job] > world->job_holding[job]) {
            wrong(world, "a job's ready tasks are miscounted", "job", job);
        }
    }
    if (waiting != world->waiting.count || suspended != world->suspended_count) {
        wrong(world, "the lines are not those who wait", "jobs", waiting);
    }
}

/* Tasks of a job that count in a column of quotas. */
typedef int32_t (*CountedTasks)(const World *world, JobId job);

static int32_t quota_tasks(const World *world, JobId job)
{
    return world->job_quota[job];
}

static int32_t minimum_tasks(const World *world, JobId job)
{
    int32_t minimum = job_class(world->jobs, job)->min_tasks;
    return world->job_quota[job] < minimum ? world->job_quota[job] : minimum;
}

static int32_t missing_tasks(const World *world, JobId job)
{
    int32_t missing = minimum_tasks(world, job) - world->job_holding[job];
    return missing > 0 ? missing : 0;
}

static int32_t fixed_tasks(const World *world, JobId job)
{
    return world_preemptible(world, job) ? 0 : world->job_holding[job];
}

static void queue_column_check(Audit *audit, const World *world, const int64_t *column,
                               CountedTasks counted)
{
    memset(audit->queues, 0, (size_t)world->queue_count * sizeof(int64_t[GP_AXES]));
    for (JobId job = 0; column != NULL && job < world->next_job; job++) {
        queues_count(audit, world, job, counted(world, job));
    }
    if (column != NULL &&
        !row_equal(audit->queues, column, (size_t)world->queue_count * GP_AXES, sizeof(int64_t))) {
        wrong(world, "what queues hold by admission is miscounted", "queues", world->queue_count);
    }
}

static void quotas_check(Audit *audit, const World *world)
{
    if (world->flavor_count == 1) {
        queue_column_check(audit, world, world->queue_used, quota_tasks);
    }
    queue_column_check(audit, world, world->queue_minimum, minimum_tasks);
    queue_column_check(audit, world, world->queue_missing, missing_tasks);
    queue_column_check(audit, world, world->queue_fixed, fixed_tasks);
}

static void audit_fact(void *self, const World *world, const Fact *fact)
{
    (void)fact;
    places_check(self, world);
    columns_check(self, world);
    jobs_check(self, world);
    quotas_check(self, world);
}

/* Speeds are settled when the clock moves. */
static void audit_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    Audit *audit = self;
    TaskId task = -1;
    const char *what = audit_rates_check(&audit->rates, world, &task);
    if (to_ms <= from_ms) {
        wrong(world, "the clock stands still or goes back", "ms", (int32_t)(to_ms - from_ms));
    }
    if (what != NULL) {
        wrong(world, what, "task", task);
    }
}

Observer audit_observer(Audit *audit)
{
    return (Observer){.self = audit,
                      .fact = audit_fact,
                      .interval = audit_interval,
                      .hears = FACT_SET(FACT_PASS_DONE)};
}
