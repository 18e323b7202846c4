/* hand_view.h - one node and one task written by hand, for testing a term without a fleet. */
#ifndef TESTS_HAND_VIEW_H
#define TESTS_HAND_VIEW_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/packing/gpupack.h"

#define HAND_DEVICES 8

typedef struct HandNode {
    GpNodeType type;
    int64_t free[GP_AXES];
    int32_t health_ppm[GP_AXES];
    int32_t device_free_milli[HAND_DEVICES];
    int32_t device_free_mib[HAND_DEVICES];
    uint16_t device_tasks[HAND_DEVICES];
    uint8_t device_health[HAND_DEVICES];
    uint8_t device_mig[HAND_DEVICES];
    GpShape shape;
    GpConstants constants;
    GpTermOptions options;
    GpView view;
} HandNode;

/* An empty, healthy node; the task asks nothing yet; the scale is the node's own capacity. */
static inline void hand_node(HandNode *node, int32_t devices, int32_t device_mib, int64_t cpu_milli,
                             int64_t memory_mib)
{
    memset(node, 0, sizeof *node);
    node->type.size = sizeof node->type;
    node->type.device_count = devices;
    node->type.model = devices > 0 ? 0 : -1;
    node->type.device_memory_mib = device_mib;
    node->type.mig_geometry = GP_MIG_GEOMETRY_SEVEN;
    node->type.capacity[GP_AXIS_GPU] = (int64_t)devices * GP_DEVICE_MILLI;
    node->type.capacity[GP_AXIS_GPU_MEMORY] = (int64_t)devices * device_mib;
    node->type.capacity[GP_AXIS_CPU] = cpu_milli;
    node->type.capacity[GP_AXIS_MEMORY] = memory_mib;
    for (int device = 0; device < devices; device++) {
        node->device_free_milli[device] = GP_DEVICE_MILLI;
        node->device_free_mib[device] = device_mib;
        node->device_health[device] = 1;
    }
    gp_constants_init(&node->constants);
    for (int axis = 0; axis < GP_AXES; axis++) {
        node->free[axis] = node->type.capacity[axis];
        node->health_ppm[axis] = GP_PPM;
        node->constants.scale[axis] = node->type.capacity[axis];
    }
    node->shape.size = sizeof node->shape;
    node->shape.kind = -1;
    node->view.type = &node->type;
    node->view.free = node->free;
    node->view.device_free_milli = node->device_free_milli;
    node->view.device_free_mib = node->device_free_mib;
    node->view.device_tasks = node->device_tasks;
    node->view.device_health = node->device_health;
    node->view.device_mig = node->device_mig;
    node->view.device_count = devices;
    node->view.sees = GP_SEES_ALL;
    node->view.shape = &node->shape;
    node->view.constants = &node->constants;
    node->view.options = &node->options;
}

/* What the task asks: so many devices, milli-GPU and MiB of each, host cores and host memory. */
static inline void hand_task(HandNode *node, int32_t devices, int32_t milli, int32_t device_mib,
                             int64_t cpu_milli, int64_t memory_mib)
{
    node->shape.device_count = devices;
    node->shape.device_milli = milli;
    node->shape.device_memory_mib = device_mib;
    node->shape.request[GP_AXIS_CPU] = cpu_milli;
    node->shape.request[GP_AXIS_MEMORY] = memory_mib;
    gp_shape_finish(&node->shape);
}

/* `tasks` tasks take so many milli-GPU and MiB of one device. */
static inline void hand_use_device(HandNode *node, int device, int32_t milli, int32_t mib,
                                   int tasks)
{
    node->device_free_milli[device] -= milli;
    node->device_free_mib[device] -= mib;
    node->device_tasks[device] = (uint16_t)(node->device_tasks[device] + tasks);
    node->free[GP_AXIS_GPU] -= milli;
    node->free[GP_AXIS_GPU_MEMORY] -= mib;
}

/* Host cores and memory of the node that other tasks hold. */
static inline void hand_use_host(HandNode *node, int64_t cpu_milli, int64_t memory_mib)
{
    node->free[GP_AXIS_CPU] -= cpu_milli;
    node->free[GP_AXIS_MEMORY] -= memory_mib;
}

/* A term that is not in the list ends the test program with a word about it. */
static inline const GpTerm *hand_term(const char *name)
{
    const GpTerm *term = gp_term_find(name);
    if (term == NULL) {
        fprintf(stderr, "no term '%s': is its line in core/packing/terms/term_list.h?\n", name);
        exit(EXIT_FAILURE);
    }
    return term;
}

/* The term's score with its default options. */
static inline int64_t hand_score(HandNode *node, const char *name)
{
    const GpTerm *term = hand_term(name);
    gp_term_options_init(&node->options, term);
    node->view.node_value = term->node_value == NULL ? 0.0 : term->node_value(&node->view);
    return term->score(&node->view);
}

/* The same with the options as they stand in the node. */
static inline int64_t hand_score_as_set(HandNode *node, const char *name)
{
    const GpTerm *term = hand_term(name);
    node->view.node_value = term->node_value == NULL ? 0.0 : term->node_value(&node->view);
    return term->score(&node->view);
}

#endif
