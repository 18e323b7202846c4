/* test_remedy.c - faults that follow and overlap each other, and spares, each case worked out by
 * hand and audited. */
#include "tests/holds.h"
#include "tests/suite.h"

const char *const SUITE = "remedy";

/* ---- faults that follow or overlap each other ---- */

/* Goal: a node that fails twice is given up twice. Method: one node, out from 100 to 200 and from
 * 500 to 600; J starts at 0, 200, 600 and needs 1000. */
static void fails_twice(void)
{
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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
    holds_body("cluster:\n"
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

/* Goal: spares are held back though nothing fails. Method: three nodes, one spare, two jobs of one
 * node and 100 s, one after the other two. */
static void spares_without_faults(void)
{
    holds_body("cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}}}\n"
               "  nodes: [{name: n, type: t, count: 3}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: J, submit: 0s, duration: 100s, gpus: 1, tasks: 2}\n"
               "      - {id: K, submit: 0s, duration: 80s, gpus: 1}\n"
               "policy: {remedy: {spares: 1}}\n"
               "expect:\n"
               "  - job.K.start == 100s\n"
               "  - node.n-2.state == spare @ 50s\n"
               "  - account.spare == 0.05\n");
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
    {"spares without faults", spares_without_faults},
    {NULL, NULL},
};
