/* ledger_observer.h - keeps the books of a run from its facts and intervals. Rules: docs/ledger.md.
 */
#ifndef SIM_EXPERIMENT_LEDGER_OBSERVER_H
#define SIM_EXPERIMENT_LEDGER_OBSERVER_H

#include "sim/experiment/idle_claims.h"
#include "sim/experiment/node_books.h"
#include "sim/experiment/over_time.h"
#include "sim/experiment/task_books.h"
#include "sim/experiment/usage_memo.h"

/* Instants at which somebody looks at the run: after the last pass of that instant, with books that
 * are complete up to it. Where several look, those that were added first look first. */
typedef struct LedgerMark {
    int64_t next_ms; /* TIME_NEVER: not any more */
    void *self;
    int64_t (*reached)(void *self, const World *world, int64_t at_ms); /* returns the next one */
} LedgerMark;

#define LEDGER_MARKS_MAX 4

/* What the World had counted when the warm-up was over. */
typedef struct WarmupCounts {
    int64_t faults_offered, faults_masked, faults_began;
} WarmupCounts;

typedef struct LedgerMeter {
    Ledger *ledger;
    TaskBooks tasks;
    NodeBooks nodes;
    Blame blame;
    OverTime over;
    OverTime idle_over;
    Judge judge;
    IdleClaims claims;
    int64_t *type_capacity_milli; /* [type] */
    int64_t *free_milli;          /* [type] for the attribution */
    LedgerMark marks[LEDGER_MARKS_MAX];
    int32_t mark_count;
    int64_t next_mark_ms; /* of all of them */
    QuotaIdle quota;      /* count 0: nobody asks */
    int64_t cut_ms;       /* when the warm-up is over; TIME_NEVER: it is, or there is none */
    WarmupCounts at_cut;
    bool checks_always; /* reads all books at every event; else once, at the end */
} LedgerMeter;

/* Opens books for a world as the run finds it: empty. `ledger` and its arena outlive the run.
 * counts_lost: what each job lost is wanted. Where the scenario has a warm-up the books are opened
 * anew when it is over, before anything happens in that instant and before a mark of that instant
 * is reached: whoever keeps books besides begins there with nothing, too. False if memory ran out.
 */
bool ledger_meter_init(LedgerMeter *meter, Ledger *ledger, Arena *ledger_arena, Arena *run_arena,
                       const World *world, bool counts_lost);
/* Before the run; LEDGER_MARKS_MAX of them at most. */
void ledger_meter_mark(LedgerMeter *meter, LedgerMark mark);

Observer ledger_meter_observer(LedgerMeter *meter);

#endif
