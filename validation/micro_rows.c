/* micro_rows.c - reads the expectations that a run has judged. */
#include "validation/micro_rows.h"

#include <jansson.h>
#include <stdio.h>

Status micro_row_add(ResultRows *results, const char *path)
{
    json_error_t error;
    json_t *run = json_load_file(path, 0, &error);
    if (run == NULL) {
        fprintf(stderr, "%s:%d:%d: %s\n", path, error.line, error.column, error.text);
        return STATUS_BAD_INPUT;
    }
    const char *name = json_string_value(json_object_get(json_object_get(run, "scenario"), "name"));
    const json_t *expects = json_object_get(run, "expect");
    size_t count = json_array_size(expects);
    size_t held = 0;
    size_t at;
    json_t *expect;
    json_array_foreach ((json_t *)expects, at, expect) {
        held += json_is_true(json_object_get(expect, "passed"));
    }
    bool known = name != NULL && count > 0;
    if (known) {
        result_add(results, "closed form", "worked out by hand in validation/micro", (double)count,
                   (double)held, 0.0, "micro %s: expectations that hold", name);
    } else {
        fprintf(stderr, "%s: no name, or nothing expected\n", path);
    }
    json_decref(run);
    return known ? STATUS_OK : STATUS_BAD_INPUT;
}
