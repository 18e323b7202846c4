/* test_crew.c - shifts and who is free first: by hand, and against minutes that are counted one by
 * one. */
#include <CUnit/CUnit.h>

#include "core/rng.h"
#include "models/crew.h"
#include "tests/suite.h"

const char *const SUITE = "crew";

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define WEEKDAYS 0x1f

/* Goal: work waits for a shift, pauses at night and over the weekend. Method: 08:00 to 16:00,
 * Monday to Friday, from Monday 00:00. At 07:00 on Monday: begins 08:00. At 16:00 on Friday (day
 * 4): the shift is over, begins on Monday 08:00 (day 7). Ten hours of work from Friday 10:00: six
 * until 16:00, four on Monday: ends at 12:00. Fifty hours from Monday 08:00: five days are forty,
 * then ten: Tuesday (day 8) at 10:00. Eight hours from Monday 08:00 end at 16:00 of that day. */
static void shifts_by_hand(void)
{
    Shifts office = {.begin_ms = 8 * HOUR, .length_ms = 8 * HOUR, .days = WEEKDAYS};
    CU_ASSERT_EQUAL(shift_begin(&office, 7 * HOUR), 8 * HOUR);
    CU_ASSERT_EQUAL(shift_begin(&office, 9 * HOUR), 9 * HOUR);
    CU_ASSERT_EQUAL(shift_begin(&office, 4 * DAY + 16 * HOUR), 7 * DAY + 8 * HOUR);
    CU_ASSERT_EQUAL(shift_end(&office, 4 * DAY + 10 * HOUR, 10 * HOUR), 7 * DAY + 12 * HOUR);
    CU_ASSERT_EQUAL(shift_end(&office, 8 * HOUR, 50 * HOUR), 8 * DAY + 10 * HOUR);
    CU_ASSERT_EQUAL(shift_end(&office, 8 * HOUR, 8 * HOUR), 16 * HOUR);
    CU_ASSERT_EQUAL(shift_paid_ms(&office, 0, 14 * DAY), 80 * HOUR);
    CU_ASSERT_EQUAL(shift_paid_ms(&office, 9 * HOUR, DAY + 9 * HOUR), 8 * HOUR);
}

/* Goal: a shift past midnight belongs to the day on which it begins. Method: 22:00 to 06:00, Friday
 * only, from Friday 12:00. At Saturday 01:00 (13 h) it is Friday's shift still; at 06:00 the next
 * one begins a week after the first: 10 h + 7 days. */
static void shifts_past_midnight(void)
{
    Shifts night = {.begin_ms = 22 * HOUR,
                    .length_ms = 8 * HOUR,
                    .days = 1 << 4,
                    .first_day = 4,
                    .origin_ms = 12 * HOUR};
    CU_ASSERT_EQUAL(shift_begin(&night, 13 * HOUR), 13 * HOUR);
    CU_ASSERT_EQUAL(shift_begin(&night, 18 * HOUR), 10 * HOUR + 7 * DAY);
    CU_ASSERT_EQUAL(shift_paid_ms(&night, 0, 11 * HOUR), HOUR);
}

/* Goal: the calendar's weekday. Method: 2026-11-21 06:30 UTC, a Saturday (date -u -d @1795242600).
 */
static void the_calendar_says_the_weekday(void)
{
    Shifts shifts = {0};
    shifts_start_at(&shifts, INT64_C(1795242600000));
    CU_ASSERT_EQUAL(shifts.first_day, 5);
    CU_ASSERT_EQUAL(shifts.origin_ms, 6 * HOUR + HOUR / 2);
    shifts_start_at(&shifts, 0);
    CU_ASSERT_EQUAL(shifts.first_day, 0);
}

/* ---- minutes, one by one ---- */

static bool is_paid(const Shifts *shifts, int64_t at_ms)
{
    if (shifts->length_ms == 0) {
        return true;
    }
    for (int64_t day = -2; day < 60; day++) { /* every shift that could hold the instant */
        int64_t begin_ms = day * DAY + shifts->begin_ms - shifts->origin_ms;
        int64_t weekday = (day + 14 + shifts->first_day) % 7;
        int32_t days = shifts->days != 0 ? shifts->days : 0x7f;
        if ((days >> weekday & 1) != 0 && at_ms >= begin_ms &&
            at_ms < begin_ms + shifts->length_ms) {
            return true;
        }
    }
    return false;
}

static int64_t drawn(uint32_t trial, uint32_t what, int64_t below)
{
    DrawAddress address = {.seed = 4, .purpose = PURPOSE_TEST, .entity = trial};
    return (int64_t)(rng_u64(address, what) % (uint64_t)below);
}

/* Goal: the closed forms are right for all calendars. Method: 300 random ones in steps of half an
 * hour; begins, ends and paid time are counted step by step. */
static void shifts_against_counting(void)
{
    const int64_t step = HOUR / 2;
    for (uint32_t trial = 0; trial < 300; trial++) {
        Shifts shifts = {.begin_ms = drawn(trial, 0, 48) * step,
                         .length_ms = drawn(trial, 1, 49) * step,
                         .days = (int32_t)drawn(trial, 2, 128),
                         .first_day = (int32_t)drawn(trial, 3, 7),
                         .origin_ms = drawn(trial, 4, 48) * step};
        int64_t from_ms = drawn(trial, 5, 14 * 48) * step;
        int64_t work_ms = (1 + drawn(trial, 6, 40)) * step;
        int64_t at_ms = from_ms;
        while (!is_paid(&shifts, at_ms)) {
            at_ms += step;
        }
        CU_ASSERT_EQUAL(shift_begin(&shifts, from_ms), at_ms);
        int64_t left_ms = work_ms;
        int64_t paid_ms = 0;
        while (left_ms > 0 && at_ms < 55 * DAY) {
            left_ms -= is_paid(&shifts, at_ms) ? step : 0;
            at_ms += step;
        }
        if (left_ms == 0) {
            CU_ASSERT_EQUAL(shift_end(&shifts, from_ms, work_ms), at_ms);
        }
        for (int64_t paid_at = from_ms; paid_at < at_ms; paid_at += step) {
            paid_ms += is_paid(&shifts, paid_at) ? step : 0;
        }
        CU_ASSERT_EQUAL(shift_paid_ms(&shifts, from_ms, at_ms), paid_ms);
    }
}

/* ---- the crew ---- */

/* Goal: first come first served, by whoever is free first. Method: two people round the clock; work
 * of 5, 3, 4 and 1 h asked for at 0, 1, 2 and 10: the first from 0 to 5, the second from 1 to 4,
 * the third waits for the second: 4 to 8, the last at once. */
static void whoever_is_free_first(void)
{
    static const int64_t asked[4][4] = {{0, 5, 0, 5}, {1, 3, 1, 4}, {2, 4, 4, 8}, {10, 1, 10, 11}};
    Arena arena;
    Crew crew;
    arena_init(&arena);
    CU_ASSERT_TRUE_FATAL(crew_init(&crew, &arena, 2, &(Shifts){0}));
    for (int i = 0; i < 4; i++) {
        CrewTask task = crew_give(&crew, asked[i][0] * HOUR, asked[i][1] * HOUR);
        CU_ASSERT_EQUAL(task.begin_ms, asked[i][2] * HOUR);
        CU_ASSERT_EQUAL(task.end_ms, asked[i][3] * HOUR);
    }
    CU_ASSERT_EQUAL(crew.worked_ms, 13 * HOUR);
    arena_free(&arena);
}

/* Goal: one technician, two broken machines, a weekend between. Method: office hours as above; on
 * Friday 14:00 two machines ask for 3 h each. The first is worked on until 16:00 and from Monday
 * 08:00 to 09:00, the second from then to 12:00. With as many people as it takes both end at 09:00.
 */
static void a_weekend_between(void)
{
    Shifts office = {.begin_ms = 8 * HOUR, .length_ms = 8 * HOUR, .days = WEEKDAYS};
    Arena arena;
    arena_init(&arena);
    for (int32_t people = 0; people < 2; people++) {
        Crew crew;
        CU_ASSERT_TRUE_FATAL(crew_init(&crew, &arena, people, &office));
        CrewTask first = crew_give(&crew, 4 * DAY + 14 * HOUR, 3 * HOUR);
        CrewTask second = crew_give(&crew, 4 * DAY + 14 * HOUR, 3 * HOUR);
        CU_ASSERT_EQUAL(first.begin_ms, 4 * DAY + 14 * HOUR);
        CU_ASSERT_EQUAL(first.end_ms, 7 * DAY + 9 * HOUR);
        CU_ASSERT_EQUAL(second.begin_ms, people == 0 ? first.begin_ms : first.end_ms);
        CU_ASSERT_EQUAL(second.end_ms, people == 0 ? first.end_ms : 7 * DAY + 12 * HOUR);
    }
    arena_free(&arena);
}

/* Goal: the queue is right at length. Method: 400 orders at random times to 1 to 5 people round the
 * clock, against people who pick the longest waiting order minute by minute. */
static void crews_against_counting(void)
{
    for (uint32_t trial = 0; trial < 20; trial++) {
        Arena arena;
        Crew crew;
        int32_t people = 1 + (int32_t)drawn(trial, 7, 5);
        int64_t free_at[5] = {0};
        int64_t from = 0;
        arena_init(&arena);
        CU_ASSERT_TRUE_FATAL(crew_init(&crew, &arena, people, &(Shifts){0}));
        for (uint32_t order = 0; order < 400; order++) {
            int64_t work = 1 + drawn(trial, 2 * order + 8, 30);
            from += drawn(trial, 2 * order + 9, 12);
            int64_t begin = from;
            int32_t who = -1;
            for (; who < 0; begin += who < 0) { /* minute by minute */
                for (int32_t i = 0; i < people && who < 0; i++) {
                    who = free_at[i] <= begin ? i : -1;
                }
            }
            free_at[who] = begin + work;
            CrewTask task = crew_give(&crew, from, work);
            CU_ASSERT_EQUAL(task.begin_ms, begin);
            CU_ASSERT_EQUAL(task.end_ms, begin + work);
        }
        arena_free(&arena);
    }
}

const TestCase CASES[] = {
    {"shifts, by hand", shifts_by_hand},
    {"shifts past midnight", shifts_past_midnight},
    {"the calendar says the weekday", the_calendar_says_the_weekday},
    {"shifts against counting", shifts_against_counting},
    {"whoever is free first", whoever_is_free_first},
    {"a weekend between", a_weekend_between},
    {"crews against counting", crews_against_counting},
    {NULL, NULL},
};
