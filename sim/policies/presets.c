/* presets.c - named schedulers: one row fills every slot and every option. A preset that needs an
 * if needs a slot option instead.
 *
 * Sources and what each rule means: docs/presets.md.
 */
#include <stddef.h>

#include "sim/policies/registry.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define DAY_MS (24 * 60 * MINUTE_MS)

#define ORDER_PLAIN                                                                                \
    {                                                                                              \
        .age_from = AGE_FROM_SUBMIT, .recompute_ms = 5 * MINUTE_MS, .age_max_ms = 7 * DAY_MS,      \
        .half_life_ms = 7 * DAY_MS                                                                 \
    }
#define ORDER_QUEUED                                                                               \
    {                                                                                              \
        .age_from = AGE_FROM_QUEUED, .recompute_ms = 5 * MINUTE_MS, .age_max_ms = 7 * DAY_MS,      \
        .half_life_ms = 7 * DAY_MS                                                                 \
    }
#define SHARE_PLAIN                                                                                \
    {                                                                                              \
        .window_ms = 7 * DAY_MS                                                                    \
    }
#define ADMIT_PLAIN                                                                                \
    {                                                                                              \
        .overcommit_ppm = 1200000, .queue_gate = true, .borrow_first = true,                       \
        .nonpreemptible_in_quota = true                                                            \
    }
#define EVICT_PLAIN                                                                                \
    {                                                                                              \
        .mode = EVICT_REQUEUE, .within_queue = PREEMPT_POLICY, .reclaim = RECLAIM_POLICY,          \
        .borrow_priority = INT64_MIN, .moves_max = 16, .consolidates = true,                       \
        .preemptible_below = INT64_MAX                                                             \
    }
#define EVICT_NEVER                                                                                \
    {                                                                                              \
        .mode = EVICT_REQUEUE, .within_queue = PREEMPT_NEVER, .reclaim = RECLAIM_NEVER,            \
        .borrow_priority = INT64_MIN, .moves_max = 16, .preemptible_below = INT64_MAX              \
    }

const OrderOptions ORDER_OPTIONS_DEFAULT = ORDER_PLAIN;
const ShareOptions SHARE_OPTIONS_DEFAULT = SHARE_PLAIN;
const AdmitOptions ADMIT_OPTIONS_DEFAULT = ADMIT_PLAIN;
const ScanOptions SCAN_OPTIONS_DEFAULT = {0};
const EvictOptions EVICT_OPTIONS_DEFAULT = EVICT_PLAIN;

/* What schedulers of Kubernetes look at: devices, their memory where it is asked for, cores and
 * host memory; never bandwidth. */
#define SEES_KUBE                                                                                  \
    (1u << GP_AXIS_GPU | 1u << GP_AXIS_GPU_MEMORY | 1u << GP_AXIS_CPU | 1u << GP_AXIS_MEMORY)
#define SEES_SLURM (1u << GP_AXIS_GPU | 1u << GP_AXIS_CPU | 1u << GP_AXIS_MEMORY)

/* Equal scores go to the lowest node here, at random there. */
#define KUBE_TIES                                                                                  \
    "Ties go to the lowest node, upstream at random. What was refused is tried again at every "    \
    "change, upstream after a back-off of 1 s to 10 s. Grace is the job's, 0 unless given; "       \
    "upstream 30 s."
#define KUBE_LEFT_OUT                                                                              \
    "Affinity, topology spread, images, volumes, ports and disruption budgets; gang and topology " \
    "plugins (alpha, off); namespace quotas (admit: quota adds them)."

/* ---- reference ---- */

static const Preset FIFO = {
    .name = "fifo",
    .summary = "first come first served, strictly; the first node that fits",
    .modelled = "A plain reference scheduler, no product's. Head-of-line blocking is on purpose.",
    .order = "fifo",
    .share = "none",
    .admit = "none",
    .scan = "strict",
    .pack = "first-fit",
    .evict = "none",
    .ties = "index",
    .remedy = "none",
    .gang_loss = {.rule = GANG_LOSS_STOPS, .shrinks = true},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .estimates = ESTIMATE_EXACT,
};

static const Preset OPENB_STUDY = {
    .name = "openb-study",
    .summary = "the published packing study: arrivals fill the fleet, what does not fit is dropped",
    .version = "Weng et al., USENIX ATC 2023, and its simulator",
    .modelled = "As that simulator computes it: tasks stay, nothing is queued, retried or moved.",
    .approximated = "Ties go to a rank drawn once a replication; the published ranks are recorded: "
                    "ties: {ranks: FILE}.",
    .order = "fifo",
    .share = "none",
    .admit = "none",
    .scan = "drop",
    .pack = "fgd",
    .evict = "none",
    .ties = "random",
    .remedy = "none",
    .gang_loss = {.rule = GANG_LOSS_STOPS, .shrinks = true},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .estimates = ESTIMATE_EXACT,
};

/* ---- Kubernetes and what runs on it ---- */

static const Preset KUBE_DEFAULT = {
    .name = "kube-default",
    .summary =
        "the default Kubernetes scheduler: priority and age, task by task, spread, preemption",
    .version = "kube-scheduler 1.36.3, default profile",
    .modelled = "One task after the other by priority and time in the queue; what does not fit "
                "blocks nobody; the search that stops after enough nodes and goes on where it "
                "stopped; LeastAllocated and BalancedAllocation over CPU and memory; preemption "
                "with reprieve and the choice of the node.",
    .approximated = KUBE_TIES " Shares of a GPU and MIG are seen as amounts; upstream counts "
                              "devices, or slices by their names. A node kept for a "
                              "nominated pod is kept whole; upstream a lower pod that asks for "
                              "nothing it is short of may join.",
    .left_out = KUBE_LEFT_OUT,
    .order = "priority",
    .share = "none",
    .admit = "none",
    .scan = "skip",
    .pack = "kube-default",
    .evict = "priority",
    .ties = "index",
    .remedy = "kubernetes",
    .gang_loss = {.rule = GANG_LOSS_WAITS},
    .order_options = ORDER_QUEUED,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .place = {.gangs = GANGS_TASK_BY_TASK, .topology = TOPOLOGY_IGNORED, .candidates = -1},
    .estimates = ESTIMATE_EXACT,
    .sees = SEES_KUBE,
};

static const Preset HAMI = {
    .name = "hami",
    .summary = "HAMi on the default Kubernetes scheduler: shares of cards, full nodes, empty cards",
    .version = "HAMi main of August 2026 (2.9 line), on kube-scheduler 1.36.3",
    .modelled =
        "The host's queue and search; the fit of a card by tasks, memory and cores; "
        "nodes packed and cards spread by HAMi's scores; MIG instances placed as HAMi does, "
        "never moved.",
    .approximated =
        KUBE_TIES " Where every card that a request for memory may use is in MIG mode, it "
                  "becomes the smallest profile that covers it; on mixed fleets a job "
                  "names its profile. A job that names memory and no cores holds no share of a "
                  "GPU in the ledger, as it has no limit.",
    .left_out = "NUMA and link scores, exclusive and UUID lists, vendors other than NVIDIA, memory "
                "and core scaling, namespace quotas, preemption by the host (evict: priority adds "
                "it). " KUBE_LEFT_OUT,
    .order = "priority",
    .share = "none",
    .admit = "none",
    .scan = "skip",
    .pack = "hami",
    .evict = "none",
    .ties = "index",
    .remedy = "kubernetes",
    .gang_loss = {.rule = GANG_LOSS_WAITS},
    .order_options = ORDER_QUEUED,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .place = {.gangs = GANGS_TASK_BY_TASK,
              .topology = TOPOLOGY_IGNORED,
              .mig_by_memory = true,
              .memory_alone = true,
              .candidates = -1},
    .estimates = ESTIMATE_EXACT,
    .sees = SEES_KUBE,
};

static const Preset VOLCANO = {
    .name = "volcano",
    .summary = "Volcano: gangs, shares by weight, an enqueue gate, a pass a second",
    .version = "Volcano main of August 2026, default actions and plugins",
    .modelled =
        "A cycle of 1 s; queues by priority and share, jobs by priority, gang and dominant "
        "share; the enqueue gate (overcommit 1.2 and each queue's limit); proportion; gangs "
        "whole or not at all, passed over when they do not fit.",
    .approximated = "Actions are instantaneous. Scores are those of nodeorder over CPU and memory. "
                    "Ties go to the lowest node.",
    .left_out =
        "Preempt and reclaim are off, as installed (evict: reclaim adds them); SLA, task "
        "topology, network topology and number-of-pods limits; life-cycle policies other than "
        "restart-job on pod eviction and failure (maxRetry 3; preemptions do not count); "
        "best-effort pods.",
    .order = "volcano",
    .share = "proportion",
    .admit = "enqueue",
    .scan = "skip",
    .pack = "volcano",
    .evict = "none",
    .ties = "index",
    .remedy = "kubernetes",
    .gang_loss = {.rule = GANG_LOSS_STOPS, .max_retry = 3},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = EVICT_PLAIN,
    .place = {.gangs = GANGS_TOGETHER, .topology = TOPOLOGY_IGNORED, .candidates = -1},
    .estimates = ESTIMATE_EXACT,
    .cycle_ms = SECOND_MS,
    .sees = SEES_KUBE,
};

#define KUEUE_VERSION "Kueue main of August 2026 (0.19 line)"
#define KUEUE_LEFT_OUT                                                                             \
    "Admission fair sharing, partial admission, waitForPodsReady, admission checks, several "      \
    "resource groups in a queue. "

static const Preset KUEUE = {
    .name = "kueue",
    .summary = "Kueue on the default Kubernetes scheduler: quotas, borrowing in cohorts, flavors",
    .version = KUEUE_VERSION ", pods placed by kube-scheduler 1.36.3",
    .modelled =
        "Whole jobs admitted against quota, cohort trees with borrowing and lending, flavors "
        "in order; best-effort first come first served, or strict (queues.scan); heads that "
        "need not borrow first; preemption in queue and cohort, off as installed. Quota "
        "is held for all pods of a job, which the default scheduler then places one by one.",
    .approximated = "Fair sharing is off as installed (share: cohort turns it "
                    "on). " KUBE_TIES,
    .left_out = KUEUE_LEFT_OUT KUBE_LEFT_OUT,
    .order = "kueue",
    .share = "none",
    .admit = "cohort",
    .scan = "skip",
    .pack = "kube-default",
    .evict = "kueue",
    .ties = "index",
    .remedy = "kubernetes",
    .gang_loss = {.rule = GANG_LOSS_WAITS},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .scan_options = {.per_queue = true},
    .evict_options = EVICT_NEVER,
    .place = {.gangs = GANGS_TASK_BY_TASK, .topology = TOPOLOGY_IGNORED, .candidates = -1},
    .estimates = ESTIMATE_EXACT,
    .sees = SEES_KUBE,
};

static const Preset KUEUE_TOPOLOGY = {
    .name = "kueue-topology",
    .summary = "Kueue with topology-aware scheduling: admitted only with places, close together",
    .version = KUEUE_VERSION ", topology-aware scheduling on",
    .modelled = "As kueue, but a job is admitted only when all its pods have places: the lowest "
                "level that fits, largest domains first and the last one tight (BestFit); without "
                "a level the least free capacity. A pod lost with its node is replaced once, "
                "inside the domain, else the job goes back.",
    .approximated = "Fair sharing is off as installed. Ties go to the first domain.",
    .left_out = KUEUE_LEFT_OUT KUBE_LEFT_OUT,
    .order = "kueue",
    .share = "none",
    .admit = "cohort-placed",
    .scan = "skip",
    .pack = "kube-default",
    .evict = "kueue",
    .ties = "index",
    .remedy = "kubernetes",
    .gang_loss = {.rule = GANG_LOSS_REPLACES},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .scan_options = {.per_queue = true},
    .evict_options = EVICT_NEVER,
    .place = {.gangs = GANGS_TOGETHER, .topology = TOPOLOGY_BEST_FIT},
    .estimates = ESTIMATE_EXACT,
    .sees = SEES_KUBE,
};

static const Preset KAI = {
    .name = "kai",
    .summary =
        "KAI Scheduler (Run:ai): fair shares, reclaim, preemption, consolidation, bin packing",
    .version = "KAI Scheduler main of August 2026 (0.15 line)",
    .modelled =
        "A cycle of 1 s: allocate, consolidate, reclaim, preempt; fair shares by quota, queue "
        "priority and weight in whole GPUs; the order of queues and jobs; priorities of 100 "
        "and more cannot be stopped and stay in quota; elastic jobs; card sharing and bin "
        "packing; the tightest domain that holds a job.",
    .approximated =
        "Moved and stopped jobs start again from zero. A gang that evictions leave short of its "
        "minimum goes at once, upstream after 60 s, as here one that lost a node. Ties go to the "
        "lowest node.",
    .left_out = "Shards, hierarchical pod groups, affinity points, resource claims, scaling "
                "adjustments; usage-based shares are off as installed (share: {usage_weight: 1}).",
    .order = "kai",
    .share = "kai",
    .admit = "kai",
    .scan = "skip",
    .pack = "kai",
    .evict = "kai",
    .ties = "index",
    .remedy = "kubernetes",
    .gang_loss = {.rule = GANG_LOSS_STALE, .stale_ms = MINUTE_MS},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .evict_options = {.mode = EVICT_REQUEUE,
                      .within_queue = PREEMPT_LOWER_PRIORITY,
                      .reclaim = RECLAIM_ANY,
                      .borrow_priority = INT64_MIN,
                      .moves_max = 16,
                      .consolidates = true,
                      .preemptible_below = 100},
    .place = {.gangs = GANGS_TOGETHER, .topology = TOPOLOGY_TIGHTEST},
    .estimates = ESTIMATE_EXACT,
    .cycle_ms = SECOND_MS,
    .sees = SEES_KUBE,
};

/* ---- Slurm ---- */

static const Preset SLURM = {
    .name = "slurm",
    .summary =
        "Slurm: multifactor priority, strict by partition, backfill every 30 s by time limits",
    .version = "Slurm 26.05, sched/backfill and priority/multifactor with their defaults",
    .modelled = "A quick pass over 100 jobs at every event, in which the first job of a partition "
                "that cannot start stops it; every 30 s a plan of 500 jobs over 24 h in steps of "
                "60 s, ends taken from time limits; limits looked at every 30 s; 121 s until a "
                "requeued job may start.",
    .approximated =
        "A queue is a partition, its priority the tier, its quota and limit what its "
        "jobs may hold together. All weights are 0, as installed: first come, first "
        "served. Nodes are shared by GPUs; upstream plans whole nodes. A stopped partition "
        "stops itself; upstream nobody behind it gets its nodes in that pass.",
    .left_out =
        "Reservations, licences, QOS limits by user, the full pass every 60 s, node weights, "
        "power saving, time slicing. Preemption is off, as installed (evict: tier adds it).",
    .order = "multifactor",
    .share = "none",
    .admit = "quota",
    .scan = "conservative",
    .pack = "first-fit",
    .evict = "none",
    .ties = "index",
    .remedy = "slurm",
    .gang_loss = {.rule = GANG_LOSS_STOPS},
    .order_options = ORDER_PLAIN,
    .share_options = SHARE_PLAIN,
    .admit_options = ADMIT_PLAIN,
    .scan_options = {.per_queue = true,
                     .depth = 100,
                     .every_ms = 30 * SECOND_MS,
                     .plan_depth = 500,
                     .window_ms = 1440 * MINUTE_MS,
                     .resolution_ms = MINUTE_MS},
    .evict_options = EVICT_PLAIN,
    .place = {.gangs = GANGS_TOGETHER, .topology = TOPOLOGY_IGNORED},
    .estimates = ESTIMATE_LIMIT,
    .requeue_delay_ms = 121 * SECOND_MS,
    .limit_check_ms = 30 * SECOND_MS,
    .sees = SEES_SLURM,
};

const Preset *const PRESETS[] = {&FIFO,  &OPENB_STUDY,    &KUBE_DEFAULT, &HAMI,  &VOLCANO,
                                 &KUEUE, &KUEUE_TOPOLOGY, &KAI,          &SLURM, NULL};
