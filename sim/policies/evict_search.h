/* evict_search.h - the search for room that all evict policies share: victims are lifted in a trial
 * until the asker's tasks find places and the rules allow it.
 *
 * A unit is what must go at once: one task, or what is left of a gang that cannot live on with one
 * task less. Searches look at single nodes and leave the index alone, so one that fails costs as
 * much as the tasks it looked at.
 */
#ifndef SIM_POLICIES_EVICT_SEARCH_H
#define SIM_POLICIES_EVICT_SEARCH_H

#include "core/policy.h"
#include "core/trial.h"
#include "sim/policies/victim_order.h"

typedef struct Search {
    const World *world;
    Trial *trial;
    const EvictAsk *ask;
    EvictPlan *plan;
    GpShape shape;        /* the asker's, on nodes of its flavor only */
    uint64_t groups;      /* that flavor's nodes; 0: all */
    bool asks_rules;      /* the rules refused it: they must allow it */
    bool asks_places;     /* its tasks must find places */
    bool borrows_not;     /* the rules must allow it without borrowing */
    bool cannot_fit;      /* no node is of its flavor: no victim helps */
    bool whole_jobs;      /* victims are whole jobs, whatever their gang */
    int32_t seated;       /* tasks of the asker that have found places: plan->places */
    int32_t rule_tasks;   /* tasks that the rules are asked about */
    int32_t domain_level; /* TopologyLevel that the asker's tasks must share; TOPOLOGY_NONE: any
                             nodes */
    int32_t domain;       /* of that level, in which places are sought */
} Search;

/* Until it is closed, queues count those that stop as gone and those that they stop for as there.
 */
void search_open(Search *search, const World *world, Trial *trial, const EvictAsk *ask,
                 EvictPlan *plan);
void search_close(Search *search);

/* Lanes of all that the asker wants from the rules. */
void search_lanes(const Search *search, int64_t lanes[GP_AXES]);

/* Takes victims until the asker fits. */
typedef bool (*SearchAttempt)(Search *search);

/* Tries to make room, where the asker's tasks must share a rack (zone, node) in one after the
 * other. True if it found victims that are needed: the plan names them, and where the asker goes.
 * The trial is left as it was. */
bool search_run(Search *search, SearchAttempt attempt);

/* Begins again without any victim: of the asker is seated what fits as it is. */
void search_restart(Search *search);

/* May the asker's tasks go to this node, as far as their domain goes? */
bool search_covers(const Search *search, int32_t node);

/* Seats as many tasks of the asker as the node holds. */
void search_seat_on(Search *search, int32_t node);

/* Can the asker start, with those gone that were taken so far? */
bool search_fits(const Search *search);

/* Adds the task, or the whole job, to the victims, and seats the asker where they were. False if
 * something of it may not be evicted: then nothing is changed. */
bool search_take_task(Search *search, TaskId task);
bool search_take_job(Search *search, JobId job);

/* Adds the job's next unit: a spare task, the last first, or all that is left. */
bool search_take_unit(Search *search, JobId job);

/* Walks the victims from the last unit but one back and lets stay who is not needed. */
void search_spare(Search *search);

/* May the job on top be taken now? */
typedef bool (*VictimCheck)(Search *search, JobId job);

/* Takes from the heap of jobs, unit by unit, until the asker fits; then spares who is not needed.
 */
bool search_from_heap(Search *search, VictimHeap *heap, VictimCheck may);

#endif
