/* crew.h - technicians: k people, in shifts, first come first served. Pure times, no events. */
#ifndef MODELS_CREW_H
#define MODELS_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"

/* When they work. Times of day count from the scenario's start; day 0 is weekday first_day. A shift
 * belongs to the day on which it begins, and may run past midnight. */
typedef struct Shifts {
    int64_t begin_ms;  /* of the day */
    int64_t length_ms; /* at most a day; 0: round the clock */
    int32_t days;      /* bits, Monday is 1; 0: all */
    int32_t first_day; /* weekday of the start, Monday 0 */
    int64_t origin_ms; /* time of day at the start */
} Shifts;

/* The calendar at the start, from Unix time in UTC; 0: Monday, midnight. */
void shifts_start_at(Shifts *shifts, int64_t start_unix_ms);

/* When hands-on work of work_ms that may begin at from_ms begins, and ends: it pauses between
 * shifts. Work that begins at the end of a shift begins with the next one. */
int64_t shift_begin(const Shifts *shifts, int64_t from_ms);
int64_t shift_end(const Shifts *shifts, int64_t begin_ms, int64_t work_ms);

/* Paid time of one person between two instants: the parts of shifts that lie there. */
int64_t shift_paid_ms(const Shifts *shifts, int64_t from_ms, int64_t to_ms);

typedef struct CrewTask {
    int64_t begin_ms, end_ms;
} CrewTask;

typedef struct Crew {
    int32_t count;    /* 0: as many as it takes */
    int64_t *free_ms; /* [count] when each will have done what it was given */
    Shifts shifts;
    int64_t worked_ms; /* given out so far */
} Crew;

bool crew_init(Crew *crew, Arena *arena, int32_t count, const Shifts *shifts);

/* Gives the work to whoever is free first (lowest number); calls must come in order of from_ms. */
CrewTask crew_give(Crew *crew, int64_t from_ms, int64_t work_ms);

#endif
