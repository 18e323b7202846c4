/* cost.h - what a fleet costs: the constant record of prices, power, overheads and who pays.
 *
 * Money is kept in integers, nano-USD for prices and micro-USD for amounts of money, so that the
 * books of a run can be multiplied out exactly and a cost table reconciles to the micro-dollar.
 * Rules: docs/costs.md.
 */
#ifndef CORE_COST_H
#define CORE_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ledger.h"

/* Constant between its steps. Before the first step: the first value, or, of a series that repeats,
 * the last. */
typedef struct StepSeries {
    int32_t count;        /* 0: not given */
    const int64_t *at_ms; /* [count] ascending, simulated time; in [0, repeat_ms) if it repeats */
    const int64_t *value; /* [count] */
    int64_t repeat_ms;    /* 0: it does not */
    const char *source;   /* whose figures these are; NULL: the scenario does not say */
} StepSeries;

/* The value at an instant; 0 for a series that is not given. */
int64_t step_series_at(const StepSeries *series, int64_t at_ms);

/* When the series next changes after at_ms; TIME_NEVER: not any more. */
int64_t step_series_next(const StepSeries *series, int64_t at_ms);

typedef enum Purchase { PURCHASE_ON_DEMAND, PURCHASE_SPOT, PURCHASE_OWNED } Purchase;
#define PURCHASE_COUNT 3
extern const char *const PURCHASE_NAMES[PURCHASE_COUNT]; /* on_demand, spot, owned */

/* What an owned GPU-hour is made of, energy aside. Model: models/ownership.h. */
typedef enum OwnedPart {
    OWNED_HARDWARE, /* capital expenditure less residual value, over its life */
    OWNED_CAPITAL,  /* cost of capital */
    OWNED_NETWORK,
    OWNED_COLOCATION,
    OWNED_MAINTENANCE,
    OWNED_LICENCES,
    OWNED_OTHER, /* insurance, tax */
    OWNED_PART_COUNT
} OwnedPart;
extern const char *const OWNED_PART_NAMES[OWNED_PART_COUNT];

/* Of nodes of one kernel type (core/cluster.h): entries of `cluster.nodes` that are bought
 * differently have types of their own. Prices are nano-USD for each GPU-hour that is paid for. */
typedef struct TypeCost {
    Purchase purchase;
    int64_t list;       /* public on-demand price; 0: not given */
    int64_t contracted; /* negotiated on-demand price; as list where nothing was negotiated */
    StepSeries spot;    /* PURCHASE_SPOT: what it costs as time goes */
    int64_t owned[OWNED_PART_COUNT]; /* PURCHASE_OWNED */
    int64_t node_nano_usd_per_hour;  /* of nodes without GPUs: an overhead line */
    bool power_known;
    int64_t power_milliwatt[ACCOUNT_COUNT]; /* IT power of one GPU, with its part of its node, by
                                             * what it does */
    int64_t node_power_milliwatt;           /* of a node without GPUs */
    const char *source;                     /* whose prices these are */
} TypeCost;

/* A promise to pay for capacity whether or not it is used, consumed hour by hour. */
typedef enum CommitmentKind {
    COMMITMENT_USAGE, /* so many GPU-hours each hour */
    COMMITMENT_SPEND  /* so much money each hour, at a discount on the contracted price */
} CommitmentKind;

typedef struct Commitment {
    const char *name;
    CommitmentKind kind;
    int64_t gpu_milli; /* COMMITMENT_USAGE: covered at most, at any instant of the hour */
    int64_t nano_usd_per_gpu_hour; /* COMMITMENT_USAGE: its rate */
    int64_t micro_usd_per_hour;    /* COMMITMENT_SPEND */
    int64_t discount_ppm;          /* COMMITMENT_SPEND: off the contracted price */
    int64_t from_ms, to_ms; /* term, simulated time; may begin before the run and outlast it */
    int64_t upfront_ppm;    /* of the fee of the whole term, paid when it begins */
    uint64_t *types;        /* scope: bits of kernel types; [(type_count + 63) / 64] */
    const char *source;     /* whose terms these are; NULL: the scenario does not say */
} Commitment;               /* in the order in which they are consumed */

/* Outside of GPU time, at a constant rate. */
typedef struct OverheadLine {
    const char *name, *source;
    int64_t nano_usd_per_hour;
} OverheadLine;

/* Who pays for the GPU time of an account. */
typedef enum ChargeTo {
    CHARGE_OWNER,  /* whose job it is; of idle time, whose waiting job or unused quota it is */
    CHARGE_SHARED, /* everybody, by the rule for shared costs */
    CHARGE_IDLE,   /* stays a line of its own, or is shared as idle cost is */
    CHARGE_NOBODY  /* stays with the platform */
} ChargeTo;

typedef enum IdleShare { IDLE_SEPARATE, IDLE_BY_CLUSTER, IDLE_BY_NODE_TYPE } IdleShare;
typedef enum SharedBy { SHARED_BY_COST, SHARED_EVENLY, SHARED_BY_WEIGHT } SharedBy;
typedef enum ChargeBasis { CHARGE_REQUEST, CHARGE_MAX_OF_REQUEST_AND_USAGE } ChargeBasis;

/* Whose lines a showback has: Queue.team, Queue.tenant of core/queue.h. */
typedef enum ShowbackBy { SHOWBACK_BY_QUEUE, SHOWBACK_BY_TEAM, SHOWBACK_BY_TENANT } ShowbackBy;
#define SHOWBACK_BY_COUNT 3
extern const char *const SHOWBACK_BY_NAMES[SHOWBACK_BY_COUNT]; /* queue, team, tenant */

typedef struct ShowbackRules {
    ShowbackBy by; /* of the table that people see; all that are told apart are computed */
    ChargeTo to[ACCOUNT_COUNT];
    IdleShare idle;
    SharedBy shared;
    ChargeBasis basis;
    bool quota_owner_pays; /* idle GPU time within a queue's unused quota is its owner's */
    const int64_t *tenant_weight_ppm; /* [queue] SHARED_BY_WEIGHT; by queue of core/queue.h */
} ShowbackRules;

/* Who pays where the scenario says nothing. Reasons: docs/showback.md. */
extern const ShowbackRules SHOWBACK_DEFAULT;

/* What a bill says besides amounts. */
typedef struct Billing {
    const char *account_id, *account_name; /* "sim:<scenario name>" where nothing is said */
    const char *provider, *publisher, *issuer, *host; /* "internal" where nothing is said */
    const char *region;
} Billing;

typedef struct CostModel {
    const TypeCost *types; /* [cluster.type_count] */
    int32_t commitment_count;
    const Commitment *commitments;
    int32_t overhead_count;
    const OverheadLine *overheads;
    int64_t pue_ppm;              /* facility energy / IT energy */
    StepSeries tariff;            /* micro-USD per kWh; owned nodes pay it */
    StepSeries carbon;            /* milligrams of CO2 equivalent per kWh */
    int64_t period_ms;            /* charge period of exports; of a calendar that starts at the
                                   * scenario's `start` */
    int64_t replacement_nano_usd; /* of a GPU-hour that is freed; 0: not given */
    const char *source;           /* whose figures those of `costs:` are; NULL: not said */
    ShowbackRules showback;
    Billing billing;
} CostModel;

#endif
