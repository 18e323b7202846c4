/* choose.c - a policy: its terms, and the score that they give one node. */
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

void gp_view_study(GpView *view, const GpPolicy *policy, const GpConstants *constants,
                   const GpShape *shape)
{
    view->sees = policy->sees;
    view->constants = constants;
    view->shape = shape;
    view->options = NULL;
    view->node_value = 0.0;
}

void gp_node_values_fill(GpView *view, const GpPolicy *policy, double *node_values)
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
    if (fleet->node_present[node] == 0) {
        return GP_INFEASIBLE;
    }
    double node_values[GP_TERMS_MAX];
    GpView view;
    gp_view_node(&view, fleet, node);
    gp_view_study(&view, policy, constants, shape);
    if (!gp_view_fits(&view, shape, policy->sees)) {
        return GP_INFEASIBLE;
    }
    gp_node_values_fill(&view, policy, node_values);
    return gp_view_score(&view, policy, node_values);
}
