/* expect_parse.c - `expect:` lines are read and checked against the scenario before the clock
 * starts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "sim/experiment/expect_parser.h"
#include "sim/experiment/showback.h"

/* Two-letter operators first, so that <= is not read as <. */
static const char *const OPERATORS[EXPECT_OP_COUNT] = {"==", "!=", "<=", ">=", "<", ">"};

/* ---- mistakes ---- */

bool expect_mistake(ExpectParser *parser, const char *nearest, const char *help, const char *format,
                    const char *word)
{
    char message[512];
    snprintf(message, sizeof message, format, word);
    char near[256];
    if (nearest != NULL) {
        snprintf(near, sizeof near, "did you mean %s?", nearest);
        help = near;
    }
    diagnostics_error(parser->diagnostics, parser->item->line->place, "expect", help, "%s",
                      message);
    return false;
}

bool expect_not_there_yet(ExpectParser *parser, const char *what)
{
    return expect_mistake(parser, NULL, "remove the line, or keep it for a later version",
                          "%s is not there yet", what);
}

static bool no_memory(ExpectParser *parser)
{
    diagnostics_no_memory(parser->diagnostics);
    return false;
}

/* ---- values ---- */

/* Which fields the item's subject has. */
static bool has_field(const Expectation *item)
{
    return item->subject == EXPECT_JOB || item->subject == EXPECT_TASK ||
           item->subject == EXPECT_QUEUE || item->subject == EXPECT_NODE;
}

static ExpectKind kind_of(const Expectation *item)
{
    return has_field(item) ? EXPECT_FIELDS[item->field].kind : EXPECT_NUMBER;
}

static const char *unit_of(const Expectation *item)
{
    if (item->subject == EXPECT_ACCOUNT) {
        return "GPU-hours";
    }
    if (item->subject == EXPECT_SHOWBACK) {
        return SHOWBACK_FIELDS[item->showback].unit;
    }
    return has_field(item)                  ? EXPECT_FIELDS[item->field].unit
           : item->subject == EXPECT_METRIC ? METRICS[item->metric].unit
                                            : "";
}

static bool time_parse(ExpectParser *parser, const char *text, double *value)
{
    if (strcmp(text, "never") == 0) {
        *value = (double)INFINITY;
        return true;
    }
    int64_t ms;
    const char *wrong = quantity_parse(text, UNIT_DURATION_MS, ROUND_EXACT, &ms);
    if (wrong != NULL) {
        return expect_mistake(parser, NULL, wrong, "'%s' is no time", text);
    }
    *value = (double)ms;
    return true;
}

/* A number, with the unit of what it is compared with, if any. Seconds also as durations, shares as
 * per cent. */
static bool number_parse(ExpectParser *parser, const char *text, double *value)
{
    const char *unit = unit_of(parser->item);
    int64_t ms;
    if (strcmp(unit, "s") == 0 &&
        quantity_parse(text, UNIT_DURATION_MS, ROUND_EXACT, &ms) == NULL) {
        *value = (double)ms / 1e3;
        return true;
    }
    char *end;
    *value = strtod(text, &end);
    bool good = end != text && isfinite(*value);
    end += strspn(end, " ");
    if (good && strcmp(end, "%") == 0 && strcmp(unit, "1") == 0) {
        *value /= 100.0;
    } else if (!good || (*end != '\0' && strcmp(end, unit) != 0)) {
        char help[128];
        snprintf(help, sizeof help, "expected a number%s%s",
                 unit[0] == '\0'          ? ""
                 : strcmp(unit, "1") == 0 ? " such as 0.8 or 80%"
                                          : " in ",
                 strcmp(unit, "1") == 0 ? "" : unit);
        return expect_mistake(parser, NULL, help, "'%s' is no value for this path", text);
    }
    return true;
}

/* Texts that can only be one of a few. */
static bool word_check(ExpectParser *parser, const char *text)
{
    static const char *const JOB_STATES[] = {"pending",   "running", "completed", "failed",
                                             "cancelled", "timeout", "rejected",  "suspended"};
    static const char *const NODE_STATES[] = {"up",    "down",   "cordoned", "draining",
                                              "spare", "banned", "absent"};
    bool of_job = parser->item->field == JOB_FIELD_STATE;
    if (!of_job && parser->item->field != NODE_FIELD_STATE) {
        return true;
    }
    const char *const *words = of_job ? JOB_STATES : NODE_STATES;
    int count = of_job ? 8 : 7;
    for (int i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return expect_mistake(parser, nearest_name(text, words, count),
                          of_job ? "states are pending, running, completed, failed, cancelled, "
                                   "timeout, rejected, suspended"
                                 : "states are up, down, cordoned, draining, spare, banned, absent",
                          of_job ? "no job is ever in state '%s'" : "no node is ever in state '%s'",
                          text);
}

static bool text_parse(ExpectParser *parser, char *text)
{
    Expectation *item = parser->item;
    if (item->op != EXPECT_EQ && item->op != EXPECT_NE) {
        return expect_mistake(parser, NULL, "compare texts with == or !=", "%s is a text",
                              EXPECT_FIELDS[item->field].name);
    }
    item->text = strcmp(text, "none") == 0 ? "" : text;
    return word_check(parser, text);
}

static bool value_parse(ExpectParser *parser, char *text, char *tolerance)
{
    Expectation *item = parser->item;
    ExpectKind kind = kind_of(item);
    if (kind == EXPECT_TEXT && tolerance != NULL) {
        return expect_mistake(parser, NULL, NULL, "%s is a text and takes no tolerance",
                              EXPECT_FIELDS[item->field].name);
    }
    if (kind == EXPECT_TEXT) {
        return text_parse(parser, text);
    }
    bool (*parse)(ExpectParser *, const char *, double *) =
        kind == EXPECT_TIME ? time_parse : number_parse;
    if (!parse(parser, text, &item->value) ||
        (tolerance != NULL && !parse(parser, tolerance, &item->tolerance))) {
        return false;
    }
    if (item->tolerance < 0.0) {
        return expect_mistake(parser, NULL, NULL, "tolerance '%s' is negative", tolerance);
    }
    return true;
}

static bool instant_parse(ExpectParser *parser, const char *text)
{
    Expectation *item = parser->item;
    const char *wrong = quantity_parse(text, UNIT_DURATION_MS, ROUND_EXACT, &item->at_ms);
    if (wrong != NULL) {
        return expect_mistake(parser, NULL, wrong, "'%s' is no time", text);
    }
    if (item->subject == EXPECT_METRIC) {
        return expect_mistake(parser, NULL, "remove the @; metrics are about the whole run",
                              "%s has no value at an instant", METRICS[item->metric].name);
    }
    if (item->subject == EXPECT_SHOWBACK) {
        return expect_mistake(parser, NULL, "remove the @; a showback is of the whole run",
                              "%s has no value at an instant",
                              SHOWBACK_FIELDS[item->showback].name);
    }
    if (has_field(item) && !EXPECT_FIELDS[item->field].at_instants) {
        return expect_mistake(parser, NULL, "remove the @", "%s has no value at an instant",
                              EXPECT_FIELDS[item->field].name);
    }
    return true;
}

/* ---- lines ---- */

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        text[--length] = '\0';
    }
    return text;
}

/* Ends the text at the operator and returns what is behind it; NULL: there is none. */
static char *operator_cut(char *text, ExpectOp *op)
{
    char *at = text + strcspn(text, "=!<>");
    for (int i = 0; i < EXPECT_OP_COUNT; i++) {
        size_t length = strlen(OPERATORS[i]);
        if (strncmp(at, OPERATORS[i], length) == 0) {
            *op = (ExpectOp)i;
            *at = '\0';
            return at + length;
        }
    }
    return NULL;
}

static bool line_parse(ExpectParser *parser)
{
    static const char HELP[] = "write PATH OP VALUE, as in: productive_share >= 0.80";
    char *path = arena_strdup(parser->arena, parser->item->line->text);
    if (path == NULL) {
        return no_memory(parser);
    }
    char *value = operator_cut(path, &parser->item->op);
    if (value == NULL) {
        return expect_mistake(parser, NULL, HELP, "'%s' has no operator (== != < <= > >=)",
                              parser->item->line->text);
    }
    char *instant = strrchr(value, '@');
    if (instant != NULL) {
        *instant++ = '\0';
        instant = trim(instant);
    }
    char *tolerance = strstr(value, "+-");
    if (tolerance != NULL) {
        *tolerance = '\0';
        tolerance = trim(tolerance + 2);
    }
    path = trim(path);
    value = trim(value);
    if (path[0] == '\0' || value[0] == '\0') {
        return expect_mistake(parser, NULL, HELP, "'%s' is not complete", parser->item->line->text);
    }
    parser->item->path = path;
    char *words = arena_strdup(parser->arena, path); /* cut apart at its dots */
    if (words == NULL) {
        return no_memory(parser);
    }
    return expect_path_parse(parser, words) && value_parse(parser, value, tolerance) &&
           (instant == NULL || instant_parse(parser, instant));
}

Status expect_parse(const ScenarioSet *set, Arena *arena, Diagnostics *diagnostics,
                    ExpectList *list)
{
    *list = (ExpectList){.count = set->expect_count,
                         .items = ARENA_ARRAY(arena, Expectation, set->expect_count)};
    if (list->items == NULL) {
        return diagnostics_no_memory(diagnostics);
    }
    bool good = true;
    for (int32_t i = 0; i < set->expect_count; i++) {
        list->items[i] =
            (Expectation){.line = &set->expects[i], .variant = -1, .at_ms = TIME_NEVER};
        ExpectParser parser = {
            .set = set, .arena = arena, .diagnostics = diagnostics, .item = &list->items[i]};
        good = line_parse(&parser) && good;
    }
    return good ? STATUS_OK : diagnostics_status(diagnostics);
}
