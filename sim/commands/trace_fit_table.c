/* trace_fit_table.c - what was fitted, how far each figure is off, and the log beside a sample. */
#include "sim/commands/trace_fit_table.h"

#include <math.h>

#include "core/units.h"

#define KS_FIVE_PERCENT 1.358 /* / sqrt(n): Smirnov's limit distribution */

static const char *gpus_text(int32_t milli, char *buffer, int size)
{
    return quantity_print(milli, UNIT_GPUS_MILLI, buffer, size);
}

/* ---- jobs and arrivals ----------------------------------------------------------------------- */

static void jobs_print(const TraceFit *fit, const TraceOptions *log, FILE *stream)
{
    fprintf(stream, "%s (%s): %lld jobs fitted of %lld", log->path, log->format,
            (long long)fit->jobs, (long long)fit->rows);
    if (fit->jobs < fit->rows) {
        fprintf(stream, " (left out: %lld without GPUs, %lld without a known end or carried over)",
                (long long)fit->without_gpus, (long long)fit->without_end);
    }
    putc('\n', stream);
    if (fit->merged_sizes > 0) {
        fprintf(stream, "%d rare sizes joined their neighbours\n", (int)fit->merged_sizes);
    }
    if (fit->small_queues > 0) {
        fprintf(stream, "%lld jobs of rare queues joined another\n", (long long)fit->small_queues);
    }
}

static void profile_print(const char *name, const double *factor, int count, bool known,
                          FILE *stream)
{
    fprintf(stream, "  %-24s", name);
    if (!known) {
        fputs("not fitted: the log is too short, or its times are no dates\n", stream);
        return;
    }
    for (int i = 0; i < count; i++) {
        fprintf(stream, " %.2f%s", factor[i],
                count > 12 && i == 11 ? "\n                          " : "");
    }
    putc('\n', stream);
}

static double family_cv(const Distribution *d)
{
    double mean = distribution_moment(d, 1);
    return sqrt(distribution_moment(d, 2) / (mean * mean) - 1.0);
}

static void gaps_print(const GapFit *gaps, FILE *stream)
{
    fprintf(stream, "  %-24s %lld, cv %.3f (a Poisson process has 1)\n", "gaps between arrivals",
            (long long)gaps->count, gaps->cv);
    for (int i = 0; i < FIT_GAP_CANDIDATES; i++) {
        if (gaps->fitted[i]) {
            const FamilyFit *family = &gaps->family[i];
            fprintf(stream, "    %-22s cv %7.3f  AIC - best %+8.0f  KS %.4f%s\n",
                    family_name(FIT_FAMILIES[i]), family_cv(&family->distribution),
                    family->aic - gaps->family[gaps->best].aic, family->ks,
                    i == gaps->best ? "  nearest" : "");
        }
    }
}

static void bursts_print(const ArrivalFit *fit, FILE *stream)
{
    if (!fit->has_bursts) {
        fprintf(stream, "  %-24s none told from other gaps\n", "bursts");
        return;
    }
    fprintf(stream,
            "  %-24s %.2f %% of arrivals bring %.2f jobs in all, %.3g s apart\n"
            "  %-24s %.1f %% alike (queue, GPUs); durations correlate by %.3f\n"
            "  %-24s jobs at most %.3g s apart count as one arrival, chance included\n",
            "bursts", 100.0 * fit->burst_probability, fit->burst_size,
            fit->burst_spacing_ms / 1000.0, "", 100.0 * fit->burst_alike, fit->burst_correlation,
            "", fit->burst_threshold_ms / 1000.0);
}

/* What is seen is not what to tell: bursts run into each other. */
static void told_print(const TraceFit *fit, FILE *stream)
{
    const ArrivalFit *told = &fit->told;
    if (!told->has_bursts && told->day_cv <= 0.0) {
        return;
    }
    fprintf(stream, "  so that its draws look like this, the generator is told\n");
    if (told->has_bursts) {
        fprintf(stream,
                "  %-24s %.2f %% of arrivals bring %.2f jobs in all, %.3g s apart\n"
                "  %-24s %.1f %% alike; durations correlate by %.3f\n",
                "  bursts", 100.0 * told->burst_probability, told->burst_size,
                told->burst_spacing_ms / 1000.0, "", 100.0 * told->burst_alike,
                told->burst_correlation);
    }
    fprintf(stream, "  %-24s cv %.3f\n", "  busy and quiet days", told->day_cv);
    if (told->has_bursts) {
        fprintf(stream, "  %-24s Poisson: with bursts, clumped gaps are not told apart from them\n",
                "  gaps");
    } else {
        fprintf(stream, "  %-24s cv %.3f\n", "  gaps", told->gaps.family_cv);
    }
}

static void arrivals_print(const ArrivalFit *fit, FILE *stream)
{
    double days = (double)fit->last_ms / 86400000.0;
    fprintf(stream, "\narrivals\n  %-24s %.4f jobs an hour over %.2f days\n", "rate", fit->per_hour,
            days);
    profile_print("hour of the day", fit->hour_factor, 24, fit->has_hours, stream);
    profile_print("day of the week (Mon)", fit->day_factor, 7, fit->has_days, stream);
    fprintf(stream, "  %-24s cv %.3f beyond what bursts and gaps explain\n", "busy and quiet days",
            fit->day_cv);
    fprintf(stream, "  %-24s cv %.3f, %.2f %% are 0\n", "all gaps", fit->gap_cv,
            100.0 * fit->equal_share);
    bursts_print(fit, stream);
    gaps_print(&fit->gaps, stream);
}

/* ---- durations ------------------------------------------------------------------------------- */

static void family_print(const ClassFit *of, int index, FILE *stream)
{
    const FamilyFit *fit = &of->family[index];
    const Distribution *d = &fit->distribution;
    char shape[48] = "";
    if (d->shape > 0.0) {
        snprintf(shape, sizeof shape, "%.4f +- %.4f", d->shape, fit->shape_error);
    }
    fprintf(stream, "    %-12s %10.1f +- %-9.2g %-18s %+12.0f %7.4f %10.1f %9.3f%s\n",
            family_name(d->family), d->scale / 1000.0, fit->scale_error / 1000.0, shape,
            fit->aic - of->family[of->best].aic, fit->ks, fit->ad,
            distribution_moment(d, 1) / of->mean_ms, of->chosen == d ? "  chosen" : "");
}

static void class_print(const TraceFit *fit, int32_t index, FILE *stream)
{
    const ClassFit *of = &fit->classes[index];
    char from[32];
    char next[32] = "";
    gpus_text(of->gpu_milli_from, from, sizeof from);
    if (index + 1 < fit->class_count) {
        gpus_text(fit->classes[index + 1].gpu_milli_from, next, sizeof next);
    }
    fprintf(stream, "\n  %s GPUs%s%s: %lld jobs, mean %.1f s, median %.1f s, longest %.0f s", from,
            next[0] != '\0' ? " to below " : " and more", next, (long long)of->count,
            of->mean_ms / 1000.0, of->median_ms / 1000.0, of->largest_ms / 1000.0);
    fprintf(stream, of->tail_count > 0 ? "; tail exponent %.2f +- %.2f\n" : "\n", of->tail,
            of->tail / sqrt((double)(of->tail_count > 0 ? of->tail_count : 1)));
    for (int i = 0; i < FIT_CANDIDATES; i++) {
        if (of->fitted[i]) {
            family_print(of, i, stream);
        }
    }
    fprintf(stream, "    %-12s %24s %-18s %12s %7.4f %10s %9.3f%s\n", "quantiles", "", "", "",
            of->quantiles_ks, "", distribution_moment(&of->quantiles, 1) / of->mean_ms,
            of->chosen == &of->quantiles ? "  chosen" : "");
}

static void durations_print(const TraceFit *fit, FILE *stream)
{
    fprintf(stream, "\ndurations\n    %-12s %24s %-18s %12s %7s %10s %9s\n", "family", "scale (s)",
            "shape", "AIC - best", "KS", "A^2", "mean/log");
    for (int32_t i = 0; i < fit->class_count; i++) {
        class_print(fit, i, stream);
    }
}

/* With so many jobs any simple family is told apart; what counts is how far off it is. */
static void verdict_print(const TraceFit *fit, FILE *stream)
{
    int32_t rejected = 0;
    int32_t families = 0;
    for (int32_t i = 0; i < fit->class_count; i++) {
        const ClassFit *of = &fit->classes[i];
        if (of->best >= 0) {
            families++;
            rejected += of->family[of->best].ks > KS_FIVE_PERCENT / sqrt((double)of->count);
        }
    }
    fprintf(
        stream,
        "\nA test at 5 %% rejects a KS distance above 1.36 / sqrt(jobs) and so the best family in "
        "%d of %d\nclasses. With thousands of jobs it rejects whatever is not exact: read the "
        "distance (the largest\nerror of any share), not the verdict.\n",
        (int)rejected, (int)families);
}

/* ---- the comparison -------------------------------------------------------------------------- */

static void pair_print(const char *name, const double value[2], const char *format, FILE *stream)
{
    fprintf(stream, "  %-38s", name);
    for (int i = 0; i < 2; i++) {
        char text[48];
        snprintf(text, sizeof text, format, value[i]);
        fprintf(stream, " %14s", text);
    }
    putc('\n', stream);
}

static void likeness_print(const FitLikeness *like, FILE *stream)
{
    static const char *const WINDOWS[FIT_WINDOWS] = {"1 min", "10 min", "1 h", "1 d"};
    fprintf(stream, "\n%-40s %14s %14s\n", "the log beside a sample drawn from the fit", "log",
            "drawn");
    pair_print("jobs", (double[]){(double)like->jobs[0], (double)like->jobs[1]}, "%.0f", stream);
    pair_print("GPU-hours", like->gpu_hours, "%.0f", stream);
    pair_print("Spearman, GPUs and duration", like->spearman, "%.3f", stream);
    pair_print("cv of all gaps", like->gap_cv, "%.3f", stream);
    for (int i = 0; i < FIT_WINDOWS; i++) {
        char name[64];
        double value[2] = {like->dispersion[0][i], like->dispersion[1][i]};
        snprintf(name, sizeof name, "variance / mean of jobs in %s", WINDOWS[i]);
        if (value[0] > 0.0 || value[1] > 0.0) {
            pair_print(name, value, "%.2f", stream);
        }
    }
    fprintf(stream, "  %-38s %29.4f\n  %-38s %29.4f\n", "KS distance of all gaps", like->gap_ks,
            "KS distance of all durations", like->duration_ks);
    fputs("\nRows that differ are what the generator does not know: trends, busy spells shorter "
          "than a "
          "day, bursts\nof uneven size, queues with habits of their own (docs/synthetic.md).\n",
          stream);
}

static void ends_print(const TraceFit *fit, FILE *stream)
{
    bool any = false;
    for (int32_t i = 0; i < fit->class_count; i++) {
        any = any || fit->classes[i].end_ppm[JOB_END_COMPLETED] < GP_PPM;
    }
    fputs(any ? "\nends                    completed  cancelled     failed\n"
              : "\nends: every job completed, or the log does not say\n",
          stream);
    for (int32_t i = 0; any && i < fit->class_count; i++) {
        char text[32];
        const int32_t *end = fit->classes[i].end_ppm;
        fprintf(stream, "  %8s GPUs and more %9.3f %% %8.3f %% %8.3f %%\n",
                gpus_text(fit->classes[i].gpu_milli_from, text, sizeof text),
                end[JOB_END_COMPLETED] / 1e4, end[JOB_END_CANCELLED] / 1e4,
                end[JOB_END_FAILED] / 1e4);
    }
}

static void people_print(const TraceFit *fit, FILE *stream)
{
    fprintf(stream, "\nqueues: %d, the largest with %.2f %% of the jobs\n",
            (int)fit->spec->queue_count, fit->spec->queues[0].share_ppm / 1e4);
    if (fit->spec->user_count > 0) {
        fprintf(stream, "users: %d, about %d in a queue, Zipf exponent %.2f\n",
                (int)fit->distinct_users, (int)fit->spec->user_count, fit->spec->user_zipf);
    } else {
        fputs("users: not named\n", stream);
    }
}

static void sizes_print(const TraceFit *fit, FILE *stream)
{
    fputs("\nGPUs of a job\n", stream);
    for (int32_t i = 0; i < fit->spec->size_count; i++) {
        char text[32];
        fprintf(stream, "  %8s %9.4f %%%s",
                gpus_text(fit->spec->sizes[i].gpu_milli_total, text, sizeof text),
                fit->spec->sizes[i].share_ppm / 1e4,
                i % 4 == 3 || i == fit->spec->size_count - 1 ? "\n" : "");
    }
}

void fit_table_print(const TraceFit *fit, const TraceOptions *log, FILE *stream)
{
    jobs_print(fit, log, stream);
    arrivals_print(&fit->arrivals, stream);
    told_print(fit, stream);
    sizes_print(fit, stream);
    ends_print(fit, stream);
    people_print(fit, stream);
    durations_print(fit, stream);
    verdict_print(fit, stream);
    likeness_print(&fit->likeness, stream);
}
