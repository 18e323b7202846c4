/* build_series.c - what may change as time goes (a spot price, a tariff, carbon) becomes steps on
 * the run's clock. */
#include <inttypes.h>
#include <string.h>

#include "models/crew.h"
#include "sim/scenario/build.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/resolve.h"
#include "traces/trace.h"
#include "traces/value_series.h"

#define DAY_MS INT64_C(86400000)
#define WEEK_MS (7 * DAY_MS)

typedef struct SeriesBuild {
    Loader *loader;
    const SeriesSpec *spec;
    const SeriesUnit *unit;
    int64_t start_unix_ms; /* 0: no calendar */
    int64_t timezone_ms;
    int32_t count;
    int64_t *at_ms, *value;
} SeriesBuild;

/* One of value, path and steps; options only where they mean something. */
static bool keys_belong(Loader *loader, const SeriesSpec *spec, const char *key)
{
    bool value = node_child(spec->node, "value") != NULL;
    bool path = node_child(spec->node, "path") != NULL;
    bool steps = node_child(spec->node, "steps") != NULL;
    int said = value + path + steps;
    if (said != 1) {
        REPORT(loader, spec->node, said == 0 ? "missing" : "conflict",
               "it is one value, or a path, or steps", "`%s` has %s of `value`, `path` and `steps`",
               key, said == 0 ? "none" : "more than one");
        return false;
    }
    const Node *option = spec->repeat_ms.node != NULL ? spec->repeat_ms.node : spec->timezone.node;
    if (spec->value.node != NULL && option != NULL) {
        REPORT_KEY(loader, option, "conflict", "remove it, or write steps",
                   "`%s` has no effect on a `%s` that is always the same", option->key, key);
        return false;
    }
    /* else reported when it was bound */
    return spec->value.node != NULL || spec->path.node != NULL || spec->steps.node != NULL;
}

static bool timezone_take(SeriesBuild *build)
{
    const SpecText *text = &build->spec->timezone;
    const char *wrong =
        text->value == NULL ? NULL : trace_timezone_parse(text->value, &build->timezone_ms);
    if (wrong != NULL) {
        REPORT(build->loader, text->node, "unit", NULL, "`timezone` is `%.64s`; %s", text->value,
               wrong);
        return false;
    }
    if (text->value != NULL && build->start_unix_ms == 0) {
        REPORT(build->loader, text->node, "missing", "for example start: 2026-03-01T00:00:00Z",
               "`timezone` needs `start`, when the run begins");
        return false;
    }
    return true;
}

static bool room_make(SeriesBuild *build, int32_t count)
{
    build->at_ms = ARENA_ARRAY(build->loader->arena, int64_t, count);
    build->value = ARENA_ARRAY(build->loader->arena, int64_t, count);
    return build->at_ms != NULL && build->value != NULL ? true : no_memory(build->loader);
}

/* ---- steps ---- */

/* How far the start of the run is from where the steps count from. */
static int64_t start_phase(const SeriesBuild *build)
{
    if (build->spec->timezone.value == NULL) {
        return 0;
    }
    Shifts calendar;
    shifts_start_at(&calendar, build->start_unix_ms + build->timezone_ms);
    bool weekly =
        build->spec->repeat_ms.node != NULL && build->spec->repeat_ms.value % WEEK_MS == 0;
    return calendar.origin_ms + (weekly ? calendar.first_day * DAY_MS : 0);
}

static bool step_take(SeriesBuild *build, const SpecPair *pair)
{
    Loader *loader = build->loader;
    int64_t at_ms = 0;
    int64_t amount = 0;
    const char *wrong = quantity_parse(pair->name, UNIT_DURATION_MS, ROUND_EXACT, &at_ms);
    bool good = wrong == NULL && at_ms >= 0 && at_ms <= TIME_MS_MAX;
    if (!good) {
        REPORT_KEY(loader, pair->node, "unit", "for example steps: {0h: ..., 7h: ...}",
                   "a step of `%s` begins at `%.64s`; %s", build->unit->key, pair->name,
                   wrong != NULL ? wrong : "expected 0s to 100 years");
    } else if (build->count > 0 && at_ms <= build->at_ms[build->count - 1]) {
        REPORT_KEY(loader, pair->node, "order", "the earliest first",
                   "the steps of `%s` go back in time at `%.64s`", build->unit->key, pair->name);
        good = false;
    }
    wrong = quantity_parse(pair->value, build->unit->unit, ROUND_EXACT, &amount);
    if (wrong != NULL || pair->value[0] == '-' || amount > build->unit->most) {
        REPORT(loader, pair->node, "unit", NULL, "`%s` is `%.64s` at %.64s; %s", build->unit->key,
               pair->value, pair->name,
               wrong != NULL ? wrong : "expected an amount that is neither negative nor absurd");
        good = false;
    }
    if (good) {
        build->at_ms[build->count] = at_ms;
        build->value[build->count++] = amount * build->unit->scale;
    }
    return good;
}

static bool steps_take(SeriesBuild *build)
{
    const SpecPairs *pairs = &build->spec->steps;
    if (pairs->count == 0 || !room_make(build, pairs->count)) {
        if (pairs->count == 0 && pairs->node->kind == NODE_MAP) {
            REPORT(build->loader, pairs->node, "missing", "for example steps: {0h: ..., 7h: ...}",
                   "`%s` has no steps", build->unit->key);
        }
        return false;
    }
    bool good = true;
    for (int32_t i = 0; i < pairs->count; i++) {
        good = step_take(build, &pairs->items[i]) && good;
    }
    int64_t phase = start_phase(build);
    for (int32_t i = 0; i < build->count; i++) {
        build->at_ms[i] -= phase;
    }
    return good;
}

/* ---- a file ---- */

static void coverage_warn(const SeriesBuild *build)
{
    bool over = build->at_ms[build->count - 1] < 0 && build->count > 1;
    bool late = build->at_ms[0] > 0;
    if (build->spec->repeat_ms.node == NULL && (over || late)) {
        diagnostics_warning(build->loader->diagnostics, node_place(build->spec->path.node), "range",
                            over ? "its last value holds all the time"
                                 : "its first value holds until then",
                            over ? "the `%s` of this file ends before the run starts"
                                 : "the `%s` of this file begins after the run starts",
                            build->unit->key);
    }
}

static bool file_take(SeriesBuild *build)
{
    const SeriesSpec *spec = build->spec;
    ValueSeries series;
    const char *path = spec->path.value == NULL ? NULL : resolve_path(build->loader, &spec->path);
    if (path == NULL || value_series_read(path, build->timezone_ms, build->loader->arena,
                                          build->loader->diagnostics, &series) != STATUS_OK) {
        return false;
    }
    if (series.has_calendar && build->start_unix_ms == 0) {
        REPORT(build->loader, spec->path.node, "missing", "for example start: 2026-03-01T00:00:00Z",
               "%s has dates, and the run has none: it needs `start`", spec->path.value);
        return false;
    }
    if (!room_make(build, series.count)) {
        return false;
    }
    build->count = series.count;
    for (int32_t i = 0; i < series.count; i++) {
        if (series.micro[i] / build->unit->micro_divisor > build->unit->most) {
            char most[64];
            REPORT(build->loader, spec->path.node, "range", NULL,
                   "a value of %s is %" PRId64 ", too much for `%s`; expected at most %s",
                   spec->path.value, series.micro[i] / 1000000, build->unit->key,
                   quantity_print(build->unit->most, build->unit->unit, most, sizeof(most)));
            return false;
        }
        build->at_ms[i] = series.time_ms[i] - (series.has_calendar ? build->start_unix_ms : 0);
        build->value[i] = series.micro[i] * build->unit->scale / build->unit->micro_divisor;
    }
    coverage_warn(build);
    return true;
}

/* ---- periods ---- */

static void reverse(int64_t *values, int32_t from, int32_t to)
{
    for (; from < to - 1; from++, to--) {
        int64_t moved = values[from];
        values[from] = values[to - 1];
        values[to - 1] = moved;
    }
}

/* The first `by` go to the end. */
static void rotate(int64_t *values, int32_t count, int32_t by)
{
    reverse(values, 0, by);
    reverse(values, by, count);
    reverse(values, 0, count);
}

/* Steps of one period, moved into [0, repeat) of the run's clock. */
static bool period_fold(SeriesBuild *build)
{
    const SpecNumber *repeat = &build->spec->repeat_ms;
    if (build->at_ms[build->count - 1] - build->at_ms[0] >= repeat->value) {
        REPORT(build->loader, repeat->node, "conflict", "make repeat longer",
               "a step of `%s` comes after it has begun again (`repeat`)", build->unit->key);
        return false;
    }
    if (build->spec->steps.node != NULL && build->spec->timezone.value != NULL &&
        repeat->value % DAY_MS != 0) {
        REPORT(build->loader, repeat->node, "conflict", "for example repeat: 24h",
               "times of day must repeat after whole days");
        return false;
    }
    int32_t first = 0;
    for (int32_t i = 0; i < build->count; i++) {
        int64_t phase = build->at_ms[i] % repeat->value;
        build->at_ms[i] = phase < 0 ? phase + repeat->value : phase;
        if (build->at_ms[i] < build->at_ms[first]) {
            first = i;
        }
    }
    rotate(build->at_ms, build->count, first);
    rotate(build->value, build->count, first);
    return true;
}

static bool value_take(SeriesBuild *build)
{
    if (!room_make(build, 1)) {
        return false;
    }
    build->count = 1;
    build->value[0] = build->spec->value.value * build->unit->scale;
    return true;
}

bool build_series(Loader *loader, const SeriesSpec *spec, const SeriesUnit *unit,
                  int64_t start_unix_ms, StepSeries *series)
{
    *series = (StepSeries){0};
    if (spec->node == NULL || spec->node->kind != NODE_MAP) {
        return spec->node == NULL; /* else reported when it was bound */
    }
    SeriesBuild build = {
        .loader = loader, .spec = spec, .unit = unit, .start_unix_ms = start_unix_ms};
    bool good = keys_belong(loader, spec, unit->key) && timezone_take(&build);
    good = good && (spec->value.node != NULL  ? value_take(&build)
                    : spec->path.node != NULL ? file_take(&build)
                                              : steps_take(&build));
    if (!good || (spec->repeat_ms.node != NULL && !period_fold(&build))) {
        return false;
    }
    *series = (StepSeries){.count = build.count,
                           .at_ms = build.at_ms,
                           .value = build.value,
                           .repeat_ms = spec->repeat_ms.value,
                           .source = spec->source.value};
    return true;
}
