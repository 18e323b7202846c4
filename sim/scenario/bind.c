/* bind.c - a tree meets the key table: every value is typed by its row, and every mistake is
 * reported. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/spec.h"

/* Where we are, for messages: a chain on the stack. */
typedef struct Step {
    const struct Step *up;
    const char *name;
} Step;

#define PATH_BYTES 256

typedef struct Binder {
    Loader *loader;
    bool failed;
    bool *row_failed; /* [rows of the top object] */
} Binder;

static bool bind_object(Binder *binder, const Node *node, const KeyObject *object, void *spec,
                        const Step *at);
static bool bind_absent(Binder *binder, const Node *node, const KeyRow *row, void *field,
                        const Step *at);

static char *path_print(const Step *at, char *buffer)
{
    const char *names[DEPTH_MAX];
    int count = 0;
    for (const Step *step = at; step != NULL && count < DEPTH_MAX; step = step->up) {
        names[count++] = step->name;
    }
    size_t used = 0;
    buffer[0] = '\0';
    while (count > 0 && used < PATH_BYTES - 1) {
        const char *name = names[--count];
        if (name[0] == '\0') {
            continue; /* a short form is spoken of as it was written */
        }
        int written = snprintf(buffer + used, PATH_BYTES - used, "%s%s", used > 0 ? "." : "", name);
        used += written < 0 ? 0 : (size_t)written;
    }
    return buffer;
}

/* ---- mistakes ---- */

#define MISTAKE(binder, node, ...)                                                                 \
    ((binder)->failed = true, (void)REPORT((binder)->loader, (node), __VA_ARGS__))

static void mistake_type(Binder *binder, const Node *node, const char *expected,
                         const char *example, const Step *at)
{
    char path[PATH_BYTES];
    char help[160];
    snprintf(help, sizeof(help), "for example: %s", example == NULL ? "" : example);
    MISTAKE(binder, node, "type", example == NULL ? NULL : help, "`%s` is %s; expected %s",
            path_print(at, path), node_kind_name(node), expected);
}

static void mistake_unknown(Binder *binder, const Node *child, const KeyObject *object,
                            const Step *at)
{
    char path[PATH_BYTES];
    char help[PATH_BYTES + 64];
    const char *nearest = key_nearest(object, child->key);
    path_print(at, path);
    if (nearest != NULL) {
        snprintf(help, sizeof(help), "did you mean `%s`?", nearest);
    } else {
        snprintf(help, sizeof(help), "`gpuplan keys%s%s` lists the keys of %s",
                 path[0] == '\0' ? "" : " ", path, object->name);
    }
    binder->failed = true;
    REPORT_KEY(binder->loader, child, "unknown-key", help, "%s has no key `%s`", object->name,
               child->key);
}

static void mistake_not_yet(Binder *binder, const Node *child, const KeyRow *row)
{
    binder->failed = true;
    REPORT_KEY(binder->loader, child, "not-yet", "remove it: it would have no effect",
               "`%s` is not there yet (%s)", row->name, row->summary);
}

/* ---- single values ---- */

static bool number_in_bounds(const KeyRow *row, const char *text, int64_t value)
{
    bool negative_zero =
        text[0] == '-' && row->min >= 0; /* -0.0001 rounds up to 0, but nobody meant 0 */
    return value >= row->min && value <= row->max && !negative_zero;
}

static void bind_quantity(Binder *binder, const Node *node, const char *text, const KeyRow *row,
                          SpecNumber *spec, const Step *at)
{
    char path[PATH_BYTES];
    char bounds[96];
    spec->node = node;
    for (const KeyWord *word = row->words; word != NULL && word->text != NULL; word++) {
        if (strcmp(text, word->text) == 0) {
            spec->value = word->value;
            return;
        }
    }
    int64_t value = 0;
    const char *wrong = quantity_parse(text, row->unit, row->rounding, &value);
    spec->value = row->min > 0 ? row->min : 0; /* whatever comes next may rely on the bounds */
    if (wrong != NULL) {
        MISTAKE(binder, node, "unit", NULL, "`%s` is `%.64s`; %s%s", path_print(at, path), text,
                wrong, key_words(row, bounds, sizeof(bounds)));
    } else if (!number_in_bounds(row, text, value)) {
        MISTAKE(binder, node, "range", NULL, "`%s` is `%.64s`; expected %s", path_print(at, path),
                text, key_bounds(row, bounds, sizeof(bounds)));
    } else {
        spec->value = value;
    }
}

static void bind_bool(Binder *binder, const Node *node, const char *text, SpecNumber *spec,
                      const Step *at)
{
    char path[PATH_BYTES];
    spec->node = node;
    spec->value = strcmp(text, "true") == 0;
    if (spec->value == 0 && strcmp(text, "false") != 0) {
        MISTAKE(binder, node, "type", NULL, "`%s` is `%.64s`; expected true or false",
                path_print(at, path), text);
    }
}

static void bind_time(Binder *binder, const Node *node, const char *text, SpecNumber *spec,
                      const Step *at)
{
    char path[PATH_BYTES];
    spec->node = node;
    const char *wrong = timestamp_parse(text, &spec->value);
    if (wrong != NULL) {
        MISTAKE(binder, node, "unit", NULL, "`%s` is `%.64s`; %s", path_print(at, path), text,
                wrong);
    }
}

static bool choice_is_later(const KeyRow *row, const char *text)
{
    for (int i = 0; row->later != NULL && row->later[i] != NULL; i++) {
        if (strcmp(row->later[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* False after a mistake. */
static bool check_choice(Binder *binder, const Node *node, const char *text, const KeyRow *row,
                         const Step *at)
{
    char path[PATH_BYTES];
    char list[512] = "";
    size_t used = 0;
    const char *names[128];
    int count = 0;
    for (const char *name; count < 128 && (name = key_choice(row, count)) != NULL; count++) {
        if (strcmp(name, text) == 0) {
            return true;
        }
        names[count] = name;
        if (used < sizeof(list)) {
            used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
                                     count > 0 ? ", " : "", name);
        }
    }
    path_print(at, path);
    if (choice_is_later(row, text)) {
        MISTAKE(binder, node, "not-yet", NULL, "`%s: %s` is not there yet; expected one of: %s",
                path, text, list);
        return false;
    }
    const char *nearest = nearest_name(text, names, count);
    char help[160];
    snprintf(help, sizeof(help), "did you mean `%s`?", nearest == NULL ? "" : nearest);
    MISTAKE(binder, node, "choice", nearest == NULL ? NULL : help,
            "`%s` is `%.64s`; expected one of: %s", path, text, list);
    return false;
}

/* `node` is NULL where `text` is the row's default. */
static void bind_scalar(Binder *binder, const Node *node, const char *text, const KeyRow *row,
                        void *field, const Step *at)
{
    switch (row->kind) {
    case KEY_QUANTITY:
        bind_quantity(binder, node, text, row, field, at);
        break;
    case KEY_BOOL:
        bind_bool(binder, node, text, field, at);
        break;
    case KEY_TIME:
        bind_time(binder, node, text, field, at);
        break;
    case KEY_CHOICE:
        *(SpecText *)field = check_choice(binder, node, text, row, at)
                                 ? (SpecText){text, node}
                                 : (SpecText){row->fallback, node};
        break;
    default:
        *(SpecText *)field = (SpecText){text, node};
        break;
    }
}

/* ---- lists and objects ---- */

static bool bind_texts(Binder *binder, const Node *node, const KeyRow *row, SpecTexts *spec,
                       const Step *at)
{
    spec->node = node;
    if (node->kind != NODE_LIST) {
        mistake_type(binder, node, "a list of values", row->example, at);
        return true;
    }
    spec->items = ARENA_ARRAY(binder->loader->arena, SpecText, node->count);
    if (spec->items == NULL) {
        return false;
    }
    for (const Node *item = node->first; item != NULL; item = item->next) {
        if (item->kind != NODE_SCALAR || node_is_empty(item)) {
            mistake_type(binder, item, "a single value", NULL, at);
            continue;
        }
        bool limited = row->choices != NULL || row->choice_at != NULL;
        if (limited && !check_choice(binder, item, item->text, row, at)) {
            continue;
        }
        spec->items[spec->count++] = (SpecText){item->text, item};
    }
    return true;
}

static bool bind_pairs(Binder *binder, const Node *node, const KeyRow *row, SpecPairs *spec,
                       const Step *at)
{
    spec->node = node;
    if (node->kind != NODE_MAP) {
        mistake_type(binder, node, "a map of names and texts", row->example, at);
        return true;
    }
    spec->items = ARENA_ARRAY(binder->loader->arena, SpecPair, node->count);
    if (spec->items == NULL) {
        return false;
    }
    for (const Node *child = node->first; child != NULL; child = child->next) {
        if (child->kind != NODE_SCALAR || node_is_empty(child)) {
            Step step = {at, child->key};
            mistake_type(binder, child, "a single value", row->example, &step);
            continue;
        }
        spec->items[spec->count++] = (SpecPair){child->key, child->text, child};
    }
    return true;
}

static bool bind_objects(Binder *binder, const Node *node, const KeyRow *row, SpecObjects *spec,
                         const Step *at)
{
    NodeKind wanted = row->kind == KEY_OBJECT_MAP ? NODE_MAP : NODE_LIST;
    spec->node = node;
    if (node->kind != wanted) {
        spec->mistaken = true;
        mistake_type(binder, node, wanted == NODE_MAP ? "a map of names" : "a list", row->example,
                     at);
        return true;
    }
    spec->items = arena_alloc(binder->loader->arena, (size_t)node->count, row->object->size);
    if (spec->items == NULL) {
        return false;
    }
    bool failed_before = binder->failed;
    binder->failed = false;
    for (const Node *item = node->first; item != NULL; item = item->next) {
        char position[16];
        snprintf(position, sizeof(position), "%" PRId32, spec->count);
        const Node *name = item_name(item);
        Step step = {at, item->key != NULL ? item->key : name != NULL ? name->text : position};
        char *place = (char *)spec->items + (size_t)spec->count * row->object->size;
        spec->count++;
        if (item->kind != NODE_MAP) {
            *(const Node **)place = item; /* it has a name and a place, if nothing else */
            mistake_type(binder, item, "a map", row->example, &step);
        } else if (!bind_object(binder, item, row->object, place, &step)) {
            return false;
        }
    }
    spec->mistaken = binder->failed;
    binder->failed = binder->failed || failed_before;
    return true;
}

static bool bind_value(Binder *binder, const Node *node, const KeyRow *row, void *field,
                       const Step *at)
{
    switch (row->kind) {
    case KEY_TEXTS:
        return bind_texts(binder, node, row, field, at);
    case KEY_PAIRS:
        return bind_pairs(binder, node, row, field, at);
    case KEY_OBJECT_MAP:
    case KEY_OBJECT_LIST:
        return bind_objects(binder, node, row, field, at);
    case KEY_OBJECT:
        if (node->kind != NODE_MAP) {
            mistake_type(binder, node, "a map", row->example, at);
            return true;
        }
        return bind_object(binder, node, row->object, field, at);
    case KEY_RAW:
        ((SpecRaw *)field)->node = node;
        return true;
    default:
        if (node->kind != NODE_SCALAR || node_is_empty(node)) {
            mistake_type(binder, node, key_type(row), row->example, at);
            return bind_absent(binder, NULL, row, field, at);
        }
        bind_scalar(binder, node, node->text, row, field, at);
        return true;
    }
}

/* What an absent key means: its default, or the defaults of its object. */
static bool bind_absent(Binder *binder, const Node *node, const KeyRow *row, void *field,
                        const Step *at)
{
    if (row->required && node != NULL) {
        char path[PATH_BYTES];
        char help[160];
        path_print(at->up, path);
        snprintf(help, sizeof(help), "add `%s: %s`", row->name,
                 row->example == NULL ? "..." : row->example);
        MISTAKE(binder, node, "missing", help, "`%s` is missing%s%s", row->name,
                path[0] == '\0' ? "" : " in ", path);
        return true;
    }
    if (row->kind == KEY_OBJECT) {
        return bind_object(binder, NULL, row->object, field, at);
    }
    bool zero =
        row->kind == KEY_QUANTITY && row->fallback != NULL && strcmp(row->fallback, "0") == 0;
    if (!zero && row->fallback != NULL &&
        row->kind != KEY_TEXTS) { /* the struct is zeroed; 0 needs no unit */
        bind_scalar(binder, NULL, row->fallback, row, field, at);
    }
    return true;
}

/* Was the value written in place of the map that it is in? Then its key stands where it does. */
static bool is_short_form(const KeyRow *row, const Node *child)
{
    return row->shorthand && child->key_line == child->line && child->key_column == child->column;
}

/* False only if memory ran out. */
static bool bind_object(Binder *binder, const Node *node, const KeyObject *object, void *spec,
                        const Step *at)
{
    bool seen[KEYS_PER_OBJECT_MAX] = {false};
    *(const Node **)spec = node;
    for (const Node *child = node == NULL ? NULL : node->first; child != NULL;
         child = child->next) {
        const KeyRow *row = key_row(object, child->key);
        if (row == NULL) {
            mistake_unknown(binder, child, object, at);
            continue;
        }
        seen[row - object->rows] = true;
        Step step = {at, is_short_form(row, child) ? "" : row->name};
        bool failed_before = binder->failed;
        binder->failed = false;
        if (row->status == KEY_NOT_YET) {
            mistake_not_yet(binder, child, row);
        } else if (!bind_value(binder, child, row, (char *)spec + row->offset, &step)) {
            return false;
        }
        if (at == NULL) {
            binder->row_failed[row - object->rows] = binder->failed;
        }
        binder->failed = binder->failed || failed_before;
    }
    for (const KeyRow *row = object->rows; row->name != NULL; row++) {
        Step step = {at, row->name};
        if (!seen[row - object->rows] && row->status == KEY_READY &&
            !bind_absent(binder, node, row, (char *)spec + row->offset, &step)) {
            return false;
        }
    }
    return true;
}

bool spec_bind(Loader *loader, const Node *node, const KeyObject *object, void *spec,
               bool row_failed[KEYS_PER_OBJECT_MAX])
{
    Binder binder = {loader, false, row_failed};
    memset(row_failed, 0, KEYS_PER_OBJECT_MAX * sizeof(bool));
    memset(spec, 0, object->size);
    if (node != NULL && node->kind != NODE_MAP) {
        REPORT(loader, node, "type", "`gpuplan new` prints a scenario to start from",
               "found %s; expected a map of keys", node_kind_name(node));
        return false;
    }
    if (!bind_object(&binder, node, object, spec, NULL)) {
        diagnostics_no_memory(loader->diagnostics);
        return false;
    }
    return !binder.failed;
}
