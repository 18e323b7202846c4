/* series.c - rows are appended to columns whose length is bounded before the run. */
#include "sim/experiment/series.h"

#include "sim/experiment/load_curve.h"

static void series_fact(void *self, const World *world, const Fact *fact)
{
    SeriesMeter *meter = self;
    SeriesColumns *columns = meter->columns;
    if (fact->kind != FACT_PASS_DONE || columns->count == meter->capacity) {
        return;
    }
    int32_t row = columns->count++;
    columns->time_ms[row] = fact->time_ms;
    columns->arrived_milli[row] = world->arrived_milli;
    columns->used_milli[row] = world->used_milli;
    columns->idle_milli[row] = world->scenario->cluster.gpu_milli - world->used_milli;
    columns->fragmented_milli[row] = fragmentation_milli(meter->fragmentation);
    columns->jobs_waiting[row] = world->waiting.count;
}

bool series_meter_init(SeriesMeter *meter, Arena *arena, const World *world,
                       const FragmentationMeter *fragmentation)
{
    int64_t passes = passes_at_most(world->jobs);
    int32_t rows = passes < INT32_MAX ? (int32_t)passes : INT32_MAX;
    SeriesColumns *columns = ARENA_NEW(arena, SeriesColumns);
    *meter = (SeriesMeter){.columns = columns, .capacity = rows, .fragmentation = fragmentation};
    if (columns == NULL) {
        return false;
    }
    *columns = (SeriesColumns){
        .time_ms = ARENA_ARRAY(arena, int64_t, rows),
        .arrived_milli = ARENA_ARRAY(arena, int64_t, rows),
        .used_milli = ARENA_ARRAY(arena, int64_t, rows),
        .idle_milli = ARENA_ARRAY(arena, int64_t, rows),
        .fragmented_milli = ARENA_ARRAY(arena, double, rows),
        .jobs_waiting = ARENA_ARRAY(arena, int32_t, rows),
    };
    return columns->time_ms != NULL && columns->arrived_milli != NULL &&
           columns->used_milli != NULL && columns->idle_milli != NULL &&
           columns->fragmented_milli != NULL && columns->jobs_waiting != NULL;
}

Observer series_meter_observer(SeriesMeter *meter)
{
    return (Observer){.self = meter, .fact = series_fact};
}
