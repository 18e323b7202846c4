/* Goal: the closed-form work clock agrees with a clock that goes on millisecond by millisecond, on
 * random plans, speeds, cuts and roll-backs; intervals and ETTR agree with worked examples. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

#include "core/rng.h"
#include "models/checkpoint.h"
#include "tests/suite.h"

#define PPM INT64_C(1000000)
#define ORACLE_MS 10000

const char *const SUITE = "checkpoint";

/* ---- the oracle ---- */

static void oracle_begin(const CheckpointPlan *plan, WorkClock *clock)
{
    WorkSave *save = &clock->save;
    if (save->flushed_ms <= clock->since_ms) {
        save->durable = save->mark;
        save->flushed_ms = TIME_NEVER;
    }
    if (clock->rate_ppm > 0 && save->block_left_ms == 0 && save->flushed_ms == TIME_NEVER &&
        clock->done - save->mark >= plan->every) {
        save->mark = clock->done;
        save->block_left_ms = plan->block_ms;
        if (plan->block_ms == 0) {
            save->flushed_ms = clock->since_ms + plan->flush_ms;
        }
        if (save->flushed_ms <= clock->since_ms) {
            save->durable = save->mark;
            save->flushed_ms = TIME_NEVER;
        }
    }
}

/* What happens in one millisecond, without what begins at its end. */
static void oracle_pass(const CheckpointPlan *plan, WorkClock *clock)
{
    clock->since_ms++;
    if (clock->rate_ppm > 0 && clock->save.block_left_ms > 0) {
        clock->save.blocked_ms++;
        if (--clock->save.block_left_ms == 0) {
            clock->save.flushed_ms = clock->since_ms + plan->flush_ms;
        }
    } else {
        clock->done += clock->rate_ppm;
    }
}

static void oracle_advance(const CheckpointPlan *plan, WorkClock *clock, int64_t to_ms)
{
    while (clock->since_ms < to_ms) {
        oracle_pass(plan, clock);
        oracle_begin(plan, clock);
    }
}

static int64_t oracle_when(const CheckpointPlan *plan, WorkClock clock, int64_t work)
{
    for (int64_t end_ms = clock.since_ms + ORACLE_MS; clock.since_ms < end_ms;) {
        if (clock.done >= work) {
            return clock.since_ms;
        }
        oracle_pass(plan, &clock);
        if (clock.done < work) {
            oracle_begin(plan, &clock);
        }
    }
    return TIME_NEVER;
}

static int64_t oracle_durable(const CheckpointPlan *plan, WorkClock clock)
{
    int64_t began = clock.save.durable;
    for (int64_t end_ms = clock.since_ms + ORACLE_MS; clock.since_ms < end_ms;) {
        oracle_pass(plan, &clock);
        oracle_begin(plan, &clock);
        if (clock.save.durable != began) {
            return clock.since_ms;
        }
    }
    return TIME_NEVER;
}

static bool same(const WorkClock *a, const WorkClock *b)
{
    return a->done == b->done && a->since_ms == b->since_ms &&
           a->save.blocked_ms == b->save.blocked_ms &&
           a->save.block_left_ms == b->save.block_left_ms && a->save.mark == b->save.mark &&
           a->save.durable == b->save.durable && a->save.flushed_ms == b->save.flushed_ms;
}

/* ---- random lives ---- */

typedef struct Draws {
    uint32_t count;
} Draws;

static int64_t below(Draws *draws, int64_t bound)
{
    DrawAddress address = {.seed = 44, .purpose = PURPOSE_TEST, .entity = 1};
    return (int64_t)(rng_u64(address, draws->count++) % (uint64_t)bound);
}

/* The oracle looks only so far ahead. */
static void check_when(int64_t found_ms, int64_t expected_ms, int64_t now_ms)
{
    if (expected_ms == TIME_NEVER) {
        CU_ASSERT(found_ms >= now_ms + ORACLE_MS);
    } else {
        CU_ASSERT_EQUAL(found_ms, expected_ms);
    }
}

static int32_t some_rate(Draws *draws)
{
    static const int32_t USUAL[] = {1000000, 250000, 333333, 999999, 1, 0, 1500000, 500000};
    return below(draws, 3) == 0 ? (int32_t)(1 + below(draws, PPM)) : USUAL[below(draws, 8)];
}

static void step(Draws *draws, const CheckpointPlan *plan, WorkClock *clock, WorkClock *oracle)
{
    int64_t to_ms = clock->since_ms + below(draws, below(draws, 4) == 0 ? 2000 : 40);
    work_clock_advance(plan, clock, to_ms);
    oracle_advance(plan, oracle, to_ms);
    CU_ASSERT_TRUE(same(clock, oracle));
    switch (below(draws, 6)) {
    case 0:
        CU_ASSERT_EQUAL(work_clock_roll_back(clock), oracle->done - oracle->save.durable);
        oracle->done = oracle->save.mark = oracle->save.durable;
        oracle->save.block_left_ms = 0;
        oracle->save.flushed_ms = TIME_NEVER;
        break;
    case 1:
        work_clock_keep(clock);
        *oracle = *clock;
        break;
    default:
        break;
    }
    if (below(draws, 2) == 0) {
        clock->rate_ppm = oracle->rate_ppm = some_rate(draws);
        work_clock_advance(plan, clock, to_ms); /* what waited for speed may begin at once */
        oracle_begin(plan, oracle);
    }
}

/* One draw a statement: compilers order those of one expression as they like. */
static CheckpointPlan plan_draw(Draws *draws)
{
    CheckpointPlan plan = {.every = (1 + below(draws, 300)) * PPM};
    plan.every -= below(draws, 2) * 12345;
    bool blocks = below(draws, 3) != 0;
    plan.block_ms = blocks ? below(draws, 60) : 0;
    bool flushes = below(draws, 3) != 0;
    plan.flush_ms = flushes ? below(draws, 400) : 0;
    return plan;
}

/* Goal: the closed form is the clock. Method: 3,000 lives of twenty stretches each, with changes of
 * speed, roll-backs and whole saves between them, against the oracle in every field. */
static void random_lives(void)
{
    Draws draws = {0};
    for (int life = 0; life < 3000; life++) {
        CheckpointPlan plan = plan_draw(&draws);
        WorkClock clock;
        work_clock_reset(&clock, below(&draws, 1000));
        clock.rate_ppm = some_rate(&draws);
        WorkClock oracle = clock;
        for (int i = 0; i < 20; i++) {
            step(&draws, &plan, &clock, &oracle);
            int64_t parts = 1 + below(&draws, 7);
            int64_t work = clock.done + below(&draws, 2000) * PPM / parts;
            check_when(work_clock_when(&plan, &clock, work), oracle_when(&plan, oracle, work),
                       clock.since_ms);
            check_when(work_clock_next_durable(&plan, &clock), oracle_durable(&plan, oracle),
                       clock.since_ms);
        }
    }
}

/* Goal: cuts change nothing. Method: one long stretch against the same in random pieces, with
 * intervals as jobs have them. */
static void cuts_change_nothing(void)
{
    Draws draws = {1u << 30};
    for (int life = 0; life < 300; life++) {
        CheckpointPlan plan = {.every = (1 + below(&draws, 3600000)) * PPM};
        plan.block_ms = below(&draws, 120000);
        plan.flush_ms = below(&draws, 3600000);
        WorkClock whole;
        work_clock_reset(&whole, 0);
        whole.rate_ppm = 1 + (int32_t)below(&draws, PPM);
        WorkClock parts = whole;
        int64_t to_ms = below(&draws, INT64_C(2000) * 86400000);
        work_clock_advance(&plan, &whole, to_ms);
        while (parts.since_ms < to_ms) {
            int64_t next_ms = parts.since_ms + 1 + below(&draws, to_ms / 10 + 1);
            work_clock_advance(&plan, &parts, next_ms < to_ms ? next_ms : to_ms);
        }
        CU_ASSERT_TRUE(same(&whole, &parts));
        int64_t work = whole.done + below(&draws, INT64_C(1000000000)) * PPM;
        int64_t end_ms = work_clock_when(&plan, &whole, work);
        work_clock_advance(&plan, &parts, end_ms - 1);
        CU_ASSERT(parts.done < work || end_ms == to_ms);
        work_clock_advance(&plan, &parts, end_ms);
        CU_ASSERT(parts.done >= work);
    }
}

/* Goal: a checkpoint that takes as long as it takes holds everything up until somebody says that it
 * is written. Method: every 100 ms of work; the first begins at 100, is written at 160;
 * asynchronous ones let the work go on, and the next waits for the flush. */
static void open_checkpoints_wait(void)
{
    CheckpointPlan plan = {.every = 100 * PPM, .block_ms = CHECKPOINT_OPEN};
    WorkClock clock;
    work_clock_reset(&clock, 0);
    clock.rate_ppm = PPM;
    CU_ASSERT_EQUAL(work_clock_next_begin(&plan, &clock), 100);
    CU_ASSERT_EQUAL(work_clock_when(&plan, &clock, 100 * PPM), 100);
    CU_ASSERT_EQUAL(work_clock_when(&plan, &clock, 101 * PPM), TIME_NEVER);
    work_clock_advance(&plan, &clock, 160);
    CU_ASSERT_EQUAL(clock.save.blocked_ms, 60);
    CU_ASSERT_EQUAL(work_clock_next_durable(&plan, &clock), TIME_NEVER);
    work_clock_written(&clock);
    CU_ASSERT_EQUAL(clock.save.durable, 100 * PPM);
    CU_ASSERT_EQUAL(work_clock_next_begin(&plan, &clock), 260);

    plan = (CheckpointPlan){.every = 100 * PPM, .block_ms = 10, .flush_ms = CHECKPOINT_OPEN};
    work_clock_reset(&clock, 0);
    clock.rate_ppm = PPM;
    work_clock_advance(&plan, &clock, 110);
    CU_ASSERT_EQUAL(work_clock_next_begin(&plan, &clock), TIME_NEVER);
    CU_ASSERT_EQUAL(work_clock_when(&plan, &clock, 400 * PPM), 410);
    work_clock_advance(&plan, &clock, 250);
    work_clock_written(&clock);
    CU_ASSERT_EQUAL(work_clock_next_begin(&plan, &clock), 250);
    work_clock_advance(&plan, &clock, 250);
    CU_ASSERT_EQUAL(clock.save.durable, 100 * PPM);
    CU_ASSERT_EQUAL(clock.save.mark, 240 * PPM);
}

/* Goal: published formulas. Method: 256 nodes at 4 failures per 1,000 node-days, 60 s a checkpoint,
 * 600 s to restart: mean time 23.44 h = 84375 s, Young's interval sqrt(2 x 60 x 84375) = 3182.0 s,
 * ETTR 0.9560 to first order; 2,048 nodes: 10546.9 s, 1125.0 s, 0.8447, exactly 0.8474. Daly for
 * 256 nodes: 3182 x (1 + sqrt(60 / 168750) / 3 + 60 / 1518750) - 60 = 3142.1 s. */
static void formulas(void)
{
    const double small = 24000.0 * 3600.0 / 4.0 / 256.0;
    const double large = 24000.0 * 3600.0 / 4.0 / 2048.0;
    CU_ASSERT_DOUBLE_EQUAL(small / 3600.0, 23.44, 0.005);
    CU_ASSERT_EQUAL(checkpoint_young_ms(60000, small * 1000.0) / 1000, 3181);
    CU_ASSERT_DOUBLE_EQUAL((double)checkpoint_daly_ms(60000, small * 1000.0) / 1000.0, 3142.1,
                           0.05);
    CU_ASSERT_DOUBLE_EQUAL(ettr_first_order(small, 3182.0, 60.0, 600.0), 0.9560, 0.00005);
    CU_ASSERT_DOUBLE_EQUAL(ettr_first_order(large, 1125.0, 60.0, 600.0), 0.8447, 0.00005);
    CU_ASSERT_DOUBLE_EQUAL(ettr_exact(large, 1125.0, 60.0, 600.0), 0.8474, 0.00005);
    CU_ASSERT_EQUAL(checkpoint_daly_ms(5000, 2500.0), 2500);
    CU_ASSERT_EQUAL(checkpoint_young_ms(0, 1e9), 1);
}

const TestCase CASES[] = {
    {"random lives against a clock that ticks", random_lives},
    {"cuts change nothing", cuts_change_nothing},
    {"open checkpoints wait", open_checkpoints_wait},
    {"formulas", formulas},
    {0},
};
