/* trace_synth.c - `gpuplan trace synth`: what a scenario's generators make, as our own CSV. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/commands/trace.h"
#include "sim/report/atomic_file.h"
#include "sim/scenario/load.h"
#include "traces/native.h"
#include "traces/synthetic.h"

static const char HELP[] =
    "gpuplan trace synth - draw a synthetic workload and write it as our own CSV\n"
    "(docs/trace-format.md)\n"
    "\n"
    "Examples\n"
    "  gpuplan trace synth scenario.yaml -o made.csv        the jobs that `gpuplan run` meets\n"
    "  gpuplan trace synth fitted.yaml --count 1000 -o -    of what `gpuplan trace fit` wrote\n"
    "  gpuplan trace synth scenario.yaml --seed 7 --replication 2 -o other.csv\n"
    "\n"
    "The jobs are those of the `synthetic:` entries of the workload; a file without a cluster is\n"
    "taken to have nodes with 8 GPUs.\n"
    "\n"
    "Usage: gpuplan trace synth SCENARIO -o FILE [OPTIONS]\n";

enum {
    OPTION_OUTPUT = OPTION_FIRST,
    OPTION_SEED,
    OPTION_COUNT,
    OPTION_REPLICATION,
    OPTION_VARIANT,
    OPTION_SET
};

static const OptionSpec OPTIONS[] = {
    {"output", 'o', "FILE", "the CSV to write; - is stdout", OPTION_OUTPUT},
    {"seed", 0, "N", "overrides `seed`", OPTION_SEED},
    {"count", 0, "N", "jobs: workload.0.synthetic.count", OPTION_COUNT},
    {"replication", 0, "N", "which draw, from 0 (default)", OPTION_REPLICATION},
    {"variant", 0, "NAME", "of which variant (default: the first)", OPTION_VARIANT},
    {"set", 0, "KEY=VALUE", "override a key of the scenario; may be given again", OPTION_SET},
    {NULL, 0, NULL, NULL, 0},
};

/* For files that hold only a workload. */
static const char CLUSTER_USUAL[] =
    "cluster={types: {node: {gpus: {count: 8}}}, nodes: [{name: node, type: node}]}";
static const char CLUSTER_MISSING[] = "`cluster` is missing";

typedef struct SynthCommand {
    LoadOptions load;
    const char **sets; /* room for two more */
    const char *output, *variant;
    char count[64]; /* "workload.0.synthetic.count=N" */
    uint32_t replication;
} SynthCommand;

/* ---- jobs ------------------------------------------------------------------------------------ */

static int row_compare(const void *va, const void *vb)
{
    const Request *a = va;
    const Request *b = vb;
    if (a->submit_ms != b->submit_ms) {
        return a->submit_ms < b->submit_ms ? -1 : 1;
    }
    return a->count < b->count ? -1 : a->count > b->count;
}

/* Rows of several generators in time order, those of one time as drawn. */
static void rows_sort(RequestList *jobs)
{
    for (int32_t i = 0; i < jobs->count; i++) {
        jobs->rows[i].count = i;
    }
    qsort(jobs->rows, (size_t)jobs->count, sizeof *jobs->rows, row_compare);
    for (int32_t i = 0; i < jobs->count; i++) {
        jobs->rows[i].count = 1;
    }
}

static Status source_add(const Scenario *scenario, int32_t index, uint32_t replication,
                         Diagnostics *diagnostics, RequestList *jobs)
{
    SyntheticDraw draw = {.seed = scenario->seed,
                          .replication = replication,
                          .source = (uint32_t)index,
                          .horizon_ms = scenario->horizon_ms,
                          .fleet_gpu_milli = scenario->cluster.gpu_milli};
    RequestList drawn;
    Status status = synthetic_draw(scenario->sources[index].synthetic, &draw, diagnostics, &drawn);
    if (status != STATUS_OK) {
        return status;
    }
    size_t count = (size_t)jobs->count + (size_t)drawn.count;
    Request *rows = count <= INT32_MAX ? realloc(jobs->rows, (count + 1) * sizeof *rows) : NULL;
    if (rows != NULL) {
        jobs->rows = rows;
        memcpy(rows + jobs->count, drawn.rows, (size_t)drawn.count * sizeof *rows);
        jobs->count = (int32_t)count;
    }
    free(drawn.rows);
    return rows != NULL ? STATUS_OK : diagnostics_no_memory(diagnostics);
}

static Status jobs_draw(const Scenario *scenario, uint32_t replication, const char *path,
                        Diagnostics *diagnostics, RequestList *jobs)
{
    int32_t generators = 0;
    Status status = STATUS_OK;
    for (int32_t i = 0; status == STATUS_OK && i < scenario->source_count; i++) {
        if (scenario->sources[i].kind == SOURCE_SYNTHETIC) {
            generators++;
            status = source_add(scenario, i, replication, diagnostics, jobs);
        }
    }
    if (status == STATUS_OK && generators == 0) {
        return diagnostics_error(diagnostics, (Place){.file = path}, "missing",
                                 "for example: - synthetic: {arrivals: 40/h, duration: 1h}",
                                 "the workload has no `synthetic:` entry");
    }
    if (status == STATUS_OK && generators > 1) {
        rows_sort(jobs);
    }
    return status;
}

static Status jobs_write(const Scenario *scenario, const RequestList *jobs, const char *path,
                         Diagnostics *diagnostics)
{
    AtomicFile file;
    Status status = atomic_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    if (!native_write(jobs, scenario->start_unix_ms != 0, scenario->start_unix_ms, file.stream)) {
        file.error = errno;
    }
    return atomic_file_commit(&file, diagnostics);
}

/* ---- the scenario ---------------------------------------------------------------------------- */

static bool cluster_is_missing(const Diagnostics *diagnostics)
{
    for (int i = 0; i < diagnostics->count; i++) {
        if (strcmp(diagnostics->items[i].message, CLUSTER_MISSING) == 0) {
            return true;
        }
    }
    return false;
}

static Status scenario_find(SynthCommand *command, const char *path, Arena *arena,
                            Diagnostics *diagnostics, ScenarioSet *set)
{
    Status status = scenario_load(path, &command->load, arena, diagnostics, set);
    if (status == STATUS_BAD_INPUT && cluster_is_missing(diagnostics)) {
        diagnostics_free(diagnostics);
        diagnostics_init(diagnostics);
        command->sets[command->load.set_count++] = CLUSTER_USUAL;
        status = scenario_load(path, &command->load, arena, diagnostics, set);
    }
    return status;
}

static const Scenario *variant_find(const ScenarioSet *set, const char *name, const char *path,
                                    Diagnostics *diagnostics)
{
    for (int32_t i = 0; i < set->variant_count; i++) {
        if (name == NULL || strcmp(set->variants[i].variant, name) == 0) {
            return &set->variants[i];
        }
    }
    diagnostics_error(diagnostics, (Place){.file = path}, "name", "see `variants:`",
                      "no variant `%s`", name);
    return NULL;
}

static Status synth(SynthCommand *command, const char *path, bool quiet, Diagnostics *diagnostics)
{
    Arena arena;
    ScenarioSet set = {0};
    RequestList jobs = {0};
    arena_init(&arena);
    Status status = scenario_find(command, path, &arena, diagnostics, &set);
    const Scenario *scenario = NULL;
    if (status == STATUS_OK) {
        scenario = variant_find(&set, command->variant, path, diagnostics);
        status = scenario != NULL ? STATUS_OK : STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = jobs_draw(scenario, command->replication, path, diagnostics, &jobs);
    }
    if (status == STATUS_OK) {
        status = jobs_write(scenario, &jobs, command->output, diagnostics);
    }
    if (status == STATUS_OK && !quiet) {
        fprintf(stderr, "%s: %d jobs, seed %" PRIu64 "\n", command->output, (int)jobs.count,
                scenario->seed);
    }
    free(jobs.rows);
    arena_free(&arena);
    return status;
}

/* ---- the line -------------------------------------------------------------------------------- */

static bool option_take(SynthCommand *command, OptionParser *parser, int id)
{
    int64_t value = 0;
    parser->status = STATUS_USAGE; /* of the refusals below */
    switch (id) {
    case OPTION_OUTPUT:
        command->output = parser->argument;
        return true;
    case OPTION_SEED:
        command->load.seed = parser->argument;
        return true;
    case OPTION_COUNT:
        if (!option_integer(parser, "--count", 1, INT32_MAX, &value)) {
            return false;
        }
        snprintf(command->count, sizeof command->count, "workload.0.synthetic.count=%" PRId64,
                 value);
        return true;
    case OPTION_REPLICATION:
        if (!option_integer(parser, "--replication", 0, INT32_MAX, &value)) {
            return false;
        }
        command->replication = (uint32_t)value;
        return true;
    case OPTION_VARIANT:
        command->variant = parser->argument;
        return true;
    default:
        command->sets[command->load.set_count++] = parser->argument;
        return true;
    }
}

/* STATUS_OK, or what to return; *stop where there is nothing more to do. */
static Status line_parse(SynthCommand *command, OptionParser *parser, bool *stop)
{
    int id;
    *stop = true;
    while ((id = options_next(parser)) >= 0) {
        if (!option_take(command, parser, id)) {
            return parser->status;
        }
    }
    if (id == OPTION_STOP) {
        return parser->status;
    }
    if (parser->operand_count != 1) {
        return usage_error(parser->argv[0], parser->operand_count == 0 ? "which scenario?"
                                                                       : "expected one scenario");
    }
    if (command->output == NULL) {
        return usage_error(parser->argv[0], "where to? -o FILE (-o - is stdout)");
    }
    if (command->count[0] != '\0') {
        command->sets[command->load.set_count++] = command->count;
    }
    command->load.sets = command->sets;
    command->load.data_dir = parser->global.data_dir;
    *stop = false;
    return STATUS_OK;
}

Status trace_command_synth(int argc, char **argv)
{
    OptionParser parser;
    SynthCommand command = {.output = NULL};
    command.sets = malloc(((size_t)argc + 2) * sizeof *command.sets);
    if (command.sets == NULL) {
        fputs("gpuplan: out of memory\n", stderr);
        return STATUS_FAILED;
    }
    options_begin(&parser, argc, argv, OPTIONS, HELP);
    bool stop;
    Status status = line_parse(&command, &parser, &stop);
    if (!stop) {
        Diagnostics diagnostics;
        diagnostics_init(&diagnostics);
        status = synth(&command, parser.operands[0], parser.global.quiet, &diagnostics);
        diagnostics_print(&diagnostics, stderr, colour_wanted(&parser.global, stderr));
        diagnostics_free(&diagnostics);
    }
    free((void *)command.sets);
    return status;
}
