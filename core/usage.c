/* usage.c - GPU time by queue and user: counted exactly, faded by integers. */
#include "core/usage.h"

#include <string.h>

#define ONE_Q62 ((uint64_t)1 << 62)

/* ---- decay ---- */

/* The largest root with root x root <= square. */
static uint64_t root_of(unsigned __int128 square)
{
    uint64_t root = 0;
    for (int bit = 63; bit >= 0; bit--) {
        uint64_t larger = root | (uint64_t)1 << bit;
        if ((unsigned __int128)larger * larger <= square) {
            root = larger;
        }
    }
    return root;
}

void half_roots(uint64_t roots[HALF_POWER_BITS])
{
    uint64_t root = ONE_Q62 / 2;
    for (int bit = 0; bit < HALF_POWER_BITS; bit++) {
        root = root_of((unsigned __int128)root << 62);
        roots[bit] = root;
    }
}

uint64_t half_power(const uint64_t roots[HALF_POWER_BITS], int64_t age_ms, int64_t half_life_ms)
{
    if (age_ms / half_life_ms >= 62) {
        return 0;
    }
    uint64_t power = ONE_Q62 >> (age_ms / half_life_ms);
    uint64_t rest = (uint64_t)(age_ms % half_life_ms);
    for (int bit = 0; bit < HALF_POWER_BITS && rest != 0; bit++) {
        rest *= 2;
        if (rest >= (uint64_t)half_life_ms) {
            rest -= (uint64_t)half_life_ms;
            power = (uint64_t)((unsigned __int128)power * roots[bit] >> 62);
        }
    }
    return power;
}

static int64_t faded(int64_t amount, uint64_t factor)
{
    return (int64_t)((unsigned __int128)(uint64_t)amount * factor >> 62);
}

/* ---- who is who ---- */

static uint64_t user_hash(int32_t queue, const char *user)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)(uint32_t)queue;
    for (; *user != '\0'; user++) {
        hash = (hash ^ (unsigned char)*user) * UINT64_C(1099511628211);
    }
    return hash ^ hash >> 29;
}

/* Numbers the (queue, user) pairs in order of their first jobs. first_job: [job_count] memory. */
static bool users_number(Usage *usage, Arena *arena, const JobTable *jobs, JobId *first_job)
{
    size_t slots = 2;
    while (slots < 2 * (size_t)jobs->job_count) {
        slots *= 2;
    }
    int32_t *table = ARENA_ARRAY(arena, int32_t, slots); /* 1 + number; 0: empty */
    usage->job_user = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    if (table == NULL || usage->job_user == NULL) {
        return false;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        int32_t queue = job_tenant(jobs, job);
        const char *user = jobs->job_user[job] != NULL ? jobs->job_user[job] : "";
        size_t slot = user_hash(queue, user) & (slots - 1);
        for (; table[slot] != 0; slot = (slot + 1) & (slots - 1)) {
            JobId other = first_job[table[slot] - 1];
            const char *name = jobs->job_user[other] != NULL ? jobs->job_user[other] : "";
            if (job_tenant(jobs, other) == queue && strcmp(name, user) == 0) {
                break;
            }
        }
        if (table[slot] == 0) {
            first_job[usage->user_count++] = job;
            table[slot] = usage->user_count;
        }
        usage->job_user[job] = table[slot] - 1;
    }
    return true;
}

/* A weight in thousandths, at least one of them unless it is 0. */
static int64_t shares_of(int64_t weight_ppm)
{
    int64_t shares = (weight_ppm + 999) / 1000;
    return shares < FAIR_SHARES_MAX ? shares : FAIR_SHARES_MAX;
}

static void tree_make(Usage *usage, const JobTable *jobs, const Queue *queues,
                      const JobId *first_job)
{
    for (QueueId queue = 0; queue < usage->queue_count; queue++) {
        usage->nodes[queue] = (FairNode){.parent = queues[queue].parent,
                                         .shares = shares_of(queues[queue].weight_ppm)};
    }
    for (int32_t user = 0; user < usage->user_count; user++) {
        usage->nodes[usage->queue_count + user] =
            (FairNode){.parent = job_tenant(jobs, first_job[user]),
                       .is_user = true,
                       .shares = shares_of(GP_PPM)};
    }
    fair_tree_link(usage->nodes, usage->queue_count + usage->user_count);
}

bool usage_wanted(const PolicySet *policy)
{
    return policy->order_options.fairshare_weight > 0 || policy->share_options.usage_weight_ppm > 0;
}

UsageOptions usage_options(const Scenario *scenario)
{
    const PolicySet *policy = &scenario->policy;
    bool window = policy->share_options.usage_weight_ppm > 0;
    return (UsageOptions){.half_life_ms = policy->order_options.half_life_ms,
                          .window_ms = window ? policy->share_options.window_ms : 0,
                          .window_half_life_ms = policy->share_options.half_life_ms,
                          .fleet_milli = scenario->cluster.gpu_milli};
}

bool usage_init(Usage *usage, Arena *arena, const JobTable *jobs, const Queue *queues,
                int32_t queue_count, const UsageOptions *options)
{
    *usage = (Usage){.options = *options, .queue_count = queue_count};
    JobId *first_job = ARENA_ARRAY(arena, JobId, jobs->job_count);
    if (first_job == NULL || !users_number(usage, arena, jobs, first_job)) {
        return false;
    }
    size_t nodes = (size_t)queue_count + (size_t)usage->user_count;
    usage->held_milli = ARENA_ARRAY(arena, int64_t, usage->user_count);
    usage->since_ms = ARENA_ARRAY(arena, int64_t, usage->user_count);
    usage->spent = ARENA_ARRAY(arena, int64_t, usage->user_count);
    usage->nodes = ARENA_ARRAY(arena, FairNode, nodes);
    usage->scratch = ARENA_ARRAY(arena, int32_t, nodes);
    usage->queue_share = ARENA_ARRAY(arena, int64_t, queue_count);
    if (options->window_ms > 0) {
        usage->bucket_ms = (options->window_ms + USAGE_BUCKETS - 1) / USAGE_BUCKETS;
        usage->bucket_spent =
            ARENA_ARRAY(arena, int64_t, (size_t)queue_count * (size_t)USAGE_BUCKETS);
    }
    if (arena->failed) {
        return false;
    }
    half_roots(usage->half_root);
    tree_make(usage, jobs, queues, first_job);
    fair_tree_rank(usage->nodes, (int32_t)nodes, usage->scratch);
    return true;
}

/* ---- the window ---- */

static int64_t *bucket_row(Usage *usage, int64_t bucket)
{
    return usage->bucket_spent + (size_t)(bucket % USAGE_BUCKETS) * (size_t)usage->queue_count;
}

/* Opens the bucket of now; what is older than the window is forgotten. */
static void window_advance(Usage *usage, int64_t now_ms)
{
    int64_t bucket = now_ms / usage->bucket_ms;
    int64_t oldest = bucket - USAGE_BUCKETS + 1;
    int64_t first = usage->bucket + 1 > oldest ? usage->bucket + 1 : oldest;
    for (int64_t opened = first; opened <= bucket; opened++) {
        memset(bucket_row(usage, opened), 0, (size_t)usage->queue_count * sizeof(int64_t));
    }
    usage->bucket = bucket;
}

/* What the user held from `since` until now, in the buckets of its queue and of all above. */
static void window_add(Usage *usage, int32_t user, int64_t now_ms)
{
    window_advance(usage, now_ms);
    int64_t oldest_ms = (usage->bucket - USAGE_BUCKETS + 1) * usage->bucket_ms;
    int64_t from_ms = usage->since_ms[user] > oldest_ms ? usage->since_ms[user] : oldest_ms;
    while (from_ms < now_ms && usage->held_milli[user] > 0) {
        int64_t bucket = from_ms / usage->bucket_ms;
        int64_t end_ms = (bucket + 1) * usage->bucket_ms;
        int64_t to_ms = end_ms < now_ms ? end_ms : now_ms;
        int64_t *row = bucket_row(usage, bucket);
        int32_t queue = usage->nodes[usage->queue_count + user].parent;
        for (; queue >= 0; queue = usage->nodes[queue].parent) {
            row[queue] += usage->held_milli[user] * (to_ms - from_ms);
        }
        from_ms = to_ms;
    }
}

/* How much a bucket counts, by its age in buckets, in 2^-30. */
static int64_t bucket_weight(const Usage *usage, int64_t age)
{
    int64_t half_life_ms = usage->options.window_half_life_ms;
    if (half_life_ms <= 0) {
        return INT64_C(1) << 30;
    }
    return (int64_t)(half_power(usage->half_root, age * usage->bucket_ms, half_life_ms) >> 32);
}

/* Share of each queue of what the fleet could have given over the window, or since the beginning.
 */
static void window_sum(Usage *usage, int64_t now_ms)
{
    __int128 capacity = 0;
    int64_t weights[USAGE_BUCKETS];
    int64_t ages = usage->bucket < USAGE_BUCKETS - 1 ? usage->bucket + 1 : USAGE_BUCKETS;
    for (int64_t age = 0; age < ages; age++) {
        int64_t begin_ms = (usage->bucket - age) * usage->bucket_ms;
        int64_t length_ms = age == 0 ? now_ms - begin_ms : usage->bucket_ms;
        weights[age] = bucket_weight(usage, age);
        capacity += (__int128)usage->options.fleet_milli * length_ms * weights[age];
    }
    for (QueueId queue = 0; queue < usage->queue_count; queue++) {
        __int128 spent = 0;
        for (int64_t age = 0; age < ages; age++) {
            spent += (__int128)bucket_row(usage, usage->bucket - age)[queue] * weights[age];
        }
        usage->queue_share[queue] = 0;
        if (capacity >> 10 > 0) { /* without the last ten bits, so that the product fits */
            usage->queue_share[queue] =
                (int64_t)((spent >> 10) * USAGE_SHARE_ONE / (capacity >> 10));
        }
    }
}

/* ---- counting ---- */

/* Fades what was spent and adds what was held since. Held at a constant rate for dt, the faded sum
 * is rate x (1 - 2^(-dt / half-life)) x half-life / ln 2. */
static void user_count_up(Usage *usage, int32_t user, int64_t now_ms)
{
    const uint64_t ln2_q62 = UINT64_C(3196577161300663914); /* floor(ln 2 x 2^62) */
    int64_t half_life_ms = usage->options.half_life_ms;
    int64_t dt_ms = now_ms - usage->since_ms[user];
    int64_t held = usage->held_milli[user];
    if (dt_ms == 0) {
        return;
    }
    if (usage->bucket_spent != NULL) {
        window_add(usage, user, now_ms);
    }
    if (half_life_ms > 0) {
        uint64_t power = half_power(usage->half_root, dt_ms, half_life_ms);
        unsigned __int128 added = (unsigned __int128)(ONE_Q62 - power) * (uint64_t)half_life_ms *
                                  (uint64_t)held / ln2_q62;
        usage->spent[user] = faded(usage->spent[user], power) + (int64_t)added;
    } else {
        usage->spent[user] += held * dt_ms;
    }
    usage->since_ms[user] = now_ms;
}

void usage_hold(Usage *usage, JobId job, int64_t now_ms, int64_t milli)
{
    int32_t user = usage->job_user[job];
    user_count_up(usage, user, now_ms);
    usage->held_milli[user] += milli;
}

void usage_update(Usage *usage, int64_t now_ms)
{
    for (int32_t user = 0; user < usage->user_count; user++) {
        user_count_up(usage, user, now_ms);
        usage->nodes[usage->queue_count + user].usage = usage->spent[user];
    }
    if (usage->bucket_spent != NULL) {
        window_advance(usage, now_ms);
        window_sum(usage, now_ms);
    }
    fair_tree_rank(usage->nodes, usage->queue_count + usage->user_count, usage->scratch);
}
