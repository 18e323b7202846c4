/* json_help.h - building and reading the summary without losing an allocation failure. */
#ifndef SIM_REPORT_JSON_HELP_H
#define SIM_REPORT_JSON_HELP_H

#include <jansson.h>
#include <stdbool.h>

/* Both take the value over, also when they fail; false if the container or the value is NULL
 * (memory ran out). */
bool json_put(json_t *object, const char *key, json_t *value);
bool json_push(json_t *array, json_t *value);

/* `value` if ok; else drops it and returns NULL. */
json_t *json_checked(json_t *value, bool ok);

/* A number rounded to 15 significant digits, so that text -> number -> text changes nothing and a
 * summary that was read back prints like the one that was written. null for NAN and infinities. */
json_t *json_number(double value);
double number_rounded(double value);

/* The object's member at `key` as text ("" if absent) or as a number (NAN if absent or null). */
const char *json_text_at(const json_t *object, const char *key);
double json_number_at(const json_t *object, const char *key);

/* variant.metrics.NAME.FIELD; NAN if absent or null. */
double json_metric(const json_t *variant, const char *metric, const char *field);

/* The whole document as the text that files and `--format json` hold; ends with a newline. Free
 * with free(). NULL if memory ran out. */
char *json_document(const json_t *root);

/* The same on one line, without blanks or a newline: a field of a table. */
char *json_line(const json_t *root);

#endif
