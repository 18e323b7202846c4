/* pass.h - one policy pass: who of those that wait starts now? */
#ifndef SIM_ENGINE_PASS_H
#define SIM_ENGINE_PASS_H

#include "sim/engine/engine.h"

typedef enum PassKind {
    PASS_FULL,  /* the scan policy as it is */
    PASS_QUICK, /* between two planning passes: a blocked job stops what is behind it */
    PASS_PLAN   /* the planning pass of a scheduler that plans only now and then */
} PassKind;

/* Walks the lines once and applies what the policies decide. True if it has to be done again: some
 * job was told to give way. */
bool policy_pass(Engine *engine, PassKind kind);

/* A job that was running when its log was cut takes its place at once, before all others. */
void carried_place(Engine *engine, JobId job);

/* The keys of all that wait are asked anew. */
void keys_recompute(Engine *engine);

#endif
