/* ownership.c - the yearly cost of an owned node, divided among its GPU-hours. */
#include "models/ownership.h"

#include <math.h>

#define PPM 1000000
#define NANO_PER_MICRO 1000
#define HOUR_MS 3600000
#define MW_PER_KW 1000000

/* Nearest; both above or equal to 0. */
static int64_t divided(Int128 amount, Int128 by)
{
    return (int64_t)((amount + by / 2) / by);
}

/* A share of the node's price that is spent over its life, nano-USD a GPU-hour. */
static int64_t over_life(const Ownership *owned, int64_t share_ppm)
{
    Int128 amount = (Int128)owned->price_micro_usd * share_ppm * NANO_PER_MICRO * HOUR_MS;
    return divided(amount, (Int128)PPM * owned->gpu_count * owned->life_ms);
}

/* A share of the node's price that is spent every year. */
static int64_t every_year(const Ownership *owned, int64_t share_ppm)
{
    Int128 amount = (Int128)owned->price_micro_usd * share_ppm * NANO_PER_MICRO;
    return divided(amount, (Int128)PPM * owned->gpu_count * YEAR_HOURS);
}

/* On what is tied up on average, if it melts evenly. */
static int64_t capital_straight(const Ownership *owned)
{
    Int128 tied_ppm = (Int128)PPM + owned->residual_ppm + owned->network_ppm; /* twice the mean */
    Int128 amount = owned->price_micro_usd * tied_ppm * owned->capital_ppm / PPM * NANO_PER_MICRO;
    return divided(amount, (Int128)2 * PPM * owned->gpu_count * YEAR_HOURS);
}

/* What equal yearly payments are above the loss of value. */
static int64_t capital_annuity(const Ownership *owned)
{
    double years = (double)owned->life_ms / (double)YEAR_MS;
    double rate = (double)owned->capital_ppm / PPM;
    double price = (double)owned->price_micro_usd;
    double residual = price * (double)owned->residual_ppm / PPM;
    double capital = price * (1.0 + (double)owned->network_ppm / PPM);
    double discount = exp(-years * log1p(rate));
    double payment = (capital - residual * discount) * rate / (1.0 - discount);
    double cost = payment - (capital - residual) / years;
    return llround(cost * NANO_PER_MICRO / YEAR_HOURS / owned->gpu_count);
}

void ownership_parts(const Ownership *owned, int64_t parts[OWNED_PART_COUNT])
{
    Int128 rent = (Int128)owned->colocation_micro_usd_per_kw_year * owned->node_max_mw;
    parts[OWNED_HARDWARE] = over_life(owned, PPM - owned->residual_ppm);
    parts[OWNED_CAPITAL] = owned->capital_ppm == 0 ? 0
                           : owned->annuity        ? capital_annuity(owned)
                                                   : capital_straight(owned);
    parts[OWNED_NETWORK] = over_life(owned, owned->network_ppm);
    parts[OWNED_COLOCATION] =
        divided(rent * NANO_PER_MICRO, (Int128)MW_PER_KW * owned->gpu_count * YEAR_HOURS);
    parts[OWNED_MAINTENANCE] = every_year(owned, owned->maintenance_ppm);
    parts[OWNED_LICENCES] =
        divided((Int128)owned->licence_micro_usd_per_gpu_year * NANO_PER_MICRO, YEAR_HOURS);
    parts[OWNED_OTHER] = every_year(owned, owned->other_ppm);
}

double ownership_delivered(double usd_per_gpu_hour, double utilisation, double availability)
{
    double delivered = utilisation * availability;
    return delivered > 0.0 ? usd_per_gpu_hour / delivered : NAN;
}

double ownership_break_even(double usd_per_gpu_hour, double rent, double availability)
{
    return ownership_delivered(usd_per_gpu_hour, rent, availability);
}
