/* fuzz_faults.c - any bytes as a fault log: readers accept what is sound and name a mistake in
 * everything else.
 *
 * The first byte says which format: i(nfinitehbd), c(sv); a capital asks for a cut in time as well.
 * The rest is the file, packed or not. What is accepted must keep the readers' promises: rows
 * sorted on the run's clock, every fault kept or dropped for a reason, statistics that add up, and
 * a CSV written from it that is read again as the same faults.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/fault_fit.h"
#include "traces/fault_log.h"
#include "traces/fault_stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PATH_BYTES 64

static void require(int holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "fuzz_faults: broken promise: %s\n", promise);
        abort();
    }
}

static void check_rows(const FaultLog *log)
{
    int64_t dropped = 0;
    for (int i = 0; i < log->reason_count; i++) {
        const TraceReason *reason = &log->reasons[i];
        bool fault = strstr(reason->text, "without a start") == NULL;
        dropped += reason->dropped && fault ? reason->count : 0;
        require(reason->count > 0 && reason->first_line > 0, "a reason occurred somewhere");
    }
    require(log->rows_read == log->count + dropped, "every fault is kept or dropped");
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        require(row->start_ms >= 0 && row->end_ms >= row->start_ms, "a fault does not end early");
        require(i == 0 || row[-1].start_ms <= row->start_ms, "rows are sorted");
        require(row->node >= 0 && row->node < log->node_count, "a fault has a node");
        require(row->component >= 0 && row->component < log->component_count,
                "a fault has a component");
        require((row->devices != 0) == log->components[row->component].of_devices,
                "a component is of devices or of nodes");
    }
}

static void check_stats(const FaultLog *log, Arena *arena, Diagnostics *diagnostics)
{
    FaultStats stats;
    require(fault_stats(log, 0, arena, diagnostics, &stats) == STATUS_OK, "statistics are made");
    int64_t faults = 0;
    for (int32_t i = 0; i < log->component_count; i++) {
        faults += stats.components[i].faults;
    }
    require(faults == log->count, "components sum to all");
    require(stats.nodes_down_max <= log->node_count, "no more nodes are down than there are");
    require(stats.node_down_ms <= log->window_ms * log->node_count, "no node is down twice");
}

/* A fit's figures are numbers, and what it writes can be written. */
static void check_fit(const FaultLog *log, Arena *arena)
{
    Diagnostics diagnostics;
    FaultFit fit;
    FaultFitOptions options = {.nodes = log->node_count + 3, .gpus_per_node = 8};
    diagnostics_init(&diagnostics);
    Status status = fault_fit(log, &options, arena, &diagnostics, &fit);
    require(status == STATUS_OK || diagnostics.error_count > 0, "a fit works or says why not");
    if (status == STATUS_OK) {
        FILE *nowhere = fopen("/dev/null", "w");
        require(nowhere != NULL && fault_fit_write(&fit, "fuzz", nowhere), "a fit can be written");
        fclose(nowhere);
        require(isfinite(fit.frailty.cv) && isfinite(fit.gaps.shape), "a fit is finite");
        for (int32_t i = 0; i < fit.component_count; i++) {
            const ComponentFit *component = &fit.components[i];
            require(component->mtbf_ms >= 0.0 && isfinite(component->mtbf_ms), "a rate is finite");
            require(component->repaired == 0 || distribution_mistake(&component->out) == NULL,
                    "repair times are a distribution");
        }
    }
    diagnostics_free(&diagnostics);
}

static void check_written(const FaultLog *log, Arena *arena)
{
    if (log->count == 0) {
        return;
    }
    FILE *file = fdopen(memfd_create("again", 0), "w+");
    require(file != NULL, "a file in memory can be made");
    require(faults_csv_write(log, file) && fflush(file) == 0, "a log can be written");
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    Diagnostics diagnostics;
    FaultLogOptions options;
    FaultLog again;
    fault_log_options_init(&options);
    options.path = path;
    diagnostics_init(&diagnostics);
    Status status = fault_log_read(&options, arena, &diagnostics, &again);
    if (status != STATUS_OK) {
        diagnostics_print(&diagnostics, stderr, false);
    }
    require(status == STATUS_OK, "what was written can be read");
    require(again.count == log->count, "as many faults come back");
    for (int32_t i = 0; i < again.count; i++) {
        const FaultLogRow *a = &log->rows[i];
        const FaultLogRow *b = &again.rows[i];
        require(a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->devices == b->devices &&
                    strcmp(log->node_name[a->node], again.node_name[b->node]) == 0,
                "a fault comes back as it was");
    }
    diagnostics_free(&diagnostics);
    fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char path[PATH_BYTES];
    int file = memfd_create("fuzz", 0);
    require(file >= 0 && write(file, data + 1, size - 1) == (ssize_t)(size - 1),
            "a file in memory can be written");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    Arena arena;
    Diagnostics diagnostics;
    FaultLogOptions options;
    FaultLog log;
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    fault_log_options_init(&options);
    options.path = path;
    options.format = tolower(data[0]) == 'i' ? "infinitehbd" : "faults-csv";
    if (isupper(data[0])) {
        options.from_ms = INT64_C(180000000);
        options.to_ms = INT64_C(600000000);
    }
    Status status = fault_log_read(&options, &arena, &diagnostics, &log);
    require(status != STATUS_OK || diagnostics.error_count == 0, "success has no errors");
    require(status == STATUS_OK || diagnostics.error_count > 0, "a refusal says why");
    if (status == STATUS_OK) {
        check_rows(&log);
        check_stats(&log, &arena, &diagnostics);
        check_fit(&log, &arena);
        check_written(&log, &arena);
    }
    arena_free(&arena);
    diagnostics_free(&diagnostics);
    close(file);
    return 0;
}
