/* devices.c - which of a node's devices a task gets. */
#include "core/packing/hami_card.h"
#include "core/packing/internal.h"
#include "core/packing/mig_choice.h"

uint32_t gp_whole_devices(const GpView *view, int32_t count)
{
    int counts = gp_shape_counts_unused(view->shape, view->sees);
    uint32_t open = counts ? gp_view_unused(view) : gp_open_devices(view, view->shape, view->sees);
    uint32_t mask = 0;
    for (; open != 0 && count > 0; open &= open - 1) {
        mask |= open & (~open + 1u);
        count--;
    }
    return mask;
}

/* How good a device is under a rule: higher is better, the lowest index wins a tie. */
static int64_t device_key(const GpView *view, int32_t device, int32_t rule)
{
    switch (rule) {
    case GP_DEVICE_FIRST:
        return 0;
    case GP_DEVICE_HAMI_BINPACK:
        return gp_hami_card_score(view, device);
    case GP_DEVICE_HAMI_SPREAD:
        return -gp_hami_card_score(view, device);
    default:
        return -(int64_t)view->device_free_milli[device];
    }
}

static uint32_t best_devices(const GpView *view, int32_t rule)
{
    if (view->shape->device_count == 0) {
        return 0;
    }
    uint32_t open = gp_open_devices(view, view->shape, view->sees);
    uint32_t mask = 0;
    for (int32_t wanted = view->shape->device_count; wanted > 0; wanted--) {
        int32_t best = -1;
        int64_t best_key = 0;
        for (uint32_t rest = open & ~mask; rest != 0; rest &= rest - 1) {
            int32_t device = __builtin_ctz(rest);
            int64_t key = device_key(view, device, rule);
            if (best < 0 || key > best_key) {
                best = device;
                best_key = key;
            }
        }
        if (best < 0) {
            return 0;
        }
        mask |= 1u << best;
    }
    return mask;
}

uint32_t gp_tightest_devices(const GpView *view)
{
    return best_devices(view, GP_DEVICE_TIGHTEST);
}

static uint64_t next_draw(uint64_t draw)
{
    /* splitmix64's finaliser (Steele, Lea, Flood 2014): a fresh word for each further device of one
     * task. */
    draw += 0x9e3779b97f4a7c15u;
    draw = (draw ^ (draw >> 30)) * 0xbf58476d1ce4e5b9u;
    draw = (draw ^ (draw >> 27)) * 0x94d049bb133111ebu;
    return draw ^ (draw >> 31);
}

static uint32_t random_devices(const GpView *view, uint64_t draw)
{
    uint32_t open = gp_open_devices(view, view->shape, view->sees);
    uint32_t mask = 0;
    for (int32_t wanted = view->shape->device_count; wanted > 0; wanted--) {
        uint32_t left = open & ~mask;
        if (left == 0) {
            return 0;
        }
        for (int64_t skip = gp_draw_below(draw, gp_bits_set(left)); skip > 0; skip--) {
            left &= left - 1;
        }
        mask |= left & (~left + 1u);
        draw = next_draw(draw);
    }
    return mask;
}

static uint32_t term_devices(GpView *view, const GpPolicy *policy)
{
    for (int32_t i = 0; i < policy->term_count; i++) {
        const GpTerm *term = policy->terms[i].term;
        if (term->devices != NULL) {
            view->options = &policy->terms[i].options;
            view->node_value = term->node_value == NULL ? 0.0 : term->node_value(view);
            uint32_t mask = term->devices(view);
            if (mask != 0) {
                return mask;
            }
        }
    }
    return gp_tightest_devices(view);
}

/* HAMi takes the first card with room; on it, 1g and 3g from the high end, the others from the low
 * end. */
static void hami_mig_choose(const GpView *view, GpMigChoice *choice)
{
    int32_t profile = view->shape->mig_profile;
    int from_high = profile == GP_MIG_PROFILE_1G || profile == GP_MIG_PROFILE_3G;
    choice->device = -1;
    choice->start = -1;
    for (int32_t device = 0; device < view->device_count && choice->device < 0; device++) {
        if (!gp_device_has_room(view, device, view->shape, view->sees)) {
            continue;
        }
        uint32_t starts =
            gp_mig_free_starts(view->type->mig_geometry, profile, view->device_mig[device]);
        choice->device = device;
        for (int32_t start = 0; start < 8; start++) {
            if ((starts >> start & 1u) != 0 && (choice->start < 0 || from_high)) {
                choice->start = start;
            }
        }
    }
}

static GpStatus mig_device(const GpView *view, int32_t rule, GpPlacement *placement)
{
    GpMigChoice choice;
    if (rule == GP_MIG_HAMI) {
        hami_mig_choose(view, &choice);
    } else {
        gp_mig_choose(view, GP_MIG_MEASURE_FRAGMENTATION, &choice);
    }
    if (choice.device < 0) {
        return GP_NO_FIT;
    }
    placement->device_mask = 1u << choice.device;
    placement->mig_start = choice.start;
    return GP_OK;
}

GpStatus gp_view_devices(GpView *view, const GpPolicy *policy, uint64_t draw,
                         GpPlacement *placement)
{
    const GpShape *shape = view->shape;
    placement->device_mask = 0;
    placement->mig_start = -1;
    if (shape->device_count == 0) {
        return GP_OK;
    }
    if (shape->mig_profile != GP_MIG_PROFILE_NONE) {
        return mig_device(view, policy->mig_rule, placement);
    }
    if (shape->device_milli == GP_DEVICE_MILLI) {
        placement->device_mask = gp_whole_devices(view, shape->device_count);
    } else if (policy->device_rule == GP_DEVICE_RANDOM) {
        placement->device_mask = random_devices(view, draw);
    } else if (policy->device_rule == GP_DEVICE_TERM) {
        placement->device_mask = term_devices(view, policy);
    } else {
        placement->device_mask = best_devices(view, policy->device_rule);
    }
    return placement->device_mask == 0 ? GP_NO_FIT : GP_OK;
}

GpStatus gp_choose_devices(const GpFleet *fleet, const GpPolicy *policy,
                           const GpConstants *constants, int32_t node, const GpShape *shape,
                           uint64_t draw, GpPlacement *placement)
{
    GpView view;
    gp_view_node(&view, fleet, node);
    view.sees = policy->sees;
    view.shape = shape;
    view.constants = constants;
    view.options = NULL;
    view.node_value = 0.0;
    placement->node = node;
    return gp_view_devices(&view, policy, draw, placement);
}
