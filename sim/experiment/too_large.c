/* too_large.c - warnings about jobs that can never start. */
#include "sim/experiment/too_large.h"

#include "core/units.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/verdict.h"

Status stuck_warn(const World *world, Diagnostics *diagnostics)
{
    diagnostics_warning(
        diagnostics, (Place){0}, "stuck",
        "give a `horizon`, or a remedy that mends what fails (policy.remedy)",
        "`%s` was ended: for ten years nothing ran and nothing started; jobs left: %" PRId32,
        world->scenario->variant, world->ending_left);
    return diagnostics->out_of_memory ? STATUS_FAILED : STATUS_OK;
}

Status warmup_warn(const World *world, Diagnostics *diagnostics)
{
    char warmup[32], end[32];
    diagnostics_warning(
        diagnostics, (Place){0}, "warmup", "shorten `warmup`, or give the run more work",
        "`%s` ended after %s, before its warm-up of %s was over: nothing of it counts",
        world->scenario->variant, quantity_print(world->now_ms, UNIT_DURATION_MS, end, sizeof end),
        quantity_print(world->scenario->warmup_ms, UNIT_DURATION_MS, warmup, sizeof warmup));
    return diagnostics->out_of_memory ? STATUS_FAILED : STATUS_OK;
}

Status too_large_warn(const World *world, Diagnostics *diagnostics)
{
    const JobTable *jobs = world->jobs;
    JobId first = -1;
    int32_t count = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        if (world->class_too_large[jobs->job_class[job]] != GP_DIMENSION_NONE) {
            first = first < 0 ? job : first;
            count++;
        }
    }
    if (count == 0) {
        return STATUS_OK;
    }
    char number[24];
    snprintf(number, sizeof(number), "job %" PRId32, first);
    const char *name = jobs->job_name != NULL ? jobs->job_name[first] : NULL;
    diagnostics_warning(
        diagnostics, (Place){0}, "too-large",
        "they are rejected as they arrive, whatever the policy",
        "even the empty cluster cannot hold %" PRId32 " of %" PRId32
        " jobs; the first is `%s`, too large in %s",
        count, jobs->job_count, name != NULL ? name : number,
        dimension_name((GpDimension)world->class_too_large[jobs->job_class[first]]));
    return diagnostics->out_of_memory ? STATUS_FAILED : STATUS_OK;
}
