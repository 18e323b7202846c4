/* hdf5_faults.c - tables of what went wrong: faults, how nodes stood, what components cost. */
#include <stdio.h>
#include <stdlib.h>

#include "core/fault.h"
#include "sim/experiment/node_state.h"
#include "sim/report/hdf5_columns.h"
#include "sim/report/hdf5_tables.h"

static H5Column column(H5Group group, const char *name, const char *units, const char *about,
                       int32_t count)
{
    return (H5Column){group, name, units, about, (size_t)count};
}

/* Columns of a table, made from its rows one at a time. */
typedef struct Scratch {
    int64_t *times;
    int32_t *counts;
    uint8_t *codes;
    const char **texts;
    double *reals;
} Scratch;

static bool scratch_init(Scratch *scratch, int32_t count)
{
    size_t most = (size_t)count + 1;
    *scratch =
        (Scratch){calloc(most, sizeof(int64_t)), calloc(most, sizeof(int32_t)), calloc(most, 1),
                  calloc(most, sizeof(char *)), calloc(most, sizeof(double))};
    return scratch->times != NULL && scratch->counts != NULL && scratch->codes != NULL &&
           scratch->texts != NULL && scratch->reals != NULL;
}

static void scratch_free(Scratch *scratch)
{
    free(scratch->times);
    free(scratch->counts);
    free(scratch->codes);
    free(scratch->texts);
    free(scratch->reals);
}

#define FILL(array, expression)                                                                    \
    for (int32_t i = 0; i < n; i++) {                                                              \
        (array)[i] = (expression);                                                                 \
    }

/* ---- faults ---- */

#define FAULT_SCOPES "job device node rack zone neighbours pool" /* FaultScope */

static bool fault_times(H5Group group, const FaultColumns *faults, Scratch *scratch)
{
    int32_t n = faults->count;
    FILL(scratch->times, faults->rows[i].at_ms)
    bool ok =
        h5_integers(column(group, "at_ms", "ms", "offered, since the start", n), scratch->times);
    FILL(scratch->times, faults->rows[i].noticed_ms)
    ok = ok && h5_times(column(group, "noticed_ms", "ms", "noticed", n), scratch->times);
    FILL(scratch->times, faults->rows[i].over_ms)
    return ok && h5_times(column(group, "over_ms", "ms", "over", n), scratch->times);
}

static bool fault_places(H5Group group, const FaultColumns *faults, Scratch *scratch)
{
    int32_t n = faults->count;
    FILL(scratch->texts, faults->kind_name[faults->rows[i].kind])
    bool ok =
        h5_texts(column(group, "component", NULL, "component that failed", n), scratch->texts);
    FILL(scratch->texts, faults->rows[i].node >= 0 ? faults->node_name[faults->rows[i].node] : "")
    ok = ok && h5_texts(column(group, "node", NULL, "its node; empty: a domain or a pool", n),
                        scratch->texts);
    FILL(scratch->times, faults->rows[i].devices)
    ok = ok && h5_integers(column(group, "devices", "1",
                                  "GPUs as bits, 0: all; without a node: which domain or pool", n),
                           scratch->times);
    FILL(scratch->codes, faults->rows[i].scope)
    ok = ok && h5_codes(column(group, "scope", NULL, "whose calendar offered it", n),
                        scratch->codes, FAULT_SCOPES);
    FILL(scratch->codes, faults->rows[i].masked)
    return ok && h5_codes(column(group, "masked", NULL, "its target was out already", n),
                          scratch->codes, "no yes");
}

bool faults_table(H5Group parent, const FaultColumns *faults)
{
    Scratch scratch;
    H5Group group = h5_group(parent, "faults");
    bool ok = scratch_init(&scratch, faults->count) && group.id >= 0 &&
              h5_attribute_integer(group.id, "rows_left_out", faults->left_out) &&
              fault_times(group, faults, &scratch) && fault_places(group, faults, &scratch);
    scratch_free(&scratch);
    if (group.id >= 0) {
        H5Gclose(group.id);
    }
    return ok;
}

/* ---- jobs ---- */

static bool hit_columns(H5Group group, const HitColumns *hits, const FaultColumns *faults,
                        Scratch *scratch)
{
    int32_t n = hits->count;
    FILL(scratch->counts, hits->rows[i].job)
    bool ok = h5_counts(column(group, "job", "1", "row in jobs", n), scratch->counts);
    FILL(scratch->times, hits->rows[i].at_ms)
    ok = ok && h5_integers(column(group, "at_ms", "ms", "since the start", n), scratch->times);
    FILL(scratch->texts, hits->rows[i].kind >= 0 ? faults->kind_name[hits->rows[i].kind] : "")
    ok = ok && h5_texts(column(group, "component", NULL, "whose fault it was", n), scratch->texts);
    FILL(scratch->texts, hits->rows[i].node >= 0 ? faults->node_name[hits->rows[i].node] : "")
    ok = ok && h5_texts(column(group, "node", NULL, "where", n), scratch->texts);
    FILL(scratch->reals, hits->rows[i].lost_gpu_s)
    ok = ok && h5_reals(column(group, "lost_gpu_s", "GPU-s", "work and grace that it lost", n),
                        scratch->reals);
    FILL(scratch->reals, hits->rows[i].hung_gpu_s)
    return ok && h5_reals(column(group, "hung_gpu_s", "GPU-s",
                                 "held until it ran again or gave up its GPUs", n),
                          scratch->reals);
}

bool job_faults_table(H5Group parent, const HitColumns *hits, const FaultColumns *faults)
{
    Scratch scratch;
    H5Group group = h5_group(parent, "job_faults");
    bool ok = scratch_init(&scratch, hits->count) && group.id >= 0 &&
              h5_attribute_integer(group.id, "rows_left_out", hits->left_out) &&
              hit_columns(group, hits, faults, &scratch);
    scratch_free(&scratch);
    if (group.id >= 0) {
        H5Gclose(group.id);
    }
    return ok;
}

/* ---- nodes ---- */

#define NODE_STATES "up down cordoned draining spare banned degraded absent"       /* NodeState */
#define STAGES "none undetected diagnosis technician part repair burn_in recorded" /* DownStage */

static bool state_columns(H5Group group, const NodeStateColumns *states, Scratch *scratch)
{
    int32_t n = states->count;
    FILL(scratch->texts, states->node_name[states->rows[i].node])
    bool ok = h5_texts(column(group, "node", NULL, "node", n), scratch->texts);
    FILL(scratch->times, states->rows[i].from_ms)
    ok = ok && h5_integers(column(group, "from_ms", "ms", "since the start", n), scratch->times);
    FILL(scratch->times, states->rows[i].to_ms)
    ok = ok && h5_integers(column(group, "to_ms", "ms", "since the start", n), scratch->times);
    FILL(scratch->codes, states->rows[i].state)
    ok = ok && h5_codes(column(group, "state", NULL, "how it stood; no row: up", n), scratch->codes,
                        NODE_STATES);
    FILL(scratch->codes, states->rows[i].stage)
    ok = ok && h5_codes(column(group, "stage", NULL, "where the repair stood", n), scratch->codes,
                        STAGES);
    FILL(scratch->texts, states->rows[i].kind >= 0 ? states->kind_name[states->rows[i].kind] : "")
    return ok && h5_texts(column(group, "component", NULL, "component that made it so", n),
                          scratch->texts);
}

bool node_states_table(H5Group parent, const NodeStateColumns *states)
{
    Scratch scratch;
    H5Group group = h5_group(parent, "node_states");
    bool ok = scratch_init(&scratch, states->count) && group.id >= 0 &&
              h5_attribute_integer(group.id, "rows_left_out", states->left_out) &&
              state_columns(group, states, &scratch);
    scratch_free(&scratch);
    if (group.id >= 0) {
        H5Gclose(group.id);
    }
    return ok;
}

/* ---- over time ---- */

bool over_time_table(H5Group parent, const OverTimeColumns *columns)
{
    static const char *const ABOUT[OVER_SERIES_COUNT] = {
        "advanced and kept, of capacity",
        "what device counters would show as busy, at least",
        "the same, at most",
        "held by tasks",
        "out of service, held by nobody",
        "cordoned, banned or in planned maintenance, held by nobody",
        "held back as spares", "not there, and not paid for"};
    int32_t n = columns->count;
    int64_t *from_ms = calloc((size_t)n + 1, sizeof *from_ms);
    H5Group group = h5_group(parent, "over_time");
    bool ok = from_ms != NULL && group.id >= 0;
    for (int32_t i = 0; ok && i < n; i++) {
        from_ms[i] = i * columns->step_ms;
    }
    ok = ok && h5_integers(column(group, "from_ms", "ms", "begin of the step", n), from_ms);
    for (int s = 0; s < OVER_SERIES_COUNT; s++) {
        ok = ok &&
             h5_reals(column(group, OVER_SERIES_NAMES[s], "percent", ABOUT[s], n), columns->pct[s]);
    }
    for (int s = 0; ok && s < columns->idle_count; s++) {
        char name[100];
        snprintf(name, sizeof name, "idle.%s_pct", columns->idle_name[s]);
        ok = h5_reals(column(group, name, "percent", "idle and put down to that, of capacity", n),
                      columns->idle_pct[s]);
    }
    free(from_ms);
    if (group.id >= 0) {
        H5Gclose(group.id);
    }
    return ok;
}
