/* schema.c - the key table as a JSON Schema (draft-07), for completion and hover text in editors.
 *
 * The schema lets pass what YAML would type by its look, since the loader types by key: a text may
 * look like a number. `required` is stated for items of lists only: a file that extends another may
 * leave anything else out.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/text_buffer.h"
#include "sim/scenario/keys.h"

static json_t *schema_object(const KeyObject *object, bool in_list);

/* Puts a new value under a key; takes it over also on failure. A NULL value is a failure before. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static json_t *finished(json_t *object, bool good)
{
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* {"anyOf": [a, b]} */
static json_t *any_of(json_t *a, json_t *b)
{
    json_t *list = json_array();
    bool good = json_array_append_new(list, a) == 0;
    good = json_array_append_new(list, b) == 0 && good;
    json_t *object = json_object();
    good = put(object, "anyOf", list) && good;
    return finished(object, good);
}

static json_t *schema_scalar_types(void)
{
    json_t *object = json_object();
    return finished(object, put(object, "type", json_pack("[sss]", "string", "number", "boolean")));
}

static json_t *schema_choices(const KeyRow *row)
{
    json_t *list = json_array();
    bool good = list != NULL;
    const char *name;
    for (int i = 0; (name = key_choice(row, i)) != NULL; i++) {
        good = json_array_append_new(list, json_string(name)) == 0 && good;
    }
    json_t *object = json_object();
    good = put(object, "enum", list) && good;
    return finished(object, good);
}

static json_t *schema_integer(const KeyRow *row)
{
    json_t *object = json_object();
    bool good = put(object, "type", json_string("integer"));
    if (row->status == KEY_READY) {
        good = put(object, "minimum", json_integer(row->min)) && good;
        good = put(object, "maximum", json_integer(row->max)) && good;
    }
    return finished(object, good);
}

/* A quantity: text with its unit, or a bare whole number where that is the unit, or one of its
 * words. */
static json_t *schema_quantity(const KeyRow *row)
{
    if (row->unit != UNIT_NONE && row->unit != UNIT_GPU_MILLI) {
        return schema_scalar_types();
    }
    if (row->words == NULL) {
        return schema_integer(row);
    }
    json_t *list = json_array();
    bool good = list != NULL;
    for (const KeyWord *word = row->words; word->text != NULL; word++) {
        good = json_array_append_new(list, json_string(word->text)) == 0 && good;
    }
    json_t *words = json_object();
    good = put(words, "enum", list) && good;
    return any_of(schema_integer(row), finished(words, good));
}

static json_t *schema_simple(const char *key, const char *value)
{
    json_t *object = json_object();
    return finished(object, put(object, key, json_string(value)));
}

static json_t *schema_list(json_t *items)
{
    json_t *object = json_object();
    bool good = put(object, "type", json_string("array"));
    good = put(object, "items", items) && good;
    return finished(object, good);
}

static json_t *schema_texts(const KeyRow *row)
{
    bool limited = key_choice(row, 0) != NULL;
    return any_of(limited ? schema_choices(row) : schema_scalar_types(),
                  schema_list(limited ? schema_choices(row) : schema_scalar_types()));
}

static json_t *schema_pairs(void)
{
    json_t *object = json_object();
    bool good = put(object, "type", json_string("object"));
    good = put(object, "additionalProperties", schema_scalar_types()) && good;
    return finished(object, good);
}

static json_t *schema_object_map(const KeyRow *row)
{
    json_t *object = json_object();
    bool good = put(object, "type", json_string("object"));
    good = put(object, "additionalProperties", schema_object(row->object, false)) && good;
    return finished(object, good);
}

/* A list; one shorthand in its place; or, where a file changes what it extends, a map by name. */
static json_t *schema_object_list(const KeyRow *row)
{
    json_t *list = schema_list(schema_object(row->object, true));
    json_t *both = any_of(list, schema_object_map(row));
    return key_shorthand(row->object) == NULL ? both : any_of(both, schema_scalar_types());
}

static json_t *schema_kind(const KeyRow *row)
{
    switch (row->kind) {
    case KEY_BOOL:
        return schema_simple("type", "boolean");
    case KEY_QUANTITY:
        return schema_quantity(row);
    case KEY_CHOICE:
        return schema_choices(row);
    case KEY_TEXTS:
        return schema_texts(row);
    case KEY_PAIRS:
        return schema_pairs();
    case KEY_OBJECT:
        return schema_object(row->object, false);
    case KEY_OBJECT_MAP:
        return schema_object_map(row);
    case KEY_OBJECT_LIST:
        return schema_object_list(row);
    case KEY_RAW:
        return schema_simple("type", "object");
    case KEY_TEXT:
    case KEY_PATH:
    case KEY_TIME:
    default:
        return schema_scalar_types();
    }
}

/* Hover text: meaning, unit, bounds, default. */
static json_t *describe(const KeyRow *row)
{
    char bounds[96];
    key_bounds(row, bounds, sizeof(bounds));
    const char *fallback = row->fallback != NULL ? row->fallback : row->absent;
    return json_sprintf("%s%s (%s%s%s%s%s)", row->status == KEY_NOT_YET ? "Not there yet: " : "",
                        row->summary, key_type(row), bounds[0] == '\0' ? "" : ", ", bounds,
                        row->required      ? ", required"
                        : fallback == NULL ? ""
                                           : ", default: ",
                        row->required || fallback == NULL ? "" : fallback);
}

static json_t *schema_row(const KeyRow *row)
{
    json_t *object = schema_kind(row);
    bool good = put(object, "description", describe(row));
    good = put(object, "examples", json_pack("[s]", row->example)) && good;
    if (row->status == KEY_NOT_YET) {
        good = put(object, "not", json_object()) &&
               good; /* nothing is valid, so the editor marks it */
    }
    return finished(object, good);
}

static json_t *schema_map_of_keys(const KeyObject *of, bool in_list)
{
    json_t *object = json_object();
    json_t *properties = json_object();
    json_t *required = json_array();
    bool good = put(object, "type", json_string("object"));
    for (const KeyRow *row = of->rows; row->name != NULL; row++) {
        good = put(properties, row->name, schema_row(row)) && good;
        if (in_list && row->required) {
            good = json_array_append_new(required, json_string(row->name)) == 0 && good;
        }
    }
    good = put(object, "additionalProperties", json_false()) && good;
    good = put(object, "properties", properties) && good;
    if (json_array_size(required) > 0) {
        good = put(object, "required", required) && good;
    } else {
        json_decref(required);
    }
    return finished(object, good);
}

static json_t *schema_object(const KeyObject *object, bool in_list)
{
    json_t *keys = schema_map_of_keys(object, in_list);
    const KeyRow *shorthand = key_shorthand(object);
    return shorthand == NULL ? keys : any_of(schema_kind(shorthand), keys);
}

char *schema_text(void)
{
    json_t *root = schema_map_of_keys(&KEYS_SCENARIO, false);
    bool good = put(root, "$schema", json_string("http://json-schema.org/draft-07/schema#"));
    good = put(root, "title", json_string("gpuplan scenario")) && good;
    TextBuffer buffer = {0}; /* json_dumps may lose a piece when memory runs out, this does not */
    good = good && json_dump_callback(root, text_append, &buffer,
                                      JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0;
    buffer.failed = buffer.failed || !good;
    json_decref(root);
    return text_take(&buffer);
}
