/* build_presence.c - nodes that come later, are given back, or are taken back by their owner. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/build_failures.h"

#define MICRO_PER_WEEK_MS 604800000e6 /* UNIT_RATE counts millionths a week */

static bool comes_or_goes(const NodesSpec *entry)
{
    return entry->from_ms.value > 0 || entry->until_ms.node != NULL ||
           entry->interruptions.node != NULL;
}

bool has_presence(const ClusterSpec *spec)
{
    const NodesSpec *entries = spec->nodes.items;
    for (int32_t i = 0; i < spec->nodes.count; i++) {
        if (comes_or_goes(&entries[i])) {
            return true;
        }
    }
    return false;
}

/* A kind of absence, named after its entry. -1 if memory ran out. */
static int32_t kind_add(FailureDraft *draft, const char *entry, const char *what, int64_t notice_ms,
                        const FaultRow *row)
{
    size_t size = strlen(entry) + strlen(what) + 2;
    char *name = arena_alloc(draft->arena, size, 1);
    if (name == NULL) {
        return -1;
    }
    snprintf(name, size, "%s %s", entry, what);
    FaultKind kind = fault_kind(name, EFFECT_NODE_OUT, SCOPE_NODE);
    kind.away = true;
    kind.calendar = row == NULL;
    kind.notice_ms = notice_ms;
    return failure_draft_kind(draft, &kind, row);
}

/* All nodes of an entry are away for that long. False if memory ran out. */
static bool absence_add(FailureDraft *draft, const char *entry, const char *what, int32_t first,
                        int32_t count, int64_t at_ms, int64_t out_ms)
{
    int32_t kind = kind_add(draft, entry, what, 0, NULL);
    bool good = kind >= 0;
    for (int32_t i = 0; good && i < count; i++) {
        good = failure_draft_fault(draft, (Fault){.at_ms = at_ms,
                                                  .out_ms = out_ms,
                                                  .kind = kind,
                                                  .target = first + i,
                                                  .recorded = true});
    }
    return good;
}

static bool interruptions_add(Loader *loader, const NodesSpec *entry, int32_t first, int32_t count,
                              FailureDraft *draft)
{
    const InterruptionsSpec *spec = &entry->interruptions;
    if (spec->rate.value <= 0) {
        return false; /* reported when it was bound */
    }
    Distribution *out = ARENA_NEW(loader->arena, Distribution);
    if (out == NULL) {
        return no_memory(loader);
    }
    if (!build_distribution(loader, &spec->out, out)) {
        return false;
    }
    FaultRow row = {.first_node = first,
                    .node_count = count,
                    .drawn = true,
                    .out = out,
                    .gap = {.family = FAMILY_EXPONENTIAL,
                            .scale = MICRO_PER_WEEK_MS / (double)spec->rate.value}};
    return kind_add(draft, entry->name.value, "taken back", spec->notice_ms.value, &row) >= 0 ||
           no_memory(loader);
}

static bool entry_add(Loader *loader, const NodesSpec *entry, int32_t first, int32_t count,
                      FailureDraft *draft)
{
    int64_t from_ms = entry->from_ms.value;
    int64_t until_ms = entry->until_ms.node != NULL ? entry->until_ms.value : TIME_NEVER;
    if (from_ms >= until_ms) {
        REPORT(loader, entry->until_ms.node, "range", "give a later `until`, or leave it out",
               "the nodes of `%s` are given back before they come", entry->name.value);
        return false;
    }
    const char *name = entry->name.value;
    bool good = true;
    if (from_ms > 0 && !absence_add(draft, name, "to come", first, count, 0, from_ms)) {
        return no_memory(loader);
    }
    if (until_ms != TIME_NEVER &&
        !absence_add(draft, name, "given back", first, count, until_ms, TIME_NEVER)) {
        return no_memory(loader);
    }
    if (entry->interruptions.node != NULL && count > 0) {
        good = interruptions_add(loader, entry, first, count, draft);
    }
    return good;
}

bool build_presence(Loader *loader, const ClusterSpec *spec, FailureDraft *draft)
{
    const NodesSpec *entries = spec->nodes.items;
    int32_t first = 0;
    bool good = true;
    for (int32_t i = 0; i < spec->nodes.count; i++) {
        int32_t count = entries[i].count.node == NULL ? 1 : (int32_t)entries[i].count.value;
        if (comes_or_goes(&entries[i])) {
            good = entry_add(loader, &entries[i], first, count, draft) && good;
        }
        first += count;
    }
    return good;
}
