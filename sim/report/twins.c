/* twins.c - the attribution is an upper bound; a run with the same seeds and without the limit is
 * the measure. */
#include "sim/report/twins.h"

#include <math.h>
#include <string.h>

#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

/* GPU-hours out of service, hung and lost, of all components. */
static double blamed(const json_t *variant)
{
    const json_t *rows = json_object_get(json_object_get(variant, "failures"), "components");
    const json_t *row;
    size_t i;
    double hours = 0.0;
    json_array_foreach (rows, i, row) {
        hours += json_number_at(row, "lost_gpu_hours") + json_number_at(row, "hung_gpu_hours") +
                 json_number_at(row, "out_gpu_hours");
    }
    return hours;
}

/* GPU-hours that the books of a variant put down to the limit. */
static double attributed(const json_t *variant, const char *limit)
{
    const json_t *accounts = json_object_get(json_object_get(variant, "ledger"), "accounts");
    if (strcmp(limit, "shape") == 0) {
        return json_number_at(json_object_get(accounts, "fragmented"), "gpu_hours");
    }
    if (strcmp(limit, "io") == 0) {
        return json_number_at(json_object_get(accounts, "io_stall"), "gpu_hours");
    }
    if (strcmp(limit, "failures") == 0) {
        return blamed(variant);
    }
    const json_t *by = json_object_get(json_object_get(accounts, "blocked"), "by");
    double hours = json_number_at(json_object_get(by, "quota"), "gpu_hours");
    return isnan(hours) ? 0.0 : hours; /* what holds nothing is not listed */
}

static double unproductive(const json_t *variant)
{
    return json_metric(variant, "capacity_gpu_hours", "mean") -
           json_metric(variant, "productive_gpu_hours", "mean");
}

static void hours_print(double hours, const json_t *base, FILE *stream)
{
    char text[NUMBER_TEXT_MAX];
    int decimals = ledger_decimals(json_metric(base, "capacity_gpu_hours", "mean"));
    fputs(number_text(hours, decimals, text), stream);
}

/* Paired, where both were paid for equally long: what one run gained the other had lost. */
static void interval_print(const json_t *base, const json_t *twin, FILE *stream)
{
    const json_t *difference =
        json_object_get(json_object_get(json_object_get(twin, "against_baseline"), "difference"),
                        "productive_gpu_hours");
    double low = json_number_at(difference, "ci_low");
    double high = json_number_at(difference, "ci_high");
    bool equal_capacity = json_metric(base, "capacity_gpu_hours", "mean") ==
                          json_metric(twin, "capacity_gpu_hours", "mean");
    if (!equal_capacity || isnan(low) || low == high) {
        return;
    }
    fputs(" (95 % interval ", stream);
    hours_print(low, base, stream);
    fputs(" to ", stream);
    hours_print(high, base, stream);
    fputc(')', stream);
}

static void twin_print(const json_t *base, const json_t *twin, const char *limit,
                       const char *prefix, void (*name)(const char *text, FILE *stream),
                       FILE *stream)
{
    double recovered = unproductive(base) - unproductive(twin);
    fputs(prefix, stream);
    name(json_text_at(base, "name"), stream);
    bool idle = strcmp(limit, "shape") == 0 || strcmp(limit, "quota") == 0;
    fputs(idle ? " puts at most " : " puts ", stream);
    hours_print(attributed(base, limit), base, stream);
    fprintf(stream, " %sGPU-hours down to %s; without it, ", idle ? "idle " : "", limit);
    name(json_text_at(twin, "name"), stream);
    fputs(recovered < 0 ? " loses " : " recovers ", stream);
    hours_print(fabs(recovered), base, stream);
    interval_print(base, twin, stream);
    fputs(".\n", stream);
}

void twins_print(const json_t *summary, const char *prefix,
                 void (*name)(const char *text, FILE *stream), FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants");
    const json_t *base = json_array_get(variants, 0);
    const json_t *variant;
    size_t i;
    int printed = 0;
    json_array_foreach (variants, i, variant) {
        const json_t *relax = json_object_get(json_object_get(variant, "policy"), "relax");
        if (i > 0 && json_array_size(relax) == 1) { /* of several limits each has its own twin */
            twin_print(base, variant, json_string_value(json_array_get(relax, 0)), prefix, name,
                       stream);
            printed++;
        }
    }
    fputs(printed > 0 ? "\n" : "", stream);
}
