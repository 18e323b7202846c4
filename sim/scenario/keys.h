/* keys.h - the language of scenarios as one table: a row for each key, rows grouped by object.
 *
 * The rows drive parsing, bounds, defaults, the messages about unknown keys, `gpuplan keys` and the
 * JSON Schema, so these cannot disagree. A row says where in a plain struct (spec.h) its value
 * goes. To add a key: one row and one field; docs/scenario.md shows it.
 */
#ifndef SIM_SCENARIO_KEYS_H
#define SIM_SCENARIO_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"
#include "core/units.h"

typedef enum KeyKind {
    KEY_TEXT,     /* SpecText */
    KEY_PATH,     /* SpecText: a file, looked up beside the file that names it */
    KEY_BOOL,     /* SpecNumber: true or false */
    KEY_QUANTITY, /* SpecNumber: unit, rounding, min, max */
    KEY_TIME,     /* SpecNumber: a calendar time in ms since 1970 */
    KEY_CHOICE,   /* SpecText: one of the choices */
    KEY_TEXTS,  /* SpecTexts: a list; one value stands for a list of one; choices, if any, for each
                 */
    KEY_PAIRS,  /* SpecPairs: a map of names and texts */
    KEY_OBJECT, /* the object's struct, in place */
    KEY_OBJECT_MAP,  /* SpecObjects: objects by name */
    KEY_OBJECT_LIST, /* SpecObjects: a list of objects; one object's shorthand stands for a list of
                        one */
    KEY_RAW          /* SpecRaw: a map with rules of its own */
} KeyKind;

typedef enum KeyStatus {
    KEY_READY = 0,
    KEY_NOT_YET /* has a name and a meaning, but no code: refused, never ignored */
} KeyStatus;

/* A word that stands for a value: "never". */
typedef struct KeyWord {
    const char *text; /* NULL ends the list */
    int64_t value;
} KeyWord;

typedef struct KeyObject KeyObject;

typedef struct KeyRow {
    const char *name; /* NULL ends the rows */
    KeyKind kind;
    KeyStatus status;
    bool required;
    bool shorthand; /* a single value in place of the object means this key */
    bool renews;    /* an override with this key replaces the whole object: options of another rule
                       mean nothing to this one */
    Unit unit;      /* KEY_QUANTITY */
    Rounding rounding;
    int64_t min, max;                    /* inclusive; with rows of KEY_QUANTITY */
    const KeyWord *words;                /* with rows of KEY_QUANTITY; NULL: none */
    const char *const *choices;          /* ended by NULL */
    const char *(*choice_at)(int index); /* choices from a registry; NULL behind the last */
    const char *const *later;            /* choices that are not there yet, ended by NULL */
    const char *fallback;                /* the value if the key is absent; NULL: none */
    const char *absent;                  /* what its absence means, where that is not a value */
    const char *const *rules; /* an option of these rules alone, ended by NULL; NULL: of all */
    const KeyObject *object;
    size_t offset;
    const char *summary;
    const char *example;
} KeyRow;

struct KeyObject {
    const char *name; /* "a node type" */
    const KeyRow *rows;
    size_t size; /* of its struct in spec.h */
};

extern const KeyObject KEYS_SCENARIO; /* the top */
extern const KeyObject KEYS_CLUSTER, KEYS_WORKLOAD_SOURCE, KEYS_POLICY;
extern const KeyObject KEYS_QUEUE, KEYS_MODELS, KEYS_INJECTION, KEYS_COSTS;

#define KEYS_PER_OBJECT_MAX 64

const KeyRow *key_row(const KeyObject *object, const char *name); /* NULL: no such key */
const KeyRow *key_shorthand(const KeyObject *object);             /* NULL: none */
const char *key_choice(const KeyRow *row, int index);             /* NULL behind the last */
int key_choice_index(const KeyRow *row, const char *text);        /* -1: no such choice */
bool key_belongs(const KeyRow *row, const char *rule); /* is it an option of this rule? */
const char *key_nearest(const KeyObject *object, const char *name); /* NULL: none near */

/* "0 to 32" as people read it, "1s to 7d, or event"; "" for a key without bounds. */
char *key_bounds(const KeyRow *row, char *buffer, size_t size);

/* ", or never": the words of a quantity, each after an "or"; "" for none. */
char *key_words(const KeyRow *row, char *buffer, size_t size);

/* "duration", "whole number", "choice", "list of texts" ... */
const char *key_type(const KeyRow *row);

/* ---- what `gpuplan keys` and `gpuplan schema` print (keys_print.c, schema.c) ---- */

typedef enum KeysFormat { KEYS_TABLE, KEYS_MARKDOWN } KeysFormat;

void keys_print_all(FILE *stream, KeysFormat format);

/* All about one key, and the keys below it; the end of a path will do, and where it means several
 * keys they are listed. STATUS_USAGE with a hint on `errors` if there is no
 * such key. */
Status keys_print_one(FILE *stream, FILE *errors, const char *path);

/* The JSON Schema (draft-07) as text for free(); NULL if memory ran out. */
char *schema_text(void);

#endif
