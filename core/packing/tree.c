/* tree.c - levels of blocks of eight, leaves first. */
#include "core/packing/tree.h"

#define FAN 8
#define FAN_SHIFT 3

void gp_tree_layout(GpTree *tree, int32_t leaf_count, int sums)
{
    size_t count = (size_t)leaf_count;
    tree->sums = sums;
    tree->no_leaf = sums ? 0 : GP_INFEASIBLE;
    tree->levels = 0;
    tree->words = 0;
    for (;;) {
        size_t rounded = (count + FAN - 1) & ~(size_t)(FAN - 1);
        tree->level_start[tree->levels] = tree->words;
        tree->level_count[tree->levels] = rounded;
        tree->levels++;
        tree->words += rounded;
        if (rounded == FAN) {
            return;
        }
        count = rounded >> FAN_SHIFT;
    }
}

static int64_t block_best(const int64_t *block)
{
    int64_t best = block[0];
    for (int i = 1; i < FAN; i++) {
        best = block[i] > best ? block[i] : best;
    }
    return best;
}

static int64_t block_sum(const int64_t *block)
{
    int64_t sum = 0;
    for (int i = 0; i < FAN; i++) {
        sum += block[i];
    }
    return sum;
}

void gp_tree_build(const GpTree *tree, int64_t *words)
{
    for (int32_t level = 1; level < tree->levels; level++) {
        const int64_t *below = words + tree->level_start[level - 1];
        int64_t *here = words + tree->level_start[level];
        size_t blocks = tree->level_count[level - 1] >> FAN_SHIFT;
        for (size_t i = 0; i < tree->level_count[level]; i++) {
            const int64_t *block = below + (i << FAN_SHIFT);
            here[i] = i >= blocks  ? tree->no_leaf
                      : tree->sums ? block_sum(block)
                                   : block_best(block);
        }
    }
}

static void sums_change(const GpTree *tree, int64_t *words, size_t leaf, int64_t change)
{
    for (int32_t level = 1; level < tree->levels; level++) {
        leaf >>= FAN_SHIFT;
        words[tree->level_start[level] + leaf] += change;
    }
}

/* A block is looked through only if what changed was its best. */
static void best_change(const GpTree *tree, int64_t *words, size_t at, int64_t before, int64_t now)
{
    for (int32_t level = 1; level < tree->levels; level++) {
        at >>= FAN_SHIFT;
        int64_t *parent = words + tree->level_start[level] + at;
        int64_t best = *parent;
        if (now < best) {
            if (before < best) {
                return;
            }
            now = block_best(words + tree->level_start[level - 1] + (at << FAN_SHIFT));
        }
        if (now == best) {
            return;
        }
        *parent = now;
        before = best;
    }
}

void gp_tree_set(const GpTree *tree, int64_t *words, size_t leaf, int64_t value)
{
    int64_t before = words[leaf];
    if (before == value) {
        return;
    }
    words[leaf] = value;
    if (tree->sums) {
        sums_change(tree, words, leaf, value - before);
    } else {
        best_change(tree, words, leaf, before, value);
    }
}

/* The first child that has the value; one has. Where it is cannot be foreseen, so all are compared.
 */
static size_t block_find(const int64_t *block, int64_t value)
{
    uint32_t found = 0;
    for (int i = 0; i < FAN; i++) {
        found |= (uint32_t)(block[i] == value) << i;
    }
    return (size_t)__builtin_ctz(found);
}

int64_t gp_tree_best(const GpTree *tree, const int64_t *words)
{
    int64_t best = block_best(words + tree->level_start[tree->levels - 1]);
    if (best == GP_INFEASIBLE) {
        return -1;
    }
    size_t at = 0;
    for (int32_t level = tree->levels - 1; level >= 0; level--) {
        at <<= FAN_SHIFT;
        at += block_find(words + tree->level_start[level] + at, best);
    }
    return (int64_t)at;
}

int64_t gp_tree_kth(const GpTree *tree, const int64_t *words, uint64_t draw)
{
    int64_t total = block_sum(words + tree->level_start[tree->levels - 1]);
    if (total == 0) {
        return -1;
    }
    int64_t skip = gp_draw_below(draw, total);
    size_t at = 0;
    for (int32_t level = tree->levels - 1; level >= 0; level--) {
        at <<= FAN_SHIFT;
        while (skip >= words[tree->level_start[level] + at]) {
            skip -= words[tree->level_start[level] + at];
            at++;
        }
    }
    return (int64_t)at;
}
