/* keys_costs.c - prices of node types, their power, and `costs:`. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

#define MONEY_MAX INT64_C(1000000000000000) /* 10^9 USD */
#define PRICE_MAX INT64_C(1000000000000)    /* 10^6 USD an hour */
#define POWER_MAX_MW INT64_C(1000000000)    /* 1 MW */
#define AMOUNT(of_unit, most)                                                                      \
    .kind = KEY_QUANTITY, .unit = (of_unit), .rounding = ROUND_EXACT, .min = 0, .max = (most)
#define SHARE(most) AMOUNT(UNIT_RATIO_PPM, most)

/* ---- what may change as time goes ---- */

#define SERIES_ROWS(of_unit, most, an_example, some_steps, what)                                   \
    {.name = "value",                                                                              \
     AMOUNT(of_unit, most),                                                                        \
     .shorthand = true,                                                                            \
     .renews = true,                                                                               \
     AT(SeriesSpec, value),                                                                        \
     .example = (an_example),                                                                      \
     .absent = "as path or steps say",                                                             \
     .summary = what ", always the same"},                                                         \
        {.name = "path",                                                                           \
         .kind = KEY_PATH,                                                                         \
         .renews = true,                                                                           \
         AT(SeriesSpec, path),                                                                     \
         .example = "hourly.csv",                                                                  \
         .absent = "as value or steps say",                                                        \
         .summary = "a CSV file with the columns time (dates, or seconds of the run) and value, "  \
                    "which holds until the next row"},                                             \
        {.name = "steps",                                                                          \
         .kind = KEY_PAIRS,                                                                        \
         .renews = true,                                                                           \
         AT(SeriesSpec, steps),                                                                    \
         .example = some_steps,                                                                    \
         .absent = "as value or path say",                                                         \
         .summary = "from when on it is how much"},                                                \
        {.name = "repeat",                                                                         \
         .kind = KEY_QUANTITY,                                                                     \
         .unit = UNIT_DURATION_MS,                                                                 \
         .rounding = ROUND_EXACT,                                                                  \
         .min = 1,                                                                                 \
         .max = TIME_MS_MAX,                                                                       \
         AT(SeriesSpec, repeat_ms),                                                                \
         .example = "24h",                                                                         \
         .absent = "the last value holds on",                                                      \
         .summary = "it begins anew so often"},                                                    \
        {.name = "timezone",                                                                       \
         .kind = KEY_TEXT,                                                                         \
         AT(SeriesSpec, timezone),                                                                 \
         .example = "+01:00",                                                                      \
         .absent = "steps count from the start of the run; dates of a file are UTC",               \
         .summary = "UTC or an offset: steps are times of day there (of the week, from Monday, "   \
                    "where they repeat every week), and dates of a file that say no zone"},        \
        {.name = "source",                                                                         \
         .kind = KEY_TEXT,                                                                         \
         AT(SeriesSpec, source),                                                                   \
         .absent = "none",                                                                         \
         .example = "our contract, 2026",                                                          \
         .summary = "whose figures these are; a note for readers"},                                \
    {                                                                                              \
        0                                                                                          \
    }

static const KeyRow SPOT[] = {SERIES_ROWS(UNIT_USD_MICRO_GPU_H, SPOT_MAX, "1.20 USD/gpu-h",
                                          "{0h: 1.20 USD/gpu-h, 8h: 2.00 USD/gpu-h}",
                                          "price of a GPU-hour")};
static const KeyObject KEYS_SPOT = {"a spot price", SPOT, sizeof(SeriesSpec)};

static const KeyRow TARIFF[] = {SERIES_ROWS(UNIT_USD_MICRO_KWH, TARIFF_MAX, "0.085 USD/kWh",
                                            "{0h: 0.06 USD/kWh, 7h: 0.11 USD/kWh}",
                                            "price of energy")};
static const KeyObject KEYS_TARIFF = {"a tariff", TARIFF, sizeof(SeriesSpec)};

static const KeyRow CARBON[] = {SERIES_ROWS(UNIT_CARBON_MG_KWH, CARBON_MAX, "381 g/kWh",
                                            "{0h: 420 g/kWh, 10h: 250 g/kWh}",
                                            "CO2 equivalent of energy")};
static const KeyObject KEYS_CARBON = {"a carbon intensity", CARBON, sizeof(SeriesSpec)};

/* ---- prices ---- */

static const char *const AMORTISATION[] = {"straight", "annuity", NULL};
static const KeyRow OWNED[] = {
    {.name = "capex",
     AMOUNT(UNIT_USD_MICRO, MONEY_MAX),
     .required = true,
     AT(OwnedSpec, capex),
     .example = "250000 USD",
     .summary = "price of a node"},
    {.name = "life",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 86400000,
     .max = TIME_MS_MAX,
     .required = true,
     AT(OwnedSpec, life_ms),
     .example = "4y",
     .summary = "how long it is used"},
    {.name = "residual",
     SHARE(1000000),
     .fallback = "0",
     AT(OwnedSpec, residual_ppm),
     .example = "10%",
     .summary = "of the price, what it is still worth then"},
    {.name = "cost_of_capital",
     SHARE(1000000),
     .fallback = "0",
     AT(OwnedSpec, capital_ppm),
     .example = "8%",
     .summary = "a year, on what is tied up"},
    {.name = "amortisation",
     .kind = KEY_CHOICE,
     .choices = AMORTISATION,
     .fallback = "straight",
     AT(OwnedSpec, amortisation),
     .example = "annuity",
     .summary = "capital costs on what is tied up on average, or as equal yearly payments"},
    {.name = "network",
     SHARE(10000000),
     .fallback = "0",
     AT(OwnedSpec, network_ppm),
     .example = "12%",
     .summary = "of the price, network that is bought with it and lives as long"},
    {.name = "colocation",
     AMOUNT(UNIT_USD_MICRO_KW_Y, MONEY_MAX),
     .fallback = "0",
     AT(OwnedSpec, colocation),
     .example = "180 USD/kW-month",
     .summary = "rent for each kilowatt that the node draws at most"},
    {.name = "maintenance",
     SHARE(1000000),
     .fallback = "0",
     AT(OwnedSpec, maintenance_ppm),
     .example = "5%",
     .summary = "of the price a year"},
    {.name = "licences",
     AMOUNT(UNIT_USD_MICRO_GPU_Y, MONEY_MAX),
     .fallback = "0",
     AT(OwnedSpec, licences),
     .example = "4500 USD/gpu-y",
     .summary = "software for each GPU"},
    {.name = "other",
     SHARE(1000000),
     .fallback = "0",
     AT(OwnedSpec, other_ppm),
     .example = "1%",
     .summary = "of the price a year: insurance, tax"},
    {0},
};
static const KeyObject KEYS_OWNED = {"owned nodes", OWNED, sizeof(OwnedSpec)};

static const KeyRow PRICE[] = {
    {.name = "on_demand",
     AMOUNT(UNIT_USD_MICRO_GPU_H, PRICE_MAX),
     .shorthand = true,
     AT(PriceSpec, on_demand),
     .example = "3.00 USD/gpu-h",
     .absent = "none",
     .summary = "list price of a GPU-hour"},
    {.name = "contracted",
     AMOUNT(UNIT_USD_MICRO_GPU_H, PRICE_MAX),
     AT(PriceSpec, contracted),
     .example = "2.50 USD/gpu-h",
     .absent = "as on_demand",
     .summary = "negotiated price of a GPU-hour on demand"},
    {.name = "spot",
     .kind = KEY_OBJECT,
     .object = &KEYS_SPOT,
     AT(PriceSpec, spot),
     .example = "1.20 USD/gpu-h",
     .absent = "none",
     .summary = "of nodes with purchase: spot"},
    {.name = "owned",
     .kind = KEY_OBJECT,
     .object = &KEYS_OWNED,
     AT(PriceSpec, owned),
     .example = "{capex: 250000 USD, life: 4y}",
     .absent = "none",
     .summary = "of nodes with purchase: owned; energy comes on top"},
    {.name = "node",
     AMOUNT(UNIT_USD_MICRO_NODE_H, PRICE_MAX),
     AT(PriceSpec, per_node),
     .example = "2 USD/node-h",
     .absent = "none",
     .summary = "of a node without GPUs, however it is bought: an overhead"},
    {.name = "source",
     .kind = KEY_TEXT,
     AT(PriceSpec, source),
     .absent = "none",
     .example = "list price of a cloud, 2026",
     .summary = "where the price is from; a note for readers"},
    {0},
};
const KeyObject KEYS_PRICE = {"a price", PRICE, sizeof(PriceSpec)};

/* ---- power ---- */

static const KeyRow GPU_POWER[] = {
    {.name = "idle",
     AMOUNT(UNIT_POWER_MW, POWER_MAX_MW),
     .required = true,
     AT(GpuPowerSpec, idle_mw),
     .example = "75W",
     .summary = "of a GPU that nobody holds"},
    {.name = "held",
     AMOUNT(UNIT_POWER_MW, POWER_MAX_MW),
     AT(GpuPowerSpec, held_mw),
     .example = "120W",
     .absent = "as idle",
     .summary = "of a GPU that a job holds and does not use"},
    {.name = "max",
     AMOUNT(UNIT_POWER_MW, POWER_MAX_MW),
     .required = true,
     AT(GpuPowerSpec, max_mw),
     .example = "700W",
     .summary = "the most that a GPU draws"},
    {.name = "busy",
     SHARE(1000000),
     .fallback = "100%",
     AT(GpuPowerSpec, busy_ppm),
     .example = "85%",
     .summary = "of max, what a GPU draws that computes"},
    {0},
};
const KeyObject KEYS_GPU_POWER = {"power of a GPU", GPU_POWER, sizeof(GpuPowerSpec)};

static const char *const DOWN_POWER[] = {"idle", "off", NULL};
static const KeyRow NODE_POWER[] = {
    {.name = "idle",
     AMOUNT(UNIT_POWER_MW, POWER_MAX_MW),
     .required = true,
     AT(NodePowerSpec, idle_mw),
     .example = "1.2kW",
     .summary = "while its GPUs do nothing"},
    {.name = "max",
     AMOUNT(UNIT_POWER_MW, POWER_MAX_MW),
     .required = true,
     AT(NodePowerSpec, max_mw),
     .example = "3kW",
     .summary = "while all its GPUs compute; of a node without GPUs: always"},
    {.name = "down",
     .kind = KEY_CHOICE,
     .choices = DOWN_POWER,
     .fallback = "idle",
     AT(NodePowerSpec, down),
     .example = "off",
     .summary = "whether GPUs that are out of service, with their part of the node, draw power"},
    {0},
};
const KeyObject KEYS_NODE_POWER = {"power of a node", NODE_POWER, sizeof(NodePowerSpec)};

/* ---- costs ---- */

static const KeyRow OVERHEAD[] = {
    {.name = "name",
     .kind = KEY_TEXT,
     .required = true,
     AT(OverheadSpec, name),
     .example = "storage",
     .summary = "what reports call it"},
    {.name = "cost",
     AMOUNT(UNIT_USD_MICRO_Y, MONEY_MAX),
     .required = true,
     AT(OverheadSpec, cost),
     .example = "500 USD/month",
     .summary = "at a constant rate; a month is the twelfth of a year of 8760 hours"},
    {.name = "source",
     .kind = KEY_TEXT,
     AT(OverheadSpec, source),
     .absent = "none",
     .example = "our invoice, 2026",
     .summary = "whose figure this is; a note for readers"},
    {0},
};
static const KeyObject KEYS_OVERHEAD = {"an entry of costs.overheads", OVERHEAD,
                                        sizeof(OverheadSpec)};

static const KeyRow COMMITMENT[] = {
    {.name = "name",
     .kind = KEY_TEXT,
     .required = true,
     AT(CommitmentSpec, name),
     .example = "three-years",
     .summary = "what reports call it"},
    {.name = "gpus",
     AMOUNT(UNIT_GPUS_MILLI, INT64_C(1000000000)),
     AT(CommitmentSpec, gpus),
     .example = "512",
     .absent = "as spend says",
     .summary = "GPUs that are paid for every hour, used or not"},
    {.name = "rate",
     AMOUNT(UNIT_USD_MICRO_GPU_H, PRICE_MAX),
     AT(CommitmentSpec, rate),
     .example = "2.10 USD/gpu-h",
     .absent = "with spend",
     .summary = "of these GPUs"},
    {.name = "spend",
     AMOUNT(UNIT_USD_MICRO_H, MONEY_MAX),
     AT(CommitmentSpec, spend),
     .example = "400 USD/h",
     .absent = "as gpus says",
     .summary = "money that is paid every hour, used or not"},
    {.name = "discount",
     SHARE(999999),
     AT(CommitmentSpec, discount),
     .example = "28%",
     .absent = "with gpus",
     .summary = "off the contracted price, of what the money buys"},
    {.name = "term",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 3600000,
     .max = TIME_MS_MAX,
     .required = true,
     AT(CommitmentSpec, term_ms),
     .example = "3y",
     .summary = "how long it binds"},
    {.name = "bought",
     AMOUNT(UNIT_DURATION_MS, TIME_MS_MAX),
     AT(CommitmentSpec, bought_ms),
     .example = "30d",
     .absent = "when the run starts",
     .summary = "when the term begins, in the run"},
    {.name = "before",
     AMOUNT(UNIT_DURATION_MS, TIME_MS_MAX),
     AT(CommitmentSpec, before_ms),
     .example = "200d",
     .absent = "when the run starts",
     .summary = "how long before the run the term began"},
    {.name = "upfront",
     SHARE(1000000),
     .fallback = "0",
     AT(CommitmentSpec, upfront_ppm),
     .example = "50%",
     .summary = "of the fee of the whole term, paid when it begins; the rest hour by hour"},
    {.name = "types",
     .kind = KEY_TEXTS,
     AT(CommitmentSpec, types),
     .example = "[h100x8]",
     .absent = "all",
     .summary = "node types whose GPU time on demand it covers"},
    {.name = "source",
     .kind = KEY_TEXT,
     AT(CommitmentSpec, source),
     .absent = "none",
     .example = "a cloud's offer, 2026",
     .summary = "whose figures these are; a note for readers"},
    {0},
};
static const KeyObject KEYS_COMMITMENT = {"an entry of costs.commitments", COMMITMENT,
                                          sizeof(CommitmentSpec)};

static const KeyRow COSTS[] = {
    {.name = "pue",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 1000000,
     .max = 10000000,
     .fallback = "1",
     AT(CostsSpec, pue_ppm),
     .example = "1.25",
     .summary = "energy of the site for each unit of energy of its machines; 1: cooling and the "
                "like are left out"},
    {.name = "tariff",
     .kind = KEY_OBJECT,
     .object = &KEYS_TARIFF,
     AT(CostsSpec, tariff),
     .example = "0.085 USD/kWh",
     .absent = "energy costs nothing",
     .summary = "what the energy of owned nodes costs"},
    {.name = "carbon",
     .kind = KEY_OBJECT,
     .object = &KEYS_CARBON,
     AT(CostsSpec, carbon),
     .example = "381 g/kWh",
     .absent = "not reported",
     .summary = "what the energy of all nodes emits"},
    {.name = "period",
     .kind = KEY_QUANTITY,
     .unit = UNIT_DURATION_MS,
     .rounding = ROUND_EXACT,
     .min = 3600000,
     .max = TIME_MS_MAX,
     .fallback = "1d",
     AT(CostsSpec, period_ms),
     .example = "1h",
     .summary = "how long a charge period is"},
    {.name = "replacement",
     AMOUNT(UNIT_USD_MICRO_GPU_H, PRICE_MAX),
     AT(CostsSpec, replacement),
     .example = "3.00 USD/gpu-h",
     .absent = "not said",
     .summary = "what a GPU-hour that is freed would cost elsewhere; of what-ifs"},
    {.name = "overheads",
     .kind = KEY_OBJECT_LIST,
     .object = &KEYS_OVERHEAD,
     AT(CostsSpec, overheads),
     .example = "[{name: storage, cost: 500 USD/month}]",
     .absent = "none",
     .summary = "what is paid outside of GPU time"},
    {.name = "commitments",
     .kind = KEY_OBJECT_LIST,
     .object = &KEYS_COMMITMENT,
     AT(CostsSpec, commitments),
     .example = "[{name: a, gpus: 512, rate: 2.10 USD/gpu-h, term: 3y}]",
     .absent = "none",
     .summary = "promises to pay, used or not; those of GPUs are consumed first, each kind in this "
                "order"},
    {.name = "charge",
     .kind = KEY_OBJECT,
     .object = &KEYS_CHARGE,
     AT(CostsSpec, paying.charge),
     .example = "{lost: owner, no_demand: nobody}",
     .absent = "as each account says",
     .summary = "who pays for the GPU time of an account: its owner, everybody (shared), who pays "
                "for idle GPUs, or nobody: the platform"},
    {.name = "showback",
     .kind = KEY_OBJECT,
     .object = &KEYS_SHOWBACK,
     AT(CostsSpec, paying.showback),
     .example = "{by: team, idle: cluster}",
     .absent = "by queue, idle a line of its own",
     .summary = "how costs are put down to queues, teams and tenants"},
    {.name = "billing",
     .kind = KEY_OBJECT,
     .object = &KEYS_BILLING,
     AT(CostsSpec, paying.billing),
     .example = "{account: acct-0042, provider: Example Cloud}",
     .absent = "the scenario's name; provider internal",
     .summary = "names on exported charges"},
    {.name = "source",
     .kind = KEY_TEXT,
     AT(CostsSpec, source),
     .absent = "none",
     .example = "our books, 2026",
     .summary = "whose figures these are; a note for readers"},
    {0},
};
const KeyObject KEYS_COSTS = {"costs", COSTS, sizeof(CostsSpec)};
