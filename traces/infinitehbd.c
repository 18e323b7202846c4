/* infinitehbd.c - the fault trace of the InfiniteHBD paper (SIGCOMM 2025): one JSON array of
 * events.
 *
 * A fault is a start and the next end of the same node and the same fault_type, in the file's
 * order, so that of a start and an end at one time the one that stands first came first. Times are
 * days since the log's zero.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "traces/fault_rows.h"
#include "traces/json_array.h"
#include "traces/trace_reader.h"

#define MS_PER_DAY 86400000.0
#define SLUG_BYTES 64

/* Classes of Level "Other Failure" that people started, so the authors' README. */
static const char *const BY_OPERATOR[] = {"Stress Test Failure", "Change", "Test",
                                          "Training Task Troubleshooting"};

/* Faults of one node and type that have not ended yet, oldest first. */
typedef struct OpenFaults {
    int32_t node, type;
    int32_t first, last; /* rows; -1: none */
} OpenFaults;

typedef struct EventReader {
    FaultLogReader *log;
    Place place; /* of the event at hand */
    bool no_memory;
    int64_t last_ms;
    Intern type_table; /* level, class and description */
    const char **types;
    int32_t type_count, type_capacity;
    Intern open_table;
    OpenFaults *open; /* [open_count] */
    int32_t open_count, open_capacity;
    int32_t *next_open; /* [row] the next one of the same node and type; -1: none */
    int32_t next_count, next_capacity;
} EventReader;

static void refuse(EventReader *reader, const char *key, const char *expected)
{
    diagnostics_error(reader->log->diagnostics, reader->place, "json", NULL, "%s: expected %s", key,
                      expected);
}

/* NULL: a mistake. */
static const char *text_of(EventReader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value) || json_string_length(value) == 0 ||
        strlen(json_string_value(value)) != json_string_length(value)) {
        refuse(reader, key, "a text");
        return NULL;
    }
    return json_string_value(value);
}

static bool time_of(EventReader *reader, const json_t *event, int64_t *ms)
{
    const json_t *value = json_object_get(event, "event_time");
    double days = json_is_number(value) ? json_number_value(value) : -1.0;
    if (!(days >= 0.0 && days * MS_PER_DAY <= (double)FAULT_LOG_MS_MAX)) {
        refuse(reader, "event_time", "days since the log's zero, such as 3.8955");
        return false;
    }
    *ms = (int64_t)floor(days * MS_PER_DAY + 0.5);
    return true;
}

/* ---- types ----------------------------------------------------------------------------------- */

typedef struct FaultType {
    const char *level, *class_of, *description;
} FaultType;

static bool type_of(EventReader *reader, const json_t *event, FaultType *type)
{
    const json_t *object = json_object_get(event, "fault_type");
    if (!json_is_object(object)) {
        refuse(reader, "fault_type", "{Level, Class, Desc}");
        return false;
    }
    type->level = text_of(reader, object, "Level");
    type->class_of = text_of(reader, object, "Class");
    type->description = text_of(reader, object, "Desc");
    return type->level != NULL && type->class_of != NULL && type->description != NULL;
}

typedef struct TypeQuery {
    const char *const *types;
    const char *wanted;
} TypeQuery;

static bool type_is_wanted(const void *context, int32_t id)
{
    const TypeQuery *query = context;
    return strcmp(query->types[id], query->wanted) == 0;
}

/* -1 if memory ran out. */
static int32_t type_number(EventReader *reader, const FaultType *type)
{
    char *joined = NULL;
    if (asprintf(&joined, "%s\n%s\n%s", type->level, type->class_of, type->description) < 0) {
        return -1;
    }
    TypeQuery query = {reader->types, joined};
    uint64_t hash = intern_text(0, joined, strlen(joined));
    int32_t known = intern_find(&reader->type_table, hash, type_is_wanted, &query);
    if (known < 0) {
        const char **types =
            trace_grown(reader->types, reader->type_count, &reader->type_capacity, sizeof *types);
        const char *copy = arena_strdup(reader->log->arena, joined);
        reader->types = types != NULL ? types : reader->types;
        if (types != NULL && copy != NULL &&
            intern_add(&reader->type_table, hash, reader->type_count)) {
            known = reader->type_count++;
            reader->types[known] = copy;
        }
    }
    free(joined);
    return known;
}

/* "Parameter Plane Cable" becomes parameter-plane-cable. */
static void slug_append(char slug[SLUG_BYTES], const char *text)
{
    size_t length = strlen(slug);
    const char *at = text;
    for (; *at != '\0' && length + 2 < SLUG_BYTES; at++) {
        if (isalnum((unsigned char)*at) != 0 || ((unsigned char)*at & 0x80) != 0) {
            slug[length++] = (char)tolower((unsigned char)*at);
        } else if (length > 0 && slug[length - 1] != '-') {
            slug[length++] = '-';
        }
    }
    bool cut = *at != '\0'; /* no part of a character at the end */
    while (length > 0 &&
           (slug[length - 1] == '-' || (cut && ((unsigned char)slug[length - 1] & 0x80) != 0))) {
        length--;
    }
    slug[length] = '\0';
}

/* Classes are components: what the log says beyond them is too fine to count. */
static int32_t component_of(EventReader *reader, const FaultType *type)
{
    char name[SLUG_BYTES] = "";
    char base[SLUG_BYTES] = "";
    slug_append(name, type->class_of);
    slug_append(base, type->level);
    size_t length = strlen(base);
    if (length > 0 && length + 2 < SLUG_BYTES) {
        base[length] = '-';
        base[length + 1] = '\0';
    }
    slug_append(base, type->class_of);
    FaultLogComponent wanted = {.name = name[0] != '\0' ? name : "unnamed",
                                .base = base[0] != '\0' ? base : "unnamed",
                                .effect = FAULT_LOG_DOWN};
    for (size_t i = 0; i < sizeof BY_OPERATOR / sizeof BY_OPERATOR[0]; i++) {
        wanted.by_operator |= strcmp(type->class_of, BY_OPERATOR[i]) == 0;
    }
    return fault_component(reader->log, &wanted, reader->place);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

typedef struct OpenQuery {
    const OpenFaults *open;
    int32_t node, type;
} OpenQuery;

static bool open_is_wanted(const void *context, int32_t id)
{
    const OpenQuery *query = context;
    return query->open[id].node == query->node && query->open[id].type == query->type;
}

/* NULL if memory ran out. */
static OpenFaults *open_of(EventReader *reader, int32_t node, int32_t type)
{
    OpenQuery query = {reader->open, node, type};
    uint64_t hash = intern_mix(7, (uint64_t)(uint32_t)node << 32 | (uint32_t)type);
    int32_t known = intern_find(&reader->open_table, hash, open_is_wanted, &query);
    if (known >= 0) {
        return &reader->open[known];
    }
    OpenFaults *open =
        trace_grown(reader->open, reader->open_count, &reader->open_capacity, sizeof *open);
    if (open == NULL) {
        return NULL;
    }
    reader->open = open;
    if (!intern_add(&reader->open_table, hash, reader->open_count)) {
        return NULL;
    }
    open[reader->open_count] = (OpenFaults){.node = node, .type = type, .first = -1, .last = -1};
    return &open[reader->open_count++];
}

static bool fault_starts(EventReader *reader, OpenFaults *open, FaultLogRow row)
{
    FaultLogReader *log = reader->log;
    int32_t *next =
        trace_grown(reader->next_open, reader->next_count, &reader->next_capacity, sizeof *next);
    if (next == NULL) {
        return false;
    }
    reader->next_open = next;
    if (!fault_row(log, row)) {
        return false;
    }
    int32_t number = log->count - 1;
    next[reader->next_count++] = -1;
    if (open->first >= 0) {
        fault_count(log, FAULT_OPEN_AGAIN, row.line);
        next[open->last] = number;
    } else {
        open->first = number;
    }
    open->last = number;
    return true;
}

static void fault_ends(EventReader *reader, OpenFaults *open, int64_t end_ms)
{
    FaultLogReader *log = reader->log;
    fault_saw(log, end_ms);
    if (open->first < 0) {
        fault_count(log, FAULT_END_ALONE, reader->place.line);
        return;
    }
    log->rows[open->first].end_ms = end_ms;
    open->first = reader->next_open[open->first];
}

/* ---- events ---------------------------------------------------------------------------------- */

static bool event_take(EventReader *reader, const FaultType *type, int32_t node, int64_t time_ms,
                       bool starts)
{
    int32_t number = type_number(reader, type);
    OpenFaults *open = number < 0 ? NULL : open_of(reader, node, number);
    if (open == NULL) {
        return false;
    }
    if (time_ms < reader->last_ms) {
        fault_count(reader->log, FAULT_CLOCK_BACK, reader->place.line);
    }
    reader->last_ms = time_ms;
    if (!starts) {
        fault_ends(reader, open, time_ms);
        return true;
    }
    int32_t component = component_of(reader, type);
    if (component < 0) {
        return component == FAULT_MISTAKE;
    }
    return fault_starts(reader, open,
                        (FaultLogRow){.start_ms = time_ms,
                                      .end_ms = FAULT_NO_END,
                                      .node = node,
                                      .component = component,
                                      .line = reader->place.line});
}

static bool event_read(void *self, const json_t *event, int line)
{
    EventReader *reader = self;
    reader->place = (Place){.file = reader->log->options->path, .line = line};
    int64_t time_ms = 0;
    FaultType type = {NULL, NULL, NULL};
    const char *what = text_of(reader, event, "event_type");
    const char *node = text_of(reader, event, "node_id");
    bool good = time_of(reader, event, &time_ms);
    good = type_of(reader, event, &type) && good;
    bool starts = what != NULL && strcmp(what, "fault_start") == 0;
    if (what != NULL && !starts && strcmp(what, "fault_end") != 0) {
        refuse(reader, "event_type", "fault_start or fault_end");
        good = false;
    }
    if (!good || what == NULL || node == NULL) {
        return true;
    }
    int32_t number = fault_node(reader->log, node, strlen(node), reader->place);
    if (number < 0) {
        return number == FAULT_MISTAKE;
    }
    return event_take(reader, &type, number, time_ms, starts);
}

static Status infinitehbd_read(FaultLogReader *log)
{
    EventReader reader = {.log = log};
    intern_init(&reader.type_table);
    intern_init(&reader.open_table);
    Status status = json_array_read(log->options->path, event_read, &reader, log->diagnostics);
    intern_free(&reader.type_table);
    intern_free(&reader.open_table);
    free(reader.types);
    free(reader.open);
    free(reader.next_open);
    return status;
}

const FaultLogFormat fault_log_infinitehbd = {
    .name = "infinitehbd",
    .summary = "InfiniteHBD fault trace: a JSON array of fault_start and fault_end",
    .read = infinitehbd_read,
};
