/* cost.c - reading series of prices, tariffs and intensities. */
#include "core/cost.h"

const char *const PURCHASE_NAMES[PURCHASE_COUNT] = {"on_demand", "spot", "owned"};

const char *const OWNED_PART_NAMES[OWNED_PART_COUNT] = {
    "hardware", "capital", "network", "colocation", "maintenance", "licences", "other"};

/* The last step at or before at_ms; -1: it is before all of them. */
static int32_t step_at(const StepSeries *series, int64_t at_ms)
{
    int32_t low = -1;
    int32_t high = series->count;
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (series->at_ms[middle] <= at_ms) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

int64_t step_series_at(const StepSeries *series, int64_t at_ms)
{
    if (series->count == 0) {
        return 0;
    }
    int32_t step = step_at(series, at_ms);
    return series->value[step < 0 ? 0 : step];
}

int64_t step_series_next(const StepSeries *series, int64_t at_ms)
{
    int32_t next = step_at(series, at_ms) + 1;
    if (series->count > 0 && next == 0) {
        next = 1; /* before the first step its value holds already */
    }
    return next < series->count ? series->at_ms[next] : TIME_NEVER;
}
