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

uint64_t half_power(int64_t age_ms, int64_t half_life_ms)
{
    if (age_ms / half_life_ms >= 62) {
        return 0;
    }
    uint64_t power = ONE_Q62 >> (age_ms / half_life_ms);
    uint64_t rest = (uint64_t)(age_ms % half_life_ms);
    uint64_t factor = ONE_Q62 / 2; /* 2^-1, 2^-(1/2), 2^-(1/4) ... for the bits of the exponent */
    for (int bit = 0; bit < 40 && rest != 0; bit++) {
        factor = root_of((unsigned __int128)factor << 62);
        rest *= 2;
        if (rest >= (uint64_t)half_life_ms) {
            rest -= (uint64_t)half_life_ms;
            power = (uint64_t)((unsigned __int128)power * factor >> 62);
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
        usage->nodes[queue] =
            (FairNode){.parent = queues[queue].parent, .shares = shares_of(queues[queue].weight_ppm)};
    }
    for (int32_t user = 0; user < usage->user_count; user++) {
        usage->nodes[usage->queue_count + user] = (FairNode){
            .parent = job_tenant(jobs, first_job[user]), .is_user = true, .shares = shares_of(GP_PPM)};
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
    usage->recent = ARENA_ARRAY(arena, int64_t, usage->user_count);
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
    tree_make(usage, jobs, queues, first_job);
    fair_tree_rank(usage->nodes, (int32_t)nodes, usage->scratch);
    return true;
}

/* ---- counting ---- */

static void user_count_up(Usage *usage, int32_t user, int64_t now_ms)
{
    usage->recent[user] += usage->held_milli[user] * (now_ms - usage->since_ms[user]);
    usage->since_ms[user] = now_ms;
}

void usage_hold(Usage *usage, JobId job, int64_t now_ms, int64_t milli)
{
    int32_t user = usage->job_user[job];
    user_count_up(usage, user, now_ms);
    usage->held_milli[user] += milli;
}

/* ---- the window ---- */

/* What was spent since the last update counts in the bucket of now: an update comes more often than
 * a bucket is long, or the window is coarse anyway. */
static void window_add(Usage *usage, QueueId queue, int64_t spent)
{
    size_t row = (size_t)(usage->bucket % USAGE_BUCKETS) * (size_t)usage->queue_count;
    for (; queue >= 0; queue = usage->nodes[queue].parent) {
        usage->bucket_spent[row + (size_t)queue] += spent;
    }
}

static void window_advance(Usage *usage, int64_t now_ms)
{
    int64_t bucket = now_ms / usage->bucket_ms;
    int64_t steps = bucket - usage->bucket;
    size_t width = (size_t)usage->queue_count;
    for (int64_t step = 0; step < steps && step < USAGE_BUCKETS; step++) {
        int64_t emptied = bucket - step;
        memset(usage->bucket_spent + (size_t)(emptied % USAGE_BUCKETS) * width, 0,
               width * sizeof(int64_t));
    }
    usage->bucket = bucket;
}

/* Share of each queue of what the fleet could have given over the window. */
static void window_sum(Usage *usage, int64_t now_ms)
{
    const UsageOptions *options = &usage->options;
    uint64_t weight[USAGE_BUCKETS]; /* by age, 2^-30 */
    __int128 capacity = 0;
    for (int64_t age = 0; age < USAGE_BUCKETS; age++) {
        int64_t begin_ms = (usage->bucket - age) * usage->bucket_ms;
        int64_t end_ms = age == 0 ? now_ms : begin_ms + usage->bucket_ms;
        weight[age] = options->window_half_life_ms > 0
                          ? half_power(age * usage->bucket_ms, options->window_half_life_ms) >> 32
                          : (uint64_t)1 << 30;
        if (begin_ms >= 0) {
            capacity += (__int128)options->fleet_milli * (end_ms - begin_ms) * (int64_t)weight[age];
        }
    }
    for (QueueId queue = 0; queue < usage->queue_count; queue++) {
        __int128 spent = 0;
        for (int64_t age = 0; age < USAGE_BUCKETS && age <= usage->bucket; age++) {
            size_t row = (size_t)((usage->bucket - age) % USAGE_BUCKETS);
            spent += (__int128)usage->bucket_spent[row * (size_t)usage->queue_count +
                                                   (size_t)queue] *
                     (int64_t)weight[age];
        }
        usage->queue_share[queue] = 0;
        if (capacity >> 10 > 0) { /* without the last ten bits, so that the product fits */
            usage->queue_share[queue] =
                (int64_t)((spent >> 10) * USAGE_SHARE_ONE / (capacity >> 10));
        }
    }
}

void usage_update(Usage *usage, int64_t now_ms)
{
    uint64_t factor = usage->options.half_life_ms > 0
                          ? half_power(now_ms - usage->updated_ms, usage->options.half_life_ms)
                          : ONE_Q62;
    for (int32_t user = 0; user < usage->user_count; user++) {
        FairNode *node = &usage->nodes[usage->queue_count + user];
        user_count_up(usage, user, now_ms);
        if (usage->bucket_spent != NULL) {
            window_add(usage, node->parent, usage->recent[user]);
        }
        node->usage = faded(node->usage, factor) + usage->recent[user];
        usage->recent[user] = 0;
    }
    if (usage->bucket_spent != NULL) {
        window_sum(usage, now_ms);
        window_advance(usage, now_ms);
    }
    usage->updated_ms = now_ms;
    fair_tree_rank(usage->nodes, usage->queue_count + usage->user_count, usage->scratch);
}
