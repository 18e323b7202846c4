/* multifactor.c - a sum of fractions with one rounding at its end. */
#include "sim/policies/multifactor.h"

#include <stddef.h>

/* A fraction below 1 with a product of `whole`s below it. */
typedef struct Fraction {
    unsigned __int128 part, whole;
} Fraction;

/* The whole points of a + b; the rest stays in *a. */
static int64_t fraction_add(Fraction *a, Fraction b)
{
    unsigned __int128 sum = a->part * b.whole + b.part * a->whole;
    a->whole *= b.whole;
    a->part = sum % a->whole;
    return (int64_t)(sum / a->whole);
}

int64_t factors_points(const Factor *factors, int count)
{
    /* In thousandths; floor(floor(x) / 1000) = floor(x / 1000). Wholes below 2^31 keep the product
     * of four below 2^124. */
    int64_t thousandths = 0;
    Fraction rest = {0, 1};
    for (int i = 0; i < count; i++) {
        Factor factor = factors[i];
        if (factor.whole <= 0 || factor.part <= 0) {
            continue;
        }
        int64_t part = factor.part < factor.whole ? factor.part : factor.whole;
        __int128 product = (__int128)factor.weight * part;
        thousandths += (int64_t)(product / factor.whole);
        thousandths += fraction_add(&rest, (Fraction){(unsigned __int128)(product % factor.whole),
                                                      (unsigned __int128)factor.whole});
    }
    return thousandths / 1000;
}

static int64_t age_ms(const World *world, JobId job)
{
    const OrderOptions *options = &world->scenario->policy.order_options;
    int64_t from_ms = options->age_from == AGE_FROM_QUEUED ? world->job_queued_ms[job]
                                                           : world->jobs->job_submit_ms[job];
    return world->now_ms > from_ms ? world->now_ms - from_ms : 0;
}

static int64_t highest_queue_priority(const World *world)
{
    int64_t highest = 0;
    for (QueueId queue = 0; queue < world->queue_count; queue++) {
        int64_t priority = world->queues[queue].priority;
        highest = priority > highest ? priority : highest;
    }
    return highest;
}

/* Keeps a fraction of large amounts within bounds; exact below. */
static Factor factor_of(int64_t weight, int64_t part, int64_t whole)
{
    while (whole > FACTOR_WHOLE_MAX) {
        part /= 2;
        whole /= 2;
    }
    return (Factor){weight, part, whole};
}

int64_t multifactor_points(const World *world, JobId job)
{
    const OrderOptions *options = &world->scenario->policy.order_options;
    const JobClass *class_of = job_class(world->jobs, job);
    const Cluster *cluster = &world->scenario->cluster;
    int64_t gpus =
        cluster_task_milli(cluster, job_request(world->jobs, job)) * class_of->task_count;
    Factor factors[FACTORS_MAX];
    int count = 0;
    factors[count++] = factor_of(options->age_weight, age_ms(world, job) / 1000,
                                 options->age_max_ms / 1000); /* whole seconds, as Slurm counts */
    factors[count++] = factor_of(options->size_weight, gpus, cluster->gpu_milli);
    if (options->queue_weight > 0) {
        factors[count++] =
            factor_of(options->queue_weight, world->queues[class_of->tenant].priority,
                      highest_queue_priority(world));
    }
    if (options->fairshare_weight > 0 && world->usage != NULL) {
        factors[count++] = factor_of(options->fairshare_weight, usage_rank(world->usage, job),
                                     world->usage->user_count);
    }
    return factors_points(factors, count);
}
