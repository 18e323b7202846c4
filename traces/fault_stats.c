/* fault_stats.c - sums, quantiles and unions over the rows of a fault log. */
#include "traces/fault_stats.h"

#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#define HOUR_MS 3600000.0
#define DAY_MS 86400000.0
#define MONTH_MS (INT64_C(30) * 86400000)
#define WHOLE_NODE GP_DEVICES_MAX /* in place of a device's number */

const double FAULT_QUANTILE_AT[FAULT_QUANTILES] = {0.0, 0.05, 0.25, 0.5, 0.75,
                                                   0.9, 0.95, 0.99, 1.0};

/* ---- how often and how long ------------------------------------------------------------------ */

/* Repair times in hours of a component's rows (-1: of all), sorted; how many. */
static size_t repairs_take(const FaultLog *log, int32_t component, double *hours)
{
    size_t count = 0;
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        if ((component < 0 || row->component == component) && row->end_ms != TIME_NEVER) {
            hours[count++] = (double)(row->end_ms - row->start_ms) / HOUR_MS;
        }
    }
    gsl_sort(hours, 1, count);
    return count;
}

static size_t figures_fill(const FaultLog *log, int32_t component, double node_days, double *hours,
                           FaultFigures *figures)
{
    size_t repaired = repairs_take(log, component, hours);
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        if (component < 0 || row->component == component) {
            figures->faults++;
            figures->hours += (double)(fault_row_end_ms(log, row) - row->start_ms) / HOUR_MS;
        }
    }
    figures->unrepaired = figures->faults - (int64_t)repaired;
    figures->per_1000_node_days =
        node_days > 0.0 ? 1000.0 * (double)figures->faults / node_days : 0.0;
    if (repaired > 0) {
        figures->mean_h = gsl_stats_mean(hours, 1, repaired);
        figures->median_h = gsl_stats_median_from_sorted_data(hours, 1, repaired);
    }
    return repaired;
}

/* ---- unions ---------------------------------------------------------------------------------- */

typedef struct Interval {
    int64_t start_ms, end_ms;
    int64_t target; /* node and device */
} Interval;

static int interval_compare(const void *a, const void *b)
{
    const Interval *first = a;
    const Interval *second = b;
    if (first->target != second->target) {
        return first->target < second->target ? -1 : 1;
    }
    return (first->start_ms > second->start_ms) - (first->start_ms < second->start_ms);
}

static int32_t devices_of(const FaultLogRow *row)
{
    return row->devices == 0 ? 1 : (int32_t)__builtin_popcount(row->devices);
}

static int32_t intervals_take(const FaultLog *log, Interval *intervals)
{
    int32_t count = 0;
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        if (log->components[row->component].effect != FAULT_LOG_DOWN) {
            continue;
        }
        Interval interval = {row->start_ms, fault_row_end_ms(log, row), 0};
        for (int device = 0; device <= WHOLE_NODE; device++) {
            bool hit = device == WHOLE_NODE ? row->devices == 0 : (row->devices >> device & 1) != 0;
            interval.target = (int64_t)row->node * (WHOLE_NODE + 1) + device;
            if (hit) {
                intervals[count++] = interval;
            }
        }
    }
    return count;
}

/* Overlapping intervals of one target become one, in place; how many are left. */
static int32_t intervals_join(Interval *intervals, int32_t count)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        Interval *last = kept > 0 ? &intervals[kept - 1] : NULL;
        if (last != NULL && last->target == intervals[i].target &&
            intervals[i].start_ms <= last->end_ms) {
            last->end_ms = intervals[i].end_ms > last->end_ms ? intervals[i].end_ms : last->end_ms;
        } else {
            intervals[kept++] = intervals[i];
        }
    }
    return kept;
}

typedef struct Change {
    int64_t at_ms;
    int32_t nodes; /* +1 or -1 */
} Change;

/* At one instant ends come before starts. */
static int change_compare(const void *a, const void *b)
{
    const Change *first = a;
    const Change *second = b;
    if (first->at_ms != second->at_ms) {
        return first->at_ms < second->at_ms ? -1 : 1;
    }
    return first->nodes - second->nodes;
}

static bool nodes_down_max(const Interval *intervals, int32_t count, FaultStats *stats)
{
    Change *changes = malloc(((size_t)count * 2 + 1) * sizeof *changes);
    if (changes == NULL) {
        return false;
    }
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        if (intervals[i].target % (WHOLE_NODE + 1) == WHOLE_NODE &&
            intervals[i].end_ms > intervals[i].start_ms) {
            changes[used++] = (Change){intervals[i].start_ms, 1};
            changes[used++] = (Change){intervals[i].end_ms, -1};
        }
    }
    qsort(changes, (size_t)used, sizeof *changes, change_compare);
    int64_t down = 0;
    for (int32_t i = 0; i < used; i++) {
        down += changes[i].nodes;
        stats->nodes_down_max = down > stats->nodes_down_max ? down : stats->nodes_down_max;
    }
    free(changes);
    return true;
}

static bool unions_fill(const FaultLog *log, FaultStats *stats)
{
    size_t most = 1;
    for (int32_t i = 0; i < log->count; i++) {
        most += (size_t)devices_of(&log->rows[i]);
    }
    Interval *intervals = malloc(most * sizeof *intervals);
    if (intervals == NULL) {
        return false;
    }
    int32_t count = intervals_take(log, intervals);
    qsort(intervals, (size_t)count, sizeof *intervals, interval_compare);
    count = intervals_join(intervals, count);
    for (int32_t i = 0; i < count; i++) {
        int64_t lasted_ms = intervals[i].end_ms - intervals[i].start_ms;
        bool node = intervals[i].target % (WHOLE_NODE + 1) == WHOLE_NODE;
        stats->node_down_ms += node ? lasted_ms : 0;
        stats->device_down_ms += node ? 0 : lasted_ms;
    }
    bool enough = nodes_down_max(intervals, count, stats);
    free(intervals);
    return enough;
}

/* ---- which nodes, and when ------------------------------------------------------------------- */

static int falling_compare(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;
    return (first < second) - (first > second);
}

static bool offenders_fill(const FaultLog *log, FaultStats *stats)
{
    int64_t *faults = calloc((size_t)log->node_count + 1, sizeof *faults);
    if (faults == NULL) {
        return false;
    }
    for (int32_t i = 0; i < log->count; i++) {
        faults[log->rows[i].node]++;
    }
    for (int32_t node = 0; node < log->node_count; node++) {
        stats->nodes_seen += faults[node] > 0;
        if (faults[node] > stats->worst_node_faults) {
            stats->worst_node_faults = faults[node];
            stats->worst_node = log->node_name[node];
        }
    }
    qsort(faults, (size_t)log->node_count, sizeof *faults, falling_compare);
    stats->worst_tenth = stats->nodes_seen / 10;
    for (int64_t i = 0; i < stats->worst_tenth; i++) {
        stats->worst_tenth_faults += faults[i];
    }
    free(faults);
    return true;
}

static void months_fill(const FaultLog *log, FaultStats *stats)
{
    for (int32_t i = 0; i < log->count; i++) {
        int64_t month = log->rows[i].start_ms / MONTH_MS;
        if (month < FAULT_MONTHS_MAX) {
            stats->months[month]++;
            stats->month_count =
                month >= stats->month_count ? (int32_t)month + 1 : stats->month_count;
        }
    }
}

/* Different nodes that are hit at one instant; rows ascend in time. */
static bool bursts_fill(const FaultLog *log, FaultStats *stats)
{
    int32_t *seen = calloc((size_t)log->node_count + 1, sizeof *seen); /* number of an instant */
    if (seen == NULL) {
        return false;
    }
    int32_t instant = 0;
    for (int32_t i = 0; i < log->count;) {
        int64_t at_ms = log->rows[i].start_ms;
        int64_t nodes = 0;
        instant++;
        for (; i < log->count && log->rows[i].start_ms == at_ms; i++) {
            const FaultLogRow *row = &log->rows[i];
            nodes += !row->carried && seen[row->node] != instant;
            seen[row->node] = row->carried ? seen[row->node] : instant;
        }
        stats->burst_count += nodes >= FAULT_BURST_LEAST;
        stats->burst_largest = nodes > stats->burst_largest ? nodes : stats->burst_largest;
    }
    free(seen);
    return true;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool stats_fill(const FaultLog *log, Arena *arena, FaultStats *stats)
{
    double *hours = malloc(((size_t)log->count + 1) * sizeof *hours);
    stats->components = ARENA_ARRAY(arena, FaultFigures, log->component_count);
    if (hours == NULL || stats->components == NULL) {
        free(hours);
        return false;
    }
    for (int32_t i = 0; i < log->component_count; i++) {
        figures_fill(log, i, stats->node_days, hours, &stats->components[i]);
        stats->by_operator += log->components[i].by_operator ? log->components[i].count : 0;
    }
    size_t repaired = figures_fill(log, -1, stats->node_days, hours, &stats->all);
    for (int i = 0; repaired > 0 && i < FAULT_QUANTILES; i++) {
        stats->repair_h[i] =
            gsl_stats_quantile_from_sorted_data(hours, 1, repaired, FAULT_QUANTILE_AT[i]);
    }
    free(hours);
    months_fill(log, stats);
    return unions_fill(log, stats) && offenders_fill(log, stats) && bursts_fill(log, stats);
}

Status fault_stats(const FaultLog *log, int64_t nodes, Arena *arena, Diagnostics *diagnostics,
                   FaultStats *stats)
{
    *stats = (FaultStats){.nodes = nodes > 0 ? nodes : log->node_count};
    stats->node_days = (double)stats->nodes * (double)log->window_ms / DAY_MS;
    return stats_fill(log, arena, stats) ? STATUS_OK : diagnostics_no_memory(diagnostics);
}
