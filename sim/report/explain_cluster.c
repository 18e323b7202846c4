/* explain_cluster.c - which reasons cost most GPU-hours of waiting, beside the idle GPU-hours that
 * the ledger puts down to them.
 *
 * Jobs wait for what their class waits for. A wait that spans many rows of its class is noted at
 * its two ends and summed once, so the cost is that of rows and jobs, not of their product.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/job.h"
#include "core/ledger.h"
#include "core/policy.h"
#include "core/world.h"
#include "sim/experiment/result.h"
#include "sim/report/explain.h"
#include "sim/report/explain_words.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"
#include "sim/report/version.h"

#define DETAILS_MAX 16
#define CAUSES ((REASON_NO_ROOM + 1) * DETAILS_MAX)

typedef struct Waits {
    const WaitIndex *index;
    const RunTables *tables;
    Int128 gpu_ms[CAUSES]; /* milli-GPU x ms */
    Int128 job_ms[CAUSES];
    Int128 *milli_steps; /* [row of the index + 1] change of the waiting jobs' milli-GPU */
    int64_t *job_steps;
    int64_t jobs_waited;
} Waits;

static int cause_at(Cause cause)
{
    return cause.reason * DETAILS_MAX + cause.detail;
}

static void wait_post(Waits *waits, Cause cause, int64_t ms, int64_t milli)
{
    waits->gpu_ms[cause_at(cause)] += (Int128)ms * milli;
    waits->job_ms[cause_at(cause)] += ms;
}

static int64_t overlap(const IntervalRows *rows, int64_t row, int64_t from_ms, int64_t to_ms)
{
    int64_t begin = rows->from_ms[row] > from_ms ? rows->from_ms[row] : from_ms;
    int64_t end = rows->to_ms[row] < to_ms ? rows->to_ms[row] : to_ms;
    return end > begin ? end - begin : 0;
}

/* The last position of the class that begins before to_ms, or the one before `first`. */
static int64_t last_before(const WaitIndex *index, int32_t job_class, int64_t first, int64_t to_ms)
{
    int64_t low = first, high = index->begin[job_class + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (index->tables->intervals.from_ms[index->rows[middle]] < to_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - 1;
}

/* One wait of one job. The first and the last row of its class are cut by it, those between are
 * covered: they are noted as steps. covered[k]: the length of rows before position k. */
static void wait_share(Waits *waits, const uint64_t *covered, int64_t job, int64_t from_ms,
                       int64_t to_ms, Cause own)
{
    const IntervalRows *rows = &waits->tables->intervals;
    int32_t job_class = waits->tables->jobs.job_class[job];
    int64_t milli = waits->tables->jobs.gpu_milli[job];
    int64_t first = wait_index_find(waits->index, job_class, from_ms);
    int64_t last = last_before(waits->index, job_class, first, to_ms);
    uint64_t told = 0; /* wraps where a damaged file holds overlapping rows */
    for (int64_t at = first; at <= last; at = at == first && last > first ? last : last + 1) {
        int64_t row = waits->index->rows[at];
        int64_t ms = overlap(rows, row, from_ms, to_ms);
        bool is_last = at == last && rows->to_ms[row] >= to_ms;
        wait_post(waits, wait_cause(waits->tables, row, is_last, own), ms, milli);
        told += (uint64_t)ms;
    }
    if (last > first + 1) {
        waits->milli_steps[first + 1] += milli;
        waits->milli_steps[last] -= milli;
        waits->job_steps[first + 1]++;
        waits->job_steps[last]--;
        told += covered[last] - covered[first + 1];
    }
    uint64_t whole = (uint64_t)(to_ms - from_ms);
    if (whole > told) {
        wait_post(waits, own, (int64_t)(whole - told), milli);
    }
}

static void steps_sum(Waits *waits)
{
    const IntervalRows *rows = &waits->tables->intervals;
    int64_t count = waits->index->begin[waits->tables->jobs.count];
    Int128 milli = 0;
    int64_t jobs = 0;
    for (int64_t at = 0; at < count; at++) {
        int64_t row = waits->index->rows[at];
        int64_t ms = rows->to_ms[row] - rows->from_ms[row];
        milli += waits->milli_steps[at];
        jobs += waits->job_steps[at];
        int cause = cause_at((Cause){rows->reason[row], rows->detail[row]});
        waits->gpu_ms[cause] += milli * ms;
        waits->job_ms[cause] += (Int128)jobs * ms;
    }
}

/* Rows of jobs, and the waits of those that have none. */
static void jobs_share(Waits *waits, const uint64_t *covered, uint8_t *told)
{
    const IntervalRows *rows = &waits->tables->intervals;
    const JobRows *jobs = &waits->tables->jobs;
    for (int64_t i = 0; i < rows->count; i++) {
        int32_t job = rows->job[i];
        Cause cause = {rows->reason[i], rows->reason[i] != REASON_NONE ? rows->detail[i] : 0};
        if (job < 0 || rows->state[i] == INTERVAL_RUNNING) {
            continue;
        }
        waits->jobs_waited += told[job] == 0;
        told[job] = 1;
        if (rows->state[i] == INTERVAL_WAITING) {
            wait_share(waits, covered, job, rows->from_ms[i], rows->to_ms[i], cause);
        } else {
            wait_post(waits, cause, rows->to_ms[i] - rows->from_ms[i], jobs->gpu_milli[job]);
        }
    }
    for (int64_t job = 0; job < jobs->count; job++) {
        int64_t until = jobs->start_ms[job] != TIME_NEVER ? jobs->start_ms[job] : jobs->end_ms[job];
        bool waited = told[job] == 0 && until != TIME_NEVER && until > jobs->submit_ms[job] &&
                      jobs->state[job] != JOB_REJECTED;
        if (waited) {
            waits->jobs_waited++;
            wait_share(waits, covered, job, jobs->submit_ms[job], until, (Cause){REASON_NONE, 0});
        }
    }
}

static bool waits_sum(Waits *waits)
{
    int64_t count = waits->tables->intervals.count;
    uint64_t *covered = calloc((size_t)count + 2, sizeof *covered);
    uint8_t *told = calloc((size_t)waits->tables->jobs.count + 1, sizeof *told);
    waits->milli_steps = calloc((size_t)count + 2, sizeof *waits->milli_steps);
    waits->job_steps = calloc((size_t)count + 2, sizeof *waits->job_steps);
    bool ok =
        covered != NULL && told != NULL && waits->milli_steps != NULL && waits->job_steps != NULL;
    if (ok) {
        for (int64_t at = 0; at < count; at++) {
            int64_t row = waits->index->rows[at];
            uint64_t ms = (uint64_t)(waits->tables->intervals.to_ms[row] -
                                     waits->tables->intervals.from_ms[row]);
            covered[at + 1] = covered[at] + ms;
        }
        jobs_share(waits, covered, told);
        steps_sum(waits);
    }
    free(covered);
    free(told);
    free(waits->milli_steps);
    free(waits->job_steps);
    return ok;
}

/* ---- the document ---- */

static double gpu_hours(Int128 milli_ms)
{
    return (double)milli_ms / 3.6e9;
}

/* Of the ledger: what was idle for that reason. */
static double idle_hours(const LedgerHours *ledger, Cause cause)
{
    char buffer[WORDS_MAX];
    const char *code = cause_code(cause, buffer);
    const char *dot = strchr(code, '.');
    double sum = 0;
    for (int64_t i = 0; dot != NULL && i < ledger->count; i++) {
        bool same = strncmp(ledger->account[i], code, (size_t)(dot - code)) == 0 &&
                    ledger->account[i][dot - code] == '\0' &&
                    strcmp(ledger->sub_account[i], dot + 1) == 0;
        sum += same ? ledger->gpu_hours[i] : 0;
    }
    return sum;
}

static double account_hours(const LedgerHours *ledger, const char *account)
{
    double sum = 0;
    for (int64_t i = 0; i < ledger->count; i++) {
        sum += strcmp(ledger->account[i], account) == 0 ? ledger->gpu_hours[i] : 0;
    }
    return sum;
}

typedef struct CauseRow {
    Cause cause;
    double waiting, jobs, idle;
} CauseRow;

static int by_cost(const void *left, const void *right)
{
    const CauseRow *a = left, *b = right;
    double first = a->waiting != b->waiting ? b->waiting - a->waiting
                   : a->jobs != b->jobs     ? b->jobs - a->jobs
                                            : b->idle - a->idle;
    return first > 0 ? 1 : first < 0 ? -1 : cause_at(a->cause) - cause_at(b->cause);
}

static int causes_list(const Waits *waits, CauseRow rows[CAUSES], double *total)
{
    int count = 0;
    *total = 0;
    for (int at = 0; at < CAUSES; at++) {
        Cause cause = {at / DETAILS_MAX, at % DETAILS_MAX};
        int most = cause.reason == REASON_BLOCKED ? (int)BLOCK_REASON_COUNT : GP_DIMENSION_COUNT;
        if (cause.detail > most) {
            continue;
        }
        CauseRow row = {cause, gpu_hours(waits->gpu_ms[at]), (double)waits->job_ms[at] / 3.6e6,
                        idle_hours(&waits->tables->ledger, cause)};
        if (row.jobs > 0 || row.idle > 0) {
            rows[count++] = row;
            *total += row.waiting;
        }
    }
    qsort(rows, (size_t)count, sizeof *rows, by_cost);
    return count;
}

static json_t *causes_json(const CauseRow *rows, int count, double total)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (int i = 0; ok && i < count; i++) {
        char code[WORDS_MAX], words[WORDS_MAX];
        json_t *row = json_object();
        ok = row != NULL && json_put(row, "reason", json_string(cause_code(rows[i].cause, code))) &&
             json_put(row, "text", json_string(cause_words(rows[i].cause, NULL, words))) &&
             json_put(row, "waiting_gpu_hours", json_number(rows[i].waiting)) &&
             json_put(row, "share",
                      total > 0 ? json_number(rows[i].waiting / total) : json_null()) &&
             json_put(row, "waiting_job_hours", json_number(rows[i].jobs)) &&
             json_put(row, "idle_gpu_hours", json_number(rows[i].idle)) &&
             json_array_append(list, row) == 0;
        json_decref(row);
    }
    return json_checked(list, ok);
}

/* The line that matters most. */
static json_t *headline(const CauseRow *rows, int count, double total, const Waits *waits)
{
    char code[WORDS_MAX], remedy[WORDS_MAX], all[NUMBER_TEXT_MAX], top[NUMBER_TEXT_MAX],
        share[NUMBER_TEXT_MAX], idle[NUMBER_TEXT_MAX];
    if (waits->jobs_waited == 0) {
        return json_string("No job waited.");
    }
    if (count == 0 || total <= 0) {
        return json_string("Jobs waited, but none that wants GPUs.");
    }
    static const char *const WHAT[] = {
        [REASON_NONE] = "the file does not say why",
        [REASON_TOO_LARGE] = "add nodes that hold such jobs",
        [REASON_FRAGMENTED] = "pack or move better",
        [REASON_SHORT] = "add capacity, or split the jobs",
        [REASON_BLOCKED] = "change the rule",
        [REASON_NO_ROOM] = "pack better or add capacity",
    };
    snprintf(remedy, sizeof remedy, "%s", WHAT[rows[0].cause.reason]);
    char text[2 * WORDS_MAX];
    int decimals = ledger_decimals(total);
    snprintf(text, sizeof text,
             "Jobs waited for %s GPU-hours; %s of them (%s %%) were %s: %s. %s GPU-hours were idle "
             "for that reason.",
             number_text(total, decimals, all), number_text(rows[0].waiting, decimals, top),
             number_text(100 * rows[0].waiting / total, 1, share),
             rows[0].cause.reason == REASON_NONE ? "without a reason"
                                                 : cause_code(rows[0].cause, code),
             remedy, number_text(rows[0].idle, decimals, idle));
    return json_string(text);
}

static json_t *cluster_json(const Waits *waits, const char *variant)
{
    CauseRow rows[CAUSES];
    double total = 0;
    int count = causes_list(waits, rows, &total);
    json_t *root = json_object();
    bool ok = root != NULL && json_put(root, "gpuplan", json_string(GPUPLAN_VERSION)) &&
              json_put(root, "format", json_integer(SUMMARY_FORMAT)) &&
              json_put(root, "explain", json_string("cluster")) &&
              json_put(root, "variant", explain_text(variant)) &&
              json_put(root, "replication", json_integer(0)) &&
              json_put(root, "rows_left_out", json_integer(waits->tables->intervals.left_out)) &&
              json_put(root, "jobs", json_integer(waits->tables->jobs.count)) &&
              json_put(root, "jobs_waited", json_integer(waits->jobs_waited)) &&
              json_put(root, "waiting_gpu_hours", json_number(total)) &&
              json_put(root, "no_demand_gpu_hours",
                       json_number(account_hours(&waits->tables->ledger, "no_demand"))) &&
              json_put(root, "reasons", causes_json(rows, count, total)) &&
              json_put(root, "headline", headline(rows, count, total, waits));
    return json_checked(root, ok);
}

json_t *explain_cluster(const WaitIndex *index, const char *variant)
{
    Waits *waits = calloc(1, sizeof *waits);
    if (waits == NULL) {
        return NULL;
    }
    waits->index = index;
    waits->tables = index->tables;
    json_t *root = waits_sum(waits) ? cluster_json(waits, variant) : NULL;
    free(waits);
    return root;
}
