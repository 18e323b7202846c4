/* diagnostic.c - mistakes collected, printed with their place, and the nearest name for a typo. */
#include "core/diagnostic.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define EXCERPT_BYTES_MAX 160 /* a longer line is cut around the mistake */
#define NAME_BYTES_MAX 64     /* longer words are nobody's typo */

void diagnostics_init(Diagnostics *all)
{
    *all = (Diagnostics){0};
}

static void diagnostic_free(Diagnostic *item)
{
    free(item->file);
    free(item->source);
    free(item->message);
    free(item->help);
}

void diagnostics_free(Diagnostics *all)
{
    for (int i = 0; i < all->count; i++) {
        diagnostic_free(&all->items[i]);
    }
    free(all->items);
    *all = (Diagnostics){0};
}

/* NULL stays NULL; false if memory ran out. */
static bool copy_text(const char *text, char **copy)
{
    *copy = text == NULL ? NULL : strdup(text);
    return text == NULL || *copy != NULL;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Copies the line, cut around the column when it is long; *column then counts within the excerpt.
 */
static bool copy_excerpt(const char *source, int *column, char **excerpt)
{
    size_t length = source == NULL ? 0 : strcspn(source, "\r\n");
    if (source == NULL) {
        *excerpt = NULL;
        return true;
    }
    size_t at = 0;
    for (int seen = 1; at < length && seen < *column; seen++) {
        at++;
        while (at < length && is_continuation(source[at])) {
            at++;
        }
    }
    size_t begin =
        length > EXCERPT_BYTES_MAX && at > EXCERPT_BYTES_MAX / 2 ? at - EXCERPT_BYTES_MAX / 2 : 0;
    while (begin > 0 && is_continuation(source[begin])) {
        begin--;
    }
    size_t end = length - begin > EXCERPT_BYTES_MAX ? begin + EXCERPT_BYTES_MAX : length;
    while (end < length && end > begin && is_continuation(source[end])) {
        end--;
    }
    for (size_t i = 0; i < begin; i++) {
        *column -= !is_continuation(source[i]);
    }
    *excerpt = strndup(source + begin, end - begin);
    return *excerpt != NULL;
}

static Diagnostic *diagnostics_room(Diagnostics *all)
{
    if (all->count == DIAGNOSTICS_KEPT_MAX) {
        return NULL;
    }
    if (all->count == all->capacity) {
        int capacity = all->capacity == 0 ? 8 : all->capacity * 2;
        Diagnostic *items = realloc(all->items, (size_t)capacity * sizeof(*items));
        if (items == NULL) {
            all->out_of_memory = true;
            return NULL;
        }
        all->items = items;
        all->capacity = capacity;
    }
    return &all->items[all->count];
}

static void diagnostics_add(Diagnostics *all, Severity severity, Place place, const char *code,
                            const char *help, const char *format, va_list args)
{
    if (severity == SEVERITY_ERROR) {
        all->error_count++;
    } else {
        all->warning_count++;
    }
    Diagnostic *room = diagnostics_room(all);
    if (room == NULL) {
        return;
    }
    Diagnostic item = {
        .severity = severity, .line = place.line, .column = place.column, .code = code};
    item.length = place.length < 1 ? 1 : place.length;
    int shown = place.column;
    bool kept = copy_text(place.file, &item.file) && copy_text(help, &item.help) &&
                copy_excerpt(place.source, &shown, &item.source);
    if (kept && vasprintf(&item.message, format, args) < 0) {
        item.message = NULL;
        kept = false;
    }
    item.caret = shown;
    if (!kept) {
        diagnostic_free(&item);
        all->out_of_memory = true;
        return;
    }
    *room = item;
    all->count++;
}

Status diagnostics_error(Diagnostics *all, Place place, const char *code, const char *help,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diagnostics_add(all, SEVERITY_ERROR, place, code, help, format, args);
    va_end(args);
    return STATUS_BAD_INPUT;
}

void diagnostics_warning(Diagnostics *all, Place place, const char *code, const char *help,
                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diagnostics_add(all, SEVERITY_WARNING, place, code, help, format, args);
    va_end(args);
}

Status diagnostics_no_memory(Diagnostics *all)
{
    all->out_of_memory = true;
    return STATUS_FAILED;
}

void diagnostics_take(Diagnostics *all, const Diagnostics *from, bool warnings)
{
    for (int i = 0; i < from->count; i++) {
        const Diagnostic *item = &from->items[i];
        Place place = {item->file, item->line, item->column, item->length, item->source};
        if (item->severity == SEVERITY_ERROR) {
            diagnostics_error(all, place, item->code, item->help, "%s", item->message);
        } else if (warnings) {
            diagnostics_warning(all, place, item->code, item->help, "%s", item->message);
        }
    }
    if (from->out_of_memory) {
        diagnostics_no_memory(all);
    }
}

static bool says_the_same(const Diagnostic *a, const Diagnostic *b)
{
    bool same_file =
        a->file == b->file || (a->file != NULL && b->file != NULL && strcmp(a->file, b->file) == 0);
    return same_file && a->line == b->line && a->column == b->column &&
           a->severity == b->severity && strcmp(a->message, b->message) == 0;
}

void diagnostics_drop_repeats(Diagnostics *all, int from)
{
    int kept = from;
    for (int i = from; i < all->count; i++) {
        int twin = from;
        while (twin < kept && !says_the_same(&all->items[twin], &all->items[i])) {
            twin++;
        }
        if (twin == kept) {
            all->items[kept++] = all->items[i];
            continue;
        }
        *(all->items[i].severity == SEVERITY_ERROR ? &all->error_count : &all->warning_count) -= 1;
        diagnostic_free(&all->items[i]);
    }
    all->count = kept;
}

static void print_bytes(FILE *stream, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        /* Bytes that could drive the terminal are shown, not obeyed; a tab keeps the caret's
         * column. */
        fputc(*at == '\t' ? ' ' : *at < 0x20 || *at == 0x7F ? '?' : *at, stream);
    }
}

static void print_caret(const Diagnostic *item, FILE *stream, bool colour)
{
    int width = 0;
    for (const char *at = item->source; *at != '\0'; at++) {
        width += !is_continuation(*at);
    }
    int column = item->caret < 1 ? 1 : item->caret;
    int length = item->length;
    if (column > width + 1) {
        column = width + 1;
    }
    if (length > width - column + 1) {
        length = width - column + 1 < 1 ? 1 : width - column + 1;
    }
    fputs("  ", stream);
    print_bytes(stream, item->source);
    fprintf(stream, "\n  %*s%s", column - 1, "", colour ? "\033[32m" : "");
    for (int i = 0; i < length; i++) {
        fputc('^', stream);
    }
    fputs(colour ? "\033[0m\n" : "\n", stream);
}

static void print_item(const Diagnostic *item, FILE *stream, bool colour)
{
    bool is_error = item->severity == SEVERITY_ERROR;
    if (item->file != NULL) {
        print_bytes(stream, item->file);
        if (item->line > 0) {
            fprintf(stream, ":%d", item->line);
        }
        if (item->line > 0 && item->column > 0) {
            fprintf(stream, ":%d", item->column);
        }
        fputs(": ", stream);
    }
    const char *tint = !colour ? "" : is_error ? "\033[1;31m" : "\033[1;33m";
    fprintf(stream, "%s%s[%s]%s: ", tint, is_error ? "error" : "warning", item->code,
            colour ? "\033[0m" : "");
    print_bytes(stream, item->message);
    fputc('\n', stream);
    if (item->source != NULL && item->line > 0 && item->column > 0) {
        print_caret(item, stream, colour);
    }
    if (item->help != NULL) {
        fputs("  help: ", stream);
        print_bytes(stream, item->help);
        fputc('\n', stream);
    }
}

void diagnostics_print(const Diagnostics *all, FILE *stream, bool colour)
{
    for (int i = 0; i < all->count; i++) {
        print_item(&all->items[i], stream, colour);
    }
    int unkept = all->error_count + all->warning_count - all->count;
    if (unkept > 0) {
        fprintf(stream, "... and %d more not shown\n", unkept);
    }
    if (all->out_of_memory) {
        fputs("error[memory]: out of memory\n", stream);
    }
}

Status diagnostics_status(const Diagnostics *all)
{
    if (all->out_of_memory) {
        return STATUS_FAILED;
    }
    return all->error_count > 0 ? STATUS_BAD_INPUT : STATUS_OK;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static char fold(char letter)
{
    if (letter >= 'A' && letter <= 'Z') {
        return (char)(letter - 'A' + 'a');
    }
    return letter == '-' ? '_' : letter; /* a-b for a_b is the commonest slip of all */
}

/* Edits that turn a into b; two neighbours swapped count as one. Both at most NAME_BYTES_MAX bytes.
 */
static int edit_distance(const char *a, int a_length, const char *b, int b_length)
{
    int rows[3][NAME_BYTES_MAX + 1];
    for (int j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (int i = 1; i <= a_length; i++) {
        int *row = rows[i % 3];
        const int *above = rows[(i + 2) % 3];
        const int *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= b_length; j++) {
            int same = fold(a[i - 1]) == fold(b[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1])) {
                row[j] = least(row[j], above2[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

const char *nearest_name(const char *word, const char *const *candidates, int candidate_count)
{
    size_t length = strlen(word);
    if (length == 0 || length > NAME_BYTES_MAX) {
        return NULL;
    }
    const char *best = NULL;
    int best_distance = length <= 2 ? 1 : (int)(length + 2) / 3; /* up to a third may be wrong */
    for (int i = 0; i < candidate_count; i++) {
        size_t other = candidates[i] == NULL ? 0 : strlen(candidates[i]);
        if (other == 0 || other > NAME_BYTES_MAX) {
            continue;
        }
        int distance = edit_distance(word, (int)length, candidates[i], (int)other);
        if (distance < best_distance || (best == NULL && distance == best_distance)) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}
