/* text_buffer.h - text that grows at its end and remembers if memory ran out.
 *
 * For writers that hand out their text in pieces and may overlook that a piece was refused: the
 * failure sticks.
 */
#ifndef CORE_TEXT_BUFFER_H
#define CORE_TEXT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct TextBuffer {
    char *text; /* ends with a NUL; NULL while empty */
    size_t length;
    size_t capacity;
    bool failed;
} TextBuffer;

/* Appends bytes. 0, or -1 if memory ran out, now or before. `buffer` is a TextBuffer (zeroed at
 * first). */
int text_append(const char *bytes, size_t size, void *buffer);

/* The text, to be freed by the caller; NULL if memory ran out at any time. The buffer is empty
 * then. */
char *text_take(TextBuffer *buffer);

#endif
