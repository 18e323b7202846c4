/* text_run.c - text to world to facts. */
#include "tests/text_run.h"

#include <stdlib.h>
#include <string.h>

#include "models/checkpoint.h"
#include "sim/experiment/faults_open.h"
#include "traces/draw.h"

static void fact_keep(void *self, const World *world, const Fact *fact)
{
    TextRun *run = self;
    (void)world;
    if (run->fact_count == run->fact_capacity) {
        int32_t capacity = run->fact_capacity > 0 ? 2 * run->fact_capacity : 1024;
        Fact *facts = realloc(run->facts, (size_t)capacity * sizeof(Fact));
        if (facts == NULL) {
            run->failed = true;
            return;
        }
        run->facts = facts;
        run->fact_capacity = capacity;
    }
    run->facts[run->fact_count++] = *fact;
}

static bool world_run(TextRun *run)
{
    Arena *arena = &run->loaded.arena;
    Diagnostics *diagnostics = &run->loaded.diagnostics;
    WorldOptions options = {0};
    Observer observer = {.self = run, .fact = fact_keep};
    int32_t *rank = NULL;
    if (workload_draw(&run->scenario, 0, arena, diagnostics, &run->jobs) != STATUS_OK ||
        node_ranks(&run->scenario, 0, arena, diagnostics, &rank) != STATUS_OK) {
        return false;
    }
    options.checkpoints = checkpoint_of_classes(arena, &run->scenario, &run->jobs);
    if (!faults_open(arena, &run->scenario, &run->jobs, &options)) {
        return false;
    }
    run->world = world_new(arena, &run->scenario, &run->jobs, rank, &options);
    if (run->world == NULL || !engine_init(&run->engine, arena, run->world, &observer, 1)) {
        return false;
    }
    engine_run(&run->engine);
    return !run->failed;
}

bool text_run(TextRun *run, const char *text, const EvictPolicy *instead)
{
    memset(run, 0, sizeof *run);
    loaded_text(&run->loaded, text);
    bool good = run->loaded.status == STATUS_OK;
    if (good) {
        run->scenario = run->loaded.set.variants[0];
        run->scenario.policy.evict = instead != NULL ? instead : run->scenario.policy.evict;
        good = world_run(run);
    }
    diagnostics_print(&run->loaded.diagnostics, stderr, false);
    return good;
}

void text_run_free(TextRun *run)
{
    free(run->facts);
    loaded_free(&run->loaded);
}

JobId text_run_job(const TextRun *run, const char *name)
{
    for (JobId job = 0; job < run->jobs.job_count; job++) {
        if (run->jobs.job_name[job] != NULL && strcmp(run->jobs.job_name[job], name) == 0) {
            return job;
        }
    }
    return -1;
}

int64_t text_run_start(const TextRun *run, const char *name, int n)
{
    JobId job = text_run_job(run, name);
    for (int32_t i = 0; i < run->fact_count; i++) {
        const Fact *fact = &run->facts[i];
        if (fact->kind == FACT_JOB_STARTED && fact->job == job && --n == 0) {
            return fact->time_ms / 1000;
        }
    }
    return -1;
}

int64_t text_run_end(const TextRun *run, const char *name)
{
    JobId job = text_run_job(run, name);
    int64_t end_ms = job >= 0 ? run->world->job_end_ms[job] : TIME_NEVER;
    return end_ms == TIME_NEVER ? -1 : end_ms / 1000;
}

int text_run_facts(const TextRun *run, FactKind kind, const char *name)
{
    JobId job = name != NULL ? text_run_job(run, name) : -1;
    int count = 0;
    for (int32_t i = 0; i < run->fact_count; i++) {
        count += run->facts[i].kind == (int32_t)kind && (name == NULL || run->facts[i].job == job);
    }
    return count;
}

int64_t text_run_held(const TextRun *run, const char *queue)
{
    for (QueueId id = 0; id < run->world->queue_count; id++) {
        if (strcmp(run->world->queues[id].name, queue) == 0) {
            return run->world->queue_allocated[(size_t)id * GP_AXES + GP_AXIS_GPU] /
                   GP_DEVICE_MILLI;
        }
    }
    return -1;
}
