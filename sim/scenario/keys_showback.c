/* keys_showback.c - who pays: `costs.charge`, `costs.showback`, `costs.billing`. */
#include "core/cost.h"
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec_showback.h"

/* In the order of the codes of core/cost.h. */
static const char *const CHARGE_TO[] = {"owner", "shared", "idle", "nobody", NULL};
static const char *const BY[] = {"queue", "team", "tenant", NULL};
static const char *const IDLE[] = {"separate", "cluster", "node_type", NULL};
static const char *const SHARED[] = {"cost", "even", "weight", NULL};
static const char *const BASIS[] = {"request", "max", NULL};

/* Defaults: SHOWBACK_DEFAULT of core/cost.h, reasons: docs/showback.md. */
#define ACCOUNT_ROW(key, account, missing, what)                                                   \
    {                                                                                              \
        .name = (key), .kind = KEY_CHOICE, .choices = CHARGE_TO, AT(ChargeSpec, to[account]),      \
        .fallback = (missing), .example = "shared", .summary = (what)                              \
    }
static const KeyRow CHARGE[] = {
    ACCOUNT_ROW("productive", ACCOUNT_PRODUCTIVE, "owner", "advance that was kept"),
    ACCOUNT_ROW("io_stall", ACCOUNT_IO_STALL, "owner", "fed slower than the job needs"),
    ACCOUNT_ROW("slow_device", ACCOUNT_SLOW_DEVICE, "shared", "a device below its speed"),
    ACCOUNT_ROW("straggler", ACCOUNT_STRAGGLER, "shared", "waiting for a slower member"),
    ACCOUNT_ROW("assembling", ACCOUNT_ASSEMBLING, "owner", "held until the gang is complete"),
    ACCOUNT_ROW("hung", ACCOUNT_HUNG, "shared", "a member is dead, and nobody has seen to it"),
    ACCOUNT_ROW("checkpoint", ACCOUNT_CHECKPOINT, "shared", "blocked while state is saved"),
    ACCOUNT_ROW("startup", ACCOUNT_STARTUP, "owner", "pull, initialisation, restore"),
    ACCOUNT_ROW("lost", ACCOUNT_LOST, "shared", "advance that was taken again"),
    ACCOUNT_ROW("held_idle", ACCOUNT_HELD_IDLE, "owner", "asked for and not used"),
    ACCOUNT_ROW("blocked", ACCOUNT_BLOCKED, "idle", "a rule keeps a job back that would fit"),
    ACCOUNT_ROW("fragmented", ACCOUNT_FRAGMENTED, "idle", "enough in sum, not in shape"),
    ACCOUNT_ROW("short", ACCOUNT_SHORT, "idle", "not enough for those who wait"),
    ACCOUNT_ROW("no_demand", ACCOUNT_NO_DEMAND, "idle", "nobody wants it"),
    ACCOUNT_ROW("down", ACCOUNT_DOWN, "shared", "out of service"),
    ACCOUNT_ROW("drained", ACCOUNT_DRAINED, "shared", "cordoned, maintained, checked"),
    ACCOUNT_ROW("provisioning", ACCOUNT_PROVISIONING, "shared", "paid for, not ready"),
    ACCOUNT_ROW("spare", ACCOUNT_SPARE, "shared", "held back as a hot spare"),
    {0},
};
const KeyObject KEYS_CHARGE = {"costs.charge", CHARGE, sizeof(ChargeSpec)};

#define CHOICE_ROW(key, of_choices, field, missing, an_example, what)                              \
    {                                                                                              \
        .name = (key), .kind = KEY_CHOICE, .choices = (of_choices), AT(ShowbackSpec, field),       \
        .fallback = (missing), .example = (an_example), .summary = (what)                          \
    }
static const KeyRow SHOWBACK[] = {
    CHOICE_ROW("by", BY, by, "queue", "team", "whose lines people see: queues[].team, .tenant"),
    CHOICE_ROW("idle", IDLE, idle, "separate", "cluster",
               "a line of its own, or shared in proportion to direct cost: of the whole cluster, "
               "or each node type's among those who used it"),
    CHOICE_ROW("shared", SHARED, shared, "cost", "even",
               "how shared cost is divided: in proportion to direct cost, evenly among those who "
               "held GPUs, or by queues[].weight"),
    CHOICE_ROW("basis", BASIS, basis, "max", "request",
               "what a job is charged: the request, or the larger of request and use"),
    {.name = "quota_owner_pays",
     .kind = KEY_BOOL,
     .fallback = "true",
     AT(ShowbackSpec, quota_owner_pays),
     .example = "false",
     .summary = "GPUs that idle behind a queue's unused quota are its cost"},
    {0},
};
const KeyObject KEYS_SHOWBACK = {"costs.showback", SHOWBACK, sizeof(ShowbackSpec)};

#define TEXT_ROW(key, field, missing, an_example, what)                                            \
    {                                                                                              \
        .name = (key), .kind = KEY_TEXT, AT(BillingSpec, field), .absent = (missing),              \
        .example = (an_example), .summary = (what)                                                 \
    }
static const KeyRow BILLING[] = {
    TEXT_ROW("account", account, "sim:<name of the scenario>", "acct-0042",
             "who is billed: its id"),
    TEXT_ROW("account_name", account_name, "the scenario's name", "Research platform",
             "who is billed: its name"),
    TEXT_ROW("provider", provider, "internal", "Example Cloud", "who provides the service"),
    TEXT_ROW("publisher", publisher, "as provider", "Example Cloud", "who made it"),
    TEXT_ROW("issuer", issuer, "as provider", "Example Reseller", "who would send the bill"),
    TEXT_ROW("host", host, "as provider", "Example Colocation", "where it runs"),
    TEXT_ROW("region", region, "none", "eu-north", "of exports"),
    {0},
};
const KeyObject KEYS_BILLING = {"costs.billing", BILLING, sizeof(BillingSpec)};
