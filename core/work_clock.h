/* work_clock.h - the work of a unit that saves its state now and then: what is kept of it.
 *
 * A cycle is `every` of progress, then block_ms in which nothing advances, then (beside the
 * progress of the next cycle) flush_ms until it is durable. As long as its speed stays the same a
 * unit needs no event for that: where it stands at any instant is worked out by
 * models/checkpoint.h.
 */
#ifndef CORE_WORK_CLOCK_H
#define CORE_WORK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* As long as it takes: somebody will say when it is written (work_clock_written). */
#define CHECKPOINT_OPEN (INT64_C(1) << 60)

typedef struct CheckpointPlan {
    int64_t every; /* work between two, ms x ppm; 0: none are written */
    int64_t block_ms;
    int64_t flush_ms;
} CheckpointPlan;

/* How a job saves its state, with rules resolved. Beside it CheckpointOptions of core/job.h. */
typedef struct JobCheckpoint {
    CheckpointPlan plan;
    int64_t min_ms;   /* shorter jobs save nothing */
    int64_t size_mib; /* of one task; above 0 it contends with others for its storage pool */
    int64_t stop_ms;  /* what one that is asked for takes until it is durable, alone on its pool */
    bool on_stop;     /* one is written in the grace period, if that is long enough */
} JobCheckpoint;

/* What a unit has saved, and is about to. */
typedef struct WorkSave {
    int64_t blocked_ms;    /* spent on checkpoints so far */
    int64_t block_left_ms; /* of the one that is being written; 0: none is */
    int64_t mark;          /* work in the last one that was begun */
    int64_t durable;       /* work in the last one that can be gone back to */
    int64_t flushed_ms;    /* when `mark` becomes durable; TIME_NEVER: it is, or is being written */
    int64_t stop_ms;       /* when the one that is written in a grace is durable; 0: none was */
    int64_t before_stop;   /* work in the durable one before that */
} WorkSave;

typedef struct WorkClock {
    int64_t done;     /* work, ms x ppm */
    int64_t since_ms; /* as of */
    int32_t rate_ppm; /* speed since; 0: stands still */
    WorkSave save;
} WorkClock;

#endif
