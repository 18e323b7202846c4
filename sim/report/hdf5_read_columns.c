/* hdf5_read_columns.c - columns of numbers and of text out of a result file. */
#include "sim/report/hdf5_read_columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/report/hdf5_columns.h"
#include "sim/report/report.h"

#define ROWS_MAX INT32_MAX
#define PACKED_RATIO 1100 /* DEFLATE makes at most 1032 bytes of one */
#define TEXT_WIDTH_MAX ((size_t)1 << 20)

Status result_file_open(ResultFile *file, const char *path, Diagnostics *diagnostics)
{
    Status status = result_file_readable(path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    *file = (ResultFile){.path = path};
    H5Eget_auto2(H5E_DEFAULT, &file->handler, &file->handler_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    file->file = H5Fis_hdf5(path) > 0 ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
    hsize_t bytes = 0;
    if (file->file < 0 || H5Fget_filesize(file->file, &bytes) < 0) {
        result_file_close(file);
        return diagnostics_error(diagnostics, (Place){.file = path}, "result-file",
                                 "expected a file that `gpuplan run -o FILE` wrote",
                                 "is no HDF5 file, or is damaged");
    }
    file->bytes_max = bytes * PACKED_RATIO;
    return STATUS_OK;
}

void result_file_close(ResultFile *file)
{
    if (file->file >= 0) {
        H5Fclose(file->file);
    }
    H5Eset_auto2(H5E_DEFAULT, file->handler, file->handler_data);
}

static hid_t group_open(hid_t parent, const char *name)
{
    return parent >= 0 && H5Lexists(parent, name, H5P_DEFAULT) > 0
               ? H5Gopen2(parent, name, H5P_DEFAULT)
               : -1;
}

static hid_t group_step(hid_t parent, const char *name)
{
    hid_t group = group_open(parent, name);
    if (parent >= 0) {
        H5Gclose(parent);
    }
    return group;
}

hid_t result_file_first_replication(const ResultFile *file, const char *variant)
{
    char *link = hdf5_link_name(variant);
    hid_t group = link != NULL ? group_open(file->file, "variants") : -1;
    group = link != NULL ? group_step(group, link) : -1;
    free(link);
    group = group_step(group, "rep");
    return group_step(group, "000000");
}

bool table_open(TableReader *reader, const ResultFile *file, hid_t parent, const char *table,
                Diagnostics *diagnostics)
{
    *reader = (TableReader){.file = file,
                            .table = table,
                            .group = group_open(parent, table),
                            .rows = -1,
                            .diagnostics = diagnostics};
    return reader->group >= 0;
}

void table_close(TableReader *reader)
{
    if (reader->group >= 0) {
        H5Gclose(reader->group);
    }
}

bool table_has(const TableReader *reader, const char *column)
{
    return reader->group >= 0 && H5Lexists(reader->group, column, H5P_DEFAULT) > 0;
}

void table_damaged(TableReader *reader, const char *column, const char *what)
{
    if (reader->status == STATUS_OK) {
        reader->status =
            diagnostics_error(reader->diagnostics, (Place){.file = reader->file->path},
                              "result-file", "write it again with `gpuplan run -o FILE`",
                              "is damaged: column %s of table %s %s", column, reader->table, what);
    }
}

static void no_memory(TableReader *reader)
{
    if (reader->status == STATUS_OK) {
        reader->status = diagnostics_no_memory(reader->diagnostics);
    }
}

typedef struct OpenColumn {
    hid_t set, type, space;
} OpenColumn;

static void column_close(OpenColumn *column)
{
    if (column->space >= 0) {
        H5Sclose(column->space);
    }
    if (column->type >= 0) {
        H5Tclose(column->type);
    }
    if (column->set >= 0) {
        H5Dclose(column->set);
    }
}

/* NULL, or what is wrong with the column's shape; the table has its length afterwards. */
static const char *shape_check(TableReader *reader, const OpenColumn *column, H5T_class_t wanted,
                               size_t bytes_a_row)
{
    hsize_t rows = 0;
    if (column->set < 0 || column->type < 0 || column->space < 0) {
        return "is missing";
    }
    if (H5Tget_class(column->type) != wanted) {
        return "has another type";
    }
    if (H5Sget_simple_extent_ndims(column->space) != 1 ||
        H5Sget_simple_extent_dims(column->space, &rows, NULL) != 1 || rows > ROWS_MAX) {
        return "is no list";
    }
    if (reader->rows >= 0 && (hsize_t)reader->rows != rows) {
        return "is not as long as the others";
    }
    if (bytes_a_row > 0 && rows > reader->file->bytes_max / bytes_a_row) {
        return "is longer than the file can hold";
    }
    reader->rows = (int64_t)rows;
    return NULL;
}

/* Opens and checks; false: recorded, nothing is open. */
static bool column_open(TableReader *reader, OpenColumn *column, const char *name,
                        H5T_class_t wanted)
{
    if (reader->status != STATUS_OK) {
        return false;
    }
    column->set = table_has(reader, name) ? H5Dopen2(reader->group, name, H5P_DEFAULT) : -1;
    column->type = column->set >= 0 ? H5Dget_type(column->set) : -1;
    column->space = column->set >= 0 ? H5Dget_space(column->set) : -1;
    size_t size = column->type >= 0 ? H5Tget_size(column->type) : 0;
    const char *wrong = shape_check(reader, column, wanted, size);
    if (wrong != NULL) {
        table_damaged(reader, name, wrong);
        column_close(column);
    }
    return wrong == NULL;
}

static void *numbers_read(TableReader *reader, const char *name, H5T_class_t wanted, hid_t type,
                          size_t size)
{
    OpenColumn column;
    if (!column_open(reader, &column, name, wanted)) {
        return NULL;
    }
    size_t rows = (size_t)reader->rows;
    void *values = calloc(rows > 0 ? rows : 1, size);
    if (values == NULL) {
        no_memory(reader);
    } else if (rows > 0 && H5Dread(column.set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        table_damaged(reader, name, "cannot be read");
        free(values);
        values = NULL;
    }
    column_close(&column);
    return values;
}

int64_t *table_integers(TableReader *reader, const char *column)
{
    return numbers_read(reader, column, H5T_INTEGER, H5T_NATIVE_INT64, sizeof(int64_t));
}

int32_t *table_counts(TableReader *reader, const char *column)
{
    return numbers_read(reader, column, H5T_INTEGER, H5T_NATIVE_INT32, sizeof(int32_t));
}

double *table_reals(TableReader *reader, const char *column)
{
    return numbers_read(reader, column, H5T_FLOAT, H5T_NATIVE_DOUBLE, sizeof(double));
}

/* ---- text ---- */

/* Pointers, and behind them room for `bytes` of text. */
static char **texts_block(TableReader *reader, size_t rows, size_t bytes)
{
    char **texts = malloc((rows + 1) * sizeof *texts + bytes);
    if (texts == NULL) {
        no_memory(reader);
    }
    return texts;
}

static char **texts_fixed(TableReader *reader, const OpenColumn *column, const char *name)
{
    size_t rows = (size_t)reader->rows, width = H5Tget_size(column->type);
    if (width == 0 || width > TEXT_WIDTH_MAX) {
        table_damaged(reader, name, "has texts of an impossible length");
        return NULL;
    }
    char *bytes = calloc(rows > 0 ? rows : 1, width);
    char **texts = texts_block(reader, rows, rows * (width + 1));
    if (bytes == NULL) {
        no_memory(reader);
    } else if (texts != NULL && rows > 0 &&
               H5Dread(column->set, column->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0) {
        table_damaged(reader, name, "cannot be read");
    }
    char *at = (char *)(texts + rows + 1);
    for (size_t i = 0; reader->status == STATUS_OK && i < rows; i++) {
        texts[i] = at;
        memcpy(at, bytes + i * width, width);
        at[width] = '\0';
        at += width + 1;
    }
    free(bytes);
    return texts;
}

static char **texts_copied(TableReader *reader, char *const *values)
{
    size_t rows = (size_t)reader->rows, bytes = 0;
    for (size_t i = 0; i < rows; i++) {
        bytes += (values[i] != NULL ? strlen(values[i]) : 0) + 1;
    }
    char **texts = texts_block(reader, rows, bytes);
    char *at = texts != NULL ? (char *)(texts + rows + 1) : NULL;
    for (size_t i = 0; texts != NULL && i < rows; i++) {
        texts[i] = at;
        at = stpcpy(at, values[i] != NULL ? values[i] : "") + 1;
    }
    return texts;
}

static char **texts_variable(TableReader *reader, const OpenColumn *column, const char *name)
{
    size_t rows = (size_t)reader->rows;
    char **values = calloc(rows > 0 ? rows : 1, sizeof *values);
    char **texts = NULL;
    if (values == NULL) {
        no_memory(reader);
        return NULL;
    }
    if (rows > 0 && H5Dread(column->set, column->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        table_damaged(reader, name, "cannot be read");
    } else {
        texts = texts_copied(reader, values);
        H5Dvlen_reclaim(column->type, column->space, H5P_DEFAULT, values);
    }
    free(values);
    return texts;
}

char **table_texts(TableReader *reader, const char *name)
{
    OpenColumn column;
    if (!column_open(reader, &column, name, H5T_STRING)) {
        return NULL;
    }
    char **texts = H5Tis_variable_str(column.type) > 0 ? texts_variable(reader, &column, name)
                                                       : texts_fixed(reader, &column, name);
    column_close(&column);
    if (reader->status != STATUS_OK) {
        free(texts);
        return NULL;
    }
    return texts;
}

int64_t table_attribute(const TableReader *reader, const char *name)
{
    int64_t value = 0;
    hid_t attribute =
        H5Aexists(reader->group, name) > 0 ? H5Aopen(reader->group, name, H5P_DEFAULT) : -1;
    if (attribute < 0) {
        return 0;
    }
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    if (H5Tget_class(type) != H5T_INTEGER || H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(attribute, H5T_NATIVE_INT64, &value) < 0) {
        value = 0;
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return value;
}
