/* cost_metrics.c - sums over cells, as doubles. */
#include "sim/experiment/cost_metrics.h"

#include <math.h>

#include "models/ownership.h"
#include "sim/experiment/cost_rates.h"

static double share(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

/* COST_HOUR parts of a unit of 1e-9, in units. */
static double of_nano(Int128 parts)
{
    return cost_usd(parts);
}

/* Returns what GPU time cost, 0 where it has no price. */
static Int128 gpu_time(const CostSums *sums, double *metric)
{
    Int128 account[ACCOUNT_COUNT] = {0};
    Int128 total = 0;
    Int128 energy = 0;
    Int128 idle = 0;
    for (int32_t i = 0; i < sums->cell_count; i++) {
        const CostCell *cell = &sums->cells[i];
        Int128 paid = cost_cell_effective(sums, cell) + cell->energy;
        account[cell->account] += paid;
        total += paid;
        energy += cell->energy;
        idle += account_group((Account)cell->account) == GROUP_IDLE ? paid : 0;
    }
    if (cost_prices_gpus(sums->model, sums->cluster)) {
        metric[METRIC_total_usd] = of_nano(total);
        metric[METRIC_unproductive_usd] = of_nano(total - account[ACCOUNT_PRODUCTIVE]);
        metric[METRIC_idle_usd] = of_nano(idle);
        metric[METRIC_workload_idle_usd] = of_nano(account[ACCOUNT_HELD_IDLE]);
        if (cost_knows_power(sums->model, sums->cluster) && sums->model->tariff.count > 0) {
            metric[METRIC_energy_usd] = of_nano(energy);
        }
    }
    return total;
}

/* What owned GPUs cost where they are used, and from which use on that is less than renting. */
static void owned(const CostSums *sums, double *metric)
{
    Int128 paid = 0;
    Int128 stood = 0;
    Int128 held = 0;
    Int128 out = 0;
    double rent = 0.0;
    bool rentable = true;
    for (int32_t i = 0; i < sums->cell_count; i++) {
        const CostCell *cell = &sums->cells[i];
        const TypeCost *type = &sums->model->types[cell->type];
        LedgerGroup group = account_group((Account)cell->account);
        if (type->purchase != PURCHASE_OWNED) {
            continue;
        }
        paid += cost_cell_effective(sums, cell) + cell->energy;
        stood += cell->amount;
        held += group == GROUP_ALLOCATED ? cell->amount : 0;
        out += group == GROUP_UNAVAILABLE ? cell->amount : 0;
        rent += ledger_gpu_hours(cell->amount) * (double)type->contracted / 1e9;
        rentable = rentable && (type->contracted > 0 || cell->amount == 0);
    }
    double hours = ledger_gpu_hours(stood);
    if (paid == 0 || hours <= 0.0) {
        return;
    }
    double each = of_nano(paid) / hours;
    double available = 1.0 - ledger_gpu_hours(out) / hours;
    double used = share(ledger_gpu_hours(held), hours * available);
    metric[METRIC_owned_usd_per_delivered_gpu_hour] = ownership_delivered(each, used, available);
    if (rentable) {
        metric[METRIC_owned_break_even] = ownership_break_even(each, rent / hours, available);
    }
}

static bool in_any_scope(const CostModel *model, int32_t type)
{
    for (int32_t c = 0; c < model->commitment_count; c++) {
        if (cost_in_scope(&model->commitments[c], model, type)) {
            return true;
        }
    }
    return false;
}

/* Returns what commitments cost beyond what they covered. */
static Int128 promises(const CostSums *sums, double *metric)
{
    const CostModel *model = sums->model;
    Int128 cost = 0;
    Int128 used = 0;
    Int128 on_demand = 0;
    Int128 covered = 0;
    Int128 eligible = 0;
    for (int32_t i = 0; i < sums->period_count * model->commitment_count; i++) {
        cost += sums->commitments[i].cost;
    }
    for (int32_t i = 0; i < sums->cell_count; i++) {
        const CostCell *cell = &sums->cells[i];
        bool is_covered = cell->commitment < model->commitment_count;
        eligible += in_any_scope(model, cell->type) ? cell->amount : 0;
        if (is_covered) {
            covered += cell->amount;
            used += cost_cell_effective(sums, cell);
            on_demand += cost_cell_contracted(sums, cell);
        }
    }
    if (model->commitment_count > 0) {
        metric[METRIC_commitment_utilisation] = share(of_nano(used), of_nano(cost));
        metric[METRIC_commitment_coverage] =
            share(ledger_gpu_hours(covered), ledger_gpu_hours(eligible));
        metric[METRIC_commitment_saving_usd] = of_nano(on_demand - cost);
    }
    return cost - used;
}

static void energy_and_carbon(const CostSums *sums, double *metric)
{
    if (!cost_knows_power(sums->model, sums->cluster)) {
        return;
    }
    Int128 energy = sums->nodes_energy;
    Int128 carbon = sums->nodes_carbon;
    for (int32_t i = 0; i < sums->cell_count; i++) {
        energy += cost_cell_energy(sums, &sums->cells[i]);
        carbon += sums->cells[i].carbon;
    }
    metric[METRIC_energy_kwh] = of_nano(energy); /* microwatt-hours */
    if (sums->model->carbon.count > 0) {
        metric[METRIC_carbon_kg] = of_nano(carbon); /* micrograms */
    }
}

void cost_metrics(const CostSums *sums, double *metric)
{
    Int128 total = gpu_time(sums, metric);
    Int128 overhead = promises(sums, metric);
    owned(sums, metric);
    bool any = cost_prices_gpus(sums->model, sums->cluster) || sums->overhead_count > 0 ||
               sums->model->commitment_count > 0;
    for (int32_t i = 0; i < sums->period_count * sums->overhead_count; i++) {
        overhead += sums->overhead[i];
    }
    energy_and_carbon(sums, metric);
    if (!any) {
        return;
    }
    double cost = of_nano(total + overhead);
    metric[METRIC_overhead_usd] = of_nano(overhead);
    metric[METRIC_cost_usd] = cost;
    metric[METRIC_usd_per_productive_gpu_hour] = share(cost, metric[METRIC_productive_gpu_hours]);
    metric[METRIC_usd_per_completed_job] = share(cost, metric[METRIC_jobs_completed]);
}
