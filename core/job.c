/* job.c - rows of a source become the columns of a run; equal requests become one shape. */
#include "core/job.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/alike.h"
#include "core/intern.h"

static bool request_numa(const Request *request)
{
    return request->traits != NULL && request->traits->required_level == TOPOLOGY_NUMA;
}

GpStatus request_shape(const Request *request, GpShape *shape)
{
    *shape = (GpShape){
        .size = sizeof(GpShape),
        .kind = -1,
        .device_count = request->gpu_count,
        .device_milli = request->gpu_count > 0 ? request->gpu_milli : 0,
        .device_memory_mib = request->gpu_count > 0 ? request->gpu_memory_mib : 0,
        .mig_profile = request->mig_profile,
        .model_set = request->gpu_count > 0 ? request->model_set : 0,
        .group_set = request->group_set,
        .numa = request_numa(request),
        .request = {[GP_AXIS_CPU] = request->cpu_milli,
                    [GP_AXIS_MEMORY] = request->memory_mib,
                    [GP_AXIS_STORAGE_BANDWIDTH] = request->storage_bandwidth_mb_s,
                    [GP_AXIS_IO_CPU] = request->io_cpu_milli,
                    [GP_AXIS_NETWORK] = request->network_mb_s},
    };
    return gp_shape_finish(shape);
}

/* ---- distinct shapes ------------------------------------------------------------------------- */

typedef struct ShapeQuery {
    const Request *rows;
    const int32_t *row_of_shape;
    const Request *wanted;
} ShapeQuery;

/* Rows are compared as they are asked, which spares finishing a shape for each of them. */
static bool request_alike(const Request *a, const Request *b)
{
    bool lanes = a->cpu_milli == b->cpu_milli && a->memory_mib == b->memory_mib &&
                 a->storage_bandwidth_mb_s == b->storage_bandwidth_mb_s &&
                 a->io_cpu_milli == b->io_cpu_milli && a->network_mb_s == b->network_mb_s;
    if (!lanes || a->gpu_count != b->gpu_count || a->group_set != b->group_set ||
        request_numa(a) != request_numa(b)) {
        return false;
    }
    return a->gpu_count == 0 ||
           (a->gpu_milli == b->gpu_milli && a->gpu_memory_mib == b->gpu_memory_mib &&
            a->mig_profile == b->mig_profile && a->model_set == b->model_set);
}

static bool shape_is_wanted(const void *context, int32_t id)
{
    const ShapeQuery *query = context;
    return request_alike(&query->rows[query->row_of_shape[id]], query->wanted);
}

static uint64_t request_hash(const Request *row)
{
    uint64_t hash = intern_mix(1, (uint64_t)row->cpu_milli);
    hash = intern_mix(hash, (uint64_t)row->memory_mib);
    hash = intern_mix(hash, (uint64_t)row->storage_bandwidth_mb_s);
    hash = intern_mix(hash, (uint64_t)row->io_cpu_milli);
    hash = intern_mix(hash, (uint64_t)row->network_mb_s);
    hash = intern_mix(hash, (uint64_t)row->gpu_count);
    hash = intern_mix(hash, row->group_set);
    if (row->gpu_count > 0) {
        hash = intern_mix(hash, (uint64_t)row->gpu_milli << 32 | (uint32_t)row->gpu_memory_mib);
        hash = intern_mix(hash, row->model_set + ((uint64_t)row->mig_profile << 48));
    }
    return hash;
}

typedef struct TenantQuery {
    const char *const *queue_of_tenant;
    const char *wanted;
} TenantQuery;

static bool tenant_is_wanted(const void *context, int32_t id)
{
    const TenantQuery *query = context;
    const char *known = query->queue_of_tenant[id];
    return known == query->wanted || strcmp(known, query->wanted) == 0;
}

/* What a build needs besides the table; given back when it ends. Each row is looked at once. */
typedef struct Scratch {
    Intern shapes;
    Intern tenants;
    Intern classes_known;
    Alikes alikes;
    ClassId *alike_class; /* [number of alike rows] */
    int32_t alike_capacity;
    int32_t *row_class;           /* [row] -1: not met yet */
    int32_t *row_of_shape;        /* [shape] first row met */
    const char **queue_of_tenant; /* [tenant] */
    JobClass *classes;            /* [class] */
    int32_t shape_count;
    int32_t tenant_count;
    int32_t class_count;
    int32_t class_capacity;
    bool any_start; /* some recorded start is known */
} Scratch;

static void scratch_free(Scratch *scratch)
{
    intern_free(&scratch->shapes);
    intern_free(&scratch->tenants);
    intern_free(&scratch->classes_known);
    alikes_free(&scratch->alikes);
    free(scratch->alike_class);
    free(scratch->row_class);
    free(scratch->classes);
    free(scratch->row_of_shape);
    free(scratch->queue_of_tenant);
}

static bool scratch_init(Scratch *scratch, int32_t row_count, TenantNames tenants)
{
    size_t rows = (size_t)row_count + 1; /* never 0 */
    size_t names = rows + (size_t)tenants.count + 1;
    *scratch = (Scratch){
        .row_class = malloc(rows * sizeof(int32_t)),
        .row_of_shape = malloc(rows * sizeof(int32_t)),
        .queue_of_tenant = malloc(names * sizeof(char *)),
    };
    intern_init(&scratch->shapes);
    intern_init(&scratch->tenants);
    intern_init(&scratch->classes_known);
    alikes_init(&scratch->alikes);
    if (scratch->row_class == NULL || scratch->row_of_shape == NULL ||
        scratch->queue_of_tenant == NULL) {
        scratch_free(scratch);
        return false;
    }
    memset(scratch->row_class, 0xff, rows * sizeof(int32_t));
    return true;
}

/* -1: memory ran out. */
static ShapeId row_shape_find(Scratch *scratch, const Request *rows, int32_t row)
{
    ShapeQuery query = {rows, scratch->row_of_shape, &rows[row]};
    uint64_t hash = request_hash(&rows[row]);
    int32_t shape = intern_find(&scratch->shapes, hash, shape_is_wanted, &query);
    if (shape < 0) {
        shape = scratch->shape_count;
        if (!intern_add(&scratch->shapes, hash, shape)) {
            return -1;
        }
        scratch->row_of_shape[scratch->shape_count++] = row;
    }
    return shape;
}

/* -1: memory ran out. */
static int32_t tenant_find(Scratch *scratch, const char *queue)
{
    TenantQuery query = {scratch->queue_of_tenant, queue};
    uint64_t hash = intern_text(0, queue, strlen(queue));
    int32_t tenant = intern_find(&scratch->tenants, hash, tenant_is_wanted, &query);
    if (tenant < 0) {
        tenant = scratch->tenant_count;
        if (!intern_add(&scratch->tenants, hash, tenant)) {
            return -1;
        }
        scratch->queue_of_tenant[scratch->tenant_count++] = queue;
    }
    return tenant;
}

/* The names that the caller gave become the first tenants, in their order. */
static bool tenants_declare(Scratch *scratch, TenantNames tenants)
{
    for (int32_t i = 0; i < tenants.count; i++) {
        if (tenant_find(scratch, tenants.names[i]) < 0) {
            return false;
        }
    }
    return tenants.count > 0 || tenant_find(scratch, "default") == 0;
}

/* ---- classes --------------------------------------------------------------------------------- */

static bool class_is_wanted(const void *context, int32_t id)
{
    const JobClass *const *query = context; /* the classes, the wanted one */
    const JobClass *a = &query[0][id];
    const JobClass *b = query[1];
    return a->shape == b->shape && a->tenant == b->tenant && a->task_count == b->task_count &&
           a->gang == b->gang && a->priority == b->priority && a->dedicated == b->dedicated &&
           a->asked_group_set == b->asked_group_set && job_traits_alike(a->traits, b->traits);
}

static JobClass class_of_row(const Request *row, ShapeId shape, int32_t tenant)
{
    const JobTraits *traits = row->traits != NULL ? row->traits : &JOB_TRAITS_DEFAULT;
    int32_t tasks = row->task_count;
    int32_t least = traits->min_tasks > 0 && traits->min_tasks < tasks ? traits->min_tasks : tasks;
    return (JobClass){
        .shape = shape,
        .tenant = tenant,
        .task_count = tasks,
        .min_tasks = row->gang == GANG_NONE  ? 1
                     : row->gang == GANG_ALL ? tasks
                                             : least,
        .max_tasks = traits->max_tasks > tasks ? traits->max_tasks : tasks,
        .priority = row->priority,
        .gang = (uint8_t)row->gang,
        .sync = traits->sync < 0 ? row->gang != GANG_NONE : traits->sync != 0,
        .traits = traits,
        .dedicated = row->dedicated,
        .asked_group_set = row->dedicated ? row->asked_group_set : 0,
    };
}

static bool class_add(Scratch *scratch, uint64_t hash, const JobClass *added)
{
    if (scratch->class_count == scratch->class_capacity) {
        int32_t capacity = 2 * scratch->class_capacity + 16;
        JobClass *more = realloc(scratch->classes, (size_t)capacity * sizeof *more);
        if (more == NULL) {
            return false;
        }
        scratch->classes = more;
        scratch->class_capacity = capacity;
    }
    if (!intern_add(&scratch->classes_known, hash, scratch->class_count)) {
        return false;
    }
    scratch->classes[scratch->class_count++] = *added;
    return true;
}

/* The class of a row like which none was met; -1: memory ran out. */
static ClassId class_find(Scratch *scratch, const Request *rows, int32_t row)
{
    const Request *request = &rows[row];
    ShapeId shape = row_shape_find(scratch, rows, row);
    int32_t tenant = tenant_find(scratch, request->queue != NULL ? request->queue : "default");
    if (shape < 0 || tenant < 0) {
        return -1;
    }
    JobClass wanted = class_of_row(request, shape, tenant);
    const JobClass *query[] = {scratch->classes, &wanted};
    uint64_t hash = intern_mix((uint64_t)shape, (uint64_t)tenant);
    hash = intern_mix(hash, (uint64_t)wanted.task_count << 8 | wanted.gang);
    hash = intern_mix(hash, (uint64_t)wanted.traits->grace_ms + (uint64_t)wanted.min_tasks);
    hash = intern_mix(hash, (uint64_t)wanted.priority);
    ClassId known =
        intern_find(&scratch->classes_known, hash, class_is_wanted, (const void *)query);
    return known >= 0 ? known : class_add(scratch, hash, &wanted) ? scratch->class_count - 1 : -1;
}

static bool alike_classes_grow(Scratch *scratch)
{
    if (scratch->alikes.count < scratch->alike_capacity) {
        return true;
    }
    int32_t capacity = 2 * scratch->alike_capacity + 64;
    ClassId *more = realloc(scratch->alike_class, (size_t)capacity * sizeof *more);
    if (more == NULL) {
        return false;
    }
    scratch->alike_class = more;
    scratch->alike_capacity = capacity;
    return true;
}

static bool row_class_find(Scratch *scratch, const Request *rows, int32_t row)
{
    int32_t known = scratch->alikes.count;
    int32_t alike = alike_classes_grow(scratch) ? alikes_number(&scratch->alikes, &rows[row]) : -1;
    if (alike < 0) {
        return false;
    }
    if (alike == known) {
        scratch->alike_class[alike] = class_find(scratch, rows, row);
    }
    scratch->row_class[row] = scratch->alike_class[alike];
    return scratch->row_class[row] >= 0;
}

/* Kinds are what terms that cluster alike tasks tell apart: a share of a device, or k whole
 * devices. */
static void shapes_number_kinds(ShapeTable *table)
{
    int32_t kind_of[GP_DEVICES_MAX + 1]; /* [whole devices]; 0: a share */
    memset(kind_of, 0xff, sizeof kind_of);
    table->kind_count = 0;
    for (int32_t i = 0; i < table->count; i++) {
        GpShape *shape = &table->shapes[i];
        if (shape->device_count == 0) {
            continue;
        }
        bool whole =
            shape->device_milli == GP_DEVICE_MILLI && shape->mig_profile == GP_MIG_PROFILE_NONE;
        int32_t *kind = &kind_of[whole ? shape->device_count : 0];
        if (*kind < 0) {
            *kind = table->kind_count++;
        }
        shape->kind = *kind;
    }
}

static bool shapes_fill(ShapeTable *table, Arena *arena, const Scratch *scratch,
                        const Request *rows)
{
    table->count = scratch->shape_count;
    table->shapes = ARENA_ARRAY(arena, GpShape, table->count);
    if (table->shapes == NULL) {
        return false;
    }
    for (int32_t i = 0; i < table->count; i++) {
        GpStatus status = request_shape(&rows[scratch->row_of_shape[i]], &table->shapes[i]);
        assert(status == GP_OK && "sources check their rows before jobs are made of them");
        (void)status;
    }
    shapes_number_kinds(table);
    return true;
}

/* ---- the table ------------------------------------------------------------------------------- */

static bool columns_alloc(JobTable *jobs, Arena *arena, bool any_start)
{
    jobs->classes = ARENA_ARRAY(arena, JobClass, jobs->class_count);
    jobs->job_name = ARENA_ARRAY(arena, const char *, jobs->job_count);
    jobs->job_class = ARENA_ARRAY(arena, ClassId, jobs->job_count);
    jobs->job_submit_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    jobs->job_duration_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    jobs->job_limit_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    jobs->job_estimate_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    jobs->job_first_task = ARENA_ARRAY(arena, TaskId, (size_t)jobs->job_count + 1);
    jobs->job_priority = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    jobs->job_end = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    jobs->job_carried = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    jobs->job_censored = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    jobs->job_user = ARENA_ARRAY(arena, const char *, jobs->job_count);
    if (any_start) {
        jobs->job_recorded_start_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    }
    jobs->task_job = ARENA_ARRAY(arena, JobId, jobs->task_count);
    jobs->tenant_name = ARENA_ARRAY(arena, const char *, jobs->tenant_count);
    return !arena->failed;
}

/* Zero is the default of every column, so pages of columns that nobody writes are never paid for.
 */
static void job_fill_rare(JobTable *jobs, JobId job, const Request *row)
{
    if (row->name != NULL) {
        jobs->job_name[job] = row->name;
    }
    if (row->user != NULL) {
        jobs->job_user[job] = row->user;
    }
    if (row->priority != 0) {
        jobs->job_priority[job] = row->priority;
    }
    if (row->end != JOB_END_COMPLETED) {
        jobs->job_end[job] = row->end;
    }
    if (row->carried) {
        jobs->job_carried[job] = 1;
    }
    if (row->censored) {
        jobs->job_censored[job] = 1;
    }
    if (row->estimate_ms > 0) {
        jobs->job_estimate_ms[job] = row->estimate_ms;
    }
    if (row->time_limit_ms > 0) {
        jobs->job_limit_ms[job] = row->time_limit_ms;
        jobs->any_limit = true;
    }
}

static void job_fill(JobTable *jobs, JobId job, const Request *row, ClassId class_id,
                     int64_t submit_ms, TaskId *next_task)
{
    const JobClass *job_class = &jobs->classes[class_id];
    jobs->job_class[job] = class_id;
    jobs->job_submit_ms[job] = submit_ms;
    jobs->job_duration_ms[job] = row->duration_ms;
    if (jobs->job_recorded_start_ms != NULL) {
        jobs->job_recorded_start_ms[job] = row->has_start ? row->recorded_start_ms : TIME_NEVER;
    }
    jobs->job_first_task[job] = *next_task;
    job_fill_rare(jobs, job, row);
    for (int32_t i = 0; i < job_class->max_tasks; i++) {
        jobs->task_job[(*next_task)++] = job;
    }
}

/* One pass over the jobs that meets every row in use; then exact sizes are known. */
static bool rows_intern(Scratch *scratch, JobTable *jobs, const Request *rows, const int32_t *order)
{
    int64_t task_count = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        int32_t row = order[job];
        if (scratch->row_class[row] < 0 && !row_class_find(scratch, rows, row)) {
            return false;
        }
        task_count += scratch->classes[scratch->row_class[row]].max_tasks;
        scratch->any_start = scratch->any_start || rows[row].has_start;
    }
    if (task_count > INT32_MAX) {
        return false;
    }
    jobs->task_count = (int32_t)task_count;
    jobs->tenant_count = scratch->tenant_count;
    jobs->class_count = scratch->class_count;
    return true;
}

static void classes_fill(JobTable *jobs, const Scratch *scratch)
{
    for (ClassId id = 0; id < jobs->class_count; id++) {
        const JobTraits *traits = scratch->classes[id].traits;
        jobs->classes[id] = scratch->classes[id];
        jobs->any_startup = jobs->any_startup || traits->startup_ms > 0 || traits->restart_ms > 0 ||
                            traits->checkpoint.size_mib > 0;
        jobs->any_usage = jobs->any_usage || traits->usage_count > 0 ||
                          (traits->service != NULL && traits->service->drives_usage);
        jobs->any_repeats =
            jobs->any_repeats || (traits->service != NULL && traits->service->period_ms > 0);
        jobs->any_elastic =
            jobs->any_elastic || jobs->classes[id].max_tasks > jobs->classes[id].task_count;
    }
}

/* When the jobs are submitted. */
typedef struct JobTimes {
    const int64_t *submit_ms; /* [job]; NULL: */
    int64_t interval_ms;      /* so far apart; 0: the rows' own times */
} JobTimes;

static int64_t job_time(const JobTimes *times, JobId job, const Request *row)
{
    if (times->submit_ms != NULL) {
        return times->submit_ms[job];
    }
    return times->interval_ms > 0 ? job * times->interval_ms : row->submit_ms;
}

/* The times ascend. */
static bool columns_fill(JobTable *jobs, Arena *arena, const Request *rows, TenantNames tenants,
                         const int32_t *order, const JobTimes *times)
{
    Scratch scratch;
    int32_t row_count = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        row_count = order[job] >= row_count ? order[job] + 1 : row_count;
    }
    if (!scratch_init(&scratch, row_count, tenants)) {
        return false;
    }
    bool filled = tenants_declare(&scratch, tenants) && rows_intern(&scratch, jobs, rows, order) &&
                  columns_alloc(jobs, arena, scratch.any_start) &&
                  shapes_fill(&jobs->shapes, arena, &scratch, rows);
    if (filled) {
        TaskId next_task = 0;
        classes_fill(jobs, &scratch);
        for (JobId job = 0; job < jobs->job_count; job++) {
            int32_t row = order[job];
            job_fill(jobs, job, &rows[row], scratch.row_class[row],
                     job_time(times, job, &rows[row]), &next_task);
        }
        jobs->job_first_task[jobs->job_count] = next_task;
        memcpy(jobs->tenant_name, scratch.queue_of_tenant,
               (size_t)jobs->tenant_count * sizeof(char *));
    }
    scratch_free(&scratch);
    return filled;
}

/* ---- order of submission --------------------------------------------------------------------- */

typedef struct Submission {
    int64_t submit_ms;
    int32_t row;
    JobId listed; /* place in the list: keeps the sort stable */
} Submission;

static int submission_compare(const void *va, const void *vb)
{
    const Submission *a = va;
    const Submission *b = vb;
    if (a->submit_ms != b->submit_ms) {
        return a->submit_ms < b->submit_ms ? -1 : 1;
    }
    return a->listed < b->listed ? -1 : a->listed > b->listed;
}

static bool times_ascend(const Request *rows, const int32_t *order, const JobTimes *times,
                         int32_t job_count)
{
    for (JobId job = 1; job < job_count; job++) {
        if (job_time(times, job - 1, &rows[order[job - 1]]) >
            job_time(times, job, &rows[order[job]])) {
            return false;
        }
    }
    return true;
}

static bool sorted_fill(JobTable *jobs, Arena *arena, const Request *rows, TenantNames tenants,
                        const int32_t *order, const JobTimes *times)
{
    int32_t job_count = jobs->job_count;
    size_t count = (size_t)job_count + 1; /* never 0 */
    Submission *sorted = malloc(count * sizeof *sorted);
    int32_t *sorted_order = malloc(count * sizeof *sorted_order);
    int64_t *sorted_ms = malloc(count * sizeof *sorted_ms);
    bool filled = sorted != NULL && sorted_order != NULL && sorted_ms != NULL;
    if (filled) {
        for (JobId job = 0; job < job_count; job++) {
            sorted[job] = (Submission){job_time(times, job, &rows[order[job]]), order[job], job};
        }
        qsort(sorted, (size_t)job_count, sizeof *sorted, submission_compare);
        for (JobId job = 0; job < job_count; job++) {
            sorted_order[job] = sorted[job].row;
            sorted_ms[job] = sorted[job].submit_ms;
        }
        filled = columns_fill(jobs, arena, rows, tenants, sorted_order,
                              &(JobTimes){.submit_ms = sorted_ms});
    }
    free(sorted);
    free(sorted_order);
    free(sorted_ms);
    return filled;
}

/* Most logs are sorted already. */
static bool times_fill(JobTable *jobs, Arena *arena, const Request *rows, TenantNames tenants,
                       const int32_t *order, const JobTimes *times, int32_t job_count)
{
    *jobs = (JobTable){.job_count = job_count};
    return times_ascend(rows, order, times, job_count)
               ? columns_fill(jobs, arena, rows, tenants, order, times)
               : sorted_fill(jobs, arena, rows, tenants, order, times);
}

/* `submit_ms` NULL: the rows' own times. */
int job_table_build_timed(JobTable *jobs, Arena *arena, const RequestList *requests,
                          TenantNames tenants, const int32_t *order, const int64_t *submit_ms,
                          int32_t job_count)
{
    JobTimes times = {.submit_ms = submit_ms};
    return times_fill(jobs, arena, requests->rows, tenants, order, &times, job_count);
}

int job_table_build(JobTable *jobs, Arena *arena, const RequestList *requests, TenantNames tenants,
                    const int32_t *order, int32_t job_count, int64_t interval_ms)
{
    JobTimes times = {.interval_ms = interval_ms > 0 ? interval_ms : 0};
    return times_fill(jobs, arena, requests->rows, tenants, order, &times, job_count);
}
