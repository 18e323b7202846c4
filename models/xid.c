/* xid.c - one row a number. Sources: docs/failures.md. Classes of the numbers that schedulers tell
 * apart follow the device plugin's list, NVIDIA's health-validation guidance and common practice; the
 * others the immediate action of NVIDIA's catalog as carried in leptonai/gpud (2025-10): "restart
 * app" is application, "reset GPU" driver or uncontained, "NVLink workflow" nvlink. */
#include "models/xid.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "models/failure_draft.h"

#define APPLICATION FAULT_CLASS_APPLICATION, EFFECT_JOB_DIES, CURE_TIME
#define NOTHING_YET FAULT_CLASS_CONTAINED, EFFECT_DERATED, CURE_RESET
#define JOB_AND_RESET FAULT_CLASS_CONTAINED, EFFECT_JOB_DIES, CURE_RESET
#define UNCONTAINED FAULT_CLASS_UNCONTAINED, EFFECT_GPU_OUT, CURE_RESET
#define NVLINK FAULT_CLASS_NVLINK, EFFECT_GPU_OUT, CURE_RESET
#define DRIVER FAULT_CLASS_DRIVER, EFFECT_GPU_OUT, CURE_RESET
#define BUS FAULT_CLASS_BUS, EFFECT_NODE_OUT, CURE_REBOOT

static const XidRow ROWS[] = {
    {13, APPLICATION, "graphics engine exception"},
    {31, APPLICATION, "GPU memory page fault"},
    {32, APPLICATION, "invalid push buffer"},
    {39, APPLICATION, "copy engine exception"},
    {40, APPLICATION, "copy engine exception"},
    {41, APPLICATION, "copy engine exception"},
    {43, APPLICATION, "GPU stopped processing"},
    {45, APPLICATION, "cleanup after another error"},
    {46, DRIVER, "GPU stopped answering"},
    {48, UNCONTAINED, "double-bit memory error"},
    {62, DRIVER, "microcontroller halted"},
    {63, NOTHING_YET, "row remap recorded"},
    {64, UNCONTAINED, "row remap failed"},
    {68, APPLICATION, "video processor exception"},
    {69, APPLICATION, "graphics engine class error"},
    {74, NVLINK, "NVLink error"},
    {79, BUS, "GPU fell off the bus"},
    {80, APPLICATION, "corrupted data sent to the GPU"},
    {94, JOB_AND_RESET, "contained memory error"},
    {95, UNCONTAINED, "uncontained memory error"},
    {109, APPLICATION, "context switch timeout"},
    {110, DRIVER, "security fault"},
    {119, DRIVER, "GPU system processor does not answer"},
    {120, DRIVER, "GPU system processor error"},
    {136, NVLINK, "link training failed"},
    {140, UNCONTAINED, "unrecovered memory error"},
    {143, DRIVER, "GPU could not be initialised"},
    {144, NVLINK, "NVLink 5 error"},
    {145, NVLINK, "NVLink 5 error"},
    {146, NVLINK, "NVLink 5 error"},
    {147, NVLINK, "NVLink 5 error"},
    {148, NVLINK, "NVLink 5 error"},
    {149, NVLINK, "NVLink 5 error"},
    {150, NVLINK, "NVLink 5 error"},
    {158, DRIVER, "fatal timeout"},
};
#define ROW_COUNT ((int32_t)(sizeof(ROWS) / sizeof(ROWS[0])))

const XidRow *xid_at(int32_t index)
{
    return index >= 0 && index < ROW_COUNT ? &ROWS[index] : NULL;
}

const XidRow *xid_row(int32_t xid)
{
    for (int32_t i = 0; i < ROW_COUNT; i++) {
        if (ROWS[i].xid == xid) {
            return &ROWS[i];
        }
    }
    return NULL;
}

const XidRow *xid_named(const char *name)
{
    size_t prefix = strlen(XID_PREFIX);
    if (strncmp(name, XID_PREFIX, prefix) != 0) {
        return NULL;
    }
    const char *digits = name + prefix;
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 4 || digits[length] != '\0') {
        return NULL;
    }
    return xid_row((int32_t)strtol(digits, NULL, 10));
}

const char *fault_class_name(FaultClass class_of)
{
    static const char *const NAMES[FAULT_CLASS_COUNT] = {
        [FAULT_CLASS_OTHER] = "other",         [FAULT_CLASS_APPLICATION] = "application",
        [FAULT_CLASS_CONTAINED] = "contained", [FAULT_CLASS_UNCONTAINED] = "uncontained",
        [FAULT_CLASS_NVLINK] = "nvlink",       [FAULT_CLASS_BUS] = "bus",
        [FAULT_CLASS_DRIVER] = "driver",       [FAULT_CLASS_LANE] = "lane",
        [FAULT_CLASS_SLOW] = "slow",
    };
    return NAMES[class_of];
}

FaultKind xid_kind(const char *name, const XidRow *row)
{
    FaultScope scope = row->effect == EFFECT_NODE_OUT ? SCOPE_NODE : SCOPE_DEVICE;
    FaultKind kind = fault_kind(name, (FaultEffect)row->effect, scope);
    kind.class_of = row->class_of;
    kind.cure = row->cure;
    kind.xid = row->xid;
    return kind;
}
