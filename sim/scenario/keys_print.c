/* keys_print.c - the key table as people read it: all keys in a table, or one with everything about
 * it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/diagnostic.h"
#include "sim/scenario/keys.h"

#define PATH_BYTES 200
#define OBJECTS_DEEP_MAX 12

/* ---- walking ---- */

/* Called for every row, a map's own row before those inside it. */
typedef void VisitRow(void *context, const char *path, const KeyRow *row);

static void rows_walk(const KeyObject *object, const char *prefix, int depth, VisitRow *visit,
                      void *context)
{
    for (const KeyRow *row = object->rows; row->name != NULL; row++) {
        char path[PATH_BYTES];
        if (snprintf(path, sizeof(path), "%s%s", prefix, row->name) >= (int)sizeof(path)) {
            continue; /* names are ours and short: a test prints them all */
        }
        visit(context, path, row);
        if (row->object != NULL && depth < OBJECTS_DEEP_MAX) {
            char inside[PATH_BYTES + 4];
            snprintf(inside, sizeof(inside), "%s%s", path, row->kind == KEY_OBJECT ? "." : ".*.");
            rows_walk(row->object, inside, depth + 1, visit, context);
        }
    }
}

/* Behind a key that is not there yet, nothing is: whole branches have one status. */
static const char *default_text(const KeyRow *row)
{
    if (row->status == KEY_NOT_YET) {
        return "";
    }
    if (row->required) {
        return "required";
    }
    if (row->fallback != NULL) {
        return row->fallback[0] == '\0' ? "\"\"" : row->fallback;
    }
    return row->absent == NULL ? "" : row->absent;
}

/* ---- one line a key ---- */

typedef struct TableContext {
    FILE *stream;
    KeyStatus wanted;
} TableContext;

static void print_line(void *context, const char *path, const KeyRow *row)
{
    const TableContext *table = context;
    if (row->status == table->wanted) {
        fprintf(table->stream, "%-44s %-16s %-20s %s\n", path, key_type(row), default_text(row),
                row->summary);
    }
}

static void print_cell(FILE *stream, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '|' || *at == '*') {
            fputc('\\', stream);
        }
        fputc(*at, stream);
    }
}

static void print_markdown_line(void *context, const char *path, const KeyRow *row)
{
    const TableContext *table = context;
    char bounds[96];
    if (row->status != table->wanted) {
        return;
    }
    fprintf(table->stream, "| `%s` | %s | ", path, key_type(row));
    if (table->wanted == KEY_READY) {
        print_cell(table->stream, key_bounds(row, bounds, sizeof(bounds)));
        fputs(" | ", table->stream);
        print_cell(table->stream, default_text(row));
        fputs(" | ", table->stream);
    }
    print_cell(table->stream, row->summary);
    fprintf(table->stream, " | `%s` |\n", row->example);
}

static void print_markdown(FILE *stream)
{
    TableContext ready = {stream, KEY_READY};
    TableContext later = {stream, KEY_NOT_YET};
    fputs("# Every key of a scenario\n\n"
          "Made by `gpuplan keys --format markdown` from the key table; do not edit. How the "
          "language works: "
          "[scenario.md](scenario.md).\n`*` stands for a name: of a node type, an entry's `name`, "
          "a job's `id`, a "
          "term; or for a position from 0.\n\n"
          "| key | type | bounds | default | meaning | example |\n| --- | --- | --- | --- | --- | "
          "--- |\n",
          stream);
    rows_walk(&KEYS_SCENARIO, "", 0, print_markdown_line, &ready);
    fputs("\n## Not there yet\n\nThese have a name and a meaning, and no code: they are refused, "
          "never ignored.\n\n"
          "| key | type | meaning | example |\n| --- | --- | --- | --- |\n",
          stream);
    rows_walk(&KEYS_SCENARIO, "", 0, print_markdown_line, &later);
}

void keys_print_all(FILE *stream, KeysFormat format)
{
    if (format == KEYS_MARKDOWN) {
        print_markdown(stream);
        return;
    }
    TableContext ready = {stream, KEY_READY};
    TableContext later = {stream, KEY_NOT_YET};
    fprintf(stream, "%-44s %-16s %-20s %s\n", "KEY", "TYPE", "DEFAULT", "MEANING");
    rows_walk(&KEYS_SCENARIO, "", 0, print_line, &ready);
    fputs("\nNot there yet (refused, never ignored)\n", stream);
    rows_walk(&KEYS_SCENARIO, "", 0, print_line, &later);
    fputs("\n* stands for a name or a position from 0. `gpuplan keys KEY` says more about one.\n",
          stream);
}

/* ---- one key ---- */

/* The row at the end of a path; names in it may be any. NULL: *wrong is the part that is no key,
 * *among its object. */
static const KeyRow *row_at(const char *path, char wrong[PATH_BYTES], const KeyObject **among)
{
    const KeyObject *object = &KEYS_SCENARIO;
    const KeyRow *row = NULL;
    bool name_due = false; /* a row of named objects came: a name may follow */
    for (const char *at = path; *at != '\0';) {
        size_t length = strcspn(at, ".");
        snprintf(wrong, PATH_BYTES, "%.*s", (int)(length < PATH_BYTES ? length : PATH_BYTES - 1),
                 at);
        at += length + (at[length] == '.');
        const KeyRow *next = object == NULL ? NULL : key_row(object, wrong);
        /* In a list or map of objects a name comes first; who leaves it out is understood all the
         * same. */
        if (name_due && (next == NULL || (*at != '\0' && key_row(object, wrong)->object == NULL))) {
            name_due = false;
            continue;
        }
        *among = object;
        if (next == NULL) {
            return NULL;
        }
        row = next;
        object = row->object;
        name_due = row->kind == KEY_OBJECT_MAP || row->kind == KEY_OBJECT_LIST;
    }
    return row;
}

static void print_choices(FILE *stream, const KeyRow *row)
{
    if (key_choice(row, 0) == NULL) {
        return;
    }
    fputs("  one of    ", stream);
    const char *name;
    for (int i = 0; (name = key_choice(row, i)) != NULL; i++) {
        fprintf(stream, "%s%s", i > 0 ? ", " : "", name);
    }
    fputc('\n', stream);
    for (int i = 0; row->later != NULL && row->later[i] != NULL; i++) {
        fprintf(stream, "%s%s", i > 0 ? ", " : "  later     ", row->later[i]);
    }
    fputs(row->later != NULL ? "\n" : "", stream);
}

static void print_row(FILE *stream, const char *path, const KeyRow *row)
{
    char bounds[96];
    key_bounds(row, bounds, sizeof(bounds));
    fprintf(stream, "%s\n  %s\n", path, row->summary);
    if (row->status == KEY_NOT_YET) {
        fputs("  not there yet: refused, never ignored\n", stream);
    }
    fprintf(stream, "  type      %s%s%s\n", key_type(row), bounds[0] == '\0' ? "" : ", ", bounds);
    print_choices(stream, row);
    for (int i = 0; row->rules != NULL && row->rules[i] != NULL; i++) {
        fprintf(stream, "%s%s", i > 0 ? ", " : "  only for  ", row->rules[i]);
    }
    fputs(row->rules != NULL ? "\n" : "", stream);
    if (default_text(row)[0] != '\0') {
        fprintf(stream, "  default   %s\n", default_text(row));
    }
    fprintf(stream, "  example   %s: %s\n", row->name, row->example);
    if (row->object != NULL && key_shorthand(row->object) != NULL) {
        fprintf(stream, "  short     a single value means {%s: value}\n",
                key_shorthand(row->object)->name);
    }
    if (row->object != NULL) {
        fprintf(stream, "\n  keys of %s\n", row->object->name);
        for (const KeyRow *inside = row->object->rows; inside->name != NULL; inside++) {
            fprintf(stream, "    %-20s %-16s %s%s\n", inside->name, key_type(inside),
                    inside->summary, inside->status == KEY_NOT_YET ? " (not there yet)" : "");
        }
    }
}

/* Is `wanted` the end of the path? Parts that are a name (*) may be left out: jobs.gpu_milli. */
static bool path_ends_with(const char *path, const char *wanted)
{
    const char *at = path + strlen(path);
    const char *want = wanted + strlen(wanted);
    while (at > path && want > wanted) {
        if (at - path >= 2 && at[-1] == '.' && at[-2] == '*' && want[-1] != '*') {
            at -= 2;
            continue;
        }
        if (*--at != *--want) {
            return false;
        }
    }
    return want == wanted && (at == path || at[-1] == '.');
}

typedef struct EndContext {
    FILE *stream; /* NULL: only count */
    const char *wanted;
    int count;
    char path[PATH_BYTES]; /* of the first */
    const KeyRow *row;
} EndContext;

static void take_end(void *context, const char *path, const KeyRow *row)
{
    EndContext *end = context;
    if (!path_ends_with(path, end->wanted)) {
        return;
    }
    if (end->stream != NULL) {
        TableContext any = {end->stream, row->status};
        print_line(&any, path, row);
    } else if (end->count++ == 0) {
        snprintf(end->path, sizeof(end->path), "%s", path);
        end->row = row;
    }
}

/* The keys whose paths end like this: one in full, several in a line each. False: none. */
static bool print_ends(FILE *stream, const char *wanted)
{
    EndContext end = {.wanted = wanted};
    rows_walk(&KEYS_SCENARIO, "", 0, take_end, &end);
    if (wanted[0] == '\0' || end.count == 0) {
        return false;
    }
    if (end.count == 1) {
        print_row(stream, end.path, end.row);
        return true;
    }
    end.stream = stream;
    rows_walk(&KEYS_SCENARIO, "", 0, take_end, &end);
    return true;
}

Status keys_print_one(FILE *stream, FILE *errors, const char *path)
{
    char wrong[PATH_BYTES] = "";
    const KeyObject *among = &KEYS_SCENARIO;
    const KeyRow *row = row_at(path, wrong, &among);
    if (row == NULL && print_ends(stream, path)) {
        return STATUS_OK;
    }
    if (row == NULL) {
        const char *nearest = among == NULL ? NULL : key_nearest(among, wrong);
        fprintf(errors, "gpuplan keys: no key `%s`", path);
        if (among != NULL) {
            fprintf(errors, ": %s has no `%s`", among->name, wrong);
        }
        fprintf(errors, nearest == NULL ? "%s\n" : "; did you mean `%s`?\n",
                nearest == NULL ? "" : nearest);
        return STATUS_USAGE;
    }
    print_row(stream, path, row);
    return STATUS_OK;
}
