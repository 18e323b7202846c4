/* costs_json.c - tables of money: by account, by node type, overheads, commitments, energy. Each
 * sums to the micro-dollar. */
#include "sim/report/costs_json.h"

#include <math.h>

#include "core/apportion.h"
#include "sim/experiment/cost_rates.h"
#include "sim/experiment/cost_sums.h"
#include "sim/report/json_help.h"

static json_t *usd(int64_t micro)
{
    return json_number((double)micro / 1e6);
}

static double part_of(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

/* Rows of one kind, together. */
typedef struct Sum {
    int64_t usd, energy_usd, energy_wh, carbon_mg;
    Int128 pico_hours, pico_allocated;
} Sum;

static Sum rows_sum(const CostBook *book, int32_t type /* -1: all */, int account /* -1: all */)
{
    Sum sum = {0};
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *row = &book->rows[i];
        if ((type >= 0 && row->type != type) || (account >= 0 && (int)row->account != account)) {
            continue;
        }
        Int128 pico = (Int128)row->gpu_hours * PICO + row->gpu_hours_pico;
        sum.usd += row->effective;
        sum.energy_usd += row->energy_usd;
        sum.energy_wh += row->energy_wh;
        sum.carbon_mg += row->carbon_mg;
        sum.pico_hours += pico;
        sum.pico_allocated += account_group(row->account) == GROUP_ALLOCATED ? pico : 0;
    }
    return sum;
}

/* What is in every line. */
static bool sum_put(json_t *line, const Sum *sum)
{
    bool ok = json_put(line, "gpu_hours", json_number(cost_ratio(sum->pico_hours, PICO)));
    ok = json_put(line, "usd", usd(sum->usd + sum->energy_usd)) && ok;
    ok = json_put(line, "energy_usd", usd(sum->energy_usd)) && ok;
    ok = json_put(line, "energy_kwh", json_number((double)sum->energy_wh / 1e3)) && ok;
    return json_put(line, "carbon_kg", json_number((double)sum->carbon_mg / 1e6)) && ok;
}

static json_t *accounts_json(const CostBook *book)
{
    json_t *accounts = json_object();
    bool ok = accounts != NULL;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        Sum sum = rows_sum(book, -1, account);
        if (sum.pico_hours == 0) {
            continue;
        }
        json_t *line = json_object();
        bool good = sum_put(line, &sum);
        ok = json_put(accounts, account_name((Account)account), json_checked(line, good)) && ok;
    }
    return json_checked(accounts, ok);
}

/* ---- node types ---- */

/* What the money went to: of owned nodes by part, of others one. */
static json_t *parts_json(const TypeCost *cost, const Sum *sum)
{
    json_t *parts = json_object();
    bool ok = parts != NULL;
    if (cost->purchase == PURCHASE_OWNED) {
        Int128 weight[OWNED_PART_COUNT];
        int64_t part[OWNED_PART_COUNT] = {0};
        for (int p = 0; p < OWNED_PART_COUNT; p++) {
            weight[p] = cost->owned[p];
        }
        apportion(sum->usd, weight, OWNED_PART_COUNT, part);
        for (int p = 0; p < OWNED_PART_COUNT; p++) {
            ok = (part[p] == 0 || json_put(parts, OWNED_PART_NAMES[p], usd(part[p]))) && ok;
        }
    } else {
        ok = json_put(parts, PURCHASE_NAMES[cost->purchase], usd(sum->usd));
    }
    ok = (sum->energy_usd == 0 || json_put(parts, "energy", usd(sum->energy_usd))) && ok;
    return json_checked(parts, ok);
}

static json_t *type_json(const CostBook *book, const Cluster *cluster, const TypeCost *cost,
                         int32_t type)
{
    Sum sum = rows_sum(book, type, -1);
    double paid = (double)(sum.usd + sum.energy_usd) / 1e6;
    json_t *line = json_object();
    bool ok = json_put(line, "name", json_string(cluster->type_info[type].name));
    ok = json_put(line, "purchase", json_string(PURCHASE_NAMES[cost->purchase])) && ok;
    ok = sum_put(line, &sum) && ok;
    ok = json_put(line, "parts", parts_json(cost, &sum)) && ok;
    ok = json_put(line, "usd_per_gpu_hour",
                  json_number(part_of(paid, cost_ratio(sum.pico_hours, PICO)))) &&
         ok;
    ok = json_put(line, "usd_per_delivered_gpu_hour",
                  json_number(part_of(paid, cost_ratio(sum.pico_allocated, PICO)))) &&
         ok;
    return json_checked(line, ok);
}

static json_t *types_json(const CostBook *book, const Cluster *cluster, const CostModel *model)
{
    json_t *types = json_array();
    bool ok = types != NULL;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (cluster->types[type].capacity[GP_AXIS_GPU] > 0 &&
            cluster->type_info[type].node_count > 0) {
            ok = json_push(types, type_json(book, cluster, &model->types[type], type)) && ok;
        }
    }
    return json_checked(types, ok);
}

/* ---- beside GPU time ---- */

static json_t *overheads_json(const CostBook *book, const CostModel *model)
{
    json_t *overheads = json_array();
    bool ok = overheads != NULL;
    int32_t own = book->overhead_count - model->overhead_count;
    for (int32_t i = 0; i < book->overhead_count; i++) {
        const char *source = i >= own ? model->overheads[i - own].source : NULL;
        json_t *line = json_object();
        bool good = json_put(line, "name", json_string(book->overhead_name[i]));
        good = json_put(line, "usd", usd(book->overhead[i])) && good;
        good = json_put(line, "source", json_string(source != NULL ? source : "")) && good;
        ok = json_push(overheads, json_checked(line, good)) && ok;
    }
    return json_checked(overheads, ok);
}

/* How much of it must be used before it is cheaper than the hours it covers are on demand. */
static double break_even(const CostSums *sums, int32_t c)
{
    Int128 own = 0;
    Int128 on_demand = 0;
    for (int32_t p = 0; p < sums->period_count; p++) {
        const CommitmentSum *sum = &sums->commitments[p * sums->model->commitment_count + c];
        own += sum->eligible_own;
        on_demand += sum->eligible_usd;
    }
    return on_demand > 0 ? cost_ratio(own, on_demand) : (double)NAN;
}

static json_t *commitment_json(const CostSums *sums, const CommitmentRow *row, int32_t c)
{
    static const char *const KINDS[] = {"gpu_hours", "money"};
    const Commitment *commitment = &sums->model->commitments[c];
    int64_t cost = row->used + row->unused;
    json_t *line = json_object();
    bool ok = json_put(line, "name", json_string(commitment->name));
    ok = json_put(line, "kind", json_string(KINDS[commitment->kind])) && ok;
    const struct {
        const char *name;
        double value;
    } NUMBERS[] = {
        {"utilisation", part_of((double)row->used, (double)cost)},
        {"coverage", part_of(row->used_gpu_hours, row->eligible_gpu_hours)},
        {"break_even", break_even(sums, c)},
        {"bought_gpu_hours", row->bought_gpu_hours},
        {"used_gpu_hours", row->used_gpu_hours},
        {"eligible_gpu_hours", row->eligible_gpu_hours},
        {"on_demand_usd", (double)row->on_demand / 1e6},
        {"cost_usd", (double)cost / 1e6},
        {"used_usd", (double)row->used / 1e6},
        {"unused_usd", (double)row->unused / 1e6},
        {"net_saving_usd", (double)(row->on_demand - cost) / 1e6},
        {"upfront_usd", (double)row->upfront / 1e6},
        {"recurring_usd", (double)row->recurring / 1e6},
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        ok = json_put(line, NUMBERS[i].name, json_number(NUMBERS[i].value)) && ok;
    }
    return json_checked(line, ok);
}

static json_t *commitments_json(const CostBook *book, const CostSums *sums)
{
    json_t *commitments = json_array();
    bool ok = commitments != NULL;
    for (int32_t c = 0; c < book->commitment_count; c++) {
        ok = json_push(commitments, commitment_json(sums, &book->commitments[c], c)) && ok;
    }
    return json_checked(commitments, ok);
}

static json_t *energy_json(const CostBook *book, const CostModel *model, const Sum *all)
{
    json_t *energy = json_object();
    bool ok = json_put(energy, "kwh", json_number((double)book->energy_wh / 1e3));
    ok = json_put(energy, "usd", usd(all->energy_usd)) && ok;
    ok = json_put(energy, "carbon_kg",
                  json_number(model->carbon.count > 0 ? (double)book->carbon_mg / 1e6 : NAN)) &&
         ok;
    ok = json_put(energy, "nodes_without_gpus_kwh",
                  json_number((double)(book->energy_wh - all->energy_wh) / 1e3)) &&
         ok;
    return json_checked(energy, ok);
}

static const CostSums *sums_of(const VariantResult *variant)
{
    for (int32_t r = 0; r < variant->replication_count; r++) {
        if (variant->replications[r].cost_sums != NULL) {
            return variant->replications[r].cost_sums;
        }
    }
    return NULL;
}

json_t *costs_json(const VariantResult *variant)
{
    const CostBook *book = variant->costs;
    const CostSums *sums = sums_of(variant);
    if (book == NULL || sums == NULL) {
        return json_null();
    }
    const Cluster *cluster = &variant->scenario->cluster;
    Sum all = rows_sum(book, -1, -1);
    int64_t gpu_time = all.usd + all.energy_usd;
    int64_t unused = 0;
    for (int32_t c = 0; c < book->commitment_count; c++) {
        unused += book->commitments[c].unused;
    }
    json_t *costs = json_object();
    bool ok = json_put(costs, "currency", json_string("USD"));
    ok = json_put(costs, "total_usd", usd(gpu_time)) && ok;
    ok = json_put(costs, "overhead_usd", usd(book->total - gpu_time)) && ok;
    ok = json_put(costs, "cost_usd", usd(book->total)) && ok;
    ok = json_put(costs, "accounts", accounts_json(book)) && ok;
    ok = json_put(costs, "types", types_json(book, cluster, sums->model)) && ok;
    ok = json_put(costs, "overheads", overheads_json(book, sums->model)) && ok;
    ok = json_put(costs, "unused_commitments_usd", usd(unused)) && ok;
    ok = json_put(costs, "commitments", commitments_json(book, sums)) && ok;
    if (cost_knows_power(sums->model, cluster)) {
        ok = json_put(costs, "energy", energy_json(book, sums->model, &all)) && ok;
    }
    return json_checked(costs, ok);
}
