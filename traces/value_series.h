/* value_series.h - a value that changes as time goes (a price, a tariff, a carbon intensity): a CSV
 * with the columns `time` and `value`; a value holds until the next row. */
#ifndef TRACES_VALUE_SERIES_H
#define TRACES_VALUE_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/diagnostic.h"

#define VALUE_SERIES_MICRO_MAX INT64_C(1000000000000000) /* of one value: 10^9 */
#define VALUE_SERIES_ROWS_MAX 2000000

typedef struct ValueSeries {
    int32_t count;
    int64_t *time_ms; /* rising; since 1970 if has_calendar, else as the file counts */
    int64_t *micro;   /* millionths; digits behind the sixth are left out; at least 0 */
    bool has_calendar;
} ValueSeries;

/* Times are dates (with or without seconds; without a zone: timezone_ms east of UTC) or plain
 * seconds, one of them in the whole file, each later than the one before. Values are plain numbers
 * from 0 to 10^9. */
Status value_series_read(const char *path, int64_t timezone_ms, Arena *arena,
                         Diagnostics *diagnostics, ValueSeries *series);

#endif
