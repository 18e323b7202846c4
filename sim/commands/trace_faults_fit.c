/* trace_faults_fit.c - `gpuplan trace fit` on a fault log: figures, how good they are, and YAML. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/units.h"
#include "sim/commands/trace_faults.h"
#include "sim/report/atomic_file.h"
#include "traces/fault_fit.h"

#define LABEL_WIDTH 26
#define DAY_MS 86400000.0
#define HOUR_MS 3600000.0

static void label_print(FILE *file, const char *label)
{
    fprintf(file, "%-*s", LABEL_WIDTH, label);
}

static void overview_print(const FaultFit *fit, const TraceLog *log, FILE *file)
{
    const FaultStats *stats = &fit->stats;
    label_print(file, "log");
    fprintf(file, "%s (%s)\n", log->path, log->fault_format);
    label_print(file, "faults");
    fprintf(file, "%lld of %lld nodes, %.3f per 1,000 node-days, %.3f in service\n",
            (long long)stats->all.faults, (long long)stats->nodes, stats->all.per_1000_node_days,
            1000.0 * DAY_MS * (double)stats->all.faults / fit->in_service_ms);
    label_print(file, "down");
    fprintf(file, "%.3f %% of the node-days\n",
            100.0 * (double)stats->node_down_ms / (stats->node_days * DAY_MS));
}

static void frailty_print(const FrailtyFit *frailty, FILE *file)
{
    label_print(file, "faults a node");
    fprintf(file, "mean %.3f, variance %.3f\n", frailty->mean, frailty->variance);
    label_print(file, "frailty");
    if (frailty->cv > 0.0) {
        fprintf(file, "cv %.3f +- %.3f (gamma; 2 ln likelihood ratio against none %.1f)\n",
                frailty->cv, frailty->cv_error, frailty->ratio);
    } else {
        fputs("none: counts are those of like nodes\n", file);
    }
}

static void gaps_print(const NodeGapFit *gaps, FILE *file)
{
    bool weibull = gaps->weibull_aic < gaps->exponential_aic;
    label_print(file, "gaps of a node");
    fprintf(file, "%lld, and %lld cut off by the log's end; mean %.1f days\n",
            (long long)gaps->gaps, (long long)gaps->cut_off, gaps->mean_ms / DAY_MS);
    label_print(file, "  as if nodes were alike");
    fprintf(file, "Weibull shape %.3f +- %.3f; AIC %.1f, exponential %.1f: %s is nearer\n",
            gaps->shape, gaps->shape_error, gaps->weibull_aic, gaps->exponential_aic,
            weibull ? "Weibull" : "exponential");
    label_print(file, "  whatever a node's rate");
    fprintf(file,
            "%lld gaps behind a fault against chance: KS %.3f by the calendar, %.3f by the "
            "fleet's faults (5 %%: %.3f)\n",
            (long long)gaps->tested, gaps->calendar_ks, gaps->fleet_ks, gaps->ks_limit);
    label_print(file, "");
    bool sooner = gaps->fleet_mean < 0.5;
    fprintf(file, "%s; mean rank %.3f and %.3f (chance: 0.5)\n",
            gaps->fleet_ks <= gaps->ks_limit ? "as by chance: exponential gaps hold"
            : sooner                         ? "the next fault comes sooner than by chance"
                                             : "the next fault comes later than by chance",
            gaps->calendar_mean, gaps->fleet_mean);
}

static void drift_print(const FaultFit *fit, FILE *file)
{
    label_print(file, "drift");
    if (fit->month_dispersion > 0.0) {
        fprintf(file,
                "faults in 30 days: variance / mean %.2f, p %.2g if the rate were steady; not in "
                "the model\n",
                fit->month_dispersion, fit->month_p);
    } else {
        fputs("unknown: the log is shorter than two times 30 days\n", file);
    }
    label_print(file, "together");
    fprintf(file,
            "%.1f %% of the faults begin at the instant of another node's; %lld instants with %d "
            "nodes or more; not in the model\n",
            100.0 * fit->together_share, (long long)fit->stats.burst_count, FAULT_BURST_LEAST);
}

static void components_print(const FaultFit *fit, FILE *file)
{
    fprintf(file, "\n%-32s %7s %11s %9s %9s %7s  %s\n", "component", "faults", "MTBF days",
            "mean h", "median h", "KS", "repair times, and families for comparison (KS)");
    for (int32_t i = 0; i < fit->component_count; i++) {
        const ComponentFit *component = &fit->components[i];
        fprintf(file, "%-32s %7lld %11.1f %9.4g %9.4g %7.3f  %s", component->name,
                (long long)component->faults, component->mtbf_ms / DAY_MS,
                component->mean_ms / HOUR_MS, component->median_ms / HOUR_MS, component->ks,
                component->repaired == 0 ? "none" : family_name(component->out.family));
        for (int k = 0; k < 2; k++) {
            const FamilyFit *family = &component->family[k];
            if (component->fitted[k]) {
                fprintf(file, "%s%s %.3f", k == 0 ? "; " : ", ",
                        family_name(family->distribution.family), family->ks);
            }
        }
        putc('\n', file);
    }
}

static void fit_print(const FaultFit *fit, const TraceLog *log, FILE *file)
{
    overview_print(fit, log, file);
    frailty_print(&fit->frailty, file);
    gaps_print(&fit->gaps, file);
    drift_print(fit, file);
    components_print(fit, file);
}

static Status yaml_write(const FaultFit *fit, const TraceLog *log, const char *output,
                         Diagnostics *diagnostics)
{
    const char *slash = strrchr(log->path, '/');
    AtomicFile file;
    Status status = atomic_file_open(&file, output, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    if (!fault_fit_write(fit, slash != NULL ? slash + 1 : log->path, file.stream)) {
        file.error = errno;
    }
    return atomic_file_commit(&file, diagnostics);
}

Status trace_faults_fit(const TraceLog *log, int64_t nodes, const char *output,
                        Diagnostics *diagnostics)
{
    Arena arena;
    FaultLog faults;
    FaultFit fit;
    FaultFitOptions options = {.nodes = nodes,
                               .gpus_per_node = log->options.gpus_per_node > 0
                                                    ? log->options.gpus_per_node
                                                    : TRACE_GPUS_PER_NODE_FALLBACK};
    arena_init(&arena);
    Status status = trace_faults_read(log, nodes, &arena, diagnostics, &faults);
    if (status == STATUS_OK) {
        status = fault_fit(&faults, &options, &arena, diagnostics, &fit);
    }
    if (status == STATUS_OK) {
        bool to_stdout = output != NULL && strcmp(output, "-") == 0;
        fit_print(&fit, log, to_stdout ? stderr : stdout);
        if (output != NULL) {
            status = yaml_write(&fit, log, output, diagnostics);
        }
    }
    arena_free(&arena);
    return status;
}
