/* focus_columns.c - what each column of the dataset says of a row. */
#include "sim/report/focus_columns.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/periods.h"
#include "sim/report/grid.h"
#include "sim/report/json_help.h"
#include "traces/clock.h"

/* ---- fields: null is an empty field without quotes ---- */

static void put_text(FocusOut *out, const char *text)
{
    if (text != NULL) {
        csv_field(text, out->stream);
    }
}

/* What asprintf answered. */
static void put_made(FocusOut *out, int length, char *text)
{
    if (length < 0) {
        out->out_of_memory = true;
        return;
    }
    put_text(out, text);
    free(text);
}

/* Trailing zeros say nothing. */
static void put_decimal(FocusOut *out, FocusDecimal value)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%012" PRId64, value.pico);
    int length = 12;
    while (length > 0 && digits[length - 1] == '0') {
        length--;
    }
    digits[length] = '\0';
    fprintf(out->stream, "%" PRId64 "%s%s", value.whole, length > 0 ? "." : "", digits);
}

static void put_money(FocusOut *out, int64_t micro)
{
    const char *sign = micro < 0 ? "-" : "";
    int64_t size = micro < 0 ? -micro : micro;
    fprintf(out->stream, "%s%" PRId64 ".%06" PRId64, sign, size / 1000000, size % 1000000);
}

static void put_time(FocusOut *out, int64_t unix_ms)
{
    char text[CLOCK_BYTES];
    fputs(clock_print(unix_ms, text), out->stream);
}

/* Takes the object over. */
static void put_json(FocusOut *out, json_t *object, bool ok)
{
    char *text = ok ? json_line(object) : NULL;
    out->out_of_memory = out->out_of_memory || text == NULL;
    put_text(out, text);
    free(text);
    json_decref(object);
}

/* A whole second: what a period has begun of one belongs to it. */
static int64_t second_up(int64_t unix_ms)
{
    return (unix_ms + 999) / 1000 * 1000;
}

/* ---- who ---- */

static const Billing *billing(const FocusOut *out)
{
    return &out->charges->billing;
}

static void billing_account_id(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->account_id);
}

static void billing_account_name(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->account_name);
}

static void currency(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, "USD");
}

static void provider(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->provider);
}

static void publisher(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->publisher);
}

static void issuer(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->issuer);
}

static void host(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->host);
}

static void region(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, billing(out)->region);
}

static const char *queue_of(const FocusOut *out, const FocusRow *row)
{
    return row->tenant >= 0 ? out->charges->book->tenant_name[row->tenant] : NULL;
}

static void sub_account(FocusOut *out, const FocusRow *row)
{
    put_text(out, queue_of(out, row));
}

static void nothing(FocusOut *out, const FocusRow *row)
{
    (void)out;
    (void)row;
}

/* ---- when ---- */

static void billing_period_start(FocusOut *out, const FocusRow *row)
{
    put_time(out, month_begin_ms(row->begin_ms));
}

static void billing_period_end(FocusOut *out, const FocusRow *row)
{
    put_time(out, month_end_ms(row->begin_ms));
}

static void charge_period_start(FocusOut *out, const FocusRow *row)
{
    put_time(out, row->begin_ms / 1000 * 1000);
}

static void charge_period_end(FocusOut *out, const FocusRow *row)
{
    put_time(out, second_up(row->end_ms));
}

/* ---- what ---- */

static void charge_category(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->purchase ? "Purchase" : "Usage");
}

/* "Simulated GPU time of queue q on t: productive, on demand"; what idled while a queue waited was
 * not held by it, and is not called its own. */
static void description(FocusOut *out, const FocusRow *row)
{
    char *text = NULL;
    const char *queue = queue_of(out, row);
    int length;
    if (row->account >= 0) {
        const char *whose = queue == NULL             ? "nobody"
                            : row->kind == FOCUS_IDLE ? "idle GPUs, waited for by queue "
                                                      : "queue ";
        length = asprintf(&text, "Simulated %s of %s%s on %s: %s, %s",
                          row->energy ? "energy" : "GPU time", whose, queue != NULL ? queue : "",
                          row->resource, account_name((Account)row->account), row->about);
    } else {
        length = asprintf(&text, "Simulated %s %s, %s",
                          row->commitment >= 0 ? "commitment" : "cost", row->resource, row->about);
    }
    put_made(out, length, text);
}

static void frequency(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->frequency);
}

static void service_category(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->category);
}

static void service_subcategory(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->subcategory);
}

static void service_name(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->service);
}

static void resource(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->resource);
}

static void resource_type(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->resource_type);
}

static void tags(FocusOut *out, const FocusRow *row)
{
    const FocusAbout *about = out->about;
    json_t *object = json_object();
    bool ok = object != NULL;
    if (row->tenant >= 0) {
        ok = json_put(object, "queue", json_string(queue_of(out, row)));
        if (about->team != NULL && about->team[row->tenant] != NULL) {
            ok = json_put(object, "team", json_string(about->team[row->tenant])) && ok;
        }
        if (about->tenant != NULL && about->tenant[row->tenant] != NULL) {
            ok = json_put(object, "tenant", json_string(about->tenant[row->tenant])) && ok;
        }
    }
    put_json(out, object, ok);
}

/* ---- prices ---- */

static void pricing_category(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->pricing);
}

static void pricing_quantity(FocusOut *out, const FocusRow *row)
{
    put_decimal(out, row->quantity);
}

static void pricing_unit(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->unit);
}

static void consumed_quantity(FocusOut *out, const FocusRow *row)
{
    if (row->consumed) {
        put_decimal(out, row->quantity);
    }
}

static void consumed_unit(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->consumed ? row->unit : NULL);
}

static void list_unit_price(FocusOut *out, const FocusRow *row)
{
    put_decimal(out, row->list_price);
}

static void contracted_unit_price(FocusOut *out, const FocusRow *row)
{
    put_decimal(out, row->contracted_price);
}

static void sku(FocusOut *out, const FocusRow *row, const char *tail)
{
    static const char *const HEAD[] = {"gpu", "energy", "commitment", "overhead", "owned-gpu"};
    int kind = row->energy ? 1 : row->type >= 0 ? 0 : row->commitment >= 0 ? 2 : 3;
    if (kind == 0 && out->charges->types[row->type].purchase == PURCHASE_OWNED) {
        kind = 4; /* entries of one type that are bought differently have one name */
    }
    char *text = NULL;
    int length = asprintf(&text, "%s/%s%s%s", HEAD[kind], row->resource, tail != NULL ? "/" : "",
                          tail != NULL ? tail : "");
    put_made(out, length, text);
}

static void sku_id(FocusOut *out, const FocusRow *row)
{
    sku(out, row, NULL);
}

/* A price of its own for each way to pay. */
static void sku_price_id(FocusOut *out, const FocusRow *row)
{
    const char *tail = row->pricing;
    if (row->purchase) {
        tail = row->frequency;
    } else if (row->commitment >= 0) {
        tail = out->charges->commitments[row->commitment].name;
    }
    sku(out, row, tail);
}

static void sku_meter(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->energy            ? "Energy"
                  : row->account >= 0    ? "GPU time"
                  : row->commitment >= 0 ? "Commitment"
                                         : "Overhead");
}

static void sku_price_details(FocusOut *out, const FocusRow *row)
{
    if (row->type < 0 || row->energy) {
        return;
    }
    const ChargeType *type = &out->charges->types[row->type];
    json_t *object = json_object();
    bool ok = json_put(object, "GpuCount", json_integer(type->gpus));
    ok = json_put(object, "InstanceType", json_string(type->name)) && ok;
    if (type->model != NULL && type->model[0] != '\0') {
        ok = json_put(object, "x_GpuModel", json_string(type->model)) && ok;
    }
    ok = json_put(object, "x_Purchase", json_string(PURCHASE_NAMES[type->purchase])) && ok;
    if (type->source != NULL && type->source[0] != '\0') {
        ok = json_put(object, "x_Source", json_string(type->source)) && ok;
    }
    put_json(out, object, ok);
}

/* ---- costs ---- */

static void billed_cost(FocusOut *out, const FocusRow *row)
{
    put_money(out, row->billed);
}

static void effective_cost(FocusOut *out, const FocusRow *row)
{
    put_money(out, row->effective);
}

static void list_cost(FocusOut *out, const FocusRow *row)
{
    put_money(out, row->list);
}

static void contracted_cost(FocusOut *out, const FocusRow *row)
{
    put_money(out, row->contracted);
}

/* ---- commitments ---- */

static const ChargeCommitment *commitment_of(const FocusOut *out, const FocusRow *row)
{
    return row->commitment >= 0 ? &out->charges->commitments[row->commitment] : NULL;
}

static void commitment_id(FocusOut *out, const FocusRow *row)
{
    const ChargeCommitment *commitment = commitment_of(out, row);
    put_text(out, commitment != NULL ? commitment->name : NULL);
}

static void commitment_category(FocusOut *out, const FocusRow *row)
{
    const ChargeCommitment *commitment = commitment_of(out, row);
    put_text(out, commitment == NULL                     ? NULL
                  : commitment->kind == COMMITMENT_USAGE ? "Usage"
                                                         : "Spend");
}

static void commitment_type(FocusOut *out, const FocusRow *row)
{
    const ChargeCommitment *commitment = commitment_of(out, row);
    put_text(out, commitment == NULL                     ? NULL
                  : commitment->kind == COMMITMENT_USAGE ? "GPU-hours each hour"
                                                         : "Money each hour");
}

static void commitment_status(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->status);
}

static void commitment_quantity(FocusOut *out, const FocusRow *row)
{
    if (row->commitment >= 0) {
        put_decimal(out, row->committed);
    }
}

static void commitment_unit(FocusOut *out, const FocusRow *row)
{
    const ChargeCommitment *commitment = commitment_of(out, row);
    put_text(out, commitment == NULL                     ? NULL
                  : commitment->kind == COMMITMENT_USAGE ? "GPU-Hours"
                                                         : "USD");
}

/* ---- our own ---- */

static void simulated(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, "true");
}

static void scenario(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, out->about->scenario);
}

static void scenario_hash(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, out->about->sha256);
}

static void variant(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, out->charges->variant);
}

/* Of a mean over several: null. */
static void replication(FocusOut *out, const FocusRow *row)
{
    (void)row;
    put_text(out, out->charges->replications == 1 ? "0" : NULL);
}

static void replications(FocusOut *out, const FocusRow *row)
{
    (void)row;
    fprintf(out->stream, "%d", (int)out->charges->replications);
}

static void cost_kind(FocusOut *out, const FocusRow *row)
{
    static const char *const NAMES[] = {"workload", "idle", "shared", "overhead"};
    put_text(out, NAMES[row->kind]);
}

static void account(FocusOut *out, const FocusRow *row)
{
    put_text(out, row->account >= 0 ? account_name((Account)row->account) : NULL);
}

static void energy(FocusOut *out, const FocusRow *row)
{
    if (row->energy_wh > 0) {
        put_decimal(out, (FocusDecimal){row->energy_wh / 1000,
                                        row->energy_wh % 1000 * INT64_C(1000000000)});
    }
}

static void carbon(FocusOut *out, const FocusRow *row)
{
    if (row->carbon_mg > 0) {
        put_decimal(out, focus_from_micro(row->carbon_mg));
    }
}

/* ---- the table ---- */

#define ALL FOCUS_1_2, FOCUS_1_4
#define UNTIL_1_3 FOCUS_1_2, FOCUS_1_3
#define SINCE_1_3 FOCUS_1_3, FOCUS_1_4

const FocusColumn FOCUS_COLUMNS[] = {
    {"BillingAccountId", FOCUS_STRING, false, ALL, billing_account_id, "`costs.billing.account`"},
    {"BillingAccountName", FOCUS_STRING, true, ALL, billing_account_name,
     "`costs.billing.account_name`"},
    {"BillingCurrency", FOCUS_STRING, false, ALL, currency, "USD"},
    {"BillingPeriodStart", FOCUS_TIME, false, ALL, billing_period_start,
     "the calendar month in which the charge period begins"},
    {"BillingPeriodEnd", FOCUS_TIME, false, ALL, billing_period_end, "its end, exclusive"},
    {"ChargePeriodStart", FOCUS_TIME, false, ALL, charge_period_start, "`costs.period`"},
    {"ChargePeriodEnd", FOCUS_TIME, false, ALL, charge_period_end, "its end, exclusive"},
    {"ChargeCategory", FOCUS_STRING, false, ALL, charge_category, "Usage; Purchase of commitments"},
    {"ChargeClass", FOCUS_STRING, true, ALL, nothing, "null: nothing is corrected"},
    {"ChargeDescription", FOCUS_STRING, true, ALL, description, "a sentence; says \"Simulated\""},
    {"ChargeFrequency", FOCUS_STRING, false, ALL, frequency,
     "Usage-Based; Recurring; One-Time (upfront)"},
    {"InvoiceId", FOCUS_STRING, true, ALL, nothing, "null: no invoice exists"},
    {"InvoiceIssuerName", FOCUS_STRING, false, ALL, issuer, "`costs.billing.issuer`"},
    {"ProviderName", FOCUS_STRING, false, UNTIL_1_3, provider, "`costs.billing.provider`"},
    {"PublisherName", FOCUS_STRING, false, UNTIL_1_3, publisher, "`costs.billing.publisher`"},
    {"ServiceProviderName", FOCUS_STRING, false, SINCE_1_3, provider, "`costs.billing.provider`"},
    {"HostProviderName", FOCUS_STRING, false, SINCE_1_3, host, "`costs.billing.host`"},
    {"ServiceCategory", FOCUS_STRING, false, ALL, service_category,
     "Compute; Storage, Networking, Other of overheads"},
    {"ServiceSubcategory", FOCUS_STRING, false, ALL, service_subcategory,
     "Virtual Machines of rented nodes; Other (...)"},
    {"ServiceName", FOCUS_STRING, false, ALL, service_name,
     "GPU nodes, Owned GPU nodes, Energy, GPU commitments, or the overhead's name"},
    {"RegionId", FOCUS_STRING, true, ALL, region, "`costs.billing.region`; null: not given"},
    {"RegionName", FOCUS_STRING, true, ALL, region, "the same"},
    {"ResourceId", FOCUS_STRING, true, ALL, resource,
     "the node type, the commitment, the overhead"},
    {"ResourceName", FOCUS_STRING, true, ALL, resource, "the same"},
    {"ResourceType", FOCUS_STRING, true, ALL, resource_type, "GPU node, Commitment, Overhead"},
    {"SubAccountId", FOCUS_STRING, true, ALL, sub_account,
     "the queue; null: nobody's (idle, down, commitments, overheads)"},
    {"SubAccountName", FOCUS_STRING, true, ALL, sub_account, "the same"},
    {"Tags", FOCUS_JSON, true, ALL, tags, "queue, team and tenant; {} of nobody's"},
    {"SkuId", FOCUS_STRING, true, ALL, sku_id, "what is bought"},
    {"SkuPriceId", FOCUS_STRING, true, ALL, sku_price_id, "and how it is paid for"},
    {"SkuMeter", FOCUS_STRING, true, ALL, sku_meter, "GPU time, Energy, Commitment, Overhead"},
    {"SkuPriceDetails", FOCUS_JSON, true, ALL, sku_price_details,
     "of GPU time: GpuCount and InstanceType of the node; null of the rest"},
    {"PricingCategory", FOCUS_STRING, true, ALL, pricing_category,
     "Standard; Dynamic (spot, energy); Committed"},
    {"PricingQuantity", FOCUS_QUANTITY, true, ALL, pricing_quantity, "to 1e-12"},
    {"PricingUnit", FOCUS_STRING, true, ALL, pricing_unit,
     "GPU-Hours, Kilowatt-Hours, Hours, Units"},
    {"ListUnitPrice", FOCUS_QUANTITY, true, ALL, list_unit_price,
     "the list price; where it changes within a row, its mean"},
    {"ContractedUnitPrice", FOCUS_QUANTITY, true, ALL, contracted_unit_price,
     "the negotiated price; of spot what it cost"},
    {"ConsumedQuantity", FOCUS_QUANTITY, true, ALL, consumed_quantity,
     "as priced; null of commitments that are bought or not used"},
    {"ConsumedUnit", FOCUS_STRING, true, ALL, consumed_unit, "likewise"},
    {"BilledCost", FOCUS_MONEY, false, ALL, billed_cost,
     "what is paid now: 0 where a commitment covers it"},
    {"EffectiveCost", FOCUS_MONEY, false, ALL, effective_cost,
     "amortised: sums to `cost_usd` of the report; 0 of Purchase rows"},
    {"ListCost", FOCUS_MONEY, false, ALL, list_cost, "at the list price"},
    {"ContractedCost", FOCUS_MONEY, false, ALL, contracted_cost, "at the negotiated price"},
    {"CommitmentDiscountId", FOCUS_STRING, true, ALL, commitment_id,
     "its name; null: none has to do with the row"},
    {"CommitmentDiscountName", FOCUS_STRING, true, ALL, commitment_id, "the same"},
    {"CommitmentDiscountCategory", FOCUS_STRING, true, ALL, commitment_category,
     "Usage (GPU-hours) or Spend (money)"},
    {"CommitmentDiscountType", FOCUS_STRING, true, ALL, commitment_type, "in words"},
    {"CommitmentDiscountStatus", FOCUS_STRING, true, ALL, commitment_status,
     "Used, Unused; null of purchases and of what none covers"},
    {"CommitmentDiscountQuantity", FOCUS_QUANTITY, true, ALL, commitment_quantity,
     "bought, used or left, in its unit"},
    {"CommitmentDiscountUnit", FOCUS_STRING, true, ALL, commitment_unit, "GPU-Hours or USD"},
    {"x_Simulated", FOCUS_STRING, false, ALL, simulated, "true"},
    {"x_Scenario", FOCUS_STRING, true, ALL, scenario, "its name"},
    {"x_ScenarioHash", FOCUS_STRING, true, ALL, scenario_hash, "SHA-256 of its resolved text"},
    {"x_Variant", FOCUS_STRING, false, ALL, variant, "the variant"},
    {"x_Replication", FOCUS_STRING, true, ALL, replication, "0; null: a mean over several"},
    {"x_Replications", FOCUS_QUANTITY, false, ALL, replications, "how many it is the mean of"},
    {"x_CostKind", FOCUS_STRING, false, ALL, cost_kind,
     "workload, idle, shared (away, commitments), overhead"},
    {"x_Account", FOCUS_STRING, true, ALL, account, "of the ledger; null of what is no GPU time"},
    {"x_EnergyKwh", FOCUS_QUANTITY, true, ALL, energy, "at the meter; null: not known"},
    {"x_CarbonKg", FOCUS_QUANTITY, true, ALL, carbon, "CO2 equivalent; null: not known"},
    {NULL, FOCUS_STRING, false, 0, 0, NULL, NULL},
};
