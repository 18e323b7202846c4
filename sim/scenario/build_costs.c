/* build_costs.c - prices, power and `costs:` become the cost record of the run. */
#include <stdio.h>
#include <string.h>

#include "models/ownership.h"
#include "models/power.h"
#include "sim/scenario/build.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/build_showback.h"

#define NANO_PER_MICRO 1000

static const SeriesUnit SPOT = {"spot", UNIT_USD_MICRO_GPU_H, SPOT_MAX, NANO_PER_MICRO, 1};
static const SeriesUnit TARIFF = {"tariff", UNIT_USD_MICRO_KWH, TARIFF_MAX, 1, 1};
static const SeriesUnit CARBON = {"carbon", UNIT_CARBON_MG_KWH, CARBON_MAX, 1, 1000};

/* What building the record of one node type needs. */
typedef struct TypeBuild {
    Loader *loader;
    const Scenario *scenario;
    const TypeSpec *spec;   /* NULL: of a node list */
    const PriceSpec *price; /* its own, else the cluster's */
    const GpNodeType *kernel;
    const NodeTypeInfo *info;
    TypeCost *cost;
} TypeBuild;

/* ---- power ---- */

static bool power_ordered(Loader *loader, const Node *node, const char *name, int64_t low_mw,
                          int64_t middle_mw, int64_t high_mw)
{
    if (low_mw <= middle_mw && middle_mw <= high_mw) {
        return true;
    }
    REPORT(loader, node, "range", "idle is the least, max the most",
           "the power of node type `%s` falls from idle to max", name);
    return false;
}

static bool build_power(const TypeBuild *build)
{
    const TypeSpec *spec = build->spec;
    if (spec == NULL || (spec->gpus.power.node == NULL && spec->power.node == NULL)) {
        return true;
    }
    const GpuPowerSpec *gpu = &spec->gpus.power;
    const NodePowerSpec *node = &spec->power;
    const char *name = build->info->name;
    bool off = node->down.value != NULL && strcmp(node->down.value, "off") == 0;
    bool good = power_ordered(build->loader, node->node, name, node->idle_mw.value,
                              node->idle_mw.value, node->max_mw.value);
    build->cost->power_known = true;
    if (build->kernel->device_count == 0) {
        build->cost->node_power_milliwatt = node->max_mw.value;
        return good;
    }
    if (gpu->node == NULL) {
        REPORT(build->loader, node->node, "missing", "add gpus.power: {idle: ..., max: ...}",
               "node type `%s` has power, and its GPUs have none", name);
        return false;
    }
    MachinePower machine = {.gpu_idle_mw = gpu->idle_mw.value,
                            .gpu_held_mw =
                                gpu->held_mw.node != NULL ? gpu->held_mw.value : gpu->idle_mw.value,
                            .gpu_max_mw = gpu->max_mw.value,
                            .busy_ppm = gpu->busy_ppm.value,
                            .node_idle_mw = node->idle_mw.value,
                            .node_max_mw = node->max_mw.value,
                            .gpu_count = build->kernel->device_count,
                            .off_when_down = off};
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        build->cost->power_milliwatt[account] = power_of_account(&machine, (Account)account);
    }
    return power_ordered(build->loader, gpu->node, name, machine.gpu_idle_mw, machine.gpu_held_mw,
                         machine.gpu_max_mw) &&
           good;
}

/* ---- prices ---- */

static bool build_owned(const TypeBuild *build)
{
    const OwnedSpec *spec = &build->price->owned;
    if (spec->node == NULL || spec->node->kind != NODE_MAP || spec->life_ms.node == NULL ||
        spec->capex.node == NULL || build->kernel->device_count == 0) {
        return spec->node == NULL || build->kernel->device_count == 0; /* else reported before */
    }
    int64_t node_max_mw = 0;
    bool known = build->spec != NULL && build->spec->gpus.power.node != NULL &&
                 build->spec->power.node != NULL;
    if (known) {
        node_max_mw = build->spec->power.max_mw.value +
                      build->kernel->device_count * build->spec->gpus.power.max_mw.value;
    }
    if (!known && spec->colocation.value > 0) {
        REPORT(build->loader, spec->colocation.node, "missing",
               "add gpus.power: {idle: ..., max: ...} and power: {idle: ..., max: ...}",
               "`colocation` is per kilowatt, and the power of node type `%s` is not said",
               build->info->name);
        return false;
    }
    Ownership owned = {.price_micro_usd = spec->capex.value,
                       .life_ms = spec->life_ms.value,
                       .residual_ppm = spec->residual_ppm.value,
                       .capital_ppm = spec->capital_ppm.value,
                       .annuity = spec->amortisation.value != NULL &&
                                  strcmp(spec->amortisation.value, "annuity") == 0,
                       .network_ppm = spec->network_ppm.value,
                       .colocation_micro_usd_per_kw_year = spec->colocation.value,
                       .node_max_mw = node_max_mw,
                       .maintenance_ppm = spec->maintenance_ppm.value,
                       .licence_micro_usd_per_gpu_year = spec->licences.value,
                       .other_ppm = spec->other_ppm.value,
                       .gpu_count = build->kernel->device_count};
    if (build->info->purchase == PURCHASE_OWNED) {
        ownership_parts(&owned, build->cost->owned);
    }
    return true;
}

/* Is there a price for how the type's nodes are bought? */
static bool purchase_priced(const TypeBuild *build)
{
    static const char *const HELP[PURCHASE_COUNT] = {
        "add on_demand: 3.00 USD/gpu-h, or buy the nodes otherwise (purchase)",
        "add spot: 1.20 USD/gpu-h", "add owned: {capex: 250000 USD, life: 4y}"};
    const PriceSpec *price = build->price;
    const Node *of[PURCHASE_COUNT] = {price->on_demand.node, price->spot.node, price->owned.node};
    int32_t purchase = build->info->purchase;
    if (build->info->node_count == 0 || of[purchase] != NULL ||
        (purchase == PURCHASE_ON_DEMAND && price->contracted.node != NULL)) {
        return true;
    }
    REPORT(build->loader, price->node, "missing", HELP[purchase],
           "nodes of type `%s` are bought `%s`, for which there is no price", build->info->name,
           PURCHASE_NAMES[purchase]);
    return false;
}

/* A type with GPUs is priced by GPU, one without by node; the cluster's price may be of both. */
static bool price_belongs(const TypeBuild *build)
{
    const PriceSpec *price = build->price;
    bool own = build->spec != NULL && price == &build->spec->price;
    if (build->kernel->device_count > 0) {
        if (own && price->per_node.node != NULL) {
            REPORT(build->loader, price->per_node.node, "conflict",
                   "divide it by its GPUs and write on_demand",
                   "node type `%s` has GPUs: it is priced by GPU-hour", build->info->name);
            return false;
        }
        bool by_gpu = price->on_demand.node != NULL || price->contracted.node != NULL ||
                      price->spot.node != NULL || price->owned.node != NULL;
        if (own && !by_gpu && price->node->kind == NODE_MAP && price->node->count == 0) {
            REPORT(build->loader, price->node, "missing", "for example price: 3.00 USD/gpu-h",
                   "the price of node type `%s` says nothing", build->info->name);
            return false;
        }
        return !by_gpu || purchase_priced(build);
    }
    if (own && price->per_node.node == NULL) {
        REPORT(build->loader, price->node, "conflict", "write node: 2 USD/node-h",
               "node type `%s` has no GPUs: it is priced by node-hour", build->info->name);
        return false;
    }
    return true;
}

/* The price that a policy sees: as bought, at the start. micro-USD. */
static int64_t price_at_start(const TypeCost *cost)
{
    int64_t nano = 0;
    switch (cost->purchase) {
    case PURCHASE_SPOT:
        nano = step_series_at(&cost->spot, 0);
        break;
    case PURCHASE_OWNED:
        for (int part = 0; part < OWNED_PART_COUNT; part++) {
            nano += cost->owned[part];
        }
        break;
    case PURCHASE_ON_DEMAND:
    default:
        nano = cost->contracted;
        break;
    }
    return (nano + NANO_PER_MICRO / 2) / NANO_PER_MICRO;
}

static bool build_price(const TypeBuild *build)
{
    const PriceSpec *price = build->price;
    TypeCost *cost = build->cost;
    StepSeries spot = {0};
    cost->purchase = (Purchase)build->info->purchase;
    cost->source = price->source.value;
    bool good = price_belongs(build) && build_owned(build);
    good =
        build_series(build->loader, &price->spot, &SPOT, build->scenario->start_unix_ms, &spot) &&
        good;
    if (build->kernel->device_count == 0) {
        cost->node_nano_usd_per_hour = price->per_node.value * NANO_PER_MICRO;
        return good;
    }
    cost->list = price->on_demand.value * NANO_PER_MICRO;
    cost->contracted =
        price->contracted.node != NULL ? price->contracted.value * NANO_PER_MICRO : cost->list;
    cost->spot = cost->purchase == PURCHASE_SPOT ? spot : (StepSeries){0};
    return good;
}

static const TypeSpec *type_spec(const ClusterSpec *spec, const char *name)
{
    const TypeSpec *types = spec->types.items;
    for (int32_t i = 0; i < spec->types.count; i++) {
        if (strcmp(types[i].node->key, name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

/* A fleet of which only a part has a price looks cheaper than it is. */
static void unpriced_warn(Loader *loader, const ClusterSpec *spec, const Scenario *scenario,
                          const TypeCost *costs)
{
    const Cluster *cluster = &scenario->cluster;
    const char *free_one = NULL;
    bool any = false;
    for (int32_t i = 0; i < cluster->type_count; i++) {
        bool counts = cluster->types[i].device_count > 0 && cluster->type_info[i].node_count > 0;
        bool paid = price_at_start(&costs[i]) > 0 || costs[i].list > 0;
        any = any || (counts && paid);
        free_one = counts && !paid && free_one == NULL ? cluster->type_info[i].name : free_one;
    }
    if (any && free_one != NULL) {
        const TypeSpec *type = type_spec(spec, free_one);
        diagnostics_warning(loader->diagnostics, node_place(type != NULL ? type->node : spec->node),
                            "missing", "give it a price, or none to any",
                            "node type `%s` has no price, and others have: its GPU time costs "
                            "nothing",
                            free_one);
    }
}

static bool build_types(Loader *loader, const ClusterSpec *spec, Scenario *scenario,
                        CostModel *model)
{
    Cluster *cluster = &scenario->cluster;
    TypeCost *costs = ARENA_ARRAY(loader->arena, TypeCost, cluster->type_count);
    if (costs == NULL) {
        return no_memory(loader);
    }
    bool good = true;
    for (int32_t i = 0; i < cluster->type_count; i++) {
        TypeBuild build = {.loader = loader,
                           .scenario = scenario,
                           .spec = type_spec(spec, cluster->type_info[i].name),
                           .price = &spec->price,
                           .kernel = &cluster->types[i],
                           .info = &cluster->type_info[i],
                           .cost = &costs[i]};
        if (build.spec != NULL && build.spec->price.node != NULL) {
            build.price = &build.spec->price;
        }
        good = build_price(&build) && good;
        good = build_power(&build) && good;
        cluster->type_info[i].price_micro_usd_per_gpu_hour = price_at_start(&costs[i]);
    }
    if (good) {
        unpriced_warn(loader, spec, scenario, costs);
    }
    model->types = costs;
    return good;
}

/* ---- outside of GPU time ---- */

static bool overhead_named(Loader *loader, const OverheadSpec *specs, int32_t index)
{
    const SpecText *name = &specs[index].name;
    if (name->value == NULL) {
        return false; /* reported when it was bound */
    }
    if (strcmp(name->value, "staff") == 0 || strcmp(name->value, "cpu nodes") == 0) {
        REPORT(loader, name->node, "name", "give it another name",
               "an overhead cannot be called `%s`: the run has a line of its own for it",
               name->value);
        return false;
    }
    for (int32_t i = 0; i < index; i++) {
        if (specs[i].name.value != NULL && strcmp(specs[i].name.value, name->value) == 0) {
            REPORT(loader, name->node, "duplicate", "give one of them another name",
                   "overhead `%s` is declared twice", name->value);
            return false;
        }
    }
    return build_name(loader, name);
}

static bool build_overheads(Loader *loader, const SpecObjects *list, CostModel *model)
{
    const OverheadSpec *specs = list->items;
    OverheadLine *lines = ARENA_ARRAY(loader->arena, OverheadLine, list->count);
    if (lines == NULL) {
        return no_memory(loader);
    }
    bool good = !list->mistaken;
    for (int32_t i = 0; i < list->count; i++) {
        good = overhead_named(loader, specs, i) && good;
        Int128 nano = (Int128)specs[i].cost.value * NANO_PER_MICRO;
        lines[i] =
            (OverheadLine){.name = specs[i].name.value,
                           .source = specs[i].source.value,
                           .nano_usd_per_hour = (int64_t)((nano + YEAR_HOURS / 2) / YEAR_HOURS)};
    }
    model->overhead_count = list->count;
    model->overheads = lines;
    return good;
}

/* ---- bounds ---- */

#define ENDLESS_MS (20 * YEAR_MS) /* what runs until its workload is done is assumed to take */

static int64_t most_of(const StepSeries *series)
{
    int64_t most = 0;
    for (int32_t i = 0; i < series->count; i++) {
        most = series->value[i] > most ? series->value[i] : most;
    }
    return most;
}

/* The largest rate of a type for a GPU-hour, as books multiply it: nano-USD of its prices and its
 * energy, nanograms of its carbon (sim/experiment/cost_rates.c). */
static Int128 rate_most(const CostModel *model, const TypeCost *cost)
{
    Int128 owned = 0;
    for (int part = 0; part < OWNED_PART_COUNT; part++) {
        owned += cost->owned[part];
    }
    Int128 microwatt = 0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        Int128 here = (Int128)cost->power_milliwatt[account] * model->pue_ppm / 1000;
        microwatt = here > microwatt ? here : microwatt;
    }
    const Int128 rates[] = {cost->list,
                            cost->contracted,
                            most_of(&cost->spot),
                            owned,
                            microwatt * most_of(&model->tariff) / 1000000,
                            microwatt * most_of(&model->carbon) / 1000};
    Int128 most = 0;
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        most = rates[i] > most ? rates[i] : most;
    }
    return most;
}

/* Books multiply milli-GPU x ms x ppm by such a rate, in 128 bits. */
static bool amounts_fit(Loader *loader, const ScenarioSpec *spec, const Scenario *scenario,
                        const CostModel *model)
{
    const Cluster *cluster = &scenario->cluster;
    Int128 most = 1;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        Int128 rate = rate_most(model, &model->types[type]);
        most = rate > most ? rate : most;
    }
    int64_t run_ms = scenario->horizon_ms == TIME_NEVER ? ENDLESS_MS : scenario->horizon_ms;
    Int128 amount = (Int128)cluster->gpu_milli * GP_PPM;
    Int128 books = 0;
    /* Twice, so that sums of several such amounts fit as well. */
    if (!__builtin_mul_overflow(amount, run_ms, &amount) &&
        !__builtin_mul_overflow(amount, most, &books) &&
        !__builtin_mul_overflow(books, 2, &books)) {
        return true;
    }
    REPORT(
        loader, spec->costs.node != NULL ? spec->costs.node : spec->cluster.node, "range",
        "look for a price, tariff, power or intensity in a wrong unit; or give a shorter horizon",
        "what this fleet may cost, draw or emit until the end of the run is too much to count");
    return false;
}

/* ---- the whole ---- */

static bool costs_given(const ScenarioSpec *spec)
{
    const TypeSpec *types = spec->cluster.types.items;
    bool given = spec->costs.node != NULL || spec->cluster.price.node != NULL;
    for (int32_t i = 0; i < spec->cluster.types.count; i++) {
        given = given || types[i].price.node != NULL || types[i].power.node != NULL ||
                types[i].gpus.power.node != NULL;
    }
    return given;
}

bool build_costs(Loader *loader, const ScenarioSpec *spec, Scenario *scenario)
{
    scenario->costs = NULL;
    if (!costs_given(spec)) {
        return true;
    }
    const CostsSpec *costs = &spec->costs;
    CostModel *model = ARENA_NEW(loader->arena, CostModel);
    if (model == NULL) {
        return no_memory(loader);
    }
    int64_t start = scenario->start_unix_ms;
    bool good = build_types(loader, &spec->cluster, scenario, model);
    good = build_series(loader, &costs->tariff, &TARIFF, start, &model->tariff) && good;
    good = build_series(loader, &costs->carbon, &CARBON, start, &model->carbon) && good;
    good = build_overheads(loader, &costs->overheads, model) && good;
    good = build_commitments(loader, &costs->commitments, &scenario->cluster, model) && good;
    good = build_paying(loader, &costs->paying, scenario, model) && good;
    model->source = costs->source.value;
    model->pue_ppm = costs->pue_ppm.value;
    model->period_ms = costs->period_ms.value;
    model->replacement_nano_usd = costs->replacement.value * NANO_PER_MICRO;
    scenario->costs = model;
    good = good && amounts_fit(loader, spec, scenario, model);
    return good && !loader->diagnostics->out_of_memory;
}
