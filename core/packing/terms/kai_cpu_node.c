/* kai_cpu_node.c - 10 points where a task without GPUs finds a node without GPUs.
 *
 * Source: KAI Scheduler, score of the resource type: just above node placement, so that such tasks
 * keep off GPU nodes while another node holds them. A task with GPUs scores 0 everywhere.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

#define KAI_CPU_NODE_POINTS 10

static int64_t kai_cpu_node_score(const GpView *view)
{
    int is_matched = view->shape->device_count == 0 && view->type->device_count == 0;
    return is_matched ? KAI_CPU_NODE_POINTS * GP_SCORE_ONE : 0;
}

const GpTerm gp_term_kai_cpu_node = {
    .size = sizeof(GpTerm),
    .name = "kai-cpu-node",
    .summary = "10 points where a task without GPUs finds a node without GPUs",
    .source = "KAI Scheduler, score of the resource type",
    .score = kai_cpu_node_score,
};
