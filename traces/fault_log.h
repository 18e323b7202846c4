/* fault_log.h - recorded faults: which node, or which of its devices, was out or hampered, when, by
 * what.
 *
 * One contract for all readers of fault logs: `infinitehbd` (a JSON array of events) and our own
 * `faults-csv`. Nodes are known by the log's names; whoever has a cluster finds out which nodes are
 * meant. Quirks are counted with their reasons, never repaired silently; what cannot be read at all
 * is a mistake with its place. The file may be plain, gzip or zstd. Described in
 * docs/fault-logs.md.
 */
#ifndef TRACES_FAULT_LOG_H
#define TRACES_FAULT_LOG_H

#include "traces/trace.h"

#define FAULT_LOG_MS_MAX INT64_C(3155760000000) /* a hundred years */
#define FAULT_LOG_NODES_MAX (1 << 22)
#define FAULT_LOG_COMPONENTS_MAX 4096
#define FAULT_LOG_XID_MAX 999

typedef struct FaultLogOptions {
    const char *format;     /* a name of FAULT_LOG_FORMATS */
    const char *path;       /* opened as it is */
    int64_t from_ms, to_ms; /* on the log's clock: what was over by then, and what begins then or
                               later, is left out; `from` is time 0 of the run */
} FaultLogOptions;

/* Everything: from 0, to TIME_NEVER. */
void fault_log_options_init(FaultLogOptions *options);

/* What a log says that a fault did. */
typedef enum FaultLogEffect {
    FAULT_LOG_DOWN = 0, /* node or devices out */
    FAULT_LOG_XID,      /* a GPU said so: what it means is its class's business */
    FAULT_LOG_LANE,     /* left_ppm of a lane of the node was left */
    FAULT_LOG_SLOW,     /* node or devices ran at left_ppm */
    FAULT_LOG_EFFECTS
} FaultLogEffect;

/* Faults of one name and one effect. */
typedef struct FaultLogComponent {
    const char *name; /* as logged, with its effect where several would be called the same */
    const char *base; /* name without that */
    uint8_t effect;   /* FaultLogEffect */
    uint8_t axis;     /* GpAxis, of FAULT_LOG_LANE */
    bool of_devices;  /* of single devices, not of the node */
    bool by_operator; /* people took it out; nothing broke by itself */
    int32_t xid;      /* of FAULT_LOG_XID */
    int32_t left_ppm;
    int32_t count; /* rows */
} FaultLogComponent;

typedef struct FaultLogRow {
    int64_t start_ms; /* on the run's clock */
    int64_t end_ms;   /* never before start_ms; TIME_NEVER: not repaired within the log */
    int32_t node;
    int32_t component;
    int32_t line;
    uint32_t devices; /* bits by number; 0: the node */
    bool carried;     /* began before `from`; start_ms is 0 */
} FaultLogRow;

typedef struct FaultLog {
    int32_t count;
    FaultLogRow *rows; /* [count] ascending in start, then as they stand in the log */
    int32_t node_count;
    const char **node_name; /* [node] in order of first appearance in the log, cut or not */
    int32_t component_count;
    FaultLogComponent *components; /* [component] in order of first appearance */
    int64_t rows_read;             /* faults, before anything is dropped */
    int64_t window_ms; /* how long is looked at: to `to`, else the latest time of the log */
    int32_t reason_count;
    TraceReason reasons[TRACE_REASONS_MAX]; /* [reason_count] those that occurred */
} FaultLog;

typedef struct FaultLogReader FaultLogReader; /* traces/fault_rows.h */

typedef struct FaultLogFormat {
    const char *name;
    const char *summary;
    Status (*read)(FaultLogReader *reader);
} FaultLogFormat;

extern const FaultLogFormat *const FAULT_LOG_FORMATS[]; /* ended by NULL */

/* The format of that name, or NULL. */
const FaultLogFormat *fault_log_format_named(const char *name);

/* The format of a fault log that begins with this text; NULL: it does not look like one. */
const FaultLogFormat *fault_log_format_of(const char *text);

/* Reads the whole log. Other than with STATUS_OK nothing may be used. */
Status fault_log_read(const FaultLogOptions *options, Arena *arena, Diagnostics *diagnostics,
                      FaultLog *log);

/* `down`, `xid:79`, `storage_bandwidth=35%`, `slow=80%` into effect, xid, axis and left_ppm. NULL,
 * or what was expected. */
const char *fault_effect_parse(const char *text, FaultLogComponent *component);

/* The same back; buffer of FAULT_EFFECT_BYTES. */
#define FAULT_EFFECT_BYTES 64
const char *fault_effect_print(const FaultLogComponent *component, char *buffer);

/* Writes faults-csv. False: writing failed (errno). */
bool faults_csv_write(const FaultLog *log, FILE *file);

#endif
