/* load_curve.h - meters allocation and fragmentation against the demand that has arrived.
 *
 * After each policy pass one row: which per cent of capacity has arrived, what is in use, the FGD
 * measure. Rows are rounded as the published study rounds them (docs/fragmentation.md), summed by
 * per cent, and divided at the end.
 */
#ifndef SIM_EXPERIMENT_LOAD_CURVE_H
#define SIM_EXPERIMENT_LOAD_CURVE_H

#include "core/fact.h"
#include "core/world.h"
#include "models/fragmentation.h"
#include "sim/experiment/result.h"

/* Sums over the rows of one per cent. */
typedef struct LoadBin {
    int64_t passes;
    int64_t first_row;       /* of LoadMeter.alloc_centi; rows of one bin are neighbours */
    int64_t frag_centimilli; /* hundredths of a milli-GPU */
    int64_t ratio_centi;     /* hundredths of a per cent */
    int64_t idle_milli;
    double idle_usd_per_hour;
} LoadBin;

typedef struct LoadMeter {
    FragmentationMeter fragmentation;
    int64_t capacity_milli;
    const NodeTypeInfo *type_info;
    int64_t *type_used_milli;    /* [type] as last seen */
    double idle_micro_usd_milli; /* sum over types of idle milli-GPU x price */
    int64_t bin_from_milli; /* the last row's bin holds arrivals from ... to, so most rows need no
                               division */
    int64_t bin_to_milli;
    int32_t bin; /* -1: beyond LOAD_PCT_MAX */
    int32_t bin_count;
    uint16_t
        *alloc_centi; /* [row] hundredths of a per cent in use: their mean depends on their order */
    int64_t row_count;
    int64_t row_capacity; /* what comes later has no row */
    JobId seen_jobs;      /* arrivals and changes at the last row */
    uint64_t seen_changes;
    LoadBin bins[LOAD_PCT_MAX + 1];
    double ratio_ms; /* integral of F / idle over time */
    int64_t elapsed_ms;
} LoadMeter;

/* Rows that are kept of a run: one for each arrival and each end of a job. */
int64_t passes_at_most(const JobTable *jobs);

/* Mean of hundredths as the study's tools form it: doubles, added pairwise in blocks of 128 with
 * eight running sums, as NumPy does. The published figures are rounded afterwards, and at ties this
 * order decides. */
double mean_of_centi(const uint16_t *centi, int64_t count);

/* The world must be as the run finds it. NULL if memory ran out. */
LoadMeter *load_meter_new(Arena *arena, const World *world);
Observer load_meter_observer(LoadMeter *meter);

/* The curve of all rows so far, in arena memory. False if memory ran out. */
bool load_meter_curve(const LoadMeter *meter, Arena *arena, LoadCurve *curve);

/* Time mean of F over idle GPU; NAN if no time has passed. */
double load_meter_ratio_mean(const LoadMeter *meter);

/* An empty curve of `count` rows. False if memory ran out. */
bool load_curve_new(LoadCurve *curve, Arena *arena, int32_t count);

/* part x scale / whole to the nearest integer, halves to even; part >= 0, whole > 0.
 * The largest fleet that the kernel takes is 5.4e11 milli-GPU, so scales up to 10^6 do not
 * overflow. */
int64_t ratio_half_even(int64_t part, int64_t whole, int64_t scale);

#endif
