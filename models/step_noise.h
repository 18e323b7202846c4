/* step_noise.h - how much longer the slowest of n noisy members takes than the mean one.
 *
 * A step of a synchronous gang lasts as long as its slowest member. Where the members' times
 * scatter by a coefficient of variation c about one mean, and normally, the slowest of n takes
 * 1 + c e(n) times the mean on average; e(n) is the expected largest of n standard normal deviates
 * (Harter, Expected values of normal order statistics, Biometrika 48, 1961).
 */
#ifndef MODELS_STEP_NOISE_H
#define MODELS_STEP_NOISE_H

#include <stdint.h>

#define STEP_NOISE_SIZES 32 /* gangs of 2^0 to 2^31 members */

/* slow_ppm[k]: for gangs of 2^k members, from the coefficient of variation. */
void step_noise_table(int32_t cv_ppm, int32_t slow_ppm[STEP_NOISE_SIZES]);

/* Mean over the jobs of the PAI mini-batch data of each job's mean coefficient of variation between
 * its 10 workers: 100 jobs, 82,739 iterations. */
#define STEP_NOISE_PAI_CV_PPM 397994
extern const char *const STEP_NOISE_PAI_SOURCE;

#endif
