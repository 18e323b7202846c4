/* packs.c - the named packing rules: kernel terms with weights, a pick, a device rule.
 *
 * A row says what to combine; the formulas are in core/packing/terms. docs/packing-terms.md says
 * for each what is modelled, approximated and left out.
 */
#include <stddef.h>

#include "sim/policies/registry.h"

#define KUBE_FIDELITY                                                                              \
    "kube-scheduler, resource score alone: no affinity, topology or image terms, every node "      \
    "scored, ties by rank instead of at random. CPU and memory only, as by default; GPUs are "     \
    "counted, not scored."
#define OPENB_FIDELITY                                                                             \
    "As in the simulator of Weng et al., USENIX ATC 2023, to the last printed digit; host memory " \
    "only filters. Whole GPUs: the lowest-numbered free ones."
#define HAMI_FIDELITY                                                                              \
    "HAMi scheduler, node and card score with their default weights; NUMA, topology and vendor "   \
    "terms are left out. Needs card memory and a split count to score all three parts."
#define KAI_FIDELITY                                                                               \
    "KAI Scheduler's nodeplacement plugin; its larger terms (already shared cards, topology, "     \
    "affinity, CPU-only nodes) are left out. Shared cards: the fullest first."
#define RAGP_FIDELITY                                                                              \
    "A RAGP-family kernel after the public description (cosine of demand and residual, I/O "       \
    "lanes); the other parts and all coefficients are ours. No forecast buffer. Reproduces no "    \
    "published number."

static const PackPolicy FIRST_FIT = {
    .name = "first-fit",
    .summary = "the first node that fits, the first GPU with room",
    .fidelity = "The textbook rule; first is lowest rank.",
    .terms = {{.term = "first-fit", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy RANDOM = {
    .name = "random",
    .summary = "any node that fits, any GPU with room",
    .fidelity = "As in Weng et al., USENIX ATC 2023, with our own draws: equal in distribution.",
    .pick = GP_PICK_RANDOM,
    .device_rule = GP_DEVICE_RANDOM,
};

static const PackPolicy BEST_FIT = {
    .name = "best-fit",
    .summary = "the node with least CPU and GPU left",
    .fidelity = OPENB_FIDELITY,
    .terms = {{.term = "best-fit", .weight = 1}},
};

static const PackPolicy DOT_PRODUCT = {
    .name = "dot-product",
    .summary = "the node where demand and free CPU and GPU have the smallest product",
    .fidelity = OPENB_FIDELITY,
    .terms = {{.term = "dot-product", .weight = 1}},
};

static const PackPolicy GPU_PACKING = {
    .name = "gpu-packing",
    .summary = "shared GPUs first, then idle GPUs of nodes in use, then empty nodes",
    .fidelity = OPENB_FIDELITY,
    .terms = {{.term = "gpu-packing", .weight = 1}},
};

static const PackPolicy GPU_CLUSTERING = {
    .name = "gpu-clustering",
    .summary = "tasks that ask for GPUs in the same way go to the same nodes",
    .fidelity = OPENB_FIDELITY,
    .terms = {{.term = "gpu-clustering", .weight = 1}},
};

static const PackPolicy FGD = {
    .name = "fgd",
    .summary = "steepest descent of expected fragmentation",
    .fidelity = OPENB_FIDELITY,
    .terms = {{.term = "fgd", .weight = 1}},
    .device_rule = GP_DEVICE_TERM,
};

static const PackPolicy TETRIS = {
    .name = "tetris",
    .summary = "largest dot product of demand and free capacity",
    .fidelity = "The alignment score of Grandl et al., SIGCOMM 2014, used to choose a node for a "
                "task, not a task "
                "for a machine; no remote penalty, no remaining-work part.",
    .terms = {{.term = "tetris", .weight = 1}},
};

static const PackPolicy L2_NORM = {
    .name = "l2-norm",
    .summary = "smallest distance between free capacity and demand",
    .fidelity = "Norm-based greedy of Panigrahy et al., 2011, with weights of 1.",
    .terms = {{.term = "l2-norm", .weight = 1}},
};

static const PackPolicy COSINE = {
    .name = "cosine",
    .summary = "smallest angle between demand and free capacity; blind to size",
    .fidelity =
        "DP2 of the vector packing literature. Alone it is blind to size: worse than random "
        "placement in our models with job ends, not so where jobs stay.",
    .terms = {{.term = "cosine", .weight = 1}},
};

static const PackPolicy LEAST_ALLOCATED = {
    .name = "least-allocated",
    .summary = "the emptiest node by CPU and memory",
    .fidelity = KUBE_FIDELITY,
    .terms = {{.term = "least-allocated", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy KUBE_DEFAULT = {
    .name = "kube-default",
    .summary = "the emptiest and most evenly used node by CPU and memory: Kubernetes as installed",
    .fidelity = KUBE_FIDELITY " Both resource scores with weight 1, in the form of 1.36.",
    .terms = {{.term = "least-allocated", .weight = 1},
              {.term = "balanced-allocation", .weight = 1, .variant = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy MOST_ALLOCATED = {
    .name = "most-allocated",
    .summary = "the fullest node by CPU and memory",
    .fidelity = KUBE_FIDELITY,
    .terms = {{.term = "most-allocated", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy REQUESTED_TO_CAPACITY_RATIO = {
    .name = "requested-to-capacity-ratio",
    .summary = "a curve over CPU and memory utilisation; by default it packs",
    .fidelity = KUBE_FIDELITY,
    .terms = {{.term = "requested-to-capacity-ratio", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy BALANCED_ALLOCATION = {
    .name = "balanced-allocation",
    .summary = "the node whose CPU and memory would be used most evenly",
    .fidelity =
        KUBE_FIDELITY " Form of versions up to 1.35; variant 1 of the term is that of 1.36.",
    .terms = {{.term = "balanced-allocation", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy VOLCANO = {
    .name = "volcano",
    .summary = "the emptiest and most evenly used node by CPU and memory: Volcano as installed",
    .fidelity = "Volcano's nodeorder plugin: least allocated 1, most allocated 0, balanced 1; no "
                "affinity, taint, image or spread scores.",
    .terms = {{.term = "least-allocated", .weight = 1},
              {.term = "balanced-allocation", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy VOLCANO_BINPACK = {
    .name = "volcano-binpack",
    .summary = "the fullest node over the resources that the task asks for",
    .fidelity = "Volcano's binpack plugin alone, with its default weights (CPU 1, memory 1, GPU "
                "not named).",
    .terms = {{.term = "volcano-binpack", .weight = 1}},
    .device_rule = GP_DEVICE_FIRST,
};

static const PackPolicy HAMI = {
    .name = "hami",
    .summary = "HAMi as installed: fullest node, emptiest card",
    .fidelity = HAMI_FIDELITY,
    .terms = {{.term = "hami-node", .weight = 1}},
    .device_rule = GP_DEVICE_HAMI_SPREAD,
    .mig_rule = GP_MIG_HAMI,
};

static const PackPolicy HAMI_BINPACK = {
    .name = "hami-binpack",
    .summary = "HAMi set to pack nodes and cards",
    .fidelity = HAMI_FIDELITY,
    .terms = {{.term = "hami-node", .weight = 1}},
    .device_rule = GP_DEVICE_HAMI_BINPACK,
    .mig_rule = GP_MIG_HAMI,
};

static const PackPolicy HAMI_SPREAD = {
    .name = "hami-spread",
    .summary = "HAMi set to spread over nodes and cards",
    .fidelity = HAMI_FIDELITY,
    .terms = {{.term = "hami-node", .weight = 1, .variant = 1}},
    .device_rule = GP_DEVICE_HAMI_SPREAD,
    .mig_rule = GP_MIG_HAMI,
};

static const PackPolicy KAI = {
    .name = "kai",
    .summary = "KAI as installed: a card already shared, then the node with fewest idle GPUs",
    .fidelity = "KAI Scheduler's scores for GPU sharing, CPU-only nodes and node placement, with "
                "its points; affinity and NUMA points are left out, topology is the scenario's. "
                "Shared cards: the fullest first.",
    .terms = {{.term = "kai-shared-card", .weight = 1},
              {.term = "kai-cpu-node", .weight = 1},
              {.term = "kai-binpack", .weight = 1}},
};

static const PackPolicy KAI_BINPACK = {
    .name = "kai-binpack",
    .summary = "the node with fewest idle GPUs: KAI's node placement alone",
    .fidelity = KAI_FIDELITY,
    .terms = {{.term = "kai-binpack", .weight = 1}},
};

static const PackPolicy KAI_SPREAD = {
    .name = "kai-spread",
    .summary = "the node with the largest idle share of its GPUs",
    .fidelity = KAI_FIDELITY,
    .terms = {{.term = "kai-spread", .weight = 1}},
};

/* One unit of fragmentation outweighs any tightness, which lies in 0..1: so tightness only breaks
 * ties. */
static const PackPolicy MIG_FRAGMENTATION = {
    .name = "mig-fragmentation",
    .summary = "MIG instances where they block least; ties, and all other tasks, by best fit",
    .fidelity =
        "After Zambianco et al., arXiv 2511.18906; instances never move. The tie-break is ours.",
    .terms = {{.term = "mig-fragmentation", .weight = 2}, {.term = "ragp-tightness", .weight = 1}},
};

static const PackPolicy RAGP = {
    .name = "ragp",
    .summary = "alignment, tightness and useful leftovers over all lanes",
    .fidelity = RAGP_FIDELITY,
    .terms = {{.term = "ragp", .weight = 1}},
    .device_rule = GP_DEVICE_TERM,
};

static const PackPolicy RAGP_PUBLIC = {
    .name = "ragp-public",
    .summary = "only what is public of RAGP: the cosine of demand and free capacity, blind to size",
    .fidelity = RAGP_FIDELITY,
    .terms = {{.term = "ragp", .weight = 1, .coefficient = {1.0}, .coefficients_given = 1}},
    .device_rule = GP_DEVICE_TERM,
};

static const PackPolicy RAGP_IO_BLIND = {
    .name = "ragp-io-blind",
    .summary = "ragp that neither scores nor checks storage bandwidth, I/O CPU and network",
    .fidelity = RAGP_FIDELITY " Shows what leaving these lanes out costs.",
    .terms = {{.term = "ragp", .weight = 1}},
    .device_rule = GP_DEVICE_TERM,
    .blind = 1u << GP_AXIS_STORAGE_BANDWIDTH | 1u << GP_AXIS_IO_CPU | 1u << GP_AXIS_NETWORK,
};

const PackPolicy *const PACK_POLICIES[] = {
    &FIRST_FIT,
    &RANDOM,
    &BEST_FIT,
    &DOT_PRODUCT,
    &GPU_PACKING,
    &GPU_CLUSTERING,
    &FGD,
    &TETRIS,
    &L2_NORM,
    &COSINE,
    &LEAST_ALLOCATED,
    &KUBE_DEFAULT,
    &MOST_ALLOCATED,
    &REQUESTED_TO_CAPACITY_RATIO,
    &BALANCED_ALLOCATION,
    &VOLCANO,
    &VOLCANO_BINPACK,
    &HAMI,
    &HAMI_BINPACK,
    &HAMI_SPREAD,
    &KAI,
    &KAI_BINPACK,
    &KAI_SPREAD,
    &MIG_FRAGMENTATION,
    &RAGP,
    &RAGP_PUBLIC,
    &RAGP_IO_BLIND,
    NULL,
};

static int pack_term_add(const PackTerm *row, GpPolicy *policy)
{
    const GpTerm *term = gp_term_find(row->term);
    if (term == NULL) {
        return 0;
    }
    GpTermOptions options;
    gp_term_options_init(&options, term);
    options.variant = row->variant;
    for (int i = 0; row->coefficients_given && i < GP_COEFFICIENTS; i++) {
        options.coefficient[i] = row->coefficient[i];
    }
    return gp_policy_add(policy, term, row->weight, &options) == GP_OK;
}

int pack_policy_fill(const PackPolicy *row, GpPolicy *policy)
{
    gp_policy_init(policy);
    policy->pick = row->pick;
    policy->device_rule = row->device_rule;
    policy->mig_rule = row->mig_rule;
    policy->sees = GP_SEES_ALL & ~row->blind;
    for (int i = 0; i < GP_TERMS_MAX && row->terms[i].term != NULL; i++) {
        if (!pack_term_add(&row->terms[i], policy)) {
            return 0;
        }
    }
    return 1;
}
