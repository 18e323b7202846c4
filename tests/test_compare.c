/* test_compare.c - what one variant is against another, of scenarios that have run: books by hand,
 * sums with ==. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "sim/experiment/experiment.h"
#include "sim/report/amounts.h"
#include "sim/report/bridge.h"
#include "sim/report/compare_json.h"
#include "sim/report/json_help.h"
#include "tests/json_at.h"
#include "tests/suite.h"

const char *const SUITE = "compare";

/* ---- a scenario that has run ---- */

typedef struct Ran {
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    ExperimentResult result;
    json_t *summary;
} Ran;

static void ran(Ran *run, const char *text)
{
    LoadOptions load = {.data_dir = NULL};
    ExperimentOptions options = {.threads = 1};
    arena_init(&run->arena);
    diagnostics_init(&run->diagnostics);
    Status status = scenario_load_text("test", text, strlen(text), &load, &run->arena,
                                       &run->diagnostics, &run->set);
    if (status == STATUS_OK) {
        status = experiment_run(&run->set, &options, &run->arena, &run->diagnostics, &run->result);
    }
    diagnostics_print(&run->diagnostics, stderr, false);
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    run->summary = summary_json(&run->result);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run->summary);
}

static void ran_free(Ran *run)
{
    json_decref(run->summary);
    diagnostics_free(&run->diagnostics);
    arena_free(&run->arena);
}

static const json_t *variant(const Ran *run, size_t at)
{
    return json_array_get(json_object_get(run->summary, "variants"), at);
}

/* The row of an account in a bridge. */
static const json_t *row_of(const json_t *bridge, const char *account)
{
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        if (strcmp(json_text_at(row, "account"), account) == 0) {
            return row;
        }
    }
    return NULL;
}

static bool amounts_are(const json_t *row, const char *unit, int64_t from, int64_t to)
{
    const json_t *amount = json_object_get(row, unit);
    return json_integer_value(json_object_get(amount, "from")) == from &&
           json_integer_value(json_object_get(amount, "to")) == to &&
           json_integer_value(json_object_get(amount, "change")) == to - from;
}

static bool hours_are(const json_t *row, int64_t from, int64_t to)
{
    return amounts_are(row, "gpu_hours_micro", from * MICRO, to * MICRO) &&
           amounts_are(row, "usd_micro", from * 2 * MICRO, to * 2 * MICRO);
}

/* ---- by hand ---- */

/* One node of 4 GPUs at 2 USD, 10 hours: 40 GPU-hours, 80 USD. A runs 0 to 4 on 2 GPUs; B (4 GPUs,
 * 2 h) and C (1 GPU, 3 h) come at 1. Productive 8 + 8 + 3 = 19 in all variants.
 *
 * strict: B waits until 4, C behind it until 6. From 1 to 4 two GPUs are free: C would fit and
 * claims one as blocked (3), B is short and claims the other (3). Nobody wants 2 (from 0 to 1), 9
 * (6 to 9) and 4 (9 to 10): 15. skip: C runs 1 to 4. One GPU is free then, which B is short of (3).
 * Nobody wants 2 and 16: 18. bigger: two nodes, strict, 80 GPU-hours, 160 USD. B runs 1 to 3, C 1
 * to 4. Nobody wants 6, 2, 5 and 48: 61. */
static const char THREE_JOBS[] =
    "gpuplan: 1\nname: three-jobs\nhorizon: 10h\n"
    "cluster:\n"
    "  types: {t: {gpus: {count: 4, model: A100}, price: {on_demand: 2 USD/gpu-h}}}\n"
    "  nodes: [{name: a, type: t, count: 1}]\n"
    "costs: {replacement: 3 USD/gpu-h}\n"
    "workload:\n"
    "  - jobs:\n"
    "      - {id: A, submit: 0s, duration: 4h, gpus: 2}\n"
    "      - {id: B, submit: 1h, duration: 2h, gpus: 4}\n"
    "      - {id: C, submit: 1h, duration: 3h, gpus: 1}\n"
    "policy: {preset: fifo, scan: strict}\n"
    "variants:\n"
    "  strict: {}\n"
    "  skip: {policy.scan: skip}\n"
    "  bigger: {cluster.nodes.a.count: 2}\n";

/* Goal: every row of the bridge. Method: as above. */
static void bridge_by_hand(void)
{
    Ran run;
    ran(&run, THREE_JOBS);
    const json_t *skip = at(variant(&run, 1), "against_baseline bridge");
    CU_ASSERT_TRUE(hours_are(at(skip, "paid"), 40, 40));
    CU_ASSERT_TRUE(hours_are(at(skip, "productive"), 19, 19));
    CU_ASSERT_TRUE(hours_are(at(skip, "productive by 0"), 19, 19));
    CU_ASSERT_EQUAL(json_array_size(at(skip, "rows")), 3);
    CU_ASSERT_TRUE(hours_are(row_of(skip, "blocked"), 3, 0));
    CU_ASSERT_TRUE(hours_are(at(row_of(skip, "blocked"), "by 0"), 3, 0));
    CU_ASSERT_TRUE(is_text(row_of(skip, "blocked"), "by 0 sub_account", "head_of_line"));
    CU_ASSERT_TRUE(hours_are(row_of(skip, "short"), 3, 3));
    CU_ASSERT_TRUE(is_text(row_of(skip, "short"), "by 0 sub_account", "gpu"));
    CU_ASSERT_TRUE(hours_are(row_of(skip, "no_demand"), 15, 18));
    CU_ASSERT_TRUE(is_text(row_of(skip, "no_demand"), "group", "idle"));
    CU_ASSERT_EQUAL(number(row_of(skip, "no_demand"), "ci_low"), 3);
    CU_ASSERT_TRUE(json_is_true(at(row_of(skip, "no_demand"), "deterministic")));
    const json_t *bigger = at(variant(&run, 2), "against_baseline bridge");
    CU_ASSERT_TRUE(hours_are(at(bigger, "paid"), 40, 80));
    CU_ASSERT_TRUE(hours_are(at(bigger, "productive"), 19, 19));
    CU_ASSERT_TRUE(hours_are(row_of(bigger, "blocked"), 3, 0));
    CU_ASSERT_TRUE(hours_are(row_of(bigger, "short"), 3, 0));
    CU_ASSERT_TRUE(hours_are(row_of(bigger, "no_demand"), 15, 61));
    ran_free(&run);
}

/* Goal: three numbers. Method: skip wastes 3 GPU-hours less and pays as much: 3 freed, at 3 USD 9.
 * bigger pays 80 USD more for 40 GPU-hours and wastes 6 less. The other way round 40 GPU-hours are
 * given back, and 6 more wasted. */
static void savings_by_hand(void)
{
    Ran run;
    ran(&run, THREE_JOBS);
    const json_t *skip = at(variant(&run, 1), "against_baseline savings");
    CU_ASSERT_EQUAL(number(skip, "cash usd_micro"), 0);
    CU_ASSERT_EQUAL(number(skip, "capacity_freed gpu_hours_micro"), 3e6);
    CU_ASSERT_EQUAL(number(skip, "capacity_freed usd_micro"), 9e6);
    CU_ASSERT_EQUAL(number(skip, "capacity_freed ci_low"), 3);
    CU_ASSERT_EQUAL(number(skip, "neither gpu_hours_micro"), 0);
    CU_ASSERT_TRUE(is_text(skip, "neither fell 0", "blocked"));
    const json_t *bigger = at(variant(&run, 2), "against_baseline savings");
    CU_ASSERT_EQUAL(number(bigger, "cash usd_micro"), -80e6);
    CU_ASSERT_EQUAL(number(bigger, "cash gpu_hours_micro"), -40e6);
    CU_ASSERT_EQUAL(number(bigger, "capacity_freed gpu_hours_micro"), 6e6);
    VariantPair back = {.from = variant(&run, 2), .to = variant(&run, 0), .paired = true};
    json_t *smaller = savings_json(&back);
    CU_ASSERT_EQUAL(number(smaller, "cash usd_micro"), 80e6);
    CU_ASSERT_EQUAL(number(smaller, "cash gpu_hours_micro"), 40e6);
    CU_ASSERT_EQUAL(number(smaller, "capacity_freed gpu_hours_micro"), -6e6);
    json_decref(smaller);
    ran_free(&run);
}

/* Goal: who moved. Method: only C: 6 to 9 becomes 1 to 4, on one GPU: 5 h sooner. */
static void moved_by_hand(void)
{
    Ran run;
    ran(&run, THREE_JOBS);
    const json_t *moved = at(variant(&run, 1), "against_baseline moved_jobs");
    CU_ASSERT_EQUAL(number(moved, "jobs"), 3);
    CU_ASSERT_EQUAL(number(moved, "moved"), 1);
    CU_ASSERT_EQUAL(json_array_size(at(moved, "most")), 1);
    const json_t *c = at(moved, "most 0");
    CU_ASSERT_TRUE(is_text(c, "job", "C"));
    CU_ASSERT_EQUAL(number(c, "later_gpu_s"), -18000);
    CU_ASSERT_EQUAL(number(c, "from start_s"), 21600);
    CU_ASSERT_EQUAL(number(c, "from wait_s"), 18000);
    CU_ASSERT_EQUAL(number(c, "to end_s"), 14400);
    CU_ASSERT_EQUAL(number(c, "to run_s"), 10800);
    CU_ASSERT_TRUE(is_text(c, "from state", "completed"));
    CU_ASSERT_TRUE(is_text(c, "from reason", "short.gpu")); /* from 4 to 6, while B held all */
    /* bigger: B from 4 to 1 on 4 GPUs is -12 h of GPU, before C's -5 h */
    const json_t *bigger = at(variant(&run, 2), "against_baseline moved_jobs");
    CU_ASSERT_TRUE(is_text(bigger, "most 0 job", "B"));
    CU_ASSERT_EQUAL(number(bigger, "most 0 later_gpu_s"), -43200);
    CU_ASSERT_TRUE(is_text(bigger, "most 1 job", "C"));
    ran_free(&run);
}

/* Goal: verdicts. Method: skip makes C wait 0 instead of 5 h: the mean wait of three falls from
 * 8 / 3 h to 1 h (B waits 3 h in both). Paid and productive are the same to the last digit. */
static void verdicts(void)
{
    Ran run;
    ran(&run, THREE_JOBS);
    const json_t *difference = at(variant(&run, 1), "against_baseline difference");
    CU_ASSERT_DOUBLE_EQUAL(number(difference, "wait_mean_s mean"), -6000, 1e-9);
    CU_ASSERT_TRUE(is_text(difference, "wait_mean_s verdict", "better"));
    CU_ASSERT_TRUE(is_text(difference, "productive_gpu_hours verdict", "="));
    CU_ASSERT_EQUAL(number(difference, "wait_mean_s settle_count"), 0);
    CU_ASSERT_TRUE(json_is_true(at(difference, "wait_mean_s deterministic")));
    difference = at(variant(&run, 2), "against_baseline difference");
    CU_ASSERT_TRUE(is_text(difference, "productive_share verdict", "worse"));
    CU_ASSERT_TRUE(is_text(difference, "capacity_gpu_hours verdict", "changed"));
    ran_free(&run);
}

static bool bridge_sums(const json_t *bridge);

static bool dollars_are(const json_t *row, double from, double to)
{
    return amounts_are(row, "usd_micro", (int64_t)llround(from * MICRO),
                       (int64_t)llround(to * MICRO));
}

/* Goal: dollars follow the cost book: a commitment, and what is paid beside GPU time. Method: the
 * same jobs; 2 GPUs are committed at 1 USD, the others cost 2 USD. strict pays 20 x 1 + 20 x 2 = 60
 * USD, 1.50 for each of 40 GPU-hours; bigger 20 x 1 + 60 x 2 = 140 USD, 1.75 for each of 80.
 * Storage costs 7300 USD a month of 730 hours: 100 USD in ten hours. So productive time costs 19
 * x 1.50 = 28.50 and 19 x 1.75 = 33.25 USD, though it is as much. */
static void money_by_hand(void)
{
    static const char INSTEAD[] = "costs: {replacement: 3 USD/gpu-h}\n";
    const char *at_costs = strstr(THREE_JOBS, INSTEAD);
    char text[2000];
    CU_ASSERT_PTR_NOT_NULL_FATAL(at_costs);
    snprintf(text, sizeof text,
             "%.*scosts:\n"
             "  overheads: [{name: storage, cost: 7300 USD/month}]\n"
             "  commitments: [{name: year, gpus: 2, rate: 1 USD/gpu-h, term: 1y}]\n%s",
             (int)(at_costs - THREE_JOBS), THREE_JOBS, at_costs + strlen(INSTEAD));
    Ran run;
    ran(&run, text);
    const json_t *bigger = at(variant(&run, 2), "against_baseline bridge");
    CU_ASSERT_TRUE(dollars_are(at(bigger, "paid"), 60, 140));
    CU_ASSERT_TRUE(dollars_are(at(bigger, "productive"), 28.5, 33.25));
    CU_ASSERT_TRUE(dollars_are(row_of(bigger, "blocked"), 4.5, 0));
    CU_ASSERT_TRUE(dollars_are(row_of(bigger, "short"), 4.5, 0));
    CU_ASSERT_TRUE(dollars_are(row_of(bigger, "no_demand"), 22.5, 106.75));
    CU_ASSERT_TRUE(dollars_are(at(bigger, "overhead"), 100, 100));
    CU_ASSERT_TRUE(dollars_are(at(bigger, "cost"), 160, 240));
    CU_ASSERT_TRUE(bridge_sums(bigger));
    const json_t *savings = at(variant(&run, 2), "against_baseline savings");
    CU_ASSERT_EQUAL(number(savings, "cash usd_micro"), -80e6);
    CU_ASSERT_EQUAL(number(savings, "cash overhead_usd_micro"), 0);
    ran_free(&run);
}

/* ---- sums ---- */

static int64_t micro(const json_t *row, const char *unit, const char *side)
{
    return json_integer_value(json_object_get(json_object_get(row, unit), side));
}

/* paid = productive + rows, and each account = its sub-accounts where it has some. */
static bool bridge_adds_up(const json_t *bridge, const char *unit, const char *side)
{
    int64_t sum = micro(json_object_get(bridge, "productive"), unit, side);
    bool ok = true;
    const json_t *row, *part;
    size_t i, k;
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        int64_t subs = 0;
        json_array_foreach (json_object_get(row, "by"), k, part) {
            subs += micro(part, unit, side);
        }
        ok = ok && (k == 0 || subs == micro(row, unit, side));
        sum += micro(row, unit, side);
    }
    return ok && sum == micro(json_object_get(bridge, "paid"), unit, side);
}

static bool bridge_sums(const json_t *bridge)
{
    static const char *const SIDES[] = {"from", "to", "change"};
    bool ok = json_is_object(bridge);
    for (int i = 0; i < 3; i++) {
        int64_t paid = micro(json_object_get(bridge, "paid"), "usd_micro", SIDES[i]);
        int64_t beside = micro(json_object_get(bridge, "overhead"), "usd_micro", SIDES[i]);
        ok = ok && paid + beside == micro(json_object_get(bridge, "cost"), "usd_micro", SIDES[i]);
        ok = ok && bridge_adds_up(bridge, "gpu_hours_micro", SIDES[i]) &&
             bridge_adds_up(bridge, "usd_micro", SIDES[i]);
    }
    return ok;
}

static uint32_t draw(uint32_t scenario, uint32_t n, uint32_t below)
{
    DrawAddress address = {.seed = 9, .replication = scenario, .purpose = PURPOSE_TEST};
    return (uint32_t)(rng_u64(address, n) % below);
}

/* Goal: whatever is compared, the bridge adds up to the last millionth. Method: 60 random scenarios
 * of random arrivals in three replications, with prices, commitments and an overhead that are no
 * round numbers, under another scan and another fleet; what is paid is what the metrics say. */
static void random_pairs_add_up(void)
{
    static const char *const SCANS[] = {"strict", "skip", "easy", "conservative"};
    for (uint32_t s = 0; s < 60; s++) {
        char text[2000];
        snprintf(
            text, sizeof text,
            "gpuplan: 1\nname: r\nhorizon: %uh\nseed: %u\nreplications: 3\n"
            "cluster:\n"
            "  types:\n"
            "    t: {gpus: {count: %u, model: A100}, cpu: 32, memory: 1Ti,"
            " price: {on_demand: %u.%03u USD/gpu-h}}\n"
            "    u: {gpus: {count: 4, model: V100}, cpu: 16, memory: 1Ti,"
            " price: {on_demand: 0.777 USD/gpu-h}}\n"
            "  nodes: [{name: a, type: t, count: %u}, {name: b, type: u, count: 2}]\n"
            "workload:\n"
            "  - synthetic: {arrivals: {process: poisson, rate: %u/h}, gpus: {1: 0.6, 2: 0.2, 4: "
            "0.2},\n"
            "      duration: {distribution: lognormal, median: 47m, sigma: 1.1}}\n"
            "costs:\n"
            "  overheads: [{name: storage, cost: %u.37 USD/month}]\n"
            "  commitments:\n"
            "    - {name: year, gpus: %u, rate: 0.613 USD/gpu-h, term: 1y, types: [t]}\n"
            "    - {name: flex, spend: 1.01 USD/h, discount: 17%%, term: 1y}\n"
            "policy: {preset: fifo, scan: %s}\n"
            "variants: {a: {}, b: {policy.scan: %s}, c: {cluster.nodes.a.count: %u}}\n",
            3 + draw(s, 0, 9), s, 1 + draw(s, 1, 8), draw(s, 2, 4), draw(s, 3, 1000),
            1 + draw(s, 4, 4), 1 + draw(s, 5, 9), draw(s, 9, 9999), 1 + draw(s, 10, 12),
            SCANS[draw(s, 6, 4)], SCANS[draw(s, 7, 4)], 1 + draw(s, 8, 6));
        Ran run;
        ran(&run, text);
        CU_ASSERT_TRUE(bridge_sums(at(variant(&run, 1), "against_baseline bridge")));
        const json_t *fleet = at(variant(&run, 2), "against_baseline bridge");
        CU_ASSERT_TRUE(bridge_sums(fleet));
        CU_ASSERT_DOUBLE_EQUAL(number(fleet, "cost usd_micro to") / MICRO,
                               number(variant(&run, 2), "metrics cost_usd mean"), 1e-6);
        CU_ASSERT_DOUBLE_EQUAL(number(fleet, "paid usd_micro from") / MICRO,
                               number(variant(&run, 0), "metrics total_usd mean"), 1e-6);
        VariantPair back = {.from = variant(&run, 2), .to = variant(&run, 1), .paired = true};
        json_t *bridge = bridge_json(&back);
        CU_ASSERT_TRUE(bridge_sums(bridge));
        json_decref(bridge);
        ran_free(&run);
    }
}

/* Goal: as they are printed they add up too. Method: three thirds of 1 GPU-hour, in hundredths:
 * 34 + 33 + 33; and the change of two roundings is the rounding of neither. */
static void rounded_sums(void)
{
    json_t *thirds = json_pack("{s:{s:{s:{s:f, s:{s:{s:f}, s:{s:f}}}, s:{s:f}, s:{s:f}}}}",
                               "ledger", "accounts", "productive", "gpu_hours", 1.0 / 3, "by",
                               "completed", "gpu_hours", 1.0 / 6, "running", "gpu_hours", 1.0 / 6,
                               "no_demand", "gpu_hours", 1.0 / 3, "down", "gpu_hours", 1.0 / 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(thirds);
    Amounts exact, rounded;
    CU_ASSERT_TRUE(amounts_read(thirds, "gpu_hours", &exact));
    CU_ASSERT_EQUAL(exact.total, MICRO);
    CU_ASSERT_EQUAL(exact.account[ACCOUNT_PRODUCTIVE], 333334);
    CU_ASSERT_EQUAL(exact.account[ACCOUNT_NO_DEMAND], 333333);
    CU_ASSERT_EQUAL(exact.sub[ACCOUNT_PRODUCTIVE][PRODUCTIVE_COMPLETED], 166667);
    CU_ASSERT_EQUAL(exact.sub[ACCOUNT_PRODUCTIVE][PRODUCTIVE_RUNNING], 166667);
    amounts_round(&exact, 10000, &rounded);
    CU_ASSERT_EQUAL(rounded.total, 100);
    CU_ASSERT_EQUAL(rounded.account[ACCOUNT_PRODUCTIVE], 34);
    CU_ASSERT_EQUAL(rounded.account[ACCOUNT_NO_DEMAND] + rounded.account[ACCOUNT_DOWN], 66);
    CU_ASSERT_EQUAL(rounded.sub[ACCOUNT_PRODUCTIVE][PRODUCTIVE_COMPLETED], 17);
    json_decref(thirds);
    json_t *odd = json_pack("{s:{s:{s:{s:f}}}}", "ledger", "accounts", "down", "gpu_hours", -1.0);
    CU_ASSERT_FALSE(amounts_read(odd, "gpu_hours", &exact));
    CU_ASSERT_FALSE(amounts_read(NULL, "gpu_hours", &exact));
    json_decref(odd);
}

const TestCase CASES[] = {
    {"bridge by hand", bridge_by_hand}, {"savings by hand", savings_by_hand},
    {"moved by hand", moved_by_hand},   {"verdicts", verdicts},
    {"money by hand", money_by_hand},   {"random pairs add up", random_pairs_add_up},
    {"rounded sums", rounded_sums},     {NULL, NULL},
};
