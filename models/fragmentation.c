/* fragmentation.c - keeps the cluster's FGD measure current: one node at a time, in fixed point. */
#include "models/fragmentation.h"

#define Q20 1048576.0

/* F(node) in 2^-20 milli-GPU, nearest. The kernel computes the double; it is never negative. */
static int64_t node_fragmentation_q20(const World *world, const GpTerm *fgd, int32_t node)
{
    double milli = gp_node_value(&world->fleet, fgd, &world->scenario->constants, node);
    return (int64_t)(milli * Q20 + 0.5);
}

bool fragmentation_init(FragmentationMeter *meter, Arena *arena, const World *world)
{
    int32_t nodes = world->fleet.node_count;
    *meter = (FragmentationMeter){.fgd = gp_term_find("fgd"),
                                  .node_q20 = ARENA_ARRAY(arena, int64_t, nodes)};
    if (meter->node_q20 == NULL) {
        return false;
    }
    for (int32_t node = 0; node < nodes; node++) {
        fragmentation_update(meter, world, node);
    }
    return true;
}

void fragmentation_update(FragmentationMeter *meter, const World *world, int32_t node)
{
    if (world->scenario->constants.typical_count == 0) {
        return; /* no typical task, no fragment */
    }
    int64_t now_q20 = node_fragmentation_q20(world, meter->fgd, node);
    meter->total_q20 += now_q20 - meter->node_q20[node];
    meter->node_q20[node] = now_q20;
}

double fragmentation_milli(const FragmentationMeter *meter)
{
    return (double)meter->total_q20 / Q20;
}
