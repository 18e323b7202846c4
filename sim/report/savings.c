/* savings.c - what a change saves, as three numbers that are never added. Rules: docs/evidence.md.
 *
 * Recovered is what fewer GPU-hours are withheld or wasted: paid for and neither productive nor
 * free for whoever comes. Of it, what belongs to nodes that are given back is cash, the rest is
 * capacity freed. What only went from one such account to another is neither.
 */
#include <math.h>

#include "sim/report/amounts.h"
#include "sim/report/bridge.h"
#include "sim/report/json_help.h"

#define RATE_ROUNDING 1e-6 /* rates are worked out from whole millionths */

typedef struct Fleet {
    Amounts hours, usd;
    bool priced;
    double overhead_usd, energy_usd; /* 0: none */
    double gpus;
    double length_h; /* that the mean GPU was paid for */
} Fleet;

typedef struct Savings {
    Fleet from, to;
    bool by_workload; /* one of the runs ends with its workload: a shorter run gives no node back */
    double given_back_gpu_hours;
    bool at_rates; /* ... and they are not as long: what is paid is compared over the new one */
    double gpu_time_usd, overhead_usd;
    double energy_usd;                 /* of gpu_time_usd */
    int64_t wasted_change, fell, rose; /* micro-GPU-hours */
} Savings;

static bool fleet_read(const json_t *variant, Fleet *fleet)
{
    if (!amounts_read(variant, "gpu_hours", &fleet->hours)) {
        return false;
    }
    bool known = isfinite(json_metric(variant, "cost_usd", "mean")); /* also if it is 0 */
    fleet->priced = amounts_read(variant, "usd", &fleet->usd) && (known || fleet->usd.total > 0);
    double energy = json_metric(variant, "energy_usd", "mean");
    fleet->energy_usd = isfinite(energy) ? energy : 0.0;
    fleet->overhead_usd = (double)overhead_read(variant, NULL) / MICRO;
    fleet->gpus = json_number_at(json_object_get(variant, "cluster"), "gpus");
    double hours = (double)fleet->hours.total / MICRO;
    fleet->length_h = fleet->gpus > 0 ? hours / fleet->gpus : 0.0;
    return true;
}

/* What is paid less, over as long as the new run takes. */
static double less_paid(const Savings *savings, double from, double to)
{
    const Fleet *old = &savings->from;
    const Fleet *new = &savings->to;
    if (!savings->by_workload || !(old->length_h > 0)) {
        return from - to;
    }
    double less = from / old->length_h * new->length_h - to;
    return fabs(less) <= RATE_ROUNDING * fabs(to) ? 0.0 : less;
}

/* Is it neither work nor free for whoever comes? */
static bool is_wasted(int account)
{
    return account != ACCOUNT_PRODUCTIVE && account != ACCOUNT_NO_DEMAND;
}

static bool savings_of(const VariantPair *pair, Savings *savings)
{
    if (!fleet_read(pair->from, &savings->from) || !fleet_read(pair->to, &savings->to)) {
        return false;
    }
    savings->by_workload = json_is_null(json_object_get(pair->from, "horizon_s")) ||
                           json_is_null(json_object_get(pair->to, "horizon_s"));
    const Fleet *old = &savings->from;
    const Fleet *new = &savings->to;
    savings->at_rates = savings->by_workload && old->length_h > 0 &&
                        fabs(old->length_h - new->length_h) > RATE_ROUNDING * old->length_h;
    savings->given_back_gpu_hours = savings->by_workload
                                        ? (old->gpus - new->gpus) * new->length_h
                                        : (double)(old->hours.total - new->hours.total) / MICRO;
    savings->gpu_time_usd =
        less_paid(savings, (double)old->usd.total / MICRO, (double)new->usd.total / MICRO);
    savings->energy_usd = less_paid(savings, old->energy_usd, new->energy_usd);
    savings->overhead_usd = less_paid(savings, old->overhead_usd, new->overhead_usd);
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        int64_t change = is_wasted(a) ? new->hours.account[a] - old->hours.account[a] : 0;
        savings->wasted_change += change;
        savings->rose += change > 0 ? change : 0;
        savings->fell -= change < 0 ? change : 0;
    }
    return true;
}

/* ---- how sure ---- */

static const json_t *account_values(const json_t *variant, const char *account)
{
    const json_t *accounts = json_object_get(json_object_get(variant, "ledger"), "accounts");
    return json_object_get(json_object_get(accounts, account), "values");
}

static const json_t *capacity_values(const json_t *variant)
{
    const json_t *metrics = json_object_get(variant, "metrics");
    return json_object_get(json_object_get(metrics, "capacity_gpu_hours"), "values");
}

static void values_less(PairedValues *values, const PairedValues *part)
{
    for (int32_t i = 0; i < values->from_count; i++) {
        values->from[i] -= part->from[i];
    }
    for (int32_t i = 0; i < values->to_count; i++) {
        values->to[i] -= part->to[i];
    }
}

/* The interval of what is recovered. */
static bool recovered_interval(const VariantPair *pair, PairedEvidence *evidence)
{
    static const char *const USEFUL[] = {"productive", "no_demand"};
    PairedValues wasted, part = {0};
    bool ok = paired_values_init(&wasted, pair) && paired_values_init(&part, pair);
    if (ok) {
        paired_values_take(&wasted, pair, capacity_values(pair->from), capacity_values(pair->to));
        for (int i = 0; i < 2; i++) {
            paired_values_take(&part, pair, account_values(pair->from, USEFUL[i]),
                               account_values(pair->to, USEFUL[i]));
            values_less(&wasted, &part);
        }
        *evidence = paired_values_judge(&wasted, pair);
    }
    paired_values_free(&wasted);
    paired_values_free(&part);
    return ok;
}

/* ---- as JSON ---- */

static json_t *micro_json(double value)
{
    int64_t micro;
    return micro_of(value, &micro) ? json_integer(micro) : json_null();
}

static json_t *cash_json(const Savings *savings)
{
    bool priced = savings->from.priced && savings->to.priced;
    double all = savings->gpu_time_usd + savings->overhead_usd;
    json_t *row = json_object();
    bool ok = json_put(row, "usd_micro", priced ? micro_json(all) : json_null());
    ok = (!savings->at_rates || json_put(row, "over_new_run", json_true())) && ok;
    ok = json_put(row, "gpu_time_usd_micro",
                  priced ? micro_json(savings->gpu_time_usd) : json_null()) &&
         ok;
    ok = json_put(row, "energy_usd_micro", micro_json(savings->energy_usd)) && ok;
    ok = json_put(row, "overhead_usd_micro", micro_json(savings->overhead_usd)) && ok;
    ok = json_put(row, "gpu_hours_micro", micro_json(savings->given_back_gpu_hours)) && ok;
    return json_checked(row, ok);
}

static json_t *freed_json(const VariantPair *pair, const Savings *savings)
{
    double recovered = -(double)savings->wasted_change / MICRO;
    double back = fmin(fmax(recovered, 0.0), fmax(savings->given_back_gpu_hours, 0.0));
    double freed = recovered - back;
    double price = json_number_at(pair->to, "replacement_usd_per_gpu_hour");
    PairedEvidence evidence = {.t_low = (double)NAN, .t_high = (double)NAN};
    json_t *row = json_object();
    bool ok = recovered_interval(pair, &evidence);
    ok = json_put(row, "gpu_hours_micro", micro_json(freed)) && ok;
    ok = json_put(row, "ci_low", json_number(-evidence.t_high - back)) && ok;
    ok = json_put(row, "ci_high", json_number(-evidence.t_low - back)) && ok;
    ok = (!evidence.deterministic || json_put(row, "deterministic", json_true())) && ok;
    ok = json_put(row, "replacement_usd_per_gpu_hour", json_number(price)) && ok;
    ok = json_put(row, "usd_micro", micro_json(freed * price)) && ok;
    return json_checked(row, ok);
}

/* Names of the accounts whose change has that sign. */
static json_t *accounts_json(const Savings *savings, int sign)
{
    json_t *names = json_array();
    bool ok = names != NULL;
    for (int a = 0; a < ACCOUNT_COUNT; a++) {
        int64_t change = savings->to.hours.account[a] - savings->from.hours.account[a];
        if (is_wasted(a) && sign * change > 0) {
            ok = json_push(names, json_string(account_name((Account)a))) && ok;
        }
    }
    return json_checked(names, ok);
}

static json_t *neither_json(const Savings *savings)
{
    json_t *row = json_object();
    int64_t moved = savings->fell < savings->rose ? savings->fell : savings->rose;
    bool ok = json_put(row, "gpu_hours_micro", json_integer(moved));
    ok = json_put(row, "fell", accounts_json(savings, -1)) && ok;
    ok = json_put(row, "rose", accounts_json(savings, 1)) && ok;
    return json_checked(row, ok);
}

json_t *savings_json(const VariantPair *pair)
{
    Savings savings = {.by_workload = false};
    if (!savings_of(pair, &savings)) {
        return json_null();
    }
    json_t *row = json_object();
    bool ok = json_put(row, "cash", cash_json(&savings));
    ok = json_put(row, "capacity_freed", freed_json(pair, &savings)) && ok;
    ok = json_put(row, "neither", neither_json(&savings)) && ok;
    return json_checked(row, ok);
}
