/* run_metrics.c - the metrics of one run: from its books, its jobs and its load curve. */
#include "sim/experiment/run_metrics.h"

#include <math.h>

#include "sim/experiment/wait_quantiles.h"

/* ---- books ---- */

static double group_hours(const Ledger *ledger, int32_t type, LedgerGroup group)
{
    Int128 sum = 0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        if (account_group((Account)account) == group) {
            sum += ledger_sum(ledger, type, -2, (Account)account, -1);
        }
    }
    return ledger_gpu_hours(sum);
}

static double share(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

static bool any_price(const Cluster *cluster)
{
    for (int32_t type = 0; type < cluster->type_count; type++) {
        if (cluster->type_info[type].price_micro_usd_per_gpu_hour != 0) {
            return true;
        }
    }
    return false;
}

/* Each account times how visible it is to device counters. */
static void busy_shares(const Ledger *ledger, Int128 capacity, double *metric)
{
    double low = 0.0;
    double high = 0.0;
    for (int account = 0; account < ACCOUNT_COUNT; account++) {
        double hours = ledger_gpu_hours(ledger_sum(ledger, -1, -2, (Account)account, -1));
        Visibility visible = account_visibility((Account)account);
        low += hours * visible.low_ppm / GP_PPM;
        high += hours * visible.high_ppm / GP_PPM;
    }
    metric[METRIC_busy_share_low] = share(low, ledger_gpu_hours(capacity));
    metric[METRIC_busy_share_high] = share(high, ledger_gpu_hours(capacity));
}

static void metrics_of_books(const Ledger *ledger, double *metric)
{
    Int128 capacity = 0;
    for (int32_t type = 0; type < ledger->type_count; type++) {
        capacity += ledger->capacity[type];
    }
    busy_shares(ledger, capacity, metric);
    double hours = ledger_gpu_hours(capacity);
    double productive = ledger_gpu_hours(ledger_sum(ledger, -1, -2, ACCOUNT_PRODUCTIVE, -1));
    double allocated = group_hours(ledger, -1, GROUP_ALLOCATED);
    metric[METRIC_capacity_gpu_hours] = hours;
    metric[METRIC_productive_gpu_hours] = productive;
    metric[METRIC_productive_share] = share(productive, hours);
    metric[METRIC_allocated_share] = share(allocated, hours);
    metric[METRIC_scheduling_goodput] = share(allocated, hours);
    metric[METRIC_runtime_goodput] = share(productive, allocated);
    metric[METRIC_fragmented_gpu_hours] =
        ledger_gpu_hours(ledger_sum(ledger, -1, -2, ACCOUNT_FRAGMENTED, -1));
    metric[METRIC_lost_gpu_hours] = ledger_gpu_hours(ledger_sum(ledger, -1, -2, ACCOUNT_LOST, -1));
}

/* ---- jobs ---- */

/* A run of no length counts as one millisecond. */
static double slowdown(int64_t turnaround_ms, int64_t run_ms)
{
    return (double)turnaround_ms / (double)(run_ms > 1 ? run_ms : 1);
}

/* Times are kept exact and divided at the end; a slowdown is a ratio already. */
typedef struct JobSums {
    int64_t count[JOB_SUSPENDED + 1];
    int64_t jobs, open; /* counted; of all jobs: neither done nor gone */
    int64_t last_end_ms;
    double wait_ms, turnaround_ms, slowdown;
    int64_t timed; /* completed jobs whose times count */
    Wait *waits;   /* of every job that could start, or still can */
    int32_t wait_count, started;
} JobSums;

/* A job that was running when its log was cut says nothing about waiting. */
static void job_times_add(JobSums *sums, const World *world, JobId job)
{
    int64_t submit_ms = world->jobs->job_submit_ms[job];
    int64_t start_ms = world->job_start_ms[job];
    int64_t end_ms = world->job_end_ms[job];
    if (start_ms != TIME_NEVER) {
        sums->started++;
        sums->wait_ms += (double)(start_ms - submit_ms);
        sums->waits[sums->wait_count++] = (Wait){start_ms - submit_ms, true};
    } else if (world->job_state[job] == JOB_PENDING) {
        sums->waits[sums->wait_count++] = (Wait){world->now_ms - submit_ms, false};
    }
    if (world->job_state[job] == JOB_COMPLETED) {
        sums->timed++;
        sums->turnaround_ms += (double)(end_ms - submit_ms);
        sums->slowdown += slowdown(end_ms - submit_ms, end_ms - start_ms);
    }
}

/* Jobs of the warm-up count only for when all is done. */
static void job_add(JobSums *sums, const World *world, JobId job)
{
    int64_t end_ms = world->job_end_ms[job];
    JobState state = (JobState)world->job_state[job];
    sums->open += state == JOB_RUNNING || state == JOB_SUSPENDED || state == JOB_PENDING ||
                  state == JOB_FUTURE;
    if (end_ms != TIME_NEVER && end_ms > sums->last_end_ms) {
        sums->last_end_ms = end_ms;
    }
    if (world->jobs->job_submit_ms[job] < world->scenario->warmup_ms) {
        return;
    }
    sums->jobs++;
    sums->count[state]++;
    if (!world->jobs->job_carried[job]) {
        job_times_add(sums, world, job);
    }
}

/* False if memory ran out. */
static bool metrics_of_jobs(const World *world, Arena *scratch, double *metric)
{
    const JobTable *jobs = world->jobs;
    JobSums sums = {.waits = ARENA_ARRAY(scratch, Wait, jobs->job_count)};
    if (sums.waits == NULL) {
        return false;
    }
    for (JobId job = 0; job < jobs->job_count; job++) {
        job_add(&sums, world, job);
    }
    waits_sort(sums.waits, sums.wait_count);
    const int64_t *count = sums.count;
    double timed = (double)sums.timed;
    int64_t from_ms = world->scenario->warmup_ms;
    bool all_done = sums.open == 0 && sums.last_end_ms > from_ms;
    int64_t until_ms = all_done ? sums.last_end_ms : world->now_ms;
    metric[METRIC_jobs_submitted] = (double)(sums.jobs - count[JOB_FUTURE]);
    metric[METRIC_jobs_completed] = (double)count[JOB_COMPLETED];
    metric[METRIC_jobs_running] = (double)(count[JOB_RUNNING] + count[JOB_SUSPENDED]);
    metric[METRIC_jobs_rejected] = (double)count[JOB_REJECTED];
    metric[METRIC_jobs_unstarted] = (double)count[JOB_PENDING];
    metric[METRIC_jobs_failed] = (double)count[JOB_FAILED];
    metric[METRIC_jobs_cancelled] = (double)count[JOB_CANCELLED];
    metric[METRIC_jobs_timeout] = (double)count[JOB_TIMEOUT];
    metric[METRIC_wait_mean_s] = share(sums.wait_ms / 1e3, (double)sums.started);
    metric[METRIC_wait_p50_s] = wait_quantile_ms(sums.waits, sums.wait_count, 500000) / 1e3;
    metric[METRIC_wait_p95_s] = wait_quantile_ms(sums.waits, sums.wait_count, 950000) / 1e3;
    metric[METRIC_wait_p99_s] = wait_quantile_ms(sums.waits, sums.wait_count, 990000) / 1e3;
    metric[METRIC_jct_mean_s] = share(sums.turnaround_ms / 1e3, timed);
    metric[METRIC_slowdown_mean] = share(sums.slowdown, timed);
    metric[METRIC_makespan_s] = (double)(until_ms > from_ms ? until_ms - from_ms : 0) / 1e3;
    return true;
}

static int64_t deadlines_missed(const World *world)
{
    const JobTable *jobs = world->jobs;
    int64_t missed = 0;
    for (JobId job = 0; job < jobs->job_count; job++) {
        if (jobs->job_submit_ms[job] < world->scenario->warmup_ms) {
            continue;
        }
        int64_t deadline_ms = job_class(jobs, job)->traits->deadline_ms;
        bool done = world->job_state[job] == JOB_COMPLETED;
        int64_t until_ms = done ? world->job_end_ms[job] : world->now_ms;
        missed += deadline_ms > 0 && until_ms > jobs->job_submit_ms[job] + deadline_ms;
    }
    return missed;
}

/* ---- load ---- */

#define FULL_LOAD_PCT 100

static void metrics_of_curve(const World *world, const LoadMeter *load, const LoadCurve *curve,
                             double *metric)
{
    metric[METRIC_fragmentation_ratio] = load_meter_ratio_mean(load);
    metric[METRIC_allocation_at_end] =
        share((double)world->used_milli, (double)world->scenario->cluster.gpu_milli);
    if (curve->count <= FULL_LOAD_PCT) {
        return; /* full load was never reached */
    }
    metric[METRIC_allocation_at_full_load] = curve->alloc_pct[FULL_LOAD_PCT] / 100.0;
    metric[METRIC_idle_gpus_at_full_load] = curve->idle_gpus[FULL_LOAD_PCT];
    metric[METRIC_fragmentation_ratio_at_full_load] = curve->frag_ratio_pct[FULL_LOAD_PCT] / 100.0;
    if (any_price(&world->scenario->cluster)) {
        metric[METRIC_idle_usd_per_year_at_full_load] =
            curve->idle_usd_per_hour[FULL_LOAD_PCT] * 8760.0;
    }
}

/* ---- failures ---- */

static void metrics_of_failures(const World *world, const LedgerMeter *books, const Ledger *ledger,
                                double *metric)
{
    static const struct {
        MetricId metric;
        Account account;
    } HOURS[] = {{METRIC_hung_gpu_hours, ACCOUNT_HUNG},
                 {METRIC_io_stall_gpu_hours, ACCOUNT_IO_STALL},
                 {METRIC_checkpoint_gpu_hours, ACCOUNT_CHECKPOINT},
                 {METRIC_down_gpu_hours, ACCOUNT_DOWN},
                 {METRIC_drained_gpu_hours, ACCOUNT_DRAINED},
                 {METRIC_spare_gpu_hours, ACCOUNT_SPARE}};
    for (size_t i = 0; i < sizeof HOURS / sizeof HOURS[0]; i++) {
        metric[HOURS[i].metric] =
            ledger_gpu_hours(ledger_sum(ledger, -1, -2, HOURS[i].account, -1));
    }
    const Health *health = &world->health;
    int64_t counted_ms = world->now_ms - after_warmup(world->scenario, 0);
    double node_ms =
        (double)counted_ms * world->fleet.node_count - (double)books->nodes.absent_node_ms;
    metric[METRIC_interruptions] = (double)books->blame.interruptions;
    metric[METRIC_faults_offered] = (double)(health->offered - books->at_cut.faults_offered);
    metric[METRIC_faults_masked] = (double)(health->masked - books->at_cut.faults_masked);
    metric[METRIC_faults_began] = (double)(health->began - books->at_cut.faults_began);
    metric[METRIC_node_availability] = share(node_ms - (double)books->nodes.out_node_ms, node_ms);
    metric[METRIC_events] = (double)world->event_count;
    metric[METRIC_technician_hours] = (double)health->technician_worked_ms / 3.6e6;
    double staff_usd = (double)health->technician_paid_ms / 3.6e6 *
                       (double)world->scenario->policy.remedy_options.cost_micro_usd_per_hour / 1e6;
    if (staff_usd > 0) {
        metric[METRIC_staff_usd] = staff_usd;
    }
}

bool run_metrics(const World *world, const RunMeters *meters, Arena *scratch,
                 ReplicationResult *result)
{
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        result->metric[metric] = (double)NAN;
    }
    metrics_of_books(&result->ledger, result->metric);
    result->metric[METRIC_productive_compute] =
        ledger_gpu_hours(meters->books->tasks.compute) / GP_PPM;
    result->metric[METRIC_events] = (double)world->event_count;
    result->metric[METRIC_deadlines_missed] = (double)deadlines_missed(world);
    metrics_of_failures(world, meters->books, &result->ledger, result->metric);
    metrics_of_curve(world, meters->load, &result->curve, result->metric);
    result->metric[METRIC_preemptions] = (double)meters->life->preemptions;
    result->metric[METRIC_migrations] = (double)meters->life->migrations;
    result->metric[METRIC_restarts] = (double)meters->life->restarts;
    result->metric[METRIC_stranded_gpu_hours] = stranded_gpu_hours(meters->stranded);
    service_metrics(meters->services, world, result->metric);
    return metrics_of_jobs(world, scratch, result->metric);
}
