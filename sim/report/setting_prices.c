/* setting_prices.c - what the run assumes that things cost and draw, each with its source: into the
 * summary, and from it onto the report's first lines. */
#include <stdlib.h>
#include <string.h>

#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "sim/report/setting.h"

#define NANO 1e9
#define MICRO 1e6

static json_t *text_json(const char *text)
{
    return json_string(text != NULL ? text : "");
}

/* ---- into the summary ------------------------------------------------------------------------ */

static json_t *series_json(const StepSeries *series, double scale)
{
    if (series->count == 0) {
        return json_null();
    }
    json_t *row = json_object();
    bool ok = json_put(row, "at_start", json_number((double)step_series_at(series, 0) / scale));
    ok = json_put(row, "steps", json_integer(series->count)) && ok;
    ok = json_put(row, "repeat_ms", json_integer(series->repeat_ms)) && ok;
    ok = json_put(row, "source", text_json(series->source)) && ok;
    return json_checked(row, ok);
}

static json_t *owned_json(const TypeCost *cost)
{
    if (cost->purchase != PURCHASE_OWNED) {
        return json_null();
    }
    json_t *row = json_object();
    bool ok = row != NULL;
    for (int part = 0; part < OWNED_PART_COUNT; part++) {
        ok = json_put(row, OWNED_PART_NAMES[part], json_number((double)cost->owned[part] / NANO)) &&
             ok;
    }
    return json_checked(row, ok);
}

/* Watt of a GPU with its part of its node; null: not known. */
static json_t *power_json(const TypeCost *cost)
{
    if (!cost->power_known) {
        return json_null();
    }
    json_t *row = json_object();
    bool ok = row != NULL;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        ok = json_put(row, account_name((Account)account),
                      json_number((double)cost->power_milliwatt[account] / 1e3)) &&
             ok;
    }
    return json_checked(row, ok);
}

static json_t *type_json(const Scenario *scenario, int32_t type, int64_t nodes)
{
    const NodeTypeInfo *info = &scenario->cluster.type_info[type];
    const TypeCost *cost = &scenario->costs->types[type];
    double now = (double)info->price_micro_usd_per_gpu_hour / MICRO;
    json_t *row = json_object();
    bool ok = json_put(row, "type", json_string(info->name));
    ok = json_put(row, "purchase", json_string(PURCHASE_NAMES[cost->purchase])) && ok;
    ok = json_put(row, "nodes", json_integer(nodes)) && ok;
    ok = json_put(row, "gpus", json_integer(scenario->cluster.types[type].device_count)) && ok;
    ok = json_put(row, "usd_per_gpu_hour", json_number(now)) && ok;
    ok = json_put(row, "list_usd_per_gpu_hour", json_number((double)cost->list / NANO)) && ok;
    ok = json_put(row, "usd_per_node_hour",
                  json_number((double)cost->node_nano_usd_per_hour / NANO)) &&
         ok;
    ok = json_put(row, "owned", owned_json(cost)) && ok;
    ok = json_put(row, "spot", series_json(&cost->spot, NANO)) && ok;
    ok = json_put(row, "power_w", power_json(cost)) && ok;
    ok = json_put(row, "source", text_json(cost->source)) && ok;
    return json_checked(row, ok);
}

/* Kernel types that labels set apart are one to a reader. */
static bool same_type(const Cluster *cluster, int32_t a, int32_t b)
{
    return cluster->type_info[a].purchase == cluster->type_info[b].purchase &&
           strcmp(cluster->type_info[a].name, cluster->type_info[b].name) == 0;
}

static json_t *types_json(const Scenario *scenario)
{
    const Cluster *cluster = &scenario->cluster;
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        int64_t nodes = 0;
        int32_t first = type;
        for (int32_t other = cluster->type_count - 1; other >= 0; other--) {
            bool same = cluster->type_info[other].node_count > 0 && same_type(cluster, other, type);
            nodes += same ? cluster->type_info[other].node_count : 0;
            first = same ? other : first;
        }
        if (nodes > 0 && first == type) {
            ok = json_push(rows, type_json(scenario, type, nodes)) && ok;
        }
    }
    return json_checked(rows, ok);
}

static json_t *overheads_json(const CostModel *costs)
{
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int32_t i = 0; i < costs->overhead_count; i++) {
        const OverheadLine *line = &costs->overheads[i];
        json_t *row = json_object();
        bool good = json_put(row, "name", text_json(line->name));
        good = json_put(row, "usd_per_hour", json_number((double)line->nano_usd_per_hour / NANO)) &&
               good;
        good = json_put(row, "source", text_json(line->source)) && good;
        ok = json_push(rows, json_checked(row, good)) && ok;
    }
    return json_checked(rows, ok);
}

static json_t *commitments_json(const CostModel *costs)
{
    json_t *rows = json_array();
    bool ok = rows != NULL;
    for (int32_t i = 0; i < costs->commitment_count; i++) {
        const Commitment *commitment = &costs->commitments[i];
        bool usage = commitment->kind == COMMITMENT_USAGE;
        double gpus = (double)commitment->gpu_milli / GP_DEVICE_MILLI;
        double rate = (double)commitment->nano_usd_per_gpu_hour / NANO;
        double spend = (double)commitment->micro_usd_per_hour / MICRO;
        json_t *row = json_object();
        bool good = json_put(row, "name", text_json(commitment->name));
        good = json_put(row, "gpus", usage ? json_number(gpus) : json_null()) && good;
        good = json_put(row, "usd_per_gpu_hour", usage ? json_number(rate) : json_null()) && good;
        good = json_put(row, "usd_per_hour", json_number(usage ? gpus * rate : spend)) && good;
        good = json_put(row, "discount", json_number((double)commitment->discount_ppm / GP_PPM)) &&
               good;
        good = json_put(row, "from_ms", json_integer(commitment->from_ms)) && good;
        good = json_put(row, "to_ms", json_integer(commitment->to_ms)) && good;
        good =
            json_put(row, "upfront", json_number((double)commitment->upfront_ppm / GP_PPM)) && good;
        good = json_put(row, "source", text_json(commitment->source)) && good;
        ok = json_push(rows, json_checked(row, good)) && ok;
    }
    return json_checked(rows, ok);
}

json_t *setting_prices(const Scenario *scenario)
{
    const CostModel *costs = scenario->costs;
    if (costs == NULL) {
        return json_null();
    }
    json_t *row = json_object();
    bool ok = json_put(row, "types", types_json(scenario));
    ok = json_put(row, "pue", json_number((double)costs->pue_ppm / GP_PPM)) && ok;
    ok = json_put(row, "tariff_usd_per_kwh", series_json(&costs->tariff, MICRO)) && ok;
    ok = json_put(row, "carbon_g_per_kwh", series_json(&costs->carbon, 1e3)) && ok;
    ok = json_put(row, "overheads", overheads_json(costs)) && ok;
    ok = json_put(row, "commitments", commitments_json(costs)) && ok;
    ok = json_put(row, "source", text_json(costs->source)) && ok;
    return json_checked(row, ok);
}

/* ---- onto the report ------------------------------------------------------------------------- */

/* "h100x8 owned at 1.695 USD/GPU-h and its energy" */
static void type_say(const json_t *type, bool tariff, FILE *stream)
{
    bool owned = json_is_object(json_object_get(type, "owned"));
    bool changes = json_number_at(json_object_get(type, "spot"), "steps") > 1;
    fprintf(stream, "%s %s at %.3f USD/GPU-h%s", json_text_at(type, "type"),
            owned                                                 ? "owned"
            : changes                                             ? "spot, first"
            : strcmp(json_text_at(type, "purchase"), "spot") == 0 ? "spot"
                                                                  : "on demand",
            json_number_at(type, "usd_per_gpu_hour"),
            owned && tariff && json_is_object(json_object_get(type, "power_w")) ? " and its energy"
                                                                                : "");
}

static void series_say(const json_t *prices, const char *key, const char *name, const char *unit,
                       FILE *stream)
{
    const json_t *series = json_object_get(prices, key);
    if (json_is_object(series)) {
        fprintf(stream, "; %s %s%g %s", name,
                json_number_at(series, "steps") > 1 ? "over time, first " : "",
                json_number_at(series, "at_start"), unit);
    }
}

/* Is there more than list prices on demand? These every table shows. */
static bool prices_matter(const json_t *prices)
{
    const json_t *type;
    size_t i;
    bool matter = json_is_object(json_object_get(prices, "tariff_usd_per_kwh")) ||
                  json_is_object(json_object_get(prices, "carbon_g_per_kwh")) ||
                  json_array_size(json_object_get(prices, "commitments")) > 0 ||
                  json_array_size(json_object_get(prices, "overheads")) > 0;
    json_array_foreach (json_object_get(prices, "types"), i, type) {
        double now = json_number_at(type, "usd_per_gpu_hour");
        matter = matter || strcmp(json_text_at(type, "purchase"), "on_demand") != 0 ||
                 now != json_number_at(type, "list_usd_per_gpu_hour");
    }
    return matter;
}

static void prices_say(const json_t *prices, FILE *stream)
{
    const json_t *row;
    size_t i;
    const char *joint = "prices: ";
    bool tariff = json_is_object(json_object_get(prices, "tariff_usd_per_kwh"));
    json_array_foreach (json_object_get(prices, "types"), i, row) {
        if (json_number_at(row, "gpus") > 0) {
            fputs(joint, stream);
            type_say(row, tariff, stream);
            joint = ", ";
        }
    }
    json_array_foreach (json_object_get(prices, "commitments"), i, row) {
        fprintf(stream, "; %s: %g USD/h committed", json_text_at(row, "name"),
                json_number_at(row, "usd_per_hour"));
    }
    series_say(prices, "tariff_usd_per_kwh", "energy", "USD/kWh", stream);
    series_say(prices, "carbon_g_per_kwh", "carbon", "g/kWh", stream);
    if (json_number_at(prices, "pue") > 1.0) {
        fprintf(stream, "; PUE %g", json_number_at(prices, "pue"));
    }
    json_array_foreach (json_object_get(prices, "overheads"), i, row) {
        fprintf(stream, "; %s %.2f USD/h", json_text_at(row, "name"),
                json_number_at(row, "usd_per_hour"));
    }
}

char *setting_prices_sentence(const json_t *variant)
{
    char *text = NULL;
    size_t size = 0;
    const json_t *prices = json_object_get(variant, "prices");
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        return NULL;
    }
    if (prices_matter(prices)) {
        prices_say(prices, stream);
    }
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
