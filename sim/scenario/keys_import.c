/* keys_import.c - `policy.import:`: queues and options from the files that a scheduler reads;
 * docs/import.md. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const KeyRow IMPORT[] = {
    {.name = "kueue",
     .kind = KEY_PATH,
     AT(ImportSpec, kueue),
     .example = "kueue.yaml",
     .absent = "none",
     .summary =
         "ClusterQueue, Cohort, ResourceFlavor and Configuration objects, as kubectl has them"},
    {.name = "slurm",
     .kind = KEY_PATH,
     AT(ImportSpec, slurm),
     .example = "slurm.conf",
     .absent = "none",
     .summary = "partitions, priority weights, backfill and preemption"},
    {.name = "qos",
     .kind = KEY_PATH,
     AT(ImportSpec, qos),
     .example = "qos.txt",
     .absent = "none",
     .summary = "with slurm: what `sacctmgr show qos -P` printed, for the limits of partitions"},
    {0},
};
const KeyObject KEYS_IMPORT = {"policy.import", IMPORT, sizeof(ImportSpec)};
