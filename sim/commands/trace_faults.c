/* trace_faults.c - `gpuplan trace stats` and `convert` on a fault log. */
#include "sim/commands/trace_faults.h"

#include <errno.h>
#include <stdio.h>

#include "core/units.h"
#include "sim/report/atomic_file.h"
#include "traces/fault_stats.h"

#define LABEL_WIDTH 26
#define DAY_MS 86400000.0

static void label_print(const char *label)
{
    printf("%-*s", LABEL_WIDTH, label);
}

static double percent(double part, double whole)
{
    return whole > 0.0 ? 100.0 * part / whole : 0.0;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A moment of the log's clock, which has no dates. */
static bool moment_take(const TraceMoment *moment, const char *option, const char *path,
                        Diagnostics *diagnostics, int64_t *ms)
{
    if (moment->kind == TRACE_MOMENT_CALENDAR) {
        diagnostics_error(diagnostics, (Place){.file = path}, "unit",
                          "give the time since the log's zero, such as 115d",
                          "%s is a date, and fault logs have no calendar", option);
        return false;
    }
    *ms = moment->kind == TRACE_MOMENT_OFFSET ? moment->ms : *ms;
    return true;
}

Status trace_faults_read(const TraceLog *log, int64_t nodes, Arena *arena, Diagnostics *diagnostics,
                         FaultLog *faults)
{
    FaultLogOptions options;
    fault_log_options_init(&options);
    options.format = log->fault_format;
    options.path = log->path;
    Place place = {.file = log->path};
    if (log->only_for_jobs != NULL) {
        return diagnostics_error(diagnostics, place, "conflict", "remove it",
                                 "%s means nothing to a fault log", log->only_for_jobs);
    }
    bool good = moment_take(&log->options.from, "--from", log->path, diagnostics, &options.from_ms);
    good = moment_take(&log->options.to, "--to", log->path, diagnostics, &options.to_ms) && good;
    Status status = good ? fault_log_read(&options, arena, diagnostics, faults) : STATUS_BAD_INPUT;
    if (status == STATUS_OK && nodes > 0 && nodes < faults->node_count) {
        status = diagnostics_error(diagnostics, place, "range", "count those without a fault too",
                                   "--nodes %lld: %d nodes appear in the log", (long long)nodes,
                                   (int)faults->node_count);
    }
    return status;
}

void trace_faults_reasons(const FaultLog *faults, FILE *file)
{
    for (int dropped = 1; dropped >= 0; dropped--) {
        int printed = 0;
        for (int i = 0; i < faults->reason_count; i++) {
            const TraceReason *reason = &faults->reasons[i];
            if (reason->dropped == (dropped == 1)) {
                if (printed++ == 0) {
                    fprintf(file, "\n%-50s %10s %12s\n", dropped ? "dropped" : "kept, to be known",
                            "faults", "first line");
                }
                fprintf(file, "  %-48s %10lld %12d\n", reason->text, (long long)reason->count,
                        (int)reason->first_line);
            }
        }
    }
}

/* ---- stats ----------------------------------------------------------------------------------- */

static void overview_print(const TraceLog *log, const FaultLog *faults, const FaultStats *stats,
                           bool population_given)
{
    char text[64];
    label_print("log");
    printf("%s (%s)\n", log->path, log->fault_format);
    label_print("faults");
    printf("%lld read, %lld kept\n", (long long)faults->rows_read, (long long)stats->all.faults);
    label_print("watched for");
    printf("%s: %.1f days\n",
           quantity_print(faults->window_ms, UNIT_DURATION_MS, text, sizeof text),
           (double)faults->window_ms / DAY_MS);
    label_print("nodes");
    printf("%lld, %lld of them with a fault%s\n", (long long)stats->nodes,
           (long long)stats->nodes_seen,
           population_given ? "" : "; those without one are not in the log: --nodes N");
    label_print("rate");
    printf("%.3f faults per 1,000 node-days\n", stats->all.per_1000_node_days);
    label_print("node-days down");
    printf("%.4f, %.3f %% of %.1f; overlaps counted once\n", (double)stats->node_down_ms / DAY_MS,
           percent((double)stats->node_down_ms / DAY_MS, stats->node_days), stats->node_days);
    label_print("node-ms down");
    printf("%lld\n", (long long)stats->node_down_ms);
    if (stats->device_down_ms > 0) {
        label_print("GPU-days down");
        printf("%.4f of single GPUs\n", (double)stats->device_down_ms / DAY_MS);
    }
    label_print("nodes down at once");
    printf("%lld at most\n", (long long)stats->nodes_down_max);
    label_print("drawn out by operators");
    printf("%lld faults, %.1f %%\n", (long long)stats->by_operator,
           percent((double)stats->by_operator, (double)stats->all.faults));
    label_print("repeat offenders");
    printf(
        "worst node %s: %lld faults; worst %lld nodes (a tenth of those with one): %lld, %.1f %%\n",
        stats->worst_node != NULL ? stats->worst_node : "-", (long long)stats->worst_node_faults,
        (long long)stats->worst_tenth, (long long)stats->worst_tenth_faults,
        percent((double)stats->worst_tenth_faults, (double)stats->all.faults));
    label_print("bursts");
    printf("%lld instants hit %d nodes or more; the largest %lld\n", (long long)stats->burst_count,
           FAULT_BURST_LEAST, (long long)stats->burst_largest);
}

static void repairs_print(const FaultStats *stats)
{
    printf("\n%-18s", "hours to repair");
    for (int i = 0; i < FAULT_QUANTILES; i++) {
        char at[16];
        snprintf(at, sizeof at, "%g %%", 100.0 * FAULT_QUANTILE_AT[i]);
        printf(" %8s", FAULT_QUANTILE_AT[i] <= 0.0   ? "min"
                       : FAULT_QUANTILE_AT[i] >= 1.0 ? "max"
                                                     : at);
    }
    printf(" %8s\n%-18lld", "mean", (long long)(stats->all.faults - stats->all.unrepaired));
    for (int i = 0; i < FAULT_QUANTILES; i++) {
        printf(" %8.4g", stats->repair_h[i]);
    }
    printf(" %8.4g\n", stats->all.mean_h);
}

static void components_print(const FaultLog *faults, const FaultStats *stats)
{
    printf("\n%-36s %-22s %8s %7s %14s %9s %9s\n", "component", "effect", "faults", "%",
           "/1,000 node-d", "median h", "mean h");
    for (int32_t i = 0; i < faults->component_count; i++) {
        const FaultLogComponent *component = &faults->components[i];
        const FaultFigures *figures = &stats->components[i];
        char effect[FAULT_EFFECT_BYTES];
        if (figures->faults > 0) {
            printf("%-36s %-22s %8lld %7.2f %14.4f %9.4g %9.4g%s\n", component->name,
                   fault_effect_print(component, effect), (long long)figures->faults,
                   percent((double)figures->faults, (double)stats->all.faults),
                   figures->per_1000_node_days, figures->median_h, figures->mean_h,
                   component->by_operator ? "  by operators" : "");
        }
    }
}

static void months_print(const FaultStats *stats)
{
    printf("\nfaults in each 30 days\n ");
    for (int32_t i = 0; i < stats->month_count; i++) {
        printf(" %lld", (long long)stats->months[i]);
    }
    putchar('\n');
}

Status trace_faults_stats(const TraceLog *log, int64_t nodes, Diagnostics *diagnostics)
{
    Arena arena;
    FaultLog faults;
    FaultStats stats;
    arena_init(&arena);
    Status status = trace_faults_read(log, nodes, &arena, diagnostics, &faults);
    if (status == STATUS_OK) {
        status = fault_stats(&faults, nodes, &arena, diagnostics, &stats);
    }
    if (status == STATUS_OK) {
        overview_print(log, &faults, &stats, nodes > 0);
        trace_faults_reasons(&faults, stdout);
        repairs_print(&stats);
        components_print(&faults, &stats);
        months_print(&stats);
    }
    arena_free(&arena);
    return status;
}

/* ---- convert --------------------------------------------------------------------------------- */

Status trace_faults_convert(const TraceLog *log, const char *output, bool quiet,
                            Diagnostics *diagnostics)
{
    Arena arena;
    FaultLog faults;
    AtomicFile file;
    arena_init(&arena);
    Status status = trace_faults_read(log, 0, &arena, diagnostics, &faults);
    if (status == STATUS_OK && faults.count == 0) {
        status = diagnostics_error(diagnostics, (Place){.file = log->path}, "empty", NULL,
                                   "no fault is left of it");
    }
    if (status == STATUS_OK) {
        status = atomic_file_open(&file, output, diagnostics);
        if (status == STATUS_OK) {
            file.error = faults_csv_write(&faults, file.stream) ? file.error : errno;
            status = atomic_file_commit(&file, diagnostics);
        }
    }
    if (status == STATUS_OK && !quiet) {
        fprintf(stderr, "%s: %d faults of %lld\n", output, (int)faults.count,
                (long long)faults.rows_read);
        trace_faults_reasons(&faults, stderr);
    }
    arena_free(&arena);
    return status;
}
