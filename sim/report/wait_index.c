/* wait_index.c - rows of classes sorted by class; they are in order of time already. */
#include "sim/report/wait_index.h"

#include <stdlib.h>

#include "core/world.h"

bool wait_index_init(WaitIndex *index, const RunTables *tables)
{
    const IntervalRows *rows = &tables->intervals;
    int64_t classes = tables->jobs.count; /* at most */
    *index = (WaitIndex){.tables = tables,
                         .begin = calloc((size_t)classes + 2, sizeof *index->begin),
                         .rows = calloc((size_t)rows->count + 1, sizeof *index->rows)};
    if (index->begin == NULL || index->rows == NULL) {
        wait_index_free(index);
        return false;
    }
    /* counted two places up, so that filling leaves each class's begin in its place */
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->job[i] < 0) {
            index->begin[rows->job_class[i] + 2]++;
        }
    }
    for (int64_t c = 2; c <= classes + 1; c++) {
        index->begin[c] += index->begin[c - 1];
    }
    for (int64_t i = 0; i < rows->count; i++) {
        if (rows->job[i] < 0) {
            index->rows[index->begin[rows->job_class[i] + 1]++] = i;
        }
    }
    return true;
}

void wait_index_free(WaitIndex *index)
{
    free(index->begin);
    free(index->rows);
    *index = (WaitIndex){0};
}

int64_t wait_index_find(const WaitIndex *index, int32_t job_class, int64_t from_ms)
{
    int64_t low = index->begin[job_class], high = index->begin[job_class + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (index->tables->intervals.to_ms[index->rows[middle]] > from_ms) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

Cause wait_cause(const RunTables *tables, int64_t class_row, bool is_last, Cause own)
{
    Cause cause = {tables->intervals.reason[class_row], tables->intervals.detail[class_row]};
    bool own_is_closer =
        is_last && cause.reason == REASON_BLOCKED && own.reason == REASON_BLOCKED && own.detail > 0;
    return own_is_closer ? own : cause;
}
