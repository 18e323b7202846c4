/* test_evict_queues.c - who gives way between queues, in scenarios worked out by hand. The names in
 * capitals are those of the rules' micro-scenarios (validation/micro). */
#include "tests/suite.h"
#include "tests/text_run.h"

const char *const SUITE = "evict_queues";

#define NODES(count, gpus)                                                                         \
    "cluster:\n  types: {t: {gpus: {count: " #gpus ", model: H100}}}\n"                            \
    "  nodes: [{name: n, type: t, count: " #count "}]\n"

#define RUN(run, text)                                                                             \
    TextRun run;                                                                                   \
    CU_ASSERT_TRUE_FATAL(text_run(&(run), text, NULL))

/* ---- kueue ---- */

#define KUEUE(options)                                                                             \
    "policy: {order: kueue, share: none, admit: cohort, scan: skip, pack: first-fit, "             \
    "evict: {rule: kueue" options "}}\n"

#define KUEUE_FAIR                                                                                 \
    "policy: {order: kueue, share: cohort, admit: cohort, scan: skip, pack: first-fit, "           \
    "evict: kueue}\n"

/* KUE-4. Goal: fair sharing stops where the preemptor's share would pass the victim's. Method:
 * three queues with 4 of 12, the third idle; a holds all 12, b asks for as much. With 2-GPU
 * workloads three evictions (6/6), with 4-GPU workloads one (8/4). */
static void fair_shares_stop_half_way(void)
{
    static const struct {
        int gpus, count, evicted, a, b;
    } cases[] = {{2, 6, 3, 6, 6}, {4, 3, 1, 8, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[4096];
        int at = snprintf(
            text, sizeof text,
            NODES(1, 32) "horizon: 500s\n" KUEUE_FAIR
                         "queues: [{name: a, quota: {gpus: 4}, cohort: all, reclaim: any},\n"
                         "  {name: b, quota: {gpus: 4}, cohort: all, reclaim: any},\n"
                         "  {name: c, quota: {gpus: 4}, cohort: all, reclaim: any}]\n"
                         "workload: [{jobs: [");
        for (int job = 0; job < 2 * cases[i].count; job++) {
            bool is_a = job < cases[i].count;
            at +=
                snprintf(text + at, sizeof text - (size_t)at,
                         "%s{id: j%d, submit: %ds, duration: 1000s, gpus: %d, queue: %s}",
                         job > 0 ? ", " : "", job, is_a ? 0 : 10, cases[i].gpus, is_a ? "a" : "b");
        }
        snprintf(text + at, sizeof text - (size_t)at, "]}]\n");
        RUN(run, text);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), cases[i].evicted);
        CU_ASSERT_EQUAL(text_run_held(&run, "a"), cases[i].a);
        CU_ASSERT_EQUAL(text_run_held(&run, "b"), cases[i].b);
        text_run_free(&run);
    }
}

/* Goal: classic reclaim takes from borrowers only, newest admission first, and only as long as the
 * asker keeps to its own quota. Method: a and b with 4 each. a runs A1 (0), A2 (1), A3 (2) of 2
 * GPUs: it borrows 2. b asks for 4 at 10: A3 alone goes, since b then has its 4. b's next job of 1
 * would borrow: it waits. */
static void classic_reclaim_takes_the_newest_of_borrowers(void)
{
    RUN(run,
        NODES(1, 32) "horizon: 50s\n" KUEUE(
            "") "queues: [{name: a, quota: {gpus: 4}, cohort: all, reclaim: any, preempt: never},\n"
                "  {name: b, quota: {gpus: 4}, cohort: all, reclaim: any, preempt: never}]\n"
                "workload: [{jobs: [\n"
                "  {id: A1, submit: 0s, duration: 100s, gpus: 2, queue: a},\n"
                "  {id: A2, submit: 1s, duration: 100s, gpus: 2, queue: a},\n"
                "  {id: A3, submit: 2s, duration: 100s, gpus: 2, queue: a},\n"
                "  {id: B1, submit: 10s, duration: 100s, gpus: 4, queue: b},\n"
                "  {id: B2, submit: 11s, duration: 100s, gpus: 1, queue: b}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "B1", 1), 10);
    CU_ASSERT_EQUAL(text_run_start(&run, "B2", 1), -1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "A3"), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 1);
    text_run_free(&run);
}

/* Goal: who was taken on the way and is not needed stays; reclaim: lower-priority spares higher
 * priorities. Method: a (4 of its own) runs A1 (4 GPUs, 0), A2 (4, at 1) and A3 (1, at 2); b (4)
 * asks for 4 at 10; A3 uses what c lends. The newest, A3, goes first, then A2: with A2 gone A3 can
 * stay. If A1 and A2 have priority 5 and b may only take from lower ones, nobody goes: A3's GPU is
 * not enough. */
static void kueue_lets_stay_who_is_not_needed(void)
{
    static const struct {
        const char *reclaim;
        int priority;
        int64_t start;
    } cases[] = {{"any", 0, 10}, {"any", 5, 10}, {"lower-priority", 5, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2048];
        snprintf(
            text, sizeof text,
            NODES(1, 32) "horizon: 50s\n" KUEUE(
                "") "queues: [{name: a, quota: {gpus: 4}, cohort: all, preempt: never},\n"
                    "  {name: b, quota: {gpus: 4}, cohort: all, reclaim: %s, preempt: never},\n"
                    "  {name: c, quota: {gpus: 1}, cohort: all}]\n"
                    "workload: [{jobs: [\n"
                    "  {id: A1, submit: 0s, duration: 100s, gpus: 4, queue: a, priority: %d},\n"
                    "  {id: A2, submit: 1s, duration: 100s, gpus: 4, queue: a, priority: %d},\n"
                    "  {id: A3, submit: 2s, duration: 100s, gpus: 1, queue: a},\n"
                    "  {id: B, submit: 10s, duration: 100s, gpus: 4, queue: b, priority: 3}]}]\n",
            cases[i].reclaim, cases[i].priority, cases[i].priority);
        RUN(run, text);
        CU_ASSERT_EQUAL(text_run_start(&run, "B", 1), cases[i].start);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "A2"), cases[i].start > 0);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), cases[i].start > 0);
        text_run_free(&run);
    }
}

/* Goal: inside a queue lower priorities give way, equals do not. Method: one queue of 4 that P
 * (priority 1) and Q (2) hold; E (1) waits, H (2) takes P's place. */
static void priorities_decide_in_a_queue(void)
{
    RUN(run, NODES(1, 32) "horizon: 50s\n" KUEUE(
                 "") "queues: [{name: a, quota: {gpus: 4}, preempt: lower-priority}]\n"
                     "workload: [{jobs: [\n"
                     "  {id: P, submit: 0s, duration: 100s, gpus: 2, queue: a, priority: 1},\n"
                     "  {id: Q, submit: 1s, duration: 100s, gpus: 2, queue: a, priority: 2},\n"
                     "  {id: E, submit: 5s, duration: 10s, gpus: 2, queue: a, priority: 1},\n"
                     "  {id: H, submit: 10s, duration: 10s, gpus: 2, queue: a, priority: 2}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "P"), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 1);
    text_run_free(&run);
}

/* Goal: lower-or-newer also stops equals that came later. Method: a queue of 4. R (2 GPUs, until
 * 20) runs, O (4 GPUs) has waited since 1, N (2 GPUs, submitted at 2) has passed it. When R ends, N
 * gives way to O; with lower-priority O waits until N ends at 102. */
static void newer_equals_give_way_if_told(void)
{
    static const struct {
        const char *rule;
        int64_t start;
    } cases[] = {{"lower-or-newer", 20}, {"lower-priority", 102}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2048];
        snprintf(text, sizeof text,
                 NODES(1, 32)
                     KUEUE("") "queues: [{name: a, quota: {gpus: 4}, preempt: %s}]\n"
                               "workload: [{jobs: [\n"
                               "  {id: R, submit: 0s, duration: 20s, gpus: 2, queue: a},\n"
                               "  {id: O, submit: 1s, duration: 10s, gpus: 4, queue: a},\n"
                               "  {id: N, submit: 2s, duration: 100s, gpus: 2, queue: a}]}]\n",
                 cases[i].rule);
        RUN(run, text);
        CU_ASSERT_EQUAL(text_run_start(&run, "O", 1), cases[i].start);
        text_run_free(&run);
    }
}

/* Goal: borrow_priority lets a queue above its own quota take from low priorities elsewhere, and
 * from those alone. Method: a and b with 4 each, c idle with 4: a borrows all of it with A0
 * (priority 0) and A5 (5), 4 GPUs each beside AX (4). b has its 4 in use (B1) and asks for 4 more
 * (priority 9). Limit 3: A0 goes; limit off: nobody. */
static void who_borrows_takes_from_low_priorities(void)
{
    static const struct {
        const char *text;
        int64_t start;
    } cases[] = {
#define BORROW_JOBS                                                                                \
    "queues: [{name: a, quota: {gpus: 4}, cohort: all, reclaim: any},\n"                           \
    "  {name: b, quota: {gpus: 4}, cohort: all, reclaim: any, preempt: never},\n"                  \
    "  {name: c, quota: {gpus: 8}, cohort: all}]\n"                                                \
    "workload: [{jobs: [\n"                                                                        \
    "  {id: A0, submit: 0s, duration: 100s, gpus: 4, queue: a, priority: 0},\n"                    \
    "  {id: A5, submit: 1s, duration: 100s, gpus: 4, queue: a, priority: 5},\n"                    \
    "  {id: AX, submit: 2s, duration: 100s, gpus: 4, queue: a, priority: 5},\n"                    \
    "  {id: B1, submit: 3s, duration: 100s, gpus: 4, queue: b, priority: 5},\n"                    \
    "  {id: B2, submit: 10s, duration: 10s, gpus: 4, queue: b, priority: 9}]}]\n"
        {NODES(1, 32) "horizon: 50s\n" KUEUE(", borrow_priority: 3") BORROW_JOBS, 10},
        {NODES(1, 32) "horizon: 50s\n" KUEUE("") BORROW_JOBS, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        RUN(run, cases[i].text);
        CU_ASSERT_EQUAL(text_run_start(&run, "B2", 1), cases[i].start);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "A0"), cases[i].start > 0);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), cases[i].start > 0);
        text_run_free(&run);
    }
}

/* ---- reclaim: Volcano ---- */

#define VOLCANO(options)                                                                           \
    "policy: {order: volcano, share: capacity, scan: skip, pack: first-fit, "                      \
    "evict: {rule: reclaim" options "}}\n"
#define HALVES "queues: [{name: q1, quota: {gpus: 4}}, {name: q2, quota: {gpus: 4}}]\n"

/* VOL-6. Goal: an elastic job gives back what is above its minimum, down to what its queue
 * deserves. Method: 8 GPUs, deserved 4/4; q1's job holds 8, minimum 4; q2's gang of 4 comes at 10.
 */
static void reclaim_takes_what_is_above_the_minimum(void)
{
    RUN(run, NODES(1, 8) "horizon: 50s\n" VOLCANO("") HALVES
        "workload: [{jobs: [\n"
        "  {id: E, submit: 0s, duration: 100s, tasks: 8, min_tasks: 4, gang: min, gpus: 1, "
        "queue: q1},\n"
        "  {id: S, submit: 10s, duration: 20s, tasks: 4, gpus: 1, gang: all, queue: q2}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "S", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "E"), 4);
    text_run_free(&run);
}

/* Goal: both rules must agree: with a minimum of 6 only two may go, so none does; with q1 at what
 * it deserves (5 of 8) only three may, so none does. */
static void reclaim_needs_every_rule(void)
{
    static const char *const TEXTS[] = {
        NODES(1, 8) "horizon: 50s\n" VOLCANO("") HALVES
        "workload: [{jobs: [\n"
        "  {id: E, submit: 0s, duration: 100s, tasks: 8, min_tasks: 6, gang: min, gpus: 1, "
        "queue: q1},\n"
        "  {id: S, submit: 10s, duration: 20s, tasks: 4, gpus: 1, gang: all, queue: q2}]}]\n",
        NODES(1, 8) "horizon: 50s\n" VOLCANO(
            "") "queues: [{name: q1, quota: {gpus: 5}}, {name: q2, quota: {gpus: 4}}]\n"
                "workload: [{jobs: [\n"
                "  {id: E, submit: 0s, duration: 100s, tasks: 8, min_tasks: 1, gang: min, gpus: 1, "
                "queue: q1},\n"
                "  {id: S, submit: 10s, duration: 20s, tasks: 4, gpus: 1, gang: all, queue: "
                "q2}]}]\n"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        RUN(run, TEXTS[i]);
        CU_ASSERT_EQUAL(text_run_start(&run, "S", 1), -1);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 0);
        text_run_free(&run);
    }
}

/* Goal: inside a queue a lower priority gives way, but only above its minimum; break_gangs lifts
 * that. Method: 4 GPUs, a gang of 4 (priority 1) runs, H of 1 GPU (priority 2) comes at 10. */
static void preempt_keeps_gangs_whole_unless_told(void)
{
    static const struct {
        const char *text;
        int64_t start;
    } cases[] = {
#define GANG_JOBS                                                                                  \
    "queues: [{name: q1, quota: {gpus: 4}}]\n"                                                     \
    "workload: [{jobs: [\n"                                                                        \
    "  {id: G, submit: 0s, duration: 100s, tasks: 4, gpus: 1, gang: all, queue: q1, priority: "    \
    "1},\n"                                                                                        \
    "  {id: H, submit: 10s, duration: 20s, gpus: 1, queue: q1, priority: 2}]}]\n"
        {NODES(1, 4) VOLCANO("") GANG_JOBS, 100},
        {NODES(1, 4) VOLCANO(", break_gangs: true") GANG_JOBS, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        RUN(run, cases[i].text);
        CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), cases[i].start);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "G"), i == 0 ? 0 : 4);
        text_run_free(&run);
    }
}

/* Goal: dominant shares inside a queue. Method: 8 GPUs, elastic E holds all (minimum 1), S of 1 GPU
 * and equal priority comes every second from 10 on, four times. With drf the first S gains 1/8
 * against 7/8: yes, and so on; a job of 4 tasks finds 4/8 against 4/8 left: yes; one of 5: no. */
static void dominant_shares_decide_if_asked(void)
{
    static const struct {
        const char *evict;
        int tasks;
        int64_t start;
    } cases[] = {{"", 4, -1}, {", drf: true", 4, 10}, {", drf: true", 5, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2048];
        snprintf(
            text, sizeof text,
            NODES(
                1,
                8) "horizon: 50s\n"
                   "policy: {order: volcano, scan: skip, pack: first-fit, evict: {rule: "
                   "reclaim%s}}\n"
                   "workload: [{jobs: [{id: E, submit: 0s, duration: 100s, tasks: 8, min_tasks: 1, "
                   "gang: min, gpus: 1},\n"
                   "  {id: S, submit: 10s, duration: 20s, tasks: %d, gpus: 1, gang: all}]}]\n",
            cases[i].evict, cases[i].tasks);
        RUN(run, text);
        CU_ASSERT_EQUAL(text_run_start(&run, "S", 1), cases[i].start);
        text_run_free(&run);
    }
}

/* ---- kai ---- */

#define KAI "policy: {order: kai, share: kai, scan: skip, pack: kai-binpack, evict: kai}\n"

/* KAI-4. Goal: the four newest of the queue above its share, and no fifth. Method: 8 GPUs, quota
 * 4/4; j0..j7 of Q1; a gang of 4 of Q2 at 10, one more at 20. */
static void kai_reclaims_the_newest_down_to_the_share(void)
{
    RUN(run, NODES(1, 8) "horizon: 100s\n" KAI
                         "queues: [{name: Q1, quota: {gpus: 4}}, {name: Q2, quota: {gpus: 4}}]\n"
                         "workload: [{jobs: [\n"
                         "  {id: j0, submit: 0s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j1, submit: 1s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j2, submit: 2s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j3, submit: 3s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j4, submit: 4s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j5, submit: 5s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j6, submit: 6s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: j7, submit: 7s, duration: 900s, gpus: 1, queue: Q1},\n"
                         "  {id: gang, submit: 10s, duration: 900s, tasks: 4, gpus: 1, gang: all, "
                         "queue: Q2},\n"
                         "  {id: more, submit: 20s, duration: 900s, gpus: 1, queue: Q2}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "gang", 1), 10);
    CU_ASSERT_EQUAL(text_run_start(&run, "more", 1), -1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 4);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "j3"), 0);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "j4"), 1);
    text_run_free(&run);
}

/* Goal: victims in their grace count as gone, and those that they make room for as there. Method:
 * as KAI-4, with a grace of 30 s; pairs of Q2 come at 10, 11 and 12. The first two reach Q2's share
 * of 4, although none of it runs before 40: the third evicts nobody. */
static void what_is_on_its_way_counts(void)
{
    RUN(run,
        NODES(
            1,
            8) "horizon: 100s\n" KAI
               "queues: [{name: Q1, quota: {gpus: 4}}, {name: Q2, quota: {gpus: 4}}]\n"
               "workload: [{jobs: [\n"
               "  {id: L, submit: 0s, duration: 900s, tasks: 8, gpus: 1, queue: Q1, grace: 30s},\n"
               "  {id: P1, submit: 10s, duration: 900s, tasks: 2, gpus: 1, gang: all, queue: Q2},\n"
               "  {id: P2, submit: 11s, duration: 900s, tasks: 2, gpus: 1, gang: all, queue: Q2},\n"
               "  {id: P3, submit: 12s, duration: 900s, tasks: 2, gpus: 1, gang: all, queue: "
               "Q2}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "P1", 1), 40);
    CU_ASSERT_EQUAL(text_run_start(&run, "P2", 1), 41);
    CU_ASSERT_EQUAL(text_run_start(&run, "P3", 1), -1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_STOPPING, NULL), 4);
    text_run_free(&run);
}

#define KAI_5                                                                                      \
    "workload: [{jobs: [\n"                                                                        \
    "  {id: X, submit: 0s, duration: 50s, gpus: 2}, {id: A, submit: 1s, duration: 1000s, gpus: "   \
    "2},\n"                                                                                        \
    "  {id: B, submit: 2s, duration: 1000s, gpus: 2}, {id: C, submit: 60s, duration: 100s, gpus: " \
    "4}]}]\n"

/* KAI-5. Goal: the newest moves so that a node is free, and starts anew. Method: two nodes of 4; X
 * (until 50) and A on n0, B on n1; C wants 4 at 60. B moves and ends at 1060. The same for
 * consolidation alone. Jobs that cannot be preempted do not move: C at 1001. */
static void kai_moves_the_newest_together(void)
{
    static const struct {
        const char *text;
        int64_t c, b;
        int moves;
    } cases[] = {
        {NODES(2, 4) KAI KAI_5, 60, 1060, 1},
        {NODES(2, 4) "policy: {scan: skip, pack: kai-binpack, evict: consolidation}\n" KAI_5, 60,
         1060, 1},
        {NODES(2,
               4) "policy: {scan: skip, pack: kai-binpack, evict: {rule: kai, preemptible_below: "
                  "0}}\n" KAI_5,
         1001, 1002, 0},
        {NODES(
             2,
             4) "policy: {scan: skip, pack: kai-binpack, evict: {rule: kai, moves_max: 0}}\n" KAI_5,
         1001, 1002, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        RUN(run, cases[i].text);
        CU_ASSERT_EQUAL(text_run_start(&run, "C", 1), cases[i].c);
        CU_ASSERT_EQUAL(text_run_end(&run, "A"), 1001);
        CU_ASSERT_EQUAL(text_run_end(&run, "B"), cases[i].b);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_MOVED, NULL), cases[i].moves);
        text_run_free(&run);
    }
}

/* Goal: nobody moves if one would find no place. Method: as KAI-5, but X stays: n0 is full, B has
 * nowhere to go. */
static void nobody_moves_without_a_new_place(void)
{
    RUN(run, NODES(2, 4) KAI "workload: [{jobs: [\n"
                             "  {id: X, submit: 0s, duration: 500s, gpus: 1}, {id: A, submit: 1s, "
                             "duration: 1000s, gpus: 2},\n"
                             "  {id: B, submit: 2s, duration: 1000s, gpus: 2}, {id: C, submit: "
                             "60s, duration: 100s, gpus: 4}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "C", 1), 500);
    text_run_free(&run);
}

/* KAI-10, first half. Goal: for its preemption delay a job evicts nobody, then it does. Method: a
 * low job holds the node, the high one comes at 10 with a delay of 120 s. */
static void kai_waits_for_the_preemption_delay(void)
{
    RUN(run, NODES(1, 4) "horizon: 1000s\n" KAI "workload: [{jobs: [\n"
                         "  {id: low, submit: 0s, duration: 2000s, gpus: 4, priority: 50},\n"
                         "  {id: high, submit: 10s, duration: 20s, gpus: 4, priority: 75, "
                         "preempt_delay: 120s}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "high", 1), 130);
    CU_ASSERT_EQUAL(text_run_start(&run, "low", 2), 150);
    text_run_free(&run);
}

/* Goal: a queue's minimum run time protects its jobs, and the asker looks again when it is over.
 * Method: low runs since 0 in a queue with min_run 60 s; high comes at 10. */
static void a_minimum_run_time_protects(void)
{
    RUN(run,
        NODES(1,
              4) "horizon: 1000s\n" KAI "queues: [{name: q, min_run: 60s}]\n"
                 "workload: [{jobs: [\n"
                 "  {id: low, submit: 0s, duration: 2000s, gpus: 4, priority: 50, queue: q},\n"
                 "  {id: high, submit: 10s, duration: 20s, gpus: 4, priority: 75, queue: q}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "high", 1), 60);
    text_run_free(&run);
}

/* Goal: elastic jobs lose what is above their minimum before others lose all, within a priority.
 * Method: 6 GPUs; elastic E (minimum 2) holds 4, newer N holds 2; H of a higher priority wants 2:
 * two tasks of E go. K wants 2 more: now N, the newest at its minimum, goes. */
static void elastic_tasks_go_first(void)
{
    RUN(run, NODES(1, 6) "horizon: 100s\n" KAI "workload: [{jobs: [\n"
                         "  {id: E, submit: 0s, duration: 900s, tasks: 4, min_tasks: 2, gang: min, "
                         "gpus: 1},\n"
                         "  {id: N, submit: 1s, duration: 900s, gpus: 2},\n"
                         "  {id: H, submit: 10s, duration: 900s, gpus: 2, priority: 5},\n"
                         "  {id: K, submit: 20s, duration: 900s, gpus: 2, priority: 5}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_start(&run, "K", 1), 20);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "E"), 2);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "N"), 1);
    text_run_free(&run);
}

const TestCase CASES[] = {
    {"KUE-4: fair shares stop half way", fair_shares_stop_half_way},
    {"classic reclaim takes the newest of borrowers",
     classic_reclaim_takes_the_newest_of_borrowers},
    {"kueue lets stay who is not needed", kueue_lets_stay_who_is_not_needed},
    {"priorities decide in a queue", priorities_decide_in_a_queue},
    {"newer equals give way if told", newer_equals_give_way_if_told},
    {"who borrows takes from low priorities", who_borrows_takes_from_low_priorities},
    {"VOL-6: reclaim takes what is above the minimum", reclaim_takes_what_is_above_the_minimum},
    {"reclaim needs every rule", reclaim_needs_every_rule},
    {"preempt keeps gangs whole unless told", preempt_keeps_gangs_whole_unless_told},
    {"dominant shares decide if asked", dominant_shares_decide_if_asked},
    {"KAI-4: the newest, down to the share", kai_reclaims_the_newest_down_to_the_share},
    {"what is on its way counts", what_is_on_its_way_counts},
    {"KAI-5: the newest moves", kai_moves_the_newest_together},
    {"nobody moves without a new place", nobody_moves_without_a_new_place},
    {"KAI-10: the preemption delay", kai_waits_for_the_preemption_delay},
    {"a minimum run time protects", a_minimum_run_time_protects},
    {"elastic tasks go first", elastic_tasks_go_first},
    {0},
};
