/* build_showback.h - who pays, for build_costs.c. */
#ifndef SIM_SCENARIO_BUILD_SHOWBACK_H
#define SIM_SCENARIO_BUILD_SHOWBACK_H

#include "sim/scenario/build.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec_showback.h"

/* Fills model->showback and model->billing; needs the scenario's queues. */
bool build_paying(Loader *loader, const PayingSpec *spec, const Scenario *scenario,
                  CostModel *model);

#endif
