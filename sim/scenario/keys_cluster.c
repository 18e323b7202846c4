/* keys_cluster.c - `cluster:`: node types, nodes, prices. */
#include "core/packing/gpupack.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const KeyRow PRICE[] = {
    {.name = "on_demand", .kind = KEY_QUANTITY, .unit = UNIT_USD_MICRO_GPU_H, .rounding = ROUND_EXACT, .min = 0,
     .max = INT64_C(1000000000000), .required = true, .shorthand = true, AT(PriceSpec, on_demand),
     .example = "3.00 USD/gpu-h", .summary = "list price of a GPU-hour"},
    {.name = "source", .kind = KEY_TEXT, AT(PriceSpec, source), .absent = "none",
     .example = "list price of a cloud, 2026", .summary = "where the price is from; a note for readers"},
    {0},
};
static const KeyObject KEYS_PRICE = {"a price", PRICE, sizeof(PriceSpec)};

static const KeyRow POWER[] = {
    LATER_QUANTITY("idle", UNIT_POWER_MW, "75W", "power of an idle GPU"),
    LATER_QUANTITY("max", UNIT_POWER_MW, "700W", "power of a busy GPU"),
    {0},
};
static const KeyObject KEYS_POWER = {"power", POWER, sizeof(Node *)};

static const KeyRow TYPE_GPUS[] = {
    {.name = "count", .kind = KEY_QUANTITY, .min = 0, .max = GP_DEVICES_MAX, .required = true, .shorthand = true,
     AT(TypeGpusSpec, count), .example = "8", .summary = "devices of one node"},
    {.name = "model", .kind = KEY_TEXT, .fallback = "gpu", AT(TypeGpusSpec, model), .example = "H100",
     .summary = "the name that jobs ask for by gpu_model"},
    {.name = "memory", CAPACITY(UNIT_MEMORY_MIB, DEVICE_MEMORY_MIB_MAX), AT(TypeGpusSpec, memory_mib),
     .example = "80Gi", .summary = "of each device"},
    {.name = "mig", .kind = KEY_BOOL, .fallback = "false", AT(TypeGpusSpec, mig), .example = "true",
     .summary = "devices can be cut into MIG instances"},
    {.name = "split", .kind = KEY_QUANTITY, .min = 1, .max = 1000, AT(TypeGpusSpec, split), .example = "10",
     .absent = "no limit", .summary = "most tasks that may share one device"},
    LATER_OBJECT("power", KEY_OBJECT, &KEYS_POWER, "{idle: 75W, max: 700W}", "power of each device"),
    {0},
};
static const KeyObject KEYS_TYPE_GPUS = {"a node type's GPUs", TYPE_GPUS, sizeof(TypeGpusSpec)};

static const KeyRow TYPE[] = {
    {.name = "gpus", .kind = KEY_OBJECT, .object = &KEYS_TYPE_GPUS, AT(TypeSpec, gpus),
     .example = "{count: 8, model: H100, memory: 80Gi}", .summary = "the node's GPUs; without: a CPU node"},
    {.name = "cpu", CAPACITY(UNIT_CPU_MILLI, CPU_MILLI_MAX), AT(TypeSpec, cpu_milli), .example = "176",
     .summary = "cores for jobs, without io_cpu"},
    {.name = "io_cpu", CAPACITY(UNIT_CPU_MILLI, CPU_MILLI_MAX), AT(TypeSpec, io_cpu_milli), .example = "16",
     .summary = "cores kept for the data path"},
    {.name = "memory", CAPACITY(UNIT_MEMORY_MIB, MEMORY_MIB_MAX), AT(TypeSpec, memory_mib), .example = "2Ti",
     .summary = "host memory"},
    {.name = "storage_bandwidth", CAPACITY(UNIT_BYTES_MB_S, BANDWIDTH_MAX), AT(TypeSpec, storage_bandwidth_mb_s),
     .example = "12GB/s", .summary = "of the node's own storage"},
    {.name = "network", CAPACITY(UNIT_BITS_MB_S, BANDWIDTH_MAX), AT(TypeSpec, network_mb_s), .example = "400Gb/s",
     .summary = "of the node's uplink"},
    {.name = "price", .kind = KEY_OBJECT, .object = &KEYS_PRICE, AT(TypeSpec, price),
     .example = "{on_demand: 3.00 USD/gpu-h}", .summary = "what its GPUs cost; else cluster.price"},
    LATER("storage", KEY_TEXT, "lustre-a", "a shared file system in place of storage_bandwidth"),
    LATER_QUANTITY("numa", UNIT_NONE, "2", "NUMA domains"),
    {0},
};
static const KeyObject KEYS_TYPE = {"a node type", TYPE, sizeof(TypeSpec)};

static const KeyRow NODES[] = {
    {.name = "name", .kind = KEY_TEXT, .required = true, AT(NodesSpec, name), .example = "a",
     .summary = "with count: the nodes are a-0, a-1 ...; without: the node's name itself"},
    {.name = "type", .kind = KEY_TEXT, .required = true, AT(NodesSpec, type), .example = "h100x8",
     .summary = "one of cluster.types"},
    {.name = "count", .kind = KEY_QUANTITY, .min = 0, .max = GP_NODES_MAX, AT(NodesSpec, count), .example = "125",
     .absent = "one node", .summary = "how many"},
    LATER_QUANTITY("nodes_per_rack", UNIT_NONE, "4", "racks, filled in order"),
    LATER("zone", KEY_TEXT, "east", "failure domain above the rack"),
    LATER("labels", KEY_RAW, "{pool: train}", "names that jobs select by"),
    LATER("taints", KEY_TEXTS, "[train]", "who is kept off"),
    {0},
};
static const KeyObject KEYS_NODES = {"an entry of cluster.nodes", NODES, sizeof(NodesSpec)};

static const KeyRow STORAGE[] = {
    LATER("name", KEY_TEXT, "lustre-a", "what node types call it"),
    LATER_QUANTITY("bandwidth", UNIT_BYTES_MB_S, "200GB/s", "shared by all its nodes"),
    {0},
};
static const KeyObject KEYS_STORAGE = {"a file system", STORAGE, sizeof(Node *)};

static const char *const NODE_FORMATS[] = {"openb-nodes", NULL};
static const KeyRow CLUSTER_FILE[] = {
    {.name = "format", .kind = KEY_CHOICE, .choices = NODE_FORMATS, .required = true, AT(ClusterFileSpec, format),
     .example = "openb-nodes", .summary = "columns sn, cpu_milli, memory_mib, gpu, model"},
    {.name = "path", .kind = KEY_PATH, .required = true, AT(ClusterFileSpec, path), .example = "nodes.csv",
     .summary = "looked up beside this file, then under --data"},
    {0},
};
static const KeyObject KEYS_CLUSTER_FILE = {"cluster.file", CLUSTER_FILE, sizeof(ClusterFileSpec)};

static const KeyRow CLUSTER[] = {
    {.name = "types", .kind = KEY_OBJECT_MAP, .object = &KEYS_TYPE, AT(ClusterSpec, types),
     .example = "{h100x8: {gpus: {count: 8, model: H100}}}", .absent = "none", .summary = "kinds of node by name"},
    {.name = "nodes", .kind = KEY_OBJECT_LIST, .object = &KEYS_NODES, AT(ClusterSpec, nodes), .absent = "none",
     .example = "[{name: a, type: h100x8, count: 125}]", .summary = "the nodes"},
    {.name = "file", .kind = KEY_OBJECT, .object = &KEYS_CLUSTER_FILE, AT(ClusterSpec, file), .absent = "none",
     .example = "{format: openb-nodes, path: nodes.csv}", .summary = "a node list in place of types and nodes"},
    {.name = "price", .kind = KEY_OBJECT, .object = &KEYS_PRICE, AT(ClusterSpec, price), .absent = "no prices",
     .example = "{on_demand: 2.00 USD/gpu-h}", .summary = "of node types that give none"},
    LATER_OBJECT("storage", KEY_OBJECT_LIST, &KEYS_STORAGE, "[{name: lustre-a, bandwidth: 200GB/s}]",
                 "file systems that nodes share"),
    {0},
};
const KeyObject KEYS_CLUSTER = {"cluster", CLUSTER, sizeof(ClusterSpec)};
