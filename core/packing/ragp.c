/* ragp.c - alignment, tightness, stranded leftovers and health: the parts of RAGP that look at
 * lanes alone. */
#include "core/packing/ragp.h"
#include "core/packing/score.h"

void gp_ragp_axis_defaults(GpTermOptions *options)
{
    /* Share of a GPU node's price, rounded; ours, not published. They sum to 1. */
    options->axis_weight[GP_AXIS_GPU] = 0.39;
    options->axis_weight[GP_AXIS_GPU_MEMORY] = 0.19;
    options->axis_weight[GP_AXIS_CPU] = 0.065;
    options->axis_weight[GP_AXIS_MEMORY] = 0.065;
    options->axis_weight[GP_AXIS_STORAGE_BANDWIDTH] = 0.13;
    options->axis_weight[GP_AXIS_IO_CPU] = 0.09;
    options->axis_weight[GP_AXIS_NETWORK] = 0.07;
    options->axis_weight[GP_AXIS_COUNT] = 0.0;
}

/* Lanes count by nominal capacity: a lane that is derated to nothing is full, not absent. */
static double lane_weight(const GpView *view, int axis)
{
    double weight = view->options->axis_weight[axis];
    int counts = (view->sees >> axis & 1u) != 0 && view->type->capacity[axis] > 0 &&
                 view->constants->scale[axis] > 0 && weight > 0.0;
    return counts ? weight : 0.0;
}

static void weights_fill(const GpView *view, double *weights)
{
    double total = 0.0;
    for (int axis = 0; axis < GP_AXES; axis++) {
        weights[axis] = axis < GP_AXIS_COUNT ? lane_weight(view, axis) : 0.0;
        total += weights[axis];
    }
    if (total > 0.0) {
        for (int axis = 0; axis < GP_AXES; axis++) {
            weights[axis] = weights[axis] / total;
        }
    }
}

/* What a task of this kind can reach of a lane: whole devices are not made of crumbs. */
static int64_t reachable(const GpView *view, int axis)
{
    const GpShape *shape = view->shape;
    if (axis != GP_AXIS_GPU || shape->device_milli != GP_DEVICE_MILLI ||
        shape->mig_profile != GP_MIG_PROFILE_NONE) {
        return gp_free(view, axis);
    }
    int64_t whole = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        whole += view->device_health[device] != 0 && view->device_mig[device] == 0 &&
                 gp_device_open_milli(view, device) >= GP_DEVICE_MILLI;
    }
    return whole * GP_DEVICE_MILLI;
}

void gp_ragp_lanes(const GpView *view, GpRagpLanes *lanes)
{
    weights_fill(view, lanes->weight);
    for (int axis = 0; axis < GP_AXES; axis++) {
        double x = 0.0;
        double y = 0.0;
        if (lanes->weight[axis] > 0.0) {
            double scale = (double)view->constants->scale[axis];
            x = (double)reachable(view, axis) / scale;
            y = (double)gp_request(view, axis) / scale;
        }
        lanes->x[axis] = x;
        lanes->y[axis] = y;
        lanes->z[axis] = x > y ? x - y : 0.0;
    }
}

double gp_ragp_alignment(const GpRagpLanes *lanes)
{
    double dot = 0.0;
    double x_square = 0.0;
    double y_square = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        double weight = lanes->weight[axis];
        dot += weight * lanes->x[axis] * lanes->y[axis];
        x_square += weight * lanes->x[axis] * lanes->x[axis];
        y_square += weight * lanes->y[axis] * lanes->y[axis];
    }
    if (!(x_square > 0.0) || !(y_square > 0.0)) {
        return 0.0; /* nothing asked or nothing free: no angle */
    }
    double cosine = dot / (gp_square_root(x_square) * gp_square_root(y_square));
    return cosine > 1.0 ? 1.0 : cosine; /* rounding may pass 1 by a bit */
}

double gp_ragp_tightness(const GpRagpLanes *lanes)
{
    double left = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        left += lanes->weight[axis] * lanes->z[axis];
    }
    return 1.0 - left;
}

double gp_ragp_typical_jobs(const GpRagpLanes *lanes, const double *free, const double *mix)
{
    double jobs = 0.0;
    int first = 1;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (lanes->weight[axis] > 0.0) {
            double on_lane = free[axis] / mix[axis];
            jobs = first || on_lane < jobs ? on_lane : jobs;
            first = 0;
        }
    }
    return jobs;
}

double gp_ragp_stranded(const GpRagpLanes *lanes, const double *free, const double *mix)
{
    double jobs = gp_ragp_typical_jobs(lanes, free, mix);
    double stranded = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        double left = free[axis] - jobs * mix[axis];
        if (lanes->weight[axis] > 0.0 &&
            left > 0.0) { /* rounding may leave the binding lane a bit below 0 */
            stranded += lanes->weight[axis] * left;
        }
    }
    return stranded;
}

double gp_ragp_stranded_growth(const GpRagpLanes *lanes, const double *mix)
{
    return gp_ragp_stranded(lanes, lanes->z, mix) - gp_ragp_stranded(lanes, lanes->x, mix);
}

double gp_ragp_health(const GpView *view)
{
    if (view->health_ppm == NULL) {
        return 0.0;
    }
    double weights[GP_AXES];
    weights_fill(view, weights);
    double lost = 0.0;
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        lost += weights[axis] * ((double)(GP_PPM - view->health_ppm[axis]) / (double)GP_PPM);
    }
    return lost;
}
