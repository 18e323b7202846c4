/* judge.c - rows of marks, one bit set a node; whoever asks first catches up with what changed. */
#include "core/judge.h"

#include <assert.h>

/* Marks of all shapes and nodes; more shapes than fit in share rows and are judged anew in turns.
 */
#define MARKS_MAX ((int64_t)1 << 28)

static bool any_gang(const JobTable *jobs)
{
    for (ClassId id = 0; id < jobs->class_count; id++) {
        if (jobs->classes[id].min_tasks > 1) {
            return true;
        }
    }
    return false;
}

static int32_t rows_affordable(int32_t shapes, int32_t nodes)
{
    int64_t rows = MARKS_MAX / (nodes > 0 ? nodes : 1);
    rows = rows > 0 ? rows : 1;
    return rows < shapes ? (int32_t)rows : shapes > 0 ? shapes : 1;
}

/* Requests as they would be without their queue's nodes; one each class that is bound to some. */
static bool asked_shapes_make(Judge *judge, Arena *arena, const JobTable *jobs)
{
    int32_t count = 0;
    for (ClassId id = 0; id < jobs->class_count; id++) {
        count += jobs->classes[id].dedicated;
    }
    GpShape *asked = ARENA_ARRAY(arena, GpShape, count);
    judge->shapes = ARENA_ARRAY(arena, const GpShape *, (int64_t)jobs->shapes.count + count);
    judge->class_asked = ARENA_ARRAY(arena, ShapeId, jobs->class_count);
    if (asked == NULL || judge->shapes == NULL || judge->class_asked == NULL) {
        return false;
    }
    for (; judge->shape_count < jobs->shapes.count; judge->shape_count++) {
        judge->shapes[judge->shape_count] = &jobs->shapes.shapes[judge->shape_count];
    }
    for (ClassId id = 0; id < jobs->class_count; id++) {
        const JobClass *class_of = &jobs->classes[id];
        judge->class_asked[id] = class_of->dedicated ? judge->shape_count : -1;
        if (class_of->dedicated) {
            *asked = jobs->shapes.shapes[class_of->shape];
            asked->group_set = class_of->asked_group_set;
            judge->shapes[judge->shape_count++] = asked++;
        }
    }
    return true;
}

const GpShape *judge_shape(const Judge *judge, ShapeId shape)
{
    return judge->shapes[shape];
}

bool judge_init(Judge *judge, Arena *arena, const GpFleet *fleet, const Cluster *cluster,
                const JobTable *jobs)
{
    *judge = (Judge){.fleet = fleet, .cluster = cluster};
    if (!asked_shapes_make(judge, arena, jobs)) {
        return false;
    }
    int32_t nodes = fleet->node_count;
    int32_t rows = rows_affordable(judge->shape_count, nodes);
    size_t marks = (size_t)rows * (size_t)nodes;
    int32_t domains =
        cluster->rack_count > cluster->zone_count ? cluster->rack_count : cluster->zone_count;
    uint64_t log_size = 1024;
    while (log_size < (uint64_t)nodes) {
        log_size *= 2;
    }
    judge->touches = log_size; /* so that a row that has seen none is far behind */
    judge->log_size = log_size;
    judge->log = ARENA_ARRAY(arena, int32_t, log_size);
    judge->node_free = arena_alloc(arena, (size_t)nodes, sizeof(int64_t[GP_AXES]));
    judge->type_free = arena_alloc(arena, (size_t)fleet->type_count, sizeof(int64_t[GP_AXES]));
    judge->row_count = rows;
    judge->rows = ARENA_ARRAY(arena, ShapeMarks, rows);
    judge->node_excluded = ARENA_ARRAY(arena, uint16_t, marks);
    judge->domain_room = ARENA_ARRAY(arena, int64_t, domains);
    if (any_gang(jobs)) {
        judge->node_stops = ARENA_ARRAY(arena, uint16_t, marks);
        judge->node_tasks = ARENA_ARRAY(arena, int32_t, marks);
    }
    for (int32_t row = 0; judge->rows != NULL && row < rows; row++) {
        judge->rows[row].shape = -1;
    }
    return !arena->failed;
}

void judge_touch(Judge *judge, int32_t node)
{
    judge->log[judge->touches++ & (judge->log_size - 1)] = node;
}

/* Is what changed since then still in the log, and less than everything? */
static bool can_catch_up(const Judge *judge, uint64_t touches)
{
    uint64_t behind = judge->touches - touches;
    return behind < judge->log_size && behind < (uint64_t)judge->fleet->node_count;
}

/* ---- sums ---- */

static void sums_update(Judge *judge, int32_t node)
{
    int64_t *type_free = judge->type_free[judge->fleet->node_type[node]];
    int64_t *before = judge->node_free[node];
    int64_t now[GP_AXES];
    node_free_positive(judge->fleet, node, now);
    for (int axis = 0; axis < GP_AXES; axis++) {
        type_free[axis] += now[axis] - before[axis];
        before[axis] = now[axis];
    }
}

static void sums_catch_up(Judge *judge)
{
    if (can_catch_up(judge, judge->sums_touches)) {
        for (; judge->sums_touches < judge->touches; judge->sums_touches++) {
            sums_update(judge, judge->log[judge->sums_touches & (judge->log_size - 1)]);
        }
        return;
    }
    for (int32_t node = 0; node < judge->fleet->node_count; node++) {
        sums_update(judge, node);
    }
    judge->sums_touches = judge->touches;
}

static FreeSums sums_for(Judge *judge, const GpShape *shape)
{
    sums_catch_up(judge);
    FreeSums sums = {{0}, {0}, 0, 0};
    for (int32_t type = 0; type < judge->fleet->type_count; type++) {
        free_sums_add(&sums, &judge->fleet->types[type], shape, judge->type_free[type]);
    }
    return sums;
}

static GpDimension first_short(Judge *judge, const GpShape *shape, int32_t task_count)
{
    FreeSums sums = sums_for(judge, shape);
    return free_sums_short(&sums, shape, task_count);
}

int64_t judge_free_milli(Judge *judge, ShapeId shape)
{
    return sums_for(judge, judge->shapes[shape]).allowed[GP_AXIS_GPU] / 2; /* kept in halves */
}

/* ---- marks ---- */

static size_t mark_at(const Judge *judge, const ShapeMarks *row, int32_t node)
{
    return (size_t)(row - judge->rows) * (size_t)judge->fleet->node_count + (size_t)node;
}

/* Judges the node anew; `first` if its row holds nothing of it yet. */
static void room_mark(Judge *judge, ShapeMarks *row, int32_t node, bool first)
{
    size_t at = mark_at(judge, row, node);
    GpRoom room = {.size = sizeof room};
    gp_room_of(judge->fleet, node, judge->shapes[row->shape], GP_SEES_ALL, &room);
    uint32_t stops = room_stops(&room);
    int32_t tasks = room.all < INT32_MAX ? (int32_t)room.all : INT32_MAX;
    if (!first) {
        node_count_add(&row->stopped, judge->node_stops[at], -1);
        row->room -= judge->node_tasks[at];
    }
    node_count_add(&row->stopped, stops, 1);
    row->room += tasks;
    judge->node_stops[at] = (uint16_t)stops;
    judge->node_tasks[at] = tasks;
}

static void node_mark(Judge *judge, ShapeMarks *row, int32_t node, bool first)
{
    size_t at = mark_at(judge, row, node);
    uint32_t excluded = gp_failing(judge->fleet, node, judge->shapes[row->shape], GP_SEES_ALL);
    if (row->counts_rooms) {
        room_mark(judge, row, node, first);
    }
    if (!first && excluded == judge->node_excluded[at]) {
        return; /* the usual case: one task more or less changes little */
    }
    if (!first) {
        node_count_add(&row->excluded, judge->node_excluded[at], -1);
    }
    node_count_add(&row->excluded, excluded, 1);
    judge->node_excluded[at] = (uint16_t)excluded;
}

/* The shape's row, current. */
static ShapeMarks *row_current(Judge *judge, ShapeId shape, bool counts_rooms)
{
    ShapeMarks *row = &judge->rows[shape % judge->row_count];
    bool known = row->shape == shape && (row->counts_rooms || !counts_rooms);
    if (known && can_catch_up(judge, row->touches)) {
        for (; row->touches < judge->touches; row->touches++) {
            int32_t node = judge->log[row->touches & (judge->log_size - 1)];
            node_mark(judge, row, node, false);
        }
        return row;
    }
    *row = (ShapeMarks){.shape = shape,
                        .counts_rooms = counts_rooms || (known && row->counts_rooms),
                        .touches = judge->touches};
    assert((!row->counts_rooms || judge->node_stops != NULL) && "a gang in a run without gangs");
    for (int32_t node = 0; node < judge->fleet->node_count; node++) {
        node_mark(judge, row, node, true);
    }
    return row;
}

const NodeCount *judge_excluded(Judge *judge, ShapeId shape)
{
    return &row_current(judge, shape, false)->excluded;
}

bool judge_node_fits(Judge *judge, ShapeId shape, int32_t node)
{
    ShapeMarks *row = row_current(judge, shape, false);
    return judge->node_excluded[mark_at(judge, row, node)] == 0;
}

/* ---- domains ---- */

/* Does one domain of the level hold all the tasks? */
static bool domain_fits(Judge *judge, const ShapeMarks *row, int32_t task_count, int32_t level)
{
    const Cluster *cluster = judge->cluster;
    const int32_t *domain_of = level == TOPOLOGY_RACK ? cluster->node_rack : cluster->node_zone;
    const int32_t *tasks = &judge->node_tasks[mark_at(judge, row, 0)];
    if (level <= TOPOLOGY_NODE) {
        for (int32_t node = 0; node < judge->fleet->node_count; node++) {
            if (tasks[node] >= task_count) {
                return true;
            }
        }
        return false;
    }
    int32_t domains = level == TOPOLOGY_RACK ? cluster->rack_count : cluster->zone_count;
    for (int32_t domain = 0; domain < domains; domain++) {
        judge->domain_room[domain] = 0;
    }
    for (int32_t node = 0; node < judge->fleet->node_count; node++) {
        int64_t *room = &judge->domain_room[domain_of[node]];
        *room += tasks[node];
        if (*room >= task_count) {
            return true;
        }
    }
    return false;
}

/* ---- the judgement ---- */

Verdict judge_verdict(Judge *judge, ShapeId shape, int32_t task_count, int32_t level)
{
    bool is_gang = task_count > 1;
    const ShapeMarks *row = row_current(judge, shape, is_gang);
    bool fits = is_gang ? row->room >= task_count : row->excluded.none > 0;
    if (fits) {
        bool bound = is_gang && level >= TOPOLOGY_NODE;
        return !bound || domain_fits(judge, row, task_count, level)
                   ? (Verdict){VERDICT_FITS, GP_DIMENSION_NONE}
                   : (Verdict){VERDICT_FRAGMENTED, GP_DIMENSION_TOPOLOGY};
    }
    GpDimension lacking = first_short(judge, judge->shapes[shape], task_count);
    if (lacking != GP_DIMENSION_NONE) {
        return (Verdict){VERDICT_SHORT, lacking};
    }
    const NodeCount *count = row->excluded.none > 0 ? &row->stopped : &row->excluded;
    return (Verdict){VERDICT_FRAGMENTED, node_count_binding(count)};
}
