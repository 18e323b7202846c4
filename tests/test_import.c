/* test_import.c - Kueue's objects and slurm.conf become the queues and options that they say. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/import_kueue.h"
#include "sim/scenario/import_slurm.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "import";

#define FLEET                                                                                      \
    "gpuplan: 1\n"                                                                                 \
    "cluster:\n"                                                                                   \
    "  types:\n"                                                                                   \
    "    h: {gpus: {count: 8, model: H100}, cpu: 176, memory: 2Ti}\n"                              \
    "    a: {gpus: {count: 4, model: A100}, cpu: 96, memory: 1Ti}\n"                               \
    "  nodes:\n"                                                                                   \
    "    - {name: h, type: h, count: 2, labels: {gpu.example.com/model: H100}}\n"                  \
    "    - {name: a, type: a, count: 2, labels: {gpu.example.com/model: A100}}\n"                  \
    "workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]\n"

static const Queue *queue_at(const Loaded *loaded, const char *name)
{
    const QueueTree *tree = &loaded->set.variants[0].queues;
    QueueId queue = queue_find(tree, name);
    CU_ASSERT_FATAL(queue >= 0);
    return &tree->queues[queue];
}

static const char *parent_at(const Loaded *loaded, const char *name)
{
    const QueueTree *tree = &loaded->set.variants[0].queues;
    const Queue *queue = queue_at(loaded, name);
    return queue->parent < 0 ? "" : tree->queues[queue->parent].name;
}

static bool warns(const Loaded *loaded, const char *fragment)
{
    for (int i = 0; i < loaded->diagnostics.count; i++) {
        if (strstr(loaded->diagnostics.items[i].message, fragment) != NULL) {
            return true;
        }
    }
    printf("no warning holds: %s\n", fragment);
    return false;
}

static bool noted(const Loaded *loaded, int32_t line, const char *text)
{
    const PolicyImport *import = loaded->set.variants[0].policy.import;
    for (int32_t i = 0; import != NULL && i < import->note_count; i++) {
        if (import->notes[i].line == line && strcmp(import->notes[i].text, text) == 0) {
            return true;
        }
    }
    printf("not noted: line %d: %s\n", (int)line, text);
    return false;
}

/* ---- Kueue ---- */

/* Goal: every field has the meaning that docs/import.md gives it. Method: the sample, by hand: two
 * ClusterQueues in a cohort that is in another, quotas by flavor, nodes found by their labels. */
static void kueue_says(void)
{
    Loaded loaded;
    loaded_text(&loaded, FLEET "policy: {import: {kueue: tests/data/kueue.yaml}}\n");
    diagnostics_print(&loaded.diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Scenario *scenario = &loaded.set.variants[0];
    const PolicySet *policy = &scenario->policy;
    CU_ASSERT_STRING_EQUAL(policy->preset, "kueue");
    CU_ASSERT_STRING_EQUAL(policy->share->name, "cohort");
    CU_ASSERT(policy->evict_options.fair && policy->evict_options.borrow_priority == 100);
    CU_ASSERT_FALSE(policy->admit_options.borrow_first);
    CU_ASSERT_STRING_EQUAL(parent_at(&loaded, "vision"), "research");
    CU_ASSERT_STRING_EQUAL(parent_at(&loaded, "language"), "research");
    CU_ASSERT_STRING_EQUAL(parent_at(&loaded, "research"), "all");
    const Queue *vision = queue_at(&loaded, "vision");
    CU_ASSERT(vision->strict == 1 && vision->weight_ppm == 750000);
    CU_ASSERT(vision->reclaim == RECLAIM_ANY && vision->preempt == PREEMPT_LOWER_PRIORITY);
    CU_ASSERT_EQUAL(queue_at(&loaded, "research")->weight_ppm, 2000000);
    CU_ASSERT_EQUAL_FATAL(vision->flavor_count, 2);
    CU_ASSERT_STRING_EQUAL(scenario->queues.flavors[vision->flavor[0]].name, "h100");
    const QueueQuota *h100 = &vision->flavor_quota[0];
    const QueueQuota *a100 = &vision->flavor_quota[1];
    CU_ASSERT(h100->nominal[GP_AXIS_GPU] == 8000 && h100->borrow[GP_AXIS_GPU] == 8000);
    CU_ASSERT(h100->lend[GP_AXIS_GPU] == 4000 && h100->nominal[GP_AXIS_CPU] == 176000);
    CU_ASSERT_EQUAL(h100->nominal[GP_AXIS_MEMORY], 1536 * 1024);
    CU_ASSERT(a100->nominal[GP_AXIS_GPU] == 4000 && a100->nominal[GP_AXIS_CPU] == 96500);
    CU_ASSERT_EQUAL(a100->nominal[GP_AXIS_MEMORY], 64 * 1024); /* 2^36 bytes */
    CU_ASSERT_EQUAL(a100->borrow[GP_AXIS_GPU], QUEUE_UNLIMITED);
    CU_ASSERT_EQUAL(queue_at(&loaded, "language")->flavor_count, 1);
    CU_ASSERT_EQUAL(policy->import->queues, 3);
    CU_ASSERT(noted(&loaded, 12, "ResourceFlavor `a100`: `tolerations`"));
    CU_ASSERT(noted(&loaded, 63, "language: the quota of `example.com/licence`"));
    CU_ASSERT(noted(&loaded, 72, "Configuration `kueue`: `waitForPodsReady`"));
    CU_ASSERT(warns(&loaded, "things are left out or only nearly so"));
    loaded_free(&loaded);
}

/* Goal: the scenario's own keys win, key by key, and its own queues stay; its nodes' own flavors,
 * too; another preset keeps its options. */
static void own_keys_win(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                FLEET "policy: {import: {kueue: tests/data/kueue.yaml}, preset: kueue, "
                      "admit: {borrow_first: true}}\n"
                      "queues: [{name: vision, weight: 3}, {name: own, quota: {gpus: 1}}]\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].policy.preset, "kueue");
    CU_ASSERT(loaded.set.variants[0].policy.admit_options.borrow_first);
    CU_ASSERT_EQUAL(queue_at(&loaded, "vision")->weight_ppm, 3000000);
    CU_ASSERT_EQUAL(queue_at(&loaded, "vision")->flavor_count, 2);
    CU_ASSERT_EQUAL(queue_at(&loaded, "own")->quota.nominal[GP_AXIS_GPU], 1000);
    loaded_free(&loaded);
    CU_ASSERT(accepted(
        FLEET "policy: {import: {kueue: tests/data/kueue.yaml}, preset: kueue-topology}\n"));
    loaded_text(&loaded, FLEET
                "policy: {import: {kueue: tests/data/kueue.yaml}, preset: fifo, admit: quota}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[0].policy.preset, "fifo");
    CU_ASSERT(noted(&loaded, 1, "options of the policy: the scenario's preset is another one"));
    loaded_free(&loaded);
}

/* Goal: one flavor needs no labels; where no node has any, quotas are added up; a flavor that no
 * node has is left out. */
static void flavors_meet_nodes(void)
{
    Folder folder;
    folder_make(&folder);
    static const char QUEUE_OF[] =
        "apiVersion: kueue.x-k8s.io/v1beta1\nkind: ClusterQueue\nmetadata: {name: q}\nspec:\n"
        "  resourceGroups: [{coveredResources: [nvidia.com/gpu], flavors: [\n"
        "    {name: x, resources: [{name: nvidia.com/gpu, nominalQuota: 3}]}%s]}]\n%s";
    char text[2048], scenario[2048];
    static const char *const MORE[][2] = {
        {"", ""},
        {",\n    {name: y, resources: [{name: nvidia.com/gpu, nominalQuota: 4}]}", ""},
        {",\n    {name: y, resources: [{name: nvidia.com/gpu, nominalQuota: 4}]}",
         "---\napiVersion: kueue.x-k8s.io/v1beta1\nkind: ResourceFlavor\nmetadata: {name: y}\n"
         "spec: {nodeLabels: {gpu.example.com/model: A100}}\n"}};
    static const int64_t SUMS[] = {3000, 7000, 4000};
    static const int32_t FLAVORS[] = {0, 0, 1};
    for (int i = 0; i < 3; i++) {
        char name[] = "0.yaml";
        name[0] = (char)('0' + i);
        snprintf(text, sizeof text, QUEUE_OF, MORE[i][0], MORE[i][1]);
        snprintf(scenario, sizeof scenario, FLEET "policy: {import: {kueue: %s}}\n",
                 folder_file(&folder, name, text));
        Loaded loaded;
        loaded_text(&loaded, scenario);
        CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
        CU_ASSERT_EQUAL(queue_at(&loaded, "q")->quota.nominal[GP_AXIS_GPU], SUMS[i]);
        CU_ASSERT_EQUAL(queue_at(&loaded, "q")->flavor_count, FLAVORS[i]);
        loaded_free(&loaded);
    }
    folder_remove(&folder);
}

typedef struct Quantity {
    const char *text;
    int64_t milli; /* -1: none */
} Quantity;

/* Goal: Kubernetes' quantities, rounded down to thousandths. Source: the API's documentation of
 * Quantity: binary and decimal suffixes, or a decimal exponent. */
static void quantities(void)
{
    static const Quantity QUANTITIES[] = {{"8", 8000},
                                          {"0.5", 500},
                                          {"250m", 250},
                                          {"1.5Gi", 1610612736000},
                                          {"64G", 64000000000000},
                                          {"1e3", 1000000},
                                          {"1P", 1000000000000000000},
                                          {"1E", -1},
                                          {"100u", 0},
                                          {"2500u", 2},
                                          {".5", 500},
                                          {"1.", 1000},
                                          {"12E", -1},
                                          {"999999999999999999E", -1},
                                          {"999999999999999999Ei", -1},
                                          {"", -1},
                                          {"x", -1},
                                          {"1.2.3", -1},
                                          {"-1", -1},
                                          {"1e", -1},
                                          {"1e33", -1},
                                          {"1gi", -1},
                                          {"99999999999999999999", -1}};
    for (size_t i = 0; i < sizeof QUANTITIES / sizeof QUANTITIES[0]; i++) {
        int64_t milli = -1;
        bool good = kueue_quantity(QUANTITIES[i].text, &milli);
        if (good != (QUANTITIES[i].milli >= 0) || milli != QUANTITIES[i].milli) {
            printf("%s: %" PRId64 "\n", QUANTITIES[i].text, milli);
        }
        CU_ASSERT_EQUAL(good, QUANTITIES[i].milli >= 0);
        CU_ASSERT_EQUAL(milli, QUANTITIES[i].milli);
    }
}

/* ---- Slurm ---- */

/* Goal: every line has the meaning that docs/import.md gives it. Method: the sample, by hand. */
static void slurm_says(void)
{
    Loaded loaded;
    loaded_text(&loaded, FLEET
                "policy: {import: {slurm: tests/data/slurm.conf, qos: tests/data/qos.txt}}\n");
    diagnostics_print(&loaded.diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const PolicySet *policy = &loaded.set.variants[0].policy;
    CU_ASSERT_STRING_EQUAL(policy->preset, "slurm");
    CU_ASSERT_EQUAL(policy->order_options.age_weight, 1000000);
    CU_ASSERT_EQUAL(policy->order_options.fairshare_weight, 5000000);
    CU_ASSERT_EQUAL(policy->order_options.size_weight, 500000);
    CU_ASSERT_EQUAL(policy->order_options.queue_weight, 2000000);
    CU_ASSERT_EQUAL(policy->order_options.half_life_ms, INT64_C(14) * 86400000);
    CU_ASSERT_EQUAL(policy->order_options.age_max_ms, INT64_C(84) * 3600000); /* 3-12 */
    CU_ASSERT_EQUAL(policy->scan_options.every_ms, 60000);
    CU_ASSERT_EQUAL(policy->scan_options.window_ms, INT64_C(2880) * 60000);
    CU_ASSERT_EQUAL(policy->scan_options.resolution_ms, 300000);
    CU_ASSERT(policy->scan_options.plan_depth == 1000 && policy->scan_options.depth == 200);
    CU_ASSERT_STRING_EQUAL(policy->scan->name, "conservative");
    CU_ASSERT_STRING_EQUAL(policy->evict->name, "tier");
    CU_ASSERT_EQUAL(policy->evict_options.mode, EVICT_REQUEUE);
    const Queue *batch = queue_at(&loaded, "batch");
    const Queue *urgent = queue_at(&loaded, "urgent");
    const Queue *old = queue_at(&loaded, "old");
    CU_ASSERT(batch->priority == 1 && urgent->priority == 10);
    CU_ASSERT_EQUAL(batch->default_limit_ms, INT64_C(7) * 86400000);
    CU_ASSERT_EQUAL(urgent->default_limit_ms, INT64_C(4) * 3600000);
    CU_ASSERT(batch->limit[GP_AXIS_GPU] == 16000 && batch->limit[GP_AXIS_CPU] == 200000);
    CU_ASSERT_EQUAL(batch->limit[GP_AXIS_MEMORY], 1 << 20);
    CU_ASSERT(batch->min_run_ms == 600000 && urgent->min_run_ms == 600000);
    CU_ASSERT(batch->group_set == 0 && urgent->group_set != 0); /* all nodes; h alone */
    CU_ASSERT(old->limit[GP_AXIS_GPU] == 0 && old->group_set == 0);
    CU_ASSERT(noted(&loaded, 11, "PriorityWeightQOS=10000"));
    CU_ASSERT(noted(&loaded, 5, "SchedulerParameters: bf_continue"));
    CU_ASSERT(noted(&loaded, 21, "partition `urgent`: GraceTime=60"));
    CU_ASSERT(noted(&loaded, 22, "partition `old`: State=DRAIN is a limit of no GPU"));
    CU_ASSERT(noted(&loaded, 0, "tests/data/qos.txt:2: QOS `normal`: no partition has it"));
    loaded_free(&loaded);
}

/* Goal: lines of defaults add up, and what of them is not read is noted. Method: slurm.conf(5):
 * each such line replaces or adds to the defaults before it; it holds for the partitions behind. */
static void slurm_defaults(void)
{
    Folder folder;
    folder_make(&folder);
    const char *conf = folder_file(&folder, "slurm.conf",
                                   "PartitionName=DEFAULT MaxTime=60 OverSubscribe=NO\n"
                                   "PartitionName=first\n"
                                   "PartitionName=DEFAULT PriorityTier=7\n"
                                   "PartitionName=second\n"
                                   "PartitionName=DEFAULT MaxTime=30\n"
                                   "PartitionName=third PriorityTier=2\n");
    char text[1024];
    snprintf(text, sizeof text, FLEET "policy: {import: {slurm: %s}}\n", conf);
    Loaded loaded;
    loaded_text(&loaded, text);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    const Queue *first = queue_at(&loaded, "first");
    const Queue *second = queue_at(&loaded, "second");
    const Queue *third = queue_at(&loaded, "third");
    CU_ASSERT(first->default_limit_ms == 3600000 && first->priority != 7);
    CU_ASSERT(second->default_limit_ms == 3600000 && second->priority == 7);
    CU_ASSERT(third->default_limit_ms == 1800000 && third->priority == 2);
    CU_ASSERT(noted(&loaded, 1, "partition `DEFAULT`: OverSubscribe=NO"));
    loaded_free(&loaded);
    folder_remove(&folder);
}

/* Goal: no name is cut. Method: two queues whose names of 600 letters differ in the last. */
static void long_names(void)
{
    static const char OBJECT[] = "apiVersion: kueue.x-k8s.io/v1beta1\nkind: ClusterQueue\n"
                                 "metadata: {name: %s%c}\nspec: {}\n---\n";
    Folder folder;
    Loaded loaded;
    char name[601] = "";
    char text[2048];
    char scenario[1024];
    folder_make(&folder);
    memset(name, 'q', 599);
    int length = snprintf(text, sizeof text, OBJECT, name, 'a');
    snprintf(text + length, sizeof text - (size_t)length, OBJECT, name, 'b');
    snprintf(scenario, sizeof scenario, FLEET "policy: {import: {kueue: %s}}\n",
             folder_file(&folder, "kueue.yaml", text));
    loaded_text(&loaded, scenario);
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    name[599] = 'a';
    CU_ASSERT_STRING_EQUAL(queue_at(&loaded, name)->name, name);
    name[599] = 'b';
    CU_ASSERT_STRING_EQUAL(queue_at(&loaded, name)->name, name);
    loaded_free(&loaded);
    folder_remove(&folder);
}

typedef struct SlurmTime {
    const char *text;
    int64_t seconds; /* -2: none */
} SlurmTime;

/* Goal: Slurm's times. Source: sbatch(1): minutes, minutes:seconds, hours:minutes:seconds,
 * days-hours, days-hours:minutes, days-hours:minutes:seconds. */
static void times(void)
{
    static const SlurmTime TIMES[] = {{"60", 3600},       {"1:30", 90},      {"1:00:00", 3600},
                                      {"2-0", 172800},    {"1-12", 129600},  {"1-12:30", 131400},
                                      {"1-0:0:5", 86405}, {"UNLIMITED", -1}, {"infinite", -1},
                                      {"0", 0},           {"", -2},          {"1:2:3:4", -2},
                                      {"1-", -2},         {"x", -2},         {"-5", -2},
                                      {"1 ", -2},         {"9999999999", -2}};
    for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
        int64_t seconds = 0;
        bool good = slurm_time(TIMES[i].text, &seconds);
        CU_ASSERT_EQUAL(good, TIMES[i].seconds != -2);
        CU_ASSERT(!good || seconds == TIMES[i].seconds);
    }
}

/* ---- mistakes ---- */

typedef struct Mistake {
    const char *kind, *text, *says;
    int line;
} Mistake;

#define CQ "apiVersion: kueue.x-k8s.io/v1beta1\nkind: ClusterQueue\nmetadata: {name: q}\n"

/* Goal: a mistake in an imported file is told at its place there. */
static void mistakes_have_places(void)
{
    static const Mistake MISTAKES[] = {
        {"kueue", "a: [\n", "did not find", 2},
        {"kueue", "- x\n", "no Kubernetes object", 1},
        {"kueue", "kind: ClusterQueue\n", "no Kubernetes object", 1},
        {"kueue", "", "no ClusterQueue in", 1},
        {"kueue", "apiVersion: kueue.x-k8s.io/v1beta1\nkind: ClusterQueue\n", "without a name", 1},
        {"kueue", CQ "---\n" CQ, "`q` is here again", 5},
        {"kueue", CQ "spec: {queueingStrategy: FIFO}\n", "`queueingStrategy` is FIFO", 4},
        {"kueue", CQ "spec: {preemption: {reclaimWithinCohort: [x]}}\n", "is a list", 4},
        {"kueue",
         CQ "spec: {preemption: {borrowWithinCohort: {policy: LowerPriority, maxPriorityThreshold: "
            "1x}}}\n",
         "is no priority", 4},
        {"kueue", CQ "spec: {fairSharing: {weight: much}}\n", "is no quantity", 4},
        {"kueue", CQ "spec: {resourceGroups: {}}\n", "expected a list", 4},
        {"kueue", CQ "spec: {resourceGroups: [{flavors: [{name: f}]}]}\n",
         "no name or no resources", 4},
        {"kueue",
         CQ "spec: {resourceGroups: [{flavors: [{name: f, resources: [{name: cpu, nominalQuota: "
            "-1}]}]}]}\n",
         "expected a quantity", 4},
        {"kueue",
         CQ "spec: {cohort: c, resourceGroups: [{flavors: [{name: f, resources: "
            "[{name: nvidia.com/gpu, nominalQuota: 1, lendingLimit: 2}]}]}]}\n",
         "`lend` of gpus is 2, more than its `quota`", 4},
        {"slurm", "", "no partition in", 1},
        {"slurm", "=x\n", "a value without a key", 1},
        {"slurm", "PartitionName=a\nPartitionName=a\n", "`a` is here again", 2},
        {"slurm", "PartitionName=\n", "a partition without a name", 1},
        {"slurm", "PartitionName=a MaxTime=soon\n", "is no time", 1},
        {"slurm", "PartitionName=a PriorityTier=high\n", "high", 1},
        {"slurm", "PartitionName=a\nPriorityMaxAge=x\n", "is no time", 2},
        {"slurm", "PartitionName=a\nPriorityWeightAge=x\n", "x", 2},
        {"slurm", "PartitionName=a\nSchedulerParameters=bf_interval=often\n", "is no number", 2},
        {"qos", "Nom|Priority\n", "the first column is not `Name`", 1},
        {"qos", "Name|GrpTRES\n|cpu=4\n", "a QOS without a name", 2},
        {"qos", "Name|GrpTRES\nb|cpu\n", "`cpu` is no limit", 2},
        {"qos", "Name|GrpTRES\nb|gres/gpu=many\n", "many", 2},
    };
    for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) {
        const Mistake *mistake = &MISTAKES[i];
        bool qos = strcmp(mistake->kind, "qos") == 0;
        Folder folder;
        folder_make(&folder);
        const char *file = folder_file(&folder, "f", mistake->text);
        const char *conf = folder_file(&folder, "slurm.conf", "PartitionName=b QOS=b\n");
        char text[2048];
        snprintf(text, sizeof text, FLEET "policy: {import: {%s: %s%s%s}}\n",
                 qos ? "slurm" : mistake->kind, qos ? conf : file, qos ? ", qos: " : "",
                 qos ? file : "");
        Loaded loaded;
        loaded_text(&loaded, text);
        bool good = false;
        for (int k = 0; k < loaded.diagnostics.count; k++) {
            const Diagnostic *item = &loaded.diagnostics.items[k];
            good = good ||
                   (item->severity == SEVERITY_ERROR && item->line == mistake->line &&
                    strcmp(item->file, file) == 0 && strstr(item->message, mistake->says) != NULL);
        }
        if (!good || loaded.status != STATUS_BAD_INPUT) {
            printf("expected line %d: %s\n", mistake->line, mistake->says);
            diagnostics_print(&loaded.diagnostics, stdout, false);
        }
        CU_ASSERT(good);
        CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT);
        loaded_free(&loaded);
        folder_remove(&folder);
    }
}

/* Goal: what `import` itself can get wrong. */
static void wrong_imports(void)
{
    CU_ASSERT(refused_for(FLEET "policy: {import: {kueue: no-such.yaml}}\n", "io", "no-such.yaml"));
    CU_ASSERT(refused_for(
        FLEET "policy: {import: {kueue: tests/data/kueue.yaml, slurm: tests/data/slurm.conf}}\n",
        "conflict", "kueue and slurm"));
    CU_ASSERT(refused_for(FLEET "policy: {import: {qos: tests/data/qos.txt}}\n", "conflict",
                          "means nothing without slurm"));
    CU_ASSERT(refused_for(FLEET "policy: {import: {kuee: x}}\n", "unknown-key", "kuee"));
}

/* Goal: variants that import the same share cluster and workload; one that imports something else
 * does not, and may differ in nothing but that. */
static void variants_import(void)
{
    Loaded loaded;
    loaded_text(&loaded, FLEET
                "policy: {import: {kueue: tests/data/kueue.yaml}}\n"
                "variants: {a: {}, b: {policy.pack: best-fit}, "
                "c: {policy.import: {slurm: tests/data/slurm.conf}, policy.preset: slurm}}\n");
    CU_ASSERT_EQUAL(loaded.status, STATUS_BAD_INPUT); /* import is a map: kueue stays */
    loaded_free(&loaded);
    loaded_text(&loaded, FLEET "variants: {a: {policy.import.kueue: tests/data/kueue.yaml}, "
                               "b: {policy.import.kueue: tests/data/kueue.yaml}, "
                               "c: {policy.import.slurm: tests/data/slurm.conf}, d: {}}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(loaded.set.variants[2].policy.import->kind, "slurm");
    CU_ASSERT_PTR_NULL(loaded.set.variants[3].policy.import);
    loaded_free(&loaded);
    loaded_text(&loaded, FLEET "policy: {import: {kueue: tests/data/kueue.yaml}}\n"
                               "variants: {a: {}, b: {policy.pack: best-fit}}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_PTR_EQUAL(loaded.set.variants[0].sources, loaded.set.variants[1].sources);
    loaded_free(&loaded);
}

const TestCase CASES[] = {
    {"Kueue says", kueue_says},
    {"own keys win", own_keys_win},
    {"flavors meet nodes", flavors_meet_nodes},
    {"quantities", quantities},
    {"slurm.conf says", slurm_says},
    {"defaults of partitions", slurm_defaults},
    {"long names", long_names},
    {"times", times},
    {"mistakes have places", mistakes_have_places},
    {"wrong imports", wrong_imports},
    {"variants import", variants_import},
    {NULL, NULL},
};
