/* import.c - what an imported configuration says is laid under what the scenario says itself. */
#include "sim/scenario/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/resolve.h"
#include "sim/scenario/spec.h"

#define NOTES_SHOWN 12 /* in the warning; the report has all */

/* ---- making nodes ---- */

static void memory_fail(ImportBook *book)
{
    diagnostics_no_memory(book->loader->diagnostics);
    book->good = false;
}

static Node *keyed_new(ImportBook *book, Node *map, NodeKind kind, const char *key,
                       const Node *place)
{
    Node *node = map == NULL ? NULL : node_new(book->loader, kind, place);
    if (node == NULL) {
        book->good = false;
        return NULL;
    }
    node->key = key;
    node->key_line = place->line;
    node->key_column = place->column;
    return node;
}

void import_text(ImportBook *book, Node *map, const char *key, const Node *place,
                 const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args); /* names of a file may be of any length */
    va_end(args);
    Node *node = keyed_new(book, map, NODE_SCALAR, key, place);
    if (node == NULL) {
        return;
    }
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = arena_alloc(book->loader->arena, size, 1);
    if (text == NULL) {
        memory_fail(book);
        return;
    }
    va_start(args, format);
    vsnprintf(text, size, format, args);
    va_end(args);
    node->text = text;
    node->quoted = true;
    node_append(map, node);
}

/* Sizes and heights of those above are not kept up: the tree is merged, which counts anew. */
static Node *child_get(ImportBook *book, Node *map, NodeKind kind, const char *key,
                       const Node *place)
{
    for (Node *child = map == NULL ? NULL : map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) {
            return child;
        }
    }
    Node *node = keyed_new(book, map, kind, key, place);
    if (node != NULL) {
        node_append(map, node);
    }
    return node;
}

Node *import_map(ImportBook *book, Node *map, const char *key, const Node *place)
{
    return child_get(book, map, NODE_MAP, key, place);
}

Node *import_list(ImportBook *book, Node *map, const char *key, const Node *place)
{
    return child_get(book, map, NODE_LIST, key, place);
}

Node *import_item(ImportBook *book, Node *list, const Node *place)
{
    Node *item = keyed_new(book, list, NODE_MAP, NULL, place);
    if (item != NULL) {
        node_append(list, item);
    }
    return item;
}

Node *import_queue_find(const ImportBook *book, const char *name)
{
    for (Node *item = book->queues->first; item != NULL; item = item->next) {
        const Node *id = item_name(item);
        if (id != NULL && strcmp(id->text, name) == 0) {
            return item;
        }
    }
    return NULL;
}

Node *import_queue_add(ImportBook *book, const char *name, const Node *place)
{
    Node *item = import_item(book, book->queues, place);
    if (item != NULL) {
        import_text(book, item, "name", place, "%s", name);
        book->import->queues++;
    }
    return item;
}

/* ---- notes ---- */

static bool notes_grow(ImportBook *book)
{
    PolicyImport *import = book->import;
    if (import->note_count < book->note_capacity) {
        return true;
    }
    int32_t capacity = book->note_capacity == 0 ? 32 : 2 * book->note_capacity;
    ImportNote *notes = ARENA_ARRAY(book->loader->arena, ImportNote, capacity);
    if (notes == NULL) {
        memory_fail(book);
        return false;
    }
    if (import->note_count > 0) {
        memcpy(notes, import->notes, (size_t)import->note_count * sizeof *notes);
    }
    import->notes = notes;
    book->note_capacity = capacity;
    return true;
}

void import_note(ImportBook *book, const Node *place, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    PolicyImport *import = book->import;
    int32_t line = place->line;
    if (place->source != book->source) { /* of a second file: the note names it */
        char other[600];
        snprintf(other, sizeof other, "%.64s:%d: %.500s", place->source->path, (int)line, text);
        snprintf(text, sizeof text, "%.511s", other);
        line = 0;
    }
    for (int32_t i = 0; i < import->note_count; i++) {
        if (import->notes[i].line == line && strcmp(import->notes[i].text, text) == 0) {
            return;
        }
    }
    char *copy = arena_strdup(book->loader->arena, text);
    if (copy == NULL || !notes_grow(book)) {
        memory_fail(book);
        return;
    }
    import->notes[import->note_count++] = (ImportNote){copy, line};
}

static int by_line(const void *a, const void *b)
{
    const ImportNote *left = a;
    const ImportNote *right = b;
    return left->line != right->line ? (left->line > right->line) - (left->line < right->line)
                                     : strcmp(left->text, right->text);
}

/* One warning for the whole file. */
static void notes_tell(ImportBook *book, const Node *path)
{
    PolicyImport *import = book->import;
    if (import->note_count == 0) {
        return;
    }
    qsort(import->notes, (size_t)import->note_count, sizeof *import->notes, by_line);
    char text[4096];
    size_t used = 0;
    for (int32_t i = 0; i < import->note_count && i < NOTES_SHOWN; i++) {
        const ImportNote *note = &import->notes[i];
        char place[24] = "";
        if (note->line > 0) {
            snprintf(place, sizeof place, "line %d: ", (int)note->line);
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "%s %s%.240s", i > 0 ? ";" : "",
                                 place, note->text);
    }
    if (import->note_count > NOTES_SHOWN) {
        snprintf(text + used, sizeof text - used, "; and %d more: --format json lists them",
                 (int)(import->note_count - NOTES_SHOWN));
    }
    diagnostics_warning(book->loader->diagnostics, node_place(path), "import", NULL,
                        "of %s %d thing%s left out or only nearly so:%s", import->file,
                        (int)import->note_count, import->note_count == 1 ? " is" : "s are", text);
}

bool import_other_preset(const ImportBook *book, const char *a, const char *b)
{
    const Node *preset = node_child(node_child(book->tree, "policy"), "preset");
    return preset != NULL && preset->kind == NODE_SCALAR && strcmp(preset->text, a) != 0 &&
           strcmp(preset->text, b) != 0;
}

/* ---- reading ---- */

static const SourceText *file_read(ImportBook *book, const Node *path)
{
    Loader *loader = book->loader;
    if (path->kind != NODE_SCALAR || node_is_empty(path)) {
        return NULL; /* told when keys are bound */
    }
    SpecText spec = {path->text, path};
    loader->in_policy = true;
    const char *found = resolve_path(loader, &spec);
    loader->in_policy = false;
    return found == NULL ? NULL : source_read(loader, found, node_place(path), NULL);
}

static bool formats_check(ImportBook *book, const Node *kueue, const Node *slurm, const Node *qos)
{
    if (kueue != NULL && slurm != NULL) {
        REPORT_KEY(book->loader, slurm, "conflict", "keep one of the two",
                   "`policy.import` names kueue and slurm");
        return false;
    }
    if (qos != NULL && slurm == NULL) {
        REPORT_KEY(book->loader, qos, "conflict", "add slurm: slurm.conf",
                   "`policy.import.qos` means nothing without slurm");
        return false;
    }
    return true;
}

static bool book_open(ImportBook *book, Loader *loader, const Node *tree, const Node *import)
{
    *book = (ImportBook){.loader = loader, .tree = tree, .good = true};
    book->import = ARENA_NEW(loader->arena, PolicyImport);
    book->policy = node_new(loader, NODE_MAP, import);
    book->queues = node_new(loader, NODE_LIST, import);
    book->nodes = node_new(loader, NODE_MAP, import);
    if (book->import == NULL) {
        memory_fail(book);
    }
    return book->import != NULL && book->policy != NULL && book->queues != NULL &&
           book->nodes != NULL;
}

/* ---- laying it under ---- */

static Node *relink(Loader *loader, const Node *node, const char *key)
{
    Node *copy = node == NULL ? NULL : node_share(loader, node);
    if (copy != NULL) {
        copy->key = key;
    }
    return copy;
}

/* Queues of the file; one that the scenario names, too, has the scenario's keys on top; then the
 * scenario's others. */
static Node *queues_join(ImportBook *book, const Node *own)
{
    Loader *loader = book->loader;
    Node *all = node_new(loader, NODE_LIST, own != NULL ? own : book->queues);
    for (const Node *item = book->queues->first; all != NULL && item != NULL; item = item->next) {
        const Node *twin = NULL;
        for (const Node *mine = own == NULL ? NULL : own->first; mine != NULL; mine = mine->next) {
            const Node *name = item_name(mine);
            twin = name != NULL && strcmp(name->text, item_name(item)->text) == 0 ? mine : twin;
        }
        Node *now = twin == NULL ? node_share(loader, item) : tree_merge(loader, item, twin);
        if (now == NULL) {
            return NULL;
        }
        node_append(all, now);
    }
    for (const Node *mine = own == NULL ? NULL : own->first; all != NULL && mine != NULL;
         mine = mine->next) {
        const Node *name = item_name(mine);
        if (name != NULL && import_queue_find(book, name->text) != NULL) {
            continue;
        }
        Node *now = node_share(loader, mine);
        if (now == NULL) {
            return NULL;
        }
        node_append(all, now);
    }
    return all;
}

static bool put(Loader *loader, Node *map, const Node *value, const char *key)
{
    Node *child = relink(loader, value, key);
    if (child != NULL) {
        node_append(map, child);
    }
    return child != NULL;
}

/* {policy, queues} of the file under the tree, {cluster.nodes} of the file over it. */
static const Node *lay_under(ImportBook *book, const Node *tree)
{
    Loader *loader = book->loader;
    const Node *own = node_child(tree, "queues");
    if (own != NULL && own->kind != NODE_LIST) {
        return tree; /* told when keys are bound */
    }
    Node *under = node_new(loader, NODE_MAP, tree);
    Node *over = node_new(loader, NODE_MAP, tree);
    Node *cluster = node_new(loader, NODE_MAP, book->nodes);
    Node *queues = queues_join(book, own);
    if (under == NULL || over == NULL || cluster == NULL || queues == NULL ||
        !put(loader, under, book->policy, "policy") || !put(loader, over, queues, "queues") ||
        (book->nodes->count > 0 &&
         (!put(loader, cluster, book->nodes, "nodes") || !put(loader, over, cluster, "cluster")))) {
        return NULL;
    }
    Node *base = spec_normalise(loader, under, &KEYS_SCENARIO);
    Node *top = base == NULL ? NULL : spec_normalise(loader, over, &KEYS_SCENARIO);
    Node *merged = top == NULL ? NULL : tree_merge(loader, base, tree);
    return merged == NULL ? NULL : tree_merge(loader, merged, top);
}

const Node *import_apply(Loader *loader, const Node *tree, const PolicyImport **out)
{
    *out = NULL;
    const Node *import = node_child(node_child(tree, "policy"), "import");
    if (import == NULL || import->kind != NODE_MAP) {
        return tree;
    }
    const Node *kueue = node_child(import, "kueue");
    const Node *slurm = node_child(import, "slurm");
    const Node *qos = node_child(import, "qos");
    const Node *path = kueue != NULL ? kueue : slurm;
    ImportBook book;
    if (!book_open(&book, loader, tree, import) || !formats_check(&book, kueue, slurm, qos)) {
        return NULL;
    }
    const SourceText *source = path == NULL ? NULL : file_read(&book, path);
    const SourceText *limits = qos == NULL ? NULL : file_read(&book, qos);
    if (source == NULL || (qos != NULL && limits == NULL)) {
        return diagnostics_status(loader->diagnostics) == STATUS_OK ? tree : NULL;
    }
    book.source = source;
    *book.import = (PolicyImport){.kind = kueue != NULL ? "kueue" : "slurm", .file = path->text};
    if (kueue != NULL) {
        import_kueue(&book, source);
    } else {
        import_slurm(&book, source, limits);
    }
    *out = book.import;
    const Node *laid = book.good ? lay_under(&book, tree) : NULL;
    if (laid != NULL) {
        notes_tell(&book, path);
    }
    return laid;
}

const Node *import_reuse(Loader *loader, const Node *tree, const Node *like)
{
    Node *out = node_new(loader, NODE_MAP, tree);
    for (const Node *child = tree->first; out != NULL && child != NULL; child = child->next) {
        bool shared = strcmp(child->key, "cluster") == 0 || strcmp(child->key, "queues") == 0;
        const Node *same = shared ? node_child(like, child->key) : child;
        Node *now = same == NULL ? NULL : node_share(loader, same);
        if (now == NULL) {
            return NULL;
        }
        node_append(out, now);
    }
    return out;
}
