/* power.h - what a GPU draws, with its part of its node, by what the ledger says it does.
 *
 * How much of its time a GPU computes is the middle of what a device counter would show for the
 * account (account_visibility, core/ledger.h): all of productive, lost, slow_device and straggler,
 * half of io_stall and hung, nothing else.
 *
 *     GPU, held by a job:  held + computes x (busy x max - held)
 *     GPU, free or out:    idle
 *     its node besides:    (idle + computes x (max - idle)) / GPUs
 *
 * Free, drained, spare, down and provisioning GPUs stay powered; `off_when_down`: nodes that are
 * out of service draw nothing. Table and sources: docs/costs.md.
 */
#ifndef MODELS_POWER_H
#define MODELS_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"

typedef struct MachinePower {
    int64_t gpu_idle_mw;
    int64_t gpu_held_mw; /* a context is loaded, nothing runs */
    int64_t gpu_max_mw;
    int64_t busy_ppm; /* of gpu_max_mw, while it computes */
    int64_t node_idle_mw;
    int64_t node_max_mw; /* the node without its GPUs */
    int32_t gpu_count;   /* above 0 */
    bool off_when_down;
} MachinePower;

/* Milliwatts of one GPU and its part of the node, rounded to the nearest. */
int64_t power_of_account(const MachinePower *machine, Account account);

/* How much of its time a GPU computes that is in this account, in ppm. */
int32_t power_computes_ppm(Account account);

#endif
