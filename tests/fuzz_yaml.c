/* fuzz_yaml.c - any bytes as a scenario: it loads and is whole, or every mistake has been named.
 *
 * An accepted scenario must be one that could be run: nodes, slots filled, a digest. A refused one
 * has at least one error to show, and showing the errors must work, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "models/failure.h"
#include "models/gsl_errors.h"
#include "sim/scenario/load.h"
#include "tests/queue_promises.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    gsl_errors_return();
    return 0;
}

static void require(int holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "fuzz_yaml: broken promise: %s\n", promise);
        abort();
    }
}

static void check_places(const Scenario *one)
{
    const Cluster *cluster = &one->cluster;
    for (int32_t node = 0; node < cluster->node_count; node++) {
        require(cluster->node_rack[node] >= 0 && cluster->node_rack[node] < cluster->rack_count,
                "a node is in a rack");
        require(cluster->node_zone[node] >= 0 && cluster->node_zone[node] < cluster->zone_count,
                "a node is in a zone");
        int32_t group = cluster->types[cluster->node_type[node]].group;
        require(group >= 0 && group < cluster->group_count, "a node is in a group");
    }
}

static bool target_is_there(const Cluster *cluster, const FaultKind *kind, const Fault *fault)
{
    switch ((FaultScope)kind->scope) {
    case SCOPE_RACK:
        return fault->target < cluster->rack_count;
    case SCOPE_ZONE:
        return fault->target < cluster->zone_count;
    case SCOPE_POOL:
        return fault->target < cluster->pool_count;
    case SCOPE_DEVICE:
    case SCOPE_NODE:
    case SCOPE_NEIGHBOURS:
        return fault->target < cluster->node_count;
    case SCOPE_JOB:
        break;
    }
    return false;
}

/* Faults that are offered have a kind and a place, and come in order of time. */
static void check_failures(const Scenario *one)
{
    const FailureModel *model = one->failures;
    if (model == NULL || one->cluster.node_count > 1000) {
        return;
    }
    Arena arena;
    arena_init(&arena);
    FaultSource *source = fault_source_new(&arena, model, &one->cluster, one->seed, 0);
    require(source != NULL, "there is memory for a small fleet's faults");
    int64_t last_ms = 0;
    for (int i = 0; i < 100 && fault_source_next_ms(source) != TIME_NEVER; i++) {
        int64_t next_ms = fault_source_next_ms(source);
        Fault fault = fault_source_take(source);
        require(fault.at_ms == next_ms && next_ms >= last_ms, "faults come in order of time");
        require(fault.kind >= 0 && fault.kind < model->kind_count, "a fault has a kind");
        require(fault.slot >= 0 && fault.slot < fault_source_slots(source), "a fault has a slot");
        require(fault.out_ms >= 0, "a fault does not end before it begins");
        require(fault.target >= 0 &&
                    target_is_there(&one->cluster, &model->kinds[fault.kind], &fault),
                "a fault has a place");
        repair_times(source, &fault, 0);
        last_ms = next_ms;
    }
    arena_free(&arena);
}

static void check_set(const ScenarioSet *set)
{
    require(set->variant_count > 0, "there is a baseline");
    require(strlen(set->sha256) == 64, "the digest has 64 digits");
    require(set->text != NULL, "the resolved text exists");
    for (int32_t i = 0; i < set->variant_count; i++) {
        const Scenario *one = &set->variants[i];
        require(one->variant != NULL, "a variant has a name");
        require(one->cluster.node_count > 0, "a cluster has nodes");
        const PolicySet *policy = &one->policy;
        require(policy->order != NULL && policy->share != NULL && policy->admit != NULL &&
                    policy->scan != NULL && policy->evict != NULL && policy->pack_name != NULL,
                "every slot is filled");
        const char *broken = queue_promise_broken(&one->queues);
        require(broken == NULL, broken);
        check_places(one);
        check_failures(one);
    }
}

/* A fleet of a million nodes is legal and takes its time and memory: not what is looked for here.
 */
static int has_large_number(const uint8_t *data, size_t size)
{
    int digits = 0;
    for (size_t i = 0; i < size; i++) {
        digits = data[i] >= '0' && data[i] <= '9' ? digits + 1 : 0;
        if (digits >= 6) {
            return 1;
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (has_large_number(data, size)) {
        return 0;
    }
    int file = memfd_create("fuzz", 0);
    require(file >= 0 && write(file, data, size) == (ssize_t)size,
            "a file in memory can be written");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    Arena arena;
    Diagnostics diagnostics;
    ScenarioSet set = {0};
    LoadOptions options = {0};
    arena_init(&arena);
    diagnostics_init(&diagnostics);
    Status status = scenario_load(path, &options, &arena, &diagnostics, &set);
    if (status == STATUS_OK) {
        require(diagnostics.error_count == 0, "success has no errors");
        check_set(&set);
    } else {
        require(diagnostics.error_count > 0, "a refusal says why");
        FILE *nowhere = fopen("/dev/null", "w");
        require(nowhere != NULL, "/dev/null can be opened");
        diagnostics_print(&diagnostics, nowhere, true);
        fclose(nowhere);
    }
    arena_free(&arena);
    diagnostics_free(&diagnostics);
    close(file);
    return 0;
}
