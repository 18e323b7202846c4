/* build_checkpoint.c - how jobs save their state, checked. */
#include <inttypes.h>
#include <string.h>

#include "sim/scenario/build.h"

static const char *name_of(const JobSpec *spec)
{
    return spec->id.value == NULL ? "?" : spec->id.value;
}

static CheckpointRule rule_of(const CheckpointSpec *spec)
{
    static const char *const NAMES[] = {"none", "fixed", "young", "daly"};
    for (int i = 0; spec->rule.value != NULL && i < 4; i++) {
        if (strcmp(NAMES[i], spec->rule.value) == 0) {
            return (CheckpointRule)(CHECKPOINT_NONE + i);
        }
    }
    return spec->every_ms.node != NULL ? CHECKPOINT_FIXED : CHECKPOINT_DEFAULT;
}

/* The rule has what it reads, and no more. */
static bool rule_makes_sense(Loader *loader, const JobSpec *job, CheckpointRule rule)
{
    const CheckpointSpec *spec = &job->checkpoint;
    bool by_formula = rule == CHECKPOINT_YOUNG || rule == CHECKPOINT_DALY;
    bool good = true;
    if (spec->every_ms.node != NULL && rule != CHECKPOINT_FIXED) {
        REPORT_KEY(loader, spec->every_ms.node, "conflict", "keep one: every is rule: fixed",
                   "the checkpoints of job `%s` have `every`, and rule %s", name_of(job),
                   spec->rule.value);
        good = false;
    }
    if (rule == CHECKPOINT_FIXED && spec->every_ms.node == NULL) {
        REPORT(loader, spec->rule.node, "missing", "add every: 30m",
               "the checkpoints of job `%s` are fixed, but do not say how often", name_of(job));
        good = false;
    }
    if (by_formula && spec->cost_ms.value == 0 && spec->size_mib.node == NULL) {
        REPORT(loader, spec->rule.node, "missing", "add cost: 60s",
               "the checkpoints of job `%s` cost nothing, so rule %s would write one all the time",
               name_of(job), spec->rule.value);
        good = false;
    }
    if (spec->mttf_ms.node != NULL && (rule == CHECKPOINT_FIXED || rule == CHECKPOINT_NONE)) {
        REPORT_KEY(loader, spec->mttf_ms.node, "conflict", "only young and daly read it",
                   "the checkpoints of job `%s` have `mttf`, and do not come by a formula",
                   name_of(job));
        good = false;
    }
    return good;
}

static bool any_storage(const Cluster *cluster)
{
    bool any = cluster->pool_count > 0;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        any = any || cluster->types[type].capacity[GP_AXIS_STORAGE_BANDWIDTH] > 0;
    }
    return any;
}

/* Cost, flush, size and async go together. */
static bool write_makes_sense(Loader *loader, const JobSpec *job, const Cluster *cluster)
{
    const CheckpointSpec *spec = &job->checkpoint;
    bool sized = spec->size_mib.node != NULL;
    bool good = true;
    if (sized && spec->flush_ms.node != NULL) {
        REPORT_KEY(loader, spec->flush_ms.node, "conflict",
                   "keep one: with size, storage says how long that takes",
                   "the checkpoints of job `%s` have `size` and `flush`", name_of(job));
        good = false;
    }
    if (sized && spec->cost_ms.node != NULL && spec->async.value == 0) {
        REPORT_KEY(loader, spec->cost_ms.node, "conflict",
                   "remove it, or add async: true if the job goes on while size is written",
                   "the checkpoints of job `%s` have `size` and `cost`", name_of(job));
        good = false;
    }
    if (!sized && spec->async.value != 0) {
        REPORT_KEY(loader, spec->async.node, "missing", "add size, or write flush: 20s instead",
                   "the checkpoints of job `%s` are asynchronous, but have no `size`",
                   name_of(job));
        good = false;
    }
    if (sized && cluster->type_count > 0 && !any_storage(cluster)) {
        REPORT_KEY(loader, spec->size_mib.node, "missing",
                   "add storage or storage_bandwidth to a node type, or write cost: 40s instead",
                   "the checkpoints of job `%s` have a `size`, and no node has storage that takes "
                   "time",
                   name_of(job));
        good = false;
    }
    if (spec->on_stop.value != 0 && job->grace_ms.value == 0) {
        REPORT_KEY(loader, spec->on_stop.node, "missing", "add grace: 60s",
                   "job `%s` has no grace to write a checkpoint in (`on_stop`)", name_of(job));
        good = false;
    }
    return good;
}

bool build_checkpoint(Loader *loader, const JobSpec *job, const Cluster *cluster, JobTraits *traits)
{
    const CheckpointSpec *spec = &job->checkpoint;
    traits->restart_scale = (int32_t)job->restart_per_task_ppm.value;
    if (job->restart_per_task_ppm.value > 0 && job->restart_ms.value == 0 &&
        job->startup_ms.value == 0) {
        REPORT_KEY(loader, job->restart_per_task_ppm.node, "missing", "add restart: 90s",
                   "job `%s` has `restart_per_task`, and no restart that could grow", name_of(job));
        return false;
    }
    if (spec->node == NULL) {
        return true;
    }
    CheckpointRule rule = rule_of(spec);
    bool good = rule_makes_sense(loader, job, rule);
    good = write_makes_sense(loader, job, cluster) && good;
    traits->checkpoint = (CheckpointOptions){.rule = (int32_t)rule,
                                             .every_ms = spec->every_ms.value,
                                             .cost_ms = spec->cost_ms.value,
                                             .flush_ms = spec->flush_ms.value,
                                             .size_mib = spec->size_mib.value,
                                             .async = spec->async.value != 0,
                                             .on_stop = spec->on_stop.value != 0,
                                             .mttf_ms = spec->mttf_ms.value};
    return good;
}

bool build_checkpoint_model(Loader *loader, const CheckpointModelSpec *spec, RunModels *models)
{
    int64_t every_ms = spec->every_ms.value;
    models->checkpoint =
        (CheckpointOptions){.rule = every_ms > 0                         ? CHECKPOINT_FIXED
                                    : every_ms == CHECKPOINT_EVERY_YOUNG ? CHECKPOINT_YOUNG
                                    : every_ms == CHECKPOINT_EVERY_DALY  ? CHECKPOINT_DALY
                                                                         : CHECKPOINT_NONE,
                            .every_ms = every_ms > 0 ? every_ms : 0,
                            .cost_ms = spec->cost_ms.value,
                            .flush_ms = spec->flush_ms.value,
                            .mttf_ms = spec->mttf_ms.value};
    models->checkpoint_min_ms = spec->min_duration_ms.value;
    models->checkpoint_min_nodes = (int32_t)spec->min_nodes.value;
    if (every_ms < 0 && spec->cost_ms.value == 0) {
        REPORT(loader, spec->every_ms.node, "missing", "add cost: 60s",
               "checkpoints that cost nothing would be written all the time by a formula");
        return false;
    }
    return true;
}
