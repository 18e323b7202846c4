/* sharing.h - how fast tasks run that share a card on which shares are not enforced. */
#ifndef MODELS_SHARING_H
#define MODELS_SHARING_H

#include <stdint.h>

/* Speed in ppm of each of `tenants` tasks that run on one card and would keep it busy for
 * utilisation_ppm in sum if each were alone: min(1, 1 / sum) x (1 - overhead), the overhead only
 * where there is company. Time slicing hands out a card's time in turns, so whoever wants less than
 * its turn leaves the rest to the others. */
int32_t sharing_rate_ppm(int64_t utilisation_ppm, int32_t tenants, int32_t overhead_ppm);

#endif
