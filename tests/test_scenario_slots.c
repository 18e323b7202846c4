/* test_scenario_slots.c - a scheduler's slots with options, and what jobs say beyond their shape.
 */
#include <stdio.h>
#include <string.h>

#include "sim/policies/registry.h"
#include "tests/loaded.h"
#include "tests/suite.h"

/* The named variant's policy of a scenario that must be good. */
static const PolicySet *policy_of(const Loaded *loaded, int32_t variant)
{
    diagnostics_print(&loaded->diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
    return &loaded->set.variants[variant].policy;
}

/* Goal: what is not written is the preset's. Method: a bare scenario against the row. */
static void test_preset_row(void)
{
    Loaded loaded;
    loaded_text(&loaded, SMALL "policy: {preset: fifo}\n");
    const PolicySet *policy = policy_of(&loaded, 0);
    const Preset *row = preset("fifo");
    CU_ASSERT_PTR_EQUAL(policy->order, order_policy(row->order));
    CU_ASSERT_PTR_EQUAL(policy->share, share_policy(row->share));
    CU_ASSERT_STRING_EQUAL(policy->preset, "fifo");
    CU_ASSERT_EQUAL(policy->order_options.age_max_ms, row->order_options.age_max_ms);
    CU_ASSERT_EQUAL(policy->evict_options.preemptible_below, row->evict_options.preemptible_below);
    CU_ASSERT_EQUAL(policy->estimates, row->estimates);
    CU_ASSERT_EQUAL(policy->cycle_ms, row->cycle_ms);
    CU_ASSERT_EQUAL(policy->place.gangs, row->place.gangs);
    loaded_free(&loaded);
}

/* Options that belong to one rule of the evict slot. */
static void test_evict_options(void)
{
    static const struct {
        const char *evict;
        EvictOptions expected;
    } rows[] = {
        {"{rule: priority, by_queue_priority: true}", {.by_queue_priority = true}},
        {"{rule: reclaim, break_gangs: true, drf: true}", {.breaks_gangs = true, .drf = true}},
        {"{rule: kai, consolidate: false, moves_max: 3}", {.moves_max = 3}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof text, SMALL "policy: {evict: %s}\n", rows[i].evict);
        loaded_text(&loaded, text);
        const EvictOptions *options = &policy_of(&loaded, 0)->evict_options;
        const EvictOptions *expected = &rows[i].expected;
        CU_ASSERT_EQUAL(options->by_queue_priority, expected->by_queue_priority);
        CU_ASSERT_EQUAL(options->breaks_gangs, expected->breaks_gangs);
        CU_ASSERT_EQUAL(options->drf, expected->drf);
        if (expected->moves_max != 0) {
            CU_ASSERT_EQUAL(options->moves_max, expected->moves_max);
            CU_ASSERT_FALSE(options->consolidates);
        }
        loaded_free(&loaded);
    }
    CU_ASSERT(refused_for(SMALL "policy: {evict: {rule: priority, mode: suspend}}\n", "conflict",
                          "only whole jobs can be suspended"));
    CU_ASSERT(refused_for(SMALL "policy: {evict: {rule: tier, fair: true}}\n", "conflict", "fair"));
}

/* Each option, in its unit. */
static void test_options(void)
{
    Loaded loaded;
    loaded_text(&loaded, SMALL
                "policy:\n"
                "  order: {rule: priority, age_from: queued}\n"
                "  scan: {rule: skip, per_queue: true, depth: 7}\n"
                "  evict: {rule: kueue, mode: suspend, preempt: never, reclaim: lower-priority,"
                " borrow_priority: -5, fair: true, preemptible_below: 100}\n"
                "  estimates: {factor: 1.5}\n"
                "  cycle: 1s\n"
                "  requeue_delay: 121s\n"
                "  limit_check: 30s\n"
                "  gangs: task-by-task\n"
                "  topology: tightest\n"
                "  candidates: kube\n");
    const PolicySet *policy = policy_of(&loaded, 0);
    CU_ASSERT_STRING_EQUAL(policy->order->name, "priority");
    CU_ASSERT_EQUAL(policy->order_options.age_from, AGE_FROM_QUEUED);
    CU_ASSERT(policy->scan_options.per_queue);
    CU_ASSERT_EQUAL(policy->scan_options.depth, 7);
    CU_ASSERT_EQUAL(policy->evict_options.mode, EVICT_SUSPEND);
    CU_ASSERT_EQUAL(policy->evict_options.within_queue, PREEMPT_NEVER);
    CU_ASSERT_EQUAL(policy->evict_options.reclaim, RECLAIM_LOWER_PRIORITY);
    CU_ASSERT_EQUAL(policy->evict_options.borrow_priority, -5);
    CU_ASSERT(policy->evict_options.fair);
    CU_ASSERT_EQUAL(policy->evict_options.preemptible_below, 100);
    CU_ASSERT_EQUAL(policy->estimates, ESTIMATE_FACTOR);
    CU_ASSERT_EQUAL(policy->estimate_factor_ppm, 1500000);
    CU_ASSERT_EQUAL(policy->cycle_ms, 1000);
    CU_ASSERT_EQUAL(policy->requeue_delay_ms, 121000);
    CU_ASSERT_EQUAL(policy->limit_check_ms, 30000);
    CU_ASSERT_EQUAL(policy->place.gangs, GANGS_TASK_BY_TASK);
    CU_ASSERT_EQUAL(policy->place.topology, TOPOLOGY_TIGHTEST);
    CU_ASSERT_EQUAL(policy->place.candidates, -1);
    loaded_free(&loaded);
}

/* Goal: an override that names a rule begins anew, one without goes on with the rule below. Method:
 * variants over a rule with an option; the option of the first must be gone in the second. */
static void test_overrides(void)
{
    Loaded loaded;
    loaded_text(
        &loaded, SMALL
        "policy: {order: {rule: priority, age_from: queued}, estimates: {factor: 3}, cycle: 5s}\n"
        "variants:\n"
        "  base: {}\n"
        "  anew: {policy.order: fifo, policy.estimates: exact, policy.cycle: event}\n"
        "  more: {policy.order.age_from: submit, policy.estimates.factor: 2}\n");
    const PolicySet *base = policy_of(&loaded, 0), *anew = policy_of(&loaded, 1),
                    *more = policy_of(&loaded, 2);
    CU_ASSERT_EQUAL(base->order_options.age_from, AGE_FROM_QUEUED);
    CU_ASSERT_STRING_EQUAL(anew->order->name, "fifo");
    CU_ASSERT_EQUAL(anew->order_options.age_from, AGE_FROM_SUBMIT);
    CU_ASSERT_EQUAL(anew->estimates, ESTIMATE_EXACT);
    CU_ASSERT_EQUAL(anew->cycle_ms, 0);
    CU_ASSERT_STRING_EQUAL(more->order->name, "priority");
    CU_ASSERT_EQUAL(more->order_options.age_from, AGE_FROM_SUBMIT);
    CU_ASSERT_EQUAL(more->estimate_factor_ppm, 2000000);
    CU_ASSERT_EQUAL(more->cycle_ms, 5000);
    loaded_free(&loaded);
}

/* Goal: a rule that is not the preset's starts from its own options, not from the preset's. Method:
 * the preset slurm plans 500 jobs in steps of 60 s; EASY in its place plans all, exactly; the
 * preset's own rule named again keeps the preset's. */
static void test_rule_of_its_own(void)
{
    Loaded loaded;
    loaded_text(&loaded, SMALL "policy: {preset: slurm}\n"
                               "variants: {slurm: {}, easy: {policy.scan: easy},"
                               " again: {policy.scan: {rule: conservative, depth: 7}}}\n");
    const ScanOptions *slurm = &policy_of(&loaded, 0)->scan_options,
                      *easy = &policy_of(&loaded, 1)->scan_options,
                      *again = &policy_of(&loaded, 2)->scan_options;
    CU_ASSERT(slurm->per_queue && slurm->plan_depth == 500 && slurm->resolution_ms == 60000);
    CU_ASSERT(slurm->depth == 100 && slurm->every_ms == 30000 && slurm->window_ms == 86400000);
    CU_ASSERT(!easy->per_queue && easy->plan_depth == 0 && easy->resolution_ms == 0);
    CU_ASSERT(again->per_queue && again->plan_depth == 500 && again->depth == 7);
    loaded_free(&loaded);
}

static void test_slot_mistakes(void)
{
    CU_ASSERT(refused_for(SMALL "policy: {evict: {mode: cancel}}\n", "conflict",
                          "`mode` means nothing to the rule `none`"));
    CU_ASSERT(refused_for(SMALL "policy: {order: {rule: fifo, age: 5}}\n", "conflict",
                          "`age` means nothing to the rule `fifo`"));
    CU_ASSERT(refused_for(SMALL "policy: {backfill_every: 30s}\n", "conflict", "`backfill_every`"));
    CU_ASSERT(refused_for(SMALL "policy: {estimates: {rule: limit, factor: 3}}\n", "conflict",
                          "a rule and a factor"));
    CU_ASSERT(refused_for(SMALL "policy: {estimates: {factor: 0}}\n", "range", "`0`"));
    CU_ASSERT(refused_for(SMALL "policy: {cycle: 0s}\n", "range", "or event"));
    CU_ASSERT(refused_for(SMALL "policy: {candidates: 0}\n", "range", "or all, or kube"));
    CU_ASSERT(refused_for(SMALL "policy: {gangs: some}\n", "choice", "together, task-by-task"));
    CU_ASSERT(refused_for(SMALL "policy: {order: {rul: fifo}}\n", "unknown-key", "`rul`"));
}

/* ---- jobs ---- */

static const Request *row_of(const Loaded *loaded, int32_t index)
{
    diagnostics_print(&loaded->diagnostics, stdout, false);
    CU_ASSERT_EQUAL_FATAL(loaded->status, STATUS_OK);
    return &loaded->set.variants[0].sources[0].requests.rows[index];
}

#define JOBS(list) CLUSTER "workload:\n- jobs:\n" list

/* Goal: what is said arrives in its unit, what is not is the default, and jobs that say the same
 * share one record. Method: a job that says everything, its twin, and one that says nothing. */
static void test_traits(void)
{
    Loaded loaded;
#define EVERYTHING                                                                                 \
    "duration: 9s, gpus: 1, tasks: 4, min_tasks: 2, max_tasks: 8, sync: false, kind: notebook,"    \
    " preemptible: false, preempt_delay: 120s, time_limit: 10s, estimate: 5s, startup: 30s,"       \
    " restart: 90s, grace: 15s, utilisation: [{at: 0s, share: 90%}, {at: 1h, share: 10%}],"        \
    " topology: {same: rack, prefer: numa}, end: failed"
    loaded_text(&loaded, JOBS("  - {id: A, " EVERYTHING "}\n"
                              "  - {id: B, " EVERYTHING "}\n"
                              "  - {id: C, duration: 1s, gpus: 1}\n"
                              "  - {id: D, kind: service, gpu_cores: 50%, utilisation: 60%}\n"));
    const Request *a = row_of(&loaded, 0);
    CU_ASSERT_EQUAL(a->gang, GANG_MIN);
    CU_ASSERT_EQUAL(a->time_limit_ms, 10000);
    CU_ASSERT_EQUAL(a->estimate_ms, 5000);
    CU_ASSERT_EQUAL(a->end, JOB_END_FAILED);
    const JobTraits *traits = a->traits;
    CU_ASSERT_PTR_EQUAL(row_of(&loaded, 1)->traits, traits);
    CU_ASSERT_EQUAL(traits->min_tasks, 2);
    CU_ASSERT_EQUAL(traits->max_tasks, 8);
    CU_ASSERT_EQUAL(traits->sync, 0);
    CU_ASSERT_EQUAL(traits->kind, KIND_NOTEBOOK);
    CU_ASSERT_EQUAL(traits->preemptible, 0);
    CU_ASSERT_EQUAL(traits->preempt_delay_ms, 120000);
    CU_ASSERT_EQUAL(traits->startup_ms, 30000);
    CU_ASSERT_EQUAL(traits->restart_ms, 90000);
    CU_ASSERT_EQUAL(traits->grace_ms, 15000);
    CU_ASSERT_EQUAL(traits->required_level, TOPOLOGY_RACK);
    CU_ASSERT_EQUAL(traits->preferred_level, TOPOLOGY_NUMA);
    CU_ASSERT_EQUAL_FATAL(traits->usage_count, 2);
    CU_ASSERT(traits->usage[0].at_ms == 0 && traits->usage[0].ppm == 900000);
    CU_ASSERT(traits->usage[1].at_ms == 3600000 && traits->usage[1].ppm == 100000);
    CU_ASSERT_PTR_EQUAL(row_of(&loaded, 2)->traits, &JOB_TRAITS_DEFAULT);
    const Request *d = row_of(&loaded, 3);
    CU_ASSERT_EQUAL(d->duration_ms, TIME_NEVER);
    CU_ASSERT_EQUAL(d->gpu_count, 1);
    CU_ASSERT_EQUAL(d->gpu_milli, 500);
    CU_ASSERT_EQUAL(d->traits->kind, KIND_SERVICE);
    CU_ASSERT_EQUAL(d->traits->utilisation_ppm, 600000);
    CU_ASSERT_EQUAL(d->traits->usage_count, 0);
    loaded_free(&loaded);
}

/* Cores round up to thousandths: a third of a card is 334 of 1000. */
static void test_gpu_cores(void)
{
    static const struct {
        const char *text;
        int32_t milli;
    } ROWS[] = {{"100%", 1000}, {"33.34%", 334}, {"33.3%", 333}, {"0.001%", 1}, {"0.25", 250}};
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        char text[1024];
        Loaded loaded;
        snprintf(text, sizeof(text), JOBS("  - {id: A, duration: 1s, gpu_cores: %s}\n"),
                 ROWS[i].text);
        loaded_text(&loaded, text);
        CU_ASSERT_EQUAL(row_of(&loaded, 0)->gpu_milli, ROWS[i].milli);
        loaded_free(&loaded);
    }
}

#define JOB_OF(keys) CLUSTER "workload: [{jobs: [{id: A, gpus: 1, " keys "}]}]\n"

static void test_job_mistakes(void)
{
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, estimate: 0s"), "range", "`0s`; expected 1ms"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, time_limit: 0s"), "range", "`0s`; expected 1ms"));
    CU_ASSERT(refused_for(JOB_OF("kind: notebook"), "missing", "`duration` is missing in job `A`"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, gang: min"), "missing", "how many tasks"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, tasks: 4, gang: none, min_tasks: 2"), "conflict",
                          "`min_tasks` and `gang: none`"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, tasks: 4, min_tasks: 5"), "conflict",
                          "5 `min_tasks`, more than its 4"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, tasks: 4, max_tasks: 3"), "conflict",
                          "3 `max_tasks`, fewer than its 4"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, gpu_cores: 50%, gpu_milli: 500"), "conflict",
                          "`gpu_cores` together with `gpu_milli`"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, gpu_cores: 101%"), "range", "101%"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, gpu_cores: 0%"), "missing", "neither cores"));
    CU_ASSERT(accepted(JOB_OF("duration: 1s, gpu_cores: 0%, gpu_memory: 4Gi")));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, utilisation: 10001%"), "range", "10001%"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, utilisation: []"), "missing", "how it begins"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, utilisation: [{at: 1s, share: 5%}]"), "missing",
                          "how it begins"));
    CU_ASSERT(refused_for(
        JOB_OF(
            "duration: 1s, utilisation: [{share: 5%}, {at: 2s, share: 5%}, {at: 2s, share: 6%}]"),
        "order", "back in time"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, topology: {same: room}"), "choice", "numa, node"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, end: timeout"), "choice", "completed, cancelled"));
    CU_ASSERT(refused_for(JOB_OF("duration: 1s, sync: maybe"), "type", "true or false"));
}

/* ---- the top ---- */

/* Goal: jobs that come too late are counted in a word of warning, once. Method: three jobs and two
 * variants; one comes at the horizon itself, one after it. */
static void test_late_jobs(void)
{
    Loaded loaded;
    loaded_text(&loaded, "horizon: 10s\nvariants: {a: {}, b: {policy.scan: skip}}\n" JOBS(
                             "  - {id: A, duration: 1s, gpus: 1}\n"
                             "  - {id: B, submit: 10s, duration: 1s, gpus: 1}\n"
                             "  - {id: C, submit: 11s, duration: 1s, gpus: 1}\n"));
    CU_ASSERT_EQUAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(loaded.diagnostics.count, 1);
    CU_ASSERT_EQUAL(loaded.diagnostics.items[0].severity, SEVERITY_WARNING);
    CU_ASSERT_PTR_NOT_NULL(strstr(loaded.diagnostics.items[0].message, "1 of 3 jobs"));
    loaded_free(&loaded);
}

static void test_relax(void)
{
    Loaded loaded;
    loaded_text(&loaded,
                SMALL "variants: {a: {}, b: {relax: quota}, c: {relax: [shape, quota]}}\n");
    CU_ASSERT_EQUAL_FATAL(loaded.status, STATUS_OK);
    CU_ASSERT_EQUAL(loaded.set.variants[0].relax, RELAX_NONE);
    CU_ASSERT_EQUAL(loaded.set.variants[1].relax, RELAX_QUOTA);
    CU_ASSERT_EQUAL(loaded.set.variants[2].relax, RELAX_SHAPE | RELAX_QUOTA);
    loaded_free(&loaded);
    CU_ASSERT(refused_for(SMALL "relax: gravity\n", "choice", "shape, quota"));
}

const char *const SUITE = "scenario_slots";
const TestCase CASES[] = {{"preset row", test_preset_row},
                          {"options", test_options},
                          {"options of the evict slot", test_evict_options},
                          {"overrides", test_overrides},
                          {"rule of its own", test_rule_of_its_own},
                          {"slot mistakes", test_slot_mistakes},
                          {"traits", test_traits},
                          {"gpu cores", test_gpu_cores},
                          {"job mistakes", test_job_mistakes},
                          {"late jobs", test_late_jobs},
                          {"relax", test_relax},
                          {NULL, NULL}};
