/* focus_export.c - `report --focus`: the bill of one variant out of a result file. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/report/focus.h"
#include "sim/report/json_help.h"
#include "sim/report/report.h"

/* SOURCE_DATE_EPOCH, where builds that must repeat set it, else now. */
static int64_t created_unix_ms(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    long long seconds = epoch != NULL ? strtoll(epoch, &end, 10) : 0;
    bool given = epoch != NULL && end != epoch && *end == '\0' && seconds >= 0;
    return (given ? (int64_t)seconds : (int64_t)time(NULL)) * 1000;
}

/* The variant of that name, NULL: the first. NULL after a mistake. */
static const json_t *variant_named(const char *path, const json_t *summary, const char *name,
                                   Diagnostics *diagnostics)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    const char *names[64];
    int count = 0;
    size_t i;
    json_array_foreach (variants, i, variant) {
        const char *own = json_text_at(variant, "name");
        if (name == NULL || strcmp(own, name) == 0) {
            return variant;
        }
        if (count < 64) {
            names[count++] = own;
        }
    }
    const char *nearest = name != NULL ? nearest_name(name, names, count) : NULL;
    char help[160] = "gpuplan report RUN.h5 lists the variants";
    if (nearest != NULL) {
        snprintf(help, sizeof help, "did you mean `%.100s`?", nearest);
    }
    diagnostics_error(diagnostics, (Place){.file = path}, "name", help, "has no variant `%s`",
                      name != NULL ? name : "");
    return NULL;
}

/* What the summary says of a queue; NULL: nothing. */
static const char *queue_text(const json_t *variant, const char *queue, const char *key)
{
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(variant, "queues"), i, row) {
        const char *text = json_text_at(row, key);
        if (strcmp(json_text_at(row, "name"), queue) == 0 && text[0] != '\0') {
            return text;
        }
    }
    return NULL;
}

static bool about_fill(const json_t *summary, const json_t *variant, const CostBook *book,
                       Arena *arena, FocusAbout *about)
{
    const json_t *scenario = json_object_get(summary, "scenario");
    const char **team = ARENA_ARRAY(arena, const char *, book->tenant_count);
    const char **tenant = ARENA_ARRAY(arena, const char *, book->tenant_count);
    for (int32_t i = 0; team != NULL && tenant != NULL && i < book->tenant_count; i++) {
        team[i] = queue_text(variant, book->tenant_name[i], "team");
        tenant[i] = queue_text(variant, book->tenant_name[i], "tenant");
    }
    *about = (FocusAbout){.scenario = json_text_at(scenario, "name"),
                          .sha256 = json_text_at(scenario, "sha256"),
                          .team = team,
                          .tenant = tenant,
                          .created_unix_ms = created_unix_ms()};
    return !arena->failed;
}

static Status variant_write(const ResultFile *file, const json_t *summary, const json_t *variant,
                            FocusVersion version, const char *target, Arena *arena,
                            Diagnostics *diagnostics)
{
    const Charges *charges = NULL;
    FocusAbout about;
    const char *name = json_text_at(variant, "name");
    Status status = charges_read(file, name, arena, diagnostics, &charges);
    if (status != STATUS_OK) {
        return status;
    }
    if (charges == NULL) {
        return diagnostics_error(diagnostics, (Place){.file = file->path}, "result-file",
                                 "give node types a price, as in price: {on_demand: 3.00 "
                                 "USD/gpu-h}, and run the scenario again",
                                 "variant `%s` has no charges: nothing had a price", name);
    }
    if (!about_fill(summary, variant, charges->book, arena, &about)) {
        return diagnostics_no_memory(diagnostics);
    }
    return focus_write(charges, &about, version, target, diagnostics);
}

Status report_focus(const char *path, const json_t *summary, const char *variant,
                    FocusVersion version, const char *target, Diagnostics *diagnostics)
{
    const json_t *wanted = variant_named(path, summary, variant, diagnostics);
    if (wanted == NULL) {
        return STATUS_USAGE;
    }
    ResultFile file;
    Status status = result_file_open(&file, path, diagnostics);
    if (status != STATUS_OK) {
        return status;
    }
    Arena arena;
    arena_init(&arena);
    status = variant_write(&file, summary, wanted, version, target, &arena, diagnostics);
    arena_free(&arena);
    result_file_close(&file);
    if (status == STATUS_OK && variant == NULL &&
        json_array_size(json_object_get(summary, "variants")) > 1) {
        fprintf(stderr,
                "note: %s has the charges of variant `%s`; --variant NAME writes another's\n",
                target, json_text_at(wanted, "name"));
    }
    return status;
}
