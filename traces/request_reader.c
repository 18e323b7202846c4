/* request_reader.c - checks and collects requests; gives each GPU model its number. */
#include "traces/request_reader.h"

#include <stdlib.h>
#include <string.h>

#include "traces/readers.h"

void request_reader_init(RequestReader *reader, Arena *arena, Diagnostics *diagnostics,
                         Cluster *cluster)
{
    *reader = (RequestReader){.arena = arena, .diagnostics = diagnostics, .cluster = cluster};
    intern_init(&reader->spec_table);
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (cluster->types[type].model >= 0) {
            reader->node_models |= UINT64_C(1) << cluster->types[type].model;
        }
    }
}

void request_reader_free(RequestReader *reader)
{
    intern_free(&reader->spec_table);
    free(reader->rows);
    free(reader->specs);
}

/* ---- gpu_spec -------------------------------------------------------------------------------- */

typedef struct SpecQuery {
    const GpuSpec *specs;
    const char *wanted;
} SpecQuery;

static bool spec_is_wanted(const void *context, int32_t id)
{
    const SpecQuery *query = context;
    return strcmp(query->specs[id].text, query->wanted) == 0;
}

static bool specs_grow(RequestReader *reader)
{
    if (reader->spec_count < reader->spec_capacity) {
        return true;
    }
    int32_t capacity = reader->spec_capacity == 0 ? 16 : reader->spec_capacity * 2;
    GpuSpec *specs = realloc(reader->specs, (size_t)capacity * sizeof *specs);
    if (specs == NULL) {
        return false;
    }
    reader->specs = specs;
    reader->spec_capacity = capacity;
    return true;
}

/* Models between the bars into a set; empty parts and repeats do not matter. */
static uint64_t spec_models(RequestReader *reader, const char *text, bool *too_many)
{
    uint64_t set = 0;
    *too_many = false;
    while (*text != '\0') {
        size_t length = strcspn(text, "|");
        if (length > 0) {
            int32_t model = cluster_model(reader->cluster, reader->arena, text, (int)length);
            if (model < 0) {
                *too_many = true;
                return 0;
            }
            set |= UINT64_C(1) << model;
        }
        text += length + (text[length] == '|');
    }
    return set;
}

typedef enum SpecFound { SPEC_FOUND, SPEC_MISTAKE, SPEC_NO_MEMORY } SpecFound;

static SpecFound spec_find(RequestReader *reader, const CsvRow *row, int column, GpuSpec *found)
{
    const CsvCell *cell = &row->cells[column];
    SpecQuery query = {reader->specs, cell->text};
    uint64_t hash = intern_text(0, cell->text, cell->length);
    int32_t known = intern_find(&reader->spec_table, hash, spec_is_wanted, &query);
    if (known >= 0) {
        *found = reader->specs[known];
        return SPEC_FOUND;
    }
    bool too_many = false;
    GpuSpec spec = {.model_set = spec_models(reader, cell->text, &too_many)};
    if (too_many && !reader->arena->failed) {
        diagnostics_error(row->diagnostics, csv_place(row, column), "range",
                          "is this the right column?",
                          "nodes and requests name more than %d GPU models", GP_MODELS_MAX);
        return SPEC_MISTAKE;
    }
    spec.text = arena_strndup(reader->arena, cell->text, cell->length);
    if (spec.text == NULL || !specs_grow(reader) ||
        !intern_add(&reader->spec_table, hash, reader->spec_count)) {
        return SPEC_NO_MEMORY;
    }
    reader->specs[reader->spec_count++] = spec;
    *found = spec;
    return SPEC_FOUND;
}

static void spec_note_unknown(RequestReader *reader, const CsvRow *row, int column, uint64_t set)
{
    uint64_t unknown = set & ~reader->node_models;
    if (unknown == 0 || reader->node_models == 0) {
        return;
    }
    if (reader->unknown_requests++ == 0) {
        reader->unknown_model = __builtin_ctzll(unknown);
        reader->unknown_place = csv_place(row, column);
        reader->unknown_place.source = NULL; /* the line is gone when the warning is made */
    }
}

bool request_reader_models(RequestReader *reader, const CsvRow *row, int column, GpuSpec *spec,
                           bool *usable)
{
    SpecFound found = spec_find(reader, row, column, spec);
    if (found == SPEC_NO_MEMORY) {
        return false;
    }
    *usable &= found == SPEC_FOUND;
    spec_note_unknown(reader, row, column, spec->model_set);
    return true;
}

void request_reader_warn(const RequestReader *reader)
{
    if (reader->unknown_requests == 0) {
        return;
    }
    const char *known[GP_MODELS_MAX];
    int known_count = 0;
    for (int32_t model = 0; model < reader->cluster->model_count; model++) {
        if (reader->node_models >> model & 1) {
            known[known_count++] = reader->cluster->model_name[model];
        }
    }
    const char *unknown = reader->cluster->model_name[reader->unknown_model];
    const char *nearest = nearest_name(unknown, known, known_count);
    char shown[CSV_SHOWN_BYTES];
    char shown_nearest[CSV_SHOWN_BYTES];
    diagnostics_warning(
        reader->diagnostics, reader->unknown_place, "unknown-model",
        "a request fits no node if no node has any of its models",
        "%d request%s a GPU model that no node has, here first '%s'%s%s%s",
        (int)reader->unknown_requests, reader->unknown_requests == 1 ? " names" : "s name",
        csv_shown(unknown, shown), nearest != NULL ? "; the nearest that a node has is '" : "",
        nearest != NULL ? csv_shown(nearest, shown_nearest) : "", nearest != NULL ? "'" : "");
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The two GPU cells that depend on num_gpu. */
static bool milli_read(const CsvRow *row, const RequestColumns *columns, int64_t gpus,
                       int64_t *milli)
{
    if (gpus == 0 && row->cells[columns->gpu_milli].length == 0) {
        *milli = 0;
        return true;
    }
    if (!csv_integer(row, columns->gpu_milli, gpus == 0 ? 0 : 1, GP_DEVICE_MILLI, milli)) {
        return false;
    }
    if (gpus == 0) {
        *milli = 0;
    }
    if (gpus > 1 && *milli < GP_DEVICE_MILLI) {
        diagnostics_error(row->diagnostics, csv_place(row, columns->gpu_milli), "range",
                          "only a request for one GPU may ask for a part of it",
                          "gpu_milli is %lld with %lld GPUs; expected %d", (long long)*milli,
                          (long long)gpus, GP_DEVICE_MILLI);
        return false;
    }
    return true;
}

static bool rows_grow(RequestReader *reader)
{
    if (reader->count < reader->capacity) {
        return true;
    }
    int32_t capacity = reader->capacity == 0 ? 256 : reader->capacity * 2;
    Request *rows = realloc(reader->rows, (size_t)capacity * sizeof *rows);
    if (rows == NULL) {
        return false;
    }
    reader->rows = rows;
    reader->capacity = capacity;
    return true;
}

bool request_reader_row(RequestReader *reader, const CsvRow *row, const RequestColumns *columns,
                        bool usable, Request **request)
{
    *request = NULL;
    int64_t cpu = 0;
    int64_t memory = 0;
    int64_t gpus = 0;
    int64_t milli = 0;
    GpuSpec spec = {.text = ""};
    usable &= csv_integer(row, columns->cpu_milli, 0, CELL_CPU_MILLI_MAX, &cpu);
    usable &= csv_integer(row, columns->memory_mib, 0, CELL_MEMORY_MIB_MAX, &memory);
    if (csv_integer(row, columns->num_gpu, 0, GP_DEVICES_MAX, &gpus)) {
        usable &= milli_read(row, columns, gpus, &milli);
    } else {
        usable = false;
    }
    if (gpus > 0 && row->cells[columns->gpu_spec].length > 0) {
        if (!request_reader_models(reader, row, columns->gpu_spec, &spec, &usable)) {
            return false;
        }
    }
    if (!usable) {
        return true;
    }
    if (!rows_grow(reader)) {
        return false;
    }
    *request = &reader->rows[reader->count++];
    **request = (Request){
        .cpu_milli = cpu,
        .memory_mib = memory,
        .gpu_count = (int32_t)gpus,
        .gpu_milli = (int32_t)milli,
        .model_set = spec.model_set,
        .model_text = spec.text,
        .count = 1,
        .duration_ms = TIME_NEVER,
        .task_count = 1,
        .gang = GANG_NONE,
    };
    return true;
}

bool request_reader_finish(RequestReader *reader, RequestList *requests)
{
    request_reader_warn(reader);
    requests->rows = ARENA_ARRAY(reader->arena, Request, reader->count);
    if (requests->rows == NULL) {
        return false;
    }
    memcpy(requests->rows, reader->rows, (size_t)reader->count * sizeof(Request));
    requests->count = reader->count;
    return !reader->diagnostics->out_of_memory;
}
