/* fit.c - from a log to what a generator is told. */
#include "traces/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "traces/fit_people.h"

#define WEEK_MS INT64_C(604800000)

const int64_t FIT_WINDOW_MS[FIT_WINDOWS] = {60000, 600000, 3600000, 86400000};

/* ---- shares ---------------------------------------------------------------------------------- */

void fit_shares(const int64_t *counts, int32_t count, int32_t *ppm)
{
    int64_t total = 0;
    for (int32_t i = 0; i < count; i++) {
        total += counts[i];
    }
    int32_t left = GP_PPM;
    for (int32_t i = 0; i < count; i++) {
        ppm[i] = total > 0 ? (int32_t)(counts[i] * GP_PPM / total) : 0;
        left -= ppm[i];
    }
    for (; left > 0; left--) { /* fewer than `count` are left over */
        int32_t best = 0;
        int64_t most = -1;
        for (int32_t i = 0; i < count; i++) {
            int64_t missing = total > 0 ? counts[i] * GP_PPM - (int64_t)ppm[i] * total : 0;
            if (missing > most) {
                most = missing;
                best = i;
            }
        }
        ppm[best]++;
    }
}

bool fit_spearman(const double *a, const double *b, size_t count, double *rho)
{
    *rho = 0.0;
    if (count < 2) {
        return true;
    }
    double *work = malloc(2 * count * sizeof *work);
    if (work == NULL) {
        return false;
    }
    double found = gsl_stats_spearman(a, 1, b, 1, count, work);
    *rho = isfinite(found) ? found : 0.0;
    free(work);
    return true;
}

/* ---- sizes ----------------------------------------------------------------------------------- */

typedef struct SizeCount {
    int32_t gpu_milli;
    int64_t jobs;
} SizeCount;

static int size_compare(const void *va, const void *vb)
{
    const SizeCount *a = va;
    const SizeCount *b = vb;
    return a->gpu_milli < b->gpu_milli ? -1 : a->gpu_milli > b->gpu_milli;
}

static int milli_compare(const void *va, const void *vb)
{
    int32_t a = *(const int32_t *)va;
    int32_t b = *(const int32_t *)vb;
    return a < b ? -1 : a > b;
}

/* Distinct sizes ascending into counts[]; returns how many. */
static int32_t sizes_count(const FitJobs *log, int32_t *scratch, SizeCount *counts)
{
    for (int32_t i = 0; i < log->count; i++) {
        scratch[i] = log->jobs[i].gpu_milli;
    }
    qsort(scratch, (size_t)log->count, sizeof *scratch, milli_compare);
    int32_t count = 0;
    for (int32_t i = 0; i < log->count; i++) {
        if (count == 0 || counts[count - 1].gpu_milli != scratch[i]) {
            counts[count++] = (SizeCount){scratch[i], 0};
        }
        counts[count - 1].jobs++;
    }
    return count;
}

/* The rarest size joins the nearer neighbour until few enough are left. */
static int32_t sizes_merge(FitJobs *log, SizeCount *counts, int32_t count, TraceFit *fit)
{
    while (count > FIT_SIZES_MAX) {
        int32_t rare = 0;
        for (int32_t i = 1; i < count; i++) {
            rare = counts[i].jobs < counts[rare].jobs ? i : rare;
        }
        bool up = rare == 0 ||
                  (rare + 1 < count && counts[rare + 1].gpu_milli - counts[rare].gpu_milli <
                                           counts[rare].gpu_milli - counts[rare - 1].gpu_milli);
        int32_t into = up ? rare + 1 : rare - 1;
        for (int32_t i = 0; i < log->count; i++) {
            if (log->jobs[i].gpu_milli == counts[rare].gpu_milli) {
                log->jobs[i].gpu_milli = counts[into].gpu_milli;
            }
        }
        counts[into].jobs += counts[rare].jobs;
        memmove(&counts[rare], &counts[rare + 1], (size_t)(count - rare - 1) * sizeof *counts);
        count--;
        fit->merged_sizes++;
    }
    qsort(counts, (size_t)count, sizeof *counts, size_compare);
    return count;
}

/* ---- the generator --------------------------------------------------------------------------- */

static bool spec_new(Reading *reading, Arena *arena, TraceFit *fit)
{
    FitJobs *log = &reading->jobs;
    int32_t *scratch = malloc((size_t)log->count * sizeof *scratch);
    SizeCount *sizes = malloc((size_t)log->count * sizeof *sizes);
    const char *names[FIT_QUEUES_MAX];
    int64_t counts[FIT_QUEUES_MAX];
    int32_t ppm[FIT_QUEUES_MAX];
    int32_t queue_count = queues_rank(reading, names, counts, fit);
    bool enough = scratch != NULL && sizes != NULL && queue_count > 0;
    if (enough) {
        int32_t size_count = sizes_merge(log, sizes, sizes_count(log, scratch, sizes), fit);
        fit->spec = synthetic_new(arena, size_count, queue_count);
        enough = fit->spec != NULL;
        for (int32_t i = 0; enough && i < queue_count; i++) {
            fit->spec->queues[i].name = names[i];
        }
        fit_shares(counts, queue_count, ppm);
        for (int32_t i = 0; enough && i < queue_count; i++) {
            fit->spec->queues[i].share_ppm = ppm[i];
        }
        for (int32_t i = 0; enough && i < size_count; i++) {
            fit->spec->sizes[i].gpu_milli_total = sizes[i].gpu_milli;
            counts[i] = sizes[i].jobs;
        }
        fit_shares(counts, size_count, ppm);
        for (int32_t i = 0; enough && i < size_count; i++) {
            fit->spec->sizes[i].share_ppm = ppm[i];
            size_split(&fit->spec->sizes[i], 0);
        }
    }
    free(scratch);
    free(sizes);
    return enough;
}

/* The log's first job is at 0, and the week offset knows it. */
static FitOptions times_start(FitJobs *log, const FitOptions *options)
{
    FitOptions shifted = *options;
    int64_t first_ms = log->jobs[0].submit_ms;
    shifted.week_offset_ms = (options->week_offset_ms + first_ms) % WEEK_MS;
    shifted.week_offset_ms += shifted.week_offset_ms < 0 ? WEEK_MS : 0;
    for (int32_t i = 0; i < log->count; i++) {
        log->jobs[i].submit_ms -= first_ms;
    }
    return shifted;
}

static Status log_check(const FitJobs *log, const TraceFit *fit, Diagnostics *diagnostics)
{
    Place nowhere = {0};
    if (log->count == 0) {
        return diagnostics_error(diagnostics, nowhere, "fit", "see `gpuplan trace stats`",
                                 "the log has no job with GPUs and an end (of %lld)",
                                 (long long)fit->rows);
    }
    if (log->jobs[0].submit_ms == log->jobs[log->count - 1].submit_ms) {
        return diagnostics_error(diagnostics, nowhere, "fit",
                                 "arrivals need jobs of at least two different times",
                                 log->count == 1 ? "the log has one job only"
                                                 : "all jobs were submitted at the same time");
    }
    return STATUS_OK;
}

static bool parts_fit(Reading *reading, const FitOptions *options, Arena *arena, TraceFit *fit,
                      Diagnostics *diagnostics)
{
    FitJobs *log = &reading->jobs;
    if (!spec_new(reading, arena, fit) || !fit_arrivals(log, options, &fit->arrivals)) {
        return false;
    }
    fit->spec->count = log->count;
    return fit_classes(log, options, arena, fit) && users_fit(log, arena, fit) &&
           fit_refine(options, fit, diagnostics) && fit_compare(log, options, fit, diagnostics);
}

Status trace_fit(const RequestList *log, const FitOptions *options, Arena *arena,
                 Diagnostics *diagnostics, TraceFit *fit)
{
    Reading reading;
    reading_init(&reading, log);
    *fit = (TraceFit){0};
    Status status = reading_take(&reading, fit) ? STATUS_OK : diagnostics_no_memory(diagnostics);
    if (status == STATUS_OK) {
        status = log_check(&reading.jobs, fit, diagnostics);
    }
    if (status == STATUS_OK) {
        FitOptions shifted = times_start(&reading.jobs, options);
        status = parts_fit(&reading, &shifted, arena, fit, diagnostics)
                     ? diagnostics_status(diagnostics)
                     : diagnostics_no_memory(diagnostics);
    }
    reading_free(&reading);
    return status;
}
