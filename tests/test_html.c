/* test_html.c - the HTML report: what is escaped and how, tables, drawings within the page, its
 * structure. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/report/gnuplot.h"
#include "sim/report/html/html_write.h"
#include "sim/report/html/page.h"
#include "sim/report/html/sections.h"
#include "sim/report/html/svg_inline.h"
#include "sim/report/report.h"
#include "tests/hand_result.h"
#include "tests/suite.h"

const char *const SUITE = "html";

/* ---- escaping ---------------------------------------------------------------------------------
 */

static char *escaped(const char *text)
{
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);
    html_escape(text, stream);
    fclose(stream);
    return out;
}

#define ESCAPES(text, want)                                                                        \
    do {                                                                                           \
        char *got_ = escaped(text);                                                                \
        CU_ASSERT_STRING_EQUAL(got_, want);                                                        \
        free(got_);                                                                                \
    } while (0)

/* Goal: no text becomes markup, whatever it holds. Method: the five characters that HTML gives a
 * meaning to; control characters by their pictures in Unicode (U+2400 + code); what is no UTF-8 by
 * RFC 3629 (overlong, surrogates, cut short, stray) as U+FFFD, byte by byte. */
static void test_escape(void)
{
    ESCAPES("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;");
    ESCAPES("</script><!--", "&lt;/script&gt;&lt;!--");
    ESCAPES("&amp;", "&amp;amp;");
    ESCAPES("$(touch x) `y` \\n %s", "$(touch x) `y` \\n %s");
    ESCAPES("é 漢 😀", "é 漢 😀");
    ESCAPES("\x01\x1b\x7f", "\xE2\x90\x81\xE2\x90\x9B\xE2\x90\xA1");
    ESCAPES("a\tb\n", "a\tb\n");
    ESCAPES("\xC0\xBC", "\xEF\xBF\xBD\xEF\xBF\xBD"); /* '<' in two bytes: overlong */
    ESCAPES("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    ESCAPES("\xE6\xBC", "\xEF\xBF\xBD\xEF\xBF\xBD");
    ESCAPES("\xFFx", "\xEF\xBF\xBDx");
    ESCAPES("\xC2\x85", "\xEF\xBF\xBD"); /* a control character of the second set */
    ESCAPES("\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* What a writer puts into a page. */
static char *page_text(void (*write)(Html *html, const void *about), const void *about)
{
    char *out = NULL;
    size_t size = 0;
    Html html = {.stream = open_memstream(&out, &size)};
    write(&html, about);
    CU_ASSERT_FALSE(html.failed);
    fclose(html.stream);
    return out;
}

static void json_write(Html *html, const void *about)
{
    html_json(html, about);
}

/* Goal: data in a script element cannot end it, and reads back the same. Method: a key and a text
 * with the ends of script, of a comment, and line separators that old scripts take for line ends.
 */
static void test_json(void)
{
    json_t *value = json_object();
    json_object_set_new(value, "</script>", json_string("<!-- &\xE2\x80\xA8 </SCRIPT x>"));
    char *text = page_text(json_write, value);
    CU_ASSERT_PTR_NULL(strpbrk(text, "<>&"));
    json_t *back = json_loads(text, 0, NULL);
    CU_ASSERT_TRUE(json_equal(value, back));
    json_decref(back);
    json_decref(value);
    free(text);
}

static void base64_write(Html *html, const void *about)
{
    html_base64(html, about, strlen(about));
}

/* Goal: downloads hold their bytes. Method: the examples of RFC 4648, section 10. */
static void test_base64(void)
{
    static const char *const EXAMPLES[][2] = {{"", ""},
                                              {"f", "Zg=="},
                                              {"fo", "Zm8="},
                                              {"foo", "Zm9v"},
                                              {"foob", "Zm9vYg=="},
                                              {"fooba", "Zm9vYmE="},
                                              {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        char *text = page_text(base64_write, EXAMPLES[i][0]);
        CU_ASSERT_STRING_EQUAL(text, EXAMPLES[i][1]);
        free(text);
    }
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static void table_write(Html *html, const void *about)
{
    html_table(html, about, "a <caption>", "file");
}

/* Goal: heads have scopes, text is escaped, the CSV has plain numbers and quoted text. Method: two
 * rows; the CSV by hand: name,amount / "a,b",1234.5, in base64 by the coreutils' base64. */
static void test_table(void)
{
    Grid grid;
    CU_ASSERT_TRUE_FATAL(grid_init(&grid, 2, 2));
    grid_set(&grid, 0, 0, "name");
    grid_set(&grid, 0, 1, "amount");
    grid_set(&grid, 1, 0, "a,b");
    grid_set(&grid, 1, 1, "1,234.5");
    char *text = page_text(table_write, &grid);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "<caption>a &lt;caption&gt;</caption>"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "<th scope=\"col\">name</th><th scope=\"col\" class=\"n\">amount</th>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "<th scope=\"row\">a,b</th><td class=\"n\">1,234.5</td>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "base64,bmFtZSxhbW91bnQKImEsYiIsMTIzNC41Cg==\""));
    free(text);
    grid_free(&grid);
}

/* Goal: spans of time as people say them. Method: by hand, around each change of unit. */
static void test_duration(void)
{
    static const struct {
        double seconds;
        const char *text;
    } EXAMPLES[] = {{0, "0.0 s"},       {59.94, "59.9 s"},   {60, "1 min"},
                    {90, "1 min 30 s"}, {3600, "1 h"},       {5400, "1 h 30 min"},
                    {172800, "2 d"},    {180000, "2 d 2 h"}, {3599.9, "60 min"}};
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        char text[NUMBER_TEXT_MAX];
        CU_ASSERT_STRING_EQUAL(duration_text(EXAMPLES[i].seconds, text), EXAMPLES[i].text);
    }
}

/* ---- drawings ---------------------------------------------------------------------------------
 */

#define SVG(body)                                                                                  \
    "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 900 300\"\n>\n<title>x</title>\n"              \
    "<g id=\"gnuplot_canvas\">\n" body "</g>\n</svg>\n"

static char *inlined(const char *svg)
{
    TextBuffer out = {0};
    double width = 0, height = 0;
    bool ok = svg_inline(svg, "f7-", &out, &width, &height);
    if (!ok) {
        free(out.text);
        return NULL;
    }
    CU_ASSERT_EQUAL(width, 900);
    CU_ASSERT_EQUAL(height, 300);
    return text_take(&out);
}

#define INLINES(body, want)                                                                        \
    do {                                                                                           \
        char *got_ = inlined(SVG(body));                                                           \
        CU_ASSERT_PTR_NOT_NULL_FATAL(got_);                                                        \
        CU_ASSERT_STRING_EQUAL(got_, "<g id=\"f7-gnuplot_canvas\">" want "</g>");                  \
        free(got_);                                                                                \
    } while (0)

/* Goal: a drawing of gnuplot can stand in a page beside others. Method: pieces as gnuplot 5.4.4
 * writes them: ids and references get the prefix, palette colours become properties, titles and
 * empty groups go, coordinates are rounded; other text stays as it is. */
static void test_svg(void)
{
    INLINES("<g fill=\"none\" color=\"black\">\n</g>\n", "");
    INLINES("<title>$d using 1:3</title>", "");
    INLINES("<path stroke='rgb(  0, 114, 178)'  d='M815.48,90.01 L858.04,90.01  '/>",
            "<path stroke=\"var(--blue)\" d=\"M815.5,90 L858,90\"/>");
    INLINES("<path stroke='rgb(1,   2,   3)' class=\"gridline\" />", "<path stroke=\"#010203\"/>");
    INLINES(
        "<pattern id='gpPat1' x='0'/><polygon fill = 'url(#gpPat1)' points = '1.26,2 '/>",
        "<pattern id=\"f7-gpPat1\" x=\"0\"/><polygon fill=\"url(#f7-gpPat1)\" points=\"1.3,2\"/>");
    INLINES("<use xlink:href='#gpPt6' color='rgb(213,  94,   0)'/>",
            "<use href=\"#f7-gpPt6\" color=\"var(--vermilion)\"/>");
    INLINES("<text fill=\"black\"> a&lt;b 'c' rgb(0,0,0) #1</text>",
            "<text fill=\"currentColor\"> a&lt;b 'c' rgb(0,0,0) #1</text>");
    static const char WHOLE[] =
        SVG("<g a='1'>\n<path d='M1.25,2 L3,4' stroke=\"rgb(1, 2, 3)\"/><text>x</text></g>");
    for (size_t size = 0; size < sizeof WHOLE; size++) { /* cut short, wherever */
        char *cut = strndup(WHOLE, size);
        free(inlined(cut));
        free(cut);
    }
    CU_ASSERT_PTR_NULL(inlined("<svg>"));
    CU_ASSERT_PTR_NULL(inlined(SVG("<path d='")));
}

/* Goal: names are data for gnuplot and nothing else. Method: what would end a cell or a line. */
static void test_gnuplot_text(void)
{
    static const char *const EXAMPLES[][2] = {{"a\"b", "\"a'b\""},
                                              {"a\nb\x01", "\"a b \""},
                                              {"123456789012", "\"123456789…\""},
                                              {"éééééééééééé", "\"ééééééééé…\""}};
    for (size_t i = 0; i < sizeof EXAMPLES / sizeof EXAMPLES[0]; i++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        gnuplot_cell(EXAMPLES[i][0], 10, stream);
        fclose(stream);
        CU_ASSERT_STRING_EQUAL(text, EXAMPLES[i][1]);
        free(text);
    }
}

/* ---- the whole --------------------------------------------------------------------------------
 */

static char *file_text(const char *path)
{
    char *text = calloc(1, 1 << 20);
    FILE *stream = fopen(path, "rb");
    if (stream != NULL && text != NULL) {
        text[fread(text, 1, (1 << 20) - 1, stream)] = '\0';
        fclose(stream);
    }
    return text;
}

static int count_of(const char *text, const char *what)
{
    int count = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        count++;
    }
    return count;
}

/* Goal: the page has its landmarks once, a policy that lets nothing in, the data, and no element
 * left open. Method: tests/hand_result.h through a file; tags are counted. Equal results give equal
 * bytes. */
static void test_page(void)
{
    HandResult hand;
    Diagnostics diagnostics;
    hand_result(&hand);
    diagnostics_init(&diagnostics);
    char folder[] = "/tmp/gpuplan-html-XXXXXX", result[64], page[2][64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(result, sizeof result, "%s/run.h5", folder);
    json_t *summary = summary_json(&hand.result);
    CU_ASSERT_EQUAL(hdf5_write(&hand.result, result, COMPRESSION_NONE, &diagnostics), STATUS_OK);
    char *text[2];
    for (int i = 0; i < 2; i++) {
        snprintf(page[i], sizeof page[i], "%s/%d.html", folder, i);
        CU_ASSERT_EQUAL(report_html(result, summary, page[i], &diagnostics), STATUS_OK);
        text[i] = file_text(page[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text[i]);
        unlink(page[i]);
    }
    CU_ASSERT_STRING_EQUAL(text[0], text[1]);
    static const char *const ONCE[] = {"<h1>",
                                       "<header>",
                                       "<main ",
                                       "<footer>",
                                       "<nav ",
                                       "</html>",
                                       "<html lang=\"en\">",
                                       "Content-Security-Policy",
                                       "default-src 'none'"};
    for (size_t i = 0; i < sizeof ONCE / sizeof ONCE[0]; i++) {
        CU_ASSERT_EQUAL(count_of(text[0], ONCE[i]), 1);
    }
    static const char *const PAIRS[][2] = {
        {"<section ", "</section>"}, {"<table>", "</table>"}, {"<figure>", "</figure>"},
        {"<details", "</details>"},  {"<ul", "</ul>"},        {"<svg ", "</svg>"},
        {"<div ", "</div>"},         {"<p", "</p>"}};
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        int closed = count_of(text[0], PAIRS[i][1]);
        int opened = count_of(text[0], PAIRS[i][0]);
        opened -= strcmp(PAIRS[i][0], "<p") == 0
                      ? count_of(text[0], "<path") + count_of(text[0], "<pre") +
                            count_of(text[0], "<polygon") + count_of(text[0], "<pattern")
                      : 0;
        CU_ASSERT_EQUAL(opened, closed);
    }
    CU_ASSERT_PTR_NULL(strstr(text[0], "http://"));
    CU_ASSERT_PTR_NULL(strstr(text[0], "https://"));
    free(text[0]);
    free(text[1]);
    unlink(result);
    rmdir(folder);
    json_decref(summary);
    arena_free(&hand.arena);
    diagnostics_free(&diagnostics);
}

const TestCase CASES[] = {
    {"text is escaped", test_escape},
    {"data in a script element", test_json},
    {"base64", test_base64},
    {"tables", test_table},
    {"spans of time", test_duration},
    {"drawings within a page", test_svg},
    {"names for gnuplot", test_gnuplot_text},
    {"the page", test_page},
    {NULL, NULL},
};
