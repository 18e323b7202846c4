/* fair_tree.h - who has had least of what is his: users ranked through a tree of queues.
 *
 * Source: Slurm's Fair Tree (Cox and Morrison), docs/shares.md. Among the children of one node each
 * has LF = (its shares / all their shares) / (its usage / all their usage). The tree is walked
 * depth first, highest LF first; users are numbered on the way.
 */
#ifndef CORE_FAIR_TREE_H
#define CORE_FAIR_TREE_H

#include <stdbool.h>
#include <stdint.h>

#define FAIR_SHARES_MAX (INT64_C(1) << 30)

typedef struct FairNode {
    int32_t parent;                    /* -1: at the top */
    int32_t first_child, next_sibling; /* -1: none */
    bool is_user;                      /* users have no children */
    int64_t shares;                    /* 0..FAIR_SHARES_MAX */
    int64_t usage;                     /* at least 0; of users given, of others filled in */
    int32_t rank; /* of users: number of users for the best, downwards; users that tie share the
                   * best of their ranks */
    unsigned __int128 level; /* LF x 2^34, for the walk */
} FairNode;

/* Links parents to children in the order of the nodes. */
void fair_tree_link(FairNode *nodes, int32_t node_count);

/* Fills usage of inner nodes and rank of users. scratch: [node_count]. Returns the number of users.
 * No two queues form a cycle. */
int32_t fair_tree_rank(FairNode *nodes, int32_t node_count, int32_t *scratch);

#endif
