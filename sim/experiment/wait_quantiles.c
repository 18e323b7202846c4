/* wait_quantiles.c - the product-limit estimate, walked once from the shortest wait. */
#include "sim/experiment/wait_quantiles.h"

#include <math.h>
#include <stdlib.h>

static int wait_compare(const void *va, const void *vb)
{
    const Wait *a = va;
    const Wait *b = vb;
    if (a->ms != b->ms) {
        return a->ms < b->ms ? -1 : 1;
    }
    return (int)b->started - (int)a->started;
}

/* Most jobs of most runs start at once: they need no sorting. */
void waits_sort(Wait *waits, int32_t count)
{
    int32_t at_once = 0;
    for (int32_t i = 0; i < count; i++) {
        if (waits[i].ms == 0 && waits[i].started) {
            Wait later = waits[at_once];
            waits[at_once++] = waits[i];
            waits[i] = later;
        }
    }
    qsort(waits + at_once, (size_t)(count - at_once), sizeof *waits, wait_compare);
}

double wait_quantile_ms(const Wait *waits, int32_t count, int32_t ppm)
{
    double waiting = 1.0;                            /* estimated share that still waits */
    double wanted = 1.0 - (double)ppm / 1e6 + 1e-12; /* the product rounds */
    for (int32_t at = 0; at < count;) {
        int64_t ms = waits[at].ms;
        double at_risk = (double)(count - at);
        int32_t starts = 0;
        for (; at < count && waits[at].ms == ms; at++) {
            starts += waits[at].started;
        }
        waiting *= 1.0 - starts / at_risk;
        if (starts > 0 && waiting <= wanted) {
            return (double)ms;
        }
    }
    return count > 0 ? (double)INFINITY : (double)NAN;
}
