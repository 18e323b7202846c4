/* gate_parse.c - `gate.margins` is read against the table of metrics. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "sim/experiment/gate.h"

/* ---- which metric ---- */

#define LIST_BYTES 2048

/* "those that have one: a, b, c" */
static void directed_list(char text[LIST_BYTES])
{
    size_t used = (size_t)snprintf(text, LIST_BYTES, "these can be gated: ");
    const char *comma = "";
    for (int id = 0; id < METRIC_COUNT && used + 64 < LIST_BYTES; id++) {
        if (METRIC_DIRECTIONS[id] != DIRECTION_NONE) {
            used +=
                (size_t)snprintf(text + used, LIST_BYTES - used, "%s%s", comma, METRICS[id].name);
            comma = ", ";
        }
    }
}

static bool metric_unknown(const GateLine *line, Diagnostics *diagnostics)
{
    const char *nearest = metric_nearest(line->metric);
    char help[160] = "`gpuplan list metrics` names them";
    if (nearest != NULL) {
        snprintf(help, sizeof help, "did you mean `%s`?", nearest);
    }
    diagnostics_error(diagnostics, line->metric_place, "gate", help, "no metric is called `%.64s`",
                      line->metric);
    return false;
}

/* ---- how much ---- */

static bool is_time(const char *unit, double *ms)
{
    *ms = strcmp(unit, "s") == 0 ? 1e3 : strcmp(unit, "h") == 0 ? 3.6e6 : 1.0;
    return *ms != 1.0 || strcmp(unit, "ms") == 0;
}

/* False: not a margin of this metric. */
static bool amount_parse(const char *text, const char *unit, GateRule *rule)
{
    double unit_ms;
    int64_t ms;
    if (is_time(unit, &unit_ms) &&
        quantity_parse(text, UNIT_DURATION_MS, ROUND_EXACT, &ms) == NULL) {
        rule->margin = (double)ms / unit_ms;
        return true;
    }
    if (text[strspn(text, "+-.0123456789eE")] == '\0' && strcmp(unit, "1") != 0) {
        return false; /* five of what? */
    }
    char *end;
    rule->margin = strtod(text, &end);
    size_t digits = strspn(text, "+-.0123456789eE");
    bool number = end != text && (size_t)(end - text) <= digits && isfinite(rule->margin);
    end += strspn(end, " ");
    if (number && strcmp(end, "%") == 0) {
        rule->relative = true;
        rule->margin /= 100.0;
        return true;
    }
    return number && (strcmp(end, unit) == 0 || (*end == '\0' && strcmp(unit, "1") == 0));
}

static bool margin_parse(const GateLine *line, Diagnostics *diagnostics, GateRule *rule)
{
    const char *unit = METRICS[rule->metric].unit;
    double unit_ms;
    char help[200];
    if (strcmp(unit, "1") == 0) {
        snprintf(help, sizeof help,
                 "a share of the baseline, such as 0.5%%, or an amount such as "
                 "0.005");
    } else {
        snprintf(help, sizeof help,
                 "a share of the baseline, such as 5%%, or an amount such as %s%s",
                 is_time(unit, &unit_ms) ? "90s" : "10 ", is_time(unit, &unit_ms) ? "" : unit);
    }
    if (!amount_parse(line->text, unit, rule)) {
        diagnostics_error(diagnostics, line->text_place, "gate", help,
                          "`%.64s` is no margin for `%s`", line->text, line->metric);
        return false;
    }
    if (rule->margin < 0) {
        diagnostics_error(diagnostics, line->text_place, "gate",
                          "0 allows nothing; a margin says how much worse is still fine",
                          "the margin of `%s` is below 0", line->metric);
        return false;
    }
    return true;
}

static bool rule_parse(const GateLine *line, Diagnostics *diagnostics, GateRule *rule)
{
    MetricId id = metric_find(line->metric);
    if (id == METRIC_COUNT) {
        return metric_unknown(line, diagnostics);
    }
    *rule = (GateRule){.metric = id, .line = line};
    if (METRIC_DIRECTIONS[id] == DIRECTION_NONE) {
        char list[LIST_BYTES];
        directed_list(list);
        diagnostics_error(diagnostics, line->metric_place, "gate", list,
                          "`%s` is neither better when it is higher nor when it is lower",
                          line->metric);
        return false;
    }
    return margin_parse(line, diagnostics, rule);
}

Status gate_parse(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics, GateRules *rules)
{
    *rules = (GateRules){.rules = ARENA_ARRAY(arena, GateRule, set->margin_count),
                         .alpha = (double)set->gate_alpha_ppm / 1e6};
    if (rules->rules == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    bool good = true;
    for (int32_t i = 0; i < set->margin_count; i++) {
        good = rule_parse(&set->margins[i], diagnostics, &rules->rules[rules->count]) && good;
        rules->count += good;
    }
    return good ? STATUS_OK : STATUS_BAD_INPUT;
}
