/* arrivals.c - a list of requests is shuffled and brought to the wanted load, as in the FGD study.
 *
 * Rules: docs/fragmentation.md. The draws are addressed, so every policy meets the same arrivals.
 */
#include "traces/arrivals.h"

#include <gsl/gsl_randist.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/gsl_philox.h"
#include "traces/csv_table.h"

#define LIST_BYTES 300

void arrivals_free(Arrivals *arrivals)
{
    free(arrivals->row);
    *arrivals = (Arrivals){0};
}

static Status mistake(Diagnostics *diagnostics, const char *help, int32_t index, const char *what)
{
    Place nowhere = {0};
    return diagnostics_error(diagnostics, nowhere, "workload", help,
                             "source %d of the workload: %s", (int)index + 1, what);
}

static Status arrivals_append(Arrivals *arrivals, int32_t row, int32_t index,
                              Diagnostics *diagnostics)
{
    if (arrivals->count == arrivals->capacity) {
        if (arrivals->count >= JOBS_MAX) {
            return mistake(diagnostics, "ask for a smaller load, or for fewer requests", index,
                           "more than 100 million jobs are needed");
        }
        int32_t capacity = arrivals->capacity < 1024 ? 1024 : arrivals->capacity * 2;
        capacity = capacity > JOBS_MAX ? JOBS_MAX : capacity;
        int32_t *rows = realloc(arrivals->row, (size_t)capacity * sizeof *rows);
        if (rows == NULL) {
            return diagnostics_no_memory(diagnostics);
        }
        arrivals->row = rows;
        arrivals->capacity = capacity;
    }
    arrivals->row[arrivals->count++] = row;
    return STATUS_OK;
}

/* ---- recorded -------------------------------------------------------------------------------- */

const int32_t *recorded_column(const RecordedColumns *columns, const Scenario *scenario,
                               uint32_t replication, const char *what, Diagnostics *diagnostics,
                               int32_t *length)
{
    char wanted[32];
    snprintf(wanted, sizeof wanted, "seed%" PRIu64, scenario->seed + replication);
    char present[LIST_BYTES] = "";
    for (int32_t i = 0; i < columns->column_count; i++) {
        if (strcmp(columns->name[i], wanted) == 0) {
            *length = columns->length[i];
            return columns->value[i];
        }
        char shown[CSV_SHOWN_BYTES];
        size_t used = strlen(present);
        snprintf(present + used, sizeof present - used, "%s%s", used > 0 ? ", " : "",
                 csv_shown(columns->name[i], shown));
    }
    Place nowhere = {0};
    diagnostics_error(diagnostics, nowhere, "workload",
                      "choose the seed and the number of replications accordingly",
                      "%s has no column '%s' for replication %u; it has: %s", what, wanted,
                      (unsigned)replication, present);
    return NULL;
}

static Status order_recorded(const Scenario *scenario, int32_t index, uint32_t replication,
                             Diagnostics *diagnostics, Arrivals *arrivals)
{
    const WorkloadSource *source = &scenario->sources[index];
    int32_t length = 0;
    const int32_t *column = recorded_column(source->order, scenario, replication,
                                            "the recorded order", diagnostics, &length);
    if (column == NULL) {
        return STATUS_BAD_INPUT;
    }
    for (int32_t i = 0; i < length; i++) {
        if (column[i] < 0 || column[i] >= source->requests.count) {
            return mistake(diagnostics, "is this the order of this list?", index,
                           "the recorded order names a row that the list does not have");
        }
        Status status = arrivals_append(arrivals, column[i], index, diagnostics);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* ---- drawn ----------------------------------------------------------------------------------- */

/* Milli-GPU of one device that a row asks for; draw.c has checked the row. */
static int64_t row_device_milli(const Request *row)
{
    GpShape shape; /* knows what a MIG instance amounts to */
    return request_shape(row, &shape) == GP_OK ? shape.device_milli : 0;
}

static int64_t row_demand(const Request *row)
{
    return row_device_milli(row) * row->gpu_count * row->task_count;
}

/* Every row as often as it counts, in the order listed. */
static Status rows_expand(const RequestList *requests, int32_t index, Diagnostics *diagnostics,
                          Arrivals *arrivals)
{
    for (int32_t row = 0; row < requests->count; row++) {
        for (int64_t i = 0; i < requests->rows[row].count; i++) {
            Status status = arrivals_append(arrivals, row, index, diagnostics);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    return STATUS_OK;
}

/* What load_ppm of the cluster is, in milli-GPU, without passing 64 bits on the way. */
static int64_t load_target(const Scenario *scenario, const WorkloadSource *source)
{
    __extension__ typedef __int128 Wide;
    int64_t fleet =
        source->load_gpu_milli > 0 ? source->load_gpu_milli : scenario->cluster.gpu_milli;
    Wide target = (Wide)fleet * source->load_ppm / GP_PPM;
    return target > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)target;
}

/* Copies drawn with replacement follow the list until the next would pass the target. `list` holds
 * the rows as listed, before the shuffle. The test looks at one device of the request, as the study
 * does, so the last copy may pass the target by its other devices. */
static Status copies_append(const RequestList *requests, const Arrivals *list, gsl_rng *rng,
                            int64_t demand, int64_t target, int32_t index, Diagnostics *diagnostics,
                            Arrivals *arrivals)
{
    for (;;) {
        int32_t row = list->row[gsl_rng_uniform_int(rng, (unsigned long)list->count)];
        const Request *request = &requests->rows[row];
        if (demand + row_device_milli(request) > target) {
            return STATUS_OK;
        }
        Status status = arrivals_append(arrivals, row, index, diagnostics);
        if (status != STATUS_OK) {
            return status;
        }
        demand += row_demand(request);
    }
}

/* Too much demand: requests leave at random until it is at most the target. The list is shuffled,
 * so its end is a random request, and what remains is in random order: the same distribution as
 * drawing a position each time. */
static void end_remove(const RequestList *requests, int64_t demand, int64_t target,
                       Arrivals *arrivals)
{
    while (demand > target) {
        demand -= row_demand(&requests->rows[arrivals->row[--arrivals->count]]);
    }
}

static Status load_reach(const Scenario *scenario, int32_t index, uint32_t replication,
                         const Arrivals *list, Diagnostics *diagnostics, Arrivals *arrivals)
{
    const WorkloadSource *source = &scenario->sources[index];
    int64_t demand = 0;
    for (int32_t i = 0; i < list->count; i++) {
        demand += row_demand(&source->requests.rows[list->row[i]]);
    }
    int64_t target = load_target(scenario, source);
    if (demand >= target) {
        end_remove(&source->requests, demand, target, arrivals);
        return STATUS_OK;
    }
    if (demand == 0) {
        return mistake(diagnostics, "a load counts GPUs: add requests for some", index,
                       "no request asks for a GPU, so copies of them never reach the load");
    }
    PhiloxState state;
    gsl_rng rng = gsl_philox_at(&state, (DrawAddress){.seed = scenario->seed,
                                                      .replication = replication,
                                                      .purpose = PURPOSE_ARRIVAL_COPY,
                                                      .entity = (uint32_t)index});
    return copies_append(&source->requests, list, &rng, demand, target, index, diagnostics,
                         arrivals);
}

static Status order_shuffled(const Scenario *scenario, int32_t index, uint32_t replication,
                             Diagnostics *diagnostics, Arrivals *arrivals)
{
    const WorkloadSource *source = &scenario->sources[index];
    Arrivals list = {0};
    Status status = rows_expand(&source->requests, index, diagnostics, &list);
    for (int32_t i = 0; status == STATUS_OK && i < list.count; i++) {
        status = arrivals_append(arrivals, list.row[i], index, diagnostics);
    }
    if (status == STATUS_OK && list.count > 0) {
        PhiloxState state;
        gsl_rng rng = gsl_philox_at(&state, (DrawAddress){.seed = scenario->seed,
                                                          .replication = replication,
                                                          .purpose = PURPOSE_ARRIVAL_ORDER,
                                                          .entity = (uint32_t)index});
        gsl_ran_shuffle(&rng, arrivals->row, (size_t)arrivals->count, sizeof *arrivals->row);
        if (source->load_ppm > 0) {
            status = load_reach(scenario, index, replication, &list, diagnostics, arrivals);
        }
    }
    arrivals_free(&list);
    return status;
}

Status arrivals_draw(const Scenario *scenario, int32_t index, uint32_t replication,
                     Diagnostics *diagnostics, Arrivals *arrivals)
{
    const WorkloadSource *source = &scenario->sources[index];
    *arrivals = (Arrivals){0};
    Status status;
    if (source->kind == SOURCE_JOBS) {
        status = rows_expand(&source->requests, index, diagnostics, arrivals);
    } else if (source->order != NULL) {
        status = order_recorded(scenario, index, replication, diagnostics, arrivals);
    } else {
        status = order_shuffled(scenario, index, replication, diagnostics, arrivals);
    }
    if (status != STATUS_OK) {
        arrivals_free(arrivals);
    }
    return status;
}
