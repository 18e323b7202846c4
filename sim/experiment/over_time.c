/* over_time.c - spans are added in constant time, whatever their length: their ends to the steps
 * that they cut, their middle as a rise and a fall. */
#include "sim/experiment/over_time.h"

#include <string.h>

#include "core/job.h"

const char *const OVER_SERIES_NAMES[OVER_SERIES_COUNT] = {
    "productive_pct", "busy_low_pct", "busy_high_pct", "allocated_pct",
    "down_pct",       "drained_pct",  "spare_pct"};

/* Lengths that people read easily. */
static int64_t step_for(int64_t horizon_ms)
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

bool over_time_init(OverTime *over, Arena *arena, int64_t horizon_ms)
{
    *over = (OverTime){
        .step_ms = step_for(horizon_ms),
        .part = arena_alloc(arena, OVER_STEPS_MAX, sizeof(double[OVER_SERIES_COUNT])),
        .rise = arena_alloc(arena, OVER_STEPS_MAX + 1, sizeof(double[OVER_SERIES_COUNT])),
    };
    return over->part != NULL && over->rise != NULL;
}

/* GPU x ms of each step, spans that cover it whole included. */
static void flatten(const OverTime *over, double (*sum)[OVER_SERIES_COUNT])
{
    double gpus[OVER_SERIES_COUNT] = {0};
    for (int32_t step = 0; step < OVER_STEPS_MAX; step++) {
        for (int s = 0; s < OVER_SERIES_COUNT; s++) {
            gpus[s] += over->rise[step][s];
            sum[step][s] = over->part[step][s] + gpus[s] * (double)over->step_ms;
        }
    }
}

/* Steps of twice the length. */
static void double_steps(OverTime *over)
{
    flatten(over, over->part);
    memset(over->rise, 0, (OVER_STEPS_MAX + 1) * sizeof over->rise[0]);
    for (int32_t step = 0; step < OVER_STEPS_MAX; step++) {
        for (int s = 0; s < OVER_SERIES_COUNT; s++) {
            bool is_there = step < OVER_STEPS_MAX / 2;
            double sum = is_there ? over->part[2 * step][s] + over->part[2 * step + 1][s] : 0.0;
            over->part[step][s] = sum;
        }
    }
    over->step_ms *= 2;
}

static void part_add(double *part, double ms, const double *gpus)
{
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        part[s] += gpus[s] * ms;
    }
}

void over_time_add(OverTime *over, int64_t from_ms, int64_t to_ms,
                   const double gpus[OVER_SERIES_COUNT])
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
        part_add(over->part[first], (double)(to_ms - from_ms), gpus);
        return;
    }
    part_add(over->part[first], (double)((first + 1) * over->step_ms - from_ms), gpus);
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        over->rise[first + 1][s] += gpus[s];
        over->rise[last][s] -= gpus[s];
    }
    if (last < OVER_STEPS_MAX) {
        part_add(over->part[last], (double)(to_ms - last * over->step_ms), gpus);
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

/* Where more was lost than had been done in a step it had been done before. */
static void debts_move(double (*sum)[OVER_SERIES_COUNT])
{
    for (int32_t step = OVER_STEPS_MAX - 1; step > 0; step--) {
        if (sum[step][OVER_PRODUCTIVE] < 0.0) {
            sum[step - 1][OVER_PRODUCTIVE] += sum[step][OVER_PRODUCTIVE];
            sum[step][OVER_PRODUCTIVE] = 0.0;
        }
    }
}

OverTimeColumns *over_time_columns(const OverTime *over, Arena *arena, int64_t end_ms,
                                   double capacity_gpus)
{
    OverTimeColumns *columns = ARENA_NEW(arena, OverTimeColumns);
    double(*sum)[OVER_SERIES_COUNT] =
        arena_alloc(arena, OVER_STEPS_MAX, sizeof(double[OVER_SERIES_COUNT]));
    if (columns == NULL || sum == NULL) {
        return NULL;
    }
    int64_t count = (end_ms + over->step_ms - 1) / over->step_ms;
    columns->step_ms = over->step_ms;
    columns->count = (int32_t)(count < OVER_STEPS_MAX ? count : OVER_STEPS_MAX);
    flatten(over, sum);
    debts_move(sum);
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        columns->pct[s] = ARENA_ARRAY(arena, double, columns->count);
        for (int32_t step = 0; columns->pct[s] != NULL && step < columns->count; step++) {
            int64_t begin = step * over->step_ms;
            int64_t length = begin + over->step_ms > end_ms ? end_ms - begin : over->step_ms;
            double pct = 100.0 * sum[step][s] / ((double)length * capacity_gpus);
            columns->pct[s][step] =
                pct > 1e-9 ? pct : 0.0; /* what is left of rounding is nothing */
        }
    }
    return arena->failed ? NULL : columns;
}
