/* job_sizes.c - rows by powers of two of GPUs. */
#include "sim/experiment/job_sizes.h"

#include <math.h>

#define DAY_HOURS 24.0
#define MILLI_MS_AN_HOUR 3.6e9 /* milli-GPU x ms of one GPU-hour */

static bool is_counted(const World *world, JobId job)
{
    const JobTable *jobs = world->jobs;
    const GpShape *shape = job_request(jobs, job);
    const JobTraits *traits = job_class(jobs, job)->traits;
    return shape->device_count > 0 && shape->device_milli == GP_DEVICE_MILLI &&
           shape->mig_profile == GP_MIG_PROFILE_NONE && traits->usage_count == 0 &&
           traits->utilisation_ppm > 0 && traits->service == NULL && !jobs->job_carried[job] &&
           world->job_start_ms[job] != TIME_NEVER &&
           jobs->job_submit_ms[job] >= world->scenario->warmup_ms;
}

static SizeRow row_of(const World *world, const TaskBooks *books, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    int64_t gpus = (int64_t)job_request(world->jobs, job)->device_count * class_of->task_count;
    int64_t end_ms = world->job_end_ms[job] != TIME_NEVER ? world->job_end_ms[job] : world->now_ms;
    double usage = (double)class_of->traits->utilisation_ppm / GP_PPM;
    double held = (double)world_served_milli_ms(world, job) / MILLI_MS_AN_HOUR;
    const int32_t *interruptions = books->blame->job_interruptions;
    return (SizeRow){.gpus = gpus,
                     .jobs = 1,
                     .interruptions = interruptions != NULL ? interruptions[job] : 0,
                     .run_hours = held / (double)gpus,
                     .productive_gpu_hours =
                         ledger_gpu_hours(task_books_advance(books, world, job)) / usage,
                     .held_gpu_hours = held,
                     .wall_gpu_hours =
                         (double)(end_ms - world->jobs->job_submit_ms[job]) / 3.6e6 * (double)gpus};
}

static void row_add(SizeRow *sum, const SizeRow *row)
{
    sum->jobs += row->jobs;
    sum->interruptions += row->interruptions;
    sum->run_hours += row->run_hours;
    sum->productive_gpu_hours += row->productive_gpu_hours;
    sum->held_gpu_hours += row->held_gpu_hours;
    sum->wall_gpu_hours += row->wall_gpu_hours;
}

static int size_of(int64_t gpus)
{
    int size = 0;
    while (gpus > 1 && size < SIZE_ROWS_MAX - 1) {
        gpus /= 2;
        size++;
    }
    return size;
}

bool job_sizes(const World *world, const TaskBooks *books, Arena *arena, ReplicationResult *result)
{
    SizeRow sizes[SIZE_ROWS_MAX] = {{0}};
    SizeRow days = {0};
    SizeRow all = {0};
    for (JobId job = 0; job < world->jobs->job_count; job++) {
        if (!is_counted(world, job)) {
            continue;
        }
        SizeRow row = row_of(world, books, job);
        row_add(&all, &row);
        if (row.run_hours >= DAY_HOURS) {
            row_add(&days, &row);
            row_add(&sizes[size_of(row.gpus)], &row);
        }
    }
    result->sizes = ARENA_ARRAY(arena, SizeRow, SIZE_ROWS_MAX);
    for (int size = 0; result->sizes != NULL && size < SIZE_ROWS_MAX; size++) {
        if (sizes[size].jobs > 0) {
            sizes[size].gpus = (int64_t)1 << size;
            result->sizes[result->size_count++] = sizes[size];
        }
    }
    if (days.held_gpu_hours > 0) {
        result->metric[METRIC_ettr] = days.productive_gpu_hours / days.held_gpu_hours;
        result->metric[METRIC_ettr_with_queue] = days.productive_gpu_hours / days.wall_gpu_hours;
    }
    if (all.interruptions > 0) {
        result->metric[METRIC_mtti_h] = all.run_hours / all.interruptions;
    }
    return result->sizes != NULL;
}
