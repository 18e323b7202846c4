/* faults_csv.c - our own fault log: a line a fault; docs/fault-logs.md. Read and written. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "traces/csv_table.h"
#include "traces/fault_rows.h"

enum {
    FAULT_NODE,
    FAULT_DEVICE,
    FAULT_START,
    FAULT_END,
    FAULT_COMPONENT,
    FAULT_EFFECT,
    FAULT_BY,
    FAULT_COLUMNS
};

static const CsvColumn columns[FAULT_COLUMNS] = {
    [FAULT_NODE] = {"node", false},
    [FAULT_DEVICE] = {"device", true},
    [FAULT_START] = {"start_s", false},
    [FAULT_END] = {"end_s", false},
    [FAULT_COMPONENT] = {"component", false},
    [FAULT_EFFECT] = {"effect", false},
    [FAULT_BY] = {"by", true},
};

/* ---- effects --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint8_t effect, axis;
} LEFT[] = {
    {"slow", FAULT_LOG_SLOW, 0},
    {"cpu", FAULT_LOG_LANE, GP_AXIS_CPU},
    {"storage_bandwidth", FAULT_LOG_LANE, GP_AXIS_STORAGE_BANDWIDTH},
    {"io_cpu", FAULT_LOG_LANE, GP_AXIS_IO_CPU},
    {"network", FAULT_LOG_LANE, GP_AXIS_NETWORK},
};
#define LEFT_COUNT ((int)(sizeof LEFT / sizeof LEFT[0]))

static const char EXPECTED[] = "expected down, xid:79, slow=80%, or what is left of cpu, io_cpu, "
                               "network or storage_bandwidth, such as storage_bandwidth=35%";

const char *fault_effect_parse(const char *text, FaultLogComponent *component)
{
    component->axis = 0;
    component->xid = 0;
    component->left_ppm = 0;
    if (strcmp(text, "down") == 0) {
        component->effect = FAULT_LOG_DOWN;
        return NULL;
    }
    if (strncmp(text, "xid:", 4) == 0) {
        char *end = NULL;
        long xid = text[4] >= '0' && text[4] <= '9' ? strtol(text + 4, &end, 10) : 0;
        component->effect = FAULT_LOG_XID;
        component->xid = (int32_t)(xid <= FAULT_LOG_XID_MAX ? xid : 0);
        return component->xid > 0 && *end == '\0' ? NULL : EXPECTED;
    }
    for (int i = 0; i < LEFT_COUNT; i++) {
        size_t length = strlen(LEFT[i].name);
        if (strncmp(text, LEFT[i].name, length) == 0 && text[length] == '=') {
            int64_t ppm = -1;
            bool number =
                quantity_parse(text + length + 1, UNIT_RATIO_PPM, ROUND_EXACT, &ppm) == NULL;
            int64_t least = LEFT[i].effect == FAULT_LOG_SLOW;
            component->effect = LEFT[i].effect;
            component->axis = LEFT[i].axis;
            component->left_ppm = number && ppm >= least && ppm < GP_PPM ? (int32_t)ppm : 0;
            return number && ppm >= least && ppm < GP_PPM ? NULL : EXPECTED;
        }
    }
    return EXPECTED;
}

const char *fault_effect_print(const FaultLogComponent *component, char *buffer)
{
    char ratio[32];
    switch (component->effect) {
    case FAULT_LOG_XID:
        snprintf(buffer, FAULT_EFFECT_BYTES, "xid:%d", (int)component->xid);
        return buffer;
    case FAULT_LOG_LANE:
    case FAULT_LOG_SLOW:
        quantity_print(component->left_ppm, UNIT_RATIO_PPM, ratio, sizeof ratio);
        for (int i = 0; i < LEFT_COUNT; i++) {
            if (LEFT[i].effect == component->effect && LEFT[i].axis == component->axis) {
                snprintf(buffer, FAULT_EFFECT_BYTES, "%s=%s", LEFT[i].name, ratio);
            }
        }
        return buffer;
    case FAULT_LOG_DOWN:
    default:
        snprintf(buffer, FAULT_EFFECT_BYTES, "down");
        return buffer;
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

/* `3`, or several as `0|3|7`, into bits. */
static bool devices_take(const CsvRow *row, uint32_t *devices)
{
    *devices = 0;
    for (const char *at = row->cells[FAULT_DEVICE].text; at != NULL && *at != '\0';) {
        char *end = NULL;
        long device = *at >= '0' && *at <= '9' ? strtol(at, &end, 10) : GP_DEVICES_MAX;
        if (device >= GP_DEVICES_MAX || (*end != '\0' && (*end != '|' || end[1] == '\0'))) {
            return csv_refuse(
                row, FAULT_DEVICE, "csv",
                "expected a GPU's number, 0 to 31, several joined by bars, or nothing "
                "for the node");
        }
        *devices |= UINT32_C(1) << device;
        at = *end == '|' ? end + 1 : end;
    }
    return true;
}

static bool effect_take(const CsvRow *row, FaultLogComponent *component)
{
    const char *expected = fault_effect_parse(row->cells[FAULT_EFFECT].text, component);
    if (expected != NULL) {
        return csv_refuse(row, FAULT_EFFECT, "csv", expected);
    }
    if (component->effect == FAULT_LOG_LANE && component->of_devices) {
        return csv_refuse(row, FAULT_DEVICE, "conflict",
                          "expected nothing: storage, cores and network are the node's");
    }
    return true;
}

static bool operator_take(const CsvRow *row, FaultLogComponent *component)
{
    const char *by = row->cells[FAULT_BY].text;
    if (by == NULL || by[0] == '\0') {
        return true;
    }
    component->by_operator = strcmp(by, "operator") == 0;
    return component->by_operator ||
           csv_refuse(row, FAULT_BY, "csv", "expected operator or nothing");
}

static bool end_take(const CsvRow *row, int64_t *end_ms)
{
    *end_ms = FAULT_NO_END;
    return row->cells[FAULT_END].length == 0 ||
           csv_seconds(row, FAULT_END, FAULT_LOG_MS_MAX, end_ms);
}

static bool fault_read(void *self, const CsvRow *row)
{
    FaultLogReader *reader = self;
    FaultLogRow fault = {.line = row->line.line};
    const CsvCell *name = &row->cells[FAULT_COMPONENT];
    FaultLogComponent component = {.name = name->text, .base = name->text};
    bool good = csv_seconds(row, FAULT_START, FAULT_LOG_MS_MAX, &fault.start_ms);
    good = end_take(row, &fault.end_ms) && good;
    good = devices_take(row, &fault.devices) && good;
    component.of_devices = fault.devices != 0;
    good = effect_take(row, &component) && good;
    good = operator_take(row, &component) && good;
    if (name->length == 0) {
        good = csv_refuse(row, FAULT_COMPONENT, "csv", "expected what failed: gpu, nic, raid ...");
    }
    const CsvCell *node = &row->cells[FAULT_NODE];
    fault.node = fault_node(reader, node->text, node->length, csv_place(row, FAULT_NODE));
    if (!good || fault.node < 0) {
        return fault.node != FAULT_NO_MEMORY;
    }
    fault.component = fault_component(reader, &component, csv_place(row, FAULT_COMPONENT));
    if (fault.component < 0) {
        return fault.component == FAULT_MISTAKE;
    }
    fault_saw(reader, fault.end_ms);
    return fault_row(reader, fault);
}

static Status faults_csv_read(FaultLogReader *reader)
{
    CsvHandler handler = {
        .columns = columns, .column_count = FAULT_COLUMNS, .row = fault_read, .self = reader};
    return csv_read(reader->options->path, &handler, reader->diagnostics);
}

const FaultLogFormat fault_log_csv = {
    .name = "faults-csv",
    .summary = "our own CSV: node, device, start_s, end_s, component, effect; docs/fault-logs.md",
    .read = faults_csv_read,
};

/* ---- writing --------------------------------------------------------------------------------- */

static void cell_write(const char *text, FILE *file)
{
    if (strpbrk(text, ",\"") == NULL && text[0] != ' ' && text[strlen(text) - 1] != ' ') {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            putc('"', file);
        }
        putc(*at, file);
    }
    putc('"', file);
}

static void seconds_write(int64_t ms, FILE *file)
{
    fprintf(file, ms % 1000 == 0 ? "%" PRId64 : "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
}

static void devices_write(uint32_t devices, FILE *file)
{
    const char *between = "";
    for (int device = 0; device < GP_DEVICES_MAX; device++) {
        if ((devices >> device & 1) != 0) {
            fprintf(file, "%s%d", between, device);
            between = "|";
        }
    }
}

bool faults_csv_write(const FaultLog *log, FILE *file)
{
    fputs("node,device,start_s,end_s,component,effect,by\n", file);
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        const FaultLogComponent *component = &log->components[row->component];
        char effect[FAULT_EFFECT_BYTES];
        cell_write(log->node_name[row->node], file);
        putc(',', file);
        devices_write(row->devices, file);
        putc(',', file);
        seconds_write(row->start_ms, file);
        putc(',', file);
        if (row->end_ms != TIME_NEVER) {
            seconds_write(row->end_ms, file);
        }
        putc(',', file);
        cell_write(component->base, file);
        fprintf(file, ",%s,%s\n", fault_effect_print(component, effect),
                component->by_operator ? "operator" : "");
    }
    return ferror(file) == 0;
}
