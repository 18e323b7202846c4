/* series.c - rows are appended to columns that grow: evictions and faults bring more passes than
 * jobs. */
#include "sim/experiment/series.h"

#include <string.h>

#include "sim/experiment/load_curve.h"

#define SERIES_ROWS_MAX 4194304

/* More room in one column. False if memory ran out. */
static bool column_grow(Arena *arena, void *column, int32_t count, int32_t capacity, size_t size)
{
    void **from = column;
    void *more = arena_alloc(arena, (size_t)capacity, size);
    if (more == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(more, *from, (size_t)count * size);
        arena_give_back(arena, *from);
    }
    *from = more;
    return true;
}

static bool columns_grow(SeriesMeter *meter, int32_t capacity)
{
    SeriesColumns *columns = meter->columns;
    int32_t n = columns->count;
    meter->capacity = capacity;
    return column_grow(meter->arena, &columns->time_ms, n, capacity, sizeof(int64_t)) &&
           column_grow(meter->arena, &columns->arrived_milli, n, capacity, sizeof(int64_t)) &&
           column_grow(meter->arena, &columns->used_milli, n, capacity, sizeof(int64_t)) &&
           column_grow(meter->arena, &columns->idle_milli, n, capacity, sizeof(int64_t)) &&
           column_grow(meter->arena, &columns->fragmented_milli, n, capacity, sizeof(double)) &&
           column_grow(meter->arena, &columns->jobs_waiting, n, capacity, sizeof(int32_t));
}

static void series_fact(void *self, const World *world, const Fact *fact)
{
    SeriesMeter *meter = self;
    SeriesColumns *columns = meter->columns;
    if (fact->kind != FACT_PASS_DONE || meter->out_of_memory || columns->count == SERIES_ROWS_MAX) {
        return;
    }
    if (columns->count == meter->capacity && !columns_grow(meter, 2 * meter->capacity)) {
        meter->out_of_memory = true;
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
    int64_t passes = passes_at_most(world->jobs); /* where nobody is evicted and nothing fails */
    passes = passes < 1 ? 1 : passes < SERIES_ROWS_MAX ? passes : SERIES_ROWS_MAX;
    *meter = (SeriesMeter){
        .arena = arena, .columns = ARENA_NEW(arena, SeriesColumns), .fragmentation = fragmentation};
    return meter->columns != NULL && columns_grow(meter, (int32_t)passes);
}

Observer series_meter_observer(SeriesMeter *meter)
{
    return (Observer){.self = meter, .fact = series_fact};
}
