/* fit_refine.c - what the generator is told, so that its draws look like the log.
 *
 * Chains of close jobs hold arrivals that joined by chance, hide gaps, and make days look busier:
 * what is seen is not what to tell. So the generator draws, the draw is measured just as the log
 * was, and what it is told moves by the difference, a few times: indirect inference (Gourieroux,
 * Monfort and Renault, Journal of Applied Econometrics 8, 1993).
 */
#include <math.h>
#include <stdlib.h>

#include "traces/fit.h"

#define RATE_PER_HOUR 168e6 /* UNIT_RATE */
#define WEIGHT_SCALE 1e6
#define ROUNDS 6
#define DRAW_LEAST 4000 /* jobs of a draw: fewer would add their own noise */
#define DRAW_MOST 100000
#define STEP 0.7 /* of the difference, so that figures that move each other settle */
#define CV_LEAST 0.05
#define CV_MOST 20.0
#define CORRELATION_MOST 0.99

/* Bursts come at the points of a Poisson process: with a shape of their own, gaps that are clumped
 * and bursts that are large could not be told apart. */
static void arrivals_tell(const ArrivalFit *fit, const FitOptions *options, ArrivalSpec *arrivals)
{
    double per_hour = fit->per_hour >= 1.0 ? floor(fit->per_hour * 1e4 + 0.5) / 1e4 : fit->per_hour;
    arrivals->rate = (int64_t)floor(per_hour * RATE_PER_HOUR + 0.5);
    arrivals->rate = arrivals->rate < 1 ? 1 : arrivals->rate;
    arrivals->rate = arrivals->rate > SYNTHETIC_RATE_MAX ? SYNTHETIC_RATE_MAX : arrivals->rate;
    arrivals->week_offset_ms = options->week_offset_ms;
    arrivals->day_cv = fit->day_cv;
    for (int cell = 0; cell < HOURS_OF_WEEK; cell++) {
        double factor = fit->hour_factor[cell % 24] * fit->day_factor[cell / 24];
        arrivals->hour_weight[cell] = (int32_t)floor(factor * WEIGHT_SCALE + 0.5);
    }
    arrivals->process = ARRIVAL_POISSON;
    if (!fit->has_bursts && fit->gaps.best > 0 &&
        distribution_unit_mean(FIT_FAMILIES[fit->gaps.best], fit->gaps.family_cv, &arrivals->gap)) {
        arrivals->process = ARRIVAL_RENEWAL;
    }
    if (fit->has_bursts) {
        arrivals->burst = (BurstSpec){
            .probability_ppm = (int32_t)floor(fit->burst_probability * GP_PPM + 0.5),
            .size = fit->burst_size,
            .spacing_ms = (int64_t)floor(fit->burst_spacing_ms + 0.5),
            .alike_ppm = (int32_t)floor(fit->burst_alike * GP_PPM + 0.5),
            .correlation_ppm = (int32_t)floor(fit->burst_correlation * GP_PPM + 0.5),
        };
    }
}

/* ---- one draw, measured ---------------------------------------------------------------------- */

static int32_t queue_of(const SyntheticSpec *spec, const char *name)
{
    int32_t queue = 0;
    while (queue < spec->queue_count - 1 && spec->queues[queue].name != name) {
        queue++;
    }
    return queue;
}

static FitJobs jobs_of(const SyntheticSpec *spec, const RequestList *drawn)
{
    FitJobs jobs = {.jobs = malloc(((size_t)drawn->count + 1) * sizeof(FitJob))};
    for (int32_t i = 0; jobs.jobs != NULL && i < drawn->count; i++) {
        const Request *row = &drawn->rows[i];
        jobs.jobs[jobs.count++] = (FitJob){
            .submit_ms = row->submit_ms,
            .duration_ms = row->duration_ms,
            .gpu_milli = row->gpu_milli * row->gpu_count * row->task_count,
            .queue = queue_of(spec, row->queue),
            .user = -1,
        };
    }
    return jobs;
}

/* `seen` has the log's profile and threshold; the rest is measured anew. */
static bool draw_measure(const FitOptions *options, const TraceFit *fit, Diagnostics *diagnostics,
                         ArrivalFit *seen)
{
    SyntheticSpec spec = *fit->spec;
    spec.count = spec.count < DRAW_LEAST  ? DRAW_LEAST
                 : spec.count > DRAW_MOST ? DRAW_MOST
                                          : spec.count;
    SyntheticDraw draw = {.seed = options->seed, .replication = 1, .horizon_ms = TIME_NEVER};
    RequestList drawn;
    if (synthetic_draw(&spec, &draw, diagnostics, &drawn) != STATUS_OK) {
        return false;
    }
    FitJobs jobs = jobs_of(&spec, &drawn);
    free(drawn.rows);
    bool enough = jobs.jobs != NULL;
    if (enough && jobs.jobs[jobs.count - 1].submit_ms > 0) {
        enough = fit_arrivals_measure(&jobs, options, fit->arrivals.gaps.best, seen);
    }
    free(jobs.jobs);
    return enough;
}

/* ---- what to tell ---------------------------------------------------------------------------- */

/* Up where too little was seen, down where too much; within bounds. */
static double moved(double told, double wanted, double seen, double least, double most)
{
    if (!(wanted > 0.0 && seen > 0.0)) {
        return told;
    }
    double ratio = fmin(fmax(wanted / seen, 0.5), 2.0);
    return fmin(fmax(told * pow(ratio, STEP), least), most);
}

static void told_move(const ArrivalFit *wanted, const ArrivalFit *seen, ArrivalFit *told)
{
    if (!wanted->has_bursts && wanted->gaps.best > 0) {
        told->gaps.family_cv = moved(told->gaps.family_cv, wanted->gaps.family_cv,
                                     seen->gaps.family_cv, CV_LEAST, CV_MOST);
    }
    if (!wanted->has_bursts || !seen->has_bursts) {
        return;
    }
    told->burst_probability = moved(told->burst_probability, wanted->burst_probability,
                                    seen->burst_probability, 1e-4, 1.0);
    told->burst_size = 1.0 + moved(told->burst_size - 1.0, wanted->burst_size - 1.0,
                                   seen->burst_size - 1.0, 1.0, SYNTHETIC_BURST_MAX - 1.0);
    told->burst_spacing_ms =
        moved(told->burst_spacing_ms, wanted->burst_spacing_ms, seen->burst_spacing_ms, 0.0, 1e12);
    told->burst_alike += STEP * (wanted->burst_alike - seen->burst_alike);
    told->burst_alike = fmin(fmax(told->burst_alike, 0.0), 1.0);
    told->burst_correlation += STEP * (wanted->burst_correlation - seen->burst_correlation);
    told->burst_correlation = fmin(fmax(told->burst_correlation, 0.0), CORRELATION_MOST);
    told->day_cv = wanted->day_cv > 0.0 ? fit_day_cv(&wanted->days, told) : 0.0;
}

bool fit_refine(const FitOptions *options, TraceFit *fit, Diagnostics *diagnostics)
{
    ArrivalFit told = fit->arrivals;
    bool hidden = fit->arrivals.has_bursts || fit->arrivals.day_cv > 0.0;
    arrivals_tell(&told, options, &fit->spec->arrivals);
    for (int round = 0; hidden && round < ROUNDS; round++) {
        ArrivalFit seen = fit->arrivals;
        if (!draw_measure(options, fit, diagnostics, &seen)) {
            return false;
        }
        told_move(&fit->arrivals, &seen, &told);
        arrivals_tell(&told, options, &fit->spec->arrivals);
    }
    fit->told = told;
    return true;
}
