/* failure.c - renewal processes of all targets, merged with what was written down. */
#include "models/failure.h"

#include <stdlib.h>
#include <string.h>

#include "models/failure_draw.h"

/* The processes of one component. */
typedef struct Stream {
    int32_t first_slot;
    int32_t target_count;
    const double *frailty; /* [node]; NULL: all are alike */
} Stream;

/* A job fault whose job is known. */
typedef struct BoundJobFault {
    JobId job;
    int32_t kind;
    int32_t attempts;
    int64_t after_ms;
} BoundJobFault;

struct FaultSource {
    const FailureModel *model;
    const Cluster *cluster;
    FaultLuck luck;
    Stream *streams;     /* [kind] */
    int32_t drawn_slots; /* recorded faults have the slots behind them */
    int64_t *next_ms;    /* [drawn slot] */
    uint32_t *number;    /* [drawn slot] faults so far */
    int32_t *heap;       /* [heap_count] drawn slots that have a next fault, soonest first */
    int32_t heap_count;
    int32_t recorded_next;
    int32_t job_fault_count;
    BoundJobFault *job_faults; /* [job_fault_count] ascending by job */
};

/* ---- targets ---- */

static int32_t targets_of(const Cluster *cluster, const FaultKind *kind, const FaultRow *row)
{
    if (kind->scope == SCOPE_NODE && row->node_count > 0) {
        return row->node_count;
    }
    switch ((FaultScope)kind->scope) {
    case SCOPE_DEVICE:
        return cluster->device_begin[cluster->node_count];
    case SCOPE_NODE:
        return cluster->node_count;
    case SCOPE_RACK:
        return cluster->rack_count;
    case SCOPE_ZONE:
        return cluster->zone_count;
    case SCOPE_NEIGHBOURS:
        return (cluster->node_count + kind->domain_nodes - 1) / kind->domain_nodes;
    case SCOPE_POOL:
        return cluster->pool_count;
    case SCOPE_JOB:
        break;
    }
    return 0;
}

/* The node of a device. */
static int32_t device_node(const Cluster *cluster, int32_t device)
{
    int32_t low = 0;
    int32_t high = cluster->node_count - 1;
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if (cluster->device_begin[middle] <= device) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* Which component a drawn slot belongs to. */
static int32_t slot_kind(const FaultSource *source, int32_t slot)
{
    int32_t kind = 0;
    while (slot - source->streams[kind].first_slot >= source->streams[kind].target_count) {
        kind++;
    }
    return kind;
}

static double slot_frailty(const FaultSource *source, int32_t kind, int32_t target)
{
    const double *frailty = source->streams[kind].frailty;
    if (frailty == NULL) {
        return 1.0;
    }
    bool device = source->model->kinds[kind].scope == SCOPE_DEVICE;
    return frailty[device ? device_node(source->cluster, target)
                          : source->model->rows[kind].first_node + target];
}

/* ---- the heap: by time, then by slot ---- */

static bool comes_before(const FaultSource *source, int32_t a, int32_t b)
{
    int64_t a_ms = source->next_ms[a];
    int64_t b_ms = source->next_ms[b];
    return a_ms < b_ms || (a_ms == b_ms && a < b);
}

static void heap_sink(FaultSource *source, int32_t place)
{
    int32_t *heap = source->heap;
    int32_t slot = heap[place];
    for (;;) {
        int32_t child = 2 * place + 1;
        if (child >= source->heap_count) {
            break;
        }
        if (child + 1 < source->heap_count && comes_before(source, heap[child + 1], heap[child])) {
            child++;
        }
        if (!comes_before(source, heap[child], slot)) {
            break;
        }
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = slot;
}

/* ---- making one ---- */

/* Rows that say the same of nodes share one column. False if memory ran out. */
static bool frailty_fill(FaultSource *source, Arena *arena, int32_t kind)
{
    const FaultRow *row = &source->model->rows[kind];
    FaultScope scope = (FaultScope)source->model->kinds[kind].scope;
    bool of_nodes = scope == SCOPE_DEVICE || scope == SCOPE_NODE;
    if (!of_nodes || (row->frailty_cv <= 0.0 && row->lemon_share <= 0.0)) {
        return true;
    }
    for (int32_t other = 0; other < kind; other++) {
        const FaultRow *same = &source->model->rows[other];
        if (source->streams[other].frailty != NULL && same->frailty_cv == row->frailty_cv &&
            same->lemon_share == row->lemon_share && same->lemon_factor == row->lemon_factor) {
            source->streams[kind].frailty = source->streams[other].frailty;
            return true;
        }
    }
    int32_t nodes = source->cluster->node_count;
    double *frailty = ARENA_ARRAY(arena, double, nodes);
    for (int32_t node = 0; frailty != NULL && node < nodes; node++) {
        frailty[node] = node_frailty(source->luck, row, node);
    }
    source->streams[kind].frailty = frailty;
    return frailty != NULL;
}

static bool streams_fill(FaultSource *source, Arena *arena)
{
    const FailureModel *model = source->model;
    source->streams = ARENA_ARRAY(arena, Stream, model->kind_count);
    for (int32_t kind = 0; source->streams != NULL && kind < model->kind_count; kind++) {
        Stream *stream = &source->streams[kind];
        stream->first_slot = source->drawn_slots;
        if (model->rows[kind].drawn) {
            stream->target_count =
                targets_of(source->cluster, &model->kinds[kind], &model->rows[kind]);
            source->drawn_slots += stream->target_count;
            if (!frailty_fill(source, arena, kind)) {
                return false;
            }
        }
    }
    return source->streams != NULL;
}

/* The fault that comes after now_ms at this slot. */
static void slot_schedule(FaultSource *source, int32_t kind, int32_t slot, int64_t now_ms)
{
    int32_t target = slot - source->streams[kind].first_slot;
    int64_t gap_ms = fault_gap_ms(source->luck, &source->model->rows[kind].gap, kind, target,
                                  source->number[slot], slot_frailty(source, kind, target));
    source->next_ms[slot] = gap_ms < TIME_NEVER - now_ms ? now_ms + gap_ms : TIME_NEVER;
}

static void heap_fill(FaultSource *source)
{
    for (int32_t kind = 0; kind < source->model->kind_count; kind++) {
        const Stream *stream = &source->streams[kind];
        for (int32_t i = 0; i < stream->target_count; i++) {
            int32_t slot = stream->first_slot + i;
            slot_schedule(source, kind, slot, 0);
            if (source->next_ms[slot] != TIME_NEVER) {
                source->heap[source->heap_count++] = slot;
            }
        }
    }
    for (int32_t place = source->heap_count / 2 - 1; place >= 0; place--) {
        heap_sink(source, place);
    }
}

FaultSource *fault_source_new(Arena *arena, const FailureModel *model, const Cluster *cluster,
                              uint64_t seed, uint32_t replication)
{
    FaultSource *source = ARENA_NEW(arena, FaultSource);
    if (source == NULL) {
        return NULL;
    }
    *source = (FaultSource){.model = model, .cluster = cluster, .luck = {seed, replication}};
    if (!streams_fill(source, arena)) {
        return NULL;
    }
    source->next_ms = ARENA_ARRAY(arena, int64_t, source->drawn_slots);
    source->number = ARENA_ARRAY(arena, uint32_t, source->drawn_slots);
    source->heap = ARENA_ARRAY(arena, int32_t, source->drawn_slots);
    if (arena->failed) {
        return NULL;
    }
    heap_fill(source);
    return source;
}

/* ---- what it offers ---- */

int32_t fault_source_slots(const FaultSource *source)
{
    return source->drawn_slots + source->model->recorded_count;
}

static int64_t recorded_ms(const FaultSource *source)
{
    return source->recorded_next < source->model->recorded_count
               ? source->model->recorded[source->recorded_next].at_ms
               : TIME_NEVER;
}

static int64_t drawn_ms(const FaultSource *source)
{
    return source->heap_count > 0 ? source->next_ms[source->heap[0]] : TIME_NEVER;
}

int64_t fault_source_next_ms(const FaultSource *source)
{
    int64_t drawn = drawn_ms(source);
    int64_t recorded = recorded_ms(source);
    return drawn < recorded ? drawn : recorded;
}

static int64_t out_ms_of(const FaultSource *source, int32_t kind, int32_t target, uint32_t number)
{
    const FaultKind *about = &source->model->kinds[kind];
    const Distribution *out = source->model->rows[kind].out;
    if (about->effect == EFFECT_JOB_DIES) {
        return 0; /* done as soon as it has happened */
    }
    return out == NULL ? TIME_NEVER : fault_out_ms(source->luck, out, kind, target, number);
}

static Fault drawn_take(FaultSource *source)
{
    int32_t slot = source->heap[0];
    int32_t kind = slot_kind(source, slot);
    int32_t target = slot - source->streams[kind].first_slot;
    const FaultKind *about = &source->model->kinds[kind];
    Fault fault = {.at_ms = source->next_ms[slot],
                   .kind = kind,
                   .target = target,
                   .slot = slot,
                   .number = source->number[slot]++};
    fault.out_ms = out_ms_of(source, kind, target, fault.number);
    if (about->scope == SCOPE_DEVICE) {
        fault.target = device_node(source->cluster, target);
        fault.devices = 1u << (target - source->cluster->device_begin[fault.target]);
    } else if (about->scope == SCOPE_NEIGHBOURS) {
        fault.target = target * about->domain_nodes;
    } else if (about->scope == SCOPE_NODE) {
        fault.target += source->model->rows[kind].first_node;
    }
    slot_schedule(source, kind, slot, fault.at_ms);
    if (source->next_ms[slot] == TIME_NEVER) {
        source->heap[0] = source->heap[--source->heap_count];
    }
    if (source->heap_count > 0) {
        heap_sink(source, 0);
    }
    return fault;
}

Fault fault_source_take(FaultSource *source)
{
    if (drawn_ms(source) <= recorded_ms(source)) {
        return drawn_take(source);
    }
    Fault fault = source->model->recorded[source->recorded_next];
    fault.slot = source->drawn_slots + source->recorded_next;
    fault.number = (uint32_t)source->recorded_next++;
    return fault;
}

RepairTimes repair_times(const FaultSource *source, const Fault *fault, uint32_t attempt)
{
    const RepairStages *stages = source->model->rows[fault->kind].stages;
    int32_t target = fault->recorded ? fault->slot - source->drawn_slots
                                     : fault->slot - source->streams[fault->kind].first_slot;
    return stages == NULL ? (RepairTimes){0}
                          : fault_repair_times(source->luck, stages, fault, target, attempt);
}

/* ---- jobs ---- */

static int by_job(const void *left, const void *right)
{
    const BoundJobFault *a = left;
    const BoundJobFault *b = right;
    if (a->job != b->job) {
        return a->job < b->job ? -1 : 1;
    }
    return a->after_ms < b->after_ms ? -1 : a->after_ms > b->after_ms;
}

bool fault_source_jobs(FaultSource *source, Arena *arena, const JobTable *jobs)
{
    const FailureModel *model = source->model;
    int64_t bound = 0;
    for (int pass = 0; pass < 2 && model->job_fault_count > 0; pass++) {
        bound = 0;
        for (JobId job = 0; job < jobs->job_count; job++) {
            for (int32_t i = 0; i < model->job_fault_count; i++) {
                const JobFault *fault = &model->job_faults[i];
                if (jobs->job_name[job] == NULL || strcmp(jobs->job_name[job], fault->job) != 0) {
                    continue;
                }
                if (pass > 0) {
                    source->job_faults[bound] =
                        (BoundJobFault){job, fault->kind, fault->attempts, fault->after_ms};
                }
                bound++;
            }
        }
        if (pass == 0) {
            source->job_faults = ARENA_ARRAY(arena, BoundJobFault, bound);
            if (source->job_faults == NULL) {
                return false;
            }
        }
    }
    source->job_fault_count = (int32_t)bound;
    if (bound > 1) {
        qsort(source->job_faults, (size_t)bound, sizeof(BoundJobFault), by_job);
    }
    return true;
}

/* The first one of the job. */
static int32_t job_faults_from(const FaultSource *source, JobId job)
{
    int32_t low = 0;
    int32_t high = source->job_fault_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (source->job_faults[middle].job < job) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int64_t job_fault_work_ms(const FaultSource *source, int32_t job, uint32_t attempt,
                          int64_t gpu_milli, int32_t *kind)
{
    int64_t soonest = TIME_NEVER;
    *kind = -1;
    for (int32_t i = job_faults_from(source, job);
         i < source->job_fault_count && source->job_faults[i].job == job; i++) {
        const BoundJobFault *fault = &source->job_faults[i];
        uint32_t before = attempt & ((1u << JOB_ATTEMPT_BITS) - 1);
        bool due = fault->attempts == 0 || before < (uint32_t)fault->attempts;
        if (due && fault->after_ms < soonest) {
            soonest = fault->after_ms;
            *kind = fault->kind;
        }
    }
    for (int32_t at = 0; at < source->model->kind_count; at++) {
        const FaultRow *row = &source->model->rows[at];
        if (row->drawn && source->model->kinds[at].scope == SCOPE_JOB) {
            int64_t ms = job_gap_ms(source->luck, row, at, job, attempt, gpu_milli);
            if (ms < soonest) {
                soonest = ms;
                *kind = at;
            }
        }
    }
    return soonest;
}
