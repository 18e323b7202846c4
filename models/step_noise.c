/* step_noise.c - expected maxima of normal deviates. */
#include "models/step_noise.h"

#define PPM 1000000

const char *const STEP_NOISE_PAI_SOURCE =
    "Alibaba PAI 2020, time of mini-batches of 10 workers that share GPUs (Weng et al. 2022)";

/* e(2^k) x 10^6: the integral of x n phi(x) Phi(x)^(n - 1). */
static const int32_t LARGEST[STEP_NOISE_SIZES] = {
    0,       564190,  1029375, 1423600, 1765991, 2069669, 2343733, 2594597,
    2826863, 3043903, 3248240, 3441799, 3626082, 3802279, 3971351, 4134083,
    4291129, 4443039, 4590278, 4733248, 4872294, 5007719, 5139788, 5268736,
    5394773, 5518083, 5638835, 5757180, 5873255, 5987183, 6099080, 6209048};

void step_noise_table(int32_t cv_ppm, int32_t slow_ppm[STEP_NOISE_SIZES])
{
    for (int k = 0; k < STEP_NOISE_SIZES; k++) {
        slow_ppm[k] = (int32_t)((int64_t)cv_ppm * LARGEST[k] / PPM);
    }
}
