/* checkpoint.h - the work clock of a unit that saves its state now and then, in closed form, and
 * how often to save it.
 *
 * In whole milliseconds. A checkpoint begins at the first of them at which `every` is done since
 * the last one began and that one is durable; it contains what is done then. While it is written
 * the unit stands still, and then goes on while it is flushed. Where nothing advances (rate 0) a
 * block waits too, a flush goes on.
 */
#ifndef MODELS_CHECKPOINT_H
#define MODELS_CHECKPOINT_H

#include <stdbool.h>

#include "core/scenario.h"
#include "core/work_clock.h"

/* Nothing is done and nothing is saved yet. */
void work_clock_reset(WorkClock *clock, int64_t now_ms);

/* Brings the clock up to to_ms >= since_ms. What begins or becomes durable at to_ms has. */
void work_clock_advance(const CheckpointPlan *plan, WorkClock *clock, int64_t to_ms);

/* The first instant at which `work` is done at the present speed; TIME_NEVER: never. A checkpoint
 * that would begin at exactly that instant is not written. */
int64_t work_clock_when(const CheckpointPlan *plan, const WorkClock *clock, int64_t work);

/* The first instant at which a checkpoint begins, and at which one becomes durable. TIME_NEVER:
 * never, or somebody must say first that one is written. */
int64_t work_clock_next_begin(const CheckpointPlan *plan, const WorkClock *clock);
int64_t work_clock_next_durable(const CheckpointPlan *plan, const WorkClock *clock);

/* The checkpoint that is being written or flushed is durable now, whatever the plan says. The clock
 * must be up to date; advance it once more: the next one may begin at once. */
void work_clock_written(WorkClock *clock);

/* All that is done is saved (`keep`), or the clock goes back to what is durable and what was being
 * written is gone. Returns the work that is lost. */
int64_t work_clock_roll_back(WorkClock *clock);
void work_clock_keep(WorkClock *clock);

/* ---- how often ---- */

/* Intervals by formula, ms of progress, at least 1. mttf_ms of the job.
 * Young, "A first order approximation to the optimum checkpoint interval", CACM 1974; Daly, "A
 * higher order estimate of the optimum checkpoint interval", FGCS 2006, equation 37: for
 * block_ms >= 2 mttf_ms it is mttf_ms. */
int64_t checkpoint_young_ms(int64_t block_ms, double mttf_ms);
int64_t checkpoint_daly_ms(int64_t block_ms, double mttf_ms);

/* Nodes that a job of that many equal tasks takes, packed as tightly as the widest node that it may
 * use allows. */
int32_t checkpoint_nodes(const Cluster *cluster, const GpShape *shape, int32_t tasks);

/* How jobs of the class save their state: their own words, else the model's; plan.every 0: not. */
JobCheckpoint checkpoint_of_class(const Scenario *scenario, const JobTable *jobs,
                                  const JobClass *class_of);

/* That of each class of the run, in the arena; NULL if nobody saves anything, or memory ran out
 * (arena->failed). */
const JobCheckpoint *checkpoint_of_classes(Arena *arena, const Scenario *scenario,
                                           const JobTable *jobs);

/* ---- theory ---- */

/* ETTR (work / wall time) of a checkpointed job with a spare at hand: failures as a Poisson process
 * of that mean time between them, `every` progress between checkpoints of `block` each, `restart`
 * from a failure until it runs again. Exact: every / (M e^(restart/M) (e^((every+block)/M) - 1)).
 * To first order, where (restart + every/2) / M is small: Kokolis et al., HPCA 2025. Any one unit
 * of time. Derivation: docs/checkpoints.md. */
double ettr_exact(double mttf, double every, double block, double restart);
double ettr_first_order(double mttf, double every, double block, double restart);

#endif
