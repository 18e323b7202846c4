/* stage.h - scenarios of a few nodes and jobs, for tests that can be worked out by hand: equal
 * nodes, rows of jobs, named policies, and the facts of the run kept in order. */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "core/arena.h"
#include "sim/engine/engine.h"

#define STAGE_NODES_MAX 16
#define STAGE_JOBS_MAX 64
#define STAGE_FACTS_MAX 4096

typedef struct Stage {
    Arena arena;
    Scenario scenario;
    GpNodeType types[1];
    NodeTypeInfo info[1];
    int32_t node_type[STAGE_NODES_MAX];
    const char *node_name[STAGE_NODES_MAX];
    int32_t rank[STAGE_NODES_MAX];
    Request rows[STAGE_JOBS_MAX];
    JobTable jobs;
    World *world;
    Engine engine;
    Fact facts[STAGE_FACTS_MAX];
    int fact_count;
    bool forgets_reasons;
} Stage;

/* `nodes` nodes of `gpus` GPUs and 64 cores; order fifo, first fit, nobody evicts. */
void stage_open(Stage *stage, int32_t nodes, int32_t gpus, const char *scan);

/* A gang of `tasks` tasks. */
Request stage_job(int64_t submit_s, int64_t duration_s, int32_t tasks, int32_t gpus);

/* Runs the first rows to the end, or to the scenario's horizon. */
void stage_run(Stage *stage, int32_t job_count);
void stage_close(Stage *stage);

/* -1: never. */
int64_t stage_start_s(const Stage *stage, JobId id);
int64_t stage_end_s(const Stage *stage, JobId id);

/* How many facts of a kind about the job there are, and the time of the n-th (from 0); -1: none. */
int stage_facts(const Stage *stage, FactKind kind, JobId id);
int64_t stage_fact_s(const Stage *stage, FactKind kind, JobId id, int n);

#endif
