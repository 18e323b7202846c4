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

static RemedyAction react(const World *world, const Notice *notice)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    RemedyAction action = REMEDY_NOTHING;
    uint8_t cure = remedy_ladder(notice);
    if (cure == CURE_RESET && !options->partial) { /* a reset is for drains of one GPU */
        cure = CURE_REBOOT;
    }
    bool slow = notice->fault->class_of == FAULT_CLASS_SLOW;
    if (remedy_is_gpu(notice)) {
        bool idle_first = notice->fault->class_of == FAULT_CLASS_CONTAINED && notice->timers == 0;
        action.cordon = WHOM_NODE;
        action.evict = remedy_whom(world, cure);
        action.cure = cure;
        drain(options, &action);
        if (idle_first) { /* a remapped row wants a reset, but not at once */
            action.cordon = WHOM_DEVICES;
            action.when = WHEN_ENDED;
            action.deadline_ms = TIME_NEVER;
        }
    } else if (remedy_is_out(notice)) {
        action = remedy_give_up(cure);
    } else if (slow || notice->fault->class_of == FAULT_CLASS_LANE) { /* not fatal: kept free */
        action.cordon = slow ? WHOM_DEVICES : WHOM_NODE;
        action.cure = remedy_by_people(notice);
    }
    action.ban = action.cordon != WHOM_NOBODY && options->ban_faults > 0 &&
                 notice->node_faults >= options->ban_faults;
    return action;
}

const RemedyPolicy remedy_nvsentinel = {
    .name = "nvsentinel",
    .summary = "cordons, drains in part or whole, resets, reboots, escalates; with a breaker",
    .react = react,
};
