/* resample.c - the log's rows by user and week, then a week of the log for each week of the run. */
#include "traces/resample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/intern.h"
#include "core/rng.h"
#include "traces/arrivals.h"

#define WEEK_MS INT64_C(604800000)

__extension__ typedef unsigned __int128 Wide;

/* A row that happens at a time. */
typedef struct Happening {
    int64_t submit_ms;
    int32_t row;
    int32_t slot; /* week of the run */
} Happening;

/* Rows that are drawn from, by user and time. */
typedef struct UserRow {
    int32_t user; /* in the order in which the log names them */
    int32_t row;
    int64_t after_ms; /* the first submission */
} UserRow;

typedef struct Resampling {
    const RequestList *log;
    ResampleDraw draw;
    Diagnostics *diagnostics;
    int64_t first_ms;
    int64_t weeks;
    int64_t last_ms;       /* length of the last week, which may be cut short */
    UserRow *rows;         /* [row_count] */
    int32_t row_count;     /* without those carried over */
    Happening *happenings; /* [count] */
    int32_t count, capacity;
} Resampling;

/* ---- the log --------------------------------------------------------------------------------- */

/* First and last submission; false: nothing is submitted. */
static bool span_of(const RequestList *log, int64_t *first_ms, int64_t *last_ms)
{
    bool any = false;
    for (int32_t i = 0; i < log->count; i++) {
        const Request *row = &log->rows[i];
        if (row->carried) {
            continue;
        }
        *first_ms = !any || row->submit_ms < *first_ms ? row->submit_ms : *first_ms;
        *last_ms = !any || row->submit_ms > *last_ms ? row->submit_ms : *last_ms;
        any = true;
    }
    return any;
}

int64_t resample_weeks(const RequestList *log)
{
    int64_t first_ms = 0;
    int64_t last_ms = 0;
    return span_of(log, &first_ms, &last_ms) ? (last_ms - first_ms) / WEEK_MS + 1 : 0;
}

/* Who says nothing of users is one user for each of its queues. */
static const char *user_text(const Request *row)
{
    return row->user != NULL ? row->user : row->queue != NULL ? row->queue : "";
}

typedef struct UserSearch {
    const RequestList *log;
    const int32_t *first_row; /* [user] */
    const Request *row;
} UserSearch;

static bool same_user(const void *context, int32_t id)
{
    const UserSearch *search = context;
    const Request *known = &search->log->rows[search->first_row[id]];
    return (known->user != NULL) == (search->row->user != NULL) &&
           strcmp(user_text(known), user_text(search->row)) == 0;
}

/* Numbers users in the order of the list; false if memory ran out. */
static bool users_number(Resampling *all, int32_t *first_row)
{
    Intern users;
    intern_init(&users);
    int32_t user_count = 0;
    bool good = true;
    for (int32_t i = 0; good && i < all->log->count; i++) {
        const Request *row = &all->log->rows[i];
        if (row->carried) {
            continue;
        }
        const char *text = user_text(row);
        uint64_t hash = intern_text(row->user != NULL, text, strlen(text));
        UserSearch search = {all->log, first_row, row};
        int32_t user = intern_find(&users, hash, same_user, &search);
        if (user < 0) {
            user = user_count++;
            first_row[user] = i;
            good = intern_add(&users, hash, user);
        }
        all->rows[all->row_count++] = (UserRow){user, i, row->submit_ms - all->first_ms};
    }
    intern_free(&users);
    return good;
}

static int user_row_compare(const void *va, const void *vb)
{
    const UserRow *a = va;
    const UserRow *b = vb;
    if (a->user != b->user) {
        return a->user < b->user ? -1 : 1;
    }
    if (a->after_ms != b->after_ms) {
        return a->after_ms < b->after_ms ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

static bool log_sort(Resampling *all)
{
    int32_t *first_row = malloc(((size_t)all->log->count + 1) * sizeof *first_row);
    all->rows = malloc(((size_t)all->log->count + 1) * sizeof *all->rows);
    bool good = first_row != NULL && all->rows != NULL && users_number(all, first_row);
    free(first_row);
    if (good) {
        qsort(all->rows, (size_t)all->row_count, sizeof *all->rows, user_row_compare);
    }
    return good;
}

/* ---- the draw -------------------------------------------------------------------------------- */

/* Evenly from 0 .. below - 1. */
static int64_t week_drawn(const Resampling *all, int32_t user, int64_t slot, int part,
                          int64_t below)
{
    DrawAddress address = {
        .seed = all->draw.seed,
        .replication = all->draw.replication,
        .purpose = purpose_of_source(PURPOSE_RESAMPLE_WEEK, all->draw.source),
        .entity = (uint32_t)user,
    };
    uint64_t bits = rng_u64(address, (uint32_t)(2 * slot + part));
    return (int64_t)((Wide)bits * (Wide)below >> 64);
}

static bool happening_add(Resampling *all, Happening happening)
{
    if (all->count == all->capacity) {
        if (all->count >= JOBS_MAX) {
            diagnostics_error(all->diagnostics, (Place){0}, "workload", "shorten the log",
                              "a resampled log has more than 100 million jobs");
            return false;
        }
        int32_t capacity = all->capacity < 1024 ? 1024 : 2 * all->capacity;
        Happening *more = realloc(all->happenings, (size_t)capacity * sizeof *more);
        if (more == NULL) {
            diagnostics_no_memory(all->diagnostics);
            return false;
        }
        all->happenings = more;
        all->capacity = capacity;
    }
    all->happenings[all->count++] = happening;
    return true;
}

/* The first of the user's rows at or after that time. */
static int32_t row_at(const Resampling *all, int32_t begin, int32_t end, int64_t after_ms)
{
    while (begin < end) {
        int32_t middle = begin + (end - begin) / 2;
        if (all->rows[middle].after_ms < after_ms) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

/* Rows of rows[begin .. end) from from_ms to to_ms of the log's week happen in the slot. */
static bool part_add(Resampling *all, int32_t begin, int32_t end, int64_t week, int64_t from_ms,
                     int64_t to_ms, int64_t slot)
{
    int64_t week_ms = week * WEEK_MS;
    int32_t at = row_at(all, begin, end, week_ms + from_ms);
    for (; at < end && all->rows[at].after_ms < week_ms + to_ms; at++) {
        const UserRow *row = &all->rows[at];
        Happening happening = {
            .submit_ms = all->first_ms + row->after_ms - week_ms + slot * WEEK_MS,
            .row = row->row,
            .slot = (int32_t)slot,
        };
        if (!happening_add(all, happening)) {
            return false;
        }
    }
    return true;
}

/* The log's last week is mostly cut short. Its days are drawn from all weeks, the days that it
 * lacks from the others: so each day of the run has as many weeks to draw from as there are, and
 * the last week of the run is as short as the log's. */
static bool user_draw(Resampling *all, int32_t user, int32_t begin, int32_t end)
{
    for (int64_t slot = 0; slot < all->weeks; slot++) {
        int64_t week = week_drawn(all, user, slot, 0, all->weeks);
        if (!part_add(all, begin, end, week, 0, all->last_ms, slot)) {
            return false;
        }
        if (slot == all->weeks - 1) {
            continue;
        }
        if (week == all->weeks - 1) {
            week = week_drawn(all, user, slot, 1, all->weeks - 1);
        }
        if (!part_add(all, begin, end, week, all->last_ms, WEEK_MS, slot)) {
            return false;
        }
    }
    return true;
}

static int happening_compare(const void *va, const void *vb)
{
    const Happening *a = va;
    const Happening *b = vb;
    if (a->submit_ms != b->submit_ms) {
        return a->submit_ms < b->submit_ms ? -1 : 1;
    }
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

static bool happenings_draw(Resampling *all)
{
    for (int32_t begin = 0; begin < all->row_count;) {
        int32_t user = all->rows[begin].user;
        int32_t end = begin;
        while (end < all->row_count && all->rows[end].user == user) {
            end++;
        }
        if (!user_draw(all, user, begin, end)) {
            return false;
        }
        begin = end;
    }
    if (all->count > 0) {
        qsort(all->happenings, (size_t)all->count, sizeof *all->happenings, happening_compare);
    }
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* One more `~` than any id of the log has in a row: no copy is named like another job. */
static int tildes_of(const RequestList *log)
{
    int most = 0;
    for (int32_t i = 0; i < log->count; i++) {
        int in_a_row = 0;
        for (const char *c = log->rows[i].name; c != NULL && *c != '\0'; c++) {
            in_a_row = *c == '~' ? in_a_row + 1 : 0;
            most = in_a_row > most ? in_a_row : most;
        }
    }
    return most + 1;
}

/* NULL if memory ran out. */
static const char *copy_name(Arena *arena, const char *name, int tildes, int32_t copy)
{
    size_t length = strlen(name);
    size_t size = length + (size_t)tildes + 12;
    char *text = arena_alloc(arena, size, 1);
    if (text != NULL) {
        memcpy(text, name, length);
        memset(text + length, '~', (size_t)tildes);
        snprintf(text + length + tildes, 12, "%d", (int)copy);
    }
    return text;
}

static bool row_copy(const Resampling *all, const Happening *happening, int32_t copy, int tildes,
                     Arena *arena, Request *to)
{
    const Request *from = &all->log->rows[happening->row];
    int64_t later_ms = happening->submit_ms - from->submit_ms;
    *to = *from;
    to->submit_ms += later_ms;
    to->recorded_start_ms += from->has_start ? later_ms : 0;
    if (copy > 1 && from->name != NULL) {
        to->name = copy_name(arena, from->name, tildes, copy);
        return to->name != NULL;
    }
    return true;
}

static bool rows_make(const Resampling *all, Arena *arena, RequestList *to)
{
    const RequestList *log = all->log;
    size_t carried = (size_t)(log->count - all->row_count);
    int32_t *copies = calloc((size_t)log->count + 1, sizeof *copies);
    to->rows = malloc(((size_t)all->count + carried + 1) * sizeof *to->rows);
    bool good = copies != NULL && to->rows != NULL;
    for (int32_t i = 0; good && i < log->count; i++) {
        if (log->rows[i].carried) {
            to->rows[to->count++] = log->rows[i];
        }
    }
    int tildes = good ? tildes_of(log) : 0;
    for (int32_t i = 0; good && i < all->count; i++) {
        int32_t copy = ++copies[all->happenings[i].row];
        good = row_copy(all, &all->happenings[i], copy, tildes, arena, &to->rows[to->count]);
        to->count++;
    }
    free(copies);
    if (!good) {
        free(to->rows);
        *to = (RequestList){0};
    }
    return good;
}

Status requests_resample(const RequestList *log, ResampleDraw draw, Arena *arena,
                         Diagnostics *diagnostics, RequestList *to)
{
    *to = (RequestList){0};
    Resampling all = {.log = log, .draw = draw, .diagnostics = diagnostics};
    int64_t last_ms = 0;
    if (span_of(log, &all.first_ms, &last_ms)) {
        all.weeks = (last_ms - all.first_ms) / WEEK_MS + 1;
        all.last_ms = (last_ms - all.first_ms) % WEEK_MS + 1;
    }
    Status status = log_sort(&all) ? STATUS_OK : diagnostics_no_memory(diagnostics);
    if (status == STATUS_OK && !happenings_draw(&all)) {
        status = diagnostics_status(diagnostics);
    }
    if (status == STATUS_OK && !rows_make(&all, arena, to)) {
        status = diagnostics_no_memory(diagnostics);
    }
    free(all.rows);
    free(all.happenings);
    return status;
}
