/* focus_rows.c - rows of a cost book become rows of a bill: usage, energy, commitments, overheads.
 */
#include <string.h>

#include "sim/experiment/periods.h"
#include "sim/report/focus.h"
#include "traces/clock.h"

#define HOUR_MS INT64_C(3600000)

const char *const FOCUS_VERSION_NAMES[FOCUS_VERSION_COUNT] = {"1.2", "1.3", "1.4"};

/* ---- decimals ---- */

static FocusDecimal decimal_of_pico(Int128 pico)
{
    return (FocusDecimal){(int64_t)(pico / PICO), (int64_t)(pico % PICO)};
}

static Int128 pico_of(FocusDecimal decimal)
{
    return (Int128)decimal.whole * PICO + decimal.pico;
}

FocusDecimal focus_from_nano(int64_t nano)
{
    return decimal_of_pico((Int128)nano * 1000);
}

FocusDecimal focus_from_micro(int64_t micro)
{
    return decimal_of_pico((Int128)micro * 1000000);
}

FocusDecimal focus_price(int64_t cost_micro, FocusDecimal quantity)
{
    Int128 amount = pico_of(quantity);
    if (amount <= 0 || cost_micro <= 0) {
        return (FocusDecimal){0, 0};
    }
    return decimal_of_pico(((Int128)cost_micro * 1000000 * PICO + amount / 2) / amount);
}

/* A price that is known, where it says what the row says; else the row's own. */
static FocusDecimal price_of(int64_t nano, int64_t cost_micro, FocusDecimal quantity)
{
    Int128 cost = (Int128)nano * pico_of(quantity) / 1000000000; /* 1e-12 USD */
    Int128 off = cost - (Int128)cost_micro * 1000000;
    bool fits = nano > 0 && off <= 1000000 && off >= -1000000; /* a micro-USD */
    return fits ? focus_from_nano(nano) : focus_price(cost_micro, quantity);
}

/* ---- parts of rows ---- */

typedef struct Maker {
    const Charges *charges;
    int32_t first_row, end_row; /* of the book: those of the period at hand */
    FocusTake *take;
    void *self;
} Maker;

static FocusRow row_begin(const Maker *maker, int32_t period)
{
    const int64_t *begin_ms = maker->charges->book->period_begin_ms;
    int64_t start_ms = maker->charges->start_unix_ms;
    return (FocusRow){.begin_ms = start_ms + begin_ms[period],
                      .end_ms = start_ms + begin_ms[period + 1],
                      .unit = "GPU-Hours",
                      .frequency = "Usage-Based",
                      .pricing = "Standard",
                      .category = "Compute",
                      .subcategory = "Other (Compute)",
                      .consumed = true,
                      .type = -1,
                      .tenant = -1,
                      .account = -1,
                      .commitment = -1,
                      .kind = FOCUS_SHARED};
}

static FocusKind kind_of(const CostRow *cost)
{
    switch (account_group(cost->account)) {
    case GROUP_ALLOCATED:
        return FOCUS_WORKLOAD;
    case GROUP_IDLE:
        return FOCUS_IDLE;
    case GROUP_UNAVAILABLE:
        break;
    }
    return FOCUS_SHARED;
}

static bool usage_row(const Maker *maker, const CostRow *cost)
{
    const ChargeType *type = &maker->charges->types[cost->type];
    FocusRow row = row_begin(maker, cost->period);
    bool covered = cost->commitment >= 0;
    row.subcategory = type->purchase == PURCHASE_OWNED ? "Other (Compute)" : "Virtual Machines";
    row.service = type->purchase == PURCHASE_OWNED ? "Owned GPU nodes" : "GPU nodes";
    row.about = type->purchase == PURCHASE_OWNED  ? "owned"
                : type->purchase == PURCHASE_SPOT ? "spot"
                : covered                         ? "covered by a commitment"
                                                  : "on demand";
    row.pricing = covered ? "Committed" : type->purchase == PURCHASE_SPOT ? "Dynamic" : "Standard";
    row.resource = type->name;
    row.resource_type = "GPU node";
    row.type = cost->type;
    row.tenant = cost->tenant;
    row.account = (int32_t)cost->account;
    row.commitment = cost->commitment;
    row.status = covered ? "Used" : NULL;
    row.kind = kind_of(cost);
    row.quantity = (FocusDecimal){cost->gpu_hours, cost->gpu_hours_pico};
    row.effective = cost->effective;
    row.contracted = cost->contracted;
    row.list = cost->list;
    /* Owned hardware has an internal price list: what it costs is what is billed. */
    row.billed = type->purchase == PURCHASE_OWNED ? cost->effective : cost->billed;
    bool fixed = type->purchase != PURCHASE_SPOT;
    row.contracted_price = price_of(fixed ? type->contracted : 0, row.contracted, row.quantity);
    row.list_price = price_of(type->list, row.list, row.quantity);
    if (covered) {
        const ChargeCommitment *commitment = &maker->charges->commitments[cost->commitment];
        row.committed =
            commitment->kind == COMMITMENT_USAGE ? row.quantity : focus_from_micro(row.effective);
    }
    row.energy_wh = cost->energy_wh;
    row.carbon_mg = cost->carbon_mg;
    return maker->take(maker->self, &row);
}

/* Energy of owned nodes is a charge of its own; the row that it belongs to has its amounts. */
static bool energy_row(const Maker *maker, const CostRow *cost)
{
    FocusRow row = row_begin(maker, cost->period);
    row.category = "Other";
    row.subcategory = "Other (Other)";
    row.service = "Energy";
    row.about = "energy";
    row.unit = "Kilowatt-Hours";
    row.pricing = "Dynamic"; /* tariffs go by the hour */
    row.resource = maker->charges->types[cost->type].name;
    row.resource_type = "GPU node";
    row.type = cost->type;
    row.tenant = cost->tenant;
    row.account = (int32_t)cost->account;
    row.kind = kind_of(cost);
    row.energy = true;
    row.quantity = decimal_of_pico((Int128)cost->energy_wh * (PICO / 1000));
    if (cost->energy_wh == 0) { /* less than half a watt-hour: no price by 0 would be its cost */
        row.unit = "Units";
        row.quantity = (FocusDecimal){1, 0};
        row.consumed = false;
    }
    row.billed = row.effective = row.contracted = row.list = cost->energy_usd;
    row.contracted_price = row.list_price = focus_price(cost->energy_usd, row.quantity);
    return maker->take(maker->self, &row);
}

/* ---- commitments ---- */

/* How long a commitment's term and a period have in common. */
static int64_t overlap_ms(const ChargeCommitment *commitment, int64_t from_ms, int64_t to_ms)
{
    int64_t from = commitment->from_ms > from_ms ? commitment->from_ms : from_ms;
    int64_t to = commitment->to_ms < to_ms ? commitment->to_ms : to_ms;
    return to > from ? to - from : 0;
}

/* What it promises in so long: GPU-hours, or USD; in 1e-12. */
static Int128 promised_pico(const ChargeCommitment *commitment, int64_t duration_ms)
{
    /* milli-GPU x ms: 3.6e9 make a GPU-hour; micro-USD an hour x ms: 3.6e12 make a USD */
    return commitment->kind == COMMITMENT_USAGE
               ? (Int128)commitment->gpu_milli * duration_ms * PICO / (1000 * HOUR_MS)
               : (Int128)commitment->micro_usd_per_hour * duration_ms * (PICO / 1000000) / HOUR_MS;
}

static FocusRow commitment_row(const Maker *maker, int32_t period, int32_t commitment)
{
    FocusRow row = row_begin(maker, period);
    row.service = "GPU commitments";
    row.commitment = commitment;
    row.resource = maker->charges->commitments[commitment].name;
    row.resource_type = "Commitment";
    row.consumed = false;
    return row;
}

/* One unit at the fee. upfront: of the whole term, else of the period. */
static bool purchase_row(const Maker *maker, int32_t period, int32_t index, int64_t fee,
                         bool upfront)
{
    const ChargeCommitment *commitment = &maker->charges->commitments[index];
    FocusRow row = commitment_row(maker, period, index);
    int64_t start_ms = maker->charges->start_unix_ms;
    int64_t duration_ms = overlap_ms(commitment, row.begin_ms - start_ms, row.end_ms - start_ms);
    Int128 share_ppm = GP_PPM - commitment->upfront_ppm;
    if (upfront) {
        duration_ms = commitment->to_ms - commitment->from_ms;
        share_ppm = commitment->upfront_ppm;
    }
    row.about = upfront ? "paid when its term began" : "paid as its term goes";
    row.purchase = true;
    row.frequency = upfront ? "One-Time" : "Recurring";
    row.unit = "Units";
    row.quantity = (FocusDecimal){1, 0};
    row.billed = row.contracted = row.list = fee;
    row.list_price = row.contracted_price = focus_from_micro(fee);
    row.committed = decimal_of_pico(promised_pico(commitment, duration_ms) * share_ppm / GP_PPM);
    return maker->take(maker->self, &row);
}

/* Of a number of GPUs: the GPU-hours that no row of the period has. */
static FocusDecimal unused_hours(const Maker *maker, int32_t period, int32_t index)
{
    const CostBook *book = maker->charges->book;
    const ChargeCommitment *commitment = &maker->charges->commitments[index];
    Int128 left = promised_pico(commitment, overlap_ms(commitment, book->period_begin_ms[period],
                                                       book->period_begin_ms[period + 1]));
    for (int32_t i = maker->first_row; i < maker->end_row; i++) {
        const CostRow *cost = &book->rows[i];
        if (cost->commitment == index) {
            left -= (Int128)cost->gpu_hours * PICO + cost->gpu_hours_pico;
        }
    }
    return decimal_of_pico(left > 0 ? left : 0);
}

static bool unused_row(const Maker *maker, int32_t period, int32_t index, int64_t unused)
{
    const ChargeCommitment *commitment = &maker->charges->commitments[index];
    FocusRow row = commitment_row(maker, period, index);
    row.about = "not used";
    row.pricing = "Committed";
    row.status = "Unused";
    /* Without the commitment nothing would be charged: list and contracted cost are 0, so that
     * contracted less effective cost of usage is what was saved, unused hours and all. */
    row.effective = unused;
    if (commitment->kind == COMMITMENT_USAGE) {
        row.quantity = row.committed = unused_hours(maker, period, index);
    } else {
        row.unit = "Hours";
        row.committed = focus_from_micro(unused);
        row.quantity = focus_price(unused, focus_from_micro(commitment->micro_usd_per_hour));
    }
    return maker->take(maker->self, &row);
}

static bool commitment_rows(const Maker *maker, int32_t period)
{
    const CostBook *book = maker->charges->book;
    for (int32_t i = 0; i < book->commitment_count; i++) {
        const CommitmentRow *of =
            &book->commitment_periods[(size_t)period * (size_t)book->commitment_count + (size_t)i];
        if ((of->upfront > 0 && !purchase_row(maker, period, i, of->upfront, true)) ||
            (of->recurring > 0 && !purchase_row(maker, period, i, of->recurring, false)) ||
            (of->unused > 0 && !unused_row(maker, period, i, of->unused))) {
            return false;
        }
    }
    return true;
}

/* ---- overheads ---- */

static void overhead_category(const char *name, FocusRow *row)
{
    row->category = "Other";
    row->subcategory = "Other (Other)";
    if (strstr(name, "storage") != NULL) {
        row->category = "Storage";
        row->subcategory = "Other (Storage)";
    } else if (strstr(name, "network") != NULL) {
        row->category = "Networking";
        row->subcategory = "Other (Networking)";
    } else if (strcmp(name, "cpu nodes") == 0) {
        row->category = "Compute";
        row->subcategory = "Virtual Machines";
    }
}

static bool overhead_rows(const Maker *maker, int32_t period)
{
    const CostBook *book = maker->charges->book;
    for (int32_t i = 0; i < book->overhead_count; i++) {
        int64_t cost =
            book->overhead_periods[(size_t)period * (size_t)book->overhead_count + (size_t)i];
        if (cost == 0) {
            continue;
        }
        FocusRow row = row_begin(maker, period);
        overhead_category(book->overhead_name[i], &row);
        row.service = book->overhead_name[i];
        row.about = "overhead";
        row.frequency = "Recurring";
        row.unit = "Hours";
        row.resource = book->overhead_name[i];
        row.resource_type = "Overhead";
        row.kind = FOCUS_OVERHEAD;
        row.quantity = decimal_of_pico((Int128)(row.end_ms - row.begin_ms) * PICO / HOUR_MS);
        row.billed = row.effective = row.contracted = row.list = cost;
        row.list_price = row.contracted_price = focus_price(cost, row.quantity);
        if (!maker->take(maker->self, &row)) {
            return false;
        }
    }
    return true;
}

/* ---- all ---- */

static bool says_something(const CostRow *cost)
{
    return cost->gpu_hours > 0 || cost->gpu_hours_pico > 0 || cost->effective > 0 ||
           cost->list > 0 || cost->contracted > 0;
}

bool focus_rows(const Charges *charges, FocusTake *take, void *self)
{
    Maker maker = {.charges = charges, .take = take, .self = self};
    const CostBook *book = charges->book;
    int32_t at = 0;
    for (int32_t period = 0; period < book->period_count; period++) {
        maker.first_row = at;
        for (; at < book->row_count && book->rows[at].period == period; at++) {
            const CostRow *cost = &book->rows[at];
            if ((says_something(cost) && !usage_row(&maker, cost)) ||
                (cost->energy_usd > 0 && !energy_row(&maker, cost))) {
                return false;
            }
        }
        maker.end_row = at;
        if (!commitment_rows(&maker, period) || !overhead_rows(&maker, period)) {
            return false;
        }
    }
    return true;
}

Status focus_check(const Charges *charges, const char *path, Diagnostics *diagnostics)
{
    const CostBook *book = charges->book;
    if (charges->start_unix_ms == 0) {
        return diagnostics_error(diagnostics, (Place){.file = path}, "calendar",
                                 "give the scenario a calendar, as in start: 2026-03-01T00:00:00Z, "
                                 "and run it again",
                                 "bills are by date, and the run of `%s` has none",
                                 charges->variant);
    }
    for (int32_t period = 0; period < book->period_count; period++) {
        int64_t begin_ms = charges->start_unix_ms + book->period_begin_ms[period];
        int64_t end_ms = charges->start_unix_ms + book->period_begin_ms[period + 1];
        if (end_ms > month_end_ms(begin_ms)) {
            char text[CLOCK_BYTES];
            return diagnostics_error(
                diagnostics, (Place){.file = path}, "calendar",
                "run it again with costs.period: 1d, or what divides a day",
                "bills are by calendar month, and a charge period crosses the end of one: it "
                "begins %s",
                clock_print(begin_ms, text));
        }
    }
    return STATUS_OK;
}
