/* expect.c - expectations are held against what came out. */
#include "sim/experiment/expect.h"

#include <math.h>
#include <string.h>

#include "core/units.h"
#include "core/world.h"
#include "traces/draw.h"

const char *job_state_name(int state)
{
    switch ((JobState)state) {
    case JOB_FUTURE:
    case JOB_PENDING:
        return "pending";
    case JOB_RUNNING:
        return "running";
    case JOB_COMPLETED:
        return "completed";
    case JOB_FAILED:
        return "failed";
    case JOB_CANCELLED:
        return "cancelled";
    case JOB_TIMEOUT:
        return "timeout";
    case JOB_SUSPENDED:
        return "suspended";
    case JOB_REJECTED:
        break;
    }
    return "rejected";
}

/* Means and money are doubles: what differs by rounding is equal. */
static bool nearly(double a, double b, double tolerance)
{
    if (a == b) {
        return true; /* infinities too */
    }
    double size = fabs(a) > fabs(b) ? fabs(a) : fabs(b);
    return fabs(a - b) <= tolerance + 1e-9 * (size > 1.0 ? size : 1.0) && isfinite(a) &&
           isfinite(b);
}

bool expect_holds(const Expectation *expected, double found)
{
    if (isnan(found)) {
        return false;
    }
    bool equal = nearly(found, expected->value, expected->tolerance);
    switch (expected->op) {
    case EXPECT_EQ:
        return equal;
    case EXPECT_NE:
        return !equal;
    case EXPECT_LE:
        return equal || found < expected->value;
    case EXPECT_GE:
        return equal || found > expected->value;
    case EXPECT_LT:
        return found < expected->value + expected->tolerance;
    case EXPECT_GT:
        return found > expected->value - expected->tolerance;
    case EXPECT_OP_COUNT:
        break;
    }
    return false;
}

/* ---- what was found ---- */

typedef struct Judge {
    const Expectation *expected;
    const VariantResult *variant;
    Arena *arena;
    Diagnostics *diagnostics;
    ExpectOutcome *outcome;
} Judge;

static void number_found(Judge *judge, double found, const char *unit)
{
    char text[96];
    if (isnan(found)) {
        snprintf(text, sizeof text, "does not apply");
    } else if (isinf(found)) {
        snprintf(text, sizeof text, "beyond the end of the run");
    } else {
        snprintf(text, sizeof text, "%.6g%s%s", found,
                 strcmp(unit, "1") == 0 || unit[0] == '\0' ? "" : " ",
                 strcmp(unit, "1") == 0 ? "" : unit);
    }
    judge->outcome->found = found;
    judge->outcome->found_text = arena_strdup(judge->arena, text);
    judge->outcome->passed = expect_holds(judge->expected, found);
}

static void text_found(Judge *judge, const char *text, bool passed)
{
    judge->outcome->found = (double)NAN;
    judge->outcome->found_text = arena_strdup(judge->arena, text[0] != '\0' ? text : "none");
    judge->outcome->passed = passed;
}

static void account_judge(Judge *judge)
{
    const VariantResult *variant = judge->variant;
    double sum = 0.0;
    for (int32_t r = 0; r < variant->replication_count; r++) {
        sum += ledger_gpu_hours(ledger_sum(&variant->replications[r].ledger, -1, -2,
                                           judge->expected->account, judge->expected->sub));
    }
    number_found(judge, sum / variant->replication_count, "GPU-hours");
}

/* ---- jobs ---- */

static int32_t job_find(const JobColumns *jobs, const char *id)
{
    for (int32_t i = 0; i < jobs->count; i++) {
        if (strcmp(jobs->job[i], id) == 0) {
            return i;
        }
    }
    return -1;
}

static void time_found(Judge *judge, int64_t time_ms)
{
    double found = time_ms == TIME_NEVER ? (double)INFINITY : (double)time_ms;
    char text[64] = "never";
    if (time_ms != TIME_NEVER) {
        quantity_print(time_ms, UNIT_DURATION_MS, text, (int)sizeof text);
    }
    judge->outcome->found =
        time_ms == TIME_NEVER ? (double)NAN : found / 1e3; /* seconds, as reports have them */
    judge->outcome->found_text = arena_strdup(judge->arena, text);
    judge->outcome->passed = expect_holds(judge->expected, found);
}

static void job_row_judge(Judge *judge, const JobColumns *jobs, int32_t row)
{
    const Expectation *expected = judge->expected;
    const char *text = "";
    switch (expected->field) {
    case FIELD_START:
        time_found(judge, jobs->start_ms[row]);
        return;
    case FIELD_END:
        time_found(judge, jobs->end_ms[row]);
        return;
    case FIELD_ATTEMPTS:
        number_found(judge, jobs->attempts[row], "");
        return;
    case FIELD_PRIORITY:
        number_found(judge, jobs->priority[row], "");
        return;
    case FIELD_STATE:
        text = job_state_name(jobs->state[row]);
        break;
    case FIELD_NODES:
        text = jobs->nodes[row];
        break;
    case FIELD_DEVICES:
        text = jobs->devices[row];
        break;
    case FIELD_REASON:
    case FIELD_COUNT:
        text = jobs->reason[row];
        break;
    }
    text_found(judge, text, (strcmp(text, expected->text) == 0) == (expected->op == EXPECT_EQ));
}

/* Must hold in every replication; the first that fails is shown. */
static void job_judge(Judge *judge)
{
    for (int32_t r = 0; r < judge->variant->replication_count; r++) {
        const JobColumns *jobs = judge->variant->replications[r].jobs;
        int32_t row = jobs != NULL ? job_find(jobs, judge->expected->job) : -1;
        if (row < 0) {
            text_found(judge, "no such job", false);
        } else {
            job_row_judge(judge, jobs, row);
        }
        if (!judge->outcome->passed) {
            return;
        }
    }
}

/* ---- scores ---- */

static JobId job_in_table(const JobTable *jobs, const char *id)
{
    for (JobId job = 0; job < jobs->job_count; job++) {
        char number[16];
        snprintf(number, sizeof number, "%d", (int)job);
        const char *name =
            jobs->job_name != NULL && jobs->job_name[job] != NULL ? jobs->job_name[job] : number;
        if (strcmp(name, id) == 0) {
            return job;
        }
    }
    return -1;
}

/* A term's score of one node, its second step included, in points of its own scale. NAN: the node
 * cannot hold it. */
static double score_of(const World *world, const GpTerm *term, int32_t node, const GpShape *shape)
{
    GpPolicy policy;
    gp_policy_init(&policy);
    if (gp_policy_add(&policy, term, 1, NULL) != GP_OK) {
        return (double)NAN;
    }
    const GpConstants *constants = &world->scenario->constants;
    int64_t raw = gp_score(&world->fleet, &policy, constants, node, shape);
    if (raw == GP_INFEASIBLE) {
        return (double)NAN;
    }
    int64_t lowest = raw;
    int64_t highest = raw;
    for (int32_t other = 0; term->finish != NULL && other < world->fleet.node_count; other++) {
        int64_t score = gp_score(&world->fleet, &policy, constants, other, shape);
        if (score != GP_INFEASIBLE) {
            lowest = score < lowest ? score : lowest;
            highest = score > highest ? score : highest;
        }
    }
    if (term->finish != NULL) {
        raw = term->finish(raw, lowest, highest, &policy.terms[0].options);
    }
    return (double)raw / (double)GP_SCORE_ONE;
}

static Status score_judge_in(Judge *judge, Arena *scratch)
{
    const Scenario *scenario = judge->variant->scenario;
    JobTable jobs;
    int32_t *rank = NULL;
    Status status = workload_draw(scenario, 0, scratch, judge->diagnostics, &jobs);
    if (status == STATUS_OK) {
        status = node_ranks(scenario, 0, scratch, judge->diagnostics, &rank);
    }
    if (status != STATUS_OK) {
        return status;
    }
    World *world = world_new(scratch, scenario, &jobs, rank, &(WorldOptions){.scan_only = true});
    if (world == NULL) {
        return diagnostics_no_memory(judge->diagnostics);
    }
    int32_t node = cluster_node(&scenario->cluster, judge->expected->node);
    JobId job = job_in_table(&jobs, judge->expected->job);
    if (node < 0 || job < 0) {
        text_found(judge, node < 0 ? "no such node" : "no such job", false);
    } else {
        number_found(
            judge,
            score_of(world, judge->expected->term, node, &jobs.shapes.shapes[job_shape(&jobs, job)]),
            "");
    }
    return STATUS_OK;
}

static Status score_judge(Judge *judge)
{
    Arena scratch;
    arena_init(&scratch);
    Status status = score_judge_in(judge, &scratch);
    arena_free(&scratch);
    return status;
}

/* ---- all ---- */

static Status judge_one(Judge *judge)
{
    Status status = STATUS_OK;
    if (judge->variant->replication_count == 0) {
        text_found(judge, "no complete replication", false);
    } else {
        switch (judge->expected->subject) {
        case EXPECT_METRIC:
            number_found(judge, judge->variant->metric[judge->expected->metric].mean,
                         METRICS[judge->expected->metric].unit);
            break;
        case EXPECT_ACCOUNT:
            account_judge(judge);
            break;
        case EXPECT_JOB:
            job_judge(judge);
            break;
        case EXPECT_SCORE:
            status = score_judge(judge);
            break;
        }
    }
    if (status == STATUS_OK && judge->outcome->found_text == NULL) {
        return diagnostics_no_memory(judge->diagnostics);
    }
    return status;
}

Status expect_judge(const ExpectList *list, ExperimentResult *result, Arena *arena,
                    Diagnostics *diagnostics)
{
    result->expect_count = 0;
    result->expects =
        ARENA_ARRAY(arena, ExpectOutcome, (int64_t)list->count * result->variant_count);
    if (result->expects == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    bool all_passed = true;
    for (int32_t i = 0; i < list->count; i++) {
        for (int32_t v = 0; v < result->variant_count; v++) {
            if (list->items[i].variant >= 0 && list->items[i].variant != v) {
                continue;
            }
            ExpectOutcome *outcome = &result->expects[result->expect_count++];
            *outcome = (ExpectOutcome){.text = list->items[i].line->text,
                                       .variant = result->variants[v].name};
            Judge judge = {&list->items[i], &result->variants[v], arena, diagnostics, outcome};
            Status status = judge_one(&judge);
            if (status != STATUS_OK) {
                return status;
            }
            all_passed = all_passed && outcome->passed;
        }
    }
    return all_passed ? STATUS_OK : STATUS_UNEXPECTED;
}
