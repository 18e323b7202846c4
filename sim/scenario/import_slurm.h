/* import_slurm.h - what the two halves of the reader of slurm.conf share. */
#ifndef SIM_SCENARIO_IMPORT_SLURM_H
#define SIM_SCENARIO_IMPORT_SLURM_H

#include "sim/scenario/import.h"

/* One `Key=Value` with its place. */
typedef struct SlurmPair {
    const char *key, *value;
    const Node *place; /* of the key */
} SlurmPair;

/* The pairs of a line, those behind a backslash at its end included. */
typedef struct SlurmLine {
    int32_t count;
    SlurmPair *pairs;
} SlurmLine;

typedef struct SlurmConf {
    int32_t count;
    SlurmLine *lines;
} SlurmConf;

/* False after reported mistakes, or if memory ran out. */
bool slurm_conf_read(ImportBook *book, const SourceText *source, SlurmConf *conf);

/* The rows of `sacctmgr show qos -P`: the first line names the columns, `|` parts cells. A line
 * each, empty cells left out. */
bool slurm_qos_read(ImportBook *book, const SourceText *source, SlurmConf *table);

/* NULL: not there. Keys do not mind capitals. */
const SlurmPair *slurm_find(const SlurmLine *line, const char *key);

/* 60, 1:30, 1:00:00, 1-0, 1-12:30, 1-12:30:00; a bare number is minutes. -1: UNLIMITED, INFINITE.
 * False: no time. */
bool slurm_time(const char *text, int64_t *seconds);

/* Queues of partitions (import_slurm_partitions.c). */
void slurm_partitions_take(ImportBook *book, const SlurmConf *conf, const SlurmConf *qos);

#endif
