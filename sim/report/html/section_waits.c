/* section_waits.c - jobs that wait over time, and how long they waited by queue and by size. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/job.h"
#include "core/packing/gpupack.h"
#include "core/world.h"
#include "sim/experiment/wait_quantiles.h"
#include "sim/report/gnuplot.h"
#include "sim/report/hdf5_read_columns.h"
#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"

#define BINS 240
#define QUEUES_SHOWN 12
#define NAME_WIDTH 30
#define TIME_BOUND ((int64_t)1 << 46) /* ms; no run holds such */

/* ---- reading ----------------------------------------------------------------------------------
 */

typedef struct WaitJobs {
    int64_t count;
    char **queue;
    int64_t *submit_ms, *start_ms, *gpu_milli;
    int32_t *state;
    int64_t end_ms; /* of the run, as far as jobs and passes tell */
} WaitJobs;

typedef struct Passes {
    int64_t count;
    int64_t *time_ms;
    int32_t *waiting;
} Passes;

static void jobs_free(WaitJobs *jobs)
{
    free(jobs->queue);
    free(jobs->submit_ms);
    free(jobs->start_ms);
    free(jobs->gpu_milli);
    free(jobs->state);
}

static void jobs_columns(TableReader *reader, WaitJobs *jobs)
{
    jobs->queue = table_texts(reader, "queue");
    jobs->submit_ms = table_integers(reader, "submit_ms");
    jobs->start_ms = table_integers(reader, "start_ms");
    jobs->gpu_milli = table_integers(reader, "gpu_milli");
    jobs->state = table_counts(reader, "state");
    jobs->count = reader->status == STATUS_OK ? reader->rows : 0;
    for (int64_t i = 0; i < jobs->count; i++) {
        int64_t start = jobs->start_ms[i];
        bool known = start != TIME_NEVER;
        if (jobs->submit_ms[i] < -TIME_BOUND || jobs->submit_ms[i] > TIME_BOUND ||
            (known && (start < -TIME_BOUND || start > TIME_BOUND))) {
            table_damaged(reader, "submit_ms", "holds an impossible time");
            jobs->count = 0;
        }
    }
}

static void passes_columns(TableReader *reader, Passes *passes)
{
    passes->time_ms = table_integers(reader, "time_ms");
    passes->waiting = table_counts(reader, "jobs_waiting");
    passes->count = reader->status == STATUS_OK ? reader->rows : 0;
    for (int64_t i = 0; i < passes->count; i++) {
        int64_t before = i > 0 ? passes->time_ms[i - 1] : 0;
        if (passes->time_ms[i] < before || passes->time_ms[i] > TIME_BOUND) {
            table_damaged(reader, "time_ms", "does not ascend");
            passes->count = 0;
        }
    }
}

/* Either may be NULL: not wanted. */
static Status tables_read(Html *html, const Page *page, const char *variant, WaitJobs *jobs,
                          Passes *passes)
{
    ResultFile file;
    TableReader reader;
    Status status = result_file_open(&file, page->path, html->diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    hid_t run = result_file_first_replication(&file, variant);
    if (jobs != NULL && table_open(&reader, &file, run, "jobs", html->diagnostics)) {
        jobs_columns(&reader, jobs);
        status = reader.status;
        table_close(&reader);
    }
    if (passes != NULL && status == STATUS_OK &&
        table_open(&reader, &file, run, "series", html->diagnostics)) {
        passes_columns(&reader, passes);
        status = reader.status;
        table_close(&reader);
    }
    if (run >= 0) {
        H5Gclose(run);
    }
    result_file_close(&file);
    return status;
}

/* ---- the queue over time ----------------------------------------------------------------------
 */

/* Time means over bins of equal length. */
static void queue_means(const Passes *passes, int64_t end_ms, double mean[BINS])
{
    double bin_ms = (double)end_ms / BINS;
    memset(mean, 0, BINS * sizeof *mean);
    for (int64_t i = 0; i < passes->count; i++) {
        double from = (double)passes->time_ms[i];
        double to = i + 1 < passes->count ? (double)passes->time_ms[i + 1] : (double)end_ms;
        int first = (int)(from / bin_ms);
        for (int b = first; b < BINS && b * bin_ms < to; b++) {
            double left = fmax(from, b * bin_ms), right = fmin(to, (b + 1) * bin_ms);
            mean[b] += right > left ? (right - left) / bin_ms * passes->waiting[i] : 0;
        }
    }
}

typedef struct Curve {
    const char *name;
    double mean[BINS];
    double whole, most;
} Curve;

static void curves_draw(Html *html, const Curve *curves, int count, int64_t end_ms)
{
    Figure figure;
    Grid grid;
    char mean[NUMBER_TEXT_MAX], most[NUMBER_TEXT_MAX];
    bool ok = grid_init(&grid, 3, count + 1) && grid_set(&grid, 0, 0, "variant") &&
              grid_set(&grid, 0, 1, "jobs waiting, mean") && grid_set(&grid, 0, 2, "most at once");
    for (int i = 0; ok && i < count; i++) {
        ok = grid_set(&grid, i + 1, 0, "%s", curves[i].name) &&
             grid_set(&grid, i + 1, 1, "%s", number_text(curves[i].whole, 1, mean)) &&
             grid_set(&grid, i + 1, 2, "%s", number_text(curves[i].most, 0, most));
    }
    ok = figure_begin(html, &figure, "queue", 0, "Means over equal steps of replication 0.",
                      "Jobs that wait, over time") &&
         ok;
    for (int i = 0; ok && i < count; i++) {
        figure_label(&figure, curves[i].name);
    }
    if (ok) {
        fputs("hours", figure.data);
        for (int i = 0; i < count; i++) {
            fputc(',', figure.data);
            csv_field(curves[i].name, figure.data);
        }
        fputc('\n', figure.data);
        for (int b = 0; b <= BINS; b++) {
            csv_number((double)end_ms / 3.6e6 * b / BINS, figure.data);
            for (int i = 0; i < count; i++) {
                fprintf(figure.data, ",%.2f", curves[i].mean[b < BINS ? b : BINS - 1]);
            }
            fputc('\n', figure.data);
        }
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

#define CURVES_MAX 8

static void queue_put(Html *html, const Page *page)
{
    Curve *curves = calloc(CURVES_MAX, sizeof *curves);
    Passes passes[CURVES_MAX] = {{0}};
    int count = page->variant_count < CURVES_MAX ? page->variant_count : CURVES_MAX;
    int64_t end_ms = 0;
    double most = 0;
    html->failed = html->failed || curves == NULL;
    for (int i = 0; curves != NULL && i < count; i++) {
        const char *name = json_text_at(json_array_get(page->variants, (size_t)i), "name");
        html->failed = tables_read(html, page, name, NULL, &passes[i]) != STATUS_OK || html->failed;
        int64_t last = passes[i].count > 0 ? passes[i].time_ms[passes[i].count - 1] : 0;
        end_ms = last > end_ms ? last : end_ms;
        curves[i].name = name;
    }
    for (int i = 0; curves != NULL && i < count && end_ms > 0; i++) {
        queue_means(&passes[i], end_ms, curves[i].mean);
        for (int b = 0; b < BINS; b++) {
            curves[i].whole += curves[i].mean[b] / BINS;
        }
        for (int64_t p = 0; p < passes[i].count; p++) {
            curves[i].most = fmax(curves[i].most, passes[i].waiting[p]);
        }
        most = fmax(most, curves[i].most);
    }
    if (most > 0 && !html->failed) {
        curves_draw(html, curves, count, end_ms);
    }
    for (int i = 0; i < CURVES_MAX; i++) {
        free(passes[i].time_ms);
        free(passes[i].waiting);
    }
    free(curves);
}

/* ---- waits by group ---------------------------------------------------------------------------
 */

/* Sizes of jobs, by GPUs: at least, less than. */
static const struct {
    int64_t least_milli, below_milli;
    const char *name;
} SIZES[] = {{1, 1000, "less than 1 GPU"},        {1000, 1001, "1 GPU"},
             {1001, 8000, "2 to 7 GPUs"},         {8000, 8001, "8 GPUs"},
             {8001, 64001, "9 to 64 GPUs"},       {64001, 512001, "65 to 512 GPUs"},
             {512001, INT64_MAX, "more than 512"}};
#define SIZE_COUNT ((int)(sizeof SIZES / sizeof SIZES[0]))

typedef struct Group {
    char name[120];
    int32_t count, unstarted;
    double quantile_ms[3]; /* half, 90 %, 99 % */
} Group;

static const int32_t QUANTILES_PPM[3] = {500000, 900000, 990000};

/* Whom a group holds: a queue (NULL: any), and a size (-1: any). */
static bool holds(const WaitJobs *jobs, int64_t i, const char *queue, int size)
{
    bool counts = jobs->state[i] != JOB_REJECTED && jobs->submit_ms[i] <= jobs->end_ms;
    return counts && (queue == NULL || strcmp(queue, jobs->queue[i]) == 0) &&
           (size < 0 || (jobs->gpu_milli[i] >= SIZES[size].least_milli &&
                         jobs->gpu_milli[i] < SIZES[size].below_milli));
}

static Group group_of(const WaitJobs *jobs, Wait *waits, const char *queue, int size,
                      const char *name)
{
    Group group = {.count = 0};
    snprintf(group.name, sizeof group.name, "%.100s", name);
    for (int64_t i = 0; i < jobs->count; i++) {
        if (holds(jobs, i, queue, size)) {
            bool started = jobs->start_ms[i] != TIME_NEVER;
            int64_t until = started ? jobs->start_ms[i] : jobs->end_ms;
            int64_t ms = until - jobs->submit_ms[i];
            waits[group.count++] = (Wait){.ms = ms > 0 ? ms : 0, .started = started};
            group.unstarted += !started;
        }
    }
    waits_sort(waits, group.count);
    for (int q = 0; q < 3; q++) {
        group.quantile_ms[q] = wait_quantile_ms(waits, group.count, QUANTILES_PPM[q]);
    }
    return group;
}

typedef struct QueueCount {
    const char *name;
    int64_t jobs;
} QueueCount;

static int by_text(const void *va, const void *vb)
{
    return strcmp(*(char *const *)va, *(char *const *)vb);
}

static int busiest_first(const void *va, const void *vb)
{
    const QueueCount *a = va, *b = vb;
    return a->jobs != b->jobs ? (a->jobs > b->jobs ? -1 : 1) : strcmp(a->name, b->name);
}

/* Queues by the number of their jobs; how many there are in *count. Free with free(). */
static QueueCount *queues_of(const WaitJobs *jobs, int *count)
{
    char **names = calloc((size_t)jobs->count + 1, sizeof *names);
    QueueCount *queues = calloc((size_t)jobs->count + 1, sizeof *queues);
    *count = 0;
    for (int64_t i = 0; names != NULL && queues != NULL && i < jobs->count; i++) {
        names[i] = jobs->queue[i];
    }
    if (names == NULL || queues == NULL) {
        free(names);
        free(queues);
        return NULL;
    }
    qsort(names, (size_t)jobs->count, sizeof *names, by_text);
    for (int64_t i = 0; i < jobs->count; i++) {
        if (*count == 0 || strcmp(queues[*count - 1].name, names[i]) != 0) {
            queues[(*count)++].name = names[i];
        }
        queues[*count - 1].jobs++;
    }
    free(names);
    qsort(queues, (size_t)*count, sizeof *queues, busiest_first);
    return queues;
}

#define GROUPS_MAX (1 + QUEUES_SHOWN + SIZE_COUNT)

/* All jobs, then queues, then sizes, as far as they say more than what stands above them. */
static int groups_of(const WaitJobs *jobs, Wait *waits, Group groups[GROUPS_MAX])
{
    int count = 0, queue_count;
    QueueCount *queues = queues_of(jobs, &queue_count);
    if (queues == NULL) {
        return -1;
    }
    groups[count++] = group_of(jobs, waits, NULL, -1, "all jobs");
    for (int q = 0; queue_count > 1 && q < queue_count && q < QUEUES_SHOWN; q++) {
        char name[160];
        snprintf(name, sizeof name, "queue %.100s", queues[q].name);
        groups[count] = group_of(jobs, waits, queues[q].name, -1, name);
        count += groups[count].count > 0;
    }
    for (int s = 0; s < SIZE_COUNT; s++) {
        groups[count] = group_of(jobs, waits, NULL, s, SIZES[s].name);
        count += groups[count].count > 0;
    }
    free(queues);
    return count;
}

static const char *wait_text(double ms, char text[NUMBER_TEXT_MAX])
{
    if (isinf(ms)) {
        return "not within the run";
    }
    return isnan(ms) ? "" : duration_text(ms / 1000, text);
}

static bool groups_grid(const Group *groups, int count, Grid *grid)
{
    static const char *const TITLES[] = {"group",       "jobs",        "never started",
                                         "half within", "90 % within", "99 % within"};
    bool ok = grid_init(grid, 6, count + 1);
    for (int i = 0; ok && i < 6; i++) {
        ok = grid_set(grid, 0, i, "%s", TITLES[i]);
    }
    for (int g = 0; ok && g < count; g++) {
        char number[NUMBER_TEXT_MAX];
        ok = grid_set(grid, g + 1, 0, "%s", groups[g].name) &&
             grid_set(grid, g + 1, 1, "%s", number_text(groups[g].count, 0, number)) &&
             grid_set(grid, g + 1, 2, "%s", number_text(groups[g].unstarted, 0, number));
        for (int q = 0; ok && q < 3; q++) {
            char text[NUMBER_TEXT_MAX];
            ok = grid_set(grid, g + 1, 3 + q, "%s", wait_text(groups[g].quantile_ms[q], text));
        }
    }
    return ok;
}

static void groups_draw(Html *html, const json_t *variant, int number, const Group *groups,
                        int count)
{
    Figure figure;
    Grid grid;
    double longest = 60;
    for (int g = 0; g < count; g++) {
        for (int q = 0; q < 3; q++) {
            double s = groups[g].quantile_ms[q] / 1000;
            longest = isfinite(s) && s > longest ? s : longest;
        }
    }
    bool ok = groups_grid(groups, count, &grid);
    ok = figure_begin(html, &figure, "waits", number,
                      "From the first submission to the first start, by queue and by GPUs that a "
                      "job asks for. Jobs that "
                      "never started count as waits of at least that long (Kaplan-Meier).",
                      "How long jobs of %s waited", json_text_at(variant, "name")) &&
         ok;
    if (ok) {
        fputs("group,half_s,p90_s,p99_s,longest_s\n", figure.data);
    }
    for (int g = 0; ok && g < count; g++) {
        gnuplot_cell(groups[g].name, NAME_WIDTH, figure.data);
        for (int q = 0; q < 3; q++) {
            double ms = groups[g].quantile_ms[q];
            fprintf(figure.data, ",%.3f", isfinite(ms) ? ms / 1000 : 1e15);
        }
        fprintf(figure.data, ",%.0f\n", longest * 1.6);
    }
    html->failed = html->failed || !ok;
    figure_end(html, &figure, ok ? &grid : NULL);
    grid_free(&grid);
}

static void waits_one(Html *html, const Page *page, const json_t *variant, int number)
{
    WaitJobs jobs = {0};
    Group groups[GROUPS_MAX];
    if (told_before(html, page, variant)) {
        return;
    }
    if (tables_read(html, page, json_text_at(variant, "name"), &jobs, NULL) != STATUS_OK) {
        html->failed = true;
    }
    jobs.end_ms = (int64_t)fmax(1000 * json_metric(variant, "makespan_s", "mean"), 0);
    Wait *waits = calloc((size_t)jobs.count + 1, sizeof *waits);
    int count = waits != NULL && jobs.count > 0 ? groups_of(&jobs, waits, groups) : 0;
    html->failed = html->failed || waits == NULL || count < 0;
    if (count > 0 && (groups[0].quantile_ms[2] >= 1000 || groups[0].unstarted > 0)) {
        groups_draw(html, variant, number, groups, count);
    } else if (count > 0) {
        html_put(html, "<p class=\"note\">Nobody waits with ");
        html_name(html, json_text_at(variant, "name"));
        html_put(html, ": 99 %% of the jobs start within a second.</p>\n");
    }
    free(waits);
    jobs_free(&jobs);
}

void section_waits(Html *html, const Page *page)
{
    const json_t *variant;
    size_t i;
    bool any = false;
    json_array_foreach (page->variants, i, variant) {
        any = any || json_metric(variant, "wait_mean_s", "mean") >= 0.001 ||
              json_metric(variant, "jobs_unstarted", "mean") > 0;
    }
    if (!any) {
        return;
    }
    html_section_begin(html, "waits", "Queue and waits");
    html_put(html, "<p class=\"about\">Replication 0.</p>\n");
    queue_put(html, page);
    each_variant(html, page, waits_one);
    html_section_end(html);
}
