/* test_scenario.c - what a scenario says arrives in the constant records. Expected values are
 * worked out by hand. */
#include <string.h>

#include "tests/loaded.h"
#include "tests/suite.h"

/* Goal: capacities and requests keep their units and round in their directions. Method: amounts
 * that are not whole in the base unit: 1G is 953.67 MiB, 0.0015 cores are 1.5 milli-cores. */
static void test_units(void)
{
    Loaded loaded;
    loaded_text(
        &loaded,
        "cluster: {types: {h: {gpus: {count: 2, memory: 1G, model: X}, cpu: 0.0015, memory: 1G,"
        " storage_bandwidth: 12GB/s, io_cpu: 16, network: 400Gb/s, price: 3.00 USD/gpu-h}},"
        " nodes: [{name: a, type: h}]}\n"
        "workload: [{jobs: [{id: A, submit: 1m, duration: 1h30m, gpus: 1, gpu_memory: 1G, cpu: "
        "0.0015,"
        " memory: 1G, storage_bandwidth: 1MB/s, io_cpu: 250m, network: 1Gb/s}]}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *one = &loaded.set.variants[0];
    const GpNodeType *type = &one->cluster.types[0];
    CU_ASSERT_EQUAL(type->device_count, 2);
    CU_ASSERT_EQUAL(type->device_memory_mib, 953);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_GPU], 2000);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_GPU_MEMORY], 1906);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_CPU], 1);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_MEMORY], 953);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_STORAGE_BANDWIDTH], 12000);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_IO_CPU], 16000);
    CU_ASSERT_EQUAL(type->capacity[GP_AXIS_NETWORK], 400000);
    CU_ASSERT_EQUAL(one->cluster.type_info[0].price_micro_usd_per_gpu_hour, 3000000);
    const Request *job = &one->sources[0].requests.rows[0];
    CU_ASSERT_EQUAL(job->submit_ms, 60000);
    CU_ASSERT_EQUAL(job->duration_ms, 5400000);
    CU_ASSERT_EQUAL(job->gpu_memory_mib, 954);
    CU_ASSERT_EQUAL(job->cpu_milli, 2);
    CU_ASSERT_EQUAL(job->memory_mib, 954);
    CU_ASSERT_EQUAL(job->storage_bandwidth_mb_s, 1);
    CU_ASSERT_EQUAL(job->io_cpu_milli, 250);
    CU_ASSERT_EQUAL(job->network_mb_s, 1000);
    loaded_free(&loaded);
}

/* Goal: names and order of nodes. Method: one entry with a count, one without. */
static void test_nodes(void)
{
    Loaded loaded;
    loaded_text(
        &loaded,
        "cluster: {types: {h: {gpus: 8}, c: {cpu: 4}}, nodes: [{name: a, type: h, count: 2},"
        " {name: login, type: c}]}\n" JOB);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Cluster *cluster = &loaded.set.variants[0].cluster;
    CU_ASSERT_EQUAL_FATAL(cluster->node_count, 3);
    CU_ASSERT_STRING_EQUAL(cluster->node_name[0], "a-0");
    CU_ASSERT_STRING_EQUAL(cluster->node_name[1], "a-1");
    CU_ASSERT_STRING_EQUAL(cluster->node_name[2], "login");
    CU_ASSERT_EQUAL(cluster->gpu_milli, 16000);
    CU_ASSERT_EQUAL(cluster->types[1].model, -1);
    CU_ASSERT_EQUAL(cluster->device_begin[3], 16);
    loaded_free(&loaded);
}

/* Goal: what a job leaves out. Method: the shortest job, and one for each rule about GPUs. */
static void test_job_defaults(void)
{
    Loaded loaded;
    loaded_text(
        &loaded, CLUSTER
        "workload: [{jobs: [{id: A, duration: never}, {id: B, duration: 1s, gpu_milli: 500},"
        " {id: C, duration: 1s, gpus: 2, tasks: 3, gang: all, gpu_model: H100,"
        " priority: -5, queue: q, user: u}]}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Request *rows = loaded.set.variants[0].sources[0].requests.rows;
    CU_ASSERT_EQUAL(rows[0].gpu_count, 0);
    CU_ASSERT_EQUAL(rows[0].gpu_milli, 0);
    CU_ASSERT_EQUAL(rows[0].duration_ms, TIME_NEVER);
    CU_ASSERT_EQUAL(rows[0].submit_ms, 0);
    CU_ASSERT_EQUAL(rows[0].task_count, 1);
    CU_ASSERT_EQUAL(rows[0].count, 1);
    CU_ASSERT_EQUAL(rows[0].gang, GANG_NONE);
    CU_ASSERT_STRING_EQUAL(rows[0].model_text, "");
    CU_ASSERT_PTR_NULL(rows[0].queue);
    CU_ASSERT_EQUAL(rows[1].gpu_count, 1);
    CU_ASSERT_EQUAL(rows[1].gpu_milli, 500);
    CU_ASSERT_EQUAL(rows[2].gpu_count, 2);
    CU_ASSERT_EQUAL(rows[2].gpu_milli, 1000);
    CU_ASSERT_EQUAL(rows[2].task_count, 3);
    CU_ASSERT_EQUAL(rows[2].gang, GANG_ALL);
    CU_ASSERT_EQUAL(rows[2].model_set, 1);
    CU_ASSERT_STRING_EQUAL(rows[2].model_text, "H100");
    CU_ASSERT_EQUAL(rows[2].priority, -5);
    CU_ASSERT_STRING_EQUAL(rows[2].queue, "q");
    CU_ASSERT_STRING_EQUAL(rows[2].user, "u");
    loaded_free(&loaded);
}

/* A MIG name means what the cluster's cards say: 1g.10gb is one of eight slices of 80 GB, but two
 * of 40 GB. */
static void test_mig_names(void)
{
    static const struct {
        const char *memory, *profile;
        int32_t expected;
    } ROWS[] = {
        {"80Gi", "1g.10gb", GP_MIG_PROFILE_1G},
        {"40Gi", "1g.10gb", GP_MIG_PROFILE_1G_DOUBLE},
        {"80Gi", "1g.20gb", GP_MIG_PROFILE_1G_DOUBLE},
        {"80Gi", "3g.40gb", GP_MIG_PROFILE_3G},
        {"141Gi", "1g.18gb", GP_MIG_PROFILE_1G},
        {"141Gi", "1g.35gb", GP_MIG_PROFILE_1G_DOUBLE},
        {"80Gi", "7g", GP_MIG_PROFILE_7G},
        {"0Gi", "2g.20gb", GP_MIG_PROFILE_2G},
    };
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        char text[512];
        snprintf(text, sizeof(text),
                 "cluster: {types: {h: {gpus: {count: 1, model: H100, mig: true, memory: %s}}}, "
                 "nodes: [{name: a,"
                 " type: h}]}\nworkload: [{jobs: [{id: A, duration: 1s, mig: %s}]}]\n",
                 ROWS[i].memory, ROWS[i].profile);
        Loaded loaded;
        loaded_text(&loaded, text);
        CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
        const Request *job = &loaded.set.variants[0].sources[0].requests.rows[0];
        CU_ASSERT_EQUAL(job->mig_profile, ROWS[i].expected);
        CU_ASSERT_EQUAL(job->gpu_count, 1);
        loaded_free(&loaded);
    }
}

/* Goal: preset first, then what overrides it; a list of terms is a policy of its own. */
static void test_policy(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                SMALL "policy: {preset: fifo, scan: skip, pack: [{term: fgd, weight: 2}, best-fit],"
                      " sees: [gpu, cpu], devices: first, ties: random}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const PolicySet *policy = &loaded.set.variants[0].policy;
    CU_ASSERT_STRING_EQUAL(policy->order->name, "fifo");
    CU_ASSERT_STRING_EQUAL(policy->scan->name, "skip");
    CU_ASSERT_STRING_EQUAL(policy->pack_name, "2*fgd+best-fit");
    CU_ASSERT_EQUAL(policy->pack.term_count, 2);
    CU_ASSERT_EQUAL(policy->pack.terms[0].weight, 2);
    CU_ASSERT_EQUAL(policy->pack.sees, 1u << GP_AXIS_GPU | 1u << GP_AXIS_CPU);
    CU_ASSERT_EQUAL(policy->pack.device_rule, GP_DEVICE_FIRST);
    CU_ASSERT_EQUAL(policy->ties, TIES_RANDOM);
    loaded_free(&loaded);
}

static void test_whole(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                "gpuplan: 1\nstart: 2026-03-01\nhorizon: 7d\nseed: 9\nreplications: 3\n" SMALL
                "expect:\n  - jobs_completed == 1\n  - job.A.start == 0s\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *one = &loaded.set.variants[0];
    CU_ASSERT_STRING_EQUAL(one->name, "text");
    CU_ASSERT_STRING_EQUAL(one->variant, "baseline");
    CU_ASSERT_EQUAL(one->start_unix_ms, INT64_C(1772323200000));
    CU_ASSERT_EQUAL(one->horizon_ms, INT64_C(604800000));
    CU_ASSERT_EQUAL(one->seed, 9);
    CU_ASSERT_EQUAL(one->replications, 3);
    CU_ASSERT_EQUAL_FATAL(loaded.set.expect_count, 2);
    CU_ASSERT_STRING_EQUAL(loaded.set.expects[1].text, "job.A.start == 0s");
    CU_ASSERT_EQUAL(loaded.set.expects[1].place.column, 5);
    loaded_free(&loaded);
    loaded_text(&loaded, SMALL);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].horizon_ms, TIME_NEVER);
    loaded_free(&loaded);
}

/* A job larger than any node is the engine's to reject, with the dimension; loading lets it pass.
 */
static void test_too_large_is_legal(void)
{
    CU_ASSERT(
        accepted(CLUSTER "workload: [{jobs: [{id: A, duration: 1s, gpus: 32, cpu: 1000}]}]\n"));
    CU_ASSERT(accepted(CLUSTER "workload: [{jobs: [{id: A, duration: 1s, mig: 3g.40gb}]}]\n"));
}

/* Goal: values are typed by their key. Method: what YAML 1.1 would turn into false, 10 and 1000
 * stays text. */
static void test_text_stays_text(void)
{
    Loaded loaded;
    loaded_text(&loaded, "name: no\n" CLUSTER
                         "workload: [{jobs: [{id: 012, duration: 1s}, {id: 1e3, duration: 1s},"
                         " {id: \"null\", duration: 1s}]}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].name, "no");
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].sources[0].requests.rows[0].name, "012");
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].sources[0].requests.rows[1].name, "1e3");
    loaded_free(&loaded);
}

/* Goal: the same scenario has one text and one digest, however it was laid out. Method: block
 * against flow style, shorthand against full form; and the text, loaded again, yields itself. */
static void test_canonical_text(void)
{
    Loaded a;
    Loaded b;
    loaded_text(&a, "replications: 2\n" SMALL "policy: {pack: fgd}\n");
    loaded_text(&b, "replications:\n  count: \"2\"   # a comment\n" SMALL
                    "policy:\n  pack:\n  - term: fgd\n");
    CU_ASSERT_EQUAL_FATAL(a.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(b.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(a.set.text, b.set.text);
    CU_ASSERT_STRING_EQUAL(a.set.sha256, b.set.sha256);
    Loaded again;
    loaded_text(&again, a.set.text);
    CU_ASSERT_EQUAL_FATAL(again.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(again.set.text, a.set.text);
    loaded_free(&a);
    loaded_free(&b);
    loaded_free(&again);
}

/* Awkward texts survive being printed and read. */
static void test_awkward_texts(void)
{
    Loaded a;
    Loaded again;
    loaded_text(
        &a,
        "description: \"a: b # c\\n\\t\\\"d\\\" - \\x85 \\L \\u00e4 {x}\"\nname: \"- x\"\n" SMALL);
    CU_ASSERT_EQUAL_FATAL(a.status, STATUS_OK);
    loaded_text(&again, a.set.text);
    CU_ASSERT_EQUAL_FATAL(again.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(again.set.variants[0].description, a.set.variants[0].description);
    CU_ASSERT_STRING_EQUAL(again.set.variants[0].name, "- x");
    CU_ASSERT_STRING_EQUAL(again.set.text, a.set.text);
    loaded_free(&a);
    loaded_free(&again);
}

const char *const SUITE = "scenario";
const TestCase CASES[] = {{"units", test_units},
                          {"nodes", test_nodes},
                          {"job defaults", test_job_defaults},
                          {"mig names", test_mig_names},
                          {"policy", test_policy},
                          {"whole", test_whole},
                          {"too large is legal", test_too_large_is_legal},
                          {"text stays text", test_text_stays_text},
                          {"canonical text", test_canonical_text},
                          {"awkward texts", test_awkward_texts},
                          {NULL, NULL}};
