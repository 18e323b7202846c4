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

/* Where in its period an instant is. */
static int64_t phase_of(const StepSeries *series, int64_t at_ms)
{
    int64_t phase = at_ms % series->repeat_ms;
    return phase < 0 ? phase + series->repeat_ms : phase;
}

int64_t step_series_at(const StepSeries *series, int64_t at_ms)
{
    if (series->count == 0) {
        return 0;
    }
    bool repeats = series->repeat_ms > 0;
    int32_t step = step_at(series, repeats ? phase_of(series, at_ms) : at_ms);
    return series->value[step >= 0 ? step : repeats ? series->count - 1 : 0];
}

int64_t step_series_next(const StepSeries *series, int64_t at_ms)
{
    if (series->repeat_ms > 0 && series->count > 1) {
        int64_t phase = phase_of(series, at_ms);
        int32_t next = step_at(series, phase) + 1;
        return at_ms - phase +
               (next < series->count ? series->at_ms[next] : series->at_ms[0] + series->repeat_ms);
    }
    int32_t next = step_at(series, at_ms) + 1;
    if (series->count > 0 && next == 0) {
        next = 1; /* before the first step its value holds already */
    }
    return series->repeat_ms == 0 && next < series->count ? series->at_ms[next] : TIME_NEVER;
}

const char *const SHOWBACK_BY_NAMES[SHOWBACK_BY_COUNT] = {"queue", "team", "tenant"};

/* What a job does with what it asked for is its owner's; what hardware, its repair and the care
 * against both take is everybody's, for no queue chose it; what nobody wanted is idle. */
const ShowbackRules SHOWBACK_DEFAULT = {.by = SHOWBACK_BY_QUEUE,
                                        .to = {[ACCOUNT_PRODUCTIVE] = CHARGE_OWNER,
                                               [ACCOUNT_IO_STALL] = CHARGE_OWNER,
                                               [ACCOUNT_SLOW_DEVICE] = CHARGE_SHARED,
                                               [ACCOUNT_STRAGGLER] = CHARGE_SHARED,
                                               [ACCOUNT_ASSEMBLING] = CHARGE_OWNER,
                                               [ACCOUNT_HUNG] = CHARGE_SHARED,
                                               [ACCOUNT_CHECKPOINT] = CHARGE_SHARED,
                                               [ACCOUNT_STARTUP] = CHARGE_OWNER,
                                               [ACCOUNT_LOST] = CHARGE_SHARED,
                                               [ACCOUNT_HELD_IDLE] = CHARGE_OWNER,
                                               [ACCOUNT_BLOCKED] = CHARGE_IDLE,
                                               [ACCOUNT_FRAGMENTED] = CHARGE_IDLE,
                                               [ACCOUNT_SHORT] = CHARGE_IDLE,
                                               [ACCOUNT_NO_DEMAND] = CHARGE_IDLE,
                                               [ACCOUNT_DOWN] = CHARGE_SHARED,
                                               [ACCOUNT_DRAINED] = CHARGE_SHARED,
                                               [ACCOUNT_PROVISIONING] = CHARGE_SHARED,
                                               [ACCOUNT_SPARE] = CHARGE_SHARED},
                                        .idle = IDLE_SEPARATE,
                                        .shared = SHARED_BY_COST,
                                        .basis = CHARGE_MAX_OF_REQUEST_AND_USAGE,
                                        .quota_owner_pays = true};
