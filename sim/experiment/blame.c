/* blame.c - follows units of work from the fault that stops them until they run again. */
#include "sim/experiment/blame.h"

#include <string.h>

#include "sim/engine/progress.h"

#define KIND_NONE (-1)

static int32_t *kinds_new(Arena *arena, int32_t count)
{
    int32_t *kinds = ARENA_ARRAY(arena, int32_t, count);
    for (int32_t i = 0; kinds != NULL && i < count; i++) {
        kinds[i] = KIND_NONE;
    }
    return kinds;
}

bool blame_init(Blame *blame, Arena *arena, const World *world)
{
    *blame = (Blame){.kind_count = world->health.kind_count, .fault_kind = KIND_NONE};
    if (!world->health.any && world->unit_death == NULL) {
        return true;
    }
    blame->kinds = ARENA_ARRAY(arena, KindBlame, blame->kind_count + 1);
    blame->unit_kind = kinds_new(arena, world->jobs->task_count);
    blame->task_anew = ARENA_ARRAY(arena, uint8_t, world->jobs->task_count);
    blame->pending = ARENA_ARRAY(arena, Int128, world->jobs->task_count);
    blame->job_interruptions = ARENA_ARRAY(arena, int32_t, world->jobs->job_count);
    blame->node_kind = kinds_new(arena, world->fleet.node_count);
    return !arena->failed;
}

bool blame_keep_hits(Blame *blame, Arena *run_arena, Arena *result_arena, const World *world)
{
    if (blame->kinds == NULL) {
        return true;
    }
    blame->arena = result_arena;
    blame->hits = ARENA_NEW(result_arena, HitColumns);
    blame->unit_hit = kinds_new(run_arena, world->jobs->task_count);
    return blame->hits != NULL && blame->unit_hit != NULL;
}

/* ---- rows of hits ---- */

#define HITS_MAX 4000000

static bool hits_grow(Blame *blame)
{
    HitColumns *hits = blame->hits;
    int32_t capacity = hits->count > 0 ? 2 * hits->count : 64;
    HitRow *more = ARENA_ARRAY(blame->arena, HitRow, capacity);
    if (more == NULL) {
        return false; /* the arena remembers it */
    }
    if (hits->count > 0) {
        memcpy(more, hits->rows, (size_t)hits->count * sizeof *more);
        arena_give_back(blame->arena, hits->rows);
    }
    hits->rows = more;
    hits->capacity = capacity;
    return true;
}

static void hit_add(Blame *blame, const World *world, TaskId task, int32_t kind)
{
    HitColumns *hits = blame->hits;
    if (hits == NULL) {
        return;
    }
    int32_t *row = &blame->unit_hit[job_unit(world->jobs, task)];
    *row = -1;
    if (hits->count == HITS_MAX || (hits->count == hits->capacity && !hits_grow(blame))) {
        hits->left_out++;
        return;
    }
    *row = hits->count++;
    hits->rows[*row] = (HitRow){.at_ms = world->now_ms,
                                .job = world->jobs->task_job[task],
                                .kind = kind < blame->kind_count ? kind : -1,
                                .node = world->task_node[task]};
}

static void hit_cost(Blame *blame, TaskId unit, Account account, Int128 amount)
{
    if (blame->hits == NULL || blame->unit_hit[unit] < 0) {
        return;
    }
    HitRow *row = &blame->hits->rows[blame->unit_hit[unit]];
    double gpu_s = (double)amount / (1e6 * GP_PPM);
    row->lost_gpu_s += account == ACCOUNT_LOST ? gpu_s : 0.0;
    row->hung_gpu_s += account == ACCOUNT_HUNG ? gpu_s : 0.0;
}

/* ---- amounts ---- */

void blame_post(Blame *blame, const World *world, TaskId task, Account account, Int128 amount)
{
    if (blame->kinds == NULL) {
        return;
    }
    TaskId unit = job_unit(world->jobs, task);
    int32_t kind = blame->unit_kind[unit];
    if (kind >= 0) {
        hit_cost(blame, unit, account, amount);
    }
    if (account == ACCOUNT_HUNG) {
        blame->kinds[kind >= 0 ? kind : blame->kind_count].hung += amount;
    } else if (kind >= 0) {
        blame->kinds[kind].lost += amount;
    } else {
        blame->pending[unit] += amount;
    }
}

/* ---- units ---- */

/* What stops several members that were placed anew is one stop. */
static void nobody_anew(Blame *blame, const World *world, TaskId task)
{
    JobId job = world->jobs->task_job[task];
    TaskId unit = job_unit(world->jobs, task);
    TaskId end =
        job_class(world->jobs, job)->sync ? world->jobs->job_first_task[job + 1] : unit + 1;
    for (TaskId member = unit; member < end; member++) {
        blame->task_anew[member] = 0;
    }
}

/* The unit stops for a fault. One that stops it while it starts again is another. */
static void unit_hit(Blame *blame, const World *world, TaskId task, int32_t kind, bool interrupts)
{
    TaskId unit = job_unit(world->jobs, task);
    int32_t row = kind >= 0 ? kind : blame->kind_count;
    if (blame->unit_kind[unit] < 0 || (interrupts && blame->task_anew[task])) {
        blame->unit_kind[unit] = row;
        nobody_anew(blame, world, task);
        blame->kinds[row].interruptions += interrupts;
        blame->interruptions += interrupts;
        blame->job_interruptions[world->jobs->task_job[task]] += interrupts;
        hit_add(blame, world, task, row);
    }
    hit_cost(blame, unit, ACCOUNT_LOST, blame->pending[unit]);
    blame->kinds[blame->unit_kind[unit]].lost += blame->pending[unit];
    blame->pending[unit] = 0;
}

/* Whose fault is a task's own failure? That of what began just now, else what its own work clock
 * came to. */
static int32_t failure_kind(const Blame *blame, const World *world, TaskId task, int64_t now_ms)
{
    int32_t kind = KIND_NONE;
    if (blame->fault_kind >= 0 && blame->fault_ms == now_ms) {
        return blame->fault_kind;
    }
    return progress_died(world, job_unit(world->jobs, task), &kind) ? kind : KIND_NONE;
}

static void task_stops(Blame *blame, const World *world, const Fact *fact)
{
    switch ((StopCause)fact->value) {
    case STOP_FAILED:
        unit_hit(blame, world, fact->task, failure_kind(blame, world, fact->task, fact->time_ms),
                 true);
        break;
    case STOP_NODE_FAILED:
        unit_hit(blame, world, fact->task, blame->node_kind[fact->node], true);
        break;
    case STOP_DRAINED:
        unit_hit(blame, world, fact->task, blame->node_kind[fact->node], false);
        break;
    case STOP_GANG: /* whoever left the gang says why */
        break;
    default:
        blame->pending[job_unit(world->jobs, fact->task)] = 0;
        break;
    }
}

/* ---- facts ---- */

static void fault_begins(Blame *blame, const World *world, const Fact *fact)
{
    int32_t kind = world->health.slots[fact->task].fault.kind;
    blame->fault_kind = kind;
    blame->fault_ms = fact->time_ms;
    for (int32_t node = 0; fact->node < 0 && node < world->fleet.node_count; node++) {
        if (fault_touches(world, &world->health.slots[fact->task].fault, node)) {
            blame->node_kind[node] = kind;
        }
    }
    if (fact->node >= 0) {
        blame->node_kind[fact->node] = kind;
    }
}

/* A job's own fault is on nobody's calendar: the task that fails tells of it. */
static void own_fault(Blame *blame, const World *world, const Fact *fact)
{
    if (fact->value >= 0 && world->health.kinds[fact->value].scope == SCOPE_JOB) {
        blame->kinds[fact->value].offered++;
        blame->kinds[fact->value].began++;
        blame->fault_kind = fact->value;
        blame->fault_ms = fact->time_ms;
    }
}

void blame_fact(Blame *blame, const World *world, const Fact *fact)
{
    if (blame->kinds == NULL) {
        return;
    }
    switch ((FactKind)fact->kind) {
    case FACT_FAULT_OFFERED:
        blame->kinds[fact->value].offered++;
        break;
    case FACT_FAULT_BEGAN:
        blame->kinds[fact->value].began++;
        fault_begins(blame, world, fact);
        break;
    case FACT_FAULT_NOTICED:
        fault_begins(blame, world, fact);
        break;
    case FACT_TASK_FAILED:
        own_fault(blame, world, fact);
        break;
    case FACT_TASK_DIED:
        own_fault(blame, world, fact);
        unit_hit(blame, world, fact->task, fact->value, true);
        break;
    case FACT_TASK_STOPPING:
    case FACT_TASK_EVICTED:
        task_stops(blame, world, fact);
        break;
    case FACT_TASK_PLACED:
        blame->task_anew[fact->task] = blame->unit_kind[job_unit(world->jobs, fact->task)] >= 0;
        break;
    case FACT_TASK_STARTED:
        blame->task_anew[fact->task] = 0;
        blame->unit_kind[job_unit(world->jobs, fact->task)] = KIND_NONE;
        blame->pending[job_unit(world->jobs, fact->task)] = 0;
        break;
    default:
        break;
    }
}

void blame_cut(Blame *blame)
{
    for (int32_t kind = 0; blame->kinds != NULL && kind <= blame->kind_count; kind++) {
        blame->kinds[kind] = (KindBlame){0};
    }
    blame->interruptions = 0;
}

/* ---- rows ---- */

static ComponentRow *row_named(ComponentRow *rows, int32_t *count, const char *name)
{
    for (int32_t i = 0; i < *count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    rows[*count] = (ComponentRow){.name = name, .source = ""};
    return &rows[(*count)++];
}

bool blame_rows(const Blame *blame, const World *world, Arena *arena, ReplicationResult *result)
{
    int32_t kinds = blame->kinds != NULL ? blame->kind_count + 1 : 0;
    result->components = ARENA_ARRAY(arena, ComponentRow, kinds);
    for (int32_t kind = 0; result->components != NULL && kind < kinds; kind++) {
        const KindBlame *from = &blame->kinds[kind];
        bool known = kind < blame->kind_count;
        const FaultKind *about = known ? &world->health.kinds[kind] : NULL;
        bool harmless = from->interruptions == 0 && from->hung == 0 && from->lost == 0;
        if (harmless && (!known || about->calendar)) {
            continue;
        }
        ComponentRow *row = row_named(result->components, &result->component_count,
                                      known ? arena_strdup(arena, about->name) : "unknown");
        row->source = known && about->source != NULL ? arena_strdup(arena, about->source) : "";
        row->offered += (double)from->offered;
        row->began += (double)from->began;
        row->interruptions += (double)from->interruptions;
        row->lost_gpu_hours += ledger_gpu_hours(from->lost);
        row->hung_gpu_hours += ledger_gpu_hours(from->hung);
        row->out_gpu_hours += ledger_gpu_hours(from->out);
    }
    return !arena->failed;
}
