/* hdf5_columns.h - groups of equally long columns, the one shape that all tables of a result file
 * have.
 *
 * Nothing here notes a time, so equal content gives equal bytes. Every call returns false (or a
 * negative id) if HDF5 refused, and accepts ids that are already negative.
 */
#ifndef SIM_REPORT_HDF5_COLUMNS_H
#define SIM_REPORT_HDF5_COLUMNS_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct H5Group {
    hid_t id;
    bool packed; /* long columns below it are compressed */
} H5Group;

H5Group h5_group(H5Group parent, const char *name); /* H5Gclose its id; it packs as its parent */

/* A name of a link: '/' would make a path, "." is this group; '%' marks what was changed. Free with
 * free(); NULL if memory ran out. */
char *hdf5_link_name(const char *name);

bool h5_text(hid_t parent, const char *name, const char *text); /* a scalar UTF-8 string */
bool h5_attribute_text(hid_t object, const char *name, const char *text);
bool h5_attribute_integer(hid_t object, const char *name, int64_t value);

typedef struct H5Column {
    H5Group group;
    const char *name;
    const char *units; /* "ms", "1", "USD" ...; NULL: names, no quantity */
    const char *about; /* one sentence */
    size_t count;
} H5Column;

bool h5_integers(H5Column column, const int64_t *values);
bool h5_times(H5Column column, const int64_t *values); /* TIME_NEVER is named as the fill value */
bool h5_counts(H5Column column, const int32_t *values);
bool h5_codes(H5Column column, const uint8_t *values,
              const char *meanings); /* words by code, from 0 */
bool h5_reals(H5Column column, const double *values);
bool h5_texts(H5Column column, const char *const *values); /* NULL entries are "" */

#endif
