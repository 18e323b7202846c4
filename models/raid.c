/* raid.c - arrays of disks, in integers. */
#include "models/raid.h"

#include <stddef.h>

#define PPM INT64_C(1000000)

int32_t raid_keep_ppm(const Raid *raid)
{
    int64_t n = raid->disks;
    int64_t left = PPM / 2; /* RAID 10: one of a pair */
    if (raid->level != RAID_10) {
        int64_t reads = raid->level == RAID_5 ? n - 1 : n - 2;
        left = PPM * (n - 1) / (n - 1 + reads);
    }
    return (int32_t)(left * (PPM - raid->priority_ppm) / PPM);
}

int64_t raid_rebuild_ms(const Raid *raid)
{
    double bytes = (double)raid->size_mib * 1048576.0;
    double per_ms = (double)raid->speed_mb_s * 1000.0 * ((double)raid->priority_ppm / (double)PPM);
    return (int64_t)(bytes / per_ms + 0.5);
}

const char *raid_mistake(const Raid *raid)
{
    static const int32_t LEAST[] = {[RAID_10] = 2, [RAID_5] = 3, [RAID_6] = 4};
    if (raid->disks < LEAST[raid->level]) {
        return "raid10 needs 2 disks, raid5 needs 3, raid6 needs 4";
    }
    return raid->level == RAID_10 && raid->disks % 2 != 0 ? "raid10 is made of pairs" : NULL;
}
