/* score.h - what scores are made of: lanes as a term should see them, and a double that becomes an
 * int64.
 *
 * Only + - * / and square root, one operation at a time: IEEE 754 then gives the same bits
 * everywhere.
 */
#ifndef GPUPACK_SCORE_H
#define GPUPACK_SCORE_H

#include "core/packing/internal.h"

/* A term's points are held within these bounds, so that GP_TERMS_MAX terms of the largest weight
 * cannot overflow. */
#define GP_POINTS_MAX 32768.0

/* Not a number counts as the lowest score. */
static inline double gp_points_bounded(double points)
{
    if (!(points > -GP_POINTS_MAX)) {
        return -GP_POINTS_MAX;
    }
    return points > GP_POINTS_MAX ? GP_POINTS_MAX : points;
}

/* Points that the source cuts to an integer, towards zero. */
static inline int64_t gp_score_truncated(double points)
{
    return (int64_t)gp_points_bounded(points) * GP_SCORE_ONE;
}

/* Points on the source's own scale to GP_SCORE_ONE-ths, rounded down. */
static inline int64_t gp_score_points(double points)
{
    double scaled = gp_points_bounded(points) * (double)GP_SCORE_ONE;
    int64_t whole = (int64_t)scaled; /* towards zero */
    return (double)whole > scaled ? whole - 1 : whole;
}

/* Square root of a number that is not negative: one machine instruction, correctly rounded. */
static inline double gp_square_root(double value)
{
    return __builtin_sqrt(value);
}

/* Capacity of a lane now: nominal times health, rounded down. */
static inline int64_t gp_capacity(const GpView *view, int axis)
{
    int64_t nominal = view->type->capacity[axis];
    if (view->health_ppm == NULL) {
        return nominal;
    }
    int64_t ppm = view->health_ppm[axis];
    return nominal / GP_PPM * ppm + nominal % GP_PPM * ppm / GP_PPM; /* nominal * ppm may not fit */
}

/* Does the policy look at this lane, and has the node any of it? Lanes where this is false are
 * skipped. */
static inline int gp_lane_counts(const GpView *view, int axis)
{
    return (view->sees >> axis & 1u) != 0 && gp_capacity(view, axis) > 0;
}

/* Free amount of a lane; over-committed counts as nothing free. */
static inline int64_t gp_free(const GpView *view, int axis)
{
    return view->free[axis] > 0 ? view->free[axis] : 0;
}

/* What the shape takes of a lane on this node. A MIG slice is worth more on a card with fewer of
 * them. */
static inline int64_t gp_request(const GpView *view, int axis)
{
    const GpShape *shape = view->shape;
    if (axis == GP_AXIS_GPU && shape->mig_profile != GP_MIG_PROFILE_NONE) {
        return gp_device_charge_milli(view->type, shape);
    }
    return shape->request[axis];
}

#endif
