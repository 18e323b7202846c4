/* scan.h - a search over some nodes, by scores that are made afresh or that an index has kept. */
#ifndef GPUPACK_SCAN_H
#define GPUPACK_SCAN_H

#include "core/packing/internal.h"

/* The nodes that a search looks at, in this order: the listed ones, or all from `first` on and
 * round the end. It stops once `wanted` of them hold the shape. */
typedef struct GpSearch {
    const GpFleet *fleet;
    const GpPolicy *policy;
    const GpConstants *constants;
    const GpShape *shape;
    const int32_t *listed; /* NULL: by number from `first` */
    int32_t first;
    int32_t count; /* nodes to look at; once `wanted` are found, nodes looked at */
    int32_t wanted;
    const int64_t *kept; /* [rank] one-step scores, then a column for each term with a second step;
                            NULL: none are kept */
    int64_t kept_none;   /* what stands there for a node that does not hold the shape */
} GpSearch;

/* All nodes, no kept scores. */
void gp_search_open(GpSearch *search, const GpFleet *fleet, const GpPolicy *policy,
                    const GpConstants *constants, const GpShape *shape);

/* gp_pick_among and gp_pick_from for an open search. */
GpStatus gp_search_among(GpSearch *search, int32_t count, const int32_t *nodes, const GpDraw *draw,
                         GpPlacement *placement);
GpStatus gp_search_from(GpSearch *search, int32_t candidates, int32_t *cursor, const GpDraw *draw,
                        GpPlacement *placement);

#endif
