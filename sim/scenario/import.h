/* import.h - configuration of a real scheduler becomes keys of the scenario, laid under its own.
 *
 * What was written for Kueue or Slurm is turned into the same tree that a scenario is, each node
 * with its place in the imported file, so that a mistake there is shown there. What has no
 * counterpart is noted, never dropped in silence.
 */
#ifndef SIM_SCENARIO_IMPORT_H
#define SIM_SCENARIO_IMPORT_H

#include "core/scenario.h"
#include "sim/scenario/tree.h"

/* `tree` (of a variant) with what `policy.import` brings, or itself where there is none. *import:
 * what was read and left out; NULL where there is none. NULL after a mistake. */
const Node *import_apply(Loader *loader, const Node *tree, const PolicyImport **import);

/* `tree` with the cluster and the queues of `like`, made of the same content: what is built of them
 * once serves both. NULL if memory ran out. */
const Node *import_reuse(Loader *loader, const Node *tree, const Node *like);

/* ---- for the readers of one format ---- */

typedef struct ImportBook {
    Loader *loader;
    const Node *tree; /* the scenario's own, as written */
    PolicyImport *import;
    const SourceText *source; /* the file that notes count lines of */
    int32_t note_capacity;
    Node *policy; /* a map, to be filled */
    Node *queues; /* a list of maps */
    Node *nodes;  /* a map by names of cluster.nodes: labels and flavors that are laid over them */
    bool good;    /* false after a mistake, or if memory ran out */
} ImportBook;

/* Something was left out, or is only nearly so. Equal notes of one line are one. */
void import_note(ImportBook *book, const Node *place, const char *format, ...) PRINTF_LIKE(3, 4);

/* A mistake in the imported file. */
#define IMPORT_WRONG(book, place, help, ...)                                                       \
    do {                                                                                           \
        REPORT((book)->loader, (place), "import", (help), __VA_ARGS__);                            \
        (book)->good = false;                                                                      \
    } while (0)

/* Children of a map: a text, made with printf; a map or list, made if it is not there. NULL (and
 * book->good false) if memory ran out. */
void import_text(ImportBook *book, Node *map, const char *key, const Node *place,
                 const char *format, ...) PRINTF_LIKE(5, 6);
Node *import_map(ImportBook *book, Node *map, const char *key, const Node *place);
Node *import_list(ImportBook *book, Node *map, const char *key, const Node *place);
Node *import_item(ImportBook *book, Node *list, const Node *place); /* a map behind the last */
/* The queue of that name; NULL: none yet. */
Node *import_queue_find(const ImportBook *book, const char *name);
Node *import_queue_add(ImportBook *book, const char *name, const Node *place);

/* Does the scenario's own `policy` name a preset that is neither of these? */
bool import_other_preset(const ImportBook *book, const char *a, const char *b);

void import_kueue(ImportBook *book, const SourceText *source);
void import_slurm(ImportBook *book, const SourceText *source, const SourceText *qos);

#endif
