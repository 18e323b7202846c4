/* remedy_agent.c - an agent with a health score for each node: what falls below a threshold is left
 * by the jobs, now, at their next checkpoint or when they end; faulty GPUs are reset, nodes
 * rebooted, lemons banned.
 *
 * Stands for autonomous remediation as articles describe it; no algorithm is published, so each of
 * its numbers is an option, and what it saves is measured, never assumed.
 */
#include "core/world.h"
#include "sim/policies/policies.h"
#include "sim/policies/remedies.h"

#define ASK_AGAIN_MS INT64_C(60000)

/* Does the scheduler look at every lane that the fault leaves less of? Only then telling it so
 * keeps jobs away that need more. */
static bool packer_sees(const World *world, const FaultKind *fault)
{
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (fault->keep_ppm[axis] < GP_PPM &&
            (world->scenario->policy.pack.sees >> axis & 1) == 0) {
            return false;
        }
    }
    return true;
}

/* Do those who suffer ask for what they lack? Who needs it without asking the packer would put
 * back. */
static bool sufferers_ask(const World *world, const Notice *notice)
{
    int32_t score_min_ppm = world->scenario->policy.remedy_options.score_min_ppm;
    for (TaskId task = world->node_first[notice->node]; task >= 0 && world->task_rate_ppm != NULL;
         task = world->task_next[task]) {
        int64_t lanes[GP_AXES];
        world_task_lanes(world, world->jobs->task_job[task], lanes);
        for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
            if (world->task_rate_ppm[task] < score_min_ppm &&
                notice->fault->keep_ppm[axis] < GP_PPM && lanes[axis] == 0) {
                return false;
            }
        }
    }
    return true;
}

/* It works, but worse: whoever suffers leaves if there is another place. */
static void degraded(const World *world, const Notice *notice, RemedyAction *action)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    bool slow = notice->fault->effect == EFFECT_DEVICE_SLOW;
    bool lane = notice->fault->effect == EFFECT_DERATED;
    if (!slow && !lane) {
        return;
    }
    action->derate = lane && options->derates && packer_sees(world, notice->fault) &&
                     sufferers_ask(world, notice);
    if (notice->score_ppm >= options->score_min_ppm) {
        return;
    }
    uint8_t whom = slow ? WHOM_DEVICES : WHOM_NODE;
    action->cordon = action->derate ? WHOM_NOBODY : whom;
    action->evict = whom;
    action->when = (uint8_t)options->move_when;
    action->needs_room = true;
    action->after_ms = action->derate ? 0 : ASK_AGAIN_MS;
    action->cure = slow ? remedy_ladder(notice) : remedy_by_people(notice);
}

static RemedyAction react(const World *world, const Notice *notice)
{
    const RemedyOptions *options = &world->scenario->policy.remedy_options;
    RemedyAction action = REMEDY_NOTHING;
    if (notice->node < 0) {
        return action;
    }
    uint8_t cure = remedy_ladder(notice);
    if (remedy_is_gpu(notice)) {
        bool lives = notice->fault->class_of == FAULT_CLASS_CONTAINED;
        action.cordon = action.evict = remedy_whom(world, cure);
        action.when = lives && notice->timers == 0 ? WHEN_CHECKPOINT : WHEN_NOW;
        action.cure = cure;
    } else if (remedy_is_out(notice)) { /* what it sees itself waits for nobody's turn */
        action = remedy_give_up(notice, cure);
        action.limited = action.limited && notice->silent_only;
    } else {
        degraded(world, notice, &action);
    }
    action.ban = options->ban_faults > 0 && notice->node_faults >= options->ban_faults;
    return action;
}

const RemedyPolicy remedy_agent = {
    .name = "agent",
    .summary = "moves jobs off nodes of a low health score, resets, reboots, bans lemons",
    .reads_nodes = true,
    .react = react,
};
