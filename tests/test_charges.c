/* test_charges.c - the cost book of a result file: what goes in comes out, whatever has become of
 * the file. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/cost_audit.h"
#include "sim/experiment/experiment.h"
#include "sim/report/hdf5_charges.h"
#include "sim/report/report.h"
#include "tests/suite.h"

const char *const SUITE = "charges";

#define TEXT                                                                                       \
    "gpuplan: 1\nname: bill\nstart: 2026-01-31T22:00:00Z\nhorizon: 6h\n"                           \
    "cluster:\n"                                                                                   \
    "  types:\n"                                                                                   \
    "    h: {gpus: {count: 8, model: A, power: {idle: 75W, max: 700W}}, cpu: 64, memory: 1Ti, "    \
    "price: {on_demand: 3 USD/gpu-h, spot: {steps: {0h: 1 USD/gpu-h, 1h: 2 USD/gpu-h}}, source: "  \
    "a list}}\n"                                                                                   \
    "  nodes: [{name: a, type: h, count: 2}, {name: s, type: h, count: 1, purchase: spot}]\n"      \
    "costs: {period: 2h, overheads: [{name: disks, cost: 73 USD/month, source: an invoice}], "     \
    "commitments: [{name: c, gpus: 20, rate: 2 USD/gpu-h, term: 1y, bought: 1h}]}\n"               \
    "workload: [{jobs: [{id: j, duration: 3h, gpus: 3, queue: q}, {id: k, duration: 4h, gpus: "    \
    "8}]}]\n"

typedef struct Bill {
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    ExperimentResult result;
    char path[64];
} Bill;

static void bill_open(Bill *bill)
{
    *bill = (Bill){.set = {0}};
    arena_init(&bill->arena);
    diagnostics_init(&bill->diagnostics);
    snprintf(bill->path, sizeof bill->path, "/tmp/gpuplan-bill-%d.h5", (int)getpid());
    LoadOptions load = {0};
    ExperimentOptions options = {.threads = 1};
    CU_ASSERT_EQUAL_FATAL(scenario_load_text("test.yaml", TEXT, strlen(TEXT), &load, &bill->arena,
                                             &bill->diagnostics, &bill->set),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        experiment_run(&bill->set, &options, &bill->arena, &bill->diagnostics, &bill->result),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        hdf5_write(&bill->result, bill->path, COMPRESSION_ZLIB, &bill->diagnostics), STATUS_OK);
}

static void bill_free(Bill *bill)
{
    unlink(bill->path);
    diagnostics_free(&bill->diagnostics);
    arena_free(&bill->arena);
}

static Status bill_read(Bill *bill, const char *variant, const Charges **charges)
{
    ResultFile file;
    CU_ASSERT_EQUAL_FATAL(result_file_open(&file, bill->path, &bill->diagnostics), STATUS_OK);
    Status status = charges_read(&file, variant, &bill->arena, &bill->diagnostics, charges);
    result_file_close(&file);
    return status;
}

/* Goal: everything that a bill needs survives the file. Method: the book of a run beside the one
 * that was read, field by field; both must reconcile. */
static void what_goes_in_comes_out(void)
{
    Bill bill;
    bill_open(&bill);
    const Charges *made = charges_of_variant(&bill.result.variants[0], &bill.arena);
    const Charges *read = NULL;
    CU_ASSERT_EQUAL(bill_read(&bill, "baseline", &read), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(made);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    const CostBook *book = read->book;
    CU_ASSERT_PTR_NULL(cost_book_wrong(book));
    CU_ASSERT_EQUAL_FATAL(book->row_count, made->book->row_count);
    CU_ASSERT(book->row_count > 5);
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *a = &book->rows[i];
        const CostRow *b = &made->book->rows[i];
        CU_ASSERT(a->period == b->period && a->type == b->type && a->tenant == b->tenant);
        CU_ASSERT(a->commitment == b->commitment && a->account == b->account);
        CU_ASSERT(a->gpu_hours == b->gpu_hours && a->gpu_hours_pico == b->gpu_hours_pico);
        CU_ASSERT(a->list == b->list && a->contracted == b->contracted && a->billed == b->billed);
        CU_ASSERT(a->effective == b->effective && a->energy_usd == b->energy_usd);
        CU_ASSERT(a->energy_wh == b->energy_wh && a->carbon_mg == b->carbon_mg);
        CU_ASSERT(a->tenant < 0 ||
                  strcmp(book->tenant_name[a->tenant], made->book->tenant_name[b->tenant]) == 0);
    }
    CU_ASSERT_EQUAL(book->period_count, made->book->period_count);
    CU_ASSERT_EQUAL(memcmp(book->period_begin_ms, made->book->period_begin_ms,
                           (size_t)(book->period_count + 1) * sizeof(int64_t)),
                    0);
    CU_ASSERT_EQUAL(book->total, made->book->total);
    CU_ASSERT_EQUAL(book->energy_wh, made->book->energy_wh);
    CU_ASSERT_EQUAL_FATAL(book->commitment_count, 1);
    CU_ASSERT_EQUAL(book->commitments[0].used, made->book->commitments[0].used);
    CU_ASSERT_EQUAL(book->commitments[0].unused, made->book->commitments[0].unused);
    CU_ASSERT_EQUAL_FATAL(book->overhead_count, 1);
    CU_ASSERT_STRING_EQUAL(book->overhead_name[0], "disks");
    CU_ASSERT_STRING_EQUAL(read->overhead_source[0], "an invoice");
    CU_ASSERT_EQUAL(book->overhead[0], made->book->overhead[0]);
    CU_ASSERT_EQUAL_FATAL(read->type_count, made->type_count);
    for (int32_t t = 0; t < read->type_count; t++) {
        CU_ASSERT_STRING_EQUAL(read->types[t].name, made->types[t].name);
        CU_ASSERT_STRING_EQUAL(read->types[t].source, "a list");
        CU_ASSERT_EQUAL(read->types[t].purchase, made->types[t].purchase);
        CU_ASSERT_EQUAL(read->types[t].list, made->types[t].list);
        CU_ASSERT_EQUAL(read->types[t].contracted, made->types[t].contracted);
    }
    CU_ASSERT_EQUAL(read->commitments[0].kind, COMMITMENT_USAGE);
    CU_ASSERT_EQUAL(read->commitments[0].from_ms, 3600000);
    CU_ASSERT_STRING_EQUAL(read->billing.account_id, made->billing.account_id);
    CU_ASSERT_EQUAL(read->start_unix_ms, made->start_unix_ms);
    bill_free(&bill);
}

/* Goal: no variant, and no book, are not mistakes of the file. */
static void nothing_there(void)
{
    Bill bill;
    bill_open(&bill);
    const Charges *read = NULL;
    CU_ASSERT_EQUAL(bill_read(&bill, "nobody", &read), STATUS_OK);
    CU_ASSERT_PTR_NULL(read);
    hid_t file = H5Fopen(bill.path, H5F_ACC_RDWR, H5P_DEFAULT);
    CU_ASSERT(H5Ldelete(file, "/variants/baseline/charges", H5P_DEFAULT) >= 0);
    H5Fclose(file);
    CU_ASSERT_EQUAL(bill_read(&bill, "baseline", &read), STATUS_OK);
    CU_ASSERT_PTR_NULL(read);
    bill_free(&bill);
}

/* Goal: a damaged file is refused with the column that is wrong, never trusted. Method: one number
 * of one column beyond what there is, or a table that is gone. */
static void damaged(void)
{
    static const struct {
        const char *set;
        int64_t value;
        const char *says; /* value 0: the set is deleted */
    } CASES_OF[] = {{"charges/period", 99, "column period of table charges"},
                    {"charges/type", -1, "column type of table charges"},
                    {"charges/tenant", -2, "column tenant of table charges"},
                    {"charges/tenant", INT32_MAX, "column tenant of table charges"},
                    {"charges/commitment", 1, "column commitment of table charges"},
                    {"charge_periods/begin_ms", 7, "column begin_ms of table charge_periods"},
                    {"commitments/commitment", 1, "column commitment of table commitments"},
                    {"overheads/line", 5, "column line of table overheads"},
                    {"prices", 0, "table prices"},
                    {"charges/effective", 0, "table charges"},
                    {"billing/total", 0, "table billing"}};
    for (size_t i = 0; i < sizeof CASES_OF / sizeof CASES_OF[0]; i++) {
        Bill bill;
        bill_open(&bill);
        char path[96];
        snprintf(path, sizeof path, "/variants/baseline/%s", CASES_OF[i].set);
        hid_t file = H5Fopen(bill.path, H5F_ACC_RDWR, H5P_DEFAULT);
        if (CASES_OF[i].value == 0) {
            CU_ASSERT(H5Ldelete(file, path, H5P_DEFAULT) >= 0);
        } else {
            int64_t values[256] = {0};
            hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
            H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
            values[1] = CASES_OF[i].value;
            H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
            H5Dclose(set);
        }
        H5Fclose(file);
        const Charges *read = NULL;
        CU_ASSERT_NOT_EQUAL(bill_read(&bill, "baseline", &read), STATUS_OK);
        CU_ASSERT_PTR_NULL(read);
        CU_ASSERT_EQUAL_FATAL(bill.diagnostics.error_count, 1);
        const char *message = bill.diagnostics.items[bill.diagnostics.count - 1].message;
        CU_ASSERT_PTR_NOT_NULL(strstr(message, CASES_OF[i].says));
        if (strstr(message, CASES_OF[i].says) == NULL) {
            printf("%s: %s\n", CASES_OF[i].set, message);
        }
        bill_free(&bill);
    }
}

const TestCase CASES[] = {
    {"what goes in comes out", what_goes_in_comes_out},
    {"nothing there", nothing_there},
    {"damaged", damaged},
    {NULL, NULL},
};
