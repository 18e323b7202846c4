/* charge.h - how many milli-GPU each task that holds devices is charged, and how much it has been
 * charged since somebody last asked.
 *
 * Whole devices and MIG instances are charged what they take. A slice is charged max(its milli-GPU,
 * its share of the card's memory, rounded up): memory that nobody else can have is not free. Slices
 * of one card can want more than the card that way (900 milli beside 90 % of the memory); then each
 * is charged its own milli-GPU, and what is left of the card goes to their memory in the order of
 * arrival. So no card is charged more than 1000.
 */
#ifndef SIM_EXPERIMENT_CHARGE_H
#define SIM_EXPERIMENT_CHARGE_H

#include "core/ledger.h"
#include "core/world.h"

/* A task's part of one device. */
typedef struct DeviceShare {
    TaskId task;
    int32_t own_milli;  /* what it asked for */
    int32_t want_milli; /* with its memory */
    int32_t charged_milli;
    int64_t next; /* the share that came after it on the same device; -1: none */
} DeviceShare;

typedef struct ChargeMeter {
    int64_t *type_milli;      /* [type] charged now */
    int64_t *type_used_milli; /* [type] in use as last seen: tells what a task takes */
    int32_t *device_milli;    /* [device] charged now; NULL: nothing fails in this run */
    int32_t *task_milli;      /* [task] charged now */
    int64_t *task_since_ms;   /* [task] */
    int64_t *task_charged;    /* [task] milli-GPU x ms up to task_since_ms, not taken yet */
    DeviceShare *shares;      /* [task_first_share ...]; NULL: no slice of this run states memory */
    int64_t *task_first_share; /* [task] */
    int64_t *device_shares;    /* [device] the first share; -1: none */
} ChargeMeter;

/* The world must be empty. False if memory ran out. */
bool charge_init(ChargeMeter *meter, Arena *arena, const World *world);

/* To be told of every fact by which a task takes devices (placed, resumed) or gives them back
 * (ended, evicted, suspended), after the World has changed. */
void charge_begins(ChargeMeter *meter, const World *world, const Fact *fact);
void charge_ends(ChargeMeter *meter, const World *world, const Fact *fact);

/* What the task has been charged since this was last asked, in milli-GPU x ms. */
int64_t charge_take(ChargeMeter *meter, TaskId task, int64_t now_ms);

/* The same without taking it. */
int64_t charge_open(const ChargeMeter *meter, TaskId task, int64_t now_ms);

#endif
