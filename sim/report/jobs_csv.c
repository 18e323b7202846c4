/* jobs_csv.c - one line a job, or one line a policy pass, for people who look for themselves. */
#include <inttypes.h>

#include "core/world.h"
#include "sim/experiment/expect.h"
#include "sim/report/atomic_file.h"
#include "sim/report/grid.h"
#include "sim/report/printers.h"
#include "sim/report/report.h"

/* 1500 ms -> "1.5"; exact, no trailing zeros; empty for TIME_NEVER. */
static void put_thousandths(int64_t value, FILE *stream)
{
    if (value == TIME_NEVER) {
        return;
    }
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    fprintf(stream, "%s%" PRIu64, value < 0 ? "-" : "", size / 1000);
    int rest = (int)(size % 1000), digits = 3;
    while (rest > 0 && rest % 10 == 0) {
        rest /= 10;
        digits--;
    }
    if (rest > 0) {
        fprintf(stream, ".%0*d", digits, rest);
    }
}

/* Does the result hold more than one table of this kind? Then each line says which it is from. */
typedef struct Origin {
    bool named;
    const char *variant;
    uint32_t replication;
} Origin;

static void origin_put(const Origin *origin, FILE *stream)
{
    if (origin->named) {
        fputc(',', stream);
        csv_field(origin->variant, stream);
        fprintf(stream, ",%" PRIu32, origin->replication);
    }
    fputc('\n', stream);
}

static void job_put(const JobColumns *jobs, int32_t i, FILE *stream)
{
    csv_field(jobs->job[i], stream);
    fputc(',', stream);
    csv_field(jobs->queue[i] != NULL ? jobs->queue[i] : "", stream);
    fputc(',', stream);
    csv_field(jobs->user != NULL ? jobs->user[i] : "", stream);
    fputc(',', stream);
    put_thousandths(jobs->submit_ms[i], stream);
    fputc(',', stream);
    put_thousandths(jobs->start_ms[i], stream);
    fputc(',', stream);
    put_thousandths(jobs->end_ms[i], stream);
    fprintf(stream, ",%s,%" PRId32 ",", job_state_name(jobs->state[i]), jobs->attempts[i]);
    put_thousandths(jobs->gpu_milli[i], stream);
    fputc(',', stream);
    csv_field(jobs->nodes[i] != NULL ? jobs->nodes[i] : "", stream);
    fputc(',', stream);
    put_thousandths(jobs->start_ms[i] == TIME_NEVER ? TIME_NEVER
                                                    : jobs->start_ms[i] - jobs->submit_ms[i],
                    stream);
    fputc(',', stream);
    csv_number(jobs->productive_gpu_s[i], stream);
    fputc(',', stream);
    csv_number(jobs->lost_gpu_s[i], stream);
    fputc(',', stream);
    csv_field(jobs->reason[i] != NULL ? jobs->reason[i] : "", stream);
}

static void jobs_put(const ReplicationResult *one, const Origin *origin, FILE *stream)
{
    const JobColumns *jobs = one->jobs;
    for (int32_t i = 0; jobs != NULL && i < jobs->count; i++) {
        if (jobs->state[i] != JOB_FUTURE) { /* never submitted within the run */
            job_put(jobs, i, stream);
            origin_put(origin, stream);
        }
    }
}

static void series_put(const ReplicationResult *one, const Origin *origin, FILE *stream)
{
    const SeriesColumns *series = one->series;
    for (int32_t i = 0; series != NULL && i < series->count; i++) {
        put_thousandths(series->time_ms[i], stream);
        fputc(',', stream);
        put_thousandths(series->arrived_milli[i], stream);
        fputc(',', stream);
        put_thousandths(series->used_milli[i], stream);
        fputc(',', stream);
        put_thousandths(series->idle_milli[i], stream);
        fputc(',', stream);
        csv_number(series->fragmented_milli[i] / 1000, stream);
        fprintf(stream, ",%" PRId32, series->jobs_waiting[i]);
        origin_put(origin, stream);
    }
}

typedef struct Export {
    const char *header;
    bool (*kept)(const ReplicationResult *one);
    void (*put)(const ReplicationResult *one, const Origin *origin, FILE *stream);
} Export;

static bool jobs_kept(const ReplicationResult *one)
{
    return one->status == STATUS_OK && one->jobs != NULL;
}

static bool series_kept(const ReplicationResult *one)
{
    return one->status == STATUS_OK && one->series != NULL;
}

static const Export JOBS_EXPORT = {"job,queue,user,submit_s,start_s,end_s,state,attempts,gpus,"
                                   "nodes,wait_s,productive_gpu_s,lost_gpu_s,reason",
                                   jobs_kept, jobs_put};
static const Export SERIES_EXPORT = {
    "time_s,arrived_gpus,used_gpus,idle_gpus,fragmented_gpus,jobs_waiting", series_kept,
    series_put};

static Status export_write(const ExperimentResult *result, const Export *export, const char *path,
                           Diagnostics *diagnostics)
{
    int tables = 0;
    for (int32_t v = 0; v < result->variant_count; v++) {
        for (int32_t r = 0; r < result->variants[v].replication_count; r++) {
            tables += export->kept(&result->variants[v].replications[r]);
        }
    }
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    fprintf(file.stream, "%s%s\n", export->header, tables > 1 ? ",variant,replication" : "");
    for (int32_t v = 0; v < result->variant_count; v++) {
        for (int32_t r = 0; r < result->variants[v].replication_count; r++) {
            const ReplicationResult *one = &result->variants[v].replications[r];
            if (export->kept(one)) {
                Origin origin = {tables > 1, result->variants[v].name, one->replication};
                export->put(one, &origin, file.stream);
            }
        }
    }
    return atomic_file_commit(&file, diagnostics);
}

Status jobs_csv_write(const ExperimentResult *result, const char *path, Diagnostics *diagnostics)
{
    return export_write(result, &JOBS_EXPORT, path, diagnostics);
}

Status series_csv_write(const ExperimentResult *result, const char *path, Diagnostics *diagnostics)
{
    return export_write(result, &SERIES_EXPORT, path, diagnostics);
}
