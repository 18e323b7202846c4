/* stream.h - the bytes of a file, unpacked on the way: plain, gzip or zstd, told apart by content.
 *
 * Memory is bounded whatever the file says: a buffer and the format's window (zstd: 128 MiB at
 * most). Several packed parts one behind the other count as one file, as for the tools that make
 * them. For the readers of traces/.
 */
#ifndef TRACES_STREAM_H
#define TRACES_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/diagnostic.h"

typedef struct Stream Stream;

/* NULL: recorded. A directory is refused. */
Stream *stream_open(const char *path, Diagnostics *diagnostics);
void stream_close(Stream *stream); /* NULL is fine */

typedef enum StreamRead { STREAM_READ, STREAM_END, STREAM_FAILED } StreamRead;

/* At least one and at most `size` bytes into `bytes`; how many into *got. STREAM_FAILED: a damaged
 * or cut-off packing or a failing disk, recorded with the place in the file. */
StreamRead stream_read(Stream *stream, char *bytes, size_t size, size_t *got);

/* "gzip" or "zstd"; NULL: plain. */
const char *stream_packing(const Stream *stream);

#endif
