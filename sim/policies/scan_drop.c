/* scan_drop.c - a job that does not fit when its turn comes is dropped for good: a loss system.
 *
 * This is what packing studies measure: how far a fleet fills, with no queue in the way. Source:
 * Weng et al., USENIX ATC 2023. Not what any production cluster does.
 */
#include "sim/policies/policies.h"

const ScanPolicy scan_drop = {
    .name = "drop",
    .summary = "a job that cannot start is dropped for good, as packing studies do",
    .behind = SCAN_BLOCKED_LEAVES,
};
