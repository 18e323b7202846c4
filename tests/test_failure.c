/* test_failure.c - when what fails: renewal processes of components against their closed forms. */
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/failure_draft.h"
#include "models/failure_draw.h"
#include "models/failure_presets.h"
#include "models/gsl_philox.h"
#include "models/xid.h"

#define HOUR 3600000.0
#define DAY (24.0 * HOUR)
#define Z999 3.29 /* 99.9 % of a normal lie within so many standard deviations */

/* `nodes` nodes of `gpus` GPUs, in racks of 4 and zones of 16. */
typedef struct Fleet {
    Arena arena;
    Cluster cluster;
    GpNodeType type;
    NodeTypeInfo info;
    FailureDraft draft;
} Fleet;

static void fleet_open(Fleet *fleet, int32_t nodes, int32_t gpus)
{
    memset(fleet, 0, sizeof *fleet);
    arena_init(&fleet->arena);
    fleet->type = (GpNodeType){.size = sizeof(GpNodeType),
                               .device_count = gpus,
                               .capacity = {[GP_AXIS_GPU] = gpus * 1000}};
    Cluster *cluster = &fleet->cluster;
    cluster->type_count = 1;
    cluster->types = &fleet->type;
    cluster->type_info = &fleet->info;
    cluster->node_count = nodes;
    cluster->node_type = ARENA_ARRAY(&fleet->arena, int32_t, nodes);
    cluster->node_name = ARENA_ARRAY(&fleet->arena, const char *, nodes);
    cluster->node_rack = ARENA_ARRAY(&fleet->arena, int32_t, nodes);
    cluster->node_zone = ARENA_ARRAY(&fleet->arena, int32_t, nodes);
    for (int32_t node = 0; node < nodes; node++) {
        cluster->node_name[node] = "n";
        cluster->node_rack[node] = node / 4;
        cluster->node_zone[node] = node / 16;
    }
    cluster->rack_count = (nodes + 3) / 4;
    cluster->zone_count = (nodes + 15) / 16;
    CU_ASSERT_TRUE_FATAL(cluster_finish(cluster, &fleet->arena));
    fleet->draft = failure_draft(&fleet->arena);
}

static FaultSource *fleet_source(Fleet *fleet, uint32_t replication)
{
    FailureModel *model = failure_draft_finish(&fleet->draft);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    FaultSource *source = fault_source_new(&fleet->arena, model, &fleet->cluster, 42, replication);
    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    return source;
}

static FaultRow drawn(Family family, double mean_ms, double shape)
{
    Distribution unit = {.family = family, .scale = 1.0, .shape = shape};
    unit.scale = mean_ms / distribution_moment(&unit, 1);
    return (FaultRow){.gap = unit, .drawn = true};
}

static int32_t component(Fleet *fleet, const char *name, FaultEffect effect, FaultScope scope,
                         FaultRow row)
{
    FaultKind kind = fault_kind(name, effect, scope);
    kind.domain_nodes = 8;
    int32_t id = failure_draft_kind(&fleet->draft, &kind, &row);
    CU_ASSERT_TRUE_FATAL(id >= 0);
    return id;
}

/* Faults of a kind (-1: all) until then. */
static int64_t count_until(FaultSource *source, int32_t kind, double until_ms)
{
    int64_t count = 0;
    while ((double)fault_source_next_ms(source) <= until_ms) {
        Fault fault = fault_source_take(source);
        count += kind < 0 || fault.kind == kind;
    }
    return count;
}

/* ---- how often --------------------------------------------------------------------------------*/

/* Goal: as many faults as mtbf says, over any horizon, whatever the distribution of gaps. Method:
 * 2,000 nodes for 30 days at an mtbf of 100 days; 600 are expected (stationary processes: exactly
 * targets x time / mtbf). Counts of a renewal process vary by less than cv^2 or 1 times the mean of
 * a Poisson's here; 99.9 % interval with the larger. */
static void test_rates(void)
{
    const struct {
        Family family;
        double shape, cv2;
    } cases[] = {{FAMILY_EXPONENTIAL, 0.0, 1.0}, {FAMILY_WEIBULL, 0.7, 2.14},
                 {FAMILY_WEIBULL, 2.0, 1.0},     {FAMILY_GAMMA, 0.5, 2.0},
                 {FAMILY_LOGNORMAL, 1.0, 1.72},  {FAMILY_HYPEREXPONENTIAL, 2.0, 4.0},
                 {FAMILY_PARETO, 3.5, 1.0},      {FAMILY_CONSTANT, 0.0, 1.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fleet fleet;
        fleet_open(&fleet, 2000, 1);
        component(&fleet, "x", EFFECT_NODE_OUT, SCOPE_NODE,
                  drawn(cases[i].family, 100.0 * DAY, cases[i].shape));
        double count = (double)count_until(fleet_source(&fleet, 0), -1, 30.0 * DAY);
        CU_ASSERT_DOUBLE_EQUAL(count, 600.0, Z999 * sqrt(600.0 * fmax(1.0, cases[i].cv2)));
        arena_free(&fleet.arena);
    }
}

/* Goal: each scope has its targets. Method: 64 nodes of 8 GPUs in racks of 4 and zones of 16, 8 in
 * a row: 512 devices, 64 nodes, 16 racks, 4 zones, 8 rows; 100 faults expected of each target.
 * Where a fault is of a device, the device is one of its node's. */
static void test_scopes(void)
{
    static const FaultScope SCOPES[] = {SCOPE_DEVICE, SCOPE_NODE, SCOPE_RACK, SCOPE_ZONE,
                                        SCOPE_NEIGHBOURS};
    static const int TARGETS[] = {512, 64, 16, 4, 8};
    for (int i = 0; i < 5; i++) {
        Fleet fleet;
        fleet_open(&fleet, 64, 8);
        component(&fleet, "x", EFFECT_NODE_OUT, SCOPES[i], drawn(FAMILY_EXPONENTIAL, DAY, 0.0));
        FaultSource *source = fleet_source(&fleet, 0);
        CU_ASSERT_EQUAL(fault_source_slots(source), TARGETS[i]);
        int64_t count = 0;
        bool good = true;
        while (fault_source_next_ms(source) <= (int64_t)(100.0 * DAY)) {
            Fault fault = fault_source_take(source);
            count++;
            good = good && (SCOPES[i] == SCOPE_DEVICE) == (fault.devices != 0) &&
                   fault.devices < 256 && (fault.devices & (fault.devices - 1)) == 0 &&
                   (SCOPES[i] != SCOPE_NEIGHBOURS || fault.target % 8 == 0) &&
                   (SCOPES[i] != SCOPE_DEVICE || fault.target == fault.slot / 8);
        }
        CU_ASSERT_TRUE(good);
        double expected = 100.0 * TARGETS[i];
        CU_ASSERT_DOUBLE_EQUAL((double)count, expected, Z999 * sqrt(expected));
        arena_free(&fleet.arena);
    }
}

/* Goal: the series model, MTTF(n) = 1 / (n r). Method: the first fault of n nodes of 10 at
 * r = 1 / 40 days, over 4,000 replications; the mean of exponential times has the standard error
 * mean / sqrt(replications). */
static void test_series(void)
{
    enum { REPLICATIONS = 4000 };
    for (int32_t nodes = 1; nodes <= 10; nodes += 3) {
        Fleet fleet;
        fleet_open(&fleet, nodes, 1);
        component(&fleet, "a", EFFECT_NODE_OUT, SCOPE_NODE,
                  drawn(FAMILY_EXPONENTIAL, 60.0 * DAY, 0.0));
        component(&fleet, "b", EFFECT_GPU_OUT, SCOPE_DEVICE,
                  drawn(FAMILY_EXPONENTIAL, 120.0 * DAY, 0.0));
        double sum = 0.0;
        for (uint32_t i = 0; i < REPLICATIONS; i++) {
            sum += (double)fault_source_next_ms(fleet_source(&fleet, i)) / DAY;
        }
        double expected = 40.0 / nodes; /* 1/60 + 1/120 = 1/40 a day */
        CU_ASSERT_DOUBLE_EQUAL(sum / REPLICATIONS, expected,
                               Z999 * expected / sqrt((double)REPLICATIONS));
        arena_free(&fleet.arena);
    }
}

/* Goal: a stationary process's first gap has the density (1 - F(x)) / mean. Method: Kolmogorov's
 * distance of 20,000 draws from the integral of 1 - F, worked out with Simpson's rule on 400
 * pieces; 1.95 / sqrt(n) is its 99.9 % point. */
static void test_residual(void)
{
    enum { DRAWS = 20000, PIECES = 400 };
    static const QuantilePoint POINTS[] = {{0.0, 1.0}, {0.6, 4.0}, {1.0, 50.0}};
    static const Distribution GAPS[] = {
        {.family = FAMILY_EXPONENTIAL, .scale = 3.0},
        {.family = FAMILY_EXPONENTIAL, .scale = 3.0, .most = 4.0},
        {.family = FAMILY_WEIBULL, .scale = 3.0, .shape = 0.7},
        {.family = FAMILY_GAMMA, .scale = 3.0, .shape = 2.0},
        {.family = FAMILY_LOGNORMAL, .scale = 3.0, .shape = 0.8},
        {.family = FAMILY_PARETO, .scale = 3.0, .shape = 2.5},
        {.family = FAMILY_HYPEREXPONENTIAL, .scale = 3.0, .shape = 2.0},
        {.family = FAMILY_EMPIRICAL, .point_count = 3, .points = POINTS},
        {.family = FAMILY_CONSTANT, .scale = 3.0}};
    for (size_t g = 0; g < sizeof GAPS / sizeof GAPS[0]; g++) {
        const Distribution *gap = &GAPS[g];
        double far = 8.0;
        int below[PIECES + 1] = {0};
        for (uint32_t i = 0; i < DRAWS; i++) {
            PhiloxState state;
            gsl_rng rng = gsl_philox_at(&state, (DrawAddress){7, 0, PURPOSE_TEST, i});
            double x = distribution_draw_residual(gap, &rng);
            for (int k = (int)ceil(x / far * PIECES); k <= PIECES; k++) {
                below[k]++;
            }
        }
        double mean = distribution_moment(gap, 1);
        double area = 0.0;
        double distance = 0.0;
        double step = far / PIECES;
        for (int k = 1; k <= PIECES; k++) {
            double middle = ((double)k - 0.5) * step;
            area += step / 6.0 *
                    (6.0 - distribution_cdf(gap, middle - 0.5 * step) -
                     4.0 * distribution_cdf(gap, middle) -
                     distribution_cdf(gap, middle + 0.5 * step - 1e-12));
            distance = fmax(distance, fabs((double)below[k] / DRAWS - area / mean));
        }
        CU_ASSERT(distance < 1.95 / sqrt((double)DRAWS) + 0.002); /* and the steps of the sum */
    }
}

/* ---- nodes differ ---------------------------------------------------------------------------- */

/* Goal: frailties have mean 1 and the cv that was asked for, lemons their share and factor, and
 * both are the same nodes in every component. Method: 20,000 nodes; moments of a gamma of cv 0.8
 * (its fourth moment gives the error of the variance: kurtosis 3 + 6 cv^2). */
static void test_frailty(void)
{
    enum { NODES = 20000 };
    FaultLuck luck = {42, 0};
    FaultRow frail = {.frailty_cv = 0.8};
    FaultRow lemon = {.lemon_share = 0.012, .lemon_factor = 20.0};
    double sum = 0.0, squares = 0.0, lemon_sum = 0.0, lemons = 0.0;
    double others = 1.0 / (1.0 + 0.012 * 19.0);
    for (int32_t node = 0; node < NODES; node++) {
        double x = node_frailty(luck, &frail, node);
        double y = node_frailty(luck, &lemon, node);
        sum += x;
        squares += (x - 1.0) * (x - 1.0);
        lemon_sum += y;
        lemons += y > 1.0;
        bool either = fabs(y - others) < 1e-12 || fabs(y - 20.0 * others) < 1e-12;
        if (!either) {
            CU_FAIL("a node is a lemon or it is not");
            break;
        }
    }
    double error = Z999 / sqrt((double)NODES);
    CU_ASSERT_DOUBLE_EQUAL(sum / NODES, 1.0, 0.8 * error);
    CU_ASSERT_DOUBLE_EQUAL(squares / NODES, 0.64, 0.64 * sqrt(2.0 + 6.0 * 0.64) * error);
    CU_ASSERT_DOUBLE_EQUAL(lemons / NODES, 0.012, sqrt(0.012 * 0.988) * error);
    double spread = 19.0 * others * sqrt(0.012 * 0.988);
    CU_ASSERT_DOUBLE_EQUAL(lemon_sum / NODES, 1.0, spread * error);
}

/* Goal: a frail node is frail in all components. Method: two components of 400 nodes with frailty
 * of cv 1; the correlation of a node's counts in the two is far above what independence gives (1 /
 * sqrt(400) = 0.05): with 20 faults of each a mean node it is 400 / (20 + 400) = 0.95. */
static void test_frailty_shared(void)
{
    enum { NODES = 400 };
    Fleet fleet;
    fleet_open(&fleet, NODES, 1);
    FaultRow row = drawn(FAMILY_EXPONENTIAL, DAY, 0.0);
    row.frailty_cv = 1.0;
    component(&fleet, "a", EFFECT_NODE_OUT, SCOPE_NODE, row);
    component(&fleet, "b", EFFECT_GPU_OUT, SCOPE_DEVICE, row);
    FaultSource *source = fleet_source(&fleet, 3);
    static double counts[2][NODES];
    memset(counts, 0, sizeof counts);
    double total = 0.0;
    while (fault_source_next_ms(source) <= (int64_t)(20.0 * DAY)) {
        Fault fault = fault_source_take(source);
        counts[fault.kind][fault.target]++;
        total++;
    }
    double mean = total / (2.0 * NODES);
    double both = 0.0, first = 0.0, second = 0.0;
    for (int i = 0; i < NODES; i++) {
        both += (counts[0][i] - mean) * (counts[1][i] - mean);
        first += (counts[0][i] - mean) * (counts[0][i] - mean);
        second += (counts[1][i] - mean) * (counts[1][i] - mean);
    }
    CU_ASSERT(both / sqrt(first * second) > 0.85);
    CU_ASSERT_DOUBLE_EQUAL(mean, 20.0, Z999 * sqrt(20.0 / 800.0 + 400.0 / 400.0));
    arena_free(&fleet.arena);
}

/* ---- order and address ------------------------------------------------------------------------*/

/* Goal: drawn and recorded faults come in order of time, ties by slot, and a source gives the same
 * list again. Method: two components, and recorded ones at the very times of drawn ones. */
static void test_order(void)
{
    enum { COUNT = 2000 };
    Fleet fleet;
    fleet_open(&fleet, 50, 4);
    component(&fleet, "a", EFFECT_NODE_OUT, SCOPE_NODE, drawn(FAMILY_WEIBULL, 9.0 * DAY, 0.7));
    int32_t kind = component(&fleet, "b", EFFECT_GPU_OUT, SCOPE_DEVICE,
                             drawn(FAMILY_EXPONENTIAL, 30.0 * DAY, 0.0));
    FaultSource *plain = fleet_source(&fleet, 1);
    for (int i = 0; i < 40; i++) {
        Fault fault = fault_source_take(plain);
        Fault recorded = {.at_ms = fault.at_ms, .out_ms = 5, .kind = kind, .target = i};
        CU_ASSERT_TRUE_FATAL(failure_draft_fault(&fleet.draft, recorded));
    }
    FaultSource *a = fleet_source(&fleet, 1);
    FaultSource *b = fleet_source(&fleet, 1);
    int32_t drawn_slots = 50 + 200;
    CU_ASSERT_EQUAL(fault_source_slots(a), drawn_slots + 40);
    bool good = true;
    int recorded = 0;
    Fault last = {.at_ms = -1};
    for (int i = 0; i < COUNT; i++) {
        int64_t next_ms = fault_source_next_ms(a);
        Fault fault = fault_source_take(a);
        Fault again = fault_source_take(b);
        good = good && fault.at_ms == next_ms && fault.slot == again.slot &&
               fault.at_ms == again.at_ms && fault.number == again.number &&
               (fault.at_ms > last.at_ms || (fault.at_ms == last.at_ms && fault.slot > last.slot));
        good = good && fault.recorded == (fault.slot >= drawn_slots);
        recorded += fault.recorded;
        last = fault;
    }
    CU_ASSERT_TRUE(good);
    CU_ASSERT_EQUAL(recorded, 40);
    arena_free(&fleet.arena);
}

/* Goal: one component's faults are where they were when another is added behind it, or the fleet
 * grows; another replication is another luck. Method: times of the first component, compared. */
static void test_addresses(void)
{
    enum { COUNT = 200 };
    Fleet small, large;
    fleet_open(&small, 30, 1);
    fleet_open(&large, 60, 1);
    FaultRow row = drawn(FAMILY_GAMMA, 10.0 * DAY, 2.0);
    component(&small, "a", EFFECT_NODE_OUT, SCOPE_NODE, row);
    component(&large, "a", EFFECT_NODE_OUT, SCOPE_NODE, row);
    component(&large, "b", EFFECT_NODE_OUT, SCOPE_NODE, row);
    FaultSource *one = fleet_source(&small, 5);
    FaultSource *other = fleet_source(&small, 6);
    FaultSource *more = fleet_source(&large, 5);
    bool same = true;
    bool alike = true;
    for (int i = 0; i < COUNT; i++) {
        Fault fault = fault_source_take(one);
        Fault found = fault_source_take(more);
        while (found.kind != 0 || found.target >= 30) {
            found = fault_source_take(more);
        }
        same = same && fault.at_ms == found.at_ms && fault.target == found.target;
        alike = alike && fault_source_take(other).at_ms == fault.at_ms;
    }
    CU_ASSERT_TRUE(same);
    CU_ASSERT_FALSE(alike);
    arena_free(&small.arena);
    arena_free(&large.arena);
}

/* ---- how long, and what it takes --------------------------------------------------------------*/

/* Goal: times out have the distribution of their row; jobs' deaths take no time; without a row it
 * is for good. Method: the mean over 3,000 faults of a lognormal. */
static void test_out(void)
{
    static const Distribution OUT = {.family = FAMILY_LOGNORMAL, .scale = 2.0 * HOUR, .shape = 0.5};
    Fleet fleet;
    fleet_open(&fleet, 100, 1);
    FaultRow row = drawn(FAMILY_EXPONENTIAL, DAY, 0.0);
    row.out = &OUT;
    component(&fleet, "a", EFFECT_NODE_OUT, SCOPE_NODE, row);
    component(&fleet, "dies", EFFECT_JOB_DIES, SCOPE_NODE, row);
    row.out = NULL;
    component(&fleet, "stays", EFFECT_NODE_OUT, SCOPE_NODE, row);
    FaultSource *source = fleet_source(&fleet, 0);
    double sum = 0.0;
    int count = 0;
    bool good = true;
    while (count < 3000) {
        Fault fault = fault_source_take(source);
        good = good && (fault.kind != 1 || fault.out_ms == 0) &&
               (fault.kind != 2 || fault.out_ms == TIME_NEVER);
        sum += fault.kind == 0 ? (double)fault.out_ms : 0.0;
        count += fault.kind == 0;
    }
    CU_ASSERT_TRUE(good);
    double mean = distribution_moment(&OUT, 1);
    double spread = sqrt(distribution_moment(&OUT, 2) - mean * mean);
    CU_ASSERT_DOUBLE_EQUAL(sum / count, mean, Z999 * spread / sqrt((double)count));
    arena_free(&fleet.arena);
}

/* Goal: stages of a repair have their distributions and probabilities, each attempt its own luck,
 * and asking twice gives the same. */
static void test_repairs(void)
{
    static const Distribution HOURS = {.family = FAMILY_EXPONENTIAL, .scale = HOUR};
    static const RepairStages STAGES = {.diagnosis = &HOURS,
                                        .part = &HOURS,
                                        .hands_on = &HOURS,
                                        .part_probability = 0.3,
                                        .no_fault_found = 0.1,
                                        .technician = true};
    enum { COUNT = 4000 };
    Fleet fleet;
    fleet_open(&fleet, 100, 1);
    FaultRow row = drawn(FAMILY_EXPONENTIAL, DAY, 0.0);
    row.stages = &STAGES;
    component(&fleet, "a", EFFECT_NODE_OUT, SCOPE_NODE, row);
    FaultSource *source = fleet_source(&fleet, 0);
    double diagnosis = 0.0, hands_on = 0.0, parts = 0.0, nothing = 0.0;
    bool good = true;
    for (int i = 0; i < COUNT; i++) {
        Fault fault = fault_source_take(source);
        RepairTimes times = repair_times(source, &fault, 0);
        RepairTimes again = repair_times(source, &fault, 0);
        RepairTimes later = repair_times(source, &fault, 1);
        good = good && times.diagnosis_ms == again.diagnosis_ms && times.technician &&
               times.diagnosis_ms != later.diagnosis_ms && times.burn_in_ms == 0 &&
               times.diagnosis_ms != times.hands_on_ms;
        diagnosis += (double)times.diagnosis_ms;
        hands_on += (double)times.hands_on_ms;
        parts += times.part_ms > 0;
        nothing += times.no_fault_found;
    }
    double error = Z999 / sqrt((double)COUNT);
    CU_ASSERT_TRUE(good);
    CU_ASSERT_DOUBLE_EQUAL(diagnosis / COUNT, HOUR, HOUR * error);
    CU_ASSERT_DOUBLE_EQUAL(hands_on / COUNT, HOUR, HOUR * error);
    CU_ASSERT_DOUBLE_EQUAL(parts / COUNT, 0.3, 0.46 * error);
    CU_ASSERT_DOUBLE_EQUAL(nothing / COUNT, 0.1, 0.3 * error);
    arena_free(&fleet.arena);
}

/* Goal: a job's own faults by its GPUs, up to so many, and those written down by name and attempt.
 * Method: mean work until the fault over 4,000 jobs; 1 / (0.01 x 4 GPUs) = 25 h, and 1 / (0.01 x 8)
 * where 8 of 16 count. */
static void test_jobs(void)
{
    enum { COUNT = 4000 };
    Fleet fleet;
    fleet_open(&fleet, 1, 1);
    FaultRow row = drawn(FAMILY_EXPONENTIAL, 100.0 * HOUR, 0.0);
    row.per_gpu_hour = 0.01;
    row.gpus_most = 8;
    int32_t drawn_kind = component(&fleet, "software", EFFECT_JOB_DIES, SCOPE_JOB, row);
    FaultSource *source = fleet_source(&fleet, 0);
    double four = 0.0, sixteen = 0.0;
    int32_t kind = -1;
    for (int32_t job = 0; job < COUNT; job++) {
        four += (double)job_fault_work_ms(source, job, 0, 4000, &kind);
        sixteen += (double)job_fault_work_ms(source, job, 0, 16000, &kind);
    }
    CU_ASSERT_EQUAL(kind, drawn_kind);
    CU_ASSERT_DOUBLE_EQUAL(four / COUNT / HOUR, 25.0, Z999 * 25.0 / sqrt((double)COUNT));
    CU_ASSERT_DOUBLE_EQUAL(sixteen / COUNT / HOUR, 12.5, Z999 * 12.5 / sqrt((double)COUNT));
    CU_ASSERT_EQUAL(job_fault_work_ms(source, 1, 0, 0, &kind), TIME_NEVER);
    CU_ASSERT_EQUAL(kind, -1);
    CU_ASSERT_NOT_EQUAL(job_fault_work_ms(source, 1, 0, 4000, &kind),
                        job_fault_work_ms(source, 1, 1, 4000, &kind));
    arena_free(&fleet.arena);

    fleet_open(&fleet, 1, 1);
    int32_t written = component(&fleet, "x", EFFECT_JOB_DIES, SCOPE_JOB, (FaultRow){0});
    failure_draft_job_fault(&fleet.draft, (JobFault){"B", written, 2, 5000});
    failure_draft_job_fault(&fleet.draft, (JobFault){"B", written, 0, 9000});
    source = fleet_source(&fleet, 0);
    const char *names[] = {"A", NULL, "B"};
    JobTable jobs = {.job_count = 3, .job_name = names};
    CU_ASSERT_TRUE(fault_source_jobs(source, &fleet.arena, &jobs));
    CU_ASSERT_EQUAL(job_fault_work_ms(source, 0, 0, 8000, &kind), TIME_NEVER);
    CU_ASSERT_EQUAL(job_fault_work_ms(source, 2, 0, 8000, &kind), 5000);
    CU_ASSERT_EQUAL(kind, written);
    CU_ASSERT_EQUAL(job_fault_work_ms(source, 2, 1, 8000, &kind), 5000);
    CU_ASSERT_EQUAL(job_fault_work_ms(source, 2, 2, 8000, &kind), 9000);
    arena_free(&fleet.arena);
}

/* ---- presets and numbers --------------------------------------------------------------------- */

/* Goal: presets offer what their sources say. Method: expected faults a year of 2,048 nodes of 8
 * GPUs by hand: Llama 3 has 419 + 47 in 54 days, 63 of them the job's own; RSC-1 5.88 and
 * RSC-2 2.34 per 1,000 node-days; InfiniteHBD 584 in 400 x 348 node-days (frailties of 2,048 nodes
 * widen the interval: cv 1.06, lemons). */
static void test_presets(void)
{
    const double node_days = 2048.0 * 54.0;
    const struct {
        const char *name;
        double expected, cv;
    } cases[] = {{"llama3", 466.0 - 63.0, 0.0},
                 {"rsc-1", 5.88 / 1000.0 * node_days, 1.7},
                 {"rsc-1-lemons", 22.49 / 1000.0 * node_days, 6.5},
                 {"rsc-2", 2.34 / 1000.0 * node_days, 1.7},
                 {"infinitehbd", 584.0 / (400.0 * 348.0) * node_days, 1.06},
                 {"none", 0.0, 0.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fleet fleet;
        fleet_open(&fleet, 2048, 8);
        CU_ASSERT_TRUE_FATAL(failure_preset_add(&fleet.draft, cases[i].name));
        CU_ASSERT_PTR_NOT_NULL(failure_preset_source(cases[i].name));
        FaultSource *source = fleet_source(&fleet, 2);
        double expected = cases[i].expected;
        double spread = sqrt(expected + expected * expected * cases[i].cv * cases[i].cv / 2048.0);
        double count = (double)count_until(source, -1, 54.0 * DAY);
        CU_ASSERT_DOUBLE_EQUAL(count, expected, Z999 * spread);
        for (int32_t kind = 0; kind < fleet.draft.kind_count; kind++) {
            CU_ASSERT_PTR_NOT_NULL(fleet.draft.kinds[kind].source);
        }
        arena_free(&fleet.arena);
    }
}

/* Goal: the classes that remedies tell apart. Expected: the table of docs/failures.md. */
static void test_xids(void)
{
    const struct {
        int32_t xid;
        FaultClass class_of;
        FaultEffect effect;
        FaultCure cure;
    } cases[] = {{13, FAULT_CLASS_APPLICATION, EFFECT_JOB_DIES, CURE_TIME},
                 {31, FAULT_CLASS_APPLICATION, EFFECT_JOB_DIES, CURE_TIME},
                 {48, FAULT_CLASS_UNCONTAINED, EFFECT_GPU_OUT, CURE_RESET},
                 {74, FAULT_CLASS_NVLINK, EFFECT_GPU_OUT, CURE_RESET},
                 {79, FAULT_CLASS_BUS, EFFECT_NODE_OUT, CURE_REBOOT},
                 {94, FAULT_CLASS_CONTAINED, EFFECT_JOB_DIES, CURE_RESET},
                 {119, FAULT_CLASS_DRIVER, EFFECT_GPU_OUT, CURE_RESET}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const XidRow *row = xid_row(cases[i].xid);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        CU_ASSERT_EQUAL(row->class_of, cases[i].class_of);
        CU_ASSERT_EQUAL(row->effect, cases[i].effect);
        CU_ASSERT_EQUAL(row->cure, cases[i].cure);
    }
    CU_ASSERT_PTR_NULL(xid_row(7));
    CU_ASSERT_PTR_EQUAL(xid_named("xid-79"), xid_row(79));
    CU_ASSERT_PTR_NULL(xid_named("xid-"));
    CU_ASSERT_PTR_NULL(xid_named("xid-79x"));
    CU_ASSERT_PTR_NULL(xid_named("79"));
    int32_t last = 0;
    for (int32_t i = 0; xid_at(i) != NULL; i++) {
        CU_ASSERT(xid_at(i)->xid > last);
        last = xid_at(i)->xid;
    }
}

const char *const SUITE = "failure";
const TestCase CASES[] = {{"rates", test_rates},     {"scopes", test_scopes},
                          {"series", test_series},   {"residual", test_residual},
                          {"frailty", test_frailty}, {"frailty shared", test_frailty_shared},
                          {"order", test_order},     {"addresses", test_addresses},
                          {"times out", test_out},   {"repairs", test_repairs},
                          {"jobs", test_jobs},       {"presets", test_presets},
                          {"Xids", test_xids},       {NULL, NULL}};
