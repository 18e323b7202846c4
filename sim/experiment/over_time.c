/* over_time.c - spans are added in constant time, whatever their length: their ends to the steps
 * that they cut, their middle as a rise and a fall. */
#include "sim/experiment/over_time.h"

#include <stdio.h>
#include <string.h>

#include "core/job.h"

const char *const OVER_SERIES_NAMES[OVER_SERIES_COUNT] = {
    "productive_pct", "busy_low_pct", "busy_high_pct", "allocated_pct",
    "down_pct",       "drained_pct",  "spare_pct",     "absent_pct"};

/* Lengths that people read easily. */
int64_t over_time_step_ms(int64_t horizon_ms)
{
    static const int32_t SECONDS[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                                      600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    if (horizon_ms == TIME_NEVER) {
        return 1000;
    }
    for (size_t i = 0; i < sizeof SECONDS / sizeof SECONDS[0]; i++) {
        if (horizon_ms / 1000 / SECONDS[i] < OVER_STEPS_MAX) {
            return SECONDS[i] * INT64_C(1000);
        }
    }
    return 86400000;
}

bool over_time_init(OverTime *over, Arena *arena, int64_t horizon_ms, int32_t width)
{
    *over = (OverTime){
        .step_ms = over_time_step_ms(horizon_ms),
        .width = width,
        .part = ARENA_ARRAY(arena, double, (size_t)OVER_STEPS_MAX *(size_t)width),
        .rise = ARENA_ARRAY(arena, double, (size_t)(OVER_STEPS_MAX + 1) * (size_t)width),
    };
    return over->part != NULL && over->rise != NULL;
}

static double *row(double *values, const OverTime *over, int64_t step)
{
    return &values[step * over->width];
}

/* GPU x ms of each step, spans that cover it whole included. */
static void flatten(const OverTime *over, double *sum)
{
    double gpus[OVER_WIDTH_MAX] = {0};
    for (int32_t step = 0; step < OVER_STEPS_MAX; step++) {
        for (int s = 0; s < over->width; s++) {
            int64_t at = (int64_t)step * over->width + s;
            gpus[s] += over->rise[at];
            sum[at] = over->part[at] + gpus[s] * (double)over->step_ms;
        }
    }
}

/* Steps of twice the length. */
static void double_steps(OverTime *over)
{
    flatten(over, over->part);
    memset(over->rise, 0,
           (size_t)(OVER_STEPS_MAX + 1) * (size_t)over->width * sizeof over->rise[0]);
    for (int32_t step = 0; step < OVER_STEPS_MAX; step++) {
        for (int s = 0; s < over->width; s++) {
            bool is_there = step < OVER_STEPS_MAX / 2;
            double sum = is_there ? row(over->part, over, 2 * step)[s] +
                                        row(over->part, over, 2 * step + 1)[s]
                                  : 0.0;
            row(over->part, over, step)[s] = sum;
        }
    }
    over->step_ms *= 2;
}

static void part_add(const OverTime *over, int64_t step, double ms, const double *gpus)
{
    double *part = row(over->part, over, step);
    for (int s = 0; s < over->width; s++) {
        part[s] += gpus[s] * ms;
    }
}

void over_time_add(OverTime *over, int64_t from_ms, int64_t to_ms, const double *gpus)
{
    if (over->rise == NULL || from_ms >= to_ms) {
        return;
    }
    while (to_ms > over->step_ms * OVER_STEPS_MAX) {
        double_steps(over);
    }
    int64_t first = from_ms / over->step_ms;
    int64_t last = to_ms / over->step_ms; /* the step that the end cuts */
    if (first == last) {
        part_add(over, first, (double)(to_ms - from_ms), gpus);
        return;
    }
    part_add(over, first, (double)((first + 1) * over->step_ms - from_ms), gpus);
    for (int s = 0; s < over->width; s++) {
        row(over->rise, over, first + 1)[s] += gpus[s];
        row(over->rise, over, last)[s] -= gpus[s];
    }
    if (last < OVER_STEPS_MAX) {
        part_add(over, last, (double)(to_ms - last * over->step_ms), gpus);
    }
}

#define GPU_IN_MILLI_PPM 1e9

void over_time_settle(OverTime *over, int64_t from_ms, int64_t to_ms, Account account,
                      Int128 amount)
{
    if (over->rise == NULL || amount == 0 || from_ms >= to_ms) {
        return;
    }
    Visibility visible = account_visibility(account);
    double held = (double)amount / GPU_IN_MILLI_PPM / (double)(to_ms - from_ms);
    double gpus[OVER_SERIES_COUNT] = {0};
    gpus[OVER_PRODUCTIVE] = account == ACCOUNT_PRODUCTIVE ? held : 0.0;
    gpus[OVER_BUSY_LOW] = held * visible.low_ppm / GP_PPM;
    gpus[OVER_BUSY_HIGH] = held * visible.high_ppm / GP_PPM;
    gpus[OVER_ALLOCATED] = held;
    over_time_add(over, from_ms, to_ms, gpus);
}

void over_time_lose(OverTime *over, int64_t to_ms, int64_t rate_milli_ppm, Int128 amount)
{
    if (over->rise == NULL || amount == 0 || to_ms <= 0) {
        return;
    }
    int64_t span_ms = rate_milli_ppm > 0 ? (int64_t)(amount / rate_milli_ppm) : to_ms;
    span_ms = span_ms < 1 ? 1 : span_ms > to_ms ? to_ms : span_ms;
    double gpus[OVER_SERIES_COUNT] = {0};
    gpus[OVER_PRODUCTIVE] = -(double)amount / GPU_IN_MILLI_PPM / (double)span_ms;
    over_time_add(over, to_ms - span_ms, to_ms, gpus);
}

/* ---- what idle GPUs are put down to -----------------------------------------------------------
 */

static const Account IDLE_ACCOUNTS[] = {ACCOUNT_BLOCKED, ACCOUNT_FRAGMENTED, ACCOUNT_SHORT};
#define IDLE_ACCOUNT_COUNT ((int)(sizeof IDLE_ACCOUNTS / sizeof IDLE_ACCOUNTS[0]))

int idle_series(Account account, int sub)
{
    for (int i = 0; i < IDLE_ACCOUNT_COUNT; i++) {
        if (IDLE_ACCOUNTS[i] == account) {
            return i * LEDGER_SUBS + sub;
        }
    }
    return IDLE_SERIES_COUNT - 1;
}

static const char *idle_name(int series, Arena *arena)
{
    if (series == IDLE_SERIES_COUNT - 1) {
        return account_name(ACCOUNT_NO_DEMAND);
    }
    char name[80];
    Account account = IDLE_ACCOUNTS[series / LEDGER_SUBS];
    snprintf(name, sizeof name, "%s.%s", account_name(account),
             account_sub_name(account, series % LEDGER_SUBS));
    return arena_strdup(arena, name);
}

/* ---- columns ----------------------------------------------------------------------------------
 */

/* Where more was lost than had been done in a step it had been done before. */
static void debts_move(const OverTime *over, double *sum)
{
    for (int32_t step = OVER_STEPS_MAX - 1; step > 0; step--) {
        double *productive = &row(sum, over, step)[OVER_PRODUCTIVE];
        if (*productive < 0.0) {
            row(sum, over, step - 1)[OVER_PRODUCTIVE] += *productive;
            *productive = 0.0;
        }
    }
}

typedef struct Share {
    const OverTime *over;
    const double *sum;
    int64_t end_ms;
    double capacity_gpus;
} Share;

/* In per cent; what is left of rounding is nothing. */
static double share_at(const Share *share, int32_t step, int series)
{
    int64_t begin = step * share->over->step_ms;
    int64_t length = share->over->step_ms;
    length = begin + length > share->end_ms ? share->end_ms - begin : length;
    double sum = share->sum[(int64_t)step * share->over->width + series];
    double pct = 100.0 * sum / ((double)length * share->capacity_gpus);
    return pct > 1e-9 ? pct : 0.0;
}

static bool holds_something(const Share *share, int32_t count, int series)
{
    for (int32_t step = 0; step < count; step++) {
        if (share_at(share, step, series) > 0.0) {
            return true;
        }
    }
    return false;
}

static double *column_of(const Share *share, int32_t count, int series, Arena *arena)
{
    double *column = ARENA_ARRAY(arena, double, count);
    for (int32_t step = 0; column != NULL && step < count; step++) {
        column[step] = share_at(share, step, series);
    }
    return column;
}

static void idle_columns(OverTimeColumns *columns, const Share *share, Arena *arena)
{
    columns->idle_name = ARENA_ARRAY(arena, const char *, IDLE_SERIES_COUNT);
    columns->idle_pct = ARENA_ARRAY(arena, double *, IDLE_SERIES_COUNT);
    for (int s = 0; !arena->failed && s < IDLE_SERIES_COUNT; s++) {
        if (holds_something(share, columns->count, s)) {
            columns->idle_name[columns->idle_count] = idle_name(s, arena);
            columns->idle_pct[columns->idle_count++] = column_of(share, columns->count, s, arena);
        }
    }
}

/* All of the run is within the steps. */
static void reach(OverTime *over, int64_t end_ms)
{
    while (end_ms > over->step_ms * OVER_STEPS_MAX) {
        double_steps(over);
    }
}

OverTimeColumns *over_time_columns(OverTime *over, OverTime *idle, Arena *arena, int64_t end_ms,
                                   double capacity_gpus)
{
    OverTimeColumns *columns = ARENA_NEW(arena, OverTimeColumns);
    double *sum = ARENA_ARRAY(arena, double, (size_t)OVER_STEPS_MAX *OVER_WIDTH_MAX);
    if (columns == NULL || sum == NULL) {
        return NULL;
    }
    reach(over, end_ms);
    reach(idle, end_ms);
    columns->step_ms = over->step_ms;
    columns->count = (int32_t)((end_ms + over->step_ms - 1) / over->step_ms);
    flatten(over, sum);
    debts_move(over, sum);
    Share share = {over, sum, end_ms, capacity_gpus};
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        columns->pct[s] = column_of(&share, columns->count, s, arena);
    }
    flatten(idle, sum);
    share.over = idle;
    idle_columns(columns, &share, arena);
    return arena->failed ? NULL : columns;
}
