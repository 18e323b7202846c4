/* trial.h - what-if inside a policy pass: place and release on the real columns, then undo.
 *
 * A trial borrows the World's fleet and index; whatever it does is undone before the pass goes on,
 * so that policies can ask "would it fit if ..." through the very code that places for real, and
 * return decisions.
 */
#ifndef CORE_TRIAL_H
#define CORE_TRIAL_H

#include "core/world.h"

typedef struct TrialStep {
    ShapeId shape;
    TaskId task;   /* whose place it is, its queues' sums included; -1: nobody's yet */
    bool released; /* else placed */
    GpPlacement placement;
} TrialStep;

struct Trial {
    World *world;
    TrialStep *steps; /* [capacity] the undo log */
    int32_t count;
    int32_t capacity;
    bool quiet; /* the index is not told, so only single nodes may be asked (gp_fits): for searches
                   that mostly fail; rolled back to where it began before the next pick */
};

/* The log of a world's trials, made before the clock starts. False if memory ran out. */
bool trial_init(Trial *trial, Arena *arena, World *world, int32_t capacity);

/* Finds a place for one task and takes it. GP_OK, GP_NO_FIT, or GP_TOO_SMALL if the log is full. */
GpStatus trial_place(Trial *trial, ShapeId shape, const GpDraw *draw, GpPlacement *placement);

/* Takes exactly this place. GP_OK, GP_NO_FIT, or GP_TOO_SMALL. */
GpStatus trial_take(Trial *trial, ShapeId shape, const GpPlacement *placement);

/* Gives back what a running task holds. */
GpStatus trial_release(Trial *trial, ShapeId shape, const GpPlacement *placement);

/* Undoes every step, newest first: the columns are as before, bit for bit. */
void trial_rollback(Trial *trial);

/* Undoes steps until only `count` are left: a try within a try. */
void trial_rollback_to(Trial *trial, int32_t count);

/* The task gives back its place: on the node, in its job's count of tasks that hold devices, and in
 * what its queues hold, so that rules asked inside the trial answer as if it were gone. Its state
 * has TASK_LIFTED until it is put back. */
GpStatus trial_release_task(Trial *trial, TaskId task);

/* A task that was released takes its old place again. GP_NO_FIT: somebody else has it. */
GpStatus trial_restore_task(Trial *trial, TaskId task);

#endif
