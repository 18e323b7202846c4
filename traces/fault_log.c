/* fault_log.c - fault logs of all formats: tables of what was read, cutting, counting, sorting. */
#include "traces/fault_rows.h"

#include <stdlib.h>
#include <string.h>

#include "traces/trace_reader.h"
#include "traces/utf8.h"

const FaultLogFormat *const FAULT_LOG_FORMATS[] = {&fault_log_infinitehbd, &fault_log_csv, NULL};

#define NAME_BYTES_MAX 200

static const struct {
    const char *text;
    bool dropped;
} REASONS[FAULT_REASON_COUNT] = {
    [FAULT_END_ALONE] = {"an end without a start before it", true},
    [FAULT_END_BEFORE_START] = {"ends before it starts", true},
    [FAULT_BEFORE_FROM] = {"over before --from", true},
    [FAULT_AFTER_TO] = {"starts at --to or later", true},
    [FAULT_CARRIED] = {"began before --from, its rest is kept", false},
    [FAULT_UNCLOSED] = {"without an end: not repaired within the log", false},
    [FAULT_NO_LENGTH] = {"of no length: start and end are the same", false},
    [FAULT_OVERLAPS] = {"begins while another fault of its node lasts", false},
    [FAULT_OPEN_AGAIN] = {"starts again before it has ended", false},
    [FAULT_CLOCK_BACK] = {"stands behind a later event", false},
};

const FaultLogFormat *fault_log_format_named(const char *name)
{
    for (int i = 0; FAULT_LOG_FORMATS[i] != NULL; i++) {
        if (strcmp(FAULT_LOG_FORMATS[i]->name, name) == 0) {
            return FAULT_LOG_FORMATS[i];
        }
    }
    return NULL;
}

void fault_log_options_init(FaultLogOptions *options)
{
    *options = (FaultLogOptions){.format = fault_log_csv.name, .to_ms = TIME_NEVER};
}

/* Does the first line name these columns? */
static bool header_has(const char *text, size_t line, const char *column)
{
    size_t length = strlen(column);
    for (const char *at = text; at + length <= text + line; at++) {
        bool starts = at == text || at[-1] == ',' || at[-1] == '"';
        bool ends = at + length == text + line || at[length] == ',' || at[length] == '"';
        if (starts && ends && memcmp(at, column, length) == 0) {
            return true;
        }
    }
    return false;
}

const FaultLogFormat *fault_log_format_of(const char *text)
{
    text += strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    text += strspn(text, " \t\r\n");
    if (text[0] == '[') {
        return strstr(text, "\"fault_type\"") != NULL ? &fault_log_infinitehbd : NULL;
    }
    size_t line = strcspn(text, "\r\n");
    bool ours = header_has(text, line, "node") &&
                (header_has(text, line, "start_s") || header_has(text, line, "effect"));
    return ours ? &fault_log_csv : NULL;
}

/* ---- what readers hand over ------------------------------------------------------------------ */

void fault_count(FaultLogReader *reader, FaultReasonId reason, int line)
{
    TraceReason *counted = &reader->reasons[reason];
    counted->text = REASONS[reason].text;
    counted->dropped = REASONS[reason].dropped;
    counted->first_line = counted->count++ == 0 ? line : counted->first_line;
}

void fault_saw(FaultLogReader *reader, int64_t time_ms)
{
    reader->log_end_ms = time_ms > reader->log_end_ms ? time_ms : reader->log_end_ms;
}

typedef struct NodeQuery {
    const char *const *nodes;
    const char *wanted;
    size_t length;
} NodeQuery;

static bool node_is_wanted(const void *context, int32_t id)
{
    const NodeQuery *query = context;
    const char *known = query->nodes[id];
    return strncmp(known, query->wanted, query->length) == 0 && known[query->length] == '\0';
}

/* A name that tables can show. */
static bool name_is_sound(FaultLogReader *reader, const char *what, const char *name, size_t length,
                          Place place)
{
    int characters = 0;
    if (length > 0 && length <= NAME_BYTES_MAX &&
        utf8_text_length(name, length, &characters) == length) {
        return true;
    }
    diagnostics_error(reader->diagnostics, place, "name", NULL,
                      "%s is %s; expected a name of up to %d bytes without control characters",
                      what, length == 0 ? "empty" : "no such name", NAME_BYTES_MAX);
    return false;
}

int32_t fault_node(FaultLogReader *reader, const char *name, size_t length, Place place)
{
    NodeQuery query = {reader->nodes, name, length};
    uint64_t hash = intern_text(0, name, length);
    int32_t known = intern_find(&reader->node_table, hash, node_is_wanted, &query);
    if (known >= 0) {
        return known;
    }
    if (!name_is_sound(reader, "the node", name, length, place)) {
        return FAULT_MISTAKE;
    }
    if (reader->node_count == FAULT_LOG_NODES_MAX) {
        diagnostics_error(reader->diagnostics, place, "range", NULL, "more than %d nodes",
                          FAULT_LOG_NODES_MAX);
        return FAULT_MISTAKE;
    }
    const char **nodes =
        trace_grown(reader->nodes, reader->node_count, &reader->node_capacity, sizeof *nodes);
    if (nodes == NULL) {
        return FAULT_NO_MEMORY;
    }
    reader->nodes = nodes;
    const char *copy = arena_strndup(reader->arena, name, length);
    if (copy == NULL || !intern_add(&reader->node_table, hash, reader->node_count)) {
        return FAULT_NO_MEMORY;
    }
    reader->nodes[reader->node_count] = copy;
    return reader->node_count++;
}

typedef struct ComponentQuery {
    const FaultLogComponent *components;
    const FaultLogComponent *wanted;
} ComponentQuery;

static bool component_is_wanted(const void *context, int32_t id)
{
    const ComponentQuery *query = context;
    const FaultLogComponent *known = &query->components[id];
    const FaultLogComponent *wanted = query->wanted;
    return known->effect == wanted->effect && known->axis == wanted->axis &&
           known->of_devices == wanted->of_devices && known->by_operator == wanted->by_operator &&
           known->xid == wanted->xid && known->left_ppm == wanted->left_ppm &&
           strcmp(known->base, wanted->base) == 0 && strcmp(known->name, wanted->name) == 0;
}

int32_t fault_component(FaultLogReader *reader, const FaultLogComponent *wanted, Place place)
{
    ComponentQuery query = {reader->components, wanted};
    uint64_t hash = intern_text(0, wanted->name, strlen(wanted->name));
    hash = intern_mix(hash, (uint64_t)wanted->effect << 16 | (uint64_t)wanted->axis << 8 |
                                (uint64_t)wanted->of_devices << 1 | wanted->by_operator);
    hash = intern_mix(hash, (uint64_t)(uint32_t)wanted->xid << 32 | (uint32_t)wanted->left_ppm);
    int32_t known = intern_find(&reader->component_table, hash, component_is_wanted, &query);
    if (known >= 0) {
        return known;
    }
    if (!name_is_sound(reader, "the component", wanted->base, strlen(wanted->base), place)) {
        return FAULT_MISTAKE;
    }
    if (reader->component_count == FAULT_LOG_COMPONENTS_MAX) {
        diagnostics_error(reader->diagnostics, place, "range", "is this the right column?",
                          "more than %d different components and effects",
                          FAULT_LOG_COMPONENTS_MAX);
        return FAULT_MISTAKE;
    }
    FaultLogComponent *components = trace_grown(reader->components, reader->component_count,
                                                &reader->component_capacity, sizeof *components);
    if (components == NULL) {
        return FAULT_NO_MEMORY;
    }
    reader->components = components;
    FaultLogComponent *added = &components[reader->component_count];
    *added = *wanted;
    added->count = 0;
    added->name = arena_strdup(reader->arena, wanted->name);
    added->base = arena_strdup(reader->arena, wanted->base);
    if (added->name == NULL || added->base == NULL ||
        !intern_add(&reader->component_table, hash, reader->component_count)) {
        return FAULT_NO_MEMORY;
    }
    return reader->component_count++;
}

bool fault_row(FaultLogReader *reader, FaultLogRow row)
{
    FaultLogRow *rows =
        trace_grown(reader->rows, reader->count, &reader->capacity, sizeof *reader->rows);
    if (rows == NULL) {
        return false;
    }
    reader->rows = rows;
    reader->rows[reader->count++] = row;
    reader->log->rows_read++;
    fault_saw(reader, row.start_ms);
    return true;
}

/* ---- cutting and sorting --------------------------------------------------------------------- */

/* Is the fault kept? Its times come to the run's clock. */
static bool row_cut(FaultLogReader *reader, FaultLogRow *row)
{
    int64_t from_ms = reader->options->from_ms;
    if (row->end_ms == FAULT_NO_END) {
        row->end_ms = TIME_NEVER;
        fault_count(reader, FAULT_UNCLOSED, row->line);
    }
    FaultReasonId reason = FAULT_REASON_COUNT;
    if (row->end_ms < row->start_ms) {
        reason = FAULT_END_BEFORE_START;
    } else if (row->start_ms < from_ms && row->end_ms <= from_ms) {
        reason = FAULT_BEFORE_FROM;
    } else if (row->start_ms >= reader->options->to_ms) {
        reason = FAULT_AFTER_TO;
    }
    if (reason != FAULT_REASON_COUNT) {
        fault_count(reader, reason, row->line);
        return false;
    }
    if (row->start_ms < from_ms) {
        fault_count(reader, FAULT_CARRIED, row->line);
        row->carried = true;
        row->start_ms = from_ms;
    }
    row->start_ms -= from_ms;
    row->end_ms -= row->end_ms == TIME_NEVER ? 0 : from_ms;
    return true;
}

typedef struct SortRow {
    FaultLogRow row;
    int32_t number;
} SortRow;

static int row_compare(const void *a, const void *b)
{
    const SortRow *first = a;
    const SortRow *second = b;
    if (first->row.start_ms != second->row.start_ms) {
        return first->row.start_ms < second->row.start_ms ? -1 : 1;
    }
    return (first->number > second->number) - (first->number < second->number);
}

/* Rows that are kept, in order. False if memory ran out. */
static bool rows_sort(FaultLogReader *reader)
{
    SortRow *sorted = malloc(((size_t)reader->count + 1) * sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    int32_t count = 0;
    for (int32_t i = 0; i < reader->count; i++) {
        if (row_cut(reader, &reader->rows[i])) {
            sorted[count] = (SortRow){reader->rows[i], count};
            count++;
        }
    }
    qsort(sorted, (size_t)count, sizeof *sorted, row_compare);
    FaultLog *log = reader->log;
    log->rows = ARENA_ARRAY(reader->arena, FaultLogRow, count);
    for (int32_t i = 0; log->rows != NULL && i < count; i++) {
        log->rows[i] = sorted[i].row;
        reader->components[sorted[i].row.component].count++;
    }
    log->count = count;
    free(sorted);
    return log->rows != NULL;
}

/* What is odd about rows that are kept: no length, begun while the node was hit already. False if
 * memory ran out. */
static bool rows_note(FaultLogReader *reader)
{
    const FaultLog *log = reader->log;
    int64_t *until_ms = malloc(((size_t)reader->node_count + 1) * sizeof *until_ms);
    if (until_ms == NULL) {
        return false;
    }
    for (int32_t node = 0; node < reader->node_count; node++) {
        until_ms[node] = INT64_MIN;
    }
    for (int32_t i = 0; i < log->count; i++) {
        const FaultLogRow *row = &log->rows[i];
        if (row->end_ms == row->start_ms) {
            fault_count(reader, FAULT_NO_LENGTH, row->line);
        }
        if (row->start_ms < until_ms[row->node]) {
            fault_count(reader, FAULT_OVERLAPS, row->line);
        }
        if (row->end_ms > until_ms[row->node]) {
            until_ms[row->node] = row->end_ms;
        }
    }
    free(until_ms);
    return true;
}

/* ---- components ------------------------------------------------------------------------------ */

/* Of components that share a name each is called by what else the format's reader knows of it, and,
 * where that is the same too, by its effect. */
static bool names_tell_apart(FaultLogReader *reader)
{
    enum { ALONE, SHARES_NAME, SHARES_BASE };
    FaultLogComponent *all = reader->components;
    char *shares = calloc((size_t)reader->component_count + 1, 1);
    if (shares == NULL) {
        return false;
    }
    for (int32_t i = 0; i < reader->component_count; i++) {
        for (int32_t k = 0; k < reader->component_count; k++) {
            if (k != i && strcmp(all[i].name, all[k].name) == 0) {
                bool base = strcmp(all[i].base, all[k].base) == 0;
                shares[i] = base ? SHARES_BASE : shares[i] == ALONE ? SHARES_NAME : shares[i];
            }
        }
    }
    for (int32_t i = 0; i < reader->component_count; i++) {
        char effect[FAULT_EFFECT_BYTES];
        char name[NAME_BYTES_MAX + FAULT_EFFECT_BYTES + 32];
        if (shares[i] == ALONE) {
            all[i].base = all[i].name;
        } else if (shares[i] == SHARES_NAME) {
            all[i].name = all[i].base;
        } else if (shares[i] == SHARES_BASE) {
            snprintf(name, sizeof name, "%s %s%s%s", all[i].base,
                     fault_effect_print(&all[i], effect), all[i].of_devices ? " of a GPU" : "",
                     all[i].by_operator ? " by operator" : "");
            all[i].name = arena_strdup(reader->arena, name);
        }
    }
    free(shares);
    return !reader->arena->failed;
}

static bool log_fill(FaultLogReader *reader)
{
    FaultLog *log = reader->log;
    if (!names_tell_apart(reader) || !rows_sort(reader) || !rows_note(reader)) {
        return false;
    }
    log->node_count = reader->node_count;
    log->component_count = reader->component_count;
    log->node_name = ARENA_ARRAY(reader->arena, const char *, reader->node_count);
    log->components = ARENA_ARRAY(reader->arena, FaultLogComponent, reader->component_count);
    if (log->node_name == NULL || log->components == NULL) {
        return false;
    }
    for (int32_t i = 0; i < log->node_count; i++) {
        log->node_name[i] = reader->nodes[i];
    }
    for (int32_t i = 0; i < log->component_count; i++) {
        log->components[i] = reader->components[i];
    }
    const FaultLogOptions *options = reader->options;
    int64_t end_ms = options->to_ms == TIME_NEVER ? reader->log_end_ms : options->to_ms;
    log->window_ms = end_ms > options->from_ms ? end_ms - options->from_ms : 0;
    for (int reason = 0; reason < FAULT_REASON_COUNT; reason++) {
        if (reader->reasons[reason].count > 0) {
            log->reasons[log->reason_count++] = reader->reasons[reason];
        }
    }
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void reader_free(FaultLogReader *reader)
{
    intern_free(&reader->node_table);
    intern_free(&reader->component_table);
    free(reader->nodes);
    free(reader->components);
    free(reader->rows);
}

Status fault_log_read(const FaultLogOptions *options, Arena *arena, Diagnostics *diagnostics,
                      FaultLog *log)
{
    *log = (FaultLog){0};
    Place place = {.file = options->path};
    const FaultLogFormat *format = fault_log_format_named(options->format);
    if (format == NULL) {
        return diagnostics_error(diagnostics, place, "format", "gpuplan list formats",
                                 "there is no format of fault logs '%s'", options->format);
    }
    if (options->to_ms <= options->from_ms) {
        return diagnostics_error(diagnostics, place, "range", NULL,
                                 "`to` is not later than `from`: nothing is left of the log");
    }
    FaultLogReader reader = {
        .options = options, .arena = arena, .diagnostics = diagnostics, .log = log};
    intern_init(&reader.node_table);
    intern_init(&reader.component_table);
    Status status = format->read(&reader);
    if (status == STATUS_OK && !log_fill(&reader)) {
        status = diagnostics_no_memory(diagnostics);
    }
    if (status == STATUS_OK && log->rows_read == 0) {
        status = diagnostics_error(diagnostics, place, "empty", NULL, "there is no fault in it");
    }
    reader_free(&reader);
    return diagnostics->out_of_memory ? STATUS_FAILED : status;
}
