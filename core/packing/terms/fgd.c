/* fgd.c - fragmentation gradient descent: go where the placement strands least.
 *
 * F(node) is the idle GPU of the node that a typical task, drawn at random, could not use. The
 * score is the sigmoid of the drop in F, in GPUs, cut into 101 integers: 50 means no change.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, and the published simulator's
 * rules as told in docs/fragmentation.md.
 *
 * The sum over typical tasks is made in one fixed order in doubles with separately rounded
 * products: equal F before and after must give exactly 50, and a fused operation would break that.
 */
#include "core/packing/internal.h"
#include "core/packing/terms/terms.h"

#define STEPS 100

/* STEP_FROM[k - 1] is the smallest drop d (milli-GPU) with trunc(100 / (1 + exp(-d / 1000))) >= k:
 * the sigmoid as a table, since the kernel has no exp. tests/test_fgd.c finds each entry again by
 * bisection with libm. */
static const double STEP_FROM[STEPS] = {
    -0x1.1f31eae7f987cp+12, -0x1.e67a3fe1d2c39p+11, -0x1.b283287795de4p+11, -0x1.8d41b8fa6bfeap+11,
    -0x1.700e0c1e096f9p+11, -0x1.57f12148d1096p+11, -0x1.43560f1b5a8b5p+11, -0x1.314b1ae9eb293p+11,
    -0x1.213451570042bp+11, -0x1.12a72fbccf4f8p+11, -0x1.0557b710eab68p+11, -0x1.f21b87d17b152p+10,
    -0x1.db3d5c57e833ep+10, -0x1.c5d28ed03b0d8p+10, -0x1.b1a677b104c02p+10, -0x1.9e8e98ce9c49ep+10,
    -0x1.8c682516d0ba1p+10, -0x1.7b163d440be97p+10, -0x1.6a80a6b72a5efp+10, -0x1.5a92d6d005c93p+10,
    -0x1.4b3b39fec2bf8p+10, -0x1.3c6aa5dc54306p+10, -0x1.2e13eacc410c9p+10, -0x1.202b7d1740ab1p+10,
    -0x1.12a72fbccf4f9p+10, -0x1.057dfccee080fp+10, -0x1.f14fb08ad5864p+9,  -0x1.d83b15ff9d803p+9,
    -0x1.bfb1287432559p+9,  -0x1.a7a6204a06e82p+9,  -0x1.900f4539dff7ap+9,  -0x1.78e2ca6b96c39p+9,
    -0x1.6217affa62c42p+9,  -0x1.4ba5a8ea857ffp+9,  -0x1.358504c7f33aap+9,  -0x1.1fae9c4cd9e6ep+9,
    -0x1.0a1bc08d8901ap+9,  -0x1.e98c587e96ae8p+8,  -0x1.bf4fed858ec32p+8,  -0x1.9577115331abdp+8,
    -0x1.6bf722f5d45dfp+8,  -0x1.42c5fd090cc8ap+8,  -0x1.19d9e51b5176ap+8,  -0x1.e252f91c7141cp+7,
    -0x1.9157656547085p+7,  -0x1.40af6fd4a5bc8p+7,  -0x1.e093c67bc85a6p+6,  -0x1.402bbb8f74835p+6,
    -0x1.400aecdfbb00bp+5,  -0x1.76ffffffffffep-42, 0x1.400aecdfbaffap+5,   0x1.402bbb8f7481cp+6,
    0x1.e093c67bc8585p+6,   0x1.40af6fd4a5bbfp+7,   0x1.915765654707bp+7,   0x1.e252f91c71414p+7,
    0x1.19d9e51b51769p+8,   0x1.42c5fd090cc88p+8,   0x1.6bf722f5d45ddp+8,   0x1.9577115331ab7p+8,
    0x1.bf4fed858ec29p+8,   0x1.e98c587e96ae3p+8,   0x1.0a1bc08d8901ap+9,   0x1.1fae9c4cd9e6bp+9,
    0x1.358504c7f33a8p+9,   0x1.4ba5a8ea857fbp+9,   0x1.6217affa62c3fp+9,   0x1.78e2ca6b96c35p+9,
    0x1.900f4539dff79p+9,   0x1.a7a6204a06e80p+9,   0x1.bfb1287432556p+9,   0x1.d83b15ff9d801p+9,
    0x1.f14fb08ad5864p+9,   0x1.057dfccee080fp+10,  0x1.12a72fbccf4f9p+10,  0x1.202b7d1740aaep+10,
    0x1.2e13eacc410c7p+10,  0x1.3c6aa5dc54305p+10,  0x1.4b3b39fec2bf5p+10,  0x1.5a92d6d005c91p+10,
    0x1.6a80a6b72a5eep+10,  0x1.7b163d440be96p+10,  0x1.8c682516d0ba1p+10,  0x1.9e8e98ce9c49cp+10,
    0x1.b1a677b104bffp+10,  0x1.c5d28ed03b0d4p+10,  0x1.db3d5c57e833dp+10,  0x1.f21b87d17b152p+10,
    0x1.0557b710eab66p+11,  0x1.12a72fbccf4f6p+11,  0x1.213451570042cp+11,  0x1.314b1ae9eb292p+11,
    0x1.43560f1b5a8b5p+11,  0x1.57f12148d1093p+11,  0x1.700e0c1e096f8p+11,  0x1.8d41b8fa6bfe1p+11,
    0x1.b283287795de5p+11,  0x1.e67a3fe1d2c2bp+11,  0x1.1f31eae7f9869p+12,  0x1.1f0199e444cabp+15,
};

/* The points for a drop in fragmentation, 0..100. */
static int64_t step_of(double drop_milli)
{
    int low = 0; /* the answer lies in low..high */
    int high = STEPS;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (drop_milli >= STEP_FROM[middle - 1]) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* The devices of a node as typical tasks see them: for each distinct share that some typical task
 * asks of a device, how many devices have it free, and how much lies idle on those that have not.
 */
typedef struct DeviceSums {
    int32_t idle_milli;
    int32_t enough[GP_DEVICE_MILLI]; /* [threshold slot] */
    int32_t below_milli[GP_DEVICE_MILLI];
} DeviceSums;

static int32_t usable_milli(const GpView *view, int32_t device)
{
    int32_t open = gp_device_open_milli(view, device);
    return view->device_health[device] == 0 || open < 0 ? 0 : open;
}

/* One device goes from `from` to `to` milli-GPU free. */
static void sums_move(DeviceSums *sums, const GpConstants *constants, int32_t from, int32_t to)
{
    sums->idle_milli += to - from;
    for (int32_t slot = 0; slot < constants->threshold_count; slot++) {
        int32_t threshold = constants->thresholds[slot];
        sums->enough[slot] += (to >= threshold) - (from >= threshold);
        sums->below_milli[slot] += (to < threshold ? to : 0) - (from < threshold ? from : 0);
    }
}

/* Whole devices are counted together and full ones add nothing: most devices are one or the other.
 */
static void sums_of_node(DeviceSums *sums, const GpView *view)
{
    int32_t parts[GP_DEVICES_MAX];
    int32_t part_count = 0;
    int32_t whole = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        if (view->device_free_milli[device] <= 0) {
            continue;
        }
        int32_t milli = usable_milli(view, device);
        if (milli == GP_DEVICE_MILLI) {
            whole++;
        } else if (milli != 0) {
            parts[part_count++] = milli;
        }
    }
    sums->idle_milli = whole * GP_DEVICE_MILLI;
    for (int32_t slot = 0; slot < view->constants->threshold_count; slot++) {
        sums->enough[slot] = whole;
        sums->below_milli[slot] = 0;
    }
    for (int32_t i = 0; i < part_count; i++) {
        sums_move(sums, view->constants, 0, parts[i]);
    }
}

/* F of a node in milli-GPU. The classes of the source: a task that finds devices and CPU leaves
 * only the devices below its share as fragments (they join q2); any other task makes all idle GPU a
 * fragment. */
static double fragmentation(const GpConstants *constants, const GpNodeType *type, int64_t cpu_milli,
                            const DeviceSums *sums)
{
    enum { Q1, Q2, Q4, XL, XR, NA, CLASSES };
    double part[CLASSES];
    for (int class = 0; class < CLASSES;
         class ++) { /* an initialiser would be a call of memset in clang -O0 */
        part[class] = 0.0;
    }
    for (int32_t i = 0; i < constants->typical_count; i++) {
        const GpTypical *typical = gp_typical_at(constants, i);
        const GpShape *shape = &typical->shape;
        int has_cpu = cpu_milli >= shape->request[GP_AXIS_CPU];
        int class = has_cpu ? XL : XR;
        int32_t amount = sums->idle_milli;
        if (shape->device_count > 0) {
            int has_devices = sums->enough[typical->threshold_slot] >= shape->device_count;
            int is_barred = constants->choosy_count != 0 &&
                            (!gp_model_allowed(type, shape) || !gp_group_allowed(type, shape));
            class = has_cpu ? Q2 : (has_devices ? Q4 : Q1);
            class = is_barred ? NA : class;
            amount = has_cpu && has_devices && !is_barred
                         ? sums->below_milli[typical->threshold_slot]
                         : amount;
        }
        part[class] += typical->weight * (double)amount;
    }
    return ((((part[Q1] + part[Q2]) + part[Q4]) + part[XL]) + part[XR]) + part[NA];
}

static double fgd_node_value(const GpView *view)
{
    DeviceSums sums;
    sums_of_node(&sums, view);
    return fragmentation(view->constants, view->type, view->free[GP_AXIS_CPU], &sums);
}

/* Has an earlier device with room as much free as this one? Then it scores the same and comes
 * first. */
static int stands_earlier(const GpView *view, int32_t device)
{
    for (int32_t earlier = 0; earlier < device; earlier++) {
        if (view->device_free_milli[earlier] == view->device_free_milli[device] &&
            (view->device_tasks[earlier] == 0) == (view->device_tasks[device] == 0) &&
            gp_device_has_room(view, earlier, view->shape, view->sees)) {
            return 1;
        }
    }
    return 0;
}

/* What is usable of a device with room once the task is on it: a task that takes its memory alone
 * leaves all of its compute, but no whole device. */
static int32_t usable_after(const GpView *view, int32_t device, int32_t charge_milli)
{
    int32_t left = view->device_free_milli[device] - charge_milli;
    return left < GP_DEVICE_MILLI ? left : GP_DEVICE_MILLI - 1;
}

static double drop_on_device(const GpView *view, DeviceSums *sums, int32_t device)
{
    int32_t before = usable_milli(view, device);
    int32_t after = usable_after(view, device, gp_device_charge_milli(view->type, view->shape));
    int64_t cpu = view->free[GP_AXIS_CPU] - view->shape->request[GP_AXIS_CPU];
    sums_move(sums, view->constants, before, after);
    double value = fragmentation(view->constants, view->type, cpu, sums);
    sums_move(sums, view->constants, after, before);
    return view->node_value - value;
}

/* Several devices, or none: one way to take them is looked at, and it is the one that a policy with
 * GP_DEVICE_TERM takes. */
static double drop_at_once(const GpView *view, DeviceSums *sums)
{
    const GpShape *shape = view->shape;
    int32_t charge = gp_device_charge_milli(view->type, shape);
    int64_t cpu = view->free[GP_AXIS_CPU] - shape->request[GP_AXIS_CPU];
    uint32_t taken = shape->device_milli == GP_DEVICE_MILLI
                         ? gp_whole_devices(view, shape->device_count)
                         : gp_tightest_devices(view);
    for (; taken != 0; taken &= taken - 1) {
        int32_t device = __builtin_ctz(taken);
        sums_move(sums, view->constants, usable_milli(view, device),
                  usable_after(view, device, charge));
    }
    return view->node_value - fragmentation(view->constants, view->type, cpu, sums);
}

/* A shape that takes part of one device may choose it. */
static int may_choose(const GpShape *shape)
{
    return shape->device_count == 1 && shape->device_milli < GP_DEVICE_MILLI;
}

static int64_t fgd_score(const GpView *view)
{
    DeviceSums sums;
    sums_of_node(&sums, view);
    if (!may_choose(view->shape)) {
        return step_of(drop_at_once(view, &sums)) * GP_SCORE_ONE;
    }
    double best = 0.0;
    int found = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        if (gp_device_has_room(view, device, view->shape, view->sees) &&
            !stands_earlier(view, device)) {
            double drop = drop_on_device(view, &sums, device);
            best = !found || drop > best ? drop : best;
            found = 1;
        }
    }
    return step_of(best) * GP_SCORE_ONE;
}

/* The lowest device that reaches the node's score: scores are compared, not drops, as in the
 * source. */
static uint32_t fgd_devices(const GpView *view)
{
    if (!may_choose(view->shape)) {
        return 0;
    }
    DeviceSums sums;
    sums_of_node(&sums, view);
    int64_t best_step = -1;
    uint32_t mask = 0;
    for (int32_t device = 0; device < view->device_count; device++) {
        if (gp_device_has_room(view, device, view->shape, view->sees) &&
            !stands_earlier(view, device)) {
            int64_t step = step_of(drop_on_device(view, &sums, device));
            if (step > best_step) {
                best_step = step;
                mask = 1u << device;
            }
        }
    }
    return mask;
}

const GpTerm gp_term_fgd = {
    .size = sizeof(GpTerm),
    .name = "fgd",
    .summary = "least growth of the GPU that typical tasks cannot use",
    .source = "Weng et al., USENIX ATC 2023",
    .score = fgd_score,
    .devices = fgd_devices,
    .node_value = fgd_node_value,
};
