/* atomic_file.h - write beside the target, rename at the end: the old file or the new, never a
 * half. */
#ifndef SIM_REPORT_ATOMIC_FILE_H
#define SIM_REPORT_ATOMIC_FILE_H

#include <stdio.h>

#include "core/diagnostic.h"

typedef struct AtomicFile {
    FILE *stream;     /* write here */
    char *target;     /* links resolved */
    char *temporary;  /* NULL: stdout, or a device that cannot be renamed onto */
    const char *path; /* as the user wrote it */
    int error;        /* errno of a failed write, where the writer knows it */
} AtomicFile;

/* `-` is stdout. On failure a diagnostic is recorded, nothing is left open, and STATUS_FAILED comes
 * back. */
Status atomic_file_open(AtomicFile *file, const char *path, Diagnostics *diagnostics);

/* Flushes to the disk and renames; on failure removes what was written. The file is closed either
 * way. */
Status atomic_file_commit(AtomicFile *file, Diagnostics *diagnostics);

/* Closes and removes. Harmless after open failed or after a commit. */
void atomic_file_abandon(AtomicFile *file);

#endif
