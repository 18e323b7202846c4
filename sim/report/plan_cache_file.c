/* plan_cache_file.c - what has run, kept beside the plan: a head, then a run a line, then `end`.
 *
 *     gpuplan-plan-cache 1
 *     version 0.1.0
 *     scenario <sha256 of its text>
 *     values cost_usd wait_p95_s ...
 *     lines a b
 *     runs 2
 *     4 0 0 0 0 0 0x1.8p+3 ...        counts, demand, failures, needs, replication, values
 *     ...
 *     end
 *
 * Values are written in hexadecimal, so that a search which goes on is the one that was stopped.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/atomic_file.h"
#include "sim/report/plan_report.h"
#include "sim/report/version.h"

#define KIND "gpuplan-plan-cache 1"

/* ---- writing ---- */

static void head_write(const PlanEvaluator *evaluator, FILE *stream)
{
    fprintf(stream, KIND "\nversion " GPUPLAN_VERSION "\nscenario %s\nvalues",
            evaluator->set->sha256);
    for (int32_t i = 0; i < evaluator->value_count; i++) {
        fprintf(stream, " %s", METRICS[evaluator->values[i]].name);
    }
    fputs("\nlines", stream);
    for (int32_t i = 0; i < evaluator->plan->line_count; i++) {
        fprintf(stream, " %s", evaluator->plan->lines[i].name);
    }
    fprintf(stream, "\nruns %" PRId32 "\n", evaluator->cache.count);
}

static void run_write(const PlanEvaluator *evaluator, int32_t at, FILE *stream)
{
    const PlanCache *cache = &evaluator->cache;
    const PlanKey *key = &cache->keys[at];
    for (int32_t i = 0; i < evaluator->plan->line_count; i++) {
        fprintf(stream, "%" PRId64 " ", key->count[i]);
    }
    fprintf(stream, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64, key->demand_ppm,
            key->failures_ppm, key->needs_ppm, key->replication);
    for (int32_t i = 0; i < cache->value_count; i++) {
        fprintf(stream, " %a", cache->values[(int64_t)at * cache->value_count + i]);
    }
    fputc('\n', stream);
}

Status plan_cache_write(const PlanEvaluator *evaluator, const char *path, Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    head_write(evaluator, file.stream);
    for (int32_t i = 0; i < evaluator->cache.count; i++) {
        run_write(evaluator, i, file.stream);
    }
    fputs("end\n", file.stream);
    return atomic_file_commit(&file, diagnostics);
}

/* ---- reading ---- */

typedef struct Reader {
    FILE *stream;
    const char *path;
    char *line;
    size_t size;
    int32_t number;
    Diagnostics *diagnostics;
} Reader;

static Status refuse(Reader *reader, const char *help, const char *what)
{
    Place place = {.file = reader->path, .line = reader->number};
    return diagnostics_error(reader->diagnostics, place, "cache", help, "%s", what);
}

/* The next line without its end; NULL: there is none. */
static char *line_next(Reader *reader)
{
    ssize_t length = getline(&reader->line, &reader->size, reader->stream);
    reader->number++;
    if (length < 0) {
        return NULL;
    }
    if (length > 0 && reader->line[length - 1] == '\n') {
        reader->line[length - 1] = '\0';
    }
    return reader->line;
}

/* The head that this plan would write must stand there, but for the number of runs. */
static Status head_read(Reader *reader, const PlanEvaluator *evaluator, long *runs)
{
    static const char *const OTHER[] = {
        "is no cache of `gpuplan plan`", "is of another version of gpuplan",
        "is of another scenario: a key, a count or a seed was changed since", "is of other targets",
        "is of other lines"};
    char *text = NULL;
    size_t size = 0;
    FILE *wanted = open_memstream(&text, &size);
    if (wanted == NULL) {
        return diagnostics_no_memory(reader->diagnostics);
    }
    head_write(evaluator, wanted);
    if (fclose(wanted) != 0) {
        free(text);
        return diagnostics_no_memory(reader->diagnostics);
    }
    Status status = STATUS_OK;
    char *rest = text;
    for (int i = 0; i < 5 && status == STATUS_OK; i++) {
        char *end = strchr(rest, '\n');
        *end = '\0';
        const char *line = line_next(reader);
        if (line == NULL || strcmp(line, rest) != 0) {
            status = refuse(reader, "remove it, or name another file to begin anew", OTHER[i]);
        }
        rest = end + 1;
    }
    free(text);
    const char *line = status == STATUS_OK ? line_next(reader) : NULL;
    char *end = NULL;
    if (status == STATUS_OK && (line == NULL || strncmp(line, "runs ", 5) != 0)) {
        return refuse(reader, NULL, "expected `runs` and their number");
    }
    *runs = status == STATUS_OK ? strtol(line + 5, &end, 10) : 0;
    if (status == STATUS_OK && (end == line + 5 || *end != '\0' || *runs < 0)) {
        return refuse(reader, NULL, "expected `runs` and their number");
    }
    return status;
}

static bool integer_read(char **at, int64_t *value)
{
    char *end;
    errno = 0;
    long long number = strtoll(*at, &end, 10);
    bool good = end != *at && errno == 0 && number >= 0;
    *value = number;
    *at = end;
    return good;
}

static bool run_read(char *line, const PlanEvaluator *evaluator, PlanKey *key, double *values)
{
    *key = (PlanKey){0};
    bool good = true;
    for (int32_t i = 0; good && i < evaluator->plan->line_count; i++) {
        good = integer_read(&line, &key->count[i]);
    }
    good = good && integer_read(&line, &key->demand_ppm) && integer_read(&line, &key->failures_ppm);
    good = good && integer_read(&line, &key->needs_ppm) && integer_read(&line, &key->replication);
    for (int32_t i = 0; good && i < evaluator->value_count; i++) {
        char *end;
        values[i] = strtod(line, &end);
        good = end != line;
        line = end;
    }
    return good && *line == '\0';
}

static Status runs_read(Reader *reader, PlanEvaluator *evaluator)
{
    long runs = 0;
    Status status = head_read(reader, evaluator, &runs);
    for (long i = 0; status == STATUS_OK && i < runs; i++) {
        PlanKey key;
        double values[PLANNER_VALUES_MAX];
        char *line = line_next(reader);
        if (line == NULL || !run_read(line, evaluator, &key, values)) {
            status = refuse(reader, "remove the file to begin anew",
                            "is damaged: expected the counts and values of a run");
        } else if (!plan_cache_add(&evaluator->cache, &key, values)) {
            status = diagnostics_no_memory(reader->diagnostics);
        }
    }
    const char *last = status == STATUS_OK ? line_next(reader) : NULL;
    if (status == STATUS_OK && (last == NULL || strcmp(last, "end") != 0)) {
        status = refuse(reader, "remove the file to begin anew", "is damaged: it does not end");
    }
    return status;
}

Status plan_cache_read(PlanEvaluator *evaluator, const char *path, Diagnostics *diagnostics)
{
    Reader reader = {.stream = fopen(path, "r"), .path = path, .diagnostics = diagnostics};
    if (reader.stream == NULL && errno == ENOENT) {
        return STATUS_OK;
    }
    if (reader.stream == NULL) {
        Place place = {.file = path};
        return diagnostics_error(diagnostics, place, "io", NULL, "cannot be read: %s",
                                 strerror(errno)),
               STATUS_FAILED;
    }
    Status status = runs_read(&reader, evaluator);
    free(reader.line);
    fclose(reader.stream);
    return status;
}
