/* metrics.c - the table of metrics, made from metrics.def. */
#include "sim/experiment/result.h"

const MetricInfo METRICS[METRIC_COUNT] = {
#define METRIC(id, unit, summary) {#id, unit, summary},
#include "sim/experiment/metrics.def"
#undef METRIC
};
