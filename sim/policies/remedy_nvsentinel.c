/* remedy_nvsentinel.c - faults of GPUs are read from their Xids: the node is cordoned, drained in
 * part or whole as its mode says, reset or rebooted; what does not help is followed by more.
 *
 * Source: NVSentinel's documentation (modes, partial drain, circuit breaker, escalation); which Xid
 * wants what: docs/remedies.md. Nodes that fall silent are Kubernetes' own.
 */
#include "core/world.h"
#include "sim/policies/policies.h"
#include "sim/policies/remedies.h"

/* Who still works on what is to be mended. */
static void drain(const RemedyOptions *options, RemedyAction *action)
{
    switch ((DrainMode)options->drain) {
    case DRAIN_IMMEDIATE:
        action->when = WHEN_NOW;
        action->grace_ms = options->drain_grace_ms;
        break;
    case DRAIN_COMPLETION:
        action->when = WHEN_ENDED;
        break;
    case DRAIN_TIMEOUT:
        action->when = WHEN_ENDED;
        action->deadline_ms = options->drain_timeout_ms;
        break;
    }
}

/* A faulty GPU: closed and drained with its node, or alone. A remapped row wants a reset, but only
 * when the GPU is idle next. */
static RemedyAction gpu_faulty(const World *world, const Notice *notice)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    RemedyAction action = REMEDY_NOTHING;
    action.cure = remedy_ladder(notice);
    if (notice->fault->class_of == FAULT_CLASS_CONTAINED && action.cure == CURE_RESET) {
        action.cordon = action.evict = WHOM_DEVICES;
        action.when = WHEN_ENDED;
        return action;
    }
    if (action.cure == CURE_RESET && !options->partial) { /* a reset is for drains of one GPU */
        action.cure = CURE_REBOOT;
    }
    action.cordon = WHOM_NODE;
    action.evict = remedy_whom(world, action.cure);
    drain(options, &action);
    return action;
}

/* It works, but worse: it takes nothing new, and is drained below the score. */
static RemedyAction degraded(const World *world, const Notice *notice)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    RemedyAction action = REMEDY_NOTHING;
    bool slow = notice->fault->class_of == FAULT_CLASS_SLOW;
    if (!slow && notice->fault->class_of != FAULT_CLASS_LANE) {
        return action;
    }
    action.cordon = slow ? WHOM_DEVICES : WHOM_NODE;
    action.cure = remedy_by_people(notice);
    if (notice->score_ppm < options->score_min_ppm) {
        action.evict = action.cordon;
        action.cure = remedy_ladder(notice);
        drain(options, &action);
    }
    return action;
}

static RemedyAction react(const World *world, const Notice *notice)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    RemedyAction action = remedy_is_gpu(notice)   ? gpu_faulty(world, notice)
                          : remedy_is_out(notice) ? remedy_give_up(notice, remedy_ladder(notice))
                                                  : degraded(world, notice);
    action.ban = action.cordon != WHOM_NOBODY && options->ban_faults > 0 &&
                 notice->node_faults >= options->ban_faults;
    return action;
}

const RemedyPolicy remedy_nvsentinel = {
    .name = "nvsentinel",
    .summary = "cordons, drains in part or whole, resets, reboots, escalates; with a breaker",
    .reads_nodes = true,
    .react = react,
};
