/* half_width.c - the widest of all variants decides. */
#include "sim/experiment/half_width.h"

#include <math.h>

#include "sim/experiment/statistics.h"

/* Of a variant; NAN where the metric does not apply, INFINITY where nothing is known of its spread.
 */
static double relative_half_width(const VariantResult *variant, MetricId metric, int32_t count,
                                  double *scratch)
{
    for (int32_t r = 0; r < count; r++) {
        scratch[r] = variant->replications[r].metric[metric];
    }
    MetricSummary summary = statistics_summary(scratch, count);
    if (summary.count == 0) {
        return (double)NAN;
    }
    double half = summary.ci_high - summary.mean;
    if (summary.count < 2 || !isfinite(half)) {
        return (double)INFINITY;
    }
    return half > 0.0 ? half / fabs(summary.mean) : 0.0;
}

bool half_width_reached(const ExperimentResult *result, int32_t count, HalfWidthStop *stop,
                        double *scratch)
{
    bool reached = true;
    stop->worst = 0.0;
    for (int32_t v = 0; v < result->variant_count; v++) {
        const VariantResult *variant = &result->variants[v];
        int32_t most = variant->replication_count;
        double half =
            relative_half_width(variant, stop->metric, most < count ? most : count, scratch);
        if (isnan(half)) {
            stop->worst = half;
            return false;
        }
        reached = reached && (most < count || half * GP_PPM <= (double)stop->target_ppm);
        stop->worst = half > stop->worst ? half : stop->worst;
    }
    return reached;
}
