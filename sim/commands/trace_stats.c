/* trace_stats.c - `gpuplan trace stats`: what a log holds, and what of it a run would use. */
#include <stdio.h>
#include <string.h>

#include "core/units.h"
#include "sim/commands/trace.h"
#include "sim/commands/trace_faults.h"
#include "traces/clock.h"
#include "traces/trace_summary.h"

static const char HELP[] =
    "gpuplan trace stats - what was kept, dropped and why; sizes, run times, waits, arrivals\n"
    "\n"
    "Examples\n"
    "  gpuplan trace stats jobs.csv\n"
    "  gpuplan trace stats cluster_job_log --timezone=-08:00\n"
    "  gpuplan trace stats pods.csv --from 9960000s       what a scenario with that `from:` runs\n"
    "  gpuplan trace stats fault_trace.json --nodes 400   a fault log: docs/fault-logs.md\n"
    "\n"
    "Usage: gpuplan trace stats LOG [OPTIONS]\n";

enum { OPTION_NODES = OPTION_FIRST };
static const OptionSpec OPTIONS[] = {
    TRACE_NODES_OPTION(OPTION_NODES), TRACE_LOG_OPTIONS, {NULL, 0, NULL, NULL, 0}};

#define LABEL_WIDTH 22

static void label_print(const char *label)
{
    printf("%-*s", LABEL_WIDTH, label);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void moment_print(const TraceStats *stats, int64_t run_ms)
{
    char text[CLOCK_BYTES];
    if (stats->has_calendar) {
        fputs(clock_print(stats->origin_unix_ms + run_ms, text), stdout);
    } else {
        fputs(quantity_print(run_ms, UNIT_DURATION_MS, text, sizeof text), stdout);
    }
}

static void overview_print(const TraceOptions *options, const TraceStats *stats,
                           const TraceSummary *summary)
{
    label_print("log");
    printf("%s (%s)\n", options->path, options->format);
    label_print("rows read");
    printf("%lld\n", (long long)stats->rows_read);
    label_print("jobs kept");
    printf("%lld, %lld of them without GPUs\n", (long long)stats->rows_kept,
           (long long)stats->rows_without_gpus);
    label_print("GPU-hours");
    printf("%.3f read, %.3f kept\n", stats->gpu_hours_read, stats->gpu_hours_kept);
    label_print("submitted");
    moment_print(stats, stats->first_submit_ms);
    fputs(" to ", stdout);
    moment_print(stats, stats->last_submit_ms);
    putchar('\n');
    label_print("last end");
    moment_print(stats, stats->last_end_ms);
    putchar('\n');
    label_print("time 0 of a run");
    if (stats->has_calendar) {
        moment_print(stats, 0);
        putchar('\n');
    } else {
        char text[CLOCK_BYTES];
        printf("%s on the log's clock\n",
               quantity_print(stats->origin_unix_ms, UNIT_DURATION_MS, text, sizeof text));
    }
    label_print("queues, users");
    printf("%lld, %lld\n", (long long)summary->queues, (long long)summary->users);
    label_print("recorded starts");
    printf("%d\n", (int)stats->recorded_starts);
    label_print("GPUs of a node");
    printf("%d at most; larger jobs are gangs\n", (int)stats->gpus_per_node);
    label_print("ends");
    printf("%lld completed, %lld failed, %lld cancelled, %lld still running\n",
           (long long)summary->ends[JOB_END_COMPLETED], (long long)summary->ends[JOB_END_FAILED],
           (long long)summary->ends[JOB_END_CANCELLED], (long long)summary->still_running);
}

static void reasons_print(const TraceStats *stats, bool dropped)
{
    int printed = 0;
    for (int i = 0; i < stats->reason_count; i++) {
        const TraceReason *reason = &stats->reasons[i];
        if (reason->dropped != dropped) {
            continue;
        }
        if (printed++ == 0) {
            printf("\n%-62s %12s %12s\n", dropped ? "dropped" : "kept, to be known", "rows",
                   "first line");
        }
        printf("  %-60s %12lld %12d\n", reason->text, (long long)reason->count,
               (int)reason->first_line);
    }
}

/* ---- tables ---------------------------------------------------------------------------------- */

static double share_of(double part, double whole)
{
    return whole > 0.0 ? 100.0 * part / whole : 0.0;
}

static void sizes_print(const TraceStats *stats, const TraceSummary *summary)
{
    printf("\n%-12s %12s %8s %16s %8s\n", "GPUs a job", "jobs", "%", "GPU-hours", "%");
    for (int i = 0; i < TRACE_SIZE_CLASSES; i++) {
        if (summary->size_jobs[i] > 0) {
            printf("%-12s %12lld %8.2f %16.1f %8.2f\n", TRACE_SIZE_NAMES[i],
                   (long long)summary->size_jobs[i],
                   share_of((double)summary->size_jobs[i], (double)stats->rows_kept),
                   summary->size_gpu_hours[i],
                   share_of(summary->size_gpu_hours[i], stats->gpu_hours_kept));
        }
    }
}

static void distribution_print(const char *name, const TraceDistribution *of)
{
    if (of->count == 0) {
        return;
    }
    printf("%-10s %9lld", name, (long long)of->count);
    for (int i = 0; i < TRACE_QUANTILES; i++) {
        printf(" %9.6g", of->quantile[i]);
    }
    printf(" %10.6g\n", of->mean);
}

static void distributions_print(const TraceSummary *summary)
{
    if (summary->run_s.count + summary->wait_s.count == 0) {
        return;
    }
    printf("\n%-10s %9s %9s", "seconds", "jobs", "min");
    for (int i = 1; i < TRACE_QUANTILES - 1; i++) {
        char percent[16];
        snprintf(percent, sizeof percent, "%g %%", 100.0 * TRACE_QUANTILE_AT[i]);
        printf(" %9s", percent);
    }
    printf(" %9s %10s\n", "max", "mean");
    distribution_print("run time", &summary->run_s);
    distribution_print("wait", &summary->wait_s);
}

static void arrivals_print(const TraceSummary *summary, int64_t timezone_ms)
{
    static const char *const DAYS[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    int64_t minutes = timezone_ms / 60000;
    int64_t size = minutes < 0 ? -minutes : minutes;
    printf("\nsubmissions by hour of the day (UTC%s%02lld:%02lld)\n", minutes < 0 ? "-" : "+",
           (long long)(size / 60), (long long)(size % 60));
    for (int hour = 0; hour < 24; hour++) {
        printf("  %02d %8lld%s", hour, (long long)summary->hour[hour], hour % 6 == 5 ? "\n" : "");
    }
    printf("submissions by day of the week\n");
    for (int day = 0; day < 7; day++) {
        printf("  %s %7lld%s", DAYS[day], (long long)summary->weekday[day], day == 6 ? "\n" : "");
    }
}

static Status stats_print(TraceLog *log, Diagnostics *diagnostics)
{
    Arena arena;
    Cluster cluster = {0};
    RequestList requests = {0};
    TraceStats stats = {0};
    TraceSummary summary;
    arena_init(&arena);
    Status status = trace_read(&log->options, &arena, diagnostics, &cluster, &requests, &stats);
    if (status == STATUS_OK) {
        status =
            trace_summarise(&requests, &stats, log->options.timezone_ms, diagnostics, &summary);
    }
    if (status == STATUS_OK) {
        overview_print(&log->options, &stats, &summary);
        reasons_print(&stats, true);
        reasons_print(&stats, false);
        sizes_print(&stats, &summary);
        distributions_print(&summary);
        if (stats.has_calendar) {
            arrivals_print(&summary, log->options.timezone_ms);
        }
    } else if (stats.rows_read > 0 && stats.rows_kept == 0) {
        reasons_print(&stats, true); /* why nothing is left */
    }
    arena_free(&arena);
    return status;
}

Status trace_command_stats(int argc, char **argv)
{
    OptionParser parser;
    TraceLog log;
    trace_log_init(&log);
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    int64_t nodes = 0;
    int id;
    while ((id = options_next(&parser)) >= 0) {
        if (id == OPTION_NODES) {
            if (!option_integer(&parser, "--nodes", 1, TRACE_NODES_MAX, &nodes)) {
                return STATUS_USAGE;
            }
        } else if (!trace_log_option(&log, &parser, id)) {
            return parser.status;
        }
    }
    if (id == OPTION_STOP) {
        return parser.status;
    }
    if (parser.operand_count != 1) {
        return usage_error(argv[0], parser.operand_count == 0 ? "which log?" : "expected one log");
    }
    Diagnostics diagnostics;
    diagnostics_init(&diagnostics);
    Status status = trace_log_find(&log, parser.operands[0], &parser.global, &diagnostics);
    if (status == STATUS_OK && log.fault_format != NULL) {
        status = trace_faults_stats(&log, nodes, &diagnostics);
    } else if (status == STATUS_OK) {
        bool good = trace_log_is_of_jobs(&log, nodes > 0 ? "--nodes" : NULL, &diagnostics);
        status = good ? stats_print(&log, &diagnostics) : STATUS_BAD_INPUT;
    }
    diagnostics_print(&diagnostics, stderr, colour_wanted(&parser.global, stderr));
    diagnostics_free(&diagnostics);
    trace_log_free(&log);
    return status;
}
