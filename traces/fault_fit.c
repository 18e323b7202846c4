/* fault_fit.c - rates of components, and how steady the whole log is; the parts do the rest. */
#include "traces/fault_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#define MONTH_MS 2592000000.0

/* ---- components ------------------------------------------------------------------------------ */

static bool same_effect(const FaultLogComponent *a, const FaultLogComponent *b)
{
    return a->effect == b->effect && a->axis == b->axis && a->of_devices == b->of_devices &&
           a->xid == b->xid && a->left_ppm == b->left_ppm;
}

/* Which row of the fit a component of the log belongs to: its own where it is frequent, else one
 * that the rare ones of its effect share. */
static int32_t row_of(FaultFit *fit, const FaultLogComponent *component, int32_t *row)
{
    bool own = component->count >= FAULT_FIT_OWN_LEAST;
    for (int32_t i = 0; !own && i < fit->component_count; i++) {
        ComponentFit *known = &fit->components[i];
        if (known->faults == 0 && same_effect(&known->like, component)) {
            known->members++;
            known->by_operator = known->by_operator && component->by_operator;
            return *row = i;
        }
    }
    fit->components[fit->component_count] = (ComponentFit){.name = component->name,
                                                           .like = *component,
                                                           .members = 1,
                                                           .by_operator = component->by_operator};
    fit->components[fit->component_count].faults = own ? 1 : 0; /* taken: counted later */
    return *row = fit->component_count++;
}

static const char *name_of_rest(const ComponentFit *rest, Arena *arena)
{
    char effect[FAULT_EFFECT_BYTES];
    char name[FAULT_EFFECT_BYTES + 32];
    bool down = rest->like.effect == FAULT_LOG_DOWN;
    snprintf(name, sizeof name, "other%s%s%s", down ? "" : " ",
             down ? "" : fault_effect_print(&rest->like, effect),
             rest->like.of_devices ? " of a GPU" : "");
    return arena_strdup(arena, name);
}

static int64_t targets_of(const FaultLogRow *row)
{
    return row->devices == 0 ? 1 : __builtin_popcount(row->devices);
}

static bool component_fit(const FaultLog *log, const int32_t *row_of_component, int32_t row,
                          const FaultFitOptions *options, Arena *arena, FaultFit *fit)
{
    ComponentFit *component = &fit->components[row];
    double *repair_ms = malloc(((size_t)log->count + 1) * sizeof *repair_ms);
    if (repair_ms == NULL) {
        return false;
    }
    size_t repaired = 0;
    component->faults = 0;
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *fault = &log->rows[i];
        if (row_of_component[fault->component] == row) {
            component->faults += targets_of(fault);
            if (fault->end_ms != TIME_NEVER) {
                double lasted_ms = (double)(fault->end_ms - fault->start_ms);
                repair_ms[repaired++] = fmax(lasted_ms, 1.0);
            }
        }
    }
    double targets = component->like.of_devices ? (double)options->gpus_per_node : 1.0;
    component->mtbf_ms = fit->in_service_ms * targets / (double)component->faults;
    component->repaired = (int64_t)repaired;
    bool enough = fault_fit_repairs(repair_ms, repaired, arena, component);
    free(repair_ms);
    return enough;
}

static int frequent_first(const void *a, const void *b)
{
    const ComponentFit *first = a;
    const ComponentFit *second = b;
    return (first->faults < second->faults) - (first->faults > second->faults);
}

static bool components_fit(const FaultLog *log, const FaultFitOptions *options, Arena *arena,
                           FaultFit *fit)
{
    int32_t *row = ARENA_ARRAY(arena, int32_t, log->component_count);
    fit->components = ARENA_ARRAY(arena, ComponentFit, log->component_count);
    if (row == NULL || fit->components == NULL) {
        return false;
    }
    for (int32_t i = 0; i < log->component_count; i++) {
        row[i] = -1;
        if (log->components[i].count > 0) {
            row_of(fit, &log->components[i], &row[i]);
        }
    }
    for (int32_t i = 0; i < fit->component_count; i++) {
        if (fit->components[i].members > 1) {
            fit->components[i].name = name_of_rest(&fit->components[i], arena);
        }
        if (fit->components[i].name == NULL || !component_fit(log, row, i, options, arena, fit)) {
            return false;
        }
    }
    qsort(fit->components, (size_t)fit->component_count, sizeof *fit->components, frequent_first);
    return true;
}

/* ---- how steady ------------------------------------------------------------------------------ */

/* Whole months only: index of dispersion, and its chi-square. */
static void months_test(const FaultLog *log, FaultFit *fit)
{
    const FaultStats *stats = &fit->stats;
    int32_t months = (int32_t)((double)log->window_ms / MONTH_MS);
    months = months > FAULT_MONTHS_MAX ? FAULT_MONTHS_MAX : months;
    double sum = 0.0;
    double squares = 0.0;
    for (int32_t i = 0; i < months; i++) {
        sum += (double)stats->months[i];
    }
    double mean = months > 0 ? sum / months : 0.0;
    for (int32_t i = 0; i < months; i++) {
        squares += ((double)stats->months[i] - mean) * ((double)stats->months[i] - mean);
    }
    if (months > 1 && mean > 0.0) {
        fit->month_dispersion = squares / (months - 1) / mean;
        fit->month_p = gsl_cdf_chisq_Q(squares / mean, months - 1);
    }
}

static void together_count(const FaultLog *log, FaultFit *fit)
{
    int64_t together = 0;
    for (int32_t i = 0; i < log->count;) {
        int32_t end = i;
        bool several = false;
        while (end < log->count && log->rows[end].start_ms == log->rows[i].start_ms) {
            several = several || log->rows[end].node != log->rows[i].node;
            end++;
        }
        together += several ? end - i : 0;
        i = end;
    }
    fit->together_share = log->count > 0 ? (double)together / log->count : 0.0;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool fit_fill(const FaultLog *log, const FaultFitOptions *options, Arena *arena,
                     FaultFit *fit)
{
    int64_t nodes = fit->stats.nodes;
    fit->in_service_ms = (double)nodes * (double)log->window_ms - (double)fit->stats.node_down_ms;
    months_test(log, fit);
    together_count(log, fit);
    return components_fit(log, options, arena, fit) && fault_fit_gaps(log, nodes, &fit->gaps) &&
           fault_fit_frailty(log, nodes, &fit->frailty);
}

Status fault_fit(const FaultLog *log, const FaultFitOptions *options, Arena *arena,
                 Diagnostics *diagnostics, FaultFit *fit)
{
    *fit = (FaultFit){0};
    if (log->count < FAULT_FIT_LEAST ||
        log->rows[0].start_ms == log->rows[log->count - 1].start_ms) {
        return diagnostics_error(diagnostics, (Place){0}, "range", NULL,
                                 "%d faults are left of the log; a fit needs %d at different times",
                                 (int)log->count, FAULT_FIT_LEAST);
    }
    Status status = fault_stats(log, options->nodes, arena, diagnostics, &fit->stats);
    if (status == STATUS_OK && !fit_fill(log, options, arena, fit)) {
        status = diagnostics_no_memory(diagnostics);
    }
    return status;
}
