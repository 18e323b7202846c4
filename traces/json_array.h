/* json_array.h - the objects of one large JSON array, one by one, so that the array itself is never
 * in memory. For the readers of traces/.
 */
#ifndef TRACES_JSON_ARRAY_H
#define TRACES_JSON_ARRAY_H

#include <jansson.h>
#include <stdbool.h>

#include "core/diagnostic.h"

#define JSON_OBJECT_BYTES_MAX ((size_t)16 << 20)
#define JSON_OBJECTS_MAX (1 << 24)

/* Called for each element; `line` is where it begins. False if memory ran out. */
typedef bool JsonElement(void *self, const json_t *element, int line);

/* STATUS_OK only if the whole file is one array of objects. */
Status json_array_read(const char *path, JsonElement *element, void *self,
                       Diagnostics *diagnostics);

#endif
