/* keys_later.c - objects that have names and meanings, and no code yet: refused with a clear word,
 * never ignored. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/tree.h"

static const KeyRow SHARE[] = {
    LATER_QUANTITY("gpus", UNIT_NONE, "400", "GPUs"),
    {0},
};
static const KeyObject KEYS_SHARE = {"a queue's share", SHARE, sizeof(Node *)};

static const KeyRow QUEUE[] = {
    LATER("name", KEY_TEXT, "research", "what jobs call it"),
    LATER("parent", KEY_TEXT, "all", "the queue above"),
    LATER_OBJECT("quota", KEY_OBJECT, &KEYS_SHARE, "{gpus: 400}", "what it may use by right"),
    LATER_OBJECT("guarantee", KEY_OBJECT, &KEYS_SHARE, "{gpus: 100}", "what nobody may borrow"),
    LATER_OBJECT("limit", KEY_OBJECT, &KEYS_SHARE, "{gpus: 600}", "most it may ever use"),
    LATER_QUANTITY("borrow", UNIT_NONE, "100", "GPUs it may borrow"),
    LATER_QUANTITY("lend", UNIT_NONE, "50", "GPUs it may lend"),
    LATER_QUANTITY("weight", UNIT_NONE, "2", "its part of what is left over"),
    LATER_QUANTITY("priority", UNIT_NONE, "50", "before other queues"),
    LATER("cohort", KEY_TEXT, "all", "with whom it lends and borrows"),
    LATER("reclaim", KEY_TEXT, "any", "from whom it takes back what is its own"),
    LATER("preempt", KEY_TEXT, "lower-priority", "whom its jobs may stop"),
    LATER_QUANTITY("min_run", UNIT_DURATION_MS, "10m", "time before a job may be stopped"),
    {0},
};
const KeyObject KEYS_QUEUE = {"a queue", QUEUE, sizeof(Node *)};

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
