/* ledger.h - where every paid GPU-millisecond goes: each to exactly one account.
 *
 * Amounts are kept as __int128 in milli-GPU x ms x ppm, by node type and tenant, and divided only
 * when printed, so the identity (sum of accounts = capacity paid for, per type) is tested with ==.
 * Rules: docs/ledger.md.
 */
#ifndef CORE_LEDGER_H
#define CORE_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/cluster.h"
#include "core/fact.h"
#include "core/policy.h"
#include "core/verdict.h"

__extension__ typedef __int128 Int128;

typedef enum LedgerGroup { GROUP_ALLOCATED, GROUP_IDLE, GROUP_UNAVAILABLE } LedgerGroup;

/* Codes index stored tables: append only. Accounts of later work are listed so that reports have
 * one order. */
typedef enum Account {
    ACCOUNT_PRODUCTIVE,
    ACCOUNT_IO_STALL,
    ACCOUNT_SLOW_DEVICE,
    ACCOUNT_STRAGGLER,
    ACCOUNT_ASSEMBLING,
    ACCOUNT_HUNG,
    ACCOUNT_CHECKPOINT,
    ACCOUNT_STARTUP,
    ACCOUNT_LOST,
    ACCOUNT_HELD_IDLE,
    ACCOUNT_BLOCKED,
    ACCOUNT_FRAGMENTED,
    ACCOUNT_SHORT,
    ACCOUNT_NO_DEMAND,
    ACCOUNT_DOWN,
    ACCOUNT_DRAINED,
    ACCOUNT_PROVISIONING,
    ACCOUNT_SPARE,
    ACCOUNT_COUNT
} Account;

typedef enum ProductiveSub {
    PRODUCTIVE_COMPLETED,
    PRODUCTIVE_CANCELLED,
    PRODUCTIVE_FAILED,
    PRODUCTIVE_RUNNING
} ProductiveSub;

#define LEDGER_SUBS 10 /* sub-accounts of one account: dimensions, reasons, ends */

const char *account_name(Account account);
LedgerGroup account_group(Account account);
const char *account_group_name(Account account); /* allocated, idle, unavailable */
int account_sub_count(Account account);          /* 0: no sub-accounts */
const char *account_sub_name(Account account, int sub);

/* How busy a device counter shows the GPU in that account, in ppm: at least, at most. Sources:
 * docs/ledger.md. */
typedef struct Visibility {
    int32_t low_ppm, high_ppm;
} Visibility;
Visibility account_visibility(Account account);

typedef struct Ledger {
    int32_t type_count;
    int32_t tenant_count; /* the last row, [tenant_count], is "no tenant" */
    Int128 *amount;   /* [type][tenant_count + 1][ACCOUNT_COUNT][LEDGER_SUBS] milli-GPU ms ppm */
    Int128 *capacity; /* [type] */
    uint8_t *touched; /* [type][tenant_count + 1] posted to since somebody last cleared it */
} Ledger;

bool ledger_init(Ledger *ledger, Arena *arena, int32_t type_count, int32_t tenant_count);
void ledger_clear(Ledger *ledger); /* all accounts and the capacity are 0 again */
void ledger_post(Ledger *ledger, int32_t type, int32_t tenant /* -1: none */, Account account,
                 int sub, Int128 amount_milli_ms_ppm);
Int128 ledger_sum(const Ledger *ledger, int32_t type /* -1: all */,
                  int32_t tenant /* -2: all, -1: none */, Account account, int sub /* -1: all */);
bool ledger_balances(const Ledger *ledger); /* the identity, per type */
double ledger_gpu_hours(Int128 amount_milli_ms_ppm);

/* ---- allocated: what a running task does with its GPUs ----
 *
 * Parts of GP_PPM that sum to it. usage: what it would use if nothing held it up; own: its speed if
 * it were alone, of its causes; gang: the speed of the slowest member, at most own. Floored in this
 * order, the last that applies takes the remainder. */
typedef struct RunSplit {
    int32_t held_idle_ppm;
    int32_t productive_ppm;
    int32_t cause_ppm; /* io_stall of a dimension, or slow_device: whatever limits it */
    int32_t straggler_ppm;
} RunSplit;

RunSplit run_split(int32_t usage_ppm, int32_t own_ppm, int32_t gang_ppm);

/* ---- idle: who gets a free GPU-millisecond (docs/ledger.md) ----
 *
 * Claims come in three rounds (what is blocked, then fragmented, then short), each in queue order;
 * the caller walks its queue and stops as soon as nothing is left. */

typedef struct Claim {
    Verdict verdict;
    BlockReason reason; /* for VERDICT_FITS */
    int64_t demand_milli;
    uint64_t model_set; /* 0: any */
    uint64_t group_set; /* 0: any */
    int32_t tenant;
} Claim;

typedef struct IdleBooks {
    Ledger *ledger;
    const GpNodeType *types;
    int64_t *free_milli;                 /* [type] what nobody has claimed yet */
    int64_t left_milli;                  /* its sum */
    int64_t (*taken_milli)[LEDGER_SUBS]; /* [3] of ACCOUNT_BLOCKED + i by sub-account, added to as
                                          * claims come; NULL: nobody asks */
    int64_t duration_ms;
} IdleBooks;

/* Opens the books of an interval in which free_milli[type], which they consume, were free. */
IdleBooks idle_open(Ledger *ledger, const Cluster *cluster, int64_t *free_milli,
                    int64_t duration_ms);

/* Posts up to the claim's demand; returns what it got. Less than the demand: on the types that it
 * may claim nothing is left. A claim that is short of a GPU model, or of nodes of its group, goes
 * on to claim what is free of another: it idles because the demand is for this one. */
int64_t idle_claim(IdleBooks *idle, const Claim *claim);

/* What is left is no demand. */
void idle_close(IdleBooks *idle);

#endif
