/* keys_rows.h - short forms for rows of the key table, and the bounds that several rows share. */
#ifndef SIM_SCENARIO_KEYS_ROWS_H
#define SIM_SCENARIO_KEYS_ROWS_H

#include "sim/scenario/keys.h"

/* Where a row's value goes. */
#define AT(Struct, member) .offset = offsetof(Struct, member)

/* A capacity rounds down, a request up, so that rounding never makes a request fit that does not.
 */
#define CAPACITY(of_unit, most)                                                                    \
    .kind = KEY_QUANTITY, .unit = (of_unit), .rounding = ROUND_DOWN, .min = 0, .max = (most),      \
    .fallback = "0"
#define REQUEST(of_unit, most)                                                                     \
    .kind = KEY_QUANTITY, .unit = (of_unit), .rounding = ROUND_UP, .min = 0, .max = (most),        \
    .fallback = "0"

/* A key with a name and a meaning, and no code yet. */
#define LATER(key, of_kind, an_example, what)                                                      \
    {                                                                                              \
        .name = (key), .kind = (of_kind), .status = KEY_NOT_YET, .example = (an_example),          \
        .summary = (what)                                                                          \
    }

extern const KeyObject KEYS_JOB;                                     /* keys_jobs.c */
extern const KeyObject KEYS_JOB_CHECKPOINT, KEYS_CHECKPOINT;         /* keys_checkpoint.c */
extern const KeyObject KEYS_SERVICE;                                 /* keys_service.c */
extern const KeyObject KEYS_SYNTHETIC, KEYS_DURATION, KEYS_ARRIVALS; /* keys_synthetic.c */
extern const KeyObject KEYS_ORDER, KEYS_SHARE, KEYS_ADMIT, KEYS_SCAN, KEYS_EVICT; /* keys_slots.c */
extern const KeyObject KEYS_ESTIMATES;
extern const KeyObject KEYS_REMEDY, KEYS_SHIFT;                     /* keys_remedy.c */
extern const KeyObject KEYS_NEED;                                   /* keys_jobs.c */
extern const KeyObject KEYS_KEEP;                                   /* keys_inject.c */
extern const KeyObject KEYS_FAILURES;                               /* keys_failures.c */
extern const KeyObject KEYS_PRICE, KEYS_GPU_POWER, KEYS_NODE_POWER; /* keys_costs.c */
extern const KeyObject KEYS_CHARGE, KEYS_SHOWBACK, KEYS_BILLING;    /* keys_showback.c */
extern const KeyObject KEYS_GATE;                                   /* keys_gate.c */
extern const KeyObject KEYS_IMPORT;                                 /* keys_import.c */
/* Choices, ended by NULL; the first and last in the order of their enumerations of core/fault.h. */
extern const char *const FAULT_EFFECT_NAMES[],
    *const FAULT_PER_NAMES[], *const FAULT_CLASS_NAMES[], *const RAID_LEVEL_NAMES[];

extern const KeyObject KEYS_PLAN; /* keys_plan.c */

#define CPU_MILLI_MAX INT64_C(1000000000)        /* a million cores a node */
#define MEMORY_MIB_MAX (INT64_C(1) << 30)        /* 1 Pi */
#define DEVICE_MEMORY_MIB_MAX (INT64_C(1) << 24) /* 16 Ti a device */
#define BANDWIDTH_MAX INT64_C(1000000000)        /* MB/s or Mb/s */
#define TIME_MS_MAX INT64_C(3155760000000)       /* a hundred years */

/* So that power x tariff or intensity is 64 bits. */
#define TARIFF_MAX INT64_C(1000000000)  /* 1000 USD/kWh */
#define CARBON_MAX INT64_C(100000000)   /* 100 kg/kWh */
#define SPOT_MAX INT64_C(1000000000000) /* 10^6 USD/gpu-h */

#endif
