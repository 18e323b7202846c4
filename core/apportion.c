/* apportion.c - quotas rounded down, then what is left by largest remainder. */
#include "core/apportion.h"

static int bits_of(Int128 value)
{
    int bits = 0;
    for (; value > 0; value >>= 1) {
        bits++;
    }
    return bits;
}

/* By how many bits weights are cut so that nothing below overflows. */
static int cut_of(int64_t total, const Int128 *weight, int32_t count)
{
    Int128 highest = 0;
    for (int32_t i = 0; i < count; i++) {
        highest = weight[i] > highest ? weight[i] : highest;
    }
    int bits = bits_of(highest) + bits_of(total) + bits_of(count);
    return bits > 126 ? bits - 126 : 0;
}

/* The one with the largest remainder below `below`, of equals the first behind `behind`; -1: none.
 */
static int32_t next_remainder(const Int128 *weight, int32_t count, int cut, int64_t total,
                              Int128 sum, Int128 *below, int32_t behind)
{
    int32_t best = -1;
    Int128 most = -1;
    for (int32_t i = 0; i < count; i++) {
        Int128 rest = (weight[i] >> cut) * total % sum;
        bool later = rest < *below || (rest == *below && i > behind);
        if (later && rest > most) {
            most = rest;
            best = i;
        }
    }
    *below = most;
    return best;
}

static bool parts_add(int64_t total, const Int128 *weight, int32_t count, int sign, int64_t *part)
{
    int cut = cut_of(total, weight, count);
    Int128 sum = 0;
    for (int32_t i = 0; i < count; i++) {
        sum += weight[i] >> cut;
    }
    if (sum <= 0) {
        return false;
    }
    int64_t left = total;
    for (int32_t i = 0; i < count; i++) {
        int64_t whole = (int64_t)((weight[i] >> cut) * total / sum);
        part[i] += sign * whole;
        left -= whole;
    }
    Int128 below = sum;
    int32_t at = -1;
    for (; left > 0; left--) {
        at = next_remainder(weight, count, cut, total, sum, &below, at);
        part[at >= 0 ? at : 0] += sign;
    }
    return true;
}

bool apportion(int64_t total, const Int128 *weight, int32_t count, int64_t *part)
{
    return total < 0 ? parts_add(-total, weight, count, -1, part)
                     : parts_add(total, weight, count, 1, part);
}
