/* test_evict.c - who gives way, in scenarios worked out by hand. The names in capitals are those of
 * the rules' micro-scenarios (validation/micro); the others are small cases of one rule each. */
#include "tests/suite.h"
#include "tests/text_run.h"

const char *const SUITE = "evict";

#define NODES(count, gpus)                                                                         \
    "cluster:\n  types: {t: {gpus: {count: " #gpus ", model: H100}}}\n"                            \
    "  nodes: [{name: n, type: t, count: " #count "}]\n"

#define RUN(run, text)                                                                             \
    TextRun run;                                                                                   \
    CU_ASSERT_TRUE_FATAL(text_run(&(run), text, NULL))

/* ---- priority: kube-scheduler ---- */

#define KUBE "policy: {order: priority, scan: skip, pack: first-fit, evict: priority}\n"

/* K8S-4. Goal: both lower pods are lifted, the one that started first returns. Method: 4 GPUs held
 * half and half by L1 (0) and L2 (5); H wants 2 at 10 for 20 s. L2 goes, and starts anew at 30. */
static void the_later_start_gives_way(void)
{
    RUN(run, NODES(1, 4) KUBE "workload: [{jobs: [\n"
                              "  {id: L1, submit: 0s, duration: 100s, gpus: 2},\n"
                              "  {id: L2, submit: 5s, duration: 100s, gpus: 2},\n"
                              "  {id: H, submit: 10s, duration: 20s, gpus: 2, priority: 100}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_end(&run, "L1"), 100);
    CU_ASSERT_EQUAL(text_run_start(&run, "L2", 2), 30);
    CU_ASSERT_EQUAL(text_run_end(&run, "L2"), 130);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 1);
    text_run_free(&run);
}

/* The same with a grace of 30 s: L2 holds its GPUs until 40, and H starts then. */
static void the_asker_waits_for_the_grace(void)
{
    RUN(run, NODES(1, 4) KUBE "workload: [{jobs: [\n"
                              "  {id: L1, submit: 0s, duration: 100s, gpus: 2, grace: 30s},\n"
                              "  {id: L2, submit: 5s, duration: 100s, gpus: 2, grace: 30s},\n"
                              "  {id: H, submit: 10s, duration: 20s, gpus: 2, priority: 100}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 40);
    CU_ASSERT_EQUAL(text_run_end(&run, "L1"), 100);
    CU_ASSERT_EQUAL(text_run_start(&run, "L2", 2), 60);
    CU_ASSERT_EQUAL(text_run_end(&run, "L2"), 160);
    text_run_free(&run);
}

/* Goal: each criterion of the choice of a node, in its order. Method: two nodes of 2 GPUs, held as
 * the row says; H wants 2 at 10. Expected: B gives way, A does not.
 *   top priority: 5 against 3 and 1: the second node, although two are stopped there
 *   sum: 3 + 3 against 3 + 1: the second
 *   number (sums count 2^31 a victim): two of 3 against one of 3: the second
 *   start: both 3, started at 1 and at 2: the later one */
static void the_cheapest_node_is_taken(void)
{
    static const struct {
        const char *jobs;
        const char *victim, *spared;
    } cases[] = {
        {"{id: A, submit: 0s, duration: 100s, gpus: 2, priority: 5},"
         "{id: B, submit: 1s, duration: 100s, gpus: 1, priority: 3},"
         "{id: C, submit: 1s, duration: 100s, gpus: 1, priority: 1},",
         "B", "A"},
        {"{id: A, submit: 0s, duration: 100s, gpus: 1, priority: 3},"
         "{id: D, submit: 0s, duration: 100s, gpus: 1, priority: 3},"
         "{id: B, submit: 1s, duration: 100s, gpus: 1, priority: 3},"
         "{id: C, submit: 1s, duration: 100s, gpus: 1, priority: 1},",
         "B", "A"},
        {"{id: A, submit: 0s, duration: 100s, gpus: 1, priority: 3},"
         "{id: D, submit: 0s, duration: 100s, gpus: 1, priority: 3},"
         "{id: B, submit: 1s, duration: 100s, gpus: 2, priority: 3},",
         "B", "A"},
        {"{id: A, submit: 1s, duration: 100s, gpus: 2, priority: 3},"
         "{id: B, submit: 2s, duration: 100s, gpus: 2, priority: 3},",
         "B", "A"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2048];
        snprintf(text, sizeof text,
                 NODES(2, 2) KUBE "workload: [{jobs: [%s"
                                  "{id: H, submit: 10s, duration: 20s, gpus: 2, priority: 9}]}]\n",
                 cases[i].jobs);
        RUN(run, text);
        CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, cases[i].victim), 1);
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, cases[i].spared), 0);
        text_run_free(&run);
    }
}

/* Goal: equal priorities never give way, and who cannot be helped stops nobody. Method: E has the
 * priority of the runner; T is more important, but wants 8 GPUs of a node of 4. */
static void nobody_gives_way_in_vain(void)
{
    RUN(run, NODES(2, 4) KUBE
        "workload: [{jobs: [\n"
        "  {id: L1, submit: 0s, duration: 100s, gpus: 4, priority: 1},\n"
        "  {id: L2, submit: 0s, duration: 100s, gpus: 4, priority: 7},\n"
        "  {id: E, submit: 5s, duration: 10s, gpus: 4, priority: 1},\n"
        "  {id: T, submit: 6s, duration: 10s, tasks: 2, gpus: 4, gang: all, priority: 7}]}]\n");
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 0);
    CU_ASSERT_EQUAL(text_run_start(&run, "T", 1), 100);
    text_run_free(&run);
}

/* Goal: a gang goes whole, wherever its tasks are. Method: three nodes of 2 GPUs, all but two held
 * by priority 9; gang G (priority 0) takes those two, on n0 and n1. H wants 1 GPU: both tasks of G
 * go, and G cannot come back before H is gone, though one GPU is free. */
static void a_gang_counts_with_all_its_tasks(void)
{
    RUN(run, NODES(3, 2) KUBE
        "workload: [{jobs: [\n"
        "  {id: S, submit: 0s, duration: 500s, gpus: 1, priority: 9},\n"
        "  {id: F, submit: 0s, duration: 1s, gpus: 1, priority: 9},\n"
        "  {id: U, submit: 0s, duration: 500s, gpus: 1, priority: 9},\n"
        "  {id: V, submit: 0s, duration: 1s, gpus: 1, priority: 9},\n"
        "  {id: W, submit: 0s, duration: 500s, gpus: 2, priority: 9},\n"
        "  {id: G, submit: 1s, duration: 300s, tasks: 2, gpus: 1, gang: all, sync: true},\n"
        "  {id: H, submit: 10s, duration: 20s, gpus: 1, priority: 5}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "G"), 2);
    CU_ASSERT_EQUAL(text_run_start(&run, "G", 2), 30); /* it needs both */
    text_run_free(&run);
}

/* Goal: a gang that asks gets room task by task, on several nodes. Method: two nodes of 2 GPUs,
 * four single jobs of priority 0; a gang of three at 10 takes three, the latest starts. */
static void a_gang_gets_room_on_several_nodes(void)
{
    RUN(run, NODES(2, 2) KUBE
        "workload: [{jobs: [\n"
        "  {id: A, submit: 0s, duration: 100s, gpus: 1}, {id: B, submit: 1s, duration: 100s, gpus: "
        "1},\n"
        "  {id: C, submit: 2s, duration: 100s, gpus: 1}, {id: D, submit: 3s, duration: 100s, gpus: "
        "1},\n"
        "  {id: H, submit: 10s, duration: 20s, tasks: 3, gpus: 1, gang: all, priority: 5}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 3);
    CU_ASSERT_EQUAL(text_run_end(&run, "A"), 100);
    text_run_free(&run);
}

/* Goal: a gang that must share a rack gets room in one, although two other nodes would give way
 * more cheaply. Method: two racks of two nodes with a GPU each; the latest starts are on n1 (at 3)
 * and n3 (at 2), H wants two in one rack: those of the first rack go. */
static void a_gang_in_a_rack_gets_room_there(void)
{
    RUN(run, "cluster:\n  types: {t: {gpus: {count: 1, model: H100}}}\n"
             "  nodes: [{name: n, type: t, count: 4, nodes_per_rack: 2}]\n"
             "policy: {order: priority, scan: skip, pack: first-fit, evict: priority, "
             "topology: best-fit}\n"
             "workload: [{jobs: [\n"
             "  {id: A, submit: 0s, duration: 100s, gpus: 1}, {id: X, submit: 0s, duration: 3s, "
             "gpus: 1},\n"
             "  {id: B, submit: 1s, duration: 100s, gpus: 1}, {id: C, submit: 2s, duration: 100s, "
             "gpus: 1},\n"
             "  {id: D, submit: 3s, duration: 100s, gpus: 1},\n"
             "  {id: H, submit: 10s, duration: 20s, tasks: 2, gpus: 1, gang: all, priority: 5,\n"
             "   topology: {same: rack}}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "A"), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "D"), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 2);
    text_run_free(&run);
}

/* Goal: above a hundred nodes, where not all candidates are weighed, somebody of lower priority
 * still gives way, and equal runs agree. Method: 250 nodes of one GPU, full; H wants one. */
static void a_sample_of_many_nodes_will_do(void)
{
    int victim[2] = {-1, -2};
    for (int i = 0; i < 2; i++) {
        RUN(run,
            NODES(250, 1) KUBE "workload: [{jobs: [\n"
                               "  {id: L, submit: 0s, duration: 100s, tasks: 250, gpus: 1},\n"
                               "  {id: H, submit: 10s, duration: 20s, gpus: 1, priority: 5}]}]\n");
        CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
        for (int32_t at = 0; at < run.fact_count; at++) {
            victim[i] = run.facts[at].kind == FACT_TASK_EVICTED ? run.facts[at].task : victim[i];
        }
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 1);
        text_run_free(&run);
    }
    CU_ASSERT_EQUAL(victim[0], victim[1]);
}

/* ---- tier: Slurm ---- */

#define SLURM_5                                                                                    \
    NODES(1, 4)                                                                                    \
    "queues: [{name: low, priority: 1}, {name: high, priority: 2}]\n"                              \
    "workload: [{jobs: [{id: L, submit: 0s, duration: 100s, gpus: 4, queue: low},\n"               \
    "  {id: H, submit: 10s, duration: 20s, gpus: 4, queue: high}]}]\n"

/* SLU-5. Goal: what becomes of the job of the lower tier. Cancel: lost. Requeue with 121 s of
 * delay: back at 131; with none: at 30. Suspend: goes on at 30, with 90 s left. */
static void tiers_cancel_requeue_or_suspend(void)
{
    static const struct {
        const char *policy;
        int64_t again, end;
    } cases[] = {
        {"policy: {order: multifactor, scan: skip, pack: first-fit, evict: {rule: tier, mode: "
         "cancel}}\n",
         -1, 10},
        {"policy: {order: multifactor, scan: skip, pack: first-fit, evict: {rule: tier, mode: "
         "requeue}, "
         "requeue_delay: 121s}\n",
         131, 231},
        {"policy: {order: multifactor, scan: skip, pack: first-fit, evict: {rule: tier, mode: "
         "requeue}}\n",
         30, 130},
        {"policy: {order: multifactor, scan: skip, pack: first-fit, evict: {rule: tier, mode: "
         "suspend}}\n",
         -1, 120},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s%s", SLURM_5, cases[i].policy);
        RUN(run, text);
        CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
        CU_ASSERT_EQUAL(text_run_start(&run, "L", 2), cases[i].again);
        CU_ASSERT_EQUAL(text_run_end(&run, "L"), cases[i].end);
        text_run_free(&run);
    }
}

/* Goal: lowest tier first, then the youngest, and who is not needed stays. Method: two nodes of 2
 * GPUs. M (tier 2) and A, B, C (tier 1) hold one each, in the order M, A | B, C; T of tier 3 wants
 * 2 GPUs on one node. C goes first (youngest of tier 1), then B: both are on n1. */
static void tiers_take_the_youngest_of_the_lowest(void)
{
    RUN(run, NODES(2, 2) "queues: [{name: low, priority: 1}, {name: mid, priority: 2}, {name: "
                         "high, priority: 3}]\n"
                         "policy: {order: multifactor, scan: skip, pack: first-fit, evict: tier}\n"
                         "workload: [{jobs: [\n"
                         "  {id: M, submit: 0s, duration: 100s, gpus: 1, queue: mid},\n"
                         "  {id: A, submit: 3s, duration: 100s, gpus: 1, queue: low},\n"
                         "  {id: B, submit: 4s, duration: 100s, gpus: 1, queue: low},\n"
                         "  {id: C, submit: 5s, duration: 100s, gpus: 1, queue: low},\n"
                         "  {id: T, submit: 10s, duration: 20s, gpus: 2, queue: high}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "T", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "B"), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "C"), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 2);
    text_run_free(&run);
}

/* Goal: who was taken on the way and turns out not to be needed stays. Method: n0 holds A and B
 * (tier 1, the oldest), n1 holds C (tier 1, the youngest, 1 GPU) and S (tier 9). T wants 2 GPUs: C
 * goes first and does not help, with B and A n0 is free: C stays. */
static void tiers_let_stay_who_is_not_needed(void)
{
    RUN(run, NODES(2, 2) "queues: [{name: low, priority: 1}, {name: high, priority: 3}, {name: "
                         "top, priority: 9}]\n"
                         "policy: {order: multifactor, scan: skip, pack: first-fit, evict: tier}\n"
                         "workload: [{jobs: [\n"
                         "  {id: A, submit: 0s, duration: 100s, gpus: 1, queue: low},\n"
                         "  {id: B, submit: 0s, duration: 100s, gpus: 1, queue: low},\n"
                         "  {id: S, submit: 1s, duration: 100s, gpus: 1, queue: top},\n"
                         "  {id: C, submit: 2s, duration: 100s, gpus: 1, queue: low},\n"
                         "  {id: T, submit: 10s, duration: 20s, gpus: 2, queue: high}]}]\n");
    CU_ASSERT_EQUAL(text_run_start(&run, "T", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, "C"), 0);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 2);
    text_run_free(&run);
}

const TestCase CASES[] = {
    {"K8S-4: of equals the later start gives way", the_later_start_gives_way},
    {"K8S-4: the asker waits for the grace", the_asker_waits_for_the_grace},
    {"the cheapest node is taken", the_cheapest_node_is_taken},
    {"nobody gives way in vain", nobody_gives_way_in_vain},
    {"a gang counts with all its tasks", a_gang_counts_with_all_its_tasks},
    {"a gang gets room on several nodes", a_gang_gets_room_on_several_nodes},
    {"a gang in a rack gets room there", a_gang_in_a_rack_gets_room_there},
    {"a sample of many nodes will do", a_sample_of_many_nodes_will_do},
    {"SLU-5: tiers cancel, requeue or suspend", tiers_cancel_requeue_or_suspend},
    {"tiers take the youngest of the lowest", tiers_take_the_youngest_of_the_lowest},
    {"tiers let stay who is not needed", tiers_let_stay_who_is_not_needed},
    {0},
};
