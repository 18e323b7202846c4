/* test_flows.c - the data path in whole runs: scenarios in their own words, worked out by hand,
 * with the audit on, which works all speeds out anew whenever the clock moves. */
#include "tests/holds.h"
#include "tests/loaded.h"
#include "tests/suite.h"

#define HEAD "gpuplan: 1\nname: flows\n"
#define NODES(type, count)                                                                         \
    "cluster:\n"                                                                                   \
    "  types: {t: {gpus: {count: 1, model: A}, " type "}}\n"                                       \
    "  nodes: [{name: n, type: t, count: " count "}]\n"
#define JOBS(jobs) "workload: [{jobs: [" jobs "]}]\n"
#define EXPECT(lines) "expect:\n" lines

/* Goal: a gang that stands still holds its places, can lose a member, and goes on. Method: two
 * members, 4 h of work. The first is fed nothing from 1 h to 5 h; the other's node is out from 2 h
 * to 3 h, which loses the hour that both did. They start again at 3 h, stand still until 5 h and
 * work until 9 h. Waiting for data: 1 h + 2 h of the first, as long the other for it. */
static void test_nothing(void)
{
    holds(HEAD NODES("storage_bandwidth: 1GB/s", "2")
              JOBS("{id: G, duration: 4h, tasks: 2, gang: all, gpus: 1, need: {storage_bandwidth: "
                   "1GB/s}}") "inject:\n"
                              "  - {at: 1h, nodes: [n-0], for: 4h, scale: {storage_bandwidth: "
                              "0%}}\n"
                              "  - {at: 2h, nodes: [n-1], for: 1h}\n" EXPECT(
                                  "  - job.G.end == 9h\n"
                                  "  - job.G.attempts == 2\n"
                                  "  - account.productive == 8\n"
                                  "  - account.lost == 2\n"
                                  "  - account.io_stall.storage_bandwidth == 3\n"
                                  "  - account.straggler == 3\n"));
}

/* Goal: what a fault takes of a rack's network it takes of its uplink. Method: two tasks of 50 Gb/s
 * in a rack of 100 Gb/s; half of everything is enough for each node's 50, not for both on the
 * uplink: 25 each, so an hour takes two. */
static void test_uplink(void)
{
    holds(HEAD "cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}, network: 100Gb/s, rack_uplink: "
               "100Gb/s}}\n"
               "  nodes: [{name: n, type: t, count: 2, rack: r1}]\n" JOBS(
                   "{id: J, duration: 1h, "
                   "tasks: 2, gang: none, "
                   "gpus: 1, need: {network: "
                   "50Gb/s}}") "inject: [{at: "
                               "0s, racks: "
                               "[r1], scale: "
                               "{network: "
                               "50%}}]"
                               "\n" EXPECT("  - "
                                           "job.J.end "
                                           "== 2h\n"
                                           "  - "
                                           "account."
                                           "io_stall."
                                           "network "
                                           "== 2\n"));
}

/* Goal: who advances faster draws more. Method: a model at twice the speed, a job that needs 1 GB/s
 * at its own speed on a node that has 1: it goes at 1 instead of 2, half of the time it waits. Fed,
 * it is done in half the time. */
static void test_fast_model(void)
{
    holds(HEAD NODES("storage_bandwidth: 1GB/s, speed: 200%", "1")
              JOBS("{id: J, duration: 10h, gpus: "
                   "1, need: {storage_bandwidth: "
                   "1GB/s}}") "variants: {as-is: "
                              "{}, fed: {relax: "
                              "io}}\n" EXPECT("  - "
                                              "variant.as-is."
                                              "job.J.end == "
                                              "10h\n"
                                              "  - "
                                              "variant.as-is."
                                              "account.io_"
                                              "stall == 5\n"
                                              "  - "
                                              "variant.as-is."
                                              "productive_"
                                              "compute == "
                                              "10\n"
                                              "  - "
                                              "variant.fed."
                                              "job.J.end == "
                                              "5h\n"
                                              "  - "
                                              "variant.fed."
                                              "productive_"
                                              "compute == "
                                              "10\n"));
}

/* Goal: the smaller cause has the time, the data path where both are equal. Method: storage at 50 %
 * all along; the card at 50 % from the start, at 25 % from 10 h to 20 h: 10 h at 0.5 wait for data,
 * 10 h at 0.25 for the card, then 0.5 again. 5 + 2.5 + 5 h of work in 30 h. */
static void test_causes(void)
{
    holds(HEAD NODES("storage_bandwidth: 2GB/s", "1")
              JOBS("{id: J, duration: 12500s, gpus: 1, need: {storage_bandwidth: "
                   "2GB/s}}") "inject:\n"
                              "  - {at: 0s, nodes: [n-0], scale: {storage_bandwidth: "
                              "50%}}\n"
                              "  - {at: 0s, gpus: [n-0/0], speed: 50%}\n"
                              "  - {at: 10000s, gpus: [n-0/0], speed: 50%, for: "
                              "10000s, cause: hot}\n" EXPECT(
                                  "  - job.J.end == 30000s\n"
                                  "  - account.io_stall.storage_bandwidth == 2.7778 +- "
                                  "0.0001\n"
                                  "  - account.slow_device == 2.0833 +- 0.0001\n"));
}

/* Goal: cores hold back those that say how many they need, and only if there are too few. Method:
 * 8 cores; two jobs that ask for 4 and need 8 get 4 each: half speed. A third, that asks for none
 * and says nothing, is not held back. */
static void test_cores(void)
{
    holds(HEAD "cluster:\n"
               "  types: {t: {gpus: {count: 3, model: A}, cpu: 8}}\n"
               "  nodes: [{name: n, type: t}]\n" JOBS(
                   "{id: J, duration: 1h, tasks: 2, gang: none, gpus: 1, cpu: 4, need: {cpu: 8}}, "
                   "{id: K, duration: 1h, gpus: 1}") EXPECT("  - job.J.end == 2h\n"
                                                            "  - job.K.end == 1h\n"
                                                            "  - account.io_stall.cpu == 2\n"));
}

/* Goal: noise costs the pace of a gang, not of a task, and leaves its share of the pool to others.
 * Method: two members at a coefficient of variation of 100 %: their pace is 1 / 1.56419. 10 h of
 * work take 15.6419 h, of which 5.6419 h each wait. A task of the same length takes 10 h. The pool
 * of 3 GB/s could not feed three at full speed, with 2 / 1.56419 + 1.5 it can. */
static void test_noise(void)
{
    holds(HEAD "cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}, storage: pool}}\n"
               "  nodes: [{name: n, type: t, count: 3}]\n"
               "  storage: [{name: pool, bandwidth: 3GB/s}]\n"
               "models: {step_noise: 100%}\n" JOBS(
                   "{id: G, duration: 10h, tasks: 2, gang: all, gpus: 1, need: {storage_bandwidth: "
                   "1GB/s}}, "
                   "{id: J, duration: 10h, gpus: 1, need: {storage_bandwidth: 1500MB/s}}")
                   EXPECT("  - job.G.end == 56310840ms +- 200ms\n"
                          "  - job.J.end == 10h\n"
                          "  - account.straggler == 11.2838 +- 0.0001\n"
                          "  - account.io_stall == 0\n"));
}

/* Goal: an elastic job goes on at the pace of those that are left, by their number. Method: two
 * members, one is enough; the second node has a quarter of its storage: pace 1/4 together. At 2 h
 * that node is out for good: the first goes on alone at full speed, half of what two would do. 0.5
 * h are done by then, of 2 h; the rest takes 3 h. */
static void test_elastic(void)
{
    holds(HEAD NODES("storage_bandwidth: 4GB/s", "2")
              JOBS("{id: E, duration: 2h, tasks: 2, gang: min, min_tasks: 1, gpus: 1, need: "
                   "{storage_bandwidth: 4GB/s}}") "inject:\n"
                                                  "  - {at: 0s, nodes: [n-1], scale: "
                                                  "{storage_bandwidth: 25%}}\n"
                                                  "  - {at: 2h, nodes: [n-1]}\n" EXPECT(
                                                      "  - job.E.end == 5h\n"
                                                      "  - account.io_stall == 1.5\n"
                                                      "  - account.straggler == 1.5\n"
                                                      "  - account.productive == 4\n"));
}

/* Goal: those who come and go change the others' pace at once and exactly. Method: a pool of 2
 * GB/s; A needs it all for 10 h. B, the same for 2 h, comes at 4 h: both at a half until B is done,
 * at 8 h; A has 4 + 2 h then and ends at 12 h. */
static void test_come_and_go(void)
{
    holds(HEAD "cluster:\n"
               "  types: {t: {gpus: {count: 1, model: A}, storage: pool}}\n"
               "  nodes: [{name: n, type: t, count: 2}]\n"
               "  storage: [{name: pool, bandwidth: 2GB/s}]\n" JOBS(
                   "{id: A, duration: 10h, gpus: 1, need: {storage_bandwidth: 2GB/s}}, "
                   "{id: B, submit: 4h, duration: 2h, gpus: 1, need: {storage_bandwidth: 2GB/s}}")
                   EXPECT("  - job.B.end == 8h\n"
                          "  - job.A.end == 12h\n"
                          "  - account.io_stall.storage_bandwidth == 4\n"));
}

/* Goal: what is asked for is needed, unless `need` says otherwise; a scheduler that is blind to a
 * lane overbooks it. Method: a node of 2 GB/s, two jobs that ask for 2 each; a blind scheduler
 * starts both at half speed; one that sees runs them one after the other. With need: 0 both run. */
static void test_blind(void)
{
    holds(HEAD "cluster:\n"
               "  types: {t: {gpus: {count: 2, model: A}, storage_bandwidth: 2GB/s}}\n"
               "  nodes: [{name: n, type: t}]\n" JOBS(
                   "{id: A, duration: 1h, gpus: 1, storage_bandwidth: "
                   "2GB/s}, "
                   "{id: B, duration: 1h, gpus: 1, storage_bandwidth: "
                   "2GB/s}") "variants:\n"
                             "  sees: {}\n"
                             "  blind: {policy.sees: [gpu, cpu, "
                             "memory]}\n"
                             "  idle: {policy.sees: [gpu, cpu, "
                             "memory], workload: [{jobs: [{id: A, "
                             "duration: "
                             "1h, gpus: 1, storage_bandwidth: 2GB/s, "
                             "need: {storage_bandwidth: 0MB/s}}, {id: "
                             "B, duration: 1h, gpus: 1, "
                             "storage_bandwidth: 2GB/s}]}]}\n" EXPECT(
                                 "  - variant.sees.job.A.end == 1h\n"
                                 "  - variant.sees.job.B.end == 2h\n"
                                 "  - variant.blind.job.A.end == 2h\n"
                                 "  - variant.blind.job.B.end == 2h\n"
                                 "  - variant.blind.account.io_stall "
                                 "== 2\n"
                                 "  - variant.idle.job.A.end == 1h\n"
                                 "  - variant.idle.job.B.end == 1h\n"));
}

/* Goal: assumed needs and speeds are those of the first class that matches, own words stay. Method:
 * a node of 4 GB/s on which large jobs (2 GPUs) are assumed to read 4 GB/s a GPU and to go at 50 %,
 * small ones nothing. L reads 8 x 0.5 = 4 of 4: 1 h takes 2 h. S is not held back. O says itself
 * that it is as fast as ever and reads nothing. */
static void test_assumed(void)
{
    holds(HEAD "cluster:\n"
               "  types: {t: {gpus: {count: 4, model: A}, storage_bandwidth: 4GB/s}}\n"
               "  nodes: [{name: n, type: t}]\n"
               "models:\n"
               "  needs:\n"
               "    - {name: own, gpus: 1, speed: {A: 100%}, source: made up}\n"
               "    - {name: large, gpus: \">1\", kind: batch, per: gpu, need: {storage_bandwidth: "
               "4GB/s}, speed: {A: 50%}, source: made up}\n" JOBS(
                   "{id: L, duration: 1h, gpus: 2}, "
                   "{id: S, duration: 1h, gpus: 1}, "
                   "{id: O, submit: 3h, duration: 1h, gpus: 2, need: {network: 1Gb/s}, speed: {A: "
                   "100%}}") EXPECT("  - job.L.end == 2h\n"
                                    "  - job.S.end == 1h\n"
                                    "  - job.O.end == 4h\n"
                                    "  - account.io_stall == 0\n"));
}

/* Goal: what a checkpoint kept counts by relative speed too. Method: a model at 50 %; 4 h of work,
 * a checkpoint each hour of it that costs nothing. The node is out at 5 h, for 1 h, with 2.5 h
 * done: 0.5 h, an hour of the GPU, is lost. The other 2 h of work take 4 h. Productive: 8 GPU-h, by
 * speed 4. */
static void test_kept(void)
{
    holds(HEAD NODES("speed: 50%", "1")
              JOBS("{id: J, duration: 4h, gpus: 1, checkpoint: {every: 1h, "
                   "cost: 0s}}") "inject: [{at: 5h, nodes: [n-0], for: "
                                 "1h}]\n" EXPECT("  - job.J.end == 10h\n"
                                                 "  - account.lost == 1\n"
                                                 "  - account.productive == 8\n"
                                                 "  - productive_compute == 4\n"));
}

/* Goal: mistakes are told, each once. */
static void test_mistakes(void)
{
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8, storage: lustre}}, nodes: [{name: a, "
                          "type: h}]}\n" JOB,
                          "name", "no storage `lustre`"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h}], storage: "
                          "[{name: x, bandwidth: 1GB/s}, {name: x, bandwidth: 1GB/s}]}\n" JOB,
                          "duplicate", "storage `x` is declared twice"));
    CU_ASSERT(refused_for("cluster: {types: {h: {gpus: 8}}, nodes: [{name: a, type: h}], storage: "
                          "[{name: x}]}\n" JOB,
                          "missing", "bandwidth"));
    CU_ASSERT(refused_for(CLUSTER JOBS("{id: A, duration: 4s, gpus: 2, speed: {T4: 50%}}"), "name",
                          "no node has GPUs of model `T4`"));
    CU_ASSERT(refused_for(CLUSTER JOBS("{id: A, duration: 4s, gpus: 2, speed: {H100: 0%}}"),
                          "range", "speed on `H100`"));
    CU_ASSERT(
        refused_for(SMALL "models: {step_noise: loud}\n", "choice", "`step_noise` is `loud`"));
    CU_ASSERT(refused_for(SMALL "models: {step_noise: 200%}\n", "choice", "0% to 100%"));
    CU_ASSERT(refused_for(SMALL "models: {needs: [{name: a, need: {network: 1Gb/s}}]}\n", "missing",
                          "source"));
    CU_ASSERT(refused_for(SMALL "models: {needs: [{name: a, need: {network: 1Gb/s}, source: us, "
                                "gpus: many}]}\n",
                          "range", "found `many` as the `gpus` of `a`"));
    CU_ASSERT(
        refused_for(SMALL "models: {needs: [{name: a, source: us}]}\n", "missing", "says neither"));
    CU_ASSERT(refused_for("queues: [{name: q}]\n" CLUSTER
                          "workload: [{jobs: [{id: A, duration: 4s, gpus: 2, queue: q}]}]\n"
                          "models: {needs: [{name: a, need: {cpu: 1}, source: us, queue: r}]}\n",
                          "name", "no queue `r`"));
    CU_ASSERT(refused_for(SMALL "models: {needs: [{name: a, speed: {T4: 50%}, source: us}]}\n",
                          "name", "model `T4`"));
    CU_ASSERT(accepted(SMALL "models: {needs: [{name: a, need: {network: 1Gb/s}, source: us, gpus: "
                             "\"< 4\", queue: x, kind: batch, per: gpu}], step_noise: pai}\n"));
}

const char *const SUITE = "flows";
const TestCase CASES[] = {{"fed nothing", test_nothing},
                          {"uplink of a rack", test_uplink},
                          {"fast model", test_fast_model},
                          {"causes", test_causes},
                          {"cores", test_cores},
                          {"noise", test_noise},
                          {"elastic", test_elastic},
                          {"come and go", test_come_and_go},
                          {"blind scheduler", test_blind},
                          {"assumed", test_assumed},
                          {"kept", test_kept},
                          {"mistakes", test_mistakes},
                          {0}};
