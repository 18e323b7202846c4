/* fit_compare.c - the log beside a sample drawn from its fit: what the figures do not say shows
 * here. */
#include <math.h>
#include <stdlib.h>

#include "traces/fit.h"

#define WINDOWS_LEAST 10

static int compare(const void *va, const void *vb)
{
    double a = *(const double *)va;
    double b = *(const double *)vb;
    return a < b ? -1 : a > b;
}

/* One side of the comparison, as columns. */
typedef struct Side {
    size_t count;
    int64_t *submit_ms; /* ascending */
    double *duration_ms, *gpus;
    double *gap_ms;   /* [count - 1] sorted */
    double *duration; /* [count] sorted */
} Side;

static bool side_alloc(Side *side, size_t count)
{
    *side = (Side){.count = count,
                   .submit_ms = malloc((count + 1) * sizeof(int64_t)),
                   .duration_ms = malloc((count + 1) * sizeof(double)),
                   .gpus = malloc((count + 1) * sizeof(double)),
                   .gap_ms = malloc((count + 1) * sizeof(double)),
                   .duration = malloc((count + 1) * sizeof(double))};
    return side->submit_ms != NULL && side->duration_ms != NULL && side->gpus != NULL &&
           side->gap_ms != NULL && side->duration != NULL;
}

static void side_free(Side *side)
{
    free(side->submit_ms);
    free(side->duration_ms);
    free(side->gpus);
    free(side->gap_ms);
    free(side->duration);
}

static void side_sort(Side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        side->duration[i] = side->duration_ms[i];
        if (i > 0) {
            side->gap_ms[i - 1] = (double)(side->submit_ms[i] - side->submit_ms[i - 1]);
        }
    }
    qsort(side->duration, side->count, sizeof(double), compare);
    qsort(side->gap_ms, side->count - 1, sizeof(double), compare);
}

/* Variance over mean of the counts in whole windows from the first job on. */
static double dispersion(const Side *side, int64_t window_ms)
{
    int64_t first = side->submit_ms[0];
    int64_t windows = (side->submit_ms[side->count - 1] - first) / window_ms;
    if (windows < WINDOWS_LEAST) {
        return 0.0;
    }
    double jobs = 0.0;
    double squares = 0.0;
    for (size_t i = 0; i < side->count;) {
        int64_t window = (side->submit_ms[i] - first) / window_ms;
        double count = 0.0;
        for (; i < side->count && (side->submit_ms[i] - first) / window_ms == window; i++) {
            count++;
        }
        if (window < windows) { /* the last one is cut off */
            jobs += count;
            squares += count * count;
        }
    }
    double mean = jobs / (double)windows;
    return mean > 0.0 ? (squares / (double)windows - mean * mean) / mean : 0.0;
}

static double gap_spread(const Side *side)
{
    double n = (double)(side->count - 1);
    double sum = 0.0;
    double squares = 0.0;
    for (size_t i = 0; i + 1 < side->count; i++) {
        sum += side->gap_ms[i];
        squares += side->gap_ms[i] * side->gap_ms[i];
    }
    double mean = sum / n;
    return mean > 0.0 ? sqrt(fmax(squares / n - mean * mean, 0.0)) / mean : 0.0;
}

static bool side_tell(Side *side, int which, FitLikeness *likeness)
{
    side_sort(side);
    likeness->jobs[which] = (int64_t)side->count;
    for (int i = 0; i < FIT_WINDOWS; i++) {
        likeness->dispersion[which][i] = dispersion(side, FIT_WINDOW_MS[i]);
    }
    likeness->gap_cv[which] = gap_spread(side);
    double work = 0.0;
    for (size_t i = 0; i < side->count; i++) {
        work += side->duration_ms[i] * side->gpus[i];
    }
    likeness->gpu_hours[which] = work / 3600000.0;
    return fit_spearman(side->gpus, side->duration_ms, side->count, &likeness->spearman[which]);
}

static void side_of_log(Side *side, const FitJobs *log)
{
    for (int32_t i = 0; i < log->count; i++) {
        side->submit_ms[i] = log->jobs[i].submit_ms;
        side->duration_ms[i] = (double)log->jobs[i].duration_ms;
        side->gpus[i] = (double)log->jobs[i].gpu_milli / 1000.0;
    }
}

static void side_of_draw(Side *side, const RequestList *drawn)
{
    for (int32_t i = 0; i < drawn->count; i++) {
        const Request *row = &drawn->rows[i];
        side->submit_ms[i] = row->submit_ms;
        side->duration_ms[i] = (double)row->duration_ms;
        side->gpus[i] = (double)row->gpu_milli * row->gpu_count * row->task_count / 1000.0;
    }
}

bool fit_compare(const FitJobs *log, const FitOptions *options, TraceFit *fit,
                 Diagnostics *diagnostics)
{
    SyntheticDraw draw = {.seed = options->seed, .horizon_ms = TIME_NEVER};
    RequestList drawn;
    if (synthetic_draw(fit->spec, &draw, diagnostics, &drawn) != STATUS_OK) {
        return false;
    }
    Side real;
    Side made;
    bool enough = side_alloc(&real, (size_t)log->count);
    enough = side_alloc(&made, (size_t)drawn.count) && enough;
    if (enough) {
        side_of_log(&real, log);
        side_of_draw(&made, &drawn);
        enough = side_tell(&real, 0, &fit->likeness) && side_tell(&made, 1, &fit->likeness);
        fit->likeness.gap_ks =
            distance_ks_samples(real.gap_ms, real.count - 1, made.gap_ms, made.count - 1);
        fit->likeness.duration_ks =
            distance_ks_samples(real.duration, real.count, made.duration, made.count);
    }
    side_free(&real);
    side_free(&made);
    free(drawn.rows);
    return enough;
}
