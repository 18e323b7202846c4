/* hdf5_tables.c - which columns each table of a result file has. */
#include "sim/report/hdf5_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/hdf5_columns.h"
#include "sim/report/job_state.h"
#include "sim/report/json_help.h"

#define TEXTS(array) ((const char *const *)(array))

static H5Column column(H5Group group, const char *name, const char *units, const char *about,
                       int32_t count)
{
    return (H5Column){group, name, units, about, (size_t)count};
}

bool metrics_table(H5Group parent, const VariantResult *variant)
{
    const char *name[METRIC_COUNT], *unit[METRIC_COUNT];
    double mean[METRIC_COUNT], sd[METRIC_COUNT], low[METRIC_COUNT], high[METRIC_COUNT];
    int32_t n[METRIC_COUNT];
    for (int m = 0; m < METRIC_COUNT; m++) {
        const MetricSummary *all = &variant->metric[m];
        name[m] = METRICS[m].name;
        unit[m] = METRICS[m].unit;
        mean[m] = number_rounded(all->mean); /* as in the summary: the same in both places */
        sd[m] = number_rounded(all->sd);
        low[m] = number_rounded(all->ci_low);
        high[m] = number_rounded(all->ci_high);
        n[m] = all->count;
    }
    H5Group group = h5_group(parent, "metrics");
    if (group.id < 0) {
        return false;
    }
    bool ok =
        h5_texts(column(group, "metric", NULL, "name of the metric", METRIC_COUNT), name) &&
        h5_texts(column(group, "unit", NULL, "unit of the row's numbers", METRIC_COUNT), unit) &&
        h5_reals(column(group, "mean", NULL, "mean over replications", METRIC_COUNT), mean) &&
        h5_reals(column(group, "sd", NULL, "standard deviation", METRIC_COUNT), sd) &&
        h5_counts(column(group, "n", "1", "replications counted", METRIC_COUNT), n) &&
        h5_reals(column(group, "ci_low", NULL, "95 % t interval, low end", METRIC_COUNT), low) &&
        h5_reals(column(group, "ci_high", NULL, "95 % t interval, high end", METRIC_COUNT), high);
    H5Gclose(group.id);
    return ok;
}

/* 128-bit amounts as decimal text: no reader has an integer that wide. */
#define AMOUNT_TEXT_MAX 44

static void amount_text(Int128 amount, char text[AMOUNT_TEXT_MAX])
{
    char reversed[AMOUNT_TEXT_MAX];
    int count = 0;
    bool negative = amount < 0;
    do {
        int digit = (int)(amount % 10);
        reversed[count++] = (char)('0' + (digit < 0 ? -digit : digit));
        amount /= 10;
    } while (amount != 0);
    int at = 0;
    if (negative) {
        text[at++] = '-';
    }
    while (count > 0) {
        text[at++] = reversed[--count];
    }
    text[at] = '\0';
}

typedef struct LedgerRows {
    int32_t count;
    const char **type, **account, **sub;
    int32_t *tenant;
    const char **amount;
    char (*amount_bytes)[AMOUNT_TEXT_MAX];
    double *gpu_hours, *usd;
} LedgerRows;

static void rows_free(LedgerRows *rows)
{
    free(rows->type);
    free(rows->account);
    free(rows->sub);
    free(rows->tenant);
    free(rows->amount);
    free(rows->amount_bytes);
    free(rows->gpu_hours);
    free(rows->usd);
}

static bool rows_init(LedgerRows *rows, size_t most)
{
    *rows = (LedgerRows){
        .type = calloc(most, sizeof *rows->type),
        .account = calloc(most, sizeof *rows->account),
        .sub = calloc(most, sizeof *rows->sub),
        .tenant = calloc(most, sizeof *rows->tenant),
        .amount = calloc(most, sizeof *rows->amount),
        .amount_bytes = calloc(most, sizeof *rows->amount_bytes),
        .gpu_hours = calloc(most, sizeof *rows->gpu_hours),
        .usd = calloc(most, sizeof *rows->usd),
    };
    return rows->type != NULL && rows->account != NULL && rows->sub != NULL &&
           rows->tenant != NULL && rows->amount != NULL && rows->amount_bytes != NULL &&
           rows->gpu_hours != NULL && rows->usd != NULL;
}

static void row_add(LedgerRows *rows, const NodeTypeInfo *type, int32_t tenant, const char *account,
                    const char *sub, Int128 amount)
{
    int32_t i = rows->count++;
    rows->type[i] = type->name;
    rows->tenant[i] = tenant;
    rows->account[i] = account;
    rows->sub[i] = sub;
    amount_text(amount, rows->amount_bytes[i]);
    rows->amount[i] = rows->amount_bytes[i];
    rows->gpu_hours[i] = ledger_gpu_hours(amount);
    rows->usd[i] = rows->gpu_hours[i] * (double)type->price_micro_usd_per_gpu_hour / 1e6;
}

/* Nodes of one type that differ in labels or taints are types of their own to the kernel, under one
 * name: readers see them as one. */
typedef struct NamedType {
    const Ledger *ledger;
    const NodeTypeInfo *info;
    int32_t *types; /* [count] those of the name */
    int32_t count;
} NamedType;

/* The types of the same name as `first`, none if an earlier one has it. */
static void named_find(NamedType *named, const Cluster *cluster, int32_t first)
{
    named->info = &cluster->type_info[first];
    named->count = 0;
    for (int32_t type = 0; type < named->ledger->type_count; type++) {
        if (strcmp(cluster->type_info[type].name, named->info->name) == 0) {
            if (type < first) {
                return;
            }
            named->types[named->count++] = type;
        }
    }
}

static Int128 named_sum(const NamedType *named, int32_t tenant, Account account, int sub)
{
    Int128 sum = 0;
    for (int32_t i = 0; i < named->count; i++) {
        sum += ledger_sum(named->ledger, named->types[i], tenant, account, sub);
    }
    return sum;
}

static Int128 named_capacity(const NamedType *named)
{
    Int128 sum = 0;
    for (int32_t i = 0; i < named->count; i++) {
        sum += named->ledger->capacity[named->types[i]];
    }
    return sum;
}

/* The rows of a type add up to its "capacity" row; rows of amount 0 are left out. */
static void type_rows(LedgerRows *rows, const NamedType *named)
{
    const Ledger *ledger = named->ledger;
    const NodeTypeInfo *info = named->info;
    row_add(rows, info, -1, "capacity", "", named_capacity(named));
    for (int32_t tenant = -1; tenant < ledger->tenant_count; tenant++) {
        for (int account = 0; account < ACCOUNT_COUNT; account++) {
            int subs = account_sub_count((Account)account);
            for (int sub = 0; sub < (subs > 0 ? subs : 1); sub++) {
                Int128 amount = named_sum(named, tenant, (Account)account, sub);
                if (amount != 0) {
                    row_add(rows, info, tenant, account_name((Account)account),
                            subs > 0 ? account_sub_name((Account)account, sub) : "", amount);
                }
            }
        }
    }
}

static bool rows_write(H5Group group, const LedgerRows *rows)
{
    int32_t n = rows->count;
    return h5_texts(column(group, "node_type", NULL, "type of node", n), rows->type) &&
           h5_counts(column(group, "tenant", "1", "queue by index; -1: none", n), rows->tenant) &&
           h5_texts(
               column(group, "account", NULL, "account; capacity: what the others add up to", n),
               rows->account) &&
           h5_texts(column(group, "sub_account", NULL, "part of the account", n), rows->sub) &&
           h5_texts(column(group, "amount", "milli-GPU ms ppm", "the exact amount, decimal", n),
                    rows->amount) &&
           h5_reals(column(group, "gpu_hours", "GPU-hours", "the amount in GPU-hours", n),
                    rows->gpu_hours) &&
           h5_reals(
               column(group, "usd", "USD", "the amount at the type's price as the run starts", n),
               rows->usd);
}

bool ledger_table(H5Group parent, const Ledger *ledger, const Cluster *cluster)
{
    size_t most = (size_t)ledger->type_count *
                  (1 + ((size_t)ledger->tenant_count + 1) * ACCOUNT_COUNT * LEDGER_SUBS);
    LedgerRows rows;
    H5Group group = h5_group(parent, "ledger");
    NamedType named = {.ledger = ledger,
                       .types = calloc((size_t)ledger->type_count + 1, sizeof *named.types)};
    bool ok = rows_init(&rows, most > 0 ? most : 1) && named.types != NULL && group.id >= 0;
    for (int32_t type = 0; ok && type < ledger->type_count; type++) {
        named_find(&named, cluster, type);
        if (named.count > 0) {
            type_rows(&rows, &named);
        }
    }
    ok = ok && rows_write(group, &rows);
    rows_free(&rows);
    free(named.types);
    if (group.id >= 0) {
        H5Gclose(group.id);
    }
    return ok;
}

bool load_curve_table(H5Group parent, const LoadCurve *curve)
{
    int32_t percent[LOAD_PCT_MAX + 1];
    int32_t n = curve->count <= LOAD_PCT_MAX + 1 ? curve->count : LOAD_PCT_MAX + 1;
    for (int32_t i = 0; i < n; i++) {
        percent[i] = i;
    }
    H5Group group = h5_group(parent, "load_curve");
    if (group.id < 0) {
        return false;
    }
    bool ok =
        h5_counts(column(group, "arrived_pct", "percent", "GPU demand arrived, of capacity", n),
                  percent) &&
        (curve->passes == NULL ||
         h5_integers(column(group, "passes", "1",
                            "policy passes averaged in the row; 0: neighbours stand in", n),
                     curve->passes)) &&
        h5_reals(column(group, "alloc_pct", "percent", "GPU in use, of capacity", n),
                 curve->alloc_pct) &&
        h5_reals(column(group, "frag_amount_pct", "percent", "FGD measure, of capacity", n),
                 curve->frag_amount_pct) &&
        h5_reals(column(group, "frag_ratio_pct", "percent", "FGD measure, of idle GPU", n),
                 curve->frag_ratio_pct) &&
        h5_reals(column(group, "idle_gpus", "GPUs", "GPUs not in use", n), curve->idle_gpus) &&
        h5_reals(column(group, "idle_usd_per_hour", "USD/hour", "the price of idle GPUs", n),
                 curve->idle_usd_per_hour);
    H5Gclose(group.id);
    return ok;
}

bool jobs_table(H5Group parent, const JobColumns *jobs)
{
    int32_t n = jobs->count;
    H5Group group = h5_group(parent, "jobs");
    if (group.id < 0) {
        return false;
    }
    bool ok =
        h5_texts(column(group, "job", NULL, "name of the job", n), TEXTS(jobs->job)) &&
        h5_texts(column(group, "queue", NULL, "its queue", n), TEXTS(jobs->queue)) &&
        (jobs->user == NULL ||
         h5_texts(column(group, "user", NULL, "who submitted it", n), TEXTS(jobs->user))) &&
        h5_times(column(group, "submit_ms", "ms", "submitted, since the start", n),
                 jobs->submit_ms) &&
        h5_times(column(group, "start_ms", "ms", "first start", n), jobs->start_ms) &&
        h5_times(column(group, "end_ms", "ms", "final end", n), jobs->end_ms) &&
        h5_codes(column(group, "state", NULL, "state at the end of the run", n), jobs->state,
                 JOB_STATE_NAMES) &&
        h5_counts(column(group, "attempts", "1", "starts", n), jobs->attempts) &&
        h5_integers(column(group, "gpu_milli", "milli-GPU", "GPUs of the whole job", n),
                    jobs->gpu_milli) &&
        h5_texts(column(group, "nodes", NULL, "nodes, joined by ;", n), TEXTS(jobs->nodes)) &&
        (jobs->devices == NULL ||
         h5_texts(column(group, "devices", NULL, "node/GPU, joined by ;", n),
                  TEXTS(jobs->devices))) &&
        (jobs->priority == NULL ||
         h5_counts(column(group, "priority", "1", "priority of the job", n), jobs->priority)) &&
        h5_reals(column(group, "productive_gpu_s", "GPU-s", "GPU time that advanced it", n),
                 jobs->productive_gpu_s) &&
        h5_reals(column(group, "lost_gpu_s", "GPU-s", "GPU time lost", n), jobs->lost_gpu_s) &&
        h5_texts(column(group, "reason", NULL, "why it is or last was not running", n),
                 TEXTS(jobs->reason)) &&
        (jobs->job_class == NULL ||
         h5_counts(column(group, "class", "1", "jobs alike but for name, user and times", n),
                   jobs->job_class)) &&
        (jobs->first_fit_ms == NULL ||
         h5_times(column(group, "first_fit_ms", "ms",
                         "when it could first have started had it been alone in the queue", n),
                  jobs->first_fit_ms)) &&
        (jobs->tasks == NULL ||
         h5_counts(column(group, "tasks", "1", "tasks that it asks for", n), jobs->tasks));
    H5Gclose(group.id);
    return ok;
}

#define INTERVAL_STATES "waiting running suspended delayed" /* by code: IntervalState */
#define INTERVAL_REASONS "none too_large fragmented short blocked no_room" /* JobReason */

bool intervals_table(H5Group parent, const IntervalColumns *rows)
{
    int32_t n = rows->count;
    H5Group group = h5_group(parent, "intervals");
    if (group.id < 0) {
        return false;
    }
    bool ok =
        h5_attribute_integer(group.id, "rows_left_out", rows->left_out) &&
        h5_counts(column(group, "job", "1", "row in jobs; -1: all of the class that wait", n),
                  rows->job) &&
        h5_counts(column(group, "class", "1", "as in jobs", n), rows->job_class) &&
        h5_integers(column(group, "from_ms", "ms", "since the start", n), rows->from_ms) &&
        h5_integers(column(group, "to_ms", "ms", "since the start", n), rows->to_ms) &&
        h5_codes(column(group, "state", NULL, "what the job did", n), rows->state,
                 INTERVAL_STATES) &&
        h5_codes(column(group, "reason", NULL, "why it waited", n), rows->reason,
                 INTERVAL_REASONS) &&
        h5_codes(column(group, "detail", NULL,
                        "by reason: dimension or rule, counted from 1; of a run: what ended it", n),
                 rows->detail, "see docs/results.md") &&
        (rows->free_milli == NULL ||
         h5_integers(column(group, "free_milli", "milli-GPU",
                            "GPU free in sum on nodes that the class may use at from_ms", n),
                     rows->free_milli));
    for (int d = 0; ok && d < GP_DIMENSION_COUNT; d++) {
        char name[64];
        snprintf(name, sizeof name, "excluded_%s", dimension_name((GpDimension)d));
        ok = h5_counts(column(group, name, "nodes", "nodes that it alone excluded at from_ms", n),
                       rows->excluded[d]);
    }
    H5Gclose(group.id);
    return ok;
}

bool attempts_table(H5Group parent, const AttemptColumns *attempts)
{
    int32_t n = attempts->count;
    H5Group group = h5_group(parent, "attempts");
    if (group.id < 0) {
        return false;
    }
    bool ok =
        h5_counts(column(group, "job", "1", "row in jobs", n), attempts->job) &&
        h5_integers(column(group, "from_ms", "ms", "since the start", n), attempts->from_ms) &&
        h5_integers(column(group, "to_ms", "ms", "since the start", n), attempts->to_ms) &&
        h5_texts(column(group, "nodes", NULL, "nodes, joined by ;", n), TEXTS(attempts->nodes)) &&
        h5_texts(column(group, "devices", NULL, "node/GPU, joined by ;", n),
                 TEXTS(attempts->devices));
    H5Gclose(group.id);
    return ok;
}

bool series_table(H5Group parent, const SeriesColumns *series)
{
    int32_t n = series->count;
    H5Group group = h5_group(parent, "series");
    if (group.id < 0) {
        return false;
    }
    bool ok =
        h5_integers(column(group, "time_ms", "ms", "end of the policy pass, since the start", n),
                    series->time_ms) &&
        h5_integers(column(group, "arrived_milli", "milli-GPU", "demand submitted so far", n),
                    series->arrived_milli) &&
        h5_integers(column(group, "used_milli", "milli-GPU", "GPU in use", n),
                    series->used_milli) &&
        h5_integers(column(group, "idle_milli", "milli-GPU", "GPU not in use", n),
                    series->idle_milli) &&
        h5_reals(column(group, "fragmented_milli", "milli-GPU", "FGD measure", n),
                 series->fragmented_milli) &&
        h5_counts(column(group, "jobs_waiting", "jobs", "jobs that wait", n), series->jobs_waiting);
    H5Gclose(group.id);
    return ok;
}
