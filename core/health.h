/* health.h - what is broken, what is known of it, and what is being done: part of the World.
 *
 * Truth and belief are apart. Truth: the faults that are active, and what they leave of nodes,
 * devices, lanes and pools. Belief: the fleet's columns (node_present, device_health, node_free)
 * that the scheduler packs by, changed only when something is noticed or decided. The engine writes
 * both.
 */
#ifndef CORE_HEALTH_H
#define CORE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/cluster.h"
#include "core/fault.h"

typedef struct World World;

/* What is done with a node, or is known of it. */
typedef enum NodeMode {
    NODE_IN_SERVICE = 0,
    NODE_CORDONED = 1, /* takes nothing new: draining, or waits for a decision */
    NODE_DOWN = 2,     /* known to be out, nothing runs on it */
    NODE_SPARE = 3,    /* held back */
    NODE_BANNED = 4,   /* a lemon: cordoned for good */
    NODE_AWAY = 5      /* not there: it comes later, was given back, or was taken back */
} NodeMode;

/* A fault in its slot. */
typedef struct ActiveFault {
    Fault fault;
    uint8_t active;
    uint8_t noticed;
    uint8_t announced;   /* it is known to come, and does nothing yet */
    uint8_t stage;       /* DownStage: where its repair stands */
    uint8_t attempt;     /* CURE_... being tried, plus 1; 0: nothing yet */
    int32_t next, prev;  /* slots of its node's list, ascending; -1: the ends */
    int64_t since_ms;    /* when it began */
    int64_t noticed_ms;  /* TIME_NEVER: not yet */
    int32_t repairs;     /* that found nothing so far */
    int64_t hands_on_ms; /* when a technician begins */
} ActiveFault;

typedef struct Health {
    bool any; /* does this run have faults at all? The columns below are there only then */
    int32_t kind_count;
    const FaultKind *kinds; /* [kind] constant */
    /* truth */
    int32_t slot_count;
    ActiveFault *slots;        /* [slot] */
    int32_t *node_slot;        /* [node] first active fault that touches it alone; -1 */
    int32_t *domain_slot;      /* [1] first active fault of a domain or pool; -1 */
    uint16_t *node_out;        /* [node] active causes that take the node out */
    uint16_t *device_out;      /* [device] active causes that take it out, its node's not counted */
    int32_t *device_speed_ppm; /* [device] nominal: GP_PPM */
    int32_t (*lane_ppm)[GP_AXES]; /* [node] what is left of each lane */
    int32_t *pool_ppm;            /* [pool] */
    /* belief */
    uint8_t *node_mode;            /* [node] NodeMode */
    uint8_t *device_closed;        /* [device] 1: known to be out, withheld from the packer */
    int32_t (*known_ppm)[GP_AXES]; /* [node] the packer's derating; NULL: nobody derates */
    int32_t *node_faults;          /* [node] noticed so far */
    int32_t spare_count;           /* nodes held back now */
    /* sums */
    int64_t offered, masked, began;
    int64_t repaired, no_fault_found; /* staged repairs that are over, and those of them in vain */
    int64_t technician_worked_ms; /* hands on, after the warm-up; of the repair at hand as well when
                                   * the run ends */
    int64_t technician_paid_ms;   /* shifts of the crew after the warm-up, set when the run ends */
} Health;

/* Is the node truly able to work, and the device? */
static inline bool node_works(const Health *health, int32_t node)
{
    return !health->any || health->node_out[node] == 0;
}

/* Is the node its target, or in the domain that is? */
bool fault_touches(const World *world, const Fault *fault, int32_t node);

/* The slot of the first fault, by slot, that takes out a node (device -1) or one of its devices, by
 * its number there; faults of domains come last. -1: it works. */
int32_t health_cause(const World *world, int32_t node, int32_t device);

/* False if memory ran out. any: something can fail in this run, or is held back against it; else
 * nothing is allocated. Where only jobs fail by themselves there are no slots. */
bool health_init(Health *health, Arena *arena, const Cluster *cluster, const FaultKind *kinds,
                 int32_t kind_count, int32_t slot_count, bool any, bool derates);

#endif
