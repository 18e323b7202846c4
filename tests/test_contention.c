/* test_contention.c - fair shares of what several flows need: hand cases, and two oracles that know
 * nothing of how the levels are found. */
#include "tests/suite.h"

#include <string.h>

#include "core/packing/gpupack.h"
#include "core/rng.h"
#include "models/contention.h"

#define FLOWS_MAX 12
#define RESOURCES_MAX 8
#define USES_MAX (FLOWS_MAX * RESOURCES_MAX)

typedef struct System {
    Contention contention;
    Flow flows[FLOWS_MAX];
    Resource resources[RESOURCES_MAX];
    FlowUse uses[USES_MAX];
    int32_t order[USES_MAX];
} System;

static void system_open(System *system)
{
    memset(system, 0, sizeof(*system));
    system->contention.flows = system->flows;
    system->contention.resources = system->resources;
    system->contention.uses = system->uses;
    system->contention.order = system->order;
}

static int32_t resource_add(System *system, int64_t capacity)
{
    system->resources[system->contention.resource_count] = (Resource){.capacity = capacity};
    return system->contention.resource_count++;
}

static int32_t flow_add(System *system, int32_t cap_ppm)
{
    system->flows[system->contention.flow_count] = (Flow){.cap_ppm = cap_ppm};
    return system->contention.flow_count++;
}

static void use_add(System *system, int32_t flow, int32_t resource, int32_t members, int64_t need)
{
    system->uses[system->contention.use_count++] =
        (FlowUse){.flow = flow, .resource = resource, .members = members, .need = need};
}

/* ---- by hand ---- */

/* Goal: on one pool each draws min(need, equal level). Method: pool 10, needs 2 and 12: 2 is
 * served, 8 is left: paces 1 and 8/12 = 0.666 666. */
static void test_one_pool(void)
{
    System system;
    system_open(&system);
    resource_add(&system, 10);
    use_add(&system, flow_add(&system, GP_PPM), 0, 1, 2);
    use_add(&system, flow_add(&system, GP_PPM), 0, 1, 12);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.flows[0].rate_ppm, GP_PPM);
    CU_ASSERT_EQUAL(system.flows[1].rate_ppm, 666666);
    CU_ASSERT_EQUAL(system.resources[0].level, 8000000);
}

/* Goal: what is not full holds nobody back, nor does what is just enough; nothing at all gives
 * nothing. Method: 10 of 11 used, 10 of 10 used, a capacity of 0. */
static void test_free_and_nothing(void)
{
    System system;
    system_open(&system);
    resource_add(&system, 11);
    resource_add(&system, 10);
    resource_add(&system, 0);
    use_add(&system, flow_add(&system, GP_PPM), 0, 5, 2);
    use_add(&system, flow_add(&system, GP_PPM), 1, 5, 2);
    use_add(&system, flow_add(&system, GP_PPM), 2, 1, 1);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.resources[0].level, LEVEL_FREE);
    CU_ASSERT_EQUAL(system.resources[1].level, 2000000);
    CU_ASSERT_EQUAL(system.flows[0].rate_ppm, GP_PPM);
    CU_ASSERT_EQUAL(system.flows[1].rate_ppm, GP_PPM);
    CU_ASSERT_EQUAL(system.flows[2].rate_ppm, 0);
}

/* Goal: the textbook network. Method: Bertsekas and Gallager's chain: links of 10 and 20; A uses
 * both, B the first, C the second, each would take 100. First link: A = B = 5; the second leaves
 * C 15. In shares of 100: 0.05, 0.05, 0.15. */
static void test_chain(void)
{
    System system;
    system_open(&system);
    resource_add(&system, 10);
    resource_add(&system, 20);
    int32_t both = flow_add(&system, GP_PPM);
    use_add(&system, both, 0, 1, 100);
    use_add(&system, both, 1, 1, 100);
    use_add(&system, flow_add(&system, GP_PPM), 0, 1, 100);
    use_add(&system, flow_add(&system, GP_PPM), 1, 1, 100);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.flows[0].rate_ppm, 50000);
    CU_ASSERT_EQUAL(system.flows[1].rate_ppm, 50000);
    CU_ASSERT_EQUAL(system.flows[2].rate_ppm, 150000);
}

/* Goal: a gang goes at its slowest member and leaves the rest of its shares to others. Method: two
 * nodes of 10 and 4. A gang has a member of need 8 on each; B needs 8 on the first. The second node
 * holds the gang at 4/8; it draws 4 of the first, which leaves B 6 of 8. */
static void test_gang(void)
{
    System system;
    system_open(&system);
    resource_add(&system, 10);
    resource_add(&system, 4);
    int32_t gang = flow_add(&system, GP_PPM);
    use_add(&system, gang, 0, 1, 8);
    use_add(&system, gang, 1, 1, 8);
    use_add(&system, flow_add(&system, GP_PPM), 0, 1, 8);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.flows[0].rate_ppm, 500000);
    CU_ASSERT_EQUAL(system.flows[1].rate_ppm, 750000);
}

/* Goal: members count, not gangs. Method: pool 12, a gang of 5 members and a task, each needs 4:
 * 12 / 6 = 2 each, so both at 1/2. */
static void test_members(void)
{
    System system;
    system_open(&system);
    resource_add(&system, 12);
    use_add(&system, flow_add(&system, GP_PPM), 0, 5, 4);
    use_add(&system, flow_add(&system, GP_PPM), 0, 1, 4);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.flows[0].rate_ppm, 500000);
    CU_ASSERT_EQUAL(system.flows[1].rate_ppm, 500000);
}

/* Goal: who is slow for another reason draws less. Method: pool 10, two of need 8, one capped at
 * 1/4: it draws 2, the other its 8. */
static void test_cap(void)
{
    System system;
    system_open(&system);
    resource_add(&system, 10);
    use_add(&system, flow_add(&system, 250000), 0, 1, 8);
    use_add(&system, flow_add(&system, GP_PPM), 0, 1, 8);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.flows[0].rate_ppm, 250000);
    CU_ASSERT_EQUAL(system.flows[1].rate_ppm, GP_PPM);
}

/* Goal: needs that differ by resource. Method: two resources of 55, A needs 100 and 10, B 10 and
 * 100: 100 a + 10 b = 55 and 10 a + 100 b = 55, so a = b = 0.5. Each is held back where it draws
 * the most, at a level of 50. */
static void test_crossed(void)
{
    System system;
    system_open(&system);
    for (int i = 0; i < 2; i++) {
        resource_add(&system, 55);
    }
    for (int32_t i = 0; i < 2; i++) {
        int32_t flow = flow_add(&system, GP_PPM);
        use_add(&system, flow, i, 1, 100);
        use_add(&system, flow, 1 - i, 1, 10);
    }
    contention_share(&system.contention);
    CU_ASSERT_TRUE(system.flows[0].rate_ppm <= 500000 && system.flows[0].rate_ppm >= 499998);
    CU_ASSERT_TRUE(system.flows[1].rate_ppm <= 500000 && system.flows[1].rate_ppm >= 499998);
}

/* ---- oracles ---- */

typedef struct Draws {
    uint32_t system;
    uint32_t n;
} Draws;

/* 0 to below - 1. */
static int32_t draw(Draws *draws, int32_t below)
{
    DrawAddress address = {.seed = 7, .purpose = PURPOSE_TEST, .entity = draws->system};
    return (int32_t)(rng_u64(address, draws->n++) % (uint64_t)below);
}

/* `same`: a member needs the same of each resource. */
static void system_draw(System *system, Draws *draws, bool same)
{
    system_open(system);
    int32_t resources = 1 + draw(draws, RESOURCES_MAX);
    int32_t flows = 1 + draw(draws, FLOWS_MAX);
    for (int32_t at = 0; at < resources; at++) {
        resource_add(system, 1000 * (1 + draw(draws, 1000)));
    }
    for (int32_t at = 0; at < flows; at++) {
        int32_t cap_ppm = draw(draws, 3) == 0 ? 100000 + draw(draws, 900000) : GP_PPM;
        int32_t flow = flow_add(system, cap_ppm);
        int64_t need = 1000 * (1 + draw(draws, 500));
        for (int32_t resource = 0; resource < resources; resource++) {
            if (draw(draws, 3) == 0) {
                int64_t other = 1000 * (1 + draw(draws, 500));
                use_add(system, flow, resource, 1 + draw(draws, 4), same ? need : other);
            }
        }
    }
}

/* Progressive filling in tiny steps: all members draw more and more at the same speed, until their
 * flow is at its cap or some resource of theirs is full. Knows no levels. */
static void fill_slowly(const System *system, double *pace)
{
    const Contention *all = &system->contention;
    double used[RESOURCES_MAX] = {0};
    double drawn[FLOWS_MAX] = {0}; /* by one member, everywhere the same */
    bool open[FLOWS_MAX];
    double need[FLOWS_MAX] = {0};
    for (int32_t use = 0; use < all->use_count; use++) {
        need[all->uses[use].flow] = (double)all->uses[use].need;
    }
    for (int32_t flow = 0; flow < all->flow_count; flow++) {
        open[flow] = need[flow] > 0;
    }
    const double step = 5;
    for (double level = 0; level < 600000; level += step) {
        for (int32_t use = 0; use < all->use_count; use++) {
            const FlowUse *at = &all->uses[use];
            double capacity = (double)all->resources[at->resource].capacity;
            open[at->flow] = open[at->flow] && used[at->resource] < capacity;
        }
        for (int32_t flow = 0; flow < all->flow_count; flow++) {
            double most = need[flow] * all->flows[flow].cap_ppm / 1e6;
            open[flow] = open[flow] && drawn[flow] < most;
            drawn[flow] += open[flow] ? step : 0;
        }
        for (int32_t use = 0; use < all->use_count; use++) {
            const FlowUse *at = &all->uses[use];
            used[at->resource] += open[at->flow] ? step * at->members : 0;
        }
    }
    for (int32_t flow = 0; flow < all->flow_count; flow++) {
        pace[flow] = need[flow] > 0 ? drawn[flow] / need[flow] : all->flows[flow].cap_ppm / 1e6;
    }
}

/* Goal: max-min fair where members need the same everywhere. Method: 300 random systems against
 * progressive filling in steps of 5 units: with up to 48 members on a resource that is full, of
 * at least 1,000, a draw is off by some steps: of the least need, 1,000, 3 %; as a rule far less.
 */
static void test_against_filling(void)
{
    double worst = 0;
    double sum = 0;
    int32_t count = 0;
    for (uint32_t number = 0; number < 300; number++) {
        System system;
        Draws draws = {.system = number};
        double pace[FLOWS_MAX];
        system_draw(&system, &draws, true);
        contention_share(&system.contention);
        fill_slowly(&system, pace);
        for (int32_t flow = 0; flow < system.contention.flow_count; flow++) {
            double off = pace[flow] - system.flows[flow].rate_ppm / 1e6;
            off = off < 0 ? -off : off;
            worst = off > worst ? off : worst;
            sum += off;
            count++;
        }
    }
    CU_ASSERT_TRUE(worst < 0.03);
    CU_ASSERT_TRUE(sum / count < 0.0005);
}

/* What of the capacity is used, as a fraction. */
static double fullness(const System *system, int32_t resource)
{
    double used = 0;
    for (int32_t at = 0; at < system->contention.use_count; at++) {
        const FlowUse *use = &system->uses[at];
        used += use->resource == resource
                    ? (double)use->need * use->members * system->flows[use->flow].rate_ppm / 1e6
                    : 0;
    }
    return used / (double)system->resources[resource].capacity;
}

/* How much more than this flow's member some other flow's member draws there, in parts. */
static double outdrawn(const System *system, int32_t resource, double mine)
{
    double most = 0;
    for (int32_t at = 0; at < system->contention.use_count; at++) {
        const FlowUse *use = &system->uses[at];
        double draws = (double)use->need * system->flows[use->flow].rate_ppm / 1e6;
        most = use->resource == resource && draws > most ? draws : most;
    }
    return most > mine ? (most - mine) / most : 0;
}

/* How far the flow is from having a bottleneck: the least, over its resources, of what is left
 * there and of how much more another draws; 0 for one at its cap. */
static double unfairness(const System *system, int32_t flow)
{
    double least = 1;
    bool draws = false;
    if (system->flows[flow].rate_ppm >= system->flows[flow].cap_ppm - 1) {
        return 0;
    }
    for (int32_t at = 0; at < system->contention.use_count; at++) {
        const FlowUse *use = &system->uses[at];
        if (use->flow == flow) {
            double left = 1 - fullness(system, use->resource);
            double mine = (double)use->need * system->flows[flow].rate_ppm / 1e6;
            double more = outdrawn(system, use->resource, mine);
            double off = left > more ? left : more;
            least = off < least ? off : least;
            draws = true;
        }
    }
    return draws ? least : 0;
}

/* Goal: whatever members need: nobody gets more than there is, and who is below its cap has a
 * resource that is full and draws the most there. Method: 2,000 random systems; a member's pace is
 * floored to a millionth, so with needs of 1,000 to 500,000 and capacities of 1,000 to a million
 * the fullness is off by at most 48 x 500,000 / 10^6 / 1,000 = 2.4 %, as a rule a hundredth of it;
 * where three needs are crossed the halving may leave a little more. */
static void test_bottlenecks(void)
{
    int32_t flows = 0;
    int32_t off = 0;
    for (uint32_t number = 0; number < 2000; number++) {
        System system;
        Draws draws = {.system = 1000 + number};
        system_draw(&system, &draws, number % 2 == 0);
        contention_share(&system.contention);
        for (int32_t at = 0; at < system.contention.resource_count; at++) {
            CU_ASSERT_TRUE(fullness(&system, at) <= 1 + 1e-12);
        }
        for (int32_t flow = 0; flow < system.contention.flow_count; flow++) {
            double unfair = unfairness(&system, flow);
            CU_ASSERT_TRUE(unfair < 0.024);
            off += unfair > 0.0001;
            flows++;
        }
    }
    CU_ASSERT_TRUE(off * 50 < flows);
}

/* Goal: the order of flows, uses and resources changes nothing. Method: 200 random systems
 * backwards. */
static void test_order(void)
{
    for (uint32_t number = 0; number < 200; number++) {
        System a;
        System b;
        Draws draws = {.system = 5000 + number};
        system_draw(&a, &draws, false);
        system_open(&b);
        for (int32_t at = a.contention.resource_count - 1; at >= 0; at--) {
            resource_add(&b, a.resources[at].capacity);
        }
        for (int32_t at = a.contention.flow_count - 1; at >= 0; at--) {
            flow_add(&b, a.flows[at].cap_ppm);
        }
        for (int32_t at = a.contention.use_count - 1; at >= 0; at--) {
            const FlowUse *use = &a.uses[at];
            use_add(&b, a.contention.flow_count - 1 - use->flow,
                    a.contention.resource_count - 1 - use->resource, use->members, use->need);
        }
        contention_share(&a.contention);
        contention_share(&b.contention);
        for (int32_t at = 0; at < a.contention.flow_count; at++) {
            CU_ASSERT_EQUAL(a.flows[at].rate_ppm,
                            b.flows[a.contention.flow_count - 1 - at].rate_ppm);
        }
    }
}

/* Goal: what a resource would allow a flow that something else holds back. Method: 8 for two that
 * need 8 each. A goes at 2/8 for another reason and draws 2, so B has 6; left to itself A would
 * share, 4 each. B is held back here, by just its level. A flow of two that draws less than there
 * is would have 4 of 8 each; one of two that needs 3 is free. */
static void test_alone(void)
{
    System system;
    system_open(&system);
    for (int i = 0; i < 3; i++) {
        resource_add(&system, 8);
    }
    int32_t a = flow_add(&system, 250000);
    int32_t b = flow_add(&system, GP_PPM);
    int32_t c = flow_add(&system, 100000);
    use_add(&system, a, 0, 1, 8);
    use_add(&system, b, 0, 1, 8);
    use_add(&system, c, 1, 2, 8);
    use_add(&system, c, 2, 2, 3);
    contention_share(&system.contention);
    CU_ASSERT_EQUAL(system.resources[0].level, 6000000);
    CU_ASSERT_EQUAL(contention_level_alone(&system.contention, a, 0), 4000000);
    CU_ASSERT_EQUAL(contention_level_alone(&system.contention, b, 0), 6000000);
    CU_ASSERT_EQUAL(contention_level_alone(&system.contention, a, 0), 4000000);
    CU_ASSERT_EQUAL(system.resources[1].level, LEVEL_FREE);
    CU_ASSERT_EQUAL(contention_level_alone(&system.contention, c, 1), 4000000);
    CU_ASSERT_EQUAL(contention_level_alone(&system.contention, c, 2), LEVEL_FREE);
}

const char *const SUITE = "contention";
const TestCase CASES[] = {{"one pool", test_one_pool},
                          {"free, and nothing", test_free_and_nothing},
                          {"chain of links", test_chain},
                          {"gang", test_gang},
                          {"members count", test_members},
                          {"cap", test_cap},
                          {"alone", test_alone},
                          {"crossed needs", test_crossed},
                          {"against progressive filling", test_against_filling},
                          {"bottlenecks", test_bottlenecks},
                          {"order", test_order},
                          {0}};
