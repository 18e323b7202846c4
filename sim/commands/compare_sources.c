/* compare_sources.c - both kinds of sources end as a summary and tables of jobs. */
#include "sim/commands/compare_sources.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fact.h"
#include "core/text.h"
#include "sim/report/json_help.h"

/* By what it begins with; by its name where that is damaged. */
static bool is_result_file(const char *path)
{
    static const char SIGNATURE[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    static const char *const ENDINGS[] = {".h5", ".hdf5"};
    char begin[8] = {0};
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        if (text_ends_with(path, ENDINGS[i])) {
            return true;
        }
    }
    FILE *stream = strcmp(path, "-") != 0 ? fopen(path, "rb") : NULL;
    bool read = stream != NULL && fread(begin, 1, sizeof begin, stream) == sizeof begin;
    if (stream != NULL) {
        fclose(stream);
    }
    return read && memcmp(begin, SIGNATURE, sizeof begin) == 0;
}

static Status scenario_run(CompareSource *source, const CompareRun *run, Diagnostics *diagnostics)
{
    Status status =
        scenario_load(source->path, &run->load, &source->arena, diagnostics, &source->set);
    if (status != STATUS_OK) {
        return status;
    }
    ExperimentOptions options = {
        .threads = run->threads, .progress = run->progress, .uses_up = true};
    status = experiment_run(&source->set, &options, &source->arena, diagnostics, &source->result);
    if (status != STATUS_OK && status != STATUS_PARTIAL) {
        return status;
    }
    source->summary = summary_json(&source->result);
    return source->summary != NULL ? status : diagnostics_no_memory(diagnostics);
}

Status compare_source_open(CompareSource *source, const char *path, const CompareRun *run,
                           Diagnostics *diagnostics)
{
    *source = (CompareSource){.path = path, .is_file = is_result_file(path)};
    arena_init(&source->arena);
    Status status = source->is_file ? hdf5_read_summary(path, &source->summary, diagnostics)
                                    : scenario_run(source, run, diagnostics);
    if (source->summary != NULL &&
        json_array_size(json_object_get(source->summary, "variants")) == 0) {
        return diagnostics_error(diagnostics, (Place){.file = path}, "result-file",
                                 "write it again with `gpuplan run -o FILE`", "has no variant");
    }
    return status;
}

void compare_source_close(CompareSource *source)
{
    json_decref(source->summary);
    arena_free(&source->arena);
    *source = (CompareSource){.path = NULL};
}

const json_t *compare_variant(const json_t *summary, const char *name)
{
    const json_t *variant;
    size_t i;
    json_array_foreach (json_object_get(summary, "variants"), i, variant) {
        if (strcmp(json_text_at(variant, "name"), name) == 0) {
            return variant;
        }
    }
    return NULL;
}

Status compare_pick(const CompareSource *source, const char *name, const json_t **variant,
                    Diagnostics *diagnostics)
{
    const json_t *variants = json_object_get(source->summary, "variants"), *row;
    *variant = name != NULL ? compare_variant(source->summary, name) : json_array_get(variants, 0);
    if (*variant != NULL) {
        return STATUS_OK;
    }
    size_t count = json_array_size(variants);
    const char **names = calloc(count + 1, sizeof *names);
    if (names == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    size_t i;
    json_array_foreach (variants, i, row) {
        names[i] = json_text_at(row, "name");
    }
    char help[512];
    const char *nearest = nearest_name(name, names, (int)count);
    if (nearest != NULL) {
        snprintf(help, sizeof help, "did you mean `%.200s`?", nearest);
    } else {
        snprintf(help, sizeof help, "it has %zu, from `%.100s` to `%.100s`", count, names[0],
                 names[count - 1]);
    }
    free(names);
    return diagnostics_error(diagnostics, (Place){.file = source->path}, "unknown-name", help,
                             "has no variant `%s`", name);
}

/* ---- jobs ---- */

static int64_t over_ms(const json_t *variant)
{
    double horizon_s = json_number_at(variant, "horizon_s");
    return horizon_s > 0 && horizon_s < 1e12 ? (int64_t)llround(horizon_s * 1000.0) : TIME_NEVER;
}

static const JobColumns *columns_of(const CompareSource *source, const char *name)
{
    for (int32_t v = 0; v < source->result.variant_count; v++) {
        const VariantResult *variant = &source->result.variants[v];
        const ReplicationResult *first = variant->replications;
        if (strcmp(variant->name, name) == 0 && variant->replication_count > 0 &&
            first->replication == 0) {
            return first->jobs;
        }
    }
    return NULL;
}

Status compare_side(const CompareSource *source, const json_t *variant, RunTables *tables,
                    JobView *view, CompareSide *side, Diagnostics *diagnostics)
{
    const char *name = json_text_at(variant, "name");
    *side = (CompareSide){.summary = source->summary, .variant = variant};
    if (!source->is_file) {
        const JobColumns *columns = columns_of(source, name);
        if (columns != NULL) {
            *view = job_view_of_result(columns, over_ms(variant));
            side->jobs = view;
        }
        return STATUS_OK;
    }
    bool there;
    Status status = run_tables_read_jobs(tables, source->path, name, &there, diagnostics);
    if (status == STATUS_OK && there) {
        *view = job_view_of_file(&tables->jobs, over_ms(variant));
        side->jobs = view;
    }
    return status;
}
