/* fuzz_plan.c - any bytes as the cache of a plan: what is sound is read and written again as the
 * same runs, everything else is refused with a message.
 *
 * The first byte says whether the right head comes before the rest: h. Otherwise all of it is the
 * file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/report/plan_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char HEAD[] = "gpuplan-plan-cache 1\nversion 0.1.0\nscenario 0\nvalues cost_usd "
                           "wait_p95_s\nlines a b\n";

static void require(int holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "fuzz_plan: broken promise: %s\n", promise);
        abort();
    }
}

typedef struct Reading {
    PlanLine lines[2];
    FleetPlan plan;
    ScenarioSet set;
    PlanEvaluator evaluator;
    Diagnostics diagnostics;
} Reading;

static Status reading_open(Reading *reading, const char *path)
{
    *reading = (Reading){.lines = {{.name = "a"}, {.name = "b"}}, .set = {.sha256 = "0"}};
    reading->plan = (FleetPlan){.line_count = 2, .lines = reading->lines};
    reading->evaluator = (PlanEvaluator){
        .set = &reading->set,
        .plan = &reading->plan,
        .value_count = 2,
        .values = {METRIC_cost_usd, METRIC_wait_p95_s},
    };
    plan_cache_init(&reading->evaluator.cache, 2);
    diagnostics_init(&reading->diagnostics);
    return plan_cache_read(&reading->evaluator, path, &reading->diagnostics);
}

static void reading_close(Reading *reading)
{
    plan_evaluator_free(&reading->evaluator);
    diagnostics_free(&reading->diagnostics);
}

static bool same_value(double a, double b)
{
    return a == b || (a != a && b != b);
}

/* Written and read once more, it holds the same runs. */
static void check_again(Reading *first)
{
    char path[] = "/tmp/gpuplan-fuzz-XXXXXX";
    int file = mkstemp(path);
    require(file >= 0, "there is room for a file");
    close(file);
    require(plan_cache_write(&first->evaluator, path, &first->diagnostics) == STATUS_OK,
            "what was read can be written");
    Reading again;
    require(reading_open(&again, path) == STATUS_OK, "what was written can be read");
    const PlanCache *a = &first->evaluator.cache, *b = &again.evaluator.cache;
    require(a->count == b->count, "all runs are there again");
    for (int32_t i = 0; i < a->count; i++) {
        const double *values = plan_cache_find(b, &a->keys[i]);
        require(values != NULL, "each run is found");
        require(same_value(values[0], a->values[2 * i]) &&
                    same_value(values[1], a->values[2 * i + 1]),
                "each value is the same");
    }
    reading_close(&again);
    remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int file = memfd_create("cache", 0);
    require(file >= 0, "there is memory for a file");
    bool head = size > 0 && data[0] == 'h';
    bool ok = !head || write(file, HEAD, sizeof HEAD - 1) == (ssize_t)(sizeof HEAD - 1);
    size_t from = size > 0 && head ? 1 : 0;
    ok = ok && (size == from || write(file, data + from, size - from) == (ssize_t)(size - from));
    require(ok, "the file can be written");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    Reading reading;
    Status status = reading_open(&reading, path);
    require(status == STATUS_OK || reading.diagnostics.error_count > 0,
            "a refusal says what is wrong");
    if (status == STATUS_OK) {
        check_again(&reading);
    }
    reading_close(&reading);
    close(file);
    return 0;
}
