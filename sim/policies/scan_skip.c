/* scan_skip.c - a job that cannot start is passed over, as in the default Kubernetes scheduler.
 *
 * Free GPUs find work. The price: a stream of small jobs can keep a large one waiting for ever.
 */
#include "sim/policies/policies.h"

const ScanPolicy scan_skip = {
    .name = "skip",
    .summary = "a job that cannot start is passed over and tried again later",
    .behind = SCAN_BEHIND_TRIES,
};
