/* index.c - the scan's answer without the scan.
 *
 * A term is a pure function of one node, so a shape's score of a node changes only when that node
 * changes. Each shape keeps its scores in a tournament tree; a log of changed nodes says what each
 * shape has to score again when it next asks. Leaves stand in rank order, so the leftmost best leaf
 * is the tie rule's answer and no rank is stored. What many shapes ask of a node (its node values,
 * how many of its devices nobody uses) is worked out once a change.
 * A policy that picks at random keeps counts of feasible nodes in the same tree instead of maxima.
 * A policy with a second step (scores that need the extremes over all candidates) keeps flat
 * columns: it scores only changed nodes too, but each pick reads one row per node.
 */
#include "core/packing/internal.h"
#include "core/packing/scan.h"
#include "core/packing/tree.h"

#define ALIGNMENT 64

typedef enum Mode {
    MODE_BEST,  /* maxima */
    MODE_COUNT, /* counts of feasible nodes */
    MODE_FLAT   /* columns: sum of one-step terms, then each raw score of a two-step term */
} Mode;

/* What is kept of a node for all shapes: always current, or dated by the change it was worked out
 * after. */
typedef struct NodeNote {
    uint64_t changed_at;  /* 1 + its latest place in the log; 0: never */
    uint64_t valued_at;   /* changed_at + 1 when its node values were worked out; 0: never */
    uint64_t unused_at;   /* likewise: */
    int32_t unused_count; /* devices that nobody uses */
} NodeNote;

struct GpIndex {
    const GpFleet *fleet;
    const GpPolicy *policy;
    const GpConstants *constants;
    const GpShape *shapes;
    int32_t shape_count;
    int32_t node_count;
    Mode mode;
    uint32_t valued;    /* terms with a node value */
    uint32_t finished;  /* terms with a second step */
    int32_t columns;    /* of MODE_FLAT */
    GpTree tree;        /* of the other modes */
    size_t shape_words; /* int64 words of one shape's tree or columns */
    uint64_t log_mask;
    uint64_t changes;   /* entries ever written to the log */
    int32_t *node_at;   /* [rank] */
    NodeNote *notes;    /* [node] */
    int32_t *log;       /* [log_mask + 1] changed nodes */
    double *node_value; /* [valued term][node] */
    uint64_t *synced;   /* [shape] changes + 1 when last brought up to date; 0: never */
    int64_t *words;     /* [shape][shape_words] */
};

static size_t padded(size_t bytes)
{
    return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* Fills the parts of the index that follow from the policy and the sizes alone. */
static void layout_find(GpIndex *index, const GpPolicy *policy, int32_t node_count)
{
    index->node_count = node_count;
    index->valued = gp_policy_valued(policy);
    index->finished = gp_policy_finished(policy);
    index->mode = policy->pick == GP_PICK_RANDOM ? MODE_COUNT
                  : index->finished != 0         ? MODE_FLAT
                                                 : MODE_BEST;
    index->columns = 1 + gp_bits_set(index->finished);
    index->log_mask = 63;
    while (index->log_mask + 1 < (uint64_t)node_count) {
        index->log_mask = index->log_mask * 2 + 1;
    }
    gp_tree_layout(&index->tree, node_count, index->mode == MODE_COUNT);
    size_t flat_words = padded((size_t)index->columns * (size_t)node_count * 8) / 8;
    index->shape_words = index->mode == MODE_FLAT ? flat_words : index->tree.words;
}

static size_t bytes_needed(const GpIndex *index, int32_t shape_count)
{
    size_t nodes = (size_t)index->node_count;
    return padded(sizeof(GpIndex)) + padded(nodes * sizeof(int32_t)) +
           padded(nodes * sizeof(NodeNote)) +
           padded((size_t)(index->log_mask + 1) * sizeof(int32_t)) +
           padded((size_t)gp_bits_set(index->valued) * nodes * sizeof(double)) +
           padded((size_t)shape_count * sizeof(uint64_t)) +
           (size_t)shape_count * index->shape_words * sizeof(int64_t);
}

size_t gp_index_bytes(const GpPolicy *policy, int32_t node_count, int32_t shape_count)
{
    if (policy == NULL || policy->size < sizeof(GpPolicy) || node_count < 1 ||
        node_count > GP_NODES_MAX || shape_count < 0) {
        return 0;
    }
    GpIndex sizes;
    layout_find(&sizes, policy, node_count);
    return bytes_needed(&sizes, shape_count);
}

static void *carve(char **at, size_t bytes)
{
    void *memory = *at;
    *at += padded(bytes);
    return memory;
}

static void arrays_carve(GpIndex *index, char *at)
{
    size_t nodes = (size_t)index->node_count;
    index->node_at = carve(&at, nodes * sizeof(int32_t));
    index->notes = carve(&at, nodes * sizeof(NodeNote));
    index->log = carve(&at, (size_t)(index->log_mask + 1) * sizeof(int32_t));
    index->node_value = carve(&at, (size_t)gp_bits_set(index->valued) * nodes * sizeof(double));
    index->synced = carve(&at, (size_t)index->shape_count * sizeof(uint64_t));
    index->words = (int64_t *)(void *)at;
}

static int shapes_are_sound(const GpShape *shapes, int32_t shape_count)
{
    for (int32_t shape = 0; shape < shape_count; shape++) {
        const GpShape *at = gp_shape_at(shapes, shape);
        if (at->size < sizeof(GpShape) || at->size != shapes[0].size) {
            return 0;
        }
    }
    return 1;
}

GpStatus gp_index_init(GpIndex **out, void *memory, size_t bytes, const GpFleet *fleet,
                       const GpPolicy *policy, const GpConstants *constants, const GpShape *shapes,
                       int32_t shape_count)
{
    size_t needed = gp_index_bytes(policy, fleet->node_count, shape_count);
    if (needed == 0 || ((uintptr_t)memory & (ALIGNMENT - 1)) != 0 ||
        !shapes_are_sound(shapes, shape_count)) {
        return GP_BAD_ARGUMENT;
    }
    if (bytes < needed) {
        return GP_TOO_SMALL;
    }
    GpIndex *index = memory;
    layout_find(index, policy, fleet->node_count);
    index->fleet = fleet;
    index->policy = policy;
    index->constants = constants;
    index->shapes = shapes;
    index->shape_count = shape_count;
    index->changes = 0;
    arrays_carve(index, (char *)memory + padded(sizeof(GpIndex)));
    for (int32_t node = 0; node < index->node_count; node++) {
        index->node_at[fleet->node_rank[node]] = node;
        index->notes[node].changed_at = 0;
        index->notes[node].valued_at = 0;
        index->notes[node].unused_at = 0;
    }
    for (int32_t shape = 0; shape < shape_count; shape++) {
        index->synced[shape] = 0;
    }
    *out = index;
    return GP_OK;
}

void gp_index_touch(GpIndex *index, int32_t node)
{
    index->log[index->changes & index->log_mask] = node;
    index->changes++;
    index->notes[node].changed_at = index->changes;
}

/* ---- scoring one node ---- */

static void node_values_get(GpIndex *index, GpView *view, int32_t node, double *values)
{
    NodeNote *note = &index->notes[node];
    int32_t column = 0;
    if (index->valued == 0) {
        for (int32_t i = 0; i < index->policy->term_count; i++) {
            values[i] = 0.0;
        }
        return;
    }
    int fresh = note->valued_at == note->changed_at + 1;
    for (int32_t i = 0; i < index->policy->term_count; i++) {
        if ((index->valued >> i & 1u) == 0) {
            values[i] = 0.0;
            continue;
        }
        double *cached =
            &index->node_value[(size_t)column * (size_t)index->node_count + (size_t)node];
        if (!fresh) {
            view->options = &index->policy->terms[i].options;
            *cached = index->policy->terms[i].term->node_value(view);
        }
        values[i] = *cached;
        column++;
    }
    note->valued_at = note->changed_at + 1;
}

static void view_open(const GpIndex *index, GpView *view, const GpShape *shape)
{
    view->sees = index->policy->sees;
    view->constants = index->constants;
    view->shape = shape;
    view->options = NULL;
    view->node_value = 0.0;
}

static int32_t unused_devices(GpIndex *index, int32_t node)
{
    const GpFleet *fleet = index->fleet;
    NodeNote *note = &index->notes[node];
    if (note->unused_at != note->changed_at + 1) {
        note->unused_count = 0;
        for (int32_t at = fleet->device_begin[node]; at < fleet->device_begin[node + 1]; at++) {
            note->unused_count += gp_device_is_unused(fleet, at);
        }
        note->unused_at = note->changed_at + 1;
    }
    return note->unused_count;
}

/* Points the view at the node; false: it cannot hold the shape. Most nodes of a busy fleet are
 * short of whole devices, and for those the count is all that is looked at. */
static int node_open(GpIndex *index, GpView *view, int32_t node)
{
    const GpShape *shape = view->shape;
    int counts = gp_shape_counts_unused(shape, view->sees);
    if (index->fleet->node_present[node] == 0 ||
        (counts && unused_devices(index, node) < shape->device_count)) {
        return 0;
    }
    gp_view_node(view, index->fleet, node);
    return gp_view_admits(view, shape, view->sees) &&
           (counts || gp_view_has_devices(view, shape, view->sees));
}

/* The one-step score of a node for the shape that the view was opened with. */
static int64_t node_score(GpIndex *index, GpView *view, int32_t node)
{
    if (!node_open(index, view, node)) {
        return GP_INFEASIBLE;
    }
    if (index->mode == MODE_COUNT) {
        return 1;
    }
    double values[GP_TERMS_MAX];
    node_values_get(index, view, node, values);
    return gp_view_score(view, index->policy, values);
}

/* ---- trees ---- */

static int64_t leaf_score(GpIndex *index, GpView *view, int32_t node)
{
    int64_t score = node_score(index, view, node);
    return score == GP_INFEASIBLE ? index->tree.no_leaf : score;
}

/* Are two nodes in the same state to the last column? Then a pure term scores them alike. */
static int nodes_are_alike(const GpFleet *fleet, int32_t a, int32_t b)
{
    if (fleet->node_type[a] != fleet->node_type[b] ||
        fleet->node_present[a] != fleet->node_present[b] || fleet->node_health_ppm != NULL) {
        return 0;
    }
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (fleet->node_free[a][axis] != fleet->node_free[b][axis]) {
            return 0;
        }
    }
    for (int32_t kind = 0; kind < fleet->kind_count; kind++) {
        size_t kinds = (size_t)fleet->kind_count;
        if (fleet->node_kind_tasks[(size_t)a * kinds + (size_t)kind] !=
            fleet->node_kind_tasks[(size_t)b * kinds + (size_t)kind]) {
            return 0;
        }
    }
    int32_t at_b = fleet->device_begin[b];
    for (int32_t at = fleet->device_begin[a]; at < fleet->device_begin[a + 1]; at++, at_b++) {
        if (fleet->device_free_milli[at] != fleet->device_free_milli[at_b] ||
            fleet->device_free_mib[at] != fleet->device_free_mib[at_b] ||
            fleet->device_tasks[at] != fleet->device_tasks[at_b] ||
            fleet->device_health[at] != fleet->device_health[at_b] ||
            fleet->device_mig[at] != fleet->device_mig[at_b]) {
            return 0;
        }
    }
    return 1;
}

/* Scores every leaf. A fleet has few types and many nodes alike (all of them, at the start), so the
 * last node seen of each type lends its score to those in the same state. */
static void leaves_score(GpIndex *index, int64_t *tree, GpView *view)
{
    enum { SEEN = 32 };
    int32_t seen[SEEN];
    for (int i = 0; i < SEEN; i++) {
        seen[i] = -1;
    }
    for (int32_t rank = 0; rank < index->node_count; rank++) {
        int32_t node = index->node_at[rank];
        int32_t *last = &seen[index->fleet->node_type[node] % SEEN];
        tree[rank] = *last >= 0 && nodes_are_alike(index->fleet, node, *last)
                         ? tree[index->fleet->node_rank[*last]]
                         : leaf_score(index, view, node);
        *last = node;
    }
    for (size_t rank = (size_t)index->node_count; rank < index->tree.level_count[0]; rank++) {
        tree[rank] = index->tree.no_leaf;
    }
}

/* ---- flat columns ---- */

/* Column 0 holds the one-step sum by rank, GP_INFEASIBLE where the node cannot; then a column per
 * raw score. */
static void flat_set(GpIndex *index, int64_t *columns, GpView *view, int32_t node)
{
    size_t nodes = (size_t)index->node_count;
    size_t rank = (size_t)index->fleet->node_rank[node];
    columns[rank] = node_score(index, view, node);
    if (columns[rank] == GP_INFEASIBLE) {
        return;
    }
    double values[GP_TERMS_MAX];
    node_values_get(index, view, node, values);
    size_t column = 1;
    for (int32_t i = 0; i < index->policy->term_count; i++) {
        if ((index->finished >> i & 1u) != 0) {
            view->options = &index->policy->terms[i].options;
            view->node_value = values[i];
            columns[column * nodes + rank] = index->policy->terms[i].term->score(view);
            column++;
        }
    }
}

static int64_t flat_finished(const GpIndex *index, const int64_t *columns, size_t rank,
                             const int64_t *lowest, const int64_t *highest)
{
    size_t nodes = (size_t)index->node_count;
    int64_t sum = columns[rank];
    size_t column = 1;
    for (int32_t i = 0; i < index->policy->term_count; i++) {
        if ((index->finished >> i & 1u) != 0) {
            const GpWeightedTerm *weighted = &index->policy->terms[i];
            sum += weighted->weight * weighted->term->finish(columns[column * nodes + rank],
                                                             lowest[column], highest[column],
                                                             &weighted->options);
            column++;
        }
    }
    return sum;
}

static int64_t flat_best(const GpIndex *index, const int64_t *columns)
{
    int64_t lowest[GP_TERMS_MAX + 1];
    int64_t highest[GP_TERMS_MAX + 1];
    size_t nodes = (size_t)index->node_count;
    for (int32_t column = 1; column < index->columns; column++) {
        const int64_t *raw = columns + (size_t)column * nodes;
        lowest[column] = INT64_MAX;
        highest[column] = INT64_MIN;
        for (size_t rank = 0; rank < nodes; rank++) {
            if (columns[rank] != GP_INFEASIBLE) {
                lowest[column] = raw[rank] < lowest[column] ? raw[rank] : lowest[column];
                highest[column] = raw[rank] > highest[column] ? raw[rank] : highest[column];
            }
        }
    }
    int64_t best = -1;
    int64_t best_score = GP_INFEASIBLE;
    for (size_t rank = 0; rank < nodes; rank++) {
        if (columns[rank] == GP_INFEASIBLE) {
            continue;
        }
        int64_t score = flat_finished(index, columns, rank, lowest, highest);
        if (best < 0 || score > best_score) {
            best = (int64_t)rank;
            best_score = score;
        }
    }
    return best;
}

/* ---- bringing a shape up to date ---- */

static void node_rescore(GpIndex *index, int64_t *words, GpView *view, int32_t node)
{
    if (index->mode == MODE_FLAT) {
        flat_set(index, words, view, node);
    } else {
        gp_tree_set(&index->tree, words, (size_t)index->fleet->node_rank[node],
                    leaf_score(index, view, node));
    }
}

static void shape_rebuild(GpIndex *index, int64_t *words, GpView *view)
{
    if (index->mode != MODE_FLAT) {
        leaves_score(index, words, view);
        gp_tree_build(&index->tree, words);
        return;
    }
    for (int32_t node = 0; node < index->node_count; node++) {
        flat_set(index, words, view, node);
    }
}

/* On a large fleet a changed node's columns are far from any cache, and which nodes come next is
 * known: they are fetched while the ones before them are scored. */
#define FETCH_FAR 8
#define FETCH_NEAR 4

static void columns_fetch(const GpIndex *index, const int64_t *words, uint64_t at)
{
    const GpFleet *fleet = index->fleet;
    if (at + FETCH_FAR < index->changes) {
        int32_t node = index->log[(at + FETCH_FAR) & index->log_mask];
        __builtin_prefetch(&index->notes[node]);
        __builtin_prefetch(&fleet->device_begin[node]);
        __builtin_prefetch(&fleet->node_rank[node]);
        __builtin_prefetch(fleet->node_free[node]);
    }
    if (at + FETCH_NEAR < index->changes) {
        int32_t node = index->log[(at + FETCH_NEAR) & index->log_mask];
        int32_t device = fleet->device_begin[node];
        __builtin_prefetch(&fleet->device_free_milli[device]);
        __builtin_prefetch(&fleet->device_free_mib[device]);
        __builtin_prefetch(&fleet->device_tasks[device]);
        __builtin_prefetch(&fleet->device_health[device]);
        __builtin_prefetch(&words[fleet->node_rank[node]]);
    }
}

static int64_t *shape_sync(GpIndex *index, int32_t shape)
{
    int64_t *words = index->words + (size_t)shape * index->shape_words;
    uint64_t from = index->synced[shape];
    GpView view;
    view_open(index, &view, gp_shape_at(index->shapes, shape));
    if (from == 0 || index->changes - (from - 1) > index->log_mask) {
        shape_rebuild(index, words, &view);
    } else {
        for (uint64_t at = from - 1; at < index->changes; at++) {
            int32_t node = index->log[at & index->log_mask];
            columns_fetch(index, words, at);
            if (index->notes[node].changed_at == at + 1) { /* else a later entry stands for it */
                node_rescore(index, words, &view, node);
            }
        }
    }
    index->synced[shape] = index->changes + 1;
    return words;
}

GpStatus gp_index_pick(GpIndex *index, int32_t shape_id, const GpDraw *draw, GpPlacement *placement)
{
    if (shape_id < 0 || shape_id >= index->shape_count ||
        (index->mode == MODE_COUNT && draw == NULL)) {
        return GP_BAD_ARGUMENT;
    }
    const int64_t *words = shape_sync(index, shape_id);
    int64_t rank = index->mode == MODE_BEST    ? gp_tree_best(&index->tree, words)
                   : index->mode == MODE_COUNT ? gp_tree_kth(&index->tree, words, draw->node)
                                               : flat_best(index, words);
    if (rank < 0) {
        return GP_NO_FIT;
    }
    return gp_choose_devices(index->fleet, index->policy, index->constants, index->node_at[rank],
                             gp_shape_at(index->shapes, shape_id), draw == NULL ? 0 : draw->device,
                             placement);
}

/* A search over the scores that the index keeps of a shape: leaves of the tree, or columns. */
static GpStatus kept_search_open(GpIndex *index, int32_t shape_id, GpSearch *search)
{
    if (shape_id < 0 || shape_id >= index->shape_count) {
        return GP_BAD_ARGUMENT;
    }
    gp_search_open(search, index->fleet, index->policy, index->constants,
                   gp_shape_at(index->shapes, shape_id));
    search->kept = shape_sync(index, shape_id);
    search->kept_none = index->mode == MODE_FLAT ? GP_INFEASIBLE : index->tree.no_leaf;
    return GP_OK;
}

GpStatus gp_index_pick_among(GpIndex *index, int32_t shape_id, const GpDraw *draw, int32_t count,
                             const int32_t *nodes, GpPlacement *placement)
{
    GpSearch search;
    GpStatus status = kept_search_open(index, shape_id, &search);
    return status == GP_OK ? gp_search_among(&search, count, nodes, draw, placement) : status;
}

GpStatus gp_index_pick_from(GpIndex *index, int32_t shape_id, const GpDraw *draw,
                            int32_t candidates, int32_t *cursor, GpPlacement *placement)
{
    GpSearch search;
    GpStatus status = kept_search_open(index, shape_id, &search);
    return status == GP_OK ? gp_search_from(&search, candidates, cursor, draw, placement) : status;
}
