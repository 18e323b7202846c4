/* resolve.c - extends, --set and variants all end in one operation: a tree laid over a tree. */
#include "sim/scenario/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- paths ---- */

/* directory of `file`, then `name`; NULL if memory ran out. */
static const char *path_beside(Loader *loader, const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - file) + 1;
    char *path = arena_alloc(loader->arena, length + strlen(name) + 1, 1);
    if (path == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    memcpy(path, file, length);
    strcpy(path + length, name);
    return path;
}

static const char *path_in_folder(Loader *loader, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    char *path = arena_alloc(loader->arena, length + strlen(name) + 2, 1);
    if (path == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    memcpy(path, folder, length);
    path[length] = '/';
    strcpy(path + length + 1, name);
    return path;
}

static bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 || errno == EACCES;
}

static const char *path_checked(Loader *loader, const Node *node, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        REPORT(loader, node, "io", "name a file", "%s is %s, not a file", path,
               S_ISDIR(info.st_mode) ? "a directory" : "a device or pipe");
        return NULL;
    }
    return path;
}

static const char *path_find(Loader *loader, const SpecText *path)
{
    const Node *node = path->node;
    if (path->value[0] == '/') {
        if (!is_there(path->value)) {
            REPORT(loader, node, "io", NULL, "no file %s", path->value);
            return NULL;
        }
        return path_checked(loader, node, path->value);
    }
    const char *beside =
        node->source->is_file ? path_beside(loader, node->source->path, path->value) : path->value;
    if (beside == NULL) {
        return NULL;
    }
    if (is_there(beside)) {
        return path_checked(loader, node, beside);
    }
    if (loader->data_dir == NULL) {
        REPORT(loader, node, "io", "--data DIR or $GPUPLAN_DATA names a folder to look in as well",
               "no file %s", beside);
        return NULL;
    }
    const char *in_data = path_in_folder(loader, loader->data_dir, path->value);
    if (in_data != NULL && !is_there(in_data)) {
        REPORT(loader, node, "io", NULL, "no file %s, and no file %s", beside, in_data);
        return NULL;
    }
    return in_data == NULL ? NULL : path_checked(loader, node, in_data);
}

const char *resolve_path(Loader *loader, const SpecText *path)
{
    const char *found = path_find(loader, path);
    if (found == NULL || loader->in_policy) {
        return found;
    }
    FileUsed *used = ARENA_NEW(loader->arena, FileUsed);
    if (used == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    *used = (FileUsed){path->value, found, loader->files};
    loader->files = used;
    return found;
}

/* ---- extends ---- */

static Node *without_key(Loader *loader, const Node *map, const char *key)
{
    Node *out = node_new(loader, NODE_MAP, map);
    for (const Node *child = map->first; out != NULL && child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) {
            continue;
        }
        Node *now = node_share(loader, child);
        if (now == NULL) {
            return NULL;
        }
        node_append(out, now);
    }
    return out;
}

static bool is_in_chain(const SourceText *chain, const SourceText *file)
{
    for (const SourceText *at = chain; at != NULL; at = at->includer) {
        if (at->is_file && at->device == file->device && at->inode == file->inode) {
            return true;
        }
    }
    return false;
}

static Node *base_read(Loader *loader, const Node *name, const SourceText *includer)
{
    if (name->kind != NODE_SCALAR || node_is_empty(name)) {
        REPORT(loader, name, "type", "for example: extends: base.yaml",
               "`extends` holds %s; expected file names", node_kind_name(name));
        return NULL;
    }
    if (loader->file_count == FILES_MAX) {
        REPORT(loader, name, "limit", NULL, "more than %d files", FILES_MAX);
        return NULL;
    }
    const char *path = name->text[0] == '/' || !includer->is_file
                           ? name->text
                           : path_beside(loader, includer->path, name->text);
    SourceText *file = path == NULL ? NULL : source_read(loader, path, node_place(name), includer);
    if (file == NULL) {
        return NULL;
    }
    if (is_in_chain(includer, file)) {
        REPORT(loader, name, "extends", "remove one of the two", "%s extends itself", path);
        return NULL;
    }
    return resolve_document(loader, file);
}

/* The chain of files is bounded by FILES_MAX, so the recursion is too. */
static Node *extends_apply(Loader *loader, const Node *tree, const SourceText *source)
{
    const Node *extends = node_child(tree, "extends");
    Node *own = without_key(loader, tree, "extends");
    if (extends == NULL || own == NULL) {
        return own;
    }
    if (extends->kind != NODE_LIST) {
        REPORT(loader, extends, "type", "for example: extends: base.yaml",
               "`extends` is %s; expected file names", node_kind_name(extends));
        return NULL;
    }
    Node *base = NULL;
    bool failed = false;
    for (const Node *name = extends->first; name != NULL; name = name->next) {
        Node *next = base_read(loader, name, source);
        failed = failed || next == NULL;
        base = base == NULL || next == NULL ? next : tree_merge(loader, base, next);
    }
    if (failed) {
        return NULL;
    }
    return base == NULL ? own : tree_merge(loader, base, own);
}

Node *resolve_document(Loader *loader, const SourceText *source)
{
    loader->file_count++;
    Node *tree = tree_parse(loader, source);
    if (tree == NULL) {
        return NULL;
    }
    if (tree->kind != NODE_MAP) {
        REPORT(loader, tree, "type", "`gpuplan new` prints a scenario to start from",
               "found %s; expected a map of keys", node_kind_name(tree));
        return NULL;
    }
    tree = spec_normalise(loader, tree, &KEYS_SCENARIO);
    return tree == NULL ? NULL : extends_apply(loader, tree, source);
}

/* ---- overrides ---- */

/* {a: {b: value}} for "a.b". NULL after a mistake. */
static Node *dotted_tree(Loader *loader, const char *path, const Node *value)
{
    int parts = 1;
    for (const char *at = path; *at != '\0'; at++) {
        parts += *at == '.';
    }
    if (parts + value->height > DEPTH_MAX) {
        REPORT(loader, value, "limit", NULL, "nested more than %d deep", DEPTH_MAX);
        return NULL;
    }
    Node *inner = node_share(loader, value);
    const char *end = path + strlen(path);
    while (inner != NULL) {
        const char *begin = end;
        while (begin > path && begin[-1] != '.') {
            begin--;
        }
        if (begin == end) {
            REPORT(loader, value, "set", "for example: cluster.nodes.a.count",
                   "`%s` has an empty part", path);
            return NULL;
        }
        inner->key = arena_strndup(loader->arena, begin, (size_t)(end - begin));
        inner->key_line = value->key_line;
        inner->key_column = value->key_column;
        Node *map = inner->key == NULL ? NULL : node_new(loader, NODE_MAP, value);
        if (map == NULL) {
            diagnostics_no_memory(loader->diagnostics);
            return NULL;
        }
        map->key = NULL;
        node_append(map, inner);
        if (begin == path) {
            return map;
        }
        inner = map;
        end = begin - 1;
    }
    return NULL;
}

static Node *override_one(Loader *loader, const Node *tree, const char *path, const Node *value)
{
    Node *over = dotted_tree(loader, path, value);
    over = over == NULL ? NULL : spec_normalise(loader, over, &KEYS_SCENARIO);
    return over == NULL ? NULL : tree_merge(loader, tree, over);
}

/* These belong to the whole, not to an override. */
static bool override_is_allowed(Loader *loader, const char *path, const Node *value,
                                bool in_variant)
{
    static const char *const NEVER[] = {"extends", "gpuplan", "variants", "expect", "gate"};
    size_t length = strcspn(path, ".");
    for (size_t i = 0; i < (in_variant ? 5u : 1u); i++) {
        if (strlen(NEVER[i]) == length && memcmp(NEVER[i], path, length) == 0) {
            REPORT(loader, value, in_variant ? "variants" : "set",
                   "write it at the top of the file", "`%s` cannot be overridden here", NEVER[i]);
            return false;
        }
    }
    return true;
}

Node *resolve_option(Loader *loader, const Node *tree, const char *option, const char *path,
                     const char *text)
{
    SourceText *source = source_from_memory(loader, option, text, strlen(text));
    if (source == NULL) {
        return NULL;
    }
    Node root = {.source = source, .line = 1, .column = 1, .length = (int32_t)strlen(text)};
    if (text[strspn(text, " ")] == '\0') {
        REPORT(loader, &root, "set", "write \"\" for an empty text", "no value");
        return NULL;
    }
    Node *value = tree_parse(loader, source);
    if (value == NULL || !override_is_allowed(loader, path, value, false)) {
        return NULL;
    }
    return override_one(loader, tree, path, value);
}

Node *resolve_set(Loader *loader, const Node *tree, const char *set)
{
    const char *equals = strchr(set, '=');
    if (equals == NULL || equals == set) {
        report(loader, (Place){.file = "--set"}, NULL, "set",
               "for example: --set cluster.nodes.a.count=4", "found `%s`; expected KEY=VALUE", set);
        return NULL;
    }
    char *path = arena_strndup(loader->arena, set, (size_t)(equals - set));
    char *option =
        path == NULL ? NULL : arena_alloc(loader->arena, strlen(path) + sizeof("--set "), 1);
    if (option == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    strcpy(option, "--set ");
    strcat(option, path);
    return resolve_option(loader, tree, option, path, equals + 1);
}

Node *resolve_variant(Loader *loader, const Node *tree, const Node *overrides)
{
    Node *merged = without_key(loader, tree, "variants");
    bool failed = false;
    for (const Node *child = overrides == NULL ? NULL : overrides->first; child != NULL;
         child = child->next) {
        if (!override_is_allowed(loader, child->key, child, true)) {
            failed = true;
            continue;
        }
        Node *next = merged == NULL ? NULL : override_one(loader, merged, child->key, child);
        failed = failed || next == NULL;
        merged = next == NULL ? merged : next;
    }
    return failed ? NULL : merged;
}
