/* test_scenario_mistakes.c - every kind of mistake is refused, once, with its code and a word about
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/loaded.h"
#include "tests/suite.h"

#define JOBS(job) CLUSTER "workload: [{jobs: [" job "]}]\n"

static void test_language(void)
{
    CU_ASSERT(refused_for("", "yaml", "nothing in it"));
    CU_ASSERT(refused_for("# only a comment\n", "yaml", "nothing in it"));
    CU_ASSERT(refused_for("just text\n", "type", "expected a map"));
    CU_ASSERT(refused_for("a: [1\n", "yaml", "did not find expected"));
    CU_ASSERT(refused_for("name: a\nname: b\n" SMALL, "duplicate", "key `name` is here again"));
    CU_ASSERT(refused_for("name: !!str x\n" SMALL, "tag", "tag"));
    CU_ASSERT(refused_for("%TAG ! tag:x,2000:\n---\n" SMALL, "tag", "directives"));
    CU_ASSERT(refused_for("? [a]\n: b\n", "yaml", "a key must be a single value"));
    CU_ASSERT(refused_for(SMALL "---\nname: b\n", "yaml", "second document"));
    CU_ASSERT(refused_for("name: *x\n" SMALL, "yaml", "no anchor `x`"));
    CU_ASSERT(refused_for("name: \xff\n", "utf-8", "0xFF"));
    CU_ASSERT(refused_for("name: \xc0\xaf\n", "utf-8", "0xC0"));
    CU_ASSERT(refused_for("name: a\x01\n", "utf-8", "control character"));
    CU_ASSERT(accepted("name: &x \"anchors and aliases work\"\ndescription: *x\n" SMALL));
}

static void test_keys(void)
{
    CU_ASSERT(refused_for("polcy: {}\n" SMALL, "unknown-key", "no key `polcy`"));
    CU_ASSERT(refused_for(SMALL "policy: {plugin: x}\n", "not-yet", "`plugin` is not there yet"));
    CU_ASSERT(refused_for(CLUSTER, "missing", "`workload` is missing"));
    CU_ASSERT(refused_for(SMALL "policy: [1]\n", "type", "`policy` is a list"));
    CU_ASSERT(refused_for(SMALL "policy:\n", "type", "`policy` is nothing"));
    CU_ASSERT(refused_for(SMALL "policy: {order: fifi}\n", "choice", "`policy.order` is `fifi`"));
    CU_ASSERT(refused_for(SMALL "policy: {sees: [cpu]}\n", "missing", "leaves out gpu"));
    CU_ASSERT(refused_for(SMALL "policy: {pack: [{term: random}, {term: fgd}]}\n", "choice",
                          "whole packing policy"));
    CU_ASSERT(refused_for("horizon: 7\n" SMALL, "unit", "a duration with its unit"));
    CU_ASSERT(refused_for("horizon: 1d\nuntil: workload-done\n" SMALL, "conflict", "both"));
    CU_ASSERT(refused_for("seed: -1\n" SMALL, "range", "at least 0"));
    CU_ASSERT(refused_for("seed: 1e3\n" SMALL, "unit", "a whole number"));
    CU_ASSERT(refused_for("start: yesterday\n" SMALL, "unit", "UTC time"));
    CU_ASSERT(refused_for("gpuplan: 2\n" SMALL, "range", "expected 1"));
}

static void test_cluster(void)
{
    CU_ASSERT(
        refused_for("cluster: {types: {h: {gpus: 8}}, nodes: []}\n" JOB, "missing", "no nodes"));
    CU_ASSERT(
        refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h, count: 0}]}\n" JOB,
                    "missing", "no nodes"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: g}]}\n" JOB,
                          "name", "no node type `g`"));
    CU_ASSERT(refused_for(
        "cluster: {types: {h: {gpus: 8}}, nodes: [{name: a-0, type: h}, {name: a, type: h, count:"
        " 1}]}\n" JOB,
        "duplicate", "node `a-0`"));
    CU_ASSERT(refused_for(
        "cluster: {types: {h: {gpus: 8}, h: {gpus: 4}}, nodes: [{name: a, type: h}]}\n" JOB,
        "duplicate", "key `h`"));
    CU_ASSERT(refused_for(
        "cluster: {types: {h: {gpus: {count: 8, model: T4, mig: true}}}, nodes: [{name: a, type:"
        " h}]}\n" JOB,
        "choice", "no MIG geometry"));
    CU_ASSERT(refused_for(
        "cluster: {types: {h: {gpus: {count: 8, mig: yes}}}, nodes: [{name: a, type: h}]}\n" JOB,
        "type", "expected true or false"));
    CU_ASSERT(refused_for("cluster: {types: {h: {cpu: -1}}, nodes: [{name: a, type: h}]}\n" JOB,
                          "range", "`-1`"));
}

/* What is no map where one belongs is still looked past, for the mistakes behind it. */
static void test_wrong_shapes(void)
{
    CU_ASSERT(
        refused_for("cluster: {types: {h: [8], g: {gpus: 8}}, nodes: [{name: a, type: g}]}\n" JOB,
                    "type", "`cluster.types.h` is a list"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [a, {name: a, type: h}]}\n" JOB,
                          "type", "is a single value"));
    CU_ASSERT(refused_for(CLUSTER "workload: [jobs]\n", "type", "`workload.0` is a single value"));
    CU_ASSERT(refused_for(JOBS("A"), "type", "`workload.0.jobs.0` is a single value"));
    CU_ASSERT(refused_for("cluster: 4\n" JOB, "type", "`cluster` is a single value"));
    CU_ASSERT(refused_for(CLUSTER "workload: 4\n", "type", "`workload` is a single value"));
}

static void test_jobs(void)
{
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, gpus: -1}"), "range", "0 to 32"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, cpu: -0.00001}"), "range", "-0.00001"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, memory: 99999999999Pi}"), "unit", "64 bits"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s}, {id: A, duration: 1s}"), "duplicate",
                          "job id `A`"));
    CU_ASSERT(refused_for(
        CLUSTER "workload: [{jobs: [{id: A, duration: 1s}]}, {jobs: [{id: A, duration: 1s}]}]\n",
        "duplicate", "job id `A`"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, gpus: 1, gpu_model: H10}"), "name",
                          "GPU model `H10`"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, gpus: 0, gpu_milli: 500}"), "conflict",
                          "without GPUs"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, gpus: 2, mig: 3g.40gb}"), "conflict",
                          "gpus must be 1"));
    CU_ASSERT(
        refused_for(JOBS("{id: A, duration: 1s, mig: 9g.40gb}"), "unit", "expected a MIG profile"));
    CU_ASSERT(refused_for(JOBS("{id: A, gpus: 1}"), "missing", "`duration` is missing"));
    CU_ASSERT(refused_for(JOBS("{id: A, duration: 1s, deadline: 0s}"), "range",
                          "`workload.0.jobs.A.deadline`"));
    CU_ASSERT(refused_for(CLUSTER "workload: []\n", "missing", "no sources"));
    CU_ASSERT(refused_for(CLUSTER "workload: [{}]\n", "missing", "holds nothing"));
}

/* Goal: a name that is promised is there. Method: every such name of the policy's slots, each alone
 * in a scenario. */
static void test_promised(void)
{
    static const char *const NAMES[] = {
        "preset: kube-default", "preset: kueue",  "preset: kueue-topology", "preset: volcano",
        "preset: hami",         "preset: kai",    "preset: slurm",          "order: shortest",
        "order: least-served",  "admit: quota",   "order: multifactor",     "scan: easy",
        "scan: conservative",   "evict: reclaim", "evict: priority",        "evict: consolidation"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof(text), "%spolicy: {%s}\n", SMALL, NAMES[i]);
        loaded_text(&loaded, text);
        CU_ASSERT(loaded.status == STATUS_OK);
        loaded_free(&loaded);
    }
    CU_ASSERT(refused_for(CLUSTER "workload: [{trase: {path: a.csv}}]\n", "unknown-key",
                          "no key `trase`"));
}

/* Goal: names of models are checked beside mistakes of the cluster, and not where the types
 * themselves are wrong and may mean any model. Method: a wrong node beside a wrong model; then a
 * wrong key in the type. */
static void test_models_beside_mistakes(void)
{
    static const char JOB_H10[] =
        "workload: [{jobs: [{id: A, duration: 1s, gpus: 1, gpu_model: H10}]}]\n";
    char text[1024];
    Loaded loaded;
    snprintf(text, sizeof(text),
             "cluster: {types: {h: {gpus: {count: 8, model: H100}}},\n"
             "  nodes: [{name: a, type: h, cuont: 2}, {name: b, type: g}]}\n%s",
             JOB_H10);
    loaded_text(&loaded, text);
    CU_ASSERT_EQUAL(loaded.diagnostics.error_count, 3);
    CU_ASSERT(loaded_says(&loaded, "unknown-key", "cuont"));
    CU_ASSERT(loaded_says(&loaded, "name", "no node type `g`"));
    CU_ASSERT(loaded_says(&loaded, "name", "GPU model `H10`"));
    loaded_free(&loaded);
    snprintf(text, sizeof(text),
             "cluster: {types: {h: {gpus: {count: 8, modle: H10}}}, nodes: [{name: a, type:"
             " h}]}\n%s",
             JOB_H10);
    CU_ASSERT(refused_for(text, "unknown-key", "modle"));
}

/* Goal: one pass shows them all, in the order of the file, those between keys too. Method: five
 * mistakes of five kinds in five lines. */
static void test_all_at_once(void)
{
    Loaded loaded;
    loaded_text(
        &loaded,
        "sed: 4\n"
        "horizon: 7\n"
        "cluster: {types: {h: {gpus: {count: 8, model: H100}}}, nodes: [{name: a, type: h}]}\n"
        "workload:\n"
        "  - jobs:\n"
        "    - {id: A, duration: 1s, gpus: 1, gpu_model: H10}\n"
        "    - {id: A, duration: 1s, gpus: 99}\n");
    CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL_FATAL(loaded.diagnostics.count, 5);
    static const int LINES[] = {1, 2, 6, 7, 7};
    static const char *const CODES[] = {"unknown-key", "unit", "name", "duplicate", "range"};
    for (int i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(loaded.diagnostics.items[i].line, LINES[i]);
        CU_ASSERT_STRING_EQUAL(loaded.diagnostics.items[i].code, CODES[i]);
    }
    CU_ASSERT_STRING_EQUAL(loaded.diagnostics.items[0].help, "did you mean `seed`?");
    CU_ASSERT_STRING_EQUAL(loaded.diagnostics.items[2].help, "did you mean `H100`?");
    CU_ASSERT_EQUAL(loaded.diagnostics.items[2].column, 49);
    CU_ASSERT_PTR_NULL(loaded.set.variants);
    loaded_free(&loaded);
}

/* Deep nesting costs libyaml quadratic time: 200 kB of `[` take it minutes. Goal: refused at once,
 * whatever opens the levels. Method: 100 kB of each; all of them together in well under a second of
 * CPU. */
static void test_deep(void)
{
    static const char *const OPENERS[] = {"[", "[\n", "{a: ", "- ", "? ", "{[", "&a ["};
    clock_t before = clock();
    for (size_t i = 0; i < sizeof(OPENERS) / sizeof(OPENERS[0]); i++) {
        size_t length = strlen(OPENERS[i]);
        char *text = calloc(1, 100001);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        for (size_t at = 0; at + length <= 100000; at += length) {
            memcpy(text + at, OPENERS[i], length);
        }
        Loaded loaded;
        loaded_text(&loaded, text);
        CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
        CU_ASSERT_EQUAL(loaded.diagnostics.error_count, 1);
        loaded_free(&loaded);
        free(text);
    }
    CU_ASSERT((double)(clock() - before) / CLOCKS_PER_SEC < 1.0);
}

/* A few lines of aliases that stand for 10^9 values, and aliases that make a tree deep: refused by
 * their count. */
static void test_aliases(void)
{
    char text[2048] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; i++) {
        char line[128];
        snprintf(line, sizeof(line),
                 "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        strcat(text, line);
    }
    CU_ASSERT(refused_for(text, "limit", "more than 250000 values"));
    strcpy(text, "a0: &a0 [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]\n");
    for (int i = 1; i < 4; i++) {
        char line[128];
        snprintf(line, sizeof(line), "a%d: &a%d [[[[[[[[[[[[[[[[[[[[*a%d]]]]]]]]]]]]]]]]]]]]\n", i,
                 i, i - 1);
        strcat(text, line);
    }
    CU_ASSERT(refused_for(text, "limit", "nested more than 64 deep"));
    CU_ASSERT(refused_for("a: &a [*a]\n", "yaml", "no anchor `a` before this"));
}

static void test_sizes(void)
{
    char *text = malloc(70000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    strcpy(text, "name: ");
    memset(text + 6, 'x', 66000);
    strcpy(text + 66006, "\n");
    CU_ASSERT(refused_for(text, "limit", "at most 65536"));
    free(text);
}

const char *const SUITE = "scenario_mistakes";
const TestCase CASES[] = {{"language", test_language},
                          {"keys", test_keys},
                          {"cluster", test_cluster},
                          {"wrong shapes", test_wrong_shapes},
                          {"jobs", test_jobs},
                          {"promised", test_promised},
                          {"models beside mistakes", test_models_beside_mistakes},
                          {"all at once", test_all_at_once},
                          {"deep nesting", test_deep},
                          {"aliases", test_aliases},
                          {"sizes", test_sizes},
                          {NULL, NULL}};
