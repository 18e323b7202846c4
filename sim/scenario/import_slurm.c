/* import_slurm.c - slurm.conf becomes queues and options of a policy.
 *
 * Line by line: docs/import.md. Sources: the manual pages of slurm.conf and sacctmgr, Slurm 26.05.
 */
#include "sim/scenario/import_slurm.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct Slurm {
    ImportBook *book;
    const SlurmConf *conf;
    bool plain;  /* the scheduler does not plan: sched/builtin */
    bool points; /* priority/multifactor */
} Slurm;

/* The last one of a global key; NULL: none. */
static const SlurmPair *global(const Slurm *slurm, const char *key)
{
    const SlurmPair *found = NULL;
    for (int32_t i = 0; i < slurm->conf->count; i++) {
        const SlurmLine *line = &slurm->conf->lines[i];
        const char *first = line->pairs[0].key;
        bool of_nodes = strcasecmp(first, "NodeName") == 0 || strcasecmp(first, "NodeSet") == 0 ||
                        strcasecmp(first, "PartitionName") == 0 ||
                        strcasecmp(first, "DownNodes") == 0;
        const SlurmPair *pair = of_nodes ? NULL : slurm_find(line, key);
        found = pair != NULL ? pair : found;
    }
    return found;
}

static bool is_word(const SlurmPair *pair, const char *word)
{
    return pair != NULL && strcasecmp(pair->value, word) == 0;
}

/* "REQUEUE" in "REQUEUE,GANG" */
static bool has_word(const SlurmPair *pair, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = pair == NULL ? "" : pair->value; *at != '\0';) {
        size_t part = strcspn(at, ",");
        if (part == length && strncasecmp(at, word, part) == 0) {
            return true;
        }
        at += part + (at[part] == ',');
    }
    return false;
}

/* ---- priority ---- */

static void number_take(Slurm *slurm, const char *key, Node *map, const char *ours)
{
    const SlurmPair *pair = global(slurm, key);
    if (pair != NULL && map != NULL) {
        import_text(slurm->book, map, ours, pair->place, "%s", pair->value);
    }
}

static void span_take(Slurm *slurm, const char *key, Node *map, const char *ours, bool zero)
{
    const SlurmPair *pair = global(slurm, key);
    int64_t seconds = 0;
    if (pair == NULL || map == NULL) {
        return;
    }
    if (!slurm_time(pair->value, &seconds) || seconds < 0) {
        IMPORT_WRONG(slurm->book, pair->place, "for example 7-0 or 5", "%s=%.64s is no time",
                     pair->key, pair->value);
    } else if (seconds > 0 || zero) {
        import_text(slurm->book, map, ours, pair->place, "%" PRId64 "s", seconds);
    }
}

static const char *const WEIGHTS[][2] = {{"PriorityWeightAge", "age"},
                                         {"PriorityWeightFairshare", "fairshare"},
                                         {"PriorityWeightJobSize", "size"},
                                         {"PriorityWeightPartition", "queue"}};

static void priority_take(Slurm *slurm, Node *policy, const Node *place)
{
    const SlurmPair *type = global(slurm, "PriorityType");
    slurm->points = type == NULL || is_word(type, "priority/multifactor");
    if (!slurm->points) {
        import_note(slurm->book, type->place, "%s=%.64s: first come, first served in a tier",
                    type->key, type->value);
        return;
    }
    Node *order = import_map(slurm->book, policy, "order", place);
    for (size_t i = 0; i < sizeof WEIGHTS / sizeof WEIGHTS[0]; i++) {
        number_take(slurm, WEIGHTS[i][0], order, WEIGHTS[i][1]);
    }
    span_take(slurm, "PriorityMaxAge", order, "age_max", false);
    span_take(slurm, "PriorityDecayHalfLife", order, "half_life", true);
    span_take(slurm, "PriorityCalcPeriod", order, "recompute", false);
    const SlurmPair *partition = global(slurm, "PriorityWeightPartition");
    if (partition != NULL && strcmp(partition->value, "0") != 0) {
        import_note(slurm->book, partition->place,
                    "PriorityWeightPartition: the factor is that of the tiers");
    }
}

/* ---- backfill ---- */

typedef struct Parameter {
    const char *theirs, *ours;
    int64_t seconds; /* of its unit; 0: a count */
    bool plans;      /* means something to backfill only */
} Parameter;

static const Parameter PARAMETERS[] = {{"bf_interval", "backfill_every", 1, true},
                                       {"bf_window", "window", 60, true},
                                       {"bf_resolution", "resolution", 1, true},
                                       {"bf_max_job_test", "plan_depth", 0, true},
                                       {"default_queue_depth", "depth", 0, false}};

static void parameter_write(Slurm *slurm, const Parameter *known, const SlurmPair *from,
                            const char *value, Node *policy)
{
    ImportBook *book = slurm->book;
    char *end = NULL;
    long long number = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || number < 0 || number > INT64_C(1000000000)) {
        IMPORT_WRONG(book, from->place, "for example bf_interval=30", "%s=%.32s is no number",
                     known->theirs, value);
        return;
    }
    bool every = strcmp(known->ours, "backfill_every") == 0;
    Node *map = every ? policy : import_map(book, policy, "scan", from->place);
    if (known->seconds > 0) {
        import_text(book, map, known->ours, from->place, "%llds", number * known->seconds);
    } else if (map != NULL) {
        import_text(book, map, known->ours, from->place, "%lld", number);
    }
}

static void parameter_take(Slurm *slurm, const SlurmPair *from, char *item, Node *policy)
{
    char *value = strchr(item, '=');
    if (value != NULL) {
        *value++ = '\0';
    }
    for (size_t i = 0; i < sizeof PARAMETERS / sizeof PARAMETERS[0]; i++) {
        const Parameter *known = &PARAMETERS[i];
        if (strcasecmp(known->theirs, item) != 0) {
            continue;
        }
        if (known->plans && slurm->plain) {
            import_note(slurm->book, from->place, "SchedulerParameters: %s without backfill", item);
        } else {
            parameter_write(slurm, known, from, value == NULL ? "" : value, policy);
        }
        return;
    }
    import_note(slurm->book, from->place, "SchedulerParameters: %.64s", item);
}

static void backfill_take(Slurm *slurm, Node *policy)
{
    ImportBook *book = slurm->book;
    const SlurmPair *type = global(slurm, "SchedulerType");
    slurm->plain = is_word(type, "sched/builtin");
    if (slurm->plain) {
        Node *scan = import_map(book, policy, "scan", type->place);
        import_text(book, scan, "rule", type->place, "strict");
        import_text(book, scan, "per_queue", type->place, "true");
    } else if (type != NULL && !is_word(type, "sched/backfill")) {
        import_note(book, type->place, "SchedulerType=%.64s: read as sched/backfill", type->value);
    }
    const SlurmPair *from = global(slurm, "SchedulerParameters");
    char *text = from == NULL ? NULL : arena_strdup(book->loader->arena, from->value);
    char *rest = NULL;
    for (char *item = text == NULL ? NULL : strtok_r(text, ",", &rest); item != NULL;
         item = strtok_r(NULL, ",", &rest)) {
        parameter_take(slurm, from, item, policy);
    }
}

/* ---- preemption ---- */

static const char *preempt_mode(const SlurmPair *mode)
{
    return has_word(mode, "CANCEL")    ? "cancel"
           : has_word(mode, "SUSPEND") ? "suspend"
           : has_word(mode, "REQUEUE") ? "requeue"
                                       : NULL;
}

static void preemption_take(Slurm *slurm, Node *policy)
{
    ImportBook *book = slurm->book;
    const SlurmPair *type = global(slurm, "PreemptType");
    const SlurmPair *mode = global(slurm, "PreemptMode");
    if (type == NULL || is_word(type, "preempt/none")) {
        return;
    }
    bool qos = is_word(type, "preempt/qos");
    if (!qos && !is_word(type, "preempt/partition_prio")) {
        import_note(book, type->place, "PreemptType=%.64s", type->value);
        return;
    }
    const char *word = preempt_mode(mode);
    if (word == NULL) {
        import_note(book, type->place, "%s without a PreemptMode that stops jobs", type->value);
        return;
    }
    Node *evict = import_map(book, policy, "evict", type->place);
    import_text(book, evict, "rule", type->place, qos ? "qos" : "tier");
    import_text(book, evict, "mode", mode->place, "%s", word);
    if (qos) {
        import_note(book, type->place,
                    "preempt/qos: a job's `priority` stands for that of its QOS");
    }
}

/* Every queue is protected for so long. */
static void exempt_take(Slurm *slurm)
{
    const SlurmPair *exempt = global(slurm, "PreemptExemptTime");
    int64_t seconds = 0;
    if (exempt == NULL) {
        return;
    }
    if (!slurm_time(exempt->value, &seconds)) {
        IMPORT_WRONG(slurm->book, exempt->place, "for example 00:10:00", "%s=%.64s is no time",
                     exempt->key, exempt->value);
        return;
    }
    for (Node *queue = slurm->book->queues->first; queue != NULL && seconds > 0;
         queue = queue->next) {
        if (node_child(queue, "min_run") == NULL) {
            import_text(slurm->book, queue, "min_run", exempt->place, "%" PRId64 "s", seconds);
        }
    }
}

/* ---- what bears on scheduling and has no counterpart ---- */

static void others_note(Slurm *slurm)
{
    static const char *const OTHERS[] = {"PriorityFlags",
                                         "PriorityFavorSmall",
                                         "PriorityUsageResetPeriod",
                                         "PriorityWeightQOS",
                                         "PriorityWeightAssoc",
                                         "PriorityWeightTRES",
                                         "PriorityParameters",
                                         "PrioritySiteFactorPlugin",
                                         "PreemptParameters",
                                         "SelectTypeParameters",
                                         "SchedulerTimeSlice",
                                         "OverTimeLimit",
                                         "EnforcePartLimits",
                                         "KillWait",
                                         "JobRequeue",
                                         "ReturnToService",
                                         "SlurmdTimeout",
                                         "SuspendTime",
                                         "TopologyPlugin",
                                         "Licenses",
                                         "JobSubmitPlugins",
                                         "AccountingStorageEnforce",
                                         "NodeSet",
                                         "Include",
                                         NULL};
    for (int i = 0; OTHERS[i] != NULL; i++) {
        const SlurmPair *pair = global(slurm, OTHERS[i]);
        if (pair != NULL && strcmp(pair->value, "0") != 0) {
            import_note(slurm->book, pair->place, "%s%s%.100s", pair->key,
                        pair->value[0] != '\0' ? "=" : "", pair->value);
        }
    }
    for (int32_t i = 0; i < slurm->conf->count; i++) {
        const SlurmPair *first = &slurm->conf->lines[i].pairs[0];
        if (strcasecmp(first->key, "NodeSet") == 0) {
            import_note(slurm->book, first->place, "NodeSet=%.64s", first->value);
        }
    }
}

void import_slurm(ImportBook *book, const SourceText *source, const SourceText *qos)
{
    SlurmConf conf;
    SlurmConf table;
    bool read = slurm_conf_read(book, source, &conf);
    read = (qos == NULL || slurm_qos_read(book, qos, &table)) && read;
    Node place = {.source = source, .line = 1, .column = 1, .length = 1};
    if (!read) {
        book->good = false;
        return;
    }
    Slurm slurm = {.book = book, .conf = &conf};
    slurm_partitions_take(book, &conf, qos == NULL ? NULL : &table);
    if (book->good && book->import->queues == 0) {
        IMPORT_WRONG(book, &place, "for example: PartitionName=gpu Nodes=ALL Default=YES",
                     "no partition in %s", source->path);
    }
    exempt_take(&slurm);
    others_note(&slurm);
    if (import_other_preset(book, "slurm", "slurm")) {
        import_note(book, &place, "options of the policy: the scenario's preset is another one");
        return;
    }
    import_text(book, book->policy, "preset", &place, "slurm");
    priority_take(&slurm, book->policy, &place);
    backfill_take(&slurm, book->policy);
    preemption_take(&slurm, book->policy);
}
