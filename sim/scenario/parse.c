/* parse.c - libyaml's events become nodes; everything that the language leaves out is refused here.
 *
 * Deep nesting costs libyaml quadratic time, so depth is counted on its events and parsing stops at
 * the limit, long before that shows.
 */
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "sim/scenario/tree.h"

typedef struct Frame {
    Node *node; /* map or list being filled */
    const char *anchor;
    const char *key; /* of a map: read, its value is due */
    int32_t key_line, key_column;
} Frame;

typedef struct Anchor {
    const char *name;
    const Node *node;
} Anchor;

typedef struct Parser {
    Loader *loader;
    const SourceText *source;
    Node origin; /* a place for messages and new nodes */
    Frame frames[DEPTH_MAX];
    int depth;
    Anchor *anchors;
    int anchor_count;
    Node *root;
    int documents;
    Node *all;   /* every document, where there may be several; else NULL */
    bool failed; /* parsing cannot go on */
} Parser;

static const Node *place_set(Parser *parser, const yaml_event_t *event)
{
    Node *place = &parser->origin;
    const yaml_mark_t *start = &event->start_mark;
    const yaml_mark_t *end = &event->end_mark;
    place->line = (int32_t)start->line + 1;
    place->column = (int32_t)start->column + 1;
    bool one_line =
        event->type == YAML_SCALAR_EVENT && end->line == start->line && end->column > start->column;
    place->length = one_line ? (int32_t)(end->column - start->column) : 1;
    return place;
}

/* A mistake after which there is no sense in going on. */
static void stop(Parser *parser)
{
    parser->failed = true;
}

static const char *copy_text(Parser *parser, const yaml_char_t *text, size_t length)
{
    const char *copy = arena_strndup(parser->loader->arena, (const char *)text, length);
    if (copy == NULL) {
        diagnostics_no_memory(parser->loader->diagnostics);
        stop(parser);
    }
    return copy;
}

static void anchor_add(Parser *parser, const char *name, const Node *node)
{
    if (name == NULL) {
        return;
    }
    if (parser->anchors == NULL) {
        parser->anchors = ARENA_ARRAY(parser->loader->arena, Anchor, ANCHORS_MAX);
        if (parser->anchors == NULL) {
            diagnostics_no_memory(parser->loader->diagnostics);
            stop(parser);
            return;
        }
    }
    for (int i = 0; i < parser->anchor_count; i++) {
        if (strcmp(parser->anchors[i].name, name) == 0) {
            parser->anchors[i].node = node; /* YAML lets a later anchor take over the name */
            return;
        }
    }
    if (parser->anchor_count == ANCHORS_MAX) {
        REPORT(parser->loader, node, "limit", NULL, "more than %d anchors", ANCHORS_MAX);
        stop(parser);
        return;
    }
    parser->anchors[parser->anchor_count++] = (Anchor){name, node};
}

/* A finished node goes to its parent: the value of the key that waits for it, an item, or the root.
 */
static void node_deliver(Parser *parser, Node *node)
{
    if (parser->depth == 0) {
        parser->root = node;
        return;
    }
    Frame *frame = &parser->frames[parser->depth - 1];
    if (frame->node->kind == NODE_MAP) {
        node->key = frame->key;
        node->key_line = frame->key_line;
        node->key_column = frame->key_column;
        frame->key = NULL;
        const Node *twin = node_child(frame->node, node->key);
        if (twin != NULL) {
            REPORT_KEY(parser->loader, node, "duplicate", "keep one of the two",
                       "key `%s` is here again; it was first written in line %d", node->key,
                       twin->key_line);
            return;
        }
        if (frame->node->count == MAP_KEYS_MAX) {
            REPORT_KEY(parser->loader, node, "limit", NULL, "more than %d keys in one map",
                       MAP_KEYS_MAX);
            stop(parser);
            return;
        }
    }
    node_append(frame->node, node);
}

static bool key_is_due(const Parser *parser)
{
    return parser->depth > 0 && parser->frames[parser->depth - 1].node->kind == NODE_MAP &&
           parser->frames[parser->depth - 1].key == NULL;
}

static void tag_refuse(Parser *parser, const Node *place, const yaml_char_t *tag)
{
    if (tag != NULL) {
        REPORT(parser->loader, place, "tag",
               "remove the tag: the key decides the type of its value", "tag `%s` is not allowed",
               (const char *)tag);
    }
}

static void key_read(Parser *parser, const Node *place, const char *text)
{
    Frame *frame = &parser->frames[parser->depth - 1];
    if (text[0] == '\0') {
        REPORT(parser->loader, place, "yaml", NULL, "a key without a name");
        stop(parser);
    } else if (strcmp(text, "<<") == 0) {
        REPORT(parser->loader, place, "yaml",
               "use `extends:` for another file, or an alias for a whole value",
               "merge keys (`<<`) are not part of YAML 1.2");
    }
    frame->key = text;
    frame->key_line = place->line;
    frame->key_column = place->column;
}

static void on_scalar(Parser *parser, const yaml_event_t *event)
{
    const Node *place = place_set(parser, event);
    tag_refuse(parser, place, event->data.scalar.tag);
    if (event->data.scalar.length > SCALAR_BYTES_MAX) {
        REPORT(parser->loader, place, "limit", NULL,
               "a value of %zu bytes; at most %zu are allowed", event->data.scalar.length,
               SCALAR_BYTES_MAX);
        stop(parser);
        return;
    }
    const char *text = copy_text(parser, event->data.scalar.value, event->data.scalar.length);
    if (text == NULL) {
        return;
    }
    if (strlen(text) != event->data.scalar.length) {
        REPORT(parser->loader, place, "yaml", NULL, "a value with a zero byte in it");
        stop(parser);
        return;
    }
    if (key_is_due(parser)) {
        if (event->data.scalar.anchor != NULL) {
            REPORT(parser->loader, place, "yaml", "put the anchor on the value",
                   "a key cannot have an anchor");
        }
        key_read(parser, place, text);
        return;
    }
    Node *node = node_new(parser->loader, NODE_SCALAR, place);
    const char *anchor = event->data.scalar.anchor == NULL
                             ? NULL
                             : copy_text(parser, event->data.scalar.anchor,
                                         strlen((char *)event->data.scalar.anchor));
    if (node == NULL) {
        stop(parser);
        return;
    }
    node->text = text;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node_deliver(parser, node);
    anchor_add(parser, anchor, node);
}

static void depth_refuse(Parser *parser, const Node *place)
{
    REPORT(parser->loader, place, "limit", "no scenario needs that; is a bracket missing?",
           "nested more than %d deep", DEPTH_MAX);
    stop(parser);
}

static void on_alias(Parser *parser, const yaml_event_t *event)
{
    const Node *place = place_set(parser, event);
    const char *name = (const char *)event->data.alias.anchor;
    if (key_is_due(parser)) {
        REPORT(parser->loader, place, "yaml", "write the name", "a key cannot be an alias");
        stop(parser);
        return;
    }
    for (int i = 0; i < parser->anchor_count; i++) {
        if (strcmp(parser->anchors[i].name, name) != 0) {
            continue;
        }
        const Node *target = parser->anchors[i].node;
        if (parser->depth + target->height > DEPTH_MAX) {
            depth_refuse(parser, place);
            return;
        }
        parser->loader->node_count += target->size - 1; /* node_share counts one */
        Node *node = node_share(parser->loader, target);
        if (node == NULL) {
            stop(parser);
            return;
        }
        node->line = place->line;
        node->column = place->column;
        node->length = (int32_t)strlen(name) + 1;
        node_deliver(parser, node);
        return;
    }
    REPORT(parser->loader, place, "yaml", "an anchor (`&name`) must come before its alias",
           "no anchor `%s` before this", name);
    stop(parser);
}

static void on_open(Parser *parser, const yaml_event_t *event, NodeKind kind,
                    const yaml_char_t *anchor, const yaml_char_t *tag)
{
    const Node *place = place_set(parser, event);
    tag_refuse(parser, place, tag);
    if (key_is_due(parser)) {
        REPORT(parser->loader, place, "yaml", "write a plain name",
               "a key must be a single value, not %s", kind == NODE_MAP ? "a map" : "a list");
        stop(parser);
        return;
    }
    if (parser->depth == DEPTH_MAX) {
        depth_refuse(parser, place);
        return;
    }
    Node *node = node_new(parser->loader, kind, place);
    if (node == NULL) {
        stop(parser);
        return;
    }
    Frame *frame = &parser->frames[parser->depth++];
    *frame = (Frame){.node = node};
    if (anchor != NULL) {
        frame->anchor = copy_text(parser, anchor, strlen((const char *)anchor));
    }
}

static void on_close(Parser *parser)
{
    Frame frame = parser->frames[--parser->depth];
    node_deliver(parser, frame.node);
    anchor_add(parser, frame.anchor, frame.node);
}

static void on_document(Parser *parser, const yaml_event_t *event)
{
    const Node *place = place_set(parser, event);
    if (++parser->documents > 1 && parser->all == NULL) {
        REPORT(parser->loader, place, "yaml", "put the second one into a file of its own",
               "a second document (`---`); a file holds one");
        stop(parser);
    }
}

static void event_apply(Parser *parser, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        on_document(parser, event);
        break;
    case YAML_SCALAR_EVENT:
        on_scalar(parser, event);
        break;
    case YAML_ALIAS_EVENT:
        on_alias(parser, event);
        break;
    case YAML_MAPPING_START_EVENT:
        on_open(parser, event, NODE_MAP, event->data.mapping_start.anchor,
                event->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_START_EVENT:
        on_open(parser, event, NODE_LIST, event->data.sequence_start.anchor,
                event->data.sequence_start.tag);
        break;
    case YAML_DOCUMENT_END_EVENT:
        if (parser->all != NULL && parser->root != NULL && !node_is_empty(parser->root)) {
            node_append(parser->all, parser->root);
        }
        parser->anchor_count = parser->all != NULL ? 0 : parser->anchor_count;
        break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        on_close(parser);
        break;
    default:
        break;
    }
}

/* The library's own words, at its own place. */
static void syntax_report(Parser *parser, const yaml_parser_t *yaml)
{
    if (yaml->error == YAML_MEMORY_ERROR) {
        diagnostics_no_memory(parser->loader->diagnostics);
        return;
    }
    Node *place = &parser->origin;
    place->line = (int32_t)yaml->problem_mark.line + 1;
    place->column = (int32_t)yaml->problem_mark.column + 1;
    place->length = 1;
    if (yaml->context != NULL && yaml->error != YAML_READER_ERROR) {
        REPORT(parser->loader, place, "yaml", NULL, "%s (%s from line %zu)", yaml->problem,
               yaml->context, yaml->context_mark.line + 1);
    } else {
        REPORT(parser->loader, place, "yaml", NULL, "%s",
               yaml->problem == NULL ? "not YAML" : yaml->problem);
    }
}

/* libyaml compares every %TAG line with all before it; nothing here needs one. */
static bool directives_refuse(Parser *parser)
{
    for (int32_t line = 0; line < parser->source->line_count; line++) {
        if (strncmp(parser->source->lines[line], "%TAG", 4) == 0) {
            parser->origin.line = line + 1;
            REPORT(parser->loader, &parser->origin, "tag", "remove the line",
                   "tag directives are not allowed");
            return true;
        }
    }
    return false;
}

static void events_read(Parser *parser, yaml_parser_t *yaml)
{
    bool done = false;
    while (!done && !parser->failed) {
        yaml_event_t event;
        if (!yaml_parser_parse(yaml, &event)) {
            syntax_report(parser, yaml);
            stop(parser);
            return;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        event_apply(parser, &event);
        yaml_event_delete(&event);
    }
}

static Node *documents_parse(Loader *loader, const SourceText *source, bool several)
{
    Parser *parser = ARENA_NEW(loader->arena, Parser);
    if (parser == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    parser->loader = loader;
    parser->source = source;
    parser->origin = (Node){.source = source, .line = 1, .column = 1, .length = 1};
    parser->all = several ? node_new(loader, NODE_LIST, &parser->origin) : NULL;
    if ((several && parser->all == NULL) || directives_refuse(parser)) {
        return NULL;
    }
    yaml_parser_t yaml;
    if (!yaml_parser_initialize(&yaml)) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    yaml_parser_set_encoding(&yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&yaml, (const unsigned char *)source->text, source->size);
    events_read(parser, &yaml);
    yaml_parser_delete(&yaml);
    if (parser->failed) {
        return NULL;
    }
    if (parser->root == NULL && !several) {
        parser->origin.line = 1;
        REPORT(loader, &parser->origin, "yaml", "`gpuplan new` prints a scenario to start from",
               "nothing in it");
    }
    return several ? parser->all : parser->root;
}

Node *tree_parse(Loader *loader, const SourceText *source)
{
    return documents_parse(loader, source, false);
}

Node *tree_parse_several(Loader *loader, const SourceText *source)
{
    return documents_parse(loader, source, true);
}
