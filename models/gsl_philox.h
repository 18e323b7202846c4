/* gsl_philox.h - addressed random numbers as a GSL generator, so that GSL's shuffles and distributions apply.
 *
 * The generator is set to a draw's address and then yields the 32-bit words of blocks n = 0, 1, 2, ... of it.
 */
#ifndef MODELS_GSL_PHILOX_H
#define MODELS_GSL_PHILOX_H

#include <gsl/gsl_rng.h>

#include "core/rng.h"

extern const gsl_rng_type *const gsl_philox;

/* rng must be of type gsl_philox. */
void gsl_philox_set(gsl_rng *rng, DrawAddress address);

#endif
