/* compare_json.c - metrics, books, savings and jobs of two variants, as one document. */
#include "sim/report/compare_json.h"

#include <string.h>

#include "sim/report/bridge.h"
#include "sim/report/json_help.h"
#include "sim/report/version.h"

static bool parts_put(json_t *row, const VariantPair *pair, const JobView *from, const JobView *to)
{
    bool ok = json_put(row, "difference", difference_json(pair));
    ok = json_put(row, "bridge", bridge_json(pair)) && ok;
    ok = json_put(row, "savings", savings_json(pair)) && ok;
    bool jobs = from != NULL && to != NULL;
    return json_put(row, "moved_jobs", jobs ? moved_jobs_json(from, to) : json_null()) && ok;
}

json_t *against_json(const VariantPair *pair, const JobView *from, const JobView *to)
{
    json_t *against = json_object();
    bool ok = json_put(against, "baseline", json_string(json_text_at(pair->from, "name")));
    ok = parts_put(against, pair, from, to) && ok;
    return json_checked(against, ok);
}

/* ---- may they be paired? ---- */

static bool names_luck(const json_t *vary, const char *name)
{
    const json_t *item;
    size_t i;
    json_array_foreach (vary, i, item) {
        const char *text = json_string_value(item);
        if (text != NULL && strcmp(text, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Ties and placement are drawn by some policies and not by others; what policies meet is not. */
static bool same_luck(const json_t *from, const json_t *to)
{
    static const char *const MET[] = {"arrivals", "workload", "faults"};
    bool same = true;
    for (size_t i = 0; i < sizeof MET / sizeof MET[0]; i++) {
        same = same && names_luck(json_object_get(from, "vary"), MET[i]) ==
                           names_luck(json_object_get(to, "vary"), MET[i]);
    }
    return same;
}

/* Of the replications that both have, did each meet the same jobs? *common: how many those are. */
static bool same_workload(const json_t *from, const json_t *to, size_t *common)
{
    const json_t *from_ids = json_object_get(from, "replication_ids");
    const json_t *to_ids = json_object_get(to, "replication_ids");
    const json_t *from_hash = json_object_get(from, "workload_hash");
    const json_t *to_hash = json_object_get(to, "workload_hash");
    bool same = true;
    size_t at = 0;
    *common = 0;
    for (size_t i = 0; i < json_array_size(to_ids); i++) {
        json_int_t id = json_integer_value(json_array_get(to_ids, i));
        while (at < json_array_size(from_ids) &&
               json_integer_value(json_array_get(from_ids, at)) < id) {
            at++;
        }
        if (at < json_array_size(from_ids) &&
            json_integer_value(json_array_get(from_ids, at)) == id) {
            const char *one = json_string_value(json_array_get(from_hash, at));
            const char *other = json_string_value(json_array_get(to_hash, i));
            same = same && one != NULL && other != NULL && strcmp(one, other) == 0;
            (*common)++;
        }
    }
    return same;
}

const char *pairing_refused(const CompareSide *from, const CompareSide *to)
{
    const json_t *one = from->variant;
    const json_t *other = to->variant;
    size_t common;
    if (json_integer_value(json_object_get(one, "seed")) !=
        json_integer_value(json_object_get(other, "seed"))) {
        return "their seeds differ";
    }
    if (!same_luck(one, other)) {
        return "what varies between their replications differs";
    }
    bool same = same_workload(one, other, &common);
    if (common == 0) {
        return "they have no replication in common";
    }
    return same ? NULL : "their jobs come at other times, or work for longer or shorter";
}

/* ---- the document of the command ---- */

static json_t *side_json(const CompareSide *side)
{
    const json_t *scenario = json_object_get(side->summary, "scenario");
    json_t *row = json_object();
    bool ok = json_put(row, "scenario", json_string(json_text_at(scenario, "name")));
    ok = json_put(row, "sha256", json_string(json_text_at(scenario, "sha256"))) && ok;
    ok = json_put(row, "variant", json_string(json_text_at(side->variant, "name"))) && ok;
    static const char *const TAKEN[] = {"seed",      "vary",  "replications",
                                        "completed", "start", "horizon_s"};
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++) {
        const json_t *value = json_object_get(side->variant, TAKEN[i]);
        ok = json_put(row, TAKEN[i], value != NULL ? json_deep_copy(value) : json_null()) && ok;
    }
    return json_checked(row, ok);
}

static bool differ(const CompareSide *from, const CompareSide *to, const char *key)
{
    return json_equal(json_object_get(from->variant, key), json_object_get(to->variant, key)) == 0;
}

static bool is_partial(const json_t *variant)
{
    return json_number_at(variant, "completed") < json_number_at(variant, "replications");
}

/* What a reader should know before the figures. */
static json_t *notes_json(const CompareSide *from, const CompareSide *to)
{
    json_t *notes = json_array();
    bool ok = notes != NULL;
    if (differ(from, to, "horizon_s")) {
        ok = json_push(notes, json_string("the runs last for different times: look at shares, not "
                                          "at sums")) &&
             ok;
    }
    if (differ(from, to, "warmup_s")) {
        ok = json_push(notes, json_string("different times are cut off at the front")) && ok;
    }
    if (is_partial(from->variant) || is_partial(to->variant)) {
        ok = json_push(notes, json_string("not all replications are complete")) && ok;
    }
    return json_checked(notes, ok);
}

static json_t *pairing_json(bool paired, const char *refused)
{
    json_t *row = json_object();
    bool ok = json_put(row, "paired", json_boolean(paired));
    ok = json_put(row, "why", refused != NULL ? json_string(refused) : json_null()) && ok;
    return json_checked(row, ok);
}

/* Old and new of every metric that one of the two has. */
static json_t *metrics_json(const VariantPair *pair)
{
    json_t *all = json_object();
    bool ok = all != NULL;
    const char *name;
    json_t *to;
    json_object_foreach (json_object_get(pair->to, "metrics"), name, to) {
        const json_t *from = json_object_get(json_object_get(pair->from, "metrics"), name);
        json_int_t from_n = json_integer_value(json_object_get(from, "n"));
        json_int_t to_n = json_integer_value(json_object_get(to, "n"));
        if (!ok || (from_n <= 0 && to_n <= 0)) {
            continue;
        }
        json_t *row = json_object();
        bool good = json_put(row, "unit", json_string(json_text_at(to, "unit")));
        good = json_put(row, "from", json_number(json_number_at(from, "mean"))) && good;
        good = json_put(row, "from_n", json_integer(from_n)) && good;
        good = json_put(row, "to", json_number(json_number_at(to, "mean"))) && good;
        good = json_put(row, "to_n", json_integer(to_n)) && good;
        ok = json_put(all, name, json_checked(row, good));
    }
    return json_checked(all, ok);
}

json_t *compare_json(const CompareSide *from, const CompareSide *to)
{
    const char *refused = pairing_refused(from, to);
    bool one_run = from->summary == to->summary;
    VariantPair pair = {.from = from->variant, .to = to->variant};
    pair.paired = one_run || refused == NULL;
    json_t *root = json_object();
    bool ok = json_put(root, "from", side_json(from));
    ok = json_put(root, "to", side_json(to)) && ok;
    ok = json_put(root, "pairing", pairing_json(pair.paired, refused)) && ok;
    ok = json_put(root, "notes", notes_json(from, to)) && ok;
    ok = json_put(root, "metrics", metrics_json(&pair)) && ok;
    ok = parts_put(root, &pair, from->jobs, to->jobs) && ok;
    return json_checked(root, ok);
}

json_t *comparisons_json(json_t *comparisons)
{
    json_t *root = json_object();
    bool ok = json_put(root, "gpuplan", json_string(GPUPLAN_VERSION));
    ok = json_put(root, "format", json_integer(SUMMARY_FORMAT)) && ok;
    return json_put(root, "comparisons", comparisons) ? json_checked(root, ok)
                                                      : json_checked(root, false);
}
