/* list.c - `gpuplan list`: what can be named in a scenario, and what is said about it. */
#include <stdio.h>
#include <string.h>

#include "core/diagnostic.h"
#include "core/units.h"
#include "sim/commands/commands.h"
#include "sim/commands/options.h"
#include "sim/experiment/result.h"
#include "sim/policies/registry.h"
#include "sim/report/report.h"
#include "traces/fault_log.h"
#include "traces/trace.h"

static const char HELP[] =
    "gpuplan list - what can be named in a scenario\n"
    "\n"
    "Examples\n"
    "  gpuplan list policies      one line each: order, share, admit, scan, pack, evict\n"
    "  gpuplan list presets       named schedulers: what is modelled, what is left out\n"
    "  gpuplan list metrics       what a run measures and `expect:` can ask for\n"
    "\n"
    "Usage: gpuplan list [policies|presets|terms|models|formats|metrics]\n";

#define NAME_WIDTH 28
#define TEXT_WIDTH 98

/* As `policy.sees` names them. */
static const char *const LANES[] = {"gpu",    "gpu_memory", "cpu", "memory", "storage_bandwidth",
                                    "io_cpu", "network"};

static void row_print(const char *name, const char *summary)
{
    printf("  %-*s %s\n", NAME_WIDTH, name, summary);
}

/* A paragraph below a row, broken between words; `title` begins it. Nothing for no text. */
static void part_print(const char *title, const char *text)
{
    int column = text == NULL ? 0 : printf("      %s", title);
    while (text != NULL && *text != '\0') {
        int word = (int)strcspn(text, " ");
        if (column > 6 && column + 1 + word > TEXT_WIDTH) {
            putchar('\n');
            column = printf("      ");
        } else if (column > 6) {
            column += printf(" ");
        }
        column += printf("%.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputs(text == NULL ? "" : "\n", stdout);
}

static void note_print(const char *text)
{
    part_print("", text);
}

static void policies_print(void)
{
    printf("policy.order: which job first?\n");
    for (int i = 0; ORDER_POLICIES[i] != NULL; i++) {
        row_print(ORDER_POLICIES[i]->name, ORDER_POLICIES[i]->summary);
    }
    printf("\npolicy.share: what is each queue due?\n");
    for (int i = 0; SHARE_POLICIES[i] != NULL; i++) {
        row_print(SHARE_POLICIES[i]->name, SHARE_POLICIES[i]->summary);
    }
    printf("\npolicy.admit: may it start now, as far as rules go?\n");
    for (int i = 0; ADMIT_POLICIES[i] != NULL; i++) {
        row_print(ADMIT_POLICIES[i]->name, ADMIT_POLICIES[i]->summary);
    }
    printf("\npolicy.scan: what happens behind a job that cannot start?\n");
    for (int i = 0; SCAN_POLICIES[i] != NULL; i++) {
        row_print(SCAN_POLICIES[i]->name, SCAN_POLICIES[i]->summary);
    }
    printf("\npolicy.pack: where? (or a weighted list of terms)\n");
    for (int i = 0; PACK_POLICIES[i] != NULL; i++) {
        row_print(PACK_POLICIES[i]->name, PACK_POLICIES[i]->summary);
        note_print(PACK_POLICIES[i]->fidelity);
    }
    printf("\npolicy.evict: whose place may it take?\n");
    for (int i = 0; EVICT_POLICIES[i] != NULL; i++) {
        row_print(EVICT_POLICIES[i]->name, EVICT_POLICIES[i]->summary);
    }
    printf("\npolicy.remedy: something degraded or failed, what now?\n");
    for (int i = 0; REMEDY_PRESETS[i] != NULL; i++) {
        const RemedyPreset *row = REMEDY_PRESETS[i];
        row_print(row->name, row->summary);
        part_print("Follows:", row->version);
        part_print("Modelled:", row->modelled);
        part_print("Approximated:", row->approximated);
        part_print("Left out:", row->left_out);
    }
}

/* What belongs to no slot. */
static void preset_options_print(const Preset *row)
{
    static const char *const GANGS[] = {"together", "task by task"};
    static const char *const TOPOLOGY[] = {"ignored", "best fit", "tightest"};
    static const char *const LOSSES[] = {"stops", "waits for it", "waits, then stops",
                                         "gets one replacement, else stops"};
    static const char *const ESTIMATES[] = {"limit", "exact", "factor"};
    char cycle[32] = "at every event";
    if (row->cycle_ms > 0) {
        quantity_print(row->cycle_ms, UNIT_DURATION_MS, cycle, (int)sizeof cycle);
    }
    printf("      gangs %s, topology %s, cycle %s, estimates %s\n", GANGS[row->place.gangs],
           TOPOLOGY[row->place.topology], cycle, ESTIMATES[row->estimates]);
    printf("      remedy %s, a gang that lost a member %s\n", row->remedy,
           LOSSES[row->gang_loss.rule]);
    printf("      sees");
    for (int axis = 0; axis < GP_AXIS_COUNT; axis++) {
        if (row->sees == 0 || (row->sees >> axis & 1) != 0) {
            printf(" %s", LANES[axis]);
        }
    }
    putchar('\n');
}

static void presets_print(void)
{
    printf("policy.preset: a named scheduler; any slot beside it overrides its row\n");
    for (int i = 0; PRESETS[i] != NULL; i++) {
        const Preset *row = PRESETS[i];
        row_print(row->name, row->summary);
        printf("      order %s, share %s, admit %s, scan %s, pack %s, evict %s, ties %s\n",
               row->order, row->share, row->admit, row->scan, row->pack, row->evict, row->ties);
        preset_options_print(row);
        part_print("Follows:", row->version);
        part_print("Modelled:", row->modelled);
        part_print("Approximated:", row->approximated);
        part_print("Left out:", row->left_out);
    }
}

static void terms_print(void)
{
    printf("policy.pack: [{term: NAME, weight: W}, ...]\n");
    for (int32_t i = 0; i < gp_term_count(); i++) {
        const GpTerm *term = gp_term_at(i);
        row_print(term->name, term->summary);
        note_print(term->source);
    }
}

static void models_print(void)
{
    printf("models in use (none of them has a switch so far)\n");
    row_print("typical",
              "the popular requests of the workload, what a random next task looks like");
    row_print("fragmentation", "the FGD measure: idle GPU that a typical task could not use");
    printf("\nFailures, checkpoints, contention, power and carbon are not there yet;"
           " scenarios that ask for them are refused.\n");
}

static void formats_print(void)
{
    printf("read\n");
    row_print("openb-nodes", "cluster.file: node list of the openb logs (sn, cpu_milli, ...)");
    row_print("classes", "workload.classes: CSV of distinct requests with their counts");
    printf("\njob logs (workload.trace, gpuplan trace); plain, gzip or zstd\n");
    for (int i = 0; TRACE_FORMATS[i] != NULL; i++) {
        row_print(TRACE_FORMATS[i]->name, TRACE_FORMATS[i]->summary);
    }
    printf("\nfault logs (inject.trace, gpuplan trace); plain, gzip or zstd\n");
    for (int i = 0; FAULT_LOG_FORMATS[i] != NULL; i++) {
        row_print(FAULT_LOG_FORMATS[i]->name, FAULT_LOG_FORMATS[i]->summary);
    }
    printf("\nprinted (--format)\n");
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        row_print(REPORT_FORMATS[i].name, REPORT_FORMATS[i].summary);
    }
    printf("\nwritten\n");
    row_print("HDF5 (-o FILE)", "everything, byte-identical for equal runs; docs/results.md");
    row_print("jobs CSV (--jobs-csv)", "one line a job");
    row_print("series CSV (--series-csv)", "one line a policy pass");
    row_print("CSV folder (report --csv)", "metrics, ledger, load curve, expectations");
    row_print("SVG, PNG (report --plots)", "figures, with gnuplot");
}

static void metrics_print(void)
{
    printf("metrics: name, unit, meaning\n");
    for (int i = 0; i < METRIC_COUNT; i++) {
        printf("  %-34s %-14s %s\n", METRICS[i].name, METRICS[i].unit, METRICS[i].summary);
    }
}

static const struct {
    const char *name;
    void (*print)(void);
} TOPICS[] = {
    {"policies", policies_print}, {"presets", presets_print}, {"terms", terms_print},
    {"models", models_print},     {"formats", formats_print}, {"metrics", metrics_print},
};
#define TOPIC_COUNT ((int)(sizeof TOPICS / sizeof TOPICS[0]))

static const OptionSpec NO_OPTIONS[] = {{NULL, 0, NULL, NULL, 0}};

static Status topic_print(const char *name)
{
    const char *names[TOPIC_COUNT];
    for (int i = 0; i < TOPIC_COUNT; i++) {
        names[i] = TOPICS[i].name;
        if (strcmp(TOPICS[i].name, name) == 0) {
            TOPICS[i].print();
            return STATUS_OK;
        }
    }
    const char *nearest = nearest_name(name, names, TOPIC_COUNT);
    if (nearest != NULL) {
        return usage_error("list", "there is no list of '%s'; did you mean '%s'?", name, nearest);
    }
    return usage_error("list", "there is no list of '%s'", name);
}

Status command_list(int argc, char **argv)
{
    OptionParser parser;
    options_begin(&parser, argc, argv, NO_OPTIONS, HELP);
    if (options_next(&parser) != OPTION_DONE) {
        return parser.status; /* there are only global options: --help or a mistake */
    }
    Status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < parser.operand_count; i++) {
        fputs(i > 0 ? "\n" : "", stdout);
        status = topic_print(parser.operands[i]);
    }
    for (int i = 0; parser.operand_count == 0 && i < TOPIC_COUNT; i++) {
        fputs(i > 0 ? "\n" : "", stdout);
        TOPICS[i].print();
    }
    return status;
}
