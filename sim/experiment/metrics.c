/* metrics.c - the table of metrics, made from metrics.def. */
#include "sim/experiment/result.h"

const MetricInfo METRICS[METRIC_COUNT] = {
#define METRIC(id, unit, summary) {#id, unit, summary},
#include "sim/experiment/metrics.def"
};

/* The compiler refuses a name that has two rows. */
struct MetricNames {
#define METRIC(id, unit, summary) char id;
#include "sim/experiment/metrics.def"
};
