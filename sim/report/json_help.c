/* json_help.c - building and reading the summary without losing an allocation failure. */
#include "sim/report/json_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text_buffer.h"

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

/* NULL if memory ran out. */
static char *json_text(const json_t *root, size_t flags, const char *tail)
{
    /* jansson 2.14 goes on after some of its own failures to grow a text, and returns one with a
     * hole: the buffer remembers them. */
    TextBuffer buffer = {0};
    int refused = json_dump_callback(root, text_append, &buffer, flags);
    buffer.failed = buffer.failed || refused != 0;
    text_append(tail, strlen(tail), &buffer);
    return text_take(&buffer);
}

char *json_document(const json_t *root)
{
    return json_text(root, JSON_INDENT(1) | JSON_REAL_PRECISION(SUMMARY_DIGITS), "\n");
}

char *json_line(const json_t *root)
{
    return json_text(root, JSON_COMPACT | JSON_PRESERVE_ORDER, "");
}
