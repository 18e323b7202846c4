/* fair_tree.c - the walk that ranks users. */
#include "core/fair_tree.h"

#define LEVEL_SCALE ((unsigned __int128)1 << 34)
#define LEVEL_INFINITE (~(unsigned __int128)0)

/* What one walk carries with it. */
typedef struct FairWalk {
    FairNode *nodes;
    int32_t *order; /* lists of siblings, one behind another */
    int32_t order_used;
    int32_t rank, next_rank; /* of the last user, and the next one that does not tie */
} FairWalk;

void fair_tree_link(FairNode *nodes, int32_t node_count)
{
    for (int32_t node = 0; node < node_count; node++) {
        nodes[node].first_child = -1;
    }
    int32_t first_top = -1;
    for (int32_t node = node_count - 1; node >= 0; node--) {
        int32_t parent = nodes[node].parent;
        int32_t *first = parent >= 0 ? &nodes[parent].first_child : &first_top;
        nodes[node].next_sibling = *first;
        *first = node;
    }
}

/* Highest LF first, users before queues of the same LF, then as listed. */
static bool goes_before(const FairNode *nodes, int32_t a, int32_t b)
{
    if (nodes[a].level != nodes[b].level) {
        return nodes[a].level > nodes[b].level;
    }
    if (nodes[a].is_user != nodes[b].is_user) {
        return nodes[a].is_user;
    }
    return a < b;
}

static void sift_down(const FairNode *nodes, int32_t *list, int32_t at, int32_t count)
{
    for (int32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && goes_before(nodes, list[child], list[child + 1])) {
            child++;
        }
        if (!goes_before(nodes, list[at], list[child])) {
            return;
        }
        int32_t moved = list[at];
        list[at] = list[child];
        list[child] = moved;
        at = child;
    }
}

/* Heap sort: no memory, and never slower than count x log count. */
static void siblings_sort(const FairNode *nodes, int32_t *list, int32_t count)
{
    for (int32_t at = count / 2 - 1; at >= 0; at--) {
        sift_down(nodes, list, at, count);
    }
    for (int32_t last = count - 1; last > 0; last--) {
        int32_t moved = list[0];
        list[0] = list[last];
        list[last] = moved;
        sift_down(nodes, list, 0, last);
    }
}

/* LF of the siblings from `first` on, appended to the list. */
static void siblings_append(FairWalk *walk, int32_t first)
{
    FairNode *nodes = walk->nodes;
    __int128 shares = 0;
    __int128 usage = 0;
    for (int32_t node = first; node >= 0; node = nodes[node].next_sibling) {
        shares += nodes[node].shares;
        usage += nodes[node].usage;
    }
    for (int32_t node = first; node >= 0; node = nodes[node].next_sibling) {
        FairNode *row = &nodes[node];
        row->level = LEVEL_INFINITE;
        if (row->shares == 0) {
            row->level = 0;
        } else if (row->usage > 0) {
            /* usage < 2^63, shares <= 2^30; one division, so that equal fractions are equal. */
            row->level = (unsigned __int128)usage * LEVEL_SCALE * (uint64_t)row->shares /
                         ((unsigned __int128)shares * (uint64_t)row->usage);
        }
        walk->order[walk->order_used++] = node;
    }
}

/* Walks the siblings order[begin..end). tied: the first user among or below them ties with the user
 * ranked last. Queues that tie are walked as one. */
static void siblings_walk(FairWalk *walk, int32_t begin, int32_t end, bool tied)
{
    FairNode *nodes = walk->nodes;
    siblings_sort(nodes, walk->order + begin, end - begin);
    for (int32_t at = begin; at < end;) {
        const FairNode *row = &nodes[walk->order[at]];
        bool ties = at == begin ? tied : row->level == nodes[walk->order[at - 1]].level;
        if (row->is_user) {
            walk->rank = ties ? walk->rank : walk->next_rank;
            nodes[walk->order[at++]].rank = walk->rank;
            walk->next_rank--;
            continue;
        }
        int32_t below = walk->order_used;
        unsigned __int128 level = row->level;
        while (at < end && nodes[walk->order[at]].level == level) {
            siblings_append(walk, nodes[walk->order[at++]].first_child);
        }
        siblings_walk(walk, below, walk->order_used, ties);
        walk->order_used = below;
    }
}

static int64_t usage_fill(FairNode *nodes, int32_t node)
{
    if (!nodes[node].is_user) {
        nodes[node].usage = 0;
        for (int32_t child = nodes[node].first_child; child >= 0;
             child = nodes[child].next_sibling) {
            nodes[node].usage += usage_fill(nodes, child);
        }
    }
    return nodes[node].usage;
}

int32_t fair_tree_rank(FairNode *nodes, int32_t node_count, int32_t *scratch)
{
    FairWalk walk = {.nodes = nodes, .order = scratch};
    int32_t users = 0;
    int32_t first_top = -1;
    for (int32_t node = node_count - 1; node >= 0; node--) {
        users += nodes[node].is_user;
        if (nodes[node].parent < 0) {
            usage_fill(nodes, node);
            first_top = node;
        }
    }
    walk.rank = walk.next_rank = users;
    siblings_append(&walk, first_top);
    siblings_walk(&walk, 0, walk.order_used, false);
    return users;
}
