/* periods.c - the Gregorian calendar by whole months. Days from a date and back: Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", days_from_civil and civil_from_days. */
#include "sim/experiment/periods.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

static int64_t floor_of(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Months from March of year 0, as the algorithm counts them, of a day since 1970. */
static int64_t months_of(int64_t day)
{
    int64_t shifted = day + 719468;
    int64_t era = floor_of(shifted, 146097);
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    return (era * 400 + year) * 12 + (5 * of_year + 2) / 153;
}

/* The first day of such a month. */
static int64_t day_of(int64_t months)
{
    int64_t year = floor_of(months, 12);
    int64_t month = months - year * 12;
    int64_t era = floor_of(year, 400);
    int64_t of_era = year - era * 400;
    int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5;
    return era * 146097 + days - 719468;
}

int64_t month_begin_ms(int64_t unix_ms)
{
    return day_of(months_of(floor_of(unix_ms, DAY_MS))) * DAY_MS;
}

int64_t month_end_ms(int64_t unix_ms)
{
    return day_of(months_of(floor_of(unix_ms, DAY_MS)) + 1) * DAY_MS;
}

/* The first hour that begins then or later. */
static int64_t whole_hours(int64_t unix_ms)
{
    return -floor_of(-unix_ms, HOUR_MS) * HOUR_MS;
}

int64_t period_next_ms(int64_t start_unix_ms, int64_t period_ms, int64_t at_ms)
{
    int64_t unix_ms = start_unix_ms + at_ms;
    int64_t count = floor_of(unix_ms, period_ms);
    int64_t period = whole_hours(count * period_ms);
    if (period <= unix_ms) {
        period = whole_hours((count + 1) * period_ms);
    }
    int64_t month = month_end_ms(unix_ms);
    return (period < month ? period : month) - start_unix_ms;
}
