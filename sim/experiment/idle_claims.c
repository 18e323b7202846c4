/* idle_claims.c - walks over the classes that wait, then over suspended and delayed jobs. */
#include "sim/experiment/idle_claims.h"

bool idle_claims_init(IdleClaims *claims, Arena *arena, const World *world, Judge *judge)
{
    const JobTable *jobs = world->jobs;
    *claims = (IdleClaims){.judge = judge,
                           .heap = ARENA_ARRAY(arena, JobId, (size_t)jobs->class_count + 1),
                           .class_verdict = ARENA_ARRAY(arena, ClassVerdict, jobs->class_count),
                           .shape_milli = ARENA_ARRAY(arena, int64_t, jobs->shapes.count)};
    if (world->scenario->policy.requeue_delay_ms > 0) {
        claims->delayed = ARENA_ARRAY(arena, JobId, jobs->job_count);
        claims->is_delayed = ARENA_ARRAY(arena, uint8_t, jobs->job_count);
    }
    if (arena->failed) {
        return false;
    }
    for (ShapeId shape = 0; shape < jobs->shapes.count; shape++) {
        const GpShape *request = &jobs->shapes.shapes[shape];
        claims->shape_milli[shape] =
            request->device_count > 0 ? cluster_task_milli(&world->scenario->cluster, request) : 0;
    }
    return true;
}

/* ---- verdicts and reasons ---- */

/* Tasks that must find places together: all, of a suspended job. */
static int32_t tasks_together(const World *world, JobId job)
{
    return world->job_state[job] == JOB_SUSPENDED ? world->job_open[job] - world->job_waiting[job]
                                                  : world_together(world, job);
}

static const ClassVerdict *class_judge(IdleClaims *claims, const World *world, JobId job)
{
    ClassId id = world->jobs->job_class[job];
    ClassVerdict *memo = &claims->class_verdict[id];
    int32_t tasks = tasks_together(world, job);
    uint64_t version = world->change_count + 1;
    if (memo->version == version && memo->task_count == tasks) {
        return memo;
    }
    const JobClass *class_of = job_class(world->jobs, job);
    int32_t level = class_of->traits->required_level;
    ShapeId asked = claims->judge->class_asked[id];
    *memo = (ClassVerdict){.version = version,
                           .task_count = tasks,
                           .verdict = judge_verdict(claims->judge, class_of->shape, tasks, level)};
    if (memo->verdict.kind != VERDICT_FITS && asked >= 0) {
        Verdict elsewhere = judge_verdict(claims->judge, asked, tasks, level);
        memo->tenancy = elsewhere.kind == VERDICT_FITS;
        memo->verdict = memo->tenancy ? elsewhere : memo->verdict;
    }
    return memo;
}

Verdict idle_verdict(IdleClaims *claims, const World *world, JobId job)
{
    return class_judge(claims, world, job)->verdict;
}

/* The rule that keeps back a job which would fit. One that was looked at and found no room all the
 * same may not use what is free: quota of its own belongs to other nodes. */
static BlockReason block_of(const World *world, JobId job, const ClassVerdict *judged)
{
    if (judged->tenancy) {
        return BLOCK_TENANCY;
    }
    Why why = world_why(world, job);
    if (why.reason == REASON_BLOCKED) {
        return (BlockReason)why.detail;
    }
    bool by_flavor = why.reason == REASON_NO_ROOM && world->flavor_count > 1;
    return by_flavor ? BLOCK_QUOTA : BLOCK_NOT_YET_RUN;
}

Why idle_why(IdleClaims *claims, const World *world, JobId job)
{
    const ClassVerdict *judged = class_judge(claims, world, job);
    switch (judged->verdict.kind) {
    case VERDICT_FITS:
        return (Why){REASON_BLOCKED, (int8_t)block_of(world, job, judged)};
    case VERDICT_FRAGMENTED:
        return (Why){REASON_FRAGMENTED, (int8_t)judged->verdict.dimension};
    case VERDICT_SHORT:
        break;
    }
    return (Why){REASON_SHORT, (int8_t)judged->verdict.dimension};
}

/* ---- claims ---- */

typedef struct Round {
    IdleClaims *claims;
    const World *world;
    IdleBooks *idle;
    VerdictKind kind;
    uint32_t kinds_met; /* bits (1 << VerdictKind) */
} Round;

/* What a claim said of those behind it. */
typedef enum ClaimEnd {
    CLAIM_TOOK_ALL, /* the next job of the class may find something too */
    CLAIM_TOOK_LESS,
    CLAIM_OTHER_KIND
} ClaimEnd;

static ClaimEnd job_claim(Round *round, JobId job, int32_t task_count)
{
    const World *world = round->world;
    const JobClass *class_of = job_class(world->jobs, job);
    const GpShape *shape = &world->jobs->shapes.shapes[class_of->shape];
    int64_t milli = round->claims->shape_milli[class_of->shape];
    if (milli == 0) {
        return CLAIM_TOOK_LESS; /* it wants no GPU */
    }
    const ClassVerdict *judged = class_judge(round->claims, world, job);
    round->kinds_met |= 1u << judged->verdict.kind;
    if (judged->verdict.kind != round->kind) {
        return CLAIM_OTHER_KIND;
    }
    Claim claim = {.verdict = judged->verdict,
                   .reason =
                       round->kind == VERDICT_FITS ? block_of(world, job, judged) : BLOCK_NONE,
                   .demand_milli = milli * task_count,
                   .model_set = shape->model_set,
                   .group_set = judged->tenancy ? class_of->asked_group_set : shape->group_set,
                   .tenant = class_of->tenant};
    return idle_claim(round->idle, &claim) < claim.demand_milli ? CLAIM_TOOK_LESS : CLAIM_TOOK_ALL;
}

/* Jobs of one class may differ in kind only where some hold a part of their tasks already. */
static bool class_is_alike(const World *world, JobId job)
{
    const JobClass *class_of = job_class(world->jobs, job);
    return class_of->min_tasks == 1 || class_of->min_tasks == class_of->max_tasks;
}

static void round_waiting(Round *round)
{
    const World *world = round->world;
    WaitingWalk walk;
    waiting_walk(&walk, &world->waiting, -1, round->claims->heap);
    for (JobId job = waiting_walk_peek(&walk); job >= 0 && round->idle->left_milli > 0;
         job = waiting_walk_peek(&walk)) {
        ClaimEnd end = job_claim(round, job, world->job_waiting[job]);
        if (end == CLAIM_TOOK_ALL || (end == CLAIM_OTHER_KIND && !class_is_alike(world, job))) {
            waiting_walk_step(&walk);
        } else {
            waiting_walk_close(&walk);
        }
    }
}

/* Those who may not start yet, or wait for their old places, come after those in the queue. */
static void round_others(Round *round)
{
    const World *world = round->world;
    for (int32_t i = 0; i < world->suspended_count && round->idle->left_milli > 0; i++) {
        JobId job = world->suspended[i];
        job_claim(round, job, tasks_together(world, job));
    }
    for (int32_t i = 0; i < round->claims->delayed_count && round->idle->left_milli > 0; i++) {
        JobId job = round->claims->delayed[i];
        job_claim(round, job, world->job_waiting[job]);
    }
}

/* Forgets those that are eligible by now. */
static void delayed_tidy(IdleClaims *claims)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < claims->delayed_count; i++) {
        JobId job = claims->delayed[i];
        if (claims->is_delayed[job]) {
            claims->delayed[kept++] = job;
        }
    }
    claims->delayed_count = kept;
}

void idle_claims_post(IdleClaims *claims, const World *world, IdleBooks *idle)
{
    delayed_tidy(claims);
    bool nobody =
        world->waiting.count == 0 && world->suspended_count == 0 && claims->delayed_count == 0;
    if (nobody || idle->left_milli == 0) {
        return;
    }
    Round round = {.claims = claims, .world = world, .idle = idle};
    for (int kind = VERDICT_FITS; kind <= VERDICT_SHORT && idle->left_milli > 0; kind++) {
        round.kind = (VerdictKind)kind;
        if (kind == VERDICT_FITS || (round.kinds_met >> kind & 1) != 0) {
            round_waiting(&round);
            round_others(&round);
        }
    }
}

void idle_claims_fact(IdleClaims *claims, const World *world, const Fact *fact)
{
    (void)world;
    if (claims->delayed == NULL) {
        return;
    }
    if (fact->kind == FACT_JOB_REQUEUED && !claims->is_delayed[fact->job]) {
        claims->is_delayed[fact->job] = 1;
        claims->delayed[claims->delayed_count++] = fact->job;
    } else if (fact->kind == FACT_JOB_ELIGIBLE) {
        claims->is_delayed[fact->job] = 0;
    }
}
