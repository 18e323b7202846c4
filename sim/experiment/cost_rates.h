/* cost_rates.h - what a GPU-hour costs, draws and emits: prices, power and intensities as rates, so
 * that an amount of the ledger times a rate is an exact integer. Rules: docs/costs.md.
 *
 * An amount of the ledger is in milli-GPU ms ppm, COST_HOUR of them make a GPU-hour. Times
 * nano-USD, microwatt or micrograms for each GPU-hour it is money, energy or carbon in COST_HOUR
 * parts of these. 100,000 GPUs for a year, a thousand times, stay below a tenth of what an Int128
 * holds.
 */
#ifndef SIM_EXPERIMENT_COST_RATES_H
#define SIM_EXPERIMENT_COST_RATES_H

#include "core/scenario.h"

#define COST_HOUR ((Int128)GP_DEVICE_MILLI * 3600000 * GP_PPM)
#define COST_MS ((Int128)GP_DEVICE_MILLI * GP_PPM) /* of a device, a node or a rate by the hour */

/* The scenario's cost model, or, where it has none, one of its prices on demand and of what its
 * technicians cost. NULL: nothing has a price (or memory ran out, as the arena says). */
const CostModel *cost_model_of(const Scenario *scenario, Arena *arena);

/* Does GPU time cost anything? */
bool cost_prices_gpus(const CostModel *model, const Cluster *cluster);
bool cost_knows_power(const CostModel *model, const Cluster *cluster);

/* nano-USD for each GPU-hour, energy aside; of spot nodes at that instant. */
int64_t cost_contracted(const TypeCost *type, int64_t at_ms);
int64_t cost_list(const TypeCost *type,
                  int64_t at_ms); /* of spot nodes without one: as contracted */

/* What a GPU-hour that the commitment covers costs, amortised. */
int64_t cost_committed(const Commitment *commitment, const TypeCost *type);
bool cost_in_scope(const Commitment *commitment, const CostModel *model, int32_t type);

/* At the meter, PUE included. */
int64_t cost_microwatt(const CostModel *model, int32_t type, Account account);
int64_t cost_node_microwatt(const CostModel *model, int32_t type); /* of a node without GPUs */
int64_t cost_energy_nano(int64_t microwatt, int64_t tariff);       /* nano-USD an hour, rounded */
int64_t cost_carbon_micrograms(int64_t microwatt, int64_t intensity); /* an hour, rounded */

/* whole x part / of, rounded down; 0 <= part <= of, whatever their size. */
Int128 cost_share(Int128 whole, Int128 part, Int128 of);

double cost_usd(Int128 nano_parts);         /* COST_HOUR parts of a nano-USD, in USD */
double cost_ratio(Int128 whole, Int128 of); /* whole / of in full precision; NAN: of is 0 */

#endif
