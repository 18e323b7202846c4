/* scan_conservative.c - every job that cannot start gets a reservation, in order; a job may go
 * before others only if it delays none of them.
 *
 * Source: Mu'alem and Feitelson, IEEE TPDS 2001; Slurm's backfill scheduler within its limits
 * (depth, window, resolution). Everybody has a promise. The price: less is backfilled than with
 * EASY, and a plan costs a search for each job.
 */
#include "sim/policies/policies.h"

const ScanPolicy scan_conservative = {
    .name = "conservative",
    .summary = "every job that cannot start has a reservation; nobody may delay one",
    .behind = SCAN_EVERYBODY_RESERVES,
};
