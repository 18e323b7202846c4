/* fit_people.c - names of a log are counted: queues by their jobs, users by Zipf's law. */
#include "traces/fit_people.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ZIPF_MOST 4.0

/* ---- names ----------------------------------------------------------------------------------- */

typedef struct CensusQuery {
    const Census *census;
    const char *wanted;
} CensusQuery;

static bool census_is_wanted(const void *context, int32_t id)
{
    const CensusQuery *query = context;
    return strcmp(query->census->name[id], query->wanted) == 0;
}

static void census_free(Census *census)
{
    intern_free(&census->table);
    free((void *)census->name);
    free(census->jobs);
}

static bool census_grow(Census *census)
{
    int32_t capacity = 2 * census->capacity + 64;
    const char **name = realloc((void *)census->name, (size_t)capacity * sizeof *name);
    if (name == NULL) {
        return false;
    }
    census->name = name;
    int64_t *jobs = realloc(census->jobs, (size_t)capacity * sizeof *jobs);
    if (jobs == NULL) {
        return false;
    }
    census->jobs = jobs;
    census->capacity = capacity;
    return true;
}

/* Counts the name; -1 if memory ran out. */
static int32_t census_add(Census *census, const char *name)
{
    CensusQuery query = {census, name};
    uint64_t hash = intern_text(0, name, strlen(name));
    int32_t id = intern_find(&census->table, hash, census_is_wanted, &query);
    if (id < 0) {
        if ((census->count == census->capacity && !census_grow(census)) ||
            !intern_add(&census->table, hash, census->count)) {
            return -1;
        }
        id = census->count++;
        census->name[id] = name;
        census->jobs[id] = 0;
    }
    census->jobs[id]++;
    return id;
}

/* ---- the log as the fit sees it -------------------------------------------------------------- */

static void job_take(Reading *reading, const Request *row)
{
    int32_t queue = census_add(&reading->queues, row->queue != NULL ? row->queue : "default");
    int32_t user = row->user != NULL ? census_add(&reading->users, row->user) : 0;
    reading->enough = reading->enough && queue >= 0 && user >= 0;
    reading->jobs.jobs[reading->jobs.count++] = (FitJob){
        .submit_ms = row->submit_ms,
        .duration_ms = row->duration_ms > 0 ? row->duration_ms : 1,
        .gpu_milli = row->gpu_milli * row->gpu_count * row->task_count,
        .queue = queue,
        .user = row->user != NULL ? user : -1,
        .end = row->end <= JOB_END_FAILED ? row->end : JOB_END_COMPLETED,
    };
}

void reading_init(Reading *reading, const RequestList *log)
{
    *reading = (Reading){.log = log};
    intern_init(&reading->queues.table);
    intern_init(&reading->users.table);
}

bool reading_take(Reading *reading, TraceFit *fit)
{
    const RequestList *log = reading->log;
    reading->jobs.jobs = malloc(((size_t)log->count + 1) * sizeof(FitJob));
    reading->enough = reading->jobs.jobs != NULL;
    fit->rows = log->count;
    for (int32_t i = 0; reading->enough && i < log->count; i++) {
        const Request *row = &log->rows[i];
        if (row->gpu_count == 0 || row->gpu_milli == 0) {
            fit->without_gpus++;
        } else if (row->duration_ms == TIME_NEVER || row->carried || row->censored) {
            fit->without_end++;
        } else {
            job_take(reading, row);
        }
    }
    fit->jobs = reading->jobs.count;
    fit->distinct_users = reading->users.count;
    return reading->enough;
}

void reading_free(Reading *reading)
{
    census_free(&reading->queues);
    census_free(&reading->users);
    free(reading->jobs.jobs);
}

/* ---- queues and users ------------------------------------------------------------------------ */

typedef struct QueueCount {
    int32_t id;
    int64_t jobs;
} QueueCount;

static int queue_compare(const void *va, const void *vb)
{
    const QueueCount *a = va;
    const QueueCount *b = vb;
    if (a->jobs != b->jobs) {
        return a->jobs > b->jobs ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

int32_t queues_rank(Reading *reading, const char **name, int64_t *jobs, TraceFit *fit)
{
    const Census *census = &reading->queues;
    QueueCount *ranked = malloc(((size_t)census->count + 1) * sizeof *ranked);
    int32_t *place = malloc(((size_t)census->count + 1) * sizeof *place);
    int32_t count = -1;
    if (ranked != NULL && place != NULL) {
        for (int32_t i = 0; i < census->count; i++) {
            ranked[i] = (QueueCount){i, census->jobs[i]};
        }
        qsort(ranked, (size_t)census->count, sizeof *ranked, queue_compare);
        count = census->count < FIT_QUEUES_MAX ? census->count : FIT_QUEUES_MAX;
        for (int32_t i = 0; i < census->count; i++) {
            place[ranked[i].id] = i < count ? i : count - 1;
            if (i < count) {
                name[i] = census->name[ranked[i].id];
                jobs[i] = 0;
            } else {
                fit->small_queues += ranked[i].jobs;
            }
            jobs[place[ranked[i].id]] += ranked[i].jobs;
        }
        for (int32_t i = 0; i < reading->jobs.count; i++) {
            reading->jobs.jobs[i].queue = place[reading->jobs.jobs[i].queue];
        }
    }
    free(ranked);
    free(place);
    return count;
}

/* Jobs of one user in one queue. */
typedef struct UserCount {
    int32_t queue, user;
    int64_t jobs;
} UserCount;

static int pair_compare(const void *va, const void *vb)
{
    const UserCount *a = va;
    const UserCount *b = vb;
    if (a->queue != b->queue) {
        return a->queue < b->queue ? -1 : 1;
    }
    return a->user < b->user ? -1 : a->user > b->user;
}

static int busiest_compare(const void *va, const void *vb)
{
    const UserCount *a = va;
    const UserCount *b = vb;
    if (a->queue != b->queue) {
        return a->queue < b->queue ? -1 : 1;
    }
    return a->jobs > b->jobs ? -1 : a->jobs < b->jobs;
}

typedef struct UserCounts {
    UserCount *pairs; /* [count] by queue, busiest first */
    int32_t count;
} UserCounts;

/* -ln likelihood: user k of a queue of K has a share k^-s / H(K, s). */
static double zipf_cost(double s, void *context)
{
    const UserCounts *users = context;
    double cost = 0.0;
    for (int32_t first = 0; first < users->count;) {
        double harmonic = 0.0;
        double jobs = 0.0;
        int32_t i = first;
        for (; i < users->count && users->pairs[i].queue == users->pairs[first].queue; i++) {
            double log_rank = log((double)(i - first + 1));
            harmonic += exp(-s * log_rank);
            jobs += (double)users->pairs[i].jobs;
            cost += s * log_rank * (double)users->pairs[i].jobs;
        }
        cost += jobs * log(harmonic);
        first = i;
    }
    return cost;
}

/* The likelihood has one peak: golden section is enough, and needs no bracket. */
static double zipf_fit(UserCounts *users)
{
    double low = 0.0;
    double high = ZIPF_MOST;
    double ratio = 0.5 * (sqrt(5.0) - 1.0);
    while (high - low > 1e-4) {
        double a = high - ratio * (high - low);
        double b = low + ratio * (high - low);
        if (zipf_cost(a, users) < zipf_cost(b, users)) {
            high = b;
        } else {
            low = a;
        }
    }
    return 0.5 * (low + high);
}

static void users_count(const FitJobs *log, UserCounts *users)
{
    int32_t named = 0;
    for (int32_t i = 0; i < log->count; i++) {
        if (log->jobs[i].user >= 0) {
            users->pairs[named++] = (UserCount){log->jobs[i].queue, log->jobs[i].user, 1};
        }
    }
    qsort(users->pairs, (size_t)named, sizeof *users->pairs, pair_compare);
    for (int32_t i = 0; i < named; i++) {
        if (users->count > 0 &&
            pair_compare(&users->pairs[users->count - 1], &users->pairs[i]) == 0) {
            users->pairs[users->count - 1].jobs++;
        } else {
            users->pairs[users->count++] = users->pairs[i];
        }
    }
    qsort(users->pairs, (size_t)users->count, sizeof *users->pairs, busiest_compare);
}

/* Users of a queue as a job meets them: the mean over jobs, not over queues. */
static int32_t users_of_a_queue(const UserCounts *users)
{
    double weighted = 0.0;
    double jobs = 0.0;
    for (int32_t first = 0; first < users->count;) {
        double of_queue = 0.0;
        int32_t i = first;
        for (; i < users->count && users->pairs[i].queue == users->pairs[first].queue; i++) {
            of_queue += (double)users->pairs[i].jobs;
        }
        weighted += of_queue * (i - first);
        jobs += of_queue;
        first = i;
    }
    return jobs > 0.0 ? (int32_t)floor(weighted / jobs + 0.5) : 0;
}

static bool users_name(SyntheticSpec *spec, Arena *arena)
{
    for (int32_t i = 0; i < spec->queue_count; i++) {
        if (!synthetic_users(spec, &spec->queues[i], arena)) {
            return false;
        }
    }
    return true;
}

bool users_fit(const FitJobs *log, Arena *arena, TraceFit *fit)
{
    if (fit->distinct_users == 0) {
        return true;
    }
    UserCounts users = {.pairs = malloc(((size_t)log->count + 1) * sizeof(UserCount))};
    if (users.pairs == NULL) {
        return false;
    }
    users_count(log, &users);
    fit->spec->user_count = users_of_a_queue(&users);
    fit->spec->user_zipf = zipf_fit(&users);
    free(users.pairs);
    return users_name(fit->spec, arena);
}
