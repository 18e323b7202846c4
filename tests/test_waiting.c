/* test_waiting.c - the lines of waiting jobs against a plain sorted list. */
#include <stdlib.h>

#include "core/rng.h"
#include "core/waiting.h"
#include "tests/suite.h"

const char *const SUITE = "waiting";

#define JOBS 200
#define CLASSES 7
#define LINES 3

typedef struct Oracle {
    Arena arena;
    Waiting waiting;
    ClassId job_class[JOBS];
    int32_t class_line[CLASSES];
    JobId walk_heap[CLASSES];
} Oracle;

static uint32_t drawn;

static int32_t below(int32_t count)
{
    DrawAddress address = {.seed = 7, .purpose = PURPOSE_TEST};
    return (int32_t)(rng_u64(address, drawn++) % (uint64_t)count);
}

static void oracle_open(Oracle *oracle)
{
    arena_init(&oracle->arena);
    for (JobId job = 0; job < JOBS; job++) {
        oracle->job_class[job] = below(CLASSES);
    }
    for (ClassId id = 0; id < CLASSES; id++) {
        oracle->class_line[id] = id % LINES;
    }
    CU_ASSERT_TRUE_FATAL(waiting_init(&oracle->waiting, &oracle->arena, JOBS, oracle->job_class,
                                      CLASSES, oracle->class_line, LINES));
}

/* The waiting jobs of a line (-1: all; -2 - class: of a class) in order, by asking about each pair.
 */
static int32_t sorted_jobs(const Oracle *oracle, int32_t line, JobId jobs[JOBS])
{
    int32_t count = 0;
    for (JobId job = 0; job < JOBS; job++) {
        ClassId id = oracle->job_class[job];
        bool wanted =
            line == -1 || line == -2 - id || (line >= 0 && oracle->class_line[id] == line);
        if (!wanted || !waiting_has(&oracle->waiting, job)) {
            continue;
        }
        int32_t at = count++;
        for (; at > 0 && waiting_before(&oracle->waiting, job, jobs[at - 1]); at--) {
            jobs[at] = jobs[at - 1];
        }
        jobs[at] = job;
    }
    return count;
}

static void lines_agree(Oracle *oracle)
{
    JobId expected[JOBS];
    for (int32_t line = -1; line < LINES; line++) {
        WaitingWalk walk;
        int32_t count = sorted_jobs(oracle, line, expected);
        if (line >= 0) {
            CU_ASSERT_EQUAL(waiting_head(&oracle->waiting, line), count > 0 ? expected[0] : -1);
        }
        waiting_walk(&walk, &oracle->waiting, line, oracle->walk_heap);
        for (int32_t i = 0; i < count; i++) {
            CU_ASSERT_EQUAL_FATAL(waiting_walk_peek(&walk), expected[i]);
            waiting_walk_step(&walk);
        }
        CU_ASSERT_EQUAL(waiting_walk_peek(&walk), -1);
    }
    for (ClassId id = 0; id < CLASSES; id++) {
        int32_t count = sorted_jobs(oracle, -2 - id, expected);
        CU_ASSERT_EQUAL(oracle->waiting.class_waiting[id], count);
        CU_ASSERT_EQUAL(waiting_first(&oracle->waiting, id), count > 0 ? expected[0] : -1);
    }
}

/* Goal: lines, classes and walks are in order after any inserts and removals. Method: 3,000 random
 * ones with few distinct keys, so that ties in all parts of the key occur, held against a list
 * sorted by insertion. */
static void order_holds(void)
{
    Oracle oracle;
    oracle_open(&oracle);
    for (int step = 0; step < 3000; step++) {
        JobId job = below(JOBS);
        if (waiting_has(&oracle.waiting, job)) {
            waiting_remove(&oracle.waiting, job);
        } else {
            waiting_insert(&oracle.waiting, job, (OrderKey){below(4), below(3)}, below(2));
        }
        if (step % 10 == 0) {
            lines_agree(&oracle);
        }
    }
    arena_free(&oracle.arena);
}

/* Goal: a class that is closed is not walked any more, and the others are. Method: all jobs wait;
 * the first job's class is closed: what comes is all others in order. */
static void closed_classes_are_passed_over(void)
{
    Oracle oracle;
    JobId all[JOBS];
    WaitingWalk walk;
    oracle_open(&oracle);
    for (JobId job = 0; job < JOBS; job++) {
        waiting_insert(&oracle.waiting, job, (OrderKey){below(1000), 0}, 0);
    }
    int32_t count = sorted_jobs(&oracle, -1, all);
    waiting_walk(&walk, &oracle.waiting, -1, oracle.walk_heap);
    ClassId closed = oracle.job_class[waiting_walk_peek(&walk)];
    waiting_walk_close(&walk);
    for (int32_t i = 0; i < count; i++) {
        if (oracle.job_class[all[i]] != closed) {
            CU_ASSERT_EQUAL_FATAL(waiting_walk_peek(&walk), all[i]);
            waiting_walk_step(&walk);
        }
    }
    CU_ASSERT_EQUAL(waiting_walk_peek(&walk), -1);
    arena_free(&oracle.arena);
}

/* Goal: jobs that run too long are passed over, and nobody else. Method: random inserts and
 * removals; from each waiting job on, the next one of its class within a random bound is the one
 * that walking step by step finds. */
static void long_jobs_are_passed_over(void)
{
    Oracle oracle;
    int64_t run_ms[JOBS];
    oracle_open(&oracle);
    for (JobId job = 0; job < JOBS; job++) {
        run_ms[job] = below(50);
    }
    CU_ASSERT_TRUE_FATAL(waiting_keep_runs(&oracle.waiting, &oracle.arena, JOBS, run_ms));
    for (int step = 0; step < 3000; step++) {
        JobId job = below(JOBS);
        if (waiting_has(&oracle.waiting, job)) {
            waiting_remove(&oracle.waiting, job);
        } else {
            waiting_insert(&oracle.waiting, job, (OrderKey){below(4), below(3)}, below(2));
        }
        JobId from = below(JOBS);
        int64_t longest_ms = below(50);
        if (!waiting_has(&oracle.waiting, from)) {
            continue;
        }
        JobId expected = waiting_next(&oracle.waiting, from);
        while (expected >= 0 && run_ms[expected] > longest_ms) {
            expected = waiting_next(&oracle.waiting, expected);
        }
        WaitingWalk walk = {.waiting = &oracle.waiting, .heap = oracle.walk_heap, .count = 1};
        walk.heap[0] = from;
        waiting_walk_skip(&walk, longest_ms);
        CU_ASSERT_EQUAL(waiting_walk_peek(&walk), expected);
    }
    arena_free(&oracle.arena);
}

const TestCase CASES[] = {
    {"order holds", order_holds},
    {"closed classes are passed over", closed_classes_are_passed_over},
    {"long jobs are passed over", long_jobs_are_passed_over},
    {NULL, NULL},
};
