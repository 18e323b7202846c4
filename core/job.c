/* job.c - rows of a source become the columns of a run; equal requests become one shape. */
#include "core/job.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/intern.h"

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
    if (!lanes || a->gpu_count != b->gpu_count) {
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
    int32_t *row_shape;           /* [row] -1: not met yet */
    int32_t *row_tenant;          /* [row] */
    int32_t *row_of_shape;        /* [shape] first row met */
    const char **queue_of_tenant; /* [tenant] */
    int32_t shape_count;
    int32_t tenant_count;
} Scratch;

static void scratch_free(Scratch *scratch)
{
    intern_free(&scratch->shapes);
    intern_free(&scratch->tenants);
    free(scratch->row_shape);
    free(scratch->row_tenant);
    free(scratch->row_of_shape);
    free(scratch->queue_of_tenant);
}

static bool scratch_init(Scratch *scratch, int32_t row_count)
{
    size_t rows = (size_t)row_count + 1; /* never 0; a tenant more than rows: the default */
    *scratch = (Scratch){
        .row_shape = malloc(rows * sizeof(int32_t)),
        .row_tenant = malloc(rows * sizeof(int32_t)),
        .row_of_shape = malloc(rows * sizeof(int32_t)),
        .queue_of_tenant = malloc(rows * sizeof(char *)),
        .tenant_count = 1,
    };
    intern_init(&scratch->shapes);
    intern_init(&scratch->tenants);
    if (scratch->row_shape == NULL || scratch->row_tenant == NULL ||
        scratch->row_of_shape == NULL || scratch->queue_of_tenant == NULL) {
        scratch_free(scratch);
        return false;
    }
    memset(scratch->row_shape, 0xff, rows * sizeof(int32_t));
    scratch->queue_of_tenant[0] = "default";
    return intern_add(&scratch->tenants, intern_text(0, "default", 7), 0) ||
           (scratch_free(scratch), false);
}

static bool row_shape_find(Scratch *scratch, const Request *rows, int32_t row)
{
    ShapeQuery query = {rows, scratch->row_of_shape, &rows[row]};
    uint64_t hash = request_hash(&rows[row]);
    int32_t shape = intern_find(&scratch->shapes, hash, shape_is_wanted, &query);
    if (shape < 0) {
        shape = scratch->shape_count;
        if (!intern_add(&scratch->shapes, hash, shape)) {
            return false;
        }
        scratch->row_of_shape[scratch->shape_count++] = row;
    }
    scratch->row_shape[row] = shape;
    return true;
}

static bool row_tenant_find(Scratch *scratch, const Request *rows, int32_t row)
{
    const char *queue = rows[row].queue;
    scratch->row_tenant[row] = 0;
    if (queue == NULL) {
        return true;
    }
    TenantQuery query = {scratch->queue_of_tenant, queue};
    uint64_t hash = intern_text(0, queue, strlen(queue));
    int32_t tenant = intern_find(&scratch->tenants, hash, tenant_is_wanted, &query);
    if (tenant < 0) {
        tenant = scratch->tenant_count;
        if (!intern_add(&scratch->tenants, hash, tenant)) {
            return false;
        }
        scratch->queue_of_tenant[scratch->tenant_count++] = queue;
    }
    scratch->row_tenant[row] = tenant;
    return true;
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

static bool columns_alloc(JobTable *jobs, Arena *arena)
{
    jobs->job_name = ARENA_ARRAY(arena, const char *, jobs->job_count);
    jobs->job_shape = ARENA_ARRAY(arena, ShapeId, jobs->job_count);
    jobs->job_submit_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    jobs->job_duration_ms = ARENA_ARRAY(arena, int64_t, jobs->job_count);
    jobs->job_first_task = ARENA_ARRAY(arena, TaskId, (size_t)jobs->job_count + 1);
    jobs->job_gang = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    jobs->job_priority = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    jobs->job_tenant = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    jobs->job_user = ARENA_ARRAY(arena, const char *, jobs->job_count);
    jobs->task_job = ARENA_ARRAY(arena, JobId, jobs->task_count);
    jobs->tenant_name = ARENA_ARRAY(arena, const char *, jobs->tenant_count);
    return !arena->failed;
}

static void job_fill(JobTable *jobs, JobId job, const Request *row, int64_t submit_ms,
                     TaskId *next_task)
{
    jobs->job_submit_ms[job] = submit_ms;
    jobs->job_duration_ms[job] = row->duration_ms;
    jobs->job_gang[job] = (uint8_t)row->gang;
    jobs->job_first_task[job] = *next_task;
    if (row->name != NULL) { /* pages of columns that nobody writes are never paid for */
        jobs->job_name[job] = row->name;
    }
    if (row->user != NULL) {
        jobs->job_user[job] = row->user;
    }
    if (row->priority != 0) {
        jobs->job_priority[job] = row->priority;
    }
    for (int32_t i = 0; i < row->task_count; i++) {
        jobs->task_job[(*next_task)++] = job;
    }
}

/* One pass over the jobs that meets every row in use; then exact sizes are known. */
static bool rows_intern(Scratch *scratch, JobTable *jobs, const Request *rows, const int32_t *order)
{
    int64_t task_count = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        int32_t row = order[job];
        task_count += rows[row].task_count;
        if (scratch->row_shape[row] < 0 &&
            !(row_shape_find(scratch, rows, row) && row_tenant_find(scratch, rows, row))) {
            return false;
        }
    }
    if (task_count > INT32_MAX) {
        return false;
    }
    jobs->task_count = (int32_t)task_count;
    jobs->tenant_count = scratch->tenant_count;
    return true;
}

/* `submit_ms` ascending, [job]; NULL: interval_ms apart. */
static bool columns_fill(JobTable *jobs, Arena *arena, const Request *rows, const int32_t *order,
                         const int64_t *submit_ms, int64_t interval_ms)
{
    Scratch scratch;
    int32_t row_count = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        row_count = order[job] >= row_count ? order[job] + 1 : row_count;
    }
    if (!scratch_init(&scratch, row_count)) {
        return false;
    }
    bool filled = rows_intern(&scratch, jobs, rows, order) && columns_alloc(jobs, arena) &&
                  shapes_fill(&jobs->shapes, arena, &scratch, rows);
    TaskId next_task = 0;
    for (JobId job = 0; filled && job < jobs->job_count; job++) {
        int32_t row = order[job];
        job_fill(jobs, job, &rows[row], submit_ms != NULL ? submit_ms[job] : job * interval_ms,
                 &next_task);
        jobs->job_shape[job] = scratch.row_shape[row];
        if (scratch.row_tenant[row] != 0) {
            jobs->job_tenant[job] = scratch.row_tenant[row];
        }
    }
    if (filled) {
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

/* `submit_ms` NULL: the rows' own times. */
int job_table_build_timed(JobTable *jobs, Arena *arena, const RequestList *requests,
                          const int32_t *order, const int64_t *submit_ms, int32_t job_count)
{
    size_t count = (size_t)job_count + 1; /* never 0 */
    Submission *sorted = malloc(count * sizeof *sorted);
    int32_t *rows = malloc(count * sizeof *rows);
    int64_t *times = malloc(count * sizeof *times);
    bool built = sorted != NULL && rows != NULL && times != NULL;
    if (built) {
        for (JobId job = 0; job < job_count; job++) {
            int64_t at = submit_ms != NULL ? submit_ms[job] : requests->rows[order[job]].submit_ms;
            sorted[job] = (Submission){at, order[job], job};
        }
        qsort(sorted, (size_t)job_count, sizeof *sorted, submission_compare);
        for (JobId job = 0; job < job_count; job++) {
            rows[job] = sorted[job].row;
            times[job] = sorted[job].submit_ms;
        }
        *jobs = (JobTable){.job_count = job_count};
        built = columns_fill(jobs, arena, requests->rows, rows, times, 0);
    }
    free(sorted);
    free(rows);
    free(times);
    return built;
}

int job_table_build(JobTable *jobs, Arena *arena, const RequestList *requests, const int32_t *order,
                    int32_t job_count, int64_t interval_ms)
{
    if (interval_ms <= 0) {
        return job_table_build_timed(jobs, arena, requests, order, NULL, job_count);
    }
    *jobs = (JobTable){.job_count = job_count};
    return columns_fill(jobs, arena, requests->rows, order, NULL, interval_ms);
}
