/* needs.h - what jobs that do not say so are assumed to need of the data path. */
#ifndef CORE_NEEDS_H
#define CORE_NEEDS_H

#include "core/scenario.h"

/* Gives the classes of jobs that stream nothing by their own words the need of the first profile
 * that matches, and those that say no speeds its speeds. False if memory ran out. */
bool needs_assume(const RunModels *models, Arena *arena, JobTable *jobs);

#endif
