/* build_groups.c - which nodes labels, taints and flavors set apart, and which of them a request
 * may use. */
#include <stdio.h>
#include <string.h>

#include "sim/scenario/build.h"

/* ---- groups of nodes ---- */

static const SpecPair *pair_find(const SpecPairs *pairs, const char *name)
{
    for (int32_t i = 0; i < pairs->count; i++) {
        if (strcmp(pairs->items[i].name, name) == 0) {
            return &pairs->items[i];
        }
    }
    return NULL;
}

static bool text_listed(const SpecTexts *texts, const char *wanted)
{
    for (int32_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i].value, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_labels(const NodesSpec *nodes, const SpecPairs *wanted)
{
    for (int32_t i = 0; i < wanted->count; i++) {
        const SpecPair *label = pair_find(&nodes->labels, wanted->items[i].name);
        if (label == NULL || strcmp(label->value, wanted->items[i].value) != 0) {
            return false;
        }
    }
    return true;
}

static bool tolerates(const SpecTexts *tolerations, const NodesSpec *nodes)
{
    for (int32_t i = 0; i < nodes->taints.count; i++) {
        if (!text_listed(tolerations, nodes->taints.items[i].value)) {
            return false;
        }
    }
    return true;
}

/* Nothing that a request can say tells nodes of these two entries apart, but their type. */
static bool same_group(const NodesSpec *a, const NodesSpec *b)
{
    const char *flavor_a = a->flavor.value == NULL ? "" : a->flavor.value;
    const char *flavor_b = b->flavor.value == NULL ? "" : b->flavor.value;
    return strcmp(flavor_a, flavor_b) == 0 && has_labels(a, &b->labels) &&
           has_labels(b, &a->labels) && tolerates(&a->taints, b) && tolerates(&b->taints, a);
}

int32_t groups_find(Loader *loader, NodeGroups *groups, const NodesSpec *nodes)
{
    for (int32_t i = 0; i < groups->count; i++) {
        if (same_group(groups->like[i], nodes)) {
            return i;
        }
    }
    if (groups->count == NODE_GROUPS_MAX) {
        REPORT(loader, nodes->node, "limit",
               "give fewer nodes labels, taints or flavors of their own",
               "more than %d kinds of labels, taints and flavors", NODE_GROUPS_MAX);
        return -1;
    }
    groups->like[groups->count] = nodes;
    return groups->count++;
}

void groups_none(NodeGroups *groups)
{
    static const NodesSpec PLAIN = {0};
    groups->like[0] = &PLAIN;
    groups->count = 1;
}

/* ---- who may use them ---- */

static uint64_t groups_all(const NodeGroups *groups)
{
    return (UINT64_C(1) << groups->count) - 1; /* at most 63 */
}

/* No node has the label: say which is near. */
static void report_label(Loader *loader, const NodeGroups *groups, const SpecPair *wanted)
{
    const char *names[NODE_GROUPS_MAX * 4];
    const char *values[NODE_GROUPS_MAX];
    int name_count = 0;
    int value_count = 0;
    for (int32_t i = 0; i < groups->count; i++) {
        const SpecPairs *labels = &groups->like[i]->labels;
        for (int32_t k = 0; k < labels->count && name_count < NODE_GROUPS_MAX * 4; k++) {
            names[name_count++] = labels->items[k].name;
        }
        const SpecPair *same = pair_find(labels, wanted->name);
        if (same != NULL) {
            values[value_count++] = same->value;
        }
    }
    const char *near = value_count > 0 ? nearest_name(wanted->value, values, value_count)
                                       : nearest_name(wanted->name, names, name_count);
    char help[200] = "labels are given in cluster.nodes";
    if (near != NULL) {
        snprintf(help, sizeof(help), "did you mean `%.100s`?", near);
    }
    REPORT(loader, wanted->node, "name", help, "no node has the label `%s: %s`", wanted->name,
           wanted->value);
}

bool groups_selected(Loader *loader, const NodeGroups *groups, const SpecPairs *labels,
                     uint64_t *selected)
{
    bool good = true;
    *selected = groups_all(groups);
    for (int32_t i = 0; i < labels->count; i++) {
        SpecPairs one = {&labels->items[i], 1, NULL};
        uint64_t having = 0;
        for (int32_t group = 0; group < groups->count; group++) {
            having |= (uint64_t)has_labels(groups->like[group], &one) << group;
        }
        if (having == 0) {
            report_label(loader, groups, &labels->items[i]);
            good = false;
        }
        *selected &= having;
    }
    return good;
}

uint64_t groups_flavored(const NodeGroups *groups, const char *flavor)
{
    uint64_t set = 0;
    for (int32_t i = 0; i < groups->count; i++) {
        const char *own = groups->like[i]->flavor.value;
        set |= (uint64_t)(strcmp(own == NULL ? FLAVOR_DEFAULT : own, flavor) == 0) << i;
    }
    return set;
}

uint64_t groups_usable(const NodeGroups *groups, uint64_t selected, const SpecTexts *tolerations,
                       uint64_t dedicated)
{
    uint64_t usable = selected & (dedicated != 0 ? dedicated : groups_all(groups));
    for (int32_t i = 0; i < groups->count && dedicated == 0; i++) {
        if (!tolerates(tolerations, groups->like[i])) {
            usable &= ~(UINT64_C(1) << i);
        }
    }
    return usable == groups_all(groups) ? 0 : usable == 0 ? GROUP_NOWHERE : usable;
}
