/* evict_kueue.h - what Kueue's two ways to find victims have in common. */
#ifndef SIM_POLICIES_EVICT_KUEUE_H
#define SIM_POLICIES_EVICT_KUEUE_H

#include "sim/policies/evict_common.h"
#include "sim/policies/evict_search.h"
#include "sim/policies/quota.h"

/* Lowest priority, newest admission. */
bool kueue_yields_before(const World *world, int32_t a, int32_t b);

/* Whether jobs' queues borrow, remembered by queue; in the plan's scratch. */
typedef struct KueueMemo {
    int32_t *key;     /* [queue] flavor and lanes that the answer is about; 0: none yet */
    int32_t *borrows; /* [queue] */
} KueueMemo;

/* A memo that knows nothing: as long as nobody is taken. */
KueueMemo kueue_memo(const Search *search);

/* May the job give way to the asker at all? */
bool kueue_candidate(const Search *search, KueueMemo *memo, JobId job);
bool kueue_same_queue(const Search *search, JobId job);

/* Does its queue hold more than its own, of what the asker wants, in the cohort of both? */
bool kueue_borrows(const Search *search, JobId job);

/* Who gives way by shares of the cohort. */
bool kueue_fair_attempt(Search *search);

#endif
