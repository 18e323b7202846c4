/* pass.h - one policy pass: who of those that wait starts now? */
#ifndef SIM_ENGINE_PASS_H
#define SIM_ENGINE_PASS_H

#include "sim/engine/engine.h"

/* Walks the queue once and applies what the policies decide. Returns the number of jobs started. */
int32_t policy_pass(Engine *engine);

#endif
