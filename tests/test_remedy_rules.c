/* test_remedy_rules.c - what is believed of nodes, and what becomes of gangs, each case worked out
 * by hand and audited; mistakes in `policy.remedy`. */
#include "sim/policies/registry.h"
#include "tests/holds.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "remedy_rules";

/* ---- what is believed ---- */

/* Goal: whoever was to have a node that is closed meanwhile looks for another. Method: H preempts L
 * on n-1 at 10, which has a grace of 60 s; n-1 is closed at 30 (Xid 79, the process lives on): H
 * preempts M on n-0 then, which has none. */
static void cordoned_with_nominee(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: L, submit: 0s, duration: 500s, gpus: 1, grace: 60s, priority: 0}\n"
               "      - {id: M, submit: 0s, duration: 500s, gpus: 1, priority: 1}\n"
               "      - {id: H, submit: 10s, duration: 20s, gpus: 1, priority: 100}\n"
               "policy: {preset: kube-default, remedy: {preset: nvsentinel, "
               "drain: completion}}\n"
               "inject:\n"
               "  - {at: 30s, nodes: [n-1], cause: xid-79, effect: slow, speed: 100%}\n"
               "expect:\n"
               "  - job.H.start == 30s\n"
               "  - job.H.nodes == n-0\n");
}

/* Goal: plans count on no node that is closed. Method: n-0 is down from 10 to 1000, A runs on n-1
 * until 100. D wants both nodes at 20 and gets them at 1000; B wants one GPU for 400 s at 21 and
 * starts at 100, which delays nobody. */
static void plans_know_who_is_closed(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: X, submit: 0s, duration: 5s, gpus: 1}\n"
               "      - {id: A, submit: 0s, duration: 100s, gpus: 1}\n"
               "      - {id: D, submit: 20s, duration: 50s, gpus: 1, tasks: 2, gang: all}\n"
               "      - {id: B, submit: 21s, duration: 400s, gpus: 1}\n"
               "inject:\n"
               "  - {at: 10s, nodes: [n-0], cause: dead, for: 990s}\n"
               "variants:\n"
               "  easy: {policy.scan: easy}\n"
               "  conservative: {policy.scan: conservative}\n"
               "expect:\n"
               "  - job.D.start == 1000s\n"
               "  - job.B.start == 100s\n");
}

/* Goal: the breaker stops cordons when half of the fleet was cordoned lately. Method: four nodes,
 * Xid 79 on all at 100 s; two are closed at once, a third would be above half: the others are left
 * until those are 5 min back, at 400. */
static void breaker(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 4}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: J, submit: 5000s, duration: 10s, gpus: 1}\n"
               "policy: {remedy: {preset: nvsentinel, reboot: 1h}}\n"
               "inject:\n"
               "  - {at: 100s, nodes: [n], cause: xid-79, effect: slow, speed: 100%}\n"
               "expect:\n"
               "  - node.n-1.state == down @ 101s\n"
               "  - node.n-2.state == up @ 399s\n"
               "  - node.n-3.state == down @ 401s\n");
}

/* Goal: a lemon does not come back. Method: the agent bans after two faults; the second is at 5000.
 * Faults within 3 min count once. */
static void lemons_are_banned(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: J, submit: 0s, duration: 10h, gpus: 1}\n"
               "horizon: 20h\n"
               "policy: {remedy: {preset: agent, detect: 0s, ban: {faults: 2, within: 7d}}}\n"
               "inject:\n"
               "  - {at: 1000s, nodes: [n-0], cause: a, for: 100s}\n"
               "  - {at: 1101s, nodes: [n-0], cause: b, for: 100s}\n"
               "  - {at: 5000s, nodes: [n-0], cause: c, for: 100s}\n"
               "expect:\n"
               "  - node.n-0.state == up @ 1300s\n"
               "  - node.n-0.state == banned @ 6000s\n");
}

/* Goal: a derated node takes what still fits. Method: 10 GB/s, 30 % left. P asks 5 GB/s and goes to
 * n-1, Q asks 2 GB/s and stays on n-0; when the fault is over R with 8 GB/s fits n-0 again. */
static void derated_in_the_packers_eyes(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 4, model: A}, storage_bandwidth: 10GB/s}}\n"
               "  nodes: [{name: n, type: t, count: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: P, submit: 50s, duration: 100s, gpus: 1, "
               "storage_bandwidth: 5GB/s}\n"
               "      - {id: Q, submit: 50s, duration: 100s, gpus: 1, "
               "storage_bandwidth: 2GB/s}\n"
               "      - {id: R, submit: 500s, duration: 100s, gpus: 1, "
               "storage_bandwidth: 8GB/s}\n"
               "policy: {remedy: {preset: agent, detect: 0s}}\n"
               "inject:\n"
               "  - {at: 10s, nodes: [n-0], for: 400s, cause: raid-rebuild, "
               "scale: {storage_bandwidth: 30%}}\n"
               "expect:\n"
               "  - job.P.nodes == n-1\n"
               "  - job.Q.nodes == n-0\n"
               "  - job.R.nodes == n-0\n");
}

/* ---- gangs ---- */

/* Goal: an elastic job goes on without the members that it lost and grows again; one that must not
 * shrink starts again. Method: 400 s of work of 4 tasks, at least 2. n-3 is out from 100 to 300:
 * 100 + 200 x 3/4 + 150 = 400: ends at 450. */
static void elastic_shrinks(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 4}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: J, submit: 0s, duration: 400s, gpus: 1, tasks: 4, min_tasks: 2, "
               "gang: min, sync: true}\n"
               "inject:\n"
               "  - {at: 100s, nodes: [n-3], cause: dead, for: 200s}\n"
               "variants:\n"
               "  shrinks: {}\n"
               "  not: {policy.remedy.shrink: false}\n"
               "expect:\n"
               "  - variant.shrinks.job.J.end == 450s\n"
               "  - variant.shrinks.job.J.attempts == 1\n"
               "  - variant.not.job.J.attempts == 2\n");
}

/* Goal: a rack that goes out is noticed once, and given up node by node. Method: Kubernetes, 12
 * nodes in racks of 4 and one zone; rack 0 dies at 100, silent at 140, a node each 10 s: 440, 450,
 * 460, 470. */
static void rack_out(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 12, nodes_per_rack: 4}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: A, duration: 1000s, gpus: 1}\n"
               "      - {id: B, duration: 1000s, gpus: 1}\n"
               "      - {id: C, duration: 1000s, gpus: 1}\n"
               "      - {id: D, duration: 1000s, gpus: 1}\n"
               "policy: {preset: kube-default, candidates: all, pack: first-fit, "
               "remedy: {silent: 40s}}\n"
               "inject:\n"
               "  - {at: 100s, racks: [n-0], cause: switch, for: 2h}\n"
               "expect:\n"
               "  - job.A.start[2] == 440s\n"
               "  - job.B.start[2] == 450s\n"
               "  - job.C.start[2] == 460s\n"
               "  - job.D.start[2] == 470s\n");
}

/* Goal: while the rest of a gang is on its way out nobody of it is placed; it waits whole then.
 * Method: KAI, four nodes, grace 100 s. n-3 dies at 100, its pod goes at 440 + 10 (silent 50), the
 * others are told at 510 and gone at 610; n-3 is back at 550: the gang starts at 610. */
static void stale_gang_with_grace(void)
{
    holds_body(
        "cluster:\n"
        "  types: {t: {gpus: {count: 1, model: A}}}\n"
        "  nodes: [{name: n, type: t, count: 4}]\n"
        "workload:\n"
        "  - jobs:\n"
        "      - {id: J, submit: 0s, duration: 1000s, gpus: 1, tasks: 4, gang: all, grace: 100s}\n"
        "policy: {preset: kai}\n"
        "inject:\n"
        "  - {at: 100s, nodes: [n-3], cause: dead, for: 450s}\n"
        "expect:\n"
        "  - job.J.nodes == n-0;n-1;n-2 @ 500s\n"
        "  - job.J.start[2] == 610s\n"
        "  - job.J.end == 1610s\n");
}

/* Goal: a member that is replaced keeps the quota of its job. Method: Kueue, quota 4 on 6 nodes; J
 * holds 4. A node dies at 100, its pod goes at 450; K, which waits for quota, does not get it. */
static void replaced_within_quota(void)
{
    holds_body(
        "cluster:\n"
        "  types: {t: {gpus: {count: 1, model: A}}}\n"
        "  nodes: [{name: n, type: t, count: 6}]\n"
        "queues: [{name: q, quota: {gpus: 4}}]\n"
        "workload:\n"
        "  - jobs:\n"
        "      - {id: J, submit: 0s, duration: 1000s, gpus: 1, tasks: 4, gang: all, queue: q}\n"
        "      - {id: K, submit: 1s, duration: 1000s, gpus: 1, queue: q, priority: 9}\n"
        "policy: {preset: kueue, candidates: all, pack: first-fit}\n"
        "inject:\n"
        "  - {at: 100s, nodes: [n-3], cause: dead}\n"
        "expect:\n"
        "  - job.J.task[4].start == 450s\n"
        "  - job.J.end == 1450s\n"
        "  - job.K.start == 1450s\n");
}

/* Goal: planned maintenance is no failure: nobody waits for a toleration. Method: Kubernetes, n-0
 * out from 100 to 400. */
static void planned(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: J, submit: 0s, duration: 1000s, gpus: 1}\n"
               "policy: {preset: kube-default}\n"
               "inject:\n"
               "  - {at: 100s, nodes: [n-0], cause: firmware, for: 300s, planned: true}\n"
               "expect:\n"
               "  - job.J.start[2] == 100s\n"
               "  - job.J.nodes == n-1\n"
               "  - account.down == 0\n"
               "  - node.n-0.state == up @ 401s\n");
}

/* ---- mistakes ---- */

#define REMEDY(keys) SMALL "policy: {remedy: {" keys "}}\n"

static void mistakes(void)
{
    CU_ASSERT(refused_for(REMEDY("preset: robots"), "choice", "robots"));
    CU_ASSERT(refused_for(REMEDY("spares: 2.5"), "format", "whole number of nodes"));
    CU_ASSERT(refused_for(REMEDY("spares: 120%"), "range", "0% to 100%"));
    CU_ASSERT(
        refused_for(REMEDY("shift: {begin: \"24:00\", length: 8h}"), "format", "time of day"));
    CU_ASSERT(refused_for(REMEDY("shift: {begin: 8, length: 8h}"), "format", "time of day"));
    CU_ASSERT(refused_for(REMEDY("shift: {length: 8h, days: [mon, sunday]}"), "format", "sunday"));
    CU_ASSERT(refused_for(REMEDY("shift: {begin: \"08:00\"}"), "missing", "length"));
    CU_ASSERT(refused_for(REMEDY("ban: {faults: 17}"), "range", "0 to 16"));
    CU_ASSERT(refused_for(REMEDY("technician_cost: 55 EUR/h"), "unit", "dollars an hour"));
    CU_ASSERT(accepted(REMEDY(
        "preset: agent, spares: 5%, shift: {begin: \"22:00\", length: 8h, days: [fri-mon, wed]}, "
        "technicians: 3, technician_cost: 55 USD/h, ban: 2, backoff_limit: never")));
}

/* Goal: every scheduler's row names a remedy that exists, and every remedy says what it is. */
static void rows_are_whole(void)
{
    for (int i = 0; PRESETS[i] != NULL; i++) {
        CU_ASSERT_PTR_NOT_NULL(remedy_preset(PRESETS[i]->remedy));
    }
    for (int i = 0; REMEDY_PRESETS[i] != NULL; i++) {
        const RemedyPreset *row = REMEDY_PRESETS[i];
        CU_ASSERT(row->policy != NULL && row->policy == remedy_policy(row->policy->name));
        CU_ASSERT(row->summary != NULL && row->modelled != NULL);
        CU_ASSERT(row->options.reset_ms > 0 && row->options.reboot_ms > row->options.reset_ms);
    }
}

const TestCase CASES[] = {
    {"a nominee's node is cordoned", cordoned_with_nominee},
    {"plans know who is closed", plans_know_who_is_closed},
    {"breaker", breaker},
    {"lemons are banned", lemons_are_banned},
    {"derated in the packer's eyes", derated_in_the_packers_eyes},
    {"elastic shrinks", elastic_shrinks},
    {"a rack goes out", rack_out},
    {"a stale gang with grace", stale_gang_with_grace},
    {"replaced within quota", replaced_within_quota},
    {"planned", planned},
    {"mistakes", mistakes},
    {"rows are whole", rows_are_whole},
    {NULL, NULL},
};
