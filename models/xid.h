/* xid.h - what the driver's error numbers mean for a job, a GPU and a node. */
#ifndef MODELS_XID_H
#define MODELS_XID_H

#include "core/fault.h"

typedef struct XidRow {
    int32_t xid;
    uint8_t class_of; /* FaultClass */
    uint8_t effect;   /* FaultEffect; EFFECT_DERATED with all lanes whole: it takes nothing */
    uint8_t cure;     /* FaultCure: the least that mends it */
    const char *meaning;
} XidRow;

#define XID_PREFIX "xid-"

/* NULL: no such number is known. */
const XidRow *xid_row(int32_t xid);

/* The row that "xid-79" names; NULL. */
const XidRow *xid_named(const char *name);

/* Rows in ascending order; NULL behind the last. */
const XidRow *xid_at(int32_t index);

/* "uncontained": the name in scenarios and reports. */
const char *fault_class_name(FaultClass class_of);

/* What such a fault is by default: effect, class and cure of its number. */
FaultKind xid_kind(const char *name, const XidRow *row);

#endif
