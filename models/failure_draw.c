/* failure_draw.c - gaps, frailties, times out and repairs, by address. */
#include "models/failure_draw.h"

#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "models/gsl_philox.h"

/* Blocks of random bits kept for one draw: of one fault, and of one stage of its repair. */
#define BLOCKS_OF_FAULT 256u
#define BLOCKS_OF_ATTEMPT 32u
#define BLOCKS_OF_STAGE 8u
#define ATTEMPTS_APART 8u  /* so many beside each other, the next ones on another stream */
#define ATTEMPT_STREAMS 8u /* bits of a stream that say which, above those of the kind */
#define KIND_BITS 12u
#define RECORDED_STREAM (1u << (KIND_BITS + ATTEMPT_STREAMS))
#define LONGER_THAN_ANY 1e17 /* ms */
#define REDRAWS_MAX 100000

static gsl_rng rng_at(PhiloxState *state, FaultLuck luck, Purpose purpose, uint32_t stream,
                      uint32_t entity, uint32_t block)
{
    gsl_rng rng = gsl_philox_at(state, (DrawAddress){.seed = luck.seed,
                                                     .replication = luck.replication,
                                                     .purpose = purpose | stream << 8,
                                                     .entity = entity});
    state->n = block;
    return rng;
}

static int64_t ms_of(double ms, int64_t least)
{
    if (!(ms < LONGER_THAN_ANY)) {
        return TIME_NEVER;
    }
    int64_t whole = (int64_t)llround(ms);
    return whole < least ? least : whole;
}

/* ---- gaps ---- */

/* In the open interval (0, 1): 53 bits. */
static double uniform(gsl_rng *rng)
{
    uint64_t high = gsl_rng_get(rng);
    uint64_t low = gsl_rng_get(rng);
    return ((double)((high << 32 | low) >> 11) + 0.5) / 9007199254740992.0; /* 2^53 */
}

/* Of the two exponentials of a hyperexponential with balanced means, each stands for half of the
 * time. */
static double hyper_long(const Distribution *d, gsl_rng *rng)
{
    double c2 = d->shape * d->shape;
    double p = 0.5 * (1.0 + sqrt((c2 - 1.0) / (c2 + 1.0)));
    double weight = uniform(rng) < 0.5 ? p : 1.0 - p;
    return gsl_ran_gamma(rng, 2.0, d->scale / (2.0 * weight));
}

/* Of pieces in which the logarithm is uniform: one by its share of the time, and in it any place.
 */
static double points_long(const Distribution *d, gsl_rng *rng)
{
    double total = 0.0;
    double chosen = d->points[0].value;
    for (int32_t i = 1; i < d->point_count; i++) {
        double low = d->points[i - 1].value;
        double high = d->points[i].value;
        double steep = log(high / low);
        double share = d->points[i].p - d->points[i - 1].p;
        double time = share * (steep < 1e-9 ? low : (high - low) / steep);
        total += time;
        if (time > 0.0 && uniform(rng) * total < time) {
            chosen = low + (high - low) * uniform(rng);
        }
    }
    return chosen;
}

/* A gap chosen in proportion to its length: density x f(x) / mean. */
static double length_biased(const Distribution *d, gsl_rng *rng)
{
    switch (d->family) {
    case FAMILY_EXPONENTIAL:
        return gsl_ran_gamma(rng, 2.0, d->scale);
    case FAMILY_LOGNORMAL:
        return gsl_ran_lognormal(rng, log(d->scale) + d->shape * d->shape, d->shape);
    case FAMILY_WEIBULL: /* (x / scale)^k is gamma of 1 + 1/k */
        return d->scale * pow(gsl_ran_gamma(rng, 1.0 + 1.0 / d->shape, 1.0), 1.0 / d->shape);
    case FAMILY_GAMMA:
        return gsl_ran_gamma(rng, d->shape + 1.0, d->scale);
    case FAMILY_PARETO:
        return gsl_ran_pareto(rng, d->shape - 1.0, d->scale);
    case FAMILY_HYPEREXPONENTIAL:
        return hyper_long(d, rng);
    case FAMILY_EMPIRICAL:
        return points_long(d, rng);
    case FAMILY_CONSTANT:
    case FAMILY_COUNT:
    default:
        return d->scale;
    }
}

double distribution_draw_residual(const Distribution *d, gsl_rng *rng)
{
    double gap = length_biased(d, rng);
    for (int i = 0; i < REDRAWS_MAX && d->most > 0.0 && gap > d->most; i++) {
        gap = length_biased(d, rng);
    }
    return uniform(rng) * gap;
}

int64_t fault_gap_ms(FaultLuck luck, const Distribution *gap, int32_t kind, int32_t target,
                     uint32_t n, double frailty)
{
    PhiloxState state;
    gsl_rng rng = rng_at(&state, luck, PURPOSE_FAULT_GAP, (uint32_t)kind, (uint32_t)target,
                         n * BLOCKS_OF_FAULT);
    double ms = 0.0;
    if (gap->family == FAMILY_EXPONENTIAL && gap->most <= 0.0) {
        ms = -gap->scale * log(uniform(&rng)); /* it has no memory: every gap is alike */
    } else {
        ms = n == 0 ? distribution_draw_residual(gap, &rng) : distribution_draw(gap, &rng);
    }
    return ms_of(ms / frailty, 1);
}

/* ---- nodes ---- */

double node_frailty(FaultLuck luck, const FaultRow *row, int32_t node)
{
    PhiloxState state;
    gsl_rng rng = rng_at(&state, luck, PURPOSE_FRAILTY, 0, (uint32_t)node, 0);
    double by_gamma = uniform(&rng);
    double by_lemon = uniform(&rng);
    double frailty = 1.0;
    if (row->frailty_cv > 0.0) {
        double shape = 1.0 / (row->frailty_cv * row->frailty_cv);
        frailty = gsl_cdf_gamma_Pinv(by_gamma, shape, 1.0 / shape);
    }
    if (row->lemon_share > 0.0) {
        double others = 1.0 / (1.0 + row->lemon_share * (row->lemon_factor - 1.0));
        frailty *= by_lemon < row->lemon_share ? others * row->lemon_factor : others;
    }
    return frailty;
}

/* ---- times out ---- */

int64_t fault_out_ms(FaultLuck luck, const Distribution *out, int32_t kind, int32_t target,
                     uint32_t n)
{
    PhiloxState state;
    gsl_rng rng = rng_at(&state, luck, PURPOSE_FAULT_OUT, (uint32_t)kind, (uint32_t)target,
                         n * BLOCKS_OF_FAULT);
    return ms_of(distribution_draw(out, &rng), 0);
}

static gsl_rng stage_rng(PhiloxState *state, FaultLuck luck, const Fault *fault, int32_t target,
                         uint32_t attempt, uint32_t stage)
{
    uint32_t again = attempt / ATTEMPTS_APART % (1u << ATTEMPT_STREAMS);
    uint32_t stream =
        (uint32_t)fault->kind | again << KIND_BITS | (fault->recorded ? RECORDED_STREAM : 0);
    uint32_t block = fault->number * BLOCKS_OF_FAULT +
                     attempt % ATTEMPTS_APART * BLOCKS_OF_ATTEMPT + stage * BLOCKS_OF_STAGE;
    return rng_at(state, luck, PURPOSE_FAULT_REPAIR, stream, (uint32_t)target, block);
}

static int64_t stage_ms(const Distribution *d, gsl_rng *rng)
{
    return d == NULL ? 0 : ms_of(distribution_draw(d, rng), 0);
}

RepairTimes fault_repair_times(FaultLuck luck, const RepairStages *stages, const Fault *fault,
                               int32_t target, uint32_t attempt)
{
    PhiloxState state;
    RepairTimes times = {.technician = stages->technician};
    gsl_rng rng = stage_rng(&state, luck, fault, target, attempt, 0);
    times.no_fault_found = uniform(&rng) < stages->no_fault_found;
    bool needs_part = uniform(&rng) < stages->part_probability;
    times.diagnosis_ms = stage_ms(stages->diagnosis, &rng);
    rng = stage_rng(&state, luck, fault, target, attempt, 1);
    times.part_ms = needs_part ? stage_ms(stages->part, &rng) : 0;
    rng = stage_rng(&state, luck, fault, target, attempt, 2);
    times.hands_on_ms = stage_ms(stages->hands_on, &rng);
    rng = stage_rng(&state, luck, fault, target, attempt, 3);
    times.burn_in_ms = stage_ms(stages->burn_in, &rng);
    return times;
}

/* ---- jobs ---- */

int64_t job_gap_ms(FaultLuck luck, const FaultRow *row, int32_t kind, int32_t job, uint32_t attempt,
                   int64_t gpu_milli)
{
    PhiloxState state;
    luck.seed += attempt * UINT64_C(0x9e3779b97f4a7c15); /* attempts are too many for blocks */
    gsl_rng rng = rng_at(&state, luck, PURPOSE_JOB_FAULT, (uint32_t)kind, (uint32_t)job, 0);
    if (row->per_gpu_hour <= 0.0) {
        return ms_of(distribution_draw(&row->gap, &rng), 1);
    }
    if (gpu_milli <= 0) {
        return TIME_NEVER;
    }
    double gpus = (double)gpu_milli / 1000.0;
    if (row->gpus_most > 0 && gpus > row->gpus_most) {
        gpus = row->gpus_most;
    }
    double per_ms = row->per_gpu_hour / 3600000.0 * gpus;
    return ms_of(-log(uniform(&rng)) / per_ms, 1);
}
