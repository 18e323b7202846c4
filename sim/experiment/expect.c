/* expect.c - expectations are held against what came out. */
#include "sim/experiment/expect.h"

#include <math.h>
#include <string.h>

#include "core/units.h"
#include "core/world.h"
#include "sim/experiment/expect_seen.h"
#include "sim/experiment/showback.h"
#include "traces/draw.h"

const char *job_state_name(int state)
{
    static const char *const NAMES[] = {
        [JOB_FUTURE] = "pending",      [JOB_PENDING] = "pending",   [JOB_RUNNING] = "running",
        [JOB_COMPLETED] = "completed", [JOB_REJECTED] = "rejected", [JOB_FAILED] = "failed",
        [JOB_CANCELLED] = "cancelled", [JOB_TIMEOUT] = "timeout",   [JOB_SUSPENDED] = "suspended"};
    return NAMES[state];
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

typedef struct ExpectJudge {
    const Expectation *expected;
    const VariantResult *variant;
    Arena *arena;
    Diagnostics *diagnostics;
    ExpectOutcome *outcome;
} ExpectJudge;

static void number_found(ExpectJudge *judge, double found, const char *unit)
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

static void text_found(ExpectJudge *judge, const char *text, bool passed)
{
    judge->outcome->found = (double)NAN;
    judge->outcome->found_text = arena_strdup(judge->arena, text[0] != '\0' ? text : "none");
    judge->outcome->passed = passed;
}

static void account_judge(ExpectJudge *judge)
{
    const VariantResult *variant = judge->variant;
    double sum = 0.0;
    for (int32_t r = 0; r < variant->replication_count; r++) {
        sum += ledger_gpu_hours(ledger_sum(&variant->replications[r].ledger, -1, -2,
                                           judge->expected->account, judge->expected->sub));
    }
    number_found(judge, sum / variant->replication_count, "GPU-hours");
}

/* Of the grouping that the scenario shows; a unit without a line has and owes nothing. */
static void showback_judge(ExpectJudge *judge)
{
    const ShowbackSet *set = judge->variant->showback;
    if (set == NULL) {
        text_found(judge, "no showback: nothing has a price", false);
        return;
    }
    const ShowbackLine *line = showback_line(&set->of[set->by], judge->expected->queue);
    static const ShowbackLine NOTHING = {0};
    ShowbackField field = (ShowbackField)judge->expected->showback;
    number_found(judge, showback_value(line != NULL ? line : &NOTHING, field),
                 SHOWBACK_FIELDS[field].unit);
}

/* ---- what was seen ---- */

static void time_found(ExpectJudge *judge, double time_ms)
{
    char text[64] = "never";
    if (isfinite(time_ms)) {
        quantity_print((int64_t)time_ms, UNIT_DURATION_MS, text, (int)sizeof text);
    }
    judge->outcome->found =
        isfinite(time_ms) ? time_ms / 1e3 : (double)NAN; /* as reports have them */
    judge->outcome->found_text = arena_strdup(judge->arena, text);
    judge->outcome->passed = expect_holds(judge->expected, time_ms);
}

static void value_found(ExpectJudge *judge, const SeenValue *value)
{
    const Expectation *expected = judge->expected;
    const ExpectFieldInfo *field = &EXPECT_FIELDS[expected->field];
    if (!value->known) {
        text_found(judge, value->text != NULL ? value->text : "nothing", false);
    } else if (field->kind == EXPECT_TIME) {
        time_found(judge, value->number);
    } else if (field->kind == EXPECT_NUMBER) {
        number_found(judge, value->number, field->unit);
    } else {
        bool equal = strcmp(value->text, expected->text) == 0;
        text_found(judge, value->text, equal == (expected->op == EXPECT_EQ));
    }
}

/* Must hold in every replication; the first that fails is shown. */
static void field_judge(ExpectJudge *judge, int32_t index)
{
    for (int32_t r = 0; r < judge->variant->replication_count; r++) {
        value_found(judge, &judge->variant->replications[r].seen[index]);
        if (!judge->outcome->passed) {
            return;
        }
    }
}

/* A number at an instant, on the mean over replications. */
static void mean_judge(ExpectJudge *judge, int32_t index, const char *unit)
{
    double sum = 0.0;
    for (int32_t r = 0; r < judge->variant->replication_count; r++) {
        const SeenValue *value = &judge->variant->replications[r].seen[index];
        if (!value->known) {
            text_found(judge, value->text != NULL ? value->text : "nothing", false);
            return;
        }
        sum += value->number;
    }
    number_found(judge, sum / judge->variant->replication_count, unit);
}

/* ---- scores on the empty fleet ---- */

static Status score_judge_in(ExpectJudge *judge, Arena *scratch)
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
    JobId job = job_named(&jobs, judge->expected->job);
    if (node < 0 || job < 0) {
        text_found(judge, node < 0 ? "no such node" : "no such job", false);
    } else {
        number_found(judge, score_of(world, judge->expected->term, node, job_request(&jobs, job)),
                     "");
    }
    return STATUS_OK;
}

static Status score_judge(ExpectJudge *judge)
{
    Arena scratch;
    arena_init(&scratch);
    Status status = score_judge_in(judge, &scratch);
    arena_free(&scratch);
    return status;
}

/* ---- all ---- */

static Status judge_one(ExpectJudge *judge, int32_t index)
{
    Status status = STATUS_OK;
    bool at_instant = judge->expected->at_ms != TIME_NEVER;
    if (judge->variant->replication_count == 0) {
        text_found(judge, "no complete replication", false);
    } else {
        switch (judge->expected->subject) {
        case EXPECT_METRIC:
            number_found(judge, judge->variant->metric[judge->expected->metric].mean,
                         METRICS[judge->expected->metric].unit);
            break;
        case EXPECT_ACCOUNT:
            if (at_instant) {
                mean_judge(judge, index, "GPU-hours");
            } else {
                account_judge(judge);
            }
            break;
        case EXPECT_SHOWBACK:
            showback_judge(judge);
            break;
        case EXPECT_SCORE:
            if (at_instant) {
                mean_judge(judge, index, "");
            } else {
                status = score_judge(judge);
            }
            break;
        case EXPECT_JOB:
        case EXPECT_TASK:
        case EXPECT_QUEUE:
        case EXPECT_NODE:
            field_judge(judge, index);
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
            ExpectJudge judge = {&list->items[i], &result->variants[v], arena, diagnostics,
                                 outcome};
            Status status = judge_one(&judge, i);
            if (status != STATUS_OK) {
                return status;
            }
            all_passed = all_passed && outcome->passed;
        }
    }
    return all_passed ? STATUS_OK : STATUS_UNEXPECTED;
}
