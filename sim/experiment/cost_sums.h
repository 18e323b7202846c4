/* cost_sums.h - the costs of one replication before they are rounded: exact integers.
 *
 * What follows from an amount and a constant rate (prices on demand, of commitments, of owned
 * nodes; energy) is not kept beside it. Money is in COST_HOUR parts of a nano-USD (cost_rates.h).
 */
#ifndef SIM_EXPERIMENT_COST_SUMS_H
#define SIM_EXPERIMENT_COST_SUMS_H

#include "core/cost.h"
#include "sim/experiment/result.h"

/* GPU time of one account in one charge period that one commitment covers, or none. */
typedef struct CostCell {
    int32_t period, type;
    int32_t tenant;     /* tenant_count: nobody's */
    int32_t account;    /* Account */
    int32_t commitment; /* commitment_count: none */
    int32_t older;      /* the cell of an earlier period, else alike; -1: none */
    Int128 amount;      /* milli-GPU ms ppm */
    Int128 spot;        /* of spot nodes: what it cost */
    Int128 energy;      /* of owned nodes: what its energy cost */
    Int128 carbon;      /* COST_HOUR parts of a microgram */
} CostCell;

/* For qsort: by period, type, tenant, account, commitment. */
int cost_cell_order(const void *a, const void *b);

/* What a commitment cost and might have covered in one charge period. */
typedef struct CommitmentSum {
    Int128 cost;         /* amortised, used or not */
    Int128 bought;       /* COMMITMENT_USAGE: milli-GPU ms ppm */
    Int128 eligible;     /* capacity in its scope during its term */
    Int128 eligible_usd; /* ... at the contracted price */
    Int128 eligible_own; /* ... at its own price */
    Int128 upfront;      /* billed in that period */
} CommitmentSum;

typedef struct CostSums {
    const CostModel *model;
    const Cluster *cluster;
    int32_t tenant_count;
    const char *const *tenant_name; /* as the replication names them */
    int32_t period_count;
    int64_t *period_begin_ms; /* [period_count + 1] the last is the end */
    int32_t cell_count;
    CostCell *cells;            /* by period, type, tenant, account, commitment */
    CommitmentSum *commitments; /* [period][commitment] */
    int32_t overhead_count;
    const char **overhead_name;
    Int128 *overhead;    /* [period][overhead] */
    Int128 nodes_energy; /* of nodes without GPUs: COST_HOUR parts of a microwatt-hour */
    Int128 nodes_carbon; /* ... of a microgram */
} CostSums;

/* What the GPU time of a cell cost, energy aside, and at which prices. */
Int128 cost_cell_effective(const CostSums *sums, const CostCell *cell);
Int128 cost_cell_contracted(const CostSums *sums, const CostCell *cell);
Int128 cost_cell_list(const CostSums *sums, const CostCell *cell);
Int128 cost_cell_energy(const CostSums *sums, const CostCell *cell); /* COST_HOUR parts of a uWh */

#endif
