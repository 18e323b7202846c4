/* scan_easy.c - the first job that cannot start gets a reservation; others may go before it if they
 * do not delay it (EASY, aggressive backfilling).
 *
 * Source: Lifka, JSSPP 1995; Mu'alem and Feitelson, IEEE TPDS 2001. Free GPUs find work and the
 * head never starves. The price: jobs behind the head have no promise, and it needs believed run
 * times.
 */
#include "sim/policies/policies.h"

const ScanPolicy scan_easy = {
    .name = "easy",
    .summary = "the first job that cannot start has a reservation; others may not delay it",
    .behind = SCAN_HEAD_RESERVES,
};
