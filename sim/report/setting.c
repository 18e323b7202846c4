/* setting.c - the report's first lines below the fleet: nothing is believed or overlooked in
 * silence. */
#include "sim/report/setting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/text_buffer.h"
#include "core/verdict.h"
#include "sim/policies/registry.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"

/* ---- into the summary ------------------------------------------------------------------------ */

static json_t *lanes_json(uint32_t lanes)
{
    json_t *names = json_array();
    bool ok = names != NULL;
    for (int lane = 0; lane < GP_AXIS_COUNT; lane++) {
        if ((lanes >> lane & 1) != 0) {
            ok = json_push(names, json_string(lane_name((GpAxis)lane))) && ok;
        }
    }
    return json_checked(names, ok);
}

json_t *setting_asked(const Scenario *scenario)
{
    return lanes_json(scenario->asked.lanes);
}

static json_t *estimates_json(const Scenario *scenario)
{
    static const char *const RULES[] = {"limit", "exact", "factor"};
    const PolicySet *policy = &scenario->policy;
    const WorkloadAsked *asked = &scenario->asked;
    json_t *row = json_object();
    bool ok = json_put(row, "rule", json_string(RULES[policy->estimates]));
    if (policy->estimates == ESTIMATE_FACTOR) {
        ok = json_put(row, "factor", json_number((double)policy->estimate_factor_ppm / GP_PPM)) &&
             ok;
    }
    if (policy->estimates != ESTIMATE_EXACT) {
        ok = json_put(row, "jobs", json_integer(asked->jobs)) && ok;
        ok = json_put(row, "without", json_integer(asked->without)) && ok;
        ok = json_put(row, "drawn_without", json_boolean(asked->drawn_without)) && ok;
    }
    return json_checked(row, ok);
}

/* A slot, and the name that the preset has there; NULL: none. */
typedef struct SlotName {
    const char *slot, *name, *preset_name;
} SlotName;

/* {"scan": "skip"}: the slots that are not the preset's. */
static json_t *changed_json(const SlotName *slots, int count)
{
    json_t *changed = json_object();
    bool ok = changed != NULL;
    for (int i = 0; i < count; i++) {
        if (slots[i].name != NULL && slots[i].preset_name != NULL &&
            strcmp(slots[i].name, slots[i].preset_name) != 0) {
            ok = json_put(changed, slots[i].slot, json_string(slots[i].name)) && ok;
        }
    }
    return json_checked(changed, ok);
}

static json_t *relax_json(int32_t relax)
{
    static const char *const NAMES[] = {"shape", "quota", "failures", "io"};
    json_t *names = json_array();
    bool ok = names != NULL;
    for (int i = 0; i < 4; i++) {
        if ((relax >> i & 1) != 0) {
            ok = json_push(names, json_string(NAMES[i])) && ok;
        }
    }
    return json_checked(names, ok);
}

/* What was taken from a real scheduler's configuration, and what was not. */
static json_t *import_json(const PolicyImport *import)
{
    json_t *notes = json_array();
    bool ok = notes != NULL;
    for (int32_t i = 0; i < import->note_count; i++) {
        json_t *note = json_object();
        bool good = json_put(note, "line", json_integer(import->notes[i].line));
        good = json_put(note, "text", json_string(import->notes[i].text)) && good;
        ok = json_push(notes, json_checked(note, good)) && ok;
    }
    json_t *row = json_object();
    ok = json_put(row, "kind", json_string(import->kind)) && ok;
    ok = json_put(row, "file", json_string(import->file)) && ok;
    ok = json_put(row, "queues", json_integer(import->queues)) && ok;
    ok = json_put(row, "left_out", notes) && ok;
    return json_checked(row, ok);
}

json_t *setting_policy(const Scenario *scenario)
{
    static const char *const TIES[] = {"index", "random", "recorded"};
    static const Preset NO_PRESET = {0};
    const PolicySet *policy = &scenario->policy;
    const Preset *from = policy->preset == NULL ? NULL : preset(policy->preset);
    from = from == NULL ? &NO_PRESET : from;
    const SlotName slots[] = {
        {"order", policy->order != NULL ? policy->order->name : NULL, from->order},
        {"share", policy->share != NULL ? policy->share->name : NULL, from->share},
        {"admit", policy->admit != NULL ? policy->admit->name : NULL, from->admit},
        {"scan", policy->scan != NULL ? policy->scan->name : NULL, from->scan},
        {"pack", policy->pack_name, from->pack},
        {"evict", policy->evict != NULL ? policy->evict->name : NULL, from->evict},
        {"ties", TIES[policy->ties], from->ties},
    };
    int count = (int)(sizeof slots / sizeof slots[0]);
    json_t *row = json_object();
    bool ok = json_put(row, "preset", json_string(from->name != NULL ? from->name : ""));
    for (int i = 0; i < count; i++) {
        const char *name = slots[i].name != NULL ? slots[i].name : "";
        ok = json_put(row, slots[i].slot, json_string(name)) && ok;
    }
    ok = json_put(row, "changed", changed_json(slots, count)) && ok;
    ok = json_put(row, "estimates", estimates_json(scenario)) && ok;
    ok = json_put(row, "sees", lanes_json(policy->pack.sees)) && ok;
    ok = json_put(row, "relax", relax_json(scenario->relax)) && ok;
    if (policy->import != NULL) {
        ok = json_put(row, "import", import_json(policy->import)) && ok;
    }
    return json_checked(row, ok);
}

/* ---- onto the report ------------------------------------------------------------------------- */

static bool holds(const json_t *names, const char *wanted)
{
    const json_t *name;
    size_t i;
    json_array_foreach (names, i, name) {
        if (strcmp(json_string_value(name), wanted) == 0) {
            return true;
        }
    }
    return false;
}

/* "gpu, cpu"; of `names` only those that `without` does not hold. How many there were. */
static int names_say(const json_t *names, const json_t *without, FILE *stream)
{
    const json_t *name;
    size_t i;
    int said = 0;
    json_array_foreach (names, i, name) {
        if (!holds(without, json_string_value(name))) {
            if (stream != NULL) {
                fprintf(stream, "%s%s", said > 0 ? ", " : "", json_string_value(name));
            }
            said++;
        }
    }
    return said;
}

/* "time limits; 3 of 5 jobs have none: exact" */
static void estimates_say(const json_t *estimates, FILE *stream)
{
    char count[NUMBER_TEXT_MAX], all[NUMBER_TEXT_MAX];
    const char *rule = json_text_at(estimates, "rule");
    double without = json_number_at(estimates, "without");
    bool limit = strcmp(rule, "limit") == 0;
    if (strcmp(rule, "exact") == 0) {
        fputs("exact run times", stream);
        return;
    }
    if (limit) {
        fputs("time limits", stream);
    } else {
        double jobs = json_number_at(estimates, "jobs");
        fprintf(stream, "%g times the run time", json_number_at(estimates, "factor"));
        if (without < jobs) {
            fprintf(stream, "; %s of %s jobs state their own",
                    number_text(jobs - without, 0, count), number_text(jobs, 0, all));
        }
        return;
    }
    if (without > 0) {
        fprintf(stream, "; %s of %s jobs have none: exact", number_text(without, 0, count),
                number_text(json_number_at(estimates, "jobs"), 0, all));
    }
    if (json_is_true(json_object_get(estimates, "drawn_without"))) {
        fputs("; drawn jobs have none: exact", stream);
    }
}

/* "slurm with scan skip"; how tasks are packed is what variants are named after. */
static void scheduler_say(const json_t *policy, FILE *stream)
{
    json_t *changed = json_object_get(policy, "changed"), *name;
    const char *slot;
    int said = 0;
    fprintf(stream, "scheduler: %s", json_text_at(policy, "preset"));
    json_object_foreach (changed, slot, name) {
        if (strcmp(slot, "pack") != 0 && strcmp(slot, "ties") != 0) {
            fprintf(stream, "%s%s %s", said++ > 0 ? ", " : " with ", slot, json_string_value(name));
        }
    }
}

/* The scheduler of one variant in a sentence. NULL if memory ran out; free with free(). */
static char *sentence_of(const json_t *variant)
{
    char *text = NULL;
    size_t size = 0;
    const json_t *policy = json_object_get(variant, "policy");
    const json_t *sees = json_object_get(policy, "sees");
    const json_t *asked = json_object_get(variant, "asked");
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    scheduler_say(policy, stream);
    if (json_array_size(json_object_get(policy, "relax")) > 0) {
        fputs("; pretended away: ", stream);
        names_say(json_object_get(policy, "relax"), NULL, stream);
    }
    fputs("; estimates: ", stream);
    estimates_say(json_object_get(policy, "estimates"), stream);
    fputs("; it sees ", stream);
    if (names_say(asked, sees, NULL) == 0) {
        fputs("all that jobs ask for: ", stream);
        names_say(asked, NULL, stream);
    } else {
        names_say(sees, NULL, stream);
        fputs("; jobs also ask for ", stream);
        names_say(asked, sees, stream);
    }
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

/* Each sentence once, with the variants that it is about where there are others; empty ones are
 * left out. */
static bool sentences_say(const json_t *variants, char *(*sentence)(const json_t *variant),
                          const char *prefix, FILE *stream)
{
    size_t count = json_array_size(variants);
    char **sentences = calloc(count + 1, sizeof *sentences);
    bool ok = sentences != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        sentences[i] = sentence(json_array_get(variants, i));
        ok = sentences[i] != NULL;
    }
    for (size_t i = 0; ok && i < count; i++) {
        bool known = false;
        bool all = true;
        for (size_t k = 0; k < count; k++) {
            bool same = strcmp(sentences[k], sentences[i]) == 0;
            known = known || (same && k < i);
            all = all && same;
        }
        if (known || sentences[i][0] == '\0') {
            continue;
        }
        fputs(prefix, stream);
        for (size_t k = i, said = 0; !all && k < count; k++) {
            if (strcmp(sentences[k], sentences[i]) == 0) {
                fprintf(stream, "%s%s", said++ > 0 ? ", " : "",
                        json_text_at(json_array_get(variants, k), "name"));
            }
        }
        fprintf(stream, "%s%s\n", all ? "" : ": ", sentences[i]);
    }
    for (size_t i = 0; sentences != NULL && i < count; i++) {
        free(sentences[i]);
    }
    free(sentences);
    return ok;
}

bool setting_print(const json_t *summary, const char *prefix, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants");
    const json_t *first = json_array_get(variants, 0);
    const char *start = json_text_at(first, "start");
    double read = json_number_at(json_object_get(first, "logs"), "rows_read");
    double kept = json_number_at(json_object_get(first, "logs"), "rows_kept");
    if (start[0] != '\0') {
        fprintf(stream, "%sstarts %s\n", prefix, start);
    }
    if (kept < read) {
        char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];
        fprintf(stream, "%slogs: %s of %s rows are kept; `gpuplan trace stats` says why\n", prefix,
                number_text(kept, 0, a), number_text(read, 0, b));
    }
    return sentences_say(variants, sentence_of, prefix, stream) &&
           sentences_say(variants, setting_failures_sentence, prefix, stream) &&
           sentences_say(variants, setting_remedy_sentence, prefix, stream) &&
           sentences_say(variants, setting_assumptions_sentence, prefix, stream) &&
           sentences_say(variants, setting_prices_sentence, prefix, stream);
}
