/* rng.h - random numbers by address: the same luck for every policy.
 *
 * A draw is named by (seed, replication, purpose, entity, n) and computed from that name with
 * Philox 4x32-10 (Salmon et al., SC'11; Random123). Nobody draws "the next number", so two policies
 * that ask different questions still meet the same arrivals and the same faults.
 */
#ifndef CORE_RNG_H
#define CORE_RNG_H

#include <stdint.h>

/* Codes are part of every result: append only. */
typedef enum Purpose {
    PURPOSE_ARRIVAL_ORDER = 1,  /* shuffle of a list of requests */
    PURPOSE_ARRIVAL_COPY = 2,   /* requests drawn with replacement */
    PURPOSE_ARRIVAL_REMOVE = 3, /* reserved: removals take the end of the shuffled list */
    PURPOSE_NODE_RANK = 4,      /* the permutation that breaks ties */
    PURPOSE_PICK = 5,           /* random placement; entity = task */
    PURPOSE_BOOTSTRAP = 6,
    PURPOSE_TEST = 7,
    PURPOSE_EVICT_OFFSET = 8,       /* the node where preemption begins to look; entity = job */
    PURPOSE_SYNTHETIC_GAP = 16,     /* to the next arrival; entity = arrival */
    PURPOSE_SYNTHETIC_BURST = 17,   /* how many come with it; entity = arrival */
    PURPOSE_SYNTHETIC_SPACING = 18, /* behind the job before it in a burst; entity = job */
    PURPOSE_SYNTHETIC_SIZE = 19,    /* entity = job, as below */
    PURPOSE_SYNTHETIC_DURATION = 20,
    PURPOSE_SYNTHETIC_QUEUE = 21, /* and user */
    PURPOSE_SYNTHETIC_END = 22,
    PURPOSE_SYNTHETIC_LIMIT = 23,
    PURPOSE_SYNTHETIC_DAY = 24, /* how busy a day is; entity = day */
    PURPOSE_RESAMPLE_WEEK = 25, /* which week of a log; entity = user of the log */
    PURPOSE_FAULT_GAP = 32,     /* to the next fault of a slot; entity = slot */
    PURPOSE_FAULT_OUT = 33,     /* how long it lasts; entity = slot */
    PURPOSE_FAULT_REPAIR = 34,  /* its stages; entity = slot */
    PURPOSE_FRAILTY = 35,       /* entity = node */
    PURPOSE_JOB_FAULT = 36,     /* entity = job */
    PURPOSE_DEMAND = 40,        /* how often a listed job comes; entity = its row */
    PURPOSE_PLAN_PROBE = 41     /* which presumption is put to the test; entity = round */
} Purpose;

typedef struct DrawAddress {
    uint64_t seed;
    uint32_t replication;
    uint32_t purpose; /* Purpose, < 2^8; above those bits: which of several sources of its kind */
    uint32_t entity;
} DrawAddress;

/* Of several sources of a kind each has its own luck. */
static inline uint32_t purpose_of_source(Purpose purpose, uint32_t source)
{
    return (uint32_t)purpose | source << 8;
}

/* 128 random bits of draw n. */
void rng_block(DrawAddress address, uint32_t n, uint32_t out[4]);
uint64_t rng_u64(DrawAddress address, uint32_t n);

#endif
