/* explain_job.c - one job's life: when it waited and why, where it ran, what it lost, what would
 * have let it start. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fact.h"
#include "core/job.h"
#include "core/verdict.h"
#include "core/world.h"
#include "sim/experiment/result.h"
#include "sim/report/explain.h"
#include "sim/report/explain_words.h"
#include "sim/report/job_state.h"
#include "sim/report/json_help.h"
#include "sim/report/version.h"

#define DETAILS_MAX 16

/* What a job waited for in all, by reason. */
typedef struct WaitSums {
    int64_t total_ms;
    int64_t reason_ms[REASON_NO_ROOM + 1][DETAILS_MAX];
    int64_t first_ms[REASON_NO_ROOM + 1]; /* when it first waited for a reason; TIME_NEVER */
    int64_t missing_milli; /* the fewest GPUs that it was ever short of; -1: not known */
} WaitSums;

typedef struct Story {
    const WaitIndex *index;
    const RunTables *tables;
    int64_t job;
    json_t *intervals;
    int64_t attempt; /* the next row of attempts to look at */
    WaitSums sums;
    bool ran, gave_way;
    bool ok;
} Story;

int64_t explain_find(const RunTables *tables, const char *job)
{
    for (int64_t i = 0; i < tables->jobs.count; i++) {
        if (strcmp(tables->jobs.job[i], job) == 0) {
            return i;
        }
    }
    return -1;
}

json_t *explain_text(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) {
        return value;
    }
    char *plain = strdup(text); /* not UTF-8: what is ASCII in it */
    for (char *c = plain; c != NULL && *c != '\0'; c++) {
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    }
    value = plain != NULL ? json_string(plain) : NULL;
    free(plain);
    return value;
}

static json_t *seconds(int64_t ms)
{
    return ms == TIME_NEVER ? json_null() : json_number((double)ms / 1000);
}

/* ---- intervals ---- */

typedef struct Piece {
    int64_t from_ms, to_ms; /* TIME_NEVER: beyond the end of the run */
    int32_t state;
    Cause cause;
    int64_t class_row; /* -1: none */
} Piece;

static json_t *excluded_json(const IntervalRows *rows, int64_t row)
{
    json_t *excluded = json_object();
    bool ok = excluded != NULL;
    for (int d = 0; ok && d < GP_DIMENSION_COUNT; d++) {
        int32_t nodes = rows->excluded[d][row];
        ok = nodes <= 0 || json_put(excluded, dimension_name((GpDimension)d), json_integer(nodes));
    }
    return json_checked(excluded, ok);
}

static bool others_exclude(const IntervalRows *rows, int64_t row)
{
    bool any = false;
    for (int d = 0; d < GP_DIMENSION_COUNT; d++) {
        any = any || (d != (int)GP_DIMENSION_GPU && rows->excluded[d][row] > 0);
    }
    return any;
}

static CauseFacts facts_of(const Story *story, int64_t class_row)
{
    const IntervalRows *rows = &story->tables->intervals;
    const JobRows *jobs = &story->tables->jobs;
    bool has = class_row >= 0 && rows->free_milli != NULL;
    return (CauseFacts){
        .gpu_milli = jobs->gpu_milli[story->job],
        .tasks = jobs->tasks != NULL ? jobs->tasks[story->job] : 0,
        .free_milli = has ? rows->free_milli[class_row] : -1,
        .others_exclude = class_row >= 0 && others_exclude(rows, class_row),
    };
}

static void sums_add(Story *story, const Piece *piece, const CauseFacts *facts)
{
    WaitSums *sums = &story->sums;
    int64_t span = piece->to_ms - piece->from_ms;
    sums->total_ms += span;
    sums->reason_ms[piece->cause.reason][piece->cause.detail] += span;
    if (sums->first_ms[piece->cause.reason] == TIME_NEVER) {
        sums->first_ms[piece->cause.reason] = piece->from_ms;
    }
    int64_t missing = facts->gpu_milli - facts->free_milli;
    bool short_of_gpus = piece->cause.reason == REASON_SHORT && facts->free_milli >= 0 &&
                         piece->cause.detail == 1 + (int32_t)GP_DIMENSION_GPU && facts->tasks == 1;
    if (short_of_gpus && (sums->missing_milli < 0 || missing < sums->missing_milli)) {
        sums->missing_milli = missing;
    }
}

/* Where it ran in a span: later attempts have rows of their own, the last one is in jobs. */
static bool place_json(Story *story, const Piece *piece, json_t *object)
{
    const AttemptRows *rows = &story->tables->attempts;
    const JobRows *jobs = &story->tables->jobs;
    const char *nodes = jobs->nodes[story->job];
    const char *devices = jobs->devices != NULL ? jobs->devices[story->job] : "";
    for (; story->attempt < rows->count; story->attempt++) {
        int64_t i = story->attempt;
        if (rows->job[i] == story->job && rows->from_ms[i] == piece->from_ms &&
            rows->to_ms[i] == piece->to_ms) {
            nodes = rows->nodes[i];
            devices = rows->devices[i];
            story->attempt++;
            break;
        }
    }
    return json_put(object, "nodes", explain_text(nodes)) &&
           json_put(object, "devices", explain_text(devices));
}

static void piece_add(Story *story, const Piece *piece)
{
    static const char *const STATES[] = {"waiting", "running", "suspended", "delayed"};
    char code[WORDS_MAX], words[WORDS_MAX];
    bool runs = piece->state == INTERVAL_RUNNING;
    CauseFacts facts = facts_of(story, piece->class_row);
    const char *text =
        runs ? stop_words(piece->cause.detail) : cause_words(piece->cause, &facts, words);
    json_t *object = json_object();
    bool ok = object != NULL && json_put(object, "from_s", seconds(piece->from_ms)) &&
              json_put(object, "to_s", seconds(piece->to_ms)) &&
              json_put(object, "state", json_string(STATES[piece->state])) &&
              json_put(object, "reason", json_string(runs ? "" : cause_code(piece->cause, code))) &&
              json_put(object, "text", explain_text(text));
    if (runs) {
        story->ran = true;
        story->gave_way = story->gave_way || piece->cause.detail == (int32_t)STOP_PREEMPTED ||
                          piece->cause.detail == (int32_t)STOP_RECLAIMED;
        ok = ok && place_json(story, piece, object);
    } else {
        sums_add(story, piece, &facts);
        ok = ok &&
             json_put(object, "free_gpus",
                      facts.free_milli >= 0 ? json_number((double)facts.free_milli / 1000)
                                            : json_null()) &&
             json_put(object, "excluded",
                      piece->class_row >= 0
                          ? excluded_json(&story->tables->intervals, piece->class_row)
                          : json_object());
    }
    ok = ok && json_array_append(story->intervals, object) == 0;
    json_decref(object);
    story->ok = story->ok && ok;
}

/* A wait, cut where the reason of its class changed. */
static void wait_add(Story *story, int64_t from_ms, int64_t to_ms, Cause own)
{
    const IntervalRows *rows = &story->tables->intervals;
    int32_t job_class = story->tables->jobs.job_class[story->job];
    int64_t at = wait_index_find(story->index, job_class, from_ms);
    int64_t end = story->index->begin[job_class + 1];
    int64_t now = from_ms;
    while (now < to_ms && story->ok) {
        int64_t row = at < end ? story->index->rows[at] : -1;
        bool covers = row >= 0 && rows->from_ms[row] <= now && rows->to_ms[row] > now;
        int64_t until = row < 0 ? to_ms : covers ? rows->to_ms[row] : rows->from_ms[row];
        until = until < to_ms && until > now ? until : to_ms;
        Cause cause = covers ? wait_cause(story->tables, row, until == to_ms, own) : own;
        piece_add(story, &(Piece){now, until, INTERVAL_WAITING, cause, covers ? row : -1});
        now = until;
        at += covers;
    }
}

static void row_tell(Story *story, int64_t row)
{
    const IntervalRows *rows = &story->tables->intervals;
    Cause cause = {rows->reason[row], rows->detail[row]};
    bool ran_on = rows->state[row] == INTERVAL_RUNNING;
    if (rows->state[row] != INTERVAL_WAITING) {
        piece_add(story, &(Piece){rows->from_ms[row], rows->to_ms[row], rows->state[row],
                                  ran_on ? (Cause){REASON_NONE, rows->detail[row]} : cause, -1});
        return;
    }
    if (cause.reason == REASON_NONE) {
        cause.detail = 0; /* what stopped it, not what it waited for */
    }
    wait_add(story, rows->from_ms[row], rows->to_ms[row], cause);
}

/* A wait without a row: rows were left out, or the job was withdrawn. */
static void wait_unrecorded(Story *story)
{
    const JobRows *jobs = &story->tables->jobs;
    int64_t submit = jobs->submit_ms[story->job], start = jobs->start_ms[story->job];
    int64_t until = start != TIME_NEVER ? start : jobs->end_ms[story->job];
    if (until != TIME_NEVER && until > submit && jobs->state[story->job] != JOB_REJECTED) {
        wait_add(story, submit, until, (Cause){REASON_NONE, 0});
    }
}

static void story_tell(Story *story)
{
    const RunTables *tables = story->tables;
    const IntervalRows *rows = &tables->intervals;
    bool first = true;
    for (int64_t i = 0; i < rows->count && story->ok; i++) {
        if (rows->job[i] == story->job) {
            bool at_submit = rows->from_ms[i] == tables->jobs.submit_ms[story->job];
            if (first && !at_submit && tables->jobs.start_ms[story->job] > rows->from_ms[i]) {
                wait_unrecorded(story);
            }
            first = false;
            row_tell(story, i);
        }
    }
    int64_t start = tables->jobs.start_ms[story->job], end = tables->jobs.end_ms[story->job];
    if (first) {
        wait_unrecorded(story);
    }
    if (!story->ran && start != TIME_NEVER && start <= end && story->ok) {
        piece_add(story, &(Piece){start, end, INTERVAL_RUNNING, {REASON_NONE, 0}, -1});
    }
}

/* ---- what would have helped ---- */

static int largest(const int64_t *ms, int64_t *sum)
{
    int most = 0;
    *sum = 0;
    for (int d = 0; d < DETAILS_MAX; d++) {
        *sum += ms[d];
        most = ms[d] > ms[most] ? d : most;
    }
    return most;
}

static const char *alone_words(const Story *story, char buffer[WORDS_MAX])
{
    const JobRows *jobs = &story->tables->jobs;
    char at[WORDS_MAX], earlier[WORDS_MAX];
    int64_t fit = jobs->first_fit_ms[story->job], start = jobs->start_ms[story->job];
    buffer[0] = '\0';
    if (fit != TIME_NEVER && start == TIME_NEVER) {
        snprintf(buffer, WORDS_MAX, "; alone in the queue it could have started at %.64s",
                 span_words(fit, at));
    } else if (fit < start) {
        snprintf(buffer, WORDS_MAX,
                 "; alone in the queue it could have started at %.64s, %.64s earlier",
                 span_words(fit, at), span_words(start - fit, earlier));
    }
    return buffer;
}

/* The cheapest remedy first, as in the ledger: a rule, packing, capacity. */
static const char *remedy_words(const Story *story, char buffer[WORDS_MAX], const char **kind)
{
    const JobRows *jobs = &story->tables->jobs;
    const WaitSums *sums = &story->sums;
    int64_t job = story->job, blocked, fragmented, lacking;
    int rule = largest(sums->reason_ms[REASON_BLOCKED], &blocked);
    int shape = largest(sums->reason_ms[REASON_FRAGMENTED], &fragmented);
    int what = largest(sums->reason_ms[REASON_SHORT], &lacking);
    bool fitted_before = jobs->first_fit_ms[job] < jobs->start_ms[job];
    char a[WORDS_MAX], b[WORDS_MAX], c[WORDS_MAX];
    bool dropped = strncmp(jobs->reason[job], "too_large", strlen("too_large")) != 0;
    if (jobs->state[job] == JOB_REJECTED && dropped) {
        *kind = "rule";
        return "change a rule: a scan that lets it wait (`scan: skip`); it was dropped when it "
               "did not fit at once";
    }
    if (jobs->state[job] == JOB_REJECTED) {
        *kind = "none";
        return "nothing in this fleet: even empty it does not hold the job; split the job, ask for "
               "less, or add nodes that hold it";
    }
    if (jobs->state[job] == JOB_FUTURE) {
        *kind = "none";
        return "a longer run: it was to be submitted after the end";
    }
    if (sums->total_ms == 0) {
        *kind = "none";
        return jobs->start_ms[job] != TIME_NEVER
                   ? "nothing had to change: it never waited"
                   : "not recorded: it never started, and never waited in the queue";
    }
    if (blocked > 0 || fitted_before) {
        *kind = "rule";
        snprintf(buffer, WORDS_MAX, "change a rule: %.260s%.200s",
                 rule_remedy(blocked > 0 ? rule : 0, jobs->queue[job], a), alone_words(story, b));
    } else if (story->gave_way && jobs->start_ms[job] == jobs->submit_ms[job]) {
        *kind = "rule";
        snprintf(buffer, WORDS_MAX,
                 "change a rule: it started at once, gave way to others and waited %.64s to run "
                 "again; a higher priority or `preemptible: false` would have kept its place",
                 span_words(sums->total_ms, a));
    } else if (fragmented > 0) {
        *kind = "pack";
        snprintf(buffer, WORDS_MAX,
                 "pack or move better (`pack`, `evict: consolidation`): from %.64s on, for %.64s, "
                 "enough was free in sum but not in shape (%.64s)",
                 span_words(sums->first_ms[REASON_FRAGMENTED], a), span_words(fragmented, b),
                 cause_code((Cause){REASON_FRAGMENTED, shape}, c));
    } else if (lacking > 0) {
        *kind = "capacity";
        int length = snprintf(buffer, WORDS_MAX,
                              "add capacity, or split the job: for %.64s there were not enough "
                              "%.64s",
                              span_words(lacking, a), dimension_words(what));
        if (sums->missing_milli > 0) {
            snprintf(buffer + length, (size_t)(WORDS_MAX - length),
                     "; at best it lacked %.24s GPU%s in sum", milli_words(sums->missing_milli, b),
                     sums->missing_milli == 1000 ? "" : "s");
        }
    } else {
        *kind = "unknown";
        return "not recorded in this file";
    }
    return buffer;
}

/* ---- the document ---- */

static const char *state_name(int32_t state, char buffer[WORDS_MAX])
{
    int length;
    const char *name = job_state_name(state, &length);
    snprintf(buffer, WORDS_MAX, "%.*s", length, name);
    return buffer;
}

static json_t *job_json(const Story *story)
{
    const JobRows *jobs = &story->tables->jobs;
    int64_t i = story->job;
    char state[WORDS_MAX];
    json_t *job = json_object();
    bool ok =
        job != NULL && json_put(job, "name", explain_text(jobs->job[i])) &&
        json_put(job, "queue", explain_text(jobs->queue[i])) &&
        json_put(job, "user", explain_text(jobs->user != NULL ? jobs->user[i] : "")) &&
        json_put(job, "priority", json_integer(jobs->priority != NULL ? jobs->priority[i] : 0)) &&
        json_put(job, "gpus", json_number((double)jobs->gpu_milli[i] / 1000)) &&
        json_put(job, "tasks", jobs->tasks != NULL ? json_integer(jobs->tasks[i]) : json_null()) &&
        json_put(job, "state", json_string(state_name(jobs->state[i], state))) &&
        json_put(job, "reason", explain_text(jobs->reason[i])) &&
        json_put(job, "submit_s", seconds(jobs->submit_ms[i])) &&
        json_put(job, "start_s", seconds(jobs->start_ms[i])) &&
        json_put(job, "end_s", seconds(jobs->end_ms[i])) &&
        json_put(job, "first_fit_s", seconds(jobs->first_fit_ms[i])) &&
        json_put(job, "waited_s", seconds(story->sums.total_ms)) &&
        json_put(job, "attempts", json_integer(jobs->attempts[i])) &&
        json_put(job, "nodes", explain_text(jobs->nodes[i])) &&
        json_put(job, "devices", explain_text(jobs->devices != NULL ? jobs->devices[i] : "")) &&
        json_put(job, "productive_gpu_s", json_number(jobs->productive_gpu_s[i])) &&
        json_put(job, "lost_gpu_s", json_number(jobs->lost_gpu_s[i]));
    return json_checked(job, ok);
}

/* Which faults stopped it, and what that cost. */
static json_t *faults_json(const Story *story)
{
    const HitRows *hits = &story->tables->hits;
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int64_t i = 0; i < hits->count && ok; i++) {
        if (hits->job[i] != story->job) {
            continue;
        }
        json_t *row = json_object();
        ok = json_put(row, "at_s", seconds(hits->at_ms[i])) &&
             json_put(row, "component", explain_text(hits->component[i])) &&
             json_put(row, "node", explain_text(hits->node[i])) &&
             json_put(row, "lost_gpu_s", json_number(hits->lost_gpu_s[i])) &&
             json_put(row, "hung_gpu_s", json_number(hits->hung_gpu_s[i]));
        ok = json_push(rows, row) && ok;
    }
    return json_checked(rows, ok);
}

json_t *explain_job(const WaitIndex *index, const char *variant, int64_t job)
{
    Story story = {.index = index,
                   .tables = index->tables,
                   .job = job,
                   .intervals = json_array(),
                   .sums = {.missing_milli = -1},
                   .ok = true};
    for (int r = 0; r <= REASON_NO_ROOM; r++) {
        story.sums.first_ms[r] = TIME_NEVER;
    }
    if (story.intervals == NULL) {
        return NULL;
    }
    story_tell(&story);
    char words[WORDS_MAX];
    const char *kind = "unknown";
    const char *text = remedy_words(&story, words, &kind);
    json_t *remedy = json_object();
    json_t *root = json_object();
    bool ok = story.ok && remedy != NULL && root != NULL &&
              json_put(remedy, "kind", json_string(kind)) &&
              json_put(remedy, "text", explain_text(text)) &&
              json_put(root, "gpuplan", json_string(GPUPLAN_VERSION)) &&
              json_put(root, "format", json_integer(SUMMARY_FORMAT)) &&
              json_put(root, "explain", json_string("job")) &&
              json_put(root, "variant", explain_text(variant)) &&
              json_put(root, "replication", json_integer(0)) &&
              json_put(root, "rows_left_out", json_integer(index->tables->intervals.left_out)) &&
              json_put(root, "job", job_json(&story)) &&
              json_object_set(root, "intervals", story.intervals) == 0 &&
              json_put(root, "faults", faults_json(&story)) &&
              json_object_set(root, "remedy", remedy) == 0;
    json_decref(remedy);
    json_decref(story.intervals);
    return json_checked(root, ok);
}
