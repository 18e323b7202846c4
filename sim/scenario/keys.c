/* keys.c - looking things up in the key table. */
#include "sim/scenario/keys.h"

#include <string.h>

#include "core/diagnostic.h"

const KeyRow *key_row(const KeyObject *object, const char *name)
{
    for (const KeyRow *row = object->rows; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}

const KeyRow *key_shorthand(const KeyObject *object)
{
    for (const KeyRow *row = object->rows; row->name != NULL; row++) {
        if (row->shorthand) {
            return row;
        }
    }
    return NULL;
}

const char *key_choice(const KeyRow *row, int index)
{
    if (row->choice_at != NULL) {
        return row->choice_at(index);
    }
    return row->choices == NULL ? NULL : row->choices[index];
}

int key_choice_index(const KeyRow *row, const char *text)
{
    const char *name;
    for (int i = 0; (name = key_choice(row, i)) != NULL; i++) {
        if (strcmp(name, text) == 0) {
            return i;
        }
    }
    return -1;
}

bool key_belongs(const KeyRow *row, const char *rule)
{
    for (int i = 0; row->rules != NULL && row->rules[i] != NULL; i++) {
        if (strcmp(row->rules[i], rule) == 0) {
            return true;
        }
    }
    return row->rules == NULL;
}

const char *key_nearest(const KeyObject *object, const char *name)
{
    const char *names[KEYS_PER_OBJECT_MAX];
    int count = 0;
    for (const KeyRow *row = object->rows; row->name != NULL && count < KEYS_PER_OBJECT_MAX;
         row++) {
        names[count++] = row->name;
    }
    return nearest_name(name, names, count);
}

const char *key_type(const KeyRow *row)
{
    switch (row->kind) {
    case KEY_TEXT:
        return "text";
    case KEY_PATH:
        return "file";
    case KEY_BOOL:
        return "true or false";
    case KEY_QUANTITY:
        return row->unit == UNIT_NONE ? "whole number" : unit_name(row->unit);
    case KEY_TIME:
        return "time";
    case KEY_CHOICE:
        return "choice";
    case KEY_TEXTS:
        return row->choices != NULL || row->choice_at != NULL ? "list of choices" : "list of texts";
    case KEY_PAIRS:
        return "map of texts";
    case KEY_OBJECT_MAP:
        return "maps by name";
    case KEY_OBJECT_LIST:
        return "list of maps";
    case KEY_OBJECT:
    case KEY_RAW:
    default:
        return "map";
    }
}

char *key_words(const KeyRow *row, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (const KeyWord *word = row->words; word != NULL && word->text != NULL; word++) {
        if (used < size) {
            used += (size_t)snprintf(buffer + used, size - used, ", or %s", word->text);
        }
    }
    return buffer;
}

char *key_bounds(const KeyRow *row, char *buffer, size_t size)
{
    char low[32];
    char high[32];
    buffer[0] = '\0';
    if (row->kind != KEY_QUANTITY || row->status == KEY_NOT_YET) {
        return buffer;
    }
    quantity_print(row->min, row->unit, low, sizeof(low));
    quantity_print(row->max, row->unit, high, sizeof(high));
    if (row->min == row->max) {
        snprintf(buffer, size, "%s", low);
    } else if (row->max >= INT64_C(1) << 50) { /* what the field holds: a bound that helps nobody */
        snprintf(buffer, size, "at least %s", low);
    } else {
        snprintf(buffer, size, "%s to %s", low, high);
    }
    size_t used = strlen(buffer);
    key_words(row, buffer + used, size - used);
    return buffer;
}
