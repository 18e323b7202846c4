/* names.c - finds a repeated name and says where it stood first. */
#include "traces/names.h"

#include <stdlib.h>
#include <string.h>

void names_init(Names *names)
{
    *names = (Names){0};
    intern_init(&names->table);
}

void names_free(Names *names)
{
    intern_free(&names->table);
    free(names->name);
    free(names->line);
    *names = (Names){0};
}

typedef struct NameQuery {
    const Names *names;
    const char *wanted;
} NameQuery;

static bool name_is_wanted(const void *context, int32_t id)
{
    const NameQuery *query = context;
    return strcmp(query->names->name[id], query->wanted) == 0;
}

static bool names_grow(Names *names)
{
    if (names->count < names->capacity) {
        return true;
    }
    int32_t capacity = names->capacity == 0 ? 256 : names->capacity * 2;
    const char **name = realloc(names->name, (size_t)capacity * sizeof *name);
    if (name == NULL) {
        return false;
    }
    names->name = name;
    int *line = realloc(names->line, (size_t)capacity * sizeof *line);
    if (line == NULL) {
        return false;
    }
    names->line = line;
    names->capacity = capacity;
    return true;
}

NamesAdd names_add(Names *names, Arena *arena, const CsvRow *row, int column)
{
    const CsvCell *cell = &row->cells[column];
    if (cell->length == 0) {
        diagnostics_error(row->diagnostics, csv_place(row, column), "csv", NULL,
                          "%s is empty; expected a name", row->names[column]);
        return NAMES_MISTAKE;
    }
    NameQuery query = {names, cell->text};
    uint64_t hash = intern_text(0, cell->text, cell->length);
    int32_t known = intern_find(&names->table, hash, name_is_wanted, &query);
    if (known >= 0) {
        char shown[CSV_SHOWN_BYTES];
        diagnostics_error(row->diagnostics, csv_place(row, column), "duplicate",
                          "remove one of the two lines", "%s '%s' is there already, in line %d",
                          row->names[column], csv_shown(cell->text, shown), names->line[known]);
        return NAMES_MISTAKE;
    }
    const char *copy = arena_strndup(arena, cell->text, cell->length);
    if (copy == NULL || !names_grow(names) || !intern_add(&names->table, hash, names->count)) {
        return NAMES_NO_MEMORY;
    }
    names->name[names->count] = copy;
    names->line[names->count++] = row->line.line;
    return NAMES_ADDED;
}
