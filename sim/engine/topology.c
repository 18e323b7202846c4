/* topology.c - rooms are counted node by node and summed over domains; the kernel's rules choose
 * how many tasks each domain takes, and within a domain each node.
 *
 * Sources: Kueue's topology-aware scheduling (BestFit, LeastFreeCapacity) and KAI Scheduler's
 * topology (the domain with least room that holds the whole job).
 */
#include "sim/engine/topology.h"

bool topology_init(Topology *memory, Arena *arena, const World *world)
{
    const Cluster *cluster = &world->scenario->cluster;
    int32_t nodes = cluster->node_count;
    *memory = (Topology){0};
    if (world->scenario->policy.place.topology == TOPOLOGY_IGNORED) {
        return true;
    }
    memory->node_room = ARENA_ARRAY(arena, int32_t, nodes);
    memory->domain_room = ARENA_ARRAY(arena, int32_t, nodes);
    memory->domain_count = ARENA_ARRAY(arena, int32_t, nodes);
    memory->part_room = ARENA_ARRAY(arena, int32_t, nodes);
    memory->part_count = ARENA_ARRAY(arena, int32_t, nodes);
    memory->nodes = ARENA_ARRAY(arena, int32_t, nodes);
    return !arena->failed;
}

bool topology_rules(const World *world, JobId job, int32_t count)
{
    const JobTraits *traits = job_class(world->jobs, job)->traits;
    int32_t rule = world->scenario->policy.place.topology;
    bool asked = traits->required_level > TOPOLOGY_NUMA || traits->preferred_level > TOPOLOGY_NUMA;
    return rule != TOPOLOGY_IGNORED && (asked || (rule == TOPOLOGY_BEST_FIT && count > 1));
}

/* ---- domains ---- */

/* Racks and zones are numbered densely; there are never more of them than nodes. */
static int32_t domain_of(const Cluster *cluster, TopologyLevel level, int32_t node)
{
    switch (level) {
    case TOPOLOGY_RACK:
        return cluster->node_rack != NULL ? cluster->node_rack[node] : 0;
    case TOPOLOGY_ZONE:
        return cluster->node_zone != NULL ? cluster->node_zone[node] : 0;
    case TOPOLOGY_NODE:
        return node;
    case TOPOLOGY_NONE:
    case TOPOLOGY_NUMA:
        break;
    }
    return 0;
}

static void rooms_count(Topology *memory, const World *world, const GpShape *shape, int32_t count)
{
    uint32_t sees = world->scenario->policy.pack.sees;
    for (int32_t node = 0; node < world->fleet.node_count; node++) {
        memory->node_room[node] = gp_room(&world->fleet, node, shape, sees, count);
    }
}

/* Spreads `tasks` over the domains of a level: domain_count says how many each gets. */
static bool domains_choose(Topology *memory, const World *world, TopologyLevel level,
                           GpDomainRule rule, int32_t tasks)
{
    const Cluster *cluster = &world->scenario->cluster;
    for (int32_t domain = 0; domain < cluster->node_count; domain++) {
        memory->domain_room[domain] = 0;
    }
    for (int32_t node = 0; node < cluster->node_count; node++) {
        memory->domain_room[domain_of(cluster, level, node)] += memory->node_room[node];
    }
    return gp_domains_fill((int32_t)rule, cluster->node_count, memory->domain_room, tasks,
                           memory->domain_count) == GP_OK;
}

/* All tasks go to one domain: the tightest that holds them. The rooms of all others are forgotten.
 */
static bool domain_require(Topology *memory, const World *world, TopologyLevel level, int32_t tasks)
{
    const Cluster *cluster = &world->scenario->cluster;
    if (!domains_choose(memory, world, level, GP_DOMAINS_TIGHTEST, tasks)) {
        return false;
    }
    for (int32_t node = 0; node < cluster->node_count; node++) {
        if (memory->domain_count[domain_of(cluster, level, node)] == 0) {
            memory->node_room[node] = 0;
        }
    }
    return true;
}

/* ---- the nodes of one domain ---- */

/* What a search is about, and what it has found so far. */
typedef struct Search {
    Topology *memory;
    Trial *trial;
    ShapeId shape;
    GpShape narrowed; /* to the nodes that a flavor leaves */
    GpPlacement *placements;
    int32_t placed;
} Search;

/* One more task on the best of `count` listed nodes. */
static bool task_place(Search *search, int32_t count, const int32_t *nodes)
{
    const World *world = search->trial->world;
    const GpDraw draw = {0};
    GpPlacement *placement = &search->placements[search->placed++];
    placement->size = sizeof(GpPlacement);
    return gp_pick_among(&world->fleet, &world->scenario->policy.pack, &world->scenario->constants,
                         &search->narrowed, &draw, count, nodes, placement) == GP_OK &&
           trial_take(search->trial, search->shape, placement) == GP_OK;
}

/* Rooms of the nodes of a domain, and the list of those that have any. */
static int32_t part_list(Topology *memory, const Cluster *cluster, TopologyLevel level,
                         int32_t domain)
{
    int32_t listed = 0;
    for (int32_t node = 0; node < cluster->node_count; node++) {
        bool inside = domain_of(cluster, level, node) == domain;
        memory->part_room[node] = inside ? memory->node_room[node] : 0;
        if (memory->part_room[node] > 0) {
            memory->nodes[listed++] = node;
        }
    }
    return listed;
}

/* Kueue counts tasks per node by its rule; KAI's nodes are chosen by the pack policy. */
static bool domain_fill(Search *search, TopologyLevel level, int32_t domain, int32_t tasks)
{
    Topology *memory = search->memory;
    const World *world = search->trial->world;
    const Cluster *cluster = &world->scenario->cluster;
    int32_t listed = part_list(memory, cluster, level, domain);
    bool found = true;
    if (world->scenario->policy.place.topology == TOPOLOGY_TIGHTEST) {
        for (int32_t i = 0; found && i < tasks; i++) {
            found = task_place(search, listed, memory->nodes);
        }
        return found;
    }
    GpDomainRule rule = level == TOPOLOGY_NONE ? GP_DOMAINS_LEAST_FREE : GP_DOMAINS_BEST_FIT;
    found = gp_domains_fill((int32_t)rule, cluster->node_count, memory->part_room, tasks,
                            memory->part_count) == GP_OK;
    for (int32_t node = 0; found && node < cluster->node_count; node++) {
        for (int32_t i = 0; found && i < memory->part_count[node]; i++) {
            found = task_place(search, 1, &node);
        }
    }
    return found;
}

bool topology_places(Topology *memory, Trial *trial, JobId job, int32_t count, uint64_t groups,
                     GpPlacement *placements)
{
    const World *world = trial->world;
    const JobTraits *traits = job_class(world->jobs, job)->traits;
    TopologyLevel required = (TopologyLevel)traits->required_level;
    TopologyLevel level = traits->preferred_level > TOPOLOGY_NUMA
                              ? (TopologyLevel)traits->preferred_level
                              : (required > TOPOLOGY_NUMA ? required : TOPOLOGY_NONE);
    Search search = {.memory = memory,
                     .trial = trial,
                     .shape = job_shape(world->jobs, job),
                     .narrowed = *job_request(world->jobs, job),
                     .placements = placements};
    if (groups != 0) {
        uint64_t asked = search.narrowed.group_set;
        search.narrowed.group_set = asked != 0 ? asked & groups : groups;
        if (search.narrowed.group_set == 0) {
            return false;
        }
    }
    rooms_count(memory, world, &search.narrowed, count);
    bool found = (required <= TOPOLOGY_NUMA || domain_require(memory, world, required, count)) &&
                 domains_choose(memory, world, level, GP_DOMAINS_BEST_FIT, count);
    for (int32_t domain = 0; found && domain < world->scenario->cluster.node_count; domain++) {
        if (memory->domain_count[domain] > 0) {
            found = domain_fill(&search, level, domain, memory->domain_count[domain]);
        }
    }
    trial_rollback(trial);
    return found;
}
