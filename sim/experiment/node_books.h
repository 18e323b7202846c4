/* node_books.h - the unavailable side of the books: what no task is charged on nodes and devices
 * that are out, drained or held back.
 *
 * The truth comes first: a device that cannot work is down, whatever is known of it, by the stage
 * that its first fault stands at, or drained if that was planned. One that could work and is not in
 * service is drained, or spare. Rules: docs/ledger.md.
 */
#ifndef SIM_EXPERIMENT_NODE_BOOKS_H
#define SIM_EXPERIMENT_NODE_BOOKS_H

#include "core/fact.h"
#include "core/ledger.h"
#include "core/world.h"
#include "sim/experiment/blame.h"
#include "sim/experiment/charge.h"

/* Where an unavailable device stands: the stages of `down` in their order, then these. */
#define AWAY_DRAINED STAGE_COUNT
#define AWAY_SPARE (STAGE_COUNT + 1)
#define AWAY_ABSENT (STAGE_COUNT + 2) /* not there: in no account, since nobody pays for it */
#define AWAY_COUNT (STAGE_COUNT + 3)
#define AWAY_NOT (-1)

/* How the device stood when it was last counted. */
typedef struct DeviceAway {
    int8_t away;
    int32_t kind;  /* of the fault; -1: of none */
    int32_t milli; /* that no task is charged */
} DeviceAway;

typedef struct NodeBooks {
    Ledger *ledger;
    const ChargeMeter *charge;
    Blame *blame;
    int64_t (*type_milli)[AWAY_COUNT]; /* [type] now; NULL: nothing fails in this run */
    int64_t *kind_milli;               /* [kind] now, of what its faults keep out */
    DeviceAway *devices;               /* [device] */
    uint8_t *is_away;                  /* [node] some device of it was, when it was last counted */
    uint8_t *is_out;                   /* [node] it could not work, when it was last counted */
    int32_t out_count;                 /* nodes of these */
    int32_t absent_count;              /* nodes that are not there; is_absent [node] */
    uint8_t *is_absent;
    int64_t out_node_ms, absent_node_ms; /* summed over nodes; what is absent is not out */
    int32_t touched_count;
    int32_t *touched; /* [node] changed since; is_touched [node] */
    uint8_t *is_touched;
} NodeBooks;

/* `charge` is kept current by whoever is told of facts before this one. False if memory ran out. */
bool node_books_init(NodeBooks *books, Arena *arena, const World *world, Ledger *ledger,
                     const ChargeMeter *charge, Blame *blame);

/* To be told of every fact. */
void node_books_fact(NodeBooks *books, const World *world, const Fact *fact);

/* Posts what was unavailable for so long, the World having been as it is; takes it off free_milli,
 * [type]. What is not there is taken off the capacity paid for instead. */
void node_books_post(NodeBooks *books, const World *world, int64_t duration_ms,
                     int64_t *free_milli);

/* GPUs that are unavailable, by where they stand, over all node types; as of the last post. */
void node_books_away(const NodeBooks *books, double gpus[AWAY_COUNT]);

/* Where the device stands, by its number on the node: AWAY_NOT, a DownStage, or one of the others;
 * *kind becomes that of the fault that keeps it out, or -1. */
int node_away(const World *world, int32_t node, int32_t device, int32_t *kind);

#endif
