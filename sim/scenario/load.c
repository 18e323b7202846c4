/* load.c - the walk from a scenario file to checked Scenarios: read, extend, override, bind, build,
 * for each variant. */
#include "sim/scenario/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/policies/registry.h"
#include "sim/scenario/build.h"
#include "sim/scenario/build_policy.h"
#include "sim/scenario/import.h"
#include "sim/scenario/inputs_make.h"
#include "sim/scenario/resolve.h"

#define VARIANT_NAME_BYTES_MAX 64

/* A variant in the making. */
typedef struct Draft {
    const Node *tree;
    const Node *written; /* without what policy.import brings */
    const PolicyImport *import;
    const char *name;
    ScenarioSpec spec;
    NodeGroups groups;
    bool cluster_good;
    bool queues_good;
    bool built; /* cluster, queues and workload are there, for variants with the same ones */
} Draft;

/* ---- the tree ---- */

static Node *options_apply(Loader *loader, Node *tree, const LoadOptions *options)
{
    for (int32_t i = 0; tree != NULL && i < options->set_count; i++) {
        tree = resolve_set(loader, tree, options->sets[i]);
    }
    if (tree != NULL && options->seed != NULL) {
        tree = resolve_option(loader, tree, "--seed", "seed", options->seed);
    }
    if (tree != NULL && options->replications != NULL) {
        tree = resolve_option(loader, tree, "--replications", "replications.count",
                              options->replications);
    }
    return tree;
}

/* Names become folders of the result file. */
static bool variant_name_check(Loader *loader, const Node *variant)
{
    bool good = strlen(variant->key) <= VARIANT_NAME_BYTES_MAX && variant->key[0] != '.';
    for (const char *at = variant->key; *at != '\0'; at++) {
        good = good && *at != '/' && (unsigned char)*at >= 0x20;
    }
    if (!good) {
        REPORT_KEY(loader, variant, "name", NULL,
                   "`%.64s` is no name for a variant; expected up to %d bytes without /",
                   variant->key, VARIANT_NAME_BYTES_MAX);
    }
    return good;
}

static bool same_content(const Node *a, const Node *b)
{
    return a != NULL && b != NULL && a->origin == b->origin;
}

static bool both_absent(const Node *a, const Node *b)
{
    return a == NULL && b == NULL;
}

static bool same_child(const Node *a, const Node *b, const char *key)
{
    const Node *left = node_child(a, key);
    const Node *right = node_child(b, key);
    return same_content(left, right) || both_absent(left, right);
}

/* Variants that import the same over the same have one cluster and one tree of queues. */
static bool draft_import(Loader *loader, Draft *drafts, int32_t index)
{
    Draft *draft = &drafts[index];
    const Node *written = draft->written;
    draft->tree = written == NULL ? NULL : import_apply(loader, written, &draft->import);
    for (int32_t i = 0; draft->tree != NULL && draft->import != NULL && i < index; i++) {
        const Node *other = drafts[i].written;
        if (drafts[i].import != NULL && drafts[i].tree != NULL &&
            same_child(written, other, "cluster") && same_child(written, other, "queues") &&
            same_child(node_child(written, "policy"), node_child(other, "policy"), "import")) {
            draft->tree = import_reuse(loader, draft->tree, drafts[i].tree);
            break;
        }
    }
    return draft->tree != NULL;
}

static bool draft_from(Loader *loader, const Node *tree, const Node *variant, Draft *drafts,
                       int32_t index)
{
    Draft *draft = &drafts[index];
    if (variant != NULL && variant->kind != NODE_MAP && !node_is_empty(variant)) {
        REPORT(loader, variant, "type", "for example: spread: {policy.devices: first}",
               "variant `%s` is %s; expected a map of overrides", variant->key,
               node_kind_name(variant));
        return false;
    }
    bool good = variant == NULL || variant_name_check(loader, variant);
    int errors = loader->diagnostics->error_count;
    draft->name = variant == NULL ? "baseline" : variant->key;
    draft->written = resolve_variant(loader, tree, variant);
    return draft_import(loader, drafts, index) && good &&
           loader->diagnostics->error_count == errors;
}

/* The variants of a tree; NULL after a mistake. */
static Draft *drafts_from(Loader *loader, const Node *tree, int32_t *count)
{
    const Node *variants = node_child(tree, "variants");
    bool none = variants == NULL || (variants->kind == NODE_MAP && variants->count == 0);
    if (!none && variants->kind != NODE_MAP) {
        REPORT(loader, variants, "type",
               "for example: variants: {baseline: {}, spread: {policy.devices: first}}",
               "`variants` is %s; expected a map of names", node_kind_name(variants));
        return NULL;
    }
    *count = none ? 1 : variants->count;
    Draft *drafts = ARENA_ARRAY(loader->arena, Draft, *count);
    if (drafts == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    bool good = true;
    const Node *variant = none ? NULL : variants->first;
    for (int32_t i = 0; i < *count; i++) {
        good = draft_from(loader, tree, variant, drafts, i) && good;
        variant = variant == NULL ? NULL : variant->next;
    }
    return good ? drafts : NULL;
}

/* ---- one variant ---- */

/* Queues say which nodes a job may use, and the start where a log begins. */
static bool same_frame(const ScenarioSpec *a, const ScenarioSpec *b)
{
    const Node *queues = a->queues.node;
    const Node *start = a->start_unix_ms.node;
    return (same_content(queues, b->queues.node) || both_absent(queues, b->queues.node)) &&
           (same_content(start, b->start_unix_ms.node) ||
            both_absent(start, b->start_unix_ms.node));
}

/* An earlier variant with the same cluster, queues and workload: they are read and checked once,
 * and their mistakes are told once. -1: none. */
static int32_t tried_before(const Draft *drafts, int32_t index)
{
    for (int32_t i = 0; i < index; i++) {
        if (same_content(drafts[i].spec.cluster.node, drafts[index].spec.cluster.node) &&
            same_content(drafts[i].spec.workload.node, drafts[index].spec.workload.node) &&
            same_frame(&drafts[i].spec, &drafts[index].spec)) {
            return i;
        }
    }
    return -1;
}

static bool build_time(Loader *loader, const ScenarioSpec *spec, Scenario *scenario)
{
    if (loader->endless) {
        scenario->start_unix_ms = spec->start_unix_ms.value;
        scenario->horizon_ms = TIME_NEVER;
        return true;
    }
    scenario->warmup_ms = spec->warmup_ms.value;
    if (spec->horizon_ms.node != NULL && spec->until.node != NULL) {
        REPORT_KEY(loader, spec->until.node, "conflict", "keep one of the two",
                   "both `horizon` and `until` are given");
        return false;
    }
    scenario->start_unix_ms = spec->start_unix_ms.value;
    scenario->horizon_ms = spec->horizon_ms.node != NULL ? spec->horizon_ms.value : TIME_NEVER;
    if (scenario->warmup_ms >= scenario->horizon_ms) {
        REPORT(loader, spec->warmup_ms.node, "range", "lengthen `horizon`, or shorten `warmup`",
               "the warm-up is as long as the run: nothing is left to measure");
        return false;
    }
    return true;
}

/* Where they are cut differently variants cannot be compared. */
static bool warmups_agree(Loader *loader, const Draft *drafts, const ScenarioSet *set)
{
    bool good = true;
    for (int32_t i = 1; i < set->variant_count; i++) {
        if (set->variants[i].warmup_ms != set->variants[0].warmup_ms) {
            const Node *node = drafts[i].spec.warmup_ms.node != NULL
                                   ? drafts[i].spec.warmup_ms.node
                                   : drafts[0].spec.warmup_ms.node;
            REPORT(loader, node, "conflict", "write `warmup` once, outside of `variants`",
                   "the warm-up of variant `%s` differs from that of `%s`: both sides of a "
                   "comparison must be cut alike",
                   set->variants[i].variant, set->variants[0].variant);
            good = false;
        }
    }
    return good;
}

/* Jobs that come when the run is over are no mistake, but perhaps not what was meant. */
static void late_jobs_count(Loader *loader, const ScenarioSpec *spec, const Scenario *scenario)
{
    int64_t late = 0;
    int64_t jobs = 0;
    for (int32_t i = 0; i < scenario->source_count; i++) {
        const WorkloadSource *source = &scenario->sources[i];
        for (int32_t row = 0; source->kind == SOURCE_JOBS && row < source->requests.count; row++) {
            late += source->requests.rows[row].submit_ms > scenario->horizon_ms;
            jobs++;
        }
    }
    if (late > 0) {
        Place place = node_place(spec->horizon_ms.node);
        diagnostics_warning(loader->diagnostics, place, "horizon",
                            "they are left out; a longer horizon would hold them",
                            "%lld of %lld jobs are submitted after the horizon", (long long)late,
                            (long long)jobs);
    }
}

static int32_t relax_of(const SpecTexts *words)
{
    int32_t relax = RELAX_NONE;
    for (int32_t i = 0; i < words->count; i++) {
        relax |= 1 << key_choice_index(key_row(&KEYS_SCENARIO, "relax"), words->items[i].value);
    }
    return relax;
}

/* What is not named does not vary. */
static int32_t fixed_of(const SpecTexts *vary)
{
    const KeyRow *row = key_row(key_row(&KEYS_SCENARIO, "replications")->object, "vary");
    int32_t fixed = VARY_ARRIVALS | VARY_TIES | VARY_PLACEMENT | VARY_FAULTS | VARY_WORKLOAD;
    for (int32_t i = 0; i < vary->count; i++) {
        fixed &= ~(1 << key_choice_index(row, vary->items[i].value));
    }
    return vary->node == NULL ? 0 : fixed;
}

/* Whoever names the workload expects other logs: something must be drawn. */
static bool vary_has_meaning(Loader *loader, const SpecTexts *vary, const Scenario *scenario)
{
    for (int32_t i = 0; i < scenario->source_count; i++) {
        if (scenario->sources[i].resampled) {
            return true;
        }
    }
    for (int32_t i = 0; i < vary->count; i++) {
        if (strcmp(vary->items[i].value, "workload") == 0) {
            REPORT(loader, vary->items[i].node, "conflict",
                   "say how: `trace: {..., resample: user-week}`; what `synthetic` and `classes` "
                   "draw is called arrivals",
                   "replications vary the workload, but no log is resampled");
            return false;
        }
    }
    return true;
}

static const char *default_name(Loader *loader, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(base, '.');
    size_t length = dot == NULL || dot == base ? strlen(base) : (size_t)(dot - base);
    const char *name = arena_strndup(loader->arena, base, length);
    if (name == NULL) {
        diagnostics_no_memory(loader->diagnostics);
    }
    return name;
}

static bool row_is_sound(const bool *row_failed, const char *name)
{
    return !row_failed[key_row(&KEYS_SCENARIO, name) - KEYS_SCENARIO.rows];
}

bool build_rest(Loader *loader, const ScenarioSpec *spec, bool policy_sound, bool cluster_good,
                bool built, Scenario *scenario)
{
    bool good = built && build_order_columns(loader, spec, scenario);
    bool policy = policy_sound && (cluster_good || spec->policy.ties.ranks.node == NULL);
    loader->in_policy = true; /* its files are under test, not what it is tested on */
    policy = policy && build_policy(loader, &spec->policy, scenario);
    loader->in_policy = false;
    good = policy && build_spares_fit(loader, &spec->policy.remedy, scenario) && good;
    good = build_checkpoint_model(loader, &spec->models.checkpoint, &scenario->models) && good;
    good = build_run_models(loader, &spec->models, cluster_good, scenario) && good;
    if (cluster_good) {
        good = build_failures(loader, spec, built, scenario) && good;
        good = build_costs(loader, spec, scenario) && good;
    }
    if ((scenario->relax & RELAX_QUOTA) != 0) {
        scenario->policy.admit = admit_policy("none"); /* what a queue may hold has no end */
    }
    return good;
}

/* Cluster, queues, workload, policy: each as far as the mistakes before it let it go, so that all
 * are shown at once. */
static bool build_parts(Loader *loader, Draft *drafts, Scenario *variants, int32_t index,
                        const bool *row_failed)
{
    Draft *draft = &drafts[index];
    Scenario *scenario = &variants[index];
    const ScenarioSpec *spec = &draft->spec;
    int32_t twin = tried_before(drafts, index);
    if (twin >= 0) {
        draft->cluster_good = drafts[twin].cluster_good;
        draft->queues_good = drafts[twin].queues_good;
        draft->built = drafts[twin].built;
        scenario->cluster = variants[twin].cluster;
        scenario->queues = variants[twin].queues;
        scenario->source_count = variants[twin].source_count;
        scenario->sources = variants[twin].sources;
        scenario->constants = variants[twin].constants;
        scenario->start_unix_ms = variants[twin].start_unix_ms;
    } else {
        draft->cluster_good =
            build_cluster(loader, &spec->cluster, &scenario->cluster, &draft->groups) &&
            row_is_sound(row_failed, "cluster");
        const NodeGroups *groups = draft->cluster_good ? &draft->groups : NULL;
        draft->queues_good = build_queues(loader, &spec->queues, groups, &scenario->queues) &&
                             row_is_sound(row_failed, "queues");
        bool names_known = scenario->queues.count > 0 && row_is_sound(row_failed, "queues");
        draft->built = build_workload(loader, spec, groups, names_known, scenario) &&
                       draft->queues_good && row_is_sound(row_failed, "workload");
    }
    return build_rest(loader, spec, row_is_sound(row_failed, "policy"), draft->cluster_good,
                      draft->built, scenario);
}

static bool build_variant(Loader *loader, Draft *drafts, Scenario *variants, int32_t index,
                          const char *path)
{
    Draft *draft = &drafts[index];
    Scenario *scenario = &variants[index];
    const ScenarioSpec *spec = &draft->spec;
    bool row_failed[KEYS_PER_OBJECT_MAX];
    bool good = spec_bind(loader, draft->tree, &KEYS_SCENARIO, &draft->spec, row_failed);
    if (loader->diagnostics->out_of_memory) {
        return false;
    }
    scenario->name = spec->name.value != NULL ? spec->name.value : default_name(loader, path);
    scenario->description = spec->description.value;
    scenario->variant = draft->name;
    scenario->seed = (uint64_t)spec->seed.value;
    scenario->replications = (int32_t)spec->replications.count.value;
    scenario->fixed = fixed_of(&spec->replications.vary);
    good = build_time(loader, spec, scenario) && scenario->name != NULL && good;
    scenario->relax = relax_of(&spec->relax);
    scenario->policy.import = draft->import;
    good = build_parts(loader, drafts, variants, index, row_failed) && good;
    if (draft->built) {
        good = vary_has_meaning(loader, &spec->replications.vary, scenario) && good;
        build_asked(scenario);
        late_jobs_count(loader, spec, scenario);
    }
    return good;
}

static bool expects_fill(Loader *loader, const Draft *baseline, ScenarioSet *set)
{
    const SpecTexts *lines = &baseline->spec.expect;
    set->expects = ARENA_ARRAY(loader->arena, ExpectLine, lines->count);
    if (set->expects == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    set->expect_count = lines->count;
    for (int32_t i = 0; i < lines->count; i++) {
        set->expects[i] = (ExpectLine){lines->items[i].value, node_place(lines->items[i].node)};
    }
    return true;
}

static bool gate_fill(Loader *loader, const Draft *baseline, ScenarioSet *set)
{
    const GateSpec *spec = &baseline->spec.gate;
    set->gated = spec->node != NULL;
    set->gate_alpha_ppm = spec->alpha_ppm.value;
    set->margins = ARENA_ARRAY(loader->arena, GateLine, spec->margins.count);
    if (set->margins == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    set->margin_count = spec->margins.count;
    for (int32_t i = 0; i < spec->margins.count; i++) {
        const SpecPair *pair = &spec->margins.items[i];
        set->margins[i] =
            (GateLine){pair->name, pair->value, node_key_place(pair->node), node_place(pair->node)};
    }
    return true;
}

static bool inputs_fill(Loader *loader, const Draft *drafts, ScenarioSet *set)
{
    set->inputs.variants = ARENA_ARRAY(loader->arena, VariantInputs, set->variant_count);
    if (set->inputs.variants == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    bool good = true;
    for (int32_t i = 0; i < set->variant_count; i++) {
        good = inputs_of_tree(loader, drafts[i].written, &set->inputs.variants[i]) && good;
    }
    return inputs_of_files(loader, &set->inputs) && good;
}

/* ---- the walk ---- */

static bool stands_before(const Diagnostic *a, const Diagnostic *b)
{
    bool same_file = a->file != NULL && b->file != NULL && strcmp(a->file, b->file) == 0;
    return same_file && (a->line < b->line || (a->line == b->line && a->column < b->column));
}

/* Mistakes are found key by key and then across keys; people read them from top to bottom. */
static void mistakes_sort(Diagnostics *all, int from)
{
    for (int i = from + 1; i < all->count; i++) {
        Diagnostic moving = all->items[i];
        int place = i;
        for (int k = i - 1; k >= from && all->items[k].file != NULL && moving.file != NULL; k--) {
            if (stands_before(&moving, &all->items[k])) {
                place = k;
            }
        }
        memmove(&all->items[place + 1], &all->items[place], (size_t)(i - place) * sizeof(moving));
        all->items[place] = moving;
    }
}

static bool load_tree(Loader *loader, Node *tree, const LoadOptions *options, const char *path,
                      ScenarioSet *set)
{
    int errors = loader->diagnostics->error_count;
    tree = options_apply(loader, tree, options);
    if (tree == NULL || loader->diagnostics->error_count > errors) {
        return false;
    }
    set->text = tree_print(loader, tree);
    Draft *drafts = set->text == NULL ? NULL : drafts_from(loader, tree, &set->variant_count);
    if (drafts == NULL) {
        return false;
    }
    text_sha256(set->text, strlen(set->text), set->sha256);
    set->variants = ARENA_ARRAY(loader->arena, Scenario, set->variant_count);
    if (set->variants == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    bool good = true;
    for (int32_t i = 0; i < set->variant_count; i++) {
        good = build_variant(loader, drafts, set->variants, i, path) && good;
    }
    good = warmups_agree(loader, drafts, set) && good;
    set->spec = &drafts[0].spec;
    set->data_dir = loader->data_dir;
    good = build_plan(loader, set->spec, &set->plan) && good;
    good = expects_fill(loader, &drafts[0], set) && gate_fill(loader, &drafts[0], set) && good;
    return (!options->inputs || inputs_fill(loader, drafts, set)) && good;
}

static Status load_source(Loader *loader, const SourceText *source, const LoadOptions *options,
                          ScenarioSet *set)
{
    int known = loader->diagnostics->count;
    *set = (ScenarioSet){0};
    loader->endless = options->endless;
    const char *data_dir = options->data_dir != NULL ? options->data_dir : getenv("GPUPLAN_DATA");
    loader->data_dir = data_dir != NULL && data_dir[0] != '\0' ? data_dir : NULL;
    Node *tree = source == NULL ? NULL : resolve_document(loader, source);
    bool good = tree != NULL && load_tree(loader, tree, options, source->path, set);
    Status status = diagnostics_status(loader->diagnostics);
    if (loader->arena->failed) {
        status = diagnostics_no_memory(loader->diagnostics);
    } else if (!good && status == STATUS_OK) {
        status = STATUS_FAILED; /* somebody failed without a word: never a success */
    }
    diagnostics_drop_repeats(loader->diagnostics, known);
    mistakes_sort(loader->diagnostics, known);
    set->mistaken = status == STATUS_BAD_INPUT && (set->expect_count > 0 || set->margin_count > 0);
    if (status != STATUS_OK && !set->mistaken) {
        *set = (ScenarioSet){0};
    }
    return status;
}

Status scenario_load(const char *path, const LoadOptions *options, Arena *arena,
                     Diagnostics *diagnostics, ScenarioSet *set)
{
    Loader loader = {.arena = arena, .diagnostics = diagnostics};
    const SourceText *source = source_read(&loader, path, (Place){.file = path}, NULL);
    return load_source(&loader, source, options, set);
}

Status scenario_load_text(const char *name, const char *text, size_t size,
                          const LoadOptions *options, Arena *arena, Diagnostics *diagnostics,
                          ScenarioSet *set)
{
    Loader loader = {.arena = arena, .diagnostics = diagnostics};
    const SourceText *source = source_from_memory(&loader, name, text, size);
    return load_source(&loader, source, options, set);
}
