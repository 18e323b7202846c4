/* expect.h - `expect:` lines: what a scenario's author says must come out.
 *
 *     PATH OP VALUE[unit] [+- tolerance]
 *
 * OP is one of == != < <= > >=. PATH is a metric; account.A[.SUB] (GPU-hours); job.ID.FIELD with
 * FIELD start, end, state, nodes, devices, attempts, reason or priority; score.TERM.NODE.JOB (on
 * the empty fleet); or any of these after variant.V. (else it must hold in every variant). All
 * lines are parsed before the clock starts. A metric, account or score is judged on the mean over
 * replications; a job in each replication.
 */
#ifndef SIM_EXPERIMENT_EXPECT_H
#define SIM_EXPERIMENT_EXPECT_H

#include "core/diagnostic.h"
#include "sim/experiment/result.h"
#include "sim/scenario/load.h"

typedef enum ExpectSubject {
    EXPECT_METRIC,
    EXPECT_ACCOUNT,
    EXPECT_JOB,
    EXPECT_SCORE
} ExpectSubject;

typedef enum ExpectOp {
    EXPECT_EQ,
    EXPECT_NE,
    EXPECT_LE,
    EXPECT_GE,
    EXPECT_LT,
    EXPECT_GT,
    EXPECT_OP_COUNT
} ExpectOp;

/* The job fields that are texts stand last. */
typedef enum ExpectField {
    FIELD_START,
    FIELD_END,
    FIELD_ATTEMPTS,
    FIELD_PRIORITY,
    FIELD_STATE,
    FIELD_NODES,
    FIELD_DEVICES,
    FIELD_REASON,
    FIELD_COUNT
} ExpectField;
#define FIELD_IS_TEXT(field) ((field) >= FIELD_STATE)

typedef struct Expectation {
    const ExpectLine *line;
    const char *path;
    int32_t variant; /* -1: every one */
    ExpectSubject subject;
    MetricId metric;
    Account account;
    int sub; /* -1: the whole account */
    ExpectField field;
    const char *job;
    const GpTerm *term;
    const char *node;
    ExpectOp op;
    const char *text; /* the value of a text field */
    double value;     /* else; TIME_NEVER as INFINITY; times in ms */
    double tolerance;
} Expectation;

typedef struct ExpectList {
    int32_t count;
    Expectation *items;
} ExpectList;

/* Records every mistake with its place. Of a mistaken set the jobs and nodes are not looked at. */
Status expect_parse(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics,
                    ExpectList *list);

/* Do any need the job tables of all replications? */
bool expect_needs_jobs(const ExpectList *list);

/* Fills result->expects, one outcome for each expectation and variant. STATUS_UNEXPECTED if one
 * failed. */
Status expect_judge(const ExpectList *list, ExperimentResult *result, Arena *arena,
                    Diagnostics *diagnostics);

/* Names, for messages and reports. */
const char *job_state_name(int state);
const char *expect_field_name(ExpectField field);

/* Does `found` satisfy the expectation? Numbers that differ by less than a billionth count as
 * equal. */
bool expect_holds(const Expectation *expected, double found);

#endif
