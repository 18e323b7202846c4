/* expect.h - `expect:` lines: what a scenario's author says must come out.
 *
 *     PATH OP VALUE[unit] [+- tolerance] [@ time]
 *
 * OP is one of == != < <= > >=. PATH is one of
 *     a metric
 *     account.A[.SUB]                      GPU-hours
 *     job.ID.FIELD                         start end state nodes devices attempts reason priority
 *                                          lost interruptions
 *     job.ID.FIELD                         of a service: latency_ms latency_ratio unserved_share
 *     job.ID.start[k]                      of attempt k, from 1
 *     job.ID.task[k].FIELD                 task k, from 1: start end node devices
 *     queue.Q.FIELD                        share deserved allocated: GPUs, share as its source says
 *     node.N.FIELD                         free_gpus state
 *     score.TERM.NODE.JOB                  on the empty fleet, or at an instant
 *     showback.UNIT.FIELD                  a queue's line, or a team's or tenant's as
 *                                          costs.showback.by says; also __idle__ and the like.
 *                                          Fields: SHOWBACK_FIELDS of showback.h
 * or any of these after variant.V. (else it must hold in every variant). What has a value at every
 * instant can be asked for at one: it is what the last pass of that instant left behind; else it is
 * what it was in the end. All lines are parsed before the clock starts. A metric, account or score
 * is judged on the mean over replications; all else in each replication.
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
    EXPECT_TASK,
    EXPECT_QUEUE,
    EXPECT_NODE,
    EXPECT_SCORE,
    EXPECT_SHOWBACK
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

typedef enum ExpectKind { EXPECT_TIME, EXPECT_NUMBER, EXPECT_TEXT } ExpectKind;

/* What can be asked of a job, a task, a queue, a node. */
typedef enum ExpectField {
    JOB_FIELD_START,
    JOB_FIELD_END,
    JOB_FIELD_ATTEMPTS,
    JOB_FIELD_PRIORITY,
    JOB_FIELD_STATE,
    JOB_FIELD_NODES,
    JOB_FIELD_DEVICES,
    JOB_FIELD_REASON,
    JOB_FIELD_LATENCY,
    JOB_FIELD_LATENCY_RATIO,
    JOB_FIELD_UNSERVED,
    JOB_FIELD_LOST,
    JOB_FIELD_INTERRUPTIONS,
    TASK_FIELD_START,
    TASK_FIELD_END,
    TASK_FIELD_NODE,
    TASK_FIELD_DEVICES,
    QUEUE_FIELD_SHARE,
    QUEUE_FIELD_DESERVED,
    QUEUE_FIELD_ALLOCATED,
    NODE_FIELD_FREE_GPUS,
    NODE_FIELD_STATE,
    EXPECT_FIELD_COUNT
} ExpectField;

typedef struct ExpectFieldInfo {
    const char *name;
    ExpectSubject subject;
    ExpectKind kind;
    const char *unit; /* of a number */
    bool at_instants; /* has a value at every instant */
} ExpectFieldInfo;
extern const ExpectFieldInfo EXPECT_FIELDS[EXPECT_FIELD_COUNT];

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
    int32_t index;     /* of the attempt or the task, from 1 */
    const char *queue; /* or a showback's unit */
    int showback;      /* ShowbackField */
    const GpTerm *term;
    const char *node;
    int64_t at_ms; /* TIME_NEVER: in the end */
    ExpectOp op;
    const char *text; /* the value of a text field */
    double value;     /* else; TIME_NEVER as INFINITY; times in ms */
    double tolerance;
} Expectation;

struct ExpectList {
    int32_t count;
    Expectation *items;
};

/* Records every mistake with its place. Of a mistaken set the jobs, queues and nodes are not looked
 * at. */
Status expect_parse(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics,
                    ExpectList *list);

/* Is this read off the run while it goes on, or off what it leaves behind? */
bool expect_is_seen(const Expectation *item);

/* Fills result->expects, one outcome for each expectation and variant. The experiment was run with
 * the same list. STATUS_UNEXPECTED if one failed. */
Status expect_judge(const ExpectList *list, ExperimentResult *result, Arena *arena,
                    Diagnostics *diagnostics);

/* Names, for messages and reports. */
const char *job_state_name(int state);

/* Does `found` satisfy the expectation? Numbers that differ by less than a billionth count as
 * equal. */
bool expect_holds(const Expectation *expected, double found);

#endif
