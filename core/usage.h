/* usage.h - how much GPU time queues and their users have had lately: what orders and shares read
 * that remember.
 *
 * Kept by (queue, user), because a user of two queues is two users of a fair tree. The engine says
 * when a job takes or gives back GPUs, and calls usage_update at each recomputation; between two of
 * these nothing that a policy reads changes. Usage fades continuously: what was spent dt ago counts
 * 2^(-dt / half-life). Factors are integers made without a mathematical library, so they are the
 * same everywhere.
 */
#ifndef CORE_USAGE_H
#define CORE_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/fair_tree.h"
#include "core/job.h"
#include "core/queue.h"
#include "core/scenario.h"

#define USAGE_BUCKETS 96 /* of a sliding window */
#define USAGE_SHARE_ONE INT64_C(1000000000)

typedef struct UsageOptions {
    int64_t half_life_ms;        /* of what fair trees look at; 0: it does not fade */
    int64_t window_ms;           /* of what shares look at; 0: no window is kept */
    int64_t window_half_life_ms; /* 0: all of the window counts alike */
    int64_t fleet_milli;         /* GPU capacity */
} UsageOptions;

#define HALF_POWER_BITS 40 /* of the exponent's fraction */

typedef struct Usage {
    UsageOptions options;
    int32_t queue_count;
    int32_t user_count;                  /* (queue, user) pairs that have jobs */
    int32_t *job_user;                   /* [job] */
    uint64_t half_root[HALF_POWER_BITS]; /* 2^-(1/2), 2^-(1/4) ... in 2^-62 */
    /* written whenever a job takes or gives back GPUs */
    int64_t *held_milli;   /* [user] GPU held now */
    int64_t *since_ms;     /* [user] up to when `spent` is counted */
    int64_t *spent;        /* [user] faded milli-GPU x ms as of then */
    int64_t bucket_ms;     /* length of a bucket of the window */
    int64_t bucket;        /* number of the bucket that is being filled */
    int64_t *bucket_spent; /* [bucket % USAGE_BUCKETS * queue_count + queue] milli-GPU x ms; NULL:
                            * no window */
    /* written by usage_update */
    FairNode *nodes;      /* [queue_count + user_count] a node a queue, then a node a user */
    int32_t *scratch;     /* [queue_count + user_count] */
    int64_t *queue_share; /* [queue] of the fleet over the window, USAGE_SHARE_ONE: all of it */
} Usage;

/* Does the policy look at the past at all? */
bool usage_wanted(const PolicySet *policy);

/* What it looks at. */
UsageOptions usage_options(const Scenario *scenario);

/* queues: linked (queues_link). False if memory ran out. */
bool usage_init(Usage *usage, Arena *arena, const JobTable *jobs, const Queue *queues,
                int32_t queue_count, const UsageOptions *options);

/* The job holds `milli` more (less) from now on. */
void usage_hold(Usage *usage, JobId job, int64_t now_ms, int64_t milli);

/* Counts up to now, fades, ranks. now_ms never falls. */
void usage_update(Usage *usage, int64_t now_ms);

/* The user's rank in the fair tree: 1..user_count, the best is user_count. */
static inline int32_t usage_rank(const Usage *usage, JobId job)
{
    return usage->nodes[usage->queue_count + usage->job_user[job]].rank;
}

/* Fills the table of roots. */
void half_roots(uint64_t roots[HALF_POWER_BITS]);

/* 2^(-age / half_life) in 2^-62. half_life > 0. */
uint64_t half_power(const uint64_t roots[HALF_POWER_BITS], int64_t age_ms, int64_t half_life_ms);

#endif
