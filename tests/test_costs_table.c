/* test_costs_table.c - the table of what variants cost: its lines sum to what each cost. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report/costs_table.h"
#include "tests/suite.h"

const char *const SUITE = "coststable";

static void put(const char *about, const Grid *grid, bool colour, FILE *stream)
{
    fprintf(stream, "%s\n", about);
    grid_print_text(grid, colour, stream);
}

/* The tables of variants written as JSON; free(). */
static char *tables_of(const char *variants)
{
    char *text = NULL;
    size_t size = 0;
    json_error_t error;
    json_t *list = json_loads(variants, 0, &error);
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    json_t *summary = json_pack("{s:o}", "variants", list);
    CU_ASSERT(costs_tables(summary, put, false, stream));
    fclose(stream);
    json_decref(summary);
    return text;
}

static void assert_tables(const char *variants, const char *wanted)
{
    char *found = tables_of(variants);
    CU_ASSERT_STRING_EQUAL(found, wanted);
    if (strcmp(found, wanted) != 0) {
        printf("found:\n%s", found);
    }
    free(found);
}

#define DEMAND                                                                                     \
    "{\"types\": [{\"type\": \"h\", \"purchase\": \"on_demand\", \"gpus\": 8, "                    \
    "\"usd_per_gpu_hour\": 3, \"list_usd_per_gpu_hour\": 3}]}"
#define BOUGHT                                                                                     \
    "{\"types\": [{\"type\": \"h\", \"purchase\": \"owned\", \"gpus\": 8, "                        \
    "\"usd_per_gpu_hour\": 1}]}"

/* Goal: on demand at list prices alone says nothing new. */
static void plain(void)
{
    assert_tables("[{\"name\": \"a\", \"prices\": " DEMAND
                  ", \"costs\": {\"cost_usd\": 100, \"overhead_usd\": 0, \"types\": [{\"parts\": "
                  "{\"on_demand\": 100}}]}}]",
                  "");
    assert_tables("[{\"name\": \"a\", \"prices\": null, \"costs\": null}]", "");
    assert_tables("[]", "");
}

/* Goal: lines sum to what a variant cost, and a variant without a line says so. Method: two types
 * of owned nodes with parts 60 + 5 and 30, energy 4 + 1, staff 20: 120. On demand 200, of which
 * commitments covered 150 for 110, 40 unused: 50 + 110 + 40 at their own prices, and 10 for staff.
 * An overhead that is called as a part is has that part's line. */
static void lines(void)
{
    assert_tables(
        "[{\"name\": \"own\", \"prices\": " BOUGHT
        ", \"metrics\": {\"usd_per_productive_gpu_hour\": {\"mean\": 2.5}},"
        "  \"costs\": {\"cost_usd\": 120, \"overhead_usd\": 20, \"unused_commitments_usd\": 0,"
        "  \"types\": [{\"parts\": {\"hardware\": 60, \"network\": 5, \"energy\": 4}},"
        "              {\"parts\": {\"hardware\": 30, \"energy\": 1}}],"
        "  \"overheads\": [{\"name\": \"staff\", \"usd\": 20}]}},"
        " {\"name\": \"rent\", \"prices\": " DEMAND ","
        "  \"costs\": {\"cost_usd\": 215, \"overhead_usd\": 55, \"unused_commitments_usd\": 40,"
        "  \"types\": [{\"parts\": {\"on_demand\": 160}}],"
        "  \"commitments\": [{\"used_usd\": 110}],"
        "  \"overheads\": [{\"name\": \"staff\", \"usd\": 10}, {\"name\": \"network\", \"usd\": "
        "5}]}}]",
        "What it cost\n"
        "USD                      own    rent\n"
        "hardware               90.00       -\n"
        "network                 5.00    5.00\n"
        "on demand                  -   50.00\n"
        "commitments, used       0.00  110.00\n"
        "energy                  5.00       -\n"
        "commitments, unused     0.00   40.00\n"
        "staff                  20.00   10.00\n"
        "all                   120.00  215.00\n"
        "USD/productive GPU-h   2.500       -\n");
}

/* Goal: many variants are several tables, with the same lines. */
static void many(void)
{
    char text[4096] = "[";
    for (int i = 0; i < 8; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof(text) - used,
                 "%s{\"name\": \"v%d\", \"prices\": " BOUGHT
                 ", \"costs\": {\"cost_usd\": %d, \"overhead_usd\": 0, \"types\": [{\"parts\": "
                 "{\"hardware\": %d}}]}}",
                 i > 0 ? "," : "", i, i, i);
    }
    strcat(text, "]");
    assert_tables(text, "What it cost\n"
                        "USD         v0    v1    v2    v3    v4    v5\n"
                        "hardware  0.00  1.00  2.00  3.00  4.00  5.00\n"
                        "all       0.00  1.00  2.00  3.00  4.00  5.00\n"
                        "What it cost\n"
                        "USD         v6    v7\n"
                        "hardware  6.00  7.00\n"
                        "all       6.00  7.00\n");
}

const TestCase CASES[] = {{"plain", plain}, {"lines", lines}, {"many", many}, {0}};
