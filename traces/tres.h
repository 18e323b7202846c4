/* tres.h - Slurm's lists of trackable resources: `billing=8,cpu=8,gres/gpu:h100=1,mem=64G,node=1`.
 * For sacct.c.
 */
#ifndef TRACES_TRES_H
#define TRACES_TRES_H

#include <stdbool.h>
#include <stdint.h>

/* Of a whole job, not of a node. Types that are not here are passed over. */
typedef struct Tres {
    int64_t cpus;
    int64_t memory_mib; /* rounded up */
    int64_t nodes;
    int64_t gpus;      /* the untyped count; else the sum of the typed ones */
    int64_t shards;    /* gres/shard */
    const char *model; /* the type of the only typed item, in the text; NULL: none or several */
    int model_length;
    bool mig; /* a type is a MIG profile */
} Tres;

#define TRES_COUNT_MAX INT64_C(1000000000)

/* False: it is no such list; *at is where it stops being one. Counts without end (`NONE`) are
 * passed over, larger ones than TRES_COUNT_MAX are a mistake. */
bool tres_read(const char *text, Tres *tres, int *at);

#endif
