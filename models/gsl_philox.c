/* gsl_philox.c - Philox 4x32-10 behind GSL's generator interface. */
#include "models/gsl_philox.h"

/* GSL's own way to seed knows only a number: it is the seed of an address that nothing else uses.
 */
static void philox_seed(void *vstate, unsigned long seed)
{
    PhiloxState *state = vstate;
    *state = (PhiloxState){.address = {.seed = seed, .purpose = PURPOSE_TEST}};
}

static unsigned long philox_get(void *vstate)
{
    PhiloxState *state = vstate;
    if (state->words_left == 0) {
        rng_block(state->address, state->n++, state->word);
        state->words_left = 4;
    }
    return state->word[4 - state->words_left--];
}

static double philox_get_double(void *vstate)
{
    return (double)philox_get(vstate) / 4294967296.0; /* 2^32: in [0, 1) */
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10, addressed",
    .max = 0xffffffffUL,
    .min = 0,
    .size = sizeof(PhiloxState),
    .set = philox_seed,
    .get = philox_get,
    .get_double = philox_get_double,
};

const gsl_rng_type *const gsl_philox = &philox_type;

void gsl_philox_set(gsl_rng *rng, DrawAddress address)
{
    PhiloxState *state = rng->state;
    *state = (PhiloxState){.address = address};
}

gsl_rng gsl_philox_at(PhiloxState *state, DrawAddress address)
{
    *state = (PhiloxState){.address = address};
    return (gsl_rng){.type = gsl_philox, .state = state};
}
