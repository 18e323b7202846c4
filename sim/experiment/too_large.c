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

/* Has no node anything of it? Then the scenario likely says nothing of it, while the log does. */
static bool nowhere(const Cluster *cluster, GpDimension dimension)
{
    GpAxis axis = dimension == GP_DIMENSION_CPU      ? GP_AXIS_CPU
                  : dimension == GP_DIMENSION_MEMORY ? GP_AXIS_MEMORY
                                                     : GP_AXIS_GPU;
    int64_t most = 0;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        most =
            cluster->types[type].capacity[axis] > most ? cluster->types[type].capacity[axis] : most;
    }
    return most == 0;
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
    GpDimension dimension = (GpDimension)world->class_too_large[jobs->job_class[first]];
    const char *what = dimension_name(dimension);
    char help[160] = "they are rejected as they arrive, whatever the policy";
    if (nowhere(&world->scenario->cluster, dimension)) {
        snprintf(help, sizeof(help),
                 "no node has any %s, so they are rejected: say how much a node has in "
                 "`cluster.types.NAME.%s`",
                 what, dimension == GP_DIMENSION_GPU ? "gpus" : what);
    }
    diagnostics_warning(diagnostics, (Place){0}, "too-large", help,
                        "even the empty cluster cannot hold %" PRId32 " of %" PRId32
                        " jobs; the first is `%s`, too large in %s",
                        count, jobs->job_count, name != NULL ? name : number, what);
    return diagnostics->out_of_memory ? STATUS_FAILED : STATUS_OK;
}
