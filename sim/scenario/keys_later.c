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

static const KeyRow FAULT_LOG[] = {
    LATER("format", KEY_TEXT, "infinitehbd", "how the log is written"),
    LATER("path", KEY_PATH, "fault_trace.json", "the log"),
    {0},
};
static const KeyObject KEYS_FAULT_LOG = {"a fault log", FAULT_LOG, sizeof(Node *)};
static const KeyRow INJECTION[] = {
    LATER_QUANTITY("at", UNIT_DURATION_MS, "26h", "when it begins"),
    LATER("nodes", KEY_TEXTS, "[a-7, a-8]", "which nodes"),
    LATER("gpus", KEY_TEXTS, "[a-3/0]", "which devices"),
    LATER_QUANTITY("for", UNIT_DURATION_MS, "9h", "how long it lasts"),
    LATER("cause", KEY_TEXT, "raid-rebuild", "what reports call it"),
    LATER("scale", KEY_RAW, "{storage_bandwidth: 35%}", "what is left of a capacity"),
    LATER_OBJECT("trace", KEY_OBJECT, &KEYS_FAULT_LOG,
                 "{format: infinitehbd, path: fault_trace.json}", "a recorded fault log"),
    {0},
};
const KeyObject KEYS_INJECTION = {"an entry of inject", INJECTION, sizeof(Node *)};
