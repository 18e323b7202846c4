/* diagnostic.h - mistakes in the input, collected so that all are shown at once.
 *
 * Each mistake names its place, what was found, what was expected and what to do. The collection
 * survives running out of memory: it then counts what it could not keep and says so.
 */
#ifndef CORE_DIAGNOSTIC_H
#define CORE_DIAGNOSTIC_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"

#if defined(__GNUC__)
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#else
#define PRINTF_LIKE(format_at, args_at)
#endif

/* A place in a file. line and column count from 1; 0 = unknown. `source` is the line's text, for
 * the caret. */
typedef struct Place {
    const char *file;
    int line;
    int column;
    int length;         /* characters to underline; at least 1 */
    const char *source; /* NULL: no excerpt */
} Place;

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

typedef struct Diagnostic {
    Severity severity;
    char *file; /* owned copies */
    char *source;
    int line, column, length;
    const char *code; /* a static word: "unknown-key", "unit", "range", "csv", "io" ... */
    char *message;
    char *help; /* NULL: none */
    int caret;  /* column within `source`, which is cut when the line is long */
} Diagnostic;

#define DIAGNOSTICS_KEPT_MAX 100 /* more are counted, not kept */

typedef struct Diagnostics {
    Diagnostic *items;
    int count; /* kept */
    int capacity;
    int error_count; /* all, kept or not */
    int warning_count;
    bool out_of_memory; /* something could not be recorded, or the caller ran out */
} Diagnostics;

void diagnostics_init(Diagnostics *all);
void diagnostics_free(Diagnostics *all);

/* Record one mistake. help may be NULL. Always returns STATUS_BAD_INPUT, so that a check can
 * `return` it. */
Status diagnostics_error(Diagnostics *all, Place place, const char *code, const char *help,
                         const char *format, ...) PRINTF_LIKE(5, 6);
void diagnostics_warning(Diagnostics *all, Place place, const char *code, const char *help,
                         const char *format, ...) PRINTF_LIKE(5, 6);

/* Note that memory ran out; returns STATUS_FAILED. */
Status diagnostics_no_memory(Diagnostics *all);

/* Records what another thread's own has, its warnings where they are wanted. */
void diagnostics_take(Diagnostics *all, const Diagnostics *from, bool warnings);

/* Of items [from, count) that say the same about the same place, the first stays: one file that is
 * read for several purposes has its mistakes once. */
void diagnostics_drop_repeats(Diagnostics *all, int from);

/* Writes every item as `file:line:column: error[code]: message`, the source line with carets,
 * `help: ...`. */
void diagnostics_print(const Diagnostics *all, FILE *stream, bool colour);

/* STATUS_OK, STATUS_BAD_INPUT if there are errors, STATUS_FAILED if memory ran out. */
Status diagnostics_status(const Diagnostics *all);

/* The candidate nearest to `word` by edit distance, or NULL if none is near enough to be a likely
 * typo. */
const char *nearest_name(const char *word, const char *const *candidates, int candidate_count);

#endif
