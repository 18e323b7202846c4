/* text_buffer.c - text that grows by doubling. */
#include "core/text_buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 1024

static bool buffer_reserve(TextBuffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity == 0 ? FIRST_BYTES : buffer->capacity;
    while (capacity < needed) {
        if (capacity > SIZE_MAX / 2) {
            return false;
        }
        capacity *= 2;
    }
    if (capacity == buffer->capacity) {
        return true;
    }
    char *text = realloc(buffer->text, capacity);
    if (text == NULL) {
        return false;
    }
    buffer->text = text;
    buffer->capacity = capacity;
    return true;
}

int text_append(const char *bytes, size_t size, void *self)
{
    TextBuffer *buffer = self;
    if (buffer->failed || size > SIZE_MAX - buffer->length - 1 ||
        !buffer_reserve(buffer, buffer->length + size + 1)) {
        buffer->failed = true;
        return -1;
    }
    if (size > 0) {
        memcpy(buffer->text + buffer->length, bytes, size);
    }
    buffer->length += size;
    buffer->text[buffer->length] = '\0';
    return 0;
}

char *text_take(TextBuffer *buffer)
{
    char *text = buffer->text;
    if (buffer->failed) {
        free(text);
        text = NULL;
    }
    *buffer = (TextBuffer){0};
    return text;
}
