/* hdf5_read_columns.h - tables of a result file back into memory, whatever has become of the file.
 *
 * A reader is not told what to trust: each column is checked for its rank, its type, its length and
 * for a size that the file could hold, before memory is taken for it.
 */
#ifndef SIM_REPORT_HDF5_READ_COLUMNS_H
#define SIM_REPORT_HDF5_READ_COLUMNS_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/diagnostic.h"

typedef struct ResultFile {
    const char *path;
    hid_t file;
    hsize_t bytes_max; /* that its columns can unpack to */
    H5E_auto2_t handler;
    void *handler_data;
} ResultFile;

/* STATUS_FAILED if the file cannot be read, STATUS_BAD_INPUT if it is no HDF5 file; close it only
 * after STATUS_OK. HDF5's own messages are silent in between. */
Status result_file_open(ResultFile *file, const char *path, Diagnostics *diagnostics);
void result_file_close(ResultFile *file);

/* A text at the root of the file; free with free(). NULL in *text: it is not there, or no text. */
Status result_file_text(const char *path, const char *name, char **text, Diagnostics *diagnostics);

/* /variants/NAME/rep/000000; H5Gclose it. Negative: not there. */
hid_t result_file_first_replication(const ResultFile *file, const char *variant);

/* The columns of one table. After the first mistake, which is recorded, the other reads are idle;
 * what they return is then NULL. */
typedef struct TableReader {
    const ResultFile *file;
    const char *table;
    hid_t group;  /* negative: the table is not there */
    int64_t rows; /* -1: no column was read yet */
    Status status;
    Diagnostics *diagnostics;
} TableReader;

/* False if there is no such table, which is no mistake. */
bool table_open(TableReader *reader, const ResultFile *file, hid_t parent, const char *table,
                Diagnostics *diagnostics);
void table_close(TableReader *reader);
bool table_has(const TableReader *reader, const char *column);

/* Memory is the caller's, free with free(). */
int64_t *table_integers(TableReader *reader, const char *column);
int32_t *table_counts(TableReader *reader, const char *column); /* clipped to 32 bits */
double *table_reals(TableReader *reader, const char *column);
char **table_texts(TableReader *reader, const char *column); /* one block, texts included */

/* Records that the table holds something that no run writes. */
void table_damaged(TableReader *reader, const char *column, const char *what);

/* An integer attribute of the table; 0: not there. */
int64_t table_attribute(const TableReader *reader, const char *name);

#endif
