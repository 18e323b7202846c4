/* build_trace.c - a log with its times becomes jobs, on the run's clock. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/build.h"
#include "sim/scenario/resolve.h"
#include "traces/resample.h"
#include "traces/trace.h"

bool log_has_times(const LogSpec *spec)
{
    if (spec->times.value != NULL) {
        return strcmp(spec->times.value, "recorded") == 0;
    }
    bool openb = spec->format.value == NULL || strcmp(spec->format.value, "openb") == 0;
    bool list =
        spec->load_ppm.node != NULL || spec->interval_ms.node != NULL || spec->order.node != NULL;
    return !(openb && list);
}

/* ---- options ---- */

static bool moment_take(Loader *loader, const SpecText *text, const char *key, TraceMoment *moment)
{
    const char *wrong = text->value == NULL ? NULL : trace_moment_parse(text->value, moment);
    if (wrong != NULL) {
        REPORT(loader, text->node, "unit", NULL, "`%s` is `%.64s`; %s", key, text->value, wrong);
    }
    return wrong == NULL;
}

static bool timezone_take(Loader *loader, const SpecText *text, TraceOptions *options)
{
    const char *wrong =
        text->value == NULL ? NULL : trace_timezone_parse(text->value, &options->timezone_ms);
    if (wrong != NULL) {
        REPORT(loader, text->node, "unit", NULL, "`timezone` is `%.64s`; %s", text->value, wrong);
    }
    return wrong == NULL;
}

bool log_keys_belong(Loader *loader, const LogSpec *spec)
{
    const Node *list[] = {spec->load_ppm.node, spec->interval_ms.node, spec->order.node};
    const Node *times[] = {spec->from.node, spec->to.node, spec->timezone.node,
                           spec->gpus_per_node.node, spec->resample.node};
    const Node *const *refused = log_has_times(spec) ? list : times;
    int count = log_has_times(spec) ? 3 : 5;
    bool good = true;
    for (int i = 0; i < count; i++) {
        if (refused[i] != NULL) {
            REPORT_KEY(loader, refused[i], "conflict",
                       log_has_times(spec) ? "add times: ignored (openb), or remove it"
                                           : "add times: recorded, or remove it",
                       log_has_times(spec)
                           ? "`%s` replaces the times of the log, which are replayed"
                           : "`%s` is about the times of the log, which are ignored",
                       refused[i]->key);
            good = false;
        }
    }
    if (!log_has_times(spec) && spec->format.value != NULL &&
        strcmp(spec->format.value, "openb") != 0) {
        REPORT_KEY(loader, spec->times.node, "conflict", "remove it",
                   "only logs of format openb are read without their times, not %s",
                   spec->format.value);
        good = false;
    }
    if (spec->as.node != NULL && spec->format.value != NULL &&
        strcmp(spec->format.value, "swf") != 0) {
        REPORT_KEY(loader, spec->as.node, "conflict", "only SWF counts processors",
                   "`as` means nothing to logs of format %s", spec->format.value);
        good = false;
    }
    return good;
}

static bool options_fill(Loader *loader, const LogSpec *spec, TraceOptions *options)
{
    trace_options_init(options);
    options->format = spec->format.value;
    options->gpus_per_node = (int32_t)spec->gpus_per_node.value;
    options->as =
        spec->as.value != NULL && strcmp(spec->as.value, "cpu") == 0 ? TRACE_AS_CPU : TRACE_AS_GPU;
    bool good = moment_take(loader, &spec->from, "from", &options->from);
    good = moment_take(loader, &spec->to, "to", &options->to) && good;
    return timezone_take(loader, &spec->timezone, options) && good;
}

/* ---- clock ---- */

/* Dates of the log against the start of the run. False: jobs would come before it. */
static bool clock_align(Loader *loader, const LogSpec *spec, const TraceStats *stats,
                        Scenario *scenario, RequestList *requests)
{
    if (!stats->has_calendar) {
        return true;
    }
    if (scenario->start_unix_ms == 0) {
        scenario->start_unix_ms = stats->origin_unix_ms;
    }
    int64_t later_ms = stats->origin_unix_ms - scenario->start_unix_ms;
    if (stats->first_submit_ms + later_ms < 0) {
        REPORT(loader, spec->path.node, "range", "give an earlier `start`, or a later `from`",
               "jobs of %s are submitted before the run starts", spec->path.value);
        return false;
    }
    for (int32_t i = 0; later_ms != 0 && i < requests->count; i++) {
        requests->rows[i].submit_ms += later_ms;
        requests->rows[i].recorded_start_ms += requests->rows[i].has_start ? later_ms : 0;
    }
    return true;
}

bool build_trace(Loader *loader, const LogSpec *spec, Scenario *scenario, WorkloadSource *source)
{
    TraceOptions options;
    TraceStats stats;
    bool good = options_fill(loader, spec, &options);
    source->kind = SOURCE_JOBS;
    if (spec->path.value == NULL || spec->format.value == NULL) {
        return false; /* reported when it was bound */
    }
    options.path = resolve_path(loader, &spec->path);
    if (!good || options.path == NULL || scenario == NULL) {
        return false;
    }
    Status status = trace_read(&options, loader->arena, loader->diagnostics, &scenario->cluster,
                               &source->requests, &stats);
    if (status != STATUS_OK) {
        return false;
    }
    source->rows_read = stats.rows_read;
    source->resampled = spec->resample.value != NULL;
    int64_t weeks = source->resampled ? resample_weeks(&source->requests) : 0;
    if (weeks > RESAMPLE_WEEKS_MAX) {
        REPORT(loader, spec->path.node, "range", "cut it with `from` and `to`",
               "submissions of %s are more than a hundred years apart", spec->path.value);
        return false;
    }
    if (source->resampled && weeks < 2) {
        REPORT(loader, spec->resample.node, "range", "remove it: the log is then replayed as it is",
               "%s holds one week of submissions at most; expected more than one to draw from",
               spec->path.value);
        return false;
    }
    return clock_align(loader, spec, &stats, scenario, &source->requests);
}
