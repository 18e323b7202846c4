/* too_large.h - warnings about jobs that can never start, and runs that cannot tell anything. */
#ifndef SIM_EXPERIMENT_TOO_LARGE_H
#define SIM_EXPERIMENT_TOO_LARGE_H

#include "core/diagnostic.h"
#include "core/world.h"

/* Jobs that even the empty cluster cannot hold are rejected as they arrive: says how many there
 * are, and names the first. STATUS_FAILED if memory ran out. */
Status too_large_warn(const World *world, Diagnostics *diagnostics);

/* The run was ended because nothing would ever move again (World.stuck). */
Status stuck_warn(const World *world, Diagnostics *diagnostics);

/* The run ended before its warm-up was over: nothing of it counts. */
Status warmup_warn(const World *world, Diagnostics *diagnostics);

#endif
