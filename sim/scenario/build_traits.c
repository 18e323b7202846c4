/* build_traits.c - what most jobs never say (elastic, kind, usage over time, topology, grace ...),
 * shared by those that say the same. */
#include <inttypes.h>
#include <string.h>

#include "core/intern.h"
#include "sim/scenario/build.h"

struct TraitsTable {
    Intern known;
    const JobTraits **items; /* [count] */
    int32_t count;
};

TraitsTable *traits_table_new(Loader *loader, int32_t job_count)
{
    TraitsTable *table = ARENA_NEW(loader->arena, TraitsTable);
    if (table == NULL) {
        return NULL;
    }
    table->items = ARENA_ARRAY(loader->arena, const JobTraits *, (size_t)job_count + 1);
    if (table->items == NULL) {
        return NULL;
    }
    intern_init(&table->known);
    table->items[table->count++] = &JOB_TRAITS_DEFAULT;
    return table;
}

void traits_table_close(TraitsTable *table)
{
    intern_free(&table->known);
}

/* ---- equal traits ---- */

typedef struct TraitsQuery {
    const TraitsTable *table;
    const JobTraits *wanted;
} TraitsQuery;

static bool traits_are_wanted(const void *context, int32_t id)
{
    const TraitsQuery *query = context;
    return job_traits_alike(query->table->items[id], query->wanted);
}

static const JobTraits *traits_shared(Loader *loader, const JobTraits *wanted, TraitsTable *table)
{
    if (job_traits_alike(wanted, &JOB_TRAITS_DEFAULT)) {
        return &JOB_TRAITS_DEFAULT;
    }
    TraitsQuery query = {table, wanted};
    uint64_t hash = job_traits_hash(wanted);
    int32_t id = intern_find(&table->known, hash, traits_are_wanted, &query);
    if (id >= 0) {
        return table->items[id];
    }
    JobTraits *added = ARENA_NEW(loader->arena, JobTraits);
    if (added == NULL || !intern_add(&table->known, hash, table->count)) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    *added = *wanted;
    table->items[table->count++] = added;
    return added;
}

/* ---- elastic jobs ---- */

static const char *name_of(const JobSpec *spec)
{
    return spec->id.value == NULL ? "?" : spec->id.value;
}

static bool gang_is(const JobSpec *spec, const char *gang)
{
    return spec->gang.value != NULL && strcmp(spec->gang.value, gang) == 0;
}

/* min_tasks <= tasks <= max_tasks, and a gang that they have a meaning for. */
static bool tasks_make_sense(Loader *loader, const JobSpec *spec)
{
    bool good = true;
    if (gang_is(spec, "min") && spec->min_tasks.node == NULL) {
        REPORT(loader, spec->gang.node, "missing", "add min_tasks",
               "job `%s` has `gang: min`, but does not say how many tasks start together",
               name_of(spec));
        good = false;
    }
    if (spec->min_tasks.node != NULL && spec->gang.node != NULL && gang_is(spec, "none")) {
        REPORT_KEY(loader, spec->min_tasks.node, "conflict", "write gang: min, or remove it",
                   "job `%s` has `min_tasks` and `gang: none`", name_of(spec));
        good = false;
    }
    if (spec->min_tasks.node != NULL && spec->min_tasks.value > spec->tasks.value) {
        REPORT(loader, spec->min_tasks.node, "conflict", "tasks is how many it wants",
               "job `%s` has %" PRId64 " `min_tasks`, more than its %" PRId64 " `tasks`",
               name_of(spec), spec->min_tasks.value, spec->tasks.value);
        good = false;
    }
    if (spec->max_tasks.node != NULL && spec->max_tasks.value < spec->tasks.value) {
        REPORT(loader, spec->max_tasks.node, "conflict", "tasks is how many it wants",
               "job `%s` has %" PRId64 " `max_tasks`, fewer than its %" PRId64 " `tasks`",
               name_of(spec), spec->max_tasks.value, spec->tasks.value);
        good = false;
    }
    return good;
}

/* ---- usage over time ---- */

static bool build_usage(Loader *loader, const JobSpec *spec, JobTraits *traits)
{
    const UsageSpec *steps = spec->utilisation.items;
    int32_t count = spec->utilisation.count;
    if (spec->utilisation.mistaken || spec->utilisation.node == NULL) {
        return !spec->utilisation.mistaken;
    }
    if (count == 0 || steps[0].at_ms.value != 0) {
        REPORT(loader, spec->utilisation.node, "missing", "begin with {at: 0s, share: 100%}",
               "the `utilisation` of job `%s` does not say how it begins", name_of(spec));
        return false;
    }
    int64_t share_ppm = steps[0].share_ppm.value;
    traits->utilisation_ppm = (int32_t)(share_ppm > GP_PPM ? GP_PPM : share_ppm);
    if (count == 1) {
        traits->over_use_ppm = (int32_t)share_ppm - traits->utilisation_ppm;
        return true;
    }
    UsageStep *usage = ARENA_ARRAY(loader->arena, UsageStep, count);
    if (usage == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < count; i++) {
        if (i > 0 && steps[i].at_ms.value <= steps[i - 1].at_ms.value) {
            REPORT(loader, steps[i].node, "order", "one step a line, the earliest first",
                   "the `utilisation` of job `%s` goes back in time", name_of(spec));
            return false;
        }
        if (steps[i].share_ppm.value > GP_PPM) {
            REPORT(loader, steps[i].share_ppm.node, "range",
                   "above 100% it is one figure for the whole job, as in utilisation: 200%",
                   "the `utilisation` of job `%s` has a step above 100%%", name_of(spec));
            return false;
        }
        usage[i] = (UsageStep){steps[i].at_ms.value, (int32_t)steps[i].share_ppm.value};
    }
    traits->usage = usage;
    traits->usage_count = count;
    return true;
}

/* ---- all of it ---- */

static int32_t yes_no(const SpecNumber *flag)
{
    return flag->node == NULL ? -1 : flag->value != 0;
}

static int32_t level(const SpecText *text)
{
    static const char *const NAMES[] = {"numa", "node", "rack", "zone"};
    for (int32_t i = 0; text->value != NULL && i < 4; i++) {
        if (strcmp(NAMES[i], text->value) == 0) {
            return TOPOLOGY_NUMA + i;
        }
    }
    return TOPOLOGY_NONE;
}

static int32_t kind_of(const SpecText *text)
{
    return text->value == NULL                    ? KIND_BATCH
           : strcmp(text->value, "service") == 0  ? KIND_SERVICE
           : strcmp(text->value, "notebook") == 0 ? KIND_NOTEBOOK
                                                  : KIND_BATCH;
}

const JobTraits *build_traits(Loader *loader, const JobSpec *spec, const JobsAround *around,
                              TraitsTable *table)
{
    JobTraits traits = JOB_TRAITS_DEFAULT;
    traits.kind = kind_of(&spec->kind);
    traits.min_tasks = (int32_t)spec->min_tasks.value;
    traits.max_tasks = (int32_t)spec->max_tasks.value;
    traits.sync = yes_no(&spec->sync);
    traits.preemptible = yes_no(&spec->preemptible);
    traits.required_level = level(&spec->topology.same);
    traits.preferred_level = level(&spec->topology.prefer);
    traits.grace_ms = spec->grace_ms.value;
    traits.startup_ms = spec->startup_ms.value;
    traits.restart_ms = spec->restart_ms.node == NULL ? -1 : spec->restart_ms.value;
    traits.retries = spec->retries.node == NULL ? -1 : (int32_t)spec->retries.value;
    traits.preempt_delay_ms = spec->preempt_delay_ms.value;
    traits.deadline_ms = spec->deadline_ms.node == NULL ? 0 : spec->deadline_ms.value;
    bool good = tasks_make_sense(loader, spec);
    build_need(spec, &traits);
    if (around->known_models >= 0) {
        build_need_warn(loader, &spec->need, around->cluster);
    }
    good = build_speeds(loader, &spec->speed, around->cluster, around->known_models, &traits) && good;
    good = build_usage(loader, spec, &traits) && good;
    good = build_service(loader, spec, &traits) && good;
    good = build_checkpoint(loader, spec, around->cluster, &traits) && good;
    return good ? traits_shared(loader, &traits, table) : NULL;
}
