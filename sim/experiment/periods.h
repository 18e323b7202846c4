/* periods.h - charge periods: stretches of the calendar that a bill tells apart. */
#ifndef SIM_EXPERIMENT_PERIODS_H
#define SIM_EXPERIMENT_PERIODS_H

#include <stdint.h>

/* When the next period begins, after at_ms: they are period_ms long, counted from 1970, and end
 * with the calendar month, which is what bills are made of. Simulated time; start_unix_ms is its 0.
 */
int64_t period_next_ms(int64_t start_unix_ms, int64_t period_ms, int64_t at_ms);

/* When the calendar month of an instant begins; the one after it. ms since 1970. */
int64_t month_begin_ms(int64_t unix_ms);
int64_t month_end_ms(int64_t unix_ms);

#endif
