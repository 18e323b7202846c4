/* build_showback.c - who pays, as written, becomes rules; texts of bills get what is not said. */
#include "sim/scenario/build_showback.h"

#include <stdio.h>

/* The code of a choice, which is its place in its list. */
static int choice_of(const KeyObject *object, const char *key, const SpecText *text, int otherwise)
{
    return text->value == NULL ? otherwise : key_choice_index(key_row(object, key), text->value);
}

static void charge_fill(const ChargeSpec *spec, ShowbackRules *rules)
{
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        const SpecText *to = &spec->to[account];
        rules->to[account] = (ChargeTo)choice_of(&KEYS_CHARGE, account_name((Account)account), to,
                                                 (int)SHOWBACK_DEFAULT.to[account]);
    }
}

static bool weights_fill(Loader *loader, const QueueTree *tree, ShowbackRules *rules)
{
    int64_t *weights = ARENA_ARRAY(loader->arena, int64_t, tree->count);
    if (weights == NULL) {
        return no_memory(loader);
    }
    int64_t sum = 0;
    for (QueueId queue = 0; queue < tree->count; queue++) {
        weights[queue] = tree->queues[queue].weight_ppm;
        sum += queue > 0 && tree->queues[queue].child_count == 0 ? weights[queue] > 0 : 0;
    }
    rules->tenant_weight_ppm = weights;
    return sum > 0;
}

static bool rules_fill(Loader *loader, const ShowbackSpec *spec, const Scenario *scenario,
                       ShowbackRules *rules)
{
    const KeyObject *keys = &KEYS_SHOWBACK;
    rules->by = (ShowbackBy)choice_of(keys, "by", &spec->by, (int)SHOWBACK_DEFAULT.by);
    rules->idle = (IdleShare)choice_of(keys, "idle", &spec->idle, (int)SHOWBACK_DEFAULT.idle);
    rules->shared =
        (SharedBy)choice_of(keys, "shared", &spec->shared, (int)SHOWBACK_DEFAULT.shared);
    rules->basis = (ChargeBasis)choice_of(keys, "basis", &spec->basis, (int)SHOWBACK_DEFAULT.basis);
    rules->quota_owner_pays = spec->quota_owner_pays.value != 0;
    bool weighty = weights_fill(loader, &scenario->queues, rules);
    if (rules->shared == SHARED_BY_WEIGHT && !weighty && !loader->diagnostics->out_of_memory) {
        REPORT(loader, spec->shared.node, "missing", "give queues a weight, or share by cost",
               "shared cost is divided by weight, and no queue is declared with one");
        return false;
    }
    return !loader->diagnostics->out_of_memory;
}

static const char *text_or(const SpecText *text, const char *otherwise)
{
    return text->value != NULL && text->value[0] != '\0' ? text->value : otherwise;
}

static bool billing_fill(Loader *loader, const BillingSpec *spec, const Scenario *scenario,
                         Billing *billing)
{
    char account[160];
    snprintf(account, sizeof(account), "sim:%.140s", scenario->name);
    billing->account_id = text_or(&spec->account, arena_strdup(loader->arena, account));
    billing->account_name = text_or(&spec->account_name, scenario->name);
    billing->provider = text_or(&spec->provider, "internal");
    billing->publisher = text_or(&spec->publisher, billing->provider);
    billing->issuer = text_or(&spec->issuer, billing->provider);
    billing->host = text_or(&spec->host, billing->provider);
    billing->region = text_or(&spec->region, NULL);
    return billing->account_id != NULL ? true : no_memory(loader);
}

bool build_paying(Loader *loader, const PayingSpec *spec, const Scenario *scenario,
                  CostModel *model)
{
    charge_fill(&spec->charge, &model->showback);
    bool good = rules_fill(loader, &spec->showback, scenario, &model->showback);
    return billing_fill(loader, &spec->billing, scenario, &model->billing) && good;
}
