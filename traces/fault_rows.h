/* fault_rows.h - what readers of fault logs share: they hand over one fault after the other, as
 * logged.
 */
#ifndef TRACES_FAULT_ROWS_H
#define TRACES_FAULT_ROWS_H

#include "core/intern.h"
#include "traces/fault_log.h"

/* Everything that faults are dropped or noted for. */
typedef enum FaultReasonId {
    FAULT_END_ALONE,        /* not a fault that was read: an event */
    FAULT_END_BEFORE_START, /* dropped from here on */
    FAULT_BEFORE_FROM,
    FAULT_AFTER_TO,
    FAULT_CARRIED, /* noted from here on */
    FAULT_UNCLOSED,
    FAULT_NO_LENGTH,
    FAULT_OVERLAPS,
    FAULT_OPEN_AGAIN,
    FAULT_CLOCK_BACK,
    FAULT_REASON_COUNT
} FaultReasonId;

#define FAULT_NO_END (-1) /* FaultLogRow.end_ms while it is looked for */

struct FaultLogReader {
    const FaultLogOptions *options;
    Arena *arena;
    Diagnostics *diagnostics;
    FaultLog *log;
    TraceReason reasons[FAULT_REASON_COUNT];
    FaultLogRow *rows; /* [count] own memory, as are the tables */
    int32_t count, capacity;
    int64_t log_end_ms; /* the latest time that the log names */
    Intern node_table;
    const char **nodes; /* [node_count] names in the arena */
    int32_t node_count, node_capacity;
    Intern component_table;
    FaultLogComponent *components; /* [component_count] */
    int32_t component_count, component_capacity;
};

void fault_count(FaultLogReader *reader, FaultReasonId reason, int line);

/* The number of a node, or of a component with all that it says; new ones are added. FAULT_MISTAKE:
 * too many, or a name that is none (recorded); FAULT_NO_MEMORY. */
enum { FAULT_MISTAKE = -1, FAULT_NO_MEMORY = -2 };
int32_t fault_node(FaultLogReader *reader, const char *name, size_t length, Place place);
int32_t fault_component(FaultLogReader *reader, const FaultLogComponent *wanted, Place place);

/* Keeps a fault, its end FAULT_NO_END if it is not known yet. False if memory ran out. */
bool fault_row(FaultLogReader *reader, FaultLogRow row);

/* A time that the log names. */
void fault_saw(FaultLogReader *reader, int64_t time_ms);

extern const FaultLogFormat fault_log_infinitehbd, fault_log_csv;

#endif
