/* inputs_make.h - the part of inputs.h that a loading needs. */
#ifndef SIM_SCENARIO_INPUTS_MAKE_H
#define SIM_SCENARIO_INPUTS_MAKE_H

#include "sim/scenario/inputs.h"
#include "sim/scenario/tree.h"

/* Of a variant's tree, its overrides applied. False if memory ran out. */
bool inputs_of_tree(Loader *loader, const Node *tree, VariantInputs *inputs);

/* The data files that the loading has looked up, those of the policy aside. False if memory ran
 * out. */
bool inputs_of_files(Loader *loader, ScenarioInputs *inputs);

#endif
