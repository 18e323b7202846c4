/* ragp.h - the parts of the RAGP-family score. Formulas and what is public: docs/packing-terms.md.
 *
 * Notation: x free before the task, y what it asks, z = x - y, all divided by the largest nominal
 * capacity of the lane among the declared node types (GpConstants.scale); w the lanes' weights,
 * which sum to 1 over the lanes that count on this node: seen by the policy, present in its type,
 * weight above 0.
 */
#ifndef GPUPACK_RAGP_H
#define GPUPACK_RAGP_H

#include "core/packing/gpupack.h"

/* Order of GpTermOptions.coefficient. */
typedef enum GpRagpCoefficient {
    GP_RAGP_ALIGNMENT = 0,
    GP_RAGP_TIGHTNESS = 1,
    GP_RAGP_STRANDED = 2,
    GP_RAGP_CLASS_FRAGMENTATION = 3,
    GP_RAGP_HEALTH = 4,
    GP_RAGP_MIG = 5
} GpRagpCoefficient;

typedef struct GpRagpLanes {
    double weight[GP_AXES]; /* 0: the lane does not count */
    double x[GP_AXES];
    double y[GP_AXES];
    double z[GP_AXES]; /* never below 0 */
} GpRagpLanes;

void gp_ragp_lanes(const GpView *view, GpRagpLanes *lanes);

double gp_ragp_alignment(const GpRagpLanes *lanes); /* A, 0..1 */
double gp_ragp_tightness(const GpRagpLanes *lanes); /* T, 0..1 */
double gp_ragp_typical_jobs(const GpRagpLanes *lanes, const double *free,
                            const double *mix);                                           /* t */
double gp_ragp_stranded(const GpRagpLanes *lanes, const double *free, const double *mix); /* >= 0 */
double gp_ragp_stranded_growth(const GpRagpLanes *lanes, const double *mix);              /* G */
double gp_ragp_class_fragmentation(const GpView *view);         /* F of the node as it is */
double gp_ragp_class_growth(const GpView *view, double before); /* F after the task - before */
double gp_ragp_health(const GpView *view);                      /* H, 0: healthy */
double gp_ragp_mig_growth(const GpView *view);                  /* M, 0 for other shapes */

/* Devices of a shape that shares devices: the tightest, then the best aligned, then the
 * lowest-numbered. */
uint32_t gp_ragp_devices(const GpView *view);

/* Default price weights of the lanes. */
void gp_ragp_axis_defaults(GpTermOptions *options);

#endif
