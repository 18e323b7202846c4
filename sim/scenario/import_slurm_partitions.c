/* import_slurm_partitions.c - partitions, with the QOS that limits them, become queues. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/scenario/import_slurm.h"

#define NAME_MAX_BYTES 200

typedef struct Partitions {
    ImportBook *book;
    const SlurmConf *qos; /* NULL: none */
    int32_t default_count;
    const SlurmLine **defaults; /* [default_count] PartitionName=DEFAULT, those so far */
    bool *qos_used;             /* [qos->count] */
} Partitions;

/* What a partition says, else what the last DEFAULT does that says it: such lines add to those
 * before. NULL: none. */
static const SlurmPair *said(const Partitions *all, const SlurmLine *line, const char *key)
{
    const SlurmPair *found = slurm_find(line, key);
    for (int32_t i = all->default_count - 1; i >= 0 && found == NULL; i--) {
        found = slurm_find(all->defaults[i], key);
    }
    return found;
}

static bool is_word(const SlurmPair *pair, const char *word)
{
    return pair != NULL && strcasecmp(pair->value, word) == 0;
}

/* ---- nodes ---- */

/* The next name of a host list, brackets left out: "gpu[001-016],cpu3" gives "gpu", "cpu". */
static const char *host_prefix(const char *list, char prefix[NAME_MAX_BYTES])
{
    size_t length = strcspn(list, ",[");
    size_t kept = length < NAME_MAX_BYTES ? length : NAME_MAX_BYTES - 1;
    memcpy(prefix, list, kept);
    prefix[kept] = '\0';
    const char *at = list + length;
    bool open = false;
    for (; *at != '\0' && (open || *at != ','); at++) {
        open = *at == '[' || (open && *at != ']');
    }
    while (kept > 0 && prefix[kept - 1] >= '0' && prefix[kept - 1] <= '9') {
        prefix[--kept] = '\0';
    }
    while (kept > 0 && (prefix[kept - 1] == '-' || prefix[kept - 1] == '_')) {
        prefix[--kept] = '\0';
    }
    return *at == ',' ? at + 1 : at;
}

/* Is the entry of cluster.nodes one of the list's? */
static bool list_names(const char *list, const char *entry)
{
    char prefix[NAME_MAX_BYTES];
    char own[NAME_MAX_BYTES];
    host_prefix(entry, own);
    while (*list != '\0') {
        list = host_prefix(list, prefix);
        if (strcmp(prefix, entry) == 0 || (own[0] != '\0' && strcmp(prefix, own) == 0)) {
            return true;
        }
    }
    return false;
}

static const char *entry_name(const Node *entry)
{
    const Node *name = node_child(entry, "name");
    return name != NULL && name->kind == NODE_SCALAR ? name->text : NULL;
}

/* A label of its own on the entries that the partition names. */
static void nodes_take(Partitions *all, const char *partition, const SlurmPair *nodes, Node *queue)
{
    ImportBook *book = all->book;
    const Node *list = node_child(node_child(book->tree, "cluster"), "nodes");
    int32_t matched = 0;
    int32_t entries = 0;
    for (const Node *entry = list == NULL ? NULL : list->first; entry != NULL;
         entry = entry->next) {
        const char *name = entry_name(entry);
        matched += name != NULL && list_names(nodes->value, name);
        entries++;
    }
    if (matched == 0) {
        import_note(
            book, nodes->place,
            "partition `%s`: Nodes=%.100s: no entry of cluster.nodes is called so, its jobs "
            "may use every node (`nodes:` of the queue narrows it)",
            partition, nodes->value);
        return;
    }
    if (matched == entries) {
        return;
    }
    char *label = arena_alloc(book->loader->arena, strlen(partition) + sizeof "partition-", 1);
    if (label == NULL) {
        book->good = false;
        return;
    }
    strcat(strcpy(label, "partition-"), partition);
    for (const Node *entry = list->first; entry != NULL; entry = entry->next) {
        const char *name = entry_name(entry);
        if (name != NULL && list_names(nodes->value, name)) {
            Node *over = import_map(book, book->nodes, name, nodes->place);
            import_text(book, import_map(book, over, "labels", nodes->place), label, nodes->place,
                        "yes");
        }
    }
    import_text(book, import_map(book, queue, "nodes", nodes->place), label, nodes->place, "yes");
}

/* ---- limits ---- */

/* "cpu=64,gres/gpu=16,mem=512G" */
static void tres_take(ImportBook *book, const char *who, const SlurmPair *tres, Node *queue)
{
    char *text = arena_strdup(book->loader->arena, tres->value);
    if (text == NULL) {
        book->good = false;
        return;
    }
    Node *limit = import_map(book, queue, "limit", tres->place);
    char *rest = NULL;
    for (char *item = strtok_r(text, ",", &rest); item != NULL && limit != NULL;
         item = strtok_r(NULL, ",", &rest)) {
        char *value = strchr(item, '=');
        if (value == NULL) {
            IMPORT_WRONG(book, tres->place, "for example gres/gpu=16,cpu=128,mem=1T",
                         "%s: `%.64s` is no limit", who, item);
            return;
        }
        *value++ = '\0';
        bool bytes = strcasecmp(item, "mem") == 0;
        const char *ours = strcasecmp(item, "gres/gpu") == 0 ? "gpus"
                           : strcasecmp(item, "cpu") == 0    ? "cpu"
                           : bytes                           ? "memory"
                                                             : NULL;
        if (ours == NULL) {
            import_note(book, tres->place, "%s: the limit of `%.64s`", who, item);
        } else if (node_child(limit, ours) == NULL) {
            /* Slurm's K, M, G, T are powers of 1024; a bare number is megabytes. */
            size_t length = strlen(value);
            bool bare = length > 0 && value[length - 1] >= '0' && value[length - 1] <= '9';
            import_text(book, limit, ours, tres->place, "%.64s%s", value,
                        !bytes ? ""
                        : bare ? "Mi"
                               : "i");
        }
    }
    if (limit != NULL && limit->count == 0) {
        import_text(book, limit, "gpus", tres->place, "unlimited");
    }
}

static void duration_take(ImportBook *book, const char *who, const SlurmPair *pair, Node *queue,
                          const char *ours)
{
    int64_t seconds = 0;
    if (!slurm_time(pair->value, &seconds)) {
        IMPORT_WRONG(book, pair->place, "for example 60, 1:00:00 or 2-12",
                     "%s: %s=%.64s is no time", who, pair->key, pair->value);
    } else if (seconds > 0 && queue != NULL && node_child(queue, ours) == NULL) {
        import_text(book, queue, ours, pair->place, "%" PRId64 "s", seconds);
    }
}

static void qos_note(ImportBook *book, const char *name, const SlurmLine *row)
{
    static const char *const READ[] = {"Name", "GrpTRES", "MaxWall", "PreemptExemptTime", NULL};
    static const char *const NOTHING[] = {"0", "1.000000", "00:00:00", "cluster", NULL};
    for (int32_t i = 0; i < row->count; i++) {
        bool quiet = false;
        for (int k = 0; READ[k] != NULL; k++) {
            quiet = quiet || strcasecmp(row->pairs[i].key, READ[k]) == 0;
        }
        for (int k = 0; NOTHING[k] != NULL; k++) {
            quiet = quiet || strcmp(row->pairs[i].value, NOTHING[k]) == 0;
        }
        if (!quiet) {
            import_note(book, row->pairs[i].place, "QOS `%s`: %s %.64s", name, row->pairs[i].key,
                        row->pairs[i].value);
        }
    }
}

static void qos_row_take(ImportBook *book, const SlurmLine *row, Node *queue)
{
    const char *name = slurm_find(row, "Name")->value;
    const SlurmPair *limit = slurm_find(row, "GrpTRES");
    const SlurmPair *wall = slurm_find(row, "MaxWall");
    const SlurmPair *exempt = slurm_find(row, "PreemptExemptTime");
    if (limit != NULL && queue != NULL) {
        tres_take(book, name, limit, queue);
    }
    if (wall != NULL) {
        duration_take(book, name, wall, queue, "default_limit");
    }
    if (exempt != NULL) {
        duration_take(book, name, exempt, queue, "min_run");
    }
    qos_note(book, name, row);
}

static void qos_take(Partitions *all, const char *partition, const SlurmPair *named, Node *queue)
{
    for (int32_t i = 0; all->qos != NULL && i < all->qos->count; i++) {
        if (strcmp(slurm_find(&all->qos->lines[i], "Name")->value, named->value) == 0) {
            all->qos_used[i] = true;
            qos_row_take(all->book, &all->qos->lines[i], queue);
            return;
        }
    }
    import_note(all->book, named->place, "partition `%s`: the limits of QOS `%.64s`%s", partition,
                named->value,
                all->qos == NULL ? " (`qos: FILE` brings them)" : ", which is not in the table");
}

/* ---- one partition ---- */

static void tier_take(Partitions *all, const char *name, const SlurmLine *line, Node *queue)
{
    const SlurmPair *tier = said(all, line, "PriorityTier");
    const SlurmPair *factor = said(all, line, "PriorityJobFactor");
    if (tier != NULL && queue != NULL) {
        import_text(all->book, queue, "priority", tier->place, "%s", tier->value);
    }
    if (factor != NULL && (tier == NULL || strcmp(tier->value, factor->value) != 0)) {
        import_note(all->book, factor->place,
                    "partition `%s`: PriorityJobFactor: a queue has one priority, its tier", name);
    }
}

static void state_take(Partitions *all, const char *name, const SlurmPair *state, Node *queue)
{
    if (state == NULL || is_word(state, "UP")) {
        return;
    }
    Node *limit = import_map(all->book, queue, "limit", state->place);
    if (limit != NULL && node_child(limit, "gpus") == NULL) {
        import_text(all->book, limit, "gpus", state->place, "0");
    }
    import_note(all->book, state->place, "partition `%s`: State=%.32s is a limit of no GPU", name,
                state->value);
}

static void rest_note(ImportBook *book, const char *name, const SlurmLine *line)
{
    static const char *const READ[] = {"PartitionName", "Nodes", "MaxTime",           "DefaultTime",
                                       "PriorityTier",  "QOS",   "PriorityJobFactor", "State",
                                       "Default",       NULL};
    for (int32_t i = 0; i < line->count; i++) {
        bool known = false;
        for (int k = 0; READ[k] != NULL; k++) {
            known = known || strcasecmp(line->pairs[i].key, READ[k]) == 0;
        }
        if (!known) {
            import_note(book, line->pairs[i].place, "partition `%s`: %s=%.64s", name,
                        line->pairs[i].key, line->pairs[i].value);
        }
    }
}

static void partition_take(Partitions *all, const SlurmLine *line)
{
    ImportBook *book = all->book;
    const SlurmPair *id = &line->pairs[0];
    const char *name = id->value;
    if (name[0] == '\0' || strlen(name) >= NAME_MAX_BYTES) {
        IMPORT_WRONG(book, id->place, "for example PartitionName=gpu",
                     "a partition without a name of up to %d bytes", NAME_MAX_BYTES);
        return;
    }
    if (import_queue_find(book, name) != NULL) {
        IMPORT_WRONG(book, id->place, "keep one of them", "partition `%s` is here again", name);
        return;
    }
    Node *queue = import_queue_add(book, name, id->place);
    const SlurmPair *nodes = said(all, line, "Nodes");
    const SlurmPair *limit = said(all, line, "DefaultTime");
    const SlurmPair *most = said(all, line, "MaxTime");
    const SlurmPair *qos = said(all, line, "QOS");
    tier_take(all, name, line, queue);
    if (limit != NULL && !is_word(limit, "NONE")) {
        duration_take(book, name, limit, queue, "default_limit");
    }
    if (most != NULL) {
        duration_take(book, name, most, queue, "default_limit");
    }
    if (qos != NULL && !is_word(qos, "N/A")) {
        qos_take(all, name, qos, queue);
    }
    state_take(all, name, said(all, line, "State"), queue);
    if (nodes != NULL && !is_word(nodes, "ALL") && queue != NULL) {
        nodes_take(all, name, nodes, queue);
    }
    if (is_word(said(all, line, "Default"), "YES") && strcmp(name, "default") != 0) {
        import_note(book, id->place,
                    "partition `%s` is the default: jobs that name no queue go to `default`", name);
    }
    rest_note(book, name, line);
}

void slurm_partitions_take(ImportBook *book, const SlurmConf *conf, const SlurmConf *qos)
{
    Partitions all = {.book = book, .qos = qos};
    all.qos_used = ARENA_ARRAY(book->loader->arena, bool, qos == NULL ? 0 : qos->count);
    all.defaults = ARENA_ARRAY(book->loader->arena, const SlurmLine *, conf->count);
    if (all.qos_used == NULL || all.defaults == NULL) {
        diagnostics_no_memory(book->loader->diagnostics);
        book->good = false;
        return;
    }
    for (int32_t i = 0; i < conf->count; i++) {
        const SlurmLine *line = &conf->lines[i];
        if (strcasecmp(line->pairs[0].key, "PartitionName") != 0) {
            continue;
        }
        if (is_word(&line->pairs[0], "DEFAULT")) {
            all.defaults[all.default_count++] = line;
            rest_note(book, "DEFAULT", line);
        } else {
            partition_take(&all, line);
        }
    }
    for (int32_t i = 0; qos != NULL && i < qos->count; i++) {
        if (!all.qos_used[i]) {
            const SlurmPair *name = slurm_find(&qos->lines[i], "Name");
            import_note(book, name->place, "QOS `%.64s`: no partition has it", name->value);
        }
    }
}
