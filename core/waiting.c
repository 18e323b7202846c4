/* waiting.c - a treap for each class, a heap of classes for each line, a heap for each walk. */
#include "core/waiting.h"

#define NOT_WAITING (-2)

bool waiting_init(Waiting *waiting, Arena *arena, int32_t job_count, const ClassId *job_class,
                  int32_t class_count, const int32_t *class_line, int32_t line_count)
{
    *waiting = (Waiting){
        .class_count = class_count,
        .line_count = line_count,
        .key = ARENA_ARRAY(arena, OrderKey, job_count),
        .round = ARENA_ARRAY(arena, int32_t, job_count),
        .left = ARENA_ARRAY(arena, JobId, job_count),
        .right = ARENA_ARRAY(arena, JobId, job_count),
        .up = ARENA_ARRAY(arena, JobId, job_count),
        .root = ARENA_ARRAY(arena, JobId, class_count),
        .first = ARENA_ARRAY(arena, JobId, class_count),
        .class_waiting = ARENA_ARRAY(arena, int32_t, class_count),
        .class_line = class_line,
        .heap_at = ARENA_ARRAY(arena, int32_t, class_count),
        .heap = ARENA_ARRAY(arena, ClassId, class_count),
        .line_begin = ARENA_ARRAY(arena, int32_t, (size_t)line_count + 1),
        .line_classes = ARENA_ARRAY(arena, int32_t, line_count),
        .job_class = job_class,
    };
    if (arena->failed) {
        return false;
    }
    for (JobId job = 0; job < job_count; job++) {
        waiting->up[job] = NOT_WAITING;
    }
    for (ClassId id = 0; id < class_count; id++) {
        waiting->root[id] = -1;
        waiting->first[id] = -1;
        waiting->heap_at[id] = -1;
        waiting->line_begin[class_line[id] + 1]++;
    }
    for (int32_t line = 0; line < line_count; line++) {
        waiting->line_begin[line + 1] += waiting->line_begin[line];
    }
    return true;
}

bool waiting_keep_runs(Waiting *waiting, Arena *arena, int32_t job_count, const int64_t *run_ms)
{
    waiting->run_ms = run_ms;
    waiting->least_run_ms = ARENA_ARRAY(arena, int64_t, job_count);
    return waiting->least_run_ms != NULL;
}

bool waiting_has(const Waiting *waiting, JobId job)
{
    return waiting->up[job] != NOT_WAITING;
}

bool waiting_before(const Waiting *waiting, JobId a, JobId b)
{
    const OrderKey *ka = &waiting->key[a];
    const OrderKey *kb = &waiting->key[b];
    if (ka->major != kb->major) {
        return ka->major < kb->major;
    }
    if (ka->minor != kb->minor) {
        return ka->minor < kb->minor;
    }
    return waiting->round[a] != waiting->round[b] ? waiting->round[a] < waiting->round[b] : a < b;
}

JobId waiting_first(const Waiting *waiting, ClassId class_id)
{
    return waiting->first[class_id];
}

JobId waiting_next(const Waiting *waiting, JobId job)
{
    JobId at = waiting->right[job];
    if (at >= 0) {
        while (waiting->left[at] >= 0) {
            at = waiting->left[at];
        }
        return at;
    }
    at = job;
    JobId above = waiting->up[at];
    while (above >= 0 && waiting->right[above] == at) {
        at = above;
        above = waiting->up[at];
    }
    return above;
}

/* ---- treaps ---- */

/* Heap order of a job: a mixed id (the finaliser of MurmurHash3), the same in every run. */
static uint32_t treap_rank(JobId job)
{
    uint32_t h = (uint32_t)job + 0x9e3779b9u;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

static void treap_hang(Waiting *waiting, ClassId id, JobId above, JobId was, JobId now)
{
    if (above < 0) {
        waiting->root[id] = now;
    } else if (waiting->left[above] == was) {
        waiting->left[above] = now;
    } else {
        waiting->right[above] = now;
    }
    if (now >= 0) {
        waiting->up[now] = above;
    }
}

static void least_lower(Waiting *waiting, JobId job, JobId below)
{
    if (below >= 0 && waiting->least_run_ms[below] < waiting->least_run_ms[job]) {
        waiting->least_run_ms[job] = waiting->least_run_ms[below];
    }
}

static void least_set(Waiting *waiting, JobId job)
{
    if (waiting->run_ms != NULL) {
        waiting->least_run_ms[job] = waiting->run_ms[job];
        least_lower(waiting, job, waiting->left[job]);
        least_lower(waiting, job, waiting->right[job]);
    }
}

/* Of the job and of all above it. */
static void least_settle(Waiting *waiting, JobId job)
{
    for (; job >= 0 && waiting->run_ms != NULL; job = waiting->up[job]) {
        least_set(waiting, job);
    }
}

/* Lifts `job` over the one above it. */
static void treap_rotate(Waiting *waiting, ClassId id, JobId job)
{
    JobId above = waiting->up[job];
    treap_hang(waiting, id, waiting->up[above], above, job);
    JobId moved;
    if (waiting->left[above] == job) {
        moved = waiting->right[job];
        waiting->left[above] = moved;
        waiting->right[job] = above;
    } else {
        moved = waiting->left[job];
        waiting->right[above] = moved;
        waiting->left[job] = above;
    }
    waiting->up[above] = job;
    if (moved >= 0) {
        waiting->up[moved] = above;
    }
    least_set(waiting, above);
    least_set(waiting, job);
}

static void treap_insert(Waiting *waiting, ClassId id, JobId job)
{
    JobId above = -1;
    JobId at = waiting->root[id];
    bool is_left = false;
    while (at >= 0) {
        above = at;
        is_left = waiting_before(waiting, job, at);
        at = is_left ? waiting->left[at] : waiting->right[at];
    }
    waiting->left[job] = -1;
    waiting->right[job] = -1;
    waiting->up[job] = above;
    least_set(waiting, job);
    if (above < 0) {
        waiting->root[id] = job;
        return;
    }
    *(is_left ? &waiting->left[above] : &waiting->right[above]) = job;
    while (waiting->up[job] >= 0 && treap_rank(job) > treap_rank(waiting->up[job])) {
        treap_rotate(waiting, id, job);
    }
    least_settle(waiting, waiting->up[job]);
}

static void treap_remove(Waiting *waiting, ClassId id, JobId job)
{
    while (waiting->left[job] >= 0 && waiting->right[job] >= 0) {
        JobId left = waiting->left[job];
        JobId right = waiting->right[job];
        treap_rotate(waiting, id, treap_rank(left) > treap_rank(right) ? left : right);
    }
    JobId only = waiting->left[job] >= 0 ? waiting->left[job] : waiting->right[job];
    treap_hang(waiting, id, waiting->up[job], job, only);
    least_settle(waiting, waiting->up[job]);
    waiting->up[job] = NOT_WAITING;
}

/* ---- heaps of classes ---- */

static bool class_before(const Waiting *waiting, ClassId a, ClassId b)
{
    return waiting_before(waiting, waiting->first[a], waiting->first[b]);
}

static void heap_put(Waiting *waiting, int32_t begin, int32_t at, ClassId id)
{
    waiting->heap[begin + at] = id;
    waiting->heap_at[id] = at;
}

/* Moves the class to where its first job puts it. */
static void heap_settle(Waiting *waiting, ClassId id)
{
    int32_t line = waiting->class_line[id];
    int32_t begin = waiting->line_begin[line];
    int32_t count = waiting->line_classes[line];
    const ClassId *heap = &waiting->heap[begin];
    int32_t at = waiting->heap_at[id];
    while (at > 0 && class_before(waiting, id, heap[(at - 1) / 2])) {
        heap_put(waiting, begin, at, heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (int32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && class_before(waiting, heap[child + 1], heap[child])) {
            child++;
        }
        if (!class_before(waiting, heap[child], id)) {
            break;
        }
        heap_put(waiting, begin, at, heap[child]);
        at = child;
    }
    heap_put(waiting, begin, at, id);
}

static void heap_remove(Waiting *waiting, ClassId id)
{
    int32_t line = waiting->class_line[id];
    int32_t begin = waiting->line_begin[line];
    int32_t at = waiting->heap_at[id];
    ClassId last = waiting->heap[begin + --waiting->line_classes[line]];
    waiting->heap_at[id] = -1;
    if (last != id) {
        heap_put(waiting, begin, at, last);
        heap_settle(waiting, last);
    }
}

void waiting_insert(Waiting *waiting, JobId job, OrderKey key, int32_t round)
{
    ClassId id = waiting->job_class[job];
    int32_t line = waiting->class_line[id];
    waiting->key[job] = key;
    waiting->round[job] = round;
    treap_insert(waiting, id, job);
    waiting->count++;
    waiting->class_waiting[id]++;
    if (waiting->first[id] < 0) {
        waiting->first[id] = job;
        heap_put(waiting, waiting->line_begin[line], waiting->line_classes[line]++, id);
        heap_settle(waiting, id);
    } else if (waiting_before(waiting, job, waiting->first[id])) {
        waiting->first[id] = job;
        heap_settle(waiting, id);
    }
}

void waiting_remove(Waiting *waiting, JobId job)
{
    ClassId id = waiting->job_class[job];
    bool was_first = waiting->first[id] == job;
    JobId next = was_first ? waiting_next(waiting, job) : -1;
    treap_remove(waiting, id, job);
    waiting->count--;
    waiting->class_waiting[id]--;
    if (!was_first) {
        return;
    }
    if (next < 0) {
        heap_remove(waiting, id);
        waiting->first[id] = -1;
    } else {
        waiting->first[id] = next;
        heap_settle(waiting, id);
    }
}

JobId waiting_head(const Waiting *waiting, int32_t line)
{
    return waiting->line_classes[line] > 0
               ? waiting->first[waiting->heap[waiting->line_begin[line]]]
               : -1;
}

/* ---- walks ---- */

static void walk_sift(WaitingWalk *walk, int32_t at)
{
    JobId job = walk->heap[at];
    for (int32_t child = 2 * at + 1; child < walk->count; child = 2 * at + 1) {
        if (child + 1 < walk->count &&
            waiting_before(walk->waiting, walk->heap[child + 1], walk->heap[child])) {
            child++;
        }
        if (!waiting_before(walk->waiting, walk->heap[child], job)) {
            break;
        }
        walk->heap[at] = walk->heap[child];
        at = child;
    }
    walk->heap[at] = job;
}

static void walk_add_line(WaitingWalk *walk, int32_t line)
{
    const Waiting *waiting = walk->waiting;
    const ClassId *classes = &waiting->heap[waiting->line_begin[line]];
    for (int32_t i = 0; i < waiting->line_classes[line]; i++) {
        walk->heap[walk->count++] = waiting->first[classes[i]];
    }
}

void waiting_walk(WaitingWalk *walk, const Waiting *waiting, int32_t line, JobId *heap)
{
    *walk = (WaitingWalk){.waiting = waiting, .heap = heap};
    if (line >= 0) { /* one line's classes are in heap order already */
        walk_add_line(walk, line);
        return;
    }
    for (int32_t each = 0; each < waiting->line_count; each++) {
        walk_add_line(walk, each);
    }
    for (int32_t at = waiting->line_count > 1 ? walk->count / 2 - 1 : -1; at >= 0; at--) {
        walk_sift(walk, at);
    }
}

JobId waiting_walk_peek(const WaitingWalk *walk)
{
    return walk->count > 0 ? walk->heap[0] : -1;
}

void waiting_walk_replace(WaitingWalk *walk, JobId next)
{
    walk->heap[0] = next >= 0 ? next : walk->heap[--walk->count];
    if (walk->count > 0) {
        walk_sift(walk, 0);
    }
}

void waiting_walk_step(WaitingWalk *walk)
{
    waiting_walk_replace(walk, waiting_next(walk->waiting, walk->heap[0]));
}

void waiting_walk_close(WaitingWalk *walk)
{
    waiting_walk_replace(walk, -1);
}

/* The first of a tree that runs no longer than so; there is one. */
static JobId short_first(const Waiting *waiting, JobId at, int64_t longest_ms)
{
    for (;;) {
        JobId left = waiting->left[at];
        if (left >= 0 && waiting->least_run_ms[left] <= longest_ms) {
            at = left;
        } else if (waiting->run_ms[at] <= longest_ms) {
            return at;
        } else {
            at = waiting->right[at];
        }
    }
}

static bool tree_has_short(const Waiting *waiting, JobId root, int64_t longest_ms)
{
    return root >= 0 && waiting->least_run_ms[root] <= longest_ms;
}

void waiting_walk_skip(WaitingWalk *walk, int64_t longest_ms)
{
    const Waiting *waiting = walk->waiting;
    JobId at = walk->heap[0];
    JobId from = -1; /* the tree below `at` from which we come */
    bool past = true;
    for (; at >= 0; from = at, at = waiting->up[at]) {
        if (!past && waiting->left[at] != from) {
            continue; /* it and those to its left are before the job */
        }
        if (!past && waiting->run_ms[at] <= longest_ms) {
            waiting_walk_replace(walk, at);
            return;
        }
        past = false;
        if (tree_has_short(waiting, waiting->right[at], longest_ms)) {
            waiting_walk_replace(walk, short_first(waiting, waiting->right[at], longest_ms));
            return;
        }
    }
    waiting_walk_close(walk);
}
