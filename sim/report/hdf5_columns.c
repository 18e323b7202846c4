/* hdf5_columns.c - columns of numbers and of text. */
#include "sim/report/hdf5_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/job.h"

#define CHUNK_ROWS 65536
#define CHUNK_WORTH 1024 /* shorter columns are stored in one piece, without filters */
#define DEFLATE_LEVEL 4
#define TEXT_FIXED_MAX 256 /* longer text makes a column of variable length */

char *hdf5_link_name(const char *name)
{
    char *link = malloc(3 * strlen(name) + 1);
    if (link == NULL) {
        return NULL;
    }
    char *at = link;
    bool dots = strspn(name, ".") == strlen(name);
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '/' || *c == '%' || (*c == '.' && dots)) {
            at += sprintf(at, "%%%02X", (unsigned)*c);
        } else {
            *at++ = *c;
        }
    }
    *at = '\0';
    return link;
}

H5Group h5_group(H5Group parent, const char *name)
{
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    hid_t link = H5Pcreate(H5P_LINK_CREATE);
    hid_t group = -1;
    if (H5Pset_obj_track_times(create, false) >= 0 &&
        H5Pset_char_encoding(link, H5T_CSET_UTF8) >= 0 &&
        H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0) {
        group = H5Gcreate2(parent.id, name, link, create, H5P_DEFAULT);
    }
    H5Pclose(link);
    H5Pclose(create);
    return (H5Group){group, parent.packed};
}

/* size H5T_VARIABLE: of any length. */
static hid_t text_type(size_t size)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, size > 0 ? size : 1) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
         H5Tset_strpad(type, H5T_STR_NULLPAD) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

static hid_t dataset_create(hid_t parent, const char *name, hid_t type, hid_t space, bool packed,
                            bool shuffled)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    bool ok = H5Pset_obj_track_times(create, false) >= 0;
    if (packed) {
        hsize_t rows = 0;
        H5Sget_simple_extent_dims(space, &rows, NULL);
        hsize_t chunk = rows < CHUNK_ROWS ? rows : CHUNK_ROWS;
        ok = ok && H5Pset_chunk(create, 1, &chunk) >= 0 &&
             (!shuffled || H5Pset_shuffle(create) >= 0) &&
             H5Pset_deflate(create, DEFLATE_LEVEL) >= 0;
    }
    hid_t set = ok ? H5Dcreate2(parent, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT) : -1;
    H5Pclose(create);
    return set;
}

bool h5_text(hid_t parent, const char *name, const char *text)
{
    hid_t type = text_type(strlen(text));
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t set = dataset_create(parent, name, type, space, false, false);
    const char *bytes = text[0] != '\0' ? text : "\0";
    bool ok = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
    if (set >= 0) {
        H5Dclose(set);
    }
    H5Sclose(space);
    H5Tclose(type);
    return ok;
}

static bool attribute_write(hid_t object, const char *name, hid_t type, hid_t space,
                            const void *value)
{
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool ok = attribute >= 0 && H5Awrite(attribute, type, value) >= 0;
    if (attribute >= 0) {
        H5Aclose(attribute);
    }
    return ok;
}

bool h5_attribute_text(hid_t object, const char *name, const char *text)
{
    hid_t type = text_type(strlen(text));
    hid_t space = H5Screate(H5S_SCALAR);
    bool ok = attribute_write(object, name, type, space, text);
    H5Sclose(space);
    H5Tclose(type);
    return ok;
}

static bool attribute_number(hid_t object, const char *name, hid_t type, const void *value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    bool ok = attribute_write(object, name, type, space, value);
    H5Sclose(space);
    return ok;
}

bool h5_attribute_integer(hid_t object, const char *name, int64_t value)
{
    return attribute_number(object, name, H5T_NATIVE_INT64, &value);
}

/* Creates, writes (NULL: later) and labels; the caller closes the data set. Negative if HDF5
 * refused. */
static hid_t column_write(H5Column column, hid_t type, bool shuffled, const void *values)
{
    hsize_t rows = column.count;
    hid_t space = H5Screate_simple(1, &rows, NULL);
    bool packed = column.group.packed && rows >= CHUNK_WORTH && H5Tis_variable_str(type) <= 0;
    hid_t set = dataset_create(column.group.id, column.name, type, space, packed, shuffled);
    bool ok = set >= 0;
    ok = ok && (rows == 0 || values == NULL ||
                H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    ok = ok && (column.units == NULL || h5_attribute_text(set, "units", column.units));
    ok = ok && h5_attribute_text(set, "long_name", column.about);
    H5Sclose(space);
    if (!ok && set >= 0) {
        H5Dclose(set);
        return -1;
    }
    return set;
}

static bool column_close(hid_t set, bool ok)
{
    if (set >= 0) {
        H5Dclose(set);
    }
    return set >= 0 && ok;
}

bool h5_integers(H5Column column, const int64_t *values)
{
    return column_close(column_write(column, H5T_NATIVE_INT64, true, values), true);
}

bool h5_times(H5Column column, const int64_t *values)
{
    hid_t set = column_write(column, H5T_NATIVE_INT64, true, values);
    return column_close(set, set >= 0 && h5_attribute_integer(set, "_FillValue", TIME_NEVER));
}

bool h5_counts(H5Column column, const int32_t *values)
{
    return column_close(column_write(column, H5T_NATIVE_INT32, true, values), true);
}

bool h5_codes(H5Column column, const uint8_t *values, const char *meanings)
{
    uint8_t codes[64];
    hsize_t count = 1;
    codes[0] = 0;
    for (const char *c = meanings; *c != '\0' && count < sizeof codes; c++) {
        if (*c == ' ') {
            codes[count] = (uint8_t)count;
            count++;
        }
    }
    hid_t set = column_write(column, H5T_NATIVE_UINT8, true, values);
    hid_t space = H5Screate_simple(1, &count, NULL);
    bool ok = set >= 0 && attribute_write(set, "flag_values", H5T_NATIVE_UINT8, space, codes) &&
              h5_attribute_text(set, "flag_meanings", meanings);
    H5Sclose(space);
    return column_close(set, ok);
}

bool h5_reals(H5Column column, const double *values)
{
    return column_close(column_write(column, H5T_NATIVE_DOUBLE, false, values), true);
}

static bool texts_variable(H5Column column, const char *const *values)
{
    const char **filled = calloc(column.count, sizeof *filled);
    hid_t type = text_type(H5T_VARIABLE);
    bool ok = filled != NULL && type >= 0;
    for (size_t i = 0; ok && i < column.count; i++) {
        filled[i] = values[i] != NULL ? values[i] : "";
    }
    ok = ok && column_close(column_write(column, type, false, filled), true);
    if (type >= 0) {
        H5Tclose(type);
    }
    free(filled);
    return ok;
}

/* Pieces of fixed width, a chunk of rows at a time: no second copy of the whole column. */
static bool pieces_write(hid_t set, hid_t type, size_t width, size_t rows,
                         const char *const *values)
{
    size_t most = rows < CHUNK_ROWS ? rows : CHUNK_ROWS;
    char *bytes = malloc(most * width + 1);
    hsize_t whole = rows;
    hid_t space = H5Screate_simple(1, &whole, NULL);
    bool ok = bytes != NULL && space >= 0;
    for (hsize_t from = 0; ok && from < rows; from += most) {
        hsize_t count = rows - from < most ? rows - from : most;
        for (size_t i = 0; i < count; i++) {
            const char *text = values[from + i] != NULL ? values[from + i] : "";
            size_t length = strlen(text);
            memcpy(bytes + i * width, text, length);
            memset(bytes + i * width + length, 0, width - length);
        }
        hid_t memory = H5Screate_simple(1, &count, NULL);
        ok = H5Sselect_hyperslab(space, H5S_SELECT_SET, &from, NULL, &count, NULL) >= 0 &&
             H5Dwrite(set, type, memory, space, H5P_DEFAULT, bytes) >= 0;
        H5Sclose(memory);
    }
    H5Sclose(space);
    free(bytes);
    return ok;
}

bool h5_texts(H5Column column, const char *const *values)
{
    size_t width = 1;
    for (size_t i = 0; i < column.count; i++) {
        size_t length = values[i] != NULL ? strlen(values[i]) : 0;
        width = length > width ? length : width;
    }
    if (width > TEXT_FIXED_MAX) {
        return texts_variable(column, values);
    }
    hid_t type = text_type(width);
    hid_t set = type >= 0 ? column_write(column, type, false, NULL) : -1;
    bool ok = set >= 0 && pieces_write(set, type, width, column.count, values);
    if (type >= 0) {
        H5Tclose(type);
    }
    return column_close(set, ok);
}
