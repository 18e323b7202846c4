/* import_slurm_lines.c - slurm.conf and sacctmgr's tables as lines of keys and values. */
#include <string.h>
#include <strings.h>

#include "sim/scenario/import_slurm.h"

#define LINES_MAX 20000
#define PAIRS_MAX 256

/* ---- a reader of text with its place ---- */

typedef struct Cursor {
    ImportBook *book;
    const SourceText *source;
    const char *at, *end;
    int32_t line, column; /* of `at`, from 1 */
} Cursor;

static bool done(const Cursor *cursor)
{
    return cursor->at >= cursor->end;
}

static void step(Cursor *cursor)
{
    if (*cursor->at == '\n') {
        cursor->line++;
        cursor->column = 1;
    } else if (((unsigned char)*cursor->at & 0xC0) != 0x80) {
        cursor->column++;
    }
    cursor->at++;
}

static const Node *place_new(Cursor *cursor, int32_t length)
{
    Node here = {.source = cursor->source,
                 .line = cursor->line,
                 .column = cursor->column,
                 .length = length > 0 ? length : 1};
    Node *place = node_new(cursor->book->loader, NODE_SCALAR, &here);
    if (place == NULL) {
        cursor->book->good = false;
    }
    return place;
}

static const char *copy(Cursor *cursor, const char *text, size_t length)
{
    const char *made = arena_strndup(cursor->book->loader->arena, text, length);
    if (made == NULL) {
        diagnostics_no_memory(cursor->book->loader->diagnostics);
        cursor->book->good = false;
    }
    return made;
}

static bool conf_new(ImportBook *book, SlurmConf *conf)
{
    *conf = (SlurmConf){.lines = ARENA_ARRAY(book->loader->arena, SlurmLine, LINES_MAX)};
    if (conf->lines == NULL) {
        diagnostics_no_memory(book->loader->diagnostics);
        book->good = false;
    }
    return book->good;
}

/* Moves what was read of a line into the configuration. */
static void line_keep(Cursor *cursor, SlurmConf *conf, const SlurmPair *pairs, int32_t count)
{
    if (count == 0) {
        return;
    }
    SlurmPair *kept = ARENA_ARRAY(cursor->book->loader->arena, SlurmPair, count);
    if (kept == NULL) {
        diagnostics_no_memory(cursor->book->loader->diagnostics);
        cursor->book->good = false;
        return;
    }
    if (conf->count == LINES_MAX) {
        IMPORT_WRONG(cursor->book, pairs[0].place, NULL, "more than %d lines", LINES_MAX);
        return;
    }
    memcpy(kept, pairs, (size_t)count * sizeof *kept);
    conf->lines[conf->count++] = (SlurmLine){count, kept};
}

const SlurmPair *slurm_find(const SlurmLine *line, const char *key)
{
    for (int32_t i = 0; i < line->count; i++) {
        if (strcasecmp(line->pairs[i].key, key) == 0) {
            return &line->pairs[i];
        }
    }
    return NULL;
}

/* ---- slurm.conf ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *value_read(Cursor *cursor)
{
    bool quoted = !done(cursor) && *cursor->at == '"';
    if (quoted) {
        step(cursor);
    }
    const char *begin = cursor->at;
    while (!done(cursor) && *cursor->at != '\n' &&
           (quoted ? *cursor->at != '"' : !is_blank(*cursor->at) && *cursor->at != '#')) {
        step(cursor);
    }
    const char *value = copy(cursor, begin, (size_t)(cursor->at - begin));
    if (quoted && !done(cursor) && *cursor->at == '"') {
        step(cursor);
    }
    return value;
}

/* One `Key=Value`; a word without `=` (Include FILE) has an empty value. */
static bool pair_read(Cursor *cursor, SlurmPair *pair)
{
    const char *begin = cursor->at;
    int32_t length = 0;
    while (begin + length < cursor->end && !is_blank(begin[length]) && begin[length] != '=' &&
           begin[length] != '\n' && begin[length] != '#') {
        length++;
    }
    pair->place = place_new(cursor, length);
    for (int32_t i = 0; i < length; i++) {
        step(cursor);
    }
    pair->key = copy(cursor, begin, (size_t)length);
    bool valued = !done(cursor) && *cursor->at == '=';
    if (valued) {
        step(cursor);
    } else if (length == 0) {
        step(cursor);
    }
    pair->value = valued ? value_read(cursor) : "";
    if (length == 0 && cursor->book->good) {
        IMPORT_WRONG(cursor->book, pair->place, "for example: PartitionName=gpu Nodes=ALL",
                     "a value without a key");
    }
    return cursor->book->good;
}

static bool continues(const Cursor *cursor)
{
    const char *after = cursor->at + 1;
    while (after < cursor->end && is_blank(*after)) {
        after++;
    }
    return *cursor->at == '\\' && (after == cursor->end || *after == '\n');
}

bool slurm_conf_read(ImportBook *book, const SourceText *source, SlurmConf *conf)
{
    Cursor cursor = {book, source, source->text, source->text + source->size, 1, 1};
    static const int32_t MOST = PAIRS_MAX;
    SlurmPair *pairs = ARENA_ARRAY(book->loader->arena, SlurmPair, MOST);
    int32_t count = 0;
    if (!conf_new(book, conf) || pairs == NULL) {
        book->good = false;
        return false;
    }
    while (!done(&cursor) && book->good) {
        if (is_blank(*cursor.at)) {
            step(&cursor);
        } else if (*cursor.at == '#') {
            while (!done(&cursor) && *cursor.at != '\n') {
                step(&cursor);
            }
        } else if (*cursor.at == '\n') {
            line_keep(&cursor, conf, pairs, count);
            count = 0;
            step(&cursor);
        } else if (continues(&cursor)) {
            while (!done(&cursor) && *cursor.at != '\n') {
                step(&cursor);
            }
            if (!done(&cursor)) {
                step(&cursor);
            }
        } else if (count == MOST) {
            IMPORT_WRONG(book, pairs[count - 1].place, NULL, "more than %d values in a line",
                         PAIRS_MAX);
        } else if (pair_read(&cursor, &pairs[count])) {
            count++;
        }
    }
    line_keep(&cursor, conf, pairs, book->good ? count : 0);
    return book->good;
}

/* ---- sacctmgr's tables ---- */

/* The cells of a line; how many. */
static int32_t cells_read(Cursor *cursor, SlurmPair *cells)
{
    int32_t count = 0;
    bool more = true;
    while (more && cursor->book->good) {
        const char *begin = cursor->at;
        const Node *place = place_new(cursor, 1);
        while (!done(cursor) && *cursor->at != '|' && *cursor->at != '\n') {
            step(cursor);
        }
        size_t length = (size_t)(cursor->at - begin);
        length -= length > 0 && begin[length - 1] == '\r';
        if (count < PAIRS_MAX) {
            cells[count++] = (SlurmPair){NULL, copy(cursor, begin, length), place};
        }
        more = !done(cursor) && *cursor->at == '|';
        if (!done(cursor)) {
            step(cursor);
        }
    }
    return count;
}

bool slurm_qos_read(ImportBook *book, const SourceText *source, SlurmConf *table)
{
    Cursor cursor = {book, source, source->text, source->text + source->size, 1, 1};
    SlurmPair *head = ARENA_ARRAY(book->loader->arena, SlurmPair, PAIRS_MAX);
    SlurmPair *cells = ARENA_ARRAY(book->loader->arena, SlurmPair, PAIRS_MAX);
    if (!conf_new(book, table) || head == NULL || cells == NULL) {
        book->good = false;
        return false;
    }
    int32_t columns = cells_read(&cursor, head);
    if (book->good && strcasecmp(head[0].value, "Name") != 0) {
        IMPORT_WRONG(book, head[0].place, "sacctmgr show qos -P > qos.txt",
                     "the first column is not `Name`");
    }
    while (!done(&cursor) && book->good) {
        int32_t count = cells_read(&cursor, cells);
        int32_t kept = 0;
        for (int32_t i = 0; i < count && i < columns && book->good; i++) {
            if (cells[i].value[0] != '\0') {
                cells[kept++] = (SlurmPair){head[i].value, cells[i].value, cells[i].place};
            }
        }
        if (book->good && kept > 0 && slurm_find(&(SlurmLine){kept, cells}, "Name") == NULL) {
            IMPORT_WRONG(book, cells[0].place, NULL, "a QOS without a name");
        }
        line_keep(&cursor, table, cells, book->good ? kept : 0);
    }
    return book->good;
}

/* ---- times ---- */

/* Digits; false where there are none, or too many. */
static bool number_read(const char **text, int64_t *value)
{
    *value = 0;
    const char *begin = *text;
    while (**text >= '0' && **text <= '9' && *text - begin < 9) {
        *value = *value * 10 + (**text - '0');
        (*text)++;
    }
    return *text > begin;
}

bool slurm_time(const char *text, int64_t *seconds)
{
    if (strcasecmp(text, "UNLIMITED") == 0 || strcasecmp(text, "INFINITE") == 0 ||
        strcmp(text, "-1") == 0) {
        *seconds = -1;
        return true;
    }
    int64_t part[3] = {0};
    int64_t days = 0;
    int parts = 0;
    bool good = number_read(&text, &part[0]);
    bool dated = good && *text == '-';
    if (dated) {
        days = part[0];
        text++;
        good = number_read(&text, &part[0]);
    }
    for (parts = 1; good && parts < 3 && *text == ':'; parts++) {
        text++;
        good = number_read(&text, &part[parts]);
    }
    /* With days it begins with hours; without, a number is minutes, two are minutes and seconds. */
    int64_t hours = dated || parts == 3 ? part[0] : 0;
    int64_t minutes = dated || parts == 3 ? part[1] : part[0];
    int64_t rest = dated || parts == 3 ? part[2] : part[1];
    *seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest;
    return good && *text == '\0';
}
