/* test_native.c - our own job log: what cells mean, what is refused, and that writing it loses
 * nothing.
 */
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/native.h"
#include "traces/trace.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

typedef struct Reading {
    Arena arena;
    Diagnostics diagnostics;
    Cluster cluster;
    RequestList requests;
    TraceStats stats;
    Status status;
    char path[40];
} Reading;

static void reading_file(Reading *reading, const char *path)
{
    TraceOptions options;
    *reading = (Reading){0};
    arena_init(&reading->arena);
    diagnostics_init(&reading->diagnostics);
    trace_options_init(&options);
    options.path = path;
    reading->status = trace_read(&options, &reading->arena, &reading->diagnostics,
                                 &reading->cluster, &reading->requests, &reading->stats);
}

static void reading_text(Reading *reading, const char *text)
{
    char path[] = "/tmp/gpuplan-native-XXXXXX";
    int file = mkstemp(path);
    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_EQUAL_FATAL(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    reading_file(reading, path);
    unlink(path);
}

static void reading_close(Reading *reading)
{
    diagnostics_free(&reading->diagnostics);
    arena_free(&reading->arena);
}

static const JobTraits *traits_of(const Request *row)
{
    return row->traits != NULL ? row->traits : &JOB_TRAITS_DEFAULT;
}

/* ---- what cells mean ------------------------------------------------------------------------- */

/* Goal: every column, plain and with units. Method: the sample, worked out by hand. */
static void test_first_rows(void)
{
    Reading reading;
    reading_file(&reading, "tests/data/trace-native.csv");
    CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 6);
    const Request *a = &reading.requests.rows[0];
    CU_ASSERT_STRING_EQUAL(a->name, "A");
    CU_ASSERT_EQUAL(a->submit_ms, 0);
    CU_ASSERT_EQUAL(a->duration_ms, 90500);
    CU_ASSERT_EQUAL(a->task_count, 1);
    CU_ASSERT_EQUAL(a->gpu_count, 2);
    CU_ASSERT_EQUAL(a->gpu_milli, 1000);
    CU_ASSERT_EQUAL(a->cpu_milli, 8000);
    CU_ASSERT_EQUAL(a->memory_mib, 65536);
    CU_ASSERT_EQUAL(a->storage_bandwidth_mb_s, 500);
    CU_ASSERT_EQUAL(a->io_cpu_milli, 2000);
    CU_ASSERT_EQUAL(a->network_mb_s, 50000);
    CU_ASSERT_STRING_EQUAL(a->queue, "research");
    CU_ASSERT_STRING_EQUAL(a->user, "ann");
    CU_ASSERT_EQUAL(a->priority, 10);
    CU_ASSERT_EQUAL(traits_of(a)->preemptible, 1);
    CU_ASSERT_EQUAL(a->time_limit_ms, 100000);
    CU_ASSERT_EQUAL(a->estimate_ms, 95000);
    CU_ASSERT_EQUAL(a->end, JOB_END_COMPLETED);
    CU_ASSERT_TRUE(a->has_start);
    CU_ASSERT_EQUAL(a->recorded_start_ms, 3000);
    CU_ASSERT_EQUAL(traits_of(a)->checkpoint.rule, CHECKPOINT_FIXED);
    CU_ASSERT_EQUAL(traits_of(a)->checkpoint.every_ms, 1800000);
    CU_ASSERT_EQUAL(traits_of(a)->checkpoint.cost_ms, 40000);
    CU_ASSERT_EQUAL(traits_of(a)->need[GP_AXIS_STORAGE_BANDWIDTH], 500);
    CU_ASSERT_EQUAL(traits_of(a)->need[GP_AXIS_IO_CPU], 2000);
    CU_ASSERT_EQUAL(traits_of(a)->need[GP_AXIS_NETWORK], 50000);
    CU_ASSERT_EQUAL(traits_of(a)->need[GP_AXIS_CPU], 0);
    const Request *b = &reading.requests.rows[1];
    CU_ASSERT_STRING_EQUAL(b->name, "B");
    CU_ASSERT_EQUAL(b->submit_ms, 90000);
    CU_ASSERT_EQUAL(b->duration_ms, 3600000);
    CU_ASSERT_EQUAL(b->task_count, 4);
    CU_ASSERT_EQUAL(b->gang, GANG_ALL);
    CU_ASSERT_EQUAL(b->gpu_milli, 500);
    CU_ASSERT_EQUAL(b->gpu_memory_mib, 40960);
    CU_ASSERT_EQUAL(b->cpu_milli, 250);
    CU_ASSERT_EQUAL(b->memory_mib, 65536);
    CU_ASSERT_EQUAL(b->storage_bandwidth_mb_s, 2000);
    CU_ASSERT_EQUAL(b->io_cpu_milli, 500);
    CU_ASSERT_EQUAL(b->network_mb_s, 50000);
    CU_ASSERT_EQUAL(__builtin_popcountll(b->model_set), 2);
    CU_ASSERT_STRING_EQUAL(b->model_text, "H100|A100");
    CU_ASSERT_STRING_EQUAL(b->queue, "a, \"b\"");
    CU_ASSERT_EQUAL(b->priority, -5);
    CU_ASSERT_EQUAL(traits_of(b)->preemptible, 0);
    CU_ASSERT_EQUAL(traits_of(b)->kind, KIND_SERVICE);
    CU_ASSERT_EQUAL(b->time_limit_ms, 7200000);
    CU_ASSERT_EQUAL(b->end, JOB_END_FAILED);
    CU_ASSERT_EQUAL(traits_of(b)->checkpoint.every_ms, 1800000);
    CU_ASSERT_EQUAL(traits_of(b)->checkpoint.cost_ms, 0);
    CU_ASSERT_EQUAL(traits_of(b)->need[GP_AXIS_STORAGE_BANDWIDTH], 800);
    CU_ASSERT_EQUAL(traits_of(b)->need[GP_AXIS_IO_CPU], 0);
    CU_ASSERT_EQUAL(traits_of(b)->need[GP_AXIS_NETWORK], 50000);
    CU_ASSERT_EQUAL(traits_of(b)->need[GP_AXIS_CPU], 1500);
    reading_close(&reading);
}

/* Goal: the same for what is rare. Method: a share of a GPU's cores and a job that stays; 64 GPUs,
 * which are 8 x 8 where nobody says how many a node has; an elastic gang; memory of a GPU alone. */
static void test_other_rows(void)
{
    Reading reading;
    reading_file(&reading, "tests/data/trace-native.csv");
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 6);
    const Request *c = &reading.requests.rows[2];
    CU_ASSERT_STRING_EQUAL(c->name, "C");
    CU_ASSERT_EQUAL(c->duration_ms, TIME_NEVER);
    CU_ASSERT_EQUAL(c->gpu_milli, 350);
    CU_ASSERT_EQUAL(traits_of(c)->kind, KIND_NOTEBOOK);
    CU_ASSERT_EQUAL(c->end, JOB_END_CANCELLED);
    CU_ASSERT_FALSE(c->has_start);
    const Request *d = &reading.requests.rows[3];
    CU_ASSERT_EQUAL(d->task_count, 8);
    CU_ASSERT_EQUAL(d->gpu_count, 8);
    CU_ASSERT_EQUAL(d->gang, GANG_ALL);
    CU_ASSERT_TRUE(d->censored);
    CU_ASSERT_TRUE(d->carried);
    const Request *e = &reading.requests.rows[4];
    CU_ASSERT_EQUAL(e->task_count, 6);
    CU_ASSERT_EQUAL(e->gang, GANG_MIN);
    CU_ASSERT_EQUAL(traits_of(e)->min_tasks, 2);
    CU_ASSERT_EQUAL(traits_of(e)->max_tasks, 8);
    CU_ASSERT_EQUAL(traits_of(e)->sync, 1);
    const Request *f = &reading.requests.rows[5];
    CU_ASSERT_EQUAL(f->gpu_count, 1);
    CU_ASSERT_EQUAL(f->gpu_milli, 0);
    CU_ASSERT_EQUAL(f->gpu_memory_mib, 2048);
    reading_close(&reading);
}

/* Goal: seconds count from the start of the run, dates from the first of them. Method: two jobs
 * each way; equal times in the order of ids, 9 before 10. */
static void test_clocks(void)
{
    Reading reading;
    reading_text(&reading, "id,submit,duration,gpus\n10,30,1,1\n9,30,1,1\n");
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 2);
    CU_ASSERT_STRING_EQUAL(reading.requests.rows[0].name, "9");
    CU_ASSERT_EQUAL(reading.requests.rows[0].submit_ms, 30000);
    CU_ASSERT_FALSE(reading.stats.has_calendar);
    reading_close(&reading);
    reading_text(&reading, "submit,duration,gpus,start\n"
                           "2026-03-01 00:01:00,1,1,2026-03-01T00:02:00Z\n"
                           "2026-03-01T01:00:30.5+01:00,1,1,\n");
    CU_ASSERT_EQUAL_FATAL(reading.requests.count, 2);
    CU_ASSERT_EQUAL(reading.requests.rows[0].submit_ms, 0); /* 00:00:30.5 UTC */
    CU_ASSERT_EQUAL(reading.requests.rows[1].submit_ms, 29500);
    CU_ASSERT_EQUAL(reading.requests.rows[1].recorded_start_ms, 89500);
    CU_ASSERT_TRUE(reading.stats.has_calendar);
    reading_close(&reading);
}

/* Goal: a cell in quotes is the cell without them. Method: the same rows both ways; lines with
 * quotes go through another parser than lines without. */
static void test_quotes(void)
{
    Reading bare;
    Reading quoted;
    reading_text(&bare, "id,submit,duration,gpus,queue\n a , 1,2 ,\t3, q \nb,,,,\n");
    reading_text(&quoted, "\"id\",\"submit\",\"duration\",\"gpus\",\"queue\"\n"
                          "\"a\",\"1\",\"2\",\"3\",\"q\"\n\"b\",\"\",\"\",\"\",\"\"\n");
    CU_ASSERT_EQUAL(bare.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL(quoted.status, STATUS_BAD_INPUT);
    CU_ASSERT_EQUAL_FATAL(bare.diagnostics.count, 2); /* submit and duration of b */
    CU_ASSERT_EQUAL_FATAL(quoted.diagnostics.count, 2);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(bare.diagnostics.items[i].line, 3);
        CU_ASSERT_STRING_EQUAL(bare.diagnostics.items[i].message,
                               quoted.diagnostics.items[i].message);
    }
    reading_close(&bare);
    reading_close(&quoted);
    reading_text(&bare, "id,submit,duration,gpus,queue\n a , 1,2 ,\t3, q \n");
    CU_ASSERT_EQUAL_FATAL(bare.requests.count, 1);
    CU_ASSERT_STRING_EQUAL(bare.requests.rows[0].name, "a");
    CU_ASSERT_STRING_EQUAL(bare.requests.rows[0].queue, "q");
    CU_ASSERT_EQUAL(bare.requests.rows[0].gpu_count, 3);
    reading_close(&bare);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

typedef struct Mistake {
    const char *text;
    int line, column;
    const char *message;
} Mistake;

/* Goal: each mistake at its place, with what was found and what was expected, and no other. */
static void test_mistakes(void)
{
    static const Mistake mistakes[] = {
        {"submit,duration\n0,1\n", 1, 1, "missing in the header: gpus"},
        {"submit,duration,gpus\n", 0, 0, "there is a header but no row"},
        {"submit,duration,gpus\n0,-1,1\n", 2, 3, "duration is '-1'; expected seconds or"},
        {"submit,duration,gpus\n0,1h30,1\n", 2, 3, "duration is '1h30'; expected seconds or"},
        {"submit,duration,gpus\n0,,1\n", 2, 3, "duration is empty; expected a time"},
        {"submit,duration,gpus\nx,1,1\n", 2, 1, "submit is 'x'; expected seconds, such as 90, or"},
        {"submit,duration,gpus\n-5,1,1\n", 2, 1, "submit is '-5'"},
        {"submit,duration,gpus\n2026-02-30 00:00:00,1,1\n", 2, 1, "submit is '2026-02-30"},
        {"submit,duration,gpus\n0,1,1\n2026-02-01,1,1\n", 3, 1,
         "expected seconds, as in the first"},
        {"submit,duration,gpus\n2026-02-01,1,1\n0,1,1\n", 3, 1, "expected a date, as in the first"},
        {"submit,duration,gpus\n999999999999999,1,1\n", 2, 1, "expected at most a hundred years"},
        {"submit,duration,gpus\n0,1,1.5\n", 2, 5, "gpus is '1.5'; expected a whole number"},
        {"submit,duration,gpus\n0,1,1000001\n", 2, 5, "gpus is '1000001'; expected 0 to 1000000"},
        {"submit,duration,gpus,tasks\n0,1,33,1\n", 2, 5, "expected at most 32 GPUs a task"},
        {"submit,duration,gpus,tasks\n0,1,1,0\n", 2, 7, "tasks is '0'; expected 1 to 1000000"},
        {"submit,duration,gpus,gang\n0,1,1,some\n", 2, 7, "expected none, all or min"},
        {"submit,duration,gpus,gang\n0,1,1,min\n", 2, 7, "expected min_tasks beside it"},
        {"submit,duration,gpus,end\n0,1,1,Pass\n", 2, 7, "expected completed, failed, cancelled"},
        {"submit,duration,gpus,kind\n0,1,1,job\n", 2, 7, "expected batch, service or notebook"},
        {"submit,duration,gpus,preemptible\n0,1,1,1\n", 2, 7, "expected true or false"},
        {"submit,duration,gpus,gpu_milli\n0,1,1,1001\n", 2, 7,
         "gpu_milli is '1001'; expected 1 to"},
        {"submit,duration,gpus,gpu_milli\n0,1,0,500\n", 2, 5,
         "expected GPUs, as other cells speak"},
        {"submit,duration,gpus,gpu_milli,gpu_cores\n0,1,1,500,50%\n", 2, 11, "not both"},
        {"submit,duration,gpus,gpu_cores\n0,1,1,150%\n", 2, 7, "gpu_cores is '150%'"},
        {"submit,duration,gpus,mig\n0,1,1,big\n", 2, 7, "expected a MIG profile"},
        {"submit,duration,gpus,mig\n0,1,2,3g\n", 2, 7, "expected neither a share nor several GPUs"},
        {"submit,duration,gpus,memory\n0,1,1,64s\n", 2, 7,
         "memory is '64s'; expected MiB or bytes"},
        {"submit,duration,gpus,cpu\n0,1,1,many\n", 2, 7, "cpu is 'many'; expected cores"},
        {"submit,duration,gpus,network\n0,1,1,1GB/s\n", 2, 7, "network is '1GB/s'"},
        {"submit,duration,gpus,priority\n0,1,1,9999999999\n", 2, 7, "priority is '9999999999'"},
        {"submit,duration,gpus,tasks,min_tasks\n0,1,1,2,3\n", 2, 9, "expected at most as many"},
        {"submit,duration,gpus,tasks,max_tasks\n0,1,1,2,1\n", 2, 9, "expected at least as many"},
        {"id,submit,duration,gpus\na,0,1,1\nb,0,1,1\na,0,1,1\n", 4, 0,
         "id 'a' is there already, in line 2"},
        {"submit,duration,gpus\n0,1,0\n", 0, 0, "no job is left of 1 row"},
        {"submit,duration,gpus\n0,1\n", 2, 1, "the line has 2 cells; expected 3"},
    };
    for (int i = 0; i < COUNT_OF(mistakes); i++) {
        const Mistake *wanted = &mistakes[i];
        Reading reading;
        reading_text(&reading, wanted->text);
        CU_ASSERT_EQUAL(reading.status, STATUS_BAD_INPUT);
        CU_ASSERT_EQUAL_FATAL(reading.diagnostics.count, 1);
        const Diagnostic *found = &reading.diagnostics.items[0];
        bool good = found->line == wanted->line && found->column == wanted->column &&
                    strstr(found->message, wanted->message) != NULL;
        CU_ASSERT_TRUE(good);
        if (!good) {
            fprintf(stderr, "\nfound %d:%d: %s\nwanted %d:%d: %s\n", found->line, found->column,
                    found->message, wanted->line, wanted->column, wanted->message);
        }
        reading_close(&reading);
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool text_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool row_same(const Request *a, const Request *b)
{
    const JobTraits *x = traits_of(a);
    const JobTraits *y = traits_of(b);
    bool traits = job_traits_alike(x, y);
    bool size = a->cpu_milli == b->cpu_milli && a->memory_mib == b->memory_mib &&
                a->storage_bandwidth_mb_s == b->storage_bandwidth_mb_s &&
                a->io_cpu_milli == b->io_cpu_milli && a->network_mb_s == b->network_mb_s &&
                a->gpu_count == b->gpu_count && a->gpu_milli == b->gpu_milli &&
                a->gpu_memory_mib == b->gpu_memory_mib && a->task_count == b->task_count &&
                a->gang == b->gang && a->cores_unsaid == b->cores_unsaid &&
                text_same(a->model_text, b->model_text);
    bool times = a->submit_ms == b->submit_ms && a->duration_ms == b->duration_ms &&
                 a->time_limit_ms == b->time_limit_ms && a->estimate_ms == b->estimate_ms &&
                 a->has_start == b->has_start && a->recorded_start_ms == b->recorded_start_ms;
    return traits && size && times && text_same(a->name, b->name) &&
           text_same(a->queue, b->queue) && text_same(a->user, b->user) &&
           a->priority == b->priority && a->end == b->end && a->censored == b->censored &&
           a->carried == b->carried;
}

/* Goal: what is written is read again as it was. Method: the sample, on both clocks; texts with
 * commas, quotes and a share that is not a decimal of cores. */
static void test_round_trip(void)
{
    for (int calendar = 0; calendar < 2; calendar++) {
        Reading first;
        Reading second;
        reading_file(&first, "tests/data/trace-native.csv");
        CU_ASSERT_EQUAL_FATAL(first.status, STATUS_OK);
        char path[] = "/tmp/gpuplan-native-XXXXXX";
        int descriptor = mkstemp(path);
        CU_ASSERT_TRUE_FATAL(descriptor >= 0);
        FILE *file = fdopen(descriptor, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT_TRUE(native_write(&first.requests, calendar, INT64_C(1772409600123), file));
        fclose(file);
        reading_file(&second, path);
        unlink(path);
        CU_ASSERT_EQUAL_FATAL(second.status, STATUS_OK);
        CU_ASSERT_EQUAL(second.stats.has_calendar, calendar);
        CU_ASSERT_EQUAL_FATAL(second.requests.count, first.requests.count);
        for (int i = 0; i < first.requests.count; i++) {
            CU_ASSERT_TRUE(row_same(&first.requests.rows[i], &second.requests.rows[i]));
        }
        reading_close(&first);
        reading_close(&second);
    }
}

/* Goal: "all cores" and no word on cores stay apart, as HAMi reads them differently. Method: both
 * beside 4 GiB, in one file; written and read again. */
static void test_cores_unsaid(void)
{
    static const char TEXT[] = "id,submit,duration,gpus,gpu_milli,gpu_memory\n"
                               "a,0,1,1,,4Gi\nb,0,1,1,1000,4Gi\nc,0,1,1,,\n";
    char path[] = "/tmp/gpuplan-native-XXXXXX";
    int descriptor = mkstemp(path);
    CU_ASSERT_TRUE_FATAL(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(TEXT, file);
    fclose(file);
    for (int round = 0; round < 2; round++) {
        Reading reading;
        reading_file(&reading, path);
        CU_ASSERT_EQUAL_FATAL(reading.status, STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(reading.requests.count, 3);
        const Request *rows = reading.requests.rows;
        CU_ASSERT(rows[0].cores_unsaid == 1 && rows[1].cores_unsaid == 0);
        CU_ASSERT_EQUAL(rows[2].cores_unsaid, 0); /* no memory either: a whole card to all */
        CU_ASSERT(rows[0].gpu_milli == 1000 && rows[1].gpu_milli == 1000);
        file = fopen(path, "w");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        CU_ASSERT_TRUE(native_write(&reading.requests, false, 0, file));
        fclose(file);
        reading_close(&reading);
    }
    unlink(path);
}

const char *const SUITE = "native";
const TestCase CASES[] = {
    {"first rows", test_first_rows},
    {"other rows", test_other_rows},
    {"clocks", test_clocks},
    {"quotes", test_quotes},
    {"mistakes", test_mistakes},
    {"round trip", test_round_trip},
    {"cores unsaid", test_cores_unsaid},
    {NULL, NULL},
};
