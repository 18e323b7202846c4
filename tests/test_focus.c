/* test_focus.c - a bill in FOCUS: its four invariants on many books, its format field by field. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/experiment.h"
#include "sim/report/focus.h"
#include "sim/report/focus_columns.h"
#include "tests/hand_charges.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "focus";

static Int128 pico(FocusDecimal decimal)
{
    return (Int128)decimal.whole * HAND_PICO + decimal.pico;
}

/* ---- decimals ---- */

/* Goal: unit prices are exact to 1e-12. Method: 1 USD for 3 units is 0.333333333333; 2 for 3 is
 * rounded up; nothing of nothing is 0. */
static void prices(void)
{
    FocusDecimal third = focus_price(1000000, (FocusDecimal){3, 0});
    CU_ASSERT(third.whole == 0 && third.pico == INT64_C(333333333333));
    FocusDecimal two = focus_price(2000000, (FocusDecimal){3, 0});
    CU_ASSERT(two.whole == 0 && two.pico == INT64_C(666666666667));
    CU_ASSERT_EQUAL(pico(focus_price(5, (FocusDecimal){0, 0})), 0);
    FocusDecimal nano = focus_from_nano(INT64_C(2500000001));
    CU_ASSERT(nano.whole == 2 && nano.pico == INT64_C(500000001000));
    FocusDecimal micro = focus_from_micro(1234567);
    CU_ASSERT(micro.whole == 1 && micro.pico == INT64_C(234567000000));
}

/* ---- the invariants ---- */

typedef struct Sums {
    int64_t effective, billed, rows;
    int64_t amortised[HAND_COMMITMENTS], bought[HAND_COMMITMENTS];
    int64_t contracted_usage, effective_usage;
    bool good;
} Sums;

/* A micro-dollar: the largest remainder rounds by less, and so does a price with 12 places. */
static bool product_holds(FocusDecimal price, FocusDecimal quantity, int64_t cost)
{
    Int128 micro = (Int128)HAND_PICO * 1000000; /* of products of two decimals, 1e-24 */
    Int128 off = pico(price) * pico(quantity) - cost * micro;
    return off <= micro && off >= -micro;
}

static bool sums_take(void *self, const FocusRow *row)
{
    Sums *sums = self;
    sums->rows++;
    sums->effective += row->effective;
    sums->billed += row->billed;
    sums->good = sums->good && product_holds(row->list_price, row->quantity, row->list) &&
                 product_holds(row->contracted_price, row->quantity, row->contracted);
    if (row->purchase) {
        sums->bought[row->commitment] += row->billed;
    } else {
        sums->contracted_usage += row->contracted;
        sums->effective_usage += row->effective;
    }
    if (row->status != NULL) {
        sums->amortised[row->commitment] += row->effective;
    }
    return true;
}

/* Goal: the four invariants of a FOCUS dataset: (1) cost = unit price x quantity in every row,
 * within a micro-dollar; (2) over a commitment's term what is amortised is what was bought; (3)
 * savings are the same whether the purchases are left out (effective cost) or what they cover
 * (billed cost); (4) rows sum to the report's total, to the micro-dollar. Method: 300 random bills.
 */
static void invariants(void)
{
    srand(5);
    int64_t rows = 0;
    for (int round = 0; round < 300; round++) {
        HandCharges hand;
        hand_charges_open(&hand, 1 + rand() % 20);
        Sums sums = {.good = true};
        CU_ASSERT_TRUE(focus_rows(&hand.charges, sums_take, &sums));
        CU_ASSERT_TRUE(sums.good);
        for (int i = 0; i < HAND_COMMITMENTS; i++) {
            CU_ASSERT_EQUAL(sums.amortised[i], sums.bought[i]);
        }
        CU_ASSERT_EQUAL(sums.contracted_usage - sums.effective_usage,
                        sums.contracted_usage - sums.billed);
        CU_ASSERT_EQUAL(sums.effective, hand.costs.book.total);
        rows += sums.rows;
        hand_costs_close(&hand.costs);
    }
    CU_ASSERT(rows > 10000);
}

/* ---- of runs ---- */

static const char BILL[] =
    "gpuplan: 1\nname: bill\nstart: 2026-01-30T06:00:00Z\nhorizon: 4d\nreplications: 2\n"
    "policy: {preset: fifo}\n"
    "cluster:\n"
    "  types:\n"
    "    cloud: {gpus: {count: 8, model: H100}, price: {on_demand: 3.00 USD/gpu-h, contracted: "
    "2.55 "
    "USD/gpu-h,\n"
    "      spot: {steps: {0h: 1.20 USD/gpu-h, 31h: 1.337 USD/gpu-h}}}}\n"
    "    own: {gpus: {count: 8, model: H100, power: {idle: 75W, held: 120W, max: 700W}},\n"
    "      power: {idle: 1.2kW, max: 3kW}, price: {owned: {capex: 250000 USD, life: 4y}}}\n"
    "  nodes:\n"
    "    - {name: a, type: cloud, count: 3}\n"
    "    - {name: s, type: cloud, count: 2, purchase: spot}\n"
    "    - {name: o, type: own, count: 2, purchase: owned}\n"
    "queues: [{name: q, quota: {gpus: 20}}, {name: r}]\n"
    "workload:\n"
    "  - synthetic: {arrivals: {process: poisson, rate: 3/h}, gpus: {1: 0.5, 4: 0.3, 8: 0.2},\n"
    "      duration: {distribution: lognormal, median: 3h, sigma: 1}, queues: {q: 0.6, r: 0.4}}\n"
    "costs:\n"
    "  pue: 1.25\n  tariff: {steps: {0h: 0.07 USD/kWh, 8h: 0.11 USD/kWh}, repeat: 24h}\n"
    "  overheads: [{name: storage, cost: 500 USD/month}]\n"
    "  showback: {idle: node_type}\n"
    "  commitments:\n"
    "    - {name: days, gpus: 20, rate: 2.10 USD/gpu-h, term: 3d, upfront: 40%}\n"
    "    - {name: flex, spend: 40 USD/h, discount: 28%, term: 1y, before: 30d}\n";

/* Goal: bills of runs hold the invariants as those made by hand do, and the showback has the same
 * total. Method: five seeds of a fleet with every way to buy, which ends in another month than it
 * began in. */
static void bills_of_runs(void)
{
    for (int seed = 1; seed <= 5; seed++) {
        Loaded loaded;
        ExperimentResult result;
        char set[24];
        snprintf(set, sizeof set, "seed=%d", seed);
        loaded_with_set(&loaded, BILL, set);
        CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
        ExperimentOptions options = {.threads = 1};
        CU_ASSERT_EQUAL_FATAL(
            experiment_run(&loaded.set, &options, &loaded.arena, &loaded.diagnostics, &result),
            STATUS_OK);
        const VariantResult *variant = &result.variants[0];
        const Charges *charges = charges_of_variant(variant, &loaded.arena);
        CU_ASSERT_PTR_NOT_NULL_FATAL(charges);
        CU_ASSERT_EQUAL(focus_check(charges, "F.csv", &loaded.diagnostics), STATUS_OK);
        Sums sums = {.good = true};
        CU_ASSERT_TRUE(focus_rows(charges, sums_take, &sums));
        CU_ASSERT_TRUE(sums.good);
        CU_ASSERT(sums.rows > 50);
        CU_ASSERT_EQUAL(sums.effective, variant->costs->total);
        CU_ASSERT_EQUAL(sums.billed, variant->costs->total - sums.amortised[0] - sums.amortised[1] +
                                         sums.bought[0] + sums.bought[1]);
        CU_ASSERT_EQUAL(sums.amortised[0], sums.bought[0]);
        CU_ASSERT_EQUAL(sums.amortised[1], sums.bought[1]);
        for (int by = 0; by < SHOWBACK_BY_COUNT; by++) {
            const Showback *showback = &variant->showback->of[by];
            CU_ASSERT(showback->lines == NULL || showback->total == variant->costs->total);
        }
        loaded_free(&loaded);
    }
}

/* ---- rows ---- */

typedef struct Found {
    const char *about;
    FocusRow row;
    int count;
} Found;

static bool find_take(void *self, const FocusRow *row)
{
    Found *found = self;
    if (strcmp(row->about, found->about) == 0) {
        found->row = *row;
        found->count++;
    }
    return true;
}

static Found find(const HandCharges *hand, const char *about)
{
    Found found = {.about = about};
    CU_ASSERT_TRUE(focus_rows(&hand->charges, find_take, &found));
    return found;
}

/* Goal: unused GPU-hours are those promised and not used. Method: 16 GPUs for a day, 384 GPU-hours;
 * two rows used 100 and 24.5; 1,000 USD of the fee are unused. Half paid upfront: of 16 x 24 h
 * half, and half as it goes. */
static void unused_commitment(void)
{
    HandCharges hand;
    hand_charges_open(&hand, 1);
    CostBook *book = &hand.costs.book;
    book->row_count = 0;
    hand.commitments[0].upfront_ppm = 500000;
    for (int i = 0; i < 2; i++) {
        CostRow *row =
            hand_post(&hand.costs, 0, 1, ACCOUNT_PRODUCTIVE, i == 0 ? 100000 : 24500, 5000000);
        row->commitment = 0;
        row->billed = 0;
    }
    hand.periods[0] = (CommitmentRow){
        .used = 10000000, .unused = 1000000000, .upfront = 505000000, .recurring = 505000000};
    Found unused = find(&hand, "not used");
    CU_ASSERT(unused.row.quantity.whole == 259 && unused.row.quantity.pico == 500000000000);
    CU_ASSERT_STRING_EQUAL(unused.row.status, "Unused");
    CU_ASSERT_EQUAL(unused.row.effective, hand.periods[unused.row.commitment].unused);
    CU_ASSERT_EQUAL(unused.row.billed, 0);
    Found upfront = find(&hand, "paid when its term began");
    CU_ASSERT_STRING_EQUAL(upfront.row.frequency, "One-Time");
    Found used = find(&hand, "covered by a commitment");
    CU_ASSERT_EQUAL(used.count, 2);
    CU_ASSERT_STRING_EQUAL(used.row.pricing, "Committed");
    CU_ASSERT(used.row.committed.whole == 24 && used.row.committed.pico == 500000000000);
    hand_costs_close(&hand.costs);
}

/* ---- the file ---- */

static char *file_text(const char *path)
{
    FILE *stream = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fseek(stream, 0, SEEK_END);
    size_t size = (size_t)ftell(stream);
    rewind(stream);
    char *text = calloc(size + 1, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(fread(text, 1, size, stream), size);
    fclose(stream);
    return text;
}

/* Cuts the next field off; says whether it is null: empty and not quoted. Ends at a line's end. */
static char *field_next(char **at, bool *null, bool *last)
{
    char *from = *at;
    char *to = from;
    bool quoted = *from == '"';
    if (quoted) {
        char *read = ++from;
        for (to = from; !(*read == '"' && read[1] != '"'); read++) {
            read += *read == '"';
            *to++ = *read;
        }
        *at = read + 1;
    } else {
        to = from + strcspn(from, ",\n");
        *at = to;
    }
    *last = **at == '\n';
    (*at)++;
    *to = '\0';
    *null = !quoted && from == to;
    return from;
}

static bool fixed_point(const char *text)
{
    size_t sign = text[0] == '-';
    size_t whole = strspn(text + sign, "0123456789");
    const char *rest = text + sign + whole;
    return whole > 0 && (*rest == '\0' || (*rest == '.' && rest[1] != '\0' &&
                                           rest[1 + strspn(rest + 1, "0123456789")] == '\0'));
}

static bool utc_time(const char *text)
{
    static const char SHAPE[] = "0000-00-00T00:00:00Z";
    bool good = strlen(text) == strlen(SHAPE);
    for (size_t i = 0; good && SHAPE[i] != '\0'; i++) {
        good = SHAPE[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == SHAPE[i];
    }
    return good;
}

static bool field_good(const FocusColumn *column, const char *text, bool null)
{
    if (null || text[0] == '\0') {
        return null && column->nullable;
    }
    switch (column->type) {
    case FOCUS_MONEY:
    case FOCUS_QUANTITY:
        return fixed_point(text);
    case FOCUS_TIME:
        return utc_time(text);
    case FOCUS_JSON:
        return text[0] == '{' && text[strlen(text) - 1] == '}';
    case FOCUS_STRING:
        break;
    }
    return true;
}

static void rows_check(char *at, FocusVersion version, int64_t rows)
{
    int64_t seen = 0;
    for (; *at != '\0'; seen++) {
        bool last = false;
        for (const FocusColumn *column = FOCUS_COLUMNS; column->name != NULL; column++) {
            if ((int)version < column->first || (int)version > column->last) {
                continue;
            }
            CU_ASSERT_FALSE_FATAL(last);
            bool null;
            const char *text = field_next(&at, &null, &last);
            if (seen == 0) {
                CU_ASSERT_STRING_EQUAL(text, column->name);
            } else if (!field_good(column, text, null)) {
                fprintf(stderr, "%s: `%s`\n", column->name, text);
                CU_FAIL("a field is not as FOCUS wants it");
            }
        }
        CU_ASSERT_TRUE_FATAL(last);
    }
    CU_ASSERT_EQUAL(seen, rows + 1);
}

static bool count_take(void *self, const FocusRow *row)
{
    (void)row;
    (*(int64_t *)self)++;
    return true;
}

/* Goal: every field has the format that FOCUS asks for, nulls are real, and each version has its
 * columns: 1.2 and 1.3 the provider and the publisher, 1.3 and 1.4 the service provider and the
 * host. Method: a month's bill, read back field by field. */
static void files(void)
{
    srand(3);
    Folder folder;
    folder_make(&folder);
    for (int version = 0; version < FOCUS_VERSION_COUNT; version++) {
        HandCharges hand;
        hand_charges_open(&hand, 31);
        const char *teams[3] = {NULL, "vision", NULL};
        FocusAbout about = {.scenario = "hand, made", .sha256 = "abc", .team = teams};
        const char *path = folder_file(&folder, "bill.csv", "");
        Diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        CU_ASSERT_EQUAL(
            focus_write(&hand.charges, &about, (FocusVersion)version, path, &diagnostics),
            STATUS_OK);
        int64_t rows = 0;
        focus_rows(&hand.charges, count_take, &rows);
        char *text = file_text(path);
        CU_ASSERT_EQUAL(strstr(text, ",ProviderName,") != NULL, version <= FOCUS_1_3);
        CU_ASSERT_EQUAL(strstr(text, ",ServiceProviderName,") != NULL, version >= FOCUS_1_3);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,"));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"\"team\"\":\"\"vision\"\""));
        rows_check(text, (FocusVersion)version, rows);
        free(text);
        char beside[160];
        snprintf(beside, sizeof beside, "%s/bill.metadata.json", folder.path);
        text = file_text(beside);
        char wanted[40];
        snprintf(wanted, sizeof wanted, "\"FocusVersion\": \"%s\"", FOCUS_VERSION_NAMES[version]);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"ColumnName\": \"x_CostKind\""));
        free(text);
        unlink(beside);
        diagnostics_free(&diagnostics);
        hand_costs_close(&hand.costs);
    }
    folder_remove(&folder);
}

/* Goal: docs/focus.md has a row for each column, with its versions. */
static void documented(void)
{
    char *text = file_text("docs/focus.md");
    for (const FocusColumn *column = FOCUS_COLUMNS; column->name != NULL; column++) {
        char row[80];
        snprintf(row, sizeof row, "\n| %s | ", column->name);
        const char *found = strstr(text, row);
        CU_ASSERT_PTR_NOT_NULL(found);
        const char *versions = column->first == FOCUS_1_3  ? "| 1.3, 1.4 |"
                               : column->last == FOCUS_1_3 ? "| 1.2, 1.3 |"
                                                           : "| all |";
        const char *end = found != NULL ? strchr(found + 1, '\n') : NULL;
        const char *at = found != NULL ? strstr(found, versions) : NULL;
        CU_ASSERT(at != NULL && end != NULL && at < end);
    }
    free(text);
}

/* ---- calendars ---- */

static bool refused(HandCharges *hand, const char *fragment)
{
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    Status status = focus_check(&hand->charges, "F.csv", &diagnostics);
    bool said = diagnostics.count == 1 && strstr(diagnostics.items[0].message, fragment) != NULL;
    diagnostics_free(&diagnostics);
    return status == STATUS_BAD_INPUT && said;
}

/* Goal: a run without dates, or with a charge period in two months, is refused with what to do.
 * Method: 31 days from 1 March are one month; from 2 March the last day is in April, which is no
 * harm; a period of 2 days at the end of March is. */
static void calendars(void)
{
    srand(9);
    HandCharges hand;
    hand_charges_open(&hand, 31);
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL(focus_check(&hand.charges, "F.csv", &diagnostics), STATUS_OK);
    hand.charges.start_unix_ms += HAND_DAY_MS;
    CU_ASSERT_EQUAL(focus_check(&hand.charges, "F.csv", &diagnostics), STATUS_OK);
    CU_ASSERT_EQUAL(diagnostics.count, 0);
    diagnostics_free(&diagnostics);
    hand.costs.book.period_begin_ms[30] += HAND_DAY_MS / 2;
    CU_ASSERT_TRUE(refused(&hand, "crosses the end"));
    hand.charges.start_unix_ms = 0;
    CU_ASSERT_TRUE(refused(&hand, "by date"));
    hand_costs_close(&hand.costs);
}

const TestCase CASES[] = {
    {"prices", prices},
    {"invariants", invariants},
    {"bills of runs", bills_of_runs},
    {"an unused commitment is what no row has", unused_commitment},
    {"files, field by field", files},
    {"every column is documented", documented},
    {"calendars", calendars},
    {NULL, NULL},
};
