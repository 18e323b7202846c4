/* writers.c - equal shares of storage among the checkpoints on it. */
#include "sim/engine/writers.h"

#define MILLIBYTES_A_MIB (INT64_C(1048576) * 1000)

/* Channels: two a pool, then one a node, of its own storage. */
static int32_t node_channel(const World *world, int32_t node)
{
    return 2 * world->scenario->cluster.pool_count + node;
}

static int64_t own_bandwidth(const World *world, int32_t node)
{
    int32_t type = world->fleet.node_type[node];
    return world->scenario->cluster.types[type].capacity[GP_AXIS_STORAGE_BANDWIDTH];
}

/* One MB/s is 10^3 bytes a millisecond: with what is left of it in ppm, thousandths of a byte. */
static int64_t channel_bandwidth(const World *world, int32_t channel)
{
    const Cluster *cluster = &world->scenario->cluster;
    const Health *health = &world->health;
    int32_t node = channel - node_channel(world, 0);
    if (node >= 0) {
        return own_bandwidth(world, node) *
               (health->any ? health->lane_ppm[node][GP_AXIS_STORAGE_BANDWIDTH] : GP_PPM);
    }
    const StoragePool *pool = &cluster->pools[channel / 2];
    bool writes = channel % 2 == 1;
    return (writes ? pool->write_mb_s : pool->bandwidth_mb_s) *
           (health->any ? health->pool_ppm[channel / 2] : GP_PPM);
}

/* -1: its storage is not modelled. */
static int32_t channel_of(const World *world, TaskId task, bool writes)
{
    const Cluster *cluster = &world->scenario->cluster;
    int32_t node = world->task_node[task];
    int32_t pool = cluster->type_info[world->fleet.node_type[node]].pool;
    if (pool >= 0 && pool < cluster->pool_count) {
        return 2 * pool + (writes && cluster->pools[pool].write_mb_s > 0);
    }
    return own_bandwidth(world, node) > 0 ? node_channel(world, node) : -1;
}

static bool any_size(const World *world)
{
    bool any = false;
    for (ClassId id = 0; world->class_checkpoint != NULL && id < world->jobs->class_count; id++) {
        any = any || world->class_checkpoint[id].size_mib > 0;
    }
    return any;
}

bool writers_init(Writers *writers, Arena *arena, const World *world)
{
    size_t tasks = (size_t)world->jobs->task_count;
    int32_t channels = node_channel(world, world->fleet.node_count);
    *writers = (Writers){.channel_count = 0};
    if (!any_size(world)) {
        return true;
    }
    writers->channel_count = channels;
    writers->channels = ARENA_ARRAY(arena, Channel, channels);
    writers->streams = ARENA_ARRAY(arena, Stream, 2 * tasks);
    writers->read_first = (TaskId)tasks;
    writers->unit_first = ARENA_ARRAY(arena, TaskId, tasks);
    for (int32_t i = 0; writers->channels != NULL && i < channels; i++) {
        writers->channels[i] = (Channel){.first = -1, .last = -1};
    }
    for (size_t task = 0; writers->unit_first != NULL && task < tasks; task++) {
        writers->unit_first[task] = -1;
    }
    return !arena->failed;
}

/* ---- channels ---- */

static void channel_settle(Writers *writers, const World *world, int32_t id)
{
    Channel *channel = &writers->channels[id];
    int64_t part = channel->rate * (world->now_ms - channel->since_ms);
    channel->since_ms = world->now_ms;
    for (TaskId at = channel->first; part > 0 && at >= 0; at = writers->streams[at].next) {
        int64_t left = writers->streams[at].left;
        writers->streams[at].left = left > part ? left - part : 0;
    }
}

static int64_t stream_end_ms(const Writers *writers, const Stream *stream)
{
    const Channel *channel = &writers->channels[stream->channel];
    if (stream->left == 0) {
        return channel->since_ms;
    }
    return channel->rate > 0 ? channel->since_ms + stream->left / channel->rate +
                                   (stream->left % channel->rate != 0)
                             : TIME_NEVER;
}

static void event_at(World *world, EventKind kind, TaskId entity, int64_t at_ms)
{
    if (at_ms == TIME_NEVER) {
        event_queue_cancel(&world->events, kind, entity);
    } else {
        event_queue_set(&world->events, kind, entity, at_ms);
    }
}

/* Its shares have changed: so have the ends of all its streams. */
static void channel_reshare(Writers *writers, World *world, int32_t id)
{
    Channel *channel = &writers->channels[id];
    channel->rate = channel->weight > 0 ? channel_bandwidth(world, id) / channel->weight : 0;
    for (TaskId at = channel->first; at >= 0; at = writers->streams[at].next) {
        if (writers->streams[at].reads) {
            event_at(world, EVENT_TASK_READY, at - writers->read_first,
                     stream_end_ms(writers, &writers->streams[at]));
        } else {
            TaskId unit = job_unit(world->jobs, at);
            event_at(world, EVENT_CHECKPOINT, unit, writers_next_ms(writers, unit));
        }
    }
}

/* The channel must be settled, and its shares worked out anew afterwards. */
static void stream_add(Writers *writers, TaskId task, Stream stream)
{
    Channel *channel = &writers->channels[stream.channel];
    stream.weight = 1;
    stream.next = channel->first;
    stream.prev = -1;
    writers->streams[task] = stream;
    if (channel->first >= 0) {
        writers->streams[channel->first].prev = task;
    }
    channel->first = task;
    channel->weight++;
}

static void stream_remove(Writers *writers, TaskId task)
{
    Stream *stream = &writers->streams[task];
    Channel *channel = &writers->channels[stream->channel];
    if (stream->prev >= 0) {
        writers->streams[stream->prev].next = stream->next;
    } else {
        channel->first = stream->next;
    }
    if (stream->next >= 0) {
        writers->streams[stream->next].prev = stream->prev;
    }
    channel->weight -= stream->weight;
    stream->weight = 0;
}

/* ---- units that write ---- */

bool writers_has(const Writers *writers, TaskId unit)
{
    return writers->channel_count > 0 && writers->unit_first[unit] >= 0;
}

int64_t writers_next_ms(const Writers *writers, TaskId unit)
{
    int64_t next_ms = TIME_NEVER;
    for (TaskId at = writers->unit_first[unit]; at >= 0; at = writers->streams[at].beside) {
        int64_t end_ms = stream_end_ms(writers, &writers->streams[at]);
        next_ms = end_ms < next_ms ? end_ms : next_ms;
    }
    return next_ms;
}

/* One more task of the unit writes on that channel. */
static void unit_joins(Writers *writers, const World *world, TaskId unit, TaskId task, int32_t id,
                       int64_t size_mib)
{
    Channel *channel = &writers->channels[id];
    if (channel->last == unit) {
        writers->streams[channel->stream].weight++;
        channel->weight++;
        return;
    }
    channel_settle(writers, world, id);
    stream_add(writers, task,
               (Stream){.channel = id,
                        .left = size_mib * MILLIBYTES_A_MIB,
                        .beside = writers->unit_first[unit]});
    writers->unit_first[unit] = task;
    channel->last = unit;
    channel->stream = task;
}

bool writers_begin(Writers *writers, World *world, TaskId unit, int64_t size_mib)
{
    JobId job = world->jobs->task_job[unit];
    bool sync = job_class(world->jobs, job)->sync;
    TaskId end = sync ? world->jobs->job_first_task[job + 1] : unit + 1;
    for (TaskId task = unit; task < end; task++) {
        int32_t id = world->task_state[task] == TASK_RUNNING ? channel_of(world, task, true) : -1;
        if (id >= 0) {
            unit_joins(writers, world, unit, task, id, size_mib);
        }
    }
    for (TaskId at = writers->unit_first[unit]; at >= 0; at = writers->streams[at].beside) {
        writers->channels[writers->streams[at].channel].last = -1;
        channel_reshare(writers, world, writers->streams[at].channel);
    }
    return writers->unit_first[unit] >= 0;
}

/* The unit's streams leave: those that are done, or all of them. */
static void unit_leaves(Writers *writers, World *world, TaskId unit, bool all)
{
    TaskId at = writers->unit_first[unit];
    TaskId *link = &writers->unit_first[unit];
    while (at >= 0) {
        Stream *stream = &writers->streams[at];
        TaskId beside = stream->beside;
        int32_t id = stream->channel;
        channel_settle(writers, world, id);
        if (all || stream->left == 0) {
            *link = beside;
            stream_remove(writers, at);
            channel_reshare(writers, world, id);
        } else {
            link = &stream->beside;
        }
        at = beside;
    }
}

bool writers_settle(Writers *writers, World *world, TaskId unit)
{
    unit_leaves(writers, world, unit, false);
    return writers->unit_first[unit] < 0;
}

void writers_stop(Writers *writers, World *world, TaskId unit)
{
    if (writers_has(writers, unit)) {
        unit_leaves(writers, world, unit, true);
    }
}

/* ---- tasks that read ---- */

bool readers_has(const Writers *writers, TaskId task)
{
    return writers->channel_count > 0 && writers->streams[writers->read_first + task].weight > 0;
}

bool readers_begin(Writers *writers, World *world, TaskId task, int64_t size_mib)
{
    int32_t id = channel_of(world, task, false);
    if (id < 0) {
        return false;
    }
    channel_settle(writers, world, id);
    stream_add(
        writers, writers->read_first + task,
        (Stream){.channel = id, .left = size_mib * MILLIBYTES_A_MIB, .beside = -1, .reads = true});
    channel_reshare(writers, world, id);
    return true;
}

void readers_stop(Writers *writers, World *world, TaskId task)
{
    if (readers_has(writers, task)) {
        TaskId at = writers->read_first + task;
        int32_t id = writers->streams[at].channel;
        channel_settle(writers, world, id);
        stream_remove(writers, at);
        channel_reshare(writers, world, id);
    }
}

void writers_node_changed(Writers *writers, World *world, int32_t node)
{
    int32_t id = node_channel(world, node);
    if (writers->channel_count > 0 && writers->channels[id].weight > 0) {
        channel_settle(writers, world, id);
        channel_reshare(writers, world, id);
    }
}

void writers_pool_changed(Writers *writers, World *world, int32_t pool)
{
    for (int32_t id = 2 * pool; writers->channel_count > 0 && id < 2 * pool + 2; id++) {
        channel_settle(writers, world, id);
        channel_reshare(writers, world, id);
    }
}
