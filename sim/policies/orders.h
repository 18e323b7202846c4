/* orders.h - what several orders ask. */
#ifndef SIM_POLICIES_ORDERS_H
#define SIM_POLICIES_ORDERS_H

#include "core/world.h"

/* Since when the job is counted as waiting: its submission, or when it last joined the queue
 * (order.age_from). Older jobs have the smaller number. */
static inline int64_t order_age_ms(const World *world, JobId job)
{
    return world->scenario->policy.order_options.age_from == AGE_FROM_QUEUED
               ? world->job_queued_ms[job]
               : world->jobs->job_submit_ms[job];
}

/* Do so many of its tasks hold devices as must run together? */
static inline bool order_has_minimum(const World *world, JobId job)
{
    return world->job_holding[job] >= job_class(world->jobs, job)->min_tasks;
}

#endif
