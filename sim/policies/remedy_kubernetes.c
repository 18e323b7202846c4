/* remedy_kubernetes.c - silence is noticed after a grace, pods leave after their toleration, a few
 * nodes at a time; a GPU that reports a critical Xid is no longer counted, its pods stay.
 *
 * Sources: node life-cycle controller and taint-based eviction of Kubernetes; health checks of the
 * NVIDIA device plugin. Grace, toleration, rate and brake are options: the engine keeps them.
 */
#include "sim/policies/policies.h"
#include "sim/policies/remedies.h"

static RemedyAction react(const World *world, const Notice *notice)
{
    RemedyAction action = REMEDY_NOTHING;
    (void)world;
    if (remedy_is_out(notice)) { /* whoever is on call turns it off and on again */
        bool reboots = notice->fault->cure == CURE_RESET || notice->fault->cure == CURE_REBOOT;
        return remedy_give_up(notice, reboots ? CURE_REBOOT : remedy_by_people(notice));
    }
    if (remedy_is_gpu(notice)) {
        action.cordon = WHOM_DEVICES;
        action.cure = remedy_by_people(notice);
    }
    return action;
}

const RemedyPolicy remedy_kubernetes = {
    .name = "kubernetes",
    .summary = "grace, toleration, a zone's brake; an unhealthy GPU is not counted any more",
    .react = react,
};
