/* json_at.h - tests look into documents. */
#ifndef TESTS_JSON_AT_H
#define TESTS_JSON_AT_H

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Members by name, or by number of a list, separated by blanks; NULL: not there. */
static inline const json_t *at(const json_t *root, const char *path)
{
    char name[64];
    while (root != NULL && *path != '\0') {
        size_t length = strcspn(path, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        root = json_is_array(root) ? json_array_get(root, (size_t)strtol(name, NULL, 10))
                                   : json_object_get(root, name);
        path += length + (path[length] == ' ');
    }
    return root;
}

static inline double number(const json_t *root, const char *path)
{
    const json_t *value = at(root, path);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static inline bool is_text(const json_t *root, const char *path, const char *text)
{
    const char *found = json_string_value(at(root, path));
    return found != NULL && strcmp(found, text) == 0;
}

#endif
