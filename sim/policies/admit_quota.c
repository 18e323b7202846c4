/* admit_quota.c - each queue keeps to its quota, and so does every queue above it.
 *
 * No borrowing: what a queue does not use stays free. Flavors are tried in the order of the queue.
 * This is how namespace quotas work in Kubernetes, and group limits in Slurm.
 */
#include "sim/policies/flavors.h"
#include "sim/policies/policies.h"
#include "sim/policies/quota.h"

static Admission quota_admits(const World *world, JobId job, int32_t task_count)
{
    int32_t flavors[FLAVORS_MAX];
    int64_t lanes[GP_AXES];
    const Books books = books_of(world);
    QueueId queue = job_tenant(world->jobs, job);
    int32_t count = flavors_of(world, job, flavors);
    tasks_lanes(world, job, task_count, lanes);
    for (int32_t i = 0; i < count && quota_fits_limit(&books, queue, lanes); i++) {
        if (quota_fits_strictly(&books, queue, flavors[i], lanes)) {
            return (Admission){BLOCK_NONE, flavors[i], false};
        }
    }
    return (Admission){BLOCK_QUOTA, flavors[0], false};
}

const AdmitPolicy admit_quota = {
    .name = "quota",
    .summary = "each queue and all above it keep to their quota and limit, nobody borrows",
    .admits = quota_admits,
};
