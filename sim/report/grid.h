/* grid.h - cells of text in rows and columns, printed aligned or as Markdown. */
#ifndef SIM_REPORT_GRID_H
#define SIM_REPORT_GRID_H

#include <stdbool.h>
#include <stdio.h>

#define GRID_COLUMNS_MAX 20

typedef struct Grid {
    int column_count, row_count; /* row 0 is the header */
    char **cell;                 /* [row * column_count + column]; NULL: empty */
    bool left[GRID_COLUMNS_MAX]; /* aligned left; else right, as numbers are */
} Grid;

bool grid_init(Grid *grid, int column_count, int row_count); /* false if memory ran out */
void grid_free(Grid *grid);
bool grid_set(Grid *grid, int row, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void grid_print_text(const Grid *grid, bool colour, FILE *stream);
void grid_print_markdown(const Grid *grid, FILE *stream);

/* Columns that UTF-8 text takes on a terminal: combining marks 0, East Asian wide characters 2. */
int text_width(const char *text);

/* 1234567.891 with 1 decimal: "1,234,567.9". Returns buffer (at least 48 bytes are always enough).
 */
#define NUMBER_TEXT_MAX 48
char *number_text(double value, int decimals, char buffer[NUMBER_TEXT_MAX]);

/* One field of a CSV line, quoted as RFC 4180 asks where it must be. */
void csv_field(const char *text, FILE *stream);

/* Text in a Markdown cell or line: characters with a meaning there are escaped, line ends become
 * blanks. */
void markdown_text(const char *text, FILE *stream);

#endif
