/* libgpupack.c - the packing kernel inside a scheduler of your own: place, release, explain.
 * docs/libgpupack.md tells its story; tests/cli/libgpupack.sh compiles and runs it.
 *
 *   cc -I/usr/local/include libgpupack.c -lgpupack
 */
#include <stdio.h>
#include <stdlib.h>

#include <gpupack.h>

enum { NODES = 3, DEVICES = 8 + 4 + 4, H100 = 0, L4 = 1, SHARED = 0, WHOLE = 1, SHAPES = 2 };

/* The fleet's memory is ours: one array for each column, sized once. */
static const GpNodeType TYPES[] = {
    {.size = sizeof(GpNodeType),
     .device_count = 8,
     .model = H100,
     .device_memory_mib = 81920,
     .capacity = {[GP_AXIS_GPU] = 8000,
                  [GP_AXIS_GPU_MEMORY] = 8 * 81920,
                  [GP_AXIS_CPU] = 96000,
                  [GP_AXIS_MEMORY] = 1048576}},
    {.size = sizeof(GpNodeType),
     .device_count = 4,
     .model = L4,
     .device_memory_mib = 24576,
     .capacity = {[GP_AXIS_GPU] = 4000,
                  [GP_AXIS_GPU_MEMORY] = 4 * 24576,
                  [GP_AXIS_CPU] = 32000,
                  [GP_AXIS_MEMORY] = 262144}},
};
static const int32_t NODE_TYPE[NODES] = {0, 1, 1};
static const int32_t NODE_RANK[NODES] = {0, 1, 2};
static const int32_t DEVICE_BEGIN[NODES + 1] = {0, 8, 12, 16};
static uint8_t node_present[NODES];
static int64_t node_free[NODES][GP_AXES];
static int32_t device_free_milli[DEVICES], device_free_mib[DEVICES];
static uint16_t device_tasks[DEVICES];
static uint8_t device_health[DEVICES], device_mig[DEVICES];

static GpFleet fleet = {
    .size = sizeof(GpFleet),
    .node_count = NODES,
    .type_count = 2,
    .types = TYPES,
    .node_type = NODE_TYPE,
    .node_rank = NODE_RANK,
    .device_begin = DEVICE_BEGIN,
    .node_present = node_present,
    .node_free = node_free,
    .device_free_milli = device_free_milli,
    .device_free_mib = device_free_mib,
    .device_tasks = device_tasks,
    .device_health = device_health,
    .device_mig = device_mig,
};

static GpShape shapes[SHAPES] = {
    [SHARED] = {.size = sizeof(GpShape),
                .kind = -1,
                .device_count = 1,
                .device_milli = 250,
                .request = {[GP_AXIS_CPU] = 2000, [GP_AXIS_MEMORY] = 8192}},
    [WHOLE] = {.size = sizeof(GpShape),
               .kind = -1,
               .device_count = 4,
               .device_milli = 1000,
               .model_set = UINT64_C(1) << H100,
               .request = {[GP_AXIS_CPU] = 16000, [GP_AXIS_MEMORY] = 131072}},
};

static void must(GpStatus status, const char *what)
{
    if (status != GP_OK) {
        fprintf(stderr, "%s: status %d\n", what, (int)status);
        exit(1);
    }
}

/* What the workload usually asks for; the term `fgd` keeps room for it. */
static void constants_set(GpConstants *constants, GpTypical typical[SHAPES], int32_t *thresholds)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        typical[shape] =
            (GpTypical){.size = sizeof(GpTypical), .weight = 0.5, .shape = shapes[shape]};
    }
    gp_constants_init(constants);
    constants->typical_count = SHAPES;
    constants->typical = typical;
    constants->thresholds = thresholds;
    must(gp_constants_finish(constants, &fleet), "gp_constants_finish");
}

/* Devices of a placement as people read them. */
static void placement_print(const char *what, const GpPlacement *placement)
{
    printf("%s: node %d, devices", what, (int)placement->node);
    for (int device = 0; device < GP_DEVICES_MAX; device++) {
        if (placement->device_mask >> device & 1u) {
            printf(" %d", device);
        }
    }
    printf("\n");
}

/* A node's column changed by other hands than the kernel's must be made known to the index. */
static void node_drain(GpIndex *index, int32_t node)
{
    node_present[node] = 0;
    gp_index_touch(index, node);
}

static void why_not_print(void)
{
    static const char *const dimension[] = {
        "gpu",    "mig",     "gpu_memory", "cpu",     "memory", "storage_bandwidth",
        "io_cpu", "network", "gpu_model",  "topology"};
    GpVerdict verdict = {.size = sizeof verdict};
    gp_explain(&fleet, &shapes[WHOLE], GP_SEES_ALL, &verdict);
    printf("whole: no node; %s binds (alone on %d of %d nodes), gpu_model alone on %d\n",
           dimension[verdict.binding], (int)verdict.alone[verdict.binding], NODES,
           (int)verdict.alone[GP_DIMENSION_GPU_MODEL]);
}

int main(void)
{
    if (gp_abi_version() != GP_ABI_VERSION) {
        fprintf(stderr, "libgpupack has ABI %d, this program %d\n", gp_abi_version(),
                GP_ABI_VERSION);
        return 1;
    }
    uint8_t scratch[NODES];
    must(gp_fleet_check(&fleet, scratch), "gp_fleet_check");
    must(gp_fleet_reset(&fleet), "gp_fleet_reset");
    for (int shape = 0; shape < SHAPES; shape++) {
        must(gp_shape_finish(&shapes[shape]), "gp_shape_finish");
    }
    GpConstants constants;
    GpTypical typical[SHAPES];
    int32_t thresholds[SHAPES];
    constants_set(&constants, typical, thresholds);

    GpPolicy policy; /* a weighted list of terms is a policy */
    gp_policy_init(&policy);
    must(gp_policy_add(&policy, gp_term_find("fgd"), 1, NULL), "gp_policy_add");
    policy.device_rule = GP_DEVICE_TERM;

    size_t bytes = gp_index_bytes(&policy, NODES, SHAPES);
    void *memory = bytes > 0 ? aligned_alloc(64, bytes) : NULL;
    GpIndex *index = NULL;
    if (memory == NULL) {
        return 1;
    }
    must(gp_index_init(&index, memory, bytes, &fleet, &policy, &constants, shapes, SHAPES),
         "gp_index_init");

    GpPlacement one = {.size = sizeof one};
    must(gp_index_pick(index, SHARED, NULL, &one), "a first task");
    gp_place(&fleet, &shapes[SHARED], &one);
    gp_index_touch(index, one.node);
    placement_print("shared", &one);

    GpPlacement two[2]; /* a gang: both tasks or none; it touches the index itself */
    must(gp_place_gang(&fleet, &policy, &constants, index, WHOLE, &shapes[WHOLE], 2, NULL, two),
         "a gang");
    placement_print("gang", &two[0]);
    placement_print("gang", &two[1]);

    GpPlacement none = {.size = sizeof none};
    if (gp_index_pick(index, WHOLE, NULL, &none) == GP_NO_FIT) {
        why_not_print();
    }
    gp_release(&fleet, &shapes[WHOLE], &two[0]);
    gp_index_touch(index, two[0].node);
    must(gp_index_pick(index, WHOLE, NULL, &none), "after a release");
    placement_print("freed", &none);

    node_drain(index, 0);
    printf("drained: %s\n",
           gp_index_pick(index, WHOLE, NULL, &none) == GP_NO_FIT ? "no fit" : "fits");
    free(memory); /* the kernel owns nothing, so there is nothing else to close */
    return 0;
}
