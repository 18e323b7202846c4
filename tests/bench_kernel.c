/* bench_kernel.c - nanoseconds per placement, scan against index, as fleets and shape counts grow.
 *
 * The cluster of the demo scenario, repeated to the wanted number of nodes and filled to about four
 * fifths; then, step by step, one task leaves and one arrives. A figure is the least disturbed of
 * several batches; the growth rows compare 1e5 with 1e3 nodes in one run, so that the machine's
 * speed cancels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/rng.h"
#include "sim/policies/registry.h"
#include "sim/scenario/load.h"

#define BATCHES 7
#define FILL_SHARE 0.8

typedef struct Held {
    GpPlacement placement;
    int32_t shape;
} Held;

typedef struct Bench {
    Arena arena;
    const Scenario *scenario;
    GpFleet fleet;
    GpShape *shapes;
    int32_t shape_count;
    GpPolicy policy;
    GpIndex *index;     /* NULL: scan */
    int32_t candidates; /* 0: all nodes are candidates; else so many from the cursor */
    int32_t cursor;
    Held *held;
    int32_t held_count;
    int32_t held_max;
    uint32_t draws;
} Bench;

static void die(const char *what)
{
    fprintf(stderr, "bench_kernel: %s\n", what);
    exit(EXIT_FAILURE);
}

static int32_t draw_below(Bench *bench, int32_t count)
{
    DrawAddress address = {.seed = 1, .purpose = PURPOSE_TEST};
    return (int32_t)(rng_u64(address, bench->draws++) % (uint64_t)count);
}

/* The scenario's nodes, repeated in order. */
static void fleet_make(Bench *bench, int32_t nodes)
{
    const Cluster *cluster = &bench->scenario->cluster;
    GpFleet *fleet = &bench->fleet;
    int32_t *type = ARENA_ARRAY(&bench->arena, int32_t, nodes);
    int32_t *rank = ARENA_ARRAY(&bench->arena, int32_t, nodes);
    int32_t *begin = ARENA_ARRAY(&bench->arena, int32_t, nodes + 1);
    if (bench->arena.failed) {
        die("out of memory");
    }
    for (int32_t node = 0; node < nodes; node++) {
        type[node] = cluster->node_type[node % cluster->node_count];
        begin[node + 1] = begin[node] + cluster->types[type[node]].device_count;
        rank[node] = node;
    }
    for (int32_t left = nodes; left > 1; left--) {
        int32_t other = draw_below(bench, left);
        int32_t kept = rank[left - 1];
        rank[left - 1] = rank[other];
        rank[other] = kept;
    }
    *fleet =
        (GpFleet){.size = sizeof(GpFleet), .node_count = nodes, .type_count = cluster->type_count};
    fleet->types = cluster->types;
    fleet->node_type = type;
    fleet->node_rank = rank;
    fleet->device_begin = begin;
    fleet->node_present = ARENA_ARRAY(&bench->arena, uint8_t, nodes);
    fleet->node_free = arena_alloc(&bench->arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    fleet->node_kind_tasks = ARENA_ARRAY(&bench->arena, uint16_t, 1);
    fleet->device_free_milli = ARENA_ARRAY(&bench->arena, int32_t, begin[nodes]);
    fleet->device_free_mib = ARENA_ARRAY(&bench->arena, int32_t, begin[nodes]);
    fleet->device_tasks = ARENA_ARRAY(&bench->arena, uint16_t, begin[nodes]);
    fleet->device_health = ARENA_ARRAY(&bench->arena, uint8_t, begin[nodes]);
    fleet->device_mig = ARENA_ARRAY(&bench->arena, uint8_t, begin[nodes]);
    bench->held_max = begin[nodes] * 4 + nodes;
    bench->held = ARENA_ARRAY(&bench->arena, Held, bench->held_max);
    if (bench->arena.failed || gp_fleet_reset(fleet) != GP_OK) {
        die("out of memory");
    }
}

static int request_more_popular(const void *a, const void *b)
{
    const Request *x = a;
    const Request *y = b;
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    return (x->cpu_milli > y->cpu_milli) - (x->cpu_milli < y->cpu_milli);
}

/* The most popular GPU requests of the scenario's classes. */
static void shapes_make(Bench *bench, int32_t wanted)
{
    const RequestList *list = &bench->scenario->sources[0].requests;
    Request *rows = ARENA_ARRAY(&bench->arena, Request, list->count);
    bench->shapes = ARENA_ARRAY(&bench->arena, GpShape, wanted);
    if (bench->arena.failed) {
        die("out of memory");
    }
    memcpy(rows, list->rows, (size_t)list->count * sizeof(Request));
    qsort(rows, (size_t)list->count, sizeof(Request), request_more_popular);
    bench->shape_count = 0;
    for (int32_t i = 0; i < list->count && bench->shape_count < wanted; i++) {
        GpShape *shape = &bench->shapes[bench->shape_count];
        if (rows[i].gpu_count > 0 && request_shape(&rows[i], shape) == GP_OK) {
            shape->kind = -1;
            bench->shape_count++;
        }
    }
    if (bench->shape_count < wanted) {
        die("the scenario has too few classes");
    }
}

static GpStatus pick_one(Bench *bench, int32_t shape, GpPlacement *placement)
{
    const GpConstants *constants = &bench->scenario->constants;
    const GpShape *request = &bench->shapes[shape];
    const GpDraw draw = {0};
    if (bench->candidates > 0 && bench->index != NULL) {
        return gp_index_pick_from(bench->index, shape, &draw, bench->candidates, &bench->cursor,
                                  placement);
    }
    if (bench->candidates > 0) {
        return gp_pick_from(&bench->fleet, &bench->policy, constants, request, &draw,
                            bench->candidates, &bench->cursor, placement);
    }
    return bench->index != NULL
               ? gp_index_pick(bench->index, shape, &draw, placement)
               : gp_scan_pick(&bench->fleet, &bench->policy, constants, request, &draw, placement);
}

static GpStatus place_one(Bench *bench, int32_t shape)
{
    GpPlacement placement = {.size = sizeof(GpPlacement)};
    GpStatus status = pick_one(bench, shape, &placement);
    if (status == GP_OK && bench->held_count < bench->held_max) {
        gp_place(&bench->fleet, &bench->shapes[shape], &placement);
        if (bench->index != NULL) {
            gp_index_touch(bench->index, placement.node);
        }
        bench->held[bench->held_count++] = (Held){.placement = placement, .shape = shape};
    }
    return status;
}

static void release_one(Bench *bench)
{
    int32_t at = draw_below(bench, bench->held_count);
    Held held = bench->held[at];
    bench->held[at] = bench->held[--bench->held_count];
    gp_release(&bench->fleet, &bench->shapes[held.shape], &held.placement);
    if (bench->index != NULL) {
        gp_index_touch(bench->index, held.placement.node);
    }
}

/* Fills at random, without a policy: quick, and no policy is favoured. */
static void fleet_fill(Bench *bench)
{
    int64_t wanted =
        (int64_t)(FILL_SHARE * bench->fleet.device_begin[bench->fleet.node_count] * 1000.0);
    int64_t used = 0;
    GpPolicy first;
    gp_policy_init(&first);
    for (int32_t tries = bench->fleet.node_count * 60; tries > 0 && used < wanted; tries--) {
        int32_t node = draw_below(bench, bench->fleet.node_count);
        int32_t shape = draw_below(bench, bench->shape_count);
        GpPlacement placement = {.size = sizeof(GpPlacement)};
        if (bench->held_count < bench->held_max &&
            gp_fits(&bench->fleet, node, &bench->shapes[shape], GP_SEES_ALL) &&
            gp_choose_devices(&bench->fleet, &first, &bench->scenario->constants, node,
                              &bench->shapes[shape], 0, &placement) == GP_OK) {
            gp_place(&bench->fleet, &bench->shapes[shape], &placement);
            bench->held[bench->held_count++] = (Held){.placement = placement, .shape = shape};
            used += bench->shapes[shape].request[GP_AXIS_GPU];
        }
    }
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double churn_measure(Bench *bench, int32_t steps)
{
    double batch[BATCHES];
    for (int32_t i = 0; i < bench->shape_count;
         i++) { /* every shape asks once before the clock starts */
        if (place_one(bench, i) == GP_OK) {
            release_one(bench);
        }
    }
    for (int b = 0; b < BATCHES; b++) {
        double start = seconds_now();
        for (int32_t step = 0; step < steps; step++) {
            release_one(bench);
            place_one(bench, draw_below(bench, bench->shape_count));
        }
        batch[b] = (seconds_now() - start) * 1e9 / steps;
    }
    double fastest = batch[0];
    for (int b = 1; b < BATCHES; b++) {
        fastest = batch[b] < fastest ? batch[b] : fastest;
    }
    return fastest;
}

/* ns per step; *bytes: index bytes per node and shape. */
static double case_run(const Scenario *scenario, const char *policy, int32_t nodes, int32_t shapes,
                       int32_t candidates, int use_index, double *bytes)
{
    Bench bench = {.scenario = scenario, .candidates = candidates};
    arena_init(&bench.arena);
    pack_policy_fill(pack_policy(policy), &bench.policy);
    fleet_make(&bench, nodes);
    shapes_make(&bench, shapes);
    fleet_fill(&bench);
    size_t size = gp_index_bytes(&bench.policy, nodes, shapes);
    *bytes = (double)size / nodes / shapes;
    if (use_index) {
        void *memory = arena_alloc(&bench.arena, size, 1);
        if (memory == NULL || gp_index_init(&bench.index, memory, size, &bench.fleet, &bench.policy,
                                            &scenario->constants, bench.shapes, shapes) != GP_OK) {
            die("out of memory");
        }
    }
    double ns = churn_measure(&bench, use_index ? 4000 : 400000 / nodes);
    arena_free(&bench.arena);
    return ns;
}

static void growth_print(const char *policy, int32_t shapes, double small, double large)
{
    const char *aim = shapes == 1 ? "3" : shapes == 91 ? "6" : "";
    printf("growth_%s_%d_shapes_1e3_to_1e5,%.2f,ratio,%s,,index%s\n", policy, shapes, large / small,
           aim, *aim == '\0' ? "" : "; baseline: the aim");
}

/* A scheduler that is content with some candidates, as kube-scheduler is. */
static void cut_off_print(const Scenario *scenario)
{
    static const int32_t node_counts[] = {1000, 10000};
    for (int n = 0; n < 2; n++) {
        double bytes;
        int32_t nodes = node_counts[n];
        int32_t candidates = gp_kube_candidates(nodes);
        double kept = case_run(scenario, "least-allocated", nodes, 10, candidates, 1, &bytes);
        double scan = case_run(scenario, "least-allocated", nodes, 10, candidates, 0, &bytes);
        printf("least-allocated_%d_of_%d_nodes_10_shapes,%.0f,ns,%.0f,%.4f,index per placement and "
               "release; baseline: scan\n",
               candidates, nodes, kept, scan, kept / scan);
    }
}

int main(void)
{
    static const char *const policies[] = {"best-fit", "fgd", "ragp"};
    static const int32_t node_counts[] = {1000, 10000, 100000};
    static const int32_t shape_counts[] = {1, 10, 91};
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set;
    LoadOptions options = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    if (scenario_load("scenarios/openb-2023.yaml", &options, &arena, &diagnostics, &set) !=
        STATUS_OK) {
        diagnostics_print(&diagnostics, stderr, false);
        die("cannot load scenarios/openb-2023.yaml; run from the top folder");
    }
    for (int p = 0; p < 3; p++) {
        for (int s = 0; s < 3; s++) {
            double ns[3] = {0};
            for (int n = 0; n < 3; n++) {
                double bytes;
                ns[n] = case_run(&set.variants[0], policies[p], node_counts[n], shape_counts[s], 0,
                                 1, &bytes);
                double scan = case_run(&set.variants[0], policies[p], node_counts[n],
                                       shape_counts[s], 0, 0, &bytes);
                printf("%s_%d_nodes_%d_shapes,%.0f,ns,%.0f,%.4f,index per placement and release; "
                       "baseline: scan\n",
                       policies[p], node_counts[n], shape_counts[s], ns[n], scan, ns[n] / scan);
                printf("%s_%d_nodes_%d_shapes_bytes,%.1f,B,,,index per node and shape\n",
                       policies[p], node_counts[n], shape_counts[s], bytes);
            }
            growth_print(policies[p], shape_counts[s], ns[0], ns[2]);
        }
    }
    cut_off_print(&set.variants[0]);
    diagnostics_free(&diagnostics);
    arena_free(&arena);
    return EXIT_SUCCESS;
}
