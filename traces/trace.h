/* trace.h - one contract for all readers of job logs: native CSV, openb, Philly, SWF, Slurm.
 *
 * A reader drops or notes what it cannot take at face value and counts it with its reason; it never
 * repairs silently. What cannot be read at all (a cut-off line, text where a number belongs) is a
 * mistake with its place. The file may be plain, gzip or zstd (traces/stream.h).
 */
#ifndef TRACES_TRACE_H
#define TRACES_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/cluster.h"
#include "core/diagnostic.h"
#include "core/job.h"

/* ---- what to read, and how ---- */

/* A moment on a log's clock. */
typedef enum TraceMomentKind {
    TRACE_MOMENT_NONE = 0,
    TRACE_MOMENT_OFFSET, /* from the clock's zero; of a log with dates: from its first submission */
    TRACE_MOMENT_CALENDAR /* ms since 1970, UTC */
} TraceMomentKind;

typedef struct TraceMoment {
    int32_t kind; /* TraceMomentKind */
    int64_t ms;
} TraceMoment;

typedef enum TraceAs {
    TRACE_AS_GPU = 0, /* a processor of the log is a GPU */
    TRACE_AS_CPU = 1  /* ... is a core; jobs want no GPU */
} TraceAs;

typedef enum TraceTimes {
    TRACE_TIMES_RECORDED = 0, /* jobs arrive and end as the log says */
    TRACE_TIMES_IGNORED = 1   /* only the list counts: submit 0, jobs stay (openb only) */
} TraceTimes;

typedef struct TraceOptions {
    const char *format;    /* a name of TRACE_FORMATS */
    const char *path;      /* opened as it is */
    TraceMoment from;      /* jobs that ended before are left out; running ones are carried over */
    TraceMoment to;        /* jobs submitted at or after are left out */
    TraceMoment origin;    /* time 0 of the run; NONE: `from`, else the first submission kept */
    int64_t timezone_ms;   /* of local times without a zone: east of UTC */
    int32_t gpus_per_node; /* for jobs larger than a node; 0: the cluster's largest node, else 8 */
    int32_t as;            /* TraceAs; SWF only */
    int32_t times;         /* TraceTimes */
} TraceOptions;

#define TRACE_GPUS_PER_NODE_FALLBACK 8

/* Defaults: everything, recorded times, UTC, processors are GPUs. */
void trace_options_init(TraceOptions *options);

/* `2017-10-09`, `2017-10-09T08:00:00Z`, or a duration such as `115d`. NULL, or a static sentence
 * that says what was expected. */
const char *trace_moment_parse(const char *text, TraceMoment *moment);

/* `UTC`, `Z`, `+01:00`, `-08:00` into ms east of UTC. NULL, or what was expected. */
const char *trace_timezone_parse(const char *text, int64_t *timezone_ms);

/* ---- what was found ---- */

/* Something that happened to rows. */
typedef struct TraceReason {
    const char *text;   /* static: "zero duration", "exact duplicate" ... */
    bool dropped;       /* else the rows are kept */
    int64_t count;      /* rows */
    int32_t first_line; /* of the first of them; 0: unknown */
} TraceReason;

#define TRACE_REASONS_MAX 48

typedef struct TraceStats {
    int64_t rows_read;         /* rows of the log that say something of a job */
    int64_t rows_kept;         /* jobs in the list */
    int64_t rows_without_gpus; /* of those kept */
    double gpu_hours_read; /* of all rows with a size and a duration, before anything is dropped */
    double gpu_hours_kept;
    int32_t reason_count;
    TraceReason reasons[TRACE_REASONS_MAX]; /* [reason_count] those that occurred */
    bool has_calendar;                      /* times are dates */
    int64_t origin_unix_ms; /* of time 0 of the run; without a calendar: on the log's clock */
    int64_t first_submit_ms, last_submit_ms, last_end_ms; /* of jobs kept, on the run's clock */
    int32_t gpus_per_node;                                /* that was used */
    int32_t recorded_starts; /* jobs kept with has_start that are not carried over */
} TraceStats;

/* ---- reading ---- */

typedef struct TraceReader TraceReader; /* traces/trace_reader.h */

typedef struct TraceFormat {
    const char *name;
    const char *summary;
    Status (*read)(TraceReader *reader);
} TraceFormat;

extern const TraceFormat *const TRACE_FORMATS[]; /* ended by NULL; the first is the native CSV */

/* The format of that name, or NULL. */
const TraceFormat *trace_format_named(const char *name);

/* The format that the file's beginning looks like; NULL if it cannot be opened (recorded). Anything
 * unknown is taken for the native CSV, whose reader then says what is missing. */
const TraceFormat *trace_format_guess(const char *path, Diagnostics *diagnostics);

/* The file's beginning, unpacked, and the format that a beginning looks like. False: it cannot be
 * read (recorded). */
#define TRACE_LOOK_BYTES 4097
bool trace_look(const char *path, char text[TRACE_LOOK_BYTES], Diagnostics *diagnostics);
const TraceFormat *trace_format_of(const char *text);

/* Reads the whole log. Rows come sorted by (submit, id, line). A job with more GPUs than a node has
 * becomes a gang of equal tasks, the fewest that fit. `cluster` lends its largest node and its GPU
 * models, and gets models that the log names and it does not know; it may be empty. Other than with
 * STATUS_OK nothing may be used. `stats` may be NULL. */
Status trace_read(const TraceOptions *options, Arena *arena, Diagnostics *diagnostics,
                  Cluster *cluster, RequestList *requests, TraceStats *stats);

#endif
