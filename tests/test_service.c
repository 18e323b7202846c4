/* test_service.c - services: times of requests against closed forms worked out by hand, and whole
 * runs whose replicas come and go. */
#include <math.h>

#include "core/rng.h"
#include "models/service.h"
#include "tests/loaded.h"
#include "tests/holds.h"
#include "tests/suite.h"

const char *const SUITE = "service";

/* A constant demand, work of 100 ms. */
static const DemandStep ANY[] = {{0, 0}};
static const ServiceDemand ONE_SLOT = {
    .step_count = 1, .steps = ANY, .work_us = 100000, .slots = 1};

#define NEAR(value, expected) CU_ASSERT_DOUBLE_EQUAL(value, expected, 1e-9)

/* Goal: the mean of M/G/1 processor sharing, S / (1 - rho). Method: 100 ms of work at full speed,
 * 0, 5 and 9 requests a second: rho 0, 0.5, 0.9, so 100, 200 and 1000 ms. At half speed 2.5 a
 * second load it by 0.5, and what takes 200 ms alone takes 400. */
static void one_replica(void)
{
    ServiceState state = {.replicas = 1, .speed_ppm = GP_PPM};
    NEAR(service_latency_s(&ONE_SLOT, &state), 0.1);
    state.demand_milli_per_s = 5000;
    NEAR(service_latency_s(&ONE_SLOT, &state), 0.2);
    CU_ASSERT_EQUAL(service_busy_ppm(&ONE_SLOT, &state), 500000);
    state.demand_milli_per_s = 9000;
    NEAR(service_latency_s(&ONE_SLOT, &state), 1.0);
    state = (ServiceState){.demand_milli_per_s = 2500, .replicas = 1, .speed_ppm = GP_PPM / 2};
    NEAR(service_latency_s(&ONE_SLOT, &state), 0.4);
}

/* Goal: the mean over replicas of different speeds. Method: Little's law. Speeds 1 and 0.5, 9
 * requests a second, 6 to the fast one and 3 to the slow one, so rho = 0.6 at both. Each holds
 * rho / (1 - rho) = 1.5 requests: 3 in all, and 3 / 9 s is the mean. */
static void unequal_replicas(void)
{
    ServiceState state = {9000, 2, GP_PPM + GP_PPM / 2};
    NEAR(service_latency_s(&ONE_SLOT, &state), 1.0 / 3.0);
    CU_ASSERT_EQUAL(service_busy_ppm(&ONE_SLOT, &state), 600000);
}

/* Goal: several slots. Method: textbook values of Erlang's C: two servers at load 0.5 1/3, three at
 * 2/3 4/9, one at 0.7 0.7. Two slots at 0.5: 1 + (1/3) / (2 x 0.5) = 4/3 of the work. */
static void several_slots(void)
{
    NEAR(erlang_c(2, 0.5), 1.0 / 3.0);
    NEAR(erlang_c(3, 2.0 / 3.0), 4.0 / 9.0);
    NEAR(erlang_c(1, 0.7), 0.7);
    ServiceDemand two = ONE_SLOT;
    two.slots = 2;
    ServiceState state = {10000, 1, GP_PPM};
    NEAR(service_latency_s(&two, &state), 0.4 / 3.0);
}

/* Goal: an overload has no mean, and everything stays finite up to it. Method: 9.999, 10 and 11
 * requests a second where 10 can be served; no replica at all; no demand. */
static void overload(void)
{
    ServiceState state = {9999, 1, GP_PPM};
    CU_ASSERT_FALSE(service_is_overloaded(&ONE_SLOT, &state));
    CU_ASSERT_DOUBLE_EQUAL(service_latency_s(&ONE_SLOT, &state), 1000.0, 1e-6);
    state.demand_milli_per_s = 10000;
    CU_ASSERT_TRUE(service_is_overloaded(&ONE_SLOT, &state));
    CU_ASSERT_TRUE(isnan(service_latency_s(&ONE_SLOT, &state)));
    state.demand_milli_per_s = 11000;
    CU_ASSERT_EQUAL(service_busy_ppm(&ONE_SLOT, &state), GP_PPM);
    NEAR(service_capacity_per_s(&ONE_SLOT, &state), 10.0);
    state = (ServiceState){1, 0, 0};
    CU_ASSERT_TRUE(service_is_overloaded(&ONE_SLOT, &state));
    CU_ASSERT_TRUE(isnan(service_latency_s(&ONE_SLOT, &state)));
    CU_ASSERT_EQUAL(service_busy_ppm(&ONE_SLOT, &state), GP_PPM);
    state = (ServiceState){0, 0, 0};
    CU_ASSERT_FALSE(service_is_overloaded(&ONE_SLOT, &state));
}

/* ---- requests one by one ---- */

#define IN_SERVICE_MAX 4096

/* Uniform in (0, 1], by address. */
static double uniform(uint32_t n, uint32_t purpose_bits)
{
    DrawAddress address = {.seed = 11, .purpose = PURPOSE_TEST, .entity = purpose_bits};
    return ((double)(rng_u64(address, n) >> 11) + 1.0) / 9007199254740992.0;
}

/* Work of request n with mean 1: always 1, or mostly 0.5 and seldom 5.5 (variance 2.25). */
static double work_drawn(uint32_t n, bool varies)
{
    return !varies ? 1.0 : uniform(n, 1) < 0.1 ? 5.5 : 0.5;
}

/* Mean time in a server that gives each of k requests min(1, slots / k) of its speed, of `count`
 * requests that come at random at `load` x slots a second. */
static double served_one_by_one(double load, int slots, bool varies, uint32_t count)
{
    static double left[IN_SERVICE_MAX];
    int here = 0;
    double area = 0.0;
    double now = 0.0;
    for (uint32_t n = 0; n < count; n++) {
        double next = now - log(uniform(n, 0)) / (load * slots);
        while (here > 0) {
            double least = left[0];
            for (int i = 1; i < here; i++) {
                least = left[i] < least ? left[i] : least;
            }
            double speed = here > slots ? (double)slots / here : 1.0;
            double span = least / speed < next - now ? least / speed : next - now;
            area += here * span;
            now += span;
            int kept = 0;
            for (int i = 0; i < here; i++) {
                left[i] -= span * speed;
                if (left[i] > 1e-12) {
                    left[kept++] = left[i];
                }
            }
            here = kept;
            if (now >= next) {
                break;
            }
        }
        now = next;
        if (here == IN_SERVICE_MAX) {
            return (double)NAN; /* far beyond anything that these loads bring */
        }
        left[here++] = work_drawn(n, varies);
    }
    return area / count;
}

/* Goal: the closed form is that of the queue, whatever the work's distribution. Method: 400,000
 * requests one by one, with work that is always the same and work that varies much; one slot at
 * loads 0.5 and 0.8, four at 0.7. Times within 3 %; three standard errors are about 2 %. */
static void against_single_requests(void)
{
    static const struct {
        double load;
        int slots;
    } CASES_OF[] = {{0.5, 1}, {0.8, 1}, {0.7, 4}};
    for (size_t i = 0; i < sizeof CASES_OF / sizeof CASES_OF[0]; i++) {
        ServiceDemand demand = {
            .step_count = 1, .steps = ANY, .work_us = 1000000, .slots = CASES_OF[i].slots};
        ServiceState state = {(int64_t)(CASES_OF[i].load * CASES_OF[i].slots * 1000 + 0.5), 1,
                              GP_PPM};
        double closed = service_latency_s(&demand, &state);
        for (int varies = 0; varies < 2; varies++) {
            double single =
                served_one_by_one(CASES_OF[i].load, CASES_OF[i].slots, varies != 0, 400000);
            CU_ASSERT_DOUBLE_EQUAL(single / closed, 1.0, 0.03);
        }
    }
}

/* Goal: steps, the last of which stays or is followed by the first. Method: 1/s from 0, 2/s from 8
 * s, asked around the steps and in the second day. */
static void demand_over_time(void)
{
    static const DemandStep STEPS[] = {{0, 1000}, {8000, 2000}};
    ServiceDemand demand = {.step_count = 2, .steps = STEPS};
    int64_t until_ms;
    CU_ASSERT_EQUAL(service_demand_at(&demand, 7999, &until_ms), 1000);
    CU_ASSERT_EQUAL(until_ms, 8000);
    CU_ASSERT_EQUAL(service_demand_at(&demand, 8000, &until_ms), 2000);
    CU_ASSERT_EQUAL(until_ms, TIME_NEVER);
    demand.period_ms = 10000;
    CU_ASSERT_EQUAL(service_demand_at(&demand, 9999, &until_ms), 2000);
    CU_ASSERT_EQUAL(until_ms, 10000);
    CU_ASSERT_EQUAL(service_demand_at(&demand, 30000, &until_ms), 1000);
    CU_ASSERT_EQUAL(until_ms, 38000);
    demand.step_count = 1;
    CU_ASSERT_EQUAL(service_demand_at(&demand, 30000, &until_ms), 1000);
    CU_ASSERT_EQUAL(until_ms, TIME_NEVER);
}

/* ---- whole runs ---- */

#define HEAD                                                                                       \
    "gpuplan: 1\n"                                                                                 \
    "name: service\n"                                                                              \
    "cluster:\n"                                                                                   \
    "  types: {t: {gpus: {count: 4, model: A}}}\n"                                                 \
    "  nodes: [{name: n, type: t}]\n"

/* Goal: replicas are as busy as the demand makes them, and requests are what means are weighted by.
 * Method: 4 replicas, 20 ms of work. 100/s for half an hour: rho = 100 x 0.02 / 4 = 0.5, 40 ms.
 * Then 250/s: they serve 200/s, and have no mean. 180,000 requests are timed, 450,000 overloaded,
 * 50 x 1800 = 90,000 of 630,000 unserved (1/7). Productive 0.5 x 4 x 0.5 h + 4 x 0.5 h = 3 GPU-h,
 * held idle 1. More than 5 % come in the overload: the p95 is beyond all bounds. */
static void a_peak(void)
{
    holds(HEAD "horizon: 1h\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: S, kind: service, tasks: 4, gpus: 1, service: {work: 20ms,\n"
               "         demand: [{at: 0s, rate: 100/s}, {at: 30m, rate: 250/s}]}}\n"
               "expect:\n"
               "  - job.S.latency_ratio == 2 @ 10m\n"
               "  - job.S.latency_ms == 40\n"
               "  - job.S.unserved_share == 0.142857142857\n"
               "  - job.S.unserved_share == 0.2 @ 40m\n"
               "  - service_latency_mean_ms == 40\n"
               "  - service_overload_share == 0.714285714286\n"
               "  - service_unserved_share == 0.142857142857\n"
               "  - service_latency_ratio_p95 > 1000000\n"
               "  - account.productive == 3\n"
               "  - account.held_idle == 1\n");
}

/* Goal: a lost replica shows as latency. Method: 4 replicas at 100/s, 20 ms: rho 0.5, 40 ms. From
 * 10 to 40 min a job of higher priority takes two cards: rho = 100 x 0.02 / 2 would be 1, so 75/s
 * from 5 min on: 0.375 of 4 (32 ms), 0.75 of 2 (80 ms). Requests: 5 min x 100/s = 30,000 at 40 ms,
 * 5 + 20 min x 75/s = 112,500 at 32 ms, 30 min x 75/s = 135,000 at 80 ms: (1,200 + 3,600 + 10,800)
 * s of 277,500 requests: 56.216 ms. The p95 is 4 times idle: 135,000 are more than 5 %. What the
 * replicas that stopped had answered stays productive: 277,500 x 20 ms are 1.54167 GPU-h, beside 2
 * x 0.5 of the other job. */
static void replicas_lost(void)
{
    holds(HEAD "horizon: 1h\n"
               "policy: {preset: fifo, order: priority, scan: skip, evict: {rule: priority, mode: "
               "requeue}}\n"
               "workload:\n"
               "  - jobs:\n"
               "      - {id: S, kind: service, tasks: 4, gpus: 1, service: {work: 20ms,\n"
               "         demand: [{at: 0s, rate: 100/s}, {at: 5m, rate: 75/s}]}}\n"
               "      - {id: H, submit: 10m, duration: 30m, gpus: 2, priority: 9}\n"
               "expect:\n"
               "  - job.S.latency_ms == 80 @ 20m\n"
               "  - job.S.latency_ms == 32 @ 50m\n"
               "  - service_latency_mean_ms == 56.2162162162\n"
               "  - service_latency_ratio_p95 == 4\n"
               "  - service_overload_share == 0\n"
               "  - account.lost == 0\n"
               "  - account.productive == 2.54166666667\n");
}

/* Goal: a curve that repeats; a demand of its own utilisation does not steer the books. Method: two
 * days of 12 h at 100/s and 12 h at 0/s on 4 replicas: productive 0.5 x 4 x 24 h = 48 GPU-h. With
 * utilisation: 90% 0.9 x 4 x 48 h = 172.8. */
static void a_curve_that_repeats(void)
{
#define DAYS(utilisation)                                                                          \
    HEAD "horizon: 2d\n"                                                                           \
         "workload:\n"                                                                             \
         "  - jobs:\n"                                                                             \
         "      - {id: S, kind: service, tasks: 4, gpus: 1, " utilisation                          \
         "service: {work: 20ms,\n"                                                                 \
         "         repeat: 24h, demand: [{at: 0s, rate: 100/s}, {at: 12h, rate: 0/s}]}}\n"
    holds(DAYS("") "expect: [account.productive == 48, job.S.latency_ms == 40,\n"
                   "         job.S.latency_ms == 20 @ 40h]\n");
    holds(DAYS("utilisation: 90%, ") "expect: [account.productive == 172.8, "
                                     "job.S.latency_ms == 40]\n");
}

/* Goal: a run until its work is done ends, though requests come for ever. Method: the service of
 * before beside a job of three days. */
static void until_done(void)
{
    holds(HEAD
          "until: workload-done\n"
          "workload:\n"
          "  - jobs:\n"
          "      - {id: S, kind: service, tasks: 3, gpus: 1, service: {work: 20ms,\n"
          "         repeat: 24h, demand: [{at: 0s, rate: 75/s}, {at: 12h, rate: 0/s}]}}\n"
          "      - {id: J, duration: 72h, gpus: 1}\n"
          "expect: [makespan_s == 259200, account.productive == 126, job.S.latency_ms == 40]\n");
}

/* Goal: mistakes are told, each with its reason. */
static void mistakes(void)
{
#define SERVICE(job)                                                                               \
    "gpuplan: 1\nname: s\n" CLUSTER "workload: [{jobs: [{id: A, gpus: 1, " job "}]}]\n"
    CU_ASSERT_TRUE(accepted(SERVICE("kind: service, service: {demand: 5/s, work: 20ms}")));
    CU_ASSERT_TRUE(refused_for(SERVICE("duration: 1h, service: {demand: 5/s, work: 20ms}"),
                               "conflict", "kind"));
    CU_ASSERT_TRUE(
        refused_for(SERVICE("kind: service, sync: true, service: {demand: 5/s, work: 20ms}"),
                    "conflict", "sync"));
    CU_ASSERT_TRUE(refused_for(SERVICE("kind: service, service: {demand: [{at: 1h, rate: 5/s}], "
                                       "work: 20ms}"),
                               "missing", "begins"));
    CU_ASSERT_TRUE(refused_for(SERVICE("kind: service, service: {demand: [{at: 0s, rate: 5/s}, "
                                       "{at: 0s, rate: 6/s}], work: 20ms}"),
                               "order", "back in time"));
    CU_ASSERT_TRUE(refused_for(SERVICE("kind: service, service: {demand: [{at: 0s, rate: 5/s}, "
                                       "{at: 25h, rate: 6/s}], repeat: 24h, work: 20ms}"),
                               "conflict", "begun again"));
    CU_ASSERT_TRUE(
        refused_for(SERVICE("kind: service, service: {demand: 5/s}"), "missing", "work"));
}

const TestCase CASES[] = {
    {"one replica", one_replica},
    {"unequal replicas", unequal_replicas},
    {"several slots", several_slots},
    {"overload", overload},
    {"against single requests", against_single_requests},
    {"demand over time", demand_over_time},
    {"a peak", a_peak},
    {"replicas lost", replicas_lost},
    {"a curve that repeats", a_curve_that_repeats},
    {"until the work is done", until_done},
    {"mistakes", mistakes},
    {NULL, NULL},
};
