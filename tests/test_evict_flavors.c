/* test_evict_flavors.c - Kueue's preemption with several flavors, worked out by hand, like the
 * micro-scenario kue-flavor-preempt. */
#include "tests/suite.h"
#include "tests/text_run.h"

const char *const SUITE = "evict_flavors";

#define FLAVORS(spot_priority)                                                                     \
    "cluster:\n  types: {t: {gpus: {count: 8, model: H100}}}\n"                                    \
    "  nodes: [{name: s, type: t, flavor: spot}, {name: o, type: t, flavor: on-demand}]\n"         \
    "horizon: 50s\n"                                                                               \
    "policy: {preset: kueue}\n"                                                                    \
    "queues: [{name: q, preempt: lower-priority, flavors: [{name: spot, quota: {gpus: 2}}, "       \
    "{name: on-demand, quota: {gpus: 4}}]}]\n"                                                     \
    "workload: [{jobs: [\n"                                                                        \
    "  {id: S, submit: 0s, duration: 100s, gpus: 2, queue: q, priority: " #spot_priority "},\n"    \
    "  {id: O, submit: 1s, duration: 100s, gpus: 4, queue: q},\n"                                  \
    "  {id: H, submit: 10s, duration: 10s, gpus: 2, queue: q, priority: 10}]}]\n"

static void gives_way(const char *text, const char *victim)
{
    TextRun run;
    CU_ASSERT_TRUE_FATAL(text_run(&run, text, NULL));
    CU_ASSERT_EQUAL(text_run_start(&run, "H", 1), 10);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, victim), 1);
    CU_ASSERT_EQUAL(text_run_facts(&run, FACT_TASK_EVICTED, NULL), 1);
    text_run_free(&run);
}

/* Goal: victims are of the first flavor in which preemption helps, though the newest is of another.
 * Method: spot (2) is full of S, on-demand (4) of O, newer; H (2) takes S's place. */
static void the_first_flavor_gives_way(void)
{
    gives_way(FLAVORS(0), "S");
}

/* Goal: a flavor with nobody to stop is passed over. Method: as above, S above H: O gives way. */
static void a_flavor_without_victims_is_passed_over(void)
{
    gives_way(FLAVORS(20), "O");
}

const TestCase CASES[] = {
    {"the first flavor gives way", the_first_flavor_gives_way},
    {"a flavor without victims is passed over", a_flavor_without_victims_is_passed_over},
    {0},
};
