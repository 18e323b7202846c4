/* repair.c - stages of repairs, and the crew that works on them.
 *
 * Diagnosis, then a part if one is needed, then a technician, hands on, burn-in. Whoever is needed
 * is asked for when everything else is there, so nobody stands beside an open machine and waits. A
 * repair that finds nothing takes as long, and the fault is back as soon as it is over.
 */
#include "sim/engine/repair.h"

#include "models/failure.h"
#include "sim/engine/faults.h"

bool repair_init(Engine *engine, Arena *arena)
{
    const Scenario *scenario = engine->world->scenario;
    const RemedyOptions *options = &scenario->policy.remedy_options;
    Shifts shifts = {.begin_ms = options->shift_begin_ms,
                     .length_ms = options->shift_length_ms,
                     .days = options->shift_days};
    shifts_start_at(&shifts, scenario->start_unix_ms);
    return crew_init(&engine->crew, arena, options->technicians, &shifts);
}

static RepairTimes times_of(const Engine *engine, const ActiveFault *active)
{
    return repair_times(engine->world->faults, &active->fault, (uint32_t)active->repairs);
}

static void repair_over(Engine *engine, int32_t slot, bool in_vain)
{
    Health *health = &engine->world->health;
    health->repaired++;
    if (in_vain) {
        health->no_fault_found++;
        fault_returns(engine, slot);
    } else {
        fault_over(engine, slot);
    }
}

/* How long the stage takes, and whether the repair goes through it. */
static int64_t stage_ms(Engine *engine, ActiveFault *active, const RepairTimes *times,
                        DownStage stage)
{
    int64_t now_ms = engine->world->now_ms;
    switch (stage) {
    case STAGE_DIAGNOSIS:
        return times->diagnosis_ms;
    case STAGE_PART:
        return times->part_ms;
    case STAGE_TECHNICIAN:
        if (times->technician && times->hands_on_ms > 0) {
            active->hands_on_ms = crew_give(&engine->crew, now_ms, times->hands_on_ms).begin_ms;
            return active->hands_on_ms - now_ms;
        }
        return 0;
    case STAGE_REPAIR:
        return times->technician
                   ? shift_end(&engine->crew.shifts, now_ms, times->hands_on_ms) - now_ms
                   : times->hands_on_ms;
    case STAGE_BURN_IN:
        return times->burn_in_ms;
    case STAGE_UNDETECTED:
    case STAGE_RECORDED:
    case STAGE_COUNT:
        break;
    }
    return 0;
}

/* The stage that comes after this one; STAGE_COUNT: none. */
static DownStage stage_after(DownStage stage)
{
    static const DownStage NEXT[STAGE_COUNT] = {
        [STAGE_UNDETECTED] = STAGE_DIAGNOSIS, [STAGE_DIAGNOSIS] = STAGE_PART,
        [STAGE_PART] = STAGE_TECHNICIAN,      [STAGE_TECHNICIAN] = STAGE_REPAIR,
        [STAGE_REPAIR] = STAGE_BURN_IN,       [STAGE_BURN_IN] = STAGE_COUNT,
        [STAGE_RECORDED] = STAGE_COUNT};
    return NEXT[stage];
}

/* Goes on to the first stage after this one that takes time. */
static void stage_next(Engine *engine, int32_t slot, DownStage stage)
{
    World *world = engine->world;
    ActiveFault *active = &world->health.slots[slot];
    RepairTimes times = times_of(engine, active);
    int64_t wait_ms = 0;
    while (wait_ms == 0 && (stage = stage_after(stage)) != STAGE_COUNT) {
        wait_ms = stage_ms(engine, active, &times, stage);
    }
    if (stage == STAGE_COUNT) {
        repair_over(engine, slot, times.no_fault_found);
        return;
    }
    if (active->stage != stage) {
        fault_stage(engine, slot, stage);
    }
    if (wait_ms < TIME_NEVER - world->now_ms) {
        event_queue_set(&world->events, EVENT_REPAIR, slot, world->now_ms + wait_ms);
    }
}

void repair_begin(Engine *engine, int32_t slot)
{
    World *world = engine->world;
    const ActiveFault *active = &world->health.slots[slot];
    Event pending;
    if (!active->active || world->health.kinds[active->fault.kind].cure != CURE_STAGES ||
        active->stage > STAGE_DIAGNOSIS ||
        event_queue_find(&world->events, EVENT_REPAIR, slot, &pending)) {
        return; /* it passes by itself, or is being worked on */
    }
    stage_next(engine, slot, STAGE_UNDETECTED);
}

/* Of one technician, from then until now, after the warm-up. */
static int64_t paid_ms(const Engine *engine, int64_t from_ms)
{
    int64_t now_ms = engine->world->now_ms;
    int64_t begin_ms = after_warmup(engine->world->scenario, from_ms);
    return begin_ms < now_ms ? shift_paid_ms(&engine->crew.shifts, begin_ms, now_ms) : 0;
}

/* What a technician has worked on it until now. */
static int64_t worked_ms(const Engine *engine, const ActiveFault *active)
{
    bool technician = times_of(engine, active).technician;
    return technician ? paid_ms(engine, active->hands_on_ms) : 0;
}

void repair_stage(Engine *engine, int32_t slot)
{
    ActiveFault *active = &engine->world->health.slots[slot];
    DownStage stage = (DownStage)active->stage;
    if (stage == STAGE_REPAIR) {
        engine->world->health.technician_worked_ms += worked_ms(engine, active);
    }
    stage_next(engine, slot, stage);
}

void repair_finish(Engine *engine)
{
    World *world = engine->world;
    Health *health = &world->health;
    for (int32_t slot = 0; slot < health->slot_count; slot++) {
        if (health->slots[slot].active && health->slots[slot].stage == STAGE_REPAIR) {
            health->technician_worked_ms += worked_ms(engine, &health->slots[slot]);
        }
    }
    health->technician_paid_ms = health->technician_worked_ms;
    if (engine->crew.count > 0) {
        health->technician_paid_ms = engine->crew.count * paid_ms(engine, 0);
    }
}
