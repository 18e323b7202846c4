/* admit_none.c - no rule keeps a job back: what fits may start. */
#include "sim/policies/policies.h"

static BlockReason none_blocks(const World *world, JobId job)
{
    (void)world;
    (void)job;
    return BLOCK_NONE;
}

const AdmitPolicy admit_none = {
    .name = "none",
    .summary = "no quota, no window: what fits may start",
    .blocks = none_blocks,
};
