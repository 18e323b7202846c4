/* best_fit.c - the node that is left fullest, CPU and GPU weighed alike.
 *
 * Source: the FGD study's BestFit (Weng et al., USENIX ATC 2023): fixed normalisers, truncated to
 * 0..100. The published program then stretches the scores over the candidates, which keeps their
 * order and makes no new ties, so it is left out.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t best_fit_score(const GpView *view)
{
    const GpConstants *constants = view->constants;
    double cpu_left = (double)(view->free[GP_AXIS_CPU] - gp_request(view, GP_AXIS_CPU));
    double gpu_left = (double)(view->free[GP_AXIS_GPU] - gp_request(view, GP_AXIS_GPU));
    double left = cpu_left / (double)constants->max_spec_cpu_milli * 0.5 +
                  gpu_left / (double)constants->max_spec_gpu_milli * 0.5;
    return gp_score_truncated((1.0 - left) * 100.0);
}

const GpTerm gp_term_best_fit = {
    .size = sizeof(GpTerm),
    .name = "best-fit",
    .summary = "least CPU and GPU left over, by fixed normalisers",
    .source = "Weng et al., USENIX ATC 2023 (BestFit)",
    .score = best_fit_score,
};
