/* fact.c - the fact hash: one 64-bit number that two equal runs share. */
#include "core/fact.h"

#include <endian.h>
#include <stdlib.h>
#include <xxhash.h>

#define BATCH_FACTS 128 /* 4 KiB between calls of the hash: it is fastest on long input */

/* A fact as it is hashed: little-endian, so that the hash is the same on every machine. */
typedef struct FactBytes {
    uint64_t time_ms;
    uint32_t kind, job, task, node, devices, value;
} FactBytes;

typedef struct HashState {
    XXH64_state_t *stream;
    int filled; /* facts of batch */
    FactBytes batch[BATCH_FACTS];
} HashState;

static void hash_flush(HashState *state)
{
    XXH64_update(state->stream, state->batch, (size_t)state->filled * sizeof(FactBytes));
    state->filled = 0;
}

static void hash_fact(void *self, const World *world, const Fact *fact)
{
    (void)world;
    HashState *state = self;
    state->batch[state->filled++] = (FactBytes){.time_ms = htole64((uint64_t)fact->time_ms),
                                                .kind = htole32((uint32_t)fact->kind),
                                                .job = htole32((uint32_t)fact->job),
                                                .task = htole32((uint32_t)fact->task),
                                                .node = htole32((uint32_t)fact->node),
                                                .devices = htole32(fact->devices),
                                                .value = htole32((uint32_t)fact->value)};
    if (state->filled == BATCH_FACTS) {
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
