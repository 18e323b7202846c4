/* arena.c - chunks in a list; a large request gets a chunk of its own. */
#include "core/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)16 << 10)
#define ALIGN_SMALL 16
#define ALIGN_LARGE 64

struct ArenaChunk {
    ArenaChunk *next;
    size_t used;
    size_t capacity; /* bytes after this header */
    bool alone;      /* holds one request, and never another */
};

void arena_init(Arena *arena)
{
    *arena = (Arena){0};
}

void arena_free(Arena *arena)
{
    ArenaChunk *chunk = arena->chunks;
    while (chunk != NULL) {
        ArenaChunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *arena = (Arena){0};
}

static size_t align_up(size_t value, size_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

static ArenaChunk *chunk_new(size_t capacity)
{
    if (capacity > SIZE_MAX - sizeof(ArenaChunk) - ALIGN_LARGE) {
        return NULL;
    }
    /* calloc, so that memory that is never touched is never paid for. */
    ArenaChunk *chunk = calloc(1, sizeof(ArenaChunk) + capacity + ALIGN_LARGE);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->capacity = capacity + ALIGN_LARGE;
    return chunk;
}

static void *chunk_take(ArenaChunk *chunk, size_t bytes, size_t alignment)
{
    uintptr_t data = (uintptr_t)(chunk + 1);
    size_t start = align_up(data + chunk->used, alignment) - data;
    if (start > chunk->capacity || bytes > chunk->capacity - start) {
        return NULL;
    }
    chunk->used = start + bytes;
    return (char *)(chunk + 1) + start;
}

void *arena_alloc(Arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size) {
        arena->failed = true;
        return NULL;
    }
    size_t bytes = count * size == 0 ? 1 : count * size;
    size_t alignment = bytes >= ARENA_ALIGN_LARGE ? ALIGN_LARGE : ALIGN_SMALL;
    void *memory = arena->chunks == NULL ? NULL : chunk_take(arena->chunks, bytes, alignment);
    if (memory == NULL) {
        bool alone = bytes > CHUNK_BYTES / 4;
        ArenaChunk *chunk = chunk_new(alone ? bytes : CHUNK_BYTES);
        if (chunk == NULL) {
            arena->failed = true;
            return NULL;
        }
        if (alone && arena->chunks != NULL) { /* keep filling the open chunk */
            chunk->alone = true;
            chunk->next = arena->chunks->next;
            arena->chunks->next = chunk;
        } else {
            chunk->next = arena->chunks;
            arena->chunks = chunk;
        }
        memory = chunk_take(chunk, bytes, alignment);
    }
    arena->bytes += bytes;
    return memory;
}

bool arena_give_back(Arena *arena, const void *memory)
{
    for (ArenaChunk **at = &arena->chunks; *at != NULL; at = &(*at)->next) {
        ArenaChunk *chunk = *at;
        uintptr_t begin = (uintptr_t)(chunk + 1);
        if (chunk->alone && (uintptr_t)memory >= begin &&
            (uintptr_t)memory < begin + chunk->capacity) {
            *at = chunk->next;
            free(chunk);
            return true;
        }
    }
    return false;
}

/* Behind the open chunk of `to`; only the chunks of `from` are walked, since `to` may hold those of
 * very many others. */
void arena_adopt(Arena *to, Arena *from)
{
    ArenaChunk **end = &from->chunks;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    if (to->chunks == NULL) {
        to->chunks = from->chunks;
    } else {
        *end = to->chunks->next;
        to->chunks->next = from->chunks;
    }
    to->bytes += from->bytes;
    to->failed = to->failed || from->failed;
    *from = (Arena){0};
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}
