/* draw.c - one replication: the sources' arrivals become one table of jobs, the nodes get their
 * ranks. */
#include "traces/draw.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

#include "core/mig_name.h"
#include "core/needs.h"
#include "models/gsl_philox.h"
#include "traces/arrivals.h"
#include "traces/demand.h"
#include "traces/resample.h"
#include "traces/split.h"
#include "traces/synthetic.h"

/* ---- checks that cost nothing ---------------------------------------------------------------- */

static Status request_mistake(const Request *row, int32_t index, int32_t at, const char *what,
                              Diagnostics *diagnostics)
{
    Place nowhere = {0};
    const char *name = row->name != NULL ? row->name : "";
    return diagnostics_error(diagnostics, nowhere, "workload", NULL,
                             "source %d of the workload, request %d%s%s: %s", (int)index + 1,
                             (int)at + 1, name[0] != '\0' ? " " : "", name, what);
}

/* What nearly all rows are, told without making a shape of them. */
static bool plainly_sound(const Request *row)
{
    bool amounts = row->cpu_milli >= 0 && row->memory_mib >= 0 &&
                   row->storage_bandwidth_mb_s >= 0 && row->io_cpu_milli >= 0 &&
                   row->network_mb_s >= 0;
    return amounts && row->gpu_count >= 0 && row->gpu_count <= GP_DEVICES_MAX &&
           row->gpu_milli >= 1 && row->gpu_milli <= GP_DEVICE_MILLI && row->gpu_memory_mib >= 0 &&
           row->mig_profile == GP_MIG_PROFILE_NONE;
}

/* Readers check their cells; this catches whatever else builds requests. */
static Status requests_check(const Scenario *scenario, int32_t index, Diagnostics *diagnostics)
{
    const RequestList *requests = &scenario->sources[index].requests;
    for (int32_t i = 0; i < requests->count; i++) {
        const Request *row = &requests->rows[i];
        GpShape shape;
        if (!plainly_sound(row) && request_shape(row, &shape) != GP_OK) {
            return request_mistake(
                row, index, i, "an amount is negative, or its GPUs are out of bounds", diagnostics);
        }
        if (row->count < 1 || row->task_count < 1) {
            return request_mistake(row, index, i, "expected at least one task and one occurrence",
                                   diagnostics);
        }
    }
    return STATUS_OK;
}

static Status size_check(const Scenario *scenario, const Arrivals *arrivals, int32_t index,
                         int64_t *jobs, int64_t *tasks, Diagnostics *diagnostics)
{
    const WorkloadSource *source = &scenario->sources[index];
    *jobs += arrivals->count;
    for (int32_t i = 0; i < arrivals->count; i++) {
        *tasks += source->requests.rows[arrivals->row[i]].task_count;
    }
    Place nowhere = {0};
    if (*jobs > JOBS_MAX || *tasks > INT32_MAX) {
        return diagnostics_error(
            diagnostics, nowhere, "workload", "ask for a smaller load, or for fewer requests",
            "the workload has more than 100 million jobs, or more than 2147483647 tasks");
    }
    if (source->interval_ms > 0 && arrivals->count > TIME_NEVER / 2 / source->interval_ms) {
        return diagnostics_error(
            diagnostics, nowhere, "workload", "shorten the interval",
            "source %d of the workload: its last job would arrive after the end of time",
            (int)index + 1);
    }
    return STATUS_OK;
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* Only sources without times of their own are spaced. */
static int64_t source_interval(const WorkloadSource *source)
{
    return source->kind == SOURCE_JOBS ? 0 : source->interval_ms;
}

/* Several sources: their rows stand one after the other in one list, each arrival with its time. */
typedef struct Merge {
    RequestList requests;
    int32_t *order;
    int64_t *submit_ms;
    int32_t count;
} Merge;

static bool merge_alloc(Merge *merge, const Scenario *scenario, int64_t job_count)
{
    size_t rows = 1;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        rows += (size_t)scenario->sources[i].requests.count;
    }
    *merge = (Merge){
        .requests = {.rows = rows <= INT32_MAX ? malloc(rows * sizeof(Request)) : NULL},
        .order = malloc(((size_t)job_count + 1) * sizeof(int32_t)),
        .submit_ms = malloc(((size_t)job_count + 1) * sizeof(int64_t)),
    };
    return merge->requests.rows != NULL && merge->order != NULL && merge->submit_ms != NULL;
}

static void merge_add(Merge *merge, const WorkloadSource *source, const Arrivals *arrivals)
{
    int32_t base = merge->requests.count;
    if (source->requests.count > 0) {
        memcpy(merge->requests.rows + base, source->requests.rows,
               (size_t)source->requests.count * sizeof(Request));
    }
    merge->requests.count += source->requests.count;
    int64_t interval_ms = source_interval(source);
    for (int32_t i = 0; i < arrivals->count; i++) {
        const Request *row = &source->requests.rows[arrivals->row[i]];
        merge->order[merge->count] = base + arrivals->row[i];
        merge->submit_ms[merge->count++] = interval_ms > 0 ? i * interval_ms : row->submit_ms;
    }
}

static TenantNames tenants_of(const Scenario *scenario)
{
    return (TenantNames){scenario->queues.names, scenario->queues.count};
}

static bool jobs_merge(const Scenario *scenario, const Arrivals *arrivals, int64_t job_count,
                       Arena *arena, JobTable *jobs)
{
    Merge merge;
    bool built = merge_alloc(&merge, scenario, job_count);
    if (built) {
        for (int32_t i = 0; i < scenario->source_count; i++) {
            merge_add(&merge, &scenario->sources[i], &arrivals[i]);
        }
        built = job_table_build_timed(jobs, arena, &merge.requests, tenants_of(scenario),
                                      merge.order, merge.submit_ms, merge.count);
    }
    free(merge.requests.rows);
    free(merge.order);
    free(merge.submit_ms);
    return built;
}

static bool jobs_build(const Scenario *scenario, const Arrivals *arrivals, int64_t job_count,
                       Arena *arena, JobTable *jobs)
{
    if (scenario->source_count != 1) {
        return jobs_merge(scenario, arrivals, job_count, arena, jobs);
    }
    const WorkloadSource *only = &scenario->sources[0];
    return job_table_build(jobs, arena, &only->requests, tenants_of(scenario), arrivals[0].row,
                           arrivals[0].count, source_interval(only));
}

static Status listed_draw(const Scenario *scenario, uint32_t replication, Arena *arena,
                          Diagnostics *diagnostics, JobTable *jobs)
{
    Arrivals *arrivals = calloc((size_t)scenario->source_count + 1, sizeof *arrivals);
    if (arrivals == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Status status = STATUS_OK;
    int64_t job_count = 0;
    int64_t task_count = 0;
    for (int32_t i = 0; status == STATUS_OK && i < scenario->source_count; i++) {
        status = requests_check(scenario, i, diagnostics);
        if (status == STATUS_OK) {
            status = arrivals_draw(scenario, i, replication, diagnostics, &arrivals[i]);
        }
        if (status == STATUS_OK) {
            status = size_check(scenario, &arrivals[i], i, &job_count, &task_count, diagnostics);
        }
    }
    if (status == STATUS_OK && !jobs_build(scenario, arrivals, job_count, arena, jobs)) {
        status = diagnostics_no_memory(diagnostics);
    }
    for (int32_t i = 0; i < scenario->source_count; i++) {
        arrivals_free(&arrivals[i]);
    }
    free(arrivals);
    return status;
}

/* ---- generators ------------------------------------------------------------------------------ */

static Status source_generate(const Scenario *scenario, int32_t index, uint32_t replication,
                              Diagnostics *diagnostics, WorkloadSource *drawn)
{
    const WorkloadSource *source = &scenario->sources[index];
    SyntheticDraw draw = {.seed = scenario->seed,
                          .replication = replication,
                          .source = (uint32_t)index,
                          .horizon_ms = scenario->horizon_ms,
                          .fleet_gpu_milli = source->load_gpu_milli > 0
                                                 ? source->load_gpu_milli
                                                 : scenario->cluster.gpu_milli};
    *drawn = (WorkloadSource){.kind = SOURCE_JOBS};
    SyntheticSpec spec = *source->synthetic;
    if (demand_differs(source)) {
        demand_of_generator(source, draw.fleet_gpu_milli, &spec);
    }
    return synthetic_draw(&spec, &draw, diagnostics, &drawn->requests);
}

/* Do requests for memory mean something else to the scheduler than to others? */
static bool reads_memory(const Scenario *scenario)
{
    return scenario->policy.place.mig_by_memory || scenario->policy.place.memory_alone;
}

/* A log that is resampled, where that is not among what replications have in common: then it is
 * replayed as it is. */
static bool is_resampled(const Scenario *scenario, int32_t index)
{
    return scenario->sources[index].resampled && (scenario->fixed & VARY_WORKLOAD) == 0;
}

/* Has the source, as it is drawn from, rows of its own? */
static bool has_own_rows(const Scenario *scenario, int32_t index)
{
    const WorkloadSource *source = &scenario->sources[index];
    return source->kind == SOURCE_SYNTHETIC || is_resampled(scenario, index) ||
           (source->kind == SOURCE_JOBS && demand_differs(source)) ||
           (scenario->relax & RELAX_SHAPE) != 0 || reads_memory(scenario);
}

/* The twin without shapes: its rows are cut up before anything else looks at them. */
static Status source_split(Arena *arena, Diagnostics *diagnostics, bool owned,
                           WorkloadSource *source)
{
    RequestList whole = source->requests;
    bool split = requests_split(&whole, arena, &source->requests);
    if (owned) {
        free(whole.rows);
    }
    return split ? STATUS_OK : diagnostics_no_memory(diagnostics);
}

/* Less than all memory of some card that may be used, and no word on cores. */
static bool takes_memory_alone(const Cluster *cluster, const Request *row)
{
    GpShape shape;
    bool part = false;
    if (!row->cores_unsaid || row->gpu_count == 0 || request_shape(row, &shape) != GP_OK) {
        return false;
    }
    for (int32_t i = 0; i < cluster->type_count && !part; i++) {
        const GpNodeType *type = &cluster->types[i];
        part = type->device_count > 0 && gp_type_allowed(type, &shape) &&
               row->gpu_memory_mib < type->device_memory_mib;
    }
    return part;
}

static void row_read(const Scenario *scenario, Request *row)
{
    const PlaceOptions *place = &scenario->policy.place;
    int32_t profile = place->mig_by_memory ? mig_profile_for_memory(&scenario->cluster, row)
                                           : GP_MIG_PROFILE_NONE;
    if (profile != GP_MIG_PROFILE_NONE) {
        row->mig_profile = profile;
        row->gpu_memory_mib = 0;
        row->gpu_milli = GP_DEVICE_MILLI;
    } else if (place->memory_alone && takes_memory_alone(&scenario->cluster, row)) {
        row->gpu_milli = 0;
    }
}

/* Requests for memory as the scheduler reads them, in rows of the source's own. */
static Status source_read(const Scenario *scenario, Diagnostics *diagnostics, bool owned,
                          WorkloadSource *source)
{
    RequestList *list = &source->requests;
    if (!owned) {
        size_t bytes = (size_t)list->count * sizeof(Request);
        Request *rows = malloc(bytes + 1);
        if (rows == NULL) {
            *list = (RequestList){0}; /* the rows are not the run's to free */
            return diagnostics_no_memory(diagnostics);
        }
        memcpy(rows, list->rows, bytes);
        list->rows = rows;
    }
    for (int32_t i = 0; i < list->count; i++) {
        row_read(scenario, &list->rows[i]);
    }
    return STATUS_OK;
}

/* To the rest, what a generator made is a list like one written by hand. */
static Status source_list(const Scenario *scenario, int32_t index, uint32_t replication,
                          Arena *arena, Diagnostics *diagnostics, WorkloadSource *source)
{
    *source = scenario->sources[index];
    bool generated = source->kind == SOURCE_SYNTHETIC;
    Status status = STATUS_OK;
    uint32_t arrivals = drawn_replication(scenario, VARY_ARRIVALS, replication);
    if (generated) {
        status = source_generate(scenario, index, arrivals, diagnostics, source);
    } else if (is_resampled(scenario, index)) {
        ResampleDraw draw = {scenario->seed, replication, (uint32_t)index};
        status = requests_resample(&scenario->sources[index].requests, draw, arena, diagnostics,
                                   &source->requests);
    }
    bool drawn = generated || is_resampled(scenario, index);
    bool demanded = !generated && demand_differs(source);
    if (status == STATUS_OK && demanded && source->kind == SOURCE_JOBS) {
        DemandDraw draw = {scenario->seed, arrivals, (uint32_t)index};
        status = demand_of_jobs(draw, source->demand_ppm, drawn, &source->requests)
                     ? STATUS_OK
                     : diagnostics_no_memory(diagnostics);
        drawn = true;
    } else if (demanded) {
        demand_of_order(source);
    }
    bool owned = drawn || reads_memory(scenario);
    if (status == STATUS_OK && reads_memory(scenario)) {
        status = source_read(scenario, diagnostics, drawn, source);
    }
    if (status == STATUS_OK && (scenario->relax & RELAX_SHAPE) != 0) {
        status = source_split(arena, diagnostics, owned, source);
    }
    return status;
}

Status workload_draw(const Scenario *scenario, uint32_t replication, Arena *arena,
                     Diagnostics *diagnostics, JobTable *jobs)
{
    WorkloadSource *sources = malloc(((size_t)scenario->source_count + 1) * sizeof *sources);
    if (sources == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    Scenario listed = *scenario;
    listed.sources = sources;
    Status status = STATUS_OK;
    int32_t count = 0;
    for (; status == STATUS_OK && count < scenario->source_count; count++) {
        status = source_list(scenario, count, replication, arena, diagnostics, &sources[count]);
    }
    if (status == STATUS_OK) {
        uint32_t arrivals = drawn_replication(scenario, VARY_ARRIVALS, replication);
        status = listed_draw(&listed, arrivals, arena, diagnostics, jobs);
    }
    if (status == STATUS_OK && !needs_assume(&scenario->models, arena, jobs)) {
        status = diagnostics_no_memory(diagnostics);
    }
    for (int32_t i = 0; i < count; i++) {
        if (has_own_rows(scenario, i)) {
            free(sources[i].requests.rows);
        }
    }
    free(sources);
    return status;
}

/* ---- ranks ----------------------------------------------------------------------------------- */

static Status ranks_recorded(const Scenario *scenario, uint32_t replication, Arena *arena,
                             Diagnostics *diagnostics, int32_t *ranks)
{
    int32_t node_count = scenario->cluster.node_count;
    int32_t length = 0;
    const int32_t *column = recorded_column(scenario->policy.ranks, scenario, replication,
                                            "the table of ranks", diagnostics, &length);
    if (column == NULL) {
        return STATUS_BAD_INPUT;
    }
    uint8_t *seen = ARENA_ARRAY(arena, uint8_t, node_count);
    if (seen == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    bool good = length == node_count;
    for (int32_t node = 0; good && node < node_count; node++) {
        int32_t rank = column[node];
        good = rank >= 0 && rank < node_count && seen[rank]++ == 0;
        ranks[node] = rank;
    }
    if (!good) {
        Place nowhere = {0};
        return diagnostics_error(diagnostics, nowhere, "workload",
                                 "is this the table for this cluster?",
                                 "the recorded ranks have %d values; expected each of 0 to %d once",
                                 (int)length, (int)node_count - 1);
    }
    return STATUS_OK;
}

Status node_ranks(const Scenario *scenario, uint32_t replication, Arena *arena,
                  Diagnostics *diagnostics, int32_t **rank)
{
    int32_t node_count = scenario->cluster.node_count;
    int32_t *ranks = ARENA_ARRAY(arena, int32_t, node_count);
    if (ranks == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    *rank = ranks;
    if (scenario->policy.ties == TIES_RECORDED) {
        return ranks_recorded(scenario, replication, arena, diagnostics, ranks);
    }
    for (int32_t node = 0; node < node_count; node++) {
        ranks[node] = node;
    }
    if (scenario->policy.ties == TIES_RANDOM && node_count > 0) {
        PhiloxState state;
        gsl_rng rng = gsl_philox_at(&state, (DrawAddress){.seed = scenario->seed,
                                                          .replication = replication,
                                                          .purpose = PURPOSE_NODE_RANK});
        gsl_ran_shuffle(&rng, ranks, (size_t)node_count, sizeof *ranks);
    }
    return STATUS_OK;
}
