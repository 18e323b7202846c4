/* node_state.h - how a node stands, in one word: for tables and expectations. */
#ifndef SIM_EXPERIMENT_NODE_STATE_H
#define SIM_EXPERIMENT_NODE_STATE_H

#include "core/world.h"

/* Codes are part of results: append only. */
typedef enum NodeState {
    NODE_STATE_UP = 0,
    NODE_STATE_DOWN = 1,     /* it cannot work, known or not; or it is taken for that */
    NODE_STATE_CORDONED = 2, /* takes nothing new, and nothing runs there */
    NODE_STATE_DRAINING = 3, /* takes nothing new, and something still runs there */
    NODE_STATE_SPARE = 4,
    NODE_STATE_BANNED = 5,
    NODE_STATE_DEGRADED = 6, /* up, but some device is out or slow, or some lane derated */
    NODE_STATE_ABSENT = 7,
    NODE_STATE_COUNT = 8
} NodeState;

/* All there is to say of a node. */
typedef struct NodeStanding {
    uint8_t state; /* NodeState */
    uint8_t stage; /* 1 + DownStage; 0: nothing of it is out */
    int32_t kind;  /* of the fault that makes it so; -1: none does */
} NodeStanding;

NodeStanding node_standing(const World *world, int32_t node);

const char *node_state_name(int state);
const char *down_stage_name(int stage); /* DownStage */

#endif
