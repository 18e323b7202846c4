/* raid.h - what an array of disks gives while one of them is rebuilt, and how long that takes. */
#ifndef MODELS_RAID_H
#define MODELS_RAID_H

#include <stdint.h>

typedef enum RaidLevel { RAID_10 = 0, RAID_5 = 1, RAID_6 = 2 } RaidLevel;

typedef struct Raid {
    RaidLevel level;
    int32_t disks;        /* one of them is lost */
    int64_t size_mib;     /* of a disk */
    int64_t speed_mb_s;   /* at which a disk can be rewritten */
    int32_t priority_ppm; /* of a disk's speed that the rebuild gets */
} Raid;

/* Reads are spread over all disks alike. Those of the lost disk cost a read of each of the n - 1
 * others (RAID 5), of n - 2 of them (RAID 6), or one of its mirror (RAID 10, striped: the slowest
 * pair holds up all). n disks give n reads a unit of time; of n - 1 that are left a read costs (n -
 * 1 + c) / n on average with c reads for the lost disk's, so n (n - 1) / (n - 1 + c) are left, and
 * of these what the rebuild does not take. Derived, not measured: docs/failures.md. */
int32_t raid_keep_ppm(const Raid *raid);

/* size / (priority x speed), ms. */
int64_t raid_rebuild_ms(const Raid *raid);

/* NULL, or what is wrong: too few disks for the level. */
const char *raid_mistake(const Raid *raid);

#endif
