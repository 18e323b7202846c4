/* service_meter.c - states of services, summed by the requests that came in them. */
#include "sim/experiment/service_meter.h"

#include <math.h>

#define BIN_STEP 1.005

static const ServiceDemand *demand_of(const World *world, JobId job)
{
    return job_class(world->jobs, job)->traits->service;
}

static double ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

bool service_meter_init(ServiceMeter *meter, Arena *arena, const World *world)
{
    const JobTable *jobs = world->jobs;
    *meter = (ServiceMeter){0};
    for (JobId job = 0; job < jobs->job_count; job++) {
        meter->count += demand_of(world, job) != NULL;
    }
    if (meter->count == 0) {
        return true;
    }
    meter->rows = ARENA_ARRAY(arena, ServiceRow, meter->count);
    meter->row_of = ARENA_ARRAY(arena, int32_t, jobs->job_count);
    meter->stale = ARENA_ARRAY(arena, int32_t, meter->count);
    meter->bin_requests = ARENA_ARRAY(arena, double, SERVICE_BINS);
    meter->bin_sum = ARENA_ARRAY(arena, double, SERVICE_BINS);
    if (arena->failed) {
        return false;
    }
    int32_t row = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        meter->row_of[job] = demand_of(world, job) != NULL ? row : -1;
        if (demand_of(world, job) != NULL) {
            meter->rows[row++] = (ServiceRow){.job = job, .since_ms = TIME_NEVER};
        }
    }
    return true;
}

/* ---- states ---- */

static ServiceState state_of(const World *world, JobId job)
{
    ServiceState state = {0};
    for (TaskId task = world->jobs->job_first_task[job];
         task < world->jobs->job_first_task[job + 1]; task++) {
        if (world->task_state[task] == TASK_RUNNING && world->unit_rate_ppm[task] > 0) {
            state.replicas++;
            state.speed_ppm += world->unit_rate_ppm[task];
        }
    }
    return state;
}

static double idle_s(const ServiceDemand *demand)
{
    return (double)demand->work_us / 1e6;
}

/* Share of the demand that nobody serves. */
static double unserved_of(const ServiceDemand *demand, const ServiceState *state)
{
    double per_s = (double)state->demand_milli_per_s / 1e3;
    return service_is_overloaded(demand, state)
               ? (per_s - service_capacity_per_s(demand, state)) / per_s
               : 0.0;
}

static void bin_add(ServiceMeter *meter, double times_idle, double requests)
{
    int bin = times_idle > 1.0 ? (int)(log(times_idle) / log(BIN_STEP)) : 0;
    bin = bin < SERVICE_BINS ? bin : SERVICE_BINS - 1;
    meter->bin_requests[bin] += requests;
    meter->bin_sum[bin] += requests * times_idle;
}

/* The row's state has held so far. */
static void row_settle(ServiceMeter *meter, ServiceRow *row, const World *world, int64_t to_ms)
{
    const ServiceDemand *demand = demand_of(world, row->job);
    int64_t counts_from_ms = after_warmup(world->scenario, row->since_ms);
    if (row->since_ms != TIME_NEVER && row->since_ms < to_ms) {
        row->since_ms = counts_from_ms < to_ms ? counts_from_ms : to_ms;
    }
    while (row->since_ms != TIME_NEVER && row->since_ms < to_ms) {
        int64_t until_ms;
        row->state.demand_milli_per_s = service_demand_at(demand, row->since_ms, &until_ms);
        until_ms = until_ms < to_ms ? until_ms : to_ms;
        double seconds = (double)(until_ms - row->since_ms) / 1e3;
        double requests = (double)row->state.demand_milli_per_s / 1e3 * seconds;
        row->since_ms = until_ms;
        row->offered += requests;
        if (requests > 0.0 && service_is_overloaded(demand, &row->state)) {
            row->unserved += requests * unserved_of(demand, &row->state);
        } else if (requests > 0.0) {
            double latency_s = service_latency_s(demand, &row->state);
            row->timed += requests;
            row->latency_s += requests * latency_s;
            bin_add(meter, latency_s / idle_s(demand), requests);
        }
    }
}

/* ---- observer ---- */

static void service_fact(void *self, const World *world, const Fact *fact)
{
    ServiceMeter *meter = self;
    if (fact->kind == FACT_RUN_ENDED) {
        for (int32_t i = 0; i < meter->count; i++) {
            row_settle(meter, &meter->rows[i], world, fact->time_ms);
        }
        return;
    }
    if (fact->job < 0 || meter->row_of[fact->job] < 0) {
        return;
    }
    ServiceRow *row = &meter->rows[meter->row_of[fact->job]];
    row_settle(meter, row, world, fact->time_ms);
    if (fact->kind == FACT_JOB_SUBMITTED) {
        row->since_ms = fact->time_ms;
    } else if (fact->kind == FACT_JOB_ENDED) {
        row->since_ms = TIME_NEVER;
    }
    if (!row->is_stale) {
        row->is_stale = true;
        meter->stale[meter->stale_count++] = meter->row_of[fact->job];
    }
}

static void service_interval(void *self, const World *world, int64_t from_ms, int64_t to_ms)
{
    ServiceMeter *meter = self;
    (void)from_ms;
    (void)to_ms;
    for (int32_t i = 0; i < meter->stale_count; i++) {
        ServiceRow *row = &meter->rows[meter->stale[i]];
        row->state = state_of(world, row->job);
        row->is_stale = false;
    }
    meter->stale_count = 0;
}

Observer service_meter_observer(ServiceMeter *meter)
{
    return (Observer){.self = meter,
                      .fact = service_fact,
                      .interval = service_interval,
                      .hears = FACT_SET(FACT_JOB_SUBMITTED) | FACT_SET(FACT_JOB_ENDED) |
                               FACT_SET(FACT_TASK_STARTED) | FACT_SET(FACT_TASK_PAUSED) |
                               FACT_SET(FACT_TASK_RATE) | FACT_SET(FACT_TASK_STOPPING) |
                               FACT_SET(FACT_TASK_ENDED) | FACT_SET(FACT_TASK_EVICTED) |
                               FACT_SET(FACT_TASK_SUSPENDED) | FACT_SET(FACT_TASK_RESUMED) |
                               FACT_SET(FACT_TASK_DIED) | FACT_SET(FACT_TASK_REVIVED) |
                               FACT_SET(FACT_RUN_ENDED)};
}

/* ---- what it saw ---- */

ServiceSight service_now(const World *world, JobId job, int64_t at_ms)
{
    const ServiceDemand *demand = demand_of(world, job);
    ServiceSight none = {(double)NAN, (double)NAN, (double)NAN};
    if (demand == NULL) {
        return none;
    }
    int64_t until_ms;
    ServiceState state = state_of(world, job);
    state.demand_milli_per_s = service_demand_at(demand, at_ms, &until_ms);
    double latency_s = service_latency_s(demand, &state);
    return (ServiceSight){latency_s * 1e3, latency_s / idle_s(demand), unserved_of(demand, &state)};
}

static ServiceSight sight_of(const ServiceRow *row, const World *world)
{
    double mean_s = ratio(row->latency_s, row->timed);
    return (ServiceSight){mean_s * 1e3, mean_s / idle_s(demand_of(world, row->job)),
                          ratio(row->unserved, row->offered)};
}

ServiceSight service_so_far(const ServiceMeter *meter, const World *world, JobId job)
{
    int32_t row = meter->count > 0 ? meter->row_of[job] : -1;
    return row >= 0 ? sight_of(&meter->rows[row], world)
                    : (ServiceSight){(double)NAN, (double)NAN, (double)NAN};
}

bool service_meter_rows(const ServiceMeter *meter, const World *world, Arena *arena,
                        ReplicationResult *result)
{
    result->services = ARENA_ARRAY(arena, ServiceSummary, meter->count);
    for (int32_t i = 0; !arena->failed && i < meter->count; i++) {
        const ServiceRow *row = &meter->rows[i];
        ServiceSight sight = sight_of(row, world);
        result->services[result->service_count++] =
            (ServiceSummary){.name = arena_strdup(arena, world->jobs->job_name[row->job]),
                             .requests = row->offered,
                             .latency_mean_ms = sight.latency_ms,
                             .latency_ratio = sight.latency_ratio,
                             .overload_share = ratio(row->offered - row->timed, row->offered),
                             .unserved_share = sight.unserved_share};
    }
    return !arena->failed;
}

/* The least latency that 95 % of the requests came at or below; those in an overload had none. */
static double latency_ratio_p95(const ServiceMeter *meter, double offered)
{
    double seen = 0.0;
    for (int bin = 0; bin < SERVICE_BINS; bin++) {
        seen += meter->bin_requests[bin];
        if (meter->bin_requests[bin] > 0.0 && seen >= 0.95 * offered) {
            return meter->bin_sum[bin] / meter->bin_requests[bin];
        }
    }
    return (double)INFINITY;
}

void service_metrics(const ServiceMeter *meter, const World *world, double *metric)
{
    ServiceRow all = {0};
    double times_idle = 0.0;
    for (int32_t i = 0; i < meter->count; i++) {
        const ServiceRow *row = &meter->rows[i];
        all.offered += row->offered;
        all.timed += row->timed;
        all.unserved += row->unserved;
        all.latency_s += row->latency_s;
        times_idle += row->latency_s / idle_s(demand_of(world, row->job));
    }
    if (!(all.offered > 0.0)) {
        return;
    }
    metric[METRIC_service_latency_mean_ms] = ratio(all.latency_s, all.timed) * 1e3;
    metric[METRIC_service_latency_ratio] = ratio(times_idle, all.timed);
    metric[METRIC_service_latency_ratio_p95] = latency_ratio_p95(meter, all.offered);
    metric[METRIC_service_overload_share] = (all.offered - all.timed) / all.offered;
    metric[METRIC_service_unserved_share] = all.unserved / all.offered;
}
