/* native_write.c - a list of requests as our own job log, so that reading it gives the list again.
 */
#include <inttypes.h>
#include <string.h>

#include "traces/clock.h"
#include "traces/native.h"

typedef struct NativeWriter {
    FILE *file;
    bool has_calendar;
    int64_t origin_unix_ms;
    bool wanted[NATIVE_COLUMNS];
} NativeWriter;

/* ---- which columns --------------------------------------------------------------------------- */

static const JobTraits *traits_of(const Request *row)
{
    return row->traits != NULL ? row->traits : &JOB_TRAITS_DEFAULT;
}

/* It shares a GPU's memory and asks for none of its cores, which gpu_milli cannot say. */
static bool only_memory(const Request *row)
{
    return row->gpu_count > 0 && row->gpu_milli == 0;
}

static int need_axis(int column)
{
    return column == NATIVE_NEED_STORAGE_BANDWIDTH ? GP_AXIS_STORAGE_BANDWIDTH
           : column == NATIVE_NEED_IO_CPU          ? GP_AXIS_IO_CPU
           : column == NATIVE_NEED_NETWORK         ? GP_AXIS_NETWORK
                                                   : GP_AXIS_CPU;
}

/* Does it need something else than an empty cell says? */
static bool says_need(const Request *row, int column)
{
    int axis = need_axis(column);
    return traits_of(row)->need[axis] != native_need(row, axis);
}

static void columns_of_row(bool wanted[NATIVE_COLUMNS], const Request *row)
{
    const JobTraits *traits = traits_of(row);
    wanted[NATIVE_ID] |= row->name != NULL;
    wanted[NATIVE_TASKS] |= row->task_count != 1;
    wanted[NATIVE_GANG] |= row->gang != GANG_NONE;
    wanted[NATIVE_GPU_MILLI] |=
        row->gpu_count > 0 && !only_memory(row) &&
        (row->gpu_milli != GP_DEVICE_MILLI || (row->gpu_memory_mib > 0 && !row->cores_unsaid));
    wanted[NATIVE_GPU_CORES] |= only_memory(row);
    wanted[NATIVE_GPU_MEMORY] |= row->gpu_memory_mib != 0;
    wanted[NATIVE_CPU] |= row->cpu_milli != 0;
    wanted[NATIVE_MEMORY] |= row->memory_mib != 0;
    wanted[NATIVE_STORAGE_BANDWIDTH] |= row->storage_bandwidth_mb_s != 0;
    wanted[NATIVE_IO_CPU] |= row->io_cpu_milli != 0;
    wanted[NATIVE_NETWORK] |= row->network_mb_s != 0;
    wanted[NATIVE_GPU_MODEL] |= row->model_set != 0;
    wanted[NATIVE_QUEUE] |= row->queue != NULL;
    wanted[NATIVE_USER] |= row->user != NULL;
    wanted[NATIVE_PRIORITY] |= row->priority != 0;
    wanted[NATIVE_PREEMPTIBLE] |= traits->preemptible >= 0;
    wanted[NATIVE_TIME_LIMIT] |= row->time_limit_ms != 0;
    wanted[NATIVE_ESTIMATE] |= row->estimate_ms != 0;
    wanted[NATIVE_KIND] |= traits->kind != KIND_BATCH;
    wanted[NATIVE_END] |= row->end != JOB_END_COMPLETED || row->censored;
    wanted[NATIVE_START] |= row->has_start;
    wanted[NATIVE_CARRIED] |= row->carried;
    wanted[NATIVE_MIN_TASKS] |= traits->min_tasks != 0;
    wanted[NATIVE_MAX_TASKS] |= traits->max_tasks != 0;
    wanted[NATIVE_SYNC] |= traits->sync >= 0;
    wanted[NATIVE_CHECKPOINT_EVERY] |= traits->checkpoint.every_ms != 0;
    wanted[NATIVE_CHECKPOINT_COST] |= traits->checkpoint.cost_ms != 0;
    for (int column = NATIVE_NEED_STORAGE_BANDWIDTH; column <= NATIVE_NEED_CPU; column++) {
        wanted[column] |= says_need(row, column);
    }
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* Thousandths of something, without zeros at the end. */
static void put_thousandths(FILE *file, int64_t value)
{
    int64_t rest = value % 1000;
    fprintf(file, "%" PRId64, value / 1000);
    if (rest != 0) {
        int digits = rest % 100 == 0 ? 1 : rest % 10 == 0 ? 2 : 3;
        fprintf(file, ".%0*" PRId64, digits,
                digits == 1   ? rest / 100
                : digits == 2 ? rest / 10
                              : rest);
    }
}

static void put_duration(FILE *file, int64_t ms)
{
    if (ms == TIME_NEVER) {
        fputs("never", file);
    } else {
        put_thousandths(file, ms);
    }
}

static void put_time(const NativeWriter *writer, int64_t ms)
{
    char text[CLOCK_BYTES];
    if (writer->has_calendar) {
        fputs(clock_print(writer->origin_unix_ms + ms, text), writer->file);
    } else {
        put_thousandths(writer->file, ms);
    }
}

/* A text; in quotes where it would be read as something else without them. */
static void put_text(FILE *file, const char *text)
{
    if (text == NULL) {
        return;
    }
    size_t length = strlen(text);
    bool edges =
        length > 0 && (strchr(" \t", text[0]) != NULL || strchr(" \t", text[length - 1]) != NULL);
    if (!edges && strpbrk(text, ",\"") == NULL) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            putc('"', file);
        }
        putc(*text, file);
    }
    putc('"', file);
}

static void put_nonzero(FILE *file, int64_t value)
{
    if (value != 0) {
        fprintf(file, "%" PRId64, value);
    }
}

static void put_nonzero_thousandths(FILE *file, int64_t value)
{
    if (value != 0) {
        put_thousandths(file, value);
    }
}

/* Cells that are whole numbers and empty where they are 0. */
static int64_t number_of(const Request *row, int column)
{
    switch (column) {
    case NATIVE_GPU_MILLI:
        return row->gpu_count > 0 && !row->cores_unsaid ? row->gpu_milli : 0;
    case NATIVE_GPU_MEMORY:
        return row->gpu_memory_mib;
    case NATIVE_MEMORY:
        return row->memory_mib;
    case NATIVE_STORAGE_BANDWIDTH:
        return row->storage_bandwidth_mb_s;
    case NATIVE_NETWORK:
        return row->network_mb_s;
    case NATIVE_PRIORITY:
        return row->priority;
    case NATIVE_MIN_TASKS:
        return traits_of(row)->min_tasks;
    case NATIVE_MAX_TASKS:
        return traits_of(row)->max_tasks;
    default: /* MIG does not occur */
        return 0;
    }
}

/* Cells that are texts or words; NULL: the cell is empty, or not one of them. */
static const char *word_of(const Request *row, int column)
{
    static const char *const BOOLS[] = {"false", "true"};
    const JobTraits *traits = traits_of(row);
    switch (column) {
    case NATIVE_ID:
        return row->name;
    case NATIVE_GANG:
        return NATIVE_GANGS[row->gang];
    case NATIVE_GPU_CORES:
        return only_memory(row) ? "0%" : NULL;
    case NATIVE_GPU_MODEL:
        return row->model_set != 0 ? row->model_text : NULL;
    case NATIVE_QUEUE:
        return row->queue;
    case NATIVE_USER:
        return row->user;
    case NATIVE_PREEMPTIBLE:
        return traits->preemptible >= 0 ? BOOLS[traits->preemptible != 0] : NULL;
    case NATIVE_KIND:
        return NATIVE_KINDS[traits->kind];
    case NATIVE_END:
        return NATIVE_ENDS[row->censored ? NATIVE_END_RUNNING : row->end];
    case NATIVE_CARRIED:
        return BOOLS[row->carried != 0];
    case NATIVE_SYNC:
        return traits->sync >= 0 ? BOOLS[traits->sync != 0] : NULL;
    default:
        return NULL;
    }
}

static void put_cell(const NativeWriter *writer, const Request *row, int column)
{
    FILE *file = writer->file;
    switch (column) {
    case NATIVE_SUBMIT:
        put_time(writer, row->submit_ms);
        break;
    case NATIVE_START:
        if (row->has_start) {
            put_time(writer, row->recorded_start_ms);
        }
        break;
    case NATIVE_DURATION:
        put_duration(file, row->duration_ms);
        break;
    case NATIVE_TASKS:
    case NATIVE_GPUS:
        fprintf(file, "%" PRId32, column == NATIVE_TASKS ? row->task_count : row->gpu_count);
        break;
    case NATIVE_CPU:
    case NATIVE_IO_CPU:
        put_nonzero_thousandths(file, column == NATIVE_CPU ? row->cpu_milli : row->io_cpu_milli);
        break;
    case NATIVE_TIME_LIMIT:
    case NATIVE_ESTIMATE:
        put_nonzero_thousandths(file,
                                column == NATIVE_ESTIMATE ? row->estimate_ms : row->time_limit_ms);
        break;
    case NATIVE_CHECKPOINT_EVERY:
        put_nonzero_thousandths(file, traits_of(row)->checkpoint.every_ms);
        break;
    case NATIVE_CHECKPOINT_COST:
        put_nonzero_thousandths(file, traits_of(row)->checkpoint.cost_ms);
        break;
    case NATIVE_NEED_IO_CPU:
    case NATIVE_NEED_CPU:
        if (says_need(row, column)) {
            put_thousandths(file, traits_of(row)->need[need_axis(column)]);
        }
        break;
    case NATIVE_NEED_STORAGE_BANDWIDTH:
    case NATIVE_NEED_NETWORK:
        if (says_need(row, column)) {
            fprintf(file, "%" PRId64, traits_of(row)->need[need_axis(column)]);
        }
        break;
    default:
        put_text(file, word_of(row, column));
        put_nonzero(file, number_of(row, column));
        break;
    }
}

bool native_write(const RequestList *requests, bool has_calendar, int64_t origin_unix_ms,
                  FILE *file)
{
    NativeWriter writer = {
        .file = file, .has_calendar = has_calendar, .origin_unix_ms = origin_unix_ms};
    writer.wanted[NATIVE_SUBMIT] = true;
    writer.wanted[NATIVE_DURATION] = true;
    writer.wanted[NATIVE_GPUS] = true;
    for (int32_t i = 0; i < requests->count; i++) {
        columns_of_row(writer.wanted, &requests->rows[i]);
    }
    const char *between = "";
    for (int column = 0; column < NATIVE_COLUMNS; column++) {
        if (writer.wanted[column]) {
            fprintf(file, "%s%s", between, NATIVE_NAMES[column]);
            between = ",";
        }
    }
    putc('\n', file);
    for (int32_t i = 0; i < requests->count; i++) {
        between = "";
        for (int column = 0; column < NATIVE_COLUMNS; column++) {
            if (writer.wanted[column]) {
                fputs(between, file);
                put_cell(&writer, &requests->rows[i], column);
                between = ",";
            }
        }
        putc('\n', file);
    }
    return fflush(file) == 0 && ferror(file) == 0;
}
