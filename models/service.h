/* service.h - how long a service's requests take on replicas that are not all equally fast.
 *
 * A replica is a processor-sharing server: whoever is in it shares its speed. With `slots` above 1
 * so many requests advance at no loss to each other, and more share. Arrivals are Poisson, the
 * work of a request has any distribution: mean times depend on its mean alone (insensitivity of
 * processor sharing: Kleinrock, Queueing Systems II, 1976, 4.4; of several slots: Cohen, Acta
 * Informatica 12, 1979). Requests are spread in proportion to the replicas' speeds, as a balancer
 * does that sends each where least is outstanding, so all replicas are loaded alike:
 *
 *     load    rho = demand x work / (slots x sum of speeds)
 *     mean    work x replicas / (sum of speeds) x (1 + C / (slots x (1 - rho)))
 *
 * with C = Erlang's chance that all slots are taken; with one slot C = rho, and the mean of n
 * equal replicas of speed r is (work / r) / (1 - rho). Each instant is taken as if it lasted (a
 * steady state): close to rho = 1 a short peak is better than that. From rho = 1 on there is no
 * mean, and what exceeds the replicas' speed is not served.
 */
#ifndef MODELS_SERVICE_H
#define MODELS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/job.h"

/* Replicas that work at this instant. */
typedef struct ServiceState {
    int64_t demand_milli_per_s; /* requests that arrive, x 1000 a second */
    int32_t replicas;           /* of a speed above 0 */
    int64_t speed_ppm;          /* sum of their speeds; GP_PPM: one at full speed */
} ServiceState;

/* Requests per second, x 1000, at an instant of the scenario's clock, and until when that holds
 * (TIME_NEVER: for good). */
int64_t service_demand_at(const ServiceDemand *demand, int64_t at_ms, int64_t *until_ms);

/* How busy each replica is, in ppm, floored, at most GP_PPM; GP_PPM without replicas. */
int32_t service_busy_ppm(const ServiceDemand *demand, const ServiceState *state);

/* Is there more to do than the replicas can? Exact. */
bool service_is_overloaded(const ServiceDemand *demand, const ServiceState *state);

/* Mean time of a request in seconds; NAN if overloaded. */
double service_latency_s(const ServiceDemand *demand, const ServiceState *state);

/* Requests per second that the replicas can serve. */
double service_capacity_per_s(const ServiceDemand *demand, const ServiceState *state);

/* Erlang's C: the chance that all of `slots` are taken at this load each (0 <= load < 1). */
double erlang_c(int32_t slots, double load);

#endif
