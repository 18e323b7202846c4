/* print.c - a tree as canonical YAML: block style, two spaces, quotes only where they are needed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/tree.h"

static bool letter_is_plain(unsigned char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || strchr("_-./+%<=>", letter) != NULL ||
           letter >= 0x80;
}

/* May it stand without quotes? Cautious: letters, digits and a few signs, single blanks inside. */
static bool text_is_plain(const char *text)
{
    unsigned char first = (unsigned char)text[0];
    bool starts = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
                  (first >= '0' && first <= '9') || first == '.' || first == '/' ||
                  (first == '-' && text[1] >= '0' && text[1] <= '9');
    if (!starts || strncmp(text, "...", 3) == 0) {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        bool blank = *at == ' ' && at[1] != '\0' && at[1] != ' ';
        if (!blank && !letter_is_plain((unsigned char)*at)) {
            return false;
        }
    }
    /* Line breaks beyond ASCII would be folded. */
    return strstr(text, "\xC2\x85") == NULL && strstr(text, "\xE2\x80\xA8") == NULL &&
           strstr(text, "\xE2\x80\xA9") == NULL && strstr(text, "\xEF\xBB\xBF") == NULL;
}

static void print_text(FILE *out, const char *text)
{
    if (text_is_plain(text)) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        bool nel =
            at[0] == 0xC2 && at[1] < 0xA0; /* C1 control characters, a line break among them */
        bool separator = at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9);
        bool mark = at[0] == 0xEF && at[1] == 0xBB && at[2] == 0xBF;
        if (*at == '"' || *at == '\\') {
            fprintf(out, "\\%c", *at);
        } else if (*at == '\n') {
            fputs("\\n", out);
        } else if (*at < 0x20 || *at == 0x7F) {
            fprintf(out, "\\x%02X", *at);
        } else if (nel) {
            fprintf(out, "\\x%02X", at[1]);
            at++;
        } else if (separator) {
            fputs(at[2] == 0xA8 ? "\\L" : "\\P", out);
            at += 2;
        } else if (mark) {
            fputs("\\uFEFF", out);
            at += 2;
        } else {
            fputc(*at, out);
        }
    }
    fputc('"', out);
}

static void print_indent(FILE *out, int depth)
{
    for (int i = 0; i < depth; i++) {
        fputs("  ", out);
    }
}

static void print_node(FILE *out, const Node *node, int depth);

/* The value behind `key:` or `-`: on the same line if it is single or empty. */
static void print_after(FILE *out, const Node *node, int depth)
{
    if (node->kind == NODE_SCALAR) {
        if (!node_is_empty(node)) {
            fputc(' ', out);
            print_text(out, node->text);
        }
        fputc('\n', out);
    } else if (node->count == 0) {
        fputs(node->kind == NODE_MAP ? " {}\n" : " []\n", out);
    } else {
        fputc('\n', out);
        print_node(out, node, depth);
    }
}

/* Depth is at most DEPTH_MAX: parsing and overriding see to it. */
static void print_node(FILE *out, const Node *node, int depth)
{
    for (const Node *child = node->first; child != NULL; child = child->next) {
        print_indent(out, depth);
        if (node->kind == NODE_MAP) {
            print_text(out, child->key);
            fputc(':', out);
        } else {
            fputc('-', out);
        }
        print_after(out, child, depth + 1);
    }
}

const char *tree_print(Loader *loader, const Node *node)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        diagnostics_no_memory(loader->diagnostics);
        return NULL;
    }
    if (node->kind != NODE_SCALAR && node->count > 0) {
        print_node(out, node, 0);
    } else {
        print_after(out, node, 0);
    }
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed || text == NULL; /* NULL: closing ran out of memory */
    const char *copy = failed ? NULL : arena_strndup(loader->arena, text, size);
    free(text);
    if (copy == NULL) {
        diagnostics_no_memory(loader->diagnostics);
    }
    return copy;
}
