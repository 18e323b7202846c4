/* choose.c - a policy scores nodes and picks one: the straight scan, oracle of the index. */
#include "core/packing/internal.h"
#include "core/packing/terms/terms.h"

void gp_policy_init_sized(GpPolicy *policy, uint32_t size)
{
    policy->size = size;
    policy->term_count = 0;
    policy->pick = GP_PICK_BEST;
    policy->device_rule = GP_DEVICE_TIGHTEST;
    policy->mig_rule = GP_MIG_LEAST_FRAGMENTATION;
    policy->sees = GP_SEES_ALL;
}

static void options_copy(GpTermOptions *to, const GpTermOptions *from)
{
    to->size = from->size;
    to->variant = from->variant;
    to->curve_count = from->curve_count;
    for (int axis = 0; axis < GP_AXES; axis++) {
        to->axis_weight[axis] = from->axis_weight[axis];
    }
    for (int i = 0; i < GP_COEFFICIENTS; i++) {
        to->coefficient[i] = from->coefficient[i];
    }
    for (int i = 0; i < GP_CURVE_POINTS_MAX; i++) {
        to->curve_utilisation[i] = from->curve_utilisation[i];
        to->curve_score[i] = from->curve_score[i];
    }
    for (int i = 0; i < 4; i++) {
        to->reserved[i] = from->reserved[i];
    }
}

GpStatus gp_policy_add(GpPolicy *policy, const GpTerm *term, int64_t weight,
                       const GpTermOptions *options)
{
    if (policy->size < sizeof(GpPolicy) || term == NULL || term->size < sizeof(GpTerm) ||
        policy->term_count >= GP_TERMS_MAX ||
        (options != NULL &&
         (options->size < sizeof(GpTermOptions) || !gp_term_options_sound(term, options))) ||
        weight < -GP_WEIGHT_MAX || weight > GP_WEIGHT_MAX) {
        return GP_BAD_ARGUMENT;
    }
    GpWeightedTerm *added = &policy->terms[policy->term_count];
    added->term = term;
    added->weight = weight;
    if (options == NULL) {
        gp_term_options_init(&added->options, term);
    } else {
        options_copy(&added->options, options);
    }
    policy->term_count++;
    return GP_OK;
}

uint32_t gp_policy_valued(const GpPolicy *policy)
{
    uint32_t mask = 0;
    const GpWeightedTerm *end = policy->terms + policy->term_count;
    uint32_t bit = 1;
    for (const GpWeightedTerm *at = policy->terms; at < end; at++, bit <<= 1) {
        mask |= at->term->node_value != NULL ? bit : 0;
    }
    return mask;
}

uint32_t gp_policy_finished(const GpPolicy *policy)
{
    uint32_t mask = 0;
    const GpWeightedTerm *end = policy->terms + policy->term_count;
    uint32_t bit = 1;
    for (const GpWeightedTerm *at = policy->terms; at < end; at++, bit <<= 1) {
        mask |= at->term->finish != NULL ? bit : 0;
    }
    return mask;
}

int64_t gp_view_score(GpView *view, const GpPolicy *policy, const double *node_values)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < policy->term_count; i++) {
        const GpWeightedTerm *weighted = &policy->terms[i];
        if (weighted->term->finish == NULL) {
            view->options = &weighted->options;
            view->node_value = node_values[i];
            sum += weighted->weight * weighted->term->score(view);
        }
    }
    return sum;
}

static void view_study(GpView *view, const GpPolicy *policy, const GpConstants *constants,
                       const GpShape *shape)
{
    view->sees = policy->sees;
    view->constants = constants;
    view->shape = shape;
    view->options = NULL;
    view->node_value = 0.0;
}

static void node_values_fill(GpView *view, const GpPolicy *policy, double *node_values)
{
    for (int32_t i = 0; i < policy->term_count; i++) {
        const GpTerm *term = policy->terms[i].term;
        view->options = &policy->terms[i].options;
        node_values[i] = term->node_value == NULL ? 0.0 : term->node_value(view);
    }
}

double gp_node_value(const GpFleet *fleet, const GpTerm *term, const GpConstants *constants,
                     int32_t node)
{
    if (term->node_value == NULL) {
        return 0.0;
    }
    GpView view;
    gp_view_node(&view, fleet, node);
    view.sees = GP_SEES_ALL;
    view.constants = constants;
    view.shape = NULL;
    view.options = NULL;
    view.node_value = 0.0;
    return term->node_value(&view);
}

int64_t gp_score(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                 int32_t node, const GpShape *shape)
{
    if (!gp_fits(fleet, node, shape, policy->sees)) {
        return GP_INFEASIBLE;
    }
    double node_values[GP_TERMS_MAX];
    GpView view;
    gp_view_node(&view, fleet, node);
    view_study(&view, policy, constants, shape);
    node_values_fill(&view, policy, node_values);
    return gp_view_score(&view, policy, node_values);
}

/* The raw scores of the terms with a second step, on a node that holds the shape. */
static void raw_scores(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                       int32_t node, const GpShape *shape, int64_t *raw)
{
    double node_values[GP_TERMS_MAX];
    GpView view;
    gp_view_node(&view, fleet, node);
    view_study(&view, policy, constants, shape);
    node_values_fill(&view, policy, node_values);
    for (int32_t i = 0; i < policy->term_count; i++) {
        if (policy->terms[i].term->finish != NULL) {
            view.options = &policy->terms[i].options;
            view.node_value = node_values[i];
            raw[i] = policy->terms[i].term->score(&view);
        }
    }
}

static void extremes_find(const GpFleet *fleet, const GpPolicy *policy,
                          const GpConstants *constants, const GpShape *shape, int64_t *lowest,
                          int64_t *highest)
{
    int64_t raw[GP_TERMS_MAX];
    for (int i = 0; i < GP_TERMS_MAX; i++) {
        raw[i] = 0;
        lowest[i] = INT64_MAX;
        highest[i] = INT64_MIN;
    }
    for (int32_t node = 0; node < fleet->node_count; node++) {
        if (!gp_fits(fleet, node, shape, policy->sees)) {
            continue;
        }
        raw_scores(fleet, policy, constants, node, shape, raw);
        for (int32_t i = 0; i < policy->term_count; i++) {
            lowest[i] = raw[i] < lowest[i] ? raw[i] : lowest[i];
            highest[i] = raw[i] > highest[i] ? raw[i] : highest[i];
        }
    }
}

static int64_t finished_score(const GpFleet *fleet, const GpPolicy *policy,
                              const GpConstants *constants, int32_t node, const GpShape *shape,
                              const int64_t *lowest, const int64_t *highest)
{
    int64_t raw[GP_TERMS_MAX];
    int64_t sum = gp_score(fleet, policy, constants, node, shape);
    raw_scores(fleet, policy, constants, node, shape, raw);
    for (int32_t i = 0; i < policy->term_count; i++) {
        const GpWeightedTerm *weighted = &policy->terms[i];
        if (weighted->term->finish != NULL) {
            sum += weighted->weight *
                   weighted->term->finish(raw[i], lowest[i], highest[i], &weighted->options);
        }
    }
    return sum;
}

static int32_t scan_best(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                         const GpShape *shape)
{
    int64_t lowest[GP_TERMS_MAX];
    int64_t highest[GP_TERMS_MAX];
    uint32_t finished = gp_policy_finished(policy);
    if (finished != 0) {
        extremes_find(fleet, policy, constants, shape, lowest, highest);
    }
    int32_t best = -1;
    int64_t best_score = GP_INFEASIBLE;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        int64_t score = gp_score(fleet, policy, constants, node, shape);
        if (score == GP_INFEASIBLE) {
            continue;
        }
        if (finished != 0) {
            score = finished_score(fleet, policy, constants, node, shape, lowest, highest);
        }
        if (best < 0 || score > best_score ||
            (score == best_score && fleet->node_rank[node] < fleet->node_rank[best])) {
            best = node;
            best_score = score;
        }
    }
    return best;
}

/* The feasible node that has exactly `skip` feasible nodes of lower rank. Quadratic work is avoided
 * by counting first: the k-th in rank order is found by bisection over ranks. */
static int32_t scan_kth(const GpFleet *fleet, const GpPolicy *policy, const GpShape *shape,
                        uint64_t draw)
{
    int32_t feasible = 0;
    for (int32_t node = 0; node < fleet->node_count; node++) {
        feasible += gp_fits(fleet, node, shape, policy->sees);
    }
    if (feasible == 0) {
        return -1;
    }
    int64_t skip = gp_draw_below(draw, feasible);
    int32_t low = 0; /* the wanted rank lies in low..high */
    int32_t high = fleet->node_count - 1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int64_t below = 0;
        for (int32_t node = 0; node < fleet->node_count; node++) {
            below += fleet->node_rank[node] <= middle && gp_fits(fleet, node, shape, policy->sees);
        }
        if (below > skip) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    for (int32_t node = 0; node < fleet->node_count; node++) {
        if (fleet->node_rank[node] == low) {
            return node;
        }
    }
    return -1;
}

GpStatus gp_scan_pick(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                      const GpShape *shape, const GpDraw *draw, GpPlacement *placement)
{
    if (policy->pick == GP_PICK_RANDOM && draw == NULL) {
        return GP_BAD_ARGUMENT;
    }
    int32_t node = policy->pick == GP_PICK_RANDOM ? scan_kth(fleet, policy, shape, draw->node)
                                                  : scan_best(fleet, policy, constants, shape);
    if (node < 0) {
        return GP_NO_FIT;
    }
    return gp_choose_devices(fleet, policy, constants, node, shape, draw == NULL ? 0 : draw->device,
                             placement);
}
