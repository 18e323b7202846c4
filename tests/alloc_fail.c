/* alloc_fail.c - the n-th allocation fails, for every n: nothing crashes, nothing leaks, the user
 * is told.
 *
 * Method: the whole program is linked in with its main renamed. Each command runs once undisturbed,
 * which also fills the caches that libraries keep for ever. Then, for n = 1, 2, ..., a forked child
 * runs it with the n-th allocation failing (and once more with every later one failing too), until
 * no allocation is left to fail. A child must return 1, 3 or 6 (some replications are missing), or
 * else what the undisturbed run returned with the same output byte for byte; and it must hold as
 * many blocks as before. HDF5 and reading JSON are left out: the libraries do not survive this
 * themselves.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/status.h"
#include "tests/alloc_interposer.h"

#define ARGUMENTS_MAX 16
#define FAILURES_SHOWN 3
#define ALLOCATIONS_MAX 100000 /* a run that needs more is no test of this kind */

int gpuplan_main(int argc, char **argv);
int fgd_study_main(int argc, char **argv);

typedef struct Case {
    const char *name;
    int (*main)(int argc, char **argv);
    int status; /* of the undisturbed run */
    long
        tail; /* only the last so many allocations: another case has the same ones before; 0: all */
    const char *arguments[ARGUMENTS_MAX];
} Case;

#define PRINTING 300 /* more than any printer allocates by itself */
#define SMALL "tests/data/small.yaml"
#define STUDY "--nodes", "tests/data/small-nodes.csv", "--pods", "tests/data/small-pods.csv"
#define RUN "run", SMALL, "--threads", "1"
#define SYNTHETIC "tests/data/synthetic.yaml"
#define TRACES "tests/data/trace-"
#define TRACE_STATS "trace", "stats", TRACES
#define ORDERS                                                                                     \
    "--arrivals", "tests/data/small-arrivals.csv", "--ranks", "tests/data/small-ranks.csv"
static const Case CASES[] = {
    {"check", gpuplan_main, STATUS_OK, 0, {"check", SMALL}},
    {"check-mistakes", gpuplan_main, STATUS_BAD_INPUT, 0, {"check", "tests/data/mistakes.yaml"}},
    {"check-failures", gpuplan_main, STATUS_OK, 0, {"check", "tests/corpus/yaml/failures.yaml"}},
    {"check-prices", gpuplan_main, STATUS_OK, 0, {"check", "tests/data/prices.yaml"}},
    {"check-queues", gpuplan_main, STATUS_OK, 0, {"check", "tests/data/queues.yaml"}},
    {"keys", gpuplan_main, STATUS_OK, 0, {"keys"}},
    {"schema", gpuplan_main, STATUS_OK, 0, {"schema"}},
    {"list", gpuplan_main, STATUS_OK, 0, {"list"}},
    {"run-table", gpuplan_main, STATUS_OK, PRINTING, {RUN}},
    {"run-json", gpuplan_main, STATUS_OK, 0, {RUN, "--format", "json"}},
    {"run-csv", gpuplan_main, STATUS_OK, PRINTING, {RUN, "--format", "csv"}},
    {"run-markdown", gpuplan_main, STATUS_OK, PRINTING, {RUN, "--format", "markdown"}},
    {"run-jobs-csv", gpuplan_main, STATUS_OK, PRINTING, {RUN, "--jobs-csv", "/dev/null"}},
    {"trace-native", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "native.csv"}},
    {"trace-openb", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "openb.csv", "--from", "4000s"}},
    {"trace-philly", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "philly.csv"}},
    {"trace-swf", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "swf.txt"}},
    {"trace-sacct", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "sacct.txt"}},
    {"trace-gzip", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "gzip"}},
    {"trace-zstd", gpuplan_main, STATUS_OK, 0, {TRACE_STATS "zstd"}},
    {"trace-convert",
     gpuplan_main,
     STATUS_OK,
     0,
     {"trace", "convert", TRACES "sacct.txt", "-o", "-"}},
    {"trace-faults", gpuplan_main, STATUS_OK, 0, {"trace", "stats", "tests/data/faults.csv"}},
    {"trace-faults-convert",
     gpuplan_main,
     STATUS_OK,
     0,
     {"trace", "convert", "tests/data/faults.csv", "-o", "-"}},
    {"trace-faults-fit",
     gpuplan_main,
     STATUS_OK,
     0,
     {"trace", "fit", "tests/data/faults-many.csv", "--nodes", "8", "-o", "-"}},
    {"compare",
     gpuplan_main,
     STATUS_OK,
     PRINTING,
     {"compare", "tests/data/three-jobs.yaml", "--threads", "1"}},
    {"compare-json",
     gpuplan_main,
     STATUS_OK,
     600,
     {"compare", "tests/data/three-jobs.yaml", "--threads", "1", "--format", "json"}},
    {"run-faults", gpuplan_main, STATUS_OK, 0, {"run", "tests/data/faults.yaml", "--threads", "1"}},
    {"check-import", gpuplan_main, STATUS_OK, 0, {"check", "tests/data/import.yaml"}},
    {"gate",
     gpuplan_main,
     STATUS_OK,
     3000,
     {"gate", "tests/data/gate.yaml", "--against", "tests/data/gate.yaml", "--threads", "1",
      "--json"}},
    {"gate-table",
     gpuplan_main,
     STATUS_OK,
     PRINTING,
     {"gate", "tests/data/gate.yaml", "--against", "tests/data/gate.yaml", "--threads", "1"}},
    {"run-repairs",
     gpuplan_main,
     STATUS_OK,
     0,
     {"run", "validation/micro/led-down.yaml", "--format", "markdown", "--threads", "1"}},
    {"run-showback",
     gpuplan_main,
     STATUS_OK,
     3000,
     {"run", "validation/micro/oc-4.yaml", "--verbose", "--threads", "1"}},
    {"run-prices",
     gpuplan_main,
     STATUS_OK,
     1500,
     {"run", "tests/data/prices.yaml", "--verbose", "--threads", "1"}},
    {"run-streams",
     gpuplan_main,
     STATUS_OK,
     1500,
     {"run", "tests/data/streams.yaml", "--threads", "1"}},
    {"run-resampled",
     gpuplan_main,
     STATUS_OK,
     1500,
     {"run", "tests/data/resample.yaml", "--threads", "1", "--replications", "1", "--format",
      "csv"}},
    {"plan",
     gpuplan_main,
     STATUS_OK,
     1500,
     {"plan", "tests/data/plan.yaml", "--threads", "1", "--format", "markdown"}},
    {"check-plan", gpuplan_main, STATUS_OK, 0, {"check", "tests/data/plan.yaml"}},
    {"trace-backtest",
     gpuplan_main,
     STATUS_OK,
     0,
     {"trace", "backtest", TRACES "openb.csv", SMALL, "--format-out", "json"}},
    {"trace-fit", gpuplan_main, STATUS_OK, 0, {"trace", "fit", TRACES "native.csv", "-o", "-"}},
    {"trace-fit-bursts", gpuplan_main, STATUS_OK, 0, {"trace", "fit", "tests/data/bursts.csv"}},
    {"trace-synth", gpuplan_main, STATUS_OK, 0, {"trace", "synth", SYNTHETIC, "-o", "-"}},
    {"run-synthetic", gpuplan_main, STATUS_OK, PRINTING, {"run", SYNTHETIC, "--threads", "1"}},
    {"study-drawn",
     fgd_study_main,
     STATUS_OK,
     0,
     {STUDY, "--policies", "FGD,Random", "--threads", "1"}},
    {"study-recorded",
     fgd_study_main,
     STATUS_OK,
     0,
     {STUDY, ORDERS, "--policies", "all", "--seeds", "42,43", "--threads", "1"}},
};
#define CASE_COUNT ((int)(sizeof CASES / sizeof CASES[0]))

/* What a child tells its parent, in shared memory. */
typedef struct Outcome {
    int returned; /* main came back; 0: it ended the process itself */
    int status;
    int fired;
    long leaked;
} Outcome;

/* A file in memory that takes a run's output; both runs of a comparison use their own. */
typedef struct Capture {
    int file;
} Capture;

static Capture capture_new(const char *name)
{
    Capture capture = {memfd_create(name, 0)};
    if (capture.file < 0) {
        perror("memfd_create");
        exit(EXIT_FAILURE);
    }
    return capture;
}

static void capture_begin(Capture capture)
{
    if (ftruncate(capture.file, 0) != 0 || lseek(capture.file, 0, SEEK_SET) != 0) {
        perror("capture");
        exit(EXIT_FAILURE);
    }
}

static bool capture_equal(Capture a, Capture b)
{
    struct stat one;
    struct stat two;
    if (fstat(a.file, &one) != 0 || fstat(b.file, &two) != 0 || one.st_size != two.st_size) {
        return false;
    }
    char left[4096];
    char right[4096];
    for (off_t at = 0; at < one.st_size; at += (off_t)sizeof left) {
        ssize_t length = pread(a.file, left, sizeof left, at);
        if (length < 0 || pread(b.file, right, sizeof right, at) != length ||
            memcmp(left, right, (size_t)length) != 0) {
            return false;
        }
    }
    return true;
}

static int run_main(const Case *one)
{
    char *argv[ARGUMENTS_MAX + 2] = {(char *)"program"};
    int argc = 1;
    while (argc <= ARGUMENTS_MAX && one->arguments[argc - 1] != NULL) {
        argv[argc] = (char *)one->arguments[argc - 1];
        argc++;
    }
    optind = 0;
    return one->main(argc, argv);
}

/* The child: standard output goes to `capture`, messages nowhere unless somebody looks for a fault.
 */
static _Noreturn void child_run(const Case *one, long n, bool all_later, Capture capture,
                                Outcome *outcome)
{
    dup2(capture.file, STDOUT_FILENO);
    if (getenv("ALLOC_FAIL_TRACE") == NULL) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    }
    alloc_arm(n, all_later);
    long before = alloc_live();
    int status = run_main(one);
    fflush(stdout);
    alloc_disarm();
    outcome->returned = 1;
    outcome->status = status;
    outcome->fired = alloc_fired();
    outcome->leaked = alloc_live() - before;
    _exit(status);
}

/* Runs the child to its end. Returns what was wrong, or NULL. *fired: an allocation was refused. */
static const char *trial(const Case *one, long n, bool all_later, Capture expected, Capture found,
                         Outcome *outcome, bool *fired)
{
    memset(outcome, 0, sizeof *outcome);
    capture_begin(found);
    fflush(stdout); /* the child must not inherit text that waits to be written */
    pid_t child = fork();
    if (child == 0) {
        child_run(one, n, all_later, found, outcome);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        *fired = false;
        return "no child could be run";
    }
    *fired = outcome->fired || !outcome->returned; /* only a refusal makes main end the process */
    if (WIFSIGNALED(status)) {
        return strsignal(WTERMSIG(status));
    }
    int code = WEXITSTATUS(status);
    if (!*fired && code != one->status) {
        return "the status differs although nothing was refused";
    }
    if (code != STATUS_FAILED && code != STATUS_BAD_INPUT && code != STATUS_PARTIAL &&
        !(code == one->status && capture_equal(expected, found))) {
        return code == one->status ? "success was reported with output missing"
                                   : "unexpected exit status";
    }
    if (outcome->returned && outcome->leaked != 0) {
        return "memory was not given back";
    }
    return NULL;
}

/* Every n from `first` to `last` for one command. Returns 1 if all went well. */
static int case_run(const Case *one, bool all_later, long first, long last, long step,
                    Capture expected, Capture found, Outcome *outcome)
{
    long failures = 0;
    bool fired = true;
    long n = first - step;
    while (fired && n < last) {
        n += step;
        const char *wrong = trial(one, n, all_later, expected, found, outcome, &fired);
        if (wrong != NULL && failures++ < FAILURES_SHOWN) {
            printf("alloc_fail: %s, allocation %ld%s: %s (status %d, %ld blocks)\n", one->name, n,
                   all_later ? " and all later" : "", wrong, outcome->status, outcome->leaked);
        }
        if (wrong != NULL && !fired) {
            break;
        }
    }
    printf("%s%s: allocations %ld to %ld by %ld, %ld wrong\n", one->name,
           all_later ? ", all later" : "", first, n - step, step, failures);
    fflush(stdout);
    return failures == 0 && (!fired || last < ALLOCATIONS_MAX);
}

/* The undisturbed run, in this process: its output is what the others are compared with. Counts its
 * allocations. */
static bool baseline(const Case *one, Capture expected, long *counted)
{
    capture_begin(expected);
    fflush(stdout);
    int terminal = dup(STDOUT_FILENO);
    int errors = dup(STDERR_FILENO);
    dup2(expected.file, STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    *counted = -alloc_count();
    int status = run_main(one);
    *counted += alloc_count();
    fflush(stdout);
    dup2(terminal, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    close(terminal);
    close(errors);
    if (status != one->status) {
        printf("alloc_fail: %s: undisturbed, it ends with status %d instead of %d\n", one->name,
               status, one->status);
    }
    return status == one->status;
}

/* Every allocation in CI and for a case that is named; else every seventh, which takes a minute in
 * place of seven. */
#define STEP_ELSEWHERE 7

static long step_wanted(int argc)
{
    const char *ci = getenv("CI");
    bool all = argc > 1 || (ci != NULL && (strcmp(ci, "true") == 0 || strcmp(ci, "1") == 0));
    return all ? 1 : STEP_ELSEWHERE;
}

/* usage: alloc_fail [CASE [N]]   N: that allocation alone */
int main(int argc, char **argv)
{
    long first = argc > 2 ? atol(argv[2]) : 1;
    long last = argc > 2 ? first : ALLOCATIONS_MAX;
    Outcome *outcome =
        mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcome == MAP_FAILED) {
        perror("mmap");
        return EXIT_FAILURE;
    }
    Capture expected = capture_new("expected");
    Capture found = capture_new("found");
    int passed = 0;
    int failed = 0;
    for (int i = 0; i < CASE_COUNT; i++) {
        long counted = 0;
        if (argc > 1 && strcmp(argv[1], CASES[i].name) != 0) {
            continue;
        }
        if (!baseline(&CASES[i], expected, &counted) || !baseline(&CASES[i], expected, &counted)) {
            failed++;
            continue;
        }
        long tail = CASES[i].tail;
        long from = tail > 0 && first == 1 && counted > tail ? counted - tail : first;
        for (int all_later = 0; all_later <= 1; all_later++) {
            int ok = case_run(&CASES[i], all_later == 1, from, last, step_wanted(argc), expected,
                              found, outcome);
            passed += ok;
            failed += !ok;
        }
    }
    printf("alloc_fail: %d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
