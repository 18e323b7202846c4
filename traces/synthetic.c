/* synthetic.c - what a generator is told: defaults, gangs, and the load that it amounts to. */
#include "traces/synthetic.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/units.h"

#define WEEK_MS 604800000.0
#define RATE_UNITS 1e6 /* UNIT_RATE counts jobs in 10^6 weeks */
#define NODE_GPUS_USUAL 8

SyntheticSpec *synthetic_new(Arena *arena, int32_t size_count, int32_t queue_count)
{
    SyntheticSpec *spec = ARENA_NEW(arena, SyntheticSpec);
    SizeSpec *sizes = ARENA_ARRAY(arena, SizeSpec, size_count);
    QueueShare *queues = ARENA_ARRAY(arena, QueueShare, queue_count);
    if (spec == NULL || sizes == NULL || queues == NULL) {
        return NULL;
    }
    *spec = (SyntheticSpec){.size_count = size_count, .queue_count = queue_count};
    spec->sizes = sizes;
    spec->queues = queues;
    spec->arrivals.rate = INT64_C(168000000);
    for (int hour = 0; hour < HOURS_OF_WEEK; hour++) {
        spec->arrivals.hour_weight[hour] = 1;
    }
    for (int32_t i = 0; i < size_count; i++) {
        sizes[i] = (SizeSpec){
            .share_ppm = i == 0 ? GP_PPM : 0,
            .gpu_milli_total = GP_DEVICE_MILLI * (i + 1),
            .duration = {.family = FAMILY_EXPONENTIAL, .scale = 3600000.0},
            .end_ppm = {GP_PPM, 0, 0},
        };
        size_split(&sizes[i], 0);
    }
    for (int32_t i = 0; i < queue_count; i++) {
        queues[i] = (QueueShare){.share_ppm = i == 0 ? GP_PPM : 0, .name = "default"};
    }
    return spec;
}

void size_split(SizeSpec *size, int32_t node_gpus)
{
    if (size->gpu_milli_total < GP_DEVICE_MILLI) {
        size->task_count = 1;
        size->gpu_count = 1;
        size->gpu_milli = size->gpu_milli_total;
        return;
    }
    int32_t gpus = size->gpu_milli_total / GP_DEVICE_MILLI;
    int32_t most = node_gpus > 0 ? node_gpus : NODE_GPUS_USUAL;
    int32_t tasks = (gpus + most - 1) / most;
    while (gpus % tasks != 0) { /* ends at tasks = gpus at the latest */
        tasks++;
    }
    size->task_count = tasks;
    size->gpu_count = gpus / tasks;
    size->gpu_milli = GP_DEVICE_MILLI;
}

bool synthetic_users(const SyntheticSpec *spec, QueueShare *queue, Arena *arena)
{
    queue->users = ARENA_ARRAY(arena, const char *, spec->user_count);
    size_t size = strlen(queue->name) + 16;
    for (int32_t i = 0; queue->users != NULL && i < spec->user_count; i++) {
        char *name = arena_alloc(arena, size, 1);
        if (name == NULL) {
            return false;
        }
        snprintf(name, size, "%s-%d", queue->name, (int)i + 1);
        queue->users[i] = name;
    }
    return queue->users != NULL;
}

double synthetic_work_gpu_ms(const SyntheticSpec *spec)
{
    double work = 0.0;
    for (int32_t i = 0; i < spec->size_count; i++) {
        const SizeSpec *size = &spec->sizes[i];
        if (size->share_ppm > 0) {
            work += (double)size->share_ppm / GP_PPM * size->gpu_milli_total / GP_DEVICE_MILLI *
                    distribution_moment(&size->duration, 1);
        }
    }
    return work;
}

int64_t synthetic_rate_for_load(const SyntheticSpec *spec, int64_t load_ppm,
                                int64_t fleet_gpu_milli)
{
    double gpus = (double)load_ppm / GP_PPM * (double)fleet_gpu_milli / GP_DEVICE_MILLI;
    double rate = gpus / synthetic_work_gpu_ms(spec) * WEEK_MS * RATE_UNITS;
    return rate >= 1.0 && rate <= (double)SYNTHETIC_RATE_MAX ? (int64_t)floor(rate + 0.5) : 0;
}

bool synthetic_requests(const SyntheticSpec *spec, Arena *arena, RequestList *requests)
{
    requests->rows = ARENA_ARRAY(arena, Request, spec->size_count);
    requests->count = 0;
    for (int32_t i = 0; requests->rows != NULL && i < spec->size_count; i++) {
        if (spec->sizes[i].share_ppm > 0) {
            Request *row = &requests->rows[requests->count++];
            size_request(spec, &spec->sizes[i], row);
            row->count = spec->sizes[i].share_ppm;
        }
    }
    return requests->rows != NULL;
}

void size_request(const SyntheticSpec *spec, const SizeSpec *size, Request *row)
{
    *row = (Request){
        .cpu_milli = spec->cpu_milli_per_gpu * size->gpu_count * size->gpu_milli / GP_DEVICE_MILLI,
        .memory_mib =
            spec->memory_mib_per_gpu * size->gpu_count * size->gpu_milli / GP_DEVICE_MILLI,
        .gpu_count = size->gpu_count,
        .gpu_milli = size->gpu_milli,
        .model_text = "",
        .count = 1,
        .duration_ms = TIME_NEVER,
        .task_count = size->task_count,
        .gang = size->task_count > 1 ? GANG_ALL : GANG_NONE,
        .priority = spec->priority,
        .traits = spec->traits,
    };
}
