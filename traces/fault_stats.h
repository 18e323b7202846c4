/* fault_stats.h - what a fault log looks like: how often, how long, which nodes, when. For reports.
 */
#ifndef TRACES_FAULT_STATS_H
#define TRACES_FAULT_STATS_H

#include "traces/fault_log.h"

enum { FAULT_QUANTILES = 9, FAULT_MONTHS_MAX = 120 };
extern const double FAULT_QUANTILE_AT[FAULT_QUANTILES]; /* 0.05 .. 0.99, and both ends */

/* Of one component, or of all. */
typedef struct FaultFigures {
    int64_t faults, unrepaired;
    double per_1000_node_days;
    double mean_h, median_h; /* to repair, of those repaired; 0: none */
    double hours;            /* sum, unrepaired ones until the log ends */
} FaultFigures;

typedef struct FaultStats {
    int64_t nodes, nodes_seen; /* all that were watched; those with a fault */
    double node_days;
    FaultFigures all;
    FaultFigures *components; /* [log->component_count] */
    int64_t by_operator;
    double repair_h[FAULT_QUANTILES];
    int64_t node_down_ms, device_down_ms; /* union of each node's or device's `down` intervals */
    int64_t nodes_down_max;               /* at one instant */
    int64_t worst_node_faults;
    const char *worst_node;
    int64_t worst_tenth, worst_tenth_faults; /* nodes: a tenth of those seen; their faults */
    int64_t burst_largest, burst_count;      /* nodes of the largest burst; bursts of 4 or more */
    int32_t month_count;
    int64_t months[FAULT_MONTHS_MAX]; /* faults in each 30 days */
} FaultStats;

/* Nodes hit at the same instant are a burst if they are so many. */
#define FAULT_BURST_LEAST 4

/* `nodes`: how many were watched; 0: those that appear. It must not be fewer. STATUS_FAILED if
 * memory ran out (recorded). */
Status fault_stats(const FaultLog *log, int64_t nodes, Arena *arena, Diagnostics *diagnostics,
                   FaultStats *stats);

/* The end of a row, or of the log where it has none. */
static inline int64_t fault_row_end_ms(const FaultLog *log, const FaultLogRow *row)
{
    int64_t end_ms = row->end_ms < log->window_ms ? row->end_ms : log->window_ms;
    return end_ms > row->start_ms ? end_ms : row->start_ms;
}

#endif
