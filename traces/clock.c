/* clock.c - the calendar itself is core/units.h's; here are the shapes around it. */
#include "traces/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/units.h"

#define DATE_LENGTH 10                     /* 2017-10-09 */
#define STAMP_LENGTH (DATE_LENGTH + 1 + 8) /* 2017-10-09T08:00:00 */

/* A log was written between 1970 (anywhere on earth) and the year 9000; other years are typing
 * mistakes. */
#define LOG_FIRST_MS (-INT64_C(86400000))
#define LOG_LAST_MS INT64_C(221845392000000)

static bool within_logs(int64_t unix_ms)
{
    return unix_ms >= LOG_FIRST_MS && unix_ms <= LOG_LAST_MS;
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/* `+01:00` or `+0100`. */
static bool offset_read(const char *at, int64_t *offset_ms)
{
    if ((at[0] != '+' && at[0] != '-') || !is_digit(at[1]) || !is_digit(at[2])) {
        return false;
    }
    int hours = (at[1] - '0') * 10 + at[2] - '0';
    const char *minutes = at + 3 + (at[3] == ':');
    if (!is_digit(minutes[0]) || !is_digit(minutes[1]) || minutes[2] != '\0') {
        return false;
    }
    int minute = (minutes[0] - '0') * 10 + minutes[1] - '0';
    int64_t size = ((int64_t)hours * 60 + minute) * 60000;
    *offset_ms = at[0] == '-' ? -size : size;
    return hours <= 14 && minute <= 59;
}

bool clock_read(const char *text, int64_t timezone_ms, int64_t *unix_ms)
{
    size_t length = strnlen(text, 64);
    if (length == DATE_LENGTH) {
        if (timestamp_parse(text, unix_ms) != NULL) {
            return false;
        }
        *unix_ms -= timezone_ms;
        return within_logs(*unix_ms);
    }
    if (length < STAMP_LENGTH || (text[DATE_LENGTH] != ' ' && text[DATE_LENGTH] != 'T')) {
        return false;
    }
    char stamp[STAMP_LENGTH + 2];
    memcpy(stamp, text, STAMP_LENGTH);
    stamp[DATE_LENGTH] = 'T';
    stamp[STAMP_LENGTH] = 'Z';
    stamp[STAMP_LENGTH + 1] = '\0';
    int64_t ms = 0;
    if (timestamp_parse(stamp, &ms) != NULL) {
        return false;
    }
    const char *at = text + STAMP_LENGTH;
    if (*at == '.') {
        int scale = 100; /* digits behind the third are left out */
        at++;
        if (!is_digit(*at)) {
            return false;
        }
        for (; is_digit(*at); at++, scale /= 10) {
            ms += (int64_t)(*at - '0') * scale;
        }
    }
    int64_t offset = timezone_ms;
    if (strcmp(at, "Z") == 0) {
        offset = 0;
    } else if (*at != '\0' && !offset_read(at, &offset)) {
        return false;
    }
    *unix_ms = ms - offset;
    return within_logs(*unix_ms);
}

const char *clock_print(int64_t unix_ms, char buffer[CLOCK_BYTES])
{
    int64_t ms = unix_ms % 1000;
    time_t seconds = (time_t)(unix_ms / 1000);
    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    struct tm parts;
    if (gmtime_r(&seconds, &parts) == NULL || parts.tm_year > 8099) {
        snprintf(buffer, CLOCK_BYTES, "%lld ms", (long long)unix_ms);
        return buffer;
    }
    size_t used = strftime(buffer, CLOCK_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    if (ms != 0) {
        used += (size_t)snprintf(buffer + used, CLOCK_BYTES - used, ".%03d", (int)ms);
    }
    snprintf(buffer + used, CLOCK_BYTES - used, "Z");
    return buffer;
}
