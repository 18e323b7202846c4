/* tree.h - a tournament over int64 leaves: the leftmost best of them, or the k-th that counts.
 *
 * A block of eight children is one cache line, so a tree over 100,000 leaves is six lines high. The
 * words are the caller's, and so is what a tree holds: maxima, or sums.
 */
#ifndef GPUPACK_TREE_H
#define GPUPACK_TREE_H

#include "core/packing/internal.h"

#define GP_TREE_LEVELS_MAX 9

typedef struct GpTree {
    int sums;        /* inner words are sums of leaves that are 0 or 1; else maxima */
    int64_t no_leaf; /* what stands where no leaf is, and where a leaf is out */
    int32_t levels;
    size_t words; /* of one tree; a multiple of eight */
    size_t level_start[GP_TREE_LEVELS_MAX];
    size_t level_count[GP_TREE_LEVELS_MAX]; /* multiples of eight */
} GpTree;

void gp_tree_layout(GpTree *tree, int32_t leaf_count, int sums);

/* Fills the inner words from the leaves, level_count[0] of them, which the caller has set. */
void gp_tree_build(const GpTree *tree, int64_t *words);

void gp_tree_set(const GpTree *tree, int64_t *words, size_t leaf, int64_t value);

/* The leftmost best leaf; -1: all are out. */
int64_t gp_tree_best(const GpTree *tree, const int64_t *words);

/* The leaf of a tree of sums that the draw falls on; -1: all are out. */
int64_t gp_tree_kth(const GpTree *tree, const int64_t *words, uint64_t draw);

#endif
