/* gate_baseline.c - the stored baseline of a gate is written: text that a reviewer can read, one
 * line a metric. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/embedded.h"
#include "sim/report/atomic_file.h"
#include "sim/report/gate_report.h"

#define FACTS_FILE "tests/data/fact_hash.txt"

const char *gate_model(char buffer[GATE_MODEL_TEXT])
{
    char hash[SHA256_HEX] = "unknown";
    for (const EmbeddedFile *file = EMBEDDED_FILES; file->path != NULL; file++) {
        if (strcmp(file->path, FACTS_FILE) == 0) {
            text_sha256(file->text, file->size, hash);
        }
    }
    snprintf(buffer, GATE_MODEL_TEXT, "facts %.12s, metrics %d", hash, METRICS_VERSION);
    return buffer;
}

/* ---- pieces ---- */

static bool text_write(const char *text, FILE *stream)
{
    json_t *value = json_string(text);
    bool ok = value != NULL && json_dumpf(value, stream, JSON_ENCODE_ANY) == 0;
    json_decref(value);
    return ok;
}

/* Exact: 17 digits bring the same double back. */
static void number_write(double value, FILE *stream)
{
    if (isnan(value)) {
        fputs("null", stream);
    } else if (isinf(value)) {
        fputs("\"beyond\"", stream);
    } else {
        fprintf(stream, "%.17g", value == 0 ? 0.0 : value);
    }
}

static bool vector_write(const GateVector *vector, bool last, FILE *stream)
{
    fprintf(stream, "     \"%s\": [", METRICS[vector->metric].name);
    for (int32_t r = 0; r < vector->count; r++) {
        fputs(r > 0 ? ", " : "", stream);
        number_write(vector->value[r], stream);
    }
    fprintf(stream, "]%s\n", last ? "" : ",");
    return true;
}

static bool variant_write(const GateVariant *variant, bool last, FILE *stream)
{
    fputs("   {\"name\": ", stream);
    bool ok = text_write(variant->name, stream);
    fputs(",\n    \"inputs\": {", stream);
    for (int32_t i = 0; i < variant->inputs.count; i++) {
        const InputKey *key = &variant->inputs.keys[i];
        fprintf(stream, "%s\n     ", i > 0 ? "," : "");
        ok = text_write(key->key, stream) && ok;
        fprintf(stream, ": \"%s\"", key->sha256);
    }
    fputs("},\n    \"metrics\": {\n", stream);
    for (int32_t i = 0; i < variant->vector_count; i++) {
        vector_write(&variant->vectors[i], i == variant->vector_count - 1, stream);
    }
    fprintf(stream, "    }}%s\n", last ? "" : ",");
    return ok;
}

static bool record_write(const GateRecord *record, bool last, FILE *stream)
{
    fputs(" {\"name\": ", stream);
    bool ok = text_write(record->name, stream);
    fprintf(stream, ",\n  \"seed\": %" PRIu64 ", \"replications\": %" PRId32 ",\n  \"files\": {",
            record->seed, record->replications);
    for (int32_t i = 0; i < record->file_count; i++) {
        fprintf(stream, "%s\n   ", i > 0 ? "," : "");
        ok = text_write(record->files[i].name, stream) && ok;
        fprintf(stream, ": \"%s\"", record->files[i].sha256);
    }
    fputs("},\n  \"variants\": [\n", stream);
    for (int32_t v = 0; v < record->variant_count; v++) {
        ok = variant_write(&record->variants[v], v == record->variant_count - 1, stream) && ok;
    }
    fprintf(stream, "  ]}%s\n", last ? "" : ",");
    return ok;
}

/* ---- the file ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const GateRecord *const *)a)->name, (*(const GateRecord *const *)b)->name);
}

static bool records_write(const GateRecord *records, int32_t count, FILE *stream)
{
    const GateRecord **order = calloc((size_t)count + 1, sizeof *order);
    if (order == NULL) {
        return false;
    }
    for (int32_t i = 0; i < count; i++) {
        order[i] = &records[i];
    }
    qsort(order, (size_t)count, sizeof *order, by_name);
    char model[GATE_MODEL_TEXT];
    fprintf(stream, "{\"gpuplan_gate_baseline\": %d,\n\"model\": \"%s\",\n\"scenarios\": [\n",
            GATE_BASELINE_VERSION, gate_model(model));
    bool ok = true;
    for (int32_t i = 0; i < count; i++) {
        ok = record_write(order[i], i == count - 1, stream) && ok;
    }
    fputs("]}\n", stream);
    free(order);
    return ok;
}

Status gate_baseline_write(const char *path, const GateRecord *records, int32_t count,
                           Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    if (!records_write(records, count, file.stream)) {
        atomic_file_abandon(&file);
        return diagnostics_no_memory(diagnostics);
    }
    return atomic_file_commit(&file, diagnostics);
}
