/* build_slots.c - rules and options of a scheduler's slots: the preset's, key by key overridden;
 * a rule that is not the preset's starts from that rule's own options. */
#include <string.h>

#include "sim/policies/registry.h"
#include "sim/scenario/build_policy.h"

/* ---- options ---- */

void take_amount(int64_t *option, const SpecNumber *given)
{
    if (given->node != NULL) {
        *option = given->value;
    }
}

void take_count(int32_t *option, const SpecNumber *given)
{
    if (given->node != NULL) {
        *option = (int32_t)given->value;
    }
}

void take_yes(bool *option, const SpecNumber *given)
{
    if (given->node != NULL) {
        *option = given->value != 0;
    }
}

void take_choice(int32_t *option, const SpecText *given, const KeyObject *object, const char *key)
{
    if (given->value != NULL) {
        *option = key_choice_index(key_row(object, key), given->value);
    }
}

/* Weights are whole points, kept in thousandths. */
static void take_weight(int64_t *option, const SpecNumber *given)
{
    if (given->node != NULL) {
        *option = given->value * 1000;
    }
}

static bool same_rule(const SpecText *rule, const char *preset_rule)
{
    return rule->value == NULL || strcmp(rule->value, preset_rule) == 0;
}

bool build_options_belong(Loader *loader, const Node *node, const KeyObject *object,
                          const char *rule)
{
    bool good = true;
    for (const Node *child = node == NULL ? NULL : node->first; child != NULL;
         child = child->next) {
        const KeyRow *row = key_row(object, child->key);
        if (row == NULL || key_belongs(row, rule)) {
            continue;
        }
        char help[200] = "it is an option of: ";
        for (int i = 0; row->rules[i] != NULL && strlen(help) + strlen(row->rules[i]) < 190; i++) {
            strcat(strcat(help, i > 0 ? ", " : ""), row->rules[i]);
        }
        REPORT_KEY(loader, child, "conflict", help, "`%s` means nothing to the rule `%s` of %s",
                   row->name, rule, object->name);
        good = false;
    }
    return good;
}

/* ---- one slot each ---- */

static bool build_order(Loader *loader, const OrderSpec *spec, const Preset *from,
                        PolicySet *policy)
{
    const char *rule = spec->rule.value != NULL ? spec->rule.value : from->order;
    OrderOptions *options = &policy->order_options;
    policy->order = order_policy(rule);
    *options = same_rule(&spec->rule, from->order) ? from->order_options : ORDER_OPTIONS_DEFAULT;
    take_choice(&options->age_from, &spec->age_from, &KEYS_ORDER, "age_from");
    take_amount(&options->recompute_ms, &spec->recompute_ms);
    take_weight(&options->age_weight, &spec->age);
    take_weight(&options->fairshare_weight, &spec->fairshare);
    take_weight(&options->size_weight, &spec->size);
    take_weight(&options->queue_weight, &spec->queue);
    take_amount(&options->age_max_ms, &spec->age_max_ms);
    take_amount(&options->half_life_ms, &spec->half_life_ms);
    return build_options_belong(loader, spec->node, &KEYS_ORDER, rule);
}

static bool build_share(Loader *loader, const ShareSpec *spec, const Preset *from,
                        PolicySet *policy)
{
    const char *rule = spec->rule.value != NULL ? spec->rule.value : from->share;
    ShareOptions *options = &policy->share_options;
    policy->share = share_policy(rule);
    *options = same_rule(&spec->rule, from->share) ? from->share_options : SHARE_OPTIONS_DEFAULT;
    take_amount(&options->usage_weight_ppm, &spec->usage_weight_ppm);
    take_amount(&options->window_ms, &spec->window_ms);
    take_amount(&options->half_life_ms, &spec->half_life_ms);
    return build_options_belong(loader, spec->node, &KEYS_SHARE, rule);
}

static bool build_admit(Loader *loader, const AdmitSpec *spec, const Preset *from,
                        PolicySet *policy)
{
    const char *rule = spec->rule.value != NULL ? spec->rule.value : from->admit;
    AdmitOptions *options = &policy->admit_options;
    policy->admit = admit_policy(rule);
    *options = same_rule(&spec->rule, from->admit) ? from->admit_options : ADMIT_OPTIONS_DEFAULT;
    take_amount(&options->overcommit_ppm, &spec->overcommit_ppm);
    take_yes(&options->queue_gate, &spec->queue_limit);
    take_yes(&options->borrow_first, &spec->borrow_first);
    take_yes(&options->nonpreemptible_in_quota, &spec->nonpreemptible_in_quota);
    return build_options_belong(loader, spec->node, &KEYS_ADMIT, rule);
}

static bool build_scan(Loader *loader, const PolicySpec *spec, const Preset *from,
                       PolicySet *policy)
{
    const ScanSpec *scan = &spec->scan;
    const char *rule = scan->rule.value != NULL ? scan->rule.value : from->scan;
    ScanOptions *options = &policy->scan_options;
    policy->scan = scan_policy(rule);
    *options = same_rule(&scan->rule, from->scan) ? from->scan_options : SCAN_OPTIONS_DEFAULT;
    take_yes(&options->per_queue, &scan->per_queue);
    take_count(&options->depth, &scan->depth);
    take_count(&options->plan_depth, &scan->plan_depth);
    take_amount(&options->window_ms, &scan->window_ms);
    take_amount(&options->resolution_ms, &scan->resolution_ms);
    take_amount(&options->every_ms, &spec->backfill_every_ms);
    bool plans = policy->scan->behind == SCAN_HEAD_RESERVES ||
                 policy->scan->behind == SCAN_EVERYBODY_RESERVES;
    if (spec->backfill_every_ms.node != NULL && !plans) {
        REPORT_KEY(loader, spec->backfill_every_ms.node, "conflict",
                   "it is about scan: easy and conservative",
                   "`backfill_every` means nothing to the rule `%s` of policy.scan", rule);
        return false;
    }
    return build_options_belong(loader, scan->node, &KEYS_SCAN, rule);
}

static bool build_evict(Loader *loader, const EvictSpec *spec, const Preset *from,
                        PolicySet *policy)
{
    const char *rule = spec->rule.value != NULL ? spec->rule.value : from->evict;
    EvictOptions *options = &policy->evict_options;
    policy->evict = evict_policy(rule);
    *options = same_rule(&spec->rule, from->evict) ? from->evict_options : EVICT_OPTIONS_DEFAULT;
    take_choice(&options->mode, &spec->mode, &KEYS_EVICT, "mode");
    take_choice(&options->within_queue, &spec->preempt, &KEYS_EVICT, "preempt");
    take_choice(&options->reclaim, &spec->reclaim, &KEYS_EVICT, "reclaim");
    take_yes(&options->by_queue_priority, &spec->by_queue_priority);
    take_amount(&options->borrow_priority, &spec->borrow_priority);
    take_count(&options->moves_max, &spec->moves_max);
    take_yes(&options->consolidates, &spec->consolidate);
    take_amount(&options->preemptible_below, &spec->preemptible_below);
    take_yes(&options->fair, &spec->fair);
    take_yes(&options->breaks_gangs, &spec->break_gangs);
    take_yes(&options->drf, &spec->drf);
    bool parts = policy->evict->propose != NULL && !policy->evict->whole_jobs;
    if (options->mode == EVICT_SUSPEND && parts) {
        REPORT_KEY(loader, spec->mode.node, "conflict", "use one of: tier, qos, kueue",
                   "the rule `%s` stops single tasks, and only whole jobs can be suspended", rule);
        return false;
    }
    return build_options_belong(loader, spec->node, &KEYS_EVICT, rule);
}

/* ---- what belongs to no rule ---- */

static bool build_estimates(Loader *loader, const EstimatesSpec *spec, const Preset *from,
                            PolicySet *policy)
{
    policy->estimates = from->estimates;
    take_choice(&policy->estimates, &spec->rule, &KEYS_ESTIMATES, "rule");
    if (spec->factor_ppm.node == NULL) {
        return true;
    }
    policy->estimates = ESTIMATE_FACTOR;
    policy->estimate_factor_ppm = spec->factor_ppm.value;
    if (spec->rule.node != NULL) {
        REPORT_KEY(loader, spec->factor_ppm.node, "conflict", "keep one of the two",
                   "`policy.estimates` has a rule and a factor");
        return false;
    }
    return true;
}

static void build_place(const PolicySpec *spec, const Preset *from, PolicySet *policy)
{
    policy->place = from->place;
    take_choice(&policy->place.gangs, &spec->gangs, &KEYS_POLICY, "gangs");
    take_choice(&policy->place.topology, &spec->topology, &KEYS_POLICY, "topology");
    take_count(&policy->place.candidates, &spec->candidates);
}

bool build_slots(Loader *loader, const PolicySpec *spec, const Preset *from, PolicySet *policy)
{
    policy->preset = from->name;
    policy->cycle_ms = from->cycle_ms;
    policy->requeue_delay_ms = from->requeue_delay_ms;
    policy->limit_check_ms = from->limit_check_ms;
    take_amount(&policy->cycle_ms, &spec->cycle_ms);
    take_amount(&policy->requeue_delay_ms, &spec->requeue_delay_ms);
    take_amount(&policy->limit_check_ms, &spec->limit_check_ms);
    build_place(spec, from, policy);
    bool good = build_order(loader, &spec->order, from, policy);
    good = build_share(loader, &spec->share, from, policy) && good;
    good = build_admit(loader, &spec->admit, from, policy) && good;
    good = build_scan(loader, spec, from, policy) && good;
    good = build_evict(loader, &spec->evict, from, policy) && good;
    good = build_remedy(loader, &spec->remedy, from, policy) && good;
    return build_estimates(loader, &spec->estimates, from, policy) && good;
}
