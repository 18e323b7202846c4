/* gpu_clustering.c - alike tasks together.
 *
 * Source: the FGD study's GpuClustering (Weng et al., USENIX ATC 2023), integer arithmetic as
 * published. A kind is "shares a device" or the number of whole devices; a CPU-only task scores 0
 * everywhere.
 */
#include "core/packing/internal.h"
#include "core/packing/terms/terms.h"

static int64_t gpu_clustering_score(const GpView *view)
{
    const GpShape *shape = view->shape;
    if (shape->device_count == 0) {
        return 0;
    }
    int64_t max_gpu = view->constants->max_spec_gpu_milli;
    int64_t fullness = 25 * (max_gpu - view->free[GP_AXIS_GPU]) / max_gpu;
    int runs_same = 0;
    int runs_other = 0;
    for (int32_t kind = 0; kind < view->kind_count; kind++) {
        if (view->kind_tasks[kind] > 0) {
            runs_same |= kind == shape->kind;
            runs_other |= kind != shape->kind;
        }
    }
    int64_t bonus = runs_same ? (runs_other ? 50 : 75) : (runs_other ? 0 : 25);
    return (fullness + bonus) * GP_SCORE_ONE;
}

const GpTerm gp_term_gpu_clustering = {
    .size = sizeof(GpTerm),
    .name = "gpu-clustering",
    .summary = "nodes that already run this kind of task, fuller ones first",
    .source = "Weng et al., USENIX ATC 2023 (GpuClustering)",
    .score = gpu_clustering_score,
};
