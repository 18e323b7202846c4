/* gate_errors.c - are the errors of `gpuplan gate` those that it states? Prints rows for the
 * validation table.
 *
 * 1000 gates of 12 real paired replications each (gate_pool.h). The same policy again must pass
 * every time; worse by exactly the margin at most in 5 % of the cases, and no difference and twice
 * the margin as often as the noncentral t says. Tolerances are 3 binomial deviations. Each row is a
 * tab-separated line: quantity, kind, source, expected, measured, tolerance.
 */
#include "validation/gate_pool.h"

#define GATES 1000
#define ALPHA 0.05

static void row(const char *what, const char *kind, const char *source, double expected,
                double measured, double tolerance)
{
    printf("gate: %s\t%s\t%s\t%.17g\t%.17g\t%.17g\n", what, kind, source, expected, measured,
           tolerance);
}

static double rate(const GatePool *pool, const GateRule *rule, double worse)
{
    return (double)pool_passes(pool, rule, worse) / pool->gates;
}

static void power_row(const GatePool *pool, const char *what, double margin, double worse)
{
    GateRule rule = {.metric = METRIC_productive_share, .margin = margin};
    double stated = non_inferiority_power(POOL_PAIRS, worse, pool->sd, margin, ALPHA);
    row(what, "predicted", "noncentral t (Julious 2004)", stated, rate(pool, &rule, worse),
        fmax(pool_3sd(pool, stated), 1) / pool->gates);
}

/* At most alpha: what is below it is no miss, so the distance above it is what is measured. */
static void margin_row(const GatePool *pool, const char *what, bool relative, double margin)
{
    GateRule rule = {.metric = METRIC_productive_share,
                     .relative = relative,
                     .margin = relative ? margin / pool->mean_before : margin};
    double passed = rate(pool, &rule, margin);
    row(what, "identity", "level of the test: at most 5 %", ALPHA, fmax(passed, ALPHA),
        pool_3sd(pool, ALPHA) / pool->gates);
}

int main(void)
{
    GatePool pool = pool_open(GATES);
    double wide = 0.6 * pool.sd;
    double narrow = 0.3 * pool.sd;
    row("the same policy again passes, every metric at a margin of 0", "identity",
        "no difference at all", 1, (double)pool.identical / pool.gates, 0);
    margin_row(&pool, "worse by exactly 0.6 sd, the margin, passes", false, wide);
    margin_row(&pool, "worse by exactly 0.3 sd, the margin, passes", false, narrow);
    margin_row(&pool, "worse by exactly its share of the baseline, the margin, passes", true, wide);
    power_row(&pool, "no difference in the mean passes at a margin of 0.6 sd", wide, 0);
    power_row(&pool, "no difference in the mean passes at a margin of 0.3 sd", narrow, 0);
    power_row(&pool, "twice a margin of 0.6 sd passes", wide, 2 * wide);
    power_row(&pool, "twice a margin of 0.3 sd passes", narrow, 2 * narrow);
    pool_close(&pool);
    return EXIT_SUCCESS;
}
