/* crew.c - when people work: shifts as a calendar of whole weeks, and who is free first. */
#include "models/crew.h"

#include <assert.h>

#include "core/job.h"

#define DAY_MS INT64_C(86400000)
#define WEEK_DAYS 7
#define EPOCH_WEEKDAY 3 /* 1970-01-01 was a Thursday, Monday 0 */
#define ALL_DAYS 0x7f

void shifts_start_at(Shifts *shifts, int64_t start_unix_ms)
{
    shifts->first_day = 0;
    shifts->origin_ms = 0;
    if (start_unix_ms > 0) {
        shifts->first_day = (int32_t)((start_unix_ms / DAY_MS + EPOCH_WEEKDAY) % WEEK_DAYS);
        shifts->origin_ms = start_unix_ms % DAY_MS;
    }
}

static int32_t days_of(const Shifts *shifts)
{
    int32_t days = shifts->days & ALL_DAYS;
    return days != 0 ? days : ALL_DAYS;
}

static bool works_on(const Shifts *shifts, int64_t day)
{
    int64_t weekday = (day + shifts->first_day) % WEEK_DAYS;
    weekday += weekday < 0 ? WEEK_DAYS : 0;
    return (days_of(shifts) >> weekday & 1) != 0;
}

/* Start of that day's shift on the scenario's clock; day 0 is the one of the start. */
static int64_t begin_of(const Shifts *shifts, int64_t day)
{
    return day * DAY_MS + shifts->begin_ms - shifts->origin_ms;
}

/* The last day whose shift has not begun after the instant. */
static int64_t day_of(const Shifts *shifts, int64_t at_ms)
{
    int64_t since_ms = at_ms + shifts->origin_ms - shifts->begin_ms;
    return since_ms >= 0 ? since_ms / DAY_MS : -((-since_ms + DAY_MS - 1) / DAY_MS);
}

static bool always_there(const Shifts *shifts)
{
    return shifts->length_ms == 0;
}

int64_t shift_begin(const Shifts *shifts, int64_t from_ms)
{
    if (always_there(shifts)) {
        return from_ms;
    }
    for (int64_t day = day_of(shifts, from_ms);; day++) { /* within a week */
        int64_t begin_ms = begin_of(shifts, day);
        if (works_on(shifts, day) && from_ms < begin_ms + shifts->length_ms) {
            return from_ms > begin_ms ? from_ms : begin_ms;
        }
    }
}

int64_t shift_end(const Shifts *shifts, int64_t begin_ms, int64_t work_ms)
{
    if (always_there(shifts)) {
        return work_ms < TIME_NEVER - begin_ms ? begin_ms + work_ms : TIME_NEVER;
    }
    if (work_ms <= 0) {
        return begin_ms;
    }
    int64_t week_ms = __builtin_popcount((unsigned)days_of(shifts)) * shifts->length_ms;
    int64_t weeks = (work_ms - 1) / week_ms; /* whole weeks of work end where they began */
    if (weeks >= TIME_NEVER / (4 * WEEK_DAYS * DAY_MS)) {
        return TIME_NEVER;
    }
    int64_t left_ms = work_ms - weeks * week_ms;
    int64_t at_ms = shift_begin(shifts, begin_ms + weeks * WEEK_DAYS * DAY_MS);
    for (;;) { /* at most eight shifts */
        int64_t shift_ms = begin_of(shifts, day_of(shifts, at_ms)) + shifts->length_ms;
        if (left_ms <= shift_ms - at_ms) {
            return at_ms + left_ms;
        }
        left_ms -= shift_ms - at_ms;
        at_ms = shift_begin(shifts, shift_ms);
    }
}

/* Of the shifts of days before this one, from day 0 on (negative before it). */
static int64_t paid_days(const Shifts *shifts, int64_t day)
{
    int64_t weeks = day >= 0 ? day / WEEK_DAYS : -((-day + WEEK_DAYS - 1) / WEEK_DAYS);
    int64_t count = weeks * __builtin_popcount((unsigned)days_of(shifts));
    for (int64_t rest = weeks * WEEK_DAYS; rest < day; rest++) {
        count += works_on(shifts, rest);
    }
    return count * shifts->length_ms;
}

/* Paid until then, counted from the first shift of day 0. */
static int64_t paid_until(const Shifts *shifts, int64_t at_ms)
{
    int64_t day = day_of(shifts, at_ms);
    int64_t into_ms = at_ms - begin_of(shifts, day);
    int64_t today_ms = into_ms < shifts->length_ms ? into_ms : shifts->length_ms;
    return paid_days(shifts, day) + (works_on(shifts, day) ? today_ms : 0);
}

int64_t shift_paid_ms(const Shifts *shifts, int64_t from_ms, int64_t to_ms)
{
    return always_there(shifts) ? to_ms - from_ms
                                : paid_until(shifts, to_ms) - paid_until(shifts, from_ms);
}

bool crew_init(Crew *crew, Arena *arena, int32_t count, const Shifts *shifts)
{
    assert(shifts->length_ms >= 0 && shifts->length_ms <= DAY_MS);
    *crew = (Crew){.count = count, .shifts = *shifts};
    crew->free_ms = ARENA_ARRAY(arena, int64_t, count);
    return crew->free_ms != NULL;
}

CrewTask crew_give(Crew *crew, int64_t from_ms, int64_t work_ms)
{
    int32_t who = 0;
    for (int32_t i = 1; i < crew->count && crew->free_ms[who] > from_ms; i++) {
        if (crew->free_ms[i] < crew->free_ms[who]) {
            who = i;
        }
    }
    if (crew->count > 0 && crew->free_ms[who] > from_ms) {
        from_ms = crew->free_ms[who];
    }
    CrewTask task = {.begin_ms = shift_begin(&crew->shifts, from_ms)};
    task.end_ms = shift_end(&crew->shifts, task.begin_ms, work_ms);
    if (crew->count > 0) {
        crew->free_ms[who] = task.end_ms;
    }
    crew->worked_ms += work_ms;
    return task;
}
