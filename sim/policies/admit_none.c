/* admit_none.c - no rule keeps a job back: what fits may start. */
#include "sim/policies/flavors.h"
#include "sim/policies/policies.h"

static Admission none_admits(const World *world, JobId job, int32_t task_count)
{
    (void)job;
    (void)task_count;
    return (Admission){BLOCK_NONE, world->flavor_count == 1 ? 0 : FLAVOR_ALL, false};
}

const AdmitPolicy admit_none = {
    .name = "none",
    .summary = "no quota, no window: what fits may start",
    .admits = none_admits,
};
