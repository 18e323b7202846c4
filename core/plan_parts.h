/* plan_parts.h - what the plan's files share and others do not see.
 *
 *   plan.c        the public functions; times as the plan rounds them; what is narrowed
 *   plan_rows.c   node columns of the plan's own: as now, and as running tasks end
 *   plan_head.c   one reservation, kept up to date from pass to pass (EASY)
 *   plan_spans.c  what is free on a node from when to when, reservations counted
 *   plan_book.c   a reservation for each job (conservative)
 *   plan_replay.c reservations of the last pass that still stand
 *   plan_search.c the earliest start of a job that delays none of them
 */
#ifndef CORE_PLAN_PARTS_H
#define CORE_PLAN_PARTS_H

#include "core/plan.h"

/* Something that happens on a node or to a task. */
typedef struct PlanMoment {
    int64_t at_ms;
    int32_t id;
} PlanMoment;

/* The earliest first, then the lowest id. The memory's size is its owner's business. */
typedef struct PlanHeap {
    int32_t count;
    PlanMoment *moments;
} PlanHeap;

void plan_heap_push(PlanHeap *heap, int64_t at_ms, int32_t id);
PlanMoment plan_heap_pop(PlanHeap *heap); /* there is one */

/* Tasks of one node whose ends the plan looks at; if it holds more, the others stay for ever. */
#define PLAN_NODE_TASKS_MAX 4096

/* Shapes for which it is kept when each node has room for one task. */
#define PLAN_SHAPES_MAX 64

#define PLAN_NOW INT64_MIN /* nothing need end before */

#define FIRST_BLOCK 64

/* When each node first has room for one task of a shape as running tasks end. Times are as rounded,
 * not moved on when they are past. */
typedef struct FirstRoom {
    ShapeId shape;     /* -1: the row is free */
    uint64_t synced;   /* plan->change_count up to which it is right */
    int64_t *room_ms;  /* [node] PLAN_NOW, TIME_NEVER */
    int64_t *block_ms; /* [node / FIRST_BLOCK] the lowest of so many nodes */
    int64_t limit_ms;  /* nodes with room by then are counted */
    int32_t within;    /* -1: to be counted */
} FirstRoom;

/* Room for the head's gang: counted at its start, and just before. */
typedef struct GangRoom {
    ShapeId shape; /* -1: nothing is counted */
    int32_t count;
    int32_t level; /* TopologyLevel that all tasks must share; TOPOLOGY_NONE */
    uint64_t synced;
    int64_t start_ms;
    int32_t *node_at, *node_before;     /* [node] tasks, at most count */
    int64_t *domain_at, *domain_before; /* [domain] sums */
    int32_t good_at, good_before;       /* domains that hold the gang */
} GangRoom;

/* No long job of a class, of one task, found places that spare the head: until something changes.
 */
typedef struct PlanRefusal {
    JobId head; /* -1: not known */
    int64_t start_ms;
    int64_t slack; /* tasks that the head had room for beyond its own */
    uint64_t synced;
} PlanRefusal;

typedef struct PlanHead {
    JobId job; /* -1: nobody has a reservation */
    int32_t count;
    int64_t start_ms; /* after now */
    bool awaited;     /* some task should have ended before now, and is waited for */
} PlanHead;

/* A time during which a node does not change: running tasks hold what they hold, reserved ones what
 * was found for them. Its row of columns lies beside it. */
typedef struct Span {
    int64_t begin_ms; /* PLAN_NOW: of the first */
    int32_t next;     /* -1: it lasts for ever */
    int32_t floating; /* whole devices that are reserved, no matter which */
    int32_t left;     /* completely free devices beyond those */
    uint32_t whole;   /* bit d: device d is completely free */
} Span;

typedef struct PlanSpans {
    int32_t capacity;
    int32_t spare; /* first of the unused, by next; -1 */
    Span *spans;
    char *rows; /* [capacity * row_bytes] */
    size_t row_bytes;
    uint8_t *node_built;      /* [node] its spans are there; the first is number `node` */
    int64_t *node_until_ms;   /* [node] right so long: then a task should have ended */
    int64_t *node_soonest_ms; /* [node] soonest_ms when it was built */
    int32_t *node_bound;      /* [node] tasks reserved that hold certain devices */
    int32_t *node_hint;       /* [node] a span in which somebody looked */
} PlanSpans;

/* One reserved task. */
typedef struct PlanPlace {
    GpPlacement placement; /* device_mask 0: whole devices, no matter which */
    int32_t made;          /* whose */
    int32_t next;          /* on its node; -1 */
} PlanPlace;

/* What was found for a job. */
typedef struct Reservation {
    JobId job;
    int32_t count;       /* tasks */
    int32_t first_place; /* of count, if it has any */
    bool reserved;       /* else it is too far ahead: no start before start_ms is possible */
    bool confirmed;      /* in this pass */
    int64_t start_ms, end_ms;
} Reservation;

/* No job with so many tasks or more and so long a run time or longer starts before. */
typedef struct PlanBound {
    int32_t count;
    int64_t run_ms;
    int64_t start_ms;
    int32_t next; /* of its shape; -1 */
} PlanBound;

/* How a node differs from what those saw who were planned in the last pass, as far as this one has
 * come. Spans of changed nodes hold confirmed reservations only, those of others all. */
#define NODE_CHANGED 1u
#define NODE_GAINED 2u /* something begins earlier, or at all */

typedef struct PlanBook {
    PlanSpans spans;
    int32_t made_capacity, place_capacity; /* of one pass */
    /* reservations of the last pass in their order, then those made in this one: twice the room */
    int32_t old_count, old_at; /* before old_at: confirmed, or gone */
    bool rest_hidden;          /* no node shows those from old_at on */
    int32_t made_count, place_count;
    Reservation *made;
    PlanPlace *places;
    Reservation *spare_made; /* where the next pass has its old ones */
    PlanPlace *spare_places;
    int32_t *job_made; /* [job] its reservation of the last pass; -1 */
    int32_t order_count, order_places;
    int32_t *order;       /* [made_capacity] the reservations of this pass as they were asked for */
    int32_t *node_places; /* [node] its first; -1 */
    uint32_t pass;        /* passes so far */
    uint32_t *queue_pass; /* [queue] the last one in which its head asked; NULL: every job may */
    uint8_t *node_state;  /* [node] NODE_CHANGED, NODE_GAINED */
    int32_t changed_count, gained_count;
    int32_t *changed;      /* [node] those that are */
    int32_t *gained;       /* [node] */
    uint8_t *node_touched; /* [node] the same, by tasks that came and went since this pass began */
    int32_t touched_count;
    int32_t *touched; /* [node] */
    /* what follows for those behind */
    int32_t bound_count;
    PlanBound *bounds;     /* [made_capacity] */
    int32_t *shape_bounds; /* [shape] its first; -1 */
    ShapeId *bound_shapes; /* [made_capacity] shapes that have any */
    int32_t bound_shape_count;
    int64_t next_start_ms;
    /* a search */
    GpPlacement *found;   /* [largest_gang] */
    int32_t *node_room;   /* [node] tasks */
    int64_t *domain_room; /* [domain] */
    int32_t *candidates;  /* [node] */
} PlanBook;

#define NARROW_ROW 1u    /* the World's row shows less than there is; plan->kept has it */
#define NARROW_CLOSED 2u /* the node is absent for a while */

struct Plan {
    int64_t resolution_ms;
    int64_t window_ms;  /* TIME_NEVER: no end */
    int64_t soonest_ms; /* the first instant after now that is planned for */
    uint32_t sees;
    bool books;           /* reservations have places: several are kept; else one, without */
    bool books_heads;     /* only the first blocked job of each queue has one */
    bool knows_levels;    /* the placing of gangs keeps to racks and zones */
    GpFleet fleet;        /* rows are filled as they are needed: see plan_row_now */
    PlanHeap ends;        /* [PLAN_NODE_TASKS_MAX] tasks of one node by their end */
    PlanHeap node_ends;   /* [node] by when something changes there next */
    uint32_t *room_masks; /* [largest_gang] devices of tasks that are placed to be counted */
    int32_t *node_seen;   /* [node] 1 while listed among the nodes of some places */
    /* nodes on which something changed, the last change_mask + 1 of them */
    uint64_t change_count;
    uint64_t read_count; /* change_count when somebody last looked */
    uint64_t change_mask;
    int32_t *changed; /* [change_mask + 1] */

    /* EASY */
    PlanHead head;
    int32_t first_count;
    int32_t first_next;   /* the row that is given away next */
    FirstRoom *first;     /* [first_count] */
    int16_t *shape_first; /* [shape] its row; -1: none */
    GangRoom gang;
    PlanRefusal *refusals; /* [class] */
    int32_t group_count;
    int32_t *group;      /* [node] the nodes that a step is about */
    int32_t *group_room; /* [node] beside group: tasks */

    /* conservative */
    PlanBook book;

    /* the last refusal, and what is narrowed for it */
    JobId refused;
    int64_t refused_above_ms;
    int64_t refused_end_ms;  /* when the job would end */
    int32_t refused_devices; /* that it would hold on one node, of those told apart */
    int32_t refused_tasks;
    int32_t refused_count;
    int32_t *refused_node; /* [node] where it would delay somebody */
    int32_t narrowed_count;
    int32_t *narrowed;     /* [node] */
    uint8_t *narrow_state; /* [node] NARROW_ROW, NARROW_CLOSED, bits */
    GpFleet kept;          /* rows of narrowed nodes as they were */
    JobId narrowed_for;
    uint64_t memo_shape, memo_class; /* the World's, of that job */
};

/* ---- plan.c ---- */

/* Up to the plan's resolution; TIME_NEVER stays. */
int64_t plan_round(const Plan *plan, int64_t time_ms);

/* The job's believed run time, start-up included; TIME_NEVER: it stays. */
int64_t plan_run_ms(const World *world, JobId job);

/* A job that joins its own running tasks ends with them, whenever it starts. */
bool plan_joins(const World *world, JobId job);

/* Do all jobs of its class that wait ask for as many tasks? Not those of an elastic one. */
bool plan_class_alike(const World *world, JobId job);

/* When the job's next tasks would give back what they take at start_ms. */
int64_t plan_end_ms(const Plan *plan, const World *world, JobId job, int64_t start_ms);

/* The place of a node in a list of them: adds it to plan->refused_node unless it is listed. True:
 * it is new there. */
bool plan_node_list(Plan *plan, int32_t node);
void plan_node_list_end(Plan *plan);

/* Changes on nodes since `synced`; -1: more than are remembered. Whoever keeps a count asks, so
 * that a node is not written down twice in a row for nobody. */
int64_t plan_changes_since(Plan *plan, uint64_t synced);

/* The domain of a node at a level: there are never more than nodes. */
int32_t plan_domain(const World *world, int32_t level, int32_t node);

/* Whose tasks must share a domain, as far as the scheduler cares. */
int32_t plan_level(const Plan *plan, const World *world, JobId job, int32_t task_count);

/* ---- plan_rows.c ---- */

bool plan_rows_init(Plan *plan, Arena *arena, const World *world);

/* Columns of a fleet like this one; kind columns are left out. False if memory ran out. */
bool plan_fleet_init(GpFleet *fleet, Arena *arena, const GpFleet *like);

/* Copies one node's row, all but whether it is present. */
void plan_row_copy(GpFleet *to, const GpFleet *from, int32_t node);

/* Where the node's row is as the World means it, narrowed or not. */
const GpFleet *plan_columns(const Plan *plan, const World *world, int32_t node);

/* The plan's row of the node becomes what it is now. Nodes that are closed within a pass are open
 * in the plan. */
void plan_row_now(Plan *plan, const World *world, int32_t node);

/* When the plan expects a task to go: one that should have gone is expected at the soonest. */
int64_t plan_expected_ms(const Plan *plan, const World *world, TaskId task);

/* Collects the ends of the node's tasks in plan->ends. */
void plan_ends_collect(Plan *plan, const World *world, int32_t node);

/* How many tasks of the shape the plan's row holds, up to `limit`, as the pack places them one
 * after the other. The kernel's count says what the best choice of devices reaches; for shares of
 * several devices the pack may reach less. */
int32_t plan_room(Plan *plan, const World *world, int32_t node, const GpShape *shape,
                  int32_t limit);

/* Gives back in the plan's row what the task holds. */
void plan_row_release(Plan *plan, const World *world, TaskId task);

/* The plan's row becomes what it is when all tasks have gone that are expected to by then. */
void plan_row_at(Plan *plan, const World *world, int32_t node, int64_t time_ms);

/* ---- plan_head.c ---- */

bool plan_head_init(Plan *plan, Arena *arena, const World *world);
int64_t plan_head_reserve(Plan *plan, const World *world, JobId job, int32_t task_count);
bool plan_head_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                      const GpPlacement *placements);

/* The last refusal is final: no other places were found. */
void plan_head_refused(Plan *plan, const World *world);

/* ---- plan_spans.c ---- */

bool plan_spans_init(Plan *plan, Arena *arena, const World *world, int32_t reserved_tasks);

/* Builds the node's spans anew if something changed there. */
void plan_spans_sync(Plan *plan, const World *world, int32_t node);

/* Forgets a node's spans. */
void plan_spans_drop(Plan *plan, int32_t node);

/* Takes a place out of its node's spans, if they are built. */
void plan_spans_take(Plan *plan, const World *world, const PlanPlace *place);

/* The span of the node in which an instant lies; its spans are built. */
int32_t plan_span_at(Plan *plan, int32_t node, int64_t time_ms);

/* Tasks of the shape may take any whole devices: it is not said which until they start. */
bool plan_shape_floats(const GpShape *shape);

/* Might the span hold one task of the shape? A cheap no; a yes is to be confirmed by a window,
 * unless plan_spans_suffice. */
bool plan_span_may_hold(const Plan *plan, int32_t span, const GpShape *shape);

/* Is what the spans say of the shape all there is to say, on a node whose devices will do? */
bool plan_spans_suffice(const Plan *plan, int32_t node, const GpShape *shape);

/* The plan's row becomes what is free on the node all the time from from_ms until until_ms. For
 * shapes that float (bound_devices 0) the highest whole devices are taken away, as many as others
 * have reserved; for others, who hold up to so many certain devices, those that may be needed. */
void plan_window(Plan *plan, const World *world, int32_t node, int64_t from_ms, int64_t until_ms,
                 int32_t bound_devices);

/* ---- plan_book.c ---- */

bool plan_book_init(Plan *plan, Arena *arena, const World *world);

/* Something was given back: a job may start earlier than those before it. */
void plan_book_forget_bounds(Plan *plan);

/* Reserves plan->book.found from start_ms on, or, if that is too far ahead, keeps it in mind. */
void plan_book_make(Plan *plan, const World *world, JobId job, int32_t task_count, int64_t start_ms,
                    bool reserved);

/* Puts a reservation behind those of this pass. */
void plan_book_confirm(Plan *plan, const World *world, int32_t made);

int64_t plan_book_reserve(Plan *plan, const World *world, JobId job, int32_t task_count);
bool plan_book_allows(Plan *plan, const World *world, JobId job, int32_t task_count,
                      const GpPlacement *placements);

/* ---- plan_replay.c ---- */

bool plan_replay_init(Plan *plan, Arena *arena, const World *world);

/* A pass begins: what was confirmed in the last one is what this one starts from. */
void plan_replay_begin(Plan *plan, const World *world);

/* A task came or went on the node, which may gain room by it. */
void plan_replay_touch(Plan *plan, int32_t node, bool gains);

/* From now on the node shows confirmed reservations only. */
void plan_replay_enter(Plan *plan, int32_t node, bool gains);

/* The job's reservation of the last pass, confirmed or bettered; -1: it has to be searched for
 * among confirmed reservations only. */
int32_t plan_replay_try(Plan *plan, const World *world, JobId job, int32_t task_count);

/* ---- plan_search.c ---- */

/* The earliest start from from_ms on and after now; places in plan->book.found. TIME_NEVER: none.
 */
int64_t plan_search(Plan *plan, const World *world, JobId job, int32_t task_count, int64_t from_ms);

/* Has the reservation of one task something better on the nodes that gained: an earlier start, or
 * the place that the pack prefers at the same time? Its start, and the place in plan->book.found.
 * TIME_NEVER: no. */
int64_t plan_search_better(Plan *plan, const World *world, const Reservation *made);

/* Would these reserved places of a job still do, as far as their nodes changed? */
bool plan_search_holds(Plan *plan, const World *world, const Reservation *made);

#endif
