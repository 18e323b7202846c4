/* metrics.c - the table of metrics, made from metrics.def and metric_direction.def. */
#include "sim/experiment/result.h"

#include <string.h>

const MetricInfo METRICS[METRIC_COUNT] = {
#define METRIC(id, unit, summary) {#id, unit, summary},
#include "sim/experiment/metrics.def"
};

const MetricDirection METRIC_DIRECTIONS[METRIC_COUNT] = {
#define HIGHER(id) [METRIC_##id] = DIRECTION_HIGHER,
#define LOWER(id) [METRIC_##id] = DIRECTION_LOWER,
#include "sim/experiment/metric_direction.def"
};

/* The compiler refuses a name that has two rows. */
struct MetricNames {
#define METRIC(id, unit, summary) char id;
#include "sim/experiment/metrics.def"
};

MetricId metric_find(const char *name)
{
    int metric = 0;
    while (metric < METRIC_COUNT && strcmp(METRICS[metric].name, name) != 0) {
        metric++;
    }
    return (MetricId)metric;
}

const char *metric_nearest(const char *unknown)
{
    const char *names[METRIC_COUNT];
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        names[metric] = METRICS[metric].name;
    }
    return nearest_name(unknown, names, METRIC_COUNT);
}
