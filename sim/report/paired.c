/* paired.c - differences over replications with the same seeds.
 *
 * Both variants met the same arrivals in replication r, so the differences vary far less than the
 * values do, and an interval of the differences is the honest and the narrow one.
 */
#include "sim/report/paired.h"

#include <math.h>

/* 97.5 % points of Student's t, as in any table of it. */
static const double STUDENT_975[] = {12.70620474, 4.30265273, 3.18244631, 2.77644511, 2.57058184,
                                     2.44691185,  2.36462425, 2.30600414, 2.26215716, 2.22813885,
                                     2.20098516,  2.17881283, 2.16036866, 2.14478669, 2.13144955,
                                     2.11990530,  2.10981558, 2.10092204, 2.09302405, 2.08596345};
#define STUDENT_ROWS ((int)(sizeof STUDENT_975 / sizeof STUDENT_975[0]))

double student_975(int degrees)
{
    if (degrees <= STUDENT_ROWS) {
        return STUDENT_975[degrees - 1];
    }
    /* Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5); beyond 20 degrees within 1e-6. */
    const double x = 1.959963984540054, n = degrees;
    const double x3 = x * x * x, x5 = x3 * x * x, x7 = x5 * x * x, x9 = x7 * x * x;
    return x + (x3 + x) / (4 * n) + (5 * x5 + 16 * x3 + 3 * x) / (96 * n * n) +
           (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / (384 * n * n * n) +
           (79 * x9 + 776 * x7 + 1482 * x5 - 1920 * x3 - 945 * x) / (92160 * n * n * n * n);
}

static const ReplicationResult *replication_find(const VariantResult *variant, uint32_t replication)
{
    for (int32_t i = 0; i < variant->replication_count; i++) {
        const ReplicationResult *found = &variant->replications[i];
        if (found->replication == replication && found->status == STATUS_OK) {
            return found;
        }
    }
    return NULL;
}

/* NAN if either is missing. */
static double difference_at(const VariantResult *variant, const VariantResult *baseline, int32_t i,
                            MetricId metric)
{
    const ReplicationResult *mine = &variant->replications[i];
    const ReplicationResult *theirs = replication_find(baseline, mine->replication);
    if (mine->status != STATUS_OK || theirs == NULL) {
        return NAN;
    }
    return mine->metric[metric] - theirs->metric[metric];
}

MetricSummary paired_difference(const VariantResult *variant, const VariantResult *baseline,
                                MetricId metric)
{
    MetricSummary all = {.mean = NAN, .sd = NAN, .ci_low = NAN, .ci_high = NAN};
    double sum = 0;
    for (int32_t i = 0; i < variant->replication_count; i++) {
        double difference = difference_at(variant, baseline, i, metric);
        if (isfinite(difference)) {
            sum += difference;
            all.count++;
        }
    }
    if (all.count == 0) {
        return all;
    }
    all.mean = sum / all.count;
    if (all.count == 1) {
        return all;
    }
    double squares = 0;
    for (int32_t i = 0; i < variant->replication_count; i++) {
        double difference = difference_at(variant, baseline, i, metric);
        if (isfinite(difference)) {
            squares += (difference - all.mean) * (difference - all.mean);
        }
    }
    all.sd = sqrt(squares / (all.count - 1));
    double half = student_975(all.count - 1) * all.sd / sqrt(all.count);
    all.ci_low = all.mean - half;
    all.ci_high = all.mean + half;
    return all;
}
