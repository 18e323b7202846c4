/* fault_union.c - what an InfiniteHBD fault log says was down, found without any of our readers.
 *
 *   fault-union fault_trace.json
 *
 * Each start looks ahead for the first unused end of the same node and type; the intervals of each
 * node are sorted and joined. Prints faults, nodes, ms down (union, over all nodes), the latest
 * time in ms.
 */
#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Interval {
    const char *node;
    int64_t start_ms, end_ms;
} Interval;

static int64_t time_of(const json_t *event)
{
    return (int64_t)llround(json_number_value(json_object_get(event, "event_time")) * 86400000.0);
}

static int is_a(const json_t *event, const char *what)
{
    return strcmp(json_string_value(json_object_get(event, "event_type")), what) == 0;
}

static int of_one_fault(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "node_id"), json_object_get(b, "node_id")) &&
           json_equal(json_object_get(a, "fault_type"), json_object_get(b, "fault_type"));
}

static int by_node_and_start(const void *a, const void *b)
{
    const Interval *first = a;
    const Interval *second = b;
    int nodes = strcmp(first->node, second->node);
    return nodes != 0 ? nodes
                      : (first->start_ms > second->start_ms) - (first->start_ms < second->start_ms);
}

/* How many intervals; `used` marks ends. */
static size_t intervals_find(const json_t *events, char *used, Interval *intervals)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *start = json_array_get(events, i);
        size_t k = i + 1;
        if (!is_a(start, "fault_start")) {
            continue;
        }
        for (; k < json_array_size(events); k++) {
            const json_t *end = json_array_get(events, k);
            if (!used[k] && is_a(end, "fault_end") && of_one_fault(start, end)) {
                used[k] = 1;
                intervals[count++] =
                    (Interval){json_string_value(json_object_get(start, "node_id")), time_of(start),
                               time_of(end)};
                break;
            }
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    json_error_t error;
    json_t *events = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!json_is_array(events)) {
        fputs("usage: fault-union fault_trace.json\n", stderr);
        return 2;
    }
    size_t size = json_array_size(events) + 1;
    char *used = calloc(size, 1);
    Interval *intervals = calloc(size, sizeof *intervals);
    if (used == NULL || intervals == NULL) {
        return 1;
    }
    size_t count = intervals_find(events, used, intervals);
    int64_t latest_ms = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        int64_t at_ms = time_of(json_array_get(events, i));
        latest_ms = at_ms > latest_ms ? at_ms : latest_ms;
    }
    qsort(intervals, count, sizeof *intervals, by_node_and_start);
    int64_t down_ms = 0;
    int64_t until_ms = 0; /* of the node at hand */
    size_t nodes = 0;
    for (size_t i = 0; i < count; i++) {
        const Interval *one = &intervals[i];
        int other = i == 0 || strcmp(one->node, intervals[i - 1].node) != 0;
        nodes += other != 0;
        int64_t from_ms = !other && until_ms > one->start_ms ? until_ms : one->start_ms;
        down_ms += one->end_ms > from_ms ? one->end_ms - from_ms : 0;
        until_ms = other || one->end_ms > until_ms ? one->end_ms : until_ms;
    }
    printf("%zu %zu %lld %lld\n", count, nodes, (long long)down_ms, (long long)latest_ms);
    free(used);
    free(intervals);
    json_decref(events);
    return 0;
}
