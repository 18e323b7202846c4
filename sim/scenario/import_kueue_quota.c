/* import_kueue_quota.c - Kueue's quotas by flavor and resource become quotas of ours. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/ledger.h"
#include "core/text.h"
#include "sim/scenario/import_kueue.h"

/* ---- quantities ---- */

typedef struct Suffix {
    const char *text;
    Int128 numerator;
    int64_t denominator;
} Suffix;

#define KILO INT64_C(1000)
#define KIBI INT64_C(1024)

bool kueue_quantity(const char *text, int64_t *milli)
{
    static const Suffix SUFFIXES[] = {
        {"", 1, 1},
        {"n", 1, KILO * KILO * KILO},
        {"u", 1, KILO * KILO},
        {"m", 1, KILO},
        {"k", KILO, 1},
        {"M", KILO * KILO, 1},
        {"G", KILO * KILO * KILO, 1},
        {"T", KILO * KILO * KILO * KILO, 1},
        {"P", KILO * KILO * KILO * KILO * KILO, 1},
        {"E", KILO * KILO * KILO * KILO * KILO * KILO, 1},
        {"Ki", KIBI, 1},
        {"Mi", KIBI * KIBI, 1},
        {"Gi", KIBI * KIBI * KIBI, 1},
        {"Ti", KIBI * KIBI * KIBI * KIBI, 1},
        {"Pi", KIBI * KIBI * KIBI * KIBI * KIBI, 1},
        {"Ei", KIBI * KIBI * KIBI * KIBI * KIBI * KIBI, 1},
    };
    int64_t digits = 0;
    int64_t scale = 1;
    bool any = false;
    bool point = false;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        point = point || *text == '.';
        if (*text == '.') {
            continue;
        }
        if (digits > INT64_C(99999999999999999) || scale > INT64_C(99999999999999999)) {
            return false;
        }
        any = true;
        digits = digits * 10 + (*text - '0');
        scale *= point ? 10 : 1;
    }
    if ((text[0] == 'e' || text[0] == 'E') && text[1] >= '0' && text[1] <= '9') {
        for (int power = text[2] == '\0' ? text[1] - '0' : -1; power != 0; power--) {
            if (power < 0 || digits > INT64_C(99999999999999999)) {
                return false;
            }
            digits *= 10;
        }
        text += 2;
    }
    for (size_t i = 0; any && i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++) {
        if (strcmp(text, SUFFIXES[i].text) == 0) {
            /* 10^18 x 2^60 x 1000 would be 2^130: the large ones are whole bytes first. */
            bool large = SUFFIXES[i].numerator > 1;
            Int128 whole = large ? (Int128)digits * SUFFIXES[i].numerator / scale
                                 : (Int128)digits * 1000 / scale / SUFFIXES[i].denominator;
            if (whole > INT64_MAX / (large ? 1000 : 1)) {
                return false;
            }
            *milli = (int64_t)whole * (large ? 1000 : 1);
            return true;
        }
    }
    return false;
}

/* ---- reading ---- */

/* -1: no resource of ours. */
static int kind_of(const char *resource)
{
    if (strcmp(resource, "cpu") == 0) {
        return AMOUNT_CPU;
    }
    if (strcmp(resource, "memory") == 0) {
        return AMOUNT_MEMORY;
    }
    return text_ends_with(resource, "/gpu") ? AMOUNT_GPUS : -1;
}

const char *kueue_text(const Node *map, const char *key)
{
    const Node *node = node_child(map, key);
    return node != NULL && node->kind == NODE_SCALAR && !node_is_empty(node) ? node->text : NULL;
}

static void amount_read(ImportBook *book, const Node *resource, const char *key, int kind,
                        KueueAmounts *amounts)
{
    const Node *node = node_child(resource, key);
    if (node == NULL || node_is_empty(node) ||
        (node->kind == NODE_SCALAR && strcmp(node->text, "null") == 0)) {
        return;
    }
    int64_t milli = 0;
    if (node->kind != NODE_SCALAR || !kueue_quantity(node->text, &milli)) {
        IMPORT_WRONG(book, node, "for example 8, 500m, 64Gi",
                     "`%s` is %s%.64s; expected a quantity", key,
                     node->kind == NODE_SCALAR ? "" : node_kind_name(node),
                     node->kind == NODE_SCALAR ? node->text : "");
        return;
    }
    amounts->given[kind] = true;
    amounts->value[kind] = kind == AMOUNT_MEMORY ? milli / 1000 / (KIBI * KIBI) : milli;
}

static void resource_read(ImportBook *book, const Node *resource, const char *who,
                          KueueFlavor *flavor)
{
    const char *name = kueue_text(resource, "name");
    if (name == NULL) {
        IMPORT_WRONG(book, resource, "for example: name: nvidia.com/gpu",
                     "a resource of %s has no name", who);
        return;
    }
    int kind = kind_of(name);
    if (kind < 0 || flavor->quota.given[kind]) {
        import_note(book, resource, "%s: the quota of `%s`%s", who, name,
                    kind < 0 ? "" : ", its second kind of GPU");
        return;
    }
    amount_read(book, resource, "nominalQuota", kind, &flavor->quota);
    amount_read(book, resource, "borrowingLimit", kind, &flavor->borrow);
    amount_read(book, resource, "lendingLimit", kind, &flavor->lend);
}

static void group_read(ImportBook *book, const Node *group, const char *who, KueueQuotas *quotas)
{
    const Node *flavors = node_child(group, "flavors");
    *quotas = (KueueQuotas){0};
    for (const Node *item = flavors == NULL ? NULL : flavors->first; item != NULL;
         item = item->next) {
        const char *name = kueue_text(item, "name");
        const Node *resources = node_child(item, "resources");
        if (name == NULL || resources == NULL || resources->kind != NODE_LIST) {
            IMPORT_WRONG(book, item, "for example: {name: h100, resources: [...]}",
                         "a flavor of %s has no name or no resources", who);
            continue;
        }
        if (quotas->count == KUEUE_FLAVORS_MAX) {
            IMPORT_WRONG(book, item, NULL, "%s has more than %d flavors", who, KUEUE_FLAVORS_MAX);
            return;
        }
        KueueFlavor *flavor = &quotas->flavors[quotas->count++];
        *flavor = (KueueFlavor){.name = name, .place = item};
        for (const Node *resource = resources->first; resource != NULL; resource = resource->next) {
            resource_read(book, resource, who, flavor);
        }
    }
}

static bool has_gpus(const KueueQuotas *quotas)
{
    for (int32_t i = 0; i < quotas->count; i++) {
        if (quotas->flavors[i].quota.given[AMOUNT_GPUS]) {
            return true;
        }
    }
    return false;
}

static void amounts_join(KueueAmounts *into, const KueueAmounts *from)
{
    for (int kind = 0; kind < AMOUNT_KINDS; kind++) {
        if (from->given[kind] && !into->given[kind]) {
            into->given[kind] = true;
            into->value[kind] = from->value[kind];
        }
    }
}

/* A second group: its only flavor goes with the only flavor that is there. */
static void group_join(ImportBook *book, const Node *group, const char *who, KueueQuotas *quotas,
                       const KueueQuotas *more)
{
    if (quotas->count != 1 || more->count != 1) {
        import_note(
            book, group,
            "%s: quotas of another resource group: one flavor is chosen for a whole job here", who);
        return;
    }
    amounts_join(&quotas->flavors[0].quota, &more->flavors[0].quota);
    amounts_join(&quotas->flavors[0].borrow, &more->flavors[0].borrow);
    amounts_join(&quotas->flavors[0].lend, &more->flavors[0].lend);
}

void kueue_quotas_read(ImportBook *book, const Node *spec, const char *who, KueueQuotas *quotas)
{
    *quotas = (KueueQuotas){0};
    const Node *groups = node_child(spec, "resourceGroups");
    if (groups == NULL || node_is_empty(groups)) {
        return;
    }
    if (groups->kind != NODE_LIST) {
        IMPORT_WRONG(book, groups, "for example: resourceGroups: [{flavors: [...]}]",
                     "`resourceGroups` is %s; expected a list", node_kind_name(groups));
        return;
    }
    const Node *chosen = NULL;
    for (const Node *group = groups->first; group != NULL; group = group->next) {
        KueueQuotas here;
        group_read(book, group, who, &here);
        if (chosen == NULL || (has_gpus(&here) && !has_gpus(quotas))) {
            chosen = group;
            *quotas = here;
        }
    }
    for (const Node *group = groups->first; group != NULL; group = group->next) {
        KueueQuotas here;
        if (group != chosen) {
            group_read(book, group, who, &here);
            group_join(book, group, who, quotas, &here);
        }
    }
}

/* ---- flavors of the fleet ---- */

void kueue_fleet_add(ImportBook *book, KueueFleet *fleet, const KueueQuotas *quotas)
{
    for (int32_t i = 0; i < quotas->count; i++) {
        bool known = false;
        for (int32_t k = 0; k < fleet->count; k++) {
            known = known || strcmp(fleet->name[k], quotas->flavors[i].name) == 0;
        }
        if (!known && fleet->count == KUEUE_FLAVORS_MAX) {
            IMPORT_WRONG(book, quotas->flavors[i].place, NULL, "more than %d flavors",
                         KUEUE_FLAVORS_MAX);
        } else if (!known) {
            fleet->name[fleet->count++] = quotas->flavors[i].name;
        }
    }
}

static const Node *flavor_object(const Node *objects, const char *name)
{
    for (const Node *object = objects->first; object != NULL; object = object->next) {
        const char *kind = kueue_text(object, "kind");
        const char *its = kueue_text(node_child(object, "metadata"), "name");
        if (kind != NULL && its != NULL && strcmp(kind, "ResourceFlavor") == 0 &&
            strcmp(its, name) == 0) {
            return object;
        }
    }
    return NULL;
}

/* Does an entry of cluster.nodes have all labels of a flavor? */
static bool labels_match(const Node *entry, const Node *wanted)
{
    const Node *labels = node_child(entry, "labels");
    for (const Node *label = wanted == NULL ? NULL : wanted->first; label != NULL;
         label = label->next) {
        const char *has = kueue_text(labels, label->key);
        if (label->kind != NODE_SCALAR || has == NULL || strcmp(has, label->text) != 0) {
            return false;
        }
    }
    return true;
}

static void flavor_give(ImportBook *book, const Node *entry, const char *flavor, const Node *place)
{
    const char *name = kueue_text(entry, "name");
    if (name == NULL) {
        return;
    }
    Node *over = import_map(book, book->nodes, name, place);
    if (over != NULL && node_child(over, "flavor") == NULL) {
        import_text(book, over, "flavor", place, "%s", flavor);
    }
}

static void flavor_match(ImportBook *book, KueueFleet *fleet, int32_t at, const Node *objects)
{
    const char *flavor = fleet->name[at];
    const Node *object = flavor_object(objects, flavor);
    const Node *wanted = node_child(node_child(object, "spec"), "nodeLabels");
    const Node *nodes = node_child(node_child(book->tree, "cluster"), "nodes");
    for (const Node *entry = nodes == NULL ? NULL : nodes->first; entry != NULL;
         entry = entry->next) {
        const char *own = kueue_text(entry, "flavor");
        const char *name = kueue_text(entry, "name");
        bool taken = name != NULL && node_child(book->nodes, name) != NULL;
        if (own != NULL) {
            fleet->on_nodes[at] = fleet->on_nodes[at] || strcmp(own, flavor) == 0;
        } else if (object != NULL && !taken && labels_match(entry, wanted)) {
            flavor_give(book, entry, flavor, object);
            fleet->on_nodes[at] = true;
        }
    }
}

void kueue_fleet_match(ImportBook *book, KueueFleet *fleet, const Node *objects)
{
    fleet->plain = fleet->count <= 1;
    bool any = false;
    for (int32_t i = 0; i < fleet->count && !fleet->plain; i++) {
        flavor_match(book, fleet, i, objects);
        any = any || fleet->on_nodes[i];
    }
    if (!fleet->plain && !any) {
        fleet->plain = true;
        import_note(book, objects,
                    "flavors: no entry of cluster.nodes has their nodeLabels, so quotas of all "
                    "flavors are added up");
    }
}

/* ---- writing ---- */

static void amounts_write(ImportBook *book, Node *owner, const char *key,
                          const KueueAmounts *amounts, const Node *place)
{
    static const char *const NAMES[] = {"gpus", "cpu", "memory"};
    Node *map = NULL;
    for (int kind = 0; kind < AMOUNT_KINDS; kind++) {
        if (!amounts->given[kind]) {
            continue;
        }
        map = map == NULL ? import_map(book, owner, key, place) : map;
        int64_t value = amounts->value[kind];
        if (map == NULL) {
            return;
        }
        if (kind == AMOUNT_GPUS) {
            import_text(book, map, NAMES[kind], place, "%" PRId64 ".%03d", value / 1000,
                        (int)(value % 1000));
        } else {
            import_text(book, map, NAMES[kind], place, "%" PRId64 "%s", value,
                        kind == AMOUNT_CPU ? "m" : "Mi");
        }
    }
}

/* Sums: a limit that one flavor does not have is none. */
static void amounts_sum(KueueAmounts *sum, const KueueAmounts *more, bool first)
{
    for (int kind = 0; kind < AMOUNT_KINDS; kind++) {
        sum->given[kind] = more->given[kind] && (first || sum->given[kind]);
        bool fits = !first && more->value[kind] <= INT64_MAX - sum->value[kind];
        sum->value[kind] = fits ? sum->value[kind] + more->value[kind] : more->value[kind];
    }
}

static void plain_write(ImportBook *book, const KueueQuotas *quotas, Node *queue, const Node *place)
{
    KueueFlavor sum = {0};
    for (int32_t i = 0; i < quotas->count; i++) {
        amounts_sum(&sum.quota, &quotas->flavors[i].quota, i == 0);
        amounts_sum(&sum.borrow, &quotas->flavors[i].borrow, i == 0);
        amounts_sum(&sum.lend, &quotas->flavors[i].lend, i == 0);
    }
    amounts_write(book, queue, "quota", &sum.quota, place);
    amounts_write(book, queue, "borrow", &sum.borrow, place);
    amounts_write(book, queue, "lend", &sum.lend, place);
}

static bool is_on_nodes(const KueueFleet *fleet, const char *name)
{
    for (int32_t i = 0; i < fleet->count; i++) {
        if (strcmp(fleet->name[i], name) == 0) {
            return fleet->on_nodes[i];
        }
    }
    return false;
}

void kueue_quotas_write(ImportBook *book, const KueueFleet *fleet, const KueueQuotas *quotas,
                        Node *queue, const Node *place)
{
    if (quotas->count == 0 || queue == NULL) {
        return;
    }
    if (fleet->plain) {
        plain_write(book, quotas, queue, quotas->flavors[0].place);
        return;
    }
    for (int32_t i = 0; i < quotas->count; i++) {
        const KueueFlavor *flavor = &quotas->flavors[i];
        if (!is_on_nodes(fleet, flavor->name)) {
            import_note(book, flavor->place,
                        "the quota of flavor `%s`: no entry of cluster.nodes has its nodeLabels",
                        flavor->name);
            continue;
        }
        Node *item = import_item(book, import_list(book, queue, "flavors", place), flavor->place);
        if (item != NULL) {
            import_text(book, item, "name", flavor->place, "%s", flavor->name);
            amounts_write(book, item, "quota", &flavor->quota, flavor->place);
            amounts_write(book, item, "borrow", &flavor->borrow, flavor->place);
            amounts_write(book, item, "lend", &flavor->lend, flavor->place);
        }
    }
}
