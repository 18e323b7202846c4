/* difference.c - differences over replications, worked out from two variants of summaries.
 *
 * The summary is all that a result file needs to hold for it, so two files are compared like two
 * variants of one run.
 */
#include "sim/report/difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/result.h"
#include "sim/report/json_help.h"

#define CONFIDENCE 0.95

bool pair_is_drawn(const VariantPair *pair)
{
    return json_array_size(json_object_get(pair->from, "vary")) > 0 ||
           json_array_size(json_object_get(pair->to, "vary")) > 0;
}

/* ---- pairs ---- */

static size_t replication_count(const json_t *variant)
{
    return json_array_size(json_object_get(variant, "fact_hash"));
}

bool paired_values_init(PairedValues *values, const VariantPair *pair)
{
    size_t from = replication_count(pair->from);
    size_t to = replication_count(pair->to);
    size_t most = from > to ? from : to;
    *values =
        (PairedValues){.from = calloc(most + 1, sizeof *values->from),
                       .to = calloc(most + 1, sizeof *values->to),
                       .scratch = calloc(2 * most + EVIDENCE_RESAMPLES, sizeof *values->scratch)};
    return values->from != NULL && values->to != NULL && values->scratch != NULL;
}

void paired_values_free(PairedValues *values)
{
    free(values->from);
    free(values->to);
    free(values->scratch);
    *values = (PairedValues){0};
}

/* Which replication row i is of; -1: one that failed. */
static json_int_t id_at(const json_t *variant, size_t at)
{
    const json_t *id = json_array_get(json_object_get(variant, "replication_ids"), at);
    return json_is_integer(id) ? json_integer_value(id) : -1;
}

static double value_at(const json_t *list, size_t at)
{
    if (list == NULL) {
        return 0.0;
    }
    const json_t *value = json_array_get(list, at);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static int32_t all_take(const json_t *variant, const json_t *list, double *values)
{
    size_t count = replication_count(variant);
    for (size_t i = 0; i < count; i++) {
        values[i] = value_at(list, i);
    }
    return (int32_t)count;
}

void paired_values_take(PairedValues *values, const VariantPair *pair, const json_t *from,
                        const json_t *to)
{
    if (!pair->paired) {
        values->from_count = all_take(pair->from, from, values->from);
        values->to_count = all_take(pair->to, to, values->to);
        return;
    }
    size_t from_count = replication_count(pair->from);
    size_t to_count = replication_count(pair->to);
    size_t at = 0;
    int32_t pairs = 0;
    for (size_t i = 0; i < to_count; i++) { /* both ascend */
        while (at < from_count && id_at(pair->from, at) < id_at(pair->to, i)) {
            at++;
        }
        json_int_t id = id_at(pair->to, i);
        if (id >= 0 && at < from_count && id_at(pair->from, at) == id) {
            values->from[pairs] = value_at(from, at);
            values->to[pairs] = value_at(to, i);
            pairs++;
        }
    }
    values->from_count = values->to_count = pairs;
}

PairedEvidence paired_values_judge(const PairedValues *values, const VariantPair *pair)
{
    bool drawn = pair_is_drawn(pair);
    if (pair->paired) {
        return paired_evidence(values->to, values->from, values->to_count, CONFIDENCE, drawn,
                               values->scratch);
    }
    return welch_evidence(values->to, values->to_count, values->from, values->from_count,
                          CONFIDENCE, drawn);
}

/* ---- metrics ---- */

/* better, worse, ~ (the interval holds 0), = (exactly the same), changed (better neither way). */
/* A file of another version may have metrics that are unknown here. */
static MetricDirection direction_of(const char *name)
{
    MetricId metric = metric_find(name);
    return metric != METRIC_COUNT ? METRIC_DIRECTIONS[metric] : DIRECTION_NONE;
}

static const char *verdict_of(const PairedEvidence *evidence, MetricDirection direction)
{
    bool unknown = isnan(evidence->t_low); /* one replication of something drawn */
    if ((evidence->deterministic || unknown) && fabs(evidence->mean) == 0) {
        return "=";
    }
    if (unknown) {
        return "~";
    }
    if (evidence->t_low <= 0 && evidence->t_high >= 0) {
        return "~";
    }
    if (direction == DIRECTION_NONE) {
        return "changed";
    }
    return (evidence->mean > 0) == (direction == DIRECTION_HIGHER) ? "better" : "worse";
}

static json_t *evidence_json(const PairedEvidence *evidence, const char *name, const char *unit)
{
    json_t *row = json_object();
    bool ok = row != NULL;
    ok = json_put(row, "mean", json_number(evidence->mean)) && ok;
    ok = json_put(row, "sd", json_number(evidence->sd)) && ok;
    ok = json_put(row, "ci_low", json_number(evidence->t_low)) && ok;
    ok = json_put(row, "ci_high", json_number(evidence->t_high)) && ok;
    ok = json_put(row, "unit", json_string(unit)) && ok;
    ok = json_put(row, "n", json_integer(evidence->count)) && ok;
    ok = (!evidence->deterministic || json_put(row, "deterministic", json_true())) && ok;
    ok = json_put(row, "boot_low", json_number(evidence->boot_low)) && ok;
    ok = json_put(row, "boot_high", json_number(evidence->boot_high)) && ok;
    ok = json_put(row, "p", json_number(evidence->p_value)) && ok;
    ok =
        json_put(row, "settle_count",
                 evidence->settle_count < 0 ? json_null() : json_integer(evidence->settle_count)) &&
        ok;
    ok = json_put(row, "verdict", json_string(verdict_of(evidence, direction_of(name)))) && ok;
    return json_checked(row, ok);
}

/* A mean beyond every number: one of its replications is, and nothing can be said. */
static bool is_beyond(const json_t *metric)
{
    return json_number_at(metric, "n") > 0 && isnan(json_number_at(metric, "mean"));
}

json_t *difference_json(const VariantPair *pair)
{
    json_t *all = json_object();
    PairedValues values;
    bool ok = paired_values_init(&values, pair) && all != NULL;
    const json_t *metrics = json_object_get(pair->from, "metrics");
    const char *name;
    json_t *to;
    json_object_foreach (json_object_get(pair->to, "metrics"), name, to) {
        const json_t *from = json_object_get(metrics, name);
        const json_t *old = json_object_get(from, "values");
        const json_t *new = json_object_get(to, "values");
        if (!ok || old == NULL || new == NULL || is_beyond(from) || is_beyond(to)) {
            continue;
        }
        paired_values_take(&values, pair, old, new);
        PairedEvidence evidence = paired_values_judge(&values, pair);
        ok = evidence.count == 0 ||
             json_put(all, name, evidence_json(&evidence, name, json_text_at(to, "unit")));
    }
    paired_values_free(&values);
    return json_checked(all, ok);
}
