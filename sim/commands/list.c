/* list.c - `gpuplan list`: what can be named in a scenario, and what is said about it. */
#include <stdio.h>
#include <string.h>

#include "core/diagnostic.h"
#include "core/units.h"
#include "core/verdict.h"
#include "sim/commands/commands.h"
#include "sim/commands/list_rows.h"
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
    "  gpuplan list models        fleets whose failures are published; what an Xid means\n"
    "  gpuplan list metrics       what a run measures and `expect:` can ask for\n"
    "\n"
    "Usage: gpuplan list [policies|presets|terms|models|formats|metrics]\n";

#define NAME_WIDTH 28
#define TEXT_WIDTH 98

void list_row(const char *name, const char *summary)
{
    printf("  %-*s %s\n", NAME_WIDTH, name, summary);
}

void list_part(const char *title, const char *text)
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
    list_part("", text);
}

static Status policies_print(void)
{
    printf("policy.order: which job first?\n");
    for (int i = 0; ORDER_POLICIES[i] != NULL; i++) {
        list_row(ORDER_POLICIES[i]->name, ORDER_POLICIES[i]->summary);
    }
    printf("\npolicy.share: what is each queue due?\n");
    for (int i = 0; SHARE_POLICIES[i] != NULL; i++) {
        list_row(SHARE_POLICIES[i]->name, SHARE_POLICIES[i]->summary);
    }
    printf("\npolicy.admit: may it start now, as far as rules go?\n");
    for (int i = 0; ADMIT_POLICIES[i] != NULL; i++) {
        list_row(ADMIT_POLICIES[i]->name, ADMIT_POLICIES[i]->summary);
    }
    printf("\npolicy.scan: what happens behind a job that cannot start?\n");
    for (int i = 0; SCAN_POLICIES[i] != NULL; i++) {
        list_row(SCAN_POLICIES[i]->name, SCAN_POLICIES[i]->summary);
    }
    printf("\npolicy.pack: where? (or a weighted list of terms)\n");
    for (int i = 0; PACK_POLICIES[i] != NULL; i++) {
        list_row(PACK_POLICIES[i]->name, PACK_POLICIES[i]->summary);
        note_print(PACK_POLICIES[i]->fidelity);
    }
    printf("\npolicy.evict: whose place may it take?\n");
    for (int i = 0; EVICT_POLICIES[i] != NULL; i++) {
        list_row(EVICT_POLICIES[i]->name, EVICT_POLICIES[i]->summary);
    }
    printf("\npolicy.remedy: something degraded or failed, what now?\n");
    for (int i = 0; REMEDY_PRESETS[i] != NULL; i++) {
        const RemedyPreset *row = REMEDY_PRESETS[i];
        list_row(row->name, row->summary);
        list_part("Follows:", row->version);
        list_part("Modelled:", row->modelled);
        list_part("Approximated:", row->approximated);
        list_part("Left out:", row->left_out);
    }
    return STATUS_OK;
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
            printf(" %s", lane_name((GpAxis)axis));
        }
    }
    putchar('\n');
}

static Status presets_print(void)
{
    printf("policy.preset: a named scheduler; any slot beside it overrides its row\n");
    for (int i = 0; PRESETS[i] != NULL; i++) {
        const Preset *row = PRESETS[i];
        list_row(row->name, row->summary);
        printf("      order %s, share %s, admit %s, scan %s, pack %s, evict %s, ties %s\n",
               row->order, row->share, row->admit, row->scan, row->pack, row->evict, row->ties);
        preset_options_print(row);
        list_part("Follows:", row->version);
        list_part("Modelled:", row->modelled);
        list_part("Approximated:", row->approximated);
        list_part("Left out:", row->left_out);
    }
    return STATUS_OK;
}

static Status terms_print(void)
{
    printf("policy.pack: [{term: NAME, weight: W}, ...]\n");
    for (int32_t i = 0; i < gp_term_count(); i++) {
        const GpTerm *term = gp_term_at(i);
        list_row(term->name, term->summary);
        note_print(term->source);
    }
    return STATUS_OK;
}

static Status formats_print(void)
{
    printf("read\n");
    list_row("openb-nodes", "cluster.file: node list of the openb logs (sn, cpu_milli, ...)");
    list_row("classes", "workload.classes: CSV of distinct requests with their counts");
    printf("\njob logs (workload.trace, gpuplan trace); plain, gzip or zstd\n");
    for (int i = 0; TRACE_FORMATS[i] != NULL; i++) {
        list_row(TRACE_FORMATS[i]->name, TRACE_FORMATS[i]->summary);
    }
    printf("\nfault logs (inject.trace, gpuplan trace); plain, gzip or zstd\n");
    for (int i = 0; FAULT_LOG_FORMATS[i] != NULL; i++) {
        list_row(FAULT_LOG_FORMATS[i]->name, FAULT_LOG_FORMATS[i]->summary);
    }
    printf("\nprinted (--format)\n");
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++) {
        list_row(REPORT_FORMATS[i].name, REPORT_FORMATS[i].summary);
    }
    printf("\nwritten\n");
    list_row("HDF5 (-o FILE)", "everything, byte-identical for equal runs; docs/results.md");
    list_row("jobs CSV (--jobs-csv)", "one line a job");
    list_row("series CSV (--series-csv)", "one line a policy pass");
    list_row("CSV folder (report --csv)", "metrics, ledger, load curve, expectations");
    list_row("SVG, PNG (report --plots)", "figures, with gnuplot");
    list_row("HTML (report --html)", "one page with everything; docs/report.md");
    list_row("FOCUS CSV (report --focus)", "the charges for a cost tool; docs/focus.md");
    return STATUS_OK;
}

static Status metrics_print(void)
{
    static const char *const BETTER[] = {"", "higher", "lower"};
    printf("metrics: name, unit, which way is better (`gate` needs one), meaning\n");
    for (int i = 0; i < METRIC_COUNT; i++) {
        printf("  %-34s %-14s %-7s %s\n", METRICS[i].name, METRICS[i].unit,
               BETTER[METRIC_DIRECTIONS[i]], METRICS[i].summary);
    }
    return STATUS_OK;
}

static const struct {
    const char *name;
    Status (*print)(void);
} TOPICS[] = {
    {"policies", policies_print}, {"presets", presets_print}, {"terms", terms_print},
    {"models", list_models},      {"formats", formats_print}, {"metrics", metrics_print},
};
#define TOPIC_COUNT ((int)(sizeof TOPICS / sizeof TOPICS[0]))

static const OptionSpec NO_OPTIONS[] = {{NULL, 0, NULL, NULL, 0}};

static Status topic_print(const char *name)
{
    const char *names[TOPIC_COUNT];
    for (int i = 0; i < TOPIC_COUNT; i++) {
        names[i] = TOPICS[i].name;
        if (strcmp(TOPICS[i].name, name) == 0) {
            return TOPICS[i].print();
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
    for (int i = 0; status == STATUS_OK && parser.operand_count == 0 && i < TOPIC_COUNT; i++) {
        fputs(i > 0 ? "\n" : "", stdout);
        status = TOPICS[i].print();
    }
    return status;
}
