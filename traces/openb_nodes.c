/* openb_nodes.c - the node list of Alibaba's 2023 GPU cluster trace becomes a cluster. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/csv_table.h"
#include "traces/names.h"
#include "traces/readers.h"

enum { NODE_NAME, NODE_CPU, NODE_MEMORY, NODE_GPU, NODE_MODEL, NODE_COLUMNS };

static const CsvColumn columns[NODE_COLUMNS] = {
    [NODE_NAME] = {"sn", false},           [NODE_CPU] = {"cpu_milli", false},
    [NODE_MEMORY] = {"memory_mib", false}, [NODE_GPU] = {"gpu", false},
    [NODE_MODEL] = {"model", false},
};

typedef struct NodeRow {
    const char *name;
    int32_t type;
} NodeRow;

typedef struct NodeReader {
    Arena *arena;
    Diagnostics *diagnostics;
    Cluster *cluster;
    Names names;
    NodeRow *rows;
    int32_t count;
    int32_t capacity;
    int32_t type_count;
    int32_t last_type; /* lists come in runs of one type */
    GpNodeType types[CLUSTER_TYPES_MAX];
} NodeReader;

static bool type_same(const GpNodeType *a, const GpNodeType *b)
{
    return a->model == b->model && a->device_count == b->device_count &&
           a->capacity[GP_AXIS_CPU] == b->capacity[GP_AXIS_CPU] &&
           a->capacity[GP_AXIS_MEMORY] == b->capacity[GP_AXIS_MEMORY];
}

/* The number of this type; -1: too many (recorded). */
static int32_t type_find(NodeReader *reader, const CsvRow *row, const GpNodeType *wanted)
{
    if (reader->type_count > 0 && type_same(&reader->types[reader->last_type], wanted)) {
        return reader->last_type;
    }
    for (int32_t type = 0; type < reader->type_count; type++) {
        if (type_same(&reader->types[type], wanted)) {
            return type;
        }
    }
    if (reader->type_count == CLUSTER_TYPES_MAX) {
        diagnostics_error(row->diagnostics, row->line, "range", "are these the right columns?",
                          "more than %d distinct node shapes (GPUs, model, CPU, memory)",
                          CLUSTER_TYPES_MAX);
        return -1;
    }
    reader->types[reader->type_count] = *wanted;
    return reader->type_count++;
}

/* The model's id into *model; false ends the reading (memory), *model < 0 a mistake. */
static bool model_find(NodeReader *reader, const CsvRow *row, int32_t *model)
{
    const CsvCell *cell = &row->cells[NODE_MODEL];
    *model = -1;
    if (cell->length == 0) {
        diagnostics_error(row->diagnostics, csv_place(row, NODE_MODEL), "csv", NULL,
                          "model is empty; expected the GPU model of a node that has GPUs");
        return true;
    }
    *model = cluster_model(reader->cluster, reader->arena, cell->text, (int)cell->length);
    if (*model < 0 && !reader->arena->failed) {
        diagnostics_error(row->diagnostics, csv_place(row, NODE_MODEL), "range", NULL,
                          "more than %d GPU models", GP_MODELS_MAX);
    }
    return !reader->arena->failed;
}

static bool rows_grow(NodeReader *reader)
{
    if (reader->count < reader->capacity) {
        return true;
    }
    int32_t capacity = reader->capacity == 0 ? 256 : reader->capacity * 2;
    NodeRow *rows = realloc(reader->rows, (size_t)capacity * sizeof *rows);
    if (rows == NULL) {
        return false;
    }
    reader->rows = rows;
    reader->capacity = capacity;
    return true;
}

static bool node_row(void *self, const CsvRow *row)
{
    NodeReader *reader = self;
    NamesAdd named = names_add(&reader->names, reader->arena, row, NODE_NAME);
    if (named == NAMES_NO_MEMORY) {
        return false;
    }
    int64_t cpu = 0;
    int64_t memory = 0;
    int64_t gpus = 0;
    bool good = named == NAMES_ADDED;
    good &= csv_integer(row, NODE_CPU, 0, CELL_CPU_MILLI_MAX, &cpu);
    good &= csv_integer(row, NODE_MEMORY, 0, CELL_MEMORY_MIB_MAX, &memory);
    good &= csv_integer(row, NODE_GPU, 0, GP_DEVICES_MAX, &gpus);
    int32_t model = -1;
    if (gpus > 0) {
        if (!model_find(reader, row, &model)) {
            return false;
        }
        good &= model >= 0;
    }
    if (!good) {
        return true;
    }
    GpNodeType wanted = {.size = sizeof(GpNodeType), .device_count = (int32_t)gpus, .model = model};
    wanted.capacity[GP_AXIS_GPU] = gpus * GP_DEVICE_MILLI;
    wanted.capacity[GP_AXIS_CPU] = cpu;
    wanted.capacity[GP_AXIS_MEMORY] = memory;
    int32_t type = type_find(reader, row, &wanted);
    if (type < 0) {
        return true;
    }
    reader->last_type = type;
    if (!rows_grow(reader)) {
        return false;
    }
    reader->rows[reader->count++] = (NodeRow){reader->names.name[reader->names.count - 1], type};
    return true;
}

/* "g2-8-96000-393216": model, GPUs, CPU, memory; "cpu-32000-262144" without GPUs. */
static const char *type_name(const Cluster *cluster, const GpNodeType *type, Arena *arena)
{
    const char *model = type->device_count > 0 ? cluster->model_name[type->model] : "cpu";
    size_t length = strlen(model);
    size_t size = length + 80;
    char *name = arena_alloc(arena, size, 1);
    if (name == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        name[i] = (char)tolower((unsigned char)model[i]);
    }
    if (type->device_count > 0) {
        length += (size_t)snprintf(name + length, size - length, "-%d", (int)type->device_count);
    }
    snprintf(name + length, size - length, "-%lld-%lld", (long long)type->capacity[GP_AXIS_CPU],
             (long long)type->capacity[GP_AXIS_MEMORY]);
    return name;
}

static int node_compare(const void *a, const void *b)
{
    return strcmp(((const NodeRow *)a)->name, ((const NodeRow *)b)->name);
}

static bool cluster_fill(NodeReader *reader)
{
    Cluster *cluster = reader->cluster;
    Arena *arena = reader->arena;
    cluster->type_count = reader->type_count;
    cluster->node_count = reader->count;
    cluster->types = ARENA_ARRAY(arena, GpNodeType, reader->type_count);
    cluster->type_info = ARENA_ARRAY(arena, NodeTypeInfo, reader->type_count);
    cluster->node_type = ARENA_ARRAY(arena, int32_t, reader->count);
    cluster->node_name = ARENA_ARRAY(arena, const char *, reader->count);
    if (arena->failed) {
        return false;
    }
    memcpy(cluster->types, reader->types, (size_t)reader->type_count * sizeof(GpNodeType));
    for (int32_t type = 0; type < reader->type_count; type++) {
        const GpNodeType *shape = &cluster->types[type];
        cluster->type_info[type].name = type_name(cluster, shape, arena);
        cluster->type_info[type].model =
            shape->model >= 0 ? cluster->model_name[shape->model] : NULL;
    }
    qsort(reader->rows, (size_t)reader->count, sizeof *reader->rows, node_compare);
    for (int32_t node = 0; node < reader->count; node++) {
        cluster->node_type[node] = reader->rows[node].type;
        cluster->node_name[node] = reader->rows[node].name;
    }
    return !arena->failed && cluster_finish(cluster, arena);
}

Status openb_nodes_read(const char *path, Arena *arena, Diagnostics *diagnostics, Cluster *cluster)
{
    NodeReader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    reader->arena = arena;
    reader->diagnostics = diagnostics;
    reader->cluster = cluster;
    names_init(&reader->names);
    CsvHandler handler = {
        .columns = columns, .column_count = NODE_COLUMNS, .row = node_row, .self = reader};
    Status status = csv_read(path, &handler, diagnostics);
    if (status == STATUS_OK && !cluster_fill(reader)) {
        status = diagnostics_no_memory(diagnostics);
    }
    names_free(&reader->names);
    free(reader->rows);
    free(reader);
    return status;
}
