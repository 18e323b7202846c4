/* cost_audit.c - sums from both sides, compared with ==. */
#include "sim/experiment/cost_audit.h"

#include "sim/experiment/cost_rates.h"

/* ---- exact sums ---- */

static Int128 cells_time(const CostSums *sums, int32_t type, int32_t tenant, int account)
{
    Int128 time = 0;
    for (int32_t i = 0; i < sums->cell_count; i++) {
        const CostCell *cell = &sums->cells[i];
        bool mine = cell->type == type && cell->tenant == tenant && cell->account == account;
        time += mine ? cell->amount : 0;
    }
    return time;
}

static bool accounts_agree(const CostSums *sums, const Ledger *ledger)
{
    for (int32_t type = 0; type < ledger->type_count; type++) {
        for (int32_t tenant = 0; tenant <= ledger->tenant_count; tenant++) {
            int32_t who = tenant == ledger->tenant_count ? -1 : tenant;
            for (int account = 0; account < ACCOUNT_COUNT; account++) {
                if (cells_time(sums, type, tenant, account) !=
                    ledger_sum(ledger, type, who, (Account)account, -1)) {
                    return false;
                }
            }
        }
    }
    return true;
}

/* Of each commitment and period: covered no more than it cost, nor than was eligible. */
static bool commitments_agree(const CostSums *sums)
{
    int32_t commitments = sums->model->commitment_count;
    for (int32_t i = 0; i < sums->period_count * commitments; i++) {
        const CommitmentSum *sum = &sums->commitments[i];
        Int128 used = 0;
        Int128 used_usd = 0;
        for (int32_t at = 0; at < sums->cell_count; at++) {
            const CostCell *cell = &sums->cells[at];
            if (cell->period == i / commitments && cell->commitment == i % commitments) {
                used += cell->amount;
                used_usd += cost_cell_effective(sums, cell);
            }
        }
        bool usage = sums->model->commitments[i % commitments].kind == COMMITMENT_USAGE;
        if (used_usd > sum->cost || used > sum->eligible || (usage && used > sum->bought)) {
            return false;
        }
    }
    return true;
}

const char *cost_sums_wrong(const CostSums *sums, const Ledger *ledger)
{
    for (int32_t i = 0; i < sums->cell_count; i++) {
        const CostCell *cell = &sums->cells[i];
        if (cell->amount < 0 || cell->spot < 0 || cell->energy < 0 || cell->carbon < 0) {
            return "a cell is negative";
        }
    }
    for (int32_t i = 0; i < sums->period_count * sums->overhead_count; i++) {
        if (sums->overhead[i] < 0) {
            return "an overhead is negative";
        }
    }
    return !accounts_agree(sums, ledger) ? "accounts differ from the ledger"
           : !commitments_agree(sums)    ? "a commitment covers more than it may"
                                         : NULL;
}

/* ---- whole micro-dollars ---- */

static bool row_is_good(const CostBook *book, const CostRow *row)
{
    return row->gpu_hours >= 0 && row->gpu_hours_pico >= 0 && row->gpu_hours_pico < PICO &&
           row->list >= 0 && row->contracted >= 0 && row->billed >= 0 && row->effective >= 0 &&
           row->energy_usd >= 0 && row->energy_wh >= 0 && row->carbon_mg >= 0 &&
           row->period < book->period_count && row->tenant < book->tenant_count &&
           row->commitment < book->commitment_count;
}

static bool lines_agree(const CostBook *book)
{
    for (int32_t c = 0; c < book->commitment_count; c++) {
        int64_t used = 0;
        int64_t unused = 0;
        int64_t covered = 0;
        for (int32_t p = 0; p < book->period_count; p++) {
            const CommitmentRow *row = &book->commitment_periods[p * book->commitment_count + c];
            used += row->used;
            unused += row->unused;
        }
        for (int32_t i = 0; i < book->row_count; i++) {
            covered += book->rows[i].commitment == c ? book->rows[i].effective : 0;
        }
        if (used != book->commitments[c].used || unused != book->commitments[c].unused ||
            covered != used || unused < 0) {
            return false;
        }
    }
    for (int32_t line = 0; line < book->overhead_count; line++) {
        int64_t sum = 0;
        for (int32_t p = 0; p < book->period_count; p++) {
            sum += book->overhead_periods[p * book->overhead_count + line];
        }
        if (sum != book->overhead[line]) {
            return false;
        }
    }
    return true;
}

const char *cost_book_wrong(const CostBook *book)
{
    int64_t total = 0;
    int64_t energy_wh = 0;
    int64_t carbon_mg = 0;
    for (int32_t i = 0; i < book->row_count; i++) {
        const CostRow *row = &book->rows[i];
        if (!row_is_good(book, row)) {
            return "a row is negative, or of nothing";
        }
        total += row->effective + row->energy_usd;
        energy_wh += row->energy_wh;
        carbon_mg += row->carbon_mg;
    }
    for (int32_t c = 0; c < book->commitment_count; c++) {
        total += book->commitments[c].unused;
    }
    for (int32_t line = 0; line < book->overhead_count; line++) {
        total += book->overhead[line];
    }
    return total != book->total          ? "lines do not sum to the total"
           : energy_wh > book->energy_wh ? "energy does not sum"
           : carbon_mg > book->carbon_mg ? "carbon does not sum"
           : !lines_agree(book)          ? "periods do not sum to the whole"
                                         : NULL;
}
