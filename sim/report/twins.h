/* twins.h - beside what idle time is put down to, what lifting that limit really recovers. */
#ifndef SIM_REPORT_TWINS_H
#define SIM_REPORT_TWINS_H

#include <jansson.h>
#include <stdio.h>

/* A line behind `prefix` for each variant that is the first one but for what it relaxes; an empty
 * line behind them. Nothing where there are none. `name` writes a variant's name. */
void twins_print(const json_t *summary, const char *prefix,
                 void (*name)(const char *text, FILE *stream), FILE *stream);

#endif
