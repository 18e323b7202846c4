/* list_models.c - `gpuplan list models`: what the world is made of beside the scheduler; presets of
 * failures with their rows, and what the driver's error numbers mean. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/arena.h"
#include "models/failure_presets.h"
#include "models/xid.h"
#include "sim/commands/list_rows.h"

static const char *const EFFECTS[EFFECT_COUNT] = {"job dies",   "GPU out", "node out",
                                                  "domain out", "derated", "slow"};

static const char *ends_text(const FaultKind *kind)
{
    switch ((FaultCure)kind->cure) {
    case CURE_RESET:
        return "until the GPU is reset";
    case CURE_REBOOT:
        return "until the node is rebooted";
    case CURE_STAGES:
        return "repaired in stages";
    case CURE_TIME:
        break;
    }
    return kind->effect == EFFECT_JOB_DIES ? "at once" : "passes by itself";
}

/* "12.3 years" between two faults of one. */
static void component_print(const FaultKind *kind, const FaultRow *row)
{
    static const char *const OF[] = {
        [SCOPE_JOB] = "GPU of a job", [SCOPE_DEVICE] = "GPU", [SCOPE_NODE] = "node",
        [SCOPE_RACK] = "rack",        [SCOPE_ZONE] = "zone",  [SCOPE_NEIGHBOURS] = "row",
        [SCOPE_POOL] = "file system"};
    double years = distribution_moment(&row->gap, 1) / (365.25 * 86400000.0);
    char often[64];
    snprintf(often, sizeof often, "one a %s in %.4g years", OF[kind->scope], years);
    printf("      %-24s %-34s %s, %s%s\n", kind->name, often, EFFECTS[kind->effect],
           ends_text(kind), kind->planned ? ", planned" : "");
}

static bool preset_print(const char *name)
{
    Arena arena;
    arena_init(&arena);
    FailureDraft draft = failure_draft(&arena);
    bool good = failure_preset_add(&draft, name);
    list_row(name, failure_preset_source(name));
    for (int32_t i = 0; good && i < draft.kind_count; i++) {
        component_print(&draft.kinds[i], &draft.rows[i]);
    }
    arena_free(&arena);
    return good;
}

static void xids_print(void)
{
    for (int32_t i = 0; xid_at(i) != NULL; i++) {
        const XidRow *row = xid_at(i);
        FaultKind kind = xid_kind("", row);
        char name[32];
        bool takes = row->effect != EFFECT_DERATED; /* of nothing: it takes nothing */
        snprintf(name, sizeof name, XID_PREFIX "%" PRId32, row->xid);
        printf("  %-9s %-12s %-38s %s, %s\n", name, fault_class_name((FaultClass)row->class_of),
               row->meaning, takes ? EFFECTS[row->effect] : "nothing yet", ends_text(&kind));
    }
}

Status list_models(void)
{
    printf("without a switch\n");
    list_row("typical", "the popular requests of the workload, what a random next task looks like");
    list_row("fragmentation", "the FGD measure: idle GPU that a typical task could not use");
    list_row("contention", "max-min fair shares of storage, links and cores among what streams");
    printf("\nmodels.checkpoint: how jobs save their state; docs/checkpoints.md\n");
    printf(
        "\nmodels.failures.preset: a published fleet; docs/failures.md says what is calibrated\n");
    bool good = true;
    for (int i = 0; failure_preset_name(i) != NULL; i++) {
        good = preset_print(failure_preset_name(i)) && good;
    }
    printf("\nXids: class, meaning, what it does, what ends it (cause: xid-79; xid: 79)\n");
    xids_print();
    if (!good) {
        fputs("gpuplan: out of memory\n", stderr);
    }
    return good ? STATUS_OK : STATUS_FAILED;
}
