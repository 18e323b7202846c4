/* experiment.c - one slot for each replication of each variant, filled by whichever thread is free.
 */
#include "sim/experiment/experiment.h"

#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sim/experiment/ledger_summary.h"
#include "sim/experiment/mser.h"
#include "sim/experiment/run_one.h"
#include "sim/experiment/showback.h"
#include "sim/experiment/statistics.h"

/* ---- Ctrl-C ---- */

/* A signal handler can reach nothing but a global; this one holds a wish, no state of a run. */
static volatile sig_atomic_t interrupt_wanted;
static struct sigaction interrupt_before;

static void interrupt_note(int number)
{
    static const char said[] = "\ngpuplan: stopping once the running replications are complete; "
                               "Ctrl-C again ends at once\n";
    (void)number;
    interrupt_wanted = 1;
    ssize_t ignored = write(STDERR_FILENO, said, sizeof(said) - 1);
    (void)ignored;
}

void interrupts_catch(void)
{
    struct sigaction action = {.sa_handler = interrupt_note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &interrupt_before);
}

void interrupts_release(void)
{
    sigaction(SIGINT, &interrupt_before, NULL);
    interrupt_wanted = 0;
}

/* ---- slots ---- */

typedef struct Slot {
    int32_t variant;
    int32_t replication;
    Arena arena;             /* what the result holds */
    Diagnostics diagnostics; /* the thread's own; shown afterwards, in slot order */
} Slot;

typedef struct Work {
    const ExperimentOptions *options;
    const ScenarioSet *set;
    Arena *arena;
    ExperimentResult *result;
    Slot *slots;
    int32_t slot_count;
    int32_t done;
    bool on_terminal;
    double last_line_s;
} Work;

static double clock_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

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
                          .expects = work->options->expects,
                          .variant = slot->variant,
                          .audit = work->options->audit,
                          .drawn = gives_back ? rows_give_back : NULL,
                          .drawn_self = work};
    run_one(variant->scenario, &options, &slot->arena, &slot->diagnostics, replication);
}

static void slot_take(Work *work, int32_t at)
{
    if (interrupt_wanted != 0) {
        return;
    }
    slot_run(work, &work->slots[at]);
#pragma omp critical(progress)
    {
        work->done++;
        progress_show(work);
    }
}

static void slots_run(Work *work)
{
    int threads = work->options->threads > 0 ? work->options->threads : omp_get_max_threads();
    if (threads == 1 ||
        work->slot_count == 1) { /* no team: libgomp ends a program without memory */
        for (int32_t i = 0; i < work->slot_count; i++) {
            slot_take(work, i);
        }
        return;
    }
    threads = threads < work->slot_count ? threads : work->slot_count;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int32_t i = 0; i < work->slot_count; i++) {
        slot_take(work, i);
    }
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

/* Replications mostly fail alike, so one of them speaks for all. */
static void diagnostics_take(Diagnostics *all, const Diagnostics *from)
{
    for (int i = 0; i < from->count; i++) {
        const Diagnostic *item = &from->items[i];
        Place place = {item->file, item->line, item->column, item->length, item->source};
        if (item->severity == SEVERITY_ERROR) {
            diagnostics_error(all, place, item->code, item->help, "%s", item->message);
        } else {
            diagnostics_warning(all, place, item->code, item->help, "%s", item->message);
        }
    }
    if (from->out_of_memory) {
        diagnostics_no_memory(all);
    }
}

/* Moves what the threads made into the whole, and gives their own memory back. */
static void slots_close(Work *work, Arena *arena, Diagnostics *diagnostics)
{
    bool told = false;
    for (int32_t i = 0; i < work->slot_count; i++) {
        Slot *slot = &work->slots[i];
        bool failed = diagnostics_status(&slot->diagnostics) != STATUS_OK;
        if (i == 0 || (failed && !told)) {
            diagnostics_take(diagnostics, &slot->diagnostics);
            told = told || failed;
        }
        diagnostics_free(&slot->diagnostics);
        slot->arena.failed = false; /* said in its diagnostics; the whole can go on */
        arena_adopt(arena, &slot->arena);
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
            !ledger_summary_of_variant(variant, arena) || !showback_of_variant(variant, arena)) {
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
    slots_run(&work);
    progress_end(&work);
    slots_close(&work, arena, diagnostics);
    Status status = results_close(result, arena, diagnostics);
    /* Also where the wish came during the last run: who typed it wants nothing more to start. */
    return status == STATUS_OK && interrupt_wanted != 0 ? STATUS_INTERRUPTED : status;
}
