/* svg_inline.c - goes over the tags of gnuplot's SVG once and writes those that a page needs. */
#include "sim/report/html/svg_inline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(TextBuffer *out, const char *text)
{
    text_append(text, strlen(text), out);
}

/* ---- colours ----------------------------------------------------------------------------------
 */

/* As in plots/palette.gp; what they are in the page is said by report.css. */
static const struct {
    int rgb;
    const char *property;
} PALETTE[] = {
    {0x0072B2, "--blue"},   {0xD55E00, "--vermilion"}, {0x009E73, "--green"},
    {0xCC79A7, "--purple"}, {0xE69F00, "--orange"},    {0x56B4E9, "--sky"},
    {0xF0E442, "--yellow"}, {0x7F7F7F, "--grey"},      {0x000000, "--ink"},
    {0x111111, "--ink"},    {0x222222, "--ink"},       {0x333333, "--ink"},
    {0x555555, "--axis"},   {0x777777, "--muted"},     {0xE3E3E3, "--grid"},
    {0xFFFFFF, "--card"},
};

/* "rgb(  0, 114, 178)" at `text`: its length, and the colour in *rgb. 0: it is none. */
static int colour_read(const char *text, int *rgb)
{
    int red, green, blue, length = 0;
    if (sscanf(text, "rgb( %d , %d , %d )%n", &red, &green, &blue, &length) != 3 || length == 0) {
        return 0;
    }
    *rgb = red << 16 | green << 8 | blue;
    return length;
}

static void colour_put(int rgb, TextBuffer *out)
{
    char text[40];
    for (size_t i = 0; i < sizeof PALETTE / sizeof PALETTE[0]; i++) {
        if (PALETTE[i].rgb == rgb) {
            snprintf(text, sizeof text, "var(%s)", PALETTE[i].property);
            put(out, text);
            return;
        }
    }
    snprintf(text, sizeof text, "#%06x", (unsigned)rgb & 0xFFFFFFu);
    put(out, text);
}

/* ---- values -----------------------------------------------------------------------------------
 */

typedef struct Span {
    const char *text;
    size_t size;
} Span;

static bool span_is(Span span, const char *word)
{
    return span.size == strlen(word) && strncmp(span.text, word, span.size) == 0;
}

/* Numbers with one decimal at most; repeated blanks are one. */
static void numbers_put(Span value, TextBuffer *out)
{
    const char *at = value.text, *end = value.text + value.size;
    bool blank = true;
    while (at < end) {
        if (isdigit((unsigned char)*at)) {
            char *after, text[40];
            double number = strtod(at, &after);
            int size = snprintf(text, sizeof text, "%.1f", number);
            if (size > 2 && text[size - 1] == '0') {
                text[size - 2] = '\0';
            }
            put(out, text);
            at = after;
            blank = false;
        } else if (isspace((unsigned char)*at)) {
            for (; at < end && isspace((unsigned char)*at); at++) {
            }
            put(out, blank || at == end ? "" : " ");
            blank = true;
        } else {
            text_append(at++, 1, out);
            blank = false;
        }
    }
}

/* Colours and references in any value. Double quotes do not occur within gnuplot's values. */
static void value_put(Span value, const char *prefix, TextBuffer *out)
{
    const char *at = value.text, *end = value.text + value.size;
    while (at < end) {
        int rgb;
        int length = *at == 'r' ? colour_read(at, &rgb) : 0;
        if (length > 0 && at + length <= end) {
            colour_put(rgb, out);
            at += length;
        } else if (*at == '#' && at + 1 < end && (at == value.text || at[-1] == '(')) {
            put(out, "#");
            put(out, prefix);
            at++;
        } else {
            if (*at != '"') {
                text_append(at, 1, out);
            }
            at++;
        }
    }
}

/* ---- tags -------------------------------------------------------------------------------------
 */

typedef struct Tag {
    Span all;    /* from '<' to '>' */
    Span name;   /* "g", "/g" */
    bool closed; /* ends with "/>" */
} Tag;

static bool tag_read(const char *text, Tag *tag)
{
    const char *end = text + 1;
    char quote = '\0';
    for (; *end != '\0' && (quote != '\0' || *end != '>'); end++) {
        quote = quote != '\0' ? (*end == quote ? '\0' : quote)
                              : (*end == '"' || *end == '\'' ? *end : '\0');
    }
    if (*end == '\0') {
        return false;
    }
    const char *name = text + 1;
    tag->all = (Span){text, (size_t)(end - text) + 1};
    tag->name = (Span){name, strcspn(name + (*name == '/'), " \t\n/>") + (*name == '/')};
    tag->closed = end[-1] == '/';
    return true;
}

/* The next attribute at *at, before end. False: there is none. */
static bool attribute_read(const char **at, const char *end, Span *name, Span *value)
{
    const char *text = *at;
    for (; text < end && isspace((unsigned char)*text); text++) {
    }
    const char *begin = text;
    for (; text < end && *text != '=' && !isspace((unsigned char)*text); text++) {
    }
    *name = (Span){begin, (size_t)(text - begin)};
    for (; text < end && (isspace((unsigned char)*text) || *text == '='); text++) {
    }
    if (name->size == 0 || text >= end || (*text != '"' && *text != '\'')) {
        return false;
    }
    char quote = *text++;
    begin = text;
    for (; text < end && *text != quote; text++) {
    }
    *value = (Span){begin, (size_t)(text - begin)};
    *at = text < end ? text + 1 : text;
    return true;
}

/* What the page says itself, or nobody sees. */
static bool is_needless(Span name, Span value)
{
    return span_is(name, "font-family") || span_is(name, "class") ||
           span_is(name, "stroke-linejoin") ||
           (span_is(name, "stroke-linecap") && span_is(value, "butt")) ||
           (span_is(name, "color") && (span_is(value, "black") || span_is(value, "white")));
}

static void attribute_put(Span name, Span value, const char *prefix, TextBuffer *out)
{
    bool is_id = span_is(name, "id");
    bool shape = span_is(name, "d") || span_is(name, "points");
    if (is_needless(name, value)) {
        return;
    }
    put(out, " ");
    if (span_is(name, "xlink:href")) {
        put(out, "href");
    } else {
        text_append(name.text, name.size, out);
    }
    put(out, "=\"");
    put(out, is_id ? prefix : "");
    if (shape) {
        numbers_put(value, out);
    } else if (span_is(value, "black")) {
        put(out, "currentColor");
    } else {
        value_put(value, prefix, out);
    }
    put(out, "\"");
}

static void tag_put(const Tag *tag, const char *prefix, TextBuffer *out)
{
    const char *at = tag->name.text + tag->name.size;
    const char *end = tag->all.text + tag->all.size - 1 - tag->closed;
    Span name, value;
    put(out, "<");
    text_append(tag->name.text, tag->name.size, out);
    while (attribute_read(&at, end, &name, &value)) {
        attribute_put(name, value, prefix, out);
    }
    put(out, tag->closed ? "/>" : ">");
}

/* ---- the whole --------------------------------------------------------------------------------
 */

/* Behind the end of the element that begins at the tag; NULL: it does not end. */
static const char *element_end(const Tag *tag, const char *end_tag)
{
    const char *end = strstr(tag->all.text, end_tag);
    return end != NULL ? end + strlen(end_tag) : NULL;
}

/* Where to go on if the element that begins here is left out; NULL: it is not. */
static const char *left_out(const Tag *tag, bool uses_marks)
{
    const char *after = tag->all.text + tag->all.size;
    if (span_is(tag->name, "title")) {
        return element_end(tag, "</title>");
    }
    if (span_is(tag->name, "filter")) {
        return element_end(tag, "</filter>");
    }
    if (span_is(tag->name, "defs") && !uses_marks && strncmp(after, "\n\n\t<circle", 10) == 0) {
        return element_end(tag, "</defs>");
    }
    if (span_is(tag->name, "g")) {
        after += strspn(after, " \t\n");
        return strncmp(after, "</g>", 4) == 0 ? after + 4 : NULL;
    }
    return NULL;
}

bool svg_inline(const char *svg, const char *prefix, TextBuffer *out, double *width, double *height)
{
    const char *box = strstr(svg, "viewBox=\"");
    const char *at = strstr(svg, "<g id=\"gnuplot_canvas\">");
    const char *end = at != NULL ? strstr(at, "</svg>") : NULL;
    if (box == NULL || end == NULL || sscanf(box, "viewBox=\"0 0 %lf %lf", width, height) != 2) {
        return false;
    }
    const char *marks = strstr(at, "</defs>");
    bool uses_marks = marks != NULL && strstr(marks, "href='#gp") != NULL;
    while (at < end) {
        Tag tag;
        if (*at != '<') {
            size_t size = strcspn(at, "<");
            bool blank = strspn(at, " \t\n") >= size;
            text_append(at, blank ? 0 : size, out);
            at += size;
        } else if (!tag_read(at, &tag)) {
            return false;
        } else {
            const char *further = left_out(&tag, uses_marks);
            if (further == NULL) {
                tag_put(&tag, prefix, out);
                further = at + tag.all.size;
            }
            at = further;
        }
    }
    return true;
}
