/* check.c - lays what was measured beside what was published, and writes validation/results.csv.
 *
 *   check --published FILE --curves FILE... --demo FILE.json --by-index FILE --by-scan FILE
 *         --micro FILE.json... --rows FILE... --out FILE
 *
 * `--published` and `--curves` are in the study's format (validation/fgd_study.c), `--demo` is the
 * JSON summary of scenarios/openb-2023.yaml; `--by-index` and `--by-scan` hold the lines of
 * `fgd-study --hashes` of the same runs with and without the index. Exit status: 0 if all rows
 * pass, 4 if one fails.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validation/micro_rows.h"
#include "validation/result_rows.h"
#include "validation/study_curves.h"

#define SEEDS_MAX 64
#define EXACT_PCT 0.005 /* percentage points: half of the last published digit */
#define STANDARD_ERRORS 3.0
#define RANDOM_SHARE                                                                               \
    0.98 /* of the comparisons of Random must lie within that many standard errors */
static const int RANDOM_AT_PCT[] = {50, 80, 100, 130};
#define RANDOM_AT_COUNT 4

static const char STUDY[] = "Weng et al., USENIX ATC 2023, published result tables";
static const char *const COLUMN_NAMES[CURVE_COLUMNS] = {"allocation", "fragmentation amount",
                                                        "fragmentation ratio"};

typedef struct Check {
    StudyCurves published, measured;
    Diagnostics diagnostics;
    json_t *demo;
    ResultRows results;
    const char *by_index, *by_scan;
    const char *out;
} Check;

/* ---- the deterministic policies ---- */

/* One row per workload and policy: the largest difference at any seed, per cent and column.
 * Published points are walked in order, so equal (workload, policy) stand together. */
static void exact_check(Check *check)
{
    const StudyCurves *published = &check->published;
    for (int at = 0; at < published->count;) {
        const CurvePoint *first = &published->points[at];
        double worst = 0.0;
        int compared = 0;
        int missing = 0;
        for (; at < published->count &&
               strcmp(published->points[at].workload, first->workload) == 0 &&
               strcmp(published->points[at].policy, first->policy) == 0;
             at++) {
            const CurvePoint *ours = curves_find(&check->measured, &published->points[at]);
            missing += ours == NULL;
            for (int column = 0; ours != NULL && column < CURVE_COLUMNS; column++) {
                worst =
                    fmax(worst, fabs(ours->value[column] - published->points[at].value[column]));
                compared++;
            }
        }
        if (strcmp(first->policy, "Random") == 0 || missing == at) {
            continue;
        }
        result_add(&check->results, "published", STUDY, 0.0, missing > 0 ? 100.0 : worst, EXACT_PCT,
                   "openb %s, %s: largest difference in %d values [percentage points]",
                   first->workload, first->policy, compared);
    }
}

/* ---- means over seeds ---- */

typedef struct Sample {
    int count;
    double mean, variance; /* of one value */
} Sample;

static Sample sample_of(const double *value, int count)
{
    Sample sample = {.count = count};
    for (int i = 0; i < count; i++) {
        sample.mean += value[i] / count;
    }
    for (int i = 0; i < count && count > 1; i++) {
        sample.variance += (value[i] - sample.mean) * (value[i] - sample.mean) / (count - 1);
    }
    return sample;
}

static Sample curves_sample(const StudyCurves *curves, const char *workload, const char *policy,
                            int arrived_pct, CurveColumn column)
{
    double value[SEEDS_MAX];
    int count = 0;
    for (int i = 0; i < curves->count && count < SEEDS_MAX; i++) {
        const CurvePoint *point = &curves->points[i];
        if (point->arrived_pct == arrived_pct && strcmp(point->workload, workload) == 0 &&
            strcmp(point->policy, policy) == 0) {
            value[count++] = point->value[column];
        }
    }
    return sample_of(value, count);
}

static double standard_error(Sample a, Sample b)
{
    return sqrt(a.variance / a.count + b.variance / b.count);
}

/* Random's draws were not recorded, so its means are compared: ours over many draws on each
 * published order. */
static void random_check(Check *check)
{
    int within = 0;
    int compared = 0;
    const char *workload = "";
    for (int i = 0; i < check->measured.count; i++) {
        const CurvePoint *point = &check->measured.points[i];
        if (strcmp(point->policy, "Random") != 0 || strcmp(point->workload, workload) == 0) {
            continue;
        }
        workload = point->workload;
        for (int at = 0; at < RANDOM_AT_COUNT; at++) {
            for (int column = CURVE_ALLOC; column <= CURVE_RATIO; column += CURVE_RATIO) {
                int pct = RANDOM_AT_PCT[at];
                Sample theirs = curves_sample(&check->published, workload, "Random", pct, column);
                Sample ours = curves_sample(&check->measured, workload, "Random", pct, column);
                if (theirs.count < 2 || ours.count < 2) {
                    continue;
                }
                compared++;
                within +=
                    fabs(ours.mean - theirs.mean) <= STANDARD_ERRORS * standard_error(theirs, ours);
            }
        }
    }
    if (compared > 0) {
        result_add_at_least(
            &check->results, "published", STUDY, ceil(RANDOM_SHARE * compared), within,
            "openb, Random: of %d comparisons of means at 50 80 100 130 %% arrived, those "
            "within three standard errors",
            compared);
    }
}

/* ---- the demo ---- */

static const struct {
    const char *variant, *published;
} DEMO_POLICIES[] = {
    {"random", "Random"},          {"dot-product", "DotProd"}, {"gpu-clustering", "GpuClustering"},
    {"gpu-packing", "GpuPacking"}, {"best-fit", "BestFit"},    {"fgd", "FGD"}};
#define DEMO_POLICY_COUNT ((int)(sizeof(DEMO_POLICIES) / sizeof(DEMO_POLICIES[0])))

static double array_at(const json_t *curve, const char *name, int at)
{
    return json_number_value(json_array_get(json_object_get(curve, name), (size_t)at));
}

static void demo_point_check(Check *check, const json_t *variant, const char *policy, int pct,
                             CurveColumn column)
{
    static const char *const names[CURVE_COLUMNS] = {"alloc_pct", "frag_amount_pct",
                                                     "frag_ratio_pct"};
    static const char *const spreads[CURVE_COLUMNS] = {"alloc_pct_sd", "frag_amount_pct_sd",
                                                       "frag_ratio_pct_sd"};
    const json_t *curve = json_object_get(variant, "load_curve");
    Sample theirs = curves_sample(&check->published, "default", policy, pct, column);
    double sd = array_at(curve, spreads[column], pct);
    Sample ours = {.count = (int)json_integer_value(json_object_get(variant, "replications")),
                   .mean = array_at(curve, names[column], pct),
                   .variance = sd * sd};
    if (theirs.count > 1 && ours.count > 1) {
        result_add(&check->results, "predicted", STUDY, theirs.mean, ours.mean,
                   STANDARD_ERRORS * standard_error(theirs, ours),
                   "openb drawn from classes, %s: mean %s at %d %% arrived [%%]; tolerance: three "
                   "standard errors of the difference",
                   policy, COLUMN_NAMES[column], pct);
    }
}

/* The identity of the books as reported: accounts sum to what was paid for. */
static void ledger_check(Check *check, const json_t *variant)
{
    const json_t *ledger = json_object_get(variant, "ledger");
    const char *account;
    json_t *row;
    double sum = 0.0;
    json_object_foreach (json_object_get(ledger, "accounts"), account, row) {
        sum += json_number_value(json_object_get(row, "gpu_hours"));
    }
    result_add(&check->results, "identity", "docs/ledger.md",
               json_number_value(json_object_get(ledger, "capacity_gpu_hours")), sum, 1e-6,
               "demo, %s: accounts sum to capacity [GPU-hours]",
               json_string_value(json_object_get(variant, "name")));
}

static void demo_check(Check *check)
{
    size_t at;
    json_t *variant;
    json_array_foreach (json_object_get(check->demo, "variants"), at, variant) {
        const char *name = json_string_value(json_object_get(variant, "name"));
        ledger_check(check, variant);
        for (int policy = 0; policy < DEMO_POLICY_COUNT; policy++) {
            for (int i = 0; i < RANDOM_AT_COUNT && strcmp(name, DEMO_POLICIES[policy].variant) == 0;
                 i++) {
                demo_point_check(check, variant, DEMO_POLICIES[policy].published, RANDOM_AT_PCT[i],
                                 CURVE_ALLOC);
                demo_point_check(check, variant, DEMO_POLICIES[policy].published, RANDOM_AT_PCT[i],
                                 CURVE_RATIO);
            }
        }
    }
}

/* ---- index against scan ---- */

/* Line by line: one run each, ending in the hash of all its facts. */
static Status hashes_check(Check *check)
{
    FILE *index = fopen(check->by_index, "r");
    FILE *scan = fopen(check->by_scan, "r");
    char index_line[256];
    char scan_line[256];
    int runs = 0;
    int equal = 0;
    while (index != NULL && scan != NULL && fgets(index_line, sizeof(index_line), index) != NULL) {
        runs++;
        equal +=
            fgets(scan_line, sizeof(scan_line), scan) != NULL && strcmp(index_line, scan_line) == 0;
    }
    bool read = index != NULL && scan != NULL && runs > 0;
    if (read) {
        result_add(
            &check->results, "identity", "the straight scan is the oracle", runs, equal, 0.0,
            "openb default: of %d packing rules, those under which the index places every task "
            "as the scan does",
            runs);
    } else {
        fprintf(stderr, "check: cannot read %s and %s\n", check->by_index, check->by_scan);
    }
    if (index != NULL) {
        fclose(index);
    }
    if (scan != NULL) {
        fclose(scan);
    }
    return read ? STATUS_OK : STATUS_BAD_INPUT;
}

/* ---- arguments ---- */

static Status option_take(Check *check, const char *option, const char *value)
{
    if (strcmp(option, "--published") == 0) {
        return curves_read(&check->published, value, &check->diagnostics);
    }
    if (strcmp(option, "--curves") == 0) {
        return curves_read(&check->measured, value, &check->diagnostics);
    }
    if (strcmp(option, "--by-index") == 0) {
        check->by_index = value;
        return STATUS_OK;
    }
    if (strcmp(option, "--by-scan") == 0) {
        check->by_scan = value;
        return STATUS_OK;
    }
    if (strcmp(option, "--rows") == 0) {
        return rows_read(&check->results, value);
    }
    if (strcmp(option, "--micro") == 0) {
        return micro_row_add(&check->results, value);
    }
    if (strcmp(option, "--out") == 0) {
        check->out = value;
        return STATUS_OK;
    }
    if (strcmp(option, "--demo") == 0) {
        json_error_t error;
        check->demo = json_load_file(value, 0, &error);
        if (check->demo == NULL) {
            fprintf(stderr, "%s:%d:%d: %s\n", value, error.line, error.column, error.text);
            return STATUS_BAD_INPUT;
        }
        return STATUS_OK;
    }
    fprintf(stderr, "check: '%s' is not an option\n", option);
    return STATUS_USAGE;
}

static int rows_missed(const ResultRows *results)
{
    int missed = 0;
    for (int i = 0; i < results->count; i++) {
        missed += strcmp(result_verdict(&results->rows[i]), "miss") == 0;
    }
    return missed;
}

static Status check_run(Check *check)
{
    if (check->out == NULL || check->published.count == 0) {
        fputs("usage: check --published FILE --curves FILE... --demo FILE.json --out FILE\n",
              stderr);
        return STATUS_USAGE;
    }
    curves_sort(&check->published);
    curves_sort(&check->measured);
    exact_check(check);
    random_check(check);
    if (check->demo != NULL) {
        demo_check(check);
    }
    if (check->by_index != NULL && check->by_scan != NULL && hashes_check(check) != STATUS_OK) {
        return STATUS_BAD_INPUT;
    }
    for (int i = 0; i < check->results.count; i++) {
        if (!check->results.rows[i].passed) {
            printf("%s %s: expected %g, measured %g\n", result_verdict(&check->results.rows[i]),
                   check->results.rows[i].quantity, check->results.rows[i].expected,
                   check->results.rows[i].measured);
        }
    }
    int missed = rows_missed(&check->results);
    printf("validation: %d passed, %d failed, %d known to be missed\n",
           check->results.count - check->results.failed - missed, check->results.failed, missed);
    Status status = results_write(&check->results, check->out, &check->diagnostics);
    return status == STATUS_OK && check->results.failed > 0 ? STATUS_UNEXPECTED : status;
}

int main(int argc, char **argv)
{
    static Check check;
    arena_init(&check.published.arena);
    arena_init(&check.measured.arena);
    diagnostics_init(&check.diagnostics);
    Status status = argc % 2 == 1 ? STATUS_OK : STATUS_USAGE;
    for (int i = 1; i + 1 < argc && status == STATUS_OK; i += 2) {
        status = option_take(&check, argv[i], argv[i + 1]);
    }
    if (status == STATUS_OK) {
        status = check_run(&check);
    }
    diagnostics_print(&check.diagnostics, stderr, false);
    json_decref(check.demo);
    diagnostics_free(&check.diagnostics);
    curves_free(&check.published);
    curves_free(&check.measured);
    return (int)status;
}
