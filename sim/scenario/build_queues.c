/* build_queues.c - `queues:` becomes the tree: names are looked up, parents made, amounts checked.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/build.h"

/* ---- amounts ---- */

/* What is said replaces what is there. */
static void amounts_take(const AmountsSpec *spec, int64_t amounts[GP_AXES])
{
    if (spec->gpu_milli.node != NULL) {
        amounts[GP_AXIS_GPU] = spec->gpu_milli.value;
    }
    if (spec->cpu_milli.node != NULL) {
        amounts[GP_AXIS_CPU] = spec->cpu_milli.value;
    }
    if (spec->memory_mib.node != NULL) {
        amounts[GP_AXIS_MEMORY] = spec->memory_mib.value;
    }
}

typedef struct LaneName {
    GpAxis axis;
    Unit unit;
    const char *name;
} LaneName;
static const LaneName LANES[] = {{GP_AXIS_GPU, UNIT_GPUS_MILLI, "gpus"},
                                 {GP_AXIS_CPU, UNIT_CPU_MILLI, "cpu"},
                                 {GP_AXIS_MEMORY, UNIT_MEMORY_MIB, "memory"}};
#define LANE_COUNT ((int)(sizeof(LANES) / sizeof(LANES[0])))

/* Amounts that must not be more than others. */
typedef struct NotMore {
    const Node *place; /* NULL: not written, so nothing to say */
    const char *name;
    const int64_t *amounts;
    const char *than_name;
    const int64_t *than;
    const char *help;
} NotMore;

static bool not_more(Loader *loader, const NotMore *check, const char *queue)
{
    bool good = true;
    for (int i = 0; i < LANE_COUNT && check->place != NULL; i++) {
        int64_t amount = check->amounts[LANES[i].axis];
        int64_t than = check->than[LANES[i].axis];
        if (amount == QUEUE_UNLIMITED || than == QUEUE_UNLIMITED || amount <= than) {
            continue;
        }
        char a[32];
        char b[32];
        quantity_print(amount, LANES[i].unit, a, sizeof(a));
        quantity_print(than, LANES[i].unit, b, sizeof(b));
        REPORT_KEY(loader, check->place, "conflict", check->help,
                   "queue `%s`: `%s` of %s is %s, more than its `%s` of %s", queue, check->name,
                   LANES[i].name, a, check->than_name, b);
        good = false;
    }
    return good;
}

static bool quota_check(Loader *loader, const QueueQuota *quota, const AmountsSpec *lend,
                        const AmountsSpec *borrow, const Queue *queue)
{
    NotMore lending = {lend->node, "lend",         quota->lend,
                       "quota",    quota->nominal, "it cannot lend more than it has by right"};
    bool good = not_more(loader, &lending, queue->name);
    if (borrow->node != NULL && queue->parent < 0) {
        REPORT_KEY(loader, borrow->node, "conflict", "give it a parent or a cohort",
                   "queue `%s` has nobody to borrow from", queue->name);
        good = false;
    }
    return good;
}

/* ---- flavors ---- */

static int32_t flavor_find(const QueueTree *tree, const char *name)
{
    for (int32_t i = 0; i < tree->flavor_count; i++) {
        if (strcmp(tree->flavors[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* The flavors of the nodes, in their order. */
static bool flavors_of_nodes(Loader *loader, const NodeGroups *groups, QueueTree *tree)
{
    tree->flavors = ARENA_ARRAY(loader->arena, Flavor, groups->count);
    if (tree->flavors == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < groups->count; i++) {
        const char *name = groups->like[i]->flavor.value;
        name = name == NULL ? FLAVOR_DEFAULT : name;
        if (flavor_find(tree, name) < 0) {
            tree->flavors[tree->flavor_count++] = (Flavor){name, groups_flavored(groups, name)};
        }
    }
    if (tree->flavor_count == 1) {
        tree->flavors[0].group_set = 0;
    }
    return true;
}

static void report_flavor(Loader *loader, const QueueTree *tree, const SpecText *name)
{
    const char *names[NODE_GROUPS_MAX];
    for (int32_t i = 0; i < tree->flavor_count; i++) {
        names[i] = tree->flavors[i].name;
    }
    const char *nearest = nearest_name(name->value, names, tree->flavor_count);
    char help[160] = "flavors are given in cluster.nodes";
    if (nearest != NULL) {
        snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest);
    }
    REPORT(loader, name->node, "name", help, "no node has the flavor `%s`", name->value);
}

static int64_t amount_add(int64_t a, int64_t b)
{
    return a == QUEUE_UNLIMITED || b == QUEUE_UNLIMITED ? QUEUE_UNLIMITED : a + b;
}

/* One more flavor of a queue; the quota over all flavors is their sum. */
static bool flavor_add(Loader *loader, const QueueFlavorSpec *spec, const QueueTree *tree,
                       Queue *queue)
{
    int32_t flavor = flavor_find(tree, spec->name.value);
    if (flavor < 0) {
        report_flavor(loader, tree, &spec->name);
        return false;
    }
    for (int32_t i = 0; i < queue->flavor_count; i++) {
        if (queue->flavor[i] == flavor) {
            REPORT(loader, spec->name.node, "duplicate", "keep one of them",
                   "queue `%s` has the flavor `%s` twice", queue->name, spec->name.value);
            return false;
        }
    }
    if (queue->flavor_count == FLAVORS_MAX) {
        return false; /* of a queue that is declared twice, which is told */
    }
    QueueQuota quota = queue_default(queue->name).quota;
    amounts_take(&spec->quota, quota.nominal);
    amounts_take(&spec->borrow, quota.borrow);
    amounts_take(&spec->lend, quota.lend);
    bool first = queue->flavor_count == 0;
    for (int axis = 0; axis < GP_AXES; axis++) {
        QueueQuota *sum = &queue->quota;
        sum->nominal[axis] = amount_add(first ? 0 : sum->nominal[axis], quota.nominal[axis]);
        sum->borrow[axis] = amount_add(first ? 0 : sum->borrow[axis], quota.borrow[axis]);
        sum->lend[axis] = amount_add(first ? 0 : sum->lend[axis], quota.lend[axis]);
    }
    queue->flavor[queue->flavor_count] = flavor;
    queue->flavor_quota[queue->flavor_count++] = quota;
    return quota_check(loader, &quota, &spec->lend, &spec->borrow, queue);
}

static bool flavors_add(Loader *loader, const QueueSpec *spec, const QueueTree *tree, Queue *queue)
{
    const AmountsSpec *whole[] = {&spec->quota, &spec->borrow, &spec->lend};
    bool good = true;
    for (int i = 0; i < 3; i++) {
        if (whole[i]->node != NULL && spec->flavors.node != NULL) {
            REPORT_KEY(loader, whole[i]->node, "conflict", "say it for each flavor",
                       "queue `%s` has `%s` beside `flavors`", queue->name, whole[i]->node->key);
            good = false;
        }
    }
    if (spec->flavors.count > FLAVORS_MAX) {
        REPORT(loader, spec->flavors.node, "limit", NULL, "queue `%s` has more than %d flavors",
               queue->name, FLAVORS_MAX);
        return false;
    }
    const QueueFlavorSpec *flavors = spec->flavors.items;
    for (int32_t i = 0; i < spec->flavors.count; i++) {
        good =
            flavors[i].name.value != NULL && flavor_add(loader, &flavors[i], tree, queue) && good;
    }
    return good;
}

/* ---- one queue ---- */

static bool limits_check(Loader *loader, const QueueSpec *spec, const Queue *queue)
{
    NotMore checks[] = {
        {spec->guarantee.node, "guarantee", queue->guarantee, "limit", queue->limit,
         "what is kept for it must be usable"},
        {spec->quota.node, "quota", queue->quota.nominal, "limit", queue->limit,
         "raise the limit or lower the quota"},
        {spec->guarantee.node, "guarantee", queue->guarantee, "quota", queue->quota.nominal,
         "nobody may borrow its guarantee, which is a part of its quota"},
    };
    bool good = quota_check(loader, &queue->quota, &spec->lend, &spec->borrow, queue);
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        good = not_more(loader, &checks[i], queue->name) && good;
    }
    return good;
}

/* A name that a showback has for itself (docs/showback.md) would be taken for it. */
static bool name_is_free(Loader *loader, const SpecText *name)
{
    static const char *const RESERVED[] = {"__idle__", "__unallocated__", "__platform__"};
    for (size_t i = 0; name->value != NULL && i < sizeof(RESERVED) / sizeof(RESERVED[0]); i++) {
        if (strcmp(name->value, RESERVED[i]) == 0) {
            REPORT(loader, name->node, "name", "give it another name",
                   "`%s` is a line of every showback", name->value);
            return false;
        }
    }
    return name->value == NULL || build_name(loader, name);
}

static int32_t chosen(const char *key, const SpecText *text, int32_t otherwise)
{
    return text->value == NULL ? otherwise
                               : key_choice_index(key_row(&KEYS_QUEUE, key), text->value);
}

/* Everything but its place in the tree. */
static bool queue_fill(Loader *loader, const QueueSpec *spec, const NodeGroups *groups,
                       const QueueTree *tree, Queue *queue)
{
    amounts_take(&spec->quota, queue->quota.nominal);
    amounts_take(&spec->borrow, queue->quota.borrow);
    amounts_take(&spec->lend, queue->quota.lend);
    amounts_take(&spec->guarantee, queue->guarantee);
    amounts_take(&spec->limit, queue->limit);
    queue->team = spec->team.value;
    queue->tenant = spec->tenant.value;
    queue->weight_ppm = spec->weight_ppm.value;
    queue->priority = (int32_t)spec->priority.value;
    queue->reclaim = chosen("reclaim", &spec->reclaim, RECLAIM_POLICY);
    queue->preempt = chosen("preempt", &spec->preempt, PREEMPT_POLICY);
    queue->min_run_ms = spec->min_run_ms.value;
    queue->default_limit_ms = spec->default_limit_ms.value;
    queue->strict = chosen("scan", &spec->scan, -1);
    bool good = limits_check(loader, spec, queue);
    good = name_is_free(loader, &spec->team) && good;
    good = name_is_free(loader, &spec->tenant) && good;
    if (groups == NULL) {
        return good; /* the nodes are mistaken: what their labels and flavors are is not known */
    }
    good = flavors_add(loader, spec, tree, queue) && good;
    if (spec->nodes.count == 0) {
        return good;
    }
    uint64_t selected = 0;
    good = groups_selected(loader, groups, &spec->nodes, &selected) && good;
    queue->group_set = selected == 0 ? GROUP_NOWHERE : selected;
    return good;
}

/* ---- the tree ---- */

/* The name of the queue above; NULL: none, or a mistake. */
static const SpecText *parent_of(Loader *loader, const QueueSpec *spec, bool *good)
{
    const SpecText *parent = spec->parent.value != NULL ? &spec->parent : &spec->cohort;
    if (spec->parent.value != NULL && spec->cohort.value != NULL &&
        strcmp(spec->parent.value, spec->cohort.value) != 0) {
        REPORT(loader, spec->cohort.node, "conflict",
               "a cohort is the queue above: give one, and that one a parent",
               "queue `%s` has the parent `%s` and the cohort `%s`", spec->name.value,
               spec->parent.value, spec->cohort.value);
        *good = false;
        return NULL;
    }
    if (parent->value != NULL && strcmp(parent->value, QUEUE_DEFAULT) == 0) {
        REPORT(loader, parent->node, "conflict", "give them another parent",
               "queue `%s` cannot be below `" QUEUE_DEFAULT "`, where jobs without a queue go",
               spec->name.value);
        *good = false;
        return NULL;
    }
    return parent->value == NULL ? NULL : parent;
}

static bool name_taken(Loader *loader, const QueueTree *tree, const QueueSpec *specs, int32_t index)
{
    QueueId known = queue_find(tree, specs[index].name.value);
    for (int32_t i = 0; known >= 0 && i < index; i++) {
        if (specs[i].name.value != NULL &&
            strcmp(specs[i].name.value, specs[index].name.value) == 0) {
            REPORT(loader, specs[index].name.node, "duplicate", "give one of them another name",
                   "queue `%s` is here again; it was first declared in line %d",
                   specs[index].name.value, (int)specs[i].name.node->line);
            return true;
        }
    }
    return false;
}

/* Declared queues in their order, then those only named as parents. */
static bool queues_name(Loader *loader, const SpecObjects *list, QueueTree *tree)
{
    const QueueSpec *specs = list->items;
    bool good = true;
    for (int32_t i = 0; i < list->count; i++) {
        if (specs[i].name.value == NULL) {
            good = false; /* reported when it was bound */
        } else if (name_taken(loader, tree, specs, i) || !name_is_free(loader, &specs[i].name)) {
            good = false;
        } else if (queue_find(tree, specs[i].name.value) < 0) { /* "default" is there already */
            tree->queues[tree->count++] = queue_default(specs[i].name.value);
        }
    }
    for (int32_t i = 0; i < list->count; i++) {
        const SpecText *parent =
            specs[i].name.value == NULL ? NULL : parent_of(loader, &specs[i], &good);
        if (parent == NULL || !build_name(loader, parent)) {
            continue;
        }
        if (queue_find(tree, parent->value) < 0) {
            tree->queues[tree->count++] = queue_default(parent->value);
        }
        QueueId queue = queue_find(tree, specs[i].name.value);
        if (queue >= 0 && tree->queues[queue].parent < 0) { /* a name declared twice is told */
            QueueId above = queue_find(tree, parent->value);
            tree->queues[queue].parent = above;
            tree->queues[above].child_count++;
        }
    }
    return good;
}

/* "a, in b, in a" */
static void chain_print(const QueueTree *tree, QueueId start, char *buffer, size_t size)
{
    size_t used = (size_t)snprintf(buffer, size, "%s", tree->queues[start].name);
    QueueId at = start;
    do {
        at = tree->queues[at].parent;
        if (used < size) {
            used += (size_t)snprintf(buffer + used, size - used, ", in %s", tree->queues[at].name);
        }
    } while (at != start);
}

/* The lowest queue of a cycle that can be reached from here, -1: none. */
static QueueId cycle_from(const QueueTree *tree, QueueId queue)
{
    QueueId at = queue;
    for (int32_t steps = 0; at >= 0 && steps <= tree->count; steps++) {
        at = tree->queues[at].parent;
    }
    if (at < 0) {
        return -1;
    }
    QueueId lowest = at; /* after so many steps it is in the cycle */
    for (QueueId next = tree->queues[at].parent; next != at; next = tree->queues[next].parent) {
        lowest = next < lowest ? next : lowest;
    }
    return lowest;
}

static bool cycles_check(Loader *loader, const SpecObjects *list, QueueTree *tree)
{
    const QueueSpec *specs = list->items;
    bool good = true;
    for (int32_t i = 0; i < list->count; i++) {
        QueueId queue = specs[i].name.value == NULL ? -1 : queue_find(tree, specs[i].name.value);
        if (queue < 0 || cycle_from(tree, queue) < 0) {
            continue;
        }
        good = false;
        if (cycle_from(tree, queue) == queue) {
            char chain[400];
            chain_print(tree, queue, chain, sizeof(chain));
            REPORT(loader, specs[i].name.node, "cycle", "give one of them no parent, or another",
                   "queue `%s` is above itself: %s", specs[i].name.value, chain);
        }
    }
    return good;
}

static void depths_fill(QueueTree *tree)
{
    for (QueueId queue = 0; queue < tree->count; queue++) {
        QueueId parent = tree->queues[queue].parent;
        tree->queues[queue].depth = 0;
        for (; parent >= 0; parent = tree->queues[parent].parent) {
            tree->queues[queue].depth++;
        }
    }
}

static bool tree_alloc(Loader *loader, const SpecObjects *list, QueueTree *tree)
{
    int64_t most = 1 + 2 * (int64_t)list->count;
    tree->queues = ARENA_ARRAY(loader->arena, Queue, most);
    tree->names = ARENA_ARRAY(loader->arena, const char *, most);
    return tree->queues != NULL && tree->names != NULL ? true : no_memory(loader);
}

bool build_queues(Loader *loader, const SpecObjects *list, const NodeGroups *groups,
                  QueueTree *tree)
{
    static const NodeGroups NO_GROUPS = {0};
    *tree = (QueueTree){.declared = list->node != NULL};
    if (list->count > QUEUES_MAX) {
        REPORT(loader, list->node, "limit", NULL, "%d queues; at most %d are possible",
               (int)list->count, QUEUES_MAX);
        return false;
    }
    if (!tree_alloc(loader, list, tree) ||
        !flavors_of_nodes(loader, groups == NULL ? &NO_GROUPS : groups, tree)) {
        return false;
    }
    tree->queues[tree->count++] = queue_default(QUEUE_DEFAULT);
    bool good = queues_name(loader, list, tree);
    if (tree->count > QUEUES_MAX) {
        REPORT(loader, list->node, "limit", NULL, "%d queues; at most %d are possible",
               (int)tree->count, QUEUES_MAX);
        return false;
    }
    good = cycles_check(loader, list, tree) && good;
    const QueueSpec *specs = list->items;
    for (int32_t i = 0; i < list->count; i++) {
        QueueId queue = specs[i].name.value == NULL ? -1 : queue_find(tree, specs[i].name.value);
        good =
            queue >= 0 && queue_fill(loader, &specs[i], groups, tree, &tree->queues[queue]) && good;
    }
    for (QueueId queue = 0; queue < tree->count; queue++) {
        tree->names[queue] = tree->queues[queue].name;
    }
    if (good) {
        depths_fill(tree);
    }
    return good;
}

/* ---- names of queues elsewhere ---- */

bool build_queue_name(Loader *loader, const SpecText *name, const QueueTree *tree, const char *who,
                      QueueId *queue)
{
    QueueId found = name->value == NULL ? 0 : queue_find(tree, name->value);
    *queue = found < 0 ? 0 : found;
    if (found >= 0 && tree->queues[found].child_count == 0) {
        return true;
    }
    if (found >= 0) {
        REPORT(loader, name->node, "name", "jobs belong to queues that have none below them",
               "%s is in the queue `%s`, which has queues below it", who, name->value);
        return false;
    }
    if (!tree->declared) {
        return true;
    }
    const char *nearest = nearest_name(name->value, tree->names, tree->count);
    char help[160] = "declare it under queues";
    if (nearest != NULL) {
        snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest);
    }
    REPORT(loader, name->node, "name", help, "no queue `%s` (%s)", name->value, who);
    return false;
}
