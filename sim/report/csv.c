/* csv.c - the summary as flat tables, one fact a row, for spreadsheets and data frames. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/report/atomic_file.h"
#include "sim/report/folder.h"
#include "sim/report/json_help.h"
#include "sim/report/printers.h"
#include "sim/report/report.h"
#include "sim/report/showback.h"
#include "sim/report/went_wrong.h"

void csv_number(double value, FILE *stream)
{
    if (isfinite(value)) {
        fprintf(stream, "%.15g", value);
    }
}

static void row_start(const json_t *variant, const char *first, FILE *stream)
{
    csv_field(json_text_at(variant, "name"), stream);
    fputc(',', stream);
    csv_field(first, stream);
}

static void number_next(const json_t *row, const char *key, FILE *stream)
{
    fputc(',', stream);
    csv_number(json_number_at(row, key), stream);
}

void metrics_csv_print(const json_t *summary, FILE *stream)
{
    json_t *variants = json_object_get(summary, "variants"), *variant, *metric;
    const char *name;
    size_t i;
    fputs("variant,metric,unit,mean,sd,n,ci_low,ci_high\n", stream);
    json_array_foreach (variants, i, variant) {
        json_object_foreach (json_object_get(variant, "metrics"), name, metric) {
            row_start(variant, name, stream);
            fputc(',', stream);
            csv_field(json_text_at(metric, "unit"), stream);
            number_next(metric, "mean", stream);
            number_next(metric, "sd", stream);
            number_next(metric, "n", stream);
            number_next(metric, "ci_low", stream);
            number_next(metric, "ci_high", stream);
            fputc('\n', stream);
        }
    }
}

void ledger_csv_print(const json_t *summary, FILE *stream)
{
    json_t *variants = json_object_get(summary, "variants"), *variant, *account, *part;
    const char *name, *sub;
    size_t i;
    fputs("variant,account,sub_account,gpu_hours,usd\n", stream);
    json_array_foreach (variants, i, variant) {
        json_t *accounts = json_object_get(json_object_get(variant, "ledger"), "accounts");
        json_object_foreach (accounts, name, account) {
            row_start(variant, name, stream);
            fputc(',', stream);
            number_next(account, "gpu_hours", stream);
            number_next(account, "usd", stream);
            fputc('\n', stream);
            json_object_foreach (json_object_get(account, "by"), sub, part) {
                row_start(variant, name, stream);
                fputc(',', stream);
                csv_field(sub, stream);
                number_next(part, "gpu_hours", stream);
                number_next(part, "usd", stream);
                fputc('\n', stream);
            }
        }
    }
}

void load_curve_csv_print(const json_t *summary, FILE *stream)
{
    static const char *const COLUMNS[] = {
        "alloc_pct",         "alloc_pct_sd",        "frag_amount_pct", "frag_amount_pct_sd",
        "frag_ratio_pct",    "frag_ratio_pct_sd",   "idle_gpus",       "idle_gpus_sd",
        "idle_usd_per_hour", "idle_usd_per_hour_sd"};
    const size_t column_count = sizeof COLUMNS / sizeof COLUMNS[0];
    json_t *variants = json_object_get(summary, "variants"), *variant, *percent;
    size_t i, row;
    fputs("variant,arrived_pct", stream);
    for (size_t c = 0; c < column_count; c++) {
        fprintf(stream, ",%s", COLUMNS[c]);
    }
    fputc('\n', stream);
    json_array_foreach (variants, i, variant) {
        json_t *curve = json_object_get(variant, "load_curve");
        json_array_foreach (json_object_get(curve, "arrived_pct"), row, percent) {
            csv_field(json_text_at(variant, "name"), stream);
            fprintf(stream, ",%.0f", json_number_value(percent));
            for (size_t c = 0; c < column_count; c++) {
                json_t *value = json_array_get(json_object_get(curve, COLUMNS[c]), row);
                fputc(',', stream);
                csv_number(json_is_number(value) ? json_number_value(value) : NAN, stream);
            }
            fputc('\n', stream);
        }
    }
}

void expect_csv_print(const json_t *summary, FILE *stream)
{
    const json_t *row;
    size_t i;
    fputs("variant,expect,passed,found\n", stream);
    json_array_foreach (json_object_get(summary, "expect"), i, row) {
        csv_field(json_text_at(row, "variant"), stream);
        fputc(',', stream);
        csv_field(json_text_at(row, "text"), stream);
        fprintf(stream, ",%s,", json_is_true(json_object_get(row, "passed")) ? "true" : "false");
        csv_field(json_text_at(row, "found_text"), stream);
        fputc('\n', stream);
    }
}

Status folder_make(const char *folder, Diagnostics *diagnostics)
{
    struct stat about;
    if (mkdir(folder, 0777) == 0 ||
        (errno == EEXIST && stat(folder, &about) == 0 && S_ISDIR(about.st_mode))) {
        return STATUS_OK;
    }
    diagnostics_error(diagnostics, (Place){.file = folder}, "io", NULL,
                      "cannot make the folder: %s",
                      errno == EEXIST ? "a file has this name" : strerror(errno));
    return STATUS_FAILED;
}

Status report_csv_folder(const json_t *summary, const char *folder, Diagnostics *diagnostics)
{
    static const struct {
        const char *file;
        void (*print)(const json_t *summary, FILE *stream);
    } TABLES[] = {{"metrics.csv", metrics_csv_print},
                  {"ledger.csv", ledger_csv_print},
                  {"load_curve.csv", load_curve_csv_print},
                  {"expect.csv", expect_csv_print},
                  {"components.csv", components_csv_print},
                  {"sizes.csv", sizes_csv_print},
                  {"over_time.csv", over_time_csv_print},
                  {"showback.csv", showback_csv_print}};
    Status status = folder_make(folder, diagnostics);
    for (size_t i = 0; status == STATUS_OK && i < sizeof TABLES / sizeof TABLES[0]; i++) {
        char *path = NULL;
        AtomicFile file;
        if (asprintf(&path, "%s/%s", folder, TABLES[i].file) < 0) {
            return diagnostics_no_memory(diagnostics);
        }
        status = atomic_file_open(&file, path, diagnostics);
        if (status == STATUS_OK) {
            TABLES[i].print(summary, file.stream);
            status = atomic_file_commit(&file, diagnostics);
        }
        free(path);
    }
    return status;
}
