/* ownership.h - what a GPU costs that is owned: a year of its node, by parts, for each hour that it
 * stands there, used or not.
 *
 * A year is 8760 hours. Per node: capital = price of the node + network as a share of it; hardware
 * = (price - residual) / life; network = its price / life. Straight line: the capital cost is the
 * rate on what is tied up on average, (price + residual + network) / 2. Annuity: equal yearly
 * payments that are worth the capital less the discounted residual value, so that the capital cost
 * is what they are above hardware + network:
 *
 *     payment = (capital - residual (1 + r)^-n) r / (1 - (1 + r)^-n),   n years at the rate r
 *
 * Energy is not here: it depends on what the GPUs do (models/power.h).
 * Formulas: docs/costs.md; the annuity is the one of every textbook on capital budgeting.
 */
#ifndef MODELS_OWNERSHIP_H
#define MODELS_OWNERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cost.h"

#define YEAR_MS INT64_C(31536000000) /* 8760 hours */
#define YEAR_HOURS 8760

typedef struct Ownership {
    int64_t price_micro_usd; /* of a node */
    int64_t life_ms;         /* above 0 */
    int64_t residual_ppm;    /* of the price, at the end of its life; at most 10^6 */
    int64_t capital_ppm;     /* cost of capital a year */
    bool annuity;            /* else straight line */
    int64_t network_ppm;     /* capital outside of the node, of its price */
    int64_t colocation_micro_usd_per_kw_year;
    int64_t node_max_mw;     /* what is rented for it */
    int64_t maintenance_ppm; /* of the price a year */
    int64_t licence_micro_usd_per_gpu_year;
    int64_t other_ppm; /* of the price a year */
    int32_t gpu_count; /* of the node; above 0 */
} Ownership;

/* nano-USD for each GPU-hour, rounded to the nearest. */
void ownership_parts(const Ownership *owned, int64_t parts[OWNED_PART_COUNT]);

/* What a GPU-hour costs that is delivered, where one that stands there costs `usd_per_gpu_hour`.
 * utilisation: share of the available time that is used; availability: share of all time that it
 * can be. NAN if nothing is delivered. */
double ownership_delivered(double usd_per_gpu_hour, double utilisation, double availability);

/* The utilisation from which on owning is cheaper than renting what is used at `rent`: above 1,
 * never. NAN without a rent. */
double ownership_break_even(double usd_per_gpu_hour, double rent, double availability);

#endif
