/* names.h - names that must not repeat, with the line of each. For the readers of traces/. */
#ifndef TRACES_NAMES_H
#define TRACES_NAMES_H

#include "core/arena.h"
#include "core/intern.h"
#include "traces/csv_table.h"

typedef struct Names {
    Intern table;
    const char **name; /* [count] in the order met */
    int *line;         /* [count] */
    int32_t count;
    int32_t capacity;
} Names;

void names_init(Names *names);
void names_free(Names *names);

typedef enum NamesAdd { NAMES_ADDED, NAMES_MISTAKE, NAMES_NO_MEMORY } NamesAdd;

/* Copies the cell into the arena as the next name. An empty or repeated name is recorded as a
 * mistake. */
NamesAdd names_add(Names *names, Arena *arena, const CsvRow *row, int column);

#endif
