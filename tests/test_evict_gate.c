/* test_evict_gate.c - Volcano's preempt and reclaim for jobs that are through the enqueue gate:
 * what is still open of them is asked about, not what they passed with. Worked out by hand, like
 * the micro-scenarios vol-preempt and vol-reclaim-due. */
#include "tests/suite.h"
#include "tests/text_run.h"

const char *const SUITE = "evict_gate";

#define GATED(gpus)                                                                                \
    "cluster:\n  types: {t: {gpus: {count: " #gpus ", model: H100}}}\n"                            \
    "  nodes: [{name: n, type: t, count: 1}]\n"                                                    \
    "horizon: 50s\n"                                                                               \
    "policy: {preset: volcano, share: capacity, evict: reclaim,\n"                                 \
    "  admit: {rule: enqueue, overcommit: 0%, queue_limit: true}}\n"

static void starts_at(const char *text, int64_t start, int64_t evicted)
{
    TextRun run;
    CU_ASSERT_TRUE_FATAL(text_run(&run, text, NULL));
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), start);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "E"), evicted);
    text_run_free(&run);
}

/* Goal: a queue that holds all it can have still preempts in itself. Method: 4 GPUs held by E,
 * minimum 2; H, 2 tasks, passes the gate (minima 2 + 2). Of a higher priority it takes two tasks,
 * of the same none. */
static void a_full_queue_preempts_in_itself(void)
{
#define FULL(priority)                                                                             \
    GATED(4)                                                                                       \
    "queues: [{name: q, quota: {gpus: 4}}]\n"                                                      \
    "workload: [{jobs: [\n"                                                                        \
    "  {id: E, submit: 0s, duration: 100s, tasks: 4, min_tasks: 2, gang: min, gpus: 1, queue: "    \
    "q},\n"                                                                                        \
    "  {id: H, submit: 10s, duration: 10s, tasks: 2, gang: all, gpus: 1, queue: q, "               \
    "priority: " #priority "}]}]\n"
    starts_at(FULL(10), 10, 2);
    starts_at(FULL(0), -1, 0);
}

/* Goal: who reclaims stays within what its queue deserves. Method: 9 GPUs, deserved 5 and 3; E
 * holds 8, one is idle. A gang of 4 would hold 4 of 3; one of 3 takes two tasks and the idle GPU.
 */
static void reclaim_stays_within_what_is_deserved(void)
{
#define DUE(tasks)                                                                                 \
    GATED(9)                                                                                       \
    "queues: [{name: q1, quota: {gpus: 5}}, {name: q2, quota: {gpus: 3}}]\n"                       \
    "workload: [{jobs: [\n"                                                                        \
    "  {id: E, submit: 0s, duration: 100s, tasks: 8, min_tasks: 2, gang: min, gpus: 1, queue: "    \
    "q1},\n"                                                                                       \
    "  {id: H, submit: 10s, duration: 10s, tasks: " #tasks ", gang: all, gpus: 1, queue: q2}]}]\n"
    starts_at(DUE(4), -1, 0);
    starts_at(DUE(3), 10, 2);
}

const TestCase CASES[] = {
    {"a full queue preempts in itself", a_full_queue_preempts_in_itself},
    {"reclaim stays within what is deserved", reclaim_stays_within_what_is_deserved},
    {0},
};
