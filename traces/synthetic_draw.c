/* synthetic_draw.c - one replication's jobs: times first, then what each job is, by its address.
 *
 * Time: arrivals tick on an operational clock that counts expected arrivals. Its gaps are drawn
 * with mean 1; the profile says how fast it runs in each hour of the week; the inverse of its
 * integral turns a tick into ms. That is exact for a nonhomogeneous Poisson process (Cinlar,
 * Introduction to Stochastic Processes, 1975) and keeps the k-th arrival the k-th whatever the
 * profile.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "models/gsl_philox.h"
#include "traces/arrivals.h"
#include "traces/synthetic.h"

#define TICKS_PER_ARRIVAL (INT64_C(1) << 30)
#define GAP_TICKS_MAX (INT64_C(1) << 55)
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define WEEK_MS (HOURS_OF_WEEK * HOUR_MS)
#define DAY_FACTOR_MAX 1e9             /* a thousand times an average day */
#define LAST_MS INT64_C(3155760000000) /* a hundred years */
#define DURATION_MS_MAX 3155760000000.0

__extension__ typedef __int128 Wide;

/* ---- addresses ------------------------------------------------------------------------------- */

typedef struct Drawing {
    const SyntheticSpec *spec;
    const SyntheticDraw *draw;
    int64_t rate;          /* as asked for, or as the load needs it */
    struct JobTime *times; /* [count] */
    int32_t count;
    int32_t capacity;
    uint32_t next_job;    /* numbers also those behind the horizon */
    uint32_t *user_below; /* [user_count] 2^32 x the share of users 0..k */
    Diagnostics *diagnostics;
} Drawing;

/* A job with its time. `leader`: the job whose queue, user and size it has; itself, usually. */
typedef struct JobTime {
    int64_t at_ms;
    uint32_t job;
    uint32_t leader;
} JobTime;

static gsl_rng rng_at(const Drawing *drawing, PhiloxState *state, Purpose purpose, uint32_t entity)
{
    return gsl_philox_at(state,
                         (DrawAddress){.seed = drawing->draw->seed,
                                       .replication = drawing->draw->replication,
                                       .purpose = purpose_of_source(purpose, drawing->draw->source),
                                       .entity = entity});
}

/* ---- the operational clock ------------------------------------------------------------------- */

/* Asked for ticks in ascending order, it walks from day to day. */
typedef struct ArrivalClock {
    int64_t before[HOURS_OF_WEEK + 1]; /* ticks from Monday 00:00 to each hour, on average days */
    int64_t offset_ms;
    int64_t day;        /* from Monday 00:00 of the week of time 0 */
    int64_t day_start;  /* ticks from time 0 to the beginning of that day: at first below 0 */
    int64_t day_ticks;  /* of that day */
    int64_t factor_ppm; /* how busy it is */
    Distribution factor;
} ArrivalClock;

/* Ticks of an average day up to this time of it. */
static int64_t ticks_of_day(const ArrivalClock *clock, int64_t day, int64_t in_day_ms)
{
    const int64_t *before = &clock->before[day % 7 * 24];
    int64_t hour = in_day_ms / HOUR_MS;
    int64_t part =
        hour == 24
            ? 0
            : (int64_t)((Wide)(before[hour + 1] - before[hour]) * (in_day_ms % HOUR_MS) / HOUR_MS);
    return before[hour] - before[0] + part;
}

static int64_t scaled(int64_t ticks, int64_t factor_ppm)
{
    return (int64_t)((Wide)ticks * factor_ppm / GP_PPM);
}

/* How busy the day is that the clock has come to. */
static void clock_day(const Drawing *drawing, ArrivalClock *clock)
{
    clock->factor_ppm = GP_PPM;
    if (drawing->spec->arrivals.day_cv > 0.0) {
        PhiloxState state;
        gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_DAY, (uint32_t)clock->day);
        double factor = distribution_draw(&clock->factor, &rng) * GP_PPM;
        clock->factor_ppm = factor < DAY_FACTOR_MAX ? (int64_t)factor : (int64_t)DAY_FACTOR_MAX;
    }
    clock->day_ticks = scaled(ticks_of_day(clock, clock->day, DAY_MS), clock->factor_ppm);
}

/* An arrival brings more than one job where there are bursts. */
static void clock_init(const Drawing *drawing, ArrivalClock *clock)
{
    const ArrivalSpec *arrivals = &drawing->spec->arrivals;
    double jobs = 1.0;
    if (arrivals->burst.probability_ppm > 0) {
        jobs += (double)arrivals->burst.probability_ppm / GP_PPM * (arrivals->burst.size - 1.0);
    }
    Wide week = (Wide)((double)drawing->rate / jobs) * TICKS_PER_ARRIVAL / GP_PPM;
    int64_t weights = 0;
    for (int hour = 0; hour < HOURS_OF_WEEK; hour++) {
        weights += arrivals->hour_weight[hour];
    }
    int64_t weight = 0;
    for (int hour = 0; hour < HOURS_OF_WEEK; hour++) {
        clock->before[hour] = (int64_t)(week * weight / weights);
        weight += arrivals->hour_weight[hour];
    }
    clock->before[HOURS_OF_WEEK] = (int64_t)week;
    clock->offset_ms = arrivals->week_offset_ms % WEEK_MS;
    clock->day = clock->offset_ms / DAY_MS;
    (void)distribution_unit_mean(FAMILY_GAMMA, arrivals->day_cv, &clock->factor);
    clock_day(drawing, clock);
    clock->day_start =
        -scaled(ticks_of_day(clock, clock->day, clock->offset_ms % DAY_MS), clock->factor_ppm);
}

/* When the clock has counted so many ticks since time 0. LAST_MS: not within a hundred years. */
static int64_t clock_ms(const Drawing *drawing, ArrivalClock *clock, int64_t ticks)
{
    while (ticks - clock->day_start >= clock->day_ticks) {
        clock->day_start += clock->day_ticks;
        clock->day++;
        if (clock->day > LAST_MS / DAY_MS) {
            return LAST_MS;
        }
        clock_day(drawing, clock);
    }
    const int64_t *before = &clock->before[clock->day % 7 * 24];
    int64_t rest = (int64_t)((Wide)(ticks - clock->day_start) * GP_PPM / clock->factor_ppm);
    int hour = 0; /* the last that begins at or before */
    for (int i = 1; i < 24; i++) {
        hour = before[i] - before[0] <= rest ? i : hour;
    }
    int64_t pace = before[hour + 1] - before[hour];
    int64_t part = rest - (before[hour] - before[0]);
    int64_t in_hour = pace > 0 ? (int64_t)((Wide)part * HOUR_MS / pace) : 0;
    in_hour = in_hour < HOUR_MS ? in_hour : HOUR_MS - 1; /* the factor was rounded */
    int64_t at_ms = clock->day * DAY_MS + hour * HOUR_MS + in_hour - clock->offset_ms;
    return at_ms < 0 ? 0 : at_ms; /* time 0 within an hour was rounded, too */
}

/* ---- times ----------------------------------------------------------------------------------- */

/* 0 .. below - 1 from one word; what is left over from 2^32 biases it by less than below / 2^32. */
static int32_t pick_below(gsl_rng *rng, int32_t below)
{
    return (int32_t)((uint64_t)gsl_rng_get(rng) * (uint64_t)below >> 32);
}

static int64_t gap_ticks(const Drawing *drawing, uint32_t arrival)
{
    const ArrivalSpec *arrivals = &drawing->spec->arrivals;
    if (arrivals->process == ARRIVAL_REGULAR) {
        return arrival == 0 ? 0 : TICKS_PER_ARRIVAL;
    }
    PhiloxState state;
    gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_GAP, arrival);
    double gap = arrivals->process == ARRIVAL_POISSON ? gsl_ran_exponential(&rng, 1.0)
                                                      : distribution_draw(&arrivals->gap, &rng);
    double ticks = gap * (double)TICKS_PER_ARRIVAL;
    return ticks < (double)GAP_TICKS_MAX ? (int64_t)ticks : GAP_TICKS_MAX;
}

/* False if there are too many, or memory ran out. */
static bool time_add(Drawing *drawing, JobTime time)
{
    if (drawing->count == drawing->capacity) {
        if (drawing->count >= JOBS_MAX) {
            diagnostics_error(drawing->diagnostics, (Place){0}, "workload",
                              "lower the rate, or say how many with `count`",
                              "the generator makes more than 100 million jobs");
            return false;
        }
        int64_t wanted = drawing->spec->count > 0   ? drawing->spec->count
                         : drawing->capacity < 1024 ? 1024
                                                    : INT64_C(2) * drawing->capacity;
        int32_t capacity = wanted > JOBS_MAX ? JOBS_MAX : (int32_t)wanted;
        JobTime *more = realloc(drawing->times, (size_t)capacity * sizeof *more);
        if (more == NULL) {
            diagnostics_no_memory(drawing->diagnostics);
            return false;
        }
        drawing->times = more;
        drawing->capacity = capacity;
    }
    drawing->times[drawing->count++] = time;
    return true;
}

static bool is_wanted(const Drawing *drawing, int64_t at_ms)
{
    return at_ms < drawing->draw->horizon_ms && at_ms < LAST_MS &&
           (drawing->spec->count == 0 || drawing->count < drawing->spec->count);
}

/* The jobs that come with an arrival, which is `first`. */
static bool burst_draw(Drawing *drawing, uint32_t arrival, JobTime first)
{
    const BurstSpec *burst = &drawing->spec->arrivals.burst;
    PhiloxState state;
    gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_BURST, arrival);
    if (pick_below(&rng, GP_PPM) >= burst->probability_ppm) {
        return true;
    }
    unsigned others = gsl_ran_geometric(&rng, 1.0 / (burst->size - 1.0));
    int64_t at_ms = first.at_ms;
    for (unsigned i = 0; i < others; i++) {
        uint32_t job = drawing->next_job++;
        rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_SPACING, job);
        at_ms += (int64_t)gsl_ran_exponential(&rng, (double)burst->spacing_ms);
        bool alike = pick_below(&rng, GP_PPM) < burst->alike_ppm;
        if (is_wanted(drawing, at_ms) &&
            !time_add(drawing, (JobTime){at_ms, job, alike ? first.job : job})) {
            return false;
        }
    }
    return true;
}

static int time_compare(const void *va, const void *vb)
{
    const JobTime *a = va;
    const JobTime *b = vb;
    if (a->at_ms != b->at_ms) {
        return a->at_ms < b->at_ms ? -1 : 1;
    }
    return a->job < b->job ? -1 : a->job > b->job;
}

static bool times_draw(Drawing *drawing)
{
    ArrivalClock clock;
    int64_t ticks = 0;
    clock_init(drawing, &clock);
    for (uint32_t arrival = 0;; arrival++) {
        ticks += gap_ticks(drawing, arrival);
        int64_t at_ms = clock_ms(drawing, &clock, ticks);
        if (!is_wanted(drawing, at_ms)) {
            break;
        }
        JobTime first = {at_ms, drawing->next_job, drawing->next_job};
        drawing->next_job++;
        if (!time_add(drawing, first) || (drawing->spec->arrivals.burst.probability_ppm > 0 &&
                                          !burst_draw(drawing, arrival, first))) {
            return false;
        }
    }
    if (drawing->spec->arrivals.burst.probability_ppm > 0 && drawing->count > 0) {
        qsort(drawing->times, (size_t)drawing->count, sizeof(JobTime), time_compare);
    }
    return true;
}

/* ---- what each job is ------------------------------------------------------------------------ */

static const SizeSpec *size_draw(const Drawing *drawing, uint32_t job)
{
    const SyntheticSpec *spec = drawing->spec;
    int32_t last = spec->size_count - 1;
    if (last == 0) {
        return &spec->sizes[0];
    }
    PhiloxState state;
    gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_SIZE, job);
    int32_t left = pick_below(&rng, GP_PPM);
    int32_t i = 0;
    while (i < last && left >= spec->sizes[i].share_ppm) {
        left -= spec->sizes[i++].share_ppm;
    }
    return &spec->sizes[i];
}

/* A standard normal score of its own. */
static double score_own(const Drawing *drawing, uint32_t job)
{
    PhiloxState state;
    gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_DURATION, job);
    return gsl_ran_ugaussian(&rng);
}

/* Members of a burst share a normal score in part, and its quantile is the duration: the
 * distribution stays what it is (a Gaussian copula). */
static double duration_score(const Drawing *drawing, const JobTime *time)
{
    double own = score_own(drawing, time->job);
    if (time->leader == time->job) {
        return own;
    }
    double r = (double)drawing->spec->arrivals.burst.correlation_ppm / GP_PPM;
    return r * score_own(drawing, time->leader) + sqrt(1.0 - r * r) * own;
}

static int64_t duration_draw(const Drawing *drawing, const JobTime *time, const SizeSpec *size)
{
    double duration;
    if (drawing->spec->arrivals.burst.probability_ppm > 0 &&
        drawing->spec->arrivals.burst.correlation_ppm > 0) {
        double p = gsl_cdf_ugaussian_P(duration_score(drawing, time));
        duration = distribution_quantile(&size->duration, p < 1.0 ? p : 1.0 - 1e-12);
    } else {
        PhiloxState state;
        gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_DURATION, time->job);
        duration = distribution_draw(&size->duration, &rng);
    }
    double ms = floor(duration + 0.5);
    return ms < 1.0 ? 1 : ms < DURATION_MS_MAX ? (int64_t)ms : (int64_t)DURATION_MS_MAX;
}

static void queue_take(const QueueShare *queue, Request *row)
{
    row->queue = queue->name;
    row->group_set = queue->group_set;
    row->dedicated = queue->dedicated;
    row->asked_group_set = queue->asked_group_set;
}

static void queue_draw(const Drawing *drawing, uint32_t job, Request *row)
{
    const SyntheticSpec *spec = drawing->spec;
    if (spec->queue_count == 0 || (spec->queue_count == 1 && spec->user_count == 0)) {
        if (spec->queue_count == 1) {
            queue_take(&spec->queues[0], row);
        }
        return;
    }
    PhiloxState state;
    gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_QUEUE, job);
    int32_t left = pick_below(&rng, GP_PPM);
    int32_t i = 0;
    while (i < spec->queue_count - 1 && left >= spec->queues[i].share_ppm) {
        left -= spec->queues[i++].share_ppm;
    }
    queue_take(&spec->queues[i], row);
    if (spec->user_count > 0) {
        uint32_t word = (uint32_t)gsl_rng_get(&rng);
        int32_t user = 0;
        while (user < spec->user_count - 1 && word >= drawing->user_below[user]) {
            user++;
        }
        row->user = spec->queues[i].users[user];
    }
}

static JobEnd end_draw(const Drawing *drawing, uint32_t job, const SizeSpec *size)
{
    if (size->end_ppm[JOB_END_COMPLETED] >= GP_PPM) {
        return JOB_END_COMPLETED;
    }
    PhiloxState state;
    gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_END, job);
    int32_t left = pick_below(&rng, GP_PPM);
    if (left < size->end_ppm[JOB_END_COMPLETED]) {
        return JOB_END_COMPLETED;
    }
    left -= size->end_ppm[JOB_END_COMPLETED];
    return left < size->end_ppm[JOB_END_CANCELLED] ? JOB_END_CANCELLED : JOB_END_FAILED;
}

/* What a user would ask for: the duration times a factor, up to the next usual limit; beyond the
 * largest of these, a multiple of it. */
static int64_t limit_draw(const Drawing *drawing, uint32_t job, int64_t duration_ms)
{
    const LimitSpec *limit = &drawing->spec->limit;
    double factor = (double)limit->factor_ppm / GP_PPM;
    if (limit->sigma > 0.0) {
        PhiloxState state;
        gsl_rng rng = rng_at(drawing, &state, PURPOSE_SYNTHETIC_LIMIT, job);
        factor *= exp(gsl_ran_gaussian(&rng, limit->sigma));
    }
    double wanted = ceil(factor * (double)duration_ms);
    int64_t wanted_ms = wanted < 1.0 ? 1 : wanted < DURATION_MS_MAX ? (int64_t)wanted : LAST_MS;
    for (int32_t i = 0; i < limit->usual_count; i++) {
        if (limit->usual_ms[i] >= wanted_ms) {
            return limit->usual_ms[i];
        }
    }
    int64_t largest = limit->usual_count > 0 ? limit->usual_ms[limit->usual_count - 1] : 1;
    return (wanted_ms + largest - 1) / largest * largest;
}

static void row_draw(const Drawing *drawing, const JobTime *time, Request *row)
{
    const SizeSpec *size = size_draw(drawing, time->leader);
    size_request(drawing->spec, size, row);
    row->submit_ms = time->at_ms;
    row->duration_ms = duration_draw(drawing, time, size);
    row->end = (uint8_t)end_draw(drawing, time->job, size);
    queue_draw(drawing, time->leader, row);
    if (drawing->spec->limit.factor_ppm > 0) {
        row->time_limit_ms = limit_draw(drawing, time->job, row->duration_ms);
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

/* User k (from 1) has a share in proportion to k^-zipf. */
static bool users_weigh(Drawing *drawing)
{
    int32_t count = drawing->spec->user_count;
    if (count == 0) {
        return true;
    }
    drawing->user_below = malloc((size_t)count * sizeof *drawing->user_below);
    if (drawing->user_below == NULL) {
        return false;
    }
    double sum = 0.0;
    for (int32_t k = 0; k < count; k++) {
        sum += pow(k + 1, -drawing->spec->user_zipf);
    }
    double part = 0.0;
    for (int32_t k = 0; k < count; k++) {
        part += pow(k + 1, -drawing->spec->user_zipf);
        drawing->user_below[k] = (uint32_t)floor(part / sum * 4294967295.0);
    }
    return true;
}

static Status drawing_start(Drawing *drawing, Diagnostics *diagnostics)
{
    const ArrivalSpec *arrivals = &drawing->spec->arrivals;
    Place nowhere = {0};
    if (drawing->spec->count == 0 && drawing->draw->horizon_ms == TIME_NEVER) {
        return diagnostics_error(diagnostics, nowhere, "workload",
                                 "give the generator a `count`, or the scenario a `horizon`",
                                 "a synthetic workload without end");
    }
    drawing->rate = arrivals->rate;
    if (arrivals->rate <= 0) {
        drawing->rate = synthetic_rate_for_load(drawing->spec, arrivals->load_ppm,
                                                drawing->draw->fleet_gpu_milli);
    }
    if (drawing->rate <= 0) {
        return diagnostics_error(diagnostics, nowhere, "workload",
                                 "give a `rate`, or a fleet with GPUs",
                                 "no rate of arrivals offers that load: it would be 0, or more "
                                 "than 1000 jobs a second");
    }
    return users_weigh(drawing) ? STATUS_OK : diagnostics_no_memory(diagnostics);
}

static Status rows_draw(const Drawing *drawing, RequestList *jobs)
{
    jobs->rows = malloc(((size_t)drawing->count + 1) * sizeof *jobs->rows);
    if (jobs->rows == NULL) {
        return diagnostics_no_memory(drawing->diagnostics);
    }
    jobs->count = drawing->count;
    for (int32_t i = 0; i < drawing->count; i++) {
        row_draw(drawing, &drawing->times[i], &jobs->rows[i]);
    }
    return STATUS_OK;
}

Status synthetic_draw(const SyntheticSpec *spec, const SyntheticDraw *draw,
                      Diagnostics *diagnostics, RequestList *jobs)
{
    Drawing drawing = {.spec = spec, .draw = draw, .diagnostics = diagnostics};
    *jobs = (RequestList){0};
    Status status = drawing_start(&drawing, diagnostics);
    if (status == STATUS_OK && !times_draw(&drawing)) {
        status = diagnostics_status(diagnostics);
    }
    if (status == STATUS_OK && spec->count > 0 && drawing.count < spec->count &&
        draw->horizon_ms == TIME_NEVER) {
        status = diagnostics_error(
            diagnostics, (Place){0}, "workload", "raise the rate, or ask for fewer jobs",
            "the last of %d jobs would arrive after a hundred years", (int)spec->count);
    }
    if (status == STATUS_OK) {
        status = rows_draw(&drawing, jobs);
    }
    free(drawing.times);
    free(drawing.user_below);
    return status;
}
