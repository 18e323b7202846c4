/* failure_presets.h - published fleets as rows of components. */
#ifndef MODELS_FAILURE_PRESETS_H
#define MODELS_FAILURE_PRESETS_H

#include "models/failure_draft.h"

/* Names in order; NULL behind the last. The first is "none". */
const char *failure_preset_name(int index);
const char *failure_preset_source(const char *name);

/* Adds the components of a preset. False if memory ran out. */
bool failure_preset_add(FailureDraft *draft, const char *name);

#endif
