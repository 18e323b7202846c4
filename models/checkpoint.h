/* checkpoint.h - the work clock of a unit that saves its state now and then, in closed form.
 *
 * A cycle is `every` of progress, then block_ms in which nothing advances, then (beside the
 * progress of the next cycle) flush_ms until it is durable. As long as its speed stays the same a
 * unit needs no event for that: where it stands at any instant is worked out.
 */
#ifndef MODELS_CHECKPOINT_H
#define MODELS_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct CheckpointPlan {
    int64_t every; /* work between two, ms x ppm; 0: none are written */
    int64_t block_ms;
    int64_t flush_ms;
} CheckpointPlan;

typedef struct WorkClock {
    int64_t done;          /* work, ms x ppm */
    int64_t since_ms;      /* as of */
    int32_t rate_ppm;      /* speed since; 0: stands still */
    int64_t blocked_ms;    /* spent on checkpoints so far */
    int64_t block_left_ms; /* of the one that is being written; 0: none is */
    int64_t mark;          /* work in the last one that was begun */
    int64_t durable;       /* work in the last one that can be gone back to */
    int64_t flushed_ms;    /* when `mark` becomes durable; TIME_NEVER: it is, or is being written */
} WorkClock;

/* Brings the clock up to to_ms >= since_ms. */
void work_clock_advance(const CheckpointPlan *plan, WorkClock *clock, int64_t to_ms);

/* The first instant at which `work` is done at the present speed; TIME_NEVER: never. A checkpoint
 * that would begin at exactly that work is not written. */
int64_t work_clock_when(const CheckpointPlan *plan, const WorkClock *clock, int64_t work);

/* The first instant after since_ms at which a checkpoint becomes durable; TIME_NEVER: never. */
int64_t work_clock_next_durable(const CheckpointPlan *plan, const WorkClock *clock);

/* Back to what is durable; what was being written is gone. Returns the work that is lost. */
int64_t work_clock_roll_back(WorkClock *clock);

/* Intervals by formula, ms of progress. mttf_ms of the job; Young 1974; Daly 2006. */
int64_t checkpoint_young_ms(int64_t block_ms, double mttf_ms);
int64_t checkpoint_daly_ms(int64_t block_ms, double mttf_ms);

/* ETTR of a checkpointed job with a spare at hand, exact and to first order. Source:
 * docs/checkpoints.md. */
double ettr_exact(double mttf, double every, double block, double restart);
double ettr_first_order(double mttf, double every, double block, double restart);

#endif
