/* moved_jobs.h - which jobs a change moved, and how far. */
#ifndef SIM_REPORT_MOVED_JOBS_H
#define SIM_REPORT_MOVED_JOBS_H

#include <jansson.h>
#include <stdint.h>

#include "sim/experiment/result.h"
#include "sim/report/run_tables.h"

#define MOVED_JOBS_MAX 10

/* A table of jobs as far as it is compared; TIME_NEVER: did not happen. */
typedef struct JobView {
    int64_t count;
    const char *const *job, *const *queue, *const *reason;
    const int64_t *submit_ms, *start_ms, *end_ms, *gpu_milli;
    const double *lost_gpu_s;
    const uint8_t *state;       /* JobState of core/world.h; or */
    const int32_t *state_codes; /* the same in 32 bits */
    int64_t over_ms;            /* when the run was over; TIME_NEVER: with its last job */
} JobView;

JobView job_view_of_result(const JobColumns *jobs, int64_t over_ms);
JobView job_view_of_file(const JobRows *jobs, int64_t over_ms);

/* The jobs that moved most, by GPUs x how much later they started or ended, whichever is more, as
 * JSON (docs/results.md). Jobs
 * are matched by name, those of one name in order. A new reference; NULL if memory ran out. */
json_t *moved_jobs_json(const JobView *from, const JobView *to);

#endif
