/* ledger.c - posting, sums, and the attribution of idle GPUs to what waits for them. */
#include "core/ledger.h"

#include <assert.h>

typedef struct AccountRow {
    const char *name;
    LedgerGroup group;
    int sub_count;
    const char *const *sub_names; /* NULL: the kernel's dimensions */
} AccountRow;

static const char *const PRODUCTIVE_SUBS[] = {"completed", "cancelled", "failed", "running"};
static const char *const BLOCKED_SUBS[] = {
    "quota", "tenancy", "head_of_line", "reservation", "gang_assembly", "window", "not_yet_run"};
static const char *const DOWN_SUBS[] = {"undetected_empty", "diagnosis", "technician", "part",
                                        "repair",           "burn_in",   "recorded"};

static const AccountRow ACCOUNTS[ACCOUNT_COUNT] = {
    [ACCOUNT_PRODUCTIVE] = {"productive", GROUP_ALLOCATED, 4, PRODUCTIVE_SUBS},
    [ACCOUNT_IO_STALL] = {"io_stall", GROUP_ALLOCATED, GP_DIMENSION_COUNT, NULL},
    [ACCOUNT_SLOW_DEVICE] = {"slow_device", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_STRAGGLER] = {"straggler", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_ASSEMBLING] = {"assembling", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_HUNG] = {"hung", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_CHECKPOINT] = {"checkpoint", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_STARTUP] = {"startup", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_LOST] = {"lost", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_HELD_IDLE] = {"held_idle", GROUP_ALLOCATED, 0, NULL},
    [ACCOUNT_BLOCKED] = {"blocked", GROUP_IDLE, BLOCK_REASON_COUNT, BLOCKED_SUBS},
    [ACCOUNT_FRAGMENTED] = {"fragmented", GROUP_IDLE, GP_DIMENSION_COUNT, NULL},
    [ACCOUNT_SHORT] = {"short", GROUP_IDLE, GP_DIMENSION_COUNT, NULL},
    [ACCOUNT_NO_DEMAND] = {"no_demand", GROUP_IDLE, 0, NULL},
    [ACCOUNT_DOWN] = {"down", GROUP_UNAVAILABLE, 7, DOWN_SUBS},
    [ACCOUNT_DRAINED] = {"drained", GROUP_UNAVAILABLE, 0, NULL},
    [ACCOUNT_PROVISIONING] = {"provisioning", GROUP_UNAVAILABLE, 0, NULL},
    [ACCOUNT_SPARE] = {"spare", GROUP_UNAVAILABLE, 0, NULL},
};

_Static_assert(GP_DIMENSION_COUNT <= LEDGER_SUBS && BLOCK_REASON_COUNT <= LEDGER_SUBS,
               "sub-accounts fit");

/* Kernels run, if only to wait for other members; where nothing is said, none do. What was lost had
 * been computed. */
static const Visibility VISIBLE[ACCOUNT_COUNT] = {
    [ACCOUNT_PRODUCTIVE] = {GP_PPM, GP_PPM}, [ACCOUNT_SLOW_DEVICE] = {GP_PPM, GP_PPM},
    [ACCOUNT_STRAGGLER] = {GP_PPM, GP_PPM},  [ACCOUNT_LOST] = {GP_PPM, GP_PPM},
    [ACCOUNT_IO_STALL] = {0, GP_PPM},        [ACCOUNT_HUNG] = {0, GP_PPM},
};

const char *account_name(Account account)
{
    return ACCOUNTS[account].name;
}

LedgerGroup account_group(Account account)
{
    return ACCOUNTS[account].group;
}

const char *account_group_name(Account account)
{
    static const char *const NAMES[] = {[GROUP_ALLOCATED] = "allocated",
                                        [GROUP_IDLE] = "idle",
                                        [GROUP_UNAVAILABLE] = "unavailable"};
    return NAMES[account_group(account)];
}

Visibility account_visibility(Account account)
{
    return VISIBLE[account];
}

int account_sub_count(Account account)
{
    return ACCOUNTS[account].sub_count;
}

const char *account_sub_name(Account account, int sub)
{
    const AccountRow *row = &ACCOUNTS[account];
    if (sub < 0 || sub >= row->sub_count) {
        return "";
    }
    return row->sub_names != NULL ? row->sub_names[sub] : dimension_name((GpDimension)sub);
}

/* ---- the books ---- */

static size_t amount_at(const Ledger *ledger, int32_t type, int32_t tenant_row, int account,
                        int sub)
{
    size_t row = (size_t)type * (size_t)(ledger->tenant_count + 1) + (size_t)tenant_row;
    return (row * ACCOUNT_COUNT + (size_t)account) * LEDGER_SUBS + (size_t)sub;
}

bool ledger_init(Ledger *ledger, Arena *arena, int32_t type_count, int32_t tenant_count)
{
    *ledger = (Ledger){.type_count = type_count, .tenant_count = tenant_count};
    size_t rows = (size_t)type_count * ((size_t)tenant_count + 1);
    ledger->amount = ARENA_ARRAY(arena, Int128, rows * ACCOUNT_COUNT * LEDGER_SUBS);
    ledger->capacity = ARENA_ARRAY(arena, Int128, type_count);
    ledger->touched = ARENA_ARRAY(arena, uint8_t, rows);
    return ledger->amount != NULL && ledger->capacity != NULL && ledger->touched != NULL;
}

void ledger_clear(Ledger *ledger)
{
    size_t rows = (size_t)ledger->type_count * ((size_t)ledger->tenant_count + 1);
    for (size_t at = 0; at < rows * ACCOUNT_COUNT * LEDGER_SUBS; at++) {
        ledger->amount[at] = 0;
    }
    for (size_t row = 0; row < rows; row++) {
        ledger->touched[row] = 0;
    }
    for (int32_t type = 0; type < ledger->type_count; type++) {
        ledger->capacity[type] = 0;
    }
}

void ledger_post(Ledger *ledger, int32_t type, int32_t tenant, Account account, int sub,
                 Int128 amount_milli_ms_ppm)
{
    assert(type >= 0 && type < ledger->type_count);
    assert(tenant >= -1 && tenant < ledger->tenant_count);
    assert(sub == 0 || (sub > 0 && sub < ACCOUNTS[account].sub_count));
    int32_t row = tenant < 0 ? ledger->tenant_count : tenant;
    ledger->amount[amount_at(ledger, type, row, (int)account, sub)] += amount_milli_ms_ppm;
    ledger->touched[(size_t)type * (size_t)(ledger->tenant_count + 1) + (size_t)row] = 1;
}

static Int128 sum_row(const Ledger *ledger, int32_t type, int32_t row, Account account, int sub)
{
    if (sub >= 0) {
        assert(sub < LEDGER_SUBS);
        return ledger->amount[amount_at(ledger, type, row, (int)account, sub)];
    }
    Int128 sum = 0;
    for (int each = 0; each < LEDGER_SUBS; each++) {
        sum += ledger->amount[amount_at(ledger, type, row, (int)account, each)];
    }
    return sum;
}

Int128 ledger_sum(const Ledger *ledger, int32_t type, int32_t tenant, Account account, int sub)
{
    int32_t type_from = type < 0 ? 0 : type;
    int32_t type_to = type < 0 ? ledger->type_count : type + 1;
    int32_t row_from = tenant == -2 ? 0 : tenant < 0 ? ledger->tenant_count : tenant;
    int32_t row_to = tenant == -2 ? ledger->tenant_count + 1 : row_from + 1;
    Int128 sum = 0;
    for (int32_t t = type_from; t < type_to; t++) {
        for (int32_t row = row_from; row < row_to; row++) {
            sum += sum_row(ledger, t, row, account, sub);
        }
    }
    return sum;
}

bool ledger_balances(const Ledger *ledger)
{
    for (int32_t type = 0; type < ledger->type_count; type++) {
        Int128 sum = 0;
        for (int account = 0; account < ACCOUNT_COUNT; account++) {
            sum += ledger_sum(ledger, type, -2, (Account)account, -1);
        }
        if (sum != ledger->capacity[type]) {
            return false;
        }
    }
    return true;
}

double ledger_gpu_hours(Int128 amount_milli_ms_ppm)
{
    /* Whole hours and the rest apart, so that large books keep their small change. */
    const Int128 per_hour = (Int128)GP_DEVICE_MILLI * 3600000 * GP_PPM;
    return (double)(amount_milli_ms_ppm / per_hour) +
           (double)(amount_milli_ms_ppm % per_hour) / (double)per_hour;
}

/* ---- allocated ---- */

static int32_t share_of(int32_t whole_ppm, int32_t part_ppm)
{
    return (int32_t)((int64_t)whole_ppm * part_ppm / GP_PPM);
}

RunSplit run_split(int32_t usage_ppm, int32_t own_ppm, int32_t gang_ppm)
{
    RunSplit split = {.held_idle_ppm = GP_PPM - usage_ppm};
    if (gang_ppm == GP_PPM) {
        split.productive_ppm = usage_ppm;
        return split;
    }
    split.productive_ppm = share_of(usage_ppm, gang_ppm);
    if (gang_ppm == own_ppm) {
        split.cause_ppm = usage_ppm - split.productive_ppm;
        return split;
    }
    split.cause_ppm = share_of(usage_ppm, GP_PPM - own_ppm);
    split.straggler_ppm = usage_ppm - split.productive_ppm - split.cause_ppm;
    return split;
}

/* ---- idle ---- */

static Account claim_account(const Claim *claim, int *sub)
{
    switch (claim->verdict.kind) {
    case VERDICT_FITS:
        *sub = claim->reason == BLOCK_NONE ? (int)BLOCK_NOT_YET_RUN : (int)claim->reason;
        return ACCOUNT_BLOCKED;
    case VERDICT_FRAGMENTED:
        *sub = (int)claim->verdict.dimension;
        return ACCOUNT_FRAGMENTED;
    case VERDICT_SHORT:
        break;
    }
    *sub = (int)claim->verdict.dimension;
    return ACCOUNT_SHORT;
}

/* May it take from the type? With `wrong`: may it not, for the one reason that it is short of? */
static bool claim_reaches(const Claim *claim, const GpNodeType *type, bool wrong)
{
    bool right_model = node_type_allowed(type, claim->model_set);
    bool right_group = claim->group_set == 0 || (claim->group_set >> type->group & 1) != 0;
    if (!wrong) {
        return right_model && right_group;
    }
    return claim->verdict.dimension == GP_DIMENSION_GPU_MODEL ? !right_model && right_group
                                                              : right_model && !right_group;
}

static int64_t claim_take(IdleBooks *idle, const Claim *claim, int64_t demand_milli, bool wrong)
{
    int sub;
    Account account = claim_account(claim, &sub);
    int64_t taken = 0;
    for (int32_t type = 0; type < idle->ledger->type_count && taken < demand_milli; type++) {
        if (idle->free_milli[type] <= 0 || !claim_reaches(claim, &idle->types[type], wrong)) {
            continue;
        }
        int64_t part = demand_milli - taken;
        part = idle->free_milli[type] < part ? idle->free_milli[type] : part;
        ledger_post(idle->ledger, type, claim->tenant, account, sub,
                    (Int128)part * idle->duration_ms * GP_PPM);
        idle->free_milli[type] -= part;
        taken += part;
    }
    idle->left_milli -= taken;
    if (idle->taken_milli != NULL) {
        idle->taken_milli[account - ACCOUNT_BLOCKED][sub] += taken;
    }
    return taken;
}

IdleBooks idle_open(Ledger *ledger, const Cluster *cluster, int64_t *free_milli,
                    int64_t duration_ms)
{
    IdleBooks idle = {.ledger = ledger,
                      .types = cluster->types,
                      .free_milli = free_milli,
                      .duration_ms = duration_ms};
    for (int32_t type = 0; type < ledger->type_count; type++) {
        idle.left_milli += free_milli[type];
    }
    return idle;
}

int64_t idle_claim(IdleBooks *idle, const Claim *claim)
{
    int64_t taken = claim_take(idle, claim, claim->demand_milli, false);
    bool elsewhere = claim->verdict.kind == VERDICT_SHORT &&
                     (claim->verdict.dimension == GP_DIMENSION_GPU_MODEL ||
                      claim->verdict.dimension == GP_DIMENSION_TOPOLOGY);
    if (elsewhere && taken < claim->demand_milli) {
        taken += claim_take(idle, claim, claim->demand_milli - taken, true);
    }
    return taken;
}

void idle_close(IdleBooks *idle)
{
    for (int32_t type = 0; idle->left_milli > 0 && type < idle->ledger->type_count; type++) {
        ledger_post(idle->ledger, type, -1, ACCOUNT_NO_DEMAND, 0,
                    (Int128)idle->free_milli[type] * idle->duration_ms * GP_PPM);
        idle->free_milli[type] = 0;
    }
    idle->left_milli = 0;
}
