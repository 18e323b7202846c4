/* experiment.c - one slot for each replication of each variant, filled by whichever thread is free.
 */
#include "sim/experiment/experiment.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/experiment/cost_book.h"
#include "sim/experiment/half_width.h"
#include "sim/experiment/ledger_summary.h"
#include "sim/experiment/mser.h"
#include "sim/experiment/run_one.h"
#include "sim/experiment/showback.h"
#include "sim/experiment/statistics.h"
#include "sim/experiment/stopwatch.h"

/* ---- slots ---- */

typedef struct Slot {
    int32_t variant;
    int32_t replication;
    Arena arena;             /* what the result holds */
    Diagnostics diagnostics; /* the thread's own; shown afterwards, in slot order */
} Slot;

/* Who runs next: all variants of a replication before the next one, so that whatever is complete
 * when somebody interrupts can be compared; and of these the longest first, by what they took so
 * far, so that no thread is left with a long run while the others have nothing to do. Results do
 * not depend on it. */
typedef struct Turns {
    int32_t round;     /* the replication that is handed out */
    int32_t round_end; /* of this batch */
    uint8_t *handed;   /* [variant] out, of this round */
    int32_t *first;    /* [variant] its first slot */
    double *taken_s;   /* [variant] by its runs so far; 0: none has ended */
    int32_t *runs;     /* [variant] */
} Turns;

typedef struct Work {
    const ExperimentOptions *options;
    const ScenarioSet *set;
    Arena *arena;
    ExperimentResult *result;
    Slot *slots; /* by variant, then replication */
    int32_t slot_count;
    int32_t done;
    Turns turns;
    bool on_terminal;
    double last_line_s;
} Work;

/* On a terminal one line that is written over; elsewhere (a CI log) a line every ten seconds at
 * most. */
static void progress_show(Work *work)
{
    if (!work->options->progress || work->slot_count < 2) {
        return;
    }
    if (work->on_terminal) {
        fprintf(stderr, "\r%d of %d runs", work->done, work->slot_count);
        fflush(stderr);
    } else if (clock_s() - work->last_line_s >= 10.0) {
        fprintf(stderr, "%d of %d runs\n", work->done, work->slot_count);
        work->last_line_s = clock_s();
    }
}

/* What is written next must not stand behind a line that is written over. */
static void progress_end(const Work *work)
{
    if (work->options->progress && work->slot_count > 1 && work->on_terminal) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}

/* A log of a million jobs weighs as much as the run of it: who runs once gives the rows back as
 * soon as the jobs are made of them. */
static void rows_give_back(void *self)
{
    const Work *work = self;
    const Scenario *scenario = &work->set->variants[0];
    for (int32_t i = 0; i < scenario->source_count; i++) {
        RequestList *requests = &scenario->sources[i].requests;
        if (arena_give_back(work->arena, requests->rows)) {
            requests->rows = NULL;
        }
    }
}

static void slot_run(Work *work, Slot *slot)
{
    VariantResult *variant = &work->result->variants[slot->variant];
    ReplicationResult *replication = &variant->replications[slot->replication];
    bool keep =
        (slot->replication == 0 && !work->options->no_tables) || work->options->keep_all_jobs;
    bool gives_back = work->options->uses_up && work->slot_count == 1;
    RunOptions options = {.replication = (uint32_t)slot->replication,
                          .keep_jobs = keep,
                          .keep_series = keep,
                          .keep_periods = !work->options->no_tables || work->options->audit,
                          .expects = work->options->expects,
                          .variant = slot->variant,
                          .audit = work->options->audit,
                          .drawn = gives_back ? rows_give_back : NULL,
                          .drawn_self = work};
    run_one(variant->scenario, &options, &slot->arena, &slot->diagnostics, replication);
}

/* ---- turns ---- */

static bool turns_new(Work *work, Arena *arena)
{
    int32_t variants = work->set->variant_count;
    Turns *turns = &work->turns;
    *turns = (Turns){.handed = ARENA_ARRAY(arena, uint8_t, variants),
                     .first = ARENA_ARRAY(arena, int32_t, variants),
                     .taken_s = ARENA_ARRAY(arena, double, variants),
                     .runs = ARENA_ARRAY(arena, int32_t, variants)};
    for (int32_t v = 1; !arena->failed && v < variants; v++) {
        turns->first[v] = turns->first[v - 1] + work->set->variants[v - 1].replications;
    }
    return !arena->failed;
}

/* Nobody knows how long a variant takes of which no run has ended: it could be the longest. */
static bool runs_longer(const Turns *turns, int32_t a, int32_t b)
{
    if (turns->runs[a] == 0 || turns->runs[b] == 0) {
        return turns->runs[a] == 0 && turns->runs[b] > 0;
    }
    return turns->taken_s[a] * turns->runs[b] > turns->taken_s[b] * turns->runs[a];
}

/* -1: all of the batch are handed out, or nobody wants more. */
static int32_t turn_next(Work *work)
{
    Turns *turns = &work->turns;
    int32_t variants = work->set->variant_count;
    for (; turns->round < turns->round_end && !interrupts_wanted(); turns->round++) {
        int32_t longest = -1;
        for (int32_t v = 0; v < variants; v++) {
            bool waits =
                turns->handed[v] == 0 && turns->round < work->set->variants[v].replications;
            if (waits && (longest < 0 || runs_longer(turns, v, longest))) {
                longest = v;
            }
        }
        if (longest >= 0) {
            turns->handed[longest] = 1;
            return turns->first[longest] + turns->round;
        }
        memset(turns->handed, 0, (size_t)variants);
    }
    return -1;
}

/* One thread: a slot after the other, until there is none. */
static void turns_take(Work *work)
{
    for (;;) {
        int32_t at = -1;
#pragma omp critical(turns)
        at = turn_next(work);
        if (at < 0) {
            return;
        }
        double begin_s = clock_s();
        slot_run(work, &work->slots[at]);
#pragma omp critical(turns)
        {
            int32_t variant = work->slots[at].variant;
            work->turns.taken_s[variant] += clock_s() - begin_s;
            work->turns.runs[variant]++;
            work->done++;
            progress_show(work);
        }
    }
}

/* Replications from turns.round to `until` of all variants. */
static void batch_run(Work *work, int32_t until)
{
    int threads = work->options->threads > 0 ? work->options->threads : omp_get_max_threads();
    work->turns.round_end = until;
    threads = threads < work->slot_count ? threads : work->slot_count;
    if (threads <= 1) { /* no team: libgomp ends a program without memory */
        turns_take(work);
        return;
    }
#pragma omp parallel num_threads(threads)
    turns_take(work);
}

/* ---- batches ---- */

static int32_t most_replications(const ScenarioSet *set)
{
    int32_t most = 0;
    for (int32_t v = 0; v < set->variant_count; v++) {
        most = set->variants[v].replications > most ? set->variants[v].replications : most;
    }
    return most;
}

static bool all_complete(const ExperimentResult *result, int32_t count)
{
    for (int32_t v = 0; v < result->variant_count; v++) {
        const VariantResult *variant = &result->variants[v];
        for (int32_t r = 0; r < count && r < variant->replication_count; r++) {
            if (variant->replications[r].status != STATUS_OK) {
                return false;
            }
        }
    }
    return true;
}

/* As if so many had been asked for in the first place. False if memory ran out. */
static bool replications_cut(ExperimentResult *result, int32_t count, Arena *arena)
{
    result->until.replications = count;
    for (int32_t v = 0; v < result->variant_count; v++) {
        VariantResult *variant = &result->variants[v];
        Scenario *fewer = ARENA_NEW(arena, Scenario);
        if (fewer == NULL) {
            return false;
        }
        *fewer = *variant->scenario;
        fewer->replications = fewer->replications < count ? fewer->replications : count;
        variant->scenario = fewer;
        variant->replication_count = fewer->replications;
    }
    return true;
}

/* Batch after batch until the intervals are narrow, or nothing is left to run. False if memory ran
 * out. */
static bool batches_run(Work *work, int32_t most, Arena *arena)
{
    ExperimentResult *result = work->result;
    double *scratch = ARENA_ARRAY(arena, double, most);
    int32_t until = 0;
    while (scratch != NULL && until < most) {
        until = until + HALF_WIDTH_BATCH < most ? until + HALF_WIDTH_BATCH : most;
        batch_run(work, until);
        if (!all_complete(result, until)) {
            return true; /* interrupted, or failed: as many as were asked for */
        }
        result->until.reached = half_width_reached(result, until, &result->until, scratch);
        if (result->until.reached || isnan(result->until.worst)) {
            break;
        }
    }
    return scratch != NULL && replications_cut(result, until, arena);
}

/* ---- before and after ---- */

static bool results_new(ExperimentResult *result, const ScenarioSet *set, Arena *arena)
{
    *result = (ExperimentResult){.set = set, .variant_count = set->variant_count};
    result->variants = ARENA_ARRAY(arena, VariantResult, set->variant_count);
    for (int32_t v = 0; result->variants != NULL && v < set->variant_count; v++) {
        VariantResult *variant = &result->variants[v];
        variant->scenario = &set->variants[v];
        variant->name = set->variants[v].variant;
        variant->replication_count = set->variants[v].replications;
        variant->replications = ARENA_ARRAY(arena, ReplicationResult, variant->replication_count);
        for (int32_t r = 0; variant->replications != NULL && r < variant->replication_count; r++) {
            variant->replications[r].status = STATUS_INTERRUPTED; /* until it has run */
        }
    }
    return !arena->failed;
}

static Slot *slots_new(const ScenarioSet *set, Arena *arena, int32_t *slot_count)
{
    int64_t count = 0;
    for (int32_t v = 0; v < set->variant_count; v++) {
        count += set->variants[v].replications;
    }
    Slot *slots = count <= INT32_MAX ? ARENA_ARRAY(arena, Slot, count) : NULL;
    *slot_count = 0;
    for (int32_t v = 0; slots != NULL && v < set->variant_count; v++) {
        for (int32_t r = 0; r < set->variants[v].replications; r++) {
            Slot *slot = &slots[(*slot_count)++];
            *slot = (Slot){.variant = v, .replication = r};
            arena_init(&slot->arena);
            diagnostics_init(&slot->diagnostics);
        }
    }
    return slots;
}

/* Moves what the threads made into the whole, and gives their own memory back. Replications mostly
 * fail alike, so one of them speaks for all. */
static void slots_close(Work *work, Arena *arena, Diagnostics *diagnostics)
{
    bool told = false;
    for (int32_t i = 0; i < work->slot_count; i++) {
        Slot *slot = &work->slots[i];
        bool failed = diagnostics_status(&slot->diagnostics) != STATUS_OK;
        if (i == 0 || (failed && !told)) {
            diagnostics_take(diagnostics, &slot->diagnostics, true);
            told = told || failed;
        }
        diagnostics_free(&slot->diagnostics);
        slot->arena.failed = false; /* said in its diagnostics; the whole can go on */
        arena_adopt(arena, &slot->arena);
    }
}

/* Of a run that was interrupted: only what all variants have, since it is pairs that are compared.
 */
static void pairs_keep(ExperimentResult *result, int32_t most)
{
    for (int32_t r = 0; r < most; r++) {
        bool pair = true;
        for (int32_t v = 0; v < result->variant_count; v++) {
            const VariantResult *variant = &result->variants[v];
            pair = pair && (r >= variant->replication_count ||
                            variant->replications[r].status == STATUS_OK);
        }
        for (int32_t v = 0; v < result->variant_count && !pair; v++) {
            VariantResult *variant = &result->variants[v];
            if (r < variant->replication_count) {
                variant->replications[r].status = STATUS_INTERRUPTED;
            }
        }
    }
}

/* Keeps the complete replications of each variant, in order. */
static Status results_close(ExperimentResult *result, Arena *arena, Diagnostics *diagnostics)
{
    Status worst = STATUS_OK;
    int64_t complete = 0;
    for (int32_t v = 0; v < result->variant_count; v++) {
        VariantResult *variant = &result->variants[v];
        int32_t kept = 0;
        for (int32_t r = 0; r < variant->replication_count; r++) {
            Status status = variant->replications[r].status;
            if (status == STATUS_OK) {
                variant->replications[kept++] = variant->replications[r];
            } else if (worst != STATUS_INTERRUPTED) {
                worst = status;
            }
        }
        variant->replication_count = kept;
        complete += kept;
        if (!statistics_of_variant(variant, arena) || !mser_of_variant(variant, arena) ||
            !ledger_summary_of_variant(variant, arena) || !cost_book_of_variant(variant, arena) ||
            !showback_of_variant(variant, arena)) {
            return diagnostics_no_memory(diagnostics);
        }
    }
    if (worst == STATUS_OK || worst == STATUS_INTERRUPTED || complete == 0) {
        return worst;
    }
    /* Without memory the next step would fail too: nothing rather than a part. */
    return diagnostics->out_of_memory ? STATUS_FAILED : STATUS_PARTIAL;
}

Status experiment_run(const ScenarioSet *set, const ExperimentOptions *options, Arena *arena,
                      Diagnostics *diagnostics, ExperimentResult *result)
{
    Work work = {.options = options, .set = set, .arena = arena, .result = result};
    work.on_terminal = isatty(STDERR_FILENO) == 1;
    work.last_line_s = clock_s();
    if (!results_new(result, set, arena)) {
        return diagnostics_no_memory(diagnostics);
    }
    work.slots = slots_new(set, arena, &work.slot_count);
    if (work.slots == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    int32_t most = most_replications(set);
    result->until = options->until;
    bool good = turns_new(&work, arena);
    if (good && options->until.asked) {
        good = batches_run(&work, most, arena);
    } else if (good) {
        batch_run(&work, most);
    }
    progress_end(&work);
    slots_close(&work, arena, diagnostics);
    if (!good) {
        return diagnostics_no_memory(diagnostics);
    }
    if (interrupts_wanted()) {
        pairs_keep(result, most);
    }
    Status status = results_close(result, arena, diagnostics);
    /* Also where the wish came during the last run: who typed it wants nothing more to start. */
    return status == STATUS_OK && interrupts_wanted() ? STATUS_INTERRUPTED : status;
}
