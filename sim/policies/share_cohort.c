/* share_cohort.c - Kueue's fair sharing: how much more than its own a queue has.
 *
 * A queue deserves its quota. Its share is 1000 x the largest over resources of what it holds above
 * its quota / what its cohort can lend, divided by its weight: 0 while it borrows nothing, infinite
 * if it borrows with weight 0. Source: Kueue (docs/shares.md).
 */
#include "sim/policies/policies.h"
#include "sim/policies/quota.h"

#define KUEUE_SCALE 1000

static void cohort_compute(const World *world, ShareTable *table)
{
    const Books books = books_of(world);
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        for (int lane = 0; lane < GP_AXES; lane++) {
            table->deserved[(size_t)queue * GP_AXES + (size_t)lane] =
                quota_owned(&books, queue, lane);
        }
        table->share_ppm[queue] =
            ratio_scaled(quota_cohort_share(&books, queue, NULL), KUEUE_SCALE * GP_PPM);
    }
}

const SharePolicy share_cohort = {
    .name = "cohort",
    .summary = "Kueue's fair sharing: 1000 x borrowed / lendable in the cohort / weight",
    .compute = cohort_compute,
};
