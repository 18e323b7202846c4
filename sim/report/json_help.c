/* json_help.c - building and reading the summary without losing an allocation failure. */
#include "sim/report/json_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUMMARY_DIGITS 15

bool json_put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

bool json_push(json_t *array, json_t *value)
{
    return json_array_append_new(array, value) == 0;
}

json_t *json_checked(json_t *value, bool ok)
{
    if (!ok) {
        json_decref(value);
        return NULL;
    }
    return value;
}

double number_rounded(double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.*g", SUMMARY_DIGITS, value == 0 ? 0.0 : value); /* -0 is 0 */
    return strtod(text, NULL);
}

json_t *json_number(double value)
{
    if (!isfinite(value)) {
        return json_null();
    }
    return json_real(number_rounded(value));
}

const char *json_text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

double json_number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

double json_metric(const json_t *variant, const char *metric, const char *field)
{
    return json_number_at(json_object_get(json_object_get(variant, "metrics"), metric), field);
}

char *json_document(const json_t *root)
{
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(SUMMARY_DIGITS));
    if (text == NULL) {
        return NULL;
    }
    size_t length = strlen(text);
    char *line = malloc(length + 2);
    if (line != NULL) {
        memcpy(line, text, length);
        memcpy(line + length, "\n", 2);
    }
    /* jansson's text comes from its own allocator, which a test may have replaced. */
    json_free_t jansson_free = NULL;
    json_get_alloc_funcs(NULL, &jansson_free);
    jansson_free(text);
    return line;
}
