/* arena.h - memory that is given back all at once.
 *
 * Everything that a loaded scenario, a drawn workload or a world needs lives in an arena, so a
 * failure half-way has one thing to free. Allocation returns NULL when memory runs out and stays
 * harmless after that.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct Arena {
    ArenaChunk *chunks;
    size_t bytes; /* handed out, for reports */
    bool failed;  /* some allocation returned NULL */
} Arena;

void arena_init(Arena *arena);
void arena_free(Arena *arena);

/* Zeroed, aligned to 64 bytes from ARENA_ALIGN_LARGE bytes on, else to 16. NULL if memory ran out
 * or count x size overflows. A request of 0 bytes returns a valid pointer. */
void *arena_alloc(Arena *arena, size_t count, size_t size);
#define ARENA_ALIGN_LARGE 1024

/* Moves all memory of `from`, which ends up empty, into `to`: what a thread made becomes part of
 * the whole. */
void arena_adopt(Arena *to, Arena *from);

/* Gives back one large request alone. False: it has no memory of its own in this arena, and stays as
 * long as the arena does. */
bool arena_give_back(Arena *arena, const void *memory);

char *arena_strdup(Arena *arena, const char *text);
char *arena_strndup(Arena *arena, const char *text, size_t length);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc((arena), 1, sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count)                                                            \
    ((Type *)arena_alloc((arena), (size_t)(count), sizeof(Type)))

#endif
