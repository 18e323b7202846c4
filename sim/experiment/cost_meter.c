/* cost_meter.c - at a cut: what each account gained since the last one, at the prices of then. */
#include "sim/experiment/cost_meter.h"

#include <stdlib.h>
#include <string.h>

#include "sim/experiment/cost_rates.h"
#include "sim/experiment/periods.h"

static bool is_bare(const World *world, int32_t type)
{
    return world->scenario->cluster.types[type].capacity[GP_AXIS_GPU] == 0;
}

/* ---- when ---- */

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t next_cut(const CostMeter *meter, const World *world, int64_t at_ms)
{
    const CostModel *model = meter->model;
    if (!meter->begun) {
        return meter->begin_ms;
    }
    int64_t next_ms = cost_cover_next(&meter->cover, at_ms);
    bool tariff = false;
    for (int32_t type = 0; type < world->fleet.type_count; type++) {
        const TypeCost *cost = &model->types[type];
        tariff = tariff || (cost->purchase == PURCHASE_OWNED && cost->power_known);
        if (cost->purchase == PURCHASE_SPOT) {
            next_ms = sooner(next_ms, step_series_next(&cost->spot, at_ms));
        }
    }
    if (tariff) {
        next_ms = sooner(next_ms, step_series_next(&model->tariff, at_ms));
    }
    if (cost_knows_power(model, &world->scenario->cluster)) {
        next_ms = sooner(next_ms, step_series_next(&model->carbon, at_ms));
    }
    if (meter->keeps_periods) {
        next_ms = sooner(next_ms,
                         period_next_ms(world->scenario->start_unix_ms, model->period_ms, at_ms));
    }
    return next_ms;
}

/* ---- periods ---- */

static void period_open(CostMeter *meter, int64_t at_ms)
{
    if (meter->period_count == meter->period_capacity) {
        int32_t more = meter->period_capacity > 0 ? meter->period_capacity : 16;
        CostPeriod *larger = ARENA_ARRAY(meter->arena, CostPeriod, meter->period_capacity + more);
        if (larger == NULL) {
            meter->cells.out_of_memory = true;
            return;
        }
        if (meter->period_count > 0) {
            memcpy(larger, meter->periods, (size_t)meter->period_count * sizeof *larger);
        }
        meter->periods = larger;
        meter->period_capacity += more;
    }
    CostPeriod period = {
        .begin_ms = at_ms,
        .commitments = ARENA_ARRAY(meter->arena, CommitmentSum, meter->model->commitment_count),
        .overhead = ARENA_ARRAY(meter->arena, Int128, meter->overhead_count)};
    if (period.commitments == NULL || period.overhead == NULL) {
        meter->cells.out_of_memory = true;
        return;
    }
    meter->periods[meter->period_count++] = period;
}

/* ---- what the books gained ---- */

static void open_take(CostMeter *meter, const World *world, int64_t at_ms, uint8_t *touched)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < meter->live_count; i++) {
        JobId job = meter->live[i];
        if (task_books_open_rows(&meter->books->tasks, world, job, at_ms, meter->open, touched)) {
            meter->live[kept++] = job;
        } else {
            meter->is_live[job] = 0;
        }
    }
    meter->live_count = kept;
}

/* Gains of the row since the last cut; that is the new last cut. */
static void row_gain(CostMeter *meter, int32_t type, int32_t tenant, size_t row, Int128 *gain)
{
    const Ledger *ledger = meter->books->ledger;
    int32_t who = tenant == ledger->tenant_count ? -1 : tenant;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        size_t at = row * ACCOUNT_COUNT + (size_t)account;
        Int128 now = ledger_sum(ledger, type, who, (Account)account, -1) + meter->open[at];
        gain[account] = now - meter->before[at];
        meter->before[at] = now;
        meter->open[at] = 0;
    }
}

/* What an account has less than before had been booked earlier under another name: work that was
 * lost; rarely a wait that only its end explains. */
static void row_settle(CostMeter *meter, int32_t type, int32_t tenant, Int128 *gain)
{
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        for (int step = 0; gain[account] < 0 && step <= ACCOUNT_COUNT; step++) {
            int to = step == 0 ? ACCOUNT_LOST : step % ACCOUNT_COUNT; /* productive comes last */
            Int128 part = -gain[account] < gain[to] ? -gain[account] : gain[to];
            if (part > 0) {
                gain[account] += part;
                gain[to] -= part;
                cost_cells_move(&meter->cells, type, tenant, (Account)account, (Account)to, part);
            }
        }
    }
}

static void row_add(CostMeter *meter, int32_t span, int32_t type, int32_t tenant, Int128 *capacity,
                    const Int128 *gain)
{
    int32_t parts = meter->model->commitment_count + 1;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (gain[account] <= 0) {
            continue;
        }
        cost_split(gain[account], *capacity, meter->share, meter->part, parts);
        *capacity -= gain[account];
        cost_cells_add(&meter->cells, span, meter->period_count - 1, type, tenant, (Account)account,
                       meter->part);
    }
}

/* Takes the rows of a node type that have changed. begins: without booking them. */
static void type_take(CostMeter *meter, int32_t span, int32_t type, bool begins)
{
    Ledger *ledger = meter->books->ledger;
    int32_t parts = meter->model->commitment_count + 1;
    Int128 capacity = meter->cover.capacity[type];
    memcpy(meter->share, &meter->cover.cover[(size_t)type * (size_t)parts],
           (size_t)parts * sizeof(Int128));
    for (int32_t tenant = 0; tenant <= ledger->tenant_count; tenant++) {
        size_t row = (size_t)type * (size_t)(ledger->tenant_count + 1) + (size_t)tenant;
        if (ledger->touched[row] == 0 && meter->is_open[row] == 0) {
            continue;
        }
        meter->is_open[row] = 0;
        for (int account = 0; account < ACCOUNT_COUNT; account++) {
            meter->is_open[row] |= meter->open[row * ACCOUNT_COUNT + (size_t)account] != 0;
        }
        ledger->touched[row] = 0;
        Int128 gain[ACCOUNT_COUNT];
        row_gain(meter, type, tenant, row, gain);
        if (!begins) {
            row_settle(meter, type, tenant, gain);
            row_add(meter, span, type, tenant, &capacity, gain);
        }
    }
}

/* ---- overheads ---- */

static void nodes_count(CostMeter *meter, const World *world)
{
    for (int32_t type = 0; type < world->fleet.type_count; type++) {
        meter->standing[type] = 0;
    }
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        int32_t type = world->fleet.node_type[node];
        bool away = world->health.any && world->health.node_mode[node] == NODE_AWAY;
        meter->standing[type] += is_bare(world, type) && !away;
    }
}

/* Nodes without GPUs have stood as they do since this was last called. */
static void nodes_advance(CostMeter *meter, const World *world, int64_t at_ms)
{
    if (meter->nodes_line < 0) {
        return;
    }
    if (meter->standing_changed) {
        nodes_count(meter, world);
        meter->standing_changed = false;
    }
    for (int32_t type = 0; type < world->fleet.type_count; type++) {
        meter->standing_ms[type] += meter->standing[type] * (at_ms - meter->stood_ms);
    }
    meter->stood_ms = at_ms;
}

static void nodes_pay(CostMeter *meter, const World *world)
{
    const CostModel *model = meter->model;
    Int128 *line = &meter->periods[meter->period_count - 1].overhead[meter->nodes_line];
    int64_t tariff = step_series_at(&model->tariff, meter->cut_ms);
    int64_t intensity = step_series_at(&model->carbon, meter->cut_ms);
    for (int32_t type = 0; type < world->fleet.type_count; type++) {
        const TypeCost *cost = &model->types[type];
        Int128 time = meter->standing_ms[type] * COST_MS;
        int64_t microwatt = cost_node_microwatt(model, type);
        *line += time * cost->node_nano_usd_per_hour;
        if (cost->purchase == PURCHASE_OWNED) {
            *line += time * cost_energy_nano(microwatt, tariff);
        }
        meter->nodes_energy += time * microwatt;
        meter->nodes_carbon += time * cost_carbon_micrograms(microwatt, intensity);
        meter->standing_ms[type] = 0;
    }
}

static void overheads_pay(CostMeter *meter, const World *world, int64_t duration_ms)
{
    CostPeriod *period = &meter->periods[meter->period_count - 1];
    if (meter->nodes_line >= 0) {
        nodes_pay(meter, world);
    }
    for (int32_t line = 0; line < meter->model->overhead_count; line++) {
        period->overhead[meter->first_line + line] +=
            (Int128)meter->model->overheads[line].nano_usd_per_hour * duration_ms * COST_MS;
    }
}

/* ---- cuts ---- */

static void stretch_close(CostMeter *meter, const World *world, int64_t at_ms)
{
    Ledger *ledger = meter->books->ledger;
    bool covered = meter->model->commitment_count > 0;
    nodes_advance(meter, world, at_ms);
    cost_cover_advance(&meter->cover, ledger, at_ms);
    cost_cover_end(&meter->cover, at_ms, meter->periods[meter->period_count - 1].commitments);
    int32_t span =
        cost_cells_span(&meter->cells, meter->cut_ms, covered ? meter->cover.cover : NULL);
    open_take(meter, world, at_ms, ledger->touched);
    for (int32_t type = 0; span >= 0 && type < ledger->type_count; type++) {
        type_take(meter, span, type, false);
    }
    overheads_pay(meter, world, at_ms - meter->cut_ms);
}

static void books_begin(CostMeter *meter, const World *world, int64_t at_ms)
{
    Ledger *ledger = meter->books->ledger;
    open_take(meter, world, at_ms, ledger->touched);
    for (int32_t type = 0; type < ledger->type_count; type++) {
        type_take(meter, -1, type, true);
    }
    meter->begun = true;
    meter->begin_ms = meter->stood_ms = at_ms;
    period_open(meter, at_ms);
}

static bool begins_period(const CostMeter *meter, const World *world, int64_t at_ms)
{
    return meter->keeps_periods && period_next_ms(world->scenario->start_unix_ms,
                                                  meter->model->period_ms, at_ms - 1) == at_ms;
}

static int64_t cut_reached(void *self, const World *world, int64_t at_ms)
{
    CostMeter *meter = self;
    if (meter->cells.out_of_memory) {
        return TIME_NEVER;
    }
    if (!meter->begun) {
        books_begin(meter, world, at_ms);
    } else {
        stretch_close(meter, world, at_ms);
        if (begins_period(meter, world, at_ms)) {
            period_open(meter, at_ms);
        }
    }
    meter->cut_ms = at_ms;
    cost_cover_begin(&meter->cover, meter->books->ledger, at_ms);
    return next_cut(meter, world, at_ms);
}

/* ---- observer ---- */

static void cost_fact(void *self, const World *world, const Fact *fact)
{
    CostMeter *meter = self;
    (void)world;
    if (fact->kind == FACT_NODE_STATE) {
        meter->standing_changed = true;
    } else if (meter->live != NULL && meter->is_live[fact->job] == 0) {
        meter->is_live[fact->job] = 1;
        meter->live[meter->live_count++] = fact->job;
    }
}

/* Capacity that comes and goes is covered as it stands at each instant. */
static void cost_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    CostMeter *meter = self;
    (void)from_ms;
    if (!meter->begun || !meter->cover.hourly || to_ms <= meter->cut_ms) {
        return;
    }
    nodes_advance(meter, world, to_ms);
    if (meter->model->commitment_count > 0) {
        cost_cover_advance(&meter->cover, meter->books->ledger, to_ms);
    }
}

bool cost_meter_watches(const CostMeter *meter)
{
    return meter->model != NULL &&
           (meter->live != NULL || meter->model->commitment_count > 0 || meter->nodes_line >= 0);
}

Observer cost_meter_observer(CostMeter *meter)
{
    return (Observer){.self = meter,
                      .fact = cost_fact,
                      .interval = cost_interval,
                      .hears = FACT_SET(FACT_TASK_PLACED) | FACT_SET(FACT_TASK_RESUMED) |
                               FACT_SET(FACT_NODE_STATE)};
}

/* ---- init ---- */

static bool lines_init(CostMeter *meter, const World *world)
{
    const CostModel *model = meter->model;
    meter->overhead_name =
        ARENA_ARRAY(meter->result_arena, const char *, model->overhead_count + 2);
    meter->standing = ARENA_ARRAY(meter->arena, int32_t, world->fleet.type_count);
    meter->standing_ms = ARENA_ARRAY(meter->arena, int64_t, world->fleet.type_count);
    meter->standing_changed = true;
    meter->staff_line = meter->nodes_line = -1;
    if (meter->overhead_name == NULL || meter->standing == NULL || meter->standing_ms == NULL) {
        return false;
    }
    if (world->scenario->policy.remedy_options.cost_micro_usd_per_hour > 0) {
        meter->staff_line = meter->overhead_count;
        meter->overhead_name[meter->overhead_count++] = "staff";
    }
    for (int32_t node = 0; meter->nodes_line < 0 && node < world->fleet.node_count; node++) {
        int32_t type = world->fleet.node_type[node];
        const TypeCost *cost = &model->types[type];
        if (is_bare(world, type) &&
            (cost->node_nano_usd_per_hour > 0 || cost_node_microwatt(model, type) > 0)) {
            meter->nodes_line = meter->overhead_count;
            meter->overhead_name[meter->overhead_count++] = "cpu nodes";
        }
    }
    meter->first_line = meter->overhead_count;
    for (int32_t line = 0; line < model->overhead_count; line++) {
        meter->overhead_name[meter->overhead_count++] = model->overheads[line].name;
    }
    return true;
}

static bool cuts_init(CostMeter *meter, const World *world)
{
    int64_t first_ms = next_cut(meter, world, 0);
    bool cut = first_ms != TIME_NEVER;
    if (cut) {
        meter->live = ARENA_ARRAY(meter->arena, JobId, world->jobs->job_count);
        meter->is_live = ARENA_ARRAY(meter->arena, uint8_t, world->jobs->job_count);
        ledger_meter_mark(meter->books, (LedgerMark){first_ms, meter, cut_reached});
    }
    const Ledger *ledger = meter->books->ledger;
    return cost_cells_init(&meter->cells, meter->arena, meter->model, ledger->type_count,
                           ledger->tenant_count, cut) &&
           !meter->arena->failed;
}

static bool nodes_come_and_go(const World *world)
{
    for (int32_t kind = 0; kind < world->health.kind_count; kind++) {
        if (world->health.kinds[kind].away) {
            return true;
        }
    }
    return false;
}

bool cost_meter_init(CostMeter *meter, Arena *run_arena, Arena *result_arena, const World *world,
                     LedgerMeter *books, bool keeps_periods)
{
    const Scenario *scenario = world->scenario;
    const Ledger *ledger = books->ledger;
    *meter = (CostMeter){.books = books, .arena = run_arena, .result_arena = result_arena};
    meter->model = cost_model_of(scenario, result_arena);
    if (meter->model == NULL) {
        return !result_arena->failed;
    }
    size_t rows = (size_t)ledger->type_count * ((size_t)ledger->tenant_count + 1);
    size_t parts = (size_t)meter->model->commitment_count + 1;
    meter->keeps_periods = keeps_periods && meter->model->period_ms > 0;
    meter->begin_ms = scenario->warmup_ms;
    meter->begun = scenario->warmup_ms <= 0;
    meter->before = ARENA_ARRAY(run_arena, Int128, rows * ACCOUNT_COUNT);
    meter->open = ARENA_ARRAY(run_arena, Int128, rows * ACCOUNT_COUNT);
    meter->is_open = ARENA_ARRAY(run_arena, uint8_t, rows);
    meter->share = ARENA_ARRAY(run_arena, Int128, parts);
    meter->part = ARENA_ARRAY(run_arena, Int128, parts);
    if (!lines_init(meter, world) ||
        !cost_cover_init(&meter->cover, run_arena, scenario, meter->model,
                         nodes_come_and_go(world)) ||
        !cuts_init(meter, world)) {
        return false;
    }
    cost_cover_begin(&meter->cover, ledger, 0);
    if (meter->begun) {
        period_open(meter, 0);
    }
    return !run_arena->failed && !result_arena->failed;
}

/* ---- the end ---- */

/* Shifts are paid by the day: each period bears its part of the time. */
static void staff_pay(CostMeter *meter, const World *world, int64_t end_ms)
{
    const Scenario *scenario = world->scenario;
    Int128 paid = (Int128)world->health.technician_paid_ms *
                  scenario->policy.remedy_options.cost_micro_usd_per_hour * 1000 * COST_MS;
    int64_t first_ms = meter->periods[0].begin_ms;
    Int128 before = 0;
    for (int32_t p = 0; p < meter->period_count; p++) {
        int64_t to_ms = p + 1 < meter->period_count ? meter->periods[p + 1].begin_ms : end_ms;
        Int128 until =
            to_ms < end_ms ? cost_share(paid, to_ms - first_ms, end_ms - first_ms) : paid;
        meter->periods[p].overhead[meter->staff_line] += until - before;
        before = until;
    }
}

static bool cells_collect(const CostMeter *meter, CostSums *sums)
{
    int32_t count = 0;
    for (int32_t i = 0; i < meter->cells.count; i++) {
        count += meter->cells.cells[i].amount != 0;
    }
    sums->cells = ARENA_ARRAY(meter->result_arena, CostCell, count);
    for (int32_t i = 0; sums->cells != NULL && i < meter->cells.count; i++) {
        if (meter->cells.cells[i].amount != 0) {
            sums->cells[sums->cell_count++] = meter->cells.cells[i];
        }
    }
    if (sums->cell_count > 0) {
        qsort(sums->cells, (size_t)sums->cell_count, sizeof *sums->cells, cost_cell_order);
    }
    return sums->cells != NULL;
}

static bool periods_collect(const CostMeter *meter, int64_t end_ms, CostSums *sums)
{
    size_t periods = (size_t)meter->period_count;
    size_t commitments = (size_t)meter->model->commitment_count;
    size_t lines = (size_t)meter->overhead_count;
    sums->period_count = meter->period_count;
    sums->period_begin_ms = ARENA_ARRAY(meter->result_arena, int64_t, periods + 1);
    sums->commitments = ARENA_ARRAY(meter->result_arena, CommitmentSum, periods * commitments);
    sums->overhead = ARENA_ARRAY(meter->result_arena, Int128, periods * lines);
    if (meter->result_arena->failed) {
        return false;
    }
    for (size_t p = 0; p < periods; p++) {
        const CostPeriod *period = &meter->periods[p];
        sums->period_begin_ms[p] = period->begin_ms;
        for (size_t c = 0; c < commitments; c++) {
            sums->commitments[p * commitments + c] = period->commitments[c];
        }
        for (size_t line = 0; line < lines; line++) {
            sums->overhead[p * lines + line] = period->overhead[line];
        }
    }
    sums->period_begin_ms[periods] = end_ms;
    return true;
}

CostSums *cost_meter_finish(CostMeter *meter, const World *world)
{
    int64_t end_ms = world->now_ms;
    if (!meter->begun) { /* it was over before it was warm */
        books_begin(meter, world, end_ms);
        meter->cut_ms = end_ms;
        cost_cover_begin(&meter->cover, meter->books->ledger, end_ms);
    }
    if (meter->cells.out_of_memory) {
        return NULL;
    }
    stretch_close(meter, world, end_ms);
    if (meter->staff_line >= 0) {
        staff_pay(meter, world, end_ms);
    }
    CostSums *sums = ARENA_NEW(meter->result_arena, CostSums);
    if (sums == NULL || meter->cells.out_of_memory) {
        return NULL;
    }
    *sums = (CostSums){.model = meter->model,
                       .cluster = &world->scenario->cluster,
                       .tenant_count = meter->books->ledger->tenant_count,
                       .overhead_count = meter->overhead_count,
                       .overhead_name = meter->overhead_name,
                       .nodes_energy = meter->nodes_energy,
                       .nodes_carbon = meter->nodes_carbon};
    return cells_collect(meter, sums) && periods_collect(meter, end_ms, sums) ? sums : NULL;
}
