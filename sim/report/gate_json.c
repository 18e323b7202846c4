/* gate_json.c - a gate for programs. */
#include <stdlib.h>
#include <string.h>

#include "sim/report/gate_report.h"
#include "sim/report/json_help.h"
#include "sim/report/version.h"

static const char *const WORDS[] = {"pass", "fail", "inconclusive"};

static json_t *row_json(const GateScenario *scenario, const char *variant, const GateRow *row)
{
    const MetricInfo *metric = &METRICS[row->rule->metric];
    char sentence[GATE_TEXT];
    bool lower = METRIC_DIRECTIONS[row->rule->metric] == DIRECTION_LOWER;
    json_t *out = json_object();
    bool ok = json_put(out, "variant", json_string(variant));
    ok = json_put(out, "metric", json_string(metric->name)) && ok;
    ok = json_put(out, "unit", json_string(metric->unit)) && ok;
    ok = json_put(out, "better", json_string(lower ? "lower" : "higher")) && ok;
    ok = json_put(out, "verdict", json_string(WORDS[row->verdict])) && ok;
    ok = json_put(out, "same", json_boolean(row->same)) && ok;
    ok = json_put(out, "deterministic", json_boolean(row->deterministic)) && ok;
    ok = json_put(out, "pairs", json_integer(row->count)) && ok;
    ok = json_put(out, "baseline", json_number(row->baseline)) && ok;
    ok = json_put(out, "candidate", json_number(row->candidate)) && ok;
    ok = json_put(out, "margin", json_number(row->margin)) && ok;
    ok = json_put(out, "margin_text", json_string(row->rule->line->text)) && ok;
    ok = json_put(out, "worse", json_number(row->worse)) && ok;
    ok = json_put(out, "low", json_number(row->low)) && ok;
    ok = json_put(out, "high", json_number(row->high)) && ok;
    ok = json_put(out, "p_worse", json_number(row->p_worse)) && ok;
    ok = json_put(out, "p_holm", json_number(row->p_holm)) && ok;
    ok = json_put(out, "settle_count", json_integer(row->settle_count)) && ok;
    ok = json_put(out, "power_equal", json_number(row->power_same)) && ok;
    ok = json_put(out, "power_twice", json_number(row->power_twice)) && ok;
    ok =
        json_put(out, "sentence", json_string(gate_row_sentence(row, scenario->rules, sentence))) &&
        ok;
    return json_checked(out, ok);
}

static json_t *expects_json(const GateScenario *scenario)
{
    json_t *out = json_array();
    bool ok = out != NULL;
    for (int32_t i = 0; i < scenario->expect_count; i++) {
        const ExpectOutcome *outcome = &scenario->expects[i];
        json_t *row = json_object();
        bool good = json_put(row, "text", json_string(outcome->text));
        good = json_put(row, "variant", json_string(outcome->variant)) && good;
        good = json_put(row, "passed", json_boolean(outcome->passed)) && good;
        good = json_put(row, "found", json_number(outcome->found)) && good;
        good = json_put(row, "found_text",
                        json_string(outcome->found_text != NULL ? outcome->found_text : "")) &&
               good;
        ok = json_push(out, json_checked(row, good)) && ok;
    }
    return json_checked(out, ok);
}

static json_t *scenario_json(const GateScenario *scenario)
{
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int32_t i = 0; i < gate_row_count(scenario); i++) {
        const char *variant = scenario->variant[i / scenario->rules->count];
        ok = json_push(rows, row_json(scenario, variant, &scenario->rows[i])) && ok;
    }
    json_t *out = json_object();
    ok = json_put(out, "name", json_string(scenario->name)) && ok;
    ok = json_put(out, "file", json_string(scenario->path)) && ok;
    ok = json_put(out, "baseline",
                  scenario->against != NULL ? json_string(scenario->against) : json_null()) &&
         ok;
    ok = json_put(out, "replications", json_integer(scenario->replications)) && ok;
    ok = json_put(out, "alpha", json_number(scenario->rules->alpha)) && ok;
    ok = json_put(out, "verdict",
                  json_string(WORDS[gate_verdict(scenario->rows, gate_row_count(scenario))])) &&
         ok;
    ok = json_put(out, "metrics", rows) && ok;
    ok = json_put(out, "expect", expects_json(scenario)) && ok;
    return json_checked(out, ok);
}

static json_t *report_json(const GateReport *report)
{
    char text[GATE_TEXT], model[GATE_MODEL_TEXT];
    json_t *scenarios = json_array();
    bool ok = scenarios != NULL;
    for (int32_t s = 0; s < report->count; s++) {
        ok = json_push(scenarios, scenario_json(&report->scenarios[s])) && ok;
    }
    json_t *out = json_object();
    ok = json_put(out, "schema_version", json_integer(GATE_JSON_VERSION)) && ok;
    ok = json_put(out, "gpuplan", json_string(GPUPLAN_VERSION)) && ok;
    ok = json_put(out, "model", json_string(gate_model(model))) && ok;
    ok = json_put(out, "verdict", json_string(WORDS[report->verdict])) && ok;
    ok = json_put(out, "summary", json_string(gate_closing(report, text))) && ok;
    ok = json_put(out, "regressed", json_string(gate_regressed(report, text))) && ok;
    ok = json_put(out, "scenarios", scenarios) && ok;
    return json_checked(out, ok);
}

Status gate_print_json(const GateReport *report, FILE *stream)
{
    json_t *root = report_json(report);
    char *text = root == NULL ? NULL : json_document(root);
    json_decref(root);
    bool ok = text != NULL && fputs(text, stream) != EOF;
    free(text);
    return ok ? STATUS_OK : STATUS_FAILED;
}
