/* setting_models.c - what the run assumes of the world: failures, who mends them, checkpoints, data
 * paths, noise. Each with its source, so that nothing is believed in silence. */
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "models/failure.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/setting.h"

#define QUANTITY_TEXT_MAX 48

/* ---- into the summary ------------------------------------------------------------------------ */

static json_t *failures_json(const FailureModel *model)
{
    int32_t drawn = 0;
    int64_t recorded = 0;
    for (int32_t kind = 0; model != NULL && kind < model->kind_count; kind++) {
        drawn += model->rows[kind].drawn;
    }
    for (int32_t i = 0; model != NULL && i < model->recorded_count; i++) {
        recorded += !model->kinds[model->recorded[i].kind].calendar;
    }
    if (model == NULL || drawn + recorded + model->job_fault_count == 0) {
        return json_null(); /* nodes that come and go as agreed are no failures */
    }
    json_t *row = json_object();
    bool ok = json_put(row, "preset", json_string(model->preset != NULL ? model->preset : ""));
    ok = json_put(row, "source", json_string(model->source != NULL ? model->source : "")) && ok;
    ok = json_put(row, "components", json_integer(drawn)) && ok;
    ok = json_put(row, "recorded", json_integer(recorded + model->job_fault_count)) && ok;
    return json_checked(row, ok);
}

static json_t *remedy_json(const PolicySet *policy)
{
    static const char *const SIGNALS[] = {"none", "gpu", "all"};
    const RemedyOptions *options = &policy->remedy_options;
    if (policy->remedy == NULL) {
        return json_null();
    }
    json_t *row = json_object();
    bool ok = json_put(row, "rule", json_string(policy->remedy->name));
    ok = json_put(row, "signals", json_string(SIGNALS[options->signals])) && ok;
    ok = json_put(row, "detect_ms", json_integer(options->detect_ms)) && ok;
    ok = json_put(row, "silent_ms", json_integer(options->silent_ms)) && ok;
    ok = json_put(row, "technicians", json_integer(options->technicians)) && ok;
    ok = json_put(row, "spares", json_integer(options->spares)) && ok;
    ok = json_put(row, "spares_share", json_number((double)options->spares_ppm / GP_PPM)) && ok;
    return json_checked(row, ok);
}

static json_t *checkpoint_json(const RunModels *models)
{
    static const char *const RULES[] = {"none", "none", "fixed", "young", "daly"};
    json_t *row = json_object();
    bool ok = json_put(row, "rule", json_string(RULES[models->checkpoint.rule]));
    ok = json_put(row, "every_ms", json_integer(models->checkpoint.every_ms)) && ok;
    ok = json_put(row, "cost_ms", json_integer(models->checkpoint.cost_ms)) && ok;
    ok = json_put(row, "mttf_ms", json_integer(models->checkpoint.mttf_ms)) && ok;
    return json_checked(row, ok);
}

/* Whose figures stand for what jobs did not say of themselves. */
static json_t *needs_json(const RunModels *models)
{
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int32_t i = 0; i < models->need_count; i++) {
        const NeedProfile *profile = &models->needs[i];
        const char *source = profile->source != NULL ? profile->source : "";
        json_t *row = json_object();
        bool good = json_put(row, "name", json_string(profile->name));
        good = json_put(row, "source", json_string(source)) && good;
        ok = json_push(rows, json_checked(row, good)) && ok;
    }
    return json_checked(rows, ok);
}

json_t *setting_models(const Scenario *scenario)
{
    const RunModels *models = &scenario->models;
    const char *noise = models->step_noise_ppm == NULL      ? ""
                        : models->step_noise_source == NULL ? "the scenario's own"
                                                            : models->step_noise_source;
    json_t *row = json_object();
    bool ok = json_put(row, "failures", failures_json(scenario->failures));
    ok = json_put(row, "remedy", remedy_json(&scenario->policy)) && ok;
    ok = json_put(row, "checkpoint", checkpoint_json(models)) && ok;
    ok = json_put(row, "needs", needs_json(models)) && ok;
    ok = json_put(row, "step_noise", json_string(noise)) && ok;
    return json_checked(row, ok);
}

/* ---- onto the report ------------------------------------------------------------------------- */

static const char *duration_at(const json_t *row, const char *key, char text[QUANTITY_TEXT_MAX])
{
    return quantity_print((int64_t)json_number_at(row, key), UNIT_DURATION_MS, text,
                          QUANTITY_TEXT_MAX);
}

/* "llama3 (Dubey et al. 2024), 9 components; 2 faults are written down" */
static void failures_say(const json_t *failures, FILE *stream)
{
    char text[NUMBER_TEXT_MAX];
    const char *preset = json_text_at(failures, "preset");
    const char *source = json_text_at(failures, "source");
    double components = json_number_at(failures, "components");
    double recorded = json_number_at(failures, "recorded");
    fputs("failures: ", stream);
    if (preset[0] != '\0' && strcmp(preset, "none") != 0) {
        fputs(preset, stream);
        fprintf(stream, source[0] != '\0' ? " (%s)" : "%s", source);
        fputs(", ", stream);
    }
    if (components > 0) {
        fprintf(stream, "%s component%s", number_text(components, 0, text),
                components > 1 ? "s" : "");
    }
    if (recorded > 0) {
        fprintf(stream, "%s%s fault%s written down", components > 0 ? ", " : "",
                number_text(recorded, 0, text), recorded > 1 ? "s" : "");
    }
}

static void after_say(const json_t *remedy, const char *key, FILE *stream)
{
    char text[QUANTITY_TEXT_MAX];
    if (json_number_at(remedy, key) > 0) {
        fprintf(stream, " after %s", duration_at(remedy, key, text));
    } else {
        fputs(" at once", stream);
    }
}

/* "remedy: agent; it sees all dimensions after 1m, nodes that are silent after 50s; 2 spares" */
static void remedy_say(const json_t *remedy, FILE *stream)
{
    const char *rule = json_text_at(remedy, "rule");
    const char *signals = json_text_at(remedy, "signals");
    double technicians = json_number_at(remedy, "technicians");
    double spares = json_number_at(remedy, "spares");
    double share = json_number_at(remedy, "spares_share");
    fprintf(stream, "remedy: %s", rule);
    if (strcmp(rule, "none") == 0) {
        fputs("; a node that is out is seen at once, nothing else is", stream);
        return;
    }
    fputs("; it sees ", stream);
    if (strcmp(signals, "none") != 0) {
        fputs(strcmp(signals, "gpu") == 0 ? "GPU health" : "all dimensions", stream);
        after_say(remedy, "detect_ms", stream);
        fputs(", ", stream);
    }
    fputs("nodes that are silent", stream);
    after_say(remedy, "silent_ms", stream);
    if (technicians > 0) {
        fprintf(stream, "; %.0f technician%s", technicians, technicians > 1 ? "s" : "");
    }
    if (spares > 0) {
        fprintf(stream, "; %.0f spare%s", spares, spares > 1 ? "s" : "");
    } else if (share > 0) {
        fprintf(stream, "; %g %% spares", 100 * share);
    }
}

static void checkpoint_say(const json_t *checkpoint, FILE *stream)
{
    char text[QUANTITY_TEXT_MAX];
    const char *rule = json_text_at(checkpoint, "rule");
    fprintf(stream, "checkpoints of jobs that say nothing: %s", rule);
    if (strcmp(rule, "fixed") == 0) {
        fprintf(stream, ", every %s", duration_at(checkpoint, "every_ms", text));
    } else if (json_number_at(checkpoint, "mttf_ms") > 0) {
        fprintf(stream, ", from an estimated MTTF of %s a node",
                duration_at(checkpoint, "mttf_ms", text));
    }
}

static void remedy_alone_say(const json_t *models, FILE *stream)
{
    const json_t *remedy = json_object_get(models, "remedy");
    if (json_is_object(json_object_get(models, "failures")) && json_is_object(remedy)) {
        remedy_say(remedy, stream);
    }
}

static void failures_alone_say(const json_t *models, FILE *stream)
{
    const json_t *failures = json_object_get(models, "failures");
    if (json_is_object(failures)) {
        failures_say(failures, stream);
    }
}

/* "assumed: what full speed takes of the data path: llm (our profiler, 2025), others (a guess)" */
static bool needs_say(const json_t *needs, const char *joint, FILE *stream)
{
    const json_t *row;
    size_t i;
    json_array_foreach (needs, i, row) {
        const char *source = json_text_at(row, "source");
        fprintf(stream, "%s%s", i == 0 ? joint : ", ",
                i == 0 ? "assumed: what full speed takes of the data path: " : "");
        fprintf(stream, "%s (%s)", json_text_at(row, "name"),
                source[0] != '\0' ? source : "the scenario's own");
    }
    return json_array_size(needs) > 0;
}

static void assumptions_say(const json_t *models, FILE *stream)
{
    const json_t *checkpoint = json_object_get(models, "checkpoint");
    const char *noise = json_text_at(models, "step_noise");
    const char *joint = "";
    if (json_is_object(checkpoint) && strcmp(json_text_at(checkpoint, "rule"), "none") != 0) {
        checkpoint_say(checkpoint, stream);
        joint = "; ";
    }
    if (needs_say(json_object_get(models, "needs"), joint, stream)) {
        joint = "; ";
    }
    if (noise[0] != '\0') {
        fprintf(stream, "%snoise of steps: %s", joint, noise);
    }
}

static char *sentence_of(const json_t *variant, void (*say)(const json_t *models, FILE *stream))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    say(json_object_get(variant, "models"), stream);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

char *setting_failures_sentence(const json_t *variant)
{
    return sentence_of(variant, failures_alone_say);
}

char *setting_remedy_sentence(const json_t *variant)
{
    return sentence_of(variant, remedy_alone_say);
}

char *setting_assumptions_sentence(const json_t *variant)
{
    return sentence_of(variant, assumptions_say);
}
