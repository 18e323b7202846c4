/* queues_json.c - the queues of a variant as declared, with the GPU time that they and those below
 * them held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/showback.h"
#include "sim/report/json_help.h"
#include "sim/report/setting.h"

/* GPUs of an amount; null: unlimited. */
static json_t *gpus_json(int64_t milli)
{
    return json_number(milli == QUEUE_UNLIMITED ? NAN : (double)milli / 1000);
}

static double held_of(const TenantSummary *tenant)
{
    double hours = 0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (account_group((Account)account) == GROUP_ALLOCATED) {
            hours += tenant->account[account].gpu_hours;
        }
    }
    return hours;
}

static json_t *queue_json(const QueueTree *tree, QueueId queue, double held_gpu_hours,
                          double capacity_gpu_hours)
{
    const Queue *one = &tree->queues[queue];
    json_t *row = json_object();
    bool ok = json_put(row, "name", json_string(one->name));
    ok = json_put(row, "parent",
                  json_string(one->parent < 0 ? "" : tree->queues[one->parent].name)) &&
         ok;
    ok = json_put(row, "team", json_string(showback_unit(tree, one->name, SHOWBACK_BY_TEAM))) && ok;
    ok = json_put(row, "tenant", json_string(showback_unit(tree, one->name, SHOWBACK_BY_TENANT))) &&
         ok;
    ok = json_put(row, "quota_gpus", gpus_json(one->quota.nominal[GP_AXIS_GPU])) && ok;
    ok = json_put(row, "limit_gpus", gpus_json(one->limit[GP_AXIS_GPU])) && ok;
    ok = json_put(row, "weight", json_number((double)one->weight_ppm / GP_PPM)) && ok;
    ok = json_put(row, "priority", json_integer(one->priority)) && ok;
    ok = json_put(row, "allocated_gpu_hours", json_number(held_gpu_hours)) && ok;
    ok =
        json_put(row, "allocated_share",
                 json_number(capacity_gpu_hours > 0 ? held_gpu_hours / capacity_gpu_hours : NAN)) &&
        ok;
    return json_checked(row, ok);
}

json_t *queues_json(const Scenario *scenario, const LedgerSummary *ledger)
{
    const QueueTree *tree = &scenario->queues;
    json_t *rows = json_array();
    double *held = calloc((size_t)tree->count + 1, sizeof *held);
    bool ok = rows != NULL && held != NULL;
    for (int32_t i = 0; ok && i < ledger->tenant_count; i++) {
        QueueId queue = queue_find(tree, ledger->tenants[i].name);
        for (; queue >= 0; queue = tree->queues[queue].parent) {
            held[queue] += held_of(&ledger->tenants[i]);
        }
    }
    for (QueueId queue = 0; ok && tree->declared && queue < tree->count; queue++) {
        ok = json_push(rows, queue_json(tree, queue, held[queue], ledger->capacity_gpu_hours));
    }
    free(held);
    return json_checked(rows, ok);
}
