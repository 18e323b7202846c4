/* remedy_presets.c - named remedies: one row fills every option. Sources and what each option
 * means: docs/remedies.md.
 */
#include <stddef.h>

#include "core/job.h"
#include "sim/policies/policies.h"
#include "sim/policies/registry.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define DAY_MS (24 * 60 * MINUTE_MS)

/* How long a GPU's reset and a node's reboot take: reliability notes, 1-3 min and 10-30 min. */
#define RESET_MS (2 * MINUTE_MS)
#define REBOOT_MS (30 * MINUTE_MS)

/* The node controller of Kubernetes 1.32 and later. */
#define NODE_CONTROLLER                                                                            \
    .silent_ms = 50 * SECOND_MS, .evict_every_ms = 10 * SECOND_MS,                                 \
    .evict_every_slow_ms = 100 * SECOND_MS, .brake_ppm = 550000, .brake_nodes_min = 3,             \
    .small_zone = 50, .restarts_in_place = true

/* A Job's controller tries failed pods again. */
#define JOB_CONTROLLER                                                                             \
    .backoff_ms = 10 * SECOND_MS, .backoff_max_ms = 600 * SECOND_MS, .backoff_limit = 6

static const RemedyPreset NONE = {
    .name = "none",
    .summary = "a node that is out is given up at once, nothing else is seen or done",
    .modelled = "The plain reference: whoever was on a node that is out is back in the queue in "
                "that instant; a node that works again takes jobs again.",
    .left_out = "Faults of GPUs and slow data paths are never noticed; nothing is reset or "
                "rebooted.",
    .policy = &remedy_none,
    .options = {.reset_ms = RESET_MS, .reboot_ms = REBOOT_MS, .backoff_limit = -1},
};

static const RemedyPreset KUBERNETES = {
    .name = "kubernetes",
    .summary = "Kubernetes: 50 s of silence, 300 s of toleration, one node in 10 s and zone",
    .version = "Kubernetes 1.32 to 1.36 (up to 1.31: silent: 40s); NVIDIA device plugin of August "
               "2026",
    .modelled =
        "A node that is silent is closed after the grace and tainted when it is its turn in "
        "its zone; its pods go when their toleration ends; a zone of which 55 % and at "
        "least 3 nodes are not ready is braked (up to 50 nodes: stopped; larger: one node "
        "in 100 s), and all stop when no node is ready. Who comes back before is restarted "
        "in place. A GPU with a critical Xid is taken off the node's count; its pods stay, "
        "and still count.",
    .approximated =
        "The last heartbeat falls on the instant of death. A zone all of which is down "
        "while another works is not braked, as upstream. A node that only a reboot mends "
        "is rebooted by whoever is on call.",
    .left_out =
        "Lease renewal and check periods, start-up grace, disruption budgets, other taints.",
    .policy = &remedy_kubernetes,
    .options = {.signals = SIGNALS_GPU,
                NODE_CONTROLLER,
                JOB_CONTROLLER,
                .tolerate_ms = 300 * SECOND_MS,
                .counts_capacity = true,
                .reset_ms = RESET_MS,
                .reboot_ms = REBOOT_MS},
};

static const RemedyPreset SLURM = {
    .name = "slurm",
    .summary = "Slurm: a node silent for 300 s is down, its jobs are requeued",
    .version = "Slurm 26.05, SlurmdTimeout 300, JobRequeue 1, no health-check program",
    .modelled = "Jobs of a node that is down end with NODE_FAIL and wait for the requeue delay of "
                "the scheduler (121 s). A job that a node's restart has killed is requeued when "
                "the node is back.",
    .approximated = "A node that works again is returned to service at once, by ReturnToService or "
                    "an administrator (return_to_service: false keeps it out until it is repaired "
                    "by people).",
    .left_out = "Prolog failures, health-check program, reservations for maintenance.",
    .policy = &remedy_slurm,
    .options = {.signals = SIGNALS_NONE,
                .silent_ms = 300 * SECOND_MS,
                .backoff_limit = -1,
                .reset_ms = RESET_MS,
                .reboot_ms = REBOOT_MS},
};

static const RemedyPreset NVSENTINEL = {
    .name = "nvsentinel",
    .summary = "NVSentinel: cordon, drain, reset, reboot, escalation, circuit breaker",
    .version = "NVSentinel's documentation of August 2026, on Kubernetes 1.32 or later",
    .modelled =
        "Xids by class: the node is cordoned, the faulty GPU's pods (partial: true) or all "
        "are drained as the mode says, the GPU is reset or the node rebooted; what does "
        "not help is followed by the next step, at last by a repair. No more cordons above "
        "half of the fleet in 5 min. Five remediations of a node in 7 days: it stays out. "
        "Slow GPUs (and data paths, with signals: all) take nothing new, and are drained below "
        "half of their speed. Silent nodes as kubernetes.",
    .approximated = "Xids are seen at once. Bursts within 3 min count once. One drain mode for all "
                    "workloads.",
    .left_out = "Diagnostics after repeated application Xids, retries of a drain, modes by "
                "namespace.",
    .policy = &remedy_nvsentinel,
    .options = {.signals = SIGNALS_GPU,
                NODE_CONTROLLER,
                JOB_CONTROLLER,
                .tolerate_ms = 300 * SECOND_MS,
                .counts_capacity = true,
                .drain = DRAIN_IMMEDIATE,
                .drain_grace_ms = 60 * SECOND_MS,
                .drain_timeout_ms = 60 * MINUTE_MS,
                .partial = true,
                .reset_ms = RESET_MS,
                .reboot_ms = REBOOT_MS,
                .breaker_ppm = 500000,
                .breaker_window_ms = 5 * MINUTE_MS,
                .score_min_ppm = 500000,
                .ban_faults = 5,
                .ban_window_ms = 7 * DAY_MS},
};

static const RemedyPreset AGENT = {
    .name = "agent",
    .summary = "an agent: health scores over all signals, moves jobs, resets, reboots, bans lemons",
    .modelled =
        "All signals after 60 s. A node's score is the least of what is left of its lanes "
        "and devices; below 50 % the jobs that suffer leave it, if there is room elsewhere. "
        "Lanes that the scheduler looks at are derated in its eyes, other nodes or devices "
        "are closed. GPUs are reset, nodes rebooted, then repaired; five faults in 7 days "
        "ban a node. A node that does not answer is given up when the agent sees it; "
        "one that it does not see, as kubernetes does. Processes that fail are started "
        "again, however often.",
    .approximated = "No algorithm of such an agent is published: thresholds and delays are "
                    "assumptions, to be varied.",
    .left_out = "Prediction of faults; live migration.",
    .policy = &remedy_agent,
    .options = {.signals = SIGNALS_ALL,
                .detect_ms = 60 * SECOND_MS,
                NODE_CONTROLLER,
                .tolerate_ms = 300 * SECOND_MS,
                .backoff_ms = 10 * SECOND_MS,
                .backoff_max_ms = 600 * SECOND_MS,
                .backoff_limit = -1,
                .partial = true,
                .reset_ms = RESET_MS,
                .reboot_ms = REBOOT_MS,
                .breaker_ppm = 500000,
                .breaker_window_ms = 5 * MINUTE_MS,
                .score_min_ppm = 500000,
                .move_when = WHEN_NOW,
                .ban_faults = 5,
                .ban_window_ms = 7 * DAY_MS,
                .derates = true},
};

const RemedyPreset *const REMEDY_PRESETS[] = {&NONE,       &KUBERNETES, &SLURM,
                                              &NVSENTINEL, &AGENT,      NULL};
