/* intern.c - open addressing with linear probing; it only ever grows. */
#include "core/intern.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 64u
#define CAPACITY_MAX (1u << 31)

void intern_init(Intern *table)
{
    *table = (Intern){0};
}

void intern_free(Intern *table)
{
    free(table->slots);
    *table = (Intern){0};
}

int32_t intern_find(const Intern *table, uint64_t hash, InternSame *same, const void *context)
{
    if (table->capacity == 0) {
        return -1;
    }
    uint32_t short_hash = (uint32_t)(hash >> 32);
    for (uint32_t at = short_hash & (table->capacity - 1);; at = (at + 1) & (table->capacity - 1)) {
        const InternSlot *slot = &table->slots[at];
        if (slot->id < 0) {
            return -1;
        }
        if (slot->hash == short_hash && same(context, slot->id)) {
            return slot->id;
        }
    }
}

static void slot_put(InternSlot *slots, uint32_t capacity, InternSlot entry)
{
    uint32_t at = entry.hash & (capacity - 1);
    while (slots[at].id >= 0) {
        at = (at + 1) & (capacity - 1);
    }
    slots[at] = entry;
}

static bool intern_grow(Intern *table)
{
    if (table->capacity >= CAPACITY_MAX) {
        return false;
    }
    uint32_t capacity = table->capacity == 0 ? CAPACITY_FIRST : table->capacity * 2;
    InternSlot *slots = malloc(capacity * sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    memset(slots, 0xff, capacity * sizeof *slots); /* every id -1 */
    for (uint32_t at = 0; at < table->capacity; at++) {
        if (table->slots[at].id >= 0) {
            slot_put(slots, capacity, table->slots[at]);
        }
    }
    free(table->slots);
    table->slots = slots;
    table->capacity = capacity;
    return true;
}

bool intern_add(Intern *table, uint64_t hash, int32_t id)
{
    if (table->used >= table->capacity / 2 && !intern_grow(table)) {
        return false;
    }
    slot_put(table->slots, table->capacity, (InternSlot){(uint32_t)(hash >> 32), id});
    table->used++;
    return true;
}

uint64_t intern_text(uint64_t hash, const char *text, size_t length)
{
    uint64_t mixed = intern_mix(hash, length);
    while (length > 0) {
        uint64_t word = 0;
        size_t take = length < sizeof word ? length : sizeof word;
        memcpy(&word, text, take);
        mixed = intern_mix(mixed, word);
        text += take;
        length -= take;
    }
    return mixed;
}
