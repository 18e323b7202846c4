/* source.c - a file's text in memory: regular, not too large, UTF-8, with its lines found. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/scenario/tree.h"

/* Bytes of the line break at *at, as libyaml counts lines: LF, CR, CR LF, NEL, LS, PS. 0: none. */
static size_t break_length(const unsigned char *at, const unsigned char *end)
{
    size_t left = (size_t)(end - at);
    if (at[0] == '\r') {
        return left > 1 && at[1] == '\n' ? 2 : 1;
    }
    if (at[0] == '\n') {
        return 1;
    }
    if (left > 1 && at[0] == 0xC2 && at[1] == 0x85) {
        return 2;
    }
    return left > 2 && at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9) ? 3 : 0;
}

/* Bytes of the UTF-8 character at *at (no overlong form, no surrogate); 0: not UTF-8. */
static size_t character_length(const unsigned char *at, const unsigned char *end)
{
    if (at[0] < 0x80) {
        return 1;
    }
    size_t length = at[0] >= 0xC2 && at[0] <= 0xDF   ? 2
                    : (at[0] & 0xF0) == 0xE0         ? 3
                    : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4
                                                     : 0;
    if (length == 0 || (size_t)(end - at) < length) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool wrong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
                 (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F);
    return wrong ? 0 : length;
}

static bool lines_find(Loader *loader, SourceText *source)
{
    const unsigned char *end = (const unsigned char *)source->text + source->size;
    int32_t count = 1;
    for (const unsigned char *at = (const unsigned char *)source->text; at < end;) {
        size_t length = break_length(at, end);
        count += length > 0;
        at += length > 0 ? length : 1;
    }
    source->lines = ARENA_ARRAY(loader->arena, const char *, count);
    if (source->lines == NULL) {
        return false;
    }
    source->lines[source->line_count++] = source->text;
    for (const unsigned char *at = (const unsigned char *)source->text; at < end;) {
        size_t length = break_length(at, end);
        at += length > 0 ? length : 1;
        if (length > 0) {
            source->lines[source->line_count++] = (const char *)at;
        }
    }
    return true;
}

/* Every byte must be UTF-8 text; the first that is not is shown. */
static bool text_check(Loader *loader, const SourceText *source)
{
    const unsigned char *end = (const unsigned char *)source->text + source->size;
    int32_t line = 1;
    int32_t column = 1;
    for (const unsigned char *at = (const unsigned char *)source->text; at < end;) {
        size_t length = character_length(at, end);
        bool control = at[0] < 0x20 && at[0] != '\t' && at[0] != '\n' && at[0] != '\r';
        if (length == 0 || control) {
            Place place = {source->path, line, column, 1, NULL};
            report(loader, place, source, "utf-8", "save the file as UTF-8 text",
                   length == 0 ? "byte 0x%02X is not UTF-8" : "control character 0x%02X", at[0]);
            return false;
        }
        size_t line_end = break_length(at, end);
        line += line_end > 0;
        column = line_end > 0 ? 1 : column + 1;
        at += line_end > 0 ? line_end : length;
    }
    return true;
}

/* Takes over `text`, which ends with a NUL that size does not count. */
static SourceText *source_new(Loader *loader, const char *path, const char *text, size_t size)
{
    SourceText *source = ARENA_NEW(loader->arena, SourceText);
    const char *name = arena_strdup(loader->arena, path);
    if (source == NULL || name == NULL || text == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    *source = (SourceText){.path = name, .text = text, .size = size};
    if (size > FILE_BYTES_MAX) {
        report(loader, (Place){.file = name}, source, "limit", "put long lists into a CSV file",
               "%zu bytes; a scenario file has at most %zu", size, FILE_BYTES_MAX);
        return NULL;
    }
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* some editors' byte order mark */
        source->text += 3;
        source->size -= 3;
    }
    if (!lines_find(loader, source)) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    return source;
}

SourceText *source_from_memory(Loader *loader, const char *path, const char *text, size_t size)
{
    SourceText *source = source_new(loader, path, arena_strndup(loader->arena, text, size), size);
    return source != NULL && text_check(loader, source) ? source : NULL;
}

static char *bytes_read(Loader *loader, int file, size_t size, size_t *got)
{
    char *text = arena_alloc(loader->arena, size + 1, 1);
    *got = 0;
    while (text != NULL && *got < size) {
        ssize_t count = read(file, text + *got, size - *got);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        *got += (size_t)count;
    }
    return text;
}

/* Standard input, under the name that people give it. */
static SourceText *source_from_input(Loader *loader)
{
    size_t got = 0;
    char *text = bytes_read(loader, STDIN_FILENO, FILE_BYTES_MAX + 1, &got);
    SourceText *source = source_new(loader, "standard input", text, got);
    return source != NULL && text_check(loader, source) ? source : NULL;
}

SourceText *source_read(Loader *loader, const char *path, Place place, const SourceText *includer)
{
    if (strcmp(path, "-") == 0 && includer == NULL) {
        return source_from_input(loader);
    }
    /* Non-blocking, so that a pipe in place of a file does not hang the check that refuses it. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (file < 0 || fstat(file, &info) != 0) {
        report(loader, place, includer, "io", NULL, "cannot open %s: %s", path, strerror(errno));
        if (file >= 0) {
            close(file);
        }
        return NULL;
    }
    if (!S_ISREG(info.st_mode)) {
        report(loader, place, includer, "io", "name a scenario file", "%s is %s, not a file", path,
               S_ISDIR(info.st_mode) ? "a directory" : "a device or pipe");
        close(file);
        return NULL;
    }
    if ((uint64_t)info.st_size > FILE_BYTES_MAX) {
        report(loader, place, includer, "limit", "put long lists into a CSV file",
               "%s has %lld bytes; a scenario file has at most %zu", path, (long long)info.st_size,
               FILE_BYTES_MAX);
        close(file);
        return NULL;
    }
    size_t got = 0;
    char *text = bytes_read(loader, file, (size_t)info.st_size, &got);
    close(file);
    SourceText *source = source_new(loader, path, text, got);
    if (source == NULL) {
        return NULL;
    }
    source->is_file = true;
    source->device = (uint64_t)info.st_dev;
    source->inode = (uint64_t)info.st_ino;
    source->includer = includer;
    source->includer_line = place.line;
    return text_check(loader, source) ? source : NULL;
}
