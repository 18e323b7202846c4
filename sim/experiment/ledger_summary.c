/* ledger_summary.c - means of GPU-hours, and of money by the price of each node type. */
#include "sim/experiment/ledger_summary.h"

#include <math.h>
#include <string.h>

/* Adds what one replication has of an account, over all node types; tenant and sub as for
 * ledger_sum. */
static void amount_add(LedgerAmount *sum, const Ledger *ledger, const Cluster *cluster,
                       int32_t tenant, Account account, int sub)
{
    for (int32_t type = 0; type < ledger->type_count; type++) {
        double hours = ledger_gpu_hours(ledger_sum(ledger, type, tenant, account, sub));
        sum->gpu_hours += hours;
        sum->usd += hours * (double)cluster->type_info[type].price_micro_usd_per_gpu_hour / 1e6;
    }
}

static LedgerAmount amount_mean(LedgerAmount sum, int32_t count)
{
    return count > 0 ? (LedgerAmount){sum.gpu_hours / count, sum.usd / count}
                     : (LedgerAmount){(double)NAN, (double)NAN};
}

static LedgerAmount account_mean(const VariantResult *variant, Account account, int sub)
{
    LedgerAmount sum = {0, 0};
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        amount_add(&sum, &variant->replications[rep].ledger, &variant->scenario->cluster, -2,
                   account, sub);
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
static LedgerAmount tenant_mean(const VariantResult *variant, const char *name, Account account)
{
    LedgerAmount sum = {0, 0};
    for (int32_t rep = 0; rep < variant->replication_count; rep++) {
        const ReplicationResult *one = &variant->replications[rep];
        int32_t count = one->tenant_name != NULL ? one->ledger.tenant_count : 0;
        for (int32_t tenant = 0; tenant < count; tenant++) {
            if (strcmp(one->tenant_name[tenant], name) == 0) {
                amount_add(&sum, &one->ledger, &variant->scenario->cluster, tenant, account, -1);
            }
        }
    }
    return amount_mean(sum, variant->replication_count);
}

/* The queues that the first replication met. */
static bool tenants_fill(VariantResult *variant, Arena *arena)
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
            tenant->account[account] = tenant_mean(variant, tenant->name, (Account)account);
        }
    }
    return summary->tenants != NULL;
}

bool ledger_summary_of_variant(VariantResult *variant, Arena *arena)
{
    LedgerSummary *summary = &variant->ledger;
    summary->capacity_gpu_hours = capacity_mean(variant);
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        summary->account[account] = account_mean(variant, (Account)account, -1);
        for (int sub = 0; sub < account_sub_count((Account)account); sub++) {
            summary->sub[account][sub] = account_mean(variant, (Account)account, sub);
        }
    }
    return tenants_fill(variant, arena);
}
