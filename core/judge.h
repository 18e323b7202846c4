/* judge.h - verdicts of shapes, kept current node by node.
 *
 * verdict_judge looks at every node. During a run few nodes change between two questions, so a
 * judge remembers for each shape what excludes it from each node, and asks again only where
 * something changed since that shape was last asked about. The answers are those of verdict_judge,
 * which is the oracle in tests.
 */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/cluster.h"
#include "core/job.h"
#include "core/verdict.h"

/* What is remembered of one shape. */
typedef struct ShapeMarks {
    ShapeId shape;      /* whose row this is; -1: nobody's */
    bool counts_rooms;  /* room and stops are kept too: it was asked about as a gang */
    uint64_t touches;   /* changes seen */
    NodeCount excluded; /* one task of it */
    NodeCount stopped;  /* the next one, where a node holds as many as it can */
    int64_t room;       /* tasks that all nodes hold, each by itself */
} ShapeMarks;

typedef struct Judge {
    const GpFleet *fleet;
    const Cluster *cluster;
    int32_t shape_count;
    const GpShape **shapes; /* [shape] those of the jobs, then those of class_asked */
    ShapeId *class_asked;   /* [class] its shape without what its queue dedicates; -1: the same */
    /* nodes that changed, the latest log_size of them */
    uint64_t touches;
    uint64_t log_size; /* a power of two */
    int32_t *log;      /* [touch % log_size] */
    /* sums */
    uint64_t sums_touches;
    int64_t (*node_free)[GP_AXES]; /* [node] as last added */
    int64_t (*type_free)[GP_AXES]; /* [type] */
    /* shapes; where there are very many they share rows */
    int32_t row_count;
    ShapeMarks *rows;        /* [shape % row_count] */
    uint16_t *node_excluded; /* [row * nodes + node] bits (1 << GpDimension) */
    uint16_t *node_stops;    /* likewise; NULL: no job of this run is a gang */
    int32_t *node_tasks;     /* likewise: room; most INT32_MAX */
    int64_t *domain_room;    /* [rack or zone] scratch */
} Judge;

/* For the fleet as it is now. False if memory ran out: all that is needed later is taken here. */
bool judge_init(Judge *judge, Arena *arena, const GpFleet *fleet, const Cluster *cluster,
                const JobTable *jobs);

/* The shape of that id. */
const GpShape *judge_shape(const Judge *judge, ShapeId shape);

/* To be told of every node whose columns changed. */
void judge_touch(Judge *judge, int32_t node);

/* Judges `task_count` tasks, which must share a domain of `level` if it is not TOPOLOGY_NONE (one
 * NUMA part is a matter of the shape). A gang that fits but in no single domain is fragmented in
 * topology. */
Verdict judge_verdict(Judge *judge, ShapeId shape, int32_t task_count, int32_t level);

/* What excludes one task of the shape from the nodes now. */
const NodeCount *judge_excluded(Judge *judge, ShapeId shape);

/* What is free in sum over the nodes that the shape may use, in milli-GPU as it counts them. */
int64_t judge_free_milli(Judge *judge, ShapeId shape);

/* Does the node hold one task of the shape now? */
bool judge_node_fits(Judge *judge, ShapeId shape, int32_t node);

#endif
