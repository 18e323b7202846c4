/* section_where.c - from all that was paid for down to what was productive, account by account. */
#include <math.h>
#include <string.h>

#include "core/ledger.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

/* As plots/waterfall.gp counts them. */
enum { KIND_WHOLE, KIND_HELD, KIND_IDLE, KIND_AWAY, KIND_PRODUCTIVE };

static int kind_of(const json_t *account)
{
    const char *group = json_text_at(account, "group");
    return strcmp(group, "idle") == 0          ? KIND_IDLE
           : strcmp(group, "unavailable") == 0 ? KIND_AWAY
                                               : KIND_HELD;
}

typedef struct Bar {
    const char *name;
    double from, to, usd, share;
    int kind;
} Bar;

static void bar_put(Figure *figure, const Bar *bar, int decimals)
{
    char hours[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX], name[80], label[3 * NUMBER_TEXT_MAX];
    number_text(fabs(bar->to - bar->from), decimals, hours);
    number_text(bar->usd, 0, usd);
    if (bar->usd > 0) {
        snprintf(label, sizeof label, "%s GPU-h  %.1f %%  %s USD", hours, 100 * bar->share, usd);
    } else {
        snprintf(label, sizeof label, "%s GPU-h  %.1f %%", hours, 100 * bar->share);
    }
    fprintf(figure->data, "%s,%.6f,%.6f,%d", plain_words(bar->name, name), bar->from, bar->to,
            bar->kind);
    figure_bar_label(figure, label);
}

static bool row_put(Grid *grid, int row, const char *name, const char *sub, const json_t *amount,
                    double capacity)
{
    char hours[NUMBER_TEXT_MAX], share[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    double value = json_number_at(amount, "gpu_hours");
    double money = json_number_at(amount, "usd");
    return grid_set(grid, row, 0, "%s%s%s", name, sub[0] != '\0' ? " · " : "", sub) &&
           grid_set(grid, row, 1, "%s", number_text(value, ledger_decimals(capacity), hours)) &&
           grid_set(grid, row, 2, "%s", number_text(100 * value / capacity, 2, share)) &&
           grid_set(grid, row, 3, "%s", isfinite(money) ? number_text(money, 2, usd) : "");
}

static int rows_needed(const json_t *accounts)
{
    const char *name;
    const json_t *account;
    int rows = 2;
    json_object_foreach ((json_t *)accounts, name, account) {
        rows += 1 + (int)json_object_size(json_object_get(account, "by"));
    }
    return rows;
}

/* The ledger as a table: accounts, and sub-accounts where there are several. */
static bool ledger_grid(const json_t *accounts, double capacity, Grid *grid)
{
    static const char *const TITLES[] = {"account", "GPU-hours", "share %", "USD"};
    bool ok = grid_init(grid, 4, rows_needed(accounts));
    for (int i = 0; ok && i < 4; i++) {
        ok = grid_set(grid, 0, i, "%s", TITLES[i]);
    }
    const char *name, *sub;
    const json_t *account, *part;
    int row = 1;
    double usd = 0;
    json_object_foreach ((json_t *)accounts, name, account) {
        usd += fmax(json_number_at(account, "usd"), 0);
        if (!ok || !(json_number_at(account, "gpu_hours") > 0)) {
            continue;
        }
        ok = row_put(grid, row++, name, "", account, capacity);
        json_object_foreach (json_object_get(account, "by"), sub, part) {
            ok = ok && row_put(grid, row++, name, sub, part, capacity);
        }
    }
    char hours[NUMBER_TEXT_MAX], money[NUMBER_TEXT_MAX];
    ok = ok && grid_set(grid, row, 0, "paid for") &&
         grid_set(grid, row, 1, "%s", number_text(capacity, ledger_decimals(capacity), hours)) &&
         grid_set(grid, row, 2, "100.00") &&
         grid_set(grid, row, 3, "%s", usd > 0 ? number_text(usd, 2, money) : "");
    grid->row_count = ok ? row + 1 : grid->row_count;
    return ok;
}

static void bars_put(Figure *figure, const json_t *accounts, double capacity)
{
    int decimals = ledger_decimals(capacity) > 0 && capacity < 100 ? 3 : 1;
    const char *name;
    const json_t *account;
    double left = capacity, usd = 0;
    json_object_foreach ((json_t *)accounts, name, account) {
        usd += fmax(json_number_at(account, "usd"), 0);
    }
    fputs("name,from,to,kind,label,width\n", figure->data);
    bar_put(figure, &(Bar){"paid for", 0, capacity, usd, 1, KIND_WHOLE}, decimals);
    json_object_foreach ((json_t *)accounts, name, account) {
        double hours = json_number_at(account, "gpu_hours");
        if (hours > 0 && strcmp(name, "productive") != 0) {
            bar_put(figure,
                    &(Bar){name, left, left - hours, json_number_at(account, "usd"),
                           hours / capacity, kind_of(account)},
                    decimals);
            left -= hours;
        }
    }
    const json_t *productive = json_object_get(accounts, "productive");
    double hours = json_number_at(productive, "gpu_hours");
    bar_put(figure,
            &(Bar){"productive", 0, hours, json_number_at(productive, "usd"), hours / capacity,
                   KIND_PRODUCTIVE},
            decimals);
}

static void where_one(Html *html, const Page *page, const json_t *variant, int number)
{
    (void)page;
    const json_t *ledger = json_object_get(variant, "ledger");
    const json_t *accounts = json_object_get(ledger, "accounts");
    double capacity = json_number_at(ledger, "capacity_gpu_hours");
    Figure figure;
    Grid grid;
    if (!(capacity > 0)) {
        return;
    }
    bool ok = ledger_grid(accounts, capacity, &grid);
    ok = figure_begin(html, &figure, "waterfall", number,
                      "From all that was paid for, each account takes its part off; what is left "
                      "was productive.",
                      "Where the GPU-hours of %s went", json_text_at(variant, "name")) &&
         ok;
    if (ok) {
        fputs("GPU-hours\n", figure.labels);
        bars_put(&figure, accounts, capacity);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

void section_where(Html *html, const Page *page)
{
    double most = 0;
    const json_t *variant;
    size_t i;
    json_array_foreach (page->variants, i, variant) {
        most = fmax(most, json_number_at(json_object_get(variant, "ledger"), "capacity_gpu_hours"));
    }
    if (!(most > 0)) {
        return;
    }
    html_section_begin(html, "where", "Where each GPU-hour and dollar went");
    html_put(html, "<p class=\"about\">Every GPU-hour that was paid for is in exactly one account. "
                   "Idle time is put down to "
                   "the cheapest remedy that would have recovered it; jobs are not placed for "
                   "that, so it is an upper "
                   "bound. Means over replications.</p>\n");
    each_variant(html, page, where_one);
    html_section_end(html);
}
