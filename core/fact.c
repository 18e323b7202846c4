/* fact.c - the fact hash: one 64-bit number that two equal runs share. */
#include "core/fact.h"

#include <stdlib.h>
#include <xxhash.h>

#define FACT_BYTES 32
#define BATCH_FACTS 128 /* 4 KiB between calls of the hash: it is fastest on long input */

typedef struct HashState {
    XXH64_state_t *stream;
    int filled; /* bytes of batch */
    unsigned char batch[BATCH_FACTS * FACT_BYTES];
} HashState;

static unsigned char *put_u32(unsigned char *to, uint32_t value)
{
    for (int byte = 0; byte < 4; byte++) {
        to[byte] = (unsigned char)(value >> (8 * byte));
    }
    return to + 4;
}

static void hash_flush(HashState *state)
{
    XXH64_update(state->stream, state->batch, (size_t)state->filled);
    state->filled = 0;
}

/* Little-endian by construction, so that the hash is the same on every machine. */
static void hash_fact(void *self, const World *world, const Fact *fact)
{
    (void)world;
    HashState *state = self;
    unsigned char *to = state->batch + state->filled;
    to = put_u32(to, (uint32_t)((uint64_t)fact->time_ms & UINT32_MAX));
    to = put_u32(to, (uint32_t)((uint64_t)fact->time_ms >> 32));
    to = put_u32(to, (uint32_t)fact->kind);
    to = put_u32(to, (uint32_t)fact->job);
    to = put_u32(to, (uint32_t)fact->task);
    to = put_u32(to, (uint32_t)fact->node);
    to = put_u32(to, fact->devices);
    put_u32(to, (uint32_t)fact->value);
    state->filled += FACT_BYTES;
    if (state->filled == (int)sizeof state->batch) {
        hash_flush(state);
    }
}

int fact_hash_init(FactHash *hash)
{
    hash->state = NULL;
    HashState *state = malloc(sizeof *state);
    if (state == NULL) {
        return 0;
    }
    state->filled = 0;
    state->stream = XXH64_createState();
    if (state->stream == NULL || XXH64_reset(state->stream, 0) != XXH_OK) {
        XXH64_freeState(state->stream);
        free(state);
        return 0;
    }
    hash->state = state;
    return 1;
}

Observer fact_hash_observer(FactHash *hash)
{
    return (Observer){.self = hash->state, .fact = hash_fact};
}

uint64_t fact_hash_finish(FactHash *hash)
{
    HashState *state = hash->state;
    if (state == NULL) {
        return 0;
    }
    hash_flush(state);
    uint64_t digest = XXH64_digest(state->stream);
    XXH64_freeState(state->stream);
    free(state);
    hash->state = NULL;
    return digest;
}
