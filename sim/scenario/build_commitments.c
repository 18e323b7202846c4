/* build_commitments.c - promises to pay for capacity, used or not. */
#include <stdio.h>
#include <string.h>

#include "sim/scenario/build.h"

#define NANO_PER_MICRO 1000

/* So many GPUs at a rate, or so much money at a discount. */
static bool kind_find(Loader *loader, const CommitmentSpec *spec, Commitment *commitment)
{
    bool of_gpus = spec->gpus.node != NULL || spec->rate.node != NULL;
    bool of_money = spec->spend.node != NULL || spec->discount.node != NULL;
    commitment->kind = of_money ? COMMITMENT_SPEND : COMMITMENT_USAGE;
    if (of_gpus && of_money) {
        REPORT(loader, spec->node, "conflict", "make it two commitments",
               "commitment `%s` is of GPUs (`gpus`, `rate`) or of money (`spend`, `discount`), not "
               "both",
               spec->name.value);
        return false;
    }
    bool whole = of_money ? spec->spend.node != NULL && spec->discount.node != NULL
                          : spec->gpus.node != NULL && spec->rate.node != NULL;
    if (!whole) {
        REPORT(loader, spec->node, "missing",
               "for example gpus: 512, rate: 2.10 USD/gpu-h; or spend: 400 USD/h, discount: 28%",
               "commitment `%s` needs `gpus` and `rate`, or `spend` and `discount`",
               spec->name.value);
        return false;
    }
    const SpecNumber *amount = of_money ? &spec->spend : &spec->gpus;
    if (amount->value == 0) {
        REPORT(loader, amount->node, "range", "remove it", "commitment `%s` is of nothing",
               spec->name.value);
        return false;
    }
    return true;
}

static bool term_find(Loader *loader, const CommitmentSpec *spec, Commitment *commitment)
{
    if (spec->bought_ms.node != NULL && spec->before_ms.node != NULL) {
        REPORT_KEY(loader, spec->before_ms.node, "conflict", "keep one of the two",
                   "commitment `%s` begins in the run (`bought`) or before it (`before`), not both",
                   spec->name.value);
        return false;
    }
    commitment->from_ms = spec->bought_ms.value - spec->before_ms.value;
    commitment->to_ms = commitment->from_ms + spec->term_ms.value;
    if (commitment->to_ms <= 0 && spec->term_ms.node != NULL) {
        REPORT(loader, spec->before_ms.node, "range", "remove it, or make its term longer",
               "commitment `%s` is over before the run starts", spec->name.value);
        return false;
    }
    return true;
}

static void scope_add(const Cluster *cluster, const char *name, Commitment *commitment,
                      bool *declared, bool *on_demand)
{
    for (int32_t type = 0; type < cluster->type_count; type++) {
        const NodeTypeInfo *info = &cluster->type_info[type];
        if (name != NULL && strcmp(info->name, name) != 0) {
            continue;
        }
        *declared = true;
        if (info->purchase == PURCHASE_ON_DEMAND && info->node_count > 0 &&
            cluster->types[type].device_count > 0) {
            *on_demand = true;
            commitment->types[type / 64] |= UINT64_C(1) << (type % 64);
        }
    }
}

static bool scope_unknown(Loader *loader, const SpecText *name, const Cluster *cluster)
{
    const char *names[MAP_KEYS_MAX];
    int count = 0;
    for (int32_t type = 0; type < cluster->type_count && count < MAP_KEYS_MAX; type++) {
        names[count++] = cluster->type_info[type].name;
    }
    const char *nearest = nearest_name(name->value, names, count);
    char help[160];
    snprintf(help, sizeof(help), "did you mean `%.100s`?", nearest == NULL ? "" : nearest);
    REPORT(loader, name->node, "name", nearest == NULL ? "declare it under cluster.types" : help,
           "no node type `%s`", name->value);
    return false;
}

static bool scope_find(Loader *loader, const CommitmentSpec *spec, const Cluster *cluster,
                       Commitment *commitment)
{
    bool good = true;
    bool on_demand = false;
    bool declared = false;
    commitment->types =
        ARENA_ARRAY(loader->arena, uint64_t, ((int64_t)cluster->type_count + 63) / 64);
    if (commitment->types == NULL) {
        return no_memory(loader);
    }
    if (spec->types.node == NULL) {
        scope_add(cluster, NULL, commitment, &declared, &on_demand);
    }
    for (int32_t i = 0; i < spec->types.count; i++) {
        declared = false;
        scope_add(cluster, spec->types.items[i].value, commitment, &declared, &on_demand);
        good = (declared || scope_unknown(loader, &spec->types.items[i], cluster)) && good;
    }
    if (good && !on_demand) {
        diagnostics_warning(loader->diagnostics, node_place(spec->node), "range",
                            "it covers nodes with purchase: on_demand",
                            "commitment `%s` is never used: no nodes of its scope are bought on "
                            "demand",
                            spec->name.value);
    }
    return good;
}

/* A discount needs something that it is off. */
static bool discount_applies(Loader *loader, const CommitmentSpec *spec, const Cluster *cluster,
                             const CostModel *costs, const Commitment *commitment)
{
    for (int32_t type = 0; commitment->kind == COMMITMENT_SPEND && type < cluster->type_count;
         type++) {
        bool covered = (commitment->types[type / 64] >> (type % 64) & 1) != 0;
        if (covered && costs->types[type].contracted == 0) {
            REPORT(loader, spec->discount.node, "missing",
                   "give it on_demand, or leave it out of the commitment's types",
                   "commitment `%s` is a discount on the price of node type `%s`, which has none",
                   spec->name.value, cluster->type_info[type].name);
            return false;
        }
    }
    return true;
}

static bool commitment_named(Loader *loader, const CommitmentSpec *specs, int32_t index)
{
    const SpecText *name = &specs[index].name;
    for (int32_t i = 0; name->value != NULL && i < index; i++) {
        if (specs[i].name.value != NULL && strcmp(specs[i].name.value, name->value) == 0) {
            REPORT(loader, name->node, "duplicate", "give one of them another name",
                   "commitment `%s` is declared twice", name->value);
            return false;
        }
    }
    return name->value != NULL && build_name(loader, name);
}

bool build_commitments(Loader *loader, const SpecObjects *list, const Cluster *cluster,
                       CostModel *costs)
{
    const CommitmentSpec *specs = list->items;
    Commitment *commitments = ARENA_ARRAY(loader->arena, Commitment, list->count);
    if (commitments == NULL) {
        return no_memory(loader);
    }
    bool good = !list->mistaken;
    for (int32_t i = 0; i < list->count; i++) {
        const CommitmentSpec *spec = &specs[i];
        Commitment *commitment = &commitments[i];
        if (!commitment_named(loader, specs, i)) {
            good = false;
            continue;
        }
        *commitment = (Commitment){.name = spec->name.value,
                                   .source = spec->source.value,
                                   .gpu_milli = spec->gpus.value,
                                   .nano_usd_per_gpu_hour = spec->rate.value * NANO_PER_MICRO,
                                   .micro_usd_per_hour = spec->spend.value,
                                   .discount_ppm = spec->discount.value,
                                   .upfront_ppm = spec->upfront_ppm.value};
        good = kind_find(loader, spec, commitment) && good;
        good = term_find(loader, spec, commitment) && good;
        good = scope_find(loader, spec, cluster, commitment) &&
               discount_applies(loader, spec, cluster, costs, commitment) && good;
    }
    costs->commitment_count = list->count;
    costs->commitments = commitments;
    return good;
}
