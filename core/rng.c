/* rng.c - the address of a draw is Philox's counter, the seed its key. */
#include "core/rng.h"

#include <Random123/philox.h>

void rng_block(DrawAddress address, uint32_t n, uint32_t out[4])
{
    philox4x32_ctr_t counter = {{n, address.entity, address.replication, address.purpose}};
    philox4x32_key_t key = {{(uint32_t)address.seed, (uint32_t)(address.seed >> 32)}};
    philox4x32_ctr_t block = philox4x32(counter, key);
    for (int i = 0; i < 4; i++) {
        out[i] = block.v[i];
    }
}

uint64_t rng_u64(DrawAddress address, uint32_t n)
{
    uint32_t word[4];
    rng_block(address, n, word);
    return (uint64_t)word[1] << 32 | word[0];
}
