/* clock.h - dates as logs write them, in ms since 1970. For the readers of traces/. */
#ifndef TRACES_CLOCK_H
#define TRACES_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* `2017-10-09 08:00:00`, with a blank or a T, with or without a fraction of a second, with or
 * without `Z`, `+01:00` or `+0100`; or the date alone. A time without a zone is `timezone_ms` east
 * of UTC. False: it is none of these. */
bool clock_read(const char *text, int64_t timezone_ms, int64_t *unix_ms);

/* `2017-10-09T08:00:00Z` (with ms if there are some); `buffer` holds CLOCK_BYTES. */
#define CLOCK_BYTES 40
const char *clock_print(int64_t unix_ms, char buffer[CLOCK_BYTES]);

#endif
