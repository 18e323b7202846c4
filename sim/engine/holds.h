/* holds.h - what nominees hold while their victims go.
 *
 * To those behind it in a pass, a nominee's request counts on its nodes as if it ran there beside
 * those who still leave (kube-scheduler, RunFilterPluginsWithNominatedPods). The columns show it
 * only while a place is sought: observers never see it. Who looks for victims passes its nodes
 * over.
 */
#ifndef SIM_ENGINE_HOLDS_H
#define SIM_ENGINE_HOLDS_H

#include "sim/engine/engine.h"

typedef struct Hold {
    int32_t node;
    JobId job;             /* one of its tasks */
    GpPlacement placement; /* its devices, as far as they are idle */
    bool closed;           /* the node is closed for it, and takes newcomers else */
} Hold;

/* For the rest of the pass, where the nominee had its turn and could not start. */
void holds_add(Engine *engine, const Nominee *nominee);
void holds_end(Engine *engine);

/* Off the free columns, and back. A part of a device may be any part: it closes the node. */
void holds_take(Engine *engine);
void holds_give(Engine *engine);

/* The nodes closed as a whole, and opened again. */
void holds_close(Engine *engine);
void holds_open(Engine *engine);

#endif
