/* list_rows.h - how `gpuplan list` prints. */
#ifndef SIM_COMMANDS_LIST_ROWS_H
#define SIM_COMMANDS_LIST_ROWS_H

#include "core/status.h"

/* "  name      summary" */
void list_row(const char *name, const char *summary);

/* A paragraph below a row, broken between words; `title` begins it. Nothing for no text. */
void list_part(const char *title, const char *text);

/* `gpuplan list models`. STATUS_FAILED if memory ran out. */
Status list_models(void);

#endif
