/* hdf5_charges.h - the cost book of a variant in a result file, and back: all that a bill needs.
 *
 * Below /variants/NAME: `charges`, one row for each CostRow; `commitments`, one for each period and
 * commitment; `overheads`, one for each period and line; `prices`, one for each node type. Amounts
 * of money are whole micro-USD. Layout: docs/results.md.
 */
#ifndef SIM_REPORT_HDF5_CHARGES_H
#define SIM_REPORT_HDF5_CHARGES_H

#include "core/arena.h"
#include "sim/experiment/result.h"
#include "sim/report/hdf5_columns.h"
#include "sim/report/hdf5_read_columns.h"

typedef struct ChargeType {
    const char *name, *model; /* model "": a node without GPUs */
    const char *source;       /* whose prices; "": not said */
    Purchase purchase;
    int32_t gpus;             /* of a node */
    int64_t list, contracted; /* nano-USD for each GPU-hour; of spot nodes: the list price, 0: not
                               * given; of owned ones: the sum of their parts, energy aside */
} ChargeType;

typedef struct ChargeCommitment {
    const char *name;
    CommitmentKind kind;
    int64_t nano_usd_per_gpu_hour; /* COMMITMENT_USAGE */
    int64_t micro_usd_per_hour;    /* COMMITMENT_SPEND */
    int64_t discount_ppm;
    int64_t gpu_milli;
    int64_t from_ms, to_ms;
    int64_t upfront_ppm;
} ChargeCommitment;

/* The same from a result file and from a run that has just ended. */
typedef struct Charges {
    const char *variant;
    int64_t start_unix_ms;
    int32_t replications; /* that the book is the mean of */
    const CostBook *book; /* accounts, tenants and periods as there */
    int32_t type_count;
    const ChargeType *types;             /* [type_count] */
    const ChargeCommitment *commitments; /* [book->commitment_count] */
    const char *const *overhead_source;  /* [book->overhead_count] "": not said */
    Billing billing;
} Charges;

/* Points into the variant. NULL if memory ran out. */
const Charges *charges_of_variant(const VariantResult *variant, Arena *arena);

/* The tables of a variant that has a cost book. */
bool charges_tables(H5Group parent, const VariantResult *variant);

/* STATUS_OK with *charges NULL: the variant has no cost book. */
Status charges_read(const ResultFile *file, const char *variant, Arena *arena,
                    Diagnostics *diagnostics, const Charges **charges);

#endif
