/* gsl_philox.h - addressed random numbers as a GSL generator, so that GSL's shuffles and
 * distributions apply.
 *
 * The generator is set to a draw's address and then yields the 32-bit words of blocks n = 0, 1, 2,
 * ... of it.
 */
#ifndef MODELS_GSL_PHILOX_H
#define MODELS_GSL_PHILOX_H

#include <gsl/gsl_rng.h>

#include "core/rng.h"

typedef struct PhiloxState {
    DrawAddress address;
    uint32_t n;          /* next block */
    uint32_t words_left; /* of the current one */
    uint32_t word[4];
} PhiloxState;

extern const gsl_rng_type *const gsl_philox;

/* rng must be of type gsl_philox. */
void gsl_philox_set(gsl_rng *rng, DrawAddress address);

/* A generator on the caller's stack, set to an address. (gsl_rng_alloc ends the program when memory
 * runs out.) */
gsl_rng gsl_philox_at(PhiloxState *state, DrawAddress address);

#endif
