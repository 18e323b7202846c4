/* test_cost_books.c - what runs cost, by hand; and sums that hold to the last unit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/cost_audit.h"
#include "sim/experiment/cost_book.h"
#include "sim/experiment/cost_cells.h"
#include "sim/experiment/cost_rates.h"
#include "sim/experiment/experiment.h"
#include "sim/experiment/periods.h"
#include "tests/suite.h"

const char *const SUITE = "cost_books";

#define USD INT64_C(1000000) /* micro-USD */
#define CLOSE(found, expected) CU_ASSERT_DOUBLE_EQUAL((found), (expected), 1e-9)

typedef struct MoneyRun {
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    ExperimentResult result;
} MoneyRun;

static void money_run(MoneyRun *run, const char *text, bool tables, int32_t threads)
{
    *run = (MoneyRun){.set = {0}};
    arena_init(&run->arena);
    diagnostics_init(&run->diagnostics);
    LoadOptions load = {0};
    Status status = scenario_load_text("test.yaml", text, strlen(text), &load, &run->arena,
                                       &run->diagnostics, &run->set);
    ExperimentOptions options = {.threads = threads, .no_tables = !tables, .audit = tables};
    if (status == STATUS_OK) {
        status = experiment_run(&run->set, &options, &run->arena, &run->diagnostics, &run->result);
    }
    if (status != STATUS_OK) {
        diagnostics_print(&run->diagnostics, stderr, false);
    }
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    for (int32_t v = 0; v < run->result.variant_count; v++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(run->result.variants[v].costs);
        CU_ASSERT_PTR_NULL(cost_book_wrong(run->result.variants[v].costs));
    }
}

static void money_free(MoneyRun *run)
{
    diagnostics_free(&run->diagnostics);
    arena_free(&run->arena);
}

static const CostBook *book_of(const MoneyRun *run)
{
    return run->result.variants[0].costs;
}

static double metric_of(const MoneyRun *run, MetricId metric)
{
    return run->result.variants[0].metric[metric].mean;
}

/* Micro-USD of rows of that period (-1: all) and account. */
static int64_t paid(const CostBook *book, int32_t period, Account account)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *row = &book->rows[i];
        bool mine = row->account == account && (period < 0 || row->period == period);
        sum += mine ? row->effective + row->energy_usd : 0;
    }
    return sum;
}

static double hours(const CostBook *book, int32_t period, Account account)
{
    double sum = 0;
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *row = &book->rows[i];
        bool mine = row->account == account && (period < 0 || row->period == period);
        sum += mine ? (double)row->gpu_hours + (double)row->gpu_hours_pico / 1e12 : 0;
    }
    return sum;
}

#define SPOT                                                                                       \
    "gpuplan: 1\nname: spot\nhorizon: 12h\n"                                                       \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: {count: 8, model: A}, cpu: 64, memory: 1Ti, price: {spot: {steps: {0h: "  \
    "1 USD/gpu-h, 6h: 3 USD/gpu-h}}}}}\n"                                                          \
    "  nodes: [{name: a, type: h, count: 1, purchase: spot}]\n"                                    \
    "costs: {period: 6h}\n"

/* Goal: time before a price changes costs the old price, time after it the new one. Method: 8 GPUs
 * for 12 h, 1 USD for 6 h, then 3 USD; a job holds all of them for 9 h. Productive: 48 + 3 x 8 x 3
 * = 120; idle: 3 x 8 x 3 = 72. */
static void two_prices(void)
{
    MoneyRun run;
    money_run(&run, SPOT "workload: [{jobs: [{id: a, duration: 9h, gpus: 8}]}]\n", true, 1);
    const CostBook *book = book_of(&run);
    CU_ASSERT_EQUAL(book->period_count, 2);
    CU_ASSERT_EQUAL(paid(book, 0, ACCOUNT_PRODUCTIVE), 48 * USD);
    CU_ASSERT_EQUAL(paid(book, 1, ACCOUNT_PRODUCTIVE), 72 * USD);
    CU_ASSERT_EQUAL(paid(book, 1, ACCOUNT_NO_DEMAND), 72 * USD);
    CU_ASSERT_EQUAL(book->total, 192 * USD);
    CLOSE(metric_of(&run, METRIC_total_usd), 192.0);
    CLOSE(metric_of(&run, METRIC_unproductive_usd), 72.0);
    CLOSE(metric_of(&run, METRIC_idle_usd), 72.0);
    money_free(&run);
}

/* Goal: work that is lost is paid at the price of when it was done, and no period is negative.
 * Method: a's time limit takes 8 h of 6 GPUs at 8 h, 48 GPU-h. Alone: 36 of them were done in the
 * first period (at 1 USD), 12 in the second (at 3 USD). With b of the same queue, 2 GPUs for 12 h:
 * the last 12 + 12 productive hours before are those of the second period, and 24 are left for the
 * first: an attribution, of the same 48 hours. */
static void lost_across_periods(void)
{
    MoneyRun run;
    money_run(&run, SPOT "workload: [{jobs: [{id: a, duration: 20h, time_limit: 8h, gpus: 6}]}]\n",
              true, 1);
    const CostBook *book = book_of(&run);
    CLOSE(hours(book, -1, ACCOUNT_PRODUCTIVE), 0.0);
    CLOSE(hours(book, 0, ACCOUNT_LOST), 36.0);
    CLOSE(hours(book, 1, ACCOUNT_LOST), 12.0);
    CU_ASSERT_EQUAL(paid(book, -1, ACCOUNT_LOST), (36 + 12 * 3) * USD);
    money_free(&run);
    money_run(&run,
              SPOT "workload: [{jobs: [{id: a, duration: 20h, time_limit: 8h, gpus: 6}, {id: b, "
                   "duration: 12h, gpus: 2}]}]\n",
              true, 1);
    book = book_of(&run);
    CLOSE(hours(book, -1, ACCOUNT_PRODUCTIVE), 24.0);
    CLOSE(hours(book, -1, ACCOUNT_LOST), 48.0);
    CLOSE(hours(book, 0, ACCOUNT_LOST), 24.0);
    CLOSE(hours(book, 1, ACCOUNT_LOST), 24.0);
    CU_ASSERT_EQUAL(book->total, (8 * 6 * 1 + 8 * 6 * 3) * USD);
    money_free(&run);
}

/* Goal: what the warm-up cost is nowhere, and of work that is lost later only what was done after
 * it counts. Method: as above, books from 7 h on: 5 h of 8 GPUs at 3 USD are 120 USD; a's limit
 * takes 1 h of 6 GPUs of it. */
static void after_a_warm_up(void)
{
    MoneyRun run;
    money_run(&run,
              SPOT "warmup: 7h\nworkload: [{jobs: [{id: a, duration: 20h, time_limit: 8h, gpus: "
                   "6}]}]\n",
              true, 1);
    const CostBook *book = book_of(&run);
    CU_ASSERT_EQUAL(book->period_count, 1);
    CU_ASSERT_EQUAL(book->period_begin_ms[0], 25200000);
    CU_ASSERT_EQUAL(paid(book, -1, ACCOUNT_LOST), 18 * USD);
    CU_ASSERT_EQUAL(book->total, 120 * USD);
    CLOSE(metric_of(&run, METRIC_total_usd), 120.0);
    money_free(&run);
}

/* Goal: what is paid beside GPU time has lines of its own, which sum to the whole. Method: 10 h of
 * 8 GPUs at 2 USD = 160; a technician, whose pay the crew's own metric tells; two nodes without
 * GPUs at 0.5 USD for 10 h and for 4 h: 7 USD; disks at 87600 USD a year: 10 USD an hour. */
static void beside_gpu_time(void)
{
    MoneyRun run;
    money_run(
        &run,
        "gpuplan: 1\nname: beside\nhorizon: 10h\n"
        "cluster:\n"
        "  types:\n"
        "    h: {gpus: {count: 8, model: A}, cpu: 64, memory: 1Ti, price: 2 USD/gpu-h}\n"
        "    c: {gpus: {count: 0}, cpu: 64, memory: 1Ti, price: {node: 0.5 USD/node-h}}\n"
        "  nodes: [{name: a, type: h, count: 1}, {name: b, type: c, count: 1}, {name: d, type: "
        "c, count: 1, until: 4h}]\n"
        "costs: {period: 6h, overheads: [{name: disks, cost: 87600 USD/y}]}\n"
        "workload: [{jobs: [{id: j, duration: 5h, gpus: 8}]}]\n"
        "policy: {preset: fifo, remedy: {preset: agent, technicians: 1, technician_cost: 50 "
        "USD/h}}\n",
        true, 1);
    const CostBook *book = book_of(&run);
    CU_ASSERT_EQUAL_FATAL(book->overhead_count, 3);
    CU_ASSERT_STRING_EQUAL(book->overhead_name[0], "staff");
    CU_ASSERT_STRING_EQUAL(book->overhead_name[1], "cpu nodes");
    CU_ASSERT_STRING_EQUAL(book->overhead_name[2], "disks");
    CLOSE((double)book->overhead[0] / 1e6, metric_of(&run, METRIC_staff_usd));
    CU_ASSERT(book->overhead[0] > 0);
    CU_ASSERT_EQUAL(book->overhead[1], 7 * USD);
    CU_ASSERT_EQUAL(book->overhead[2], 100 * USD);
    CU_ASSERT_EQUAL(book->overhead_periods[1], 5 * USD); /* 6 h of the one, 4 h of the other */
    CU_ASSERT_EQUAL(book->overhead_periods[2], 60 * USD);
    CU_ASSERT_EQUAL(book->total, 267 * USD + book->overhead[0]);
    CLOSE(metric_of(&run, METRIC_cost_usd), (double)book->total / 1e6);
    CLOSE(metric_of(&run, METRIC_overhead_usd), (double)(book->total - 160 * USD) / 1e6);
    CLOSE(metric_of(&run, METRIC_usd_per_productive_gpu_hour), (double)book->total / 1e6 / 40.0);
    money_free(&run);
}

#define GAPS                                                                                       \
    "gpuplan: 1\nname: gaps\nhorizon: 4h\n"                                                        \
    "cluster:\n"                                                                                   \
    "  types: {h: {gpus: {count: 8, model: A}, cpu: 64, memory: 1Ti, price: {on_demand: 4 "        \
    "USD/gpu-h, contracted: 2 USD/gpu-h}}}\n"                                                      \
    "  nodes: [{name: a, type: h, count: 1}, {name: b, type: h, count: 1, from: 90m, until: "      \
    "3h}]\n"                                                                                       \
    "workload: [{jobs: [{id: j, duration: 3h, gpus: 8}]}]\n"

/* Goal: a promise of GPU-hours covers up to itself at every instant; what is not used then is lost.
 * Method: 8 GPUs, from 1.5 h to 3 h 16 of them; 12 promised at 1 USD. Covered 8 x 1.5 + 12 x 1.5 +
 * 8 x 1 = 38 of 48 bought, of 44; 6 GPU-h at 2 USD are not. 38 + 12 + 10 unused = 60 USD. List
 * prices are twice as high. */
static void usage_with_gaps(void)
{
    MoneyRun run;
    money_run(&run,
              GAPS "costs: {commitments: [{name: c, gpus: 12, rate: 1 USD/gpu-h, term: 1y}]}\n",
              true, 1);
    const CostBook *book = book_of(&run);
    const CommitmentRow *row = &book->commitments[0];
    CLOSE(row->bought_gpu_hours, 48.0);
    CLOSE(row->used_gpu_hours, 38.0);
    CLOSE(row->eligible_gpu_hours, 44.0);
    CU_ASSERT_EQUAL(row->used, 38 * USD);
    CU_ASSERT_EQUAL(row->unused, 10 * USD);
    CU_ASSERT_EQUAL(row->on_demand, 76 * USD);
    CU_ASSERT_EQUAL(row->recurring, 48 * USD);
    CU_ASSERT_EQUAL(book->total, 60 * USD);
    int64_t list = 0;
    int64_t billed = 0;
    for (int32_t i = 0; i < book->row_count; i++) {
        list += book->rows[i].list;
        billed += book->rows[i].billed;
        CU_ASSERT(book->rows[i].commitment < 0 || book->rows[i].billed == 0);
    }
    CU_ASSERT_EQUAL(list, 44 * 4 * USD);
    CU_ASSERT_EQUAL(billed, 12 * USD);
    CLOSE(metric_of(&run, METRIC_commitment_utilisation), 38.0 / 48.0);
    CLOSE(metric_of(&run, METRIC_commitment_coverage), 38.0 / 44.0);
    CLOSE(metric_of(&run, METRIC_commitment_saving_usd), 76.0 - 48.0);
    CLOSE(metric_of(&run, METRIC_overhead_usd), 10.0);
    CLOSE(metric_of(&run, METRIC_cost_usd), 60.0);
    CLOSE(metric_of(&run, METRIC_usd_per_completed_job), 60.0);
    money_free(&run);
}

/* Goal: a promise of money buys what it can within its hour, whenever in the hour that is. Method:
 * the same capacity; 10 USD an hour at 50 % off: 1 USD a GPU-h. By hours there are 8, 12, 16 and 8
 * GPU-h: 8 + 10 + 10 + 8 = 36 of 40 USD, 8 GPU-h at 2 USD are left: 36 + 16 + 4 = 56. By instants
 * it would have been 35. */
static void money_with_gaps(void)
{
    MoneyRun run;
    money_run(&run,
              GAPS "costs: {commitments: [{name: c, spend: 10 USD/h, discount: 50%, term: 1y}]}\n",
              false, 1);
    const CommitmentRow *row = &book_of(&run)->commitments[0];
    CU_ASSERT_EQUAL(row->used, 36 * USD);
    CU_ASSERT_EQUAL(row->unused, 4 * USD);
    CLOSE(row->bought_gpu_hours, 40.0);
    CU_ASSERT_EQUAL(book_of(&run)->total, 56 * USD);
    money_free(&run);
}

/* Goal: part of a term paid at its beginning is billed then, and amortised like the rest. Method: 8
 * GPUs at 1 USD for a year of 8760 h from 1 h on, a quarter of it upfront: 8 x 8760 / 4 = 17520
 * USD; in the 3 h of the run 24 USD are amortised, 18 of them billed by the hour. */
static void upfront(void)
{
    MoneyRun run;
    money_run(&run,
              GAPS
              "costs: {commitments: [{name: c, gpus: 8, rate: 1 USD/gpu-h, term: 8760h, bought: "
              "1h, upfront: 25%}]}\n",
              false, 1);
    const CommitmentRow *row = &book_of(&run)->commitments[0];
    CU_ASSERT_EQUAL(row->upfront, 17520 * USD);
    CU_ASSERT_EQUAL(row->recurring, 18 * USD);
    CU_ASSERT_EQUAL(row->used, 24 * USD);
    CU_ASSERT_EQUAL(row->unused, 0);
    money_free(&run);
    /* A term that lies within the run: what is billed is what it cost. 2 h: 4 and 12 of 16 USD. */
    money_run(&run,
              GAPS "costs: {commitments: [{name: c, gpus: 8, rate: 1 USD/gpu-h, term: 2h, bought: "
                   "1h, upfront: 25%}]}\n",
              true, 1);
    row = &book_of(&run)->commitments[0];
    CU_ASSERT_EQUAL(row->upfront, 4 * USD);
    CU_ASSERT_EQUAL(row->recurring, 12 * USD);
    CU_ASSERT_EQUAL(row->upfront + row->recurring, row->used + row->unused);
    money_free(&run);
}

#define MIXED                                                                                      \
    "gpuplan: 1\nname: mixed\nstart: 2026-01-31T20:30:00Z\nhorizon: 30h\nreplications: 3\n"        \
    "cluster:\n"                                                                                   \
    "  types:\n"                                                                                   \
    "    h: {gpus: {count: 8, model: A, power: {idle: 75W, max: 700W}}, cpu: 64, memory: 1Ti, "    \
    "price: {on_demand: 3 USD/gpu-h, contracted: 2.5 USD/gpu-h, spot: {steps: {0h: 1.2 "           \
    "USD/gpu-h, 5h: 2 USD/gpu-h}, repeat: 11h}, owned: {capex: 250000 USD, life: 4y}}}\n"          \
    "    c: {gpus: {count: 0}, power: {idle: 100W, max: 500W}, cpu: 64, memory: 1Ti, price: "      \
    "{node: 2 USD/node-h}}\n"                                                                      \
    "  nodes: [{name: a, type: h, count: 2}, {name: s, type: h, count: 1, purchase: spot, "        \
    "interruptions: {rate: 3/d, notice: 60s, out: 10m}}, {name: o, type: h, count: 2, "            \
    "purchase: owned}, {name: c, type: c, count: 3, until: 7h}]\n"                                 \
    "costs: {pue: 1.25, tariff: {steps: {0h: 0.06 USD/kWh, 7h: 0.11 USD/kWh}, repeat: 24h}, "      \
    "carbon: {steps: {0h: 420 g/kWh, 10h: 250 g/kWh}, repeat: 24h}, period: 5h, overheads: "       \
    "[{name: storage, cost: 500 USD/month}], commitments: [{name: m, spend: 20 USD/h, "            \
    "discount: 28%, bought: 3h, term: 10h}, {name: g, gpus: 10, rate: 2.1 USD/gpu-h, term: "       \
    "3y}]}\n"                                                                                      \
    "workload: [{jobs: [{id: a, duration: 10h, gpus: 1, tasks: 20, gang: none}, {id: b, "          \
    "submit: 2h, duration: 6h, gpus: 8, tasks: 9, gang: none, utilisation: 60%}]}]\n"              \
    "models: {failures: {components: [{name: gpu, per: gpu, mtbf: 40h, cure: reset}]}}\n"

/* Goal: neither threads nor charge periods change what anything costs. Method: spot, owned and
 * on-demand nodes that fail and come and go, two commitments, series, three replications; every
 * metric and every account to the micro-USD, with one thread and four, with tables and without. */
static void same_however_it_is_run(void)
{
    MoneyRun one, other;
    money_run(&one, MIXED, true, 1);
    money_run(&other, MIXED, false, 4);
    CU_ASSERT(book_of(&one)->period_count > 5);
    CU_ASSERT_EQUAL(book_of(&other)->period_count, 1);
    for (int m = 0; m < METRIC_COUNT; m++) {
        double a = metric_of(&one, (MetricId)m);
        double b = metric_of(&other, (MetricId)m);
        CU_ASSERT((isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fabs(a));
    }
    CU_ASSERT_EQUAL(book_of(&one)->total, book_of(&other)->total);
    CU_ASSERT_EQUAL(book_of(&one)->energy_wh, book_of(&other)->energy_wh);
    CU_ASSERT_EQUAL(book_of(&one)->carbon_mg, book_of(&other)->carbon_mg);
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        int64_t apart =
            paid(book_of(&one), -1, (Account)account) - paid(book_of(&other), -1, (Account)account);
        CU_ASSERT(apart >= -100 && apart <= 100); /* micro-USD: each of its rows is rounded */
    }
    /* Months begin with a period: 2026-02-01 is 3.5 h after the start. */
    CU_ASSERT_EQUAL(book_of(&one)->period_begin_ms[1] % 3600000, 1800000);
    bool month = false;
    for (int32_t p = 0; p < book_of(&one)->period_count; p++) {
        month = month || book_of(&one)->period_begin_ms[p] == 12600000;
    }
    CU_ASSERT(month);
    money_free(&one);
    money_free(&other);
}

/* ---- numbers ---- */

static uint64_t draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

/* Goal: parts of a mean that does not divide still sum to it. Method: 200 times, up to seven
 * replications of random cells, lines and unused promises; the book's total must be the exact sum,
 * rounded once, and its lines must sum to it. */
static void means_that_do_not_divide(void)
{
    TypeCost type = {.list = 3, .contracted = 2999999, .power_known = true};
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        type.power_milliwatt[a] = 70000 + a;
    }
    Cluster cluster = {.type_count = 1};
    CostModel model = {.types = &type, .pue_ppm = 1234567};
    static const char *const NAMES[2] = {"a", "b"};
    static const char *lines[2] = {"x", "y"};
    int64_t begin[3] = {0, 3600000, 7200000};
    uint64_t state = 1;
    for (int round = 0; round < 200; round++) {
        Arena arena;
        arena_init(&arena);
        CostSums sums[7];
        const CostSums *list[7];
        int32_t count = 1 + round % 7;
        Int128 exact = 0;
        for (int32_t r = 0; r < count; r++) {
            CostCell *cells = ARENA_ARRAY(&arena, CostCell, 12);
            Int128 *overhead = ARENA_ARRAY(&arena, Int128, 4);
            for (int32_t i = 0; i < 12; i++) {
                cells[i] = (CostCell){.period = i / 6,
                                      .tenant = i / 2 % 3,
                                      .account = i % 2,
                                      .amount = (Int128)draw(&state) * (1 + i % 3),
                                      .carbon = draw(&state)};
                exact += cells[i].amount * type.contracted;
            }
            for (int32_t i = 0; i < 4; i++) {
                overhead[i] = (Int128)draw(&state) * 1000003;
                exact += overhead[i];
            }
            sums[r] = (CostSums){.model = &model,
                                 .cluster = &cluster,
                                 .tenant_count = 2,
                                 .tenant_name = NAMES,
                                 .period_count = 2,
                                 .period_begin_ms = begin,
                                 .cell_count = 12,
                                 .cells = cells,
                                 .overhead_count = 2,
                                 .overhead_name = lines,
                                 .overhead = overhead};
            list[r] = &sums[r];
        }
        const CostBook *book = cost_book_of(list, count, &arena);
        CU_ASSERT_PTR_NOT_NULL_FATAL(book);
        CU_ASSERT_PTR_NULL(cost_book_wrong(book));
        Int128 unit = COST_HOUR * 1000 * count;
        CU_ASSERT_EQUAL(book->total, (int64_t)((exact + unit / 2) / unit));
        CU_ASSERT_EQUAL(book->row_count, 12);
        arena_free(&arena);
    }
}

/* Goal: parts are exact however large the numbers. Method: with 126 bits, whole x part / of is
 * known where part or whole is `of`, half of it, or of a common factor; parts of a split sum to the
 * whole.
 */
static void large_numbers(void)
{
    Int128 large = ((Int128)1 << 124) + 12345;
    CU_ASSERT(cost_share(large, large - 1, large) == large - 1);
    CU_ASSERT(cost_share(large - 1, large, large) == large - 1);
    CU_ASSERT(cost_share(large, large / 2, large) == large / 2);
    CU_ASSERT(cost_share((Int128)7 << 120, (Int128)3 << 100, (Int128)21 << 100) == (Int128)1
                                                                                       << 120);
    CU_ASSERT(cost_share(10, 2, 3) == 6);
    CU_ASSERT(cost_share(0, 2, 3) == 0 && cost_share(5, 0, 0) == 0);
    uint64_t state = 7;
    for (int round = 0; round < 1000; round++) {
        Int128 share[4];
        Int128 part[4];
        Int128 sum = 0;
        for (int i = 0; i < 4; i++) {
            share[i] = (Int128)draw(&state) << (round % 60);
            sum += share[i];
        }
        Int128 whole = cost_share(sum, (Int128)(draw(&state) % 1000), 999);
        whole = whole > sum ? sum : whole;
        Int128 left = sum;
        cost_split(whole, sum, share, part, 4);
        Int128 parts = 0;
        for (int i = 0; i < 4; i++) {
            CU_ASSERT(part[i] >= 0 && share[i] >= 0);
            parts += part[i];
            left -= share[i];
        }
        CU_ASSERT(parts == whole && left == whole);
    }
}

/* Goal: periods are those of the calendar, and end with its months. Method: dates whose ms since
 * 1970 are known: 2024-02-29T00:00:00Z is 1709164800000, 2024-03-01 a day later, 1970-01-01 is 0.
 */
static void calendar(void)
{
    const int64_t day = 86400000;
    const int64_t leap = INT64_C(1709164800000);
    CU_ASSERT_EQUAL(month_end_ms(leap), leap + day);
    CU_ASSERT_EQUAL(month_begin_ms(leap), leap - 28 * day);
    CU_ASSERT_EQUAL(month_begin_ms(0), 0);
    CU_ASSERT_EQUAL(month_end_ms(0), 31 * day);
    CU_ASSERT_EQUAL(month_begin_ms(-1), -31 * day);
    CU_ASSERT_EQUAL(period_next_ms(leap, 7 * day, 0), day);
    CU_ASSERT_EQUAL(period_next_ms(leap + 1000, day, 0), day - 1000);
    CU_ASSERT_EQUAL(period_next_ms(leap, day, day), 2 * day);
    CU_ASSERT_EQUAL(period_next_ms(leap, 5400000, 0), 7200000); /* 90 min, on the hour */
    CU_ASSERT_EQUAL(period_next_ms(leap, 5400000, 5400001), 7200000);
    CU_ASSERT_EQUAL(period_next_ms(leap, 5400000, 7200000), 10800000);
}

const TestCase CASES[] = {
    {"two prices", two_prices},
    {"lost across periods", lost_across_periods},
    {"after a warm-up", after_a_warm_up},
    {"beside GPU time", beside_gpu_time},
    {"usage with gaps", usage_with_gaps},
    {"money with gaps", money_with_gaps},
    {"upfront", upfront},
    {"same however it is run", same_however_it_is_run},
    {"means that do not divide", means_that_do_not_divide},
    {"large numbers", large_numbers},
    {"calendar", calendar},
    {NULL, NULL},
};
