/* run_tables.c - the tables that `explain` asks, read and checked. */
#include "sim/report/run_tables.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/job.h"
#include "core/policy.h"
#include "core/verdict.h"
#include "core/world.h"
#include "sim/experiment/result.h"
#include "sim/report/hdf5_read_columns.h"

/* What no run holds; sums of products below them do not overflow 128 bits. */
#define TIME_BOUND ((int64_t)1 << 46)  /* ms: 2,200 years */
#define MILLI_BOUND ((int64_t)1 << 40) /* a thousand million GPUs */

static bool time_possible(int64_t time_ms)
{
    return time_ms > -TIME_BOUND && time_ms < TIME_BOUND;
}

static void jobs_columns(TableReader *reader, JobRows *jobs)
{
    jobs->job = table_texts(reader, "job");
    jobs->queue = table_texts(reader, "queue");
    jobs->nodes = table_texts(reader, "nodes");
    jobs->reason = table_texts(reader, "reason");
    jobs->devices = table_has(reader, "devices") ? table_texts(reader, "devices") : NULL;
    jobs->user = table_has(reader, "user") ? table_texts(reader, "user") : NULL;
    jobs->submit_ms = table_integers(reader, "submit_ms");
    jobs->start_ms = table_integers(reader, "start_ms");
    jobs->end_ms = table_integers(reader, "end_ms");
    jobs->gpu_milli = table_integers(reader, "gpu_milli");
    jobs->first_fit_ms = table_integers(reader, "first_fit_ms");
    jobs->state = table_counts(reader, "state");
    jobs->attempts = table_counts(reader, "attempts");
    jobs->priority = table_has(reader, "priority") ? table_counts(reader, "priority") : NULL;
    jobs->job_class = table_counts(reader, "class");
    jobs->tasks = table_has(reader, "tasks") ? table_counts(reader, "tasks") : NULL;
    jobs->productive_gpu_s = table_reals(reader, "productive_gpu_s");
    jobs->lost_gpu_s = table_reals(reader, "lost_gpu_s");
    jobs->count = reader->rows;
}

static bool time_or_never(int64_t time_ms)
{
    return time_ms == TIME_NEVER || time_possible(time_ms);
}

static void jobs_check(TableReader *reader, const JobRows *jobs)
{
    for (int64_t i = 0; reader->status == STATUS_OK && i < jobs->count; i++) {
        if (!time_possible(jobs->submit_ms[i])) {
            table_damaged(reader, "submit_ms", "holds an impossible time");
        } else if (!time_or_never(jobs->start_ms[i])) {
            table_damaged(reader, "start_ms", "holds an impossible time");
        } else if (!time_or_never(jobs->end_ms[i])) {
            table_damaged(reader, "end_ms", "holds an impossible time");
        } else if (!time_or_never(jobs->first_fit_ms[i])) {
            table_damaged(reader, "first_fit_ms", "holds an impossible time");
        } else if (jobs->state[i] < 0 || jobs->state[i] > JOB_SUSPENDED) {
            table_damaged(reader, "state", "holds an unknown code");
        } else if (jobs->gpu_milli[i] < 0 || jobs->gpu_milli[i] > MILLI_BOUND) {
            table_damaged(reader, "gpu_milli", "holds an impossible amount");
        } else if (jobs->tasks != NULL && jobs->tasks[i] < 1) {
            table_damaged(reader, "tasks", "holds an impossible number");
        }
    }
}

static void intervals_columns(TableReader *reader, IntervalRows *rows)
{
    rows->job = table_counts(reader, "job");
    rows->job_class = table_counts(reader, "class");
    rows->from_ms = table_integers(reader, "from_ms");
    rows->to_ms = table_integers(reader, "to_ms");
    rows->state = table_counts(reader, "state");
    rows->reason = table_counts(reader, "reason");
    rows->detail = table_counts(reader, "detail");
    rows->free_milli =
        table_has(reader, "free_milli") ? table_integers(reader, "free_milli") : NULL;
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        char name[64];
        snprintf(name, sizeof name, "excluded_%s", dimension_name((GpDimension)d));
        rows->excluded[d] = table_counts(reader, name);
    }
    rows->count = reader->rows;
    rows->left_out = table_attribute(reader, "rows_left_out");
}

static bool detail_known(int32_t reason, int32_t detail)
{
    int32_t most = reason == REASON_BLOCKED ? (int32_t)BLOCK_REASON_COUNT
                   : reason == REASON_NONE  ? (int32_t)STOP_FAILED
                                            : (int32_t)GP_DIMENSION_COUNT;
    return detail >= 0 && detail <= most;
}

static void intervals_check(TableReader *reader, const IntervalRows *rows, int64_t job_count)
{
    for (int64_t i = 0; reader->status == STATUS_OK && i < rows->count; i++) {
        if (rows->job[i] < -1 || rows->job[i] >= job_count) {
            table_damaged(reader, "job", "names a row that the table of jobs has not");
        } else if (!time_possible(rows->from_ms[i]) || !time_possible(rows->to_ms[i]) ||
                   rows->to_ms[i] < rows->from_ms[i]) {
            table_damaged(reader, "to_ms", "holds an impossible time");
        } else if (rows->state[i] < 0 || rows->state[i] > INTERVAL_DELAYED) {
            table_damaged(reader, "state", "holds an unknown code");
        } else if (rows->reason[i] < 0 || rows->reason[i] > REASON_NO_ROOM) {
            table_damaged(reader, "reason", "holds an unknown code");
        } else if (!detail_known(rows->reason[i], rows->detail[i])) {
            table_damaged(reader, "detail", "holds an unknown code");
        }
    }
}

/* Every class has a job, so there are no more classes than rows. */
static void classes_check(TableReader *reader, const int32_t *classes, int64_t count,
                          int64_t class_bound)
{
    for (int64_t i = 0; reader->status == STATUS_OK && i < count; i++) {
        if (classes[i] < 0 || classes[i] >= class_bound) {
            table_damaged(reader, "class", "holds an impossible number");
        }
    }
}

static void attempts_read(TableReader *reader, AttemptRows *rows, int64_t job_count)
{
    rows->job = table_counts(reader, "job");
    rows->from_ms = table_integers(reader, "from_ms");
    rows->to_ms = table_integers(reader, "to_ms");
    rows->nodes = table_texts(reader, "nodes");
    rows->devices = table_texts(reader, "devices");
    for (int64_t i = 0; reader->status == STATUS_OK && i < reader->rows; i++) {
        if (rows->job[i] < 0 || rows->job[i] >= job_count) {
            table_damaged(reader, "job", "names a row that the table of jobs has not");
        }
    }
    rows->count = reader->status == STATUS_OK ? reader->rows : 0;
}

static void hits_read(TableReader *reader, HitRows *rows, int64_t job_count)
{
    rows->job = table_counts(reader, "job");
    rows->at_ms = table_integers(reader, "at_ms");
    rows->component = table_texts(reader, "component");
    rows->node = table_texts(reader, "node");
    rows->lost_gpu_s = table_reals(reader, "lost_gpu_s");
    rows->hung_gpu_s = table_reals(reader, "hung_gpu_s");
    for (int64_t i = 0; reader->status == STATUS_OK && i < reader->rows; i++) {
        if (rows->job[i] < 0 || rows->job[i] >= job_count) {
            table_damaged(reader, "job", "names a row that the table of jobs has not");
        } else if (!time_possible(rows->at_ms[i])) {
            table_damaged(reader, "at_ms", "holds an impossible time");
        }
    }
    rows->count = reader->status == STATUS_OK ? reader->rows : 0;
}

static void ledger_read(TableReader *reader, LedgerHours *rows)
{
    rows->account = table_texts(reader, "account");
    rows->sub_account = table_texts(reader, "sub_account");
    rows->gpu_hours = table_reals(reader, "gpu_hours");
    rows->count = reader->status == STATUS_OK ? reader->rows : 0;
}

static Status table_missing(const ResultFile *file, const char *table, const char *variant,
                            Diagnostics *diagnostics)
{
    return diagnostics_error(diagnostics, (Place){.file = file->path}, "result-file",
                             "run the scenario again with this gpuplan and `-o FILE`",
                             "has no table of %s for variant `%s`, so it cannot be explained",
                             table, variant);
}

typedef struct Source {
    const ResultFile *file;
    hid_t replication;
    const char *variant;
    Diagnostics *diagnostics;
} Source;

static Status jobs_load(RunTables *tables, const Source *from)
{
    TableReader reader;
    if (!table_open(&reader, from->file, from->replication, "jobs", from->diagnostics)) {
        return table_missing(from->file, "jobs", from->variant, from->diagnostics);
    }
    jobs_columns(&reader, &tables->jobs);
    jobs_check(&reader, &tables->jobs);
    classes_check(&reader, tables->jobs.job_class, tables->jobs.count, tables->jobs.count);
    table_close(&reader);
    return reader.status;
}

static Status intervals_load(RunTables *tables, const Source *from)
{
    TableReader reader;
    if (!table_open(&reader, from->file, from->replication, "intervals", from->diagnostics)) {
        return table_missing(from->file, "intervals", from->variant, from->diagnostics);
    }
    intervals_columns(&reader, &tables->intervals);
    intervals_check(&reader, &tables->intervals, tables->jobs.count);
    classes_check(&reader, tables->intervals.job_class, tables->intervals.count,
                  tables->jobs.count);
    table_close(&reader);
    return reader.status;
}

static Status others_load(RunTables *tables, const Source *from)
{
    TableReader attempts, ledger, hits;
    if (table_open(&hits, from->file, from->replication, "job_faults", from->diagnostics)) {
        hits_read(&hits, &tables->hits, tables->jobs.count);
    }
    table_close(&hits);
    if (hits.status != STATUS_OK) {
        return hits.status;
    }
    if (table_open(&attempts, from->file, from->replication, "attempts", from->diagnostics)) {
        attempts_read(&attempts, &tables->attempts, tables->jobs.count);
    }
    table_close(&attempts);
    if (attempts.status != STATUS_OK) {
        return attempts.status;
    }
    if (!table_open(&ledger, from->file, from->replication, "ledger", from->diagnostics)) {
        return table_missing(from->file, "ledger", from->variant, from->diagnostics);
    }
    ledger_read(&ledger, &tables->ledger);
    table_close(&ledger);
    return ledger.status;
}

Status run_tables_read(RunTables *tables, const char *path, const char *variant,
                       Diagnostics *diagnostics)
{
    *tables = (RunTables){0};
    ResultFile file;
    Status status = result_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    Source from = {&file, result_file_first_replication(&file, variant), variant, diagnostics};
    status = from.replication >= 0 ? jobs_load(tables, &from)
                                   : table_missing(&file, "jobs", variant, diagnostics);
    status = status == STATUS_OK ? intervals_load(tables, &from) : status;
    status = status == STATUS_OK ? others_load(tables, &from) : status;
    if (from.replication >= 0) {
        H5Gclose(from.replication);
    }
    result_file_close(&file);
    return status;
}

Status run_tables_read_jobs(RunTables *tables, const char *path, const char *variant, bool *there,
                            Diagnostics *diagnostics)
{
    *tables = (RunTables){0};
    *there = false;
    ResultFile file;
    Status status = result_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    Source from = {&file, result_file_first_replication(&file, variant), variant, diagnostics};
    *there = from.replication >= 0 && H5Lexists(from.replication, "jobs", H5P_DEFAULT) > 0;
    status = *there ? jobs_load(tables, &from) : STATUS_OK;
    if (from.replication >= 0) {
        H5Gclose(from.replication);
    }
    result_file_close(&file);
    return status;
}

void run_tables_free(RunTables *tables)
{
    JobRows *jobs = &tables->jobs;
    IntervalRows *intervals = &tables->intervals;
    AttemptRows *attempts = &tables->attempts;
    LedgerHours *ledger = &tables->ledger;
    HitRows *hits = &tables->hits;
    void *const all[] = {jobs->job,
                         hits->job,
                         hits->at_ms,
                         hits->component,
                         hits->node,
                         hits->lost_gpu_s,
                         hits->hung_gpu_s,
                         jobs->queue,
                         jobs->nodes,
                         jobs->devices,
                         jobs->reason,
                         jobs->user,
                         jobs->submit_ms,
                         jobs->start_ms,
                         jobs->end_ms,
                         jobs->gpu_milli,
                         jobs->first_fit_ms,
                         jobs->state,
                         jobs->attempts,
                         jobs->priority,
                         jobs->job_class,
                         jobs->tasks,
                         jobs->lost_gpu_s,
                         intervals->job,
                         intervals->job_class,
                         intervals->state,
                         intervals->reason,
                         intervals->detail,
                         intervals->from_ms,
                         intervals->to_ms,
                         attempts->job,
                         attempts->from_ms,
                         attempts->to_ms,
                         attempts->nodes,
                         attempts->devices,
                         ledger->account,
                         ledger->sub_account,
                         ledger->gpu_hours,
                         jobs->productive_gpu_s,
                         intervals->free_milli};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]);
    }
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        free(intervals->excluded[d]);
    }
    *tables = (RunTables){0};
}
