/* resolve.h - from files and overrides to one tree: extends, --set, variants. */
#ifndef SIM_SCENARIO_RESOLVE_H
#define SIM_SCENARIO_RESOLVE_H

#include "sim/scenario/spec.h"
#include "sim/scenario/tree.h"

/* A parsed document with all that it extends, normalised, without `extends`. NULL after a mistake.
 */
Node *resolve_document(Loader *loader, const SourceText *source);

/* `tree` with one "a.b=c" of the command line applied. NULL after a mistake. */
Node *resolve_set(Loader *loader, const Node *tree, const char *set);

/* `tree` with a path set to a text of the command line; `option` names it in messages. */
Node *resolve_option(Loader *loader, const Node *tree, const char *option, const char *path,
                     const char *text);

/* `tree` without `variants` and with a variant's overrides (a map, or nothing) applied. NULL after
 * a mistake. */
Node *resolve_variant(Loader *loader, const Node *tree, const Node *overrides);

/* The file that a value names: beside the file that wrote it, else under the data folder. NULL
 * after a mistake that says which places were tried. */
const char *resolve_path(Loader *loader, const SpecText *path);

#endif
