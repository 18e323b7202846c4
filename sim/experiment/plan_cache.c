/* plan_cache.c - runs by what they are of, in a table with open addressing. */
#include "sim/experiment/plan_cache.h"

#include <stdlib.h>
#include <string.h>

void plan_cache_init(PlanCache *cache, int32_t value_count)
{
    *cache = (PlanCache){.value_count = value_count};
}

void plan_cache_free(PlanCache *cache)
{
    free(cache->keys);
    free(cache->values);
    free(cache->slots);
    plan_cache_init(cache, cache->value_count);
}

/* FNV-1a over the words of the key. */
static uint64_t key_hash(const PlanKey *key)
{
    const uint8_t *bytes = (const uint8_t *)key;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < sizeof *key; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    }
    return hash ^ hash >> 32;
}

/* The slot of the key, or the empty one where it belongs. */
static int32_t slot_of(const PlanCache *cache, const PlanKey *key)
{
    uint64_t mask = (uint64_t)cache->slot_count - 1;
    uint64_t slot = key_hash(key) & mask;
    while (cache->slots[slot] != 0 &&
           memcmp(&cache->keys[cache->slots[slot] - 1], key, sizeof *key) != 0) {
        slot = (slot + 1) & mask;
    }
    return (int32_t)slot;
}

const double *plan_cache_find(const PlanCache *cache, const PlanKey *key)
{
    if (cache->count == 0) {
        return NULL;
    }
    int32_t entry = cache->slots[slot_of(cache, key)];
    return entry > 0 ? &cache->values[(int64_t)(entry - 1) * cache->value_count] : NULL;
}

static bool cache_grow(PlanCache *cache)
{
    if (cache->capacity > INT32_MAX / 8) {
        return false;
    }
    int32_t capacity = cache->capacity < 256 ? 256 : 2 * cache->capacity;
    PlanKey *keys = realloc(cache->keys, (size_t)capacity * sizeof *keys);
    cache->keys = keys != NULL ? keys : cache->keys;
    double *values =
        realloc(cache->values, (size_t)capacity * (size_t)cache->value_count * sizeof *values);
    cache->values = values != NULL ? values : cache->values;
    int32_t *slots = calloc((size_t)capacity * 2, sizeof *slots);
    if (keys == NULL || values == NULL || slots == NULL) {
        free(slots);
        return false;
    }
    free(cache->slots);
    cache->slots = slots;
    cache->slot_count = capacity * 2;
    cache->capacity = capacity;
    for (int32_t i = 0; i < cache->count; i++) {
        cache->slots[slot_of(cache, &cache->keys[i])] = i + 1;
    }
    return true;
}

bool plan_cache_add(PlanCache *cache, const PlanKey *key, const double *values)
{
    if (plan_cache_find(cache, key) != NULL) {
        return true;
    }
    if (cache->count == cache->capacity && !cache_grow(cache)) {
        return false;
    }
    cache->keys[cache->count] = *key;
    memcpy(&cache->values[(int64_t)cache->count * cache->value_count], values,
           (size_t)cache->value_count * sizeof *values);
    cache->slots[slot_of(cache, key)] = ++cache->count;
    return true;
}
