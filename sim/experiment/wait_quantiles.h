/* wait_quantiles.h - quantiles of the wait that do not forget the jobs which never started.
 *
 * Kaplan-Meier's product-limit estimate (JASA 1958): a job that still waits at the end of the run
 * has waited at least that long, so it stays in the number at risk until then. Leaving it out would
 * make a cluster look the faster the more jobs it starves.
 */
#ifndef SIM_EXPERIMENT_WAIT_QUANTILES_H
#define SIM_EXPERIMENT_WAIT_QUANTILES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Wait {
    int64_t ms;
    bool started; /* false: still waiting after ms */
} Wait;

/* The order that wait_quantile_ms needs: shorter first, starts before those that still wait. */
void waits_sort(Wait *waits, int32_t count);

/* The shortest wait within which the share `ppm` of sorted waits has started. INFINITY: that share
 * never started within the run; NAN: there are no waits. */
double wait_quantile_ms(const Wait *waits, int32_t count, int32_t ppm);

#endif
