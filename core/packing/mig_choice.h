/* mig_choice.h - which card and which start a MIG instance should take, by one of two measures. */
#ifndef GPUPACK_MIG_CHOICE_H
#define GPUPACK_MIG_CHOICE_H

#include "core/packing/gpupack.h"

typedef enum GpMigMeasure {
    GP_MIG_MEASURE_FRAGMENTATION = 0, /* growth of gp_mig_fragmentation */
    GP_MIG_MEASURE_CAPABILITY = 1     /* loss of gp_mig_capability */
} GpMigMeasure;

typedef struct GpMigChoice {
    int32_t device; /* -1: no card of the node has room */
    int32_t start;
    int32_t cost; /* growth or loss; a growth may be negative */
} GpMigChoice;

/* The least costly (card, start) of the viewed node for its MIG shape; ties go to the fuller card,
 * then the lowest index, then the highest start. */
void gp_mig_choose(const GpView *view, GpMigMeasure measure, GpMigChoice *choice);

/* Largest fragmentation that a card of this geometry can reach. */
int gp_mig_fragmentation_max(int geometry);

#endif
