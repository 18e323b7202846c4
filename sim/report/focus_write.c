/* focus_write.c - the dataset as CSV, and what describes it as JSON beside it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "sim/report/atomic_file.h"
#include "sim/report/focus.h"
#include "sim/report/focus_columns.h"
#include "sim/report/json_help.h"
#include "sim/report/version.h"
#include "traces/clock.h"

static bool column_in(const FocusColumn *column, FocusVersion version)
{
    return (int)version >= column->first && (int)version <= column->last;
}

/* ---- the rows ---- */

typedef struct CsvWriter {
    FocusOut out;
    FocusVersion version;
} CsvWriter;

static bool csv_row(void *self, const FocusRow *row)
{
    CsvWriter *writer = self;
    const char *comma = "";
    for (const FocusColumn *column = FOCUS_COLUMNS; column->name != NULL; column++) {
        if (column_in(column, writer->version)) {
            fputs(comma, writer->out.stream);
            column->put(&writer->out, row);
            comma = ",";
        }
    }
    fputc('\n', writer->out.stream);
    return !writer->out.out_of_memory;
}

static void csv_header(FocusVersion version, FILE *stream)
{
    const char *comma = "";
    for (const FocusColumn *column = FOCUS_COLUMNS; column->name != NULL; column++) {
        if (column_in(column, version)) {
            fprintf(stream, "%s%s", comma, column->name);
            comma = ",";
        }
    }
    fputc('\n', stream);
}

static Status csv_write(const Charges *charges, const FocusAbout *about, FocusVersion version,
                        const char *path, Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    CsvWriter writer = {.out = {.charges = charges, .about = about, .stream = file.stream},
                        .version = version};
    csv_header(version, file.stream);
    if (!focus_rows(charges, csv_row, &writer)) {
        atomic_file_abandon(&file);
        return diagnostics_no_memory(diagnostics);
    }
    return atomic_file_commit(&file, diagnostics);
}

/* ---- the metadata ---- */

static json_t *column_json(const FocusColumn *column)
{
    static const char *const TYPES[] = {[FOCUS_STRING] = "STRING",
                                        [FOCUS_MONEY] = "DECIMAL",
                                        [FOCUS_QUANTITY] = "DECIMAL",
                                        [FOCUS_TIME] = "DATETIME",
                                        [FOCUS_JSON] = "JSON"};
    json_t *about = json_object();
    bool ok = json_put(about, "ColumnName", json_string(column->name));
    ok = json_put(about, "DataType", json_string(TYPES[column->type])) && ok;
    if (column->type == FOCUS_MONEY || column->type == FOCUS_QUANTITY) {
        ok = json_put(about, "NumericPrecision", json_integer(31)) && ok;
        ok = json_put(about, "NumberScale", json_integer(column->type == FOCUS_MONEY ? 6 : 12)) &&
             ok;
    } else if (column->type != FOCUS_TIME) {
        ok = json_put(about, "StringEncoding", json_string("UTF-8")) && ok;
    }
    ok = json_put(about, "AllowsNulls", json_boolean(column->nullable)) && ok;
    return json_checked(about, ok);
}

/* Runs of one scenario by one program have one schema: its id says so. */
static json_t *metadata_json(const FocusAbout *about, FocusVersion version)
{
    char created[CLOCK_BYTES];
    char id[64];
    json_t *root = json_object();
    json_t *generator = json_object();
    json_t *schema = json_object();
    json_t *columns = json_array();
    bool ok = columns != NULL;
    for (const FocusColumn *column = FOCUS_COLUMNS; column->name != NULL; column++) {
        if (column_in(column, version)) {
            ok = json_push(columns, column_json(column)) && ok;
        }
    }
    snprintf(id, sizeof id, "gpuplan-%s-focus-%s", GPUPLAN_VERSION, FOCUS_VERSION_NAMES[version]);
    ok = json_put(generator, "DataGenerator", json_string("gpuplan")) && ok;
    ok = json_put(root, "DataGenerator", generator) && ok;
    ok = json_put(schema, "SchemaId", json_string(id)) && ok;
    ok = json_put(schema, "FocusVersion", json_string(FOCUS_VERSION_NAMES[version])) && ok;
    ok = json_put(schema, "CreationDate",
                  json_string(clock_print(about->created_unix_ms / 1000 * 1000, created))) &&
         ok;
    ok = json_put(schema, "DataGeneratorVersion", json_string(GPUPLAN_VERSION)) && ok;
    ok = json_put(schema, "Dataset", json_string("CostAndUsage")) && ok;
    ok = json_put(schema, "ColumnDefinition", columns) && ok;
    ok = json_put(root, "Schema", schema) && ok;
    return json_checked(root, ok);
}

/* F.csv: F.metadata.json. NULL if memory ran out. */
static char *metadata_path(const char *path)
{
    size_t length = strlen(path);
    bool csv = length > 4 && text_ends_with(path, ".csv");
    char *beside = NULL;
    return asprintf(&beside, "%.*s.metadata.json", (int)(length - (csv ? 4 : 0)), path) < 0
               ? NULL
               : beside;
}

static Status metadata_write(const FocusAbout *about, FocusVersion version, const char *path,
                             Diagnostics *diagnostics)
{
    json_t *root = metadata_json(about, version);
    char *text = root != NULL ? json_document(root) : NULL;
    char *beside = metadata_path(path);
    AtomicFile file;
    Status status = text != NULL && beside != NULL ? atomic_file_open(&file, beside, diagnostics)
                                                   : diagnostics_no_memory(diagnostics);
    if (status == STATUS_OK) {
        fputs(text, file.stream);
        status = atomic_file_commit(&file, diagnostics);
    }
    free(beside);
    free(text);
    json_decref(root);
    return status;
}

Status focus_write(const Charges *charges, const FocusAbout *about, FocusVersion version,
                   const char *path, Diagnostics *diagnostics)
{
    Status status = focus_check(charges, path, diagnostics);
    if (status == STATUS_OK && strcmp(path, "-") != 0) {
        status = metadata_write(about, version, path, diagnostics);
    }
    return status == STATUS_OK ? csv_write(charges, about, version, path, diagnostics) : status;
}
