/* ledger_summary.c - means of GPU-hours, and of what they cost. */
#include "sim/experiment/ledger_summary.h"

#include <math.h>
#include <string.h>

#include "sim/experiment/cost_rates.h"
#include "sim/experiment/cost_sums.h"

/* What each account of each tenant and node type cost in one replication. */
typedef struct Paid {
    int32_t tenant_count;
    Int128 *usd; /* [type][tenant_count + 1][ACCOUNT_COUNT] COST_HOUR parts of nano-USD; NULL:
                  * nothing has a price */
} Paid;

static Int128 *paid_at(const Paid *paid, int32_t type, int32_t tenant, Account account)
{
    size_t row = (size_t)type * (size_t)(paid->tenant_count + 1) + (size_t)tenant;
    return &paid->usd[row * ACCOUNT_COUNT + (size_t)account];
}

static bool paid_fill(Paid *paid, Arena *arena, const ReplicationResult *one)
{
    const CostSums *sums = one->cost_sums;
    *paid = (Paid){.tenant_count = one->ledger.tenant_count};
    if (sums == NULL) {
        return true;
    }
    size_t rows = (size_t)one->ledger.type_count * (size_t)(paid->tenant_count + 1);
    paid->usd = ARENA_ARRAY(arena, Int128, rows * ACCOUNT_COUNT);
    for (int32_t i = 0; paid->usd != NULL && i < sums->cell_count; i++) {
        const CostCell *cell = &sums->cells[i];
        *paid_at(paid, cell->type, cell->tenant, (Account)cell->account) +=
            cost_cell_effective(sums, cell) + cell->energy;
    }
    return paid->usd != NULL;
}

/* nano-USD for each GPU-hour that went there, on average. */
static double paid_price(const Paid *paid, const Ledger *ledger, int32_t type, int32_t tenant,
                         Account account)
{
    if (paid->usd == NULL) {
        return 0.0;
    }
    Int128 usd = 0;
    int32_t last = tenant == -2 ? paid->tenant_count : tenant;
    for (int32_t row = tenant == -2 ? 0 : tenant; row <= last; row++) {
        usd += *paid_at(paid, type, row, account);
    }
    Int128 amount = ledger_sum(ledger, type, tenant, account, -1);
    return amount != 0 ? cost_ratio(usd, amount) : 0.0;
}

/* Adds what one replication has of an account, over all node types; tenant and sub as for
 * ledger_sum. Sub-accounts share the account's cost by time. */
static void amount_add(LedgerAmount *sum, const Ledger *ledger, const Paid *paid, int32_t tenant,
                       Account account, int sub)
{
    for (int32_t type = 0; type < ledger->type_count; type++) {
        double hours = ledger_gpu_hours(ledger_sum(ledger, type, tenant, account, sub));
        sum->gpu_hours += hours;
        sum->usd += hours * paid_price(paid, ledger, type, tenant, account) / 1e9;
    }
}

static LedgerAmount amount_mean(LedgerAmount sum, int32_t count)
{
    return count > 0 ? (LedgerAmount){sum.gpu_hours / count, sum.usd / count}
                     : (LedgerAmount){(double)NAN, (double)NAN};
}

static LedgerAmount account_mean(const VariantResult *variant, const Paid *paid, Account account,
                                 int sub)
{
    LedgerAmount sum = {0, 0};
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        amount_add(&sum, &variant->replications[rep].ledger, &paid[rep], -2, account, sub);
    }
    return amount_mean(sum, variant->replication_count);
}

static double capacity_mean(const VariantResult *variant)
{
    double sum = 0;
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        const Ledger *ledger = &variant->replications[rep].ledger;
        for (int32_t type = 0; type < ledger->type_count; type++) {
            sum += ledger_gpu_hours(ledger->capacity[type]);
        }
    }
    return variant->replication_count > 0 ? sum / variant->replication_count : (double)NAN;
}

/* By its name: replications may number queues differently. */
static LedgerAmount tenant_mean(const VariantResult *variant, const Paid *paid, const char *name,
                                Account account)
{
    LedgerAmount sum = {0, 0};
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        const ReplicationResult *one = &variant->replications[rep];
        int32_t count = one->tenant_name != NULL ? one->ledger.tenant_count : 0;
        for (int32_t tenant = 0; tenant < count; tenant++) {
            if (strcmp(one->tenant_name[tenant], name) == 0) {
                amount_add(&sum, &one->ledger, &paid[rep], tenant, account, -1);
            }
        }
    }
    return amount_mean(sum, variant->replication_count);
}

/* The queues that the first replication met. */
static bool tenants_fill(VariantResult *variant, const Paid *paid, Arena *arena)
{
    LedgerSummary *summary = &variant->ledger;
    const ReplicationResult *first = variant->replications;
    bool known = variant->replication_count > 0 && first->tenant_name != NULL;
    summary->tenant_count = known ? first->ledger.tenant_count : 0;
    summary->tenants = ARENA_ARRAY(arena, TenantSummary, summary->tenant_count);
    for (int32_t i = 0; summary->tenants != NULL && i < summary->tenant_count; i++) {
        TenantSummary *tenant = &summary->tenants[i];
        tenant->name = first->tenant_name[i];
        for (int account = 0; account < ACCOUNT_COUNT; account++) {
            tenant->account[account] = tenant_mean(variant, paid, tenant->name, (Account)account);
        }
    }
    return summary->tenants != NULL;
}

bool ledger_summary_of_variant(VariantResult *variant, Arena *arena)
{
    LedgerSummary *summary = &variant->ledger;
    Arena scratch;
    arena_init(&scratch);
    Paid *paid = ARENA_ARRAY(&scratch, Paid, variant->replication_count);
    bool good = paid != NULL;
    for (int32_t rep = 0; good && rep < variant->replication_count; rep++) {
        good = paid_fill(&paid[rep], &scratch, &variant->replications[rep]);
    }
    if (!good) {
        arena_free(&scratch);
        return false;
    }
    summary->capacity_gpu_hours = capacity_mean(variant);
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        summary->account[account] = account_mean(variant, paid, (Account)account, -1);
        for (int sub = 0; sub < account_sub_count((Account)account); sub++) {
            summary->sub[account][sub] = account_mean(variant, paid, (Account)account, sub);
        }
    }
    good = tenants_fill(variant, paid, arena);
    arena_free(&scratch);
    return good;
}
