/* pass.c - the queue is walked in order; each job is admitted and placed, and what happens behind a
 * job that cannot start is the scan policy's word. */
#include "sim/engine/pass.h"

#include "core/rng.h"
#include "sim/engine/apply.h"

/* A task's own luck: it does not depend on what was drawn for others. */
static GpDraw task_draw(const World *world, TaskId task)
{
    uint32_t words[4];
    rng_block((DrawAddress){.seed = world->scenario->seed,
                            .replication = world->replication,
                            .purpose = PURPOSE_PICK,
                            .entity = (uint32_t)task},
              0, words);
    return (GpDraw){.node = (uint64_t)words[0] << 32 | words[1],
                    .device = (uint64_t)words[2] << 32 | words[3]};
}

/* Finds places for `count` tasks of the job, or says that there are none. The columns are left as
 * they were. */
static bool places_find(Engine *engine, JobId job, int32_t count)
{
    World *world = engine->world;
    const GpPolicy *pack = &world->scenario->policy.pack;
    ShapeId shape = job_shape(world->jobs, job);
    TaskId next = world->jobs->job_first_task[job] + world->job_placed[job];
    bool draws = pack->pick == GP_PICK_RANDOM || pack->device_rule == GP_DEVICE_RANDOM;
    GpStatus status = GP_OK;
    for (int32_t i = 0; i < count && status == GP_OK; i++) {
        GpDraw draw = {0};
        if (draws) {
            draw = task_draw(world, next + i);
        }
        status = count == 1 ? world_pick(world, shape, &draw, &world->placements[i])
                            : trial_place(&engine->trial, shape, &draw, &world->placements[i]);
        if (status == GP_NO_FIT && i == 0) {
            world->shape_failed_at[shape] = world->release_count + 1;
        }
    }
    trial_rollback(&engine->trial);
    return status == GP_OK;
}

static void verdict_note(Engine *engine, JobId job)
{
    World *world = engine->world;
    Verdict verdict =
        world_verdict(world, job_shape(world->jobs, job), job_together(world->jobs, job));
    job_reason_set(engine, job, verdict.kind == VERDICT_SHORT ? REASON_SHORT : REASON_FRAGMENTED,
                   verdict.dimension);
}

/* Places what finds a place: a gang whole or not at all, other tasks one by one. True if nothing of
 * the job waits any more. */
static bool job_place(Engine *engine, JobId job)
{
    World *world = engine->world;
    int32_t together = job_together(world->jobs, job);
    while (world->job_placed[job] < job_task_count(world->jobs, job)) {
        /* Placements only take: what fitted nowhere does not fit until something is given back. */
        if (world->shape_failed_at[job_shape(world->jobs, job)] == world->release_count + 1 ||
            !places_find(engine, job, together)) {
            return false;
        }
        decision_apply(engine, &(Decision){.kind = DECISION_PLACE,
                                           .job = job,
                                           .placement_count = together,
                                           .placements = world->placements});
    }
    return true;
}

/* True if nothing of the job waits any more. */
static bool job_try(Engine *engine, JobId job)
{
    World *world = engine->world;
    BlockReason block = world->scenario->policy.admit->blocks(world, job);
    if (block != BLOCK_NONE) {
        job_reason_set(engine, job, REASON_BLOCKED, block);
        return false;
    }
    if (job_place(engine, job)) {
        return true;
    }
    if (world->judges_drops) {
        verdict_note(engine, job);
    } else { /* whatever rule kept it back before, it was looked at now */
        job_reason_set(engine, job, REASON_NONE, GP_DIMENSION_NONE);
    }
    return false;
}

int32_t policy_pass(Engine *engine)
{
    World *world = engine->world;
    ScanBehind behind = world->scenario->policy.scan->behind;
    int32_t started = 0;
    int32_t kept = 0;
    bool stopped = false;
    for (int32_t i = 0; i < world->queue_count; i++) {
        JobId job = world->queue[i];
        bool ran = world->job_state[job] == JOB_RUNNING;
        if (stopped) {
            world->queue[kept++] = job;
            job_reason_set(engine, job, REASON_BLOCKED, BLOCK_HEAD_OF_LINE);
            continue;
        }
        bool placed = job_try(engine, job);
        started += !ran && world->job_placed[job] > 0;
        if (placed) {
            continue;
        }
        if (behind == SCAN_BLOCKED_LEAVES) {
            decision_apply(engine, &(Decision){.kind = DECISION_DROP, .job = job});
        } else {
            world->queue[kept++] = job;
            stopped = behind == SCAN_BEHIND_WAITS;
        }
    }
    world->queue_count = kept;
    fact_emit(engine,
              (Fact){.kind = FACT_PASS_DONE, .job = -1, .task = -1, .node = -1, .value = started});
    return started;
}
