/* job_log.h - one row a job, written at the end of a run from the World. */
#ifndef SIM_EXPERIMENT_JOB_LOG_H
#define SIM_EXPERIMENT_JOB_LOG_H

#include "core/world.h"
#include "sim/experiment/result.h"
#include "sim/experiment/task_books.h"
#include "sim/experiment/wait_log.h"

/* GPU-seconds as the books charge them. In arena memory, names included: the world may go. NULL if
 * memory ran out. */
JobColumns *job_log(const World *world, const TaskBooks *books, const WaitLog *waits, Arena *arena);

#endif
