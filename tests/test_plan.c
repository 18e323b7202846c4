/* test_plan.c - backfilling: the published tables, and random small clusters against a planner that
 * tries every instant. */
#include <stdio.h>
#include <string.h>

#include "tests/plan_stage.h"

const char *const SUITE = "plan";

/* ---- the published tables ---- */

/* Jobs of a table: arrival, run time in seconds, GPUs. */
typedef struct TableJob {
    int64_t submit_s, run_s;
    int32_t gpus;
} TableJob;

static void table_run(Stage *stage, const char *scan, const TableJob *jobs, int32_t count,
                      int64_t times)
{
    static const int32_t POOL[] = {4};
    stage_open(stage, 1, POOL, 64000);
    for (int32_t i = 0; i < count; i++) {
        stage_job(stage, jobs[i].submit_s * times * 1000, jobs[i].run_s * times * 1000, 1,
                  jobs[i].gpus);
    }
    if (times > 1) { /* as the backfill scheduler of Slurm does */
        stage->scenario.policy.scan_options = (ScanOptions){.every_ms = 30000,
                                                            .resolution_ms = 60000,
                                                            .window_ms = 1440 * 60000,
                                                            .plan_depth = 500};
    }
    stage_run(stage, scan);
}

static const TableJob BF_1[] = {{0, 4, 2}, {1, 2, 3}, {2, 10, 4}, {3, 4, 1}, {4, 2, 1}};

/* Goal: the four rules differ as in table BF-1. Method: one pool of 4 GPUs, exact estimates. EASY
 * lets D in, which delays C by one; conservative refuses D and takes E. */
static void rules_differ_on_one_pool(void)
{
    static const struct {
        const char *scan;
        int64_t start_s[5];
    } rows[] = {{"strict", {0, 4, 6, 16, 16}},
                {"skip", {0, 4, 8, 3, 6}},
                {"easy", {0, 4, 7, 3, 17}},
                {"conservative", {0, 4, 6, 16, 4}}};
    for (int i = 0; i < 4; i++) {
        Stage stage;
        table_run(&stage, rows[i].scan, BF_1, 5, 1);
        starts_expect(&stage, rows[i].start_s);
        stage_close(&stage);
    }
}

/* Goal: greedy skipping starves a job that wants everything, backfilling does not (table BF-2). */
static void a_reservation_ends_starvation(void)
{
    static const TableJob jobs[] = {{0, 100, 2}, {1, 50, 4},   {2, 60, 2},
                                    {60, 60, 2}, {100, 60, 2}, {120, 60, 2}};
    static const struct {
        const char *scan;
        int64_t start_s[6];
    } rows[] = {{"strict", {0, 100, 150, 150, 210, 210}},
                {"skip", {0, 182, 2, 62, 100, 122}},
                {"easy", {0, 100, 2, 150, 150, 210}},
                {"conservative", {0, 100, 2, 150, 150, 210}}};
    for (int i = 0; i < 4; i++) {
        Stage stage;
        table_run(&stage, rows[i].scan, jobs, 6, 1);
        starts_expect(&stage, rows[i].start_s);
        stage_close(&stage);
    }
}

/* Goal: with passes every 30 s and times rounded up to 60 s, BF-1 in minutes keeps its conservative
 * row, and BF-1 in seconds falls between two passes, so that only the quick pass in order is left
 * (SLU-1). */
static void passes_now_and_then_see_minutes(void)
{
    static const int64_t minutes[] = {0, 240, 360, 960, 240};
    static const int64_t strict[] = {0, 4, 6, 16, 16};
    Stage stage;
    table_run(&stage, "conservative", BF_1, 5, 60);
    starts_expect(&stage, minutes);
    stage_close(&stage);
    static const int32_t POOL[] = {4};
    stage_open(&stage, 1, POOL, 64000);
    for (int32_t i = 0; i < 5; i++) {
        stage_job(&stage, BF_1[i].submit_s * 1000, BF_1[i].run_s * 1000, 1, BF_1[i].gpus);
    }
    stage.scenario.policy.scan_options = (ScanOptions){.every_ms = 30000, .resolution_ms = 60000};
    stage_run(&stage, "conservative");
    starts_expect(&stage, strict);
    stage_close(&stage);
}

/* ---- a planner that tries every instant ---- */

#define ITEMS_MAX 256

/* What holds room on a node, for real or by reservation. */
typedef struct Item {
    int32_t node, gpus, cpu, job;
    int64_t start_ms, end_ms; /* as believed */
    int64_t real_end_ms;      /* of running ones */
} Item;

typedef struct Oracle {
    const Stage *stage;
    int32_t nodes;
    int32_t gpus[NODES_MAX], cpu[NODES_MAX];
    bool closed[NODES_MAX];
    int64_t now_ms, step_ms, window_ms;
    Item items[ITEMS_MAX];
    int32_t running, count; /* running ones first, then reserved ones */
    int32_t waiting[JOBS_MAX];
    int64_t start_ms[JOBS_MAX];
    /* EASY */
    int32_t head;
    int64_t head_ms;
    /* EASY of each queue: 0: every job reserves */
    int32_t heads;
    bool reserved[QUEUES_DRAWN];
} Oracle;

static int64_t rounded(const Oracle *oracle, int64_t time_ms)
{
    return (time_ms + oracle->step_ms - 1) / oracle->step_ms * oracle->step_ms;
}

static int64_t belief_of(const Request *row)
{
    return row->estimate_ms > 0 ? row->estimate_ms : row->duration_ms;
}

static bool active(const Oracle *oracle, const Item *item, int64_t time_ms)
{
    int64_t soonest_ms = rounded(oracle, oracle->now_ms + 1);
    int64_t end_ms = item->end_ms > soonest_ms ? item->end_ms : soonest_ms;
    return item->start_ms <= time_ms && time_ms < end_ms;
}

/* Is there room for one task of the job on a node at an instant? */
static bool room_at(const Oracle *oracle, int32_t node, const Request *row, int64_t time_ms)
{
    int32_t gpus = oracle->gpus[node] - row->gpu_count;
    int32_t cpu = oracle->cpu[node] - (int32_t)row->cpu_milli;
    for (int32_t i = 0; i < oracle->count; i++) {
        if (oracle->items[i].node == node && active(oracle, &oracle->items[i], time_ms)) {
            gpus -= oracle->items[i].gpus;
            cpu -= oracle->items[i].cpu;
        }
    }
    return gpus >= 0 && (cpu >= 0 || row->cpu_milli == 0);
}

static void item_add(Oracle *oracle, int32_t node, int32_t job, int64_t start_ms, int64_t end_ms)
{
    const Request *row = &oracle->stage->rows[job];
    CU_ASSERT_TRUE_FATAL(oracle->count < ITEMS_MAX);
    oracle->items[oracle->count++] = (Item){.node = node,
                                            .gpus = row->gpu_count,
                                            .cpu = (int32_t)row->cpu_milli,
                                            .job = job,
                                            .start_ms = start_ms,
                                            .end_ms = end_ms};
}

/* First fit of so many tasks over a time; they are added as items if all fit. */
static bool fit_all(Oracle *oracle, int32_t job, int32_t tasks, int64_t start_ms, int64_t end_ms)
{
    int32_t before = oracle->count;
    for (int32_t task = 0; task < tasks; task++) {
        int32_t node = 0;
        for (; node < oracle->nodes; node++) {
            bool room = !oracle->closed[node];
            for (int64_t at = start_ms; room && at < end_ms; at++) {
                room = room_at(oracle, node, &oracle->stage->rows[job], at);
            }
            if (room) {
                break;
            }
        }
        if (node == oracle->nodes) {
            oracle->count = before;
            return false;
        }
        item_add(oracle, node, job, start_ms, end_ms);
    }
    return true;
}

/* The last `tasks` items become running ones. */
static void items_start(Oracle *oracle, int32_t job, int32_t tasks)
{
    for (int32_t i = oracle->count - tasks; i < oracle->count; i++) {
        Item item = oracle->items[i];
        item.start_ms = INT64_MIN;
        item.real_end_ms = oracle->now_ms + oracle->stage->rows[job].duration_ms;
        oracle->items[i] = oracle->items[oracle->running];
        oracle->items[oracle->running++] = item;
    }
    if (oracle->start_ms[job] < 0) {
        oracle->start_ms[job] = oracle->now_ms;
    }
    oracle->waiting[job] -= tasks;
}

static int32_t together(const Oracle *oracle, int32_t job)
{
    const Request *row = &oracle->stage->rows[job];
    return row->gang == GANG_ALL ? row->task_count : 1;
}

/* No plan of this test reaches further. */
#define FAR_MS 2000

static int32_t queue_of(const Oracle *oracle, int32_t job)
{
    return oracle->stage->rows[job].queue[0] - 'a';
}

/* Each job that cannot start reserves, or, with heads, the first of each queue. */
static bool conservative_try(Oracle *oracle, int32_t job)
{
    int32_t tasks = together(oracle, job);
    int64_t run_ms = belief_of(&oracle->stage->rows[job]);
    if (fit_all(oracle, job, tasks, oracle->now_ms, rounded(oracle, oracle->now_ms + run_ms))) {
        items_start(oracle, job, tasks);
        return true;
    }
    if (oracle->heads && oracle->reserved[queue_of(oracle, job)]) {
        return false;
    }
    oracle->reserved[queue_of(oracle, job)] = true;
    for (int64_t at = oracle->now_ms + 1;
         at <= oracle->now_ms + FAR_MS && at - oracle->now_ms <= oracle->window_ms; at++) {
        if (fit_all(oracle, job, tasks, at, rounded(oracle, at + run_ms))) {
            break;
        }
    }
    return false;
}

/* Tasks of the head that fit on a node at its start. */
static int32_t head_room(Oracle *oracle, int32_t node)
{
    int32_t before = oracle->count;
    int32_t tasks = 0;
    while (tasks < together(oracle, oracle->head) &&
           room_at(oracle, node, &oracle->stage->rows[oracle->head], oracle->head_ms)) {
        item_add(oracle, node, oracle->head, oracle->head_ms, oracle->head_ms + 1);
        tasks++;
    }
    oracle->count = before;
    return tasks;
}

static bool easy_allowed(Oracle *oracle, int32_t job, int32_t tasks)
{
    int32_t room = 0;
    int32_t room_before[NODES_MAX], room_after[NODES_MAX];
    if (oracle->head < 0 || oracle->items[oracle->count - 1].end_ms <= oracle->head_ms) {
        return true;
    }
    (void)job;
    for (int32_t node = 0; node < oracle->nodes; node++) {
        room_after[node] = head_room(oracle, node);
        room += room_after[node];
    }
    if (room >= together(oracle, oracle->head)) {
        return true;
    }
    oracle->count -= tasks;
    for (int32_t node = 0; node < oracle->nodes; node++) {
        room_before[node] = head_room(oracle, node);
        oracle->closed[node] = oracle->closed[node] || room_before[node] > room_after[node];
    }
    return false;
}

static bool easy_try(Oracle *oracle, int32_t job)
{
    int32_t tasks = together(oracle, job);
    int64_t end_ms = rounded(oracle, oracle->now_ms + belief_of(&oracle->stage->rows[job]));
    bool started = false;
    bool fits = true;
    /* only this instant counts: EASY has nobody reserved on the nodes */
    while (!started && (fits = fit_all(oracle, job, tasks, oracle->now_ms, oracle->now_ms + 1))) {
        for (int32_t i = oracle->count - tasks; i < oracle->count; i++) {
            oracle->items[i].end_ms = end_ms;
        }
        started = easy_allowed(oracle, job, tasks);
    }
    memset(oracle->closed, 0, sizeof(oracle->closed));
    if (started) {
        items_start(oracle, job, tasks);
        return true;
    }
    for (int64_t at = oracle->now_ms + 1; oracle->head == -1; at++) {
        int32_t room = 0;
        oracle->head = job;
        oracle->head_ms = at;
        for (int32_t node = 0; node < oracle->nodes; node++) {
            room += head_room(oracle, node);
        }
        bool late = at - oracle->now_ms > oracle->window_ms || at > oracle->now_ms + FAR_MS;
        oracle->head = late ? -2 : room >= tasks ? job : -1;
    }
    return false;
}

static void oracle_pass(Oracle *oracle, bool easy)
{
    oracle->head = -1;
    oracle->count = oracle->running;
    memset(oracle->reserved, 0, sizeof(oracle->reserved));
    for (int32_t job = 0; job < oracle->stage->job_count; job++) {
        bool tries = oracle->stage->rows[job].submit_ms <= oracle->now_ms;
        while (tries && oracle->waiting[job] > 0) {
            tries = easy ? easy_try(oracle, job) : conservative_try(oracle, job);
        }
    }
    oracle->count = oracle->running;
}

/* The next instant at which something comes or goes; -1: none. */
static int64_t oracle_next(const Oracle *oracle, int64_t after_ms)
{
    int64_t next_ms = -1;
    for (int32_t job = 0; job < oracle->stage->job_count; job++) {
        int64_t at_ms = oracle->stage->rows[job].submit_ms;
        if (at_ms > after_ms && (next_ms < 0 || at_ms < next_ms)) {
            next_ms = at_ms;
        }
    }
    for (int32_t i = 0; i < oracle->running; i++) {
        int64_t at_ms = oracle->items[i].real_end_ms;
        if (at_ms > after_ms && (next_ms < 0 || at_ms < next_ms)) {
            next_ms = at_ms;
        }
    }
    return next_ms;
}

static void oracle_run(Oracle *oracle, bool easy)
{
    for (oracle->now_ms = oracle_next(oracle, -1); oracle->now_ms >= 0;
         oracle->now_ms = oracle_next(oracle, oracle->now_ms)) {
        for (int32_t i = 0; i < oracle->running; i++) {
            if (oracle->items[i].real_end_ms == oracle->now_ms) {
                oracle->items[i--] = oracle->items[--oracle->running];
            }
        }
        oracle_pass(oracle, easy);
    }
}

/* A random cluster of up to three nodes with a CPU lane, and jobs that keep it full. */
static void stage_draw(Stage *stage, Oracle *oracle, uint32_t seed)
{
    uint32_t n = 0;
    int32_t gpus[NODES_MAX];
    int32_t nodes = 1 + draw(seed, &n, 3);
    int32_t cpu = 3 + draw(seed, &n, 6);
    int32_t largest = 0;
    memset(oracle, 0, sizeof(*oracle));
    for (int32_t node = 0; node < nodes; node++) {
        gpus[node] = 1 + draw(seed, &n, 4);
        oracle->gpus[node] = gpus[node];
        oracle->cpu[node] = cpu * 1000;
        largest = gpus[node] > largest ? gpus[node] : largest;
    }
    stage_open(stage, nodes, gpus, cpu * 1000);
    int32_t jobs = 4 + draw(seed, &n, JOBS_DRAWN - 4);
    int32_t spread = 1 + draw(seed, &n, 40);
    int32_t wrong = draw(seed, &n, 3);
    int64_t submit_ms = 0;
    for (int32_t i = 0; i < jobs; i++) {
        submit_ms += draw(seed, &n, spread) / 8;
        Request *row =
            stage_job(stage, submit_ms, 1 + draw(seed, &n, 20), 1, draw(seed, &n, largest + 1));
        static const char *const QUEUES[QUEUES_DRAWN] = {"a", "b", "c"};
        row->queue = QUEUES[draw(seed, &n, QUEUES_DRAWN)];
        row->cpu_milli = 1000 * draw(seed, &n, 3);
        row->task_count = draw(seed, &n, 3) == 0 ? 1 + draw(seed, &n, nodes + 1) : 1;
        row->gang = draw(seed, &n, 4) == 0 ? GANG_NONE : GANG_ALL;
        row->estimate_ms = wrong == 0 ? 0 : 1 + draw(seed, &n, 20);
        if (wrong == 2 && row->estimate_ms < row->duration_ms) { /* users ask too much, mostly */
            row->estimate_ms = row->duration_ms;
        }
    }
    ScanOptions *options = &stage->scenario.policy.scan_options;
    stage->scenario.policy.estimates = wrong == 0 ? ESTIMATE_EXACT : ESTIMATE_LIMIT;
    options->resolution_ms = draw(seed, &n, 3) == 0 ? 1 + draw(seed, &n, 5) : 0;
    options->window_ms = draw(seed, &n, 4) == 0 ? 1 + draw(seed, &n, 60) : 0;
    oracle->stage = stage;
    oracle->nodes = nodes;
    oracle->step_ms = options->resolution_ms > 0 ? options->resolution_ms : 1;
    oracle->window_ms = options->window_ms > 0 ? options->window_ms : INT64_MAX;
}

static void oracle_compare(const char *scan, bool per_queue, uint32_t seed)
{
    static Stage stage;
    static Oracle oracle;
    stage_draw(&stage, &oracle, seed);
    stage.scenario.policy.scan_options.per_queue = per_queue;
    oracle.heads = per_queue;
    stage_run(&stage, scan);
    for (JobId job = 0; job < stage.job_count; job++) {
        bool fits = stage.world->job_state[job] != JOB_REJECTED;
        oracle.waiting[job] = fits ? stage.rows[job].task_count : 0;
        oracle.start_ms[job] = -1;
    }
    oracle_run(&oracle, strcmp(scan, "easy") == 0 && !per_queue);
    bool equal = true;
    for (JobId job = 0; job < stage.job_count; job++) {
        int64_t start_ms = stage.world->job_start_ms[job];
        equal = equal && (start_ms == TIME_NEVER ? -1 : start_ms) == oracle.start_ms[job];
        if (!equal) {
            printf("\n%s, seed %u: job %d starts at %lld, expected %lld\n", scan, seed, job,
                   (long long)start_ms, (long long)oracle.start_ms[job]);
            break;
        }
    }
    CU_ASSERT_TRUE(equal);
    stage_close(&stage);
}

/* Goal: the fast planners start every job when a planner does that tries every instant, with
 * several nodes, GPUs and a CPU lane, gangs and loose tasks, wrong estimates, rounded times and
 * windows. Method: random clusters, first fit. */
static void easy_is_as_good_as_trying_every_instant(void)
{
    for (uint32_t seed = 1; seed <= 1500; seed++) {
        oracle_compare("easy", false, seed);
    }
}

static void conservative_is_as_good_as_trying_every_instant(void)
{
    for (uint32_t seed = 1; seed <= 1500; seed++) {
        oracle_compare("conservative", false, seed);
    }
}

static void easy_by_queue_is_as_good_as_trying_every_instant(void)
{
    for (uint32_t seed = 1; seed <= 1500; seed++) {
        oracle_compare("easy", true, seed);
    }
}

const TestCase CASES[] = {
    {"rules differ on one pool (BF-1)", rules_differ_on_one_pool},
    {"a reservation ends starvation (BF-2)", a_reservation_ends_starvation},
    {"passes now and then see minutes (SLU-1)", passes_now_and_then_see_minutes},
    {"EASY is as good as trying every instant", easy_is_as_good_as_trying_every_instant},
    {"conservative is as good as trying every instant",
     conservative_is_as_good_as_trying_every_instant},
    {"EASY by queue is as good as trying every instant",
     easy_by_queue_is_as_good_as_trying_every_instant},
    {NULL, NULL}};
