/* test_hdf5.c - result files: what goes in comes out, equal runs give equal bytes, failures leave
 * nothing. */
#include <dirent.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/report/report.h"
#include "tests/hand_result.h"
#include "tests/suite.h"

const char *const SUITE = "hdf5";

typedef struct Folder {
    char path[32];
    char file[64];
} Folder;

static void folder_open(Folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/gpuplan-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder->path));
    snprintf(folder->file, sizeof folder->file, "%s/run.h5", folder->path);
}

static int entries(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count - 2;
}

static char *bytes(const char *path, size_t *size)
{
    struct stat about;
    FILE *stream = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL_FATAL(fstat(fileno(stream), &about), 0);
    *size = (size_t)about.st_size;
    char *text = malloc(*size + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(fread(text, 1, *size, stream), *size);
    fclose(stream);
    return text;
}

/* Goal: the summary that is read is the summary that was written. Method: written, read, compared
 * as JSON. */
static void test_round_trip(void)
{
    HandResult hand;
    Folder folder;
    Diagnostics diagnostics;
    json_t *read = NULL;
    folder_open(&folder);
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL(hdf5_write(&hand.result, folder.file, COMPRESSION_ZLIB, &diagnostics),
                    STATUS_OK);
    CU_ASSERT_EQUAL(hdf5_read_summary(folder.file, &read, &diagnostics), STATUS_OK);
    json_t *made = summary_json(&hand.result);
    CU_ASSERT_TRUE(json_equal(made, read));
    json_decref(made);
    json_decref(read);
    CU_ASSERT_EQUAL(diagnostics.error_count, 0);
    CU_ASSERT_EQUAL(entries(folder.path), 1);
    unlink(folder.file);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

static hsize_t column_read(hid_t file, const char *path, hid_t type, void *values, size_t most)
{
    hsize_t rows = 0;
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
    CU_ASSERT_FATAL(set >= 0);
    hid_t space = H5Dget_space(set);
    CU_ASSERT_EQUAL(H5Sget_simple_extent_dims(space, &rows, NULL), 1);
    CU_ASSERT_FATAL(rows <= most);
    CU_ASSERT(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Sclose(space);
    H5Dclose(set);
    return rows;
}

/* Goal: tables lie where docs/results.md says, with the hand's values and units. */
static void test_tables(void)
{
    HandResult hand;
    Folder folder;
    Diagnostics diagnostics;
    int64_t times[4];
    double reals[METRIC_COUNT];
    folder_open(&folder);
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL_FATAL(hdf5_write(&hand.result, folder.file, COMPRESSION_ZLIB, &diagnostics),
                          STATUS_OK);
    hid_t file = H5Fopen(folder.file, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_FATAL(file >= 0);
    CU_ASSERT_EQUAL(
        column_read(file, "/variants/first/rep/000000/jobs/start_ms", H5T_NATIVE_INT64, times, 4),
        2);
    CU_ASSERT_EQUAL(times[0], 250);
    CU_ASSERT_EQUAL(times[1], TIME_NEVER);
    /* Rows of the ledger: capacity, productive, fragmented, no demand. */
    CU_ASSERT_EQUAL(column_read(file, "/variants/first/rep/000002/ledger/gpu_hours",
                                H5T_NATIVE_DOUBLE, reals, METRIC_COUNT),
                    4);
    CU_ASSERT_EQUAL(reals[0], 4);
    CU_ASSERT_EQUAL(reals[1] + reals[2] + reals[3], 4);
    CU_ASSERT_EQUAL(column_read(file, "/variants/b%2Fc/rep/000001/load_curve/idle_gpus",
                                H5T_NATIVE_DOUBLE, reals, METRIC_COUNT),
                    2);
    CU_ASSERT_EQUAL(reals[0], 4);
    CU_ASSERT_EQUAL(reals[1], 1);
    CU_ASSERT_EQUAL(
        column_read(file, "/variants/b%2Fc/metrics/mean", H5T_NATIVE_DOUBLE, reals, METRIC_COUNT),
        METRIC_COUNT);
    CU_ASSERT_DOUBLE_EQUAL(reals[METRIC_idle_gpus_at_full_load], 4.0 / 3, 1e-12);
    CU_ASSERT(H5Lexists(file, "/variants/b%2Fc/rep/000001/jobs", H5P_DEFAULT) == 0); /* not kept */
    CU_ASSERT(H5Aexists_by_name(file, "/variants/first/rep/000000/jobs/start_ms", "units",
                                H5P_DEFAULT) > 0);
    H5Fclose(file);
    unlink(folder.file);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

/* Goal: a type whose nodes have different labels is one to readers. Method: 3 + 1 GPU-hours of
 * capacity under one name, 2 + 1 productive: one row each of 4, 3 and 1 with nothing to do. */
static void test_types_of_one_name(void)
{
    HandResult hand;
    Folder folder;
    Diagnostics diagnostics;
    double reals[METRIC_COUNT];
    folder_open(&folder);
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    NodeTypeInfo info[2] = {hand.info, hand.info};
    hand.scenario[0].cluster.type_info = info;
    Ledger *ledger = &hand.replication[0][2].ledger;
    CU_ASSERT_FATAL(ledger_init(ledger, &hand.arena, 2, 0));
    for (int32_t type = 0; type < 2; type++) {
        ledger->capacity[type] = (type == 0 ? 3 : 1) * HAND_HOUR;
        ledger_post(ledger, type, -1, ACCOUNT_PRODUCTIVE, PRODUCTIVE_RUNNING,
                    (type == 0 ? 2 : 1) * HAND_HOUR);
    }
    ledger_post(ledger, 0, -1, ACCOUNT_NO_DEMAND, 0, HAND_HOUR);
    CU_ASSERT_EQUAL_FATAL(hdf5_write(&hand.result, folder.file, COMPRESSION_ZLIB, &diagnostics),
                          STATUS_OK);
    hid_t file = H5Fopen(folder.file, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_FATAL(file >= 0);
    CU_ASSERT_EQUAL(column_read(file, "/variants/first/rep/000002/ledger/gpu_hours",
                                H5T_NATIVE_DOUBLE, reals, METRIC_COUNT),
                    3);
    CU_ASSERT(reals[0] == 4 && reals[1] == 3 && reals[2] == 1);
    H5Fclose(file);
    unlink(folder.file);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

/* Goal: equal runs give equal bytes. Method: written twice, more than a second apart (HDF5's times
 * count seconds), from two results that lie at different addresses, with a column long enough to be
 * compressed. */
static void test_identical(void)
{
    enum { ROWS = 3000 };
    HandResult hand[2];
    Folder folder;
    Diagnostics diagnostics;
    char second[64];
    size_t size[2] = {0, 0};
    folder_open(&folder);
    snprintf(second, sizeof second, "%s/other.h5", folder.path);
    diagnostics_init(&diagnostics);
    for (int i = 0; i < 2; i++) {
        hand_result(&hand[i]);
        int64_t *steps = ARENA_ARRAY(&hand[i].arena, int64_t, ROWS);
        hand[i].series = (SeriesColumns){ROWS,
                                         steps,
                                         steps,
                                         steps,
                                         steps,
                                         ARENA_ARRAY(&hand[i].arena, double, ROWS),
                                         ARENA_ARRAY(&hand[i].arena, int32_t, ROWS)};
        for (int row = 0; row < ROWS; row++) {
            steps[row] = row;
        }
        if (i == 1) {
            sleep(1);
        }
        CU_ASSERT_EQUAL(hdf5_write(&hand[i].result, i == 0 ? folder.file : second, COMPRESSION_ZLIB,
                                   &diagnostics),
                        STATUS_OK);
    }
    char *one = bytes(folder.file, &size[0]), *two = bytes(second, &size[1]);
    CU_ASSERT_EQUAL(size[0], size[1]);
    CU_ASSERT(size[0] == size[1] && memcmp(one, two, size[0]) == 0);
    free(one);
    free(two);
    unlink(folder.file);
    unlink(second);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand[0].arena);
    arena_free(&hand[1].arena);
}

/* Goal: the way of storing changes the size, nothing else. Method: texts of different lengths over
 * more rows than one chunk, numbers beside them, written both ways: both read back whole; numbers
 * that count up pack to less than half. */
static void test_compression(void)
{
    enum { ROWS = 70000, WIDTH = 7 };
    static char text[ROWS][WIDTH], read[ROWS][WIDTH];
    static int64_t numbers[ROWS];
    HandResult hand;
    Folder folder;
    Diagnostics diagnostics;
    size_t size[2] = {0, 0};
    folder_open(&folder);
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    AttemptColumns attempts = {.count = ROWS,
                               .job = ARENA_ARRAY(&hand.arena, int32_t, ROWS),
                               .from_ms = ARENA_ARRAY(&hand.arena, int64_t, ROWS),
                               .to_ms = ARENA_ARRAY(&hand.arena, int64_t, ROWS),
                               .nodes = ARENA_ARRAY(&hand.arena, const char *, ROWS),
                               .devices = ARENA_ARRAY(&hand.arena, const char *, ROWS)};
    for (int row = 0; row < ROWS; row++) {
        char name[16] = "";
        snprintf(name, sizeof name, "n%d", row);
        memcpy(text[row], name, WIDTH);
        attempts.nodes[row] = text[row];
        attempts.devices[row] = row % 2 == 0 ? "a/0" : NULL;
        attempts.from_ms[row] = row;
    }
    hand.replication[0][0].attempts = &attempts;
    hid_t type = H5Tcopy(H5T_C_S1);
    CU_ASSERT(H5Tset_size(type, WIDTH) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(hdf5_write(&hand.result, folder.file,
                                         i == 0 ? COMPRESSION_ZLIB : COMPRESSION_NONE,
                                         &diagnostics),
                              STATUS_OK);
        free(bytes(folder.file, &size[i]));
        hid_t file = H5Fopen(folder.file, H5F_ACC_RDONLY, H5P_DEFAULT);
        CU_ASSERT_FATAL(file >= 0);
        CU_ASSERT_EQUAL(
            column_read(file, "/variants/first/rep/000000/attempts/nodes", type, read, ROWS), ROWS);
        CU_ASSERT_EQUAL(column_read(file, "/variants/first/rep/000000/attempts/from_ms",
                                    H5T_NATIVE_INT64, numbers, ROWS),
                        ROWS);
        int wrong = 0;
        for (int row = 0; row < ROWS; row++) {
            wrong += strncmp(read[row], text[row], WIDTH) != 0 || numbers[row] != row;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        H5Fclose(file);
    }
    CU_ASSERT(size[0] < size[1] / 2);
    H5Tclose(type);
    unlink(folder.file);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

/* Goal: a disk that fills up leaves the old file as it was and nothing else. Method: a limit of 4
 * KiB on the size of files, which write() answers like a full disk; and a full device. */
static void test_full_disk(void)
{
    HandResult hand;
    Folder folder;
    Diagnostics diagnostics;
    struct rlimit before, small;
    size_t size = 0;
    folder_open(&folder);
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    FILE *old = fopen(folder.file, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    fputs("old", old);
    fclose(old);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &small), 0);
    Status status = hdf5_write(&hand.result, folder.file, COMPRESSION_ZLIB, &diagnostics);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    CU_ASSERT_EQUAL(status, STATUS_FAILED);
    CU_ASSERT_EQUAL(diagnostics.error_count, 1);
    CU_ASSERT_EQUAL(entries(folder.path), 1);
    char *text = bytes(folder.file, &size);
    CU_ASSERT(size == 3 && memcmp(text, "old", 3) == 0);
    free(text);
    CU_ASSERT_EQUAL(hdf5_write(&hand.result, "/dev/full", COMPRESSION_ZLIB, &diagnostics),
                    STATUS_FAILED);
    CU_ASSERT_EQUAL(hdf5_write(&hand.result, folder.path, COMPRESSION_ZLIB, &diagnostics),
                    STATUS_FAILED);
    unlink(folder.file);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

static Status read_text(const char *path, const char *text, size_t size)
{
    Diagnostics diagnostics;
    json_t *summary = NULL;
    FILE *stream = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fwrite(text, 1, size, stream);
    fclose(stream);
    diagnostics_init(&diagnostics);
    Status status = hdf5_read_summary(path, &summary, &diagnostics);
    CU_ASSERT(status == STATUS_OK || diagnostics.error_count == 1);
    json_decref(summary);
    diagnostics_free(&diagnostics);
    return status;
}

/* Goal: what is no result file is named as that. Method: nothing, text, a file cut in the middle.
 */
static void test_not_ours(void)
{
    HandResult hand;
    Folder folder;
    Diagnostics diagnostics;
    json_t *summary = NULL;
    size_t size = 0;
    folder_open(&folder);
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    CU_ASSERT_EQUAL(read_text(folder.file, "", 0), STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(read_text(folder.file, "hello\n", 6), STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(hdf5_write(&hand.result, folder.file, COMPRESSION_ZLIB, &diagnostics),
                    STATUS_OK);
    char *whole = bytes(folder.file, &size);
    CU_ASSERT_EQUAL(read_text(folder.file, whole, size / 2), STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(read_text(folder.file, whole, size), STATUS_OK);
    free(whole);
    unlink(folder.file);
    CU_ASSERT_EQUAL(hdf5_read_summary(folder.file, &summary, &diagnostics), STATUS_FAILED);
    CU_ASSERT_EQUAL(hdf5_read_summary(folder.path, &summary, &diagnostics), STATUS_FAILED);
    rmdir(folder.path);
    diagnostics_free(&diagnostics);
    arena_free(&hand.arena);
}

const TestCase CASES[] = {
    {"round trip", test_round_trip},
    {"tables", test_tables},
    {"types of one name", test_types_of_one_name},
    {"equal bytes", test_identical},
    {"compression", test_compression},
    {"full disk", test_full_disk},
    {"not ours", test_not_ours},
    {NULL, NULL},
};
