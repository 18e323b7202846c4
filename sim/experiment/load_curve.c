/* load_curve.c - a few additions a pass; all division waits for the end. */
#include "sim/experiment/load_curve.h"

#include <math.h>

int64_t ratio_half_even(int64_t part, int64_t whole, int64_t scale)
{
    int64_t quotient = part * scale / whole;
    int64_t twice = (part * scale - quotient * whole) * 2;
    bool up = twice > whole || (twice == whole && (quotient & 1) != 0);
    return quotient + (up ? 1 : 0);
}

/* Which per cent `arrived` falls in, and the amounts around it that fall in the same one. */
static void bin_find(LoadMeter *meter, int64_t arrived_milli)
{
    int64_t percent = ratio_half_even(arrived_milli, meter->capacity_milli, 100);
    if (percent > LOAD_PCT_MAX) {
        meter->bin = -1;
        meter->bin_from_milli = arrived_milli;
        meter->bin_to_milli = INT64_MAX;
        return;
    }
    meter->bin = (int32_t)percent;
    meter->bin_count = meter->bin >= meter->bin_count ? meter->bin + 1 : meter->bin_count;
    /* Strictly inside the half-way points, so that ties are never decided here. */
    Int128 capacity = meter->capacity_milli;
    meter->bin_from_milli = (int64_t)((capacity * (2 * percent - 1)) / 200 + 1);
    meter->bin_to_milli = (int64_t)((capacity * (2 * percent + 1)) / 200 - 1);
}

static void row_add(LoadMeter *meter, const World *world)
{
    int64_t arrived_milli = world->arrived_milli;
    if (arrived_milli < meter->bin_from_milli || arrived_milli > meter->bin_to_milli) {
        bin_find(meter, arrived_milli);
    }
    if (meter->bin < 0 || meter->row_count == meter->row_capacity) {
        return;
    }
    LoadBin *bin = &meter->bins[meter->bin];
    int64_t idle_milli = meter->capacity_milli - world->used_milli;
    int64_t total_q20 = meter->fragmentation.total_q20;
    if (bin->passes++ == 0) {
        bin->first_row = meter->row_count;
    }
    meter->alloc_centi[meter->row_count++] =
        (uint16_t)ratio_half_even(world->used_milli, meter->capacity_milli, 10000);
    bin->frag_centimilli += (int64_t)(((Int128)total_q20 * 100 + (1 << 19)) >> 20);
    if (idle_milli > 0) {
        double ratio = (double)total_q20 * (10000.0 / 1048576.0) / (double)idle_milli;
        bin->ratio_centi += (int64_t)(ratio + 0.5);
    }
    bin->idle_milli += idle_milli;
    bin->idle_usd_per_hour += meter->idle_micro_usd_milli;
}

static void placement_seen(LoadMeter *meter, const World *world, int32_t node)
{
    fragmentation_update(&meter->fragmentation, world, node);
    int32_t type = world->fleet.node_type[node];
    int64_t taken_milli = world->type_used_milli[type] - meter->type_used_milli[type];
    meter->type_used_milli[type] += taken_milli;
    meter->idle_micro_usd_milli -=
        (double)taken_milli * (double)meter->type_info[type].price_micro_usd_per_gpu_hour;
}

static void load_meter_fact(void *self, const World *world, const Fact *fact)
{
    LoadMeter *meter = self;
    if (fact_is_of(fact, FACTS_OF_PLACES)) {
        placement_seen(meter, world, fact->node);
    } else if (meter->capacity_milli > 0 && (meter->seen_jobs != world->next_job ||
                                             meter->seen_changes != world->change_count)) {
        meter->seen_jobs = world->next_job; /* passes of a clock that ticks add no rows */
        meter->seen_changes = world->change_count;
        row_add(meter, world);
    }
}

static void load_meter_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    LoadMeter *meter = self;
    int64_t idle_milli = meter->capacity_milli - world->used_milli;
    from_ms = after_warmup(world->scenario, from_ms);
    if (from_ms >= to_ms) {
        return;
    }
    if (idle_milli > 0) {
        double ratio = fragmentation_milli(&meter->fragmentation) / (double)idle_milli;
        meter->ratio_ms += ratio * (double)(to_ms - from_ms);
    }
    meter->elapsed_ms += to_ms - from_ms;
}

int64_t passes_at_most(const JobTable *jobs)
{
    int64_t passes = jobs->job_count;
    for (JobId job = 0; job < jobs->job_count; job++) {
        passes += jobs->job_duration_ms[job] != TIME_NEVER;
    }
    return passes;
}

LoadMeter *load_meter_new(Arena *arena, const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    LoadMeter *meter = ARENA_NEW(arena, LoadMeter);
    if (meter == NULL || !fragmentation_init(&meter->fragmentation, arena, world)) {
        return NULL;
    }
    meter->capacity_milli = cluster->gpu_milli;
    meter->type_info = cluster->type_info;
    meter->type_used_milli = ARENA_ARRAY(arena, int64_t, cluster->type_count);
    meter->row_capacity = passes_at_most(world->jobs);
    meter->alloc_centi = ARENA_ARRAY(arena, uint16_t, meter->row_capacity);
    if (meter->type_used_milli == NULL || meter->alloc_centi == NULL) {
        return NULL;
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        int64_t idle_milli = (int64_t)cluster->type_info[type].node_count *
                                 cluster->types[type].capacity[GP_AXIS_GPU] -
                             world->type_used_milli[type];
        meter->type_used_milli[type] = world->type_used_milli[type];
        meter->idle_micro_usd_milli +=
            (double)idle_milli * (double)cluster->type_info[type].price_micro_usd_per_gpu_hour;
    }
    meter->bin_from_milli = 1; /* no amount lies in 1..0: the first row finds its bin */
    return meter;
}

Observer load_meter_observer(LoadMeter *meter)
{
    return (Observer){.self = meter,
                      .fact = load_meter_fact,
                      .interval = load_meter_interval,
                      .hears = FACTS_OF_PLACES | FACT_SET(FACT_PASS_DONE)};
}

double load_meter_ratio_mean(const LoadMeter *meter)
{
    return meter->elapsed_ms > 0 ? meter->ratio_ms / (double)meter->elapsed_ms : (double)NAN;
}

/* ---- the curve ---- */

bool load_curve_new(LoadCurve *curve, Arena *arena, int32_t count)
{
    *curve = (LoadCurve){
        .count = count,
        .passes = ARENA_ARRAY(arena, int64_t, count),
        .alloc_pct = ARENA_ARRAY(arena, double, count),
        .frag_amount_pct = ARENA_ARRAY(arena, double, count),
        .frag_ratio_pct = ARENA_ARRAY(arena, double, count),
        .idle_gpus = ARENA_ARRAY(arena, double, count),
        .idle_usd_per_hour = ARENA_ARRAY(arena, double, count),
    };
    return curve->passes != NULL && curve->alloc_pct != NULL && curve->frag_amount_pct != NULL &&
           curve->frag_ratio_pct != NULL && curve->idle_gpus != NULL &&
           curve->idle_usd_per_hour != NULL;
}

static void bin_merge(LoadBin *sum, const LoadBin *bin)
{
    if (sum->passes == 0 || (bin->passes > 0 && bin->first_row < sum->first_row)) {
        sum->first_row = bin->first_row;
    }
    sum->passes += bin->passes;
    sum->frag_centimilli += bin->frag_centimilli;
    sum->ratio_centi += bin->ratio_centi;
    sum->idle_milli += bin->idle_milli;
    sum->idle_usd_per_hour += bin->idle_usd_per_hour;
}

/* The rows of a per cent; where there are none, those of its neighbours, as near as there are any.
 * The last bin has rows, so the search ends. */
static LoadBin bin_or_neighbours(const LoadMeter *meter, int32_t at)
{
    LoadBin sum = meter->bins[at];
    for (int32_t reach = 1; sum.passes == 0; reach++) {
        if (at - reach >= 0) {
            bin_merge(&sum, &meter->bins[at - reach]);
        }
        if (at + reach < meter->bin_count) {
            bin_merge(&sum, &meter->bins[at + reach]);
        }
    }
    return sum;
}

#define BLOCK_ROWS 128
#define RUNNING_SUMS 8

static double block_sum(const uint16_t *centi, int64_t count)
{
    double sum[RUNNING_SUMS];
    int64_t at = 0;
    double total = 0.0;
    if (count >= RUNNING_SUMS) {
        for (; at < RUNNING_SUMS; at++) {
            sum[at] = centi[at] / 100.0;
        }
        for (; at < count - count % RUNNING_SUMS; at++) {
            sum[at % RUNNING_SUMS] += centi[at] / 100.0;
        }
        total = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    }
    for (; at < count; at++) {
        total += centi[at] / 100.0;
    }
    return total;
}

static double pairwise_sum(const uint16_t *centi, int64_t count)
{
    if (count <= BLOCK_ROWS) {
        return block_sum(centi, count);
    }
    int64_t half = count / 2 - count / 2 % RUNNING_SUMS;
    return pairwise_sum(centi, half) + pairwise_sum(centi + half, count - half);
}

double mean_of_centi(const uint16_t *centi, int64_t count)
{
    return pairwise_sum(centi, count) / (double)count;
}

static double round_centi(double value)
{
    return rint(value * 100.0) / 100.0;
}

bool load_meter_curve(const LoadMeter *meter, Arena *arena, LoadCurve *curve)
{
    if (!load_curve_new(curve, arena, meter->bin_count)) {
        return false;
    }
    for (int32_t at = 0; at < meter->bin_count; at++) {
        LoadBin sum = bin_or_neighbours(meter, at);
        double rows = (double)sum.passes;
        double frag_milli = (double)sum.frag_centimilli / rows / 100.0;
        curve->passes[at] = meter->bins[at].passes;
        curve->alloc_pct[at] =
            round_centi(mean_of_centi(meter->alloc_centi + sum.first_row, sum.passes));
        curve->frag_amount_pct[at] =
            round_centi(100.0 * frag_milli / (double)meter->capacity_milli);
        curve->frag_ratio_pct[at] = (double)sum.ratio_centi / rows / 100.0;
        curve->idle_gpus[at] = (double)sum.idle_milli / rows / 1000.0;
        curve->idle_usd_per_hour[at] = sum.idle_usd_per_hour / rows / 1e9;
    }
    return true;
}
