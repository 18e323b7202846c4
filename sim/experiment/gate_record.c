/* gate_record.c - what a gated scenario leaves, and whether two of them can be compared at all. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/experiment/gate.h"

/* ---- making one ---- */

Status gate_record_begin(ScenarioSet *set, Arena *arena, Diagnostics *diagnostics,
                         GateRecord *record)
{
    const Scenario *first = &set->variants[0];
    *record = (GateRecord){.name = first->name,
                           .seed = first->seed,
                           .replications = first->replications,
                           .variants = ARENA_ARRAY(arena, GateVariant, set->variant_count)};
    if (record->variants == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    record->variant_count = set->variant_count;
    for (int32_t v = 0; v < set->variant_count; v++) {
        record->variants[v] =
            (GateVariant){.name = set->variants[v].variant, .inputs = set->inputs.variants[v]};
    }
    Status status = input_files_hash(&set->inputs, diagnostics);
    record->file_count = set->inputs.file_count;
    record->files = set->inputs.files;
    return status;
}

static bool variant_fill(GateVariant *variant, const VariantResult *result, const GateRules *rules,
                         Arena *arena)
{
    variant->vectors = ARENA_ARRAY(arena, GateVector, rules->count);
    for (int32_t i = 0; variant->vectors != NULL && i < rules->count; i++) {
        GateVector *vector = &variant->vectors[variant->vector_count++];
        vector->metric = rules->rules[i].metric;
        vector->count = result->replication_count;
        vector->value = ARENA_ARRAY(arena, double, vector->count);
        for (int32_t r = 0; vector->value != NULL && r < vector->count; r++) {
            vector->value[r] = result->replications[r].metric[vector->metric];
        }
    }
    return !arena->failed;
}

Status gate_record_fill(GateRecord *record, const ExperimentResult *result, const GateRules *rules,
                        Arena *arena, Diagnostics *diagnostics)
{
    for (int32_t v = 0; v < record->variant_count; v++) {
        record->variants[v].vector_count = 0;
        if (!variant_fill(&record->variants[v], &result->variants[v], rules, arena)) {
            return diagnostics_no_memory(diagnostics);
        }
    }
    return STATUS_OK;
}

/* ---- looking at two ---- */

const GateVector *gate_vector(const GateVariant *variant, MetricId metric)
{
    for (int32_t i = 0; i < variant->vector_count; i++) {
        if (variant->vectors[i].metric == metric) {
            return &variant->vectors[i];
        }
    }
    return NULL;
}

const GateVariant *gate_variant_of(const GateRecord *baseline, const GateRecord *candidate,
                                   const char *name)
{
    for (int32_t v = 0; v < baseline->variant_count; v++) {
        if (strcmp(baseline->variants[v].name, name) == 0) {
            return &baseline->variants[v];
        }
    }
    bool only = baseline->variant_count == 1 && candidate->variant_count == 1;
    return only ? &baseline->variants[0] : NULL;
}

/* Where differences are recorded. */
typedef struct Comparison {
    const GateRecord *candidate;
    const char *where, *help;
    Diagnostics *diagnostics;
    bool good;
} Comparison;

#define DIFFERS(comparison, ...)                                                                   \
    do {                                                                                           \
        diagnostics_error((comparison)->diagnostics, (Place){.file = (comparison)->where},         \
                          "baseline", (comparison)->help, __VA_ARGS__);                            \
        (comparison)->good = false;                                                                \
    } while (0)

/* Both lists are in the order of their keys. */
static void inputs_compare(Comparison *about, const char *variant, const VariantInputs *now,
                           const VariantInputs *then)
{
    const char *name = about->candidate->name;
    int32_t a = 0;
    int32_t b = 0;
    while (a < now->count || b < then->count) {
        int order = a == now->count    ? 1
                    : b == then->count ? -1
                                       : strcmp(now->keys[a].key, then->keys[b].key);
        const char *key = order <= 0 ? now->keys[a].key : then->keys[b].key;
        if (order != 0) {
            DIFFERS(about, "scenario `%s`, variant `%s`: `%s` is %s since the baseline was made",
                    name, variant, key, order < 0 ? "new" : "gone");
        } else if (strcmp(now->keys[a].sha256, then->keys[b].sha256) != 0) {
            DIFFERS(about,
                    "scenario `%s`, variant `%s`: `%s` is not what the baseline was made with",
                    name, variant, key);
        }
        a += order <= 0;
        b += order >= 0;
    }
}

static const InputFile *file_of(const GateRecord *record, const char *name)
{
    for (int32_t i = 0; i < record->file_count; i++) {
        if (strcmp(record->files[i].name, name) == 0) {
            return &record->files[i];
        }
    }
    return NULL;
}

static void files_compare(Comparison *about, const GateRecord *baseline)
{
    const GateRecord *now = about->candidate;
    for (int32_t i = 0; i < now->file_count; i++) {
        const InputFile *then = file_of(baseline, now->files[i].name);
        if (then == NULL) {
            DIFFERS(about, "scenario `%s` reads %s, the baseline did not", now->name,
                    now->files[i].name);
        } else if (strcmp(then->sha256, now->files[i].sha256) != 0) {
            DIFFERS(about, "scenario `%s`: %s has other contents than when the baseline was made",
                    now->name, now->files[i].name);
        }
    }
    for (int32_t i = 0; i < baseline->file_count; i++) {
        if (file_of(now, baseline->files[i].name) == NULL) {
            DIFFERS(about, "scenario `%s` no longer reads %s", now->name, baseline->files[i].name);
        }
    }
}

static void vectors_compare(Comparison *about, const GateVariant *variant, const GateRules *rules)
{
    for (int32_t i = 0; i < rules->count; i++) {
        const GateVector *vector = gate_vector(variant, rules->rules[i].metric);
        const char *metric = METRICS[rules->rules[i].metric].name;
        if (vector == NULL) {
            DIFFERS(about, "scenario `%s`, variant `%s`: the baseline has no `%s`",
                    about->candidate->name, variant->name, metric);
        } else if (vector->count != about->candidate->replications) {
            DIFFERS(about,
                    "scenario `%s`, variant `%s`: the baseline has %" PRId32
                    " values of `%s`; expected %" PRId32,
                    about->candidate->name, variant->name, vector->count, metric,
                    about->candidate->replications);
        }
    }
}

static void numbers_compare(Comparison *about, const GateRecord *baseline)
{
    const GateRecord *now = about->candidate;
    if (baseline->replications != now->replications) {
        DIFFERS(about, "scenario `%s` has %" PRId32 " replications, the baseline has %" PRId32,
                now->name, now->replications, baseline->replications);
    }
    if (baseline->seed != now->seed) {
        DIFFERS(about, "scenario `%s` has seed %" PRIu64 ", the baseline has %" PRIu64, now->name,
                now->seed, baseline->seed);
    }
}

/* A variant that is left out would leave the gate, and what it got worse by with it. */
static void variants_gone(Comparison *about, const GateRecord *baseline)
{
    const GateRecord *now = about->candidate;
    for (int32_t v = 0; v < baseline->variant_count; v++) {
        const char *name = baseline->variants[v].name;
        if (gate_variant_of(now, baseline, name) == NULL) {
            DIFFERS(about, "scenario `%s` no longer has the variant `%s` of the baseline",
                    now->name, name);
        }
    }
}

Status gate_record_compare(const GateRecord *candidate, const GateRecord *baseline,
                           const GateRules *rules, bool vectors, const char *where,
                           const char *help, Diagnostics *diagnostics)
{
    Comparison about = {candidate, where, help, diagnostics, true};
    numbers_compare(&about, baseline);
    files_compare(&about, baseline);
    variants_gone(&about, baseline);
    for (int32_t v = 0; v < candidate->variant_count; v++) {
        const GateVariant *now = &candidate->variants[v];
        const GateVariant *then = gate_variant_of(baseline, candidate, now->name);
        if (then == NULL) {
            DIFFERS(&about, "scenario `%s`: the baseline has no variant `%s`", candidate->name,
                    now->name);
            continue;
        }
        inputs_compare(&about, now->name, &now->inputs, &then->inputs);
        if (vectors) {
            vectors_compare(&about, then, rules);
        }
    }
    return about.good ? STATUS_OK : STATUS_BAD_INPUT;
}
