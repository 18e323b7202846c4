/* gate_judge.c - one metric: worse by more than its margin, or not, or nobody can tell yet.
 *
 * A relative margin is a share d of the baseline's mean, which is itself only known from the
 * replications. So w = worse - d x baseline is judged against 0: mean(w) < 0 says exactly that the
 * worsening is less than d of the mean, and the spread of the baseline is in the test (the linear
 * form of a ratio test; Sasabuchi, Biometrika 75 (1988) 433, and Fieller before).
 */
#include <math.h>

#include "sim/experiment/gate.h"

static const char BEYOND[] =
    "a value lies beyond the end of the run; a longer horizon would show it";
static const char ONE_SIDED[] = "it applies to one side only";
static const char ONE[] = "one replication of something drawn says nothing of the spread";
static const char NOTHING[] = "it applies to neither side";

static bool equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static double mean_of(const double *values, int32_t count)
{
    double sum = 0;
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            sum += values[i];
            used++;
        }
    }
    return used > 0 ? sum / used : (double)NAN;
}

/* What the pairs are like. */
typedef struct Pairs {
    bool same;
    bool one_sided;  /* a pair applies on one side only */
    int32_t unknown; /* pairs with an infinite side */
    int32_t lost;    /* of these, pairs where the candidate alone is, and lower is better */
} Pairs;

static Pairs pairs_look(const double *candidate, const double *baseline, int32_t count, bool lower)
{
    Pairs pairs = {.same = true};
    for (int32_t i = 0; i < count; i++) {
        pairs.same = pairs.same && equal(candidate[i], baseline[i]);
        pairs.one_sided = pairs.one_sided || isnan(candidate[i]) != isnan(baseline[i]);
        bool unknown = isinf(candidate[i]) || isinf(baseline[i]);
        pairs.unknown += unknown;
        pairs.lost += unknown && lower && isinf(candidate[i]) && isfinite(baseline[i]);
    }
    return pairs;
}

/* Nothing has changed: that passes, whatever the spread of the values and however few they are. */
static GateRow row_same(GateRow row, double margin, int32_t count)
{
    row.verdict = EVIDENCE_PASS;
    row.same = row.deterministic = true;
    row.count = count;
    row.margin = margin;
    row.worse = row.low = row.high = 0;
    row.power_same = 1;
    row.power_twice = margin > 0 ? 0 : 1;
    row.why = count == 0 || isnan(row.baseline) ? NOTHING : NULL;
    return row;
}

static GateRow row_open(GateRow row, const char *why, EvidenceVerdict verdict)
{
    row.verdict = verdict;
    row.why = why;
    row.settle_count = verdict == EVIDENCE_OPEN ? -1 : 0;
    return row;
}

static int32_t worse_fill(const GateRule *rule, const double *candidate, const double *baseline,
                          int32_t count, double *worse)
{
    bool lower = METRIC_DIRECTIONS[rule->metric] == DIRECTION_LOWER;
    double share = rule->relative ? rule->margin : 0;
    int32_t used = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!isnan(candidate[i])) {
            double by = evidence_difference(candidate[i], baseline[i]);
            by = lower ? by : -by;
            worse[used++] = by - share * fabs(baseline[i]);
        }
    }
    return used;
}

GateRow gate_judge(const GateRule *rule, const double *candidate, const double *baseline,
                   int32_t count, bool drawn, double alpha, double *scratch)
{
    GateRow row = {.rule = rule,
                   .count = 0,
                   .baseline = mean_of(baseline, count),
                   .candidate = mean_of(candidate, count),
                   .worse = (double)NAN,
                   .low = (double)NAN,
                   .high = (double)NAN,
                   .sd = (double)NAN,
                   .power_same = (double)NAN,
                   .power_twice = (double)NAN,
                   .p_worse = (double)NAN,
                   .p_holm = (double)NAN};
    bool lower = METRIC_DIRECTIONS[rule->metric] == DIRECTION_LOWER;
    double margin = rule->relative ? rule->margin * fabs(row.baseline) : rule->margin;
    Pairs pairs = pairs_look(candidate, baseline, count, lower);
    row.margin = margin;
    if (pairs.same) {
        return row_same(row, margin, count);
    }
    if (pairs.unknown > 0) {
        bool all = pairs.lost == count;
        return row_open(row, BEYOND, all ? EVIDENCE_FAIL : EVIDENCE_OPEN);
    }
    if (pairs.one_sided) {
        return row_open(row, ONE_SIDED, EVIDENCE_OPEN);
    }
    double within = rule->relative ? 0 : margin; /* what worse_fill leaves to be judged */
    int32_t used = worse_fill(rule, candidate, baseline, count, scratch);
    NonInferiority found = non_inferiority(scratch, used, within, alpha);
    double taken = margin - within;
    row.count = used;
    row.worse = found.mean + taken;
    if (used == 1 && drawn) {
        return row_open(row, ONE, EVIDENCE_OPEN);
    }
    row.verdict = found.verdict;
    row.deterministic = found.deterministic;
    row.low = found.low + taken;
    row.high = found.high + taken;
    row.settle_count = found.settle_count;
    row.sd = found.sd;
    GateRule plain = *rule;
    plain.relative = false;
    worse_fill(&plain, candidate, baseline, count, scratch);
    found = non_inferiority(scratch, used, margin, alpha);
    row.p_worse = found.deterministic ? (found.mean > 0 ? 0.0 : 1.0) : found.p_worse;
    return row;
}

void gate_power(GateRow *row, double alpha)
{
    if (row->same || isnan(row->sd)) {
        return;
    }
    row->power_same = non_inferiority_power(row->count, 0, row->sd, row->margin, alpha);
    row->power_twice =
        non_inferiority_power(row->count, 2 * row->margin, row->sd, row->margin, alpha);
}

EvidenceVerdict gate_verdict(const GateRow *rows, int32_t count)
{
    EvidenceVerdict verdict = EVIDENCE_PASS;
    for (int32_t i = 0; i < count; i++) {
        if (rows[i].verdict == EVIDENCE_FAIL) {
            return EVIDENCE_FAIL;
        }
        verdict = rows[i].verdict == EVIDENCE_OPEN ? EVIDENCE_OPEN : verdict;
    }
    return verdict;
}
