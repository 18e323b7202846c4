/* gate_baseline_read.c - the stored baseline of a gate is read and distrusted. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/report/gate_report.h"
#include "sim/report/json_help.h"

#define BASELINE_BYTES_MAX ((off_t)64 << 20)

typedef struct Reader {
    const char *path;
    Arena *arena;
    Diagnostics *diagnostics;
    bool good;
} Reader;

static const char HELP[] = "take it from version control, or remove it and run `gpuplan gate SUITE "
                           "--baseline FILE --update`";

#define WRONG(reader, ...)                                                                         \
    do {                                                                                           \
        diagnostics_error((reader)->diagnostics, (Place){.file = (reader)->path}, "baseline",      \
                          HELP, __VA_ARGS__);                                                      \
        (reader)->good = false;                                                                    \
    } while (0)

static bool memory_fail(Reader *reader)
{
    diagnostics_no_memory(reader->diagnostics);
    reader->good = false;
    return false;
}

static const char *text_take_over(Reader *reader, const char *text)
{
    const char *copy = arena_strdup(reader->arena, text);
    if (copy == NULL) {
        memory_fail(reader);
    }
    return copy;
}

/* ---- pieces ---- */

static bool hash_copy(Reader *reader, const json_t *value, const char *what, char hex[SHA256_HEX])
{
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) != SHA256_HEX - 1) {
        WRONG(reader, "the fingerprint of `%.64s` is not one", what);
        return false;
    }
    memcpy(hex, text, SHA256_HEX);
    return true;
}

static bool vector_read(Reader *reader, const char *name, const json_t *values, GateVector *vector)
{
    vector->metric = metric_find(name);
    vector->value = ARENA_ARRAY(reader->arena, double, json_array_size(values));
    if (vector->value == NULL) {
        return memory_fail(reader);
    }
    size_t i;
    const json_t *value;
    bool good = vector->metric != METRIC_COUNT && json_is_array(values) &&
                json_array_size(values) <= INT32_MAX;
    json_array_foreach (values, i, value) {
        bool beyond = json_is_string(value) && strcmp(json_string_value(value), "beyond") == 0;
        good = good && (beyond || json_is_number(value) || json_is_null(value));
        vector->value[vector->count++] = beyond                  ? (double)INFINITY
                                         : json_is_number(value) ? json_number_value(value)
                                                                 : (double)NAN;
    }
    if (!good) {
        WRONG(reader, "`%.64s` is no metric with a list of numbers", name);
    }
    return good;
}

static void inputs_read(Reader *reader, json_t *object, VariantInputs *inputs)
{
    inputs->keys = ARENA_ARRAY(reader->arena, InputKey, json_object_size(object));
    if (inputs->keys == NULL) {
        memory_fail(reader);
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach (object, key, value) {
        InputKey *row = &inputs->keys[inputs->count++];
        row->key = text_take_over(reader, key);
        hash_copy(reader, value, key, row->sha256);
        if (row->key == NULL) {
            return;
        }
        for (InputKey *at = row; at > inputs->keys && strcmp(at[-1].key, at->key) > 0; at--) {
            InputKey moved = at[-1];
            at[-1] = *at;
            *at = moved;
        }
    }
}

static void variant_read(Reader *reader, json_t *object, GateVariant *variant)
{
    json_t *metrics = json_object_get(object, "metrics");
    json_t *inputs = json_object_get(object, "inputs");
    if (!json_is_string(json_object_get(object, "name")) || !json_is_object(metrics) ||
        !json_is_object(inputs)) {
        WRONG(reader, "a variant without `name`, `inputs` or `metrics`");
        return;
    }
    variant->name = text_take_over(reader, json_text_at(object, "name"));
    variant->vectors = ARENA_ARRAY(reader->arena, GateVector, json_object_size(metrics));
    if (variant->name == NULL || variant->vectors == NULL) {
        memory_fail(reader);
        return;
    }
    inputs_read(reader, inputs, &variant->inputs);
    const char *key;
    json_t *values;
    json_object_foreach (metrics, key, values) {
        if (vector_read(reader, key, values, &variant->vectors[variant->vector_count])) {
            variant->vector_count++;
        }
    }
}

static void files_read(Reader *reader, json_t *files, GateRecord *record)
{
    record->files = ARENA_ARRAY(reader->arena, InputFile, json_object_size(files));
    if (record->files == NULL) {
        memory_fail(reader);
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach (files, key, value) {
        InputFile *file = &record->files[record->file_count];
        file->name = text_take_over(reader, key);
        if (file->name != NULL && hash_copy(reader, value, key, file->sha256)) {
            record->file_count++;
        }
    }
}

static bool whole_number(const json_t *object, const char *key, json_int_t most, json_int_t *value)
{
    const json_t *number = json_object_get(object, key);
    *value = json_integer_value(number);
    return json_is_integer(number) && *value >= 0 && *value <= most;
}

static void record_read(Reader *reader, json_t *object, GateRecord *record)
{
    json_t *variants = json_object_get(object, "variants");
    json_int_t seed = 0;
    json_int_t replications = 0;
    if (!json_is_string(json_object_get(object, "name")) || !json_is_array(variants) ||
        !whole_number(object, "seed", INT64_MAX, &seed) ||
        !whole_number(object, "replications", INT32_MAX, &replications)) {
        WRONG(reader, "a scenario without `name`, `seed`, `replications` or `variants`");
        return;
    }
    record->seed = (uint64_t)seed;
    record->replications = (int32_t)replications;
    record->name = text_take_over(reader, json_text_at(object, "name"));
    record->variants = ARENA_ARRAY(reader->arena, GateVariant, json_array_size(variants));
    if (record->name == NULL || record->variants == NULL) {
        memory_fail(reader);
        return;
    }
    files_read(reader, json_object_get(object, "files"), record);
    size_t i;
    json_t *variant;
    json_array_foreach (variants, i, variant) {
        variant_read(reader, variant, &record->variants[record->variant_count++]);
    }
}

/* Two versions of a file, merged by hand, may leave both: nobody knows which one counts. */
static void twice_find(Reader *reader, const GateBaseline *baseline)
{
    for (int32_t i = 0; reader->good && i < baseline->count; i++) {
        for (int32_t k = 0; k < i; k++) {
            if (strcmp(baseline->records[i].name, baseline->records[k].name) == 0) {
                WRONG(reader, "the scenario `%.64s` stands in it twice", baseline->records[i].name);
            }
        }
    }
}

/* ---- the file ---- */

static void root_read(Reader *reader, json_t *root, GateBaseline *baseline)
{
    json_int_t version = 0;
    if (!whole_number(root, "gpuplan_gate_baseline", INT32_MAX, &version)) {
        diagnostics_error(reader->diagnostics, (Place){.file = reader->path}, "baseline",
                          "name another file: this one is not overwritten",
                          "is no baseline of `gpuplan gate`");
        reader->good = false;
        return;
    }
    baseline->format = (int32_t)version;
    baseline->model = text_take_over(reader, json_text_at(root, "model"));
    json_t *records = json_object_get(root, "scenarios");
    char model[GATE_MODEL_TEXT];
    baseline->known = version == GATE_BASELINE_VERSION && baseline->model != NULL &&
                      strcmp(baseline->model, gate_model(model)) == 0;
    if (!baseline->known) { /* whoever compares says so; its metrics may be others */
        baseline->count = (int32_t)json_array_size(records);
        return;
    }
    baseline->records = ARENA_ARRAY(reader->arena, GateRecord, json_array_size(records));
    if (baseline->records == NULL) {
        memory_fail(reader);
        return;
    }
    size_t i;
    json_t *record;
    json_array_foreach (records, i, record) {
        record_read(reader, record, &baseline->records[baseline->count++]);
    }
    twice_find(reader, baseline);
}

Status gate_baseline_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                          GateBaseline *baseline)
{
    *baseline = (GateBaseline){0};
    struct stat about;
    if (stat(path, &about) != 0) {
        return STATUS_OK;
    }
    baseline->exists = true;
    Reader reader = {path, arena, diagnostics, true};
    json_error_t error = {0};
    bool file = S_ISREG(about.st_mode) && about.st_size <= BASELINE_BYTES_MAX;
    json_t *root = file ? json_load_file(path, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (root == NULL) {
        Place place = {.file = path, .line = error.line > 0 ? error.line : 0};
        diagnostics_error(diagnostics, place, "baseline",
                          "name another file: this one is not overwritten",
                          "is no baseline of `gpuplan gate`: %s",
                          file ? error.text : "not a file, or larger than 64 MiB");
        return STATUS_BAD_INPUT;
    }
    root_read(&reader, root, baseline);
    json_decref(root);
    if (diagnostics->out_of_memory) {
        return STATUS_FAILED;
    }
    return reader.good ? STATUS_OK : STATUS_BAD_INPUT;
}
