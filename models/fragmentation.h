/* fragmentation.h - the FGD measure: idle GPU that a randomly drawn typical task could not use.
 *
 * Source: Weng et al., USENIX ATC 2023; exact rules in docs/fragmentation.md. F(node) is a double
 * computed in one fixed order; sums over nodes are kept in fixed point (2^-20 milli-GPU), so they
 * do not depend on order.
 */
#ifndef MODELS_FRAGMENTATION_H
#define MODELS_FRAGMENTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/world.h"

typedef struct FragmentationMeter {
    const GpTerm *fgd;
    int64_t *node_q20; /* [node] F(node) in 2^-20 milli-GPU */
    int64_t total_q20;
} FragmentationMeter;

bool fragmentation_init(FragmentationMeter *meter, Arena *arena, const World *world);
void fragmentation_update(FragmentationMeter *meter, const World *world, int32_t node);
double fragmentation_milli(const FragmentationMeter *meter); /* cluster F in milli-GPU */

#endif
