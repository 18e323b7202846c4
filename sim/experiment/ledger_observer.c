/* ledger_observer.c - what tasks hold is settled fact by fact, what is idle or away interval by
 * interval.
 *
 * In between, the identity holds with what is under way: accounts + what is not posted yet =
 * capacity.
 */
#include "sim/experiment/ledger_observer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Debug builds read all books at every event; others once, at the end. */
#if defined(GPUPLAN_DEBUG) || !defined(__OPTIMIZE__)
#define CHECK_EVERY_EVENT 1
#else
#define CHECK_EVERY_EVENT 0
#endif

bool ledger_meter_init(LedgerMeter *meter, Ledger *ledger, Arena *ledger_arena, Arena *run_arena,
                       const World *world, bool counts_lost)
{
    const Cluster *cluster = &world->scenario->cluster;
    *meter = (LedgerMeter){
        .ledger = ledger,
        .type_capacity_milli = ARENA_ARRAY(run_arena, int64_t, cluster->type_count),
        .free_milli = ARENA_ARRAY(run_arena, int64_t, cluster->type_count),
    };
    if (run_arena->failed ||
        !ledger_init(ledger, ledger_arena, cluster->type_count, world->jobs->tenant_count) ||
        !blame_init(&meter->blame, run_arena, world) ||
        !task_books_init(&meter->tasks, run_arena, world, ledger, &meter->blame, counts_lost) ||
        !node_books_init(&meter->nodes, run_arena, world, ledger, &meter->tasks.charge,
                         &meter->blame) ||
        !judge_init(&meter->judge, run_arena, &world->fleet, cluster, world->jobs) ||
        !idle_claims_init(&meter->claims, run_arena, world, &meter->judge)) {
        return false;
    }
    meter->checks_always = CHECK_EVERY_EVENT;
    meter->next_mark_ms = TIME_NEVER;
    meter->cut_ms = world->scenario->warmup_ms > 0 ? world->scenario->warmup_ms : TIME_NEVER;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        meter->type_capacity_milli[type] = (int64_t)cluster->type_info[type].node_count *
                                           cluster->types[type].capacity[GP_AXIS_GPU];
    }
    return true;
}

/* ---- the identity ---- */

/* A report from books that do not balance would be worse than none. */
static void books_are_wrong(int64_t now_ms)
{
    fprintf(stderr,
            "gpuplan: internal error: the ledger does not balance at %lld ms; please report this "
            "scenario\n",
            (long long)now_ms);
    abort();
}

static void books_check(const LedgerMeter *meter, const World *world, int64_t now_ms)
{
    for (int32_t type = 0; type < meter->ledger->type_count; type++) {
        Int128 sum = task_books_open(&meter->tasks, world, type, now_ms);
        for (int account = 0; account < ACCOUNT_COUNT; account++) {
            sum += ledger_sum(meter->ledger, type, -2, (Account)account, -1);
        }
        if (sum != meter->ledger->capacity[type]) {
            books_are_wrong(now_ms);
        }
    }
}

/* ---- observer ---- */

static void away_show(LedgerMeter *meter, int64_t from_ms, int64_t to_ms)
{
    double away[AWAY_COUNT];
    double gpus[OVER_SERIES_COUNT] = {0};
    if (meter->over.rise == NULL || meter->nodes.type_milli == NULL) {
        return;
    }
    node_books_away(&meter->nodes, away);
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        gpus[OVER_DOWN] += away[stage];
    }
    gpus[OVER_DRAINED] = away[AWAY_DRAINED];
    gpus[OVER_SPARE] = away[AWAY_SPARE];
    gpus[OVER_ABSENT] = away[AWAY_ABSENT];
    over_time_add(&meter->over, from_ms, to_ms, gpus);
}

/* Before the books of the interval are closed: what is left then is no demand. */
static void idle_show(LedgerMeter *meter, const IdleBooks *idle, int64_t from_ms, int64_t to_ms)
{
    double gpus[IDLE_SERIES_COUNT] = {0};
    for (int account = ACCOUNT_BLOCKED; account <= ACCOUNT_SHORT; account++) {
        for (int sub = 0; sub < LEDGER_SUBS; sub++) {
            int64_t milli = idle->taken_milli[account - ACCOUNT_BLOCKED][sub];
            gpus[idle_series((Account)account, sub)] = (double)milli / GP_DEVICE_MILLI;
        }
    }
    gpus[idle_series(ACCOUNT_NO_DEMAND, 0)] = (double)idle->left_milli / GP_DEVICE_MILLI;
    over_time_add(&meter->idle_over, from_ms, to_ms, gpus);
}

static void idle_post(LedgerMeter *meter, const World *world, int64_t from_ms, int64_t to_ms)
{
    int64_t duration_ms = to_ms - from_ms;
    for (int32_t type = 0; type < meter->ledger->type_count; type++) {
        meter->ledger->capacity[type] +=
            (Int128)meter->type_capacity_milli[type] * duration_ms * GP_PPM;
        meter->free_milli[type] =
            meter->type_capacity_milli[type] - meter->tasks.charge.type_milli[type];
    }
    node_books_post(&meter->nodes, world, duration_ms, meter->free_milli);
    away_show(meter, from_ms, to_ms);
    quota_idle_post(&meter->quota, world, meter->free_milli, from_ms, to_ms);
    IdleBooks idle =
        idle_open(meter->ledger, &world->scenario->cluster, meter->free_milli, duration_ms);
    if (meter->idle_over.rise == NULL) {
        idle_claims_post(&meter->claims, world, &idle);
    } else {
        int64_t taken_milli[ACCOUNT_SHORT - ACCOUNT_BLOCKED + 1][LEDGER_SUBS] = {{0}};
        idle.taken_milli = taken_milli;
        idle_claims_post(&meter->claims, world, &idle);
        idle_show(meter, &idle, from_ms, to_ms);
    }
    idle_close(&idle);
}

/* ---- marks ---- */

static void next_mark_find(LedgerMeter *meter)
{
    meter->next_mark_ms = TIME_NEVER;
    for (int32_t i = 0; i < meter->mark_count; i++) {
        int64_t next_ms = meter->marks[i].next_ms;
        meter->next_mark_ms = next_ms < meter->next_mark_ms ? next_ms : meter->next_mark_ms;
    }
}

void ledger_meter_mark(LedgerMeter *meter, LedgerMark mark)
{
    assert(meter->mark_count < LEDGER_MARKS_MAX);
    meter->marks[meter->mark_count++] = mark;
    next_mark_find(meter);
}

static void mark_reached(LedgerMeter *meter, const World *world, int64_t at_ms)
{
    for (int32_t i = 0; i < meter->mark_count; i++) {
        LedgerMark *mark = &meter->marks[i];
        if (mark->next_ms <= at_ms) {
            mark->next_ms = mark->reached(mark->self, world, at_ms);
        }
    }
    next_mark_find(meter);
}

/* ---- warm-up ---- */

/* Each of the tasks' books is settled first, so that none of them has two halves. */
static void books_cut(LedgerMeter *meter, const World *world, int64_t at_ms)
{
    const Health *health = &world->health;
    meter->cut_ms = TIME_NEVER;
    task_books_cut(&meter->tasks, world, at_ms);
    ledger_clear(meter->ledger);
    blame_cut(&meter->blame);
    meter->nodes.out_node_ms = meter->nodes.absent_node_ms = 0;
    meter->at_cut = (WarmupCounts){health->offered, health->masked, health->began};
}

/* ---- time and facts ---- */

/* Stops at each mark on the way: books do not depend on how time is cut. */
static void span_post(LedgerMeter *meter, const World *world, int64_t from_ms, int64_t to_ms)
{
    while (meter->next_mark_ms < to_ms) {
        int64_t at_ms = meter->next_mark_ms;
        if (at_ms > from_ms) {
            idle_post(meter, world, from_ms, at_ms);
            from_ms = at_ms;
        }
        mark_reached(meter, world, at_ms);
    }
    idle_post(meter, world, from_ms, to_ms);
}

static void ledger_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    LedgerMeter *meter = self;
    if (meter->cut_ms <= to_ms) {
        int64_t cut_ms = meter->cut_ms;
        span_post(meter, world, from_ms, cut_ms);
        books_cut(meter, world, cut_ms);
        from_ms = cut_ms;
    }
    if (from_ms < to_ms) {
        span_post(meter, world, from_ms, to_ms);
    }
    if (meter->checks_always) {
        books_check(meter, world, to_ms);
    }
}

static void ledger_fact(void *self, const World *world, const Fact *fact)
{
    LedgerMeter *meter = self;
    if (fact->kind == FACT_RUN_ENDED && meter->cut_ms != TIME_NEVER) {
        books_cut(meter, world, fact->time_ms); /* it ended before its warm-up was over */
    }
    if (fact_is_of(fact, FACTS_OF_PLACES | FACT_SET(FACT_NODE_STATE))) {
        judge_touch(&meter->judge, fact->node);
    }
    task_books_fact(&meter->tasks, world, fact);
    blame_fact(&meter->blame, world, fact);
    node_books_fact(&meter->nodes, world, fact);
    idle_claims_fact(&meter->claims, world, fact);
    if (fact->kind == FACT_RUN_ENDED && !ledger_balances(meter->ledger)) {
        books_are_wrong(fact->time_ms);
    }
}

Observer ledger_meter_observer(LedgerMeter *meter)
{
    const uint64_t says_nothing = FACT_SET(FACT_JOB_SUBMITTED) | FACT_SET(FACT_JOB_STARTED) |
                                  FACT_SET(FACT_JOB_ADMITTED) | FACT_SET(FACT_PASS_DONE);
    return (Observer){
        .self = meter, .fact = ledger_fact, .interval = ledger_interval, .hears = ~says_nothing};
}
