/* mser.c - one walk over all cuts, from the last; and the series that it is asked about. */
#include "sim/experiment/mser.h"

#define TAIL_MIN 5 /* batches that remain at least: a cut before the last few always looks good */

static double batch_mean(const double *values, int32_t batch)
{
    double sum = 0.0;
    for (int32_t i = 0; i < MSER_BATCH; i++) {
        sum += values[batch * MSER_BATCH + i];
    }
    return sum / MSER_BATCH;
}

Mser mser5(const double *values, int32_t count)
{
    Mser found = {.batches = count / MSER_BATCH};
    if (found.batches < MSER_BATCHES_MIN) {
        return found;
    }
    double mean = 0.0;
    double squares = 0.0; /* of the distances from the mean, of what remains */
    double best = 0.0;
    for (int32_t cut = found.batches - 1; cut >= 0; cut--) {
        int32_t rest = found.batches - cut;
        double distance = batch_mean(values, cut) - mean;
        mean += distance / rest;
        squares += distance * (distance - distance / rest);
        double error = squares / ((double)rest * rest);
        if (rest == TAIL_MIN || (rest > TAIL_MIN && error <= best)) {
            best = error;
            found.cut = cut;
        }
    }
    found.rejected = 2 * found.cut > found.batches;
    return found;
}

/* ---- of a run ---- */

bool allocation_init(AllocationMeter *meter, Arena *arena, const World *world)
{
    int64_t step_ms = over_time_step_ms(world->scenario->horizon_ms);
    *meter = (AllocationMeter){.step_ms = step_ms,
                               .step_end_ms = step_ms,
                               .sums = ARENA_ARRAY(arena, double, OVER_STEPS_MAX)};
    return meter->sums != NULL;
}

/* The step is whole. Where there is no room for the next, all get twice their length. */
static void step_close(AllocationMeter *meter)
{
    meter->sums[meter->count++] = meter->sum;
    meter->sum = 0.0;
    if (meter->count == OVER_STEPS_MAX) {
        meter->count /= 2;
        meter->step_ms *= 2;
        for (int32_t step = 0; step < meter->count; step++) {
            meter->sums[step] = meter->sums[2 * step] + meter->sums[2 * step + 1];
        }
    }
    meter->step_end_ms += meter->step_ms;
}

static void allocation_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    AllocationMeter *meter = self;
    double milli = (double)world->used_milli;
    while (to_ms >= meter->step_end_ms) {
        meter->sum += milli * (double)(meter->step_end_ms - from_ms);
        from_ms = meter->step_end_ms;
        step_close(meter);
    }
    meter->sum += milli * (double)(to_ms - from_ms);
}

Observer allocation_observer(AllocationMeter *meter)
{
    return (Observer){.self = meter, .interval = allocation_interval};
}

bool allocation_series(const AllocationMeter *meter, Arena *arena, AllocationSeries *series)
{
    *series = (AllocationSeries){.step_ms = meter->step_ms,
                                 .count = meter->count,
                                 .gpus = ARENA_ARRAY(arena, double, meter->count)};
    for (int32_t step = 0; series->gpus != NULL && step < meter->count; step++) {
        series->gpus[step] = meter->sums[step] / (double)meter->step_ms / GP_DEVICE_MILLI;
    }
    return series->gpus != NULL;
}

/* ---- of a variant ---- */

/* Steps double in length where runs are long, so those of one are whole multiples of another's. */
static double mean_at(const AllocationSeries *series, int64_t step_ms, int32_t step)
{
    int32_t times = (int32_t)(step_ms / series->step_ms);
    double sum = 0.0;
    for (int32_t i = 0; i < times; i++) {
        sum += series->gpus[step * times + i];
    }
    return sum / times;
}

bool mser_of_variant(VariantResult *variant, Arena *arena)
{
    int64_t step_ms = 0;
    int64_t shortest_ms = INT64_MAX;
    for (int32_t r = 0; r < variant->replication_count; r++) {
        const AllocationSeries *series = &variant->replications[r].allocation;
        int64_t length_ms = series->count * series->step_ms;
        step_ms = series->step_ms > step_ms ? series->step_ms : step_ms;
        shortest_ms = length_ms < shortest_ms ? length_ms : shortest_ms;
    }
    variant->mser = (MserAdvice){.step_ms = MSER_BATCH * step_ms};
    if (step_ms == 0) {
        return true; /* there is no replication */
    }
    int32_t count = (int32_t)(shortest_ms / step_ms);
    double *mean = ARENA_ARRAY(arena, double, count);
    for (int32_t step = 0; mean != NULL && step < count; step++) {
        for (int32_t r = 0; r < variant->replication_count; r++) {
            mean[step] += mean_at(&variant->replications[r].allocation, step_ms, step);
        }
        mean[step] /= variant->replication_count;
    }
    if (mean != NULL) {
        Mser found = mser5(mean, count);
        variant->mser.batches = found.batches;
        variant->mser.known = found.batches >= MSER_BATCHES_MIN;
        variant->mser.rejected = found.rejected;
        variant->mser.warmup_ms = found.cut * variant->mser.step_ms;
    }
    return mean != NULL;
}
