/* keys_models.c - `models:`: how hardware fails and jobs save their state. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const KeyRow CHECKPOINT[] = {
    LATER("default", KEY_TEXT, "none", "none, a fixed interval, young or daly"),
    {0},
};
static const KeyObject KEYS_CHECKPOINT = {"models.checkpoint", CHECKPOINT, sizeof(Node *)};
static const KeyRow MODELS[] = {
    {.name = "failures",
     .kind = KEY_OBJECT,
     .object = &KEYS_FAILURES,
     AT(ModelsSpec, failures),
     .absent = "nothing fails by itself",
     .example = "{preset: llama3}",
     .summary = "how hardware fails"},
    LATER_OBJECT("checkpoint", KEY_OBJECT, &KEYS_CHECKPOINT, "{default: none}",
                 "how jobs save their state"),
    {0},
};
const KeyObject KEYS_MODELS = {"models", MODELS, sizeof(ModelsSpec)};
