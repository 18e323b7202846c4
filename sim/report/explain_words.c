/* explain_words.c - one sentence a reason, with the figures that the file recorded. */
#include "sim/report/explain_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/fact.h"
#include "core/ledger.h"
#include "core/policy.h"
#include "core/verdict.h"
#include "core/world.h"

const char *milli_words(int64_t milli, char buffer[WORDS_MAX])
{
    int length = snprintf(buffer, WORDS_MAX, "%" PRId64 ".%03d", milli / 1000, (int)(milli % 1000));
    while (buffer[length - 1] == '0') {
        buffer[--length] = '\0';
    }
    if (buffer[length - 1] == '.') {
        buffer[--length] = '\0';
    }
    return buffer;
}

const char *span_words(int64_t ms, char buffer[WORDS_MAX])
{
    static const struct {
        int64_t ms;
        const char *unit;
    } UNITS[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}};
    int at = snprintf(buffer, WORDS_MAX, "%s", ms < 0 ? "-" : "");
    int64_t left = ms < 0 ? -ms : ms;
    bool any = false;
    for (int i = 0; i < 3; i++) {
        if (left >= UNITS[i].ms) {
            at += snprintf(buffer + at, (size_t)(WORDS_MAX - at), "%s%" PRId64 " %s",
                           any ? " " : "", left / UNITS[i].ms, UNITS[i].unit);
            left %= UNITS[i].ms;
            any = true;
        }
    }
    if (left > 0 || !any) {
        char seconds[WORDS_MAX];
        snprintf(buffer + at, (size_t)(WORDS_MAX - at), "%s%.32s s", any ? " " : "",
                 milli_words(left, seconds));
    }
    return buffer;
}

static const char *const REASON_CODES[] = {
    [REASON_NONE] = "",       [REASON_TOO_LARGE] = "too_large", [REASON_FRAGMENTED] = "fragmented",
    [REASON_SHORT] = "short", [REASON_BLOCKED] = "blocked",     [REASON_NO_ROOM] = "no_room",
};

const char *cause_code(Cause cause, char buffer[WORDS_MAX])
{
    if (cause.reason == REASON_NONE || cause.detail == 0) {
        return REASON_CODES[cause.reason];
    }
    snprintf(buffer, WORDS_MAX, "%s.%s", REASON_CODES[cause.reason],
             cause.reason == REASON_BLOCKED ? account_sub_name(ACCOUNT_BLOCKED, cause.detail - 1)
                                            : dimension_name((GpDimension)(cause.detail - 1)));
    return buffer;
}

const char *dimension_words(int32_t detail)
{
    static const char *const WORDS[GP_DIMENSION_COUNT] = {
        [GP_DIMENSION_GPU] = "GPUs",
        [GP_DIMENSION_MIG] = "MIG instances",
        [GP_DIMENSION_GPU_MEMORY] = "GPU memory",
        [GP_DIMENSION_CPU] = "CPU",
        [GP_DIMENSION_MEMORY] = "memory",
        [GP_DIMENSION_STORAGE_BANDWIDTH] = "storage bandwidth",
        [GP_DIMENSION_IO_CPU] = "I/O CPU",
        [GP_DIMENSION_NETWORK] = "network bandwidth",
        [GP_DIMENSION_GPU_MODEL] = "GPUs of its model",
        [GP_DIMENSION_TOPOLOGY] = "nodes that it may use",
    };
    return detail > 0 && detail <= GP_DIMENSION_COUNT ? WORDS[detail - 1] : "room";
}

const char *stop_words(int32_t detail)
{
    static const char *const WORDS[] = {
        [0] = "",
        [STOP_PREEMPTED] = "preempted",
        [STOP_RECLAIMED] = "reclaimed by another queue",
        [STOP_CONSOLIDATED] = "moved to make room",
        [STOP_LIMIT] = "stopped at its time limit",
        [STOP_GANG] = "stopped with its gang",
        [STOP_NODE_FAILED] = "its node or GPU was out",
        [STOP_DRAINED] = "moved away from a node that is not trusted",
        [STOP_FAILED] = "its own process failed",
    };
    return detail >= 0 && detail <= STOP_FAILED ? WORDS[detail] : "";
}

static const char *const BLOCK_WORDS[BLOCK_REASON_COUNT] = {
    [BLOCK_QUOTA] = "quota: its queue may not use more",
    [BLOCK_TENANCY] = "tenancy: room is free only on nodes that its queue may not use",
    [BLOCK_HEAD_OF_LINE] = "head of line: a job ahead does not fit and may not be passed",
    [BLOCK_RESERVATION] = "reservation: room is kept for a job ahead",
    [BLOCK_GANG_ASSEMBLY] = "gang assembly: room is kept for a gang that assembles",
    [BLOCK_WINDOW] = "window: it is too early, or outside of what the scheduler looks at",
    [BLOCK_NOT_YET_RUN] = "not yet run: the scheduler has not looked since it could start",
};

const char *rule_remedy(int32_t block_detail, const char *queue, char buffer[WORDS_MAX])
{
    static const char *const REMEDIES[BLOCK_REASON_COUNT] = {
        [BLOCK_QUOTA] = "more quota for queue `%.100s`, or leave to borrow",
        [BLOCK_TENANCY] = "leave for queue `%.100s` to use the nodes that had room",
        [BLOCK_HEAD_OF_LINE] = "leave to pass the head of the line (`scan: skip` or `easy`)",
        [BLOCK_RESERVATION] = "a scan that keeps less room for jobs ahead, or closer estimates",
        [BLOCK_GANG_ASSEMBLY] = "gangs that are placed together (`gangs: together`)",
        [BLOCK_WINDOW] = "a shorter delay (`requeue_delay`), or a wider window of the scan",
        [BLOCK_NOT_YET_RUN] = "a scheduler that looks sooner or further (`cycle: event`, `depth`)",
    };
    bool known = block_detail > 0 && block_detail <= (int32_t)BLOCK_REASON_COUNT;
    const char *words = known ? REMEDIES[block_detail - 1]
                              : "a place further ahead in the queue (its priority, or `order`): "
                                "others took the room";
    const char *name = strstr(words, "%.100s");
    if (name == NULL) {
        return words;
    }
    snprintf(buffer, WORDS_MAX, "%.*s%.100s%s", (int)(name - words), words, queue,
             name + strlen("%.100s"));
    return buffer;
}

/* ---- fragmented and short ---- */

static const char *what_is_asked(const CauseFacts *facts, char buffer[WORDS_MAX])
{
    char each[WORDS_MAX];
    milli_words(facts->gpu_milli / facts->tasks, each);
    snprintf(buffer, WORDS_MAX, "its tasks (%d, of %.24s GPU%s each)", facts->tasks, each,
             strcmp(each, "1") == 0 ? "" : "s");
    return buffer;
}

static void fragmented_words(int32_t detail, const CauseFacts *facts, char buffer[WORDS_MAX])
{
    char asked[WORDS_MAX], sum[WORDS_MAX], tasks[WORDS_MAX];
    bool gpus = detail == 1 + (int32_t)GP_DIMENSION_GPU;
    if (detail == 1 + (int32_t)GP_DIMENSION_TOPOLOGY) {
        snprintf(buffer, WORDS_MAX,
                 "fragmented: no single place (node, rack, zone) that it may use holds it "
                 "although enough is free in sum");
    } else if (!gpus || facts == NULL || facts->tasks == 0 || facts->free_milli < 0) {
        snprintf(buffer, WORDS_MAX,
                 "fragmented: no node has enough free %s although enough is "
                 "free in sum",
                 dimension_words(detail));
    } else if (facts->tasks > 1) {
        snprintf(buffer, WORDS_MAX, "fragmented: no place for %.80s although %.24s are free in sum",
                 what_is_asked(facts, tasks), milli_words(facts->free_milli, sum));
    } else {
        bool slice = facts->gpu_milli < 1000;
        snprintf(buffer, WORDS_MAX,
                 "fragmented: no %s has %.24s %s%s%s although %.24s %s free in sum",
                 slice ? "card" : "node", milli_words(facts->gpu_milli, asked),
                 slice ? "of a GPU free" : "free GPU", slice || facts->gpu_milli == 1000 ? "" : "s",
                 facts->others_exclude ? " beside the rest that it asks for" : "",
                 milli_words(facts->free_milli, sum), facts->free_milli == 1000 ? "is" : "are");
    }
}

static void short_words(int32_t detail, const CauseFacts *facts, char buffer[WORDS_MAX])
{
    char asked[WORDS_MAX], sum[WORDS_MAX], tasks[WORDS_MAX];
    bool gpus = detail == 1 + (int32_t)GP_DIMENSION_GPU;
    if (detail == 1 + (int32_t)GP_DIMENSION_GPU_MODEL) {
        snprintf(buffer, WORDS_MAX,
                 "short: enough GPUs are free, but not of a model that it takes");
    } else if (detail == 1 + (int32_t)GP_DIMENSION_TOPOLOGY) {
        snprintf(buffer, WORDS_MAX, "short: enough is free, but not on nodes that it may use");
    } else if (!gpus || facts == NULL || facts->tasks == 0 || facts->free_milli < 0) {
        snprintf(buffer, WORDS_MAX, "short: not enough %s free in sum", dimension_words(detail));
    } else if (facts->tasks > 1) {
        snprintf(buffer, WORDS_MAX, "short: %.80s need more than the %.24s free in sum",
                 what_is_asked(facts, tasks), milli_words(facts->free_milli, sum));
    } else {
        snprintf(buffer, WORDS_MAX, "short: it needs %.24s GPU%s and %.24s %s free in sum",
                 milli_words(facts->gpu_milli, asked), facts->gpu_milli == 1000 ? "" : "s",
                 milli_words(facts->free_milli, sum), facts->free_milli == 1000 ? "is" : "are");
    }
}

const char *cause_words(Cause cause, const CauseFacts *facts, char buffer[WORDS_MAX])
{
    switch ((JobReason)cause.reason) {
    case REASON_FRAGMENTED:
        fragmented_words(cause.detail, facts, buffer);
        break;
    case REASON_SHORT:
        short_words(cause.detail, facts, buffer);
        break;
    case REASON_BLOCKED:
        snprintf(buffer, WORDS_MAX, "blocked: %s",
                 cause.detail > 0 ? BLOCK_WORDS[cause.detail - 1] : "by a rule");
        break;
    case REASON_TOO_LARGE:
        snprintf(buffer, WORDS_MAX, "too large: even the empty fleet has not enough %s for it",
                 dimension_words(cause.detail));
        break;
    case REASON_NO_ROOM:
        return "no room: it fits on no node";
    case REASON_NONE:
        return "not recorded";
    }
    return buffer;
}
