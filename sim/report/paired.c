/* paired.c - differences over replications with the same seeds.
 *
 * Both variants met the same arrivals in replication r, so the differences vary far less than the
 * values do, and an interval of the differences is the honest and the narrow one.
 */
#include "sim/report/paired.h"

#include <math.h>

#include "sim/experiment/statistics.h"

/* Replications ascend, so the search goes on where the last one ended. */
static const ReplicationResult *replication_find(const VariantResult *variant, uint32_t replication,
                                                 int32_t *from)
{
    while (*from < variant->replication_count &&
           variant->replications[*from].replication < replication) {
        (*from)++;
    }
    const ReplicationResult *found = &variant->replications[*from];
    return *from < variant->replication_count && found->replication == replication &&
                   found->status == STATUS_OK
               ? found
               : NULL;
}

MetricSummary paired_difference(const VariantResult *variant, const VariantResult *baseline,
                                MetricId metric, bool drawn, double *scratch)
{
    static const MetricSummary NOTHING = {NAN, NAN, NAN, NAN, 0};
    int32_t pairs = 0;
    int32_t from = 0;
    for (int32_t i = 0; i < variant->replication_count; i++) {
        const ReplicationResult *mine = &variant->replications[i];
        const ReplicationResult *theirs = replication_find(baseline, mine->replication, &from);
        if (mine->status == STATUS_OK && theirs != NULL) {
            if (isinf(mine->metric[metric]) || isinf(theirs->metric[metric])) {
                return NOTHING; /* without this pair the difference would be of the easy ones */
            }
            scratch[pairs++] = mine->metric[metric] - theirs->metric[metric];
        }
    }
    MetricSummary all = statistics_summary(scratch, pairs);
    if (drawn && all.count == 1) {
        all.sd = all.ci_low = all.ci_high = NAN;
    }
    return all;
}
