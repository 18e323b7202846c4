/* faults_open.h - the faults that a world will meet. */
#ifndef SIM_EXPERIMENT_FAULTS_OPEN_H
#define SIM_EXPERIMENT_FAULTS_OPEN_H

#include "core/world.h"

/* Fills what the options say of faults, for options->replication; nothing where nothing fails.
 * False if memory ran out. */
bool faults_open(Arena *arena, const Scenario *scenario, const JobTable *jobs,
                 WorldOptions *options);

#endif
