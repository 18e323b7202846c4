/* fuzz_csv.c - any bytes as a log: the readers accept what is sound and name a mistake in
 * everything else.
 *
 * The first byte says which reader: n(odes), p(ods), c(lasses), s(eries of nodes), v(alues over
 * time), r(anks), o(rders); the rest is the file.
 * What a reader accepts must keep its promises: counts above zero, amounts that are not negative, a
 * request that is a shape.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/nodes_series.h"
#include "traces/readers.h"
#include "traces/value_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PATH_BYTES 64
#define COLUMN_LIMIT 1000

static const char NODES[] = "sn,cpu_milli,memory_mib,gpu,model\n"
                            "a,64000,262144,2,P100\n"
                            "b,96000,393216,8,V100M32\n"
                            "c,32000,65536,0,\n";

static void require(int holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "fuzz_csv: broken promise: %s\n", promise);
        abort();
    }
}

/* A file in memory with a path that opens it. */
static int memory_file(const void *bytes, size_t size, char path[PATH_BYTES])
{
    int file = memfd_create("fuzz", 0);
    require(file >= 0 && write(file, bytes, size) == (ssize_t)size,
            "a file in memory can be written");
    snprintf(path, PATH_BYTES, "/proc/self/fd/%d", file);
    return file;
}

static void check_cluster(const Cluster *cluster)
{
    require(cluster->node_count > 0 && cluster->type_count > 0, "a cluster has nodes");
    for (int32_t i = 0; i < cluster->node_count; i++) {
        int32_t type = cluster->node_type[i];
        require(type >= 0 && type < cluster->type_count, "a node's type exists");
        require(cluster->device_begin[i + 1] - cluster->device_begin[i] ==
                    cluster->types[type].device_count,
                "a node has its type's devices");
    }
    for (int32_t i = 0; i < cluster->type_count; i++) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            require(cluster->types[i].capacity[axis] >= 0, "no capacity is negative");
        }
    }
}

static void check_requests(const RequestList *requests)
{
    require(requests->count > 0, "a list has rows");
    for (int32_t i = 0; i < requests->count; i++) {
        GpShape shape;
        require(requests->rows[i].count > 0, "a row counts at least once");
        require(request_shape(&requests->rows[i], &shape) == GP_OK, "a row is a shape");
    }
}

static void check_columns(const RecordedColumns *columns, int permutation)
{
    require(columns->column_count > 0, "a table has columns");
    for (int32_t i = 0; i < columns->column_count; i++) {
        require(!permutation || columns->length[i] == COLUMN_LIMIT, "a permutation is complete");
        for (int32_t row = 0; row < columns->length[i]; row++) {
            int32_t value = columns->value[i][row];
            require(value >= 0 && value < COLUMN_LIMIT, "values are in bounds");
        }
    }
}

static void check_series(const NodesSeries *series)
{
    require(series->count > 0, "a series has rows");
    for (int32_t i = 0; i < series->count; i++) {
        require(series->active[i] >= 0, "no count is negative");
        require(i == 0 || series->time_ms[i] >= series->time_ms[i - 1], "time goes on");
    }
}

static void check_values(const ValueSeries *series)
{
    require(series->count > 0, "a series has rows");
    for (int32_t i = 0; i < series->count; i++) {
        require(series->micro[i] >= 0 && series->micro[i] <= VALUE_SERIES_MICRO_MAX,
                "a value is in bounds");
        require(i == 0 || series->time_ms[i] > series->time_ms[i - 1], "time goes on");
    }
}

/* Reads with the reader that the first byte names, and checks what it accepted. */
static Status read_any(uint8_t which, const char *path, Arena *arena, Diagnostics *diagnostics,
                       Cluster *cluster)
{
    RequestList requests = {0};
    RecordedColumns columns = {0};
    Cluster nodes = {0};
    NodesSeries series = {0};
    ValueSeries values = {0};
    Status status;
    switch (which) {
    case 'n':
        status = openb_nodes_read(path, arena, diagnostics, &nodes);
        if (status == STATUS_OK) {
            check_cluster(&nodes);
        }
        return status;
    case 'p':
    case 'c':
        status = which == 'p' ? openb_pods_read(path, arena, diagnostics, cluster, &requests)
                              : classes_read(path, arena, diagnostics, cluster, &requests);
        if (status == STATUS_OK) {
            check_requests(&requests);
        }
        return status;
    case 's':
        status = nodes_series_read(path, 0, arena, diagnostics, &series);
        if (status == STATUS_OK) {
            check_series(&series);
        }
        return status;
    case 'v':
        status = value_series_read(path, 3600000, arena, diagnostics, &values);
        if (status == STATUS_OK) {
            check_values(&values);
        }
        return status;
    default:
        status = recorded_columns_read(
            path, arena, diagnostics,
            &(RecordedWish){.limit = COLUMN_LIMIT, .is_permutation = which == 'r'}, &columns);
        if (status == STATUS_OK) {
            check_columns(&columns, which == 'r');
        }
        return status;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char path[PATH_BYTES];
    char nodes_path[PATH_BYTES];
    int file = memory_file(data + 1, size - 1, path);
    int nodes = memory_file(NODES, strlen(NODES), nodes_path);
    Arena arena;
    Diagnostics diagnostics;
    Cluster cluster = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    Status status = openb_nodes_read(nodes_path, &arena, &diagnostics, &cluster);
    require(status == STATUS_OK, "a sound node list is read");
    status = read_any(data[0], path, &arena, &diagnostics, &cluster);
    require(status != STATUS_OK || diagnostics.error_count == 0, "success has no errors");
    require(status == STATUS_OK || diagnostics.error_count > 0, "a refusal says why");
    arena_free(&arena);
    diagnostics_free(&diagnostics);
    close(file);
    close(nodes);
    return 0;
}
