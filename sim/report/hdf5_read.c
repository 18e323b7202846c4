/* hdf5_read.c - the summary out of a result file; all printed reports need no more. */
#include <errno.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/report/hdf5_read_columns.h"
#include "sim/report/json_help.h"
#include "sim/report/report.h"
#include "sim/report/version.h"

#define SUMMARY_BYTES_MAX ((size_t)1 << 30)

/* A scalar text; free with free(). NULL: not there, or not what we write. */
static char *scalar_text(hid_t file, const char *name)
{
    hid_t set = H5Lexists(file, name, H5P_DEFAULT) > 0 ? H5Dopen2(file, name, H5P_DEFAULT) : -1;
    if (set < 0) {
        return NULL;
    }
    hid_t type = H5Dget_type(set);
    hid_t space = H5Dget_space(set);
    char *text = NULL;
    size_t size = type >= 0 ? H5Tget_size(type) : 0;
    if (size > 0 && size <= SUMMARY_BYTES_MAX && H5Tget_class(type) == H5T_STRING &&
        H5Tis_variable_str(type) == 0 && H5Sget_simple_extent_npoints(space) == 1) {
        text = calloc(size + 1, 1);
        if (text != NULL && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) < 0) {
            free(text);
            text = NULL;
        }
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    if (type >= 0) {
        H5Tclose(type);
    }
    H5Dclose(set);
    return text;
}

static Status not_ours(const char *path, const char *why, Diagnostics *diagnostics)
{
    return diagnostics_error(diagnostics, (Place){.file = path}, "result-file",
                             "expected a file that `gpuplan run -o FILE` wrote", "%s", why);
}

static Status summary_parse(const char *path, const char *text, json_t **summary,
                            Diagnostics *diagnostics)
{
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL && json_error_code(&error) == json_error_out_of_memory) {
        return diagnostics_no_memory(diagnostics);
    }
    if (root == NULL || !json_is_array(json_object_get(root, "variants"))) {
        json_decref(root);
        return not_ours(path, "its summary is damaged", diagnostics);
    }
    json_int_t format = json_integer_value(json_object_get(root, "format"));
    if (format != SUMMARY_FORMAT) {
        diagnostics_error(diagnostics, (Place){.file = path}, "result-file",
                          "use the gpuplan that wrote it",
                          "has result format %lld (by gpuplan %s); this gpuplan reads format %d",
                          (long long)format, json_text_at(root, "gpuplan"), SUMMARY_FORMAT);
        json_decref(root);
        return STATUS_BAD_INPUT;
    }
    *summary = root;
    return STATUS_OK;
}

Status result_file_readable(const char *path, Diagnostics *diagnostics)
{
    struct stat about;
    FILE *stream = fopen(path, "rb");
    const char *why = stream == NULL ? strerror(errno) : NULL;
    if (stream != NULL && fstat(fileno(stream), &about) == 0 && !S_ISREG(about.st_mode)) {
        why = S_ISDIR(about.st_mode) ? "it is a folder" : "it is not a file on a disk";
    }
    if (stream != NULL) {
        fclose(stream);
    }
    if (why == NULL) {
        return STATUS_OK;
    }
    diagnostics_error(diagnostics, (Place){.file = path}, "io", NULL,
                      "cannot read the result file: %s", why);
    return STATUS_FAILED;
}

Status hdf5_read_summary(const char *path, json_t **summary, Diagnostics *diagnostics)
{
    *summary = NULL;
    Status status = result_file_readable(path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    H5E_auto2_t handler = NULL;
    void *handler_data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &handler, &handler_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    hid_t file = H5Fis_hdf5(path) > 0 ? H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT) : -1;
    char *text = file >= 0 ? scalar_text(file, "summary_json") : NULL;
    if (file >= 0) {
        H5Fclose(file);
    }
    H5Eset_auto2(H5E_DEFAULT, handler, handler_data);
    if (file < 0) {
        return not_ours(path, "is no HDF5 file, or is damaged", diagnostics);
    }
    if (text == NULL) {
        return not_ours(path, "is an HDF5 file without a /summary_json", diagnostics);
    }
    status = summary_parse(path, text, summary, diagnostics);
    free(text);
    return status;
}

Status result_file_text(const char *path, const char *name, char **text, Diagnostics *diagnostics)
{
    ResultFile file;
    *text = NULL;
    Status status = result_file_open(&file, path, diagnostics);
    if (status == STATUS_OK) {
        *text = scalar_text(file.file, name);
        result_file_close(&file);
    }
    return status;
}
