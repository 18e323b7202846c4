/* summary_json.c - the results as one JSON document; its layout is a contract (docs/results.md).
 *
 * Keys come in a fixed order, so equal runs give equal text. Every call below may run out of
 * memory: `ok` is carried along and the document is dropped at the end if it is false.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/experiment/drawn.h"
#include "sim/report/compare_json.h"
#include "sim/report/costs_json.h"
#include "sim/report/json_help.h"
#include "sim/report/report.h"
#include "sim/report/setting.h"
#include "sim/report/showback.h"
#include "sim/report/version.h"
#include "sim/report/went_wrong.h"
#include "traces/clock.h"

static int32_t completed_count(const VariantResult *variant)
{
    int32_t completed = 0;
    for (int32_t i = 0; i < variant->replication_count; i++) {
        completed += variant->replications[i].status == STATUS_OK;
    }
    return completed;
}

/* As many as were asked for, whether or not they have run. */
static int32_t wanted_count(const VariantResult *variant)
{
    int32_t wanted = variant->scenario->replications;
    return wanted > variant->replication_count ? wanted : variant->replication_count;
}

/* What differs between the replications of a variant; an interval without this word means nothing.
 */
static json_t *vary_json(const Scenario *scenario)
{
    static const char *const WORDS[] = {"arrivals", "ties", "placement", "faults", "workload"};
    int32_t drawn = scenario_drawn(scenario);
    json_t *vary = json_array();
    bool ok = vary != NULL;
    for (int i = 0; i < (int)(sizeof WORDS / sizeof WORDS[0]); i++) { /* as bits of VaryWhat */
        ok = ((drawn & 1 << i) == 0 || json_push(vary, json_string(WORDS[i]))) && ok;
    }
    return json_checked(vary, ok);
}

static json_t *hash_json(uint64_t hash)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    return json_string(text);
}

static const JobColumns *first_jobs(const VariantResult *variant)
{
    const ReplicationResult *first = variant->replications;
    bool there = variant->replication_count > 0 && first->replication == 0;
    return there && first->status == STATUS_OK ? first->jobs : NULL;
}

/* The second of two rows of `variants`, against the first. */
static json_t *baseline_json(const ExperimentResult *result, int32_t at, const json_t *from,
                             const json_t *to)
{
    VariantPair pair = {.from = from, .to = to, .paired = true};
    const JobColumns *old = first_jobs(&result->variants[0]);
    const JobColumns *new = first_jobs(&result->variants[at]);
    if (old == NULL || new == NULL) {
        return against_json(&pair, NULL, NULL);
    }
    JobView old_view = job_view_of_result(old, result->variants[0].scenario->horizon_ms);
    JobView new_view = job_view_of_result(new, result->variants[at].scenario->horizon_ms);
    return against_json(&pair, &old_view, &new_view);
}

/* One a replication, in the order of all lists of values. */
static bool replications_put(json_t *row, const VariantResult *variant)
{
    json_t *ids = json_array();
    json_t *facts = json_array();
    json_t *workloads = json_array();
    bool ok = ids != NULL && facts != NULL && workloads != NULL;
    for (int32_t i = 0; i < variant->replication_count; i++) {
        const ReplicationResult *one = &variant->replications[i];
        bool done = one->status == STATUS_OK;
        ok = json_push(ids, done ? json_integer(one->replication) : json_null()) && ok;
        ok = json_push(facts, hash_json(one->fact_hash)) && ok;
        ok = json_push(workloads, hash_json(one->workload_hash)) && ok;
    }
    ok = json_put(row, "replication_ids", ids) && ok;
    ok = json_put(row, "fact_hash", facts) && ok;
    return json_put(row, "workload_hash", workloads) && ok;
}

/* Rows of the logs that are replayed: all, and those that became jobs. */
static json_t *logs_json(const Scenario *scenario)
{
    int64_t read = 0;
    int64_t kept = 0;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        const WorkloadSource *source = &scenario->sources[i];
        read += source->rows_read;
        kept += source->rows_read > 0 ? source->requests.count : 0;
    }
    json_t *row = json_object();
    bool ok = json_put(row, "rows_read", json_integer(read));
    ok = json_put(row, "rows_kept", json_integer(kept)) && ok;
    return json_checked(row, ok);
}

static json_t *start_json(const Scenario *scenario)
{
    char text[CLOCK_BYTES];
    return json_string(scenario->start_unix_ms != 0 ? clock_print(scenario->start_unix_ms, text)
                                                    : "");
}

static json_t *interval_json(const MetricSummary *all, const char *unit, bool drawn)
{
    json_t *row = json_object();
    bool ok = row != NULL;
    ok = json_put(row, "mean", json_number(all->count > 0 ? all->mean : NAN)) && ok;
    ok = json_put(row, "sd", json_number(all->count > 0 ? all->sd : NAN)) && ok;
    ok = json_put(row, "ci_low", json_number(all->count > 0 ? all->ci_low : NAN)) && ok;
    ok = json_put(row, "ci_high", json_number(all->count > 0 ? all->ci_high : NAN)) && ok;
    ok = json_put(row, "unit", json_string(unit)) && ok;
    ok = json_put(row, "n", json_integer(all->count)) && ok;
    /* One draw of something drawn has sd 0 too, but is no more certain for it. */
    bool deterministic =
        all->count > 0 && isfinite(all->mean) && (!drawn || (all->count > 1 && !(all->sd > 0)));
    ok = (!deterministic || json_put(row, "deterministic", json_true())) && ok;
    return json_checked(row, ok);
}

static json_t *horizon_json(const Scenario *scenario)
{
    return scenario->horizon_ms == TIME_NEVER ? json_null()
                                              : json_number((double)scenario->horizon_ms / 1000);
}

/* null: the scenario does not say what a GPU-hour that is freed would cost elsewhere. */
static json_t *replacement_json(const Scenario *scenario)
{
    const CostModel *costs = scenario->costs;
    return costs == NULL || costs->replacement_nano_usd <= 0
               ? json_null()
               : json_number((double)costs->replacement_nano_usd / 1e9);
}

static json_t *metrics_json(const VariantResult *variant, bool drawn)
{
    json_t *metrics = json_object();
    bool ok = metrics != NULL;
    for (int m = 0; m < METRIC_COUNT; m++) {
        json_t *row = interval_json(&variant->metric[m], METRICS[m].unit, drawn);
        json_t *values = json_array();
        bool good = row != NULL && values != NULL;
        for (int32_t i = 0; i < variant->replication_count; i++) {
            const ReplicationResult *one = &variant->replications[i];
            good =
                json_push(values, json_number(one->status == STATUS_OK ? one->metric[m] : NAN)) &&
                good;
        }
        good = json_put(row, "values", values) && good;
        ok = json_put(metrics, METRICS[m].name, json_checked(row, good)) && ok;
    }
    return json_checked(metrics, ok);
}

static json_t *share_json(const LedgerSummary *summary, const LedgerAmount *amount)
{
    double capacity = summary->capacity_gpu_hours;
    return json_number(capacity > 0 ? amount->gpu_hours / capacity : NAN);
}

/* GPU-hours of an account, one value a replication. */
static json_t *account_values(const VariantResult *variant, Account account)
{
    json_t *values = json_array();
    bool ok = values != NULL;
    for (int32_t i = 0; i < variant->replication_count; i++) {
        const ReplicationResult *one = &variant->replications[i];
        bool known = one->status == STATUS_OK && one->ledger.amount != NULL;
        double hours =
            known ? ledger_gpu_hours(ledger_sum(&one->ledger, -1, -2, account, -1)) : (double)NAN;
        ok = json_push(values, json_number(hours)) && ok;
    }
    return json_checked(values, ok);
}

/* What GPU time of an account cost, energy included, in micro-USD: exact, as the cost book is. */
static json_t *account_cost(const CostBook *book, Account account)
{
    int64_t cost = 0;
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *row = &book->rows[i];
        cost += row->account == account ? row->effective + row->energy_usd : 0;
    }
    return json_integer(cost);
}

static json_t *overhead_line(const char *prefix, const char *name, int64_t usd_micro)
{
    json_t *row = json_object();
    bool ok = json_put(row, "name", json_sprintf("%s%s", prefix, name));
    ok = json_put(row, "usd_micro", json_integer(usd_micro)) && ok;
    return json_checked(row, ok);
}

/* What is paid beside GPU time, by name. */
static json_t *overhead_json(const CostBook *book, const CostModel *model)
{
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int32_t i = 0; i < book->overhead_count; i++) {
        ok = json_push(rows, overhead_line("", book->overhead_name[i], book->overhead[i])) && ok;
    }
    for (int32_t i = 0; model != NULL && i < book->commitment_count; i++) {
        ok = json_push(rows, overhead_line("unused: ", model->commitments[i].name,
                                           book->commitments[i].unused)) &&
             ok;
    }
    return json_checked(rows, ok);
}

static json_t *account_json(const VariantResult *variant, Account account)
{
    const LedgerSummary *summary = &variant->ledger;
    const LedgerAmount *whole = &summary->account[account];
    json_t *row = json_object();
    bool ok = row != NULL;
    ok = json_put(row, "group", json_string(account_group_name(account))) && ok;
    ok = json_put(row, "gpu_hours", json_number(whole->gpu_hours)) && ok;
    ok = json_put(row, "share", share_json(summary, whole)) && ok;
    ok = json_put(row, "usd", json_number(whole->usd)) && ok;
    const CostBook *book = variant->costs;
    ok = (book == NULL || json_put(row, "usd_micro", account_cost(book, account))) && ok;
    json_t *by = json_object();
    bool good = by != NULL;
    for (int sub = 0; sub < account_sub_count(account); sub++) {
        const LedgerAmount *part = &summary->sub[account][sub];
        if (!(part->gpu_hours > 0)) {
            continue;
        }
        json_t *line = json_object();
        bool fine = json_put(line, "gpu_hours", json_number(part->gpu_hours));
        fine = json_put(line, "usd", json_number(part->usd)) && fine;
        good = json_put(by, account_sub_name(account, sub), json_checked(line, fine)) && good;
    }
    ok = json_put(row, "by", json_checked(by, good)) && ok;
    bool holds = whole->gpu_hours > 0;
    ok = (!holds || json_put(row, "values", account_values(variant, account))) && ok;
    return json_checked(row, ok);
}

static json_t *ledger_json(const VariantResult *variant)
{
    double capacity = variant->ledger.capacity_gpu_hours;
    json_t *ledger = json_object();
    bool ok = json_put(ledger, "capacity_gpu_hours", json_number(capacity));
    json_t *accounts = json_object();
    bool good = accounts != NULL;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        good = json_put(accounts, account_name((Account)account),
                        account_json(variant, (Account)account)) &&
               good;
    }
    ok = json_put(ledger, "accounts", json_checked(accounts, good)) && ok;
    const CostBook *book = variant->costs;
    const CostModel *model = variant->scenario->costs;
    ok = (book == NULL || json_put(ledger, "overhead", overhead_json(book, model))) && ok;
    return json_checked(ledger, ok);
}

static json_t *tenant_json(const LedgerSummary *summary, const TenantSummary *tenant)
{
    json_t *row = json_object();
    json_t *accounts = json_object();
    bool ok = json_put(row, "name", json_string(tenant->name));
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        const LedgerAmount *amount = &tenant->account[account];
        if (!(amount->gpu_hours > 0)) {
            continue;
        }
        json_t *line = json_object();
        bool good = json_put(line, "gpu_hours", json_number(amount->gpu_hours));
        good = json_put(line, "share", share_json(summary, amount)) && good;
        good = json_put(line, "usd", json_number(amount->usd)) && good;
        ok = json_put(accounts, account_name((Account)account), json_checked(line, good)) && ok;
    }
    ok = json_put(row, "accounts", accounts) && ok;
    return json_checked(row, ok);
}

static json_t *tenants_json(const LedgerSummary *summary)
{
    json_t *tenants = json_array();
    bool ok = tenants != NULL;
    for (int32_t i = 0; i < summary->tenant_count; i++) {
        ok = json_push(tenants, tenant_json(summary, &summary->tenants[i])) && ok;
    }
    return json_checked(tenants, ok);
}

static json_t *column_json(const double *values, int32_t count)
{
    json_t *column = json_array();
    bool ok = column != NULL;
    for (int32_t i = 0; i < count; i++) {
        ok = json_push(column, json_number(values != NULL ? values[i] : NAN)) && ok;
    }
    return json_checked(column, ok);
}

static json_t *curve_json(const LoadCurve *mean, const LoadCurve *sd)
{
    json_t *curve = json_object();
    json_t *percent = json_array();
    bool ok = curve != NULL && percent != NULL;
    for (int32_t i = 0; i < mean->count; i++) {
        ok = json_push(percent, json_integer(i)) && ok;
    }
    const struct {
        const char *name, *sd_name;
        const double *mean, *sd;
    } columns[] = {
        {"alloc_pct", "alloc_pct_sd", mean->alloc_pct, sd->alloc_pct},
        {"frag_amount_pct", "frag_amount_pct_sd", mean->frag_amount_pct, sd->frag_amount_pct},
        {"frag_ratio_pct", "frag_ratio_pct_sd", mean->frag_ratio_pct, sd->frag_ratio_pct},
        {"idle_gpus", "idle_gpus_sd", mean->idle_gpus, sd->idle_gpus},
        {"idle_usd_per_hour", "idle_usd_per_hour_sd", mean->idle_usd_per_hour,
         sd->idle_usd_per_hour},
    };
    ok = json_put(curve, "arrived_pct", percent) && ok;
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        ok = json_put(curve, columns[c].name, column_json(columns[c].mean, mean->count)) && ok;
        ok = json_put(curve, columns[c].sd_name,
                      column_json(sd->count >= mean->count ? columns[c].sd : NULL, mean->count)) &&
             ok;
    }
    return json_checked(curve, ok);
}

/* The rows of one service, averaged over the replications that saw requests of it. */
static json_t *service_json(const VariantResult *variant, const ServiceSummary *first, int32_t at)
{
    double sum[5] = {0};
    double n[5] = {0};
    for (int32_t r = 0; r < variant->replication_count; r++) {
        const ReplicationResult *one = &variant->replications[r];
        if (one->status != STATUS_OK || at >= one->service_count) {
            continue;
        }
        const ServiceSummary *row = &one->services[at];
        const double values[5] = {row->requests, row->latency_mean_ms, row->latency_ratio,
                                  row->overload_share, row->unserved_share};
        for (int i = 0; i < 5; i++) {
            sum[i] += isfinite(values[i]) ? values[i] : 0.0;
            n[i] += isfinite(values[i]) ? 1.0 : 0.0;
        }
    }
    static const char *const NAMES[5] = {"requests", "latency_mean_ms", "latency_ratio",
                                         "overload_share", "unserved_share"};
    json_t *line = json_object();
    bool ok = json_put(line, "job", json_string(first->name));
    for (int i = 0; i < 5; i++) {
        ok = json_put(line, NAMES[i], json_number(n[i] > 0 ? sum[i] / n[i] : NAN)) && ok;
    }
    return json_checked(line, ok);
}

static json_t *services_json(const VariantResult *variant)
{
    json_t *services = json_array();
    bool ok = services != NULL;
    int32_t first = 0;
    while (first < variant->replication_count && variant->replications[first].status != STATUS_OK) {
        first++;
    }
    const ReplicationResult *one = &variant->replications[first];
    for (int32_t i = 0; first < variant->replication_count && i < one->service_count; i++) {
        ok = json_push(services, service_json(variant, &one->services[i], i)) && ok;
    }
    return json_checked(services, ok);
}

static json_t *cluster_json(const Cluster *cluster)
{
    json_t *about = json_object();
    bool ok = json_put(about, "nodes", json_integer(cluster->node_count));
    ok = json_put(about, "gpus", json_number((double)cluster->gpu_milli / 1000)) && ok;
    return json_checked(about, ok);
}

/* The cut that MSER-5 would make; null: the run is too short to tell. */
static json_t *advice_json(const VariantResult *variant)
{
    const MserAdvice *mser = &variant->mser;
    bool sound = mser->known && !mser->rejected;
    json_t *row = json_object();
    bool ok = json_put(row, "warmup_s", json_number(sound ? (double)mser->warmup_ms / 1e3 : NAN));
    ok = json_put(row, "rejected", json_boolean(mser->known && mser->rejected)) && ok;
    ok = json_put(row, "batches", json_integer(mser->batches)) && ok;
    ok = json_put(row, "batch_s", json_number((double)mser->step_ms / 1e3)) && ok;
    json_t *advice = json_object();
    ok = json_put(advice, "mser5", json_checked(row, ok)) && ok;
    return json_checked(advice, ok);
}

/* baseline NULL: it is the baseline. */
static json_t *variant_json(const VariantResult *variant, const VariantResult *baseline)
{
    json_t *vary = vary_json(variant->scenario);
    bool drawn = json_array_size(vary) > 0;
    json_t *row = json_object();
    bool ok = row != NULL;
    ok = json_put(row, "name", json_string(variant->name)) && ok;
    ok = json_put(row, "replications", json_integer(wanted_count(variant))) && ok;
    ok = json_put(row, "completed", json_integer(completed_count(variant))) && ok;
    ok = json_put(row, "vary", vary) && ok;
    ok = json_put(row, "seed", json_integer((json_int_t)variant->scenario->seed)) && ok;
    ok = json_put(row, "cluster", cluster_json(&variant->scenario->cluster)) && ok;
    ok = json_put(row, "start", start_json(variant->scenario)) && ok;
    ok = json_put(row, "warmup_s", json_number((double)variant->scenario->warmup_ms / 1e3)) && ok;
    ok = json_put(row, "horizon_s", horizon_json(variant->scenario)) && ok;
    ok = json_put(row, "replacement_usd_per_gpu_hour", replacement_json(variant->scenario)) && ok;
    ok = json_put(row, "policy", setting_policy(variant->scenario)) && ok;
    ok = json_put(row, "models", setting_models(variant->scenario)) && ok;
    ok = json_put(row, "prices", setting_prices(variant->scenario)) && ok;
    ok = json_put(row, "asked", setting_asked(variant->scenario)) && ok;
    ok = json_put(row, "logs", logs_json(variant->scenario)) && ok;
    ok = replications_put(row, variant) && ok;
    ok = json_put(row, "metrics", metrics_json(variant, drawn)) && ok;
    ok = json_put(row, "ledger", ledger_json(variant)) && ok;
    if (variant->mean_curve.count > 0) {
        ok =
            json_put(row, "load_curve", curve_json(&variant->mean_curve, &variant->sd_curve)) && ok;
    }
    ok = json_put(row, "tenants", tenants_json(&variant->ledger)) && ok;
    ok = json_put(row, "queues", queues_json(variant->scenario, &variant->ledger)) && ok;
    ok = json_put(row, "costs", costs_json(variant)) && ok;
    ok = json_put(row, "showback", showback_json(variant, baseline)) && ok;
    ok = json_put(row, "services", services_json(variant)) && ok;
    ok = json_put(row, "failures", went_wrong_json(variant)) && ok;
    ok = json_put(row, "over_time", over_time_json(variant)) && ok;
    ok = json_put(row, "advice", advice_json(variant)) && ok;
    return json_checked(row, ok);
}

static json_t *expect_json(const ExpectOutcome *outcome)
{
    json_t *row = json_object();
    bool ok = json_put(row, "text", json_string(outcome->text));
    ok = json_put(row, "variant", json_string(outcome->variant != NULL ? outcome->variant : "")) &&
         ok;
    ok = json_put(row, "passed", json_boolean(outcome->passed)) && ok;
    ok = json_put(row, "found", json_number(outcome->found)) && ok;
    ok = json_put(row, "found_text",
                  json_string(outcome->found_text != NULL ? outcome->found_text : "")) &&
         ok;
    return json_checked(row, ok);
}

static json_t *scenario_json(const ExperimentResult *result)
{
    const Scenario *first = &result->set->variants[0];
    json_t *about = json_object();
    bool ok = json_put(about, "name", json_string(first->name != NULL ? first->name : ""));
    ok = json_put(about, "description",
                  json_string(first->description != NULL ? first->description : "")) &&
         ok;
    ok = json_put(about, "sha256", json_string(result->set->sha256)) && ok;
    return json_checked(about, ok);
}

/* Of a run whose number of replications the data chose. */
static json_t *until_json(const HalfWidthStop *until)
{
    json_t *row = json_object();
    bool ok = json_put(row, "metric", json_string(METRICS[until->metric].name));
    ok = json_put(row, "target", json_number((double)until->target_ppm / GP_PPM)) && ok;
    ok = json_put(row, "half_width", json_number(until->worst)) && ok;
    ok = json_put(row, "reached", json_boolean(until->reached)) && ok;
    return json_checked(row, ok);
}

json_t *summary_json(const ExperimentResult *result)
{
    json_t *root = json_object();
    json_t *variants = json_array();
    json_t *expects = json_array();
    bool ok = root != NULL && variants != NULL && expects != NULL;
    for (int32_t i = 0; ok && i < result->variant_count; i++) {
        json_t *row = variant_json(&result->variants[i], i > 0 ? &result->variants[0] : NULL);
        ok = json_push(variants, row);
        ok = ok && (i == 0 || json_put(row, "against_baseline",
                                       baseline_json(result, i, json_array_get(variants, 0), row)));
    }
    for (int32_t i = 0; ok && i < result->expect_count; i++) {
        ok = json_push(expects, expect_json(&result->expects[i]));
    }
    ok = json_put(root, "gpuplan", json_string(GPUPLAN_VERSION)) && ok;
    ok = json_put(root, "format", json_integer(SUMMARY_FORMAT)) && ok;
    ok = json_put(root, "scenario", scenario_json(result)) && ok;
    ok = json_put(root, "variants", variants) && ok;
    ok = json_put(root, "expect", expects) && ok;
    if (result->until.asked) {
        ok = json_put(root, "until_halfwidth", until_json(&result->until)) && ok;
    }
    return json_checked(root, ok);
}
