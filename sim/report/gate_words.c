/* gate_words.c - the sentences of a gate, the same in every format. */
#include <math.h>
#include <string.h>

#include "sim/report/gate_report.h"
#include "sim/report/grid.h"

int32_t gate_row_count(const GateScenario *scenario)
{
    return scenario->variant_count * scenario->rules->count;
}

GateTally gate_tally(const GateReport *report)
{
    GateTally tally = {0};
    for (int32_t s = 0; s < report->count; s++) {
        const GateScenario *scenario = &report->scenarios[s];
        for (int32_t i = 0; i < gate_row_count(scenario); i++) {
            EvidenceVerdict verdict = scenario->rows[i].verdict;
            tally.passed += verdict == EVIDENCE_PASS;
            tally.failed += verdict == EVIDENCE_FAIL;
            tally.open += verdict == EVIDENCE_OPEN;
        }
        for (int32_t i = 0; i < scenario->expect_count; i++) {
            tally.expects_failed += !scenario->expects[i].passed;
        }
    }
    return tally;
}

/* ---- amounts ---- */

static int decimals_of(double value)
{
    double size = fabs(value);
    return size >= 1000 || size == 0 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 5;
}

const char *gate_amount(const GateRow *row, double amount, bool sign, char buffer[GATE_AMOUNT])
{
    const char *unit = METRICS[row->rule->metric].unit;
    char number[NUMBER_TEXT_MAX];
    double base = fabs(row->baseline);
    if (!isfinite(amount) || isinf(base)) {
        return strcpy(buffer, "-");
    }
    bool relative = row->rule->relative && base > 0;
    double shown = relative ? 100 * amount / base : amount;
    number_text(shown, relative ? 2 : decimals_of(shown), number);
    bool bare = !relative && strcmp(unit, "1") == 0;
    snprintf(buffer, GATE_AMOUNT, "%s%s%s%.14s", sign && shown > 0 ? "+" : "", number,
             bare ? "" : " ",
             relative ? "%"
             : bare   ? ""
                      : unit);
    return buffer;
}

/* ---- sentences ---- */

static const char *settle_text(const GateRow *row, char buffer[96])
{
    if (row->settle_count > 0) {
        snprintf(buffer, 96, "; about %d replications would settle it", (int)row->settle_count);
    } else {
        snprintf(buffer, 96, "; more replications would not settle it: it lies on its margin");
    }
    return buffer;
}

const char *gate_row_sentence(const GateRow *row, const GateRules *rules, char buffer[GATE_TEXT])
{
    char worse[GATE_AMOUNT], bound[GATE_AMOUNT], margin[GATE_AMOUNT], settle[96];
    const char *name = METRICS[row->rule->metric].name;
    double sure = 100 * (1 - rules->alpha);
    gate_amount(row, row->margin, false, margin);
    if (row->same) {
        snprintf(buffer, GATE_TEXT, "%s is the same in every replication%s%s", name,
                 row->why != NULL ? ": " : "", row->why != NULL ? row->why : "");
    } else if (row->why != NULL) {
        snprintf(buffer, GATE_TEXT, "%s cannot be judged: %s", name, row->why);
    } else if (row->deterministic) {
        snprintf(buffer, GATE_TEXT, "%s is worse by %s, exactly; the margin is %s", name,
                 gate_amount(row, row->worse, true, worse), margin);
    } else if (row->verdict == EVIDENCE_FAIL) {
        snprintf(buffer, GATE_TEXT,
                 "%s is worse by %s, at least %s with %.3g %% confidence; the margin is %s", name,
                 gate_amount(row, row->worse, true, worse), gate_amount(row, row->low, true, bound),
                 sure, margin);
    } else {
        snprintf(buffer, GATE_TEXT,
                 "%s is worse by %s, at most %s with %.3g %% confidence; the margin is %s%s", name,
                 gate_amount(row, row->worse, true, worse),
                 gate_amount(row, row->high, true, bound), sure, margin,
                 row->verdict == EVIDENCE_OPEN ? settle_text(row, settle) : "");
    }
    return buffer;
}

const char *gate_closing(const GateReport *report, char buffer[GATE_TEXT])
{
    static const char *const WORDS[] = {"pass", "FAIL", "inconclusive"};
    GateTally tally = gate_tally(report);
    int rows = tally.passed + tally.failed + tally.open;
    size_t used = (size_t)snprintf(buffer, GATE_TEXT, "gate: %s", WORDS[report->verdict]);
    if (rows > 0) {
        used +=
            (size_t)snprintf(buffer + used, GATE_TEXT - used,
                             "; %d of %d metrics no worse than their margins", tally.passed, rows);
    }
    if (tally.failed > 0) {
        used += (size_t)snprintf(buffer + used, GATE_TEXT - used, ", %d worse", tally.failed);
    }
    if (tally.open > 0) {
        used +=
            (size_t)snprintf(buffer + used, GATE_TEXT - used, ", %d open%s", tally.open,
                             report->open_passes ? " (let through by --inconclusive=pass)" : "");
    }
    if (tally.expects_failed > 0) {
        snprintf(buffer + used, GATE_TEXT - used, "; %d expectation%s failed", tally.expects_failed,
                 tally.expects_failed == 1 ? "" : "s");
    }
    return buffer;
}

/* ---- did anything regress? ---- */

const char *gate_regressed(const GateReport *report, char buffer[GATE_TEXT])
{
    int count = 0;
    int rows = 0;
    const GateRow *first = NULL;
    for (int32_t s = 0; s < report->count; s++) {
        const GateScenario *scenario = &report->scenarios[s];
        for (int32_t i = 0; i < gate_row_count(scenario); i++, rows++) {
            const GateRow *row = &scenario->rows[i];
            if (row->p_holm <= scenario->rules->alpha) {
                count++;
                first = first == NULL || row->p_holm < first->p_holm ? row : first;
            }
        }
    }
    buffer[0] = '\0';
    if (first != NULL) {
        char chance[64] = "exactly";
        if (first->p_holm > 0) {
            snprintf(chance, sizeof(chance), "p = %.2g, Holm over %d", first->p_holm, rows);
        }
        snprintf(buffer, GATE_TEXT, "%s got worse at all, margins aside: %s most surely (%s)",
                 count == 1 ? "1 metric" : "Some metrics", METRICS[first->rule->metric].name,
                 chance);
    }
    return buffer;
}
