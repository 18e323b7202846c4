/* section_nodes.c - how nodes stood over time: a row a node, of large fleets those that were away
 * longest. */
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/node_state.h"
#include "sim/report/gnuplot.h"
#include "sim/report/hdf5_read_columns.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"

#define NODES_SHOWN 40
#define BARS_SHOWN 6000 /* of all nodes that are shown */
#define NAME_WIDTH 18

typedef struct StateRows {
    int64_t count;
    char **node;
    int64_t *from_ms, *to_ms;
    int32_t *state;
} StateRows;

typedef struct NodeSum {
    const char *name;
    int64_t ms[NODE_STATE_COUNT];
    int64_t away_ms; /* in any state but up */
    int place;       /* where it was first met; later its row in the figure */
} NodeSum;

typedef struct Nodes {
    StateRows rows;
    NodeSum *sum;
    int count;
} Nodes;

static Status rows_read(Html *html, const Page *page, const char *variant, StateRows *rows)
{
    ResultFile file;
    TableReader reader;
    Status status = result_file_open(&file, page->path, html->diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    hid_t run = result_file_first_replication(&file, variant);
    if (table_open(&reader, &file, run, "node_states", html->diagnostics)) {
        rows->node = table_texts(&reader, "node");
        rows->from_ms = table_integers(&reader, "from_ms");
        rows->to_ms = table_integers(&reader, "to_ms");
        rows->state = table_counts(&reader, "state");
        rows->count = reader.status == STATUS_OK ? reader.rows : 0;
        for (int64_t i = 0; i < rows->count && reader.status == STATUS_OK; i++) {
            if (rows->state[i] < 0 || rows->state[i] >= NODE_STATE_COUNT) {
                table_damaged(&reader, "state", "holds an unknown code");
            } else if (rows->from_ms[i] < 0 || rows->to_ms[i] < rows->from_ms[i]) {
                table_damaged(&reader, "to_ms", "holds an impossible time");
            }
        }
        status = reader.status;
        table_close(&reader);
    }
    if (run >= 0) {
        H5Gclose(run);
    }
    result_file_close(&file);
    return status;
}

typedef struct NamedRow {
    const char *name;
    int64_t row;
} NamedRow;

static int by_name(const void *va, const void *vb)
{
    const NamedRow *a = va, *b = vb;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static int first_met_first(const void *va, const void *vb)
{
    const NodeSum *a = va, *b = vb;
    return a->place - b->place;
}

static int longest_away_first(const void *va, const void *vb)
{
    const NodeSum *a = va, *b = vb;
    return a->away_ms != b->away_ms ? (a->away_ms > b->away_ms ? -1 : 1) : a->place - b->place;
}

/* Sums by node, those shown first: of more than can be shown, the ones that were away longest; in
 * the order in which they were first met. False if memory ran out. */
static bool nodes_sum(Nodes *nodes)
{
    size_t n = (size_t)nodes->rows.count;
    NamedRow *order = calloc(n + 1, sizeof *order);
    nodes->sum = calloc(n + 1, sizeof *nodes->sum);
    if (order == NULL || nodes->sum == NULL) {
        free(order);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (NamedRow){nodes->rows.node[i], (int64_t)i};
    }
    qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0; i < n; i++) {
        int64_t row = order[i].row;
        if (i == 0 || strcmp(order[i].name, order[i - 1].name) != 0) {
            nodes->sum[nodes->count++] = (NodeSum){.name = order[i].name, .place = (int)row};
        }
        NodeSum *sum = &nodes->sum[nodes->count - 1];
        int64_t ms = nodes->rows.to_ms[row] - nodes->rows.from_ms[row];
        sum->ms[nodes->rows.state[row]] += ms;
        sum->away_ms += ms;
    }
    free(order);
    qsort(nodes->sum, (size_t)nodes->count, sizeof *nodes->sum, longest_away_first);
    int shown = nodes->count < NODES_SHOWN ? nodes->count : NODES_SHOWN;
    qsort(nodes->sum, (size_t)shown, sizeof *nodes->sum, first_met_first);
    return true;
}

static void nodes_free(Nodes *nodes)
{
    free(nodes->rows.node);
    free(nodes->rows.from_ms);
    free(nodes->rows.to_ms);
    free(nodes->rows.state);
    free(nodes->sum);
}

static int shown_row(const Nodes *nodes, int shown, const char *name)
{
    for (int i = 0; i < shown; i++) {
        if (strcmp(nodes->sum[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static void bars_put(Figure *figure, const Nodes *nodes, int shown)
{
    fputs("node,row,from_h,to_h,state\n", figure->data);
    for (int i = 0; i < shown; i++) {
        gnuplot_cell(nodes->sum[i].name, NAME_WIDTH, figure->data);
        fprintf(figure->data, ",%d,0,0,-1\n", i);
    }
    int bars = 0;
    for (int64_t r = 0; r < nodes->rows.count && bars < BARS_SHOWN; r++) {
        int row = shown_row(nodes, shown, nodes->rows.node[r]);
        if (row >= 0 && nodes->rows.state[r] != NODE_STATE_UP) {
            fputs("\"\"", figure->data);
            fprintf(figure->data, ",%d,", row);
            csv_number((double)nodes->rows.from_ms[r] / 3.6e6, figure->data);
            fputc(',', figure->data);
            csv_number((double)nodes->rows.to_ms[r] / 3.6e6, figure->data);
            fprintf(figure->data, ",%d\n", nodes->rows.state[r]);
            bars++;
        }
    }
}

/* Hours in each state, of the states that occur. */
static bool states_grid(const Nodes *nodes, Grid *grid)
{
    int64_t all[NODE_STATE_COUNT] = {0};
    int columns = 1, at[NODE_STATE_COUNT];
    for (int i = 0; i < nodes->count; i++) {
        for (int s = 0; s < NODE_STATE_COUNT; s++) {
            all[s] += nodes->sum[i].ms[s];
        }
    }
    for (int s = 0; s < NODE_STATE_COUNT; s++) {
        at[s] = all[s] > 0 && s != NODE_STATE_UP ? columns++ : 0;
    }
    bool ok = grid_init(grid, columns, nodes->count + 1) && grid_set(grid, 0, 0, "node");
    for (int s = 0; ok && s < NODE_STATE_COUNT; s++) {
        ok = at[s] == 0 || grid_set(grid, 0, at[s], "%s, h", node_state_name(s));
        for (int i = 0; ok && at[s] > 0 && i < nodes->count; i++) {
            char hours[NUMBER_TEXT_MAX];
            ok = grid_set(grid, i + 1, at[s], "%s",
                          number_text((double)nodes->sum[i].ms[s] / 3.6e6, 2, hours));
        }
    }
    for (int i = 0; ok && i < nodes->count; i++) {
        ok = grid_set(grid, i + 1, 0, "%s", nodes->sum[i].name);
    }
    return ok;
}

/* Of the run, in hours. */
static double length_of(const json_t *variant, const Nodes *nodes)
{
    const json_t *over = json_object_get(variant, "over_time");
    size_t steps = json_array_size(json_object_get(over, "productive_pct"));
    double hours = (double)steps * json_number_at(over, "step_s") / 3600.0;
    double end = 0;
    for (int64_t r = 0; r < nodes->rows.count; r++) {
        double to = (double)nodes->rows.to_ms[r] / 3.6e6;
        end = to > end ? to : end;
    }
    return steps > 0 && hours > end ? hours : end;
}

static void nodes_draw(Html *html, const json_t *variant, int number, const Nodes *nodes)
{
    int shown = nodes->count < NODES_SHOWN ? nodes->count : NODES_SHOWN;
    double fleet = json_number_at(json_object_get(variant, "cluster"), "nodes");
    Figure figure;
    Grid grid;
    char which[120] = "";
    if (shown < nodes->count) {
        snprintf(which, sizeof which, "; the %d of %d that were away longest", shown, nodes->count);
    }
    bool ok = states_grid(nodes, &grid);
    ok = figure_begin(html, &figure, "nodes", number,
                      "A row a node; the thicker the bar, the less the node could do. Nodes that "
                      "were up all the time "
                      "have no row.",
                      "Nodes of %s that were not simply up: %d of %.0f%s",
                      json_text_at(variant, "name"), nodes->count, fleet, which) &&
         ok;
    if (ok) {
        fprintf(figure.labels, "%.6f\n", length_of(variant, nodes));
        bars_put(&figure, nodes, shown);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

static void nodes_one(Html *html, const Page *page, const json_t *variant, int number)
{
    Nodes nodes = {0};
    const char *name = json_text_at(variant, "name");
    if (told_before(html, page, variant)) {
        return;
    }
    if (rows_read(html, page, name, &nodes.rows) != STATUS_OK || !nodes_sum(&nodes)) {
        html->failed = true;
    } else if (nodes.count > 0) {
        nodes_draw(html, variant, number, &nodes);
    } else if (json_is_object(json_object_get(variant, "failures"))) {
        html_put(html, "<p class=\"note\">All nodes of ");
        html_name(html, name);
        html_put(html, " were up all the time.</p>\n");
    }
    nodes_free(&nodes);
}

void section_nodes(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    bool any = false;
    json_array_foreach (page->variants, i, variant) {
        any = any || json_is_object(json_object_get(variant, "failures"));
    }
    if (!any) {
        return;
    }
    html_section_begin(html, "nodes", "Nodes over time");
    html_put(html, "<p class=\"about\">Who was down, drained, held as a spare or slowed, and when. "
                   "Replication 0.</p>\n");
    each_variant(html, page, nodes_one);
    html_section_end(html);
}
