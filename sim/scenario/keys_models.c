/* keys_models.c - `models:`: how hardware fails and jobs save their state. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const KeyRow MODELS[] = {
    {.name = "failures",
     .kind = KEY_OBJECT,
     .object = &KEYS_FAILURES,
     AT(ModelsSpec, failures),
     .absent = "nothing fails by itself",
     .example = "{preset: llama3}",
     .summary = "how hardware fails"},
    {.name = "checkpoint",
     .kind = KEY_OBJECT,
     .object = &KEYS_CHECKPOINT,
     AT(ModelsSpec, checkpoint),
     .absent = "jobs that do not say so save nothing",
     .example = "{default: daly, cost: 60s, mttf: 250d}",
     .summary = "how jobs save their state that do not say how"},
    {0},
};
const KeyObject KEYS_MODELS = {"models", MODELS, sizeof(ModelsSpec)};
