/* fill.h - an amount divided among siblings: the arithmetic of shares on plain rows, whole numbers
 * only. */
#ifndef SIM_POLICIES_FILL_H
#define SIM_POLICIES_FILL_H

#include "core/policy.h"

/* Volcano's weighted filling: each round every row that is not met gets what remains by weight, at
 * most its cap and its request, at least what it owns (its guarantee), until nothing changes. Uses
 * weight, request, owned, cap. The result is rounded down to whole units; the units that this leaves
 * go one each to the largest fractions, then to the first row. */
void fill_proportion(ShareRow *rows, int32_t count, int64_t amount);

/* How KAI counts past usage. */
typedef struct KaiFill {
    int64_t amount;
    int64_t unit;      /* rounds hand out whole ones: 1000 milli-GPU */
    int64_t usage_ppm; /* k: how much usage lowers a weight; 0: not */
} KaiFill;

/* KAI's fair share: first min(owned, request) for each (owned is the quota; QUEUE_UNLIMITED: the
 * whole amount), then what is left by priority, inside a priority by weight in rounds of whole
 * units, then the units that rounding left. Requests count up to cap. Source: docs/shares.md. */
void fill_kai(ShareRow *rows, int32_t count, const KaiFill *fill);

#endif
