/* trace_reader.h - what readers of job logs share: they hand over one job after the other, as
 * logged.
 *
 * Kept rows are small (TraceRow); what many rows have in common, a size, is kept once. Requests are
 * made at the end, sorted, on the clock of the run.
 */
#ifndef TRACES_TRACE_READER_H
#define TRACES_TRACE_READER_H

#include "core/intern.h"
#include "traces/trace.h"

#define TRACE_UNKNOWN INT64_MIN
#define TRACE_GPUS_MAX 1000000                   /* of one job */
#define TRACE_TASKS_MAX 1000000                  /* of one job */
#define TRACE_TIME_MS_MAX INT64_C(3155760000000) /* a hundred years: durations and offsets */

/* Everything that rows are dropped or noted for. */
typedef enum TraceReasonId {
    TRACE_NO_RESOURCES,
    TRACE_NO_SIZE,
    TRACE_NO_DURATION,
    TRACE_NEVER_RAN,
    TRACE_NEVER_SCHEDULED,
    TRACE_PENDING,
    TRACE_END_BEFORE_START,
    TRACE_ARRAY_REMAINDER,
    TRACE_STEP,
    TRACE_REVOKED,
    TRACE_EXPORTED_TWICE,
    TRACE_REQUEUED,
    TRACE_BURST,
    TRACE_TOO_LARGE,
    TRACE_TOO_LONG,
    TRACE_BEFORE_FROM,
    TRACE_AFTER_TO,
    TRACE_NO_GPUS, /* from here on: noted, the rows stay */
    TRACE_ZERO_DURATION,
    TRACE_START_BEFORE_SUBMIT,
    TRACE_CENSORED,
    TRACE_DUPLICATE,
    TRACE_ID_AGAIN,
    TRACE_CLOCK_BACK,
    TRACE_SIZE_DIFFERS,
    TRACE_DURATION_DIFFERS,
    TRACE_SPLIT,
    TRACE_DEPENDS,
    TRACE_HET_COMPONENT,
    TRACE_TIMED_OUT,
    TRACE_MACHINE_FAULT,
    TRACE_PREEMPTED,
    TRACE_STATE_UNKNOWN,
    TRACE_ATTEMPT_LOST,
    TRACE_SEVERAL_ATTEMPTS,
    TRACE_ELIGIBLE_BEFORE_SUBMIT,
    TRACE_SHARDS,
    TRACE_MIG_AS_GPU,
    TRACE_CARRIED,
    TRACE_WAITING_AT_CUT,
    TRACE_REASON_COUNT
} TraceReasonId;

/* One job as logged; times on the log's clock. */
typedef struct TraceRow {
    int64_t submit_ms;             /* eligible, where the log tells them apart */
    int64_t start_ms;              /* TRACE_UNKNOWN */
    int64_t duration_ms;           /* TIME_NEVER: stays; TRACE_UNKNOWN: until the log ends */
    int64_t limit_ms, estimate_ms; /* 0: none */
    const char *name;              /* NULL: none; trace_text */
    const char *queue, *user;      /* NULL: none; trace_text */
    int32_t size;                  /* trace_size */
    int32_t priority;
    int32_t line;
    int32_t number; /* of the row, in the order read; trace_job sets it */
    uint8_t end;    /* JobEnd */
    uint8_t censored;
    uint8_t carried;
} TraceRow;

/* Waits or runs longer than TRACE_TIME_MS_MAX: a wrong clock rather than a job. */
static inline bool trace_row_too_long(const TraceRow *row)
{
    bool waits = row->start_ms != TRACE_UNKNOWN && row->start_ms > row->submit_ms &&
                 row->start_ms - row->submit_ms > TRACE_TIME_MS_MAX;
    return waits || (row->duration_ms > TRACE_TIME_MS_MAX && row->duration_ms != TIME_NEVER);
}

struct TraceReader {
    const TraceOptions *options;
    Arena *arena;
    Diagnostics *diagnostics;
    Cluster *cluster;
    TraceStats *stats;
    bool has_calendar;      /* row times are ms since 1970; else from the log's own zero */
    bool zero_is_origin;    /* the log's zero is the run's, unless options say otherwise */
    bool ids_unique;        /* an id that stands twice is a mistake; else it is noted */
    int32_t node_gpus;      /* options, cluster or fallback */
    int64_t node_cpu_milli; /* of the largest node; 0: no nodes */
    int64_t log_end_ms;     /* latest time that the log names; TRACE_UNKNOWN: none yet */
    double gpu_ms_read;     /* milli-GPU x ms */
    bool names_ascend;      /* by id_compare, strictly: none stands twice */
    const char *last_name;
    TraceReason reasons[TRACE_REASON_COUNT];
    TraceRow *rows; /* [count] own memory, as are the tables */
    int32_t count, capacity;
    Intern text_table;
    const char **texts; /* [text_count] in the arena */
    int32_t text_count, text_capacity;
    Intern size_table;
    Request *sizes; /* [size_count] what is not in TraceRow */
    int32_t size_count, size_capacity, last_size;
    char *name_bytes; /* where the next name goes, in the arena */
    size_t name_room;
};

/* Functions that return bool are false only if memory ran out. */

void trace_count(TraceReader *reader, TraceReasonId reason, int line);

/* The one copy of a text that many rows share; NULL if memory ran out. */
const char *trace_text(TraceReader *reader, const char *text, size_t length);

/* A copy of a text that one row has. */
const char *trace_name(TraceReader *reader, const char *text, size_t length);

/* `gpus` whole GPUs in equal tasks, the fewest that fit a node (the largest divisor of `gpus` up to
 * the node's size): more than one is a gang. */
void trace_split_gpus(TraceReader *reader, int64_t gpus, int line, Request *size);

/* The number of a size: of all that Request says apart from times, names, queue, user, priority and
 * end. TRACE_SIZE_NONE: it asks for nothing; TRACE_SIZE_BAD: it is none that the kernel can hold;
 * TRACE_SIZE_NO_MEMORY. */
enum { TRACE_SIZE_NONE = -1, TRACE_SIZE_BAD = -2, TRACE_SIZE_NO_MEMORY = -3 };
int32_t trace_size(TraceReader *reader, const Request *size);

/* Room for one more element of a growing array; NULL if memory ran out (the array stays). */
void *trace_grown(void *elements, int32_t count, int32_t *capacity, size_t size);

/* Judges a job and keeps it, unless it is dropped. `size` as for trace_size. */
bool trace_job(TraceReader *reader, TraceRow row, const Request *size);

/* The same of a row whose `size` is set. */
bool trace_job_sized(TraceReader *reader, TraceRow row);

/* Counts the time of an attempt that is not kept among what was read. */
void trace_lost(TraceReader *reader, const Request *size, int64_t duration_ms);

/* Clocks are set back on Sundays before four: there `after` that lies up to an hour before `before`
 * is taken for the second pass of that hour, moved and counted. */
int64_t trace_clock_back(TraceReader *reader, int64_t before_ms, int64_t after_ms, int line);

/* A time that the log names, for jobs that ran until the log ended. */
void trace_saw(TraceReader *reader, int64_t time_ms);

/* Ids in order: shorter first, then by bytes, so that 9 comes before 10. NULL before all. */
int trace_id_compare(const char *a, const char *b);

/* What trace_read does around a format's reader. */
void trace_reader_init(TraceReader *reader, const TraceOptions *options, Arena *arena,
                       Diagnostics *diagnostics, Cluster *cluster, TraceStats *stats);
void trace_reader_free(TraceReader *reader);

/* Cuts, checks ids, sorts, and makes the requests. */
Status trace_reader_finish(TraceReader *reader, RequestList *requests);

/* The readers; each is one row of TRACE_FORMATS. */
extern const TraceFormat trace_native, trace_openb, trace_philly, trace_philly_json, trace_swf,
    trace_sacct;

#endif
