/* plan_prices.c - what a fleet costs at least, before anything runs: price x count x time. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/experiment/plan_evaluate.h"
#include "sim/scenario/spec.h"

#define NANO 1e-9
#define HOUR_MS 3600000.0

typedef struct PayTime {
    int64_t from_ms, to_ms;
} PayTime;

static PayTime counted_time(const Scenario *scenario)
{
    return (PayTime){scenario->warmup_ms, scenario->horizon_ms};
}

static double hours_of(PayTime time)
{
    return time.to_ms > time.from_ms ? (double)(time.to_ms - time.from_ms) / HOUR_MS : 0.0;
}

/* Value x hours. */
static double series_sum(const StepSeries *series, PayTime time)
{
    double sum = 0.0;
    int64_t at = time.from_ms;
    while (at < time.to_ms) {
        int64_t next = step_series_next(series, at);
        next = next > time.to_ms ? time.to_ms : next;
        sum += (double)step_series_at(series, at) * (double)(next - at) / HOUR_MS;
        at = next;
    }
    return sum;
}

/* What one GPU draws at least, whatever it does. */
static double energy_usd(const CostModel *costs, const TypeCost *cost, PayTime time)
{
    int64_t least_mw = cost->power_milliwatt[0];
    for (int account = 1; account < ACCOUNT_COUNT; account++) {
        least_mw =
            cost->power_milliwatt[account] < least_mw ? cost->power_milliwatt[account] : least_mw;
    }
    double kw = cost->power_known ? (double)least_mw * 1e-6 : 0.0;
    return kw * (double)costs->pue_ppm * 1e-6 * series_sum(&costs->tariff, time) * 1e-6;
}

/* The share of the time that spot nodes are away on average; negative: it is not said. */
static double spot_away(const InterruptionsSpec *spec)
{
    const DurationSpec *out = &spec->out;
    double out_ms = (double)(out->value_ms.value > 0 ? out->value_ms.value : out->mean_ms.value);
    if (spec->node == NULL) {
        return 0.0;
    }
    double per_ms = (double)spec->rate.value / 1e6 / (7.0 * 24.0 * HOUR_MS); /* UNIT_RATE */
    return out_ms > 0.0 ? 1.0 - 1.0 / (1.0 + per_ms * out_ms) : -1.0;
}

/* The share of the time that spot nodes are there at least, so to say; half where it is not said.
 */
static double spot_share(double away)
{
    return away >= 0.0 && away < 0.125 ? 1.0 - 4.0 * away : 0.5;
}

/* One node of this type, its energy aside; *covered: so much of it may be covered by a commitment.
 * *energy: what it takes at idle, if that is paid. */
static double node_usd(const Scenario *scenario, int32_t type, PayTime time, double *covered,
                       double *energy)
{
    *covered = *energy = 0.0;
    if (scenario->costs == NULL) {
        return 0.0;
    }
    const TypeCost *cost = &scenario->costs->types[type];
    double gpus = (double)scenario->cluster.types[type].device_count;
    if (gpus == 0.0) {
        return (double)cost->node_nano_usd_per_hour * NANO * hours_of(time);
    }
    if (cost->purchase == PURCHASE_OWNED) {
        double rate = 0.0;
        for (int part = 0; part < OWNED_PART_COUNT; part++) {
            rate += (double)cost->owned[part];
        }
        *energy = gpus * energy_usd(scenario->costs, cost, time);
        return gpus * rate * NANO * hours_of(time);
    }
    if (cost->purchase == PURCHASE_SPOT) {
        return gpus * series_sum(&cost->spot, time) * NANO;
    }
    *covered = gpus * (double)cost->contracted * NANO * hours_of(time);
    return *covered;
}

/* ---- nodes ---- */

/* The kernel type of an entry's nodes; -1: it has none. */
static int32_t entry_type(const Scenario *largest, const NodesSpec *entry)
{
    char name[256];
    const char *suffix = entry->count.node != NULL ? "-0" : "";
    int length = snprintf(name, sizeof name, "%s%s", entry->name.value, suffix);
    int32_t node = length < (int)sizeof name ? cluster_node(&largest->cluster, name) : -1;
    return node >= 0 ? largest->cluster.node_type[node] : -1;
}

/* What one node of an entry costs. */
typedef struct EntryPrice {
    double least, covered; /* as in PlanPrices: each, covered */
    double price;
} EntryPrice;

static EntryPrice entry_price(const Scenario *largest, const NodesSpec *entry)
{
    int32_t type = entry_type(largest, entry);
    if (type < 0) {
        return (EntryPrice){0};
    }
    PayTime time = counted_time(largest);
    time.from_ms = entry->from_ms.value > time.from_ms ? entry->from_ms.value : time.from_ms;
    bool ends = entry->until_ms.node != NULL && entry->until_ms.value < time.to_ms;
    time.to_ms = ends ? entry->until_ms.value : time.to_ms;
    double away = spot_away(&entry->interruptions);
    double part = spot_share(away);
    double covered, energy;
    double usd = node_usd(largest, type, time, &covered, &energy);
    return (EntryPrice){(usd + energy) * part, covered * part, away > 0.0 ? usd * (1 - away) : usd};
}

static int32_t line_of(const FleetPlan *plan, PlanLineKind kind, int32_t entry)
{
    for (int32_t i = 0; i < plan->line_count; i++) {
        if (plan->lines[i].kind == kind && plan->lines[i].entry == entry) {
            return i;
        }
    }
    return -1;
}

static void nodes_price(const PlanEvaluator *evaluator, const Scenario *largest, PlanPrices *prices)
{
    const ClusterSpec *spec = &evaluator->set->spec->cluster;
    const NodesSpec *entries = spec->nodes.items;
    for (int32_t i = 0; i < spec->nodes.count; i++) {
        EntryPrice one = entry_price(largest, &entries[i]);
        int32_t line = line_of(evaluator->plan, PLAN_NODES, i);
        if (line >= 0) {
            prices->each[line] = one.least;
            prices->covered[line] = one.covered;
            prices->price[line] = one.price;
            continue;
        }
        int64_t count = entries[i].count.node != NULL ? entries[i].count.value : 1;
        prices->nodes += count;
        prices->fixed += one.least * (double)count;
        prices->fixed_covered += one.covered * (double)count;
    }
    const Cluster *cluster = &largest->cluster;
    for (int32_t type = 0; spec->nodes.count == 0 && type < cluster->type_count; type++) {
        double count = (double)cluster->type_info[type].node_count; /* of a node list */
        prices->nodes += cluster->type_info[type].node_count;
        double covered, energy;
        double usd = node_usd(largest, type, counted_time(largest), &covered, &energy);
        prices->fixed += (usd + energy) * count;
        prices->fixed_covered += covered * count;
    }
}

/* ---- commitments ---- */

static double dearest_covered(const Scenario *largest, const Commitment *commitment)
{
    int64_t most = 0;
    for (int32_t type = 0; type < largest->cluster.type_count; type++) {
        bool covers = (commitment->types[type / 64] >> (type % 64) & 1) != 0;
        int64_t price = largest->costs->types[type].contracted;
        most = covers && price > most ? price : most;
    }
    return (double)most * NANO;
}

static void commitment_price(const PlanEvaluator *evaluator, const Scenario *largest,
                             const Commitment *commitment, PlanPrices *prices)
{
    PayTime time = counted_time(largest);
    time.from_ms = commitment->from_ms > time.from_ms ? commitment->from_ms : time.from_ms;
    time.to_ms = commitment->to_ms < time.to_ms ? commitment->to_ms : time.to_ms;
    double hours = hours_of(time);
    if (commitment->kind == COMMITMENT_SPEND) {
        double paid = (double)commitment->micro_usd_per_hour * 1e-6 * hours;
        double left = 1.0 - (double)commitment->discount_ppm * 1e-6;
        prices->fixed_promised += paid;
        prices->fixed_money += left > 0.0 ? paid / left : (double)INFINITY;
        prices->fixed_relief += left > 0.0 ? paid / left : (double)INFINITY;
        return;
    }
    double gpus = (double)commitment->gpu_milli / GP_DEVICE_MILLI;
    double paid = (double)commitment->nano_usd_per_gpu_hour * NANO * hours;
    double relief = dearest_covered(largest, commitment) * hours;
    const CommitmentSpec *specs = evaluator->set->spec->costs.commitments.items;
    for (int32_t i = 0; i < evaluator->plan->line_count; i++) {
        const PlanLine *line = &evaluator->plan->lines[i];
        if (line->kind == PLAN_COMMITMENT &&
            strcmp(specs[line->entry].name.value, commitment->name) == 0) {
            prices->each[i] = prices->price[i] = paid;
            prices->relief[i] = relief;
            return;
        }
    }
    prices->fixed_promised += paid * gpus;
    prices->fixed_relief += relief * gpus;
}

void plan_prices_fill(PlanEvaluator *evaluator, const Scenario *largest)
{
    PlanPrices *prices = &evaluator->prices;
    *prices = (PlanPrices){0};
    nodes_price(evaluator, largest, prices);
    const CostModel *costs = largest->costs;
    for (int32_t i = 0; costs != NULL && i < costs->commitment_count; i++) {
        commitment_price(evaluator, largest, &costs->commitments[i], prices);
    }
    for (int32_t i = 0; costs != NULL && i < costs->overhead_count; i++) {
        prices->fixed +=
            (double)costs->overheads[i].nano_usd_per_hour * NANO * hours_of(counted_time(largest));
    }
}

/* ---- sums ---- */

typedef struct PriceSums {
    double nodes, covered, promised, relief;
} PriceSums;

static PriceSums prices_sum(const PlanEvaluator *evaluator, const PlanPrices *prices,
                            const int64_t *count)
{
    PriceSums sums = {prices->fixed, prices->fixed_covered, prices->fixed_promised,
                      prices->fixed_relief};
    for (int32_t i = 0; i < evaluator->plan->line_count; i++) {
        double many = (double)count[i];
        if (evaluator->plan->lines[i].kind == PLAN_NODES) {
            sums.nodes += many * prices->each[i];
            sums.covered += many * prices->covered[i];
        } else if (many > 0.0) {
            sums.promised += many * prices->each[i];
            sums.relief += many * prices->relief[i];
        }
    }
    return sums;
}

double plan_floor(const PlanEvaluator *evaluator, const int64_t *count)
{
    int64_t nodes = evaluator->prices.nodes;
    for (int32_t i = 0; i < evaluator->plan->line_count; i++) {
        nodes += evaluator->plan->lines[i].kind == PLAN_NODES ? count[i] : 0;
    }
    PriceSums sums = prices_sum(evaluator, &evaluator->prices, count);
    double relief = sums.relief < sums.covered ? sums.relief : sums.covered;
    double sum = sums.nodes + sums.promised - relief;
    /* A hair lower than the sum, which was not added up in the order of the books. */
    return nodes == 0 ? (double)INFINITY : sum - 1e-9 * fabs(sum) - 1e-6;
}

/* GPUs that are committed cover a share of what is on demand, in which its price turns in vain;
 * money that is committed covers as many dollars as before. */
double plan_price_change(const PlanEvaluator *evaluator, const int64_t *count, int32_t line,
                         double factor)
{
    const PlanPrices *prices = &evaluator->prices;
    double more = (factor - 1.0) * (double)count[line] * prices->price[line];
    PriceSums sums = prices_sum(evaluator, prices, count);
    if (prices->covered[line] == 0.0 || sums.covered == 0.0) {
        return more;
    }
    double gpus = fmin((sums.relief - prices->fixed_money) / sums.covered, 1.0);
    double before = (1.0 - gpus) * sums.covered - prices->fixed_money;
    double after = before + (1.0 - gpus) * more;
    return fmax(after, 0.0) - fmax(before, 0.0);
}
