/* spec_showback.h - `costs.charge`, `costs.showback` and `costs.billing` as written. See spec.h. */
#ifndef SIM_SCENARIO_SPEC_SHOWBACK_H
#define SIM_SCENARIO_SPEC_SHOWBACK_H

#include "core/ledger.h"
#include "sim/scenario/spec_values.h"

typedef struct ChargeSpec {
    const Node *node;
    SpecText to[ACCOUNT_COUNT];
} ChargeSpec;

typedef struct ShowbackSpec {
    const Node *node;
    SpecText by, idle, shared, basis;
    SpecNumber quota_owner_pays;
} ShowbackSpec;

typedef struct BillingSpec {
    const Node *node;
    SpecText account, account_name, provider, publisher, issuer, host, region;
} BillingSpec;

/* Who pays, a part of `costs`. */
typedef struct PayingSpec {
    ChargeSpec charge;
    ShowbackSpec showback;
    BillingSpec billing;
} PayingSpec;

#endif
