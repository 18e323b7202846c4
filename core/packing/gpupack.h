/* gpupack.h - libgpupack, the packing kernel: which node, and which of its GPUs, for a task?
 *
 * The only public header. Freestanding C11: no allocation, no input or output, no globals that
 * change, no mathematical library. The caller owns every byte; the kernel keeps pointers into the
 * caller's columns and never frees anything. One fleet is written by one thread at a time;
 * different fleets are independent.
 *
 * How the pieces fit:
 *   GpFleet      the columns: what is free now on each node and device (the caller's arrays)
 *   GpShape      one distinct request
 *   GpTerm       a pure score of (one node, one shape, constants); higher is better
 *   GpPolicy     a weighted list of terms, a pick rule and a device rule
 *   gp_scan_pick the straight scan over all nodes: the oracle
 *   gp_pick_from the same from where the last search stopped, until enough nodes are found
 *   gp_pick_among the same over a list of nodes
 *   GpIndex      the same answer, scoring only nodes that changed since the shape last asked
 *   gp_explain   why a shape fits nowhere: the binding dimension
 *
 * Stability: structs start with their size as the caller was compiled, fields are only appended,
 * enum codes are pinned; arrays of structs (types, shapes, typical tasks) are walked by their first
 * element's size. GpDraw and GpWeightedTerm are fixed for good.
 * Determinism: scores are int64; inside a term only + - * / and square root on doubles, in a fixed
 * order. Build with -ffp-contract=off (the library is), so each result is the same to the bit on
 * IEEE 754 machines.
 */
#ifndef GPUPACK_H
#define GPUPACK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GP_API __attribute__((visibility("default")))
#else
#define GP_API
#endif

/* ---- limits and units ---- */

#define GP_ABI_VERSION 1
#define GP_AXES 8         /* lanes of a node row; seven are used, the last is always 0 */
#define GP_DEVICES_MAX 32 /* devices of one node */
#define GP_MODELS_MAX 64  /* GPU models of one fleet */
#define GP_GROUPS_MAX 64  /* groups of nodes that requests tell apart */
#define GP_NODES_MAX (1 << 24)
#define GP_DEVICE_MILLI 1000            /* a whole device */
#define GP_SCORE_ONE ((int64_t)1 << 20) /* one point of a term's own scale */
#define GP_INFEASIBLE INT64_MIN         /* the score of a node that cannot hold the shape */
#define GP_PPM 1000000

/* Node lanes and their units. CPU excludes the cores kept for the data path, which are IO_CPU. */
typedef enum GpAxis {
    GP_AXIS_GPU = 0,               /* milli-GPU, summed over the node's healthy devices */
    GP_AXIS_GPU_MEMORY = 1,        /* MiB, summed over the node's healthy devices */
    GP_AXIS_CPU = 2,               /* milli-core */
    GP_AXIS_MEMORY = 3,            /* MiB */
    GP_AXIS_STORAGE_BANDWIDTH = 4, /* MB/s */
    GP_AXIS_IO_CPU = 5,            /* milli-core */
    GP_AXIS_NETWORK = 6,           /* Mb/s */
    GP_AXIS_COUNT = 7
} GpAxis;

#define GP_SEES_ALL ((1u << GP_AXIS_COUNT) - 1)

/* What can keep a shape off a node, in the order that breaks ties. */
typedef enum GpDimension {
    GP_DIMENSION_GPU = 0,
    GP_DIMENSION_MIG = 1,
    GP_DIMENSION_GPU_MEMORY = 2,
    GP_DIMENSION_CPU = 3,
    GP_DIMENSION_MEMORY = 4,
    GP_DIMENSION_STORAGE_BANDWIDTH = 5,
    GP_DIMENSION_IO_CPU = 6,
    GP_DIMENSION_NETWORK = 7,
    GP_DIMENSION_GPU_MODEL = 8,
    GP_DIMENSION_TOPOLOGY = 9,
    GP_DIMENSION_COUNT = 10,
    GP_DIMENSION_NONE = -1
} GpDimension;

typedef enum GpStatus {
    GP_OK = 0,
    GP_NO_FIT = 1,        /* no node can hold the shape now: gp_explain says why */
    GP_BAD_ARGUMENT = -1, /* a value outside its documented bounds, or a struct of unknown size */
    GP_TOO_SMALL = -2     /* the memory handed over is smaller than gp_..._bytes said */
} GpStatus;

/* ---- the fleet ---- */

/* MIG geometry of a device: how its memory slices can be cut. Sources: docs/packing-terms.md. */
typedef enum GpMigGeometry {
    GP_MIG_GEOMETRY_NONE = 0,
    GP_MIG_GEOMETRY_SEVEN = 1, /* A100, H100, H200, B200: 8 memory slices, 7 compute slices */
    GP_MIG_GEOMETRY_FOUR = 2   /* A30, RTX PRO 6000: 4 memory slices, 4 compute slices */
} GpMigGeometry;

/* MIG profiles by compute slices; the memory in their marketing names depends on the card. */
typedef enum GpMigProfile {
    GP_MIG_PROFILE_NONE = 0,
    GP_MIG_PROFILE_1G = 1,
    GP_MIG_PROFILE_1G_DOUBLE = 2, /* 1g with double memory */
    GP_MIG_PROFILE_2G = 3,
    GP_MIG_PROFILE_3G = 4,
    GP_MIG_PROFILE_4G = 5,
    GP_MIG_PROFILE_7G = 6,
    GP_MIG_PROFILE_COUNT = 7
} GpMigProfile;

/* What all nodes of one shape have in common, when healthy and empty. */
typedef struct GpNodeType {
    uint32_t size;             /* sizeof(GpNodeType), as the caller was compiled */
    int32_t device_count;      /* 0..GP_DEVICES_MAX */
    int32_t model;             /* 0..GP_MODELS_MAX-1; -1 for a node without GPUs */
    int32_t device_memory_mib; /* of each device; 0 where it is not modelled */
    int32_t device_split;      /* most tasks on one device; 0 = no limit */
    int32_t mig_geometry;      /* GpMigGeometry */
    int64_t capacity[GP_AXES]; /* nominal; lanes GPU and GPU_MEMORY are the sums over devices */
    int32_t group;             /* 0..GP_GROUPS_MAX-1: which group_set bit lets a shape in */
    int32_t numa_count;        /* the devices in order, in so many equal parts; 0 and 1: one part */
} GpNodeType;

/* The fleet's columns. The caller allocates them; gp_place and gp_release write the free columns,
 * and so may the caller (derating, head-room, failures), who then calls gp_index_touch for each
 * node it changed. A free amount may be negative (over-committed after derating): then only shapes
 * that ask nothing fit. */
typedef struct GpFleet {
    uint32_t size;
    int32_t node_count; /* 1..GP_NODES_MAX */
    int32_t type_count;
    int32_t kind_count;          /* columns of node_kind_tasks; 0 if no term clusters by kind */
    const GpNodeType *types;     /* [type_count] */
    const int32_t *node_type;    /* [node] */
    const int32_t *node_rank;    /* [node] a permutation of the nodes; the lowest wins a tie */
    const int32_t *device_begin; /* [node + 1] first device of each node in the device columns */
    uint8_t *node_present;       /* [node] 0: absent or cordoned, holds nothing new */
    int64_t (*node_free)[GP_AXES];
    int32_t (*node_health_ppm)[GP_AXES]; /* effective / nominal; NULL: all healthy */
    uint16_t *node_kind_tasks;  /* [node * kind_count + kind] running tasks that hold devices */
    int32_t *device_free_milli; /* [device] milli-GPU */
    int32_t *device_free_mib;   /* [device] MiB */
    uint16_t *device_tasks;     /* [device] tasks that hold a part of it */
    uint8_t *device_health;     /* [device] 0: out, takes nothing new; else in service */
    uint8_t *device_mig;        /* [device] one bit a memory slice: occupied by a MIG instance */
} GpFleet;

/* ---- what is asked for ---- */

/* One distinct request, for one task on one node. device_milli 1000 means whole devices that no
 * other task holds a part of; less means a share of each of device_count distinct devices; 0 means
 * memory alone (device_memory_mib above 0), refused on a device whose compute is all taken. A MIG
 * shape asks one instance: device_count 1, mig_profile set; gp_shape_finish then fills device_milli
 * (125 a memory slice, 250 on a four-slice card is charged by gp_place from the device's own
 * geometry). */
typedef struct GpShape {
    uint32_t size;
    int32_t kind;              /* 0..kind_count-1, for terms that cluster alike tasks; -1: none */
    int32_t device_count;      /* 0: CPU only */
    int32_t device_milli;      /* of each device, 0..1000; 0 if device_count is 0 */
    int32_t device_memory_mib; /* of each device; 0: not stated */
    int32_t mig_profile;       /* GpMigProfile */
    uint64_t model_set;        /* bit m: model m will do; 0: any */
    int64_t request[GP_AXES];  /* lanes GPU and GPU_MEMORY are filled by gp_shape_finish */
    uint64_t group_set;        /* bit g: nodes of group g will do; 0: any */
    int32_t numa;              /* 1: all its devices from one NUMA part; 0: any devices */
} GpShape;

typedef struct GpPlacement {
    uint32_t size;
    int32_t node;
    uint32_t device_mask; /* bit d: device d of the node */
    int32_t mig_start;    /* first memory slice of a MIG instance; -1 otherwise */
} GpPlacement;

/* Checks a shape's bounds and fills its derived lanes. Errors: GP_BAD_ARGUMENT. */
GP_API GpStatus gp_shape_finish(GpShape *shape);

/* Sets every free column to an empty, healthy, present fleet. The caller has set the arrays and the
 * types. */
GP_API GpStatus gp_fleet_reset(GpFleet *fleet);

/* Checks counts, ranks, types and pointers once. `scratch` holds node_count bytes. Errors:
 * GP_BAD_ARGUMENT. */
GP_API GpStatus gp_fleet_check(const GpFleet *fleet, uint8_t *scratch);

/* ---- constants of a study, read by terms ---- */

/* A typical task: one class of the workload and its share of it. Sorted as its source says. */
typedef struct GpTypical {
    uint32_t size;
    int32_t threshold_slot; /* filled by gp_constants_finish */
    double weight;          /* share of the workload; all sum to 1 */
    GpShape shape;
} GpTypical;

#define GP_RAGP_CLASSES_MAX 32

typedef struct GpConstants {
    uint32_t size;
    int32_t typical_count;
    GpTypical *typical;         /* [typical_count], may be NULL */
    int32_t *thresholds;        /* [typical_count] memory for gp_constants_finish */
    int32_t threshold_count;    /* filled by gp_constants_finish */
    int64_t scale[GP_AXES];     /* largest nominal capacity of each lane over the declared types */
    int64_t max_spec_cpu_milli; /* constant of the FGD study's scores: 128000 */
    int64_t max_spec_gpu_milli; /* constant of the FGD study's scores: 8000 */
    double mix[GP_AXES];        /* RAGP: mean demand in units of scale, at least 0.001 */
    int32_t choosy_count; /* filled by gp_constants_finish: typical tasks that will not do with
                             any model and group */
} GpConstants;

/* Sets the published constants; no typical tasks. The macro hands over the size that the caller was
 * compiled with, here and in the other two init functions. */
GP_API void gp_constants_init_sized(GpConstants *constants, uint32_t size);
#define gp_constants_init(constants)                                                               \
    gp_constants_init_sized((constants), (uint32_t)sizeof(GpConstants))

/* Derives thresholds, scale and mix from the typical tasks and the fleet's types. */
GP_API GpStatus gp_constants_finish(GpConstants *constants, const GpFleet *fleet);

/* ---- terms ---- */

#define GP_CURVE_POINTS_MAX 8
#define GP_COEFFICIENTS 8

/* Options of one term in a policy's list. Each term documents which it reads; gp_term_options_init
 * fills its defaults. */
typedef struct GpTermOptions {
    uint32_t size;
    int32_t variant;                     /* which published form, by the term's own numbering */
    double axis_weight[GP_AXES];         /* weight of each lane */
    double coefficient[GP_COEFFICIENTS]; /* the term's own */
    int32_t curve_count;                 /* points of a piecewise linear curve */
    int32_t curve_utilisation[GP_CURVE_POINTS_MAX]; /* 0..100 ascending */
    int32_t curve_score[GP_CURVE_POINTS_MAX];       /* 0..10 */
    uint64_t reserved[4]; /* 0; policies hold options by value, so they cannot grow */
} GpTermOptions;

/* All that a term may look at: one node, one shape, constants. */
typedef struct GpView {
    uint32_t size; /* sizeof(GpView), as the library was compiled */
    const GpNodeType *type;
    const int64_t *free;              /* [GP_AXES] before the task is placed */
    const int32_t *health_ppm;        /* [GP_AXES], or NULL: healthy */
    const int32_t *device_free_milli; /* [device_count] */
    const int32_t *device_free_mib;
    const uint16_t *device_tasks;
    const uint8_t *device_health;
    const uint8_t *device_mig;
    const uint16_t *kind_tasks; /* [kind_count] */
    int32_t device_count;
    int32_t kind_count;
    uint32_t sees;        /* lanes that the policy looks at */
    const GpShape *shape; /* NULL when node_value is asked */
    const GpConstants *constants;
    const GpTermOptions *options;
    double node_value; /* the term's own node_value of this node, if it has one */
} GpView;

/* A term. `score` is called only for nodes that can hold the shape. The result is in
 * GP_SCORE_ONE-ths of the source's own scale, truncated where the source truncates. */
typedef struct GpTerm {
    uint32_t size; /* sizeof(GpTerm), as the term was compiled */
    const char *name;
    const char *summary; /* one line */
    const char *source;  /* where the formula is from */
    int64_t (*score)(const GpView *view);
    /* Optional. Which device a shape that shares devices takes; 0: none of its own. */
    uint32_t (*devices)(const GpView *view);
    /* Optional. The part of the score that depends on the node alone; cached by the index. */
    double (*node_value)(const GpView *view);
    /* Optional second step, where the score needs the extremes over all feasible nodes. */
    int64_t (*finish)(int64_t raw, int64_t lowest, int64_t highest, const GpTermOptions *options);
    /* Optional. Fills defaults other than: variant 0, all weights 1, no curve, coefficients 0. */
    void (*defaults)(GpTermOptions *options);
    int32_t variants; /* published forms, numbered from 0; 0 here counts as 1 */
} GpTerm;

GP_API int32_t gp_term_count(void);
GP_API const GpTerm *gp_term_at(int32_t code);       /* NULL outside 0..count-1; codes are pinned */
GP_API const GpTerm *gp_term_find(const char *name); /* NULL if there is none */
GP_API void gp_term_options_init_sized(GpTermOptions *options, const GpTerm *term, uint32_t size);
#define gp_term_options_init(options, term)                                                        \
    gp_term_options_init_sized((options), (term), (uint32_t)sizeof(GpTermOptions))

/* ---- policies ---- */

#define GP_TERMS_MAX 8
#define GP_WEIGHT_MAX ((int64_t)1 << 24) /* so that a sum of weighted terms cannot overflow */

typedef enum GpPick {
    GP_PICK_BEST = 0,  /* highest score, then lowest rank */
    GP_PICK_RANDOM = 1 /* the caller's draw chooses among the feasible nodes, in rank order */
} GpPick;

/* Which devices a shape takes that shares devices. Whole devices are always the lowest-numbered
 * free ones. */
typedef enum GpDeviceRule {
    GP_DEVICE_TIGHTEST = 0,     /* least free milli-GPU that is enough, lowest index */
    GP_DEVICE_FIRST = 1,        /* lowest index with room */
    GP_DEVICE_RANDOM = 2,       /* the caller's draw, uniform over those with room */
    GP_DEVICE_TERM = 3,         /* as the first term with a choice of its own says; else tightest */
    GP_DEVICE_HAMI_BINPACK = 4, /* HAMi card score, highest first */
    GP_DEVICE_HAMI_SPREAD = 5   /* HAMi card score, lowest first */
} GpDeviceRule;

typedef enum GpMigRule {
    GP_MIG_LEAST_FRAGMENTATION =
        0,          /* device and start with the smallest growth of the fragmentation metric */
    GP_MIG_HAMI = 1 /* first device with room; 1g and 3g from the high end, others from the low */
} GpMigRule;

typedef struct GpWeightedTerm {
    const GpTerm *term;
    int64_t weight;
    GpTermOptions options;
} GpWeightedTerm;

typedef struct GpPolicy {
    uint32_t size;
    int32_t term_count; /* 0: every node scores 0, the rank decides (first fit) */
    GpWeightedTerm terms[GP_TERMS_MAX];
    int32_t pick;        /* GpPick */
    int32_t device_rule; /* GpDeviceRule */
    int32_t mig_rule;    /* GpMigRule */
    uint32_t sees;       /* bit a: lane a is filtered on; GP_SEES_ALL by default */
} GpPolicy;

GP_API void gp_policy_init_sized(GpPolicy *policy, uint32_t size);
#define gp_policy_init(policy) gp_policy_init_sized((policy), (uint32_t)sizeof(GpPolicy))
GP_API GpStatus gp_policy_add(GpPolicy *policy, const GpTerm *term, int64_t weight,
                              const GpTermOptions *options /* NULL: the term's defaults */);

/* A caller's draw for random picks: two independent uniform 64-bit words. */
typedef struct GpDraw {
    uint64_t node;
    uint64_t device;
} GpDraw;

/* ---- choosing ---- */

/* Does the node hold the shape? The same code answers everywhere. */
GP_API int gp_fits(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees);

/* May the shape use nodes of this type at all, by its model_set and group_set? */
GP_API int gp_type_allowed(const GpNodeType *type, const GpShape *shape);

/* Could exactly this placement be taken now? For a task that goes back to where it was, or to a
 * place that was named for it. */
GP_API int gp_holds(const GpFleet *fleet, const GpShape *shape, const GpPlacement *placement,
                    uint32_t sees);

/* The bits (1 << GpDimension) on which the node fails the shape; 0: it fits. A node that is absent
 * or of a group that will not do fails on TOPOLOGY, and so does one that would hold the shape if
 * its devices need not be of one NUMA part. */
GP_API uint32_t gp_failing(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees);

/* Score of one node before any second step; GP_INFEASIBLE if it cannot hold the shape. */
GP_API int64_t gp_score(const GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                        int32_t node, const GpShape *shape);

/* A term's node_value of one node: e.g. the FGD fragmentation of the node in milli-GPU for term
 * "fgd". 0 if the term has none. */
GP_API double gp_node_value(const GpFleet *fleet, const GpTerm *term, const GpConstants *constants,
                            int32_t node);

/* Devices that the policy takes on a node that holds the shape. */
GP_API GpStatus gp_choose_devices(const GpFleet *fleet, const GpPolicy *policy,
                                  const GpConstants *constants, int32_t node, const GpShape *shape,
                                  uint64_t draw, GpPlacement *placement);

/* The straight scan. GP_OK with *placement filled, or GP_NO_FIT. */
GP_API GpStatus gp_scan_pick(const GpFleet *fleet, const GpPolicy *policy,
                             const GpConstants *constants, const GpShape *shape, const GpDraw *draw,
                             GpPlacement *placement);

/* The scan over `count` listed nodes, each listed once. Second steps look at these alone, and a
 * random pick draws among them. GP_BAD_ARGUMENT: a node that the fleet has not. */
GP_API GpStatus gp_pick_among(const GpFleet *fleet, const GpPolicy *policy,
                              const GpConstants *constants, const GpShape *shape,
                              const GpDraw *draw, int32_t count, const int32_t *nodes,
                              GpPlacement *placement);

/* The scan of a scheduler that stops early: nodes are looked at by their number from *cursor on,
 * round the end, until `candidates` of them (at least 1) hold the shape or all were looked at; the
 * best of those wins. *cursor becomes the node after the last one looked at, whether anything was
 * found or not. Second steps and random picks are over those candidates. */
GP_API GpStatus gp_pick_from(const GpFleet *fleet, const GpPolicy *policy,
                             const GpConstants *constants, const GpShape *shape, const GpDraw *draw,
                             int32_t candidates, int32_t *cursor, GpPlacement *placement);

/* How many candidates kube-scheduler is content with in a cluster of so many nodes: all of fewer
 * than 100; else nodes * max(5, 50 - nodes / 125) / 100 in integers, at least 100. */
GP_API int32_t gp_kube_candidates(int32_t node_count);

/* Takes the placement's amounts off the columns, and gives them back. place then release restores
 * every column bit for bit. */
GP_API void gp_place(GpFleet *fleet, const GpShape *shape, const GpPlacement *placement);
GP_API void gp_release(GpFleet *fleet, const GpShape *shape, const GpPlacement *placement);

/* Places `task_count` tasks of the shape one by one, all or none. `index` may be NULL (then the
 * scan picks); draws may be NULL unless the policy picks at random, else [task_count]. GP_OK: all
 * are placed and placements[] filled. GP_NO_FIT: the fleet is as before. */
struct GpIndex;
GP_API GpStatus gp_place_gang(GpFleet *fleet, const GpPolicy *policy, const GpConstants *constants,
                              struct GpIndex *index, int32_t shape_id, const GpShape *shape,
                              int32_t task_count, const GpDraw *draws, GpPlacement *placements);

/* ---- why not ---- */

typedef struct GpVerdict {
    uint32_t size;
    int32_t binding;  /* GpDimension; GP_DIMENSION_NONE if some node holds the shape */
    int32_t feasible; /* nodes that hold it */
    int32_t alone[GP_DIMENSION_COUNT];   /* nodes that only this dimension excludes */
    int32_t failing[GP_DIMENSION_COUNT]; /* nodes that fail on it, perhaps among others */
} GpVerdict;

/* The binding dimension is the one that alone excludes most nodes; if none alone excludes any, the
 * one failing on most nodes; ties in the order of GpDimension. */
GP_API void gp_explain(const GpFleet *fleet, const GpShape *shape, uint32_t sees,
                       GpVerdict *verdict);

/* ---- how many ---- */

#define GP_ROOM_UNLIMITED ((int64_t)1 << 40) /* sums over all nodes do not overflow */

/* How many tasks of a shape one node holds now, together with each other: under each dimension as
 * if it were the only limit, and under all of them. */
typedef struct GpRoom {
    uint32_t size;
    int64_t all;
    int64_t tasks[GP_DIMENSION_COUNT]; /* GP_ROOM_UNLIMITED where the dimension sets no limit */
} GpRoom;

/* Exact for whole devices and for shares of one device. For shares of several devices it is what
 * the best choice of devices reaches; for MIG what filling each card from its lowest start
 * reaches. */
GP_API void gp_room_of(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees,
                       GpRoom *room);

/* Its `all`, counted up to `limit`. */
GP_API int32_t gp_room(const GpFleet *fleet, int32_t node, const GpShape *shape, uint32_t sees,
                       int32_t limit);

/* ---- the tasks of a gang over domains ---- */

/* A domain is a set of nodes (a node, a rack, a zone) with room for so many of the gang's tasks.
 * Source of the first two: Kueue's topology-aware scheduling; of the third: KAI Scheduler. */
typedef enum GpDomainRule {
    GP_DOMAINS_BEST_FIT = 0,   /* largest room first; the last one is the tightest that will do */
    GP_DOMAINS_LEAST_FREE = 1, /* the tightest that holds all; else smallest room first */
    GP_DOMAINS_TIGHTEST = 2    /* the tightest that holds all, or none */
} GpDomainRule;

/* Spreads `tasks` over domains of rooms[domain_count]; counts[] says how many each gets. Ties: the
 * lowest domain. GP_NO_FIT: the rooms do not hold them all, and counts[] is all 0. */
GP_API GpStatus gp_domains_fill(int32_t rule, int32_t domain_count, const int32_t *rooms,
                                int32_t tasks, int32_t *counts);

/* ---- the index ---- */

typedef struct GpIndex GpIndex;

/* Bytes of memory for an index of that many nodes and shapes under that policy; 0 if an argument is
 * out of bounds. The memory must be aligned to 64 bytes. */
GP_API size_t gp_index_bytes(const GpPolicy *policy, int32_t node_count, int32_t shape_count);

/* Builds an index in the caller's memory. Everything handed over must outlive it; the shapes, the
 * policy and the constants must not change. Errors: GP_BAD_ARGUMENT, GP_TOO_SMALL. */
GP_API GpStatus gp_index_init(GpIndex **index, void *memory, size_t bytes, const GpFleet *fleet,
                              const GpPolicy *policy, const GpConstants *constants,
                              const GpShape *shapes, int32_t shape_count);

/* Some column of this node changed. */
GP_API void gp_index_touch(GpIndex *index, int32_t node);

/* Same answer as gp_scan_pick for shapes[shape_id]. */
GP_API GpStatus gp_index_pick(GpIndex *index, int32_t shape_id, const GpDraw *draw,
                              GpPlacement *placement);

/* Same answers as gp_pick_among and gp_pick_from for shapes[shape_id], from kept scores. */
GP_API GpStatus gp_index_pick_among(GpIndex *index, int32_t shape_id, const GpDraw *draw,
                                    int32_t count, const int32_t *nodes, GpPlacement *placement);
GP_API GpStatus gp_index_pick_from(GpIndex *index, int32_t shape_id, const GpDraw *draw,
                                   int32_t candidates, int32_t *cursor, GpPlacement *placement);

/* ---- MIG geometry ---- */

GP_API int gp_mig_width(int geometry,
                        int profile); /* memory slices; 0: the card has no such profile */
GP_API uint32_t gp_mig_starts(int geometry, int profile); /* bit s: may start at memory slice s */
GP_API uint32_t gp_mig_free_starts(int geometry, int profile, uint8_t occupied);
GP_API int gp_mig_capability(int geometry,
                             uint8_t occupied); /* (profile, start) pairs still free */
GP_API int gp_mig_fragmentation(int geometry, uint8_t occupied);
GP_API int gp_mig_slice_milli(int geometry); /* milli-GPU charged for a memory slice */

GP_API int gp_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif
