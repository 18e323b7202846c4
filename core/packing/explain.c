/* explain.c - why a shape fits nowhere. */
#include "core/packing/internal.h"

static int32_t most(const int32_t *count)
{
    int32_t best = GP_DIMENSION_NONE;
    for (int32_t dimension = 0; dimension < GP_DIMENSION_COUNT; dimension++) {
        if (count[dimension] > 0 && (best == GP_DIMENSION_NONE || count[dimension] > count[best])) {
            best = dimension;
        }
    }
    return best;
}

void gp_explain(const GpFleet *fleet, const GpShape *shape, uint32_t sees, GpVerdict *verdict)
{
    verdict->feasible = 0;
    for (int dimension = 0; dimension < GP_DIMENSION_COUNT; dimension++) {
        verdict->alone[dimension] = 0;
        verdict->failing[dimension] = 0;
    }
    for (int32_t node = 0; node < fleet->node_count; node++) {
        uint32_t failing = gp_failing(fleet, node, shape, sees);
        if (failing == 0) {
            verdict->feasible++;
            continue;
        }
        int only_one = (failing & (failing - 1)) == 0;
        for (int dimension = 0; dimension < GP_DIMENSION_COUNT; dimension++) {
            int32_t fails = (int32_t)(failing >> dimension & 1u);
            verdict->failing[dimension] += fails;
            verdict->alone[dimension] += only_one ? fails : 0;
        }
    }
    verdict->binding = GP_DIMENSION_NONE;
    if (verdict->feasible == 0) {
        verdict->binding = most(verdict->alone);
        if (verdict->binding == GP_DIMENSION_NONE) {
            verdict->binding = most(verdict->failing);
        }
    }
}
