/* life_log.c - counts, and two tables that only expectations need. */
#include "sim/experiment/life_log.h"

#include <stdlib.h>

static int64_t *times_new(Arena *arena, int32_t count)
{
    int64_t *times = ARENA_ARRAY(arena, int64_t, count);
    for (int32_t i = 0; times != NULL && i < count; i++) {
        times[i] = TIME_NEVER;
    }
    return times;
}

bool life_log_init(LifeLog *log, Arena *arena, const World *world, bool keeps_times)
{
    *log = (LifeLog){.warmup_ms = world->scenario->warmup_ms};
    if (keeps_times) {
        log->task_end_ms = times_new(arena, world->jobs->task_count);
    }
    if (world->scenario->policy.evict->propose != NULL || world->health.any) {
        log->job_gave_way_ms = times_new(arena, world->jobs->job_count);
        log->job_moved_ms = times_new(arena, world->jobs->job_count);
    }
    return !arena->failed;
}

void life_log_free(LifeLog *log)
{
    free(log->later);
    log->later = NULL;
}

static void attempt_add(LifeLog *log, const Fact *fact)
{
    if (log->later_count == log->later_capacity) {
        int32_t capacity = 2 * log->later_capacity + 64;
        AttemptStart *more = realloc(log->later, (size_t)capacity * sizeof *more);
        if (more == NULL) {
            log->out_of_memory = true;
            return;
        }
        log->later = more;
        log->later_capacity = capacity;
    }
    log->later[log->later_count++] = (AttemptStart){fact->job, fact->value, fact->time_ms};
}

/* Counts a job once an instant. */
static void job_count_once(const LifeLog *log, int64_t *last_ms, int64_t *count, const Fact *fact)
{
    if (last_ms != NULL && last_ms[fact->job] != fact->time_ms) {
        last_ms[fact->job] = fact->time_ms;
        *count += fact->time_ms >= log->warmup_ms;
    }
}

static void gave_way(LifeLog *log, const Fact *fact)
{
    if (fact->value == STOP_DRAINED) {
        job_count_once(log, log->job_moved_ms, &log->migrations, fact);
    }
    if (fact->value == STOP_PREEMPTED || fact->value == STOP_RECLAIMED) {
        job_count_once(log, log->job_gave_way_ms, &log->preemptions, fact);
    }
}

static void task_over(LifeLog *log, const Fact *fact)
{
    if (log->task_end_ms != NULL) {
        log->task_end_ms[fact->task] = fact->time_ms;
    }
}

static void life_fact(void *self, const World *world, const Fact *fact)
{
    LifeLog *log = self;
    switch ((FactKind)fact->kind) {
    case FACT_JOB_STARTED:
        if (fact->value > 1) {
            log->restarts += fact->time_ms >= log->warmup_ms;
            if (log->task_end_ms != NULL) {
                attempt_add(log, fact);
            }
        }
        break;
    case FACT_TASK_PLACED:
        if (log->task_end_ms != NULL) {
            log->task_end_ms[fact->task] = TIME_NEVER;
        }
        break;
    case FACT_TASK_STOPPING:
    case FACT_TASK_SUSPENDED:
        gave_way(log, fact);
        break;
    case FACT_TASK_EVICTED:
        if (job_class(world->jobs, fact->job)->traits->grace_ms == 0) {
            gave_way(log, fact); /* else it was counted when its grace began */
        }
        task_over(log, fact);
        break;
    case FACT_TASK_ENDED:
        task_over(log, fact);
        break;
    case FACT_TASK_MOVED:
        job_count_once(log, log->job_moved_ms, &log->migrations, fact);
        break;
    default:
        break;
    }
}

Observer life_log_observer(LifeLog *log)
{
    return (Observer){.self = log,
                      .fact = life_fact,
                      .hears = FACT_SET(FACT_JOB_STARTED) | FACT_SET(FACT_TASK_PLACED) |
                               FACT_SET(FACT_TASK_STOPPING) | FACT_SET(FACT_TASK_SUSPENDED) |
                               FACT_SET(FACT_TASK_EVICTED) | FACT_SET(FACT_TASK_ENDED) |
                               FACT_SET(FACT_TASK_MOVED)};
}

int64_t life_log_start_ms(const LifeLog *log, const World *world, JobId job, int32_t attempt)
{
    if (attempt == 1) {
        return world->job_start_ms[job];
    }
    for (int32_t i = 0; i < log->later_count; i++) {
        if (log->later[i].job == job && log->later[i].attempt == attempt) {
            return log->later[i].start_ms;
        }
    }
    return TIME_NEVER;
}
