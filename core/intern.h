/* intern.h - numbers distinct things: a hash table of ids; the things stay with the caller. */
#ifndef CORE_INTERN_H
#define CORE_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct InternSlot {
    uint32_t hash;
    int32_t id; /* -1: empty */
} InternSlot;

typedef struct Intern {
    InternSlot *slots; /* [capacity] a power of two, at most half full */
    uint32_t capacity;
    uint32_t used;
} Intern;

void intern_init(Intern *table);
void intern_free(Intern *table);

/* Is the thing with this id the one that `context` describes? */
typedef bool InternSame(const void *context, int32_t id);

/* The id of an equal thing, or -1. */
int32_t intern_find(const Intern *table, uint64_t hash, InternSame *same, const void *context);

/* Adds a thing that intern_find did not find. False if memory ran out. */
bool intern_add(Intern *table, uint64_t hash, int32_t id);

/* Hashes are built word by word, from any start. A multiplication spreads upwards, the shift brings
 * the high bits back down. */
static inline uint64_t intern_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}
uint64_t intern_text(uint64_t hash, const char *text, size_t length);

#endif
