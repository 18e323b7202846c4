/* tree.c - nodes, their places in messages, and one tree laid over another. */
#include "sim/scenario/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_BYTES_MAX 1000

static Place place_in(const SourceText *source, int32_t line, int32_t column, int32_t length)
{
    const char *text = line >= 1 && line <= source->line_count ? source->lines[line - 1] : NULL;
    return (Place){source->path, line, column, length, text};
}

Place node_place(const Node *node)
{
    return place_in(node->source, node->line, node->column, node->length);
}

Place node_key_place(const Node *node)
{
    if (node->key == NULL || node->key_line == 0) {
        return node_place(node);
    }
    int32_t length = 0;
    for (const char *at = node->key; *at != '\0'; at++) {
        length += ((unsigned char)*at & 0xC0) != 0x80;
    }
    return place_in(node->source, node->key_line, node->key_column, length);
}

static bool is_known(const Diagnostics *all, Place place, const char *message)
{
    for (int i = 0; i < all->count; i++) {
        const Diagnostic *item = &all->items[i];
        if (item->line == place.line && item->column == place.column && item->file != NULL &&
            place.file != NULL && strcmp(item->file, place.file) == 0 &&
            strcmp(item->message, message) == 0) {
            return true;
        }
    }
    return false;
}

/* " (file included at b.yaml:2, which is included at c.yaml:1)"; cut where it would be too long. */
static void chain_print(const SourceText *source, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (const SourceText *at = source; at != NULL && at->includer != NULL && used < size;
         at = at->includer) {
        used += (size_t)snprintf(buffer + used, size - used, "%s%s:%d",
                                 used == 0 ? " (included by " : ", by ", at->includer->path,
                                 at->includer_line);
    }
    if (used > 0 && used + 1 < size) {
        memcpy(buffer + used, ")", 2);
    }
}

/* Bytes of a message that quotes a very long value which are worth showing. */
static int message_cut(const char *message, int length)
{
    if (length <= MESSAGE_BYTES_MAX) {
        return length;
    }
    int cut = MESSAGE_BYTES_MAX;
    while (cut > 0 && ((unsigned char)message[cut] & 0xC0) == 0x80) {
        cut--;
    }
    return cut;
}

Status report(Loader *loader, Place place, const SourceText *source, const char *code,
              const char *help, const char *format, ...)
{
    char *message = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&message, format, args);
    va_end(args);
    if (length < 0) {
        return diagnostics_no_memory(loader->diagnostics);
    }
    char chain[1024];
    chain_print(source, chain, sizeof(chain));
    int shown = message_cut(message, length);
    char *full = NULL;
    if (asprintf(&full, "%.*s%s%s", shown, message, shown < length ? "..." : "", chain) < 0) {
        free(message);
        return diagnostics_no_memory(loader->diagnostics);
    }
    /* Variants share most of their tree, so its mistakes come up once for each. */
    if (!is_known(loader->diagnostics, place, full)) {
        diagnostics_error(loader->diagnostics, place, code, help, "%s", full);
    }
    free(full);
    free(message);
    return STATUS_BAD_INPUT;
}

Node *node_new(Loader *loader, NodeKind kind, const Node *place)
{
    if (loader->node_count >= NODES_MAX) {
        REPORT(loader, place, "limit", "split the scenario, or put long lists into a CSV file",
               "more than %d values, aliases expanded", NODES_MAX);
        return NULL;
    }
    Node *node = ARENA_NEW(loader->arena, Node);
    if (node == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    loader->node_count++;
    *node = *place;
    node->kind = kind;
    node->text = NULL;
    node->renews = false;
    node->first = node->last = node->next = NULL;
    node->count = 0;
    node->size = 1;
    node->height = 1;
    node->origin = node;
    return node;
}

Node *node_share(Loader *loader, const Node *node)
{
    Node *copy = node_new(loader, node->kind, node);
    if (copy != NULL) {
        *copy = *node;
        copy->next = NULL;
    }
    return copy;
}

void node_append(Node *parent, Node *child)
{
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
    parent->count++;
    parent->size += child->size;
    if (child->height >= parent->height) {
        parent->height = child->height + 1;
    }
}

const Node *node_child(const Node *map, const char *key)
{
    if (map == NULL || map->kind != NODE_MAP) {
        return NULL;
    }
    for (const Node *child = map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) {
            return child;
        }
    }
    return NULL;
}

bool node_is_empty(const Node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted && node->text[0] == '\0';
}

const char *node_kind_name(const Node *node)
{
    if (node->kind == NODE_SCALAR) {
        return node_is_empty(node) ? "nothing" : "a single value";
    }
    return node->kind == NODE_MAP ? "a map" : "a list";
}

const Node *item_name(const Node *item)
{
    static const char *const NAMES[] = {"name", "id", "term"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        const Node *name = node_child(item, NAMES[i]);
        if (name != NULL && name->kind == NODE_SCALAR) {
            return name;
        }
    }
    return NULL;
}

/* "0", "1" ...: a position; -1 for anything else. */
static int32_t index_read(const char *text)
{
    int32_t index = 0;
    if (text[0] == '\0' || strlen(text) > 6) {
        return -1;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9') {
            return -1;
        }
        index = index * 10 + (*at - '0');
    }
    return index;
}

const Node *list_item(const Node *list, const char *name)
{
    for (const Node *item = list->first; item != NULL; item = item->next) {
        const Node *id = item_name(item);
        if (id != NULL && strcmp(id->text, name) == 0) {
            return item;
        }
    }
    int32_t index = index_read(name);
    const Node *item = index < 0 ? NULL : list->first;
    for (int32_t i = 0; item != NULL && i < index; i++) {
        item = item->next;
    }
    return item;
}

static Node *keyed(Node *node, const Node *like)
{
    if (node != NULL) {
        node->key = like->key;
        node->key_line = like->key_line;
        node->key_column = like->key_column;
    }
    return node;
}

static Node *merge_maps(Loader *loader, const Node *base, const Node *over)
{
    Node *merged = node_new(loader, NODE_MAP, base);
    for (const Node *child = base->first; merged != NULL && child != NULL; child = child->next) {
        const Node *change = node_child(over, child->key);
        Node *now = change == NULL ? node_share(loader, child) : tree_merge(loader, child, change);
        if (keyed(now, change == NULL ? child : change) == NULL) {
            return NULL;
        }
        node_append(merged, now);
    }
    for (const Node *child = over->first; merged != NULL && child != NULL; child = child->next) {
        if (node_child(base, child->key) == NULL) {
            Node *now = node_share(loader, child);
            if (now == NULL) {
                return NULL;
            }
            node_append(merged, now);
        }
    }
    return merged;
}

static void report_no_item(Loader *loader, const Node *list, const Node *wanted)
{
    const char *names[64];
    int count = 0;
    for (const Node *item = list->first; item != NULL && count < 64; item = item->next) {
        const Node *id = item_name(item);
        if (id != NULL) {
            names[count++] = id->text;
        }
    }
    const char *nearest = nearest_name(wanted->key, names, count);
    char help[256] = "list items are addressed by `name`, `id` or `term`, or by position from 0";
    if (nearest != NULL) {
        snprintf(help, sizeof(help), "did you mean `%s`?", nearest);
    }
    REPORT_KEY(loader, wanted, "name", help, "no item named `%s` in the list `%s`", wanted->key,
               list->key == NULL ? "?" : list->key);
}

static Node *merge_items(Loader *loader, const Node *base, const Node *over)
{
    Node *merged = node_share(loader, base);
    for (const Node *change = over->first; merged != NULL && change != NULL;
         change = change->next) {
        const Node *target = list_item(merged, change->key);
        if (target == NULL) {
            report_no_item(loader, base, change);
            continue;
        }
        Node *next = node_new(loader, NODE_LIST, merged);
        for (const Node *item = merged->first; next != NULL && item != NULL; item = item->next) {
            Node *now =
                item == target ? tree_merge(loader, item, change) : node_share(loader, item);
            if (now == NULL) {
                return NULL;
            }
            now->key = NULL;
            node_append(next, now);
        }
        merged = next;
    }
    return merged;
}

/* The recursion ends: both trees are at most DEPTH_MAX deep. */
Node *tree_merge(Loader *loader, const Node *base, const Node *over)
{
    if (over->kind == NODE_MAP && base->kind == NODE_MAP && !over->renews) {
        return merge_maps(loader, base, over);
    }
    if (over->kind == NODE_MAP && base->kind == NODE_LIST) {
        return merge_items(loader, base, over);
    }
    return keyed(node_share(loader, over), over);
}
