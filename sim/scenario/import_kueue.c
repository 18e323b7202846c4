/* import_kueue.c - Kueue's objects (v1beta1 and v1beta2) become queues and options of a policy.
 *
 * Field by field: docs/import.md. Sources: Kueue's API, main of 2026-08 (v0.19), where v1beta2 has
 * `cohortName` and `parentName` in place of `cohort` and `parent`.
 */
#include "sim/scenario/import_kueue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#define PRIORITY_ANY INT64_C(1000000000)

typedef struct Kueue {
    ImportBook *book;
    Node *objects; /* a list: every object of every document */
    KueueFleet fleet;
    bool fair; /* the Configuration switches it on */
    int32_t queue_count;
    int32_t next_flavor; /* queues that try the next flavor before they borrow */
    int32_t borrows;     /* queues that may preempt while borrowing */
    int64_t threshold;
    const Node *weighs, *borrows_at, *fungible_at; /* where it was said first */
} Kueue;

static const char *name_of(const Node *object)
{
    return kueue_text(node_child(object, "metadata"), "name");
}

static bool is_kind(const Node *object, const char *kind)
{
    const char *its = kueue_text(object, "kind");
    return its != NULL && strcmp(its, kind) == 0;
}

/* ---- objects ---- */

static void object_add(Kueue *kueue, const Node *object)
{
    ImportBook *book = kueue->book;
    if (object->kind != NODE_MAP || kueue_text(object, "apiVersion") == NULL ||
        kueue_text(object, "kind") == NULL) {
        IMPORT_WRONG(book, object, "as `kubectl get clusterqueues -o yaml` prints them",
                     "no Kubernetes object: `apiVersion` or `kind` is missing");
        return;
    }
    Node *copy = node_share(book->loader, object);
    if (copy == NULL) {
        book->good = false;
        return;
    }
    node_append(kueue->objects, copy);
}

/* `kubectl get -o yaml` prints a List. */
static void objects_collect(Kueue *kueue, const Node *documents)
{
    for (const Node *object = documents->first; object != NULL; object = object->next) {
        const char *kind = kueue_text(object, "kind");
        const Node *items = node_child(object, "items");
        bool list = kind != NULL && text_ends_with(kind, "List");
        if (!list) {
            object_add(kueue, object);
            continue;
        }
        for (const Node *item = items == NULL ? NULL : items->first; item != NULL;
             item = item->next) {
            object_add(kueue, item);
        }
    }
}

static bool named(ImportBook *book, const Node *object)
{
    if (name_of(object) == NULL) {
        IMPORT_WRONG(book, object, "for example: metadata: {name: team-a}", "%s without a name",
                     kueue_text(object, "kind"));
        return false;
    }
    return true;
}

/* ---- one queue ---- */

/* A cohort that is called like a ClusterQueue gets another name: here both are queues. */
static const char *cohort_name(const Kueue *kueue, const char *name)
{
    for (const Node *object = kueue->objects->first; object != NULL; object = object->next) {
        const char *its = name_of(object);
        if (is_kind(object, "ClusterQueue") && its != NULL && strcmp(its, name) == 0) {
            size_t length = strlen(name) + sizeof "cohort-";
            char *other = arena_alloc(kueue->book->loader->arena, length, 1);
            return other == NULL ? name : strcat(strcpy(other, "cohort-"), name);
        }
    }
    return name;
}

static void parent_take(Kueue *kueue, const Node *spec, const char *old_key, const char *new_key,
                        Node *queue)
{
    const char *key = kueue_text(spec, new_key) != NULL ? new_key : old_key;
    const char *name = kueue_text(spec, key);
    if (name != NULL && queue != NULL) {
        import_text(kueue->book, queue, "parent", node_child(spec, key), "%s",
                    cohort_name(kueue, name));
    }
}

static void weight_take(Kueue *kueue, const Node *spec, Node *queue)
{
    const Node *weight = node_child(node_child(spec, "fairSharing"), "weight");
    int64_t milli = 0;
    if (weight == NULL || queue == NULL || node_is_empty(weight)) {
        return;
    }
    if (weight->kind != NODE_SCALAR || !kueue_quantity(weight->text, &milli)) {
        IMPORT_WRONG(kueue->book, weight, "for example 2 or 750m",
                     "`fairSharing.weight` is no quantity");
        return;
    }
    kueue->weighs = kueue->weighs == NULL ? weight : kueue->weighs;
    import_text(kueue->book, queue, "weight", weight, "%" PRId64 ".%03d", milli / 1000,
                (int)(milli % 1000));
}

/* A word of Kueue and ours; ended by NULL. */
typedef struct Words {
    const char *theirs, *ours;
} Words;

/* NULL: not written, or a mistake. */
static const char *word_take(ImportBook *book, const Node *map, const char *key, const Words *words)
{
    const Node *node = node_child(map, key);
    if (node == NULL || node_is_empty(node)) {
        return NULL;
    }
    char known[160] = "expected one of:";
    for (int i = 0; words[i].theirs != NULL; i++) {
        if (node->kind == NODE_SCALAR && strcmp(words[i].theirs, node->text) == 0) {
            return words[i].ours;
        }
        strcat(strcat(known, i > 0 ? ", " : " "), words[i].theirs);
    }
    IMPORT_WRONG(book, node, known, "`%s` is %.64s", key,
                 node->kind == NODE_SCALAR ? node->text : node_kind_name(node));
    return NULL;
}

static void choice_take(ImportBook *book, const Node *map, const char *key, const Words *words,
                        Node *queue, const char *ours)
{
    const char *word = word_take(book, map, key, words);
    if (word != NULL && queue != NULL) {
        import_text(book, queue, ours, node_child(map, key), "%s", word);
    }
}

static void borrowers_take(Kueue *kueue, const Node *preemption, const char *name)
{
    static const Words POLICIES[] = {{"Never", ""}, {"LowerPriority", "yes"}, {NULL, NULL}};
    const Node *borrow = node_child(preemption, "borrowWithinCohort");
    const char *policy = word_take(kueue->book, borrow, "policy", POLICIES);
    if (policy == NULL || policy[0] == '\0') {
        return;
    }
    const char *text = kueue_text(borrow, "maxPriorityThreshold");
    char *end = NULL;
    int64_t threshold = text == NULL ? PRIORITY_ANY : strtoll(text, &end, 10);
    if ((end != NULL && *end != '\0') || threshold > PRIORITY_ANY || threshold < -PRIORITY_ANY) {
        IMPORT_WRONG(kueue->book, borrow, "for example 100",
                     "`maxPriorityThreshold` is no priority");
        return;
    }
    if (kueue->borrows > 0 && threshold != kueue->threshold) {
        import_note(kueue->book, borrow,
                    "ClusterQueue `%s`: its borrowWithinCohort threshold: one holds for all queues",
                    name);
        threshold = threshold < kueue->threshold ? threshold : kueue->threshold;
    }
    kueue->borrows++;
    kueue->threshold = threshold;
    kueue->borrows_at = kueue->borrows_at == NULL ? borrow : kueue->borrows_at;
}

static void fungibility_take(Kueue *kueue, const Node *spec, const char *name)
{
    static const Words BORROW[] = {
        {"Borrow", ""}, {"MayStopSearch", ""}, {"TryNextFlavor", "next"}, {NULL, NULL}};
    const Node *fungibility = node_child(spec, "flavorFungibility");
    const char *borrow = word_take(kueue->book, fungibility, "whenCanBorrow", BORROW);
    if (borrow != NULL && borrow[0] != '\0') {
        kueue->next_flavor++;
        kueue->fungible_at = kueue->fungible_at == NULL ? fungibility : kueue->fungible_at;
    }
    const char *preempt = kueue_text(fungibility, "whenCanPreempt");
    if (preempt != NULL && strcmp(preempt, "TryNextFlavor") != 0) {
        import_note(kueue->book, fungibility, "ClusterQueue `%s`: whenCanPreempt %s", name,
                    preempt);
    }
    if (kueue_text(fungibility, "preference") != NULL) {
        import_note(kueue->book, fungibility, "ClusterQueue `%s`: flavorFungibility.preference",
                    name);
    }
}

/* What is written and not read. */
static void rest_note(ImportBook *book, const Node *spec, const char *kind, const char *name,
                      const char *const *known)
{
    for (const Node *child = spec == NULL ? NULL : spec->first; child != NULL;
         child = child->next) {
        bool read = node_is_empty(child) || (child->kind != NODE_SCALAR && child->count == 0) ||
                    (child->kind == NODE_SCALAR && strcmp(child->text, "None") == 0);
        for (int i = 0; known[i] != NULL && !read; i++) {
            read = strcmp(known[i], child->key) == 0;
        }
        if (!read) {
            import_note(book, child, "%s `%s`: `%s`", kind, name, child->key);
        }
    }
}

static void queue_take(Kueue *kueue, const Node *object)
{
    static const char *const KNOWN[] = {"resourceGroups",   "cohort",     "cohortName",
                                        "queueingStrategy", "preemption", "flavorFungibility",
                                        "fairSharing",      NULL};
    static const Words STRATEGY[] = {
        {"StrictFIFO", "strict"}, {"BestEffortFIFO", "skip"}, {NULL, NULL}};
    static const Words WITHIN[] = {{"Never", "never"},
                                   {"LowerPriority", "lower-priority"},
                                   {"LowerOrNewerEqualPriority", "lower-or-newer"},
                                   {NULL, NULL}};
    static const Words RECLAIM[] = {
        {"Never", "never"}, {"LowerPriority", "lower-priority"}, {"Any", "any"}, {NULL, NULL}};
    ImportBook *book = kueue->book;
    const char *name = name_of(object);
    const Node *spec = node_child(object, "spec");
    const Node *preemption = node_child(spec, "preemption");
    if (import_queue_find(book, name) != NULL) {
        IMPORT_WRONG(book, object, "keep one of them", "ClusterQueue `%s` is here again", name);
        return;
    }
    Node *queue = import_queue_add(book, name, object);
    kueue->queue_count++;
    parent_take(kueue, spec, "cohort", "cohortName", queue);
    choice_take(book, spec, "queueingStrategy", STRATEGY, queue, "scan");
    choice_take(book, preemption, "withinClusterQueue", WITHIN, queue, "preempt");
    choice_take(book, preemption, "reclaimWithinCohort", RECLAIM, queue, "reclaim");
    weight_take(kueue, spec, queue);
    borrowers_take(kueue, preemption, name);
    fungibility_take(kueue, spec, name);
    rest_note(book, spec, "ClusterQueue", name, KNOWN);
}

static void cohort_take(Kueue *kueue, const Node *object)
{
    static const char *const KNOWN[] = {"resourceGroups", "parent", "parentName", "fairSharing",
                                        NULL};
    ImportBook *book = kueue->book;
    const char *name = cohort_name(kueue, name_of(object));
    const Node *spec = node_child(object, "spec");
    if (import_queue_find(book, name) != NULL) {
        IMPORT_WRONG(book, object, "keep one of them", "Cohort `%s` is here again", name);
        return;
    }
    Node *queue = import_queue_add(book, name, object);
    parent_take(kueue, spec, "parent", "parentName", queue);
    weight_take(kueue, spec, queue);
    rest_note(book, spec, "Cohort", name, KNOWN);
}

/* ---- what is no queue ---- */

static void configuration_take(Kueue *kueue, const Node *object)
{
    static const char *const KNOWN[] = {"apiVersion", "kind", "metadata", "fairSharing", NULL};
    const Node *fair = node_child(object, "fairSharing");
    const char *enable = kueue_text(fair, "enable");
    kueue->fair =
        fair != NULL && !node_is_empty(fair) && (enable == NULL || strcmp(enable, "false") != 0);
    if (node_child(fair, "preemptionStrategies") != NULL) {
        import_note(kueue->book, fair, "Configuration: fairSharing.preemptionStrategies");
    }
    rest_note(kueue->book, object, "Configuration", "kueue", KNOWN);
}

static void object_take(Kueue *kueue, const Node *object)
{
    static const char *const FLAVOR_KNOWN[] = {"nodeLabels", NULL};
    ImportBook *book = kueue->book;
    const char *api = kueue_text(object, "apiVersion");
    bool ours = strncmp(api, "kueue.x-k8s.io/", 15) == 0;
    if (strncmp(api, "config.kueue.x-k8s.io/", 22) == 0 && is_kind(object, "Configuration")) {
        configuration_take(kueue, object);
    } else if (!named(book, object)) {
        return;
    } else if (ours && is_kind(object, "ClusterQueue")) {
        queue_take(kueue, object);
    } else if (ours && is_kind(object, "Cohort")) {
        cohort_take(kueue, object);
    } else if (ours && is_kind(object, "ResourceFlavor")) {
        rest_note(book, node_child(object, "spec"), "ResourceFlavor", name_of(object),
                  FLAVOR_KNOWN);
    } else if (ours && is_kind(object, "LocalQueue")) {
        const char *target = kueue_text(node_child(object, "spec"), "clusterQueue");
        import_note(book, object, "LocalQueue `%s`: jobs name its ClusterQueue, `%s`",
                    name_of(object), target == NULL ? "?" : target);
    } else {
        import_note(book, object, "%s `%s`", kueue_text(object, "kind"), name_of(object));
    }
}

/* Quotas: flavors of all queues are known before the first one is written. */
static void quotas_take(Kueue *kueue)
{
    ImportBook *book = kueue->book;
    KueueQuotas *quotas = ARENA_NEW(book->loader->arena, KueueQuotas);
    if (quotas == NULL) {
        diagnostics_no_memory(book->loader->diagnostics);
        book->good = false;
        return;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (const Node *object = kueue->objects->first; object != NULL && book->good;
             object = object->next) {
            bool cohort = is_kind(object, "Cohort");
            if ((!cohort && !is_kind(object, "ClusterQueue")) || name_of(object) == NULL) {
                continue;
            }
            const char *name = cohort ? cohort_name(kueue, name_of(object)) : name_of(object);
            kueue_quotas_read(book, node_child(object, "spec"), name, quotas);
            if (pass == 0) {
                kueue_fleet_add(book, &kueue->fleet, quotas);
            } else {
                kueue_quotas_write(book, &kueue->fleet, quotas, import_queue_find(book, name),
                                   object);
            }
        }
        if (pass == 0) {
            kueue_fleet_match(book, &kueue->fleet, kueue->objects);
        }
    }
}

/* ---- the policy ---- */

static void policy_take(Kueue *kueue)
{
    ImportBook *book = kueue->book;
    const Node *place = kueue->objects;
    if (import_other_preset(book, "kueue", "kueue-topology")) {
        import_note(book, place, "options of the policy: the scenario's preset is another one");
        return;
    }
    import_text(book, book->policy, "preset", place, "kueue");
    if (kueue->fair) {
        import_text(book, import_map(book, book->policy, "share", place), "rule", place, "cohort");
        import_text(book, import_map(book, book->policy, "evict", place), "fair", place, "true");
    } else if (kueue->weighs != NULL) {
        import_note(book, kueue->weighs,
                    "fairSharing.weight: fair sharing is off in a Configuration, or there is none "
                    "(share: cohort switches it on)");
    }
    if (kueue->borrows > 0) {
        import_text(book, import_map(book, book->policy, "evict", place), "borrow_priority",
                    kueue->borrows_at, "%" PRId64, kueue->threshold);
        if (kueue->borrows < kueue->queue_count) {
            import_note(book, kueue->borrows_at,
                        "borrowWithinCohort of %d queues holds for all of them", kueue->borrows);
        }
    }
    if (kueue->next_flavor > 0 && import_other_preset(book, "kueue", "kueue")) {
        import_note(book, kueue->fungible_at, "whenCanBorrow TryNextFlavor, with kueue-topology");
    } else if (kueue->next_flavor > 0) {
        import_text(book, import_map(book, book->policy, "admit", place), "borrow_first",
                    kueue->fungible_at, "false");
        if (kueue->next_flavor < kueue->queue_count) {
            import_note(book, kueue->fungible_at,
                        "whenCanBorrow TryNextFlavor of %d queues holds for all of them",
                        kueue->next_flavor);
        }
    }
}

void import_kueue(ImportBook *book, const SourceText *source)
{
    Kueue *kueue = ARENA_NEW(book->loader->arena, Kueue);
    const Node *documents = kueue == NULL ? NULL : tree_parse_several(book->loader, source);
    if (documents == NULL) {
        book->good = false;
        return;
    }
    kueue->book = book;
    kueue->objects = node_new(book->loader, NODE_LIST, documents);
    if (kueue->objects == NULL) {
        book->good = false;
        return;
    }
    objects_collect(kueue, documents);
    for (const Node *object = kueue->objects->first; object != NULL; object = object->next) {
        object_take(kueue, object);
    }
    if (book->good && kueue->queue_count == 0) {
        IMPORT_WRONG(book, documents,
                     "as `kubectl get clusterqueues,cohorts,resourceflavors -o "
                     "yaml` prints them",
                     "no ClusterQueue in %s", source->path);
    }
    quotas_take(kueue);
    policy_take(kueue);
}
