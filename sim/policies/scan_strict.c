/* scan_strict.c - everybody waits behind the first job that cannot start.
 *
 * No job is ever overtaken, so none starves. The price: GPUs idle in front of a large job although
 * smaller ones behind it would fit (head-of-line blocking).
 */
#include "sim/policies/policies.h"

const ScanPolicy scan_strict = {
    .name = "strict",
    .summary = "everybody behind a job that cannot start waits",
    .behind = SCAN_BEHIND_WAITS,
};
