/* dot_product.c - small alignment of what is free with what is asked.
 *
 * Source: the FGD study's DotProd (Weng et al., USENIX ATC 2023): all devices merged to one lane,
 * free amounts as they are before placing, small products win (the reverse of Tetris), truncated to
 * 0..100.
 */
#include "core/packing/score.h"
#include "core/packing/terms/terms.h"

static int64_t dot_product_score(const GpView *view)
{
    double max_cpu = (double)view->constants->max_spec_cpu_milli;
    double max_gpu = (double)view->constants->max_spec_gpu_milli;
    double product = ((double)view->free[GP_AXIS_CPU] / max_cpu) *
                         ((double)gp_request(view, GP_AXIS_CPU) / max_cpu) +
                     ((double)view->free[GP_AXIS_GPU] / max_gpu) *
                         ((double)gp_request(view, GP_AXIS_GPU) / max_gpu);
    return gp_score_truncated(100.0 * (1.0 - product / 2.0));
}

const GpTerm gp_term_dot_product = {
    .size = sizeof(GpTerm),
    .name = "dot-product",
    .summary = "small product of free and asked, CPU and GPU",
    .source = "Weng et al., USENIX ATC 2023 (DotProd)",
    .score = dot_product_score,
};
