/* text_run.h - a scenario in YAML text, run to its end, its facts kept: for scenarios that can be
 * worked out by hand. */
#ifndef TESTS_TEXT_RUN_H
#define TESTS_TEXT_RUN_H

#include "sim/engine/engine.h"
#include "tests/loaded.h"

typedef struct TextRun {
    Loaded loaded;
    Scenario scenario; /* a copy of the baseline, so that a test may change it */
    JobTable jobs;
    World *world;
    Engine engine;
    Fact *facts;
    int32_t fact_count, fact_capacity;
    bool failed;
} TextRun;

/* instead: NULL, or who evicts in place of the scenario's policy. False: the text was refused; the
 * mistakes are on stderr. */
bool text_run(TextRun *run, const char *text, const EvictPolicy *instead);
void text_run_free(TextRun *run);

JobId text_run_job(const TextRun *run, const char *name);

/* Start of the n-th attempt (from 1) in seconds, and the end; -1: none. */
int64_t text_run_start(const TextRun *run, const char *name, int n);
int64_t text_run_end(const TextRun *run, const char *name);

/* Facts of the kind, about a job or (NULL) all. */
int text_run_facts(const TextRun *run, FactKind kind, const char *name);

/* Whole GPUs that the queue's tasks hold at the end. */
int64_t text_run_held(const TextRun *run, const char *queue);

#endif
