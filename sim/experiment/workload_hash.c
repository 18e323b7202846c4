/* workload_hash.c - FNV-1a (Fowler, Noll, Vo), a word at a time, with a last mix. */
#include "sim/experiment/workload_hash.h"

#define FNV_BASIS 14695981039346656037u
#define FNV_PRIME 1099511628211u

static uint64_t word_add(uint64_t hash, int64_t word)
{
    hash = (hash ^ (uint64_t)word) * FNV_PRIME;
    return hash ^ hash >> 29; /* the high bits into the low ones, which a product leaves alone */
}

uint64_t workload_hash(const JobTable *jobs)
{
    uint64_t hash = word_add(FNV_BASIS, jobs->job_count);
    for (JobId job = 0; job < jobs->job_count; job++) {
        hash = word_add(hash, jobs->job_submit_ms[job]);
        hash = word_add(hash, jobs->job_duration_ms[job]);
    }
    return hash;
}
