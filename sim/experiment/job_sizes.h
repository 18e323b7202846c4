/* job_sizes.h - effective training time by size of job, as Kokolis et al. measure it (HPCA 2025,
 * "Revisiting Reliability in Large-Scale Machine Learning Research Clusters"): productive time over
 * the time that a run held its GPUs, and over that and its time in the queue.
 *
 * Counted are jobs that hold whole GPUs, are no services, were not running when their log was cut,
 * and whose use of a GPU is constant: what they do not use is not held against them. Sums are of
 * GPU-hours, so large jobs count for more.
 */
#ifndef SIM_EXPERIMENT_JOB_SIZES_H
#define SIM_EXPERIMENT_JOB_SIZES_H

#include "sim/experiment/result.h"
#include "sim/experiment/task_books.h"

/* Fills result's sizes (jobs of a day and more), ettr, ettr_with_queue and mtti_h. At the end of
 * the run, its books closed. False if memory ran out. */
bool job_sizes(const World *world, const TaskBooks *books, Arena *arena, ReplicationResult *result);

#endif
