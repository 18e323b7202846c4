/* ratio.h - fractions of amounts, compared exactly: shares decide, so nothing is rounded. */
#ifndef SIM_POLICIES_RATIO_H
#define SIM_POLICIES_RATIO_H

#include <stdbool.h>
#include <stdint.h>

/* part / whole, both at least 0. whole 0: infinite if part is above 0, else 0. */
typedef struct Ratio {
    int64_t part, whole;
} Ratio;

/* < 0, 0, > 0 as a is below, equal to, above b. Two infinite ratios compare by their parts. */
static inline int ratio_compare(Ratio a, Ratio b)
{
    if (a.whole == 0 || b.whole == 0) {
        bool a_infinite = a.whole == 0 && a.part > 0;
        bool b_infinite = b.whole == 0 && b.part > 0;
        if (a_infinite && b_infinite) {
            return (a.part > b.part) - (a.part < b.part);
        }
        if (a_infinite || b_infinite) {
            return a_infinite ? 1 : -1;
        }
        int64_t a_part = a.whole == 0 ? 0 : a.part;
        int64_t b_part = b.whole == 0 ? 0 : b.part;
        return (a_part > 0) - (b_part > 0);
    }
    __int128 left = (__int128)a.part * b.whole;
    __int128 right = (__int128)b.part * a.whole;
    return (left > right) - (left < right);
}

/* ratio x scale, rounded down; INT64_MAX where that is infinite or larger. */
static inline int64_t ratio_scaled(Ratio ratio, int64_t scale)
{
    if (ratio.part <= 0) {
        return 0;
    }
    if (ratio.whole == 0) {
        return INT64_MAX;
    }
    __int128 scaled = (__int128)ratio.part * scale / ratio.whole;
    return scaled > INT64_MAX ? INT64_MAX : (int64_t)scaled;
}

static inline Ratio ratio_larger(Ratio a, Ratio b)
{
    return ratio_compare(a, b) >= 0 ? a : b;
}

#endif
