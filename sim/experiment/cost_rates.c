/* cost_rates.c - prices, power and intensities as whole numbers for each GPU-hour. */
#include "sim/experiment/cost_rates.h"

#include <math.h>

/* ---- the model ---- */

/* Of a scenario that says no more than a price on demand. */
static const CostModel *model_of_prices(const Scenario *scenario, Arena *arena)
{
    const Cluster *cluster = &scenario->cluster;
    CostModel *model = ARENA_NEW(arena, CostModel);
    TypeCost *types = ARENA_ARRAY(arena, TypeCost, cluster->type_count);
    if (model == NULL || types == NULL) {
        return NULL;
    }
    for (int32_t type = 0; type < cluster->type_count; type++) {
        int64_t nano = cluster->type_info[type].price_micro_usd_per_gpu_hour * 1000;
        types[type] = (TypeCost){.purchase = PURCHASE_ON_DEMAND, .list = nano, .contracted = nano};
    }
    *model = (CostModel){.types = types, .pue_ppm = GP_PPM, .showback = SHOWBACK_DEFAULT};
    return model;
}

static bool type_has_gpus(const Cluster *cluster, int32_t type)
{
    return cluster->types[type].capacity[GP_AXIS_GPU] > 0;
}

/* A commitment may cover it, or it is free though it has a list price. */
static bool is_offered(const CostModel *model, int32_t type)
{
    bool offered = model->types[type].purchase == PURCHASE_ON_DEMAND && model->types[type].list > 0;
    for (int32_t c = 0; c < model->commitment_count && !offered; c++) {
        offered = cost_in_scope(&model->commitments[c], model, type);
    }
    return offered;
}

bool cost_prices_gpus(const CostModel *model, const Cluster *cluster)
{
    for (int32_t type = 0; type < cluster->type_count; type++) {
        const TypeCost *cost = &model->types[type];
        bool energy =
            cost->purchase == PURCHASE_OWNED && cost->power_known && model->tariff.count > 0;
        bool priced = cost_contracted(cost, 0) > 0 || cost->spot.count > 0 || energy;
        if (type_has_gpus(cluster, type) && (priced || is_offered(model, type))) {
            return true;
        }
    }
    return false;
}

bool cost_knows_power(const CostModel *model, const Cluster *cluster)
{
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (model->types[type].power_known) {
            return true;
        }
    }
    return false;
}

static bool anything_costs(const CostModel *model, const Scenario *scenario)
{
    bool nodes = false;
    for (int32_t type = 0; type < scenario->cluster.type_count; type++) {
        nodes = nodes || (model->types[type].node_nano_usd_per_hour > 0 &&
                          !type_has_gpus(&scenario->cluster, type));
    }
    return nodes || model->commitment_count > 0 || model->overhead_count > 0 ||
           scenario->policy.remedy_options.cost_micro_usd_per_hour > 0 ||
           cost_prices_gpus(model, &scenario->cluster) ||
           cost_knows_power(model, &scenario->cluster);
}

const CostModel *cost_model_of(const Scenario *scenario, Arena *arena)
{
    const CostModel *model =
        scenario->costs != NULL ? scenario->costs : model_of_prices(scenario, arena);
    return model != NULL && anything_costs(model, scenario) ? model : NULL;
}

/* ---- prices ---- */

int64_t cost_contracted(const TypeCost *type, int64_t at_ms)
{
    int64_t sum = 0;
    switch (type->purchase) {
    case PURCHASE_SPOT:
        return step_series_at(&type->spot, at_ms);
    case PURCHASE_OWNED:
        for (int part = 0; part < OWNED_PART_COUNT; part++) {
            sum += type->owned[part];
        }
        return sum;
    case PURCHASE_ON_DEMAND:
        break;
    }
    return type->contracted;
}

int64_t cost_list(const TypeCost *type, int64_t at_ms)
{
    bool own = type->purchase == PURCHASE_OWNED || type->list == 0;
    return own ? cost_contracted(type, at_ms) : type->list;
}

int64_t cost_committed(const Commitment *commitment, const TypeCost *type)
{
    if (commitment->kind == COMMITMENT_USAGE) {
        return commitment->nano_usd_per_gpu_hour;
    }
    Int128 kept = (Int128)type->contracted * (GP_PPM - commitment->discount_ppm);
    return (int64_t)(kept / GP_PPM);
}

bool cost_in_scope(const Commitment *commitment, const CostModel *model, int32_t type)
{
    return model->types[type].purchase == PURCHASE_ON_DEMAND &&
           (commitment->types[type / 64] >> (type % 64) & 1) != 0;
}

/* ---- power ---- */

static int64_t at_the_meter(const CostModel *model, int64_t milliwatt)
{
    int64_t pue_ppm = model->pue_ppm > 0 ? model->pue_ppm : GP_PPM;
    return (int64_t)((Int128)milliwatt * pue_ppm / 1000);
}

int64_t cost_microwatt(const CostModel *model, int32_t type, Account account)
{
    const TypeCost *cost = &model->types[type];
    return cost->power_known ? at_the_meter(model, cost->power_milliwatt[account]) : 0;
}

int64_t cost_node_microwatt(const CostModel *model, int32_t type)
{
    const TypeCost *cost = &model->types[type];
    return cost->power_known ? at_the_meter(model, cost->node_power_milliwatt) : 0;
}

/* microwatt x micro-USD per kWh = 1e-6 nano-USD an hour. */
int64_t cost_energy_nano(int64_t microwatt, int64_t tariff)
{
    return (int64_t)(((Int128)microwatt * tariff + 500000) / 1000000);
}

/* microwatt x milligrams per kWh = 1e-6 micrograms an hour. */
int64_t cost_carbon_micrograms(int64_t microwatt, int64_t intensity)
{
    return (int64_t)(((Int128)microwatt * intensity + 500000) / 1000000);
}

/* ---- numbers ---- */

Int128 cost_share(Int128 whole, Int128 part, Int128 of)
{
    Int128 product;
    if (part == of || of == 0) {
        return of == 0 ? 0 : whole;
    }
    if (!__builtin_mul_overflow(whole, part, &product)) {
        return product / of;
    }
    /* Long multiplication, divided on the way: a bit of `whole` at a time, the highest first. */
    Int128 result = 0;
    Int128 rest = 0; /* below `of` */
    for (int bit = 126; bit >= 0; bit--) {
        result *= 2;
        rest *= 2;
        if (rest >= of) {
            rest -= of;
            result++;
        }
        if ((whole >> bit & 1) != 0) {
            rest += part;
            if (rest >= of) {
                rest -= of;
                result++;
            }
        }
    }
    return result;
}

double cost_ratio(Int128 whole, Int128 of)
{
    return of != 0 ? (double)(whole / of) + (double)(whole % of) / (double)of : (double)NAN;
}

double cost_usd(Int128 nano_parts)
{
    return cost_ratio(nano_parts, COST_HOUR * 1000000000);
}
