/* kai.h - the lane that KAI's node placement looks at: GPU, or CPU for a task without GPUs. */
#ifndef GPUPACK_KAI_H
#define GPUPACK_KAI_H

#include "core/packing/score.h"

static inline int kai_axis(const GpView *view)
{
    return view->shape->device_count > 0 ? GP_AXIS_GPU : GP_AXIS_CPU;
}

#endif
