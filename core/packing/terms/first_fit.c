/* first_fit.c - every node that holds the task is as good as any other: the lowest rank decides. */
#include "core/packing/terms/terms.h"

static int64_t first_fit_score(const GpView *view)
{
    (void)view;
    return 0;
}

const GpTerm gp_term_first_fit = {
    .size = sizeof(GpTerm),
    .name = "first-fit",
    .summary = "always 0, so the node of lowest rank wins",
    .source = "folklore; the baseline of bin packing",
    .score = first_fit_score,
};
