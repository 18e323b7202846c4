/* normalise.c - shorthands written out in full, so that overrides meet one form only. */
#include <string.h>

#include "sim/scenario/spec.h"

static Node *like(Node *node, const Node *model)
{
    if (node != NULL) {
        node->key = model->key;
        node->key_line = model->key_line;
        node->key_column = model->key_column;
    }
    return node;
}

/* {key: value} in the value's place. */
static Node *wrap_in_map(Loader *loader, const Node *value, const char *key)
{
    Node *map = like(node_new(loader, NODE_MAP, value), value);
    Node *inside = map == NULL ? NULL : node_share(loader, value);
    if (inside == NULL) {
        return NULL;
    }
    inside->key = key;
    inside->key_line = value->line;
    inside->key_column = value->column;
    node_append(map, inside);
    return map;
}

static Node *wrap_in_list(Loader *loader, const Node *value)
{
    Node *list = like(node_new(loader, NODE_LIST, value), value);
    Node *inside = list == NULL ? NULL : node_share(loader, value);
    if (inside == NULL) {
        return NULL;
    }
    inside->key = NULL;
    node_append(list, inside);
    return list;
}

/* Every child becomes an object of the same kind. */
static Node *normalise_children(Loader *loader, const Node *node, const KeyObject *object)
{
    Node *out = like(node_new(loader, node->kind, node), node);
    for (const Node *child = node->first; out != NULL && child != NULL; child = child->next) {
        Node *now = spec_normalise(loader, child, object);
        if (now == NULL) {
            return NULL;
        }
        node_append(out, now);
    }
    return out;
}

static Node *normalise_list(Loader *loader, const Node *node, const KeyObject *object)
{
    bool single =
        node->kind == NODE_SCALAR && !node_is_empty(node) && key_shorthand(object) != NULL;
    if (single) {
        node = wrap_in_list(loader, node);
    }
    if (node == NULL || node->kind == NODE_SCALAR) {
        return node == NULL ? NULL : node_share(loader, node);
    }
    return normalise_children(loader, node, object); /* a map speaks about items by name */
}

static Node *normalise_value(Loader *loader, const Node *node, const KeyRow *row)
{
    switch (row->kind) {
    case KEY_OBJECT:
        return spec_normalise(loader, node, row->object);
    case KEY_OBJECT_LIST:
        return normalise_list(loader, node, row->object);
    case KEY_OBJECT_MAP:
        return node->kind == NODE_MAP ? normalise_children(loader, node, row->object)
                                      : node_share(loader, node);
    case KEY_TEXTS:
        return node->kind == NODE_SCALAR && !node_is_empty(node) ? wrap_in_list(loader, node)
                                                                 : node_share(loader, node);
    default:
        return node_share(loader, node);
    }
}

Node *spec_normalise(Loader *loader, const Node *node, const KeyObject *object)
{
    const KeyRow *shorthand = key_shorthand(object);
    if (node->kind == NODE_SCALAR && shorthand != NULL && !node_is_empty(node)) {
        node = wrap_in_map(loader, node, shorthand->name);
    }
    if (node == NULL || node->kind != NODE_MAP) {
        return node == NULL ? NULL : node_share(loader, node);
    }
    Node *out = like(node_new(loader, NODE_MAP, node), node);
    for (const Node *child = node->first; out != NULL && child != NULL; child = child->next) {
        const KeyRow *row = key_row(object, child->key);
        Node *now = row == NULL || row->status == KEY_NOT_YET ? node_share(loader, child)
                                                              : normalise_value(loader, child, row);
        if (now == NULL) {
            return NULL;
        }
        out->renews = out->renews || (row != NULL && row->renews);
        node_append(out, now);
    }
    return out;
}
