/* build_policy.c - names become the slots of a scheduler: the preset's row first, then what
 * overrides it. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/build_policy.h"
#include "sim/scenario/resolve.h"
#include "traces/readers.h"

static const char *either(const SpecText *text, const char *otherwise)
{
    return text->value != NULL ? text->value : otherwise;
}

/* ---- pack ---- */

static void lanes_take(const LanesSpec *spec, GpTermOptions *options)
{
    for (int axis = 0; spec->node != NULL && axis < GP_AXIS_COUNT; axis++) {
        options->axis_weight[axis] = (double)spec->weight[axis].value;
    }
}

static bool lanes_check(Loader *loader, const LanesSpec *spec)
{
    int64_t sum = 0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        sum += spec->weight[axis].value;
    }
    if (spec->node != NULL && sum == 0) {
        REPORT(loader, spec->node, "range", "for example: lanes: {gpu: 1}",
               "no lane has a weight; expected at least one above 0");
        return false;
    }
    return true;
}

static bool pack_named(Loader *loader, const PackSpec *spec, const PackPolicy *row,
                       PolicySet *policy)
{
    policy->pack_name = row->name;
    int filled = pack_policy_fill(row, &policy->pack);
    assert(filled && "the registry's rows name terms that exist");
    (void)filled;
    const Node *option = spec->variant.node != NULL ? spec->variant.node : spec->lanes.node;
    if (option != NULL && policy->pack.term_count != 1) {
        REPORT(loader, option, "conflict", "write its terms as a list, each with its options",
               "`%s` does not have exactly one term, so it takes no variant and no lanes",
               row->name);
        return false;
    }
    if (spec->variant.node != NULL) {
        policy->pack.terms[0].options.variant = (int32_t)spec->variant.value;
    }
    lanes_take(&spec->lanes, &policy->pack.terms[0].options);
    return lanes_check(loader, &spec->lanes);
}

static bool pack_term(Loader *loader, const PackSpec *spec, GpPolicy *pack)
{
    const GpTerm *term = gp_term_find(spec->term.value);
    if (term == NULL) {
        REPORT(loader, spec->term.node, "choice", "`gpuplan list terms` names the terms",
               "`%s` is a whole packing policy, not a term that can be added to others",
               spec->term.value);
        return false;
    }
    GpTermOptions options;
    gp_term_options_init(&options, term);
    if (spec->variant.node != NULL) {
        options.variant = (int32_t)spec->variant.value;
    }
    lanes_take(&spec->lanes, &options);
    if (!lanes_check(loader, &spec->lanes)) {
        return false;
    }
    if (gp_policy_add(pack, term, spec->weight.value, &options) != GP_OK) {
        REPORT(loader, spec->node, "range", NULL,
               "term `%s` cannot be added with this weight and variant", term->name);
        return false;
    }
    return true;
}

/* "ragp+2*fgd" */
static const char *pack_list_name(Loader *loader, const PackSpec *specs, int32_t count)
{
    size_t size = 1;
    for (int32_t i = 0; i < count; i++) {
        size += strlen(specs[i].term.value) + 24;
    }
    char *name = arena_alloc(loader->arena, size, 1);
    size_t used = 0;
    for (int32_t i = 0; name != NULL && i < count; i++) {
        const char *plus = i > 0 ? "+" : "";
        int written = specs[i].weight.value == 1
                          ? snprintf(name + used, size - used, "%s%s", plus, specs[i].term.value)
                          : snprintf(name + used, size - used, "%s%lld*%s", plus,
                                     (long long)specs[i].weight.value, specs[i].term.value);
        used += written < 0 ? 0 : (size_t)written;
    }
    return name;
}

static bool pack_list(Loader *loader, const SpecObjects *list, PolicySet *policy)
{
    const PackSpec *specs = list->items;
    if (list->count < 1 || list->count > GP_TERMS_MAX) {
        REPORT(loader, list->node, "range", NULL, "`policy.pack` has %d terms; expected 1 to %d",
               (int)list->count, GP_TERMS_MAX);
        return false;
    }
    gp_policy_init(&policy->pack);
    policy->pack.device_rule = GP_DEVICE_TERM;
    bool good = true;
    for (int32_t i = 0; i < list->count; i++) {
        good = pack_term(loader, &specs[i], &policy->pack) && good;
    }
    policy->pack_name = pack_list_name(loader, specs, list->count);
    return policy->pack_name == NULL ? no_memory(loader) : good;
}

static bool build_pack(Loader *loader, const PolicySpec *spec, const Preset *from,
                       PolicySet *policy)
{
    if (spec->pack.node == NULL) {
        static const PackSpec NOTHING = {0};
        return pack_named(loader, &NOTHING, pack_policy(from->pack), policy);
    }
    const PackSpec *specs = spec->pack.items;
    const PackPolicy *row = spec->pack.count == 1 ? pack_policy(specs[0].term.value) : NULL;
    return row != NULL ? pack_named(loader, &specs[0], row, policy)
                       : pack_list(loader, &spec->pack, policy);
}

/* ---- the other options ---- */

/* The index of a choice: they are listed in the order of the codes. */
static int choice_index(const char *key, const char *text)
{
    return key_choice_index(key_row(&KEYS_POLICY, key), text);
}

static bool build_sees(Loader *loader, const SpecTexts *sees, GpPolicy *pack)
{
    if (sees->node == NULL) {
        return true;
    }
    uint32_t lanes = 0;
    for (int32_t i = 0; i < sees->count; i++) {
        lanes |= 1u << choice_index("sees", sees->items[i].value);
    }
    if ((lanes & 1u << GP_AXIS_GPU) == 0) {
        REPORT(loader, sees->node, "missing", "add gpu",
               "`policy.sees` leaves out gpu; every scheduler sees that");
        return false;
    }
    pack->sees = lanes;
    return true;
}

static bool build_ties(Loader *loader, const TiesSpec *spec, const Preset *from, Scenario *scenario)
{
    PolicySet *policy = &scenario->policy;
    policy->ties =
        strcmp(either(&spec->rule, from->ties), "random") == 0 ? TIES_RANDOM : TIES_INDEX;
    if (spec->ranks.node == NULL) {
        return true;
    }
    if (spec->rule.node != NULL) {
        REPORT(loader, spec->rule.node, "conflict", "keep one of the two",
               "`policy.ties` has a rule and recorded ranks");
        return false;
    }
    const char *path = resolve_path(loader, &spec->ranks);
    RecordedColumns *ranks = path == NULL ? NULL : ARENA_NEW(loader->arena, RecordedColumns);
    if (ranks == NULL) {
        return path == NULL ? false : no_memory(loader);
    }
    policy->ties = TIES_RECORDED;
    policy->ranks = ranks;
    RecordedWish wish = {.limit = scenario->cluster.node_count, .is_permutation = true};
    return recorded_columns_read(path, loader->arena, loader->diagnostics, &wish, ranks) ==
               STATUS_OK &&
           build_seed_columns(loader, &spec->ranks, scenario, ranks);
}

bool build_policy(Loader *loader, const PolicySpec *spec, Scenario *scenario)
{
    PolicySet *policy = &scenario->policy;
    const Preset *from = preset(spec->preset.value);
    bool good = build_slots(loader, spec, from, policy);
    good = build_pack(loader, spec, from, policy) && good;
    if (from->sees != 0) {
        policy->pack.sees &= from->sees;
    }
    if (good && spec->devices.value != NULL) {
        policy->pack.device_rule = choice_index("devices", spec->devices.value);
    }
    good = good && build_sees(loader, &spec->sees, &policy->pack);
    return build_ties(loader, &spec->ties, from, scenario) && good;
}
