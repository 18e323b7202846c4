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
#include "sim/report/hdf5_charges.h"
#include "sim/report/hdf5_columns.h"
#include "sim/report/hdf5_tables.h"
#include "sim/report/json_help.h"
#include "sim/report/report.h"
#include "sim/report/version.h"

#define IMAGE_STEP ((size_t)1 << 20) /* how the image in memory grows */

static bool replication_write(H5Group parent, const VariantResult *variant,
                              const ReplicationResult *one)
{
    char name[16], hash[17];
    snprintf(name, sizeof name, "%06" PRIu32, one->replication);
    snprintf(hash, sizeof hash, "%016" PRIx64, one->fact_hash);
    H5Group group = h5_group(parent, name);
    if (group.id < 0) {
        return false;
    }
    bool ok = h5_attribute_integer(group.id, "replication", one->replication) &&
              h5_attribute_integer(group.id, "status", one->status) &&
              h5_attribute_text(group.id, "fact_hash", hash);
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
    H5Gclose(group.id);
    return ok;
}

static bool variant_write(H5Group parent, const VariantResult *variant)
{
    char *name = hdf5_link_name(variant->name);
    H5Group group = name != NULL ? h5_group(parent, name) : (H5Group){.id = -1};
    free(name);
    if (group.id < 0) {
        return false;
    }
    H5Group replications = h5_group(group, "rep");
    bool ok = replications.id >= 0 && h5_attribute_text(group.id, "name", variant->name) &&
              h5_attribute_integer(group.id, "replications", variant->replication_count) &&
              h5_attribute_integer(group.id, "seed", (int64_t)variant->scenario->seed) &&
              metrics_table(group, variant) &&
              (variant->costs == NULL || charges_tables(group, variant));
    for (int32_t i = 0; ok && i < variant->replication_count; i++) {
        ok = replication_write(replications, variant, &variant->replications[i]);
    }
    if (replications.id >= 0) {
        H5Gclose(replications.id);
    }
    H5Gclose(group.id);
    return ok;
}

static bool content_write(H5Group root, const ExperimentResult *result, const char *summary)
{
    hid_t file = root.id;
    bool ok = h5_attribute_text(file, "schema", "gpuplan-results") &&
              h5_attribute_integer(file, "schema_version", SUMMARY_FORMAT) &&
              h5_attribute_text(file, "tool_version", GPUPLAN_VERSION) &&
              h5_attribute_text(file, "scenario_sha256", result->set->sha256) &&
              h5_text(file, "summary_json", summary) &&
              h5_text(file, "scenario", result->set->text != NULL ? result->set->text : "");
    ok = ok && (result->plan_json == NULL || h5_text(file, "plan_json", result->plan_json));
    H5Group variants = ok ? h5_group(root, "variants") : (H5Group){.id = -1};
    for (int32_t i = 0; variants.id >= 0 && ok && i < result->variant_count; i++) {
        ok = variant_write(variants, &result->variants[i]);
    }
    if (variants.id >= 0) {
        H5Gclose(variants.id);
    }
    return ok && variants.id >= 0;
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

/* Of the oldest superblock: "open for writing", which a finished file is not. HDF5 File Format
 * Specification 3.0, II.A, File Consistency Flags; H5Fget_file_image clears them in its copy. */
#define SUPERBLOCK_FLAGS 20
#define SUPERBLOCK_FLAGS_SIZE 4

/* The finished file as bytes, which are HDF5's own: they go with `file`. NULL if HDF5 refused. */
static const void *image_of(hid_t file, size_t *size)
{
    ssize_t length = H5Fget_file_image(file, NULL, 0);
    void **bytes = NULL; /* of the core driver: where its memory is */
    if (length <= 0 || H5Fget_vfd_handle(file, H5P_DEFAULT, (void **)&bytes) < 0) {
        return NULL;
    }
    memset((char *)*bytes + SUPERBLOCK_FLAGS, 0, SUPERBLOCK_FLAGS_SIZE);
    *size = (size_t)length;
    return *bytes;
}

static Status image_save(const void *image, size_t size, const char *path, Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status == STATUS_OK) {
        errno = 0;
        if (fwrite(image, 1, size, file.stream) != size) {
            file.error = errno; /* the stream remembers the failure, not its reason */
        }
        status = atomic_file_commit(&file, diagnostics);
    }
    return status;
}

Status hdf5_write(const ExperimentResult *result, const char *path, Compression compression,
                  Diagnostics *diagnostics)
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
    hid_t file = memory_file();
    size_t size = 0;
    bool built = file >= 0 &&
                 content_write((H5Group){file, compression == COMPRESSION_ZLIB}, result, summary) &&
                 H5Fflush(file, H5F_SCOPE_GLOBAL) >= 0;
    const void *image = built ? image_of(file, &size) : NULL;
    Status status = image != NULL ? image_save(image, size, path, diagnostics)
                                  : diagnostics_error(diagnostics, (Place){.file = path}, "io",
                                                      "keep fewer job tables, or free memory",
                                                      "cannot build the result file in memory");
    if (file >= 0) {
        H5Fclose(file);
    }
    H5Eset_auto2(H5E_DEFAULT, handler, handler_data);
    free(summary);
    return image != NULL ? status : STATUS_FAILED;
}
