/* build_synthetic.c - `synthetic:` becomes what the generator of traces/ is told. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/build.h"
#include "sim/scenario/keys_rows.h"
#include "traces/synthetic.h"

#define MICRO 1e6
#define SUM_SLACK_PPM 100            /* shares as people round them */
#define JOB_GPU_MILLI_MAX 1000000000 /* a million GPUs */
#define SIZES_MAX 1000
#define WEEK_MS INT64_C(604800000)
#define MONDAY_MS (4 * INT64_C(86400000)) /* 1970-01-05 */

/* ---- shares ---------------------------------------------------------------------------------- */

/* What people rounded away goes to the largest share. */
static bool shares_close(Loader *loader, const Node *node, const char *what, int32_t *const *share,
                         int32_t count)
{
    int64_t sum = 0;
    int32_t largest = 0;
    for (int32_t i = 0; i < count; i++) {
        sum += *share[i];
        largest = *share[i] > *share[largest] ? i : largest;
    }
    if (count == 0 || llabs(sum - GP_PPM) > SUM_SLACK_PPM) {
        char text[32];
        REPORT(loader, node, "range", "shares such as 70% and 30%, or 0.7 and 0.3",
               "the shares of %s sum to %s; expected 100%%", what,
               quantity_print(sum, UNIT_RATIO_PPM, text, sizeof(text)));
        return false;
    }
    *share[largest] += (int32_t)(GP_PPM - sum);
    return true;
}

static bool share_read(Loader *loader, const SpecPair *pair, int32_t *ppm)
{
    int64_t value = 0;
    const char *wrong = quantity_parse(pair->value, UNIT_RATIO_PPM, ROUND_EXACT, &value);
    if (wrong == NULL && value >= 0 && value <= GP_PPM && pair->value[0] != '-') {
        *ppm = (int32_t)value;
        return true;
    }
    REPORT(loader, pair->node, "unit", NULL, "the share of %.64s is `%.64s`; %s", pair->name,
           pair->value, wrong != NULL ? wrong : "expected 0% to 100%");
    return false;
}

/* GPUs of a job, as the keys of maps by GPUs say it; 0 after a mistake. */
static int32_t gpus_read(Loader *loader, const Node *node, const char *text)
{
    int64_t milli = 0;
    const char *wrong = quantity_parse(text, UNIT_GPUS_MILLI, ROUND_EXACT, &milli);
    bool whole = milli < GP_DEVICE_MILLI || milli % GP_DEVICE_MILLI == 0;
    if (wrong == NULL && milli > 0 && milli <= JOB_GPU_MILLI_MAX && whole) {
        return (int32_t)milli;
    }
    REPORT_KEY(loader, node, "unit", "1, 8, 64, or a part of one GPU such as 0.5",
               "`%.64s` GPUs; %s", text,
               wrong != NULL ? wrong
               : whole       ? "expected more than 0 and at most a million"
                             : "expected whole GPUs, or a part of one");
    return 0;
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static int size_compare(const void *va, const void *vb)
{
    const SizeSpec *a = va;
    const SizeSpec *b = vb;
    return a->gpu_milli_total < b->gpu_milli_total ? -1 : a->gpu_milli_total > b->gpu_milli_total;
}

static int32_t node_gpus(const Cluster *cluster)
{
    int32_t most = 0;
    for (int32_t i = 0; i < cluster->type_count; i++) {
        most = cluster->types[i].device_count > most ? cluster->types[i].device_count : most;
    }
    return most;
}

static bool sizes_read(Loader *loader, const SpecPairs *pairs, SyntheticSpec *spec)
{
    int32_t *shares[SIZES_MAX];
    bool good = true;
    for (int32_t i = 0; i < pairs->count; i++) {
        SizeSpec *size = &spec->sizes[i];
        size->gpu_milli_total = gpus_read(loader, pairs->items[i].node, pairs->items[i].name);
        good = share_read(loader, &pairs->items[i], &size->share_ppm) &&
               size->gpu_milli_total > 0 && good;
        shares[i] = &size->share_ppm;
    }
    if (!good || !shares_close(loader, pairs->node, "`gpus`", shares, pairs->count)) {
        return false;
    }
    qsort(spec->sizes, (size_t)spec->size_count, sizeof *spec->sizes, size_compare);
    for (int32_t i = 1; i < spec->size_count; i++) {
        if (spec->sizes[i].gpu_milli_total == spec->sizes[i - 1].gpu_milli_total) {
            REPORT(loader, pairs->node, "duplicate", "add them up",
                   "`gpus` has two shares for jobs of %g GPUs",
                   spec->sizes[i].gpu_milli_total / 1000.0);
            return false;
        }
    }
    return true;
}

/* ---- by size --------------------------------------------------------------------------------- */

/* Calls `apply` for each size with the entry that holds for it: the last whose key is at most its
 * GPUs. Entries begin with their node, whose key is the least GPUs. */
static bool by_gpus(Loader *loader, const SpecObjects *map, size_t entry_size, const char *name,
                    SyntheticSpec *spec,
                    bool (*apply)(Loader *loader, const void *entry, SizeSpec *size))
{
    bool good = map->count > 0;
    if (!good) {
        REPORT(loader, map->node, "missing", NULL, "`%s` holds nothing", name);
    }
    for (int32_t i = 0; i < spec->size_count; i++) {
        SizeSpec *size = &spec->sizes[i];
        const char *best = NULL;
        int32_t best_milli = 0;
        for (int32_t k = 0; good && k < map->count; k++) {
            const char *entry = (const char *)map->items + (size_t)k * entry_size;
            const Node *node = *(const Node *const *)entry;
            int32_t milli = gpus_read(loader, node, node->key);
            good = milli > 0;
            if (good && milli <= size->gpu_milli_total && milli > best_milli) {
                best = entry;
                best_milli = milli;
            }
        }
        if (good && best == NULL) {
            REPORT(loader, map->node, "missing", "its first key says from where on it holds",
                   "`%s` says nothing of jobs of %g GPUs", name, size->gpu_milli_total / 1000.0);
            good = false;
        }
        good = good && apply(loader, best, size);
    }
    return good;
}

static bool duration_apply(Loader *loader, const void *entry, SizeSpec *size)
{
    return build_distribution(loader, entry, &size->duration);
}

static bool durations_read(Loader *loader, const GeneratorSpec *from, SyntheticSpec *spec)
{
    bool one = from->duration.node != NULL;
    if (one == (from->duration_by_gpus.node != NULL)) {
        REPORT(loader, from->node, one ? "conflict" : "missing", "for example: duration: 1h",
               "a generator needs one of duration, duration_by_gpus; found %s",
               one ? "both" : "none");
        return false;
    }
    if (!one) {
        return !from->duration_by_gpus.mistaken && from->duration_by_gpus.node->kind == NODE_MAP &&
               by_gpus(loader, &from->duration_by_gpus, sizeof(DurationSpec), "duration_by_gpus",
                       spec, duration_apply);
    }
    Distribution duration;
    if (!build_distribution(loader, &from->duration, &duration)) {
        return false;
    }
    for (int32_t i = 0; i < spec->size_count; i++) {
        spec->sizes[i].duration = duration;
    }
    return true;
}

static bool end_apply(Loader *loader, const void *entry, SizeSpec *size)
{
    const EndSpec *from = entry;
    int32_t *ppm = size->end_ppm;
    ppm[JOB_END_CANCELLED] = (int32_t)from->cancelled_ppm.value;
    ppm[JOB_END_FAILED] = (int32_t)from->failed_ppm.value;
    int64_t rest = GP_PPM - from->cancelled_ppm.value - from->failed_ppm.value;
    ppm[JOB_END_COMPLETED] = (int32_t)(from->completed_ppm.node != NULL ? from->completed_ppm.value
                                       : rest > 0                       ? rest
                                                                        : 0);
    int32_t *shares[] = {&ppm[0], &ppm[1], &ppm[2]};
    return from->node->kind == NODE_MAP &&
           shares_close(loader, from->node, "how jobs end", shares, 3);
}

static bool ends_read(Loader *loader, const GeneratorSpec *from, SyntheticSpec *spec)
{
    if (from->end.node != NULL && from->end_by_gpus.node != NULL) {
        REPORT_KEY(loader, from->end_by_gpus.node, "conflict", "remove one of them",
                   "a generator with `end` and `end_by_gpus`");
        return false;
    }
    if (from->end_by_gpus.node != NULL) {
        return !from->end_by_gpus.mistaken && from->end_by_gpus.node->kind == NODE_MAP &&
               by_gpus(loader, &from->end_by_gpus, sizeof(EndSpec), "end_by_gpus", spec, end_apply);
    }
    for (int32_t i = 0; from->end.node != NULL && i < spec->size_count; i++) {
        if (!end_apply(loader, &from->end, &spec->sizes[i])) {
            return false;
        }
    }
    return true;
}

/* ---- arrivals -------------------------------------------------------------------------------- */

/* Weights scaled to a mean of 1; false after a mistake. */
static bool weights_read(Loader *loader, const SpecTexts *list, const char *name, int32_t count,
                         double *weight)
{
    for (int32_t i = 0; i < count; i++) {
        weight[i] = 1.0;
    }
    if (list->node == NULL) {
        return true;
    }
    if (list->count != count) {
        REPORT(loader, list->node, "range", NULL, "`%s` has %" PRId32 " weights; expected %" PRId32,
               name, list->count, count);
        return false;
    }
    double sum = 0.0;
    bool good = true;
    for (int32_t i = 0; i < count; i++) {
        int64_t value = 0;
        const char *wrong =
            quantity_parse(list->items[i].value, UNIT_NUMBER_MICRO, ROUND_EXACT, &value);
        if (wrong != NULL || value < 0 || value > INT64_C(1000000000000)) {
            REPORT(loader, list->items[i].node, "unit", NULL, "`%s` holds `%.64s`; %s", name,
                   list->items[i].value, wrong != NULL ? wrong : "expected 0 to 1000000");
            good = false;
        }
        weight[i] = (double)value;
        sum += (double)value;
    }
    if (good && sum <= 0.0) {
        REPORT(loader, list->node, "range", NULL, "`%s` is 0 everywhere", name);
        return false;
    }
    for (int32_t i = 0; good && i < count; i++) {
        weight[i] *= count / sum;
    }
    return good;
}

static bool profile_read(Loader *loader, const ArrivalsSpec *from, ArrivalSpec *arrivals)
{
    double hour[24];
    double day[7];
    bool good = weights_read(loader, &from->hour_of_day, "hour_of_day", 24, hour);
    good = weights_read(loader, &from->day_of_week, "day_of_week", 7, day) && good;
    for (int cell = 0; good && cell < HOURS_OF_WEEK; cell++) {
        arrivals->hour_weight[cell] =
            (int32_t)floor(hour[cell % 24] * day[cell / 24] * MICRO + 0.5);
    }
    return good;
}

static bool process_read(Loader *loader, const ArrivalsSpec *from, ArrivalSpec *arrivals)
{
    static const char *const NAMES[] = {"poisson", "regular", "renewal"};
    for (int i = 0; from->process.value != NULL && i < 3; i++) {
        if (strcmp(NAMES[i], from->process.value) == 0) {
            arrivals->process = (ArrivalProcess)i;
        }
    }
    if (from->process.value == NULL ||
        !build_options_belong(loader, from->node, &KEYS_ARRIVALS, from->process.value)) {
        return false;
    }
    if (arrivals->process != ARRIVAL_RENEWAL) {
        return true;
    }
    if (from->cv_micro.node == NULL) {
        REPORT(loader, from->node, "missing", "add `cv: 2`", "`process: renewal` needs `cv`");
        return false;
    }
    Family family = FAMILY_GAMMA;
    for (int i = 0; from->gaps.value != NULL && i < FAMILY_COUNT; i++) {
        family = strcmp(family_name((Family)i), from->gaps.value) == 0 ? (Family)i : family;
    }
    if (!distribution_unit_mean(family, (double)from->cv_micro.value / MICRO, &arrivals->gap)) {
        REPORT(loader, from->cv_micro.node, "range", "gamma can have any",
               "gaps of the family %s cannot have this cv", family_name(family));
        return false;
    }
    return true;
}

/* Exactly one of rate and load; a load must be one that some rate offers. cluster NULL: it, or the
 * jobs, are not known. */
static bool rate_read(Loader *loader, const ArrivalsSpec *from, const Cluster *cluster,
                      SyntheticSpec *spec)
{
    bool by_rate = from->rate.node != NULL;
    if (by_rate == (from->load_ppm.node != NULL)) {
        REPORT(loader, from->node, by_rate ? "conflict" : "missing",
               "for example: rate: 40/h, or load: 90%", "arrivals need one of rate, load; found %s",
               by_rate ? "both" : "none");
        return false;
    }
    spec->arrivals.rate = from->rate.value;
    spec->arrivals.load_ppm = from->load_ppm.value;
    if (by_rate || cluster == NULL ||
        synthetic_rate_for_load(spec, from->load_ppm.value, cluster->gpu_milli) > 0) {
        return true;
    }
    REPORT(loader, from->load_ppm.node, "conflict", "give a `rate` instead",
           cluster->gpu_milli > 0 ? "no rate offers this load to the cluster: it would take more "
                                    "than 1000 jobs a second, or less than 1 in 10^6 weeks"
                                  : "`load` is a share of the cluster's GPUs, but it has none");
    return false;
}

static void burst_read(const BurstKeysSpec *from, BurstSpec *burst)
{
    *burst = (BurstSpec){
        .probability_ppm = (int32_t)from->probability_ppm.value,
        .size = from->size_micro.node != NULL ? (double)from->size_micro.value / MICRO : 2.0,
        .spacing_ms = from->spacing_ms.value,
        .alike_ppm = (int32_t)from->alike_ppm.value,
        .correlation_ppm = (int32_t)from->same_duration_ppm.value,
    };
}

static bool arrivals_read(Loader *loader, const ArrivalsSpec *from, const Cluster *cluster,
                          int64_t start_ms, SyntheticSpec *spec)
{
    ArrivalSpec *arrivals = &spec->arrivals;
    if (from->node == NULL || from->node->kind != NODE_MAP) {
        return false; /* reported when it was bound */
    }
    if (start_ms != 0) {
        arrivals->week_offset_ms = ((start_ms - MONDAY_MS) % WEEK_MS + WEEK_MS) % WEEK_MS;
    }
    arrivals->day_cv = (double)from->day_cv_micro.value / MICRO;
    burst_read(&from->burst, &arrivals->burst);
    bool good = process_read(loader, from, arrivals);
    good = profile_read(loader, from, arrivals) && good;
    return rate_read(loader, from, cluster, spec) && good;
}

/* ---- queues, users, limits ------------------------------------------------------------------- */

static bool queue_read(Loader *loader, const SpecText *name, const JobsAround *around,
                       QueueShare *queue)
{
    static const SpecTexts NOTHING = {0};
    QueueId id = 0;
    queue->name = name->value;
    if (name->node != NULL && !build_name(loader, name)) {
        return false;
    }
    if (around->queues == NULL || around->groups == NULL) {
        return true;
    }
    SpecText asked = *name;
    asked.value = name->node != NULL ? name->value : NULL;
    if (!build_queue_name(loader, &asked, around->queues, "a synthetic job", &id)) {
        return false;
    }
    uint64_t dedicated = around->queues->queues[id].group_set;
    queue->group_set = groups_usable(around->groups, ~UINT64_C(0), &NOTHING, dedicated);
    queue->dedicated = dedicated != 0;
    queue->asked_group_set = groups_usable(around->groups, ~UINT64_C(0), &NOTHING, 0);
    return true;
}

static bool queues_read(Loader *loader, const GeneratorSpec *from, const JobsAround *around,
                        SyntheticSpec *spec)
{
    int32_t *shares[SIZES_MAX];
    bool good = true;
    if (from->queues.node == NULL) {
        return queue_read(loader, &(SpecText){QUEUE_DEFAULT, NULL}, around, &spec->queues[0]);
    }
    for (int32_t i = 0; i < from->queues.count; i++) {
        const SpecPair *pair = &from->queues.items[i];
        good = share_read(loader, pair, &spec->queues[i].share_ppm) && good;
        good = queue_read(loader, &(SpecText){pair->name, pair->node}, around, &spec->queues[i]) &&
               good;
        shares[i] = &spec->queues[i].share_ppm;
    }
    return good && shares_close(loader, from->queues.node, "`queues`", shares, from->queues.count);
}

static bool users_read(Loader *loader, const UsersSpec *from, SyntheticSpec *spec)
{
    if (from->node == NULL) {
        return true;
    }
    spec->user_count = (int32_t)from->count.value;
    spec->user_zipf = (double)from->zipf_micro.value / MICRO;
    for (int32_t i = 0; i < spec->queue_count; i++) {
        if (!synthetic_users(spec, &spec->queues[i], loader->arena)) {
            return no_memory(loader);
        }
    }
    return true;
}

static bool limit_read(Loader *loader, const TimeLimitSpec *from, SyntheticSpec *spec)
{
    if (from->node == NULL) {
        return true;
    }
    int64_t *usual = ARENA_ARRAY(loader->arena, int64_t, (size_t)from->usual.count + 1);
    if (usual == NULL) {
        return no_memory(loader);
    }
    bool good = true;
    for (int32_t i = 0; i < from->usual.count; i++) {
        const SpecText *text = &from->usual.items[i];
        const char *wrong = quantity_parse(text->value, UNIT_DURATION_MS, ROUND_EXACT, &usual[i]);
        if (wrong == NULL && (usual[i] < 1 || usual[i] > TIME_MS_MAX)) {
            wrong = "expected more than 0 and at most 100 years";
        }
        if (wrong == NULL && i > 0 && usual[i] <= usual[i - 1]) {
            wrong = "expected durations in ascending order";
        }
        if (wrong != NULL) {
            REPORT(loader, text->node, "unit", NULL, "`usual` holds `%.64s`; %s", text->value,
                   wrong);
            good = false;
        }
    }
    spec->limit = (LimitSpec){.factor_ppm = from->factor_ppm.value,
                              .sigma = (double)from->sigma_micro.value / MICRO,
                              .usual_count = from->usual.count,
                              .usual_ms = usual};
    return good;
}

static bool traits_read(Loader *loader, const GeneratorSpec *from, SyntheticSpec *spec)
{
    JobTraits *traits = ARENA_NEW(loader->arena, JobTraits);
    if (traits == NULL) {
        return no_memory(loader);
    }
    *traits = JOB_TRAITS_DEFAULT;
    bool notebook = from->kind.value != NULL && strcmp(from->kind.value, "notebook") == 0;
    traits->kind = notebook ? KIND_NOTEBOOK : KIND_BATCH;
    traits->preemptible = from->preemptible.node == NULL ? -1 : from->preemptible.value != 0;
    traits->startup_ms = from->startup_ms.value;
    traits->restart_ms = from->restart_ms.node == NULL ? -1 : from->restart_ms.value;
    traits->retries = from->retries.node == NULL ? -1 : (int32_t)from->retries.value;
    traits->grace_ms = from->grace_ms.value;
    spec->traits = traits;
    spec->priority = (int32_t)from->priority.value;
    spec->cpu_milli_per_gpu = from->cpu_milli_per_gpu.value;
    spec->memory_mib_per_gpu = from->memory_mib_per_gpu.value;
    return true;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool count_read(Loader *loader, const GeneratorSpec *from, const Scenario *scenario,
                       SyntheticSpec *spec)
{
    spec->count = (int32_t)from->count.value;
    if (from->count.node != NULL || scenario->horizon_ms != TIME_NEVER) {
        return true;
    }
    REPORT(loader, from->node, "missing", "for example: count: 10000, or horizon: 7d at the top",
           "this generator would never end: it has no `count`, and the scenario no `horizon`");
    return false;
}

static bool fits(Loader *loader, const SpecPairs *pairs, const char *name)
{
    if (pairs->count <= SIZES_MAX) {
        return true;
    }
    REPORT(loader, pairs->node, "limit", NULL, "`%s` has %" PRId32 " entries; at most %d", name,
           pairs->count, SIZES_MAX);
    return false;
}

bool build_synthetic(Loader *loader, const GeneratorSpec *from, const JobsAround *around,
                     const Scenario *scenario, WorkloadSource *source)
{
    source->kind = SOURCE_SYNTHETIC;
    if (from->node->kind != NODE_MAP || !fits(loader, &from->gpus, "gpus") ||
        !fits(loader, &from->queues, "queues")) {
        return false;
    }
    int32_t size_count = from->gpus.count > 0 ? from->gpus.count : 1;
    int32_t queue_count = from->queues.count > 0 ? from->queues.count : 1;
    SyntheticSpec *spec = synthetic_new(loader->arena, size_count, queue_count);
    if (spec == NULL) {
        return no_memory(loader);
    }
    source->synthetic = spec;
    bool good = from->gpus.node == NULL || sizes_read(loader, &from->gpus, spec);
    if (good || from->duration.node != NULL) {
        good = durations_read(loader, from, spec) && good;
    }
    bool jobs_known = good && around->groups != NULL;
    good = ends_read(loader, from, spec) && good;
    good = queues_read(loader, from, around, spec) && good;
    good = users_read(loader, &from->users, spec) && good;
    good = limit_read(loader, &from->time_limit, spec) && good;
    good = traits_read(loader, from, spec) && good;
    good = count_read(loader, from, scenario, spec) && good;
    for (int32_t i = 0; i < spec->size_count; i++) {
        size_split(&spec->sizes[i], node_gpus(around->cluster));
    }
    good = arrivals_read(loader, &from->arrivals, jobs_known ? around->cluster : NULL,
                         scenario->start_unix_ms, spec) &&
           good;
    return good &&
           (synthetic_requests(spec, loader->arena, &source->requests) || no_memory(loader));
}
