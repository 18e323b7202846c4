/* test_gang_search.c - does a gang start whenever some way of placing it exists? Every way is
 * tried. */
#include "core/rng.h"
#include "sim/policies/registry.h"
#include "tests/stage.h"
#include "tests/suite.h"

const char *const SUITE = "gang_search";

#define NODES 3
#define CARDS 4
#define CORES_MILLI 64000

typedef struct Free {
    int32_t gpus[NODES];
    int64_t cpu_milli[NODES];
} Free;

static int32_t draw(uint32_t seed, uint32_t *n, int32_t below)
{
    DrawAddress address = {.seed = seed, .purpose = PURPOSE_TEST};
    return (int32_t)(rng_u64(address, (*n)++) % (uint64_t)below);
}

/* Tries every node for every task. */
static bool some_way(Free *left, int32_t tasks, int32_t gpus, int64_t cpu_milli)
{
    if (tasks == 0) {
        return true;
    }
    bool found = false;
    for (int32_t node = 0; node < NODES && !found; node++) {
        if (left->gpus[node] >= gpus && left->cpu_milli[node] >= cpu_milli) {
            left->gpus[node] -= gpus;
            left->cpu_milli[node] -= cpu_milli;
            found = some_way(left, tasks - 1, gpus, cpu_milli);
            left->gpus[node] += gpus;
            left->cpu_milli[node] += cpu_milli;
        }
    }
    return found;
}

/* Goal: a gang is placed whenever it can be, and never else, whatever the packing rule. Method:
 * three nodes of 4 GPUs and 64 cores, partly held by random jobs until 100 s; at 1 s a gang of up
 * to 5 equal tasks arrives. It must start then if and only if an exhaustive search over all
 * assignments finds one. */
static void a_gang_starts_if_it_can(void)
{
    static const char *const PACKS[] = {"first-fit", "best-fit", "least-allocated", "fgd"};
    int started = 0;
    for (uint32_t seed = 1; seed <= 600; seed++) {
        static Stage stage;
        uint32_t n = 0;
        stage_open(&stage, NODES, CARDS, "skip");
        CU_ASSERT_TRUE_FATAL(
            pack_policy_fill(pack_policy(PACKS[seed % 4]), &stage.scenario.policy.pack));
        int32_t others = 1 + draw(seed, &n, 5);
        for (int32_t i = 0; i < others; i++) {
            stage.rows[i] = stage_job(0, 100, 1, 1 + draw(seed, &n, 3));
            stage.rows[i].cpu_milli = 1000 * draw(seed, &n, 40);
        }
        int32_t tasks = 1 + draw(seed, &n, 5);
        Request *gang = &stage.rows[others];
        *gang = stage_job(1, 10, tasks, 1 + draw(seed, &n, 3));
        gang->cpu_milli = 1000 * draw(seed, &n, 30);
        stage_run(&stage, others + 1);
        Free left = {.gpus = {CARDS, CARDS, CARDS},
                     .cpu_milli = {CORES_MILLI, CORES_MILLI, CORES_MILLI}};
        for (JobId id = 0; id < others; id++) {
            bool holds = stage_start_s(&stage, id) == 0;
            left.gpus[stage.world->task_node[id]] -= holds ? stage.rows[id].gpu_count : 0;
            left.cpu_milli[stage.world->task_node[id]] -= holds ? stage.rows[id].cpu_milli : 0;
        }
        bool possible = some_way(&left, tasks, gang->gpu_count, gang->cpu_milli);
        CU_ASSERT_EQUAL(stage_start_s(&stage, others) == 1, possible);
        started += possible;
        stage_close(&stage);
    }
    CU_ASSERT_TRUE(started > 100 && started < 500); /* both answers were met often */
}

const TestCase CASES[] = {
    {"a gang starts if it can", a_gang_starts_if_it_can},
    {NULL, NULL},
};
