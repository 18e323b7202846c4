/* embedded.h - gnuplot scripts and scenario templates, carried inside the program. */
#ifndef CORE_EMBEDDED_H
#define CORE_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *path; /* as in the tree: "plots/load_curve.gp" */
    const char *text; /* ends with a NUL that size does not count */
    size_t size;
} EmbeddedFile;

extern const EmbeddedFile EMBEDDED_FILES[]; /* ended by a NULL path */

#endif
