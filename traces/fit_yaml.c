/* fit_yaml.c - a fit as a `workload:` that scenarios extend. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/units.h"
#include "traces/fit.h"

#define AMOUNT_BYTES 64

static const char *amount(int64_t value, Unit unit, char *buffer)
{
    return quantity_print(value, unit, buffer, AMOUNT_BYTES);
}

/* As much as a key takes: six digits behind the point. */
static const char *number(double value, char *buffer)
{
    return amount((int64_t)floor(value * 1e6 + 0.5), UNIT_NUMBER_MICRO, buffer);
}

static const char *duration(double ms, char *buffer)
{
    double rounded = floor(ms + 0.5);
    return amount(rounded < 1.0 ? 1 : (int64_t)rounded, UNIT_DURATION_MS, buffer);
}

static const char *gpus(int32_t milli, char *buffer)
{
    return amount(milli, UNIT_GPUS_MILLI, buffer);
}

/* A name as a YAML key. */
static void name_write(const char *name, FILE *file)
{
    bool plain = isalpha((unsigned char)name[0]) != 0;
    for (const char *at = name; *at != '\0'; at++) {
        plain = plain && (isalnum((unsigned char)*at) != 0 || *at == '-' || *at == '_');
    }
    if (plain && strcmp(name, "null") != 0 && strcmp(name, "true") != 0 &&
        strcmp(name, "false") != 0) {
        fputs(name, file);
        return;
    }
    putc('"', file);
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            putc('\\', file);
        }
        putc(*at, file);
    }
    putc('"', file);
}

/* Commas between items, and a new line with the indent where the last is full. */
static void item_begin(FILE *file, int index, int per_line, const char *indent)
{
    if (index > 0) {
        fprintf(file, index % per_line == 0 ? ",\n%s" : ", ", indent);
    }
}

/* ---- arrivals -------------------------------------------------------------------------------- */

static void factors_write(const char *key, const double *factor, int count, FILE *file)
{
    fprintf(file, "        %s:\n          [", key);
    for (int i = 0; i < count; i++) {
        item_begin(file, i, 12, "           ");
        fprintf(file, "%.3f", factor[i]);
    }
    fputs("]\n", file);
}

static void arrivals_write(const TraceFit *fit, FILE *file)
{
    const ArrivalFit *found = &fit->arrivals;
    const ArrivalSpec *arrivals = &fit->spec->arrivals;
    char a[AMOUNT_BYTES];
    char b[AMOUNT_BYTES];
    fprintf(
        file,
        "      arrivals:\n"
        "        rate: %s    # jobs, those of bursts included; for another fleet put load: 90%%\n",
        amount(arrivals->rate, UNIT_RATE, a));
    if (arrivals->process == ARRIVAL_RENEWAL) {
        fprintf(file, "        process: renewal\n        gaps: %s\n        cv: %s\n",
                family_name(arrivals->gap.family), number(fit->told.gaps.family_cv, a));
    } else {
        fputs("        process: poisson\n", file);
    }
    if (found->has_hours) {
        factors_write("hour_of_day", found->hour_factor, 24, file);
    }
    if (found->has_days) {
        factors_write("day_of_week", found->day_factor, 7, file);
    }
    if (arrivals->day_cv > 0.0) {
        fprintf(file, "        day_cv: %s\n", number(arrivals->day_cv, a));
    }
    if (found->has_bursts) {
        const BurstSpec *burst = &arrivals->burst;
        fprintf(file, "        burst:    # jobs at most %s apart belong together\n",
                duration(found->burst_threshold_ms, a));
        fprintf(file, "          probability: %s\n          size: %s\n",
                amount(burst->probability_ppm, UNIT_RATIO_PPM, a), number(burst->size, b));
        fprintf(file, "          spacing: %s\n          alike: %s\n",
                amount(burst->spacing_ms, UNIT_DURATION_MS, a),
                amount(burst->alike_ppm, UNIT_RATIO_PPM, b));
        fprintf(file, "          same_duration: %s\n",
                amount(burst->correlation_ppm, UNIT_RATIO_PPM, a));
    }
}

/* ---- durations ------------------------------------------------------------------------------- */

static void quantiles_write(const Distribution *d, FILE *file)
{
    char a[AMOUNT_BYTES];
    char b[AMOUNT_BYTES];
    fputs("          distribution: empirical\n          quantiles:\n            {", file);
    for (int32_t i = 0; i < d->point_count; i++) {
        item_begin(file, i, 5, "             ");
        fprintf(file, "%s: %s",
                amount((int64_t)floor(d->points[i].p * 1e6 + 0.5), UNIT_RATIO_PPM, a),
                duration(d->points[i].value, b));
    }
    fputs("}\n", file);
}

static void family_write(const Distribution *d, FILE *file)
{
    static const char *const SCALES[FAMILY_COUNT] = {
        [FAMILY_CONSTANT] = "value", [FAMILY_EXPONENTIAL] = "mean", [FAMILY_LOGNORMAL] = "median",
        [FAMILY_WEIBULL] = "scale",  [FAMILY_GAMMA] = "scale",      [FAMILY_PARETO] = "min",
    };
    static const char *const SHAPES[FAMILY_COUNT] = {
        [FAMILY_LOGNORMAL] = "sigma",
        [FAMILY_WEIBULL] = "shape",
        [FAMILY_GAMMA] = "shape",
        [FAMILY_PARETO] = "shape",
    };
    char a[AMOUNT_BYTES];
    fprintf(file, "          distribution: %s\n          %s: %s\n", family_name(d->family),
            SCALES[d->family], duration(d->scale, a));
    if (SHAPES[d->family] != NULL) {
        fprintf(file, "          %s: %s\n", SHAPES[d->family], number(d->shape, a));
    }
    if (d->most > 0.0) {
        fprintf(file, "          max: %s\n", duration(d->most, a));
    }
}

static void durations_write(const TraceFit *fit, FILE *file)
{
    char a[AMOUNT_BYTES];
    char b[AMOUNT_BYTES];
    fputs("      duration_by_gpus:\n", file);
    for (int32_t i = 0; i < fit->class_count; i++) {
        const ClassFit *found = &fit->classes[i];
        fprintf(file, "        %s:    # %lld jobs, mean %s; distance to the log (KS) %.3f\n",
                gpus(found->gpu_milli_from, a), (long long)found->count,
                duration(floor(found->mean_ms / 1000.0 + 0.5) * 1000.0, b), found->chosen_ks);
        if (found->chosen->family == FAMILY_EMPIRICAL) {
            quantiles_write(found->chosen, file);
        } else {
            family_write(found->chosen, file);
        }
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void sizes_write(const TraceFit *fit, FILE *file)
{
    char a[AMOUNT_BYTES];
    char b[AMOUNT_BYTES];
    fputs("      gpus:\n        {", file);
    for (int32_t i = 0; i < fit->spec->size_count; i++) {
        item_begin(file, i, 6, "         ");
        fprintf(file, "%s: %s", gpus(fit->spec->sizes[i].gpu_milli_total, a),
                amount(fit->spec->sizes[i].share_ppm, UNIT_RATIO_PPM, b));
    }
    fputs("}\n", file);
}

static void ends_write(const TraceFit *fit, FILE *file)
{
    bool any = false;
    for (int32_t i = 0; i < fit->class_count; i++) {
        any = any || fit->classes[i].end_ppm[JOB_END_COMPLETED] < GP_PPM;
    }
    if (!any) {
        return;
    }
    char a[AMOUNT_BYTES];
    char b[AMOUNT_BYTES];
    char c[AMOUNT_BYTES];
    char d[AMOUNT_BYTES];
    fputs("      end_by_gpus:\n", file);
    for (int32_t i = 0; i < fit->class_count; i++) {
        const ClassFit *found = &fit->classes[i];
        fprintf(file, "        %s: {completed: %s, cancelled: %s, failed: %s}\n",
                gpus(found->gpu_milli_from, a),
                amount(found->end_ppm[JOB_END_COMPLETED], UNIT_RATIO_PPM, b),
                amount(found->end_ppm[JOB_END_CANCELLED], UNIT_RATIO_PPM, c),
                amount(found->end_ppm[JOB_END_FAILED], UNIT_RATIO_PPM, d));
    }
}

static void people_write(const TraceFit *fit, FILE *file)
{
    const SyntheticSpec *spec = fit->spec;
    char a[AMOUNT_BYTES];
    if (spec->queue_count > 1) {
        fputs("      queues:\n        {", file);
        for (int32_t i = 0; i < spec->queue_count; i++) {
            item_begin(file, i, 4, "         ");
            name_write(spec->queues[i].name, file);
            fprintf(file, ": %s", amount(spec->queues[i].share_ppm, UNIT_RATIO_PPM, a));
        }
        fputs("}\n", file);
    }
    if (spec->user_count > 0) {
        fprintf(file,
                "      users: {count: %d, zipf: %s}    # of each queue, as a job meets them\n",
                (int)spec->user_count, number(spec->user_zipf, a));
    }
}

bool fit_yaml_write(const TraceFit *fit, const char *log, FILE *file)
{
    fprintf(
        file,
        "# A synthetic workload fitted to %s: %lld jobs of %lld rows.\n"
        "#\n"
        "# Extend it from a scenario (extends: this-file.yaml) and give that one a cluster and a\n"
        "# policy. What a fit does not say: docs/synthetic.md. Licences of logs may ask that "
        "their\n"
        "# authors are named; figures fitted to a log are made from it.\n"
        "gpuplan: 1\n"
        "\n"
        "workload:\n"
        "  - synthetic:\n"
        "      count: %lld\n",
        log, (long long)fit->jobs, (long long)fit->rows, (long long)fit->jobs);
    arrivals_write(fit, file);
    sizes_write(fit, file);
    durations_write(fit, file);
    ends_write(fit, file);
    people_write(fit, file);
    return ferror(file) == 0;
}
