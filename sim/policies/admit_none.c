/* admit_none.c - no rule keeps a job back: what fits may start. */
#include "sim/policies/policies.h"

static Admission none_admits(const World *world, JobId job, int32_t task_count)
{
    (void)world;
    (void)job;
    (void)task_count;
    return (Admission){.block = BLOCK_NONE};
}

const AdmitPolicy admit_none = {
    .name = "none",
    .summary = "no quota, no window: what fits may start",
    .admits = none_admits,
};
