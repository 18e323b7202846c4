/* presets.c - named schedulers: one row fills every slot. A preset that needs an if needs a slot
 * option instead. */
#include <stddef.h>

#include "sim/policies/registry.h"

static const Preset FIFO = {
    .name = "fifo",
    .summary = "first come first served, strictly; the first node that fits",
    .fidelity = "A plain reference scheduler, no product's. Head-of-line blocking is on purpose.",
    .order = "fifo",
    .admit = "none",
    .scan = "strict",
    .pack = "first-fit",
    .evict = "none",
    .ties = "index",
};

static const Preset OPENB_STUDY = {
    .name = "openb-study",
    .summary = "the published packing study: arrivals fill the fleet, what does not fit is dropped",
    .fidelity = "Weng et al., USENIX ATC 2023, as its simulator computes it: tasks stay, nothing "
                "is queued, retried or moved. Ties go to a rank drawn once a replication; the "
                "published ranks are recorded: ties: {ranks: FILE}.",
    .order = "fifo",
    .admit = "none",
    .scan = "drop",
    .pack = "fgd",
    .evict = "none",
    .ties = "random",
};

const Preset *const PRESETS[] = {&FIFO, &OPENB_STUDY, NULL};
