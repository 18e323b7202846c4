/* expect_path.c - the paths of `expect:` lines are read and checked against the scenario. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/expect_parser.h"
#include "sim/experiment/showback.h"

const ExpectFieldInfo EXPECT_FIELDS[EXPECT_FIELD_COUNT] = {
    [JOB_FIELD_START] = {"start", EXPECT_JOB, EXPECT_TIME, "", false},
    [JOB_FIELD_END] = {"end", EXPECT_JOB, EXPECT_TIME, "", false},
    [JOB_FIELD_ATTEMPTS] = {"attempts", EXPECT_JOB, EXPECT_NUMBER, "", true},
    [JOB_FIELD_PRIORITY] = {"priority", EXPECT_JOB, EXPECT_NUMBER, "", true},
    [JOB_FIELD_STATE] = {"state", EXPECT_JOB, EXPECT_TEXT, "", true},
    [JOB_FIELD_NODES] = {"nodes", EXPECT_JOB, EXPECT_TEXT, "", true},
    [JOB_FIELD_DEVICES] = {"devices", EXPECT_JOB, EXPECT_TEXT, "", true},
    [JOB_FIELD_REASON] = {"reason", EXPECT_JOB, EXPECT_TEXT, "", true},
    [JOB_FIELD_LATENCY] = {"latency_ms", EXPECT_JOB, EXPECT_NUMBER, "ms", true},
    [JOB_FIELD_LATENCY_RATIO] = {"latency_ratio", EXPECT_JOB, EXPECT_NUMBER, "1", true},
    [JOB_FIELD_UNSERVED] = {"unserved_share", EXPECT_JOB, EXPECT_NUMBER, "1", true},
    [JOB_FIELD_LOST] = {"lost", EXPECT_JOB, EXPECT_NUMBER, "GPU-hours", true},
    [JOB_FIELD_INTERRUPTIONS] = {"interruptions", EXPECT_JOB, EXPECT_NUMBER, "", true},
    [TASK_FIELD_START] = {"start", EXPECT_TASK, EXPECT_TIME, "", false},
    [TASK_FIELD_END] = {"end", EXPECT_TASK, EXPECT_TIME, "", false},
    [TASK_FIELD_NODE] = {"node", EXPECT_TASK, EXPECT_TEXT, "", true},
    [TASK_FIELD_DEVICES] = {"devices", EXPECT_TASK, EXPECT_TEXT, "", true},
    [QUEUE_FIELD_SHARE] = {"share", EXPECT_QUEUE, EXPECT_NUMBER, "", true},
    [QUEUE_FIELD_DESERVED] = {"deserved", EXPECT_QUEUE, EXPECT_NUMBER, "GPUs", true},
    [QUEUE_FIELD_ALLOCATED] = {"allocated", EXPECT_QUEUE, EXPECT_NUMBER, "GPUs", true},
    [NODE_FIELD_FREE_GPUS] = {"free_gpus", EXPECT_NODE, EXPECT_NUMBER, "GPUs", true},
    [NODE_FIELD_STATE] = {"state", EXPECT_NODE, EXPECT_TEXT, "", true},
};

static bool metric_path(ExpectParser *parser, const char *name)
{
    MetricId metric = metric_find(name);
    if (metric != METRIC_COUNT) {
        parser->item->subject = EXPECT_METRIC;
        parser->item->metric = metric;
        return true;
    }
    return expect_mistake(parser, metric_nearest(name), "gpuplan list metrics shows all metrics",
                          "unknown path or metric '%s'", name);
}

static bool sub_path(ExpectParser *parser, const char *name)
{
    const char *names[LEDGER_SUBS];
    int count = account_sub_count(parser->item->account);
    if (count == 0) {
        return expect_mistake(parser, NULL, NULL, "account %s has no sub-accounts",
                              account_name(parser->item->account));
    }
    for (int sub = 0; sub < count; sub++) {
        names[sub] = account_sub_name(parser->item->account, sub);
        if (strcmp(name, names[sub]) == 0) {
            parser->item->sub = sub;
            return true;
        }
    }
    return expect_mistake(parser, nearest_name(name, names, count),
                          "docs/ledger.md lists the sub-accounts", "unknown sub-account '%s'",
                          name);
}

static bool account_path(ExpectParser *parser, char *name)
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
    return expect_mistake(parser, nearest_name(name, names, ACCOUNT_COUNT),
                          "docs/ledger.md lists the accounts", "unknown account '%s'", name);
}

static bool applies(const ExpectParser *parser, int32_t variant)
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
static bool job_exists(ExpectParser *parser, const char *id)
{
    for (int32_t v = 0; v < parser->set->variant_count && !parser->set->mistaken; v++) {
        bool drawn = false;
        if (applies(parser, v) && !request_named(&parser->set->variants[v], id, &drawn) && !drawn) {
            return expect_mistake(parser, NULL, "job.ID needs the id of a job of this scenario",
                                  "no job is called '%s'", id);
        }
    }
    return true;
}

/* The names of a subject's fields; returns how many. */
static int field_names(ExpectSubject subject, const char **names)
{
    int count = 0;
    for (int f = 0; f < EXPECT_FIELD_COUNT; f++) {
        if (EXPECT_FIELDS[f].subject == subject) {
            names[count++] = EXPECT_FIELDS[f].name;
        }
    }
    return count;
}

static const char *subject_name(ExpectSubject subject)
{
    return subject == EXPECT_JOB     ? "job"
           : subject == EXPECT_TASK  ? "task"
           : subject == EXPECT_QUEUE ? "queue"
                                     : "node";
}

static bool field_find(ExpectParser *parser, ExpectSubject subject, const char *name)
{
    parser->item->subject = subject;
    for (int f = 0; f < EXPECT_FIELD_COUNT; f++) {
        if (EXPECT_FIELDS[f].subject == subject && strcmp(name, EXPECT_FIELDS[f].name) == 0) {
            parser->item->field = (ExpectField)f;
            return true;
        }
    }
    const char *names[EXPECT_FIELD_COUNT];
    int count = field_names(subject, names);
    char format[64];
    snprintf(format, sizeof format, "a %s has no field '%%s'", subject_name(subject));
    char help[160] = "fields are ";
    for (int i = 0; i < count; i++) {
        size_t length = strlen(help);
        snprintf(help + length, sizeof help - length, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return expect_mistake(parser, nearest_name(name, names, count), help, format, name);
}

/* Cuts "[k]" off the word; *index stays where there is none. */
static bool index_cut(ExpectParser *parser, char *word, int32_t *index)
{
    char *bracket = strchr(word, '[');
    if (bracket == NULL) {
        return true;
    }
    char *end;
    long number = isdigit((unsigned char)bracket[1]) ? strtol(bracket + 1, &end, 10) : 0;
    if (number < 1 || number > INT32_MAX || strcmp(end, "]") != 0) {
        return expect_mistake(parser, NULL,
                              "attempts and tasks are numbered from 1, as in start[1]",
                              "'%s' has no number in its brackets", word);
    }
    *index = (int32_t)number;
    *bracket = '\0';
    return true;
}

/* Cuts the last ".word" off; NULL: there is none, or nothing is left. */
static char *last_word_cut(char *rest)
{
    char *dot = strrchr(rest, '.');
    if (dot == NULL || dot == rest || dot[1] == '\0') {
        return NULL;
    }
    *dot = '\0';
    return dot + 1;
}

static bool task_path(ExpectParser *parser, char *job, char *task, const char *field)
{
    parser->item->job = job;
    return index_cut(parser, task, &parser->item->index) &&
           field_find(parser, EXPECT_TASK, field) && job_exists(parser, job);
}

static bool job_path(ExpectParser *parser, char *rest)
{
    char *field = last_word_cut(rest);
    if (field == NULL) {
        return expect_mistake(parser, NULL, "write job.ID.FIELD, as in job.train-1.start",
                              "job path '%s' has no field", rest);
    }
    char *task = strrchr(rest, '.');
    if (task != NULL && task > rest && strncmp(task, ".task[", 6) == 0) {
        *task = '\0';
        return task_path(parser, rest, task + 1, field);
    }
    parser->item->job = rest;
    parser->item->index = 1;
    bool indexed = strchr(field, '[') != NULL;
    if (!index_cut(parser, field, &parser->item->index) || !field_find(parser, EXPECT_JOB, field)) {
        return false;
    }
    if (indexed && parser->item->field != JOB_FIELD_START) {
        return expect_mistake(parser, NULL, "only start has attempts: start[1], start[2] ...",
                              "%s takes no number in brackets", field);
    }
    return job_exists(parser, rest);
}

static bool queue_path(ExpectParser *parser, char *rest)
{
    char *field = last_word_cut(rest);
    if (field == NULL) {
        return expect_mistake(parser, NULL, "write queue.Q.FIELD, as in queue.research.allocated",
                              "queue path '%s' has no field", rest);
    }
    parser->item->queue = rest;
    if (!field_find(parser, EXPECT_QUEUE, field)) {
        return false;
    }
    for (int32_t v = 0; v < parser->set->variant_count && !parser->set->mistaken; v++) {
        const QueueTree *tree = &parser->set->variants[v].queues;
        if (applies(parser, v) && tree->declared && queue_find(tree, rest) < 0) {
            return expect_mistake(parser, nearest_name(rest, tree->names, tree->count),
                                  "`queues:` lists the queues", "no queue is called '%s'", rest);
        }
    }
    return true;
}

static bool node_path(ExpectParser *parser, char *rest)
{
    char *field = last_word_cut(rest);
    if (field == NULL) {
        return expect_mistake(parser, NULL, "write node.N.FIELD, as in node.a-0.free_gpus",
                              "node path '%s' has no field", rest);
    }
    parser->item->node = rest;
    if (strcmp(field, "reclaimed") == 0) {
        return expect_not_there_yet(parser, "node.N.reclaimed");
    }
    if (!field_find(parser, EXPECT_NODE, field)) {
        return false;
    }
    for (int32_t v = 0; v < parser->set->variant_count && !parser->set->mistaken; v++) {
        if (applies(parser, v) && cluster_node(&parser->set->variants[v].cluster, rest) < 0) {
            return expect_mistake(parser, NULL, "nodes with a count are called a-0, a-1 ...",
                                  "no node is called '%s'", rest);
        }
    }
    return true;
}

static bool term_found(ExpectParser *parser, const char *name)
{
    const char *names[64];
    int count = 0;
    for (int32_t code = 0; code < gp_term_count() && count < 64; code++) {
        names[count++] = gp_term_at(code)->name;
    }
    parser->item->term = gp_term_find(name);
    return parser->item->term != NULL ||
           expect_mistake(parser, nearest_name(name, names, count),
                          "gpuplan list terms shows all terms", "unknown packing term '%s'", name);
}

/* Node and job names may hold dots: the node is the longest beginning that names one. */
static bool node_and_job(ExpectParser *parser, char *rest)
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
    return expect_mistake(parser, NULL, "write score.TERM.NODE.JOB with a node of this cluster",
                          "'%s' does not begin with the name of a node", rest);
}

static bool score_path(ExpectParser *parser, char *rest)
{
    char *dot = strchr(rest, '.');
    if (dot == NULL) {
        return expect_mistake(parser, NULL, "write score.TERM.NODE.JOB",
                              "score path '%s' is too short", rest);
    }
    *dot = '\0';
    parser->item->subject = EXPECT_SCORE;
    return term_found(parser, rest) && node_and_job(parser, dot + 1);
}

/* Units are known when the jobs are: a name that is none costs nothing. */
static bool showback_path(ExpectParser *parser, char *rest)
{
    char *field = last_word_cut(rest);
    if (field == NULL) {
        return expect_mistake(parser, NULL,
                              "write showback.UNIT.FIELD, as in showback.research.total_usd",
                              "showback path '%s' has no field", rest);
    }
    const char *names[SHOWBACK_FIELD_COUNT];
    parser->item->subject = EXPECT_SHOWBACK;
    parser->item->queue = rest;
    for (int f = 0; f < SHOWBACK_FIELD_COUNT; f++) {
        names[f] = SHOWBACK_FIELDS[f].name;
        if (strcmp(field, names[f]) == 0) {
            parser->item->showback = f;
            return true;
        }
    }
    return expect_mistake(parser, nearest_name(field, names, SHOWBACK_FIELD_COUNT),
                          "docs/showback.md lists the fields", "a showback has no field '%s'",
                          field);
}

static bool variant_path(ExpectParser *parser, char *rest)
{
    /* Variants may hold dots too: the one whose name, with a dot behind it, begins the rest. */
    for (int32_t v = 0; v < parser->set->variant_count; v++) {
        const char *name = parser->set->variants[v].variant;
        size_t length = name != NULL ? strlen(name) : 0;
        if (length > 0 && strncmp(rest, name, length) == 0 && rest[length] == '.') {
            parser->item->variant = v;
            return expect_path_parse(parser, rest + length + 1);
        }
    }
    char *dot = strchr(rest, '.');
    if (dot != NULL) {
        *dot = '\0';
    }
    return expect_mistake(parser, NULL, "variant.V needs a name under `variants:`, then a path",
                          "no variant is called '%s'", rest);
}

bool expect_path_parse(ExpectParser *parser, char *path)
{
    static const struct {
        const char *prefix;
        bool (*parse)(ExpectParser *parser, char *rest);
    } PATHS[] = {{"account.", account_path}, {"job.", job_path},     {"queue.", queue_path},
                 {"node.", node_path},       {"score.", score_path}, {"showback.", showback_path}};
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        size_t length = strlen(PATHS[i].prefix);
        if (strncmp(path, PATHS[i].prefix, length) == 0) {
            return PATHS[i].parse(parser, path + length);
        }
    }
    if (strncmp(path, "variant.", 8) == 0 && parser->item->variant < 0) {
        return variant_path(parser, path + 8);
    }
    return metric_path(parser, path);
}
