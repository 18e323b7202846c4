/* test_scenario_failures.c - `models.failures` and `inject`: what becomes of them, and what is
 * refused. */
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/failure.h"
#include "tests/text_run.h"

#define HOUR 3600000.0

/* Two racks in two zones, a file system, a job. */
#define PLACES                                                                                     \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: {count: 4, model: H100}, cpu: 64, memory: 1Ti, storage: lustre}}\n"       \
    "  storage: [{name: lustre, bandwidth: 100GB/s}]\n"                                            \
    "  nodes:\n"                                                                                   \
    "    - {name: a, type: h, count: 3, rack: r1, zone: east}\n"                                   \
    "    - {name: b, type: h, rack: r2, zone: west}\n"                                             \
    "workload: [{jobs: [{id: J, duration: 4s, gpus: 2}]}]\n"

static const FailureModel *model_of(const Loaded *loaded)
{
    diagnostics_print(&loaded->diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
    return loaded->set.variants[0].failures;
}

/* ---- inject ---------------------------------------------------------------------------------- */

/* Goal: each entry is the faults that it says, with effect, cure and class. Expected: by hand from
 * `gpuplan keys inject`. */
static void test_inject(void)
{
    const struct {
        const char *entry;
        int faults;
        FaultEffect effect;
        FaultScope scope;
        FaultClass class_of;
        FaultCure cure;
        int32_t target; /* of the first */
        uint32_t devices;
        int64_t out_ms;
    } cases[] = {
        {"{at: 1s, nodes: [a-1], for: 2h}", 1, EFFECT_NODE_OUT, SCOPE_NODE, FAULT_CLASS_OTHER,
         CURE_TIME, 1, 0, 7200000},
        {"{at: 1s, nodes: [a, b]}", 4, EFFECT_NODE_OUT, SCOPE_NODE, FAULT_CLASS_OTHER, CURE_TIME, 0,
         0, TIME_NEVER},
        {"{at: 1s, nodes: [all], scale: {network: 50%}}", 4, EFFECT_DERATED, SCOPE_NODE,
         FAULT_CLASS_LANE, CURE_TIME, 0, 0, TIME_NEVER},
        {"{at: 1s, gpus: [b/2], for: 1s}", 1, EFFECT_GPU_OUT, SCOPE_DEVICE, FAULT_CLASS_OTHER,
         CURE_TIME, 3, 4, 1000},
        {"{at: 1s, gpus: [b/3], speed: 25%}", 1, EFFECT_DEVICE_SLOW, SCOPE_DEVICE, FAULT_CLASS_SLOW,
         CURE_TIME, 3, 8, TIME_NEVER},
        {"{at: 1s, gpus: [b/0], cause: xid-48}", 1, EFFECT_GPU_OUT, SCOPE_DEVICE,
         FAULT_CLASS_UNCONTAINED, CURE_RESET, 3, 1, TIME_NEVER},
        {"{at: 1s, gpus: [b/0], cause: xid-48, for: 1h}", 1, EFFECT_GPU_OUT, SCOPE_DEVICE,
         FAULT_CLASS_UNCONTAINED, CURE_TIME, 3, 1, 3600000},
        {"{at: 1s, gpus: [b/0], cause: xid-79}", 1, EFFECT_NODE_OUT, SCOPE_NODE, FAULT_CLASS_BUS,
         CURE_REBOOT, 3, 0, TIME_NEVER},
        {"{at: 1s, gpus: [b/0], cause: xid-31}", 1, EFFECT_JOB_DIES, SCOPE_DEVICE,
         FAULT_CLASS_APPLICATION, CURE_TIME, 3, 1, 0},
        {"{at: 1s, gpus: [b/0], cause: xid-94}", 1, EFFECT_JOB_DIES, SCOPE_DEVICE,
         FAULT_CLASS_CONTAINED, CURE_RESET, 3, 1, TIME_NEVER},
        {"{at: 1s, racks: [r2], for: 1s}", 1, EFFECT_DOMAIN_OUT, SCOPE_RACK, FAULT_CLASS_OTHER,
         CURE_TIME, 1, 0, 1000},
        {"{at: 1s, racks: [a-2], for: 1s}", 1, EFFECT_DOMAIN_OUT, SCOPE_RACK, FAULT_CLASS_OTHER,
         CURE_TIME, 0, 0, 1000},
        {"{at: 1s, zones: [west], for: 1s}", 1, EFFECT_DOMAIN_OUT, SCOPE_ZONE, FAULT_CLASS_OTHER,
         CURE_TIME, 1, 0, 1000},
        {"{at: 1s, storage: [lustre], scale: {storage_bandwidth: 35%}, cause: raid-rebuild}", 1,
         EFFECT_DERATED, SCOPE_POOL, FAULT_CLASS_LANE, CURE_TIME, 0, 0, TIME_NEVER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof text, "%sinject: [%s]\n", PLACES, cases[i].entry);
        loaded_text(&loaded, text);
        const FailureModel *model = model_of(&loaded);
        CU_ASSERT_PTR_NOT_NULL_FATAL(model);
        CU_ASSERT_EQUAL_FATAL(model->recorded_count, cases[i].faults);
        const Fault *fault = &model->recorded[0];
        const FaultKind *kind = &model->kinds[fault->kind];
        CU_ASSERT_EQUAL(kind->effect, cases[i].effect);
        CU_ASSERT_EQUAL(kind->scope, cases[i].scope);
        CU_ASSERT_EQUAL(kind->class_of, cases[i].class_of);
        CU_ASSERT_EQUAL(kind->cure, cases[i].cure);
        CU_ASSERT_EQUAL(fault->target, cases[i].target);
        CU_ASSERT_EQUAL(fault->devices, cases[i].devices);
        CU_ASSERT_EQUAL(fault->out_ms, cases[i].out_ms);
        CU_ASSERT_EQUAL(fault->at_ms, 1000);
        CU_ASSERT_TRUE(fault->recorded);
        CU_ASSERT_FALSE(model->rows[fault->kind].drawn);
        loaded_free(&loaded);
    }
}

/* Goal: what is left of lanes, speeds, names; entries in any order of time. */
static void test_inject_details(void)
{
    Loaded loaded;
    loaded_text(&loaded, PLACES
                "inject:\n"
                "  - {at: 9s, nodes: [b], scale: {storage_bandwidth: 35%, cpu: 50%}, cause: wear}\n"
                "  - {at: 3s, gpus: [a-0/1], speed: 25%, planned: true}\n"
                "  - {at: 3s, storage: [lustre]}\n"
                "  - {jobs: [J], after: 2s, times: 3}\n");
    const FailureModel *model = model_of(&loaded);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    CU_ASSERT_EQUAL_FATAL(model->recorded_count, 3);
    const FaultKind *slow = &model->kinds[model->recorded[0].kind];
    const FaultKind *pool = &model->kinds[model->recorded[1].kind];
    const FaultKind *wear = &model->kinds[model->recorded[2].kind];
    CU_ASSERT_EQUAL(slow->speed_ppm, 250000);
    CU_ASSERT_TRUE(slow->planned);
    CU_ASSERT_EQUAL(pool->keep_ppm[GP_AXIS_STORAGE_BANDWIDTH], 0);
    CU_ASSERT_STRING_EQUAL(wear->name, "wear");
    CU_ASSERT_EQUAL(wear->keep_ppm[GP_AXIS_STORAGE_BANDWIDTH], 350000);
    CU_ASSERT_EQUAL(wear->keep_ppm[GP_AXIS_CPU], 500000);
    CU_ASSERT_EQUAL(wear->keep_ppm[GP_AXIS_NETWORK], GP_PPM);
    CU_ASSERT_EQUAL_FATAL(model->job_fault_count, 1);
    CU_ASSERT_STRING_EQUAL(model->job_faults[0].job, "J");
    CU_ASSERT_EQUAL(model->job_faults[0].after_ms, 2000);
    CU_ASSERT_EQUAL(model->job_faults[0].attempts, 3);
    CU_ASSERT_EQUAL(model->kinds[model->job_faults[0].kind].scope, SCOPE_JOB);
    loaded_free(&loaded);
}

/* Goal: an entry whose cause is a component takes over what it does and what mends it. */
static void test_inject_component(void)
{
    Loaded loaded;
    loaded_text(
        &loaded, PLACES
        "models: {failures: {components: [{name: nic, mtbf: never, repair: {hands_on: 3h}},\n"
        "    {name: disk, per: node, mtbf: never, keep: {storage_bandwidth: 20%},\n"
        "     out: 5h}]}}\n"
        "inject: [{at: 1s, nodes: [b], cause: nic}, {at: 2s, nodes: [b], cause: disk, for: 1s}]\n");
    const FailureModel *model = model_of(&loaded);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    const Fault *fault = model->recorded;
    CU_ASSERT_EQUAL(model->kinds[fault[0].kind].cure, CURE_STAGES);
    CU_ASSERT_PTR_NOT_NULL(model->rows[fault[0].kind].stages);
    CU_ASSERT_EQUAL(model->kinds[fault[1].kind].cure, CURE_TIME);
    CU_ASSERT_EQUAL(model->kinds[fault[1].kind].effect, EFFECT_DERATED);
    CU_ASSERT_EQUAL(model->kinds[fault[1].kind].keep_ppm[GP_AXIS_STORAGE_BANDWIDTH], 200000);
    CU_ASSERT_EQUAL(fault[1].out_ms, 1000);
    loaded_free(&loaded);
}

static void test_inject_mistakes(void)
{
    const struct {
        const char *entry, *code, *fragment;
    } cases[] = {
        {"{at: 1s, nodes: [c]}", "name", "no node `c`"},
        {"{at: 1s, gpus: [b/4]}", "range", "there is no number 4"},
        {"{at: 1s, gpus: [b]}", "type", "expected node/number"},
        {"{at: 1s, gpus: [c/0]}", "name", "no node `c`"},
        {"{at: 1s, racks: [r3]}", "name", "no rack or node `r3`"},
        {"{at: 1s, zones: [north]}", "name", "no zone or node `north`"},
        {"{at: 1s, storage: [gpfs]}", "name", "no file system `gpfs`"},
        {"{jobs: [K], after: 1s}", "name", "no job `K`"},
        {"{at: 1s, nodes: [b], for: -1s}", "range", "`inject.0.for`"},
        {"{at: 1s, nodes: [b], for: 0s}", "range", "`inject.0.for`"},
        {"{at: 1s, nodes: [b], scale: {gpu: 50%}}", "unknown-key", "`gpu`"},
        {"{at: 1s, nodes: [b], scale: {cpu: 150%}}", "range", "scale.cpu"},
        {"{at: 1s, nodes: [b], speed: 150%}", "range", "speed"},
        {"{at: 1s, nodes: [b], cause: xid-7}", "name", "no Xid"},
        {"{at: 1s, nodes: [b], effect: slow}", "missing", "`speed`"},
        {"{at: 1s, nodes: [b], effect: node-out, scale: {cpu: 50%}}", "conflict", "`scale`"},
        {"{at: 1s, nodes: [b], effect: domain-out}", "conflict", "`domain-out`"},
        {"{at: 1s, racks: [r1], effect: gpu-out}", "conflict", "`gpu-out`"},
        {"{at: 1s, storage: [lustre], scale: {cpu: 50%}}", "conflict", "storage_bandwidth"},
        {"{nodes: [b]}", "missing", "`at`"},
        {"{at: 1s}", "missing", "needs one of nodes"},
        {"{at: 1s, nodes: []}", "missing", "`nodes` is empty"},
        {"{at: 1s, nodes: [a-0], gpus: [b/0]}", "conflict", "not both"},
        {"{at: 1s, nodes: [b], after: 1s}", "conflict", "`after`"},
        {"{jobs: [J]}", "missing", "`after`"},
        {"{at: 1s, jobs: [J], after: 1s}", "conflict", "`at`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%sinject: [%s]\n", PLACES, cases[i].entry);
        bool refused = refused_for(text, cases[i].code, cases[i].fragment);
        if (!refused) {
            printf("not so: %s\n", cases[i].entry);
        }
        CU_ASSERT_TRUE(refused);
    }
}

/* ---- components ------------------------------------------------------------------------------ */

#define COMPONENT(text) PLACES "models: {failures: {components: [" text "]}}\n"

/* Goal: mtbf is the mean between two faults whatever the family; scale divides it; a component
 * takes the place of the preset's. */
static void test_components(void)
{
    static const char *const GAPS[] = {
        "mtbf: 100h", "mtbf: 100h, distribution: weibull, shape: 0.7",
        "mtbf: 100h, distribution: weibull, cv: 1.5", "mtbf: 100h, distribution: lognormal, cv: 2",
        "gap: {distribution: constant, value: 100h}"};
    for (size_t i = 0; i < sizeof GAPS / sizeof GAPS[0]; i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof text,
                 "%smodels: {failures: {scale: 200%%, components: [{name: x, out: 1h, %s}]}}\n",
                 PLACES, GAPS[i]);
        loaded_text(&loaded, text);
        const FailureModel *model = model_of(&loaded);
        CU_ASSERT_PTR_NOT_NULL_FATAL(model);
        CU_ASSERT_DOUBLE_EQUAL(distribution_moment(&model->rows[0].gap, 1), 50.0 * HOUR, 1.0);
        loaded_free(&loaded);
    }
    Loaded loaded;
    loaded_text(&loaded,
                PLACES "models: {failures: {preset: llama3, components: [\n"
                       "  {name: nic, mtbf: 100h, per: gpu, xid: 79, detect: 5s, frailty: 1,\n"
                       "   lemons: {share: 2%, factor: 9}, source: tickets},\n"
                       "  {name: own, per: job-gpu, mtbf: 1000h, gpus_most: 64}]}}\n");
    const FailureModel *model = model_of(&loaded);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    int nics = 0;
    for (int32_t i = 0; i < model->kind_count; i++) {
        if (strcmp(model->kinds[i].name, "nic") == 0) {
            nics++;
            CU_ASSERT_EQUAL(model->kinds[i].effect, EFFECT_NODE_OUT);
            CU_ASSERT_EQUAL(model->kinds[i].scope, SCOPE_DEVICE);
            CU_ASSERT_EQUAL(model->kinds[i].cure, CURE_REBOOT);
            CU_ASSERT_EQUAL(model->kinds[i].detect_ms, 5000);
            CU_ASSERT_STRING_EQUAL(model->kinds[i].source, "tickets");
            CU_ASSERT_DOUBLE_EQUAL(model->rows[i].lemon_share, 0.02, 1e-9);
        }
    }
    CU_ASSERT_EQUAL(nics, 1);
    const FaultRow *own = &model->rows[model->kind_count - 1];
    CU_ASSERT_DOUBLE_EQUAL(own->per_gpu_hour, 0.001, 1e-12);
    CU_ASSERT_EQUAL(own->gpus_most, 64);
    CU_ASSERT_STRING_EQUAL(model->preset, "llama3");
    loaded_free(&loaded);
}

/* Goal: where lemons are removed the others fail as they did. By hand: a tenth fails 11 times as
 * often, so the mean is twice the others' rate, and without them the time between faults doubles.
 */
static void test_lemons_removed(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                COMPONENT("{name: x, mtbf: 100h, out: 1h, lemons: {share: 10%, factor: 11}}"));
    CU_ASSERT_DOUBLE_EQUAL(model_of(&loaded)->rows[0].gap.scale / HOUR, 100.0, 1e-9);
    loaded_free(&loaded);
    loaded_text(&loaded, PLACES "models: {failures: {lemons: removed, components: [{name: x,\n"
                                "    mtbf: 100h, out: 1h, lemons: {share: 10%, factor: 11}}]}}\n");
    CU_ASSERT_DOUBLE_EQUAL(model_of(&loaded)->rows[0].gap.scale / HOUR, 200.0, 1e-9);
    CU_ASSERT_EQUAL(model_of(&loaded)->rows[0].lemon_share, 0.0);
    loaded_free(&loaded);
}

/* Goal: a rebuild's bandwidth and time. Expected by hand: 16 TB at 30 % of 250 MB/s take 59.26 h,
 * of twelve disks RAID 6 leaves 11 / 21 of the reads, RAID 5 and 10 half, and 70 % of that is for
 * jobs; 7.68 TB at all of 1.5 GB/s take 1.422 h and leave nothing. */
static void test_raid(void)
{
    static const struct {
        const char *raid;
        int32_t keep_ppm;
        double hours;
    } RAIDS[] = {
        {"level: raid6, disks: 12, size: 16TB, speed: 250MB/s", 366666, 59.259},
        {"level: raid5, disks: 12, size: 16TB, speed: 250MB/s", 350000, 59.259},
        {"level: raid10, disks: 12, size: 16TB, speed: 250MB/s", 350000, 59.259},
        {"level: raid5, disks: 4, size: 7.68TB, speed: 1.5GB/s, priority: 100%", 0, 1.4222}};
    for (size_t i = 0; i < sizeof RAIDS / sizeof RAIDS[0]; i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof text, COMPONENT("{name: raid, mtbf: 1h, raid: {%s}}"), RAIDS[i].raid);
        loaded_text(&loaded, text);
        const FailureModel *model = model_of(&loaded);
        CU_ASSERT_PTR_NOT_NULL_FATAL(model);
        CU_ASSERT_EQUAL(model->kinds[0].effect, EFFECT_DERATED);
        CU_ASSERT_EQUAL(model->kinds[0].class_of, FAULT_CLASS_LANE);
        CU_ASSERT_EQUAL(model->kinds[0].keep_ppm[GP_AXIS_STORAGE_BANDWIDTH], RAIDS[i].keep_ppm);
        CU_ASSERT_DOUBLE_EQUAL(model->rows[0].out->scale / HOUR, RAIDS[i].hours, 0.001);
        loaded_free(&loaded);
    }
}

static void test_component_mistakes(void)
{
    const struct {
        const char *text, *code, *fragment;
    } cases[] = {
        {"{name: x, mtbf: 1h}", "missing", "`out`, `cure` or `repair`"},
        {"{name: x, out: 1h}", "missing", "`mtbf` or `gap`"},
        {"{name: x, mtbf: 1h, out: 1h, repair: {hands_on: 1h}}", "conflict", "more than one"},
        {"{name: x, mtbf: 1h, out: 1h, cure: reset}", "conflict", "more than one"},
        {"{name: x, mtbf: 1h, per: job, frailty: 0.5}", "conflict", "nodes differ"},
        {"{name: x, mtbf: 1h, out: 1h, per: job}", "conflict", "nothing is out"},
        {"{name: x, mtbf: 1h, out: 1h, effect: derated}", "missing", "`keep`"},
        {"{name: x, mtbf: 1h, repair: {part_probability: 30%}}", "missing", "`part`"},
        {"{name: x, mtbf: 1h, out: 1h, per: neighbours}", "missing", "`nodes`"},
        {"{name: x, mtbf: 1h, out: 1h, nodes: 4}", "conflict", "`nodes`"},
        {"{name: x, mtbf: 1h, out: 1h, per: rack, effect: gpu-out}", "conflict", "`gpu-out`"},
        {"{name: x, mtbf: 1h, out: 1h, distribution: weibull}", "missing", "`shape` or `cv`"},
        {"{name: x, mtbf: 1h, out: 1h, shape: 0.7}", "conflict", "`shape`"},
        {"{name: x, mtbf: 1h, out: 1h, xid: 7}", "name", "no Xid 7"},
        {"{name: x, mtbf: 1h, out: 1h, effect: slow}", "missing", "`speed`"},
        {"{name: x, mtbf: 1h, out: 1h, effect: node-out, keep: {cpu: 1%}}", "conflict", "`keep`"},
        {"{name: x, mtbf: 1h, out: 1h, gap: 1h}", "conflict", "`gap`"},
        {"{name: x, mtbf: 1h, out: 1h}, {name: x, mtbf: 1h, out: 1h}", "duplicate", "given twice"},
        {"{name: x, mtbf: 1h, out: 1h, gpus_most: 8}", "conflict", "`gpus_most`"},
        {"{name: x, mtbf: 1h, repair: {no_fault_found: 100%}}", "range", "never ends"},
        {"{name: x, mtbf: 1h, out: {distribution: lognormal, median: 1h}}", "missing", "`sigma`"},
        {"{name: x, mtbf: 1h, raid: {level: raid6, disks: 3, size: 1TB, speed: 1GB/s}}", "range",
         "raid6 needs 4"},
        {"{name: x, mtbf: 1h, out: 1h, raid: {level: raid6, disks: 4, size: 1TB, speed: 1GB/s}}",
         "conflict", "`raid`"},
        {"{mtbf: 1h, out: 1h}", "missing", "`name`"},
        {"{name: x, mtbf: 0s, out: 1h}", "range", "mtbf"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, COMPONENT("%s"), cases[i].text);
        bool refused = refused_for(text, cases[i].code, cases[i].fragment);
        if (!refused) {
            printf("not so: %s\n", cases[i].text);
        }
        CU_ASSERT_TRUE(refused);
    }
    CU_ASSERT(refused_for(PLACES "models: {failures: {preset: lama3}}\n", "choice", "`lama3`"));
    CU_ASSERT(
        refused_for(PLACES "inject: [{at: 1h, nodes: [b], cause: Xid79}]\n", "name", "Xid79"));
    CU_ASSERT(refused_for(PLACES "inject: [{at: 1h, nodes: [b], effect: derated}]\n", "missing",
                          "`scale`"));
    CU_ASSERT(refused_for(PLACES "inject: [{at: 02:00, nodes: [b]}]\n", "unit", "not of a day"));
    CU_ASSERT(refused_for(PLACES "policy: {remedy: {preset: agent, spares: 100%}}\n", "range",
                          "to work on"));
}

/* Goal: nothing fails without words, with `none`, or where failures are pretended away. */
static void test_nothing_fails(void)
{
    static const char *const TEXTS[] = {
        "", "models: {}\n", "models: {failures: none}\n", "inject: []\n",
        "models: {failures: llama3}\ninject: [{at: 1s, nodes: [b]}]\nrelax: failures\n"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof text, "%s%s", PLACES, TEXTS[i]);
        loaded_text(&loaded, text);
        CU_ASSERT_PTR_NULL(model_of(&loaded));
        loaded_free(&loaded);
    }
}

/* Goal: `vary` names what replications draw anew. Method: of a scenario in which arrivals and
 * faults are drawn, the replication that each is drawn for. */
static void test_vary(void)
{
    const struct {
        const char *text;
        uint32_t arrivals, faults; /* that replication 3 has */
    } cases[] = {{"replications: 4\n", 3, 3},
                 {"replications: {count: 4, vary: [faults]}\n", 0, 3},
                 {"replications: {count: 4, vary: [arrivals, ties, placement]}\n", 3, 0},
                 {"replications: {count: 4, vary: []}\n", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof text, "%s%s", PLACES, cases[i].text);
        loaded_text(&loaded, text);
        CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
        const Scenario *scenario = &loaded.set.variants[0];
        CU_ASSERT_EQUAL(drawn_replication(scenario, VARY_ARRIVALS, 3), cases[i].arrivals);
        CU_ASSERT_EQUAL(drawn_replication(scenario, VARY_FAULTS, 3), cases[i].faults);
        loaded_free(&loaded);
    }
    CU_ASSERT(
        refused_for(PLACES "replications: {count: 4, vary: [weather]}\n", "choice", "`weather`"));
}

/* ---- offered alike --------------------------------------------------------------------------- */

#define FLEET                                                                                      \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: {count: 8, model: H100}, cpu: 64, memory: 1Ti}}\n"                        \
    "  nodes: [{name: a, type: h, count: 24}]\n"                                                   \
    "workload: [{synthetic: {arrivals: {rate: 6/h}, gpus: {1: 60%, 8: 30%, 64: 10%},\n"            \
    "    duration: {distribution: lognormal, median: 5h, sigma: 1}}}]\n"                           \
    "horizon: 20d\n"                                                                               \
    "models: {failures: {preset: rsc-1, scale: 3000%}}\n"                                          \
    "inject: [{at: 2d, nodes: [a-3], for: 3d}, {at: 2d, gpus: [a-3/0], cause: xid-48}]\n"

/* Goal: policies meet the same offered faults. Method: one scenario under schedulers and remedies
 * that do quite different things; the facts FACT_FAULT_OFFERED must be equal in time, kind, place;
 * all else may differ, and does. */
static void test_offered_alike(void)
{
    static const char *const POLICIES[] = {
        "policy: {preset: fifo}\n", "policy: {preset: kube-default}\n",
        "policy: {preset: slurm, remedy: {preset: nvsentinel, spares: 2}}\n",
        "policy: {preset: kai, remedy: agent}\n"};
    TextRun first;
    CU_ASSERT_TRUE_FATAL(text_run(&first, FLEET "policy: {preset: fifo, scan: skip}\n", NULL));
    int offered = text_run_facts(&first, FACT_FAULT_OFFERED, NULL);
    /* 24 nodes x 20 days x 30 x 5.88 per 1,000 node-days, and two that were written down */
    CU_ASSERT_DOUBLE_EQUAL(offered, 86.7, 3.29 * sqrt(84.7 * (1.0 + 84.7 * 2.9 / 24.0)));
    for (size_t i = 0; i < sizeof POLICIES / sizeof POLICIES[0]; i++) {
        char text[2048];
        TextRun run;
        snprintf(text, sizeof text, "%s%s", FLEET, POLICIES[i]);
        CU_ASSERT_TRUE_FATAL(text_run(&run, text, NULL));
        CU_ASSERT_EQUAL(text_run_facts(&run, FACT_FAULT_OFFERED, NULL), offered);
        CU_ASSERT_NOT_EQUAL(run.fact_count, first.fact_count);
        int32_t at = 0;
        int same = 0;
        for (int32_t k = 0; k < run.fact_count; k++) {
            const Fact *fact = &run.facts[k];
            if (fact->kind != FACT_FAULT_OFFERED) {
                continue;
            }
            while (at < first.fact_count && first.facts[at].kind != FACT_FAULT_OFFERED) {
                at++;
            }
            same += at < first.fact_count && memcmp(fact, &first.facts[at], sizeof *fact) == 0;
            at++;
        }
        CU_ASSERT_EQUAL(same, offered);
        text_run_free(&run);
    }
    text_run_free(&first);
}

const char *const SUITE = "scenario_failures";
const TestCase CASES[] = {{"inject", test_inject},
                          {"inject in detail", test_inject_details},
                          {"inject a component's fault", test_inject_component},
                          {"mistakes of inject", test_inject_mistakes},
                          {"components", test_components},
                          {"lemons removed", test_lemons_removed},
                          {"RAID rebuild", test_raid},
                          {"mistakes of components", test_component_mistakes},
                          {"nothing fails", test_nothing_fails},
                          {"vary", test_vary},
                          {"offered alike", test_offered_alike},
                          {NULL, NULL}};
