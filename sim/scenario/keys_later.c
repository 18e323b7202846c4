/* keys_later.c - objects that have names and meanings, and no code yet: refused with a clear word,
 * never ignored. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/tree.h"

static const KeyRow FAILURES[] = {
    LATER("preset", KEY_TEXT, "llama3", "a published fleet's rates"),
    {0},
};
static const KeyObject KEYS_FAILURES = {"models.failures", FAILURES, sizeof(Node *)};
static const KeyRow CHECKPOINT[] = {
    LATER("default", KEY_TEXT, "none", "none, a fixed interval, young or daly"),
    {0},
};
static const KeyObject KEYS_CHECKPOINT = {"models.checkpoint", CHECKPOINT, sizeof(Node *)};
static const KeyRow MODELS[] = {
    LATER_OBJECT("failures", KEY_OBJECT, &KEYS_FAILURES, "{preset: llama3}", "how hardware fails"),
    LATER_OBJECT("checkpoint", KEY_OBJECT, &KEYS_CHECKPOINT, "{default: none}",
                 "how jobs save their state"),
    {0},
};
const KeyObject KEYS_MODELS = {"models", MODELS, sizeof(Node *)};
