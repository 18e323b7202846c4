/* amounts.h - the ledger of a variant in whole millionths that add up. */
#ifndef SIM_REPORT_AMOUNTS_H
#define SIM_REPORT_AMOUNTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"

#define MICRO 1000000

/* Sub-accounts that hold something sum to their account, accounts to the total: exactly. */
typedef struct Amounts {
    int64_t total;
    int64_t account[ACCOUNT_COUNT];
    int64_t sub[ACCOUNT_COUNT][LEDGER_SUBS];
} Amounts;

/* `unit`: "gpu_hours" or "usd" of the ledger of a row of `variants`. Dollars are those of the cost
 * book, where there is one; else the total is rounded and its parts are by largest remainder.
 * False: there are no such figures, or none that a run writes.
 */
bool amounts_read(const json_t *variant, const char *unit, Amounts *amounts);

/* In steps of `step` millionths, as they are printed: they still add up. */
void amounts_round(const Amounts *amounts, int64_t step, Amounts *rounded);

/* to - from, everywhere. */
void amounts_less(const Amounts *to, const Amounts *from, Amounts *change);

/* What is paid beside GPU time in micro-USD; name NULL: all of it. 0: nothing, or nobody says. */
int64_t overhead_read(const json_t *variant, const char *name);

/* A figure of money or time in millionths, rounded; false: not finite or beyond 2e12. */
bool micro_of(double value, int64_t *micro);

#endif
