/* build_needs.c - what jobs need of the data path at full speed, and how fast they are on which
 * model. */
#include <string.h>

#include "core/pace.h"
#include "core/verdict.h"
#include "sim/scenario/build.h"

static const GpAxis AXES[NEED_COUNT] = {[NEED_STORAGE_BANDWIDTH] = GP_AXIS_STORAGE_BANDWIDTH,
                                        [NEED_IO_CPU] = GP_AXIS_IO_CPU,
                                        [NEED_NETWORK] = GP_AXIS_NETWORK,
                                        [NEED_CPU] = GP_AXIS_CPU};

bool build_lane_declared(const Cluster *cluster, GpAxis lane)
{
    bool declared = false;
    for (int32_t type = 0; type < cluster->type_count; type++) {
        declared = declared || cluster->types[type].capacity[lane] > 0 ||
                   (lane == GP_AXIS_NETWORK && cluster->type_info[type].rack_uplink_mb_s > 0);
    }
    return declared;
}

void build_need_warn(Loader *loader, const NeedSpec *spec, const Cluster *cluster)
{
    for (int lane = 0; lane < NEED_COUNT; lane++) {
        const SpecNumber *need = &spec->lane[lane];
        if (need->node != NULL && need->value > 0 && !build_lane_declared(cluster, AXES[lane])) {
            diagnostics_warning(loader->diagnostics, node_place(need->node), "need",
                                "say how much of it a node has, or leave it out",
                                "this need of `%s` holds nobody back: no node type declares it",
                                lane_name(AXES[lane]));
        }
    }
}

/* What is asked for of the data path is also used, unless `need` says otherwise. Cores are asked
 * for generously. */
void build_need(const JobSpec *spec, JobTraits *traits)
{
    traits->need[GP_AXIS_STORAGE_BANDWIDTH] = spec->storage_bandwidth_mb_s.value;
    traits->need[GP_AXIS_IO_CPU] = spec->io_cpu_milli.value;
    traits->need[GP_AXIS_NETWORK] = spec->network_mb_s.value;
    build_need_lanes(&spec->need, traits);
}

void build_need_lanes(const NeedSpec *spec, JobTraits *traits)
{
    for (int lane = 0; lane < NEED_COUNT; lane++) {
        if (spec->lane[lane].node != NULL) {
            traits->need[AXES[lane]] = spec->lane[lane].value;
        }
    }
}

static int32_t model_find(const Cluster *cluster, const char *name, int32_t count)
{
    for (int32_t model = 0; model < count; model++) {
        if (strcmp(cluster->model_name[model], name) == 0) {
            return model;
        }
    }
    return -1;
}

static bool speed_read(Loader *loader, const SpecPair *pair, const Cluster *cluster,
                       int32_t known_models, ModelSpeed *speed)
{
    int64_t ppm = 0;
    const char *expected = quantity_parse(pair->value, UNIT_RATIO_PPM, ROUND_EXACT, &ppm);
    if (expected != NULL || ppm < 1 || ppm > PACE_MAX_PPM) {
        REPORT(loader, pair->node, "range", "for example {A100: 50%}",
               "found `%s` as the speed on `%s`; expected a share of up to 10000%%, above 0",
               pair->value, pair->name);
        return false;
    }
    int32_t model = model_find(cluster, pair->name, known_models);
    if (model < 0) {
        const char *nearest = nearest_name(pair->name, cluster->model_name, known_models);
        REPORT_KEY(loader, pair->node, "name",
                   nearest != NULL ? nearest : "use a `model` of cluster.types",
                   "no node has GPUs of model `%s`", pair->name);
        return false;
    }
    *speed = (ModelSpeed){model, (int32_t)ppm};
    return true;
}

bool build_speeds(Loader *loader, const SpecPairs *pairs, const Cluster *cluster,
                  int32_t known_models, JobTraits *traits)
{
    if (pairs->count == 0 || known_models < 0) {
        return true;
    }
    ModelSpeed *speeds = ARENA_ARRAY(loader->arena, ModelSpeed, pairs->count);
    if (speeds == NULL) {
        return no_memory(loader);
    }
    bool good = true;
    for (int32_t i = 0; i < pairs->count; i++) {
        good = speed_read(loader, &pairs->items[i], cluster, known_models, &speeds[i]) && good;
    }
    traits->speed_count = pairs->count;
    traits->speeds = speeds;
    return good;
}
