/* expect_parse.c - `expect:` lines are read and checked against the scenario before the clock
 * starts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "sim/experiment/expect.h"

typedef struct Parser {
    const ScenarioSet *set;
    Arena *arena;
    Diagnostics *diagnostics;
    Expectation *item;
} Parser;

static const char *const FIELDS[FIELD_COUNT] = {"start", "end",   "attempts", "priority",
                                                "state", "nodes", "devices",  "reason"};

/* Two-letter operators first, so that <= is not read as <. */
static const char *const OPERATORS[EXPECT_OP_COUNT] = {"==", "!=", "<=", ">=", "<", ">"};

const char *expect_field_name(ExpectField field)
{
    return FIELDS[field];
}

/* ---- mistakes ---- */

static bool mistake(Parser *parser, const char *nearest, const char *help, const char *format,
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

static bool not_there_yet(Parser *parser, const char *what)
{
    return mistake(parser, NULL, "remove the line, or keep it for a later version",
                   "%s is not there yet", what);
}

static bool no_memory(Parser *parser)
{
    diagnostics_no_memory(parser->diagnostics);
    return false;
}

/* ---- paths ---- */

static bool metric_path(Parser *parser, const char *name)
{
    const char *names[METRIC_COUNT];
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        names[metric] = METRICS[metric].name;
        if (strcmp(name, names[metric]) == 0) {
            parser->item->subject = EXPECT_METRIC;
            parser->item->metric = (MetricId)metric;
            return true;
        }
    }
    for (int later = 0; later < METRIC_LATER_COUNT; later++) {
        if (strcmp(name, METRICS_LATER[later].name) == 0) {
            return not_there_yet(parser, name);
        }
    }
    return mistake(parser, nearest_name(name, names, METRIC_COUNT),
                   "gpuplan list metrics shows all metrics", "unknown path or metric '%s'", name);
}

static bool sub_path(Parser *parser, const char *name)
{
    const char *names[LEDGER_SUBS];
    int count = account_sub_count(parser->item->account);
    if (count == 0) {
        return mistake(parser, NULL, NULL, "account %s has no sub-accounts",
                       account_name(parser->item->account));
    }
    for (int sub = 0; sub < count; sub++) {
        names[sub] = account_sub_name(parser->item->account, sub);
        if (strcmp(name, names[sub]) == 0) {
            parser->item->sub = sub;
            return true;
        }
    }
    return mistake(parser, nearest_name(name, names, count),
                   "docs/ledger.md lists the sub-accounts", "unknown sub-account '%s'", name);
}

static bool account_path(Parser *parser, char *name)
{
    parser->item->subject = EXPECT_ACCOUNT;
    parser->item->sub = -1;
    char *sub = strchr(name, '.');
    if (sub != NULL) {
        *sub++ = '\0';
    }
    const char *names[ACCOUNT_COUNT];
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        names[account] = account_name((Account)account);
        if (strcmp(name, names[account]) == 0) {
            parser->item->account = (Account)account;
            return sub == NULL || sub_path(parser, sub);
        }
    }
    return mistake(parser, nearest_name(name, names, ACCOUNT_COUNT),
                   "docs/ledger.md lists the accounts", "unknown account '%s'", name);
}

static bool applies(const Parser *parser, int32_t variant)
{
    return parser->item->variant < 0 || parser->item->variant == variant;
}

static bool request_named(const Scenario *scenario, const char *id, bool *drawn)
{
    for (int32_t s = 0; s < scenario->source_count; s++) {
        const WorkloadSource *source = &scenario->sources[s];
        *drawn = *drawn || source->kind != SOURCE_JOBS;
        for (int32_t r = 0; r < source->requests.count; r++) {
            const char *name = source->requests.rows[r].name;
            if (name == NULL ||
                strcmp(name, id) == 0) { /* a row without a name is named by its number */
                return true;
            }
        }
    }
    return false;
}

/* Jobs that are drawn get their names later; those written out are known now. */
static bool job_exists(Parser *parser, const char *id)
{
    for (int32_t v = 0; v < parser->set->variant_count && !parser->set->mistaken; v++) {
        bool drawn = false;
        if (applies(parser, v) && !request_named(&parser->set->variants[v], id, &drawn) && !drawn) {
            return mistake(parser, NULL, "job.ID needs the id of a job of this scenario",
                           "no job is called '%s'", id);
        }
    }
    return true;
}

static bool job_path(Parser *parser, char *rest)
{
    char *dot = strrchr(rest, '.');
    if (dot == NULL || dot == rest || dot[1] == '\0') {
        return mistake(parser, NULL, "write job.ID.FIELD, as in job.train-1.start",
                       "job path '%s' has no field", rest);
    }
    if (strstr(rest, ".task[") != NULL) {
        return not_there_yet(parser, "job.ID.task[k]");
    }
    *dot = '\0';
    char *field = dot + 1;
    char *attempt = strchr(field, '[');
    if (attempt != NULL) {
        if (strcmp(attempt, "[1]") != 0) { /* nothing restarts jobs, so there is one attempt */
            return not_there_yet(parser, "an attempt after the first");
        }
        *attempt = '\0';
    }
    parser->item->subject = EXPECT_JOB;
    parser->item->job = rest;
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (strcmp(field, FIELDS[f]) == 0) {
            parser->item->field = (ExpectField)f;
            return job_exists(parser, rest);
        }
    }
    return mistake(parser, nearest_name(field, FIELDS, FIELD_COUNT),
                   "fields are start, end, state, nodes, devices, attempts, reason, priority",
                   "a job has no field '%s'", field);
}

static bool term_found(Parser *parser, const char *name)
{
    const char *names[64];
    int count = 0;
    for (int32_t code = 0; code < gp_term_count() && count < 64; code++) {
        names[count++] = gp_term_at(code)->name;
    }
    parser->item->term = gp_term_find(name);
    return parser->item->term != NULL ||
           mistake(parser, nearest_name(name, names, count), "gpuplan list terms shows all terms",
                   "unknown packing term '%s'", name);
}

/* Node and job names may hold dots: the node is the longest beginning that names one. */
static bool node_and_job(Parser *parser, char *rest)
{
    if (parser->set->mistaken) {
        return true; /* what the cluster has is not known */
    }
    int32_t first = parser->item->variant < 0 ? 0 : parser->item->variant;
    const Cluster *cluster = &parser->set->variants[first].cluster;
    for (char *dot = strrchr(rest, '.'); dot != NULL;) {
        *dot = '\0';
        if (cluster_node(cluster, rest) >= 0 && dot[1] != '\0') {
            parser->item->node = rest;
            parser->item->job = dot + 1;
            return job_exists(parser, parser->item->job);
        }
        char *before = strrchr(rest, '.');
        *dot = '.';
        dot = before;
    }
    return mistake(parser, NULL, "write score.TERM.NODE.JOB with a node of this cluster",
                   "'%s' does not begin with the name of a node", rest);
}

static bool score_path(Parser *parser, char *rest)
{
    char *dot = strchr(rest, '.');
    if (dot == NULL) {
        return mistake(parser, NULL, "write score.TERM.NODE.JOB", "score path '%s' is too short",
                       rest);
    }
    *dot = '\0';
    parser->item->subject = EXPECT_SCORE;
    return term_found(parser, rest) && node_and_job(parser, dot + 1);
}

static bool path_parse(Parser *parser, char *path);

static bool variant_path(Parser *parser, char *rest)
{
    /* Variants may hold dots too: the one whose name, with a dot behind it, begins the rest. */
    for (int32_t v = 0; v < parser->set->variant_count; v++) {
        const char *name = parser->set->variants[v].variant;
        size_t length = name != NULL ? strlen(name) : 0;
        if (length > 0 && strncmp(rest, name, length) == 0 && rest[length] == '.') {
            parser->item->variant = v;
            return path_parse(parser, rest + length + 1);
        }
    }
    char *dot = strchr(rest, '.');
    if (dot != NULL) {
        *dot = '\0';
    }
    return mistake(parser, NULL, "variant.V needs a name under `variants:`, then a path",
                   "no variant is called '%s'", rest);
}

static bool path_parse(Parser *parser, char *path)
{
    static const struct {
        const char *prefix;
        bool (*parse)(Parser *parser, char *rest);
    } PATHS[] = {{"account.", account_path}, {"job.", job_path}, {"score.", score_path}};
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        size_t length = strlen(PATHS[i].prefix);
        if (strncmp(path, PATHS[i].prefix, length) == 0) {
            return PATHS[i].parse(parser, path + length);
        }
    }
    if (strncmp(path, "variant.", 8) == 0 && parser->item->variant < 0) {
        return variant_path(parser, path + 8);
    }
    if (strncmp(path, "queue.", 6) == 0 || strncmp(path, "node.", 5) == 0) {
        return not_there_yet(parser, path[0] == 'q' ? "queue.Q" : "node.N");
    }
    return metric_path(parser, path);
}

/* ---- values ---- */

static const char *unit_of(const Expectation *item)
{
    if (item->subject == EXPECT_ACCOUNT) {
        return "GPU-hours";
    }
    return item->subject == EXPECT_METRIC ? METRICS[item->metric].unit : "";
}

static bool time_parse(Parser *parser, const char *text, double *value)
{
    if (strcmp(text, "never") == 0) {
        *value = (double)INFINITY;
        return true;
    }
    int64_t ms;
    const char *wrong = quantity_parse(text, UNIT_DURATION_MS, ROUND_EXACT, &ms);
    if (wrong != NULL) {
        return mistake(parser, NULL, wrong, "'%s' is no time", text);
    }
    *value = (double)ms;
    return true;
}

/* A number, with the unit of what it is compared with, if any. Seconds also as durations, shares as
 * per cent. */
static bool number_parse(Parser *parser, const char *text, double *value)
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
        return mistake(parser, NULL, help, "'%s' is no value for this path", text);
    }
    return true;
}

static bool text_parse(Parser *parser, char *text)
{
    Expectation *item = parser->item;
    if (item->op != EXPECT_EQ && item->op != EXPECT_NE) {
        return mistake(parser, NULL, "compare texts with == or !=", "%s is a text",
                       FIELDS[item->field]);
    }
    item->text = strcmp(text, "none") == 0 ? "" : text;
    if (item->field == FIELD_STATE) {
        static const char *const STATES[] = {"pending", "running", "completed", "rejected"};
        for (int i = 0; i < 4; i++) {
            if (strcmp(text, STATES[i]) == 0) {
                return true;
            }
        }
        return mistake(parser, nearest_name(text, STATES, 4),
                       "states are pending, running, completed, rejected",
                       "no job is ever in state '%s'", text);
    }
    return true;
}

static bool value_parse(Parser *parser, char *text, char *tolerance)
{
    Expectation *item = parser->item;
    if (item->subject == EXPECT_JOB && FIELD_IS_TEXT(item->field)) {
        if (tolerance != NULL) {
            return mistake(parser, NULL, NULL, "%s is a text and takes no tolerance",
                           FIELDS[item->field]);
        }
        return text_parse(parser, text);
    }
    bool is_time =
        item->subject == EXPECT_JOB && (item->field == FIELD_START || item->field == FIELD_END);
    bool (*parse)(Parser *, const char *, double *) = is_time ? time_parse : number_parse;
    if (!parse(parser, text, &item->value) ||
        (tolerance != NULL && !parse(parser, tolerance, &item->tolerance))) {
        return false;
    }
    if (item->tolerance < 0.0) {
        return mistake(parser, NULL, NULL, "tolerance '%s' is negative", tolerance);
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

static bool line_parse(Parser *parser)
{
    static const char HELP[] = "write PATH OP VALUE, as in: productive_share >= 0.80";
    char *path = arena_strdup(parser->arena, parser->item->line->text);
    if (path == NULL) {
        return no_memory(parser);
    }
    char *value = operator_cut(path, &parser->item->op);
    if (value == NULL) {
        return mistake(parser, NULL, HELP, "'%s' has no operator (== != < <= > >=)",
                       parser->item->line->text);
    }
    if (strchr(value, '@') != NULL) {
        return not_there_yet(parser, "an expectation at a time (@)");
    }
    char *tolerance = strstr(value, "+-");
    if (tolerance != NULL) {
        *tolerance = '\0';
        tolerance = trim(tolerance + 2);
    }
    path = trim(path);
    value = trim(value);
    if (path[0] == '\0' || value[0] == '\0') {
        return mistake(parser, NULL, HELP, "'%s' is not complete", parser->item->line->text);
    }
    parser->item->path = path;
    char *words = arena_strdup(parser->arena, path); /* cut apart at its dots */
    if (words == NULL) {
        return no_memory(parser);
    }
    return path_parse(parser, words) && value_parse(parser, value, tolerance);
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
        list->items[i] = (Expectation){.line = &set->expects[i], .variant = -1};
        Parser parser = {
            .set = set, .arena = arena, .diagnostics = diagnostics, .item = &list->items[i]};
        good = line_parse(&parser) && good;
    }
    return good ? STATUS_OK : diagnostics_status(diagnostics);
}

bool expect_needs_jobs(const ExpectList *list)
{
    for (int32_t i = 0; i < list->count; i++) {
        if (list->items[i].subject == EXPECT_JOB) {
            return true;
        }
    }
    return false;
}
