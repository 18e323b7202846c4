/* scenario.h - the constant record of one variant: what the run is, nothing that changes. */
#ifndef CORE_SCENARIO_H
#define CORE_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cluster.h"
#include "core/job.h"
#include "core/policy.h"

/* Columns of integers by replication: recorded orders or ranks. */
typedef struct RecordedColumns {
    int32_t column_count;
    const char **name; /* [column] header */
    int32_t *length;   /* [column] columns may differ in length */
    int32_t **value;   /* [column][row] */
} RecordedColumns;

typedef enum SourceKind {
    SOURCE_JOBS,     /* rows with their own times */
    SOURCE_CLASSES,  /* rows with counts, drawn and spaced evenly */
    SOURCE_LOG_ORDER /* rows of a log without times: shuffled and spaced evenly */
} SourceKind;

/* One entry of `workload:`. */
typedef struct WorkloadSource {
    SourceKind kind;
    RequestList requests;
    int64_t load_ppm;             /* demand offered, of capacity; 0: as listed */
    int64_t interval_ms;          /* between arrivals of SOURCE_CLASSES and SOURCE_LOG_ORDER */
    const RecordedColumns *order; /* NULL: drawn. Column "seed<seed + replication>" */
} WorkloadSource;

typedef enum TieRule { TIES_INDEX, TIES_RANDOM, TIES_RECORDED } TieRule;

typedef struct PolicySet {
    const OrderPolicy *order;
    const AdmitPolicy *admit;
    const ScanPolicy *scan;
    const EvictPolicy *evict;
    const char *pack_name; /* as the report names it */
    GpPolicy pack;
    TieRule ties;
    const RecordedColumns *ranks; /* TIES_RECORDED */
} PolicySet;

typedef enum VaryWhat { VARY_ARRIVALS = 1, VARY_TIES = 2, VARY_PLACEMENT = 4 } VaryWhat;

typedef struct Scenario {
    const char *name;
    const char *description;
    const char *variant;
    int64_t start_unix_ms; /* calendar origin; 0 if not given */
    int64_t horizon_ms;    /* TIME_NEVER: until the workload is done */
    uint64_t seed;
    int32_t replications;
    Cluster cluster;
    int32_t source_count;
    WorkloadSource *sources;
    PolicySet policy;
    GpConstants constants; /* what the pack terms read: typical tasks of the workload, scales */
} Scenario;

#endif
