/* evict_kueue.h - what Kueue's two ways to find victims have in common. */
#ifndef SIM_POLICIES_EVICT_KUEUE_H
#define SIM_POLICIES_EVICT_KUEUE_H

#include "sim/policies/evict_common.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/quota.h"

/* Lowest priority, newest admission. */
bool kueue_yields_before(const World *world, int32_t a, int32_t b);

/* May the job give way to the asker at all? */
bool kueue_candidate(const Search *search, JobId job);
bool kueue_same_queue(const Search *search, JobId job);

/* Does its queue hold more than its own, of what the asker wants, in the cohort of both? */
bool kueue_borrows(const Search *search, JobId job);

/* Lanes of one task of the job that the asker wants too; false: there are none. */
bool kueue_lanes(const Search *search, JobId job, int64_t lanes[GP_AXES]);

/* Who gives way by shares of the cohort. */
bool kueue_fair_attempt(Search *search);

#endif
