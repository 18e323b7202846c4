/* gate_run.c - a suite is loaded and checked as a whole, then run, then judged as a whole. */
#include "sim/commands/gate_run.h"

#include <stdlib.h>
#include <string.h>

#include "sim/commands/gate_suite.h"
#include "sim/experiment/drawn.h"
#include "sim/experiment/expect.h"
#include "sim/experiment/experiment.h"

static const char NEW_BASELINE[] =
    "look at what changed, then let `--update` write the baseline anew";
static const char SAME_INPUTS[] =
    "only policy, queues, expect and gate may differ between the two scenarios";

/* One scenario of the suite. */
typedef struct Item {
    const char *path;
    ScenarioSet set;
    ExpectList expects;
    GateRules rules;
    GateRecord record;
    ExperimentResult result;
    const char *against_path; /* NULL: none */
    ScenarioSet against_set;
    ExpectList no_expects;
    GateRecord other;           /* with --against */
    const GateRecord *baseline; /* what it is compared with; NULL: nothing */
} Item;

typedef struct Gate {
    const GateCommand *command;
    Arena *arena;
    Diagnostics *diagnostics;
    int32_t count;
    Item *items;
    GateBaseline stored;
} Gate;

/* ---- loading ---- */

static Status item_load(Gate *gate, Item *item)
{
    LoadOptions options = gate->command->load;
    options.inputs = true;
    Status status = scenario_load(item->path, &options, gate->arena, gate->diagnostics, &item->set);
    if (status != STATUS_OK && !item->set.mistaken) {
        return status;
    }
    Status expected = expect_parse(&item->set, gate->arena, gate->diagnostics, &item->expects);
    Status ruled = gate_parse(&item->set, gate->arena, gate->diagnostics, &item->rules);
    status = status != STATUS_OK ? status : expected != STATUS_OK ? expected : ruled;
    if (status == STATUS_OK && item->rules.count == 0 && item->expects.count == 0) {
        return diagnostics_error(gate->diagnostics, (Place){.file = item->path}, "gate",
                                 "for example: gate: {margins: {productive_share: 0.5%}}",
                                 "there is neither `gate.margins` nor `expect`: nothing to judge");
    }
    return status == STATUS_OK
               ? gate_record_begin(&item->set, gate->arena, gate->diagnostics, &item->record)
               : status;
}

static Status against_load(Gate *gate, Item *item)
{
    const GateCommand *command = gate->command;
    item->against_path = gate_suite_other(command->against, item->path, gate->arena);
    if (item->against_path == NULL) {
        return diagnostics_no_memory(gate->diagnostics);
    }
    LoadOptions options = {.data_dir = command->load.data_dir, .inputs = true};
    Status status = scenario_load(item->against_path, &options, gate->arena, gate->diagnostics,
                                  &item->against_set);
    return status == STATUS_OK
               ? gate_record_begin(&item->against_set, gate->arena, gate->diagnostics, &item->other)
               : status;
}

/* Names are how a baseline finds its scenario again. */
static Status names_check(Gate *gate)
{
    Status status = STATUS_OK;
    for (int32_t i = 0; i < gate->count; i++) {
        for (int32_t k = 0; k < i; k++) {
            const char *name = gate->items[i].record.name;
            if (name != NULL && gate->items[k].record.name != NULL &&
                strcmp(name, gate->items[k].record.name) == 0) {
                status = diagnostics_error(gate->diagnostics, (Place){.file = gate->items[i].path},
                                           "name", "give one of them another `name:`",
                                           "this scenario is called `%s`, as %s is", name,
                                           gate->items[k].path);
            }
        }
    }
    return status;
}

static Status items_load(Gate *gate, const GateSuite *suite)
{
    gate->count = suite->count;
    gate->items = ARENA_ARRAY(gate->arena, Item, suite->count);
    if (gate->items == NULL) {
        return diagnostics_no_memory(gate->diagnostics);
    }
    Status worst = STATUS_OK;
    for (int32_t i = 0; i < gate->count; i++) {
        Item *item = &gate->items[i];
        item->path = suite->path[i];
        Status status = item_load(gate, item);
        worst = worst == STATUS_OK || status == STATUS_FAILED ? status : worst;
        if (gate->command->against != NULL) {
            status = against_load(gate, item);
            worst = worst == STATUS_OK || status == STATUS_FAILED ? status : worst;
        }
    }
    Status named = names_check(gate);
    return worst != STATUS_OK ? worst : named;
}

/* ---- what is compared with what ---- */

static const GateRecord *stored_find(const GateBaseline *stored, const char *name)
{
    for (int32_t i = 0; stored->known && i < stored->count; i++) {
        if (strcmp(stored->records[i].name, name) == 0) {
            return &stored->records[i];
        }
    }
    return NULL;
}

static Status stored_check(Gate *gate)
{
    const char *path = gate->command->baseline;
    char model[GATE_MODEL_TEXT];
    Place place = {.file = path};
    if (!gate->stored.exists) {
        return diagnostics_error(gate->diagnostics, place, "baseline",
                                 "run once with --update on the version to compare with",
                                 "there is no such file");
    }
    if (gate->stored.format != GATE_BASELINE_VERSION) {
        return diagnostics_error(gate->diagnostics, place, "baseline", NEW_BASELINE,
                                 "has format %d; this program reads %d", (int)gate->stored.format,
                                 GATE_BASELINE_VERSION);
    }
    if (!gate->stored.known) {
        return diagnostics_error(gate->diagnostics, place, "baseline", NEW_BASELINE,
                                 "made by another version of the model (%s); this one is %s",
                                 gate->stored.model, gate_model(model));
    }
    Status status = STATUS_OK;
    for (int32_t i = 0; i < gate->count; i++) {
        Item *item = &gate->items[i];
        item->baseline = stored_find(&gate->stored, item->record.name);
        if (item->rules.count == 0) {
            continue;
        }
        Status one =
            item->baseline == NULL
                ? diagnostics_error(gate->diagnostics, place, "baseline", NEW_BASELINE,
                                    "nothing is stored for the scenario `%s`", item->record.name)
                : gate_record_compare(&item->record, item->baseline, &item->rules, true, path,
                                      NEW_BASELINE, gate->diagnostics);
        status = one != STATUS_OK ? one : status;
    }
    return status;
}

static Status others_check(Gate *gate)
{
    Status status = STATUS_OK;
    for (int32_t i = 0; i < gate->count; i++) {
        Item *item = &gate->items[i];
        item->baseline = &item->other;
        Status one = gate_record_compare(&item->record, &item->other, &item->rules, false,
                                         item->against_path, SAME_INPUTS, gate->diagnostics);
        status = one != STATUS_OK ? one : status;
    }
    return status;
}

static Status baselines_find(Gate *gate)
{
    const GateCommand *command = gate->command;
    if (command->against != NULL) {
        return others_check(gate);
    }
    bool margins = false;
    for (int32_t i = 0; i < gate->count; i++) {
        margins = margins || gate->items[i].rules.count > 0;
    }
    if (command->baseline == NULL) {
        return margins ? usage_error("gate", "compared with what? --baseline FILE or --against "
                                             "SCENARIO")
                       : STATUS_OK;
    }
    Status status =
        gate_baseline_read(command->baseline, gate->arena, gate->diagnostics, &gate->stored);
    return status != STATUS_OK || command->update ? status : stored_check(gate);
}

/* ---- running ---- */

static Status set_run(Gate *gate, const ScenarioSet *set, const ExpectList *expects,
                      ExperimentResult *result)
{
    ExperimentOptions options = {.threads = gate->command->threads,
                                 .no_tables = true,
                                 .uses_up = true,
                                 .progress = !gate->command->global->quiet,
                                 .expects = expects};
    return experiment_run(set, &options, gate->arena, gate->diagnostics, result);
}

static Status item_run(Gate *gate, Item *item, bool *unexpected)
{
    if (gate->command->against != NULL) {
        ExperimentResult other;
        Status status = set_run(gate, &item->against_set, &item->no_expects, &other);
        status = status == STATUS_OK ? gate_record_fill(&item->other, &other, &item->rules,
                                                        gate->arena, gate->diagnostics)
                                     : status;
        if (status != STATUS_OK) {
            return status;
        }
    }
    Status status = set_run(gate, &item->set, &item->expects, &item->result);
    if (status != STATUS_OK) {
        return status;
    }
    Status judged = expect_judge(&item->expects, &item->result, gate->arena, gate->diagnostics);
    *unexpected = *unexpected || judged == STATUS_UNEXPECTED;
    return judged == STATUS_OK || judged == STATUS_UNEXPECTED
               ? gate_record_fill(&item->record, &item->result, &item->rules, gate->arena,
                                  gate->diagnostics)
               : judged;
}

/* ---- judging ---- */

static bool item_judge(Gate *gate, const Item *item, GateScenario *row)
{
    int32_t variants = item->record.variant_count;
    *row = (GateScenario){
        .path = item->path,
        .name = item->record.name,
        .rules = &item->rules,
        .variant_count = variants,
        .variant = ARENA_ARRAY(gate->arena, const char *, variants),
        .rows = ARENA_ARRAY(gate->arena, GateRow, (int64_t)variants * item->rules.count),
        .replications = item->record.replications,
        .expect_count = item->result.expect_count,
        .expects = item->result.expects};
    row->against = gate->command->against != NULL ? item->against_path : gate->command->baseline;
    double *scratch = ARENA_ARRAY(gate->arena, double, item->record.replications);
    if (row->variant == NULL || row->rows == NULL || scratch == NULL) {
        return false;
    }
    for (int32_t v = 0; v < variants; v++) {
        const GateVariant *now = &item->record.variants[v];
        row->variant[v] = now->name;
        for (int32_t i = 0; i < item->rules.count; i++) {
            const GateRule *rule = &item->rules.rules[i];
            const GateVariant *then = gate_variant_of(item->baseline, &item->record, now->name);
            const GateVector *before = gate_vector(then, rule->metric);
            const GateVector *after = gate_vector(now, rule->metric);
            GateRow *found = &row->rows[(int64_t)v * item->rules.count + i];
            *found =
                gate_judge(rule, after->value, before->value, after->count,
                           scenario_drawn(&item->set.variants[v]) != 0, item->rules.alpha, scratch);
            gate_power(found, item->rules.alpha);
        }
    }
    return true;
}

/* Over all rows of all scenarios. False if memory ran out. */
static bool holm_fill(Gate *gate, GateReport *report)
{
    int64_t count = 0;
    for (int32_t s = 0; s < report->count; s++) {
        count += gate_row_count(&report->scenarios[s]);
    }
    double *p_values = count > INT32_MAX ? NULL : ARENA_ARRAY(gate->arena, double, count);
    if (p_values == NULL) {
        return false;
    }
    for (int pass = 0; pass < 2; pass++) {
        int64_t at = 0;
        for (int32_t s = 0; s < report->count; s++) {
            GateScenario *scenario = &report->scenarios[s];
            for (int32_t i = 0; i < gate_row_count(scenario); i++, at++) {
                if (pass == 0) {
                    p_values[at] = scenario->rows[i].p_worse;
                } else {
                    scenario->rows[i].p_holm = p_values[at];
                }
            }
        }
        if (pass == 0) {
            holm_adjust(p_values, (int32_t)count);
        }
    }
    return true;
}

static Status report_make(Gate *gate, bool unexpected, GateReport *report)
{
    *report = (GateReport){.count = gate->count,
                           .scenarios = ARENA_ARRAY(gate->arena, GateScenario, gate->count),
                           .open_passes = gate->command->open_passes};
    for (int32_t i = 0; report->scenarios != NULL && i < gate->count; i++) {
        GateScenario *row = &report->scenarios[i];
        if (!item_judge(gate, &gate->items[i], row)) {
            return diagnostics_no_memory(gate->diagnostics);
        }
        EvidenceVerdict verdict = gate_verdict(row->rows, gate_row_count(row));
        report->verdict = report->verdict == EVIDENCE_FAIL || verdict == EVIDENCE_FAIL
                              ? EVIDENCE_FAIL
                          : verdict == EVIDENCE_OPEN ? EVIDENCE_OPEN
                                                     : report->verdict;
    }
    report->verdict = unexpected ? EVIDENCE_FAIL : report->verdict;
    return report->scenarios != NULL && holm_fill(gate, report)
               ? STATUS_OK
               : diagnostics_no_memory(gate->diagnostics);
}

/* ---- telling ---- */

static Status report_tell(Gate *gate, const GateReport *report)
{
    const GateCommand *command = gate->command;
    bool table = command->format == REPORT_FORMAT_TABLE;
    Status status =
        gate_print(report, command->format, colour_wanted(command->global, stdout), stdout);
    if (status == STATUS_OK && command->github) {
        /* Another format has stdout to itself. */
        status = gate_github_annotate(report, table ? stdout : stderr);
    }
    if (status != STATUS_OK) {
        diagnostics_error(gate->diagnostics, (Place){.file = "stdout"}, "io", NULL,
                          "cannot write the report");
    }
    const char *summary = getenv("GITHUB_STEP_SUMMARY");
    if (command->github && summary != NULL && summary[0] != '\0') {
        Status written = gate_github_summary(report, summary, gate->diagnostics);
        status = written != STATUS_OK ? written : status;
    }
    if (command->junit != NULL) {
        Status written = gate_junit_write(report, command->junit, gate->diagnostics);
        status = written != STATUS_OK ? written : status;
    }
    return status;
}

static Status verdict_status(const GateReport *report)
{
    if (report->verdict == EVIDENCE_PASS) {
        return STATUS_OK;
    }
    if (report->verdict == EVIDENCE_FAIL) {
        return STATUS_UNEXPECTED;
    }
    return report->open_passes ? STATUS_OK : STATUS_INCONCLUSIVE;
}

/* ---- a new baseline ---- */

static bool vector_same(const GateVector *a, const GateVector *b)
{
    bool same = b != NULL && a->count == b->count;
    for (int32_t i = 0; same && i < a->count; i++) {
        bool none = a->value[i] != a->value[i] && b->value[i] != b->value[i];
        same = none || a->value[i] == b->value[i];
    }
    return same;
}

static int32_t vectors_changed(const GateRecord *now, const GateRecord *then)
{
    int32_t changed = 0;
    for (int32_t v = 0; v < now->variant_count; v++) {
        const GateVariant *before =
            then == NULL ? NULL : gate_variant_of(then, now, now->variants[v].name);
        for (int32_t i = 0; i < now->variants[v].vector_count; i++) {
            const GateVector *vector = &now->variants[v].vectors[i];
            changed +=
                !vector_same(vector, before == NULL ? NULL : gate_vector(before, vector->metric));
        }
    }
    return changed;
}

/* The suite's scenarios in place of what the file has of them; its others stay. */
static Status baseline_update(Gate *gate)
{
    int32_t kept = gate->stored.known ? gate->stored.count : 0;
    if (gate->stored.exists && !gate->stored.known && gate->stored.count > gate->count) {
        diagnostics_warning(gate->diagnostics, (Place){.file = gate->command->baseline}, "baseline",
                            "update it with all scenarios at once",
                            "it held %d scenarios of another version of the model; only those of "
                            "this suite are in it now",
                            (int)gate->stored.count);
    }
    GateRecord *records = ARENA_ARRAY(gate->arena, GateRecord, (int64_t)kept + gate->count);
    if (records == NULL) {
        return diagnostics_no_memory(gate->diagnostics);
    }
    int32_t count = 0;
    for (int32_t i = 0; i < gate->count; i++) {
        records[count++] = gate->items[i].record;
    }
    for (int32_t i = 0; i < kept; i++) {
        bool renewed = false;
        for (int32_t k = 0; k < gate->count; k++) {
            renewed =
                renewed || strcmp(gate->stored.records[i].name, gate->items[k].record.name) == 0;
        }
        if (!renewed) {
            records[count++] = gate->stored.records[i];
        }
    }
    const char *path = gate->command->baseline;
    Status status = gate_baseline_write(path, records, count, gate->diagnostics);
    for (int32_t i = 0; status == STATUS_OK && i < gate->count; i++) {
        const GateRecord *now = &gate->items[i].record;
        const GateRecord *then = stored_find(&gate->stored, now->name);
        int32_t changed = vectors_changed(now, then);
        printf("%s: %s, %d of its figures are new or changed\n", now->name,
               then == NULL ? "new" : "renewed", (int)changed);
    }
    if (status == STATUS_OK) {
        printf("%s: written, %d scenario%s\n", path, (int)count, count == 1 ? "" : "s");
    }
    return status;
}

/* ---- the whole ---- */

static Status runs_finish(Gate *gate, bool unexpected)
{
    if (gate->command->update && !unexpected) {
        return baseline_update(gate);
    }
    if (gate->command->update) {
        diagnostics_error(gate->diagnostics, (Place){.file = gate->command->baseline}, "baseline",
                          "a baseline is made of what is as it should be",
                          "not written: an `expect:` line failed (`gpuplan run` shows which)");
        return STATUS_UNEXPECTED;
    }
    GateReport report;
    Status status = report_make(gate, unexpected, &report);
    if (status == STATUS_OK) {
        status = report_tell(gate, &report);
    }
    return status != STATUS_OK ? status : verdict_status(&report);
}

static Status gate_prepare(Gate *gate, char **operands, int operand_count)
{
    GateSuite *suite = ARENA_NEW(gate->arena, GateSuite);
    if (suite == NULL) {
        return diagnostics_no_memory(gate->diagnostics);
    }
    Status worst = STATUS_OK;
    for (int i = 0; i < operand_count; i++) {
        Status status = gate_suite_add(suite, operands[i], gate->arena, gate->diagnostics);
        worst = worst == STATUS_OK || status == STATUS_FAILED ? status : worst;
    }
    Status loaded = items_load(gate, suite);
    worst = worst != STATUS_OK ? worst : loaded;
    if (worst == STATUS_OK) {
        worst = baselines_find(gate);
    }
    if (worst == STATUS_OK && gate->command->junit != NULL) {
        worst = result_target_check(gate->command->junit, gate->diagnostics);
    }
    if (worst == STATUS_OK && gate->command->update) {
        worst = result_target_check(gate->command->baseline, gate->diagnostics);
    }
    return worst;
}

Status gate_run(const GateCommand *command, char **operands, int operand_count, Arena *arena,
                Diagnostics *diagnostics)
{
    Gate gate = {.command = command, .arena = arena, .diagnostics = diagnostics};
    Status status = gate_prepare(&gate, operands, operand_count);
    if (status != STATUS_OK) {
        return status;
    }
    interrupts_catch();
    bool unexpected = false;
    for (int32_t i = 0; i < gate.count && status == STATUS_OK; i++) {
        status = item_run(&gate, &gate.items[i], &unexpected);
    }
    if (status == STATUS_OK) {
        status = runs_finish(&gate, unexpected);
    }
    interrupts_release();
    return status;
}
