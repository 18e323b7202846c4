/* alike.c - one comparison of all fields, one table. */
#include "core/alike.h"

#include <stdlib.h>

void alikes_init(Alikes *alikes)
{
    *alikes = (Alikes){0};
    intern_init(&alikes->table);
}

void alikes_free(Alikes *alikes)
{
    intern_free(&alikes->table);
    free(alikes->first);
    *alikes = (Alikes){0};
}

typedef struct AlikeQuery {
    const Request *const *first;
    const Request *wanted;
} AlikeQuery;

static bool is_alike(const void *context, int32_t id)
{
    const AlikeQuery *query = context;
    const Request *a = query->first[id];
    const Request *b = query->wanted;
    bool asks_alike = a->cpu_milli == b->cpu_milli && a->memory_mib == b->memory_mib &&
                      a->storage_bandwidth_mb_s == b->storage_bandwidth_mb_s &&
                      a->io_cpu_milli == b->io_cpu_milli && a->network_mb_s == b->network_mb_s &&
                      a->gpu_count == b->gpu_count && a->gpu_milli == b->gpu_milli &&
                      a->gpu_memory_mib == b->gpu_memory_mib && a->mig_profile == b->mig_profile &&
                      a->cores_unsaid == b->cores_unsaid && a->model_set == b->model_set &&
                      a->group_set == b->group_set && a->model_text == b->model_text;
    bool may_use_alike = a->dedicated == b->dedicated && a->asked_group_set == b->asked_group_set;
    return asks_alike && may_use_alike && a->task_count == b->task_count && a->gang == b->gang &&
           a->priority == b->priority && a->queue == b->queue && a->traits == b->traits;
}

static uint64_t alike_hash(const Request *row)
{
    uint64_t hash = intern_mix((uint64_t)row->cpu_milli, (uint64_t)row->memory_mib);
    hash = intern_mix(hash, (uint64_t)row->storage_bandwidth_mb_s);
    hash = intern_mix(hash, (uint64_t)row->io_cpu_milli << 32 | (uint32_t)row->mig_profile);
    hash = intern_mix(hash, (uint64_t)row->network_mb_s);
    hash = intern_mix(hash, (uint64_t)row->gpu_count << 32 | (uint32_t)row->gpu_milli);
    hash = intern_mix(hash, (uint64_t)row->gpu_memory_mib << 32 | (uint32_t)row->priority);
    hash = intern_mix(hash, row->model_set);
    hash = intern_mix(hash, row->group_set + (uint64_t)(uintptr_t)row->model_text);
    hash = intern_mix(hash, (uint64_t)row->task_count << 8 | (uint8_t)row->gang);
    hash = intern_mix(hash, row->asked_group_set << 2 | row->cores_unsaid << 1 | row->dedicated);
    return intern_mix(hash, (uint64_t)(uintptr_t)row->queue + (uint64_t)(uintptr_t)row->traits);
}

static bool alikes_grow(Alikes *alikes)
{
    if (alikes->count < alikes->capacity) {
        return true;
    }
    int32_t capacity = 2 * alikes->capacity + 64;
    const Request **first = realloc(alikes->first, (size_t)capacity * sizeof *first);
    if (first == NULL) {
        return false;
    }
    alikes->first = first;
    alikes->capacity = capacity;
    return true;
}

int32_t alikes_number(Alikes *alikes, const Request *row)
{
    AlikeQuery query = {alikes->first, row};
    uint64_t hash = alike_hash(row);
    int32_t known = intern_find(&alikes->table, hash, is_alike, &query);
    if (known >= 0) {
        return known;
    }
    if (!alikes_grow(alikes) || !intern_add(&alikes->table, hash, alikes->count)) {
        return -1;
    }
    alikes->first[alikes->count] = row;
    return alikes->count++;
}
