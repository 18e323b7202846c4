/* fill.c - weighted filling as Volcano and KAI do it. */
#include "sim/policies/fill.h"

#include "core/usage.h"

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The row with the largest rest above 0 that `eligible` rows have, first come first; -1: none. */
static int32_t largest_rest(const ShareRow *rows, int32_t count)
{
    int32_t best = -1;
    for (int32_t i = 0; i < count; i++) {
        if (!rows[i].done && rows[i].rest > 0 && (best < 0 || rows[i].rest > rows[best].rest)) {
            best = i;
        }
    }
    return best;
}

/* ---- proportion ---- */

/* Rounds are reckoned in 2^-20 units, so that what they hand out is as good as exact, and rounded
 * once at their end. */
#define FINE_BITS 20

static int64_t fine(int64_t amount)
{
    return amount > INT64_MAX >> FINE_BITS ? INT64_MAX : amount << FINE_BITS;
}

/* Adds `amount` to the shares of the rows that are not done, by weight, all of it. */
static void divide_by_weight(ShareRow *rows, int32_t count, int64_t amount, int64_t weights)
{
    int64_t left = amount;
    for (int32_t i = 0; i < count; i++) {
        if (!rows[i].done) {
            __int128 part = (__int128)amount * rows[i].weight;
            rows[i].share += (int64_t)(part / weights);
            rows[i].rest = (int64_t)(part % weights);
            left -= (int64_t)(part / weights);
        }
    }
    for (; left > 0; left--) {
        int32_t row = largest_rest(rows, count);
        rows[row].share++;
        rows[row].rest = 0;
    }
}

static int64_t weights_open(const ShareRow *rows, int32_t count)
{
    int64_t weights = 0;
    for (int32_t i = 0; i < count; i++) {
        weights += rows[i].done ? 0 : rows[i].weight;
    }
    return weights;
}

/* One round; returns what it gave. */
static int64_t proportion_round(ShareRow *rows, int32_t count, int64_t amount, int64_t weights)
{
    int64_t given = 0;
    for (int32_t i = 0; i < count; i++) {
        given -= rows[i].done ? 0 : rows[i].share;
    }
    divide_by_weight(rows, count, amount, weights);
    for (int32_t i = 0; i < count; i++) {
        ShareRow *row = &rows[i];
        if (!row->done) {
            int64_t most = fine(min64(row->cap, row->request));
            row->share = max64(min64(row->share, most), fine(row->owned));
            row->done = row->share >= most;
            given += row->share;
        }
    }
    return given;
}

/* Whole units: rounded down, and what that leaves goes one each to the largest fractions. */
static void units_round(ShareRow *rows, int32_t count)
{
    const int64_t mask = (INT64_C(1) << FINE_BITS) - 1;
    int64_t left = 0;
    for (int32_t i = 0; i < count; i++) {
        rows[i].rest = rows[i].share & mask;
        rows[i].share >>= FINE_BITS;
        rows[i].done = false;
        left += rows[i].rest;
    }
    for (left = (left + mask / 2) >> FINE_BITS; left > 0; left--) {
        int32_t row = largest_rest(rows, count);
        rows[row].share++;
        rows[row].rest = 0;
    }
}

void fill_proportion(ShareRow *rows, int32_t count, int64_t amount)
{
    int64_t remaining = fine(amount);
    for (int32_t i = 0; i < count; i++) { /* who asks for nothing weighs nothing */
        rows[i].done = rows[i].request == 0;
        rows[i].share = rows[i].done ? fine(rows[i].owned) : 0;
        remaining -= rows[i].share;
    }
    for (bool changes = true; changes && remaining > 0;) {
        int64_t weights = weights_open(rows, count);
        int64_t given = weights > 0 ? proportion_round(rows, count, remaining, weights) : 0;
        remaining -= given;
        changes = given != 0;
    }
    units_round(rows, count);
}

/* ---- KAI ---- */

static bool kai_satisfied(const ShareRow *row)
{
    return min64(row->request, row->cap) <= row->share;
}

/* A row's weight after its usage, in 1e-15 of a weight of one millionth; `weights`: of all rows of
 * the priority that want more. */
static __int128 kai_weight(const ShareRow *row, const KaiFill *fill, int64_t weights)
{
    __int128 weight = (__int128)row->weight * (GP_PPM + fill->usage_ppm) * USAGE_SHARE_ONE -
                      (__int128)fill->usage_ppm * row->usage * weights;
    return weight > 0 ? weight : 0;
}

/* One row's part of a round. Returns true if others may get more because it wants less than its
 * part. */
static bool kai_give(ShareRow *row, const KaiFill *fill, int64_t round, __int128 weight,
                     __int128 weights, int64_t *remaining)
{
    int64_t wanted = min64(row->request, row->cap) - row->share;
    __int128 product = weight * round;
    int64_t part = (int64_t)(product / weights);
    __int128 rest = product % weights;
    int64_t given = wanted;
    row->rest = 0;
    if (wanted > part) {
        given = part - part % fill->unit;
        row->rest = (part - given) * GP_PPM + (int64_t)((rest * GP_PPM + weights - 1) / weights);
    }
    row->share += given;
    *remaining -= given;
    return wanted < part || (wanted == part && rest > 0);
}

/* Rounds by weight among the rows of one priority. */
static void kai_rounds(ShareRow *rows, int32_t count, int32_t priority, const KaiFill *fill,
                       int64_t *remaining)
{
    for (bool again = true; again && *remaining > 0;) {
        int64_t plain = 0;
        __int128 weights = 0;
        for (int32_t i = 0; i < count; i++) {
            rows[i].done = rows[i].priority != priority || kai_satisfied(&rows[i]);
            plain += rows[i].done ? 0 : rows[i].weight;
        }
        for (int32_t i = 0; i < count; i++) {
            weights += rows[i].done ? 0 : kai_weight(&rows[i], fill, plain);
        }
        again = false;
        int64_t round = *remaining;
        for (int32_t i = 0; weights > 0 && i<count && * remaining> 0; i++) {
            if (!rows[i].done && rows[i].weight > 0) {
                __int128 weight = kai_weight(&rows[i], fill, plain);
                again |= kai_give(&rows[i], fill, round, weight, weights, remaining);
            }
        }
    }
}

/* The units that rounding left: one each to the largest fractions, then to the first row. */
static void kai_leftovers(ShareRow *rows, int32_t count, int32_t priority, const KaiFill *fill,
                          int64_t *remaining)
{
    for (int32_t i = 0; i < count; i++) {
        rows[i].done = rows[i].priority != priority;
    }
    int32_t row = largest_rest(rows, count);
    for (; row >= 0 && *remaining > 0; row = largest_rest(rows, count)) {
        int64_t given = min64(fill->unit, *remaining);
        rows[row].share += given;
        rows[row].rest = 0;
        *remaining -= given;
    }
}

/* The highest priority below `above`; false if there is none. */
static bool priority_below(const ShareRow *rows, int32_t count, int64_t above, int64_t *priority)
{
    bool found = false;
    for (int32_t i = 0; i < count; i++) {
        if (rows[i].priority < above && (!found || rows[i].priority > *priority)) {
            *priority = rows[i].priority;
            found = true;
        }
    }
    return found;
}

void fill_kai(ShareRow *rows, int32_t count, const KaiFill *fill)
{
    int64_t remaining = fill->amount;
    int64_t priority = 0;
    for (int32_t i = 0; i < count; i++) {
        int64_t owned = rows[i].owned == QUEUE_UNLIMITED ? fill->amount : rows[i].owned;
        rows[i].share = min64(owned, min64(rows[i].request, rows[i].cap));
        rows[i].rest = 0;
        remaining -= rows[i].share;
    }
    for (int64_t above = INT64_MAX; priority_below(rows, count, above, &priority);
         above = priority) {
        kai_rounds(rows, count, (int32_t)priority, fill, &remaining);
    }
    for (int64_t above = INT64_MAX; priority_below(rows, count, above, &priority);
         above = priority) {
        kai_leftovers(rows, count, (int32_t)priority, fill, &remaining);
    }
}
