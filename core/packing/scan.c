/* scan.c - the straight scan over nodes: all of them, a list, or from a cursor until enough are
 * found.
 *
 * The scan over all nodes is the oracle of the index. The narrower ones may take the scores that an
 * index has kept.
 */
#include "core/packing/scan.h"

static int32_t node_at(const GpSearch *search, int32_t i)
{
    if (search->listed != NULL) {
        return search->listed[i];
    }
    int32_t to_end = search->fleet->node_count - search->first;
    return i < to_end ? search->first + i : i - to_end;
}

static int holds(const GpSearch *search, int32_t node)
{
    if (search->kept != NULL) {
        return search->kept[search->fleet->node_rank[node]] != search->kept_none;
    }
    return gp_fits(search->fleet, node, search->shape, search->policy->sees);
}

/* The score before any second step. */
static int64_t one_step_score(const GpSearch *search, int32_t node)
{
    if (search->kept != NULL) {
        return holds(search, node) ? search->kept[search->fleet->node_rank[node]] : GP_INFEASIBLE;
    }
    return gp_score(search->fleet, search->policy, search->constants, node, search->shape);
}

/* Ends the search where enough nodes are found; returns how many are. */
static int32_t search_cut(GpSearch *search)
{
    int32_t found = 0;
    for (int32_t i = 0; i < search->count; i++) {
        found += holds(search, node_at(search, i));
        if (found == search->wanted) {
            search->count = i + 1;
        }
    }
    return found;
}

/* The raw scores of the terms with a second step, on a node that holds the shape. */
static void raw_scores(const GpSearch *search, int32_t node, int64_t *raw)
{
    const GpPolicy *policy = search->policy;
    if (search->kept != NULL) {
        const int64_t *column = search->kept + search->fleet->node_rank[node];
        for (int32_t i = 0; i < policy->term_count; i++) {
            if (policy->terms[i].term->finish != NULL) {
                column += search->fleet->node_count;
                raw[i] = *column;
            }
        }
        return;
    }
    double node_values[GP_TERMS_MAX];
    GpView view;
    gp_view_node(&view, search->fleet, node);
    gp_view_study(&view, policy, search->constants, search->shape);
    gp_node_values_fill(&view, policy, node_values);
    for (int32_t i = 0; i < policy->term_count; i++) {
        if (policy->terms[i].term->finish != NULL) {
            view.options = &policy->terms[i].options;
            view.node_value = node_values[i];
            raw[i] = policy->terms[i].term->score(&view);
        }
    }
}

static void extremes_find(const GpSearch *search, int64_t *lowest, int64_t *highest)
{
    int64_t raw[GP_TERMS_MAX];
    for (int i = 0; i < GP_TERMS_MAX; i++) {
        raw[i] = 0;
        lowest[i] = INT64_MAX;
        highest[i] = INT64_MIN;
    }
    for (int32_t at = 0; at < search->count; at++) {
        int32_t node = node_at(search, at);
        if (!holds(search, node)) {
            continue;
        }
        raw_scores(search, node, raw);
        for (int32_t i = 0; i < search->policy->term_count; i++) {
            lowest[i] = raw[i] < lowest[i] ? raw[i] : lowest[i];
            highest[i] = raw[i] > highest[i] ? raw[i] : highest[i];
        }
    }
}

/* What the terms with a second step add to a node's score. */
static int64_t finished_score(const GpSearch *search, int32_t node, const int64_t *lowest,
                              const int64_t *highest)
{
    int64_t raw[GP_TERMS_MAX];
    int64_t sum = 0;
    raw_scores(search, node, raw);
    for (int32_t i = 0; i < search->policy->term_count; i++) {
        const GpWeightedTerm *weighted = &search->policy->terms[i];
        if (weighted->term->finish != NULL) {
            sum += weighted->weight *
                   weighted->term->finish(raw[i], lowest[i], highest[i], &weighted->options);
        }
    }
    return sum;
}

static int32_t search_best(GpSearch *search)
{
    const GpFleet *fleet = search->fleet;
    int64_t lowest[GP_TERMS_MAX];
    int64_t highest[GP_TERMS_MAX];
    int is_finished = gp_policy_finished(search->policy) != 0;
    if (is_finished) {
        search_cut(search);
        extremes_find(search, lowest, highest);
    }
    int32_t found = 0;
    int32_t best = -1;
    int64_t best_score = GP_INFEASIBLE;
    for (int32_t i = 0; i < search->count; i++) {
        int32_t node = node_at(search, i);
        int64_t score = one_step_score(search, node);
        if (score == GP_INFEASIBLE) {
            continue;
        }
        if (is_finished) {
            score += finished_score(search, node, lowest, highest);
        }
        if (best < 0 || score > best_score ||
            (score == best_score && fleet->node_rank[node] < fleet->node_rank[best])) {
            best = node;
            best_score = score;
        }
        found++;
        if (found == search->wanted) {
            search->count = i + 1;
        }
    }
    return best;
}

/* The feasible node that has exactly as many feasible nodes of lower rank as the draw says.
 * Quadratic work is avoided by counting first: the k-th in rank order is found by bisection over
 * ranks. */
static int32_t search_kth(GpSearch *search, uint64_t draw)
{
    const GpFleet *fleet = search->fleet;
    int32_t feasible = search_cut(search);
    if (feasible == 0) {
        return -1;
    }
    int64_t skip = gp_draw_below(draw, feasible);
    int32_t low = 0; /* the wanted rank lies in low..high */
    int32_t high = fleet->node_count - 1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int64_t below = 0;
        for (int32_t i = 0; i < search->count; i++) {
            int32_t node = node_at(search, i);
            below += fleet->node_rank[node] <= middle && holds(search, node);
        }
        if (below > skip) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    for (int32_t i = 0; i < search->count; i++) {
        int32_t node = node_at(search, i);
        if (fleet->node_rank[node] == low) {
            return node;
        }
    }
    return -1;
}

static GpStatus search_pick(GpSearch *search, const GpDraw *draw, GpPlacement *placement)
{
    int is_random = search->policy->pick == GP_PICK_RANDOM;
    if (is_random && draw == NULL) {
        return GP_BAD_ARGUMENT;
    }
    int32_t node = is_random ? search_kth(search, draw->node) : search_best(search);
    if (node < 0) {
        return GP_NO_FIT;
    }
    return gp_choose_devices(search->fleet, search->policy, search->constants, node, search->shape,
                             draw == NULL ? 0 : draw->device, placement);
}

void gp_search_open(GpSearch *search, const GpFleet *fleet, const GpPolicy *policy,
                    const GpConstants *constants, const GpShape *shape)
{
    search->fleet = fleet;
    search->policy = policy;
    search->constants = constants;
    search->shape = shape;
    search->listed = NULL;
    search->first = 0;
    search->count = fleet->node_count;
    search->wanted = INT32_MAX;
    search->kept = NULL;
    search->kept_none = GP_INFEASIBLE;
}

GpStatus gp_search_among(GpSearch *search, int32_t count, const int32_t *nodes, const GpDraw *draw,
                         GpPlacement *placement)
{
    for (int32_t i = 0; i < count; i++) {
        if (nodes[i] < 0 || nodes[i] >= search->fleet->node_count) {
            return GP_BAD_ARGUMENT;
        }
    }
    search->listed = nodes;
    search->count = count;
    return count < 0 ? GP_BAD_ARGUMENT : search_pick(search, draw, placement);
}

GpStatus gp_search_from(GpSearch *search, int32_t candidates, int32_t *cursor, const GpDraw *draw,
                        GpPlacement *placement)
{
    int32_t node_count = search->fleet->node_count;
    if (candidates < 1 || *cursor < 0 || *cursor >= node_count) {
        return GP_BAD_ARGUMENT;
    }
    search->first = *cursor;
    search->wanted = candidates;
    GpStatus status = search_pick(search, draw, placement);
    if (status >= GP_OK) {
        *cursor = (search->first + search->count) % node_count;
    }
    return status;
}

GpStatus gp_scan_pick(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                      const GpShape *shape, const GpDraw *draw, GpPlacement *placement)
{
    GpSearch search;
    gp_search_open(&search, fleet, policy, constants, shape);
    return search_pick(&search, draw, placement);
}

GpStatus gp_pick_among(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                       const GpShape *shape, const GpDraw *draw, int32_t count,
                       const int32_t *nodes, GpPlacement *placement)
{
    GpSearch search;
    gp_search_open(&search, fleet, policy, constants, shape);
    return gp_search_among(&search, count, nodes, draw, placement);
}

GpStatus gp_pick_from(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                      const GpShape *shape, const GpDraw *draw, int32_t candidates, int32_t *cursor,
                      GpPlacement *placement)
{
    GpSearch search;
    gp_search_open(&search, fleet, policy, constants, shape);
    return gp_search_from(&search, candidates, cursor, draw, placement);
}

int32_t gp_kube_candidates(int32_t node_count)
{
    enum { LEAST = 100, PERCENT_MOST = 50, PERCENT_LEAST = 5, NODES_PER_PERCENT = 125 };
    if (node_count < LEAST) {
        return node_count;
    }
    int32_t percent = PERCENT_MOST - node_count / NODES_PER_PERCENT;
    percent = percent < PERCENT_LEAST ? PERCENT_LEAST : percent;
    int32_t candidates = (int32_t)((int64_t)node_count * percent / 100);
    return candidates < LEAST ? LEAST : candidates;
}
