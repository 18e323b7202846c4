/* interrupts.h - Ctrl-C and SIGTERM: the first ends a run early and in order, the second at once.
 */
#ifndef SIM_EXPERIMENT_INTERRUPTS_H
#define SIM_EXPERIMENT_INTERRUPTS_H

#include <stdbool.h>

/* Between these two the first SIGINT or SIGTERM is a wish that experiment_run follows; a second one
 * removes the file that is being written and ends the program. The release restores what was. */
void interrupts_catch(void);
void interrupts_release(void);

/* Has one come since interrupts_catch? */
bool interrupts_wanted(void);

/* What a program that was interrupted ends with: 143 after SIGTERM, else 130. */
int interrupts_exit_code(void);

/* The unfinished file that a second signal shall remove; NULL: none. The text must stay until the
 * next call. */
void interrupts_guard(const char *path);

#endif
