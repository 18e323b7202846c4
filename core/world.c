/* world.c - a run's changing state, allocated once. */
#include "core/world.h"

#include <string.h>

#include "core/pace.h"

static bool fleet_new(World *world, Arena *arena, const int32_t *node_rank)
{
    const Cluster *cluster = &world->scenario->cluster;
    GpFleet *fleet = &world->fleet;
    int32_t nodes = cluster->node_count;
    int32_t devices = cluster->device_begin[nodes];
    fleet->size = sizeof(GpFleet);
    fleet->node_count = nodes;
    fleet->type_count = cluster->type_count;
    fleet->kind_count = world->jobs->shapes.kind_count;
    fleet->types = cluster->types;
    fleet->node_type = cluster->node_type;
    fleet->node_rank = node_rank;
    fleet->device_begin = cluster->device_begin;
    fleet->node_present = ARENA_ARRAY(arena, uint8_t, nodes);
    fleet->node_free = arena_alloc(arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    fleet->node_kind_tasks =
        ARENA_ARRAY(arena, uint16_t, (size_t)nodes * (size_t)fleet->kind_count);
    fleet->device_free_milli = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_free_mib = ARENA_ARRAY(arena, int32_t, devices);
    fleet->device_tasks = ARENA_ARRAY(arena, uint16_t, devices);
    fleet->device_health = ARENA_ARRAY(arena, uint8_t, devices);
    fleet->device_mig = ARENA_ARRAY(arena, uint8_t, devices);
    return !arena->failed && gp_fleet_reset(fleet) == GP_OK;
}

static bool index_new(World *world, Arena *arena)
{
    const GpPolicy *pack = &world->scenario->policy.pack;
    const ShapeTable *shapes = &world->jobs->shapes;
    size_t bytes = gp_index_bytes(pack, world->fleet.node_count, shapes->count);
    /* At least ARENA_ALIGN_LARGE bytes, so that the memory is aligned as the index wants it. */
    void *memory = arena_alloc(arena, bytes < ARENA_ALIGN_LARGE ? ARENA_ALIGN_LARGE : bytes, 1);
    return memory != NULL &&
           gp_index_init(&world->index, memory, bytes, &world->fleet, pack,
                         &world->scenario->constants, shapes->shapes, shapes->count) == GP_OK;
}

static int32_t largest_gang(const JobTable *jobs)
{
    int32_t largest = 1;
    for (ClassId id = 0; id < jobs->class_count; id++) {
        int32_t tasks = jobs->classes[id].min_tasks;
        largest = tasks > largest ? tasks : largest;
    }
    return largest;
}

/* Does some shape take part of a card on which shares are not enforced? */
static bool cards_uncapped(const World *world)
{
    bool uncapped = false;
    for (int32_t type = 0; type < world->scenario->cluster.type_count; type++) {
        uncapped = uncapped || world->scenario->cluster.type_info[type].card_uncapped;
    }
    const ShapeTable *shapes = &world->jobs->shapes;
    for (ShapeId id = 0; uncapped && id < shapes->count; id++) {
        const GpShape *shape = &shapes->shapes[id];
        if (shape->device_count > 0 && shape->device_milli < GP_DEVICE_MILLI &&
            shape->mig_profile == GP_MIG_PROFILE_NONE) {
            return true;
        }
    }
    return false;
}

/* Can something else than company on a card slow a task down? */
static bool rates_vary(const World *world)
{
    bool streams = false;
    bool differ = pace_type_differs(&world->scenario->cluster);
    for (ClassId id = 0; id < world->jobs->class_count; id++) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            streams = streams || world->jobs->classes[id].traits->need[axis] > 0;
        }
        differ = differ || pace_traits_differ(world->jobs->classes[id].traits);
    }
    bool relaxed = (world->scenario->relax & RELAX_IO) != 0;
    return (streams && !relaxed) || differ || world->faults != NULL ||
           world->scenario->models.step_noise_ppm != NULL;
}

/* Some fault comes when a job has done so much work, not at a time of the calendar. */
static bool work_kills(const Health *health)
{
    bool kills = false;
    for (int32_t kind = 0; kind < health->kind_count; kind++) {
        kills = kills || health->kinds[kind].scope == SCOPE_JOB;
    }
    return kills;
}

static void task_columns_new(World *world, Arena *arena)
{
    int32_t tasks = world->jobs->task_count;
    world->task_node = ARENA_ARRAY(arena, int32_t, tasks);
    world->task_devices = ARENA_ARRAY(arena, uint32_t, tasks);
    world->task_mig_start = ARENA_ARRAY(arena, int8_t, tasks);
    world->task_state = ARENA_ARRAY(arena, uint8_t, tasks);
    world->task_stop = ARENA_ARRAY(arena, uint8_t, tasks);
    world->task_start_ms = ARENA_ARRAY(arena, int64_t, tasks);
    world->task_next = ARENA_ARRAY(arena, TaskId, tasks);
    world->task_prev = ARENA_ARRAY(arena, TaskId, tasks);
    world->node_first = ARENA_ARRAY(arena, TaskId, world->scenario->cluster.node_count);
    world->unit_done = ARENA_ARRAY(arena, int64_t, tasks);
    world->unit_since_ms = ARENA_ARRAY(arena, int64_t, tasks);
    world->unit_rate_ppm = ARENA_ARRAY(arena, int32_t, tasks);
    if (world->class_checkpoint != NULL) {
        world->unit_save = ARENA_ARRAY(arena, WorkSave, tasks);
        if (world->health.any) {
            world->unit_watch = ARENA_ARRAY(arena, uint8_t, tasks);
        }
    }
    if (cards_uncapped(world) || rates_vary(world)) {
        world->task_rate_ppm = ARENA_ARRAY(arena, int32_t, tasks);
        world->task_limit = ARENA_ARRAY(arena, int8_t, tasks);
    }
    if (work_kills(&world->health)) {
        world->unit_death = ARENA_ARRAY(arena, int64_t, tasks);
        world->unit_deaths = ARENA_ARRAY(arena, int32_t, tasks);
    }
    if (world->jobs->any_usage) {
        world->task_usage_ppm = ARENA_ARRAY(arena, int32_t, tasks);
    }
}

static bool plans(const PolicySet *policy)
{
    return policy->scan->behind == SCAN_HEAD_RESERVES ||
           policy->scan->behind == SCAN_EVERYBODY_RESERVES;
}

static void job_columns_new(World *world, Arena *arena)
{
    int32_t jobs = world->jobs->job_count;
    world->job_state = ARENA_ARRAY(arena, uint8_t, jobs);
    world->job_waiting = ARENA_ARRAY(arena, int32_t, jobs);
    world->job_holding = ARENA_ARRAY(arena, int32_t, jobs);
    world->job_open = ARENA_ARRAY(arena, int32_t, jobs);
    world->job_ready = ARENA_ARRAY(arena, int32_t, jobs);
    world->job_hint = ARENA_ARRAY(arena, TaskId, jobs);
    world->job_attempts = ARENA_ARRAY(arena, int32_t, jobs);
    world->job_served = ARENA_ARRAY(arena, int64_t, jobs);
    world->job_queued_ms = ARENA_ARRAY(arena, int64_t, jobs);
    world->job_start_ms = ARENA_ARRAY(arena, int64_t, jobs);
    world->job_attempt_ms = ARENA_ARRAY(arena, int64_t, jobs);
    world->job_end_ms = ARENA_ARRAY(arena, int64_t, jobs);
    world->running = ARENA_ARRAY(arena, JobId, jobs);
    world->running_at = ARENA_ARRAY(arena, int32_t, jobs);
    world->suspended = ARENA_ARRAY(arena, JobId, jobs);
    world->job_quota = ARENA_ARRAY(arena, int32_t, jobs);
    world->job_flavor = ARENA_ARRAY(arena, int8_t, jobs);
    if (world->scenario->policy.admit->stages) {
        world->job_admitted_ms = ARENA_ARRAY(arena, int64_t, jobs);
    }
    if (plans(&world->scenario->policy)) {
        world->job_belief_ms = ARENA_ARRAY(arena, int64_t, jobs);
    }
    if (world->faults != NULL || world->scenario->policy.remedy_options.evictions_fail) {
        world->job_failures = ARENA_ARRAY(arena, int32_t, jobs);
    }
    world->job_why = ARENA_ARRAY(arena, Why, jobs);
    world->job_why_pass = ARENA_ARRAY(arena, uint32_t, jobs);
}

static void class_columns_new(World *world, Arena *arena)
{
    int32_t classes = world->jobs->class_count;
    world->class_why = ARENA_ARRAY(arena, Why, classes);
    world->class_why_pass = ARENA_ARRAY(arena, uint32_t, classes);
    world->class_too_large = ARENA_ARRAY(arena, int8_t, classes);
    world->class_failed_at = ARENA_ARRAY(arena, uint64_t, classes);
    world->class_asked_at = ARENA_ARRAY(arena, uint64_t, classes);
    world->class_ask_ms = ARENA_ARRAY(arena, int64_t, classes);
    world->shape_lanes =
        arena_alloc(arena, (size_t)world->jobs->shapes.count, sizeof(int64_t[GP_AXES]));
    world->shape_failed_at = ARENA_ARRAY(arena, uint64_t, world->jobs->shapes.count);
    world->shape_judged_at = ARENA_ARRAY(arena, uint64_t, world->jobs->shapes.count);
    world->shape_verdict = ARENA_ARRAY(arena, Verdict, world->jobs->shapes.count);
    world->placements = ARENA_ARRAY(arena, GpPlacement, world->largest_gang);
    world->nominees = ARENA_ARRAY(arena, Nominee, NOMINEES_MAX);
    for (int32_t i = 0; world->nominees != NULL && i < NOMINEES_MAX; i++) {
        world->nominees[i].nodes = ARENA_ARRAY(arena, int32_t, world->largest_gang);
        world->nominees[i].places = ARENA_ARRAY(arena, GpPlacement, world->largest_gang);
    }
}

static bool usage_new(World *world, Arena *arena)
{
    UsageOptions options = usage_options(world->scenario);
    world->usage = ARENA_NEW(arena, Usage);
    return world->usage != NULL && usage_init(world->usage, arena, world->jobs, world->queues,
                                              world->queue_count, &options);
}

/* The scenario's queues, then those that only the jobs name. */
static bool queues_new(World *world, Arena *arena)
{
    const JobTable *jobs = world->jobs;
    const QueueTree *tree = &world->scenario->queues;
    int32_t count = jobs->tenant_count > tree->count ? jobs->tenant_count : tree->count;
    int32_t flavors = tree->flavor_count > 0 ? tree->flavor_count : 1;
    Queue *queues = ARENA_ARRAY(arena, Queue, count);
    QueuePool *pools = ARENA_ARRAY(arena, QueuePool, queue_pool_row(flavors, count, FLAVOR_ALL));
    size_t lanes = (size_t)count * GP_AXES;
    world->queue_count = count;
    world->flavor_count = flavors;
    world->queues = queues;
    world->queue_used = ARENA_ARRAY(arena, int64_t, lanes * (size_t)flavors);
    world->queue_allocated = ARENA_ARRAY(arena, int64_t, lanes);
    world->queue_demand = ARENA_ARRAY(arena, int64_t, lanes);
    world->queue_jobs = ARENA_ARRAY(arena, int32_t, count);
    world->queue_closed_pass = ARENA_ARRAY(arena, uint32_t, count);
    world->share.share_ppm = ARENA_ARRAY(arena, int64_t, count);
    world->share.deserved = ARENA_ARRAY(arena, int64_t, lanes);
    world->share.rows = ARENA_ARRAY(arena, ShareRow, count);
    const PolicySet *policy = &world->scenario->policy;
    if (policy->admit->stages) {
        world->queue_minimum = ARENA_ARRAY(arena, int64_t, lanes);
        world->queue_missing = ARENA_ARRAY(arena, int64_t, lanes);
    }
    if (policy->admit->counts_fixed && policy->admit_options.nonpreemptible_in_quota) {
        world->queue_fixed = ARENA_ARRAY(arena, int64_t, lanes);
    }
    if (arena->failed) {
        return false;
    }
    for (QueueId queue = 0; queue < count; queue++) {
        queues[queue] =
            queue < tree->count ? tree->queues[queue] : queue_default(jobs->tenant_name[queue]);
    }
    queues_link(queues, count);
    queues_pool(queues, count, flavors, pools);
    world->queue_pools = pools;
    return !usage_wanted(policy) || usage_new(world, arena);
}

/* One line of all classes, or one a queue where the order chooses queues first or a blocked head
 * closes only its own. */
static bool waiting_new(World *world, Arena *arena)
{
    const JobTable *jobs = world->jobs;
    const PolicySet *policy = &world->scenario->policy;
    bool by_queue = policy->order->queue_key != NULL;
    int32_t *line = ARENA_ARRAY(arena, int32_t, jobs->class_count);
    for (ClassId id = 0; by_queue && line != NULL && id < jobs->class_count; id++) {
        line[id] = jobs->classes[id].tenant;
    }
    return line != NULL && waiting_init(&world->waiting, arena, jobs->job_count, jobs->job_class,
                                        jobs->class_count, line, by_queue ? world->queue_count : 1);
}

static bool columns_new(World *world, Arena *arena)
{
    const Cluster *cluster = &world->scenario->cluster;
    world->largest_gang = largest_gang(world->jobs);
    for (int32_t node = 0; node < cluster->node_count; node++) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            world->capacity[axis] += cluster->types[cluster->node_type[node]].capacity[axis];
        }
    }
    world->type_used_milli = ARENA_ARRAY(arena, int64_t, cluster->type_count);
    task_columns_new(world, arena);
    job_columns_new(world, arena);
    class_columns_new(world, arena);
    return !arena->failed && queues_new(world, arena) && waiting_new(world, arena);
}

/* Can a process hang for a while before anybody sees that it has failed? */
static bool jobs_hang(const World *world)
{
    const Health *health = &world->health;
    bool hang = false;
    for (int32_t kind = 0; kind < health->kind_count; kind++) {
        hang = hang ||
               (health->kinds[kind].effect == EFFECT_JOB_DIES && health->kinds[kind].detect_ms > 0);
    }
    return hang;
}

/* Slots of the event queue: kinds that cannot occur in this run have none. */
static bool events_new(World *world, Arena *arena)
{
    const JobTable *jobs = world->jobs;
    const PolicySet *policy = &world->scenario->policy;
    int32_t entities[EVENT_KIND_COUNT] = {
        [EVENT_JOB_ARRIVAL] = 1, [EVENT_WAKE] = 1,      [EVENT_RECOMPUTE] = 1,
        [EVENT_TICK] = 1,        [EVENT_PLAN_TICK] = 1, [EVENT_HORIZON] = 1};
    bool any_grace = false;
    for (ClassId id = 0; id < jobs->class_count; id++) {
        any_grace = any_grace || jobs->classes[id].traits->grace_ms > 0;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        if (jobs->job_duration_ms[job] != TIME_NEVER || world->unit_death != NULL) {
            entities[EVENT_TASK_END] = jobs->task_count;
            break;
        }
    }
    entities[EVENT_TASK_STOPPED] = any_grace || jobs_hang(world) ? jobs->task_count : 0;
    entities[EVENT_JOB_LIMIT] = jobs->any_limit ? jobs->job_count : 0;
    entities[EVENT_TASK_READY] = jobs->any_startup ? jobs->task_count : 0;
    entities[EVENT_TASK_USAGE] = jobs->any_usage ? jobs->task_count : 0;
    int32_t slots = world->health.slot_count;
    bool fails = world->health.any;
    for (ClassId id = 0; world->class_checkpoint != NULL && id < jobs->class_count; id++) {
        if (fails || world->class_checkpoint[id].size_mib > 0) {
            entities[EVENT_CHECKPOINT] = jobs->task_count;
        }
    }
    entities[EVENT_JOB_ELIGIBLE] =
        policy->requeue_delay_ms > 0 || policy->remedy_options.backoff_ms > 0 ? jobs->job_count : 0;
    entities[EVENT_FAULT] = slots > 0;
    entities[EVENT_FAULT_END] = entities[EVENT_REPAIR] = slots;
    entities[EVENT_NOTICE] = entities[EVENT_FAULT_TIMER] = slots;
    entities[EVENT_DRAIN] = entities[EVENT_SPARE] = fails ? world->fleet.node_count : 0;
    entities[EVENT_GANG] =
        fails && policy->remedy_options.gang_loss == GANG_LOSS_STALE ? jobs->job_count : 0;
    return event_queue_init(&world->events, arena, entities);
}

/* The fleet is still empty: what does not fit now never will. Classes of one shape mostly have as
 * many tasks each, so the last judgement of a shape is kept: shape_judged_at holds its task count
 * here. */
static void too_large_find(World *world)
{
    const JobTable *jobs = world->jobs;
    for (ClassId id = 0; id < jobs->class_count; id++) {
        const JobClass *class_of = &jobs->classes[id];
        uint64_t tasks = (uint64_t)class_of->min_tasks;
        Verdict *judged = &world->shape_verdict[class_of->shape];
        if (world->shape_judged_at[class_of->shape] != tasks) {
            judged->dimension = verdict_too_large(
                &world->fleet, &jobs->shapes.shapes[class_of->shape], class_of->min_tasks);
            world->shape_judged_at[class_of->shape] = tasks;
        }
        world->class_too_large[id] = (int8_t)judged->dimension;
    }
    for (ShapeId shape = 0; shape < jobs->shapes.count; shape++) {
        world->shape_judged_at[shape] = 0;
    }
}

static void job_reset(World *world, JobId job)
{
    const JobTable *jobs = world->jobs;
    const JobClass *class_of = job_class(jobs, job);
    TaskId first = jobs->job_first_task[job];
    world->job_open[job] = class_of->task_count;
    world->job_hint[job] = first;
    world->job_start_ms[job] = TIME_NEVER;
    world->job_attempt_ms[job] = TIME_NEVER;
    world->job_end_ms[job] = TIME_NEVER;
    if (world->job_admitted_ms != NULL) {
        world->job_admitted_ms[job] = TIME_NEVER;
    }
    if (world->job_belief_ms != NULL) {
        world->job_belief_ms[job] = world_belief_anew_ms(world, job);
    }
    world->job_flavor[job] = -1;
    world->running_at[job] = -1;
    for (int32_t i = 0; i < class_of->max_tasks; i++) {
        world->task_node[first + i] = -1;
        if (world->unit_save != NULL) {
            world->unit_save[first + i].flushed_ms = TIME_NEVER;
        }
        if (i >= class_of->task_count) {
            world->task_state[first + i] = TASK_SPARE;
        }
    }
}

static void shape_lanes_fill(World *world)
{
    for (ShapeId id = 0; id < world->jobs->shapes.count; id++) {
        const GpShape *shape = &world->jobs->shapes.shapes[id];
        memcpy(world->shape_lanes[id], shape->request, sizeof(int64_t[GP_AXES]));
        world->shape_lanes[id][GP_AXIS_GPU] = cluster_task_milli(&world->scenario->cluster, shape);
    }
}

static void columns_reset(World *world)
{
    shape_lanes_fill(world);
    for (JobId job = 0; job < world->jobs->job_count; job++) {
        job_reset(world, job);
        world->ending_left += world->jobs->job_duration_ms[job] != TIME_NEVER;
    }
    for (int32_t node = 0; node < world->scenario->cluster.node_count; node++) {
        world->node_first[node] = -1;
    }
    too_large_find(world);
}

World *world_new(Arena *arena, const Scenario *scenario, const JobTable *jobs,
                 const int32_t *node_rank, const WorldOptions *options)
{
    World *world = ARENA_NEW(arena, World);
    if (world == NULL) {
        return NULL;
    }
    world->scenario = scenario;
    world->jobs = jobs;
    world->replication = drawn_replication(scenario, VARY_PLACEMENT, options->replication);
    world->judges_waits = options->judges_waits;
    world->faults = options->faults;
    world->class_checkpoint = options->checkpoints;
    const RemedyOptions *remedy = &scenario->policy.remedy_options;
    bool any = options->fault_slots > 0 || options->fault_kind_count > 0 || remedy->spares > 0 ||
               remedy->spares_ppm > 0;
    if (!health_init(&world->health, arena, &scenario->cluster, options->fault_kinds,
                     options->fault_kind_count, options->fault_slots, any, remedy->derates)) {
        return NULL;
    }
    if (!fleet_new(world, arena, node_rank) || !columns_new(world, arena) ||
        !events_new(world, arena) || (!options->scan_only && !index_new(world, arena))) {
        return NULL;
    }
    columns_reset(world);
    return world;
}
