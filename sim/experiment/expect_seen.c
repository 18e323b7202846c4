/* expect_seen.c - each expectation is looked up in the World when its instant comes. */
#include "sim/experiment/expect_seen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/job_text.h"
#include "sim/experiment/node_state.h"

/* ---- values ---- */

static SeenValue nothing(const char *why)
{
    return (SeenValue){.known = false, .number = (double)NAN, .text = why};
}

static SeenValue number_value(double number)
{
    return (SeenValue){.known = true, .number = number};
}

static SeenValue time_value(int64_t time_ms)
{
    return number_value(time_ms == TIME_NEVER ? (double)INFINITY : (double)time_ms);
}

static SeenValue text_value(const char *text)
{
    return (SeenValue){.known = true, .number = (double)NAN, .text = text};
}

JobId job_named(const JobTable *jobs, const char *name)
{
    for (JobId job = 0; job < jobs->job_count; job++) {
        const char *own = jobs->job_name != NULL ? jobs->job_name[job] : NULL;
        char number[16];
        if (own == NULL) {
            snprintf(number, sizeof number, "%d", (int)job);
            own = number;
        }
        if (strcmp(own, name) == 0) {
            return job;
        }
    }
    return -1;
}

/* ---- jobs ---- */

/* The priority as the order policy words it, at an instant at which the World may stand still. */
static double priority_points(const World *world, JobId job, int64_t at_ms)
{
    const OrderPolicy *order = world->scenario->policy.order;
    if (order->points == NULL) {
        return world->jobs->job_priority[job];
    }
    World then = *world;
    then.now_ms = at_ms;
    return (double)order->points(&then, job);
}

static SeenValue mean_value(double number)
{
    return isfinite(number) ? number_value(number)
                            : nothing("no mean: overloaded, or no requests came");
}

static SeenValue service_value(const SeenMeter *meter, const World *world, JobId job,
                               ExpectField field, int64_t at_ms)
{
    if (job_class(world->jobs, job)->traits->service == NULL) {
        return nothing("it has no `service`");
    }
    ServiceSight sight = at_ms != TIME_NEVER ? service_now(world, job, at_ms)
                                             : service_so_far(meter->services, world, job);
    return mean_value(field == JOB_FIELD_LATENCY         ? sight.latency_ms
                      : field == JOB_FIELD_LATENCY_RATIO ? sight.latency_ratio
                                                         : sight.unserved_share);
}

static SeenValue job_value(const SeenMeter *meter, const World *world, const Expectation *item,
                           int64_t at_ms)
{
    JobId job = job_named(world->jobs, item->job);
    if (job < 0) {
        return nothing("no such job");
    }
    bool now = item->at_ms != TIME_NEVER;
    switch (item->field) {
    case JOB_FIELD_START:
        return time_value(life_log_start_ms(meter->life, world, job, item->index));
    case JOB_FIELD_END:
        return time_value(world->job_end_ms[job]);
    case JOB_FIELD_ATTEMPTS:
        return number_value(world->job_attempts[job]);
    case JOB_FIELD_PRIORITY:
        return number_value(now ? priority_points(world, job, at_ms)
                                : world->jobs->job_priority[job]);
    case JOB_FIELD_STATE:
        return text_value(job_state_name(world->job_state[job]));
    case JOB_FIELD_NODES:
        return text_value(nodes_text(world, job_tasks(world, job, now), meter->arena));
    case JOB_FIELD_DEVICES:
        return text_value(devices_text(world, job_tasks(world, job, now), meter->arena));
    case JOB_FIELD_REASON:
        return text_value(why_text(wait_log_why(meter->waits, world, job), meter->arena));
    case JOB_FIELD_LOST:
        return number_value(ledger_gpu_hours(meter->books->tasks.lost[job]));
    case JOB_FIELD_INTERRUPTIONS:
        return number_value(
            meter->books->blame.kinds != NULL ? meter->books->blame.job_interruptions[job] : 0);
    case JOB_FIELD_LATENCY:
    case JOB_FIELD_LATENCY_RATIO:
    case JOB_FIELD_UNSERVED:
        return service_value(meter, world, job, item->field, now ? at_ms : TIME_NEVER);
    default:
        return nothing("no such field");
    }
}

static SeenValue task_value(const SeenMeter *meter, const World *world, const Expectation *item)
{
    JobId job = job_named(world->jobs, item->job);
    if (job < 0 || item->index > job_task_slots(world->jobs, job)) {
        return nothing(job < 0 ? "no such job" : "no such task");
    }
    TaskId task = world->jobs->job_first_task[job] + item->index - 1;
    TaskRange only = {task, task + 1, item->at_ms != TIME_NEVER};
    switch (item->field) {
    case TASK_FIELD_START:
        return time_value(world->task_node[task] >= 0 ? world->task_start_ms[task] : TIME_NEVER);
    case TASK_FIELD_END:
        return time_value(meter->life->task_end_ms[task]);
    case TASK_FIELD_NODE:
        return text_value(nodes_text(world, only, meter->arena));
    case TASK_FIELD_DEVICES:
        return text_value(devices_text(world, only, meter->arena));
    default:
        return nothing("no such field");
    }
}

/* ---- queues, nodes ---- */

static QueueId queue_named(const World *world, const char *name)
{
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        if (strcmp(world->queues[queue].name, name) == 0) {
            return queue;
        }
    }
    return -1;
}

static double gpus(int64_t milli)
{
    return milli == QUEUE_UNLIMITED ? (double)INFINITY : (double)milli / GP_DEVICE_MILLI;
}

static SeenValue queue_value(SeenMeter *meter, const World *world, const Expectation *item)
{
    QueueId queue = queue_named(world, item->queue);
    if (queue < 0) {
        return nothing("no such queue");
    }
    size_t gpu_lane = (size_t)queue * GP_AXES + GP_AXIS_GPU;
    if (item->field == QUEUE_FIELD_ALLOCATED) {
        return number_value(gpus(world->queue_allocated[gpu_lane]));
    }
    const SharePolicy *share = world->scenario->policy.share;
    if (share == NULL || share->compute == NULL) {
        return nothing("this policy computes no shares");
    }
    share->compute(world, &meter->shares);
    return number_value(item->field == QUEUE_FIELD_DESERVED
                            ? gpus(meter->shares.deserved[gpu_lane])
                            : (double)meter->shares.share_ppm[queue] / GP_PPM);
}

static SeenValue node_value(const World *world, const Expectation *item)
{
    int32_t node = cluster_node(&world->scenario->cluster, item->node);
    if (node < 0) {
        return nothing("no such node");
    }
    if (item->field == NODE_FIELD_STATE) {
        int state = node_standing(world, node).state;
        return text_value(node_state_name(state == NODE_STATE_DEGRADED ? NODE_STATE_UP : state));
    }
    int64_t free_milli = 0;
    for (int32_t device = world->fleet.device_begin[node];
         device < world->fleet.device_begin[node + 1]; device++) {
        free_milli += world->fleet.device_free_milli[device];
    }
    return number_value(gpus(free_milli));
}

/* The options that the scenario gives the term; NULL: it does not use it. */
static const GpTermOptions *options_of(const World *world, const GpTerm *term)
{
    const GpPolicy *pack = &world->scenario->policy.pack;
    for (int32_t i = 0; i < pack->term_count; i++) {
        if (pack->terms[i].term == term) {
            return &pack->terms[i].options;
        }
    }
    return NULL;
}

double score_of(const World *world, const GpTerm *term, int32_t node, const GpShape *shape)
{
    GpPolicy policy;
    GpTerm first_step = *term; /* the kernel's score of one node leaves second steps out */
    first_step.finish = NULL;
    gp_policy_init(&policy);
    if (gp_policy_add(&policy, &first_step, 1, options_of(world, term)) != GP_OK) {
        return (double)NAN;
    }
    const GpConstants *constants = &world->scenario->constants;
    int64_t raw = gp_score(&world->fleet, &policy, constants, node, shape);
    if (raw == GP_INFEASIBLE) {
        return (double)NAN;
    }
    int64_t lowest = raw;
    int64_t highest = raw;
    for (int32_t other = 0; term->finish != NULL && other < world->fleet.node_count; other++) {
        int64_t score = gp_score(&world->fleet, &policy, constants, other, shape);
        if (score != GP_INFEASIBLE) {
            lowest = score < lowest ? score : lowest;
            highest = score > highest ? score : highest;
        }
    }
    if (term->finish != NULL) {
        raw = term->finish(raw, lowest, highest, &policy.terms[0].options);
    }
    return (double)raw / (double)GP_SCORE_ONE;
}

static SeenValue score_value(const World *world, const Expectation *item)
{
    int32_t node = cluster_node(&world->scenario->cluster, item->node);
    JobId job = job_named(world->jobs, item->job);
    if (node < 0 || job < 0) {
        return nothing(node < 0 ? "no such node" : "no such job");
    }
    return number_value(score_of(world, item->term, node, job_request(world->jobs, job)));
}

static SeenValue account_value(const SeenMeter *meter, const World *world, const Expectation *item,
                               int64_t at_ms)
{
    Int128 amount =
        ledger_sum(meter->books->ledger, -1, -2, item->account, item->sub) +
        task_books_would_post(&meter->books->tasks, world, item->account, item->sub, at_ms);
    return number_value(ledger_gpu_hours(amount));
}

static SeenValue value_of(SeenMeter *meter, const World *world, const Expectation *item,
                          int64_t at_ms)
{
    switch (item->subject) {
    case EXPECT_JOB:
        return job_value(meter, world, item, at_ms);
    case EXPECT_TASK:
        return task_value(meter, world, item);
    case EXPECT_QUEUE:
        return queue_value(meter, world, item);
    case EXPECT_NODE:
        return node_value(world, item);
    case EXPECT_SCORE:
        return score_value(world, item);
    case EXPECT_ACCOUNT:
        return account_value(meter, world, item, at_ms);
    case EXPECT_METRIC:
    case EXPECT_SHOWBACK:
        break;
    }
    return nothing("not seen while it runs");
}

/* ---- when ---- */

bool expect_asks_reasons(const ExpectList *list)
{
    for (int32_t i = 0; i < list->count; i++) {
        const Expectation *item = &list->items[i];
        if (item->subject == EXPECT_JOB && item->field == JOB_FIELD_REASON) {
            return true;
        }
    }
    return false;
}

bool expect_is_seen(const Expectation *item)
{
    bool only_at_instants = item->subject == EXPECT_ACCOUNT || item->subject == EXPECT_SCORE;
    bool after = item->subject == EXPECT_METRIC || item->subject == EXPECT_SHOWBACK;
    return !after && (!only_at_instants || item->at_ms != TIME_NEVER);
}

static bool is_mine(const SeenMeter *meter, const Expectation *item)
{
    return expect_is_seen(item) && (item->variant < 0 || item->variant == meter->variant);
}

static int64_t mark_reached(void *self, const World *world, int64_t at_ms)
{
    SeenMeter *meter = self;
    for (int32_t i = 0; i < meter->list->count; i++) {
        const Expectation *item = &meter->list->items[i];
        if (item->at_ms == at_ms && is_mine(meter, item)) {
            meter->seen[i] = value_of(meter, world, item, at_ms);
        }
    }
    meter->mark_at++;
    return meter->mark_at < meter->mark_count ? meter->mark_ms[meter->mark_at] : TIME_NEVER;
}

/* Instants behind the end see the end. */
static void seen_fact(void *self, const World *world, const Fact *fact)
{
    SeenMeter *meter = self;
    (void)fact;
    for (int32_t i = 0; i < meter->list->count; i++) {
        const Expectation *item = &meter->list->items[i];
        if (is_mine(meter, item) && item->at_ms >= world->now_ms) {
            meter->seen[i] = value_of(meter, world, item, world->now_ms);
        }
    }
}

Observer seen_meter_observer(SeenMeter *meter)
{
    return (Observer){.self = meter, .fact = seen_fact, .hears = FACT_SET(FACT_RUN_ENDED)};
}

static int time_compare(const void *va, const void *vb)
{
    const int64_t *a = va;
    const int64_t *b = vb;
    return *a < *b ? -1 : *a > *b;
}

static void marks_set(SeenMeter *meter)
{
    int32_t count = 0;
    for (int32_t i = 0; i < meter->list->count; i++) {
        const Expectation *item = &meter->list->items[i];
        if (is_mine(meter, item) && item->at_ms != TIME_NEVER) {
            meter->mark_ms[count++] = item->at_ms;
        }
    }
    qsort(meter->mark_ms, (size_t)count, sizeof(int64_t), time_compare);
    int32_t distinct = 0;
    for (int32_t i = 0; i < count; i++) {
        if (distinct == 0 || meter->mark_ms[distinct - 1] != meter->mark_ms[i]) {
            meter->mark_ms[distinct++] = meter->mark_ms[i];
        }
    }
    meter->mark_count = distinct;
    if (distinct > 0) {
        ledger_meter_mark(
            meter->books,
            (LedgerMark){.next_ms = meter->mark_ms[0], .self = meter, .reached = mark_reached});
    }
}

bool seen_meter_init(SeenMeter *meter, Arena *run_arena, Arena *result_arena, const World *world,
                     const ExpectList *list, int32_t variant, LedgerMeter *books,
                     const LifeLog *life, const WaitLog *waits, const ServiceMeter *services)
{
    size_t queues = (size_t)world->queue_count;
    *meter = (SeenMeter){
        .list = list,
        .variant = variant,
        .books = books,
        .life = life,
        .waits = waits,
        .services = services,
        .arena = result_arena,
        .shares = {.deserved = ARENA_ARRAY(run_arena, int64_t, queues * GP_AXES),
                   .share_ppm = ARENA_ARRAY(run_arena, int64_t, queues),
                   .rows = ARENA_ARRAY(run_arena, ShareRow, queues)},
        .mark_ms = ARENA_ARRAY(run_arena, int64_t, list->count),
        .seen = ARENA_ARRAY(result_arena, SeenValue, list->count),
    };
    if (run_arena->failed || result_arena->failed) {
        return false;
    }
    marks_set(meter);
    return true;
}
