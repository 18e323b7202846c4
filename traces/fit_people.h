/* fit_people.h - the log as a fit sees it, its queues by falling count, its users. For fit.c. */
#ifndef TRACES_FIT_PEOPLE_H
#define TRACES_FIT_PEOPLE_H

#include "core/intern.h"
#include "traces/fit.h"

/* Distinct names with their counts. */
typedef struct Census {
    Intern table;
    const char **name; /* [count] */
    int64_t *jobs;     /* [count] */
    int32_t count, capacity;
} Census;

typedef struct Reading {
    const RequestList *log;
    FitJobs jobs;
    Census queues, users;
    bool enough; /* memory */
} Reading;

void reading_init(Reading *reading, const RequestList *log);
void reading_free(Reading *reading);

/* Takes the jobs with GPUs and an end. False if memory ran out, as below. */
bool reading_take(Reading *reading, TraceFit *fit);

/* Queues by falling count into name and jobs [FIT_QUEUES_MAX]; each job gets its queue's place.
 * Returns how many, -1 if memory ran out. */
int32_t queues_rank(Reading *reading, const char **name, int64_t *jobs, TraceFit *fit);

/* Users of a queue, and the exponent of Zipf's law over them; names for the generator. */
bool users_fit(const FitJobs *log, Arena *arena, TraceFit *fit);

#endif
