/* policy.h - the slots of a scheduler, one contract each.
 *
 * A policy is a const struct of functions with its name and one-line summary. It reads the World
 * and returns what it wants; only the engine changes the World. Slots that are not here yet: share,
 * remedy, provision.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/job.h"

typedef struct World World;

/* Why a rule keeps a job back that would fit; names are the ledger's sub-accounts of `blocked`. */
typedef enum BlockReason {
    BLOCK_NONE = -1,
    BLOCK_QUOTA = 0,
    BLOCK_TENANCY = 1,
    BLOCK_HEAD_OF_LINE = 2,
    BLOCK_RESERVATION = 3,
    BLOCK_GANG_ASSEMBLY = 4,
    BLOCK_WINDOW = 5,
    BLOCK_NOT_YET_RUN = 6,
    BLOCK_REASON_COUNT = 7
} BlockReason;

/* Which job next: the lowest key first, then the lowest job id. */
typedef struct OrderPolicy {
    const char *name;
    const char *summary;
    int64_t (*key)(const World *world, JobId job);
} OrderPolicy;

/* May it start now, as far as rules go? BLOCK_NONE: yes. */
typedef struct AdmitPolicy {
    const char *name;
    const char *summary;
    BlockReason (*blocks)(const World *world, JobId job);
} AdmitPolicy;

/* What happens behind a job that cannot start. */
typedef enum ScanBehind {
    SCAN_BEHIND_WAITS,  /* strict: everybody behind it waits */
    SCAN_BEHIND_TRIES,  /* skip: the next one is tried */
    SCAN_BLOCKED_LEAVES /* drop: the blocked job itself is dropped for good */
} ScanBehind;

typedef struct ScanPolicy {
    const char *name;
    const char *summary;
    ScanBehind behind;
} ScanPolicy;

/* Whose place may it take. Only `none` so far. */
typedef struct EvictPolicy {
    const char *name;
    const char *summary;
} EvictPolicy;

#endif
