/* mig.c - MIG geometry: which instances may start at which memory slice of a card.
 *
 * A card's state is one byte, a bit for each occupied memory slice. An instance of a profile takes
 * `width` neighbouring slices from one of its legal starts; two instances never overlap. The limit
 * of compute slices then holds by itself (tests/test_mig.c enumerates every state). Start tables as
 * the driver lists them for A100, H100, H200 and B200 (eight slices) and for A30 and RTX PRO 6000
 * (four). Profiles with media engines (1g+me, at most one on a card) are left out: they take the
 * same slices as 1g.
 *
 * Capability and fragmentation look at the profiles 1g, 2g, 3g, 4g, 7g, not at the double-memory
 * 1g, as their sources do. Capability counts the (profile, start) pairs that are still free
 * (Siavashi and Momtazpour, arXiv 2502.01909). Fragmentation sums, over the profiles that the
 * number of free slices would hold, the width of each start that is blocked (after Zambianco et
 * al., arXiv 2511.18906).
 */
#include "core/packing/mig_choice.h"

typedef struct Profile {
    uint8_t width;  /* memory slices */
    uint8_t starts; /* bit s: may start at slice s */
} Profile;

/* [geometry][profile]; width 0: the card has no such profile. */
static const Profile PROFILES[3][GP_MIG_PROFILE_COUNT] = {
    [GP_MIG_GEOMETRY_SEVEN] =
        {
            [GP_MIG_PROFILE_1G] = {1, 0x7f},        /* 0..6: seven compute slices */
            [GP_MIG_PROFILE_1G_DOUBLE] = {2, 0x55}, /* 0 2 4 6 */
            [GP_MIG_PROFILE_2G] = {2, 0x15},        /* 0 2 4 */
            [GP_MIG_PROFILE_3G] = {4, 0x11},        /* 0 4 */
            [GP_MIG_PROFILE_4G] = {4, 0x01},
            [GP_MIG_PROFILE_7G] = {8, 0x01},
        },
    [GP_MIG_GEOMETRY_FOUR] =
        {
            [GP_MIG_PROFILE_1G] = {1, 0x0f},
            [GP_MIG_PROFILE_2G] = {2, 0x05}, /* 0 2 */
            [GP_MIG_PROFILE_4G] = {4, 0x01},
        },
};

static const uint8_t SLICES[3] = {0, 8, 4};

/* [occupied slices] */
static const uint8_t CAPABILITY_SEVEN[256] = {
    14, 9, 9, 8,  9, 7, 7,  6, 9, 7, 7, 6, 8,  6, 6, 5,  10, 6, 6,  5, 6, 4, 4, 3, 6, 4, 4, 3, 5,
    3,  3, 2, 10, 6, 6, 5,  6, 4, 4, 3, 6, 4,  4, 3, 5,  3,  3, 2,  9, 5, 5, 4, 5, 3, 3, 2, 5, 3,
    3,  2, 4, 2,  2, 1, 11, 7, 7, 6, 7, 5, 5,  4, 7, 5,  5,  4, 6,  4, 4, 3, 9, 5, 5, 4, 5, 3, 3,
    2,  5, 3, 3,  2, 4, 2,  2, 1, 9, 5, 5, 4,  5, 3, 3,  2,  5, 3,  3, 2, 4, 2, 2, 1, 8, 4, 4, 3,
    4,  2, 2, 1,  4, 2, 2,  1, 3, 1, 1, 0, 12, 8, 8, 7,  8,  6, 6,  5, 8, 6, 6, 5, 7, 5, 5, 4, 10,
    6,  6, 5, 6,  4, 4, 3,  6, 4, 4, 3, 5, 3,  3, 2, 10, 6,  6, 5,  6, 4, 4, 3, 6, 4, 4, 3, 5, 3,
    3,  2, 9, 5,  5, 4, 5,  3, 3, 2, 5, 3, 3,  2, 4, 2,  2,  1, 11, 7, 7, 6, 7, 5, 5, 4, 7, 5, 5,
    4,  6, 4, 4,  3, 9, 5,  5, 4, 5, 3, 3, 2,  5, 3, 3,  2,  4, 2,  2, 1, 9, 5, 5, 4, 5, 3, 3, 2,
    5,  3, 3, 2,  4, 2, 2,  1, 8, 4, 4, 3, 4,  2, 2, 1,  4,  2, 2,  1, 3, 1, 1, 0,
};

static const uint8_t FRAGMENTATION_SEVEN[256] = {
    0,  11, 11, 12, 11, 14, 14, 15, 11, 14, 14, 15, 12, 15, 15, 16, 7,  18, 18, 19, 18, 21, 21, 22,
    18, 21, 21, 22, 19, 22, 22, 11, 7,  18, 18, 19, 18, 21, 21, 22, 18, 21, 21, 22, 19, 22, 22, 11,
    8,  19, 19, 20, 19, 22, 22, 11, 19, 22, 22, 11, 20, 11, 11, 12, 5,  16, 16, 17, 16, 19, 19, 20,
    16, 19, 19, 20, 17, 20, 20, 9,  8,  19, 19, 20, 19, 22, 22, 11, 19, 22, 22, 11, 20, 11, 11, 12,
    8,  19, 19, 20, 19, 22, 22, 11, 19, 22, 22, 11, 20, 11, 11, 12, 9,  20, 20, 9,  20, 11, 11, 12,
    20, 11, 11, 12, 9,  12, 12, 7,  4,  15, 15, 16, 15, 18, 18, 19, 15, 18, 18, 19, 16, 19, 19, 8,
    7,  18, 18, 19, 18, 21, 21, 10, 18, 21, 21, 10, 19, 10, 10, 11, 7,  18, 18, 19, 18, 21, 21, 10,
    18, 21, 21, 10, 19, 10, 10, 11, 8,  19, 19, 8,  19, 10, 10, 11, 19, 10, 10, 11, 8,  11, 11, 6,
    5,  16, 16, 17, 16, 19, 19, 8,  16, 19, 19, 8,  17, 8,  8,  9,  8,  19, 19, 8,  19, 10, 10, 11,
    19, 10, 10, 11, 8,  11, 11, 6,  8,  19, 19, 8,  19, 10, 10, 11, 19, 10, 10, 11, 8,  11, 11, 6,
    9,  8,  8,  9,  8,  11, 11, 6,  8,  11, 11, 6,  9,  6,  6,  0,
};

static const uint8_t CAPABILITY_FOUR[16] = {
    7, 4, 4, 3, 4, 2, 2, 1, 4, 2, 2, 1, 3, 1, 1, 0,
};

static const uint8_t FRAGMENTATION_FOUR[16] = {
    0, 3, 3, 4, 3, 6, 6, 3, 3, 6, 6, 3, 4, 3, 3, 0,
};

static int geometry_is_known(int geometry)
{
    return geometry == GP_MIG_GEOMETRY_SEVEN || geometry == GP_MIG_GEOMETRY_FOUR;
}

static int profile_is_known(int geometry, int profile)
{
    return geometry_is_known(geometry) && profile > GP_MIG_PROFILE_NONE &&
           profile < GP_MIG_PROFILE_COUNT;
}

int gp_mig_width(int geometry, int profile)
{
    return profile_is_known(geometry, profile) ? PROFILES[geometry][profile].width : 0;
}

uint32_t gp_mig_starts(int geometry, int profile)
{
    return profile_is_known(geometry, profile) ? PROFILES[geometry][profile].starts : 0;
}

uint32_t gp_mig_free_starts(int geometry, int profile, uint8_t occupied)
{
    uint32_t width = (uint32_t)gp_mig_width(geometry, profile);
    if (width == 0) {
        return 0;
    }
    uint32_t free = ~(uint32_t)occupied & ((1u << SLICES[geometry]) - 1u);
    /* Widths are powers of two: keep the starts of 1, then 2, 4, 8 free slices in a row. */
    for (uint32_t run = 1; run < width; run *= 2) {
        free &= free >> run;
    }
    return free & PROFILES[geometry][profile].starts;
}

int gp_mig_capability(int geometry, uint8_t occupied)
{
    if (geometry == GP_MIG_GEOMETRY_SEVEN) {
        return CAPABILITY_SEVEN[occupied];
    }
    return geometry == GP_MIG_GEOMETRY_FOUR ? CAPABILITY_FOUR[occupied & 15] : 0;
}

int gp_mig_fragmentation(int geometry, uint8_t occupied)
{
    if (geometry == GP_MIG_GEOMETRY_SEVEN) {
        return FRAGMENTATION_SEVEN[occupied];
    }
    return geometry == GP_MIG_GEOMETRY_FOUR ? FRAGMENTATION_FOUR[occupied & 15] : 0;
}

int gp_mig_fragmentation_max(int geometry)
{
    if (geometry == GP_MIG_GEOMETRY_SEVEN) {
        return 22;
    }
    return geometry == GP_MIG_GEOMETRY_FOUR ? 6 : 0;
}

int gp_mig_slice_milli(int geometry)
{
    return geometry_is_known(geometry) ? GP_DEVICE_MILLI / SLICES[geometry] : 0;
}
