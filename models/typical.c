/* typical.c - groups the requests of a workload by popularity, and averages what they ask for. */
#include "models/typical.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/alike.h"
#include "core/intern.h"

#define COVERED_PERCENT 95
#define MIX_LEAST 0.001 /* so that no lane of the mean demand divides by zero */

__extension__ typedef __int128 Wide;

/* A distinct request: everything of its shape, and its models as written. */
typedef struct Variety {
    GpShape shape;
    const char *model_text;
    int64_t count; /* tasks */
    int32_t group;
} Variety;

/* Requests that the study does not tell apart. */
typedef struct Group {
    int32_t first;   /* a variety, for the key */
    int32_t popular; /* the variety with most tasks, the first met among equals: lends memory and
                        the like */
    int64_t count;
} Group;

typedef struct Census {
    Variety *varieties;
    int32_t variety_count;
    int32_t variety_capacity;
    Group *groups;
    int32_t group_count;
    Intern variety_table;
    Intern group_table;
    int64_t total;        /* tasks */
    Wide demand[GP_AXES]; /* summed over all tasks */
} Census;

static void census_free(Census *census)
{
    free(census->varieties);
    free(census->groups);
    intern_free(&census->variety_table);
    intern_free(&census->group_table);
}

/* ---- who is alike ---------------------------------------------------------------------------- */

typedef struct VarietyQuery {
    const Census *census;
    const Variety *wanted;
} VarietyQuery;

/* The study's key: CPU, milli-GPU, GPUs, models as text. A MIG profile is a size of its own. */
static bool same_group(const Variety *a, const Variety *b)
{
    return a->shape.request[GP_AXIS_CPU] == b->shape.request[GP_AXIS_CPU] &&
           a->shape.device_milli == b->shape.device_milli &&
           a->shape.device_count == b->shape.device_count &&
           a->shape.mig_profile == b->shape.mig_profile &&
           strcmp(a->model_text, b->model_text) == 0;
}

static bool variety_is_wanted(const void *context, int32_t id)
{
    const VarietyQuery *query = context;
    const Variety *known = &query->census->varieties[id];
    bool alike = same_group(known, query->wanted) &&
                 known->shape.device_memory_mib == query->wanted->shape.device_memory_mib;
    for (int axis = GP_AXIS_CPU; alike && axis < GP_AXIS_COUNT; axis++) {
        alike = known->shape.request[axis] == query->wanted->shape.request[axis];
    }
    return alike;
}

static bool group_is_wanted(const void *context, int32_t id)
{
    const VarietyQuery *query = context;
    return same_group(&query->census->varieties[query->census->groups[id].first], query->wanted);
}

static uint64_t group_hash(const Variety *variety)
{
    const GpShape *shape = &variety->shape;
    uint64_t hash = intern_mix(0, (uint64_t)shape->request[GP_AXIS_CPU]);
    hash = intern_mix(hash, (uint64_t)shape->device_milli << 32 | (uint32_t)shape->device_count);
    hash = intern_mix(hash, (uint64_t)shape->mig_profile);
    return intern_text(hash, variety->model_text, strlen(variety->model_text));
}

static uint64_t variety_hash(const Variety *variety)
{
    uint64_t hash = intern_mix(group_hash(variety), (uint64_t)variety->shape.device_memory_mib);
    for (int axis = GP_AXIS_MEMORY; axis < GP_AXIS_COUNT; axis++) {
        hash = intern_mix(hash, (uint64_t)variety->shape.request[axis]);
    }
    return hash;
}

/* ---- counting -------------------------------------------------------------------------------- */

static bool varieties_grow(Census *census)
{
    if (census->variety_count < census->variety_capacity) {
        return true;
    }
    int32_t capacity = census->variety_capacity == 0 ? 64 : census->variety_capacity * 2;
    Variety *varieties = realloc(census->varieties, (size_t)capacity * sizeof *varieties);
    if (varieties == NULL) {
        return false;
    }
    census->varieties = varieties;
    census->variety_capacity = capacity;
    return true;
}

/* `count` tasks of rows like this one. */
static bool census_add(Census *census, const Request *row, int64_t count)
{
    Variety wanted = {.count = count};
    if (request_shape(row, &wanted.shape) != GP_OK) {
        return true; /* whoever makes jobs of the rows reports it */
    }
    wanted.model_text =
        row->model_text != NULL && wanted.shape.device_count > 0 ? row->model_text : "";
    census->total += wanted.count;
    for (int axis = 0; axis < GP_AXES; axis++) {
        census->demand[axis] += (Wide)wanted.shape.request[axis] * wanted.count;
    }
    VarietyQuery query = {census, &wanted};
    uint64_t hash = variety_hash(&wanted);
    int32_t known = intern_find(&census->variety_table, hash, variety_is_wanted, &query);
    if (known >= 0) {
        census->varieties[known].count += wanted.count;
        return true;
    }
    if (!varieties_grow(census) ||
        !intern_add(&census->variety_table, hash, census->variety_count)) {
        return false;
    }
    census->varieties[census->variety_count++] = wanted;
    return true;
}

static bool tasks_grow(int64_t **tasks, int32_t *capacity, int32_t wanted)
{
    if (wanted <= *capacity) {
        return true;
    }
    int32_t larger = 2 * *capacity + 64;
    int64_t *more = realloc(*tasks, (size_t)larger * sizeof *more);
    if (more == NULL) {
        return false;
    }
    memset(more + *capacity, 0, (size_t)(larger - *capacity) * sizeof *more);
    *tasks = more;
    *capacity = larger;
    return true;
}

/* Counts the tasks of alike rows first, so that each request is looked at once. */
static bool census_take(Census *census, const RequestList *lists, int32_t list_count)
{
    Alikes alikes;
    int64_t *tasks = NULL; /* [number of alike rows] */
    int32_t capacity = 0;
    bool done = true;
    alikes_init(&alikes);
    for (int32_t list = 0; list < list_count; list++) {
        for (int32_t row = 0; done && row < lists[list].count; row++) {
            const Request *request = &lists[list].rows[row];
            int32_t alike = alikes_number(&alikes, request);
            done = alike >= 0 && tasks_grow(&tasks, &capacity, alike + 1);
            if (done) {
                tasks[alike] += request->count * request->task_count;
            }
        }
    }
    for (int32_t alike = 0; done && alike < alikes.count; alike++) {
        done = census_add(census, alikes.first[alike], tasks[alike]);
    }
    alikes_free(&alikes);
    free(tasks);
    return done;
}

static bool census_group(Census *census)
{
    census->groups = malloc(((size_t)census->variety_count + 1) * sizeof *census->groups);
    if (census->groups == NULL) {
        return false;
    }
    for (int32_t i = 0; i < census->variety_count; i++) {
        const Variety *variety = &census->varieties[i];
        VarietyQuery query = {census, variety};
        uint64_t hash = group_hash(variety);
        int32_t group = intern_find(&census->group_table, hash, group_is_wanted, &query);
        if (group < 0) {
            group = census->group_count;
            if (!intern_add(&census->group_table, hash, group)) {
                return false;
            }
            census->groups[census->group_count++] = (Group){.first = i, .popular = i};
        }
        Group *at = &census->groups[group];
        at->count += variety->count;
        if (variety->count > census->varieties[at->popular].count) {
            at->popular = i;
        }
    }
    return true;
}

/* ---- choosing -------------------------------------------------------------------------------- */

static int descending(int64_t a, int64_t b)
{
    return a > b ? -1 : a < b;
}

static int group_compare(const void *va, const void *vb, void *vvarieties)
{
    const Group *a = va;
    const Group *b = vb;
    const Variety *key_a = (const Variety *)vvarieties + a->first;
    const Variety *key_b = (const Variety *)vvarieties + b->first;
    int by = descending(a->count, b->count);
    by = by != 0 ? by
                 : descending(key_a->shape.request[GP_AXIS_CPU], key_b->shape.request[GP_AXIS_CPU]);
    by = by != 0 ? by : descending(key_a->shape.device_milli, key_b->shape.device_milli);
    by = by != 0 ? by : descending(key_a->shape.device_count, key_b->shape.device_count);
    by = by != 0 ? by : strcmp(key_b->model_text, key_a->model_text);
    return by != 0 ? by : descending(key_a->shape.mig_profile, key_b->shape.mig_profile);
}

/* How many groups, from the top, cover the wanted share; the one that crosses the line is in. */
static int32_t groups_taken(const Census *census, int64_t *covered)
{
    int32_t taken = 0;
    *covered = 0;
    while (taken < census->group_count &&
           (Wide)*covered * 100 < (Wide)census->total * COVERED_PERCENT) {
        *covered += census->groups[taken++].count;
    }
    return taken;
}

static bool typical_fill(Census *census, Arena *arena, GpConstants *constants)
{
    qsort_r(census->groups, (size_t)census->group_count, sizeof *census->groups, group_compare,
            census->varieties);
    int64_t covered = 0;
    constants->typical_count = groups_taken(census, &covered);
    constants->typical = ARENA_ARRAY(arena, GpTypical, constants->typical_count);
    constants->thresholds = ARENA_ARRAY(arena, int32_t, constants->typical_count);
    if (arena->failed) {
        return false;
    }
    double total = (double)census->total;
    for (int32_t i = 0; i < constants->typical_count; i++) {
        const Group *group = &census->groups[i];
        constants->typical[i].size = sizeof(GpTypical);
        constants->typical[i].shape = census->varieties[group->popular].shape;
        constants->typical[i].weight = ((double)group->count / total) / ((double)covered / total);
    }
    return true;
}

/* RAGP's reference mix is the mean over every request, not only the typical ones. */
static void mix_fill(const Census *census, GpConstants *constants)
{
    for (int axis = 0; axis < GP_AXES; axis++) {
        double mean = 0.0;
        if (census->total > 0 && constants->scale[axis] > 0) {
            mean = (double)census->demand[axis] / (double)census->total /
                   (double)constants->scale[axis];
        }
        constants->mix[axis] = mean < MIX_LEAST ? MIX_LEAST : mean;
    }
}

int typical_tasks(const RequestList *lists, int32_t list_count, const Cluster *cluster,
                  Arena *arena, GpConstants *constants)
{
    Census census = {0};
    intern_init(&census.variety_table);
    intern_init(&census.group_table);
    bool done = census_take(&census, lists, list_count);
    gp_constants_init(constants);
    done = done && census_group(&census) && typical_fill(&census, arena, constants);
    if (done) {
        GpFleet types = {
            .size = sizeof(GpFleet), .type_count = cluster->type_count, .types = cluster->types};
        GpStatus status = gp_constants_finish(constants, &types);
        assert(status == GP_OK && "the constants were filled just above");
        (void)status;
        mix_fill(&census, constants);
    }
    census_free(&census);
    return done;
}
