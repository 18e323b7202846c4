/* remedy_state.h - what remedies keep, and what their parts ask of each other: notices and actions
 * (remedy.c), belief (belief.c), evictions (drain.c), cures (cure.c), gangs (gang_loss.c) and nodes
 * held back (spares.c).
 */
#ifndef SIM_ENGINE_REMEDY_STATE_H
#define SIM_ENGINE_REMEDY_STATE_H

#include "sim/engine/remedy.h"

/* Where a silent node stands in its zone's line of evictions. */
typedef enum Turn {
    TURN_NONE = 0,
    TURN_WAITS,     /* until the zone's rate and brake let it */
    TURN_TOLERATED, /* its tasks leave when their toleration ends */
    TURN_OVER       /* they have left */
} Turn;

typedef enum Reserve {
    RESERVE_NONE = 0,
    RESERVE_HELD,    /* a spare */
    RESERVE_STARTING /* a spare that will be in service soon */
} Reserve;

/* What was decided about a fault. */
typedef struct SlotPlan {
    RemedyAction action;
    int32_t failed_cures;
    uint8_t acted;       /* an action was carried out */
    uint8_t postponed;   /* the breaker is open: the policy is asked again later */
    uint8_t cordon;      /* ActionWhom that its claims hold */
    uint8_t silent;      /* it counts its nodes as not ready */
    uint8_t derated;     /* the packer is told of it */
    uint8_t silent_only; /* its signal is still to come */
    uint8_t away;        /* it keeps its node from being there */
    uint8_t curing;      /* FaultCure that runs; CURE_TIME: none */
} SlotPlan;

typedef struct NodeCare {
    int32_t claims;      /* faults that keep it closed */
    int32_t silent;      /* faults for which it is known not to be ready */
    int32_t curing;      /* reboots that run */
    int32_t away;        /* reasons why it is not there */
    uint8_t turn;        /* Turn */
    uint8_t reserve;     /* Reserve */
    uint8_t banned;      /* out for good */
    uint8_t given_up;    /* came back by itself, and nobody has returned it to service */
    uint8_t serves;      /* counts among those of its type that are in service */
    uint8_t log_next;    /* of its memory of faults */
    int64_t silent_ms;   /* not ready since */
    int64_t evict_ms;    /* TURN_TOLERATED: until then */
    int64_t counted_ms;  /* when a fault of it was last counted; -1: never */
    int64_t cordoned_ms; /* when the breaker last counted it; -1: never */
} NodeCare;

typedef struct LoggedFault {
    int64_t at_ms; /* -1: none */
    uint8_t class_of;
} LoggedFault;

typedef struct ZoneCare {
    int32_t nodes;
    int32_t silent;   /* known not to be ready */
    int32_t waiting;  /* TURN_WAITS */
    int64_t next_ms;  /* nobody's turn before */
    int64_t every_ms; /* between two turns; -1: there are none */
} ZoneCare;

typedef struct Remedy {
    SlotPlan *plans;         /* [slot] */
    NodeCare *nodes;         /* [node] */
    LoggedFault *log;        /* [node * REMEDY_BAN_FAULTS_MAX] */
    uint16_t *device_claims; /* [device] faults that keep it closed */
    uint8_t *device_stands;  /* [device] closed in place of one that is out and in use */
    ZoneCare *zones;         /* [zone] */
    int32_t zone_count;      /* zones that have nodes */
    int32_t silent_zones;    /* of these, with no node that is ready */
    int64_t *cordoned_ms;    /* [node_count] ring of the last cordons */
    int32_t cordoned_first, cordoned_count;
    int32_t *type_serving; /* [type] nodes in service or starting */
    int32_t *type_target;  /* [type] of all but spares */
    JobId *lost_jobs;      /* [lost_count] jobs that lose members now */
    int32_t *job_lost;     /* [job] so many of them */
    int32_t lost_count;
    int32_t settles_later; /* above 0: until all that leave together have left */
    int32_t *list;         /* [node_count] nodes that a search may use */
} Remedy;

/* ---- faults and nodes ---- */

static inline const FaultKind *slot_kind(const World *world, int32_t slot)
{
    return &world->health.kinds[world->health.slots[slot].fault.kind];
}

static inline bool slot_is_out(const World *world, int32_t slot)
{
    uint8_t effect = slot_kind(world, slot)->effect;
    return (effect == EFFECT_NODE_OUT || effect == EFFECT_DOMAIN_OUT) &&
           !world->health.slots[slot].announced;
}

static inline bool slot_at_node(const World *world, int32_t slot)
{
    uint8_t scope = slot_kind(world, slot)->scope;
    return scope == SCOPE_DEVICE || scope == SCOPE_NODE;
}

/* The nodes that a fault is about are among [first, end): fault_touches says which. */
typedef struct NodeRange {
    int32_t first, end;
} NodeRange;
NodeRange slot_nodes(const World *world, int32_t slot);

/* The devices of a node that it is about. */
uint32_t slot_devices(const World *world, int32_t slot, int32_t node);

/* The next fault after `slot` (-1: the first) that touches the node: its own by slot, then those of
 * domains; -1: no more. */
int32_t node_next_slot(const World *world, int32_t node, int32_t slot);

static inline const RemedyOptions *remedy_options(const Engine *engine)
{
    return &engine->world->scenario->policy.remedy_options;
}

/* ---- belief.c ---- */

/* The node's mode and presence follow from its care. */
void node_show(Engine *engine, int32_t node);

/* The fault closes what its action says, or lets go. */
void claims_take(Engine *engine, int32_t slot, ActionWhom whom);
void claims_drop(Engine *engine, int32_t slot);

/* The packer is told what is left of the lanes, by all faults that say so. */
void node_derate(Engine *engine, int32_t node);

/* Devices that stand in for those that are out and still in use. */
void node_stand_ins(Engine *engine, int32_t node);

/* What is known to be left of a node: the least of its lanes and devices, by what was noticed. */
int32_t node_score(const Engine *engine, int32_t node);

/* ---- drain.c ---- */

/* Who stops for the fault's action now on this node; the rest when it is time. */
void node_evict(Engine *engine, int32_t slot, int32_t node);

/* The node is known not to be ready, or is again. */
void node_silent(Engine *engine, int32_t node, int32_t by);

/* When something is to be looked at on the node. */
void drain_schedule(Engine *engine, int32_t node);

/* ---- cure.c ---- */

/* Begins what mends it once nothing runs there. */
void cure_check(Engine *engine, int32_t slot);
void cure_over(Engine *engine, int32_t slot);
void cure_stop(Engine *engine, int32_t slot);

/* ---- gang_loss.c ---- */

/* Members leave between these two; the rest of their gangs is seen to at the end. */
void losses_begin(Engine *engine);
void losses_settle(Engine *engine);
void lost_add(Engine *engine, JobId job);

/* ---- spares.c ---- */

void spares_hold(Engine *engine);

/* The node takes part in the service again, or does not any more. */
void service_leave(Engine *engine, int32_t node);
void service_return(Engine *engine, int32_t node);

/* ---- remedy.c ---- */

/* Asks the policy, and does what it says. */
void remedy_ask(Engine *engine, int32_t slot, NoticeKind kind);

#endif
