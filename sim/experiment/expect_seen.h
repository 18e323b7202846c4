/* expect_seen.h - what expectations see of a run: values of jobs, queues, nodes and books, at an
 * instant or in the end. */
#ifndef SIM_EXPERIMENT_EXPECT_SEEN_H
#define SIM_EXPERIMENT_EXPECT_SEEN_H

#include "sim/experiment/expect.h"
#include "sim/experiment/ledger_observer.h"
#include "sim/experiment/life_log.h"
#include "sim/experiment/service_meter.h"
#include "sim/experiment/wait_log.h"

typedef struct SeenMeter {
    const ExpectList *list;
    int32_t variant;
    LedgerMeter *books;
    const LifeLog *life;
    const WaitLog *waits;
    const ServiceMeter *services;
    Arena *arena;      /* of the values */
    ShareTable shares; /* computed when they are asked for; deserved NULL: nobody asks */
    int64_t *mark_ms;  /* [mark_count] ascending */
    int32_t mark_count, mark_at;
    SeenValue *seen;   /* [list->count] */
} SeenMeter;

/* Does any ask why a job waited? Then there must be a wait log. */
bool expect_asks_reasons(const ExpectList *list);

/* `variant` counts as in expectations. Values, in `result_arena`, are complete after
 * FACT_RUN_ENDED. Adds a mark to `books`. False if memory ran out. */
bool seen_meter_init(SeenMeter *meter, Arena *run_arena, Arena *result_arena, const World *world,
                     const ExpectList *list, int32_t variant, LedgerMeter *books,
                     const LifeLog *life, const WaitLog *waits, const ServiceMeter *services);

/* Must come after the observer of the books. */
Observer seen_meter_observer(SeenMeter *meter);

/* A term's score of one node, its second step included, in points of its own scale, with the
 * options that the scenario gives it. NAN: the node cannot hold it. */
double score_of(const World *world, const GpTerm *term, int32_t node, const GpShape *shape);

/* The job of that name, or number where jobs have none; -1: there is none. */
JobId job_named(const JobTable *jobs, const char *name);

#endif
