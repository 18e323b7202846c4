/* build_remedy.c - `policy.remedy`: the row of a named remedy, key by key overridden. */
#include <string.h>

#include "sim/scenario/build_policy.h"
#include "sim/scenario/keys_rows.h"

/* ---- people ---- */

#define MINUTE_MS INT64_C(60000)

/* "08:00" */
static bool clock_parse(Loader *loader, const SpecText *text, int64_t *ms)
{
    const char *t = text->value;
    int digits[4];
    bool good = strlen(t) == 5 && t[2] == ':';
    for (int i = 0; good && i < 4; i++) {
        digits[i] = t[i < 2 ? i : i + 1] - '0';
        good = digits[i] >= 0 && digits[i] <= 9;
    }
    int64_t hours = good ? digits[0] * 10 + digits[1] : 0;
    int64_t minutes = good ? digits[2] * 10 + digits[3] : 0;
    if (!good || hours > 23 || minutes > 59) {
        REPORT(loader, text->node, "format", "for example: begin: \"08:00\"",
               "`begin` is `%s`; expected a time of day between 00:00 and 23:59", t);
        return false;
    }
    *ms = (hours * 60 + minutes) * MINUTE_MS;
    return true;
}

/* 0 to 6; -1: no day. */
static int day_find(const char *name, size_t length)
{
    static const char *const DAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int day = 0; day < 7; day++) {
        if (length == 3 && strncmp(DAYS[day], name, 3) == 0) {
            return day;
        }
    }
    return -1;
}

/* "fri" or "mon-fri"; a range may go over the end of the week. */
static bool days_add(Loader *loader, const SpecText *text, int32_t *days)
{
    const char *dash = strchr(text->value, '-');
    size_t first_length = dash != NULL ? (size_t)(dash - text->value) : strlen(text->value);
    int first = day_find(text->value, first_length);
    int last = dash != NULL ? day_find(dash + 1, strlen(dash + 1)) : first;
    if (first < 0 || last < 0) {
        REPORT(loader, text->node, "format", "for example: days: mon-fri, or days: [mon, wed]",
               "`days` has `%s`; expected a day or a range of: mon tue wed thu fri sat sun",
               text->value);
        return false;
    }
    for (int day = first;; day = (day + 1) % 7) {
        *days |= 1 << day;
        if (day == last) {
            return true;
        }
    }
}

static bool build_shift(Loader *loader, const ShiftSpec *spec, RemedyOptions *options)
{
    bool good = true;
    if (spec->node == NULL) {
        return true;
    }
    options->shift_length_ms = spec->length_ms.value;
    good = clock_parse(loader, &spec->begin, &options->shift_begin_ms);
    for (int32_t i = 0; i < spec->days.count; i++) {
        good = days_add(loader, &spec->days.items[i], &options->shift_days) && good;
    }
    return good;
}

/* ---- reserves ---- */

/* "5%" is a share, "2" a count. */
static bool build_spares(Loader *loader, const SpecNumber *spares, RemedyOptions *options)
{
    if (spares->node == NULL) {
        return true;
    }
    const char *text = spares->node->text;
    if (text != NULL && strchr(text, '%') != NULL) {
        if (spares->value > GP_PPM) {
            REPORT(loader, spares->node, "range", "for example: spares: 5%",
                   "`spares` is %s; expected 0%% to 100%%", text);
            return false;
        }
        options->spares_ppm = (int32_t)spares->value;
        return true;
    }
    if (spares->value % GP_PPM != 0) {
        REPORT(loader, spares->node, "format", "for example: spares: 2, or spares: 5%",
               "`spares` is %s; expected a whole number of nodes, or a share with %%",
               text != NULL ? text : "a fraction");
        return false;
    }
    options->spares = (int32_t)(spares->value / GP_PPM);
    return true;
}

bool build_spares_fit(Loader *loader, const RemedySpec *spec, const Scenario *scenario)
{
    const RemedyOptions *options = &scenario->policy.remedy_options;
    int32_t nodes = scenario->cluster.node_count;
    if (nodes == 0 || (options->spares < nodes && options->spares_ppm < GP_PPM)) {
        return true;
    }
    REPORT(loader, spec->spares.node, "range", "for example: spares: 5%",
           "`spares` is %s, and the cluster has %d node%s; expected to leave one to work on",
           spec->spares.node->text, nodes, nodes == 1 ? "" : "s");
    return false;
}

/* ---- options of another remedy ---- */

/* What is given, and who alone looks at it. */
static void strangers_warn(Loader *loader, const RemedySpec *spec, const char *policy)
{
    const struct {
        const char *key;
        const Node *node;
        const char *readers; /* apart from each other by " and " */
    } OPTIONS[] = {{"move", spec->move.node, "agent"},
                   {"derate", spec->derate.node, "agent"},
                   {"drain", spec->drain.node, "nvsentinel"},
                   {"drain_grace", spec->drain_grace_ms.node, "nvsentinel"},
                   {"drain_timeout", spec->drain_timeout_ms.node, "nvsentinel"},
                   {"partial", spec->partial.node, "nvsentinel and agent"},
                   {"score", spec->score_ppm.node, "nvsentinel and agent"},
                   {"ban", spec->ban.node, "nvsentinel and agent"}};
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++) {
        if (OPTIONS[i].node != NULL && strstr(OPTIONS[i].readers, policy) == NULL) {
            diagnostics_warning(loader->diagnostics, node_place(OPTIONS[i].node), "remedy",
                                "another `preset`, or leave it out",
                                "remedy %s does not look at `%s`; those that do: %s", policy,
                                OPTIONS[i].key, OPTIONS[i].readers);
        }
    }
}

/* ---- the whole ---- */

static void times_take(const RemedySpec *spec, RemedyOptions *options)
{
    take_amount(&options->detect_ms, &spec->detect_ms);
    take_amount(&options->silent_ms, &spec->silent_ms);
    take_amount(&options->tolerate_ms, &spec->tolerate_ms);
    take_amount(&options->evict_every_ms, &spec->evict_every_ms);
    take_amount(&options->evict_every_slow_ms, &spec->evict_every_slow_ms);
    take_amount(&options->drain_grace_ms, &spec->drain_grace_ms);
    take_amount(&options->drain_timeout_ms, &spec->drain_timeout_ms);
    take_amount(&options->reset_ms, &spec->reset_ms);
    take_amount(&options->reboot_ms, &spec->reboot_ms);
    take_amount(&options->breaker_window_ms, &spec->breaker_window_ms);
    take_amount(&options->stale_ms, &spec->stale_ms);
    take_amount(&options->backoff_ms, &spec->backoff_ms);
    take_amount(&options->backoff_max_ms, &spec->backoff_max_ms);
    take_amount(&options->ban_window_ms, &spec->ban.within_ms);
    take_amount(&options->spare_start_ms, &spec->spare_start_ms);
    take_amount(&options->cost_micro_usd_per_hour, &spec->technician_cost);
}

static void rules_take(const RemedySpec *spec, RemedyOptions *options)
{
    take_choice(&options->signals, &spec->signals, &KEYS_REMEDY, "signals");
    take_choice(&options->drain, &spec->drain, &KEYS_REMEDY, "drain");
    take_choice(&options->gang_loss, &spec->gang_loss, &KEYS_REMEDY, "gang_loss");
    take_choice(&options->move_when, &spec->move, &KEYS_REMEDY, "move");
    take_count(&options->brake_ppm, &spec->brake_ppm);
    take_count(&options->brake_nodes_min, &spec->brake_nodes);
    take_count(&options->small_zone, &spec->small_zone);
    take_count(&options->breaker_ppm, &spec->breaker_ppm);
    take_count(&options->backoff_limit, &spec->backoff_limit);
    take_count(&options->score_min_ppm, &spec->score_ppm);
    take_count(&options->ban_faults, &spec->ban.faults);
    take_count(&options->technicians, &spec->technicians);
    take_yes(&options->partial, &spec->partial);
    take_yes(&options->restarts_in_place, &spec->restart_in_place);
    take_yes(&options->evictions_fail, &spec->evictions_fail);
    take_yes(&options->losses_fail, &spec->losses_fail);
    take_yes(&options->counts_capacity, &spec->counts_capacity);
    take_yes(&options->shrinks, &spec->shrink);
    take_yes(&options->derates, &spec->derate);
    if (spec->return_to_service.node != NULL) {
        options->stays_down = spec->return_to_service.value == 0;
    }
}

#define WEEK_MS (7 * 24 * 60 * MINUTE_MS)

bool build_remedy(Loader *loader, const RemedySpec *spec, const Preset *from, PolicySet *policy)
{
    const char *name = spec->preset.value != NULL ? spec->preset.value : from->remedy;
    const RemedyPreset *row = remedy_preset(name);
    RemedyOptions *options = &policy->remedy_options;
    policy->remedy = row->policy;
    *options = row->options;
    options->gang_loss = from->gang_loss.rule;
    options->stale_ms = from->gang_loss.stale_ms;
    options->shrinks = from->gang_loss.shrinks;
    if (from->gang_loss.max_retry > 0) {
        options->losses_fail = true;
        options->backoff_ms = 0;
        options->backoff_limit = from->gang_loss.max_retry - 1;
    }
    times_take(spec, options);
    rules_take(spec, options);
    if (options->ban_faults > 0 && options->ban_window_ms == 0) {
        options->ban_window_ms = WEEK_MS;
    }
    if (options->gang_loss == GANG_LOSS_STALE && options->stale_ms == 0 &&
        spec->stale_ms.node == NULL) {
        options->stale_ms = MINUTE_MS;
    }
    strangers_warn(loader, spec, row->name);
    bool good = build_spares(loader, &spec->spares, options);
    return build_shift(loader, &spec->shift, options) && good;
}
