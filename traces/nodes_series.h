/* nodes_series.h - how many nodes of a real cluster had a job, over time: a CSV with the columns
 * `time` and `active`. */
#ifndef TRACES_NODES_SERIES_H
#define TRACES_NODES_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/diagnostic.h"

typedef struct NodesSeries {
    int32_t count;
    int64_t *time_ms; /* ascending; since 1970 if has_calendar, else since the log's zero */
    int32_t *active;
    bool has_calendar;
} NodesSeries;

/* Times are dates (without a zone: timezone_ms east of UTC) or plain seconds, one of them in the
 * whole file, ascending. */
Status nodes_series_read(const char *path, int64_t timezone_ms, Arena *arena,
                         Diagnostics *diagnostics, NodesSeries *series);

#endif
