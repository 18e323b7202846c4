/* sacct.c - Slurm's accounting, as `sacct --parsable2 --allocations` prints it.
 *
 * Jobs are held back until the file is read: with --duplicates every attempt of a requeued job is a
 * row, adjacent exports share rows, and both must become one job before it is judged.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "traces/clock.h"
#include "traces/csv_table.h"
#include "traces/trace_reader.h"
#include "traces/tres.h"

enum {
    SACCT_ID,
    SACCT_USER,
    SACCT_PARTITION,
    SACCT_SUBMIT,
    SACCT_ELIGIBLE,
    SACCT_START,
    SACCT_END,
    SACCT_STATE,
    SACCT_ELAPSED,
    SACCT_LIMIT,
    SACCT_LIMIT_CLOCK,
    SACCT_NODES,
    SACCT_CPUS,
    SACCT_ALLOCATED,
    SACCT_REQUESTED,
    SACCT_COLUMNS
};

static const CsvColumn columns[SACCT_COLUMNS] = {
    [SACCT_ID] = {"JobID", false},
    [SACCT_USER] = {"User", true},
    [SACCT_PARTITION] = {"Partition", true},
    [SACCT_SUBMIT] = {"Submit", false},
    [SACCT_ELIGIBLE] = {"Eligible", true},
    [SACCT_START] = {"Start", false},
    [SACCT_END] = {"End", false},
    [SACCT_STATE] = {"State", false},
    [SACCT_ELAPSED] = {"ElapsedRaw", true},
    [SACCT_LIMIT] = {"TimelimitRaw", true},
    [SACCT_LIMIT_CLOCK] = {"Timelimit", true},
    [SACCT_NODES] = {"NNodes", true},
    [SACCT_CPUS] = {"NCPUS", true},
    [SACCT_ALLOCATED] = {"AllocTRES", false},
    [SACCT_REQUESTED] = {"ReqTRES", true},
};

/* An attempt that was submitted so long after the one before ended is another job: numbers wrap. */
#define REQUEUE_GAP_MS (INT64_C(7) * 86400000)
/* So many jobs that start with the first, and end with the last: --truncate made them so. */
#define TRUNCATED_JOBS 5
#define TRUNCATE_HELP "export again without --truncate"

typedef enum SlurmState {
    SLURM_COMPLETED,
    SLURM_FAILED,
    SLURM_TIMED_OUT,
    SLURM_CANCELLED,
    SLURM_MACHINE_FAULT,
    SLURM_PREEMPTED,
    SLURM_REVOKED,
    SLURM_RUNNING,
    SLURM_PENDING,
    SLURM_UNKNOWN
} SlurmState;

static const struct {
    const char *word;
    SlurmState state;
} STATES[] = {
    {"COMPLETED", SLURM_COMPLETED},     {"FAILED", SLURM_FAILED},
    {"OUT_OF_MEMORY", SLURM_FAILED},    {"TIMEOUT", SLURM_TIMED_OUT},
    {"DEADLINE", SLURM_TIMED_OUT},      {"CANCELLED", SLURM_CANCELLED},
    {"NODE_FAIL", SLURM_MACHINE_FAULT}, {"BOOT_FAIL", SLURM_MACHINE_FAULT},
    {"PREEMPTED", SLURM_PREEMPTED},     {"REQUEUED", SLURM_PREEMPTED},
    {"REQUEUE_HOLD", SLURM_PREEMPTED},  {"REQUEUE_FED", SLURM_PREEMPTED},
    {"SPECIAL_EXIT", SLURM_PREEMPTED},  {"REVOKED", SLURM_REVOKED},
    {"RUNNING", SLURM_RUNNING},         {"SUSPENDED", SLURM_RUNNING},
    {"COMPLETING", SLURM_COMPLETED},    {"CONFIGURING", SLURM_RUNNING},
    {"EXPEDITING", SLURM_RUNNING},      {"RESIZING", SLURM_RUNNING},
    {"SIGNALING", SLURM_RUNNING},       {"STAGE_OUT", SLURM_RUNNING},
    {"STOPPED", SLURM_RUNNING},         {"PENDING", SLURM_PENDING},
    {"RESV_DEL_HOLD", SLURM_PENDING},
};

/* One job, of one attempt or several. */
typedef struct SacctJob {
    TraceRow row; /* first submission and start; run time and end of the last attempt */
    Request size; /* of the last attempt */
    SlurmState state;
    int64_t last_submit_ms; /* of the last attempt, as Slurm reset it */
    int64_t last_end_ms;    /* TRACE_UNKNOWN: running */
    int32_t previous;       /* job that had this id before, months ago; -1 */
} SacctJob;

typedef struct SacctReader {
    TraceReader *trace;
    SacctJob *jobs; /* [count] */
    int32_t count, capacity;
    Intern ids; /* of the newest job with an id */
} SacctReader;

/* ---- cells ----------------------------------------------------------------------------------- */

/* `Unknown` and `None` both stand for a time that is not there. */
static bool time_read(const SacctReader *reader, const CsvRow *cells, int column, int64_t *ms)
{
    const char *text = cells->cells[column].text;
    *ms = TRACE_UNKNOWN;
    if (text == NULL || text[0] == '\0' || strcmp(text, "Unknown") == 0 ||
        strcmp(text, "None") == 0 || clock_read(text, reader->trace->options->timezone_ms, ms)) {
        return true;
    }
    return csv_refuse(cells, column, "csv",
                      "expected a time such as 2026-03-02T09:14:05, Unknown or None");
}

static SlurmState state_read(const char *text)
{
    size_t length = strcspn(text, " +"); /* `CANCELLED by 20031`, `CANCELLED+` */
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++) {
        if (strlen(STATES[i].word) == length && memcmp(STATES[i].word, text, length) == 0) {
            return STATES[i].state;
        }
    }
    return SLURM_UNKNOWN;
}

static bool is_no_limit(const CsvCell *cell)
{
    return cell->length == 0 || strcasecmp(cell->text, "UNLIMITED") == 0 ||
           strcasecmp(cell->text, "Partition_Limit") == 0;
}

/* `2-00:00:00`, `08:00:00`, `30:00`: days, then hours, minutes and seconds, as sacct prints the
 * column that is not raw. */
static bool limit_clock_read(const CsvRow *cells, int64_t *limit_ms)
{
    const char *at = cells->cells[SACCT_LIMIT_CLOCK].text;
    int64_t days = 0, seconds = 0;
    int parts = 0;
    bool good = true, dated = false;
    while (good && *at != '\0') {
        char *end = NULL;
        long number = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : -1;
        good = number >= 0 && number <= TRACE_TIME_MS_MAX / 86400000;
        if (good && *end == '-' && parts == 0 && !dated) {
            days = number;
            dated = true;
        } else {
            good = good && ++parts <= 3 && (*end == ':' || *end == '\0');
            seconds = seconds * 60 + number;
        }
        good = good && (*end == '\0' || end[1] != '\0');
        at = good && *end != '\0' ? end + 1 : "";
    }
    if (!good || parts < 2 || (dated && parts < 3)) {
        return csv_refuse(cells, SACCT_LIMIT_CLOCK, "csv",
                          "expected a limit such as 2-00:00:00, 08:00:00 or UNLIMITED");
    }
    int64_t whole_ms = (days * 86400 + seconds) * 1000;
    *limit_ms = whole_ms < TRACE_TIME_MS_MAX ? whole_ms : TRACE_TIME_MS_MAX;
    return true;
}

/* Minutes; words and an empty cell mean that there is none. */
static bool limit_read(const CsvRow *cells, int64_t *limit_ms)
{
    int64_t minutes = 0;
    *limit_ms = 0;
    if (is_no_limit(&cells->cells[SACCT_LIMIT])) {
        return is_no_limit(&cells->cells[SACCT_LIMIT_CLOCK]) || limit_clock_read(cells, limit_ms);
    }
    if (!csv_integer(cells, SACCT_LIMIT, 0, TRACE_TIME_MS_MAX / 60000, &minutes)) {
        return false;
    }
    *limit_ms = minutes * 60000;
    return true;
}

static bool list_read(const CsvRow *cells, int column, Tres *tres)
{
    int at = 0;
    if (tres_read(cells->cells[column].text, tres, &at)) {
        return true;
    }
    char shown[CSV_SHOWN_BYTES];
    diagnostics_error(cells->diagnostics, csv_place(cells, column), "csv", NULL,
                      "%s goes wrong at '%s'; expected items such as gres/gpu=8,mem=64G",
                      cells->names[column], csv_shown(cells->cells[column].text + at, shown));
    return false;
}

/* ---- size ------------------------------------------------------------------------------------ */

/* The cluster's model of that name, in capitals or not; 0: it has none, so it says nothing. */
static uint64_t model_set(const Cluster *cluster, const Tres *tres)
{
    for (int32_t model = 0; model < cluster->model_count; model++) {
        const char *name = cluster->model_name[model];
        if (tres->model != NULL && (int)strlen(name) == tres->model_length &&
            strncasecmp(name, tres->model, (size_t)tres->model_length) == 0) {
            return UINT64_C(1) << model;
        }
    }
    return 0;
}

static int64_t share_up(int64_t whole, int64_t parts)
{
    return (whole + parts - 1) / parts;
}

/* A task for each node that Slurm used, where that makes equal tasks that fit. */
static void tasks_fill(TraceReader *trace, const Tres *tres, int line, Request *size)
{
    int64_t nodes = tres->nodes;
    if (nodes > 0 && nodes <= TRACE_TASKS_MAX && tres->gpus % nodes == 0 &&
        tres->gpus / nodes <= trace->node_gpus) {
        size->gpu_count = (int32_t)(tres->gpus / nodes);
        size->gpu_milli = tres->gpus > 0 ? GP_DEVICE_MILLI : 0;
        size->task_count = (int32_t)nodes;
        size->gang = nodes > 1 ? GANG_ALL : GANG_NONE;
    } else {
        trace_split_gpus(trace, tres->gpus, line, size);
    }
    size->cpu_milli = share_up(tres->cpus * 1000, size->task_count);
    size->memory_mib = share_up(tres->memory_mib, size->task_count);
}

/* False: a mistake (recorded). */
static bool size_read(SacctReader *reader, const CsvRow *cells, Request *size)
{
    TraceReader *trace = reader->trace;
    Tres tres = {0};
    Tres requested = {0};
    bool allocated = cells->cells[SACCT_ALLOCATED].length > 0;
    bool good = true;
    if (cells->cells[SACCT_REQUESTED].length > 0) {
        good = list_read(cells, SACCT_REQUESTED, &requested);
    }
    if (allocated) {
        good &= list_read(cells, SACCT_ALLOCATED, &tres);
    } else {
        tres = requested;
    }
    if (tres.nodes == 0 && cells->cells[SACCT_NODES].length > 0) {
        good &= csv_integer(cells, SACCT_NODES, 0, TRACE_TASKS_MAX, &tres.nodes);
    }
    if (tres.cpus == 0 && cells->cells[SACCT_CPUS].length > 0) {
        good &= csv_integer(cells, SACCT_CPUS, 0, TRACE_TASKS_MAX, &tres.cpus);
    }
    if (!good) {
        return false;
    }
    if (tres.gpus > TRACE_GPUS_MAX) {
        return csv_refuse(cells, allocated ? SACCT_ALLOCATED : SACCT_REQUESTED, "range",
                          "expected at most 1000000 GPUs");
    }
    int line = cells->line.line;
    if (tres.shards > 0) {
        trace_count(trace, TRACE_SHARDS, line);
    }
    if (tres.mig) {
        trace_count(trace, TRACE_MIG_AS_GPU, line);
    }
    tasks_fill(trace, &tres, line, size);
    size->model_set = size->gpu_count > 0 ? model_set(trace->cluster, &requested) : 0;
    if (size->model_set != 0) {
        size->model_text = trace->cluster->model_name[__builtin_ctzll(size->model_set)];
    }
    return true;
}

/* ---- attempts -------------------------------------------------------------------------------- */

typedef struct IdQuery {
    const SacctJob *jobs;
    const char *wanted;
} IdQuery;

static bool id_is_wanted(const void *context, int32_t id)
{
    const IdQuery *query = context;
    return strcmp(query->jobs[id].row.name, query->wanted) == 0;
}

/* Is `later` another attempt of the job, as far as one can tell from times? */
static bool follows(const SacctJob *earlier, const SacctJob *later)
{
    int64_t end_ms =
        earlier->last_end_ms != TRACE_UNKNOWN ? earlier->last_end_ms : earlier->last_submit_ms;
    return later->last_submit_ms >= earlier->last_submit_ms &&
           later->last_submit_ms - end_ms <= REQUEUE_GAP_MS;
}

static int64_t run_time(const SacctJob *job)
{
    return job->row.duration_ms > 0 && job->row.duration_ms != TIME_NEVER ? job->row.duration_ms
                                                                          : 0;
}

/* The later attempt decides how long the job runs; the earlier one when it came and began. */
static void attempts_join(TraceReader *trace, SacctJob *earlier, const SacctJob *later)
{
    trace_count(trace, TRACE_REQUEUED, later->row.line);
    trace_lost(trace, &earlier->size, run_time(earlier));
    earlier->row.duration_ms = later->row.duration_ms;
    earlier->row.end = later->row.end;
    earlier->row.censored = later->row.censored;
    earlier->row.limit_ms = later->row.limit_ms;
    if (earlier->row.start_ms == TRACE_UNKNOWN) {
        earlier->row.start_ms = later->row.start_ms;
    }
    earlier->size = later->size;
    earlier->state = later->state;
    earlier->last_submit_ms = later->last_submit_ms;
    earlier->last_end_ms = later->last_end_ms;
}

/* False if memory ran out. */
static bool job_append(SacctReader *reader, const SacctJob *job, uint64_t hash, bool first_of_id)
{
    SacctJob *jobs = trace_grown(reader->jobs, reader->count, &reader->capacity, sizeof *jobs);
    if (jobs == NULL || (first_of_id && !intern_add(&reader->ids, hash, reader->count))) {
        reader->jobs = jobs != NULL ? jobs : reader->jobs;
        return false;
    }
    reader->jobs = jobs;
    reader->jobs[reader->count++] = *job;
    return true;
}

static bool job_collect(SacctReader *reader, SacctJob *job)
{
    IdQuery query = {reader->jobs, job->row.name};
    uint64_t hash = intern_text(0, job->row.name, strlen(job->row.name));
    int32_t first = intern_find(&reader->ids, hash, id_is_wanted, &query);
    job->previous = -1;
    for (int32_t known = first; known >= 0; known = reader->jobs[known].previous) {
        SacctJob *other = &reader->jobs[known];
        if (other->last_submit_ms == job->last_submit_ms) {
            trace_count(reader->trace, TRACE_EXPORTED_TWICE, job->row.line);
            if (other->row.censored && !job->row.censored) { /* the newer export knows the end */
                int32_t previous = other->previous;
                *other = *job;
                other->previous = previous;
            }
            return true;
        }
        if (follows(other, job)) {
            attempts_join(reader->trace, other, job);
            return true;
        }
        if (follows(job, other)) {
            SacctJob later = *other;
            *other = *job;
            other->previous = later.previous;
            attempts_join(reader->trace, other, &later);
            return true;
        }
    }
    if (first >= 0) { /* behind the one that the table knows */
        job->previous = reader->jobs[first].previous;
        reader->jobs[first].previous = reader->count;
    }
    return job_append(reader, job, hash, first < 0);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Why a row is no job that ran; TRACE_REASON_COUNT: it is one. */
static TraceReasonId left_out(const char *id, const SacctJob *job)
{
    if (strchr(id, '.') != NULL) {
        return TRACE_STEP;
    }
    if (strchr(id, '[') != NULL) {
        return TRACE_ARRAY_REMAINDER;
    }
    if (job->state == SLURM_REVOKED) {
        return TRACE_REVOKED;
    }
    if (job->state == SLURM_PENDING) {
        return TRACE_PENDING;
    }
    bool no_time = job->row.duration_ms == 0 && job->state == SLURM_CANCELLED;
    return job->row.start_ms == TRACE_UNKNOWN || no_time ? TRACE_NEVER_RAN : TRACE_REASON_COUNT;
}

static bool times_read(SacctReader *reader, const CsvRow *cells, SacctJob *job)
{
    int64_t eligible_ms = 0;
    int64_t end_ms = 0;
    TraceRow *row = &job->row;
    int line = row->line;
    bool good = time_read(reader, cells, SACCT_SUBMIT, &row->submit_ms);
    good &= time_read(reader, cells, SACCT_ELIGIBLE, &eligible_ms);
    good &= time_read(reader, cells, SACCT_START, &row->start_ms);
    good &= time_read(reader, cells, SACCT_END, &end_ms);
    good &= limit_read(cells, &row->limit_ms);
    int64_t elapsed_s = -1;
    if (cells->cells[SACCT_ELAPSED].length > 0) {
        good &= csv_integer(cells, SACCT_ELAPSED, 0, TRACE_TIME_MS_MAX / 1000, &elapsed_s);
    }
    if (good && row->submit_ms == TRACE_UNKNOWN) {
        good = csv_refuse(cells, SACCT_SUBMIT, "csv", "expected the time of submission");
    }
    if (!good) {
        return false;
    }
    job->last_submit_ms = row->submit_ms;
    if (eligible_ms != TRACE_UNKNOWN && eligible_ms < row->submit_ms) {
        trace_count(reader->trace, TRACE_ELIGIBLE_BEFORE_SUBMIT, line);
    } else if (eligible_ms != TRACE_UNKNOWN) {
        row->submit_ms = eligible_ms;
    }
    if (row->start_ms == TRACE_UNKNOWN) {
        return true;
    }
    row->start_ms = trace_clock_back(reader->trace, row->submit_ms, row->start_ms, line);
    row->censored = job->state == SLURM_RUNNING || end_ms == TRACE_UNKNOWN;
    if (end_ms == TRACE_UNKNOWN) {
        row->duration_ms = elapsed_s > 0 ? elapsed_s * 1000 : TRACE_UNKNOWN;
    } else {
        end_ms = trace_clock_back(reader->trace, row->start_ms, end_ms, line);
        row->duration_ms = end_ms - row->start_ms;
        if (elapsed_s >= 0 && elapsed_s * 1000 != row->duration_ms) {
            trace_count(reader->trace, TRACE_DURATION_DIFFERS, line);
        }
    }
    job->last_end_ms = end_ms;
    return true;
}

static JobEnd end_of(SlurmState state)
{
    switch (state) {
    case SLURM_FAILED:
    case SLURM_TIMED_OUT:
    case SLURM_MACHINE_FAULT:
        return JOB_END_FAILED;
    case SLURM_CANCELLED:
    case SLURM_PREEMPTED:
        return JOB_END_CANCELLED;
    default:
        return JOB_END_COMPLETED;
    }
}

static bool cell_text(TraceReader *trace, const CsvCell *cell, const char **text)
{
    if (cell->length > 0) {
        *text = trace_text(trace, cell->text, cell->length);
    }
    return cell->length == 0 || *text != NULL;
}

static bool sacct_row(void *self, const CsvRow *cells)
{
    SacctReader *reader = self;
    TraceReader *trace = reader->trace;
    const CsvCell *id = &cells->cells[SACCT_ID];
    SacctJob job = {.state = state_read(cells->cells[SACCT_STATE].text),
                    .last_end_ms = TRACE_UNKNOWN,
                    .row = {.line = cells->line.line, .start_ms = TRACE_UNKNOWN}};
    trace->stats->rows_read++;
    bool good = id->length > 0 || csv_refuse(cells, SACCT_ID, "csv", "expected a job number");
    good &= times_read(reader, cells, &job);
    if (!good) {
        return true;
    }
    TraceReasonId reason = left_out(id->text, &job);
    if (reason != TRACE_REASON_COUNT) {
        trace_saw(trace, job.row.submit_ms);
        trace_count(trace, reason, job.row.line);
        return true;
    }
    if (!size_read(reader, cells, &job.size)) {
        return true;
    }
    if (job.state == SLURM_UNKNOWN) {
        trace_count(trace, TRACE_STATE_UNKNOWN, job.row.line);
    }
    if (strchr(id->text, '+') != NULL) {
        trace_count(trace, TRACE_HET_COMPONENT, job.row.line);
    }
    job.row.end = (uint8_t)end_of(job.state);
    job.row.name = trace_name(trace, id->text, id->length);
    return job.row.name != NULL &&
           cell_text(trace, &cells->cells[SACCT_PARTITION], &job.row.queue) &&
           cell_text(trace, &cells->cells[SACCT_USER], &job.row.user) && job_collect(reader, &job);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool jobs_hand_over(SacctReader *reader)
{
    TraceReader *trace = reader->trace;
    for (int32_t i = 0; i < reader->count; i++) {
        const SacctJob *job = &reader->jobs[i];
        if (job->state == SLURM_TIMED_OUT) {
            trace_count(trace, TRACE_TIMED_OUT, job->row.line);
        } else if (job->state == SLURM_MACHINE_FAULT) {
            trace_count(trace, TRACE_MACHINE_FAULT, job->row.line);
        } else if (job->state == SLURM_PREEMPTED) {
            trace_count(trace, TRACE_PREEMPTED, job->row.line);
        }
        if (!trace_job(trace, job->row, &job->size)) {
            return false;
        }
    }
    return true;
}

/* An export with --truncate has its window instead of starts and ends. */
static void truncated_warn(const SacctReader *reader)
{
    int64_t first = INT64_MAX;
    int64_t last = INT64_MIN;
    for (int32_t i = 0; i < reader->count; i++) {
        const SacctJob *job = &reader->jobs[i];
        first = job->row.start_ms < first ? job->row.start_ms : first;
        last = job->last_end_ms > last ? job->last_end_ms : last;
    }
    int32_t begin_first = 0;
    int32_t end_last = 0;
    for (int32_t i = 0; i < reader->count; i++) {
        begin_first += reader->jobs[i].row.start_ms == first;
        end_last += reader->jobs[i].last_end_ms == last;
    }
    if (begin_first >= TRUNCATED_JOBS && end_last >= TRUNCATED_JOBS && last != INT64_MIN) {
        diagnostics_warning(reader->trace->diagnostics,
                            (Place){.file = reader->trace->options->path}, "truncated",
                            TRUNCATE_HELP,
                            "%d jobs start in the first second and %d end in the last: their "
                            "times may be cut to the window of the export",
                            (int)begin_first, (int)end_last);
    }
}

static Status sacct_read(TraceReader *trace)
{
    SacctReader reader = {.trace = trace};
    intern_init(&reader.ids);
    trace->has_calendar = true;
    CsvHandler handler = {.columns = columns,
                          .column_count = SACCT_COLUMNS,
                          .delimiter = '|',
                          .row = sacct_row,
                          .self = &reader};
    Status status = csv_read(trace->options->path, &handler, trace->diagnostics);
    if (status == STATUS_OK && !jobs_hand_over(&reader)) {
        status = diagnostics_no_memory(trace->diagnostics);
    }
    if (status == STATUS_OK) {
        truncated_warn(&reader);
    }
    intern_free(&reader.ids);
    free(reader.jobs);
    return status;
}

const TraceFormat trace_sacct = {
    .name = "sacct",
    .summary = "Slurm accounting: sacct --parsable2 --allocations [--duplicates]",
    .read = sacct_read,
};
