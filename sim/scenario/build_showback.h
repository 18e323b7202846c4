/* build_showback.h - who pays, for build_costs.c. */
#ifndef SIM_SCENARIO_BUILD_SHOWBACK_H
#define SIM_SCENARIO_BUILD_SHOWBACK_H

#include "sim/scenario/build.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec_showback.h"

/* Fills model->showback and model->billing; needs the scenario's queues. */
bool build_paying(Loader *loader, const PayingSpec *spec, const Scenario *scenario,
                  CostModel *model);

/* Bills are by calendar month: no charge period may cross the end of a day, where the run has a
 * calendar. */
bool build_charge_period(Loader *loader, const SpecNumber *period, const Scenario *scenario);

#endif
