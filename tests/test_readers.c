/* test_readers.c - CSV readers: what they accept, and what they say about what they do not. */
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/readers.h"

/* ---- a file with a given content, and what a reader made of it ------------------------------- */

typedef struct Reading {
    Arena arena;
    Diagnostics diagnostics;
    Cluster cluster;
    RequestList requests;
    RecordedColumns columns;
    Status status;
    char path[32];
} Reading;

static void reading_open(Reading *reading, const char *bytes, size_t length)
{
    *reading = (Reading){.path = "/tmp/gpuplan-csv-XXXXXX"};
    arena_init(&reading->arena);
    diagnostics_init(&reading->diagnostics);
    int file = mkstemp(reading->path);
    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_EQUAL_FATAL(write(file, bytes, length), (ssize_t)length);
    close(file);
}

static void reading_close(Reading *reading)
{
    unlink(reading->path);
    diagnostics_free(&reading->diagnostics);
    arena_free(&reading->arena);
}

static void read_nodes(Reading *reading, const char *text)
{
    reading_open(reading, text, strlen(text));
    reading->status =
        openb_nodes_read(reading->path, &reading->arena, &reading->diagnostics, &reading->cluster);
}

/* Pods are read beside two nodes: T4 (model 0) and G2 (model 1). */
static const GpNodeType pod_types[] = {
    {.size = sizeof(GpNodeType), .device_count = 2, .model = 0},
    {.size = sizeof(GpNodeType), .device_count = 8, .model = 1},
};

static void read_pods_bytes(Reading *reading, const char *bytes, size_t length)
{
    reading_open(reading, bytes, length);
    static GpNodeType types[2];
    memcpy(types, pod_types, sizeof types);
    reading->cluster =
        (Cluster){.type_count = 2, .types = types, .model_count = 2, .model_name = {"T4", "G2"}};
    reading->status = openb_pods_read(reading->path, &reading->arena, &reading->diagnostics,
                                      &reading->cluster, &reading->requests);
}

static void read_pods(Reading *reading, const char *text)
{
    read_pods_bytes(reading, text, strlen(text));
}

/* The first diagnostic stands at this place and its message holds all of this text. */
static void expect_first(const Reading *reading, int line, int column, const char *text)
{
    CU_ASSERT_TRUE_FATAL(reading->diagnostics.count > 0);
    const Diagnostic *first = &reading->diagnostics.items[0];
    bool as_wanted =
        first->line == line && first->column == column && strstr(first->message, text) != NULL;
    CU_ASSERT_TRUE(as_wanted);
    if (!as_wanted) {
        fprintf(stderr, "\nfound %d:%d: %s\nwanted %d:%d: %s\n", first->line, first->column,
                first->message, line, column, text);
    }
}

#define PODS "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"

/* A pods file whose only mistake is the one described. */
static void expect_pods_mistake(const char *text, int line, int column, const char *message)
{
    Reading reading;
    read_pods(&reading, text);
    CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(reading.diagnostics.error_count, 1);
    expect_first(&reading, line, column, message);
    reading_close(&reading);
}

/* ---- what is right --------------------------------------------------------------------------- */

/* Goal: nodes become types and a sorted list. Method: four nodes of three shapes, out of order,
 * columns in another order with one to ignore, CRLF and a byte order mark, no line end at the end;
 * a node without GPUs. */
static void test_nodes(void)
{
    Reading reading;
    read_nodes(&reading, "\xef\xbb\xbfmodel,sn,rack,gpu,memory_mib,cpu_milli\r\n"
                         "G2,n3,r1,8,393216,96000\r\n"
                         "T4,n1,r1,2,524288,104000\r\n"
                         ",n0,r2,0,262144,32000\r\n"
                         "G2,\"n2\",r2,8,393216,96000");
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    const Cluster *cluster = &reading.cluster;
    CU_ASSERT_EQUAL(cluster->node_count, 4);
    CU_ASSERT_EQUAL(cluster->type_count, 3);
    const char *names[] = {"n0", "n1", "n2", "n3"};
    const char *types[] = {"cpu-32000-262144", "t4-2-104000-524288", "g2-8-96000-393216",
                           "g2-8-96000-393216"};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_STRING_EQUAL(cluster->node_name[i], names[i]);
        CU_ASSERT_STRING_EQUAL(cluster->type_info[cluster->node_type[i]].name, types[i]);
    }
    const GpNodeType *g2 = &cluster->types[cluster->node_type[2]];
    CU_ASSERT_EQUAL(g2->size, sizeof(GpNodeType));
    CU_ASSERT_EQUAL(g2->capacity[GP_AXIS_GPU], 8000);
    CU_ASSERT_EQUAL(g2->capacity[GP_AXIS_CPU], 96000);
    CU_ASSERT_EQUAL(g2->capacity[GP_AXIS_MEMORY], 393216);
    CU_ASSERT_STRING_EQUAL(cluster->model_name[g2->model], "G2");
    CU_ASSERT_EQUAL(cluster->types[cluster->node_type[0]].model, -1);
    CU_ASSERT_PTR_NULL(cluster->type_info[cluster->node_type[0]].model);
    CU_ASSERT_EQUAL(cluster->gpu_milli, 18000);
    CU_ASSERT_EQUAL(cluster->device_begin[4], 18);
    reading_close(&reading);
}

/* Goal: pods become requests sorted by name, models become a set, the text stays. Method: the forms
 * of gpu_spec, GPU cells of a CPU-only pod, a quoted comma in a name. */
static void test_pods(void)
{
    Reading reading;
    read_pods(&reading, PODS "c,1000,2048,1,500,G2||T4|G2|\n"
                             "a,2000,0,2,1000,\n"
                             "\n"
                             "\"b,\"\"2\",3000,4096,0,700,T4\n"
                             "d,0,1,0,,\n");
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL(reading.diagnostics.warning_count, 0);
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 4);
    const Request *rows = reading.requests.rows;
    CU_ASSERT_STRING_EQUAL(rows[0].name, "a");
    CU_ASSERT_EQUAL(rows[0].gpu_count, 2);
    CU_ASSERT_EQUAL(rows[0].gpu_milli, 1000);
    CU_ASSERT_EQUAL(rows[0].model_set, 0);
    CU_ASSERT_STRING_EQUAL(rows[1].name, "b,\"2");
    CU_ASSERT_EQUAL(rows[1].gpu_milli, 0);
    CU_ASSERT_EQUAL(rows[1].model_set, 0);
    CU_ASSERT_STRING_EQUAL(rows[1].model_text, "");
    CU_ASSERT_STRING_EQUAL(rows[2].name, "c");
    CU_ASSERT_EQUAL(rows[2].model_set, 3);
    CU_ASSERT_STRING_EQUAL(rows[2].model_text, "G2||T4|G2|");
    CU_ASSERT_EQUAL(rows[2].duration_ms, TIME_NEVER);
    CU_ASSERT_EQUAL(rows[2].count, 1);
    CU_ASSERT_EQUAL(rows[2].task_count, 1);
    reading_close(&reading);
}

/* Goal: lists without gpu_spec are legal. Method: the five columns of the multi-GPU lists. */
static void test_pods_without_spec(void)
{
    Reading reading;
    read_pods(&reading, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,2,1,1000\n");
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(reading.requests.rows[0].model_text, "");
    reading_close(&reading);
}

/* Goal: a model that no node has is legal and said once. Method: two pods name it, a typo of G2. */
static void test_unknown_model(void)
{
    Reading reading;
    read_pods(&reading, PODS "a,1,1,1,1000,G3\nb,1,1,1,1000,T4\nc,1,1,1,1000,T4|G3\n");
    CU_ASSERT_EQUAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL(reading.diagnostics.error_count, 0);
    CU_ASSERT_EQUAL(reading.diagnostics.warning_count, 1);
    expect_first(&reading, 2, 14, "2 requests name a GPU model that no node has, here first 'G3'");
    CU_ASSERT_PTR_NOT_NULL(strstr(reading.diagnostics.items[0].message, "'G2'"));
    CU_ASSERT_EQUAL(reading.cluster.model_count, 3);
    CU_ASSERT_EQUAL(reading.requests.rows[2].model_set, 5);
    reading_close(&reading);
}

/* Goal: classes carry their counts. Method: two rows, one bad count. */
static void test_classes(void)
{
    Reading reading;
    const char *text =
        "count,gpu_spec,gpu_milli,num_gpu,memory_mib,cpu_milli\n1047,,810,1,5600,3152\n2,,,0,1,1\n";
    reading_open(&reading, text, strlen(text));
    CU_ASSERT_EQUAL_FATAL(classes_read(reading.path, &reading.arena, &reading.diagnostics,
                                       &reading.cluster, &reading.requests),
                          STATUS_OK);
    CU_ASSERT_EQUAL(reading.requests.count, 2);
    CU_ASSERT_EQUAL(reading.requests.rows[0].count, 1047);
    CU_ASSERT_EQUAL(reading.requests.rows[0].gpu_milli, 810);
    CU_ASSERT_PTR_NULL(reading.requests.rows[0].name);
    reading_close(&reading);
    text = "count,gpu_spec,gpu_milli,num_gpu,memory_mib,cpu_milli\n0,,810,1,5600,3152\n";
    reading_open(&reading, text, strlen(text));
    CU_ASSERT_EQUAL(classes_read(reading.path, &reading.arena, &reading.diagnostics,
                                 &reading.cluster, &reading.requests),
                    STATUS_BAD_INPUT);
    expect_first(&reading, 2, 1, "count is '0'; expected a whole number, 1 to 1000000");
    reading_close(&reading);
}

/* ---- what is wrong: one row per mistake ------------------------------------------------------ */

typedef struct BadPods {
    const char *text;
    int line, column;
    const char *message;
} BadPods;

/* Goal: each mistake is placed and worded. Method: a list of files with one mistake each; columns
 * counted by hand. */
static void test_bad_pods(void)
{
    const BadPods cases[] = {
        {"", 0, 0, "the file is empty"},
        {"\n \n", 0, 0, "the file is empty"},
        {PODS, 0, 0, "there is a header but no row"},
        {"name,memory_mib,num_gpu\na,1,1\n", 1, 1, "missing in the header: cpu_milli, gpu_milli"},
        {"name,name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,a,1,1,1,1\n", 1, 6,
         "names column 'name' twice"},
        {PODS "a,-1,1,1,1000,\n", 2, 3,
         "cpu_milli is '-1'; expected a whole number, 0 to 1000000000"},
        {PODS "a,1,99999999999999999999,1,1000,\n", 2, 5,
         "memory_mib is '99999999999999999999'; expected"},
        {PODS "a,1,4294967297,1,1000,\n", 2, 5, "expected a whole number, 0 to 4294967296"},
        {PODS "a,1.5,1,1,1000,\n", 2, 3, "cpu_milli is '1.5'; expected a whole number"},
        {PODS "a,1,,1,1000,\n", 2, 5, "memory_mib is empty"},
        {PODS "a,0x10,1,1,1000,\n", 2, 3, "cpu_milli is '0x10'"},
        {PODS "a,1,1,33,1000,\n", 2, 7, "num_gpu is '33'; expected a whole number, 0 to 32"},
        {PODS "a,1,1,1,1001,\n", 2, 9, "gpu_milli is '1001'; expected a whole number, 1 to 1000"},
        {PODS "a,1,1,1,0,\n", 2, 9, "gpu_milli is '0'; expected a whole number, 1 to 1000"},
        {PODS "a,1,1,2,500,\n", 2, 9, "gpu_milli is 500 with 2 GPUs; expected 1000"},
        {PODS "a,1,1,0,-5,\n", 2, 9, "gpu_milli is '-5'"},
        {PODS ",1,1,1,1000,\n", 2, 1, "name is empty"},
        {PODS "a,1,1,1,1000,\nb,1,1,1,1000,\n\na,1,1,1,1000,\n", 5, 1,
         "name 'a' is there already, in line 2"},
        {PODS "a,1,1,1,1000,\nb,1,1", 3, 1, "the line has 3 cells; expected 6"},
        {PODS "a,1,1,1,1000,,7\n", 2, 1, "the line has 7 cells; expected 6"},
        {PODS "a,1,\"1,1,1000,\nb,1,1,1,1000,\n", 2, 5, "a quoted cell does not end on its line"},
        {PODS "a,1,1\"1,1,1000,\nb,1,1,1,1000,\n", 2, 6, "found a quote inside a cell"},
        {PODS "a,1,\"1\"1,1,1000,\nb,1,1,1,1000,\n", 2, 8, "text behind a closing quote"},
        {PODS "\xc3\xa9\xff,1,1,1,1000,\n", 2, 2, "the byte 0xff, which is not UTF-8"},
        {PODS "\xc3\xa9,\xc3\xa9,1,1,1000,\n", 2, 3, "cpu_milli is '\xc3\xa9'"},
        {PODS "a,1\r2,1,1,1000,\n", 2, 4, "the control byte 0x0d"},
        {"\x1f\x8b\x08", 0, 0, "the gzip data are damaged (the file is cut off) at byte 3"},
        {"\xff\xfen", 0, 0, "this is a UTF-16 text"},
        {"PK\003\004xx", 0, 0, "this is a zip archive"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_pods_mistake(cases[i].text, cases[i].line, cases[i].column, cases[i].message);
    }
}

/* Goal: a NUL byte does not end a line silently. Method: a name with one inside. */
static void test_nul_byte(void)
{
    Reading reading;
    const char bytes[] = PODS "a\0b,1,1,1,1000,\n";
    read_pods_bytes(&reading, bytes, sizeof bytes - 1);
    CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
    expect_first(&reading, 2, 2, "the control byte 0x00");
    reading_close(&reading);
}

/* Goal: all mistakes are reported at once, and reading goes on behind each. Method: four bad cells
 * in three rows around a good one. */
static void test_all_at_once(void)
{
    Reading reading;
    read_pods(&reading, PODS "a,x,y,1,1000,\nb,1,1,1,1000,\nc,\"1,1,1,1000,\nd,1,1,99,1000,\n");
    CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(reading.diagnostics.error_count, 4);
    const int lines[] = {2, 2, 4, 5};
    const int columns[] = {3, 5, 3, 7};
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(reading.diagnostics.items[i].line, lines[i]);
        CU_ASSERT_EQUAL(reading.diagnostics.items[i].column, columns[i]);
    }
    CU_ASSERT_STRING_EQUAL(reading.diagnostics.items[0].source, "a,x,y,1,1000,");
    reading_close(&reading);
}

/* Goal: node lists are checked like pod lists. Method: one mistake each. */
static void test_bad_nodes(void)
{
    const BadPods cases[] = {
        {"sn,cpu_milli,memory_mib,gpu,model\n", 0, 0, "there is a header but no row"},
        {"sn,cpu_milli,memory_mib,gpu,model\na,1,1,1,\n", 2, 9, "model is empty"},
        {"sn,cpu_milli,memory_mib,gpu,model\na,1,1,-1,T4\n", 2, 7,
         "gpu is '-1'; expected a whole number, 0 to 32"},
        {"sn,cpu_milli,memory_mib,gpu,model\na,1,1,1,T4\na,1,1,1,T4\n", 3, 1,
         "sn 'a' is there already, in line 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Reading reading;
        read_nodes(&reading, cases[i].text);
        CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
        CU_ASSERT_EQUAL(reading.diagnostics.error_count, 1);
        expect_first(&reading, cases[i].line, cases[i].column, cases[i].message);
        reading_close(&reading);
    }
}

/* Goal: there is room for 64 models and no more. Method: nodes of 65. */
static void test_too_many_models(void)
{
    char text[4096] = "sn,cpu_milli,memory_mib,gpu,model\n";
    for (int i = 0; i < 65; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "n%d,1,1,1,M%d\n", i, i);
    }
    Reading reading;
    read_nodes(&reading, text);
    CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
    expect_first(&reading, 66, 11, "more than 64 GPU models");
    reading_close(&reading);
}

/* Goal: what is not a readable file is said so. Method: a directory, a missing file, an endless
 * line. */
static void test_not_a_file(void)
{
    Reading reading = {0};
    arena_init(&reading.arena);
    diagnostics_init(&reading.diagnostics);
    CU_ASSERT_EQUAL(
        openb_nodes_read("/tmp", &reading.arena, &reading.diagnostics, &reading.cluster),
        STATUS_BAD_INPUT);
    expect_first(&reading, 0, 0, "this is a directory");
    diagnostics_free(&reading.diagnostics);
    CU_ASSERT_EQUAL(openb_nodes_read("/nowhere/at-all.csv", &reading.arena, &reading.diagnostics,
                                     &reading.cluster),
                    STATUS_BAD_INPUT);
    expect_first(&reading, 0, 0, "cannot open");
    diagnostics_free(&reading.diagnostics);
    CU_ASSERT_EQUAL(
        openb_nodes_read("/dev/zero", &reading.arena, &reading.diagnostics, &reading.cluster),
        STATUS_BAD_INPUT);
    expect_first(&reading, 1, 1, "the line is longer than 262144 bytes");
    diagnostics_free(&reading.diagnostics);
    arena_free(&reading.arena);
}

/* Goal: lines that straddle the reader's blocks come out whole. Method: 20,000 rows of varying
 * length, about 0.6 MB, checked one by one. */
static void test_long_file(void)
{
    size_t size = 2 << 20;
    char *text = malloc(size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t used = (size_t)snprintf(text, size, "%s", PODS);
    for (int i = 0; i < 20000; i++) {
        used += (size_t)snprintf(text + used, size - used, "pod-%06d,%d,%d,1,1000,%s\n", i, i * 7,
                                 i, i % 3 == 0 ? "T4|G2" : "");
    }
    Reading reading;
    read_pods_bytes(&reading, text, used);
    free(text);
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 20000);
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        const Request *row = &reading.requests.rows[i];
        wrong += row->cpu_milli != i * 7 || row->memory_mib != i ||
                 row->model_set != (i % 3 == 0 ? 3u : 0u);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    reading_close(&reading);
}

/* ---- recorded columns ------------------------------------------------------------------------ */

static void read_recorded(Reading *reading, const char *text, int32_t limit, int is_permutation)
{
    reading_open(reading, text, strlen(text));
    RecordedWish wish = {.limit = limit, .is_permutation = is_permutation != 0};
    reading->status = recorded_columns_read(reading->path, &reading->arena, &reading->diagnostics,
                                            &wish, &reading->columns);
}

/* Goal: columns may differ in length. Method: three columns of 3, 1 and 2. */
static void test_recorded(void)
{
    Reading reading;
    read_recorded(&reading, "seed42,seed43,seed44\n2,0,1\n0,,1\n2,,\n", 3, 0);
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL(reading.columns.column_count, 3);
    CU_ASSERT_STRING_EQUAL(reading.columns.name[1], "seed43");
    CU_ASSERT_EQUAL(reading.columns.length[0], 3);
    CU_ASSERT_EQUAL(reading.columns.length[1], 1);
    CU_ASSERT_EQUAL(reading.columns.length[2], 2);
    CU_ASSERT_EQUAL(reading.columns.value[0][2], 2);
    CU_ASSERT_EQUAL(reading.columns.value[2][1], 1);
    reading_close(&reading);
}

/* Goal: mistakes in recorded columns are placed. Method: one each. */
static void test_bad_recorded(void)
{
    const struct {
        const char *text;
        int is_permutation, line, column;
        const char *message;
    } cases[] = {
        {"a\n3\n", 0, 2, 1, "a is '3'; expected a whole number, 0 to 2"},
        {"a,b\n1,\n,2\n", 0, 3, 2, "found a value in column 'b' below an empty cell"},
        {"a,a\n1,1\n", 0, 1, 3, "column 2 is named 'a' like one before it"},
        {"a,\n1,1\n", 0, 1, 3, "column 2 has no name"},
        {"a,b\n1,\n", 0, 1, 0, "column 'b' is empty"},
        {"a\n1\n1\n0\n", 1, 3, 1, "1 stands twice in column 'a'; expected each of 0 to 2 once"},
        {"a\n1\n0\n", 1, 1, 0, "column 'a' has 2 values; expected each of 0 to 2 once"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Reading reading;
        read_recorded(&reading, cases[i].text, 3, cases[i].is_permutation);
        CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
        expect_first(&reading, cases[i].line, cases[i].column, cases[i].message);
        reading_close(&reading);
    }
}

const char *const SUITE = "readers";
const TestCase CASES[] = {
    {"nodes", test_nodes},
    {"pods", test_pods},
    {"pods without gpu_spec", test_pods_without_spec},
    {"a model that no node has", test_unknown_model},
    {"classes", test_classes},
    {"mistakes in pods", test_bad_pods},
    {"a NUL byte", test_nul_byte},
    {"all mistakes at once", test_all_at_once},
    {"mistakes in nodes", test_bad_nodes},
    {"too many models", test_too_many_models},
    {"not a file", test_not_a_file},
    {"a long file", test_long_file},
    {"recorded columns", test_recorded},
    {"mistakes in recorded columns", test_bad_recorded},
    {NULL, NULL},
};
