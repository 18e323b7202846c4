/* compare_print.c - a comparison as text, Markdown, CSV or JSON; the most important line last. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/amounts.h"
#include "sim/report/compare_grids.h"
#include "sim/report/compare_json.h"
#include "sim/report/explain_words.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"

#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define CENT 0.01 /* USD, the last digit that is printed */

typedef struct Page {
    FILE *stream;
    bool markdown, colour, verbose;
} Page;

static void say(const Page *page, const char *text)
{
    if (page->markdown) {
        markdown_text(text, page->stream);
    } else {
        fputs(text, page->stream);
    }
}

static void title(const Page *page, const char *text)
{
    fputs(page->markdown ? "#### " : "", page->stream);
    say(page, text);
    fputs(page->markdown ? "\n\n" : "\n", page->stream);
}

static void grid_show(const Page *page, const Grid *grid)
{
    if (page->markdown) {
        grid_print_markdown(grid, page->stream);
    } else {
        grid_print_text(grid, page->colour, page->stream);
    }
    fputc('\n', page->stream);
}

static const char *text_of(const json_t *comparison, const char *side, const char *key)
{
    return json_text_at(json_object_get(comparison, side), key);
}

static const char *name_of(const json_t *comparison, const char *side)
{
    return text_of(comparison, side, "variant");
}

/* The variant, and of which scenario where these are two. */
static void side_say(const Page *page, const json_t *comparison, const char *side)
{
    bool one =
        strcmp(text_of(comparison, "from", "scenario"), text_of(comparison, "to", "scenario")) == 0;
    if (!one) {
        say(page, text_of(comparison, side, "scenario"));
        fputs(": ", page->stream);
    }
    say(page, name_of(comparison, side));
}

/* ---- how sure ---- */

static void luck_say(const Page *page, const json_t *comparison)
{
    const json_t *vary = json_object_get(json_object_get(comparison, "to"), "vary");
    const json_t *before = json_object_get(json_object_get(comparison, "from"), "vary");
    const json_t *item;
    size_t i;
    vary = json_array_size(before) > json_array_size(vary) ? before : vary; /* of one side alone */
    json_array_foreach (vary, i, item) {
        fputs(i > 0 ? ", " : "", page->stream);
        say(page, json_string_value(item) != NULL ? json_string_value(item) : "");
    }
}

static void pairing_say(const Page *page, const json_t *comparison)
{
    const json_t *pairing = json_object_get(comparison, "pairing");
    const char *why = json_text_at(pairing, "why");
    bool drawn = json_array_size(json_object_get(json_object_get(comparison, "to"), "vary")) > 0 ||
                 json_array_size(json_object_get(json_object_get(comparison, "from"), "vary")) > 0;
    FILE *stream = page->stream;
    if (!drawn) {
        fprintf(stream, "nothing is drawn: differences are exact, there is no interval%s%s",
                why[0] != '\0' ? "; " : "", why);
    } else if (!json_is_true(json_object_get(pairing, "paired"))) {
        fprintf(stream, "not paired, because %s: Welch's test, whose intervals are wider", why);
    } else {
        fputs("paired: replication r of both met the same luck; drawn anew for each: ", stream);
        luck_say(page, comparison);
        fprintf(stream, "%s%s", why[0] != '\0' ? "; " : "", why);
    }
    fputs(page->markdown ? ".\n\n" : "\n\n", stream);
}

static void notes_say(const Page *page, const json_t *comparison)
{
    const json_t *notes = json_object_get(comparison, "notes"), *note;
    size_t i;
    json_array_foreach (notes, i, note) {
        fprintf(page->stream, "%snote: ", page->markdown ? "- " : "");
        say(page, json_string_value(note) != NULL ? json_string_value(note) : "");
        fputc('\n', page->stream);
    }
    fputs(i > 0 ? "\n" : "", page->stream);
}

/* ---- savings ---- */

static double units_at(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    return json_is_integer(value) ? (double)json_integer_value(value) / MICRO : (double)NAN;
}

/* sign -1: of the amount turned round. */
static void interval_say(const Page *page, const json_t *row, double like, double sign)
{
    char low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    double a = sign * json_number_at(row, "ci_low");
    double b = sign * json_number_at(row, "ci_high");
    if (json_is_true(json_object_get(row, "deterministic"))) {
        fputs(" (exact)", page->stream);
    } else if (isnan(a)) {
        fputs(" (one replication: no interval)", page->stream);
    } else {
        fprintf(page->stream, " (95 %% interval %s to %s)", sized_text(fmin(a, b), like, low),
                sized_text(fmax(a, b), like, high));
    }
}

/* "12.00 USD less" */
static void usd_say(const Page *page, double less)
{
    char usd[NUMBER_TEXT_MAX];
    fprintf(page->stream, "%s USD %s", number_text(fabs(less), 2, usd), less < 0 ? "more" : "less");
}

/* What the sum is made of, where that is more than GPU time. */
static void cash_parts_say(const Page *page, const json_t *cash)
{
    double time = units_at(cash, "gpu_time_usd_micro");
    double energy = units_at(cash, "energy_usd_micro");
    double overhead = units_at(cash, "overhead_usd_micro");
    if (!(fabs(energy) >= CENT / 2) && !(fabs(overhead) >= CENT / 2)) {
        return;
    }
    if (!(fabs(energy) >= CENT / 2) && fabs(time) < CENT / 2) {
        fputs(", none of it for GPU time", page->stream);
        return;
    }
    fputs(": ", page->stream);
    usd_say(page, time);
    fputs(" for GPU time", page->stream);
    if (fabs(energy) >= CENT / 2) {
        fputs(" (", page->stream);
        usd_say(page, energy);
        fputs(" for its energy)", page->stream);
    }
    if (fabs(overhead) >= CENT / 2) {
        fputs(", ", page->stream);
        usd_say(page, overhead);
        fputs(" beside it", page->stream);
    }
}

static void cash_say(const Page *page, const json_t *cash)
{
    char hours[NUMBER_TEXT_MAX];
    double less = units_at(cash, "usd_micro");
    double back = units_at(cash, "gpu_hours_micro");
    const char *over = json_is_true(json_object_get(cash, "over_new_run"))
                           ? " in the time that the new run takes"
                           : "";
    fputs("- cash: ", page->stream);
    if (isnan(less)) {
        fputs("nothing has a price", page->stream);
    } else if (fabs(less) < CENT / 2) {
        fprintf(page->stream, "none; as much is paid%s", over);
    } else {
        usd_say(page, less);
        fprintf(page->stream, " is paid%s", over);
        cash_parts_say(page, cash);
    }
    if (fabs(back) > 0) {
        fprintf(page->stream, "; nodes of %s GPU-hours are %s", sized_text(fabs(back), back, hours),
                back > 0 ? "given back" : "added");
    }
    fputc('\n', page->stream);
}

static void freed_say(const Page *page, const json_t *freed)
{
    char hours[NUMBER_TEXT_MAX], price[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    double amount = units_at(freed, "gpu_hours_micro");
    double at = json_number_at(freed, "replacement_usd_per_gpu_hour");
    fprintf(page->stream, "- capacity %s: %s GPU-hours", amount < 0 ? "taken" : "freed",
            sized_text(fabs(amount), amount, hours));
    interval_say(page, freed, amount, amount < 0 ? -1.0 : 1.0);
    if (fabs(amount) > 0 && isfinite(at)) {
        fprintf(page->stream,
                ", worth %s USD at %s USD per GPU-hour, the scenario's price of a "
                "replacement",
                number_text(fabs(units_at(freed, "usd_micro")), 2, usd), number_text(at, 2, price));
    } else if (fabs(amount) > 0) {
        fputs("; what they are worth is not said (costs.replacement)", page->stream);
    }
    fputc('\n', page->stream);
}

static void names_say(const Page *page, const json_t *names)
{
    const json_t *name;
    size_t i;
    json_array_foreach (names, i, name) {
        fputs(i > 0 ? ", " : "", page->stream);
        say(page, json_string_value(name) != NULL ? json_string_value(name) : "");
    }
}

static void neither_say(const Page *page, const json_t *neither)
{
    char hours[NUMBER_TEXT_MAX];
    double moved = units_at(neither, "gpu_hours_micro");
    fprintf(page->stream, "- neither: %s GPU-hours", sized_text(moved, moved, hours));
    if (moved > 0) {
        fputs(" are only wasted elsewhere: ", page->stream);
        names_say(page, json_object_get(neither, "fell"));
        fputs(" fell, ", page->stream);
        names_say(page, json_object_get(neither, "rose"));
        fputs(" rose", page->stream);
    }
    fputs("\n\n", page->stream);
}

static void savings_show(const Page *page, const json_t *comparison)
{
    const json_t *savings = json_object_get(comparison, "savings");
    if (json_is_object(savings)) {
        title(page, "What it saves: three numbers that are never added");
        cash_say(page, json_object_get(savings, "cash"));
        freed_say(page, json_object_get(savings, "capacity_freed"));
        neither_say(page, json_object_get(savings, "neither"));
    }
}

/* ---- tables ---- */

static void hidden_say(const Page *page, const json_t *comparison)
{
    VerdictCounts counts = verdict_counts(comparison);
    if (page->verbose || counts.same + counts.changed == 0) {
        return;
    }
    fprintf(page->stream,
            "%d metrics are exactly the same, %d changed that are better neither way "
            "(--verbose shows them)\n\n",
            counts.same, counts.changed);
}

static bool metrics_show(const Page *page, const json_t *comparison)
{
    Grid grid;
    bool ok = metrics_grid(comparison, page->verbose, &grid);
    if (ok && grid.row_count > 1) {
        grid_show(page, &grid);
    }
    grid_free(&grid);
    hidden_say(page, comparison);
    return ok;
}

static bool bridge_show(const Page *page, const json_t *comparison)
{
    if (!json_is_object(json_object_get(comparison, "bridge"))) {
        return true;
    }
    Grid grid;
    bool ok = bridge_grid(comparison, page->verbose, &grid);
    if (ok) {
        title(page, "From what is paid for to what is productive, account by account");
        grid_show(page, &grid);
    }
    grid_free(&grid);
    return ok;
}

static bool moved_show(const Page *page, const json_t *comparison)
{
    const json_t *moved = json_object_get(comparison, "moved_jobs");
    if (!json_is_object(moved)) {
        return true;
    }
    char text[160];
    double count = json_number_at(moved, "moved");
    snprintf(text, sizeof text,
             "Jobs that moved most, of %.0f that moved among %.0f (replication 0)", count,
             json_number_at(moved, "jobs"));
    Grid grid;
    bool ok = moved_grid(comparison, &grid);
    if (ok && count > 0) {
        title(page, text);
        grid_show(page, &grid);
    }
    grid_free(&grid);
    double alone = json_number_at(moved, "only_from") + json_number_at(moved, "only_to");
    if (alone > 0) {
        fprintf(page->stream, "%.0f jobs are in one of the two only\n\n", alone);
    }
    return ok;
}

/* Is all that is known one replication of something drawn? */
static bool one_draw(const json_t *comparison)
{
    const char *name;
    json_t *row;
    json_object_foreach (json_object_get(comparison, "difference"), name, row) {
        if (json_number_at(row, "n") > 1 || json_is_true(json_object_get(row, "deterministic"))) {
            return false;
        }
    }
    return true;
}

/* What is not done, paid, and waited: who gives nodes back needs all of it. */
static void money_and_waits_say(const json_t *difference, FILE *stream)
{
    double usd = json_number_at(json_object_get(difference, "cost_usd"), "mean");
    double wait_s = json_number_at(json_object_get(difference, "wait_mean_s"), "mean");
    const json_t *completed = json_object_get(difference, "jobs_completed");
    double fewer = -json_number_at(completed, "mean");
    char number[NUMBER_TEXT_MAX], words[WORDS_MAX];
    if (fewer >= 1 && strcmp(json_text_at(completed, "verdict"), "worse") == 0) {
        fprintf(stream, " %s fewer jobs complete.", number_text(fewer, 0, number));
    }
    if (isfinite(usd) && fabs(usd) >= 0.5) {
        fprintf(stream, " Cost %s%s USD.", usd > 0 ? "+" : "-", number_text(fabs(usd), 0, number));
    }
    if (isfinite(wait_s) && fabs(wait_s) >= 1) {
        fprintf(stream, " Mean wait %s%s.", wait_s > 0 ? "+" : "-",
                span_words((int64_t)round(fabs(wait_s)) * 1000, words));
    }
}

static void headline(const Page *page, const json_t *comparison)
{
    VerdictCounts counts = verdict_counts(comparison);
    FILE *stream = page->stream;
    fputs(page->colour ? BOLD : "", stream);
    side_say(page, comparison, "to");
    fputs(" against ", stream);
    side_say(page, comparison, "from");
    if (counts.better + counts.worse + counts.open + counts.changed == 0) {
        fputs(": no metric differs.", stream);
    } else if (one_draw(comparison)) {
        fprintf(stream,
                ": %d metrics differ in the one replication; nobody can tell which of them "
                "by chance (try --replications 10).",
                counts.open);
    } else {
        fprintf(stream, ": better in %d metric%s, worse in %d, open in %d.", counts.better,
                counts.better == 1 ? "" : "s", counts.worse, counts.open);
    }
    const json_t *share =
        json_object_get(json_object_get(comparison, "difference"), "productive_share");
    double points = 100 * json_number_at(share, "mean");
    if (isfinite(points) && fabs(points) > 0) {
        char text[NUMBER_TEXT_MAX];
        fprintf(stream, " Productive share %s%s points", points > 0 ? "+" : "",
                number_text(points, 2, text));
        const char *verdict = json_text_at(share, "verdict");
        bool chance = strcmp(verdict, "~") == 0 && !one_draw(comparison);
        fprintf(stream, "%s.", chance ? ", which may be chance" : "");
    }
    money_and_waits_say(json_object_get(comparison, "difference"), stream);
    fprintf(stream, "%s\n", page->colour ? PLAIN : "");
}

static bool comparison_show(const Page *page, const json_t *comparison)
{
    FILE *stream = page->stream;
    fputs(page->markdown ? "### " : page->colour ? BOLD : "", stream);
    fputs("old ", stream);
    side_say(page, comparison, "from");
    fputs(", new ", stream);
    side_say(page, comparison, "to");
    fprintf(stream, "%s%s", page->colour ? PLAIN : "", page->markdown ? "\n\n" : ": ");
    pairing_say(page, comparison);
    notes_say(page, comparison);
    bool ok = metrics_show(page, comparison) && bridge_show(page, comparison);
    ok = ok && moved_show(page, comparison);
    savings_show(page, comparison);
    headline(page, comparison);
    return ok;
}

/* ---- CSV ---- */

static void csv_start(const json_t *comparison, const char *section, const char *name,
                      const char *part, const char *unit, FILE *stream)
{
    const char *const texts[] = {
        name_of(comparison, "from"), name_of(comparison, "to"), section, name, part, unit};
    for (int i = 0; i < 6; i++) {
        csv_field(texts[i], stream);
        fputc(',', stream);
    }
}

static void csv_numbers(const double *values, int count, FILE *stream)
{
    for (int i = 0; i < count; i++) {
        csv_number(values[i], stream);
        fputc(',', stream);
    }
}

static void csv_metrics(const json_t *comparison, FILE *stream)
{
    const char *name;
    json_t *metric;
    json_object_foreach (json_object_get(comparison, "metrics"), name, metric) {
        const json_t *row = json_object_get(json_object_get(comparison, "difference"), name);
        csv_start(comparison, "metric", name, "", json_text_at(metric, "unit"), stream);
        const double values[] = {
            json_number_at(metric, "from"),   json_number_at(metric, "to"),
            json_number_at(row, "mean"),      json_number_at(row, "ci_low"),
            json_number_at(row, "ci_high"),   json_number_at(row, "boot_low"),
            json_number_at(row, "boot_high"), json_number_at(row, "p"),
            json_number_at(row, "n"),         json_number_at(row, "settle_count")};
        csv_numbers(values, 10, stream);
        csv_field(json_text_at(row, "verdict"), stream);
        fputc('\n', stream);
    }
}

static void csv_amount(const json_t *comparison, const char *account, const char *sub,
                       const json_t *row, FILE *stream)
{
    static const char *const UNITS[2][2] = {{"gpu_hours_micro", "GPU-hours"}, {"usd_micro", "USD"}};
    for (int u = 0; u < 2; u++) {
        const json_t *amount = json_object_get(row, UNITS[u][0]);
        if (!json_is_object(amount)) {
            continue;
        }
        bool hours = u == 0;
        csv_start(comparison, "bridge", account, sub, UNITS[u][1], stream);
        const double values[] = {units_at(amount, "from"), units_at(amount, "to"),
                                 units_at(amount, "change"),
                                 hours ? json_number_at(row, "ci_low") : (double)NAN,
                                 hours ? json_number_at(row, "ci_high") : (double)NAN};
        csv_numbers(values, 5, stream);
        fputs(",,,,,\n", stream);
    }
}

static void csv_account(const json_t *comparison, const char *account, const json_t *row,
                        FILE *stream)
{
    const json_t *part;
    size_t i;
    csv_amount(comparison, account, "", row, stream);
    json_array_foreach (json_object_get(row, "by"), i, part) {
        csv_amount(comparison, account, json_text_at(part, "sub_account"), part, stream);
    }
}

static void csv_bridge(const json_t *comparison, FILE *stream)
{
    const json_t *bridge = json_object_get(comparison, "bridge");
    if (!json_is_object(bridge)) {
        return;
    }
    const json_t *row;
    size_t i;
    csv_account(comparison, "paid", json_object_get(bridge, "paid"), stream);
    json_array_foreach (json_object_get(bridge, "rows"), i, row) {
        csv_account(comparison, json_text_at(row, "account"), row, stream);
    }
    csv_account(comparison, "productive", json_object_get(bridge, "productive"), stream);
}

static void csv_print(const json_t *comparisons, FILE *stream)
{
    fputs("old_variant,new_variant,section,name,part,unit,old,new,difference,ci_low,ci_high,"
          "boot_low,boot_high,p,n,settle_count,verdict\n",
          stream);
    const json_t *comparison;
    size_t i;
    json_array_foreach (comparisons, i, comparison) {
        csv_metrics(comparison, stream);
        csv_bridge(comparison, stream);
    }
}

/* ---- all ---- */

static bool json_show(const json_t *document, FILE *stream)
{
    char *text = json_document(document);
    if (text != NULL) {
        fputs(text, stream);
    }
    free(text);
    return text != NULL;
}

Status compare_print(const json_t *document, ReportFormat format, bool colour, bool verbose,
                     FILE *stream)
{
    const json_t *comparisons = json_object_get(document, "comparisons"), *comparison;
    bool ok = true;
    if (format == REPORT_FORMAT_JSON) {
        ok = json_show(document, stream);
    } else if (format == REPORT_FORMAT_CSV) {
        csv_print(comparisons, stream);
    } else {
        bool markdown = format == REPORT_FORMAT_MARKDOWN;
        Page page = {stream, markdown, colour && !markdown, verbose};
        size_t i;
        json_array_foreach (comparisons, i, comparison) {
            fputs(i > 0 ? "\n" : "", stream);
            ok = ok && comparison_show(&page, comparison);
        }
    }
    return ok && fflush(stream) == 0 && !ferror(stream) ? STATUS_OK : STATUS_FAILED;
}
