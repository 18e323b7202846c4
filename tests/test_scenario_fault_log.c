/* test_scenario_fault_log.c - fault logs in a scenario: which nodes are hit, by what, when, and
 * what is refused. */
#include <stdio.h>
#include <string.h>

#include "models/failure.h"
#include "tests/loaded.h"
#include "tests/suite.h"

#define HEAD "node,device,start_s,end_s,component,effect\n"

typedef struct Logged {
    Folder folder;
    Loaded loaded;
} Logged;

/* `rows` of faults-csv on the nodes a-0 and a-1 of 8 GPUs; `keys` behind the path of the log. */
static void logged(Logged *all, const char *rows, const char *keys)
{
    char text[2048];
    char log[2048];
    folder_make(&all->folder);
    snprintf(log, sizeof(log), HEAD "%s", rows);
    folder_file(&all->folder, "faults.csv", log);
    snprintf(text, sizeof(text),
             CLUSTER JOB "inject: [{trace: {format: faults-csv, path: faults.csv%s}}]\n", keys);
    loaded_file(&all->loaded, folder_file(&all->folder, "s.yaml", text), NULL);
}

static void logged_free(Logged *all)
{
    loaded_free(&all->loaded);
    folder_remove(&all->folder);
}

static const FailureModel *model_of(const Logged *all)
{
    diagnostics_print(&all->loaded.diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(all->loaded.status, STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(all->loaded.set.variants[0].failures);
    return all->loaded.set.variants[0].failures;
}

static void check_fault(const FailureModel *model, int32_t number, int32_t node, uint32_t devices,
                        int64_t at_ms, int64_t out_ms)
{
    const Fault *fault = &model->recorded[number];
    CU_ASSERT_EQUAL(fault->target, node);
    CU_ASSERT_EQUAL(fault->devices, devices);
    CU_ASSERT_EQUAL(fault->at_ms, at_ms);
    CU_ASSERT_EQUAL(fault->out_ms, out_ms);
    CU_ASSERT_TRUE(fault->recorded);
    CU_ASSERT_EQUAL(model->kinds[fault->kind].cure, CURE_TIME);
}

/* Goal: each effect becomes what the engine knows. Method: a row of each; Xid 79 takes the node,
 * Xid 13 a process at once, Xid 95 the GPU (docs/failures.md); a lane keeps its share. */
static void test_effects(void)
{
    Logged all;
    logged(&all,
           "a-0,,0,3600,raid,storage_bandwidth=35%\n"
           "a-1,3,100,700,gpu,xid:79\n"
           "a-1,3,200,800,gpu,xid:13\n"
           "a-1,0|1,300,900.5,gpu,xid:95\n"
           "a-1,7,400,,fan,slow=80%\n"
           "a-0,2,500,600,riser,down\n"
           "a-0,,700,700,psu,down\n",
           "");
    const FailureModel *model = model_of(&all);
    CU_ASSERT_EQUAL_FATAL(model->recorded_count, 7);
    static const FaultEffect EFFECTS[] = {EFFECT_DERATED, EFFECT_NODE_OUT,    EFFECT_JOB_DIES,
                                          EFFECT_GPU_OUT, EFFECT_DEVICE_SLOW, EFFECT_GPU_OUT,
                                          EFFECT_NODE_OUT};
    for (int i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(model->kinds[model->recorded[i].kind].effect, EFFECTS[i]);
    }
    check_fault(model, 0, 0, 0, 0, 3600000);
    check_fault(model, 1, 1, 0, 100000, 600000);
    check_fault(model, 2, 1, 8, 200000, 0);
    check_fault(model, 3, 1, 3, 300000, 600500);
    check_fault(model, 4, 1, 128, 400000, TIME_NEVER);
    check_fault(model, 5, 0, 4, 500000, 100000);
    check_fault(model, 6, 0, 0, 700000, 0);
    const FaultKind *raid = &model->kinds[model->recorded[0].kind];
    CU_ASSERT_EQUAL(raid->keep_ppm[GP_AXIS_STORAGE_BANDWIDTH], 350000);
    CU_ASSERT_EQUAL(raid->keep_ppm[GP_AXIS_NETWORK], GP_PPM);
    CU_ASSERT_STRING_EQUAL(raid->name, "raid");
    CU_ASSERT_EQUAL(model->kinds[model->recorded[4].kind].speed_ppm, 800000);
    CU_ASSERT_EQUAL(model->kinds[model->recorded[1].kind].xid, 79);
    logged_free(&all);
}

/* Goal: names of the cluster are its nodes, the others go to the rest in order. Method: "x", then
 * a-0 (node 0): x is left with node 1, and a warning says so; "x", "y": nodes 0 and 1. */
static void test_nodes(void)
{
    Logged all;
    logged(&all, "x,,1,2,nic,down\na-0,,3,4,nic,down\n", "");
    const FailureModel *model = model_of(&all);
    check_fault(model, 0, 1, 0, 1000, 1000);
    check_fault(model, 1, 0, 0, 3000, 1000);
    CU_ASSERT_EQUAL(all.loaded.diagnostics.warning_count, 1);
    logged_free(&all);
    logged(&all, "x,,1,2,nic,down\ny,,3,4,nic,down\nx,,5,6,nic,down\n", "");
    model = model_of(&all);
    check_fault(model, 0, 0, 0, 1000, 1000);
    check_fault(model, 1, 1, 0, 3000, 1000);
    check_fault(model, 2, 0, 0, 5000, 1000);
    CU_ASSERT_EQUAL(all.loaded.diagnostics.warning_count, 0);
    CU_ASSERT_EQUAL(model->kind_count, 1);
    logged_free(&all);
}

/* Goal: a cut moves the log to the run's clock. Method: from 3 s to 5 s: the first fault's rest of
 * 1 s, the second one, not the third. */
static void test_cut(void)
{
    Logged all;
    logged(&all, "x,,1,4,nic,down\ny,,4,5,nic,down\nx,,5,6,nic,down\n", ", from: 3s, to: 5s");
    const FailureModel *model = model_of(&all);
    CU_ASSERT_EQUAL_FATAL(model->recorded_count, 2);
    check_fault(model, 0, 0, 0, 0, 1000);
    check_fault(model, 1, 1, 0, 1000, 1000);
    logged_free(&all);
}

static void refused(const char *rows, const char *keys, const char *code, const char *words)
{
    Logged all;
    logged(&all, rows, keys);
    CU_ASSERT_EQUAL(all.loaded.status, STATUS_BAD_INPUT);
    CU_ASSERT_TRUE(loaded_says(&all.loaded, code, words));
    if (!loaded_says(&all.loaded, code, words)) {
        diagnostics_print(&all.loaded.diagnostics, stdout, false);
    }
    logged_free(&all);
}

static void test_mistakes(void)
{
    refused("x,,1,2,nic,down\ny,,1,2,nic,down\nz,,1,2,nic,down\n", "", "range",
            "the log names 3 nodes, 3 of them not by a name of the cluster, which has 2");
    refused("a-1,8,1,2,gpu,down\n", "", "range", "a-1 has no such GPU: node `a-1` has 8");
    refused("a-1,0,1,2,gpu,xid:999\n", "", "name", "Xid 999");
    refused("a-1,0,1,2,gpu,down\n", ", from: 5s, to: 5s", "range", "`to` is not later than `from`");
    refused("a-1,0,1,2,gpu,gone\n", "", "csv", "effect is 'gone'");
    refused("a-1,0,1,2,gpu,down\n", "}, at: 3s, x: {", "conflict",
            "`at` means nothing beside a fault log");
    CU_ASSERT_TRUE(
        refused_for(SMALL "inject: [{trace: {format: infinitehbd}}]\n", "missing", "path"));
}

const char *const SUITE = "scenariofaults";
const TestCase CASES[] = {
    {"effects", test_effects},   {"nodes", test_nodes}, {"a cut", test_cut},
    {"mistakes", test_mistakes}, {NULL, NULL},
};
