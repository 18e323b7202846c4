/* headline.c - the last line of a report: who is best, by how many GPUs and dollars against the
 * first variant.
 *
 * Differences are paired over replications with the same seeds. Where the interval holds 0 the
 * sentence says so, and one replication of something drawn is called that.
 */
#include <math.h>
#include <string.h>

#include "sim/report/explain_words.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

#define WAIT_NOTHING_S 1.0      /* below it a mean wait is none */
#define WAIT_SHOWS 0.01         /* of the longer of two waits */
#define TIMES_DIFFER 0.005      /* of the run: as in run_ends.c */
#define UNDONE_SHOWS 0.01       /* of the jobs that complete */
#define PRODUCTIVE_SAME 0.00005 /* a smaller difference would be printed as 0.00 points */
#define CHEAPER_SHOWS 0.0005    /* of a productive GPU-hour's cost */
#define HELD_SHOWS 0.1          /* GPU-hours, the last digit that is printed */

/* Does it pretend a limit away? Then it is a measure of that limit, and nobody's choice. */
static bool is_twin(const json_t *variant)
{
    const json_t *relax = json_object_get(json_object_get(variant, "policy"), "relax");
    return json_array_size(relax) > 0;
}

static const json_t *best_variant(const json_t *variants, const char *metric, double sign)
{
    const json_t *best = json_array_get(variants, 0), *variant;
    double best_value = sign * json_metric(best, metric, "mean");
    size_t i;
    json_array_foreach (variants, i, variant) {
        double value = sign * json_metric(variant, metric, "mean");
        if (isfinite(value) && !is_twin(variant) && (!isfinite(best_value) || value > best_value)) {
            best = variant;
            best_value = value;
        }
    }
    return best;
}

static const json_t *difference_at(const json_t *variant, const char *metric)
{
    return json_object_get(
        json_object_get(json_object_get(variant, "against_baseline"), "difference"), metric);
}

static bool is_deterministic(const json_t *interval)
{
    return json_is_true(json_object_get(interval, "deterministic"));
}

/* " (95 % interval 3.1 to 4.2, paired over 10 replications)", in the reader's direction. */
static void interval_say(const json_t *difference, double scale, int decimals, FILE *stream)
{
    char low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
    double a = json_number_at(difference, "ci_low") * scale,
           b = json_number_at(difference, "ci_high") * scale;
    if (is_deterministic(difference)) {
        fputs(" (deterministic: exact difference, no interval)", stream);
        return;
    }
    if (!isfinite(a) || !isfinite(b)) {
        fputs(" (one replication: no interval)", stream);
        return;
    }
    fprintf(stream, " (95 %% interval %s to %s, paired over %.0f replications)",
            number_text(fmin(a, b), decimals, low), number_text(fmax(a, b), decimals, high),
            json_number_at(difference, "n"));
}

static bool holds_zero(const json_t *difference)
{
    return json_number_at(difference, "ci_low") <= 0 && json_number_at(difference, "ci_high") >= 0;
}

/* Where nobody can tell: how many replications it would take at this spread. */
static void settle_say(const json_t *difference, FILE *stream)
{
    double count = json_number_at(difference, "settle_count");
    if (count > 0) {
        fprintf(stream, " %.0f replications would settle it.", count);
    }
}

static void filling_one(const json_t *variant, FILE *stream)
{
    char idle[NUMBER_TEXT_MAX], gpus[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    number_text(json_metric(variant, "idle_gpus_at_full_load", "mean"), 1, idle);
    number_text(json_number_at(json_object_get(variant, "cluster"), "gpus"), 0, gpus);
    fprintf(stream, "%s: %s of %s GPUs are idle when 100 %% of capacity has arrived",
            json_text_at(variant, "name"), idle, gpus);
    double money = json_metric(variant, "idle_usd_per_year_at_full_load", "mean");
    if (money > 0) {
        fprintf(stream, ": %s USD a year", number_text(money, 0, usd));
    }
    fputc('.', stream);
}

static void filling_many(const json_t *variants, FILE *stream)
{
    const json_t *baseline = json_array_get(variants, 0);
    const json_t *best = best_variant(variants, "idle_gpus_at_full_load", -1);
    const json_t *gpus = difference_at(best, "idle_gpus_at_full_load");
    double fewer = -json_number_at(gpus, "mean");
    if (best == baseline || !isfinite(fewer)) {
        fputs("No variant leaves fewer GPUs idle than the baseline. ", stream);
        filling_one(baseline, stream);
        return;
    }
    char count[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    if (!is_deterministic(gpus) && holds_zero(gpus)) {
        fputs("No variant is clearly better than the baseline; closest: ", stream);
    }
    fprintf(stream, "%s leaves %s fewer GPUs idle than %s when 100 %% of capacity has arrived",
            json_text_at(best, "name"), number_text(fewer, 1, count),
            json_text_at(baseline, "name"));
    interval_say(gpus, -1, 1, stream);
    const json_t *money = difference_at(best, "idle_usd_per_year_at_full_load");
    double saved = -json_number_at(money, "mean");
    if (isfinite(saved) && fabs(saved) > 0) {
        fprintf(stream, ": %s USD a year %s", number_text(fabs(saved), 0, usd),
                saved > 0 ? "less" : "more");
        if (isfinite(json_number_at(money, "ci_low")) && !is_deterministic(money)) {
            char low[NUMBER_TEXT_MAX], high[NUMBER_TEXT_MAX];
            double sign = saved > 0 ? -1 : 1;
            double a = sign * json_number_at(money, "ci_low"),
                   b = sign * json_number_at(money, "ci_high");
            fprintf(stream, " (%s to %s)", number_text(fmin(a, b), 0, low),
                    number_text(fmax(a, b), 0, high));
        }
        fputs(" in idle GPUs", stream);
    }
    fputc('.', stream);
    settle_say(gpus, stream);
}

static void jobs_one(const json_t *variant, FILE *stream)
{
    char share[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    double productive = json_metric(variant, "productive_share", "mean");
    if (!isfinite(productive)) { /* no GPUs, or the run was over at once */
        fprintf(stream, "%s: no GPU time was paid for.", json_text_at(variant, "name"));
        return;
    }
    number_text(100 * productive, 2, share);
    fprintf(stream, "%s: %s %% of the GPU time paid for was productive",
            json_text_at(variant, "name"), share);
    double money = json_metric(variant, "usd_per_productive_gpu_hour", "mean");
    if (money > 0) {
        fprintf(stream, ", at %s USD per productive GPU-hour", number_text(money, 3, usd));
    }
    fputc('.', stream);
}

/* GPU-hours that jobs held and did not advance in. */
static double held(const json_t *variant)
{
    return json_metric(variant, "capacity_gpu_hours", "mean") *
               json_metric(variant, "allocated_share", "mean") -
           json_metric(variant, "productive_gpu_hours", "mean");
}

/* Where something fails and as much is produced: who holds least for it, if it shows. */
static void held_say(const json_t *variants, FILE *stream)
{
    const json_t *baseline = json_array_get(variants, 0), *best = baseline, *variant;
    size_t i;
    json_array_foreach (variants, i, variant) {
        double less = json_metric(baseline, "productive_share", "mean") -
                      json_metric(variant, "productive_share", "mean");
        if (!is_twin(variant) && fabs(less) < PRODUCTIVE_SAME && held(variant) < held(best)) {
            best = variant;
        }
    }
    char hours[2][NUMBER_TEXT_MAX];
    bool shows = held(baseline) - held(best) >= HELD_SHOWS;
    if (shows && json_metric(baseline, "faults_began", "mean") > 0) {
        fprintf(stream, " For the same work jobs hold %s GPU-hours without advancing, %s with %s.",
                number_text(held(baseline), 1, hours[0]), number_text(held(best), 1, hours[1]),
                json_text_at(best, "name"));
    }
}

/* "3 h 59 min": to the minute from ten on. */
static const char *wait_words(double seconds, char buffer[WORDS_MAX])
{
    double step = seconds >= 600 ? 60 : 1;
    return span_words((int64_t)(round(seconds / step) * step) * 1000, buffer);
}

/* Work that is not done in the time costs nothing, and is no saving. */
static void undone_say(const json_t *baseline, const json_t *best, FILE *stream)
{
    double before = json_metric(baseline, "jobs_completed", "mean");
    double fewer = before - json_metric(best, "jobs_completed", "mean");
    char count[2][NUMBER_TEXT_MAX];
    if (isfinite(fewer) && fewer >= 1 && fewer >= UNDONE_SHOWS * before) {
        fprintf(stream, " Of %s jobs that complete with %s, %s do not in that time.",
                number_text(before, 0, count[0]), json_text_at(baseline, "name"),
                number_text(fewer, 0, count[1]));
    }
}

/* Fewer GPUs are always more productive: what that costs those who wait belongs beside it. */
static void waits_say(const json_t *baseline, const json_t *best, FILE *stream)
{
    double before = json_metric(baseline, "wait_mean_s", "mean");
    double after = json_metric(best, "wait_mean_s", "mean");
    double before_95 = json_metric(baseline, "wait_p95_s", "mean");
    double after_95 = json_metric(best, "wait_p95_s", "mean");
    double longer = fmax(before, after);
    if (!isfinite(before) || !isfinite(after) ||
        fabs(after - before) < fmax(WAIT_NOTHING_S, WAIT_SHOWS * longer)) {
        return;
    }
    char words[2][WORDS_MAX];
    fprintf(stream, " Jobs wait %s on average instead of %s", wait_words(after, words[0]),
            wait_words(before, words[1]));
    if (isfinite(before_95) && isfinite(after_95)) {
        fprintf(stream, "; 95 %% of them start within %s instead of %s",
                wait_words(after_95, words[0]), wait_words(before_95, words[1]));
    }
    fputc('.', stream);
}

/* The variant that makes a productive GPU-hour cheapest, if that shows. */
static const json_t *cheapest(const json_t *variants)
{
    const json_t *baseline = json_array_get(variants, 0);
    const json_t *best = best_variant(variants, "usd_per_productive_gpu_hour", -1);
    double before = json_metric(baseline, "usd_per_productive_gpu_hour", "mean");
    double saved =
        -json_number_at(difference_at(best, "usd_per_productive_gpu_hour"), "mean") / before;
    return best != baseline && saved >= CHEAPER_SHOWS ? best : NULL;
}

/* ", 60,480 USD less in 21 d": what is paid in the time that counts, against the baseline. Sums
 * over different times are no saving, and not said. */
static void in_all_say(const json_t *best, const char *before, FILE *stream)
{
    double saved = -json_number_at(difference_at(best, "cost_usd"), "mean");
    double window_s = json_number_at(best, "horizon_s") - json_number_at(best, "warmup_s");
    double longer = fabs(json_number_at(difference_at(best, "makespan_s"), "mean")) /
                    json_metric(best, "makespan_s", "mean");
    bool alike = window_s > 0 || !(longer >= TIMES_DIFFER);
    char usd[NUMBER_TEXT_MAX], words[WORDS_MAX];
    if (isfinite(saved) && fabs(saved) >= 0.5 && alike) {
        fprintf(stream, "%s%s USD %s in %s", before, number_text(fabs(saved), 0, usd),
                saved > 0 ? "less" : "more",
                window_s > 0 ? span_words((int64_t)(window_s * 1000), words) : "all");
    }
}

/* Where as much of what is paid for is productive, what is paid may still differ. */
static bool cheaper_say(const json_t *variants, FILE *stream)
{
    const json_t *baseline = json_array_get(variants, 0);
    const json_t *best = cheapest(variants);
    const json_t *cost = difference_at(best, "usd_per_productive_gpu_hour");
    if (best == NULL) {
        return false;
    }
    char usd[2][NUMBER_TEXT_MAX], per_cent[NUMBER_TEXT_MAX];
    double before = json_metric(baseline, "usd_per_productive_gpu_hour", "mean");
    double after = json_metric(best, "usd_per_productive_gpu_hour", "mean");
    fputs("No variant makes more of the GPU time productive than the baseline; ", stream);
    if (!is_deterministic(cost) && holds_zero(cost)) {
        fputs("none is clearly cheaper either; closest: ", stream);
    }
    fprintf(stream, "with %s a productive GPU-hour costs %s USD, %s %% less than the %s USD of %s",
            json_text_at(best, "name"), number_text(after, 3, usd[0]),
            number_text(100 * (before - after) / before, 1, per_cent),
            number_text(before, 3, usd[1]), json_text_at(baseline, "name"));
    interval_say(cost, -1, 3, stream);
    in_all_say(best, ": ", stream);
    fputc('.', stream);
    settle_say(cost, stream);
    undone_say(baseline, best, stream);
    waits_say(baseline, best, stream);
    return true;
}

static void jobs_many(const json_t *variants, FILE *stream)
{
    const json_t *baseline = json_array_get(variants, 0);
    const json_t *best = best_variant(variants, "productive_share", 1);
    const json_t *share = difference_at(best, "productive_share");
    double more = json_number_at(share, "mean");
    bool same = best == baseline || !isfinite(more) || more < PRODUCTIVE_SAME;
    if (same && cheaper_say(variants, stream)) {
        held_say(variants, stream);
        return;
    }
    if (same) {
        fputs("No variant makes more of the GPU time productive than the baseline. ", stream);
        jobs_one(baseline, stream);
        held_say(variants, stream);
        return;
    }
    char points[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    if (!is_deterministic(share) && holds_zero(share)) {
        fputs("No variant is clearly better than the baseline; closest: ", stream);
    }
    fprintf(stream, "%s makes %s percentage points more of the GPU time productive than %s",
            json_text_at(best, "name"), number_text(100 * more, 2, points),
            json_text_at(baseline, "name"));
    interval_say(share, 100, 2, stream);
    double saved = -json_number_at(difference_at(best, "usd_per_productive_gpu_hour"), "mean");
    if (isfinite(saved) && fabs(saved) > 0) {
        fprintf(stream, ": %s USD %s per productive GPU-hour", number_text(fabs(saved), 3, usd),
                saved > 0 ? "less" : "more");
        in_all_say(best, ", ", stream);
    }
    fputc('.', stream);
    settle_say(share, stream);
    undone_say(baseline, best, stream);
    waits_say(baseline, best, stream);
}

static bool has_services(const json_t *variant)
{
    return isfinite(json_metric(variant, "service_overload_share", "mean"));
}

/* The variant with the fastest answers of those that cost no more than the baseline. */
static const json_t *fastest_for_nothing(const json_t *variants)
{
    const json_t *baseline = json_array_get(variants, 0), *best = baseline, *variant;
    double before = json_metric(baseline, "cost_usd", "mean");
    size_t i;
    json_array_foreach (variants, i, variant) {
        bool dearer = json_metric(variant, "cost_usd", "mean") > before;
        if (!dearer && !is_twin(variant) &&
            json_metric(variant, "service_latency_ratio", "mean") <
                json_metric(best, "service_latency_ratio", "mean")) {
            best = variant;
        }
    }
    return best;
}

/* " 73.6 ms with more-replicas (1,728 USD more),": unless it is the baseline. */
static void answers_say(const json_t *variant, const json_t *baseline, FILE *stream)
{
    char ms[NUMBER_TEXT_MAX], usd[NUMBER_TEXT_MAX];
    double more =
        json_metric(variant, "cost_usd", "mean") - json_metric(baseline, "cost_usd", "mean");
    if (variant == baseline) {
        return;
    }
    fprintf(stream, " %s ms with %s",
            number_text(json_metric(variant, "service_latency_mean_ms", "mean"), 1, ms),
            json_text_at(variant, "name"));
    if (isfinite(more)) {
        number_text(fabs(more), 0, usd);
        bool differs = strcmp(usd, "0") != 0;
        fprintf(stream, " (%s%s%s)", differs ? usd : "", differs ? " USD " : "at the same cost",
                differs ? (more > 0 ? "more" : "less") : "");
    }
    fputc(',', stream);
}

/* What users of services feel, where the best of the variants differs from the baseline. */
static void services_say(const json_t *variants, FILE *stream)
{
    const json_t *baseline = json_array_get(variants, 0);
    const json_t *best = best_variant(variants, "service_latency_ratio", -1);
    const json_t *for_nothing = fastest_for_nothing(variants);
    double before = json_metric(baseline, "service_latency_mean_ms", "mean");
    double after = json_metric(best, "service_latency_mean_ms", "mean");
    if (best == baseline || !isfinite(before) || !isfinite(after)) {
        return;
    }
    char ms[NUMBER_TEXT_MAX];
    fputs(" Requests take", stream);
    answers_say(best, baseline, stream);
    answers_say(for_nothing == best ? baseline : for_nothing, baseline, stream);
    fprintf(stream, " %s ms with %s.", number_text(before, 1, ms), json_text_at(baseline, "name"));
}

/* Do variants that differ in their policy leave jobs no chance to show it? Where jobs leave for
 * good or never start the waits of the others do not tell. */
static bool nothing_waits(const json_t *summary)
{
    const json_t *variants = json_object_get(summary, "variants"), *variant;
    const json_t *first = json_array_get(variants, 0);
    bool differ = false;
    size_t i;
    json_array_foreach (variants, i, variant) {
        double wait_s = json_metric(variant, "wait_mean_s", "mean");
        if (!isfinite(wait_s) || wait_s >= WAIT_NOTHING_S || has_services(variant) ||
            json_metric(variant, "faults_began", "mean") > 0 ||
            json_metric(variant, "jobs_unstarted", "mean") > 0 ||
            json_metric(variant, "jobs_rejected", "mean") > 0) {
            return false;
        }
        differ = differ ||
                 !json_equal(json_object_get(variant, "policy"), json_object_get(first, "policy"));
    }
    return differ && !overview_is_filling(summary);
}

bool overview_not_discriminating(const json_t *summary, FILE *stream)
{
    bool nothing = nothing_waits(summary);
    fputs(nothing ? "does not discriminate: nothing waits (mean wait under 1 s in every variant)"
                  : "",
          stream);
    return nothing;
}

const json_t *overview_best(const json_t *summary, const char **metric)
{
    const json_t *variants = json_object_get(summary, "variants");
    const json_t *baseline = json_array_get(variants, 0);
    bool filling = overview_is_filling(summary);
    const char *by = filling ? "idle_gpus_at_full_load" : "productive_share";
    const json_t *best = best_variant(variants, by, filling ? -1 : 1);
    bool same = json_number_at(difference_at(best, by), "mean") < PRODUCTIVE_SAME;
    best = !filling && same ? baseline : best;
    if (best == baseline && !filling && cheapest(variants) != NULL) {
        by = "usd_per_productive_gpu_hour";
        best = cheapest(variants);
    } else if (best == baseline && has_services(baseline)) {
        by = "service_latency_ratio";
        best = best_variant(variants, by, -1);
    }
    if (metric != NULL) {
        *metric = by;
    }
    return best;
}

void overview_headline(const json_t *summary, FILE *stream)
{
    const json_t *variants = json_object_get(summary, "variants");
    bool many = json_array_size(variants) > 1;
    if (json_array_size(variants) == 0) {
        fputs("Nothing was simulated.", stream);
    } else if (overview_nothing_ran(summary)) {
        fputs("No job ran: all were rejected, as too large for any node or as the policy says.",
              stream);
    } else if (overview_is_filling(summary)) {
        (many ? filling_many : filling_one)(many ? variants : json_array_get(variants, 0), stream);
    } else {
        (many ? jobs_many : jobs_one)(many ? variants : json_array_get(variants, 0), stream);
        services_say(variants, stream);
    }
}
