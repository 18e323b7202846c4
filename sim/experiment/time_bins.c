/* time_bins.c - spans are added in constant time, whatever their length: their ends to the steps
 * that they cut, their middle as a rise and a fall. */
#include "sim/experiment/time_bins.h"

int64_t time_bins_needed(int64_t step_ms, int64_t end_ms)
{
    return end_ms / step_ms + (end_ms % step_ms != 0);
}

bool time_bins_init(TimeBins *bins, Arena *arena, int64_t step_ms, int64_t end_ms)
{
    int32_t count = (int32_t)time_bins_needed(step_ms, end_ms);
    *bins = (TimeBins){
        .step_ms = step_ms,
        .end_ms = end_ms,
        .count = count,
        .part = ARENA_ARRAY(arena, int64_t, count),
        .rise = ARENA_ARRAY(arena, int64_t, count + 1),
    };
    return bins->part != NULL && bins->rise != NULL;
}

void time_bins_add(TimeBins *bins, int64_t from_ms, int64_t to_ms, int64_t amount)
{
    int64_t from = from_ms < 0 ? 0 : from_ms;
    int64_t to = to_ms > bins->end_ms ? bins->end_ms : to_ms;
    if (from >= to || amount == 0) {
        return;
    }
    int64_t first = from / bins->step_ms;
    int64_t last = to / bins->step_ms; /* the step that `to` cuts; count: none */
    if (first == last) {
        bins->part[first] += amount * (to - from);
        return;
    }
    bins->part[first] += amount * ((first + 1) * bins->step_ms - from);
    bins->rise[first + 1] += amount;
    bins->rise[last] -= amount;
    if (last < bins->count) {
        bins->part[last] += amount * (to - last * bins->step_ms);
    }
}

void time_bins_means(const TimeBins *bins, double *mean)
{
    int64_t amount = 0;
    for (int32_t i = 0; i < bins->count; i++) {
        int64_t begin = i * bins->step_ms;
        int64_t length =
            begin + bins->step_ms > bins->end_ms ? bins->end_ms - begin : bins->step_ms;
        amount += bins->rise[i];
        mean[i] = (double)amount + (double)bins->part[i] / (double)length;
    }
}
