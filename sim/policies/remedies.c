/* remedies.c - what remedy policies share: which fault it is, and what mends it. */
#include "sim/policies/remedies.h"

#include "core/world.h"

const RemedyAction REMEDY_NOTHING = {.grace_ms = TIME_NEVER, .deadline_ms = TIME_NEVER};

bool remedy_is_out(const Notice *notice)
{
    return notice->fault->effect == EFFECT_NODE_OUT || notice->fault->effect == EFFECT_DOMAIN_OUT;
}

bool remedy_is_gpu(const Notice *notice)
{
    if (notice->silent_only) {
        return false;
    }
    switch ((FaultClass)notice->fault->class_of) {
    case FAULT_CLASS_CONTAINED:
    case FAULT_CLASS_UNCONTAINED:
    case FAULT_CLASS_NVLINK:
    case FAULT_CLASS_BUS:
    case FAULT_CLASS_DRIVER:
        return true;
    case FAULT_CLASS_OTHER:
    case FAULT_CLASS_SLOW: /* so hot that it is off */
        return notice->fault->effect == EFFECT_GPU_OUT;
    case FAULT_CLASS_APPLICATION:
    case FAULT_CLASS_LANE:
    case FAULT_CLASS_COUNT:
        break;
    }
    return false;
}

RemedyAction remedy_give_up(const Notice *notice, uint8_t cure)
{
    RemedyAction action = REMEDY_NOTHING;
    action.cordon = WHOM_NODE;
    action.evict = WHOM_NODE;
    action.limited = !notice->fault->planned;
    action.cure = cure;
    return action;
}

uint8_t remedy_by_people(const Notice *notice)
{
    return notice->fault->cure == CURE_STAGES ? CURE_STAGES : CURE_TIME;
}

static uint8_t first_step(const Notice *notice)
{
    switch ((FaultClass)notice->fault->class_of) {
    case FAULT_CLASS_NVLINK:
        return notice->same_class > 1 ? CURE_STAGES : CURE_RESET;
    case FAULT_CLASS_BUS:
        return CURE_REBOOT;
    case FAULT_CLASS_LANE:
        return remedy_by_people(notice);
    case FAULT_CLASS_OTHER:
        return remedy_is_out(notice) ? CURE_REBOOT : CURE_RESET;
    case FAULT_CLASS_APPLICATION:
        return CURE_TIME;
    case FAULT_CLASS_CONTAINED:
    case FAULT_CLASS_UNCONTAINED:
    case FAULT_CLASS_DRIVER:
    case FAULT_CLASS_SLOW:
    case FAULT_CLASS_COUNT:
        break;
    }
    return CURE_RESET;
}

uint8_t remedy_ladder(const Notice *notice)
{
    int32_t first = first_step(notice);
    if (remedy_is_out(notice) && first < CURE_REBOOT) {
        first = CURE_REBOOT;
    }
    int32_t step = first + (first == CURE_TIME ? 0 : notice->timers);
    return (uint8_t)(step < CURE_STAGES ? step : CURE_STAGES);
}

uint8_t remedy_whom(const World *world, uint8_t cure)
{
    return world->scenario->policy.remedy_options.partial && cure <= CURE_RESET ? WHOM_DEVICES
                                                                                : WHOM_NODE;
}
