/* service.c - processor sharing with Poisson arrivals, in closed form. */
#include "models/service.h"

#include <math.h>

#include "core/ledger.h"

int64_t service_demand_at(const ServiceDemand *demand, int64_t at_ms, int64_t *until_ms)
{
    int64_t period_ms = demand->period_ms;
    int64_t begin_ms = period_ms > 0 ? at_ms - at_ms % period_ms : 0;
    int32_t last = 0;
    while (last + 1 < demand->step_count && demand->steps[last + 1].at_ms <= at_ms - begin_ms) {
        last++;
    }
    *until_ms = last + 1 < demand->step_count             ? begin_ms + demand->steps[last + 1].at_ms
                : period_ms > 0 && demand->step_count > 1 ? begin_ms + period_ms
                                                          : TIME_NEVER;
    return demand->steps[last].milli_per_s;
}

/* Load = wanted / offered: milli a second x us of work = 1e9 x slots; slots x ppm = 1e6 x slots. */
static Int128 wanted_of(const ServiceDemand *demand, const ServiceState *state)
{
    return (Int128)state->demand_milli_per_s * demand->work_us;
}

static Int128 offered_of(const ServiceDemand *demand, const ServiceState *state)
{
    return (Int128)state->speed_ppm * demand->slots * 1000;
}

int32_t service_busy_ppm(const ServiceDemand *demand, const ServiceState *state)
{
    Int128 wanted = wanted_of(demand, state);
    Int128 offered = offered_of(demand, state);
    return wanted >= offered ? GP_PPM : (int32_t)(wanted * GP_PPM / offered);
}

bool service_is_overloaded(const ServiceDemand *demand, const ServiceState *state)
{
    return state->demand_milli_per_s > 0 && wanted_of(demand, state) >= offered_of(demand, state);
}

double service_latency_s(const ServiceDemand *demand, const ServiceState *state)
{
    double offered = (double)offered_of(demand, state);
    if (!(offered > 0.0) || service_is_overloaded(demand, state)) {
        return (double)NAN;
    }
    double load = (double)wanted_of(demand, state) / offered;
    double left = (double)(offered_of(demand, state) - wanted_of(demand, state)) / offered;
    double queueing = 1.0 + erlang_c(demand->slots, load) / (demand->slots * left);
    double slowness = (double)state->replicas * GP_PPM / (double)state->speed_ppm;
    return (double)demand->work_us / 1e6 * slowness * queueing;
}

double service_capacity_per_s(const ServiceDemand *demand, const ServiceState *state)
{
    return (double)state->speed_ppm / GP_PPM * demand->slots * 1e6 / (double)demand->work_us;
}

/* From Erlang's B by its recursion over slots. */
double erlang_c(int32_t slots, double load)
{
    double offered = load * slots;
    double blocked = 1.0;
    for (int32_t k = 1; k <= slots; k++) {
        blocked = offered * blocked / (k + offered * blocked);
    }
    return blocked / (1.0 - load * (1.0 - blocked));
}
