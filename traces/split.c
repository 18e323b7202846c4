/* split.c - row by row; rows that share their traits go on sharing them. */
#include "traces/split.h"

#include <stdlib.h>

static int64_t part(int64_t amount, int32_t pieces)
{
    return amount / pieces + (amount % pieces != 0);
}

/* At most as many tasks as a table can count: the size check refuses that. */
static int32_t times(int32_t tasks, int32_t pieces)
{
    int64_t product = (int64_t)tasks * pieces;
    return product < INT32_MAX ? (int32_t)product : INT32_MAX;
}

static bool becomes_gang(const Request *row)
{
    return row->gang == GANG_NONE && row->task_count == 1 && row->gpu_count > 1;
}

static JobTraits traits_split(const Request *row)
{
    JobTraits traits = row->traits != NULL ? *row->traits : JOB_TRAITS_DEFAULT;
    int32_t pieces = row->gpu_count > 1 ? row->gpu_count : 1;
    traits.min_tasks = times(traits.min_tasks, pieces);
    traits.max_tasks = times(traits.max_tasks, pieces);
    traits.restart_scale /= pieces;
    traits.checkpoint.size_mib = part(traits.checkpoint.size_mib, pieces);
    traits.required_level = TOPOLOGY_NONE;
    traits.preferred_level = TOPOLOGY_NONE;
    if (becomes_gang(row)) {
        traits.sync = 1;
    }
    return traits;
}

static void row_split(Request *row, const JobTraits *traits)
{
    int32_t pieces = row->gpu_count > 1 ? row->gpu_count : 1;
    if (becomes_gang(row)) {
        row->gang = GANG_ALL;
    }
    row->traits = traits;
    row->task_count = times(row->task_count, pieces);
    row->gpu_count = row->gpu_count > 0 ? 1 : 0;
    row->cpu_milli = part(row->cpu_milli, pieces);
    row->memory_mib = part(row->memory_mib, pieces);
    row->storage_bandwidth_mb_s = part(row->storage_bandwidth_mb_s, pieces);
    row->io_cpu_milli = part(row->io_cpu_milli, pieces);
    row->network_mb_s = part(row->network_mb_s, pieces);
}

/* Would the row before get the same traits? */
static bool shares_traits(const Request *a, const Request *b)
{
    return a->traits == b->traits && a->gpu_count == b->gpu_count &&
           becomes_gang(a) == becomes_gang(b);
}

bool requests_split(const RequestList *from, Arena *arena, RequestList *to)
{
    *to = (RequestList){.rows = malloc(((size_t)from->count + 1) * sizeof(Request))};
    if (to->rows == NULL) {
        return false;
    }
    const JobTraits *shared = NULL;
    for (int32_t i = 0; i < from->count; i++) {
        const Request *row = &from->rows[i];
        if (i == 0 || !shares_traits(row, &from->rows[i - 1])) {
            JobTraits *traits = ARENA_NEW(arena, JobTraits);
            if (traits == NULL) {
                free(to->rows);
                *to = (RequestList){0};
                return false;
            }
            *traits = traits_split(row);
            shared = traits;
        }
        to->rows[i] = *row;
        row_split(&to->rows[i], shared);
    }
    to->count = from->count;
    return true;
}
