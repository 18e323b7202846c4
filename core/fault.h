/* fault.h - what goes wrong, as plain records: which component, what it does, where and when.
 *
 * Faults are *offered* by the calendar (models/failure.h draws them, an injection or a log writes
 * them down), whatever the policy: two policies meet the same list. One that is offered while its
 * node, or its own kind on its own target, is out already is *masked*: it does nothing.
 */
#ifndef CORE_FAULT_H
#define CORE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/packing/gpupack.h"

/* What it does. Codes are part of results: append only. */
typedef enum FaultEffect {
    EFFECT_JOB_DIES = 0,    /* the job's process ends; hardware is sound */
    EFFECT_GPU_OUT = 1,     /* devices do nothing, tasks on them are dead */
    EFFECT_NODE_OUT = 2,    /* the node does nothing, tasks on it are dead */
    EFFECT_DOMAIN_OUT = 3,  /* every node of a rack, a zone, or so many neighbours */
    EFFECT_DERATED = 4,     /* keep_ppm of some lanes is left, of a node or of a storage pool */
    EFFECT_DEVICE_SLOW = 5, /* devices run at speed_ppm */
    EFFECT_COUNT = 6
} FaultEffect;

/* Whose calendar offers it. */
typedef enum FaultScope {
    SCOPE_JOB = 0, /* the job's own work clock: only while it advances */
    SCOPE_DEVICE = 1,
    SCOPE_NODE = 2,
    SCOPE_RACK = 3,
    SCOPE_ZONE = 4,
    SCOPE_NEIGHBOURS = 5, /* FaultKind.domain_nodes nodes in a row: a power supply, a switch */
    SCOPE_POOL = 6        /* a storage pool of the cluster */
} FaultScope;

/* Classes of Xids as remedies tell them apart. Source: docs/failures.md. */
typedef enum FaultClass {
    FAULT_CLASS_OTHER = 0,   /* no Xid: host, network, storage ... */
    FAULT_CLASS_APPLICATION, /* 13, 31, 43, 45, 68, 109: the job fails, the GPU stays */
    FAULT_CLASS_CONTAINED,   /* 63, 94: the job fails (94), a reset is wanted */
    FAULT_CLASS_UNCONTAINED, /* 48, 64, 95: GPU out until it is reset */
    FAULT_CLASS_NVLINK,      /* 74 */
    FAULT_CLASS_BUS,         /* 79: GPU fell off the bus, only a reboot helps */
    FAULT_CLASS_DRIVER,      /* 46, 119, 120: reset or reboot */
    FAULT_CLASS_LANE,        /* storage, network, cores derated */
    FAULT_CLASS_SLOW,        /* clocks, thermal throttle */
    FAULT_CLASS_COUNT
} FaultClass;

/* The least that mends it. Something that mends more mends it too. */
typedef enum FaultCure {
    CURE_TIME = 0,   /* it passes: out_ms after its start, whatever anybody does */
    CURE_RESET = 1,  /* of the GPU: nothing else may run on it */
    CURE_REBOOT = 2, /* of the node: nothing may run on it */
    CURE_STAGES = 3  /* repaired: diagnosis, technician, part, hands on, burn-in */
} FaultCure;

/* Stages of being out; the names of `down`'s sub-accounts in their order. */
typedef enum DownStage {
    STAGE_UNDETECTED = 0,
    STAGE_DIAGNOSIS = 1, /* known; diagnosed, drained, reset or rebooted */
    STAGE_TECHNICIAN = 2,
    STAGE_PART = 3,
    STAGE_REPAIR = 4,
    STAGE_BURN_IN = 5,
    STAGE_RECORDED = 6, /* one recorded or drawn time, not split */
    STAGE_COUNT = 7
} DownStage;

/* What a row of the failure model says of its faults; the rest (rates, distributions) is the
 * model's (models/failure.h). */
typedef struct FaultKind {
    const char *name;   /* what reports call it: "raid-rebuild" */
    const char *source; /* where its numbers are from; NULL: the scenario's own */
    uint8_t effect;     /* FaultEffect */
    uint8_t scope;      /* FaultScope */
    uint8_t class_of;   /* FaultClass */
    uint8_t cure;       /* FaultCure */
    int32_t xid;        /* 0: none */
    int32_t domain_nodes;
    int32_t speed_ppm;         /* EFFECT_DEVICE_SLOW */
    int32_t keep_ppm[GP_AXES]; /* EFFECT_DERATED, GP_PPM: untouched */
    int64_t detect_ms;         /* until anybody can see it; -1: as the remedy says for its class */
    bool planned;              /* maintenance: known beforehand, posts to `drained` */
    bool calendar; /* nodes that come and go as was agreed: not counted among the faults */
    bool away;     /* EFFECT_NODE_OUT: the node is not there at all, and not paid for */
    int64_t
        notice_ms;  /* of nodes that go away or are planned to be out: announced so long before */
    bool operator_; /* drawn out by people: no technician's time, no signal of the hardware */
} FaultKind;

/* One offered fault. */
typedef struct Fault {
    int64_t at_ms;
    int64_t out_ms;   /* CURE_TIME: until it is over; TIME_NEVER: for good. Else not used */
    int32_t kind;     /* row of FaultKind */
    int32_t target;   /* node (of a device too), rack, zone, first node of a row, or pool */
    int32_t slot;     /* at most one fault of a slot is active at a time */
    uint32_t number;  /* n-th of its slot: addresses what is drawn about it later */
    uint32_t devices; /* of the node, by its own numbering; 0: all of it */
    bool recorded;    /* written down, not drawn: it is a fact, so it is never masked */
} Fault;

#endif
