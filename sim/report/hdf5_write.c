/* hdf5_write.c - the result file, built in memory and then written as one piece.
 *
 * HDF5 never sees the disk: a full disk inside the library leaves a file that can be neither closed
 * nor removed cleanly. Here the image is finished first, and atomic_file.c puts it in place whole
 * or not at all.
 */
#include <errno.h>
#include <hdf5.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/atomic_file.h"
#include "sim/report/hdf5_columns.h"
#include "sim/report/hdf5_tables.h"
#include "sim/report/json_help.h"
#include "sim/report/report.h"
#include "sim/report/version.h"

#define IMAGE_STEP ((size_t)1 << 20) /* how the image in memory grows */

static bool replication_write(hid_t parent, const VariantResult *variant,
                              const ReplicationResult *one)
{
    char name[16], hash[17];
    snprintf(name, sizeof name, "%06" PRIu32, one->replication);
    snprintf(hash, sizeof hash, "%016" PRIx64, one->fact_hash);
    hid_t group = h5_group(parent, name);
    if (group < 0) {
        return false;
    }
    bool ok = h5_attribute_integer(group, "replication", one->replication) &&
              h5_attribute_integer(group, "status", one->status) &&
              h5_attribute_text(group, "fact_hash", hash);
    if (ok && one->status == STATUS_OK) {
        ok = one->ledger.amount == NULL ||
             ledger_table(group, &one->ledger, &variant->scenario->cluster);
        ok = ok && (one->curve.count == 0 || load_curve_table(group, &one->curve));
        ok = ok && (one->jobs == NULL || jobs_table(group, one->jobs));
        ok = ok && (one->intervals == NULL || intervals_table(group, one->intervals));
        ok = ok && (one->attempts == NULL || one->attempts->count == 0 ||
                    attempts_table(group, one->attempts));
        ok = ok && (one->series == NULL || series_table(group, one->series));
        ok = ok && (one->faults == NULL || faults_table(group, one->faults));
        ok = ok && (one->over_time == NULL || over_time_table(group, one->over_time));
        ok = ok && (one->hits == NULL || one->faults == NULL ||
                    job_faults_table(group, one->hits, one->faults));
        ok = ok && (one->states == NULL || node_states_table(group, one->states));
    }
    H5Gclose(group);
    return ok;
}

static bool variant_write(hid_t parent, const VariantResult *variant)
{
    char *name = hdf5_link_name(variant->name);
    hid_t group = name != NULL ? h5_group(parent, name) : -1;
    free(name);
    if (group < 0) {
        return false;
    }
    hid_t replications = h5_group(group, "rep");
    bool ok = replications >= 0 && h5_attribute_text(group, "name", variant->name) &&
              h5_attribute_integer(group, "replications", variant->replication_count) &&
              h5_attribute_integer(group, "seed", (int64_t)variant->scenario->seed) &&
              metrics_table(group, variant);
    for (int32_t i = 0; ok && i < variant->replication_count; i++) {
        ok = replication_write(replications, variant, &variant->replications[i]);
    }
    if (replications >= 0) {
        H5Gclose(replications);
    }
    H5Gclose(group);
    return ok;
}

static bool content_write(hid_t file, const ExperimentResult *result, const char *summary)
{
    bool ok = h5_attribute_text(file, "schema", "gpuplan-results") &&
              h5_attribute_integer(file, "schema_version", SUMMARY_FORMAT) &&
              h5_attribute_text(file, "tool_version", GPUPLAN_VERSION) &&
              h5_attribute_text(file, "scenario_sha256", result->set->sha256) &&
              h5_text(file, "summary_json", summary) &&
              h5_text(file, "scenario", result->set->text != NULL ? result->set->text : "");
    hid_t variants = ok ? h5_group(file, "variants") : -1;
    for (int32_t i = 0; variants >= 0 && ok && i < result->variant_count; i++) {
        ok = variant_write(variants, &result->variants[i]);
    }
    if (variants >= 0) {
        H5Gclose(variants);
    }
    return ok && variants >= 0;
}

/* The oldest superblock: it has no checksum, which H5Fget_file_image of 1.10 would leave wrong. */
static hid_t memory_file(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t create = H5Pcreate(H5P_FILE_CREATE);
    hid_t file = -1;
    if (H5Pset_fapl_core(access, IMAGE_STEP, false) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0 &&
        H5Pset_obj_track_times(create, false) >= 0 &&
        H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0) {
        file = H5Fcreate("result", H5F_ACC_TRUNC, create, access);
    }
    H5Pclose(create);
    H5Pclose(access);
    return file;
}

/* The finished file as bytes; free with free(). NULL if memory ran out or HDF5 refused. */
static void *image_build(const ExperimentResult *result, const char *summary, size_t *size)
{
    hid_t file = memory_file();
    if (file < 0) {
        return NULL;
    }
    void *image = NULL;
    if (content_write(file, result, summary) && H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0) {
        ssize_t length = H5Fget_file_image(file, NULL, 0);
        image = length > 0 ? malloc((size_t)length) : NULL;
        if (image != NULL && H5Fget_file_image(file, image, (size_t)length) != length) {
            free(image);
            image = NULL;
        }
        *size = image != NULL ? (size_t)length : 0;
    }
    H5Fclose(file);
    return image;
}

Status hdf5_write(const ExperimentResult *result, const char *path, Diagnostics *diagnostics)
{
    json_t *root = summary_json(result);
    char *summary = root != NULL ? json_document(root) : NULL;
    json_decref(root);
    if (summary == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    H5E_auto2_t handler = NULL; /* HDF5's own error text means nothing to a user */
    void *handler_data = NULL;
    H5Eget_auto2(H5E_DEFAULT, &handler, &handler_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    size_t size = 0;
    void *image = image_build(result, summary, &size);
    H5Eset_auto2(H5E_DEFAULT, handler, handler_data);
    free(summary);
    if (image == NULL) {
        diagnostics_error(diagnostics, (Place){.file = path}, "io",
                          "keep fewer job tables, or free memory",
                          "cannot build the result file in memory");
        return STATUS_FAILED;
    }
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status == STATUS_OK) {
        errno = 0;
        if (fwrite(image, 1, size, file.stream) != size) {
            file.error = errno; /* the stream remembers the failure, not its reason */
        }
        status = atomic_file_commit(&file, diagnostics);
    }
    free(image);
    return status;
}
