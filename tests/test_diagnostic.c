/* test_diagnostic.c - mistakes are kept, printed with a caret, and typos find their name. */
#include <stdlib.h>
#include <string.h>

#include "core/diagnostic.h"
#include "tests/suite.h"

static char *printed(const Diagnostics *all)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    diagnostics_print(all, stream, false);
    fclose(stream);
    return text;
}

/* Goal: the format that editors parse. Method: one error with everything, compared with the text
 * written out. */
static void test_print(void)
{
    Diagnostics all;
    diagnostics_init(&all);
    Place place = {"a.yaml", 2, 3, 4, "  cuont: 3\n"};
    CU_ASSERT_EQUAL(diagnostics_error(&all, place, "unknown-key", "did you mean `count`?",
                                      "no key `%s`", "cuont"),
                    STATUS_BAD_INPUT);
    diagnostics_warning(&all, (Place){.file = "b.csv"}, "csv", NULL, "odd");
    char *text = printed(&all);
    CU_ASSERT_STRING_EQUAL(text, "a.yaml:2:3: error[unknown-key]: no key `cuont`\n"
                                 "    cuont: 3\n"
                                 "    ^^^^\n"
                                 "  help: did you mean `count`?\n"
                                 "b.csv: warning[csv]: odd\n");
    free(text);
    CU_ASSERT_EQUAL(all.error_count, 1);
    CU_ASSERT_EQUAL(all.warning_count, 1);
    CU_ASSERT_EQUAL(diagnostics_status(&all), STATUS_BAD_INPUT);
    diagnostics_free(&all);
    CU_ASSERT_EQUAL(diagnostics_status(&all), STATUS_OK);
}

/* A caret counts characters, not bytes. Method: column 3 behind a two-byte letter stands under the
 * third. */
static void test_caret_utf8(void)
{
    Diagnostics all;
    diagnostics_init(&all);
    diagnostics_error(&all, (Place){"u", 1, 3, 1, "\xC3\xA4: x"}, "x", NULL, "m");
    char *text = printed(&all);
    CU_ASSERT_STRING_EQUAL(text, "u:1:3: error[x]: m\n  \xC3\xA4: x\n    ^\n");
    free(text);
    diagnostics_free(&all);
}

/* A line of 10,000 bytes must not flood the terminal. Goal: the excerpt is short and its caret is
 * under the mistake. Method: one marked letter among x's, far to the right. */
static void test_long_line(void)
{
    char line[10001];
    memset(line, 'x', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    line[8999] = 'M';
    Diagnostics all;
    diagnostics_init(&all);
    diagnostics_error(&all, (Place){"l", 1, 9000, 1, line}, "x", NULL, "m");
    char *text = printed(&all);
    CU_ASSERT(strlen(text) < 500);
    const char *excerpt = strchr(text, '\n') + 1;
    const char *caret = strchr(excerpt, '\n') + 1;
    CU_ASSERT_EQUAL(strchr(excerpt, 'M') - excerpt, strchr(caret, '^') - caret);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "l:1:9000:"));
    free(text);
    diagnostics_free(&all);
}

/* Goal: no list of a million mistakes. Method: one more than is kept; the count and the closing
 * line tell. */
static void test_limit(void)
{
    Diagnostics all;
    diagnostics_init(&all);
    for (int i = 0; i <= DIAGNOSTICS_KEPT_MAX; i++) {
        diagnostics_error(&all, (Place){.file = "f"}, "x", NULL, "m%d", i);
    }
    CU_ASSERT_EQUAL(all.count, DIAGNOSTICS_KEPT_MAX);
    CU_ASSERT_EQUAL(all.error_count, DIAGNOSTICS_KEPT_MAX + 1);
    char *text = printed(&all);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "and 1 more not shown"));
    free(text);
    diagnostics_free(&all);
}

/* Goal: running out of memory outranks bad input, and is said. */
static void test_no_memory(void)
{
    Diagnostics all;
    diagnostics_init(&all);
    diagnostics_error(&all, (Place){.file = "f"}, "x", NULL, "m");
    CU_ASSERT_EQUAL(diagnostics_no_memory(&all), STATUS_FAILED);
    CU_ASSERT_EQUAL(diagnostics_status(&all), STATUS_FAILED);
    char *text = printed(&all);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "out of memory"));
    free(text);
    diagnostics_free(&all);
}

/* Goal: bytes of a file cannot drive the terminal. Method: an escape sequence in message and
 * excerpt. */
static void test_control_bytes(void)
{
    Diagnostics all;
    diagnostics_init(&all);
    diagnostics_error(&all, (Place){"f", 1, 1, 1, "\033[31mred"}, "x", NULL, "found %s", "\033[0m");
    char *text = printed(&all);
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    free(text);
    diagnostics_free(&all);
}

/* Goal: the first of several repeats stays, with its count; what stood before `from` is left alone.
 */
static void test_repeats(void)
{
    Diagnostics all;
    diagnostics_init(&all);
    Place place = {"f", 1, 2, 1, NULL};
    diagnostics_error(&all, place, "x", NULL, "m");
    diagnostics_error(&all, place, "x", NULL, "m");
    diagnostics_error(&all, place, "x", NULL, "other");
    diagnostics_warning(&all, place, "x", NULL, "m");
    diagnostics_error(&all, place, "x", NULL, "m");
    diagnostics_error(&all, (Place){"f", 2, 2, 1, NULL}, "x", NULL, "m");
    diagnostics_drop_repeats(&all, 1);
    CU_ASSERT_EQUAL(all.count, 5);
    CU_ASSERT_EQUAL(all.error_count, 4);
    CU_ASSERT_EQUAL(all.warning_count, 1);
    CU_ASSERT_STRING_EQUAL(all.items[2].message, "other");
    CU_ASSERT_EQUAL(all.items[4].line, 2);
    diagnostics_free(&all);
}

static void test_nearest(void)
{
    static const char *const NAMES[] = {"count", "gpu_memory", "memory", "gang", "cpu", "io_cpu"};
    CU_ASSERT_STRING_EQUAL(nearest_name("cuont", NAMES, 6), "count");
    CU_ASSERT_STRING_EQUAL(nearest_name("gpu-memory", NAMES, 6), "gpu_memory");
    CU_ASSERT_STRING_EQUAL(nearest_name("CPU", NAMES, 6), "cpu");
    CU_ASSERT_STRING_EQUAL(nearest_name("memroy", NAMES, 6), "memory");
    CU_ASSERT_PTR_NULL(nearest_name("zzzz", NAMES, 6));
    CU_ASSERT_PTR_NULL(nearest_name("", NAMES, 6));
}

const char *const SUITE = "diagnostic";
const TestCase CASES[] = {{"print", test_print},
                          {"caret under utf-8", test_caret_utf8},
                          {"long line", test_long_line},
                          {"limit", test_limit},
                          {"no memory", test_no_memory},
                          {"control bytes", test_control_bytes},
                          {"repeats", test_repeats},
                          {"nearest name", test_nearest},
                          {NULL, NULL}};
