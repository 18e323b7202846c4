/* run_ends.c - what makes the figures of a whole result misleading: runs that are paid for over
 * different times, runs in which nothing ran.
 */
#include <math.h>

#include "sim/report/json_help.h"
#include "sim/report/overview.h"

#define SAME_TIME 0.005 /* of the longest: half a per cent of a bill is nothing to warn of */
#define HOUR_S 3600.0

bool overview_nothing_ran(const json_t *summary)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    size_t i;
    json_array_foreach (variants, i, variant) {
        double submitted = json_metric(variant, "jobs_submitted", "mean");
        if (!(submitted > 0) || json_metric(variant, "jobs_rejected", "mean") < submitted ||
            !isfinite(json_metric(variant, "productive_share", "mean"))) {
            return false;
        }
    }
    return i > 0;
}

bool overview_times_differ(const json_t *summary, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    double shortest_s = INFINITY, longest_s = 0;
    char hours[2][NUMBER_TEXT_MAX];
    size_t i;
    json_array_foreach (variants, i, variant) {
        double run_s = json_metric(variant, "makespan_s", "mean");
        if (isfinite(json_number_at(variant, "horizon_s")) || !isfinite(run_s) ||
            !(json_number_at(json_object_get(variant, "costs"), "cost_usd") > 0)) {
            return false;
        }
        shortest_s = fmin(shortest_s, run_s);
        longest_s = fmax(longest_s, run_s);
    }
    if (i < 2 || longest_s - shortest_s < SAME_TIME * longest_s || overview_is_filling(summary)) {
        return false;
    }
    int decimals = longest_s < 100 * HOUR_S ? 2 : 1;
    fprintf(
        stream,
        "Each variant is paid for until its last job ends, %s to %s hours: with a `horizon` all "
        "are paid for the same time.",
        number_text(shortest_s / HOUR_S, decimals, hours[0]),
        number_text(longest_s / HOUR_S, decimals, hours[1]));
    return true;
}
