/* test_scenario_queues.c - queues, and the nodes that labels, taints, flavors and queues give to a
 * job. */
#include <stdio.h>
#include <string.h>

#include "tests/loaded.h"
#include "tests/suite.h"

/* Two pools and spot nodes: groups 0 (train, tainted), 1 (dev), 2 (spot). */
#define POOLS                                                                                      \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: 8, cpu: 64, memory: 1Ti}}\n"                                              \
    "  nodes:\n"                                                                                   \
    "  - {name: a, type: h, count: 4, nodes_per_rack: 2, zone: east, labels: {pool: train},"       \
    " taints: [train]}\n"                                                                          \
    "  - {name: b, type: h, count: 2, rack: r1, zone: west, labels: {pool: dev}}\n"                \
    "  - {name: c, type: h, rack: r1, zone: west, labels: {pool: dev}, flavor: spot}\n"

static const Queue *queue_of(const Loaded *loaded, const char *name)
{
    const QueueTree *tree = &loaded->set.variants[0].queues;
    QueueId queue = queue_find(tree, name);
    CU_ASSERT_FATAL(queue >= 0);
    CU_ASSERT_STRING_EQUAL(tree->names[queue], name);
    return &tree->queues[queue];
}

/* Goal: amounts arrive in the kernel's units, parents that nobody declared exist, what is not said
 * means no bound. Method: a tree of three levels, looked at field by field. */
static void test_tree(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                SMALL "queues:\n"
                      "- {name: a, parent: team, quota: {gpus: 4.5, cpu: 10, memory: 64Gi},"
                      " borrow: 2, lend: {gpus: 1}, guarantee: 1, limit: 8, weight: 0.5,"
                      " priority: -3, reclaim: any, preempt: lower-or-newer, min_run: 10m,"
                      " default_limit: 2h, scan: strict}\n"
                      "- {name: team, cohort: all}\n"
                      "- {name: default, quota: unlimited}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const QueueTree *tree = &loaded.set.variants[0].queues;
    CU_ASSERT(tree->declared);
    CU_ASSERT_EQUAL(tree->count, 4);
    CU_ASSERT_STRING_EQUAL(tree->names[0], "default");
    CU_ASSERT_STRING_EQUAL(tree->names[1], "a");
    CU_ASSERT_STRING_EQUAL(tree->names[3], "all");
    const Queue *a = queue_of(&loaded, "a");
    CU_ASSERT_EQUAL(a->depth, 2);
    CU_ASSERT_EQUAL(a->parent, queue_find(tree, "team"));
    CU_ASSERT_EQUAL(queue_of(&loaded, "all")->child_count, 1);
    CU_ASSERT_EQUAL(queue_of(&loaded, "all")->parent, -1);
    CU_ASSERT_EQUAL(a->quota.nominal[GP_AXIS_GPU], 4500);
    CU_ASSERT_EQUAL(a->quota.nominal[GP_AXIS_CPU], 10000);
    CU_ASSERT_EQUAL(a->quota.nominal[GP_AXIS_MEMORY], 65536);
    CU_ASSERT_EQUAL(a->quota.nominal[GP_AXIS_NETWORK], QUEUE_UNLIMITED);
    CU_ASSERT_EQUAL(a->quota.borrow[GP_AXIS_GPU], 2000);
    CU_ASSERT_EQUAL(a->quota.borrow[GP_AXIS_CPU], QUEUE_UNLIMITED);
    CU_ASSERT_EQUAL(a->quota.lend[GP_AXIS_GPU], 1000);
    CU_ASSERT_EQUAL(a->guarantee[GP_AXIS_GPU], 1000);
    CU_ASSERT_EQUAL(a->guarantee[GP_AXIS_CPU], 0);
    CU_ASSERT_EQUAL(a->limit[GP_AXIS_GPU], 8000);
    CU_ASSERT_EQUAL(a->limit[GP_AXIS_CPU], QUEUE_UNLIMITED);
    CU_ASSERT_EQUAL(a->weight_ppm, 500000);
    CU_ASSERT_EQUAL(a->priority, -3);
    CU_ASSERT_EQUAL(a->reclaim, RECLAIM_ANY);
    CU_ASSERT_EQUAL(a->preempt, PREEMPT_LOWER_OR_NEWER_EQUAL);
    CU_ASSERT_EQUAL(a->min_run_ms, 600000);
    CU_ASSERT_EQUAL(a->default_limit_ms, 7200000);
    CU_ASSERT_EQUAL(a->strict, 1);
    CU_ASSERT_EQUAL(queue_of(&loaded, "team")->strict, -1);
    CU_ASSERT_EQUAL(queue_of(&loaded, "team")->reclaim, RECLAIM_POLICY);
    loaded_free(&loaded);
}

/* Without `queues:` there is one, and one flavor of every node. */
static void test_no_queues(void)
{
    Loaded loaded;
    loaded_text(&loaded, SMALL);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const QueueTree *tree = &loaded.set.variants[0].queues;
    CU_ASSERT_FALSE(tree->declared);
    CU_ASSERT_EQUAL(tree->count, 1);
    CU_ASSERT_STRING_EQUAL(tree->names[0], "default");
    CU_ASSERT_EQUAL(tree->flavor_count, 1);
    CU_ASSERT_EQUAL(tree->flavors[0].group_set, 0);
    loaded_free(&loaded);
}

#define QUEUES(list) SMALL "queues: [" list "]\n"

static void test_mistakes(void)
{
    CU_ASSERT(
        refused_for(QUEUES("{name: a, parent: b}, {name: b, parent: c}, {name: c, parent: a}"),
                    "cycle", "queue `a` is above itself: a, in b, in c, in a"));
    CU_ASSERT(refused_for(QUEUES("{name: a, parent: a}"), "cycle", "a, in a"));
    /* A queue that leads into a cycle is no second mistake. */
    CU_ASSERT(
        refused_for(QUEUES("{name: x, parent: a}, {name: a, parent: b}, {name: b, parent: a}"),
                    "cycle", "queue `a`"));
    CU_ASSERT(refused_for(QUEUES("{name: a, quota: {gpus: -1}}"), "range", "`-1`"));
    CU_ASSERT(refused_for(QUEUES("{name: a, quota: -1}"), "range", "or unlimited"));
    CU_ASSERT(refused_for(QUEUES("{name: a}, {name: a}"), "duplicate", "queue `a` is here again"));
    CU_ASSERT(refused_for(QUEUES("{name: a, parent: p, cohort: q}"), "conflict",
                          "the parent `p` and the cohort `q`"));
    CU_ASSERT(accepted(QUEUES("{name: a, parent: p, cohort: p}")));
    CU_ASSERT(refused_for(QUEUES("{name: a, cohort: p, quota: 4, lend: 5}"), "conflict",
                          "`lend` of gpus is 5, more than its `quota` of 4"));
    CU_ASSERT(
        refused_for(QUEUES("{name: a, quota: 4, borrow: 1}"), "conflict", "nobody to borrow"));
    CU_ASSERT(refused_for(QUEUES("{name: a, quota: 4, limit: 3.5}"), "conflict",
                          "`quota` of gpus is 4, more than its `limit` of 3.5"));
    CU_ASSERT(refused_for(QUEUES("{name: a, guarantee: 5, quota: 4}"), "conflict", "`guarantee`"));
    CU_ASSERT(refused_for(QUEUES("{name: a, parent: default}"), "conflict", "below `default`"));
    CU_ASSERT(refused_for(QUEUES("{quota: 4}"), "missing", "`name` is missing"));
    CU_ASSERT(refused_for(QUEUES("{name: ''}"), "name", "expected a name"));
    CU_ASSERT(
        refused_for(QUEUES("{name: a, reclaim: some}"), "choice", "never, lower-priority, any"));
    CU_ASSERT(refused_for(QUEUES("{name: a, weight: -1}"), "range", "expected 0%"));
    CU_ASSERT(refused_for(QUEUES("{name: a, nodes: {pool: x}}"), "name", "label `pool: x`"));
    CU_ASSERT(refused_for(QUEUES("{name: a, flavors: [spot]}"), "name", "flavor `spot`"));
}

/* All mistakes of a tree at once, each with its queue. */
static void test_all_at_once(void)
{
    Loaded loaded;
    loaded_text(&loaded, CLUSTER "queues:\n"
                                 "- {name: a, quota: {gpus: 2}, limit: 1}\n"
                                 "- {name: b, parent: c}\n"
                                 "- {name: c, parent: b}\n"
                                 "- {name: a}\n"
                                 "workload: [{jobs: [{id: A, duration: 1s, queue: d}]}]\n");
    CU_ASSERT_EQUAL(loaded.diagnostics.error_count, 4);
    CU_ASSERT(loaded_says(&loaded, "name", "no queue `d`"));
    CU_ASSERT(loaded_says(&loaded, "conflict", "queue `a`"));
    CU_ASSERT(loaded_says(&loaded, "cycle", "b, in c, in b"));
    CU_ASSERT(loaded_says(&loaded, "duplicate", "first declared in line 5"));
    loaded_free(&loaded);
}

#define IN_QUEUE(queues, queue)                                                                    \
    CLUSTER "queues: [" queues                                                                     \
            "]\nworkload: [{jobs: [{id: A, duration: 1s, gpus: 1, queue: " queue "}]}]\n"

/* Jobs belong to declared leaves; without declared queues any name will do. */
static void test_jobs_in_queues(void)
{
    CU_ASSERT(accepted(CLUSTER "workload: [{jobs: [{id: A, duration: 1s, queue: any}]}]\n"));
    CU_ASSERT(accepted(IN_QUEUE("{name: research}", "research")));
    CU_ASSERT(accepted(IN_QUEUE("{name: research}", "default")));
    CU_ASSERT(refused_for(IN_QUEUE("{name: research}", "reserch"), "name", "no queue `reserch`"));
    CU_ASSERT(refused_for(IN_QUEUE("{name: research, parent: all}", "all"), "name",
                          "which has queues below it"));
}

static uint64_t nodes_of_job(const char *queues, const char *job)
{
    Loaded loaded;
    char text[2048];
    snprintf(text, sizeof(text),
             POOLS "queues: [%s]\nworkload: [{jobs: [{id: A, duration: 1s, gpus: 1%s}]}]\n", queues,
             job);
    loaded_text(&loaded, text);
    CU_ASSERT_EQUAL(loaded.status, STATUS_OK);
    uint64_t set = loaded.status == STATUS_OK
                       ? loaded.set.variants[0].sources[0].requests.rows[0].group_set
                       : 99;
    diagnostics_print(&loaded.diagnostics, stdout, false);
    loaded_free(&loaded);
    return set;
}

/* Goal: a job's bits are the nodes that its labels, tolerations and queue leave it. Method: every
 * combination by hand over three groups: bit 0 is tainted. */
static void test_who_may_use_what(void)
{
    CU_ASSERT_EQUAL(nodes_of_job("", ""), 6);
    CU_ASSERT_EQUAL(nodes_of_job("", ", tolerations: [train]"), 0); /* all: any */
    CU_ASSERT_EQUAL(nodes_of_job("", ", labels: {pool: dev}"), 6);
    CU_ASSERT_EQUAL(nodes_of_job("", ", labels: {pool: train}, tolerations: [train]"), 1);
    CU_ASSERT_EQUAL(nodes_of_job("", ", labels: {pool: train}"), UINT64_C(1) << 63); /* nowhere */
    /* A queue's own nodes: their taints are meant for others. */
    CU_ASSERT_EQUAL(nodes_of_job("{name: q, nodes: {pool: train}}", ", queue: q"), 1);
    CU_ASSERT_EQUAL(nodes_of_job("{name: q, nodes: {pool: dev}}", ", queue: q"), 6);
    CU_ASSERT_EQUAL(nodes_of_job("{name: q, nodes: {pool: train}}", ""), 6);
    CU_ASSERT_EQUAL(nodes_of_job("{name: q, nodes: {pool: train}}",
                                 ", queue: q, labels: {pool: dev}, tolerations: [train]"),
                    UINT64_C(1) << 63);
}

/* Goal: one name, a kernel type for each group; racks and zones by number. Method: the pools, by
 * hand: racks 0 0 1 1 (two each) and 2 2 2 (named), zones 0 and 1. */
static void test_nodes(void)
{
    Loaded loaded;
    loaded_text(&loaded, POOLS JOB);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Cluster *cluster = &loaded.set.variants[0].cluster;
    static const int32_t RACK[] = {0, 0, 1, 1, 2, 2, 2}, ZONE[] = {0, 0, 0, 0, 1, 1, 1},
                         GROUP[] = {0, 0, 0, 0, 1, 1, 2};
    CU_ASSERT_EQUAL_FATAL(cluster->node_count, 7);
    CU_ASSERT_EQUAL(cluster->group_count, 3);
    CU_ASSERT_EQUAL(cluster->rack_count, 3);
    CU_ASSERT_EQUAL(cluster->zone_count, 2);
    CU_ASSERT_EQUAL(cluster->type_count, 3);
    for (int32_t node = 0; node < 7; node++) {
        int32_t type = cluster->node_type[node];
        CU_ASSERT_EQUAL(cluster->node_rack[node], RACK[node]);
        CU_ASSERT_EQUAL(cluster->node_zone[node], ZONE[node]);
        CU_ASSERT_EQUAL(cluster->types[type].group, GROUP[node]);
        CU_ASSERT_STRING_EQUAL(cluster->type_info[type].name, "h");
    }
    CU_ASSERT_EQUAL(cluster->type_info[0].node_count, 4);
    const QueueTree *tree = &loaded.set.variants[0].queues;
    CU_ASSERT_EQUAL_FATAL(tree->flavor_count, 2);
    CU_ASSERT_STRING_EQUAL(tree->flavors[0].name, "default");
    CU_ASSERT_EQUAL(tree->flavors[0].group_set, 3);
    CU_ASSERT_STRING_EQUAL(tree->flavors[1].name, "spot");
    CU_ASSERT_EQUAL(tree->flavors[1].group_set, 4);
    loaded_free(&loaded);
}

/* Flavors in the order of the queue, and their sum as the queue's quota: 2 + 4 GPUs, of which 1 + 0
 * are lent; what one flavor does not bound the sum does not. */
static void test_flavors(void)
{
    Loaded loaded;
    loaded_text(&loaded, POOLS JOB
                "queues:\n"
                "- {name: a, cohort: all, flavors: [{name: spot, quota: 2, lend: 1, borrow: 1},"
                " {name: default, quota: {gpus: 4, cpu: 8}, lend: 0}]}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Queue *a = queue_of(&loaded, "a");
    CU_ASSERT_EQUAL_FATAL(a->flavor_count, 2);
    CU_ASSERT_EQUAL(a->flavor[0], 1);
    CU_ASSERT_EQUAL(a->flavor[1], 0);
    CU_ASSERT_EQUAL(a->flavor_quota[0].nominal[GP_AXIS_GPU], 2000);
    CU_ASSERT_EQUAL(a->flavor_quota[1].nominal[GP_AXIS_CPU], 8000);
    CU_ASSERT_EQUAL(a->quota.nominal[GP_AXIS_GPU], 6000);
    CU_ASSERT_EQUAL(a->quota.nominal[GP_AXIS_CPU], QUEUE_UNLIMITED);
    CU_ASSERT_EQUAL(a->quota.lend[GP_AXIS_GPU], 1000);
    CU_ASSERT_EQUAL(a->quota.borrow[GP_AXIS_GPU], QUEUE_UNLIMITED);
    loaded_free(&loaded);
    CU_ASSERT(refused_for(POOLS JOB "queues: [{name: a, flavors: [spot, spot]}]\n", "duplicate",
                          "the flavor `spot` twice"));
    CU_ASSERT(refused_for(POOLS JOB "queues: [{name: a, quota: 4, flavors: [spot]}]\n", "conflict",
                          "`quota` beside `flavors`"));
    CU_ASSERT(refused_for(POOLS JOB "queues: [{name: a, flavors: [spott]}]\n", "name", "`spott`"));
}

/* More kinds of labels than the kernel can tell apart: a word, not a wrong answer. 63 will do. */
static void test_too_many_groups(void)
{
    static char text[16384];
    for (int count = 63; count <= 64; count++) {
        size_t used =
            (size_t)snprintf(text, sizeof(text), JOB "cluster: {types: {h: {gpus: 8}}, nodes: [");
        for (int i = 0; i < count; i++) {
            used += (size_t)snprintf(text + used, sizeof(text) - used,
                                     "%s{name: n%d, type: h, labels: {n: v%d}}", i > 0 ? ", " : "",
                                     i, i);
        }
        snprintf(text + used, sizeof(text) - used, "]}\n");
        CU_ASSERT(count == 63 ? accepted(text) : refused_for(text, "limit", "more than 63 kinds"));
    }
}

static void test_nodes_mistakes(void)
{
    CU_ASSERT(refused_for(CLUSTER
                          "workload: [{jobs: [{id: A, duration: 1s, labels: {pool: x}}]}]\n",
                          "name", "no node has the label `pool: x`"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h, rack: r,"
                          " nodes_per_rack: 2}]}\n" JOB,
                          "conflict", "both `rack` and `nodes_per_rack`"));
    CU_ASSERT(
        refused_for("cluster: {types: {h: {gpus: 8, numa: 3}}, nodes: [{name: a, type: h}]}\n" JOB,
                    "conflict", "8 GPUs cannot be in 3 equal parts"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: {count: 8, sharing_overhead: 5%}}}, nodes:"
                          " [{name: a, type: h}]}\n" JOB,
                          "conflict", "no effect"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h, labels:"
                          " [x]}]}\n" JOB,
                          "type", "a map of names and texts"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h, labels:"
                          " {x: [y]}}]}\n" JOB,
                          "type", "`cluster.nodes.a.labels.x` is a list"));
}

const char *const SUITE = "scenario_queues";
const TestCase CASES[] = {{"tree", test_tree},
                          {"no queues", test_no_queues},
                          {"mistakes", test_mistakes},
                          {"all at once", test_all_at_once},
                          {"jobs in queues", test_jobs_in_queues},
                          {"who may use what", test_who_may_use_what},
                          {"nodes", test_nodes},
                          {"flavors", test_flavors},
                          {"too many groups", test_too_many_groups},
                          {"nodes' mistakes", test_nodes_mistakes},
                          {NULL, NULL}};
