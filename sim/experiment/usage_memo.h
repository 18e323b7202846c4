/* usage_memo.h - what showback needs to know beside the ledger, which stays as it is: GPU-hours
 * counted as cards, and use beyond what was asked for. Rules: docs/showback.md.
 */
#ifndef SIM_EXPERIMENT_USAGE_MEMO_H
#define SIM_EXPERIMENT_USAGE_MEMO_H

#include "core/world.h"
#include "sim/experiment/result.h"

/* What tasks hold now of nodes of one type, by tenant: rows as in UsageMemo. */
typedef struct UsageMeter {
    UsageMemo *memo;
    int64_t *cards_milli; /* [row] */
    Int128 *over_rate;    /* [row] milli-GPU ppm */
    int64_t *since_ms;    /* [row] */
    int64_t from_ms;      /* what was before is not counted: the warm-up */
} UsageMeter;

/* The memo and its columns live in result_arena. The world must be empty. False if memory ran out.
 */
bool usage_meter_init(UsageMeter *meter, Arena *run_arena, Arena *result_arena, const World *world);
Observer usage_meter_observer(UsageMeter *meter);

/* ---- idle GPUs behind quotas that are not used ---- */

/* Queues with a GPU quota of their own, none of which is above another that has one. */
typedef struct QuotaIdle {
    int32_t count; /* 0: nobody has one, or nobody asks */
    QueueId *queue;
    int64_t *nominal_milli, *unused_milli; /* [count] */
    UsageMemo *memo;
    int64_t from_ms;
} QuotaIdle;

/* Gives the memo its column quota_idle if some queue has a quota. False if memory ran out. */
bool quota_idle_init(QuotaIdle *quota, Arena *run_arena, Arena *result_arena, const World *world,
                     UsageMemo *memo);

/* From from_ms to to_ms so much was idle: each quota's owner has its part of it, by what it leaves
 * unused; of more idle GPUs than that the rest is nobody's. */
void quota_idle_post(QuotaIdle *quota, const World *world, const int64_t *free_milli /* [type] */,
                     int64_t from_ms, int64_t to_ms);

#endif
