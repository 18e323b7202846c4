/* gate.h - does a change of policy make a metric worse by more than its margin?
 *
 * Baseline and candidate met the same arrivals and faults in replication r, so differences are
 * judged, by how much the candidate is *worse*: candidate - baseline where lower is better, else
 * the other way round. Rules, and what the errors are: docs/gate.md.
 */
#ifndef SIM_EXPERIMENT_GATE_H
#define SIM_EXPERIMENT_GATE_H

#include "core/diagnostic.h"
#include "sim/experiment/evidence.h"
#include "sim/experiment/result.h"
#include "sim/scenario/load.h"

/* Raise it when metrics change though the facts of a run do not: baselines are then refused. */
#define METRICS_VERSION 1

/* ---- rules (gate_parse.c) ---- */

/* One line of `gate.margins`. */
typedef struct GateRule {
    MetricId metric;
    bool relative; /* the margin is a share of the baseline's mean; else in the metric's unit */
    double margin; /* 0 or more */
    const GateLine *line;
} GateRule;

typedef struct GateRules {
    int32_t count;
    GateRule *rules; /* [count] */
    double alpha;
} GateRules;

/* Records every mistake with its place; STATUS_BAD_INPUT if there was one. */
Status gate_parse(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics, GateRules *rules);

/* ---- what a gated scenario leaves, in this run or in a stored baseline ---- */

typedef struct GateVector {
    MetricId metric;
    int32_t count;
    double *value; /* [count] by replication; NAN: does not apply; INFINITY: beyond the run's end */
} GateVector;

typedef struct GateVariant {
    const char *name;
    VariantInputs inputs;
    int32_t vector_count;
    GateVector *vectors;
} GateVariant;

typedef struct GateRecord {
    const char *name; /* of the scenario */
    uint64_t seed;
    int32_t replications;
    int32_t file_count;
    InputFile *files;
    int32_t variant_count;
    GateVariant *variants;
} GateRecord;

/* Names and inputs, before anything has run; data files are read to be hashed. */
Status gate_record_begin(ScenarioSet *set, Arena *arena, Diagnostics *diagnostics,
                         GateRecord *record);

/* The vectors of the metrics that rules name. STATUS_FAILED if memory ran out. */
Status gate_record_fill(GateRecord *record, const ExperimentResult *result, const GateRules *rules,
                        Arena *arena, Diagnostics *diagnostics);

const GateVector *gate_vector(const GateVariant *variant, MetricId metric); /* NULL: none */

/* Of the same name, or the only one of both; NULL: none. */
const GateVariant *gate_variant_of(const GateRecord *baseline, const GateRecord *candidate,
                                   const char *name);

/* Were they made of the same inputs? Each difference is an error; `where` is the file that holds
 * the baseline, `help` says what to do. vectors: the baseline has run, metrics are compared too. */
Status gate_record_compare(const GateRecord *candidate, const GateRecord *baseline,
                           const GateRules *rules, bool vectors, const char *where,
                           const char *help, Diagnostics *diagnostics);

/* ---- judgement (gate_judge.c) ---- */

/* One metric of one variant. "worse" is in the metric's unit, on the mean. */
typedef struct GateRow {
    const GateRule *rule;
    EvidenceVerdict verdict;
    bool same;                  /* every replication has the value that it had */
    bool deterministic;         /* the worsening has no spread: compared as it is */
    int32_t count;              /* pairs judged */
    double baseline, candidate; /* means; INFINITY: beyond the run's end; NAN: do not apply */
    double margin;              /* in the metric's unit */
    double worse;
    double low, high;   /* one-sided bounds, each at 1 - alpha; NAN: none */
    double sd;          /* of the worsening, over pairs; NAN: not known */
    double power_same;  /* by gate_power: how often it would pass with no difference in the mean */
    double power_twice; /* ... when it is worse by twice the margin */
    double p_worse;     /* one-sided, of "not worse at all"; NAN: none */
    double p_holm;      /* the same, adjusted over all rows of the report */
    int32_t settle_count; /* replications that would settle it; 0: settled; -1: none would */
    const char *why;      /* a sentence where the figures do not say it; NULL */
} GateRow;

/* drawn: something varies between replications, so one pair says nothing of the spread. scratch:
 * [count] values. */
GateRow gate_judge(const GateRule *rule, const double *candidate, const double *baseline,
                   int32_t count, bool drawn, double alpha, double *scratch);

/* Fills power_same and power_twice for the spread that was found: noncentral t. */
void gate_power(GateRow *row, double alpha);

/* Every row passes: pass. Some row fails: fail. Else open. An intersection-union test, so alpha
 * needs no correction. */
EvidenceVerdict gate_verdict(const GateRow *rows, int32_t count);

#endif
