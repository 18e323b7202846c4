/* test_scenario_files.c - extends, --set, variants, and files that a scenario names. */
#include <string.h>
#include <sys/stat.h>

#include "tests/loaded.h"
#include "tests/suite.h"

/* Goal: maps are merged, lists and values replaced, shorthands meet full forms. Method: a base and
 * a file on it. */
static void test_extends(void)
{
    Folder folder;
    folder_make(&folder);
    folder_file(&folder, "base.yaml", "name: base\nseed: 5\nreplications: 4\n" SMALL);
    const char *path = folder_file(&folder, "top.yaml",
                                   "extends: base.yaml\nname: top\nreplications: {count: 6}\n"
                                   "cluster: {types: {h: {cpu: 32}}}\n");
    Loaded loaded;
    loaded_file(&loaded, path, NULL);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *one = &loaded.set.variants[0];
    CU_ASSERT_STRING_EQUAL(one->name, "top");
    CU_ASSERT_EQUAL(one->seed, 5);
    CU_ASSERT_EQUAL(one->replications, 6);
    CU_ASSERT_EQUAL(one->cluster.types[0].capacity[GP_AXIS_CPU], 32000);
    CU_ASSERT_EQUAL(one->cluster.types[0].device_count, 8);
    CU_ASSERT_PTR_NULL(strstr(loaded.set.text, "extends"));
    loaded_free(&loaded);
    folder_remove(&folder);
}

static void test_extends_mistakes(void)
{
    Folder folder;
    folder_make(&folder);
    const char *a = folder_file(&folder, "a.yaml", "extends: b.yaml\n");
    folder_file(&folder, "b.yaml", "extends: ./a.yaml\n");
    folder_file(&folder, "wrong.yaml", "sed: 1\n" SMALL);
    const char *over = folder_file(&folder, "over.yaml", "name: x\nextends: wrong.yaml\n");
    const char *missing = folder_file(&folder, "missing.yaml", "extends: nowhere.yaml\n");
    Loaded loaded;
    loaded_file(&loaded, a, NULL);
    CU_ASSERT(loaded_says(&loaded, "extends", "extends itself"));
    loaded_free(&loaded);
    loaded_file(&loaded, over, NULL);
    CU_ASSERT(loaded_says(&loaded, "unknown-key", "included by"));
    CU_ASSERT(loaded_says(&loaded, "unknown-key", "over.yaml:2"));
    CU_ASSERT_PTR_NOT_NULL(strstr(loaded.diagnostics.items[0].file, "wrong.yaml"));
    loaded_free(&loaded);
    loaded_file(&loaded, missing, NULL);
    CU_ASSERT(loaded_says(&loaded, "io", "nowhere.yaml"));
    CU_ASSERT_EQUAL(loaded.diagnostics.items[0].line, 1);
    loaded_free(&loaded);
    loaded_file(&loaded, folder.path, NULL);
    CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
    CU_ASSERT(loaded_says(&loaded, "io", "is a directory"));
    loaded_free(&loaded);
    folder_remove(&folder);
}

/* Goal: list items are addressed by name or position, values are YAML. */
static void test_set(void)
{
    Loaded loaded;
    loaded_with_set(&loaded, SMALL, "cluster.nodes.a.count=5");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].cluster.node_count, 5);
    loaded_free(&loaded);
    loaded_with_set(&loaded, SMALL, "workload.0.jobs.A.gpus=3");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].sources[0].requests.rows[0].gpu_count, 3);
    loaded_free(&loaded);
    loaded_with_set(&loaded, "policy: {pack: [{term: fgd}, {term: best-fit}]}\n" SMALL,
                    "policy.pack.best-fit.weight=7");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].policy.pack.terms[1].weight, 7);
    loaded_free(&loaded);
    loaded_with_set(&loaded, SMALL, "policy.pack={term: fgd}");
    CU_ASSERT_NOT_EQUAL(loaded.status, STATUS_OK); /* a map where a list belongs */
    loaded_free(&loaded);
    loaded_with_set(&loaded, SMALL, "policy.pack=[{term: fgd}]");
    CU_ASSERT_EQUAL(loaded.status, STATUS_OK);
    loaded_free(&loaded);
}

static void test_set_mistakes(void)
{
    static const struct {
        const char *set, *code, *fragment;
    } ROWS[] = {
        {"cluster.nodes.b.count=5", "name", "no item named `b`"},
        {"clustr.nodes.a.count=5", "unknown-key", "`clustr`"},
        {"seed=-4", "range", "`seed` is `-4`"},
        {"seed", "set", "expected KEY=VALUE"},
        {"=4", "set", "expected KEY=VALUE"},
        {"a..b=4", "set", "empty part"},
        {"seed=", "set", "no value"},
        {"seed=[", "yaml", ""},
        {"extends=x.yaml", "set", "cannot be overridden"},
    };
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        Loaded loaded;
        loaded_with_set(&loaded, SMALL, ROWS[i].set);
        CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
        CU_ASSERT(loaded_says(&loaded, ROWS[i].code, ROWS[i].fragment));
        CU_ASSERT_PTR_NOT_NULL(strstr(loaded.diagnostics.items[0].file, "--set"));
        loaded_free(&loaded);
    }
}

/* Goal: --seed and --replications are the same as writing the keys. */
static void test_options(void)
{
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    LoadOptions options = {.seed = "77", .replications = "3"};
    CU_ASSERT_EQUAL_FATAL(
        scenario_load_text("t", SMALL, strlen(SMALL), &options, &arena, &diagnostics, &set),
        STATUS_OK);
    CU_ASSERT_EQUAL(set.variants[0].seed, 77);
    CU_ASSERT_EQUAL(set.variants[0].replications, 3);
    options.seed = "x";
    CU_ASSERT_EQUAL(
        scenario_load_text("t", SMALL, strlen(SMALL), &options, &arena, &diagnostics, &set),
        STATUS_BAD_INPUT);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

/* Goal: each variant is the base with its overrides, and equal clusters are built once. */
static void test_variants(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                SMALL "policy: {pack: first-fit}\n"
                      "variants:\n"
                      "  baseline: {}\n"
                      "  nothing:\n"
                      "  dotted: {policy.pack: fgd, cluster.nodes.a.count: 3}\n"
                      "  nested: {policy: {pack: best-fit}, cluster: {nodes: {a: {count: 4}}}}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(loaded.set.variant_count, 4);
    static const int32_t NODES[] = {2, 2, 3, 4};
    static const char *const PACKS[] = {"first-fit", "first-fit", "fgd", "best-fit"};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(loaded.set.variants[i].cluster.node_count, NODES[i]);
        CU_ASSERT_STRING_EQUAL(loaded.set.variants[i].policy.pack_name, PACKS[i]);
    }
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[2].variant, "dotted");
    CU_ASSERT_PTR_EQUAL(loaded.set.variants[0].cluster.types, loaded.set.variants[1].cluster.types);
    loaded_free(&loaded);
}

static void test_variant_mistakes(void)
{
    CU_ASSERT(refused_for(SMALL "variants: {a/b: {}}\n", "name", "no name for a variant"));
    CU_ASSERT(refused_for(SMALL "variants: {a: {expect: [x]}}\n", "variants", "`expect` cannot"));
    CU_ASSERT(refused_for(SMALL "variants: {a: 4}\n", "type", "variant `a`"));
    CU_ASSERT(refused_for(SMALL "variants: {a: {policy: {plugin: x.so}}}\n", "not-yet", "`plugin`"));
    /* A mistake that all variants share is said once. */
    CU_ASSERT(
        refused_for("sed: 1\n" SMALL "variants: {a: {}, b: {}, c: {}}\n", "unknown-key", "`sed`"));
}

#define CLASSES_HEAD "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,count\n"

/* Goal: a relative path is looked up beside the file that wrote it, then in the data folder; who
 * misses is told of both places. */
static void test_data_paths(void)
{
    Folder folder;
    Folder data;
    folder_make(&folder);
    folder_make(&data);
    folder_file(&data, "c.csv", CLASSES_HEAD "4000,1024,1,1000,,3\n");
    const char *path =
        folder_file(&folder, "s.yaml", CLUSTER "workload: [{classes: {path: c.csv, load: 50%}}]\n");
    Loaded loaded;
    loaded_file(&loaded, path, data.path);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].sources[0].kind, SOURCE_CLASSES);
    CU_ASSERT_EQUAL(loaded.set.variants[0].sources[0].load_ppm, 500000);
    CU_ASSERT_EQUAL(loaded.set.variants[0].sources[0].interval_ms, 1);
    CU_ASSERT_EQUAL(loaded.set.variants[0].sources[0].requests.rows[0].count, 3);
    CU_ASSERT(loaded.set.variants[0].constants.typical_count > 0);
    loaded_free(&loaded);
    loaded_file(&loaded, path, "/nowhere");
    CU_ASSERT(loaded_says(&loaded, "io", folder.path));
    CU_ASSERT(loaded_says(&loaded, "io", "/nowhere/c.csv"));
    loaded_free(&loaded);
    folder_file(&folder, "c.csv", CLASSES_HEAD "4000,1024,1,1000,,9\n");
    loaded_file(&loaded, path, data.path);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].sources[0].requests.rows[0].count, 9); /* beside wins */
    loaded_free(&loaded);
    folder_remove(&folder);
    folder_remove(&data);
}

/* Goal: a mistake in a file that variants share is told once. Method: two bad rows of classes under
 * five variants; three share the cluster, two change it, so that the file is read again for them.
 */
static void test_mistakes_of_data(void)
{
    Folder folder;
    folder_make(&folder);
    folder_file(&folder, "c.csv", CLASSES_HEAD "4000,1024,1,1000,,x\n4000,-1,1,1000,,2\n");
    const char *path = folder_file(
        &folder, "s.yaml",
        CLUSTER "workload: [{classes: {path: c.csv}}]\n"
                "variants: {a: {}, b: {policy.scan: skip}, c: {policy.order: priority},\n"
                "           d: {cluster.nodes.a.count: 3}, e: {cluster.nodes.a.count: 4}}\n");
    Loaded loaded;
    loaded_file(&loaded, path, NULL);
    CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(loaded.diagnostics.error_count, 2);
    CU_ASSERT_EQUAL_FATAL(loaded.diagnostics.count, 2);
    CU_ASSERT_EQUAL(loaded.diagnostics.items[0].line, 2);
    CU_ASSERT_EQUAL(loaded.diagnostics.items[1].line, 3);
    loaded_free(&loaded);
    folder_remove(&folder);
}

/* Goal: recorded orders and ranks need a column for each replication's seed before anything runs.
 */
static void test_recorded(void)
{
    Folder folder;
    folder_make(&folder);
    folder_file(&folder, "pods.csv",
                "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1000,1024,1,1000\n");
    folder_file(&folder, "order.csv", "seed7,seed8\n0,0\n0,0\n");
    folder_file(&folder, "ranks.csv", "seed7,seed8\n0,1\n1,0\n");
    const char *path =
        folder_file(&folder, "s.yaml",
                    "seed: 7\nreplications: 2\n" CLUSTER
                    "workload: [{trace: {format: openb, path: pods.csv, order: order.csv}}]\n"
                    "policy: {ties: {ranks: ranks.csv}}\nvariants: {a: {}, b: {seed: 8}}\n");
    Loaded loaded;
    loaded_file(&loaded, path, NULL);
    CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(loaded.diagnostics.error_count, 2); /* variant b: order and ranks lack seed9 */
    CU_ASSERT(loaded_says(&loaded, "missing", "no column `seed9`"));
    loaded_free(&loaded);
    folder_remove(&folder);
}

const char *const SUITE = "scenario_files";
const TestCase CASES[] = {{"extends", test_extends},
                          {"mistakes of extends", test_extends_mistakes},
                          {"set", test_set},
                          {"mistakes of set", test_set_mistakes},
                          {"options", test_options},
                          {"variants", test_variants},
                          {"mistakes of variants", test_variant_mistakes},
                          {"data paths", test_data_paths},
                          {"mistakes of data", test_mistakes_of_data},
                          {"recorded", test_recorded},
                          {NULL, NULL}};
