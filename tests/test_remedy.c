/* test_remedy.c - what is noticed, believed and done, each case worked out by hand and audited. */
#include <stdio.h>
#include <string.h>

#include "sim/experiment/expect.h"
#include "sim/experiment/experiment.h"
#include "sim/policies/registry.h"
#include "tests/loaded.h"
#include "tests/suite.h"

const char *const SUITE = "remedy";

/* Runs the scenario with the audit on; every `expect:` line must hold. */
static void holds(const char *body)
{
    char text[4096];
    snprintf(text, sizeof text, "gpuplan: 1\nname: remedy\n%s", body);
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set = {0};
    ExpectList list = {0};
    ExperimentResult result = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    LoadOptions load = {0};
    Status status =
        scenario_load_text("test.yaml", text, strlen(text), &load, &arena, &diagnostics, &set);
    status = status == STATUS_OK ? expect_parse(&set, &arena, &diagnostics, &list) : status;
    if (status == STATUS_OK) {
        ExperimentOptions options = {.threads = 1, .expects = &list, .audit = true};
        status = experiment_run(&set, &options, &arena, &diagnostics, &result);
    }
    if (status != STATUS_OK) {
        diagnostics_print(&diagnostics, stderr, false);
    }
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    CU_ASSERT_EQUAL(expect_judge(&list, &result, &arena, &diagnostics), STATUS_OK);
    CU_ASSERT(result.expect_count > 0);
    for (int32_t i = 0; i < result.expect_count; i++) {
        const ExpectOutcome *outcome = &result.expects[i];
        if (!outcome->passed) {
            printf("[%s] %s: found %s\n", outcome->variant, outcome->text, outcome->found_text);
        }
    }
    diagnostics_free(&diagnostics);
    arena_free(&arena);
}

/* ---- faults that follow or overlap each other ---- */

/* Goal: a node that fails twice is given up twice. Method: one node, out from 100 to 200 and from
 * 500 to 600; J starts at 0, 200, 600 and needs 1000. */
static void fails_twice(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 1}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 1000s, gpus: 1}\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n-0], cause: a, for: 100s}\n"
          "  - {at: 500s, nodes: [n-0], cause: b, for: 100s}\n"
          "expect:\n"
          "  - job.J.start[2] == 200s\n"
          "  - job.J.start[3] == 600s\n"
          "  - job.J.end == 1600s\n");
}

/* Goal: two faults that overlap are one time out of service, for truth and belief. Method: out from
 * 100 to 400 and from 200 to 600. The baseline's J starts again at 600. Kubernetes: not ready at
 * 140, its pod goes at 440 although one of the faults is over; n-1 is taken, so J starts at 600. */
static void overlapping(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 2}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 1000s, gpus: 1}\n"
          "      - {id: K, submit: 0s, duration: 5000s, gpus: 1}\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n-0], cause: a, for: 300s}\n"
          "  - {at: 200s, nodes: [n-0], cause: b, for: 400s}\n"
          "variants:\n"
          "  none: {}\n"
          "  kube: {policy: {preset: kube-default, remedy: {silent: 40s}}}\n"
          "expect:\n"
          "  - variant.none.job.J.start[2] == 600s\n"
          "  - variant.kube.job.J.start[2] == 600s\n"
          "  - variant.kube.job.J.nodes == n-0 @ 439s\n"
          "  - variant.kube.job.J.state == pending @ 440s\n"
          "  - variant.kube.node.n-0.state == down @ 599s\n"
          "  - variant.kube.job.K.attempts == 1\n");
}

/* Goal: a node that dies while it waits for its job to end is handled, and rebooted afterwards.
 * Method: Xid 79 at 100 while the process lives on, drained when J ends; out from 300 to 400: J is
 * restarted in place at 400 (toleration: 650) and ends at 900; then 30 min of reboot, to 2700. K
 * wants the node at 450. */
static void fails_while_draining(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 1}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 500s, gpus: 1}\n"
          "      - {id: K, submit: 450s, duration: 10s, gpus: 1}\n"
          "policy: {remedy: {preset: nvsentinel, drain: completion, reboot: 30m}}\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n-0], cause: xid-79, effect: slow, speed: 100%}\n"
          "  - {at: 300s, nodes: [n-0], cause: dead, for: 100s}\n"
          "expect:\n"
          "  - job.J.attempts == 1\n"
          "  - job.J.end == 900s\n"
          "  - node.n-0.state == draining @ 500s\n"
          "  - node.n-0.state == down @ 1000s\n"
          "  - job.K.start == 2700s\n");
}

/* Goal: what comes while a node reboots waits for the end of it; a reboot mends what was there when
 * it began. Method: Xid 79 at 100, reboot until 1900. Xid 48 on its GPU at 1000 wants a reset: from
 * 1900 to 2020. The same at 50: the reboot at 100 mends both, 1900. The node's power fails from
 * 1000 to 1100: nothing changes. */
static void fails_while_rebooting(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 1}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 200s, duration: 10s, gpus: 1}\n"
          "policy: {remedy: {preset: nvsentinel, reset: 2m, reboot: 30m}}\n"
          "variants:\n"
          "  later: {inject: [{at: 100s, nodes: [n-0], cause: xid-79}, {at: 1000s, "
          "gpus: [n-0/0], cause: xid-48}]}\n"
          "  before: {inject: [{at: 100s, nodes: [n-0], cause: xid-79}, {at: 50s, "
          "gpus: [n-0/0], cause: xid-48}],\n"
          "           policy.remedy.reset: 10h}\n"
          "  power: {inject: [{at: 100s, nodes: [n-0], cause: xid-79}, {at: 1000s, "
          "nodes: [n-0], cause: power, for: 100s}]}\n"
          "expect:\n"
          "  - variant.later.job.J.start == 2020s\n"
          "  - variant.power.job.J.start == 1900s\n"
          "  - variant.later.node.n-0.state == cordoned @ 1950s\n");
}

/* Goal: a node that dies while a checkpoint is written loses that one. Method: 250 s of work, 20 s
 * each 100. Dead from 110 to 160: nothing saved, 160 + 250 + 2 x 20 = 450. Dead from 130 to 180:
 * 100 saved at 120, 180 + 150 + 20 = 350. */
static void fails_during_a_checkpoint(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 1}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 250s, gpus: 1, "
          "checkpoint: {every: 100s, cost: 20s}}\n"
          "variants:\n"
          "  writing: {inject: [{at: 110s, nodes: [n-0], cause: dead, for: 50s}]}\n"
          "  written: {inject: [{at: 130s, nodes: [n-0], cause: dead, for: 50s}]}\n"
          "expect:\n"
          "  - variant.writing.job.J.end == 450s\n"
          "  - variant.written.job.J.end == 350s\n");
}

/* Goal: completions come before failures in an instant. Method: J ends at 100, its node dies then.
 */
static void fails_as_its_job_ends(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 1}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 100s, gpus: 1}\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n-0], cause: dead}\n"
          "expect:\n"
          "  - job.J.end == 100s\n"
          "  - job.J.attempts == 1\n"
          "  - job.J.state == completed\n");
}

/* Goal: with no node left nobody is evicted by Kubernetes, and all go on in place; the baseline
 * queues them. Method: three nodes out from 100 to 1100. */
static void all_nodes_down(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 3}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 1000s, gpus: 1, tasks: 3, gang: all}\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n], cause: dead, for: 1000s}\n"
          "variants:\n"
          "  none: {}\n"
          "  kube: {policy: {preset: kube-default}}\n"
          "  agent: {policy.remedy: agent}\n"
          "expect:\n"
          "  - variant.none.job.J.start[2] == 1100s\n"
          "  - variant.none.job.J.end == 2100s\n"
          "  - variant.kube.job.J.attempts == 1\n"
          "  - variant.kube.job.J.end == 2100s\n"
          "  - variant.agent.job.J.end == 2100s\n");
}

/* Goal: what nobody mends stays broken, and the run ends all the same. Method: Xid 48 at 100
 * without a remedy: J hangs on its GPU, K gets the other one. */
static void repaired_never(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 2, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 1}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: J, submit: 0s, duration: 1000s, gpus: 1}\n"
          "      - {id: K, submit: 200s, duration: 10s, gpus: 1}\n"
          "horizon: 4000s\n"
          "inject:\n"
          "  - {at: 100s, gpus: [n-0/0], cause: xid-48}\n"
          "variants:\n"
          "  none: {}\n"
          "  kube: {policy: {preset: kube-default}}\n"
          "expect:\n"
          "  - variant.none.job.J.state == running @ 3999s\n"
          "  - variant.none.job.K.start == 200s\n"
          "  - variant.none.job.J.nodes == n-0 @ 3999s\n"
          "  - variant.kube.job.K.state == pending @ 3999s\n");
}

/* ---- reserves ---- */

/* Goal: a spare takes a node's place after its start; when there is none left jobs wait; who comes
 * back when all places are taken is a spare. Method: n-3 is held back. n-0 dies at 100, A goes on
 * at 160 on n-3. n-1 dies at 300, B waits until it is back at 800. n-0 is back at 1100: a spare. */
static void spares_run_out(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 4}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: A, submit: 0s, duration: 2000s, gpus: 1}\n"
          "      - {id: B, submit: 0s, duration: 2000s, gpus: 1}\n"
          "      - {id: C, submit: 0s, duration: 2000s, gpus: 1}\n"
          "policy: {remedy: {spares: 1, spare_start: 60s}}\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n-0], cause: a, for: 1000s}\n"
          "  - {at: 300s, nodes: [n-1], cause: b, for: 500s}\n"
          "expect:\n"
          "  - job.A.start[2] == 160s\n"
          "  - job.A.nodes == n-3\n"
          "  - job.B.start[2] == 800s\n"
          "  - job.B.nodes == n-1\n"
          "  - node.n-3.state == spare @ 50s\n"
          "  - node.n-0.state == spare @ 1200s\n"
          "  - job.C.attempts == 1\n"
          "  - node.n-3.state == spare @ 120s\n");
}

/* Goal: a spare that is broken is no spare until it is mended. Method: n-3 dies at 50, back at 550;
 * n-0 dies at 100 for good: A waits until 550. A spare that dies while it starts: n-0 dies at 100,
 * n-2 starts and dies at 130, n-3 starts then and is there at 190. */
static void spare_fails(void)
{
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 4}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: A, submit: 0s, duration: 2000s, gpus: 1}\n"
          "      - {id: B, submit: 0s, duration: 2000s, gpus: 1}\n"
          "      - {id: C, submit: 0s, duration: 2000s, gpus: 1}\n"
          "horizon: 5000s\n"
          "policy: {remedy: {spares: 1, spare_start: 0s}}\n"
          "inject:\n"
          "  - {at: 50s, nodes: [n-3], cause: a, for: 500s}\n"
          "  - {at: 100s, nodes: [n-0], cause: b}\n"
          "expect:\n"
          "  - node.n-3.state == down @ 60s\n"
          "  - job.A.start[2] == 550s\n"
          "  - job.A.nodes == n-3\n"
          "  - node.n-3.state == up @ 600s\n");
    holds("cluster:\n"
          "  types: {t: {gpus: {count: 1, model: A}}}\n"
          "  nodes: [{name: n, type: t, count: 4}]\n"
          "horizon: 5000s\n"
          "policy: {remedy: {spares: 50%, spare_start: 60s}}\n"
          "workload: [{jobs: [{id: A, duration: 1000s, gpus: 1}, {id: B, "
          "duration: 1000s, gpus: 1}]}]\n"
          "inject:\n"
          "  - {at: 100s, nodes: [n-0], cause: a}\n"
          "  - {at: 130s, nodes: [n-2], cause: b}\n"
          "expect:\n"
          "  - job.A.start[2] == 190s\n"
          "  - job.A.nodes == n-3\n"
          "  - job.B.attempts == 1\n");
}

/* ---- what is believed ---- */

/* Goal: whoever was to have a node that is closed meanwhile looks for another. Method: H preempts L
 * on n-1 at 10, which has a grace of 60 s; n-1 is closed at 30 (Xid 79, the process lives on): H
 * preempts M on n-0 then, which has none. */
static void cordoned_with_nominee(void)
{
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    holds(
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
    holds("cluster:\n"
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
    holds("cluster:\n"
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
    {"fails twice", fails_twice},
    {"two faults at once", overlapping},
    {"fails while draining", fails_while_draining},
    {"fails while rebooting", fails_while_rebooting},
    {"fails during a checkpoint", fails_during_a_checkpoint},
    {"fails as its job ends", fails_as_its_job_ends},
    {"all nodes down", all_nodes_down},
    {"repaired never", repaired_never},
    {"spares run out", spares_run_out},
    {"a spare fails", spare_fails},
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
