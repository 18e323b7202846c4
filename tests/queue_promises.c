/* queue_promises.c - every walk up the tree ends, every queue knows its depth, no name stands
 * twice.
 */
#include "tests/queue_promises.h"

#include <stddef.h>

const char *queue_promise_broken(const QueueTree *tree)
{
    if (tree->count <= 0 || tree->flavor_count <= 0) {
        return "there is a queue and a flavor";
    }
    for (QueueId queue = 0; queue < tree->count; queue++) {
        int32_t depth = 0;
        for (QueueId at = tree->queues[queue].parent; at >= 0; at = tree->queues[at].parent) {
            if (at >= tree->count || ++depth >= tree->count) {
                return "a queue is below a queue";
            }
        }
        if (tree->queues[queue].depth != depth) {
            return "a depth is the way up";
        }
        if (queue_find(tree, tree->names[queue]) != queue) {
            return "no name twice";
        }
    }
    return NULL;
}
