/* admit_cohort.c - Kueue's quota: nominal, borrowed from the cohort, lent to it.
 *
 * A queue may use its own quota and, up to its borrowing limit, what the others of its cohort do
 * not use and are willing to lend; cohorts may be parts of cohorts. Flavors are tried in the order
 * of the queue: one that fits without borrowing is taken; one that fits by borrowing is taken at
 * once (borrow_first) or only if no later one fits without. An admitted job holds its quota, for
 * all its pods, whether they find places or not; with topology it is admitted only when they do.
 * Source: Kueue (docs/shares.md).
 */
#include "sim/policies/admit_cohort.h"

#include "sim/policies/flavors.h"
#include "sim/policies/policies.h"
#include "sim/policies/quota.h"

/* Whom to ask when nothing fits: the first flavor of which the queue itself owns enough, else the
 * first that could ever hold the job. */
static int32_t flavor_hoped_for(const Books *books, QueueId queue, const int64_t *lanes,
                                const int32_t *flavors, int32_t count)
{
    for (int own = 1; own >= 0; own--) {
        for (int32_t i = 0; i < count; i++) {
            bool enough = true;
            for (int lane = 0; lane < GP_AXES; lane++) {
                int64_t most = own ? quota_nominal(books, queue, flavors[i], lane)
                                   : quota_potential(books, queue, flavors[i], lane);
                enough = enough && lanes[lane] <= most;
            }
            if (enough) {
                return flavors[i];
            }
        }
    }
    return flavors[0];
}

Admission cohort_admits(const World *world, JobId job, int32_t task_count)
{
    int32_t flavors[FLAVORS_MAX];
    int64_t lanes[GP_AXES];
    const Books books = books_of(world);
    QueueId queue = job_tenant(world->jobs, job);
    int32_t count = flavors_of(world, job, flavors);
    int32_t by_borrowing = -1;
    tasks_lanes(world, job, task_count, lanes);
    if (quota_fits_limit(&books, queue, lanes)) {
        for (int32_t i = 0; i < count; i++) {
            const BookChange change = {queue, flavors[i], lanes, 1};
            if (!quota_fits_cohort(&books, queue, flavors[i], lanes)) {
                continue;
            }
            if (!quota_borrows(&books, queue, &change)) {
                return (Admission){BLOCK_NONE, flavors[i], false};
            }
            if (by_borrowing < 0) {
                by_borrowing = i;
            }
            if (world->scenario->policy.admit_options.borrow_first) {
                break;
            }
        }
    }
    if (by_borrowing >= 0) {
        return (Admission){BLOCK_NONE, flavors[by_borrowing], true};
    }
    int32_t flavor = flavor_hoped_for(&books, queue, lanes, flavors, count);
    const BookChange change = {queue, flavor, lanes, 1};
    return (Admission){BLOCK_QUOTA, flavor, quota_borrows(&books, queue, &change)};
}

const AdmitPolicy admit_cohort = {
    .name = "cohort",
    .summary = "Kueue: own quota and what the cohort lends, held while a job waits for places",
    .admits = cohort_admits,
    .stages = true,
};

const AdmitPolicy admit_cohort_placed = {
    .name = "cohort-placed",
    .summary = "as cohort, but quota is taken only together with places (topology mode)",
    .admits = cohort_admits,
};
