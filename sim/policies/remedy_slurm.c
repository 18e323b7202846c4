/* remedy_slurm.c - a node that does not answer for SlurmdTimeout is DOWN: its jobs end with
 * NODE_FAIL and are requeued. GPUs are not looked at: the health-check program is off as installed.
 */
#include "sim/policies/policies.h"
#include "sim/policies/remedies.h"

static RemedyAction react(const World *world, const Notice *notice)
{
    (void)world;
    if (!remedy_is_out(notice)) {
        return REMEDY_NOTHING;
    }
    bool reboots = notice->fault->cure == CURE_RESET || notice->fault->cure == CURE_REBOOT;
    return remedy_give_up(notice, reboots ? CURE_REBOOT : remedy_by_people(notice));
}

const RemedyPolicy remedy_slurm = {
    .name = "slurm",
    .summary = "a silent node is down, its jobs are requeued",
    .react = react,
};
