/* tree.h - a YAML document as our own nodes, each with its place, and what can be done with trees.
 *
 * Nodes are values: merging makes new maps and leaves the old ones alone, so that aliases and
 * variants can share what they have in common. Every node carries the file that it was written in.
 */
#ifndef SIM_SCENARIO_TREE_H
#define SIM_SCENARIO_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/diagnostic.h"

#define DEPTH_MAX 64
#define FILE_BYTES_MAX ((size_t)4 << 20)
#define SCALAR_BYTES_MAX ((size_t)64 << 10)
#define MAP_KEYS_MAX 1024
#define NODES_MAX 250000 /* of one loading, aliases expanded */
#define ANCHORS_MAX 1024
#define FILES_MAX 64 /* of one loading */

/* A file, or a word of the command line that is treated like one. */
typedef struct SourceText {
    const char *path; /* as messages show it */
    const char *text;
    size_t size;
    const char **lines; /* [line_count] where each begins */
    int32_t line_count;
    bool is_file;                      /* relative paths start beside it */
    uint64_t device, inode;            /* of a file: the same file under another name */
    const struct SourceText *includer; /* NULL: named on the command line */
    int32_t includer_line;
} SourceText;

typedef enum NodeKind { NODE_SCALAR, NODE_MAP, NODE_LIST } NodeKind;

typedef struct Node Node;
struct Node {
    NodeKind kind;
    bool quoted;      /* a quoted or block scalar */
    bool renews;      /* laid over another node it replaces that one whole */
    const char *text; /* of a scalar */
    const char *key;  /* the name in the map that holds it; NULL elsewhere */
    int32_t key_line, key_column;
    Node *first, *last, *next;
    int32_t count;  /* children */
    int64_t size;   /* nodes from here down, aliases expanded */
    int32_t height; /* levels from here down: 1 for a scalar */
    const SourceText *source;
    int32_t line, column, length;
    const Node *origin; /* equal origins: the same content, though linked elsewhere */
};

/* A data file that was looked up. */
typedef struct FileUsed {
    const char *name; /* as written */
    const char *path;
    const struct FileUsed *before;
} FileUsed;

/* What loading passes around. */
typedef struct Loader {
    Arena *arena;
    Diagnostics *diagnostics;
    const char *data_dir;  /* NULL: none */
    int64_t node_count;    /* spent so far */
    int32_t file_count;    /* scenario files read so far */
    bool endless;          /* `horizon` and `until` are passed over */
    bool in_policy;        /* files looked up now are the policy's */
    const FileUsed *files; /* looked up, the last one first; those of the policy aside */
} Loader;

/* ---- messages ---- */

Place node_place(const Node *node);
Place node_key_place(const Node *node); /* of its key; of itself where it has none */

/* Records a mistake unless the same one is known already; adds the chain of including files. */
Status report(Loader *loader, Place place, const SourceText *source, const char *code,
              const char *help, const char *format, ...) PRINTF_LIKE(6, 7);
#define REPORT(loader, node, ...) report((loader), node_place(node), (node)->source, __VA_ARGS__)
#define REPORT_KEY(loader, node, ...)                                                              \
    report((loader), node_key_place(node), (node)->source, __VA_ARGS__)

/* ---- reading (parse.c, source.c) ---- */

/* Reads a regular file, or standard input for "-"; checks size and UTF-8. NULL after a reported
 * mistake. `place` says who asked. */
SourceText *source_read(Loader *loader, const char *path, Place place, const SourceText *includer);
SourceText *source_from_memory(Loader *loader, const char *path, const char *text, size_t size);

/* Parses one document. NULL after reported mistakes, or if memory ran out. */
Node *tree_parse(Loader *loader, const SourceText *source);

/* Parses any number of documents into a list. NULL after reported mistakes, or if memory ran out. */
Node *tree_parse_several(Loader *loader, const SourceText *source);

/* ---- handling (tree.c) ---- */

Node *node_new(Loader *loader, NodeKind kind, const Node *place); /* an empty one; counted */
Node *node_share(Loader *loader, const Node *node); /* the same content, to be linked elsewhere */
void node_append(Node *parent, Node *child);
const Node *node_child(const Node *map, const char *key); /* NULL: none, or not a map */
bool node_is_empty(const Node *node);                     /* nothing was written there */
const char *node_kind_name(const Node *node);             /* "a map", "a list", "nothing" ... */

/* What a list's item is called: its `name`, `id` or `term`; NULL: nothing. */
const Node *item_name(const Node *item);
/* A list's item of that name, or at that position (from 0); NULL if there is none. */
const Node *list_item(const Node *list, const char *name);

/* `over` on top of `base`: maps are merged key by key, a map over a list changes the items that it
 * names, all else is replaced. NULL if memory ran out; an item that does not exist is reported. */
Node *tree_merge(Loader *loader, const Node *base, const Node *over);

/* Canonical text of a tree: block style, two spaces, quotes only where needed. NULL if memory ran
 * out. */
const char *tree_print(Loader *loader, const Node *node);

#endif
