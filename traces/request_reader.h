/* request_reader.h - cells that ask for CPU, memory and GPUs, as pod lists and class tables share
 * them.
 *
 * For the readers of traces/. Rows collect in memory of their own and move to the arena once their
 * number is known, so that the arena holds exactly what is used.
 */
#ifndef TRACES_REQUEST_READER_H
#define TRACES_REQUEST_READER_H

#include "core/cluster.h"
#include "core/intern.h"
#include "core/job.h"
#include "traces/csv_table.h"

/* One distinct text of gpu_spec. */
typedef struct GpuSpec {
    const char *text;
    uint64_t model_set;
} GpuSpec;

typedef struct RequestReader {
    Arena *arena;
    Diagnostics *diagnostics;
    Cluster *cluster;
    Request *rows;
    int32_t count;
    int32_t capacity;
    Intern spec_table;
    GpuSpec *specs;
    int32_t spec_count;
    int32_t spec_capacity;
    uint64_t node_models;     /* models that some node has; 0: no nodes yet, nothing is unknown */
    int32_t unknown_requests; /* rows that name another model */
    int32_t unknown_model;    /* of the first of them */
    Place unknown_place;
} RequestReader;

/* Which wanted column holds what. */
typedef struct RequestColumns {
    int cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec;
} RequestColumns;

void request_reader_init(RequestReader *reader, Arena *arena, Diagnostics *diagnostics,
                         Cluster *cluster);
void request_reader_free(RequestReader *reader);

/* Reads a row's request into the next element of rows, which is returned in *request: NULL if
 * something in it was wrong (recorded). `usable` false: another cell of the row is bad already; it
 * is read for its mistakes only. False if memory ran out. */
bool request_reader_row(RequestReader *reader, const CsvRow *row, const RequestColumns *columns,
                        bool usable, Request **request);

/* The models that a cell names, joined by bars; one that no node has is counted. *usable is cleared
 * where it was wrong (recorded). False if memory ran out. */
bool request_reader_models(RequestReader *reader, const CsvRow *row, int column, GpuSpec *spec,
                           bool *usable);

/* One warning of all models that no node has. */
void request_reader_warn(const RequestReader *reader);

/* Moves the rows to the arena and warns of models that no node has. False if memory ran out. */
bool request_reader_finish(RequestReader *reader, RequestList *requests);

#endif
