/* test_books_rules.c - the books under schedulers that evict, suspend, move, block and dedicate:
 * scenarios in their own words, their amounts worked out by hand. */

#include "tests/holds.h"
#include "tests/suite.h"

const char *const SUITE = "books_rules";

#define HEAD                                                                                       \
    "gpuplan: 1\n"                                                                                 \
    "name: books\n"                                                                                \
    "cluster:\n"                                                                                   \
    "  types: {t: {gpus: {count: 4, model: A}}}\n"                                                 \
    "  nodes: [{name: n, type: t}]\n"

/* Goal: what an eviction takes is lost, the grace too; who suspends loses nothing. Method: L runs
 * on all 4 GPUs for 100 s of work, H wants them for 20 s from 10 s on. Requeue: 10 s x 4 GPUs lost,
 * L again from 30 s on: 40 + 400 + 80 = 520 GPU-s until 130 s. With a grace of 5 s: 15 x 4 lost.
 * Suspend: nothing lost, L ends at 120 s. Cancel: L's 40 are lost. 36 GPU-s are 0.01 GPU-hours. */
static void evictions(void)
{
    holds(HEAD "queues: [{name: low, priority: 1}, {name: high, priority: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: L, submit: 0s, duration: 100s, gpus: 4, queue: low}\n"
               "      - {id: H, submit: 10s, duration: 20s, gpus: 4, queue: high}\n"
               "policy: {preset: fifo, order: multifactor, evict: {rule: tier, mode: requeue}}\n"
               "variants:\n"
               "  requeue: {}\n"
               "  suspend: {policy.evict.mode: suspend}\n"
               "  cancel: {policy.evict.mode: cancel}\n"
               "expect:\n"
               "  - job.H.start == 10s\n"
               "  - variant.requeue.lost_gpu_hours == 0.0111111111\n"
               "  - variant.requeue.account.productive.completed == 0.1333333333\n"
               "  - variant.requeue.job.L.attempts == 2\n"
               "  - variant.requeue.preemptions == 1\n"
               "  - variant.requeue.restarts == 1\n"
               "  - variant.requeue.account.short.gpu == 0\n"
               "  - variant.suspend.lost_gpu_hours == 0\n"
               "  - variant.suspend.job.L.end == 120s\n"
               "  - variant.suspend.job.L.state == suspended @ 15s\n"
               "  - variant.suspend.account.productive.completed == 0.1333333333\n"
               "  - variant.suspend.account.productive.running == 0.0222222222 @ 20s\n"
               "  - variant.cancel.lost_gpu_hours == 0.0111111111\n"
               "  - variant.cancel.job.L.state == cancelled\n"
               "  - variant.cancel.account.productive.cancelled == 0\n"
               "  - variant.cancel.jobs_cancelled == 1\n");
}

/* Goal: an evicted job that may not come back yet claims like one that waits. Method: L (4 GPUs)
 * gives way at 10 s to H (2 GPUs, 20 s) and may start again 60 s later. 10..30 s: 2 are free of the
 * 4 it wants: short, 40 GPU-s. 30..70 s: it would fit, only its delay is in the way: window, 160.
 */
static void requeue_delay(void)
{
    holds(HEAD "queues: [{name: low, priority: 1}, {name: high, priority: 2}]\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: L, submit: 0s, duration: 100s, gpus: 4, queue: low}\n"
               "      - {id: H, submit: 10s, duration: 20s, gpus: 2, queue: high}\n"
               "policy: {preset: fifo, order: multifactor, evict: tier, requeue_delay: 60s}\n"
               "expect:\n"
               "  - job.L.start[2] == 70s\n"
               "  - job.L.reason == blocked.window @ 50s\n"
               "  - account.blocked.window == 0.0444444444\n"
               "  - account.short.gpu == 0.0111111111\n"
               "  - account.lost == 0.0111111111\n"
               "  - account.no_demand == 0\n");
}

/* Goal: BF-1 under EASY, second by second. Method: A(0,4,2) B(1,2,3) C(2,10,4) D(3,4,1) E(4,2,1) on
 * 4 GPUs start at 0 4 7 3 17. Free: 0..1 s 2, nobody waits; 1..3 s 2 and 3..4 s 1, B lacks GPUs:
 * short 5; 6..7 s 3: E would fit and may not delay C: reservation 1, C is short: 2; 17..19 s 3,
 * nobody. */
static void backfilling(void)
{
    holds(HEAD "workload:\n"
               "  - jobs:\n"
               "      - {id: A, submit: 0s, duration: 4s, gpus: 2}\n"
               "      - {id: B, submit: 1s, duration: 2s, gpus: 3}\n"
               "      - {id: C, submit: 2s, duration: 10s, gpus: 4}\n"
               "      - {id: D, submit: 3s, duration: 4s, gpus: 1}\n"
               "      - {id: E, submit: 4s, duration: 2s, gpus: 1}\n"
               "policy: {preset: fifo, scan: easy, estimates: exact}\n"
               "expect:\n"
               "  - job.E.start == 17s\n"
               "  - job.E.reason == blocked.reservation @ 6s\n"
               "  - account.blocked.reservation == 0.0002777778\n"
               "  - account.blocked == 0.0002777778\n"
               "  - account.short.gpu == 0.0019444444\n"
               "  - account.no_demand == 0.0022222222\n"
               "  - account.productive == 0.0166666667\n");
}

/* Goal: quota is told from shape, and the twins recover what it says. Method: two nodes of 4, quota
 * 4; a takes 3 for 100 s; b wants 2 (over quota, fits): quota 2; c of another queue wants 6 GPUs on
 * one node, as two tasks of 3: only one fits beside a on either: no, 1 is free on n1 and 4 on n2: 5
 * of 6: short, the other 3. Without quota b starts at once. */
static void quota(void)
{
    holds("gpuplan: 1\n"
          "name: quota\n"
          "horizon: 100s\n"
          "cluster:\n"
          "  types: {t: {gpus: {count: 4, model: A}}}\n"
          "  nodes: [{name: n1, type: t}, {name: n2, type: t}]\n"
          "queues: [{name: q, quota: {gpus: 4}}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: a, duration: 100s, gpus: 3, queue: q}\n"
          "      - {id: b, duration: 100s, gpus: 2, queue: q}\n"
          "      - {id: c, duration: 100s, gpus: 3, tasks: 2, gang: all}\n"
          "policy: {preset: fifo, admit: quota, scan: skip}\n"
          "variants: {base: {}, twin: {relax: quota}}\n"
          "expect:\n"
          "  - variant.base.account.blocked.quota == 0.0555555556\n"
          "  - variant.base.account.short.gpu == 0.0833333333\n"
          "  - variant.base.job.b.reason == blocked.quota @ 50s\n"
          "  - variant.base.job.c.reason == short.gpu @ 50s\n"
          "  - variant.twin.job.b.start == 0s\n"
          "  - variant.twin.account.blocked == 0\n");
}

/* Goal: nodes that a queue is bound to keep its jobs off others: tenancy. Method: team a has n1,
 * full; y wants 3 and n2 has 4 free: 3 tenancy for an hour, 1 without demand. A tainted node is
 * nobody's rule but the request's: z, which does not tolerate n3, does not claim it as tenancy. */
static void tenancy(void)
{
    holds("gpuplan: 1\n"
          "name: tenancy\n"
          "horizon: 1h\n"
          "cluster:\n"
          "  types: {t: {gpus: {count: 4, model: A}}}\n"
          "  nodes:\n"
          "    - {name: n1, type: t, labels: {team: a}}\n"
          "    - {name: n2, type: t, labels: {team: b}}\n"
          "queues: [{name: qa, nodes: {team: a}}, {name: qb, nodes: {team: b}}]\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: x, duration: 2h, gpus: 4, queue: qa}\n"
          "      - {id: y, duration: 2h, gpus: 3, queue: qa}\n"
          "policy: {preset: fifo, scan: skip}\n"
          "expect:\n"
          "  - job.y.reason == blocked.tenancy\n"
          "  - account.blocked.tenancy == 3\n"
          "  - account.no_demand == 1\n");
}

/* Goal: an elastic job that gives up members above its minimum loses nothing. Method: VOL-6: 8
 * tasks, 4 at least, hold all 8 GPUs; at 10 s the other queue's gang of 4 takes 4 of them back for
 * 10 s. The elastic job has done 80 of 160 GPU-s then, goes on with 4 and grows again at 20 s, when
 * 40 are left: 5 s more. 160 + 40 GPU-s, nothing lost, nobody waits with a GPU in hand. */
static void elastic(void)
{
    holds("gpuplan: 1\n"
          "name: elastic\n"
          "cluster:\n"
          "  types: {t: {gpus: {count: 8, model: A}}}\n"
          "  nodes: [{name: n, type: t}]\n"
          "queues:\n"
          "  - {name: q1, quota: {gpus: 4}}\n"
          "  - {name: q2, quota: {gpus: 4}}\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: E, submit: 0s, duration: 20s, tasks: 8, gpus: 1, gang: min, min_tasks: 4, "
          "sync: true, queue: q1}\n"
          "      - {id: G, submit: 10s, duration: 10s, tasks: 4, gpus: 1, gang: all, queue: q2}\n"
          "policy: {preset: volcano, share: capacity, admit: {rule: enqueue, overcommit: 0%, "
          "queue_limit: true}, evict: reclaim}\n"
          "expect:\n"
          "  - job.G.start == 10s\n"
          "  - job.E.end == 25s\n"
          "  - account.productive == 0.0555555556\n"
          "  - account.lost == 0\n"
          "  - account.assembling == 0\n"
          "  - account.straggler == 0\n"
          "  - preemptions == 1\n");
}

const TestCase CASES[] = {
    {"evicted, suspended, cancelled", evictions},
    {"requeue delay", requeue_delay},
    {"backfilling, second by second", backfilling},
    {"quota, and its twin", quota},
    {"tenancy", tenancy},
    {"an elastic job gives up members", elastic},
    {NULL, NULL},
};
