/* metrics.c - the table of metrics, made from metrics.def. */
#include "sim/experiment/result.h"

const MetricInfo METRICS[METRIC_COUNT] = {
#define METRIC(id, unit, summary) {#id, unit, summary},
#include "sim/experiment/metrics.def"
};

const MetricLaterInfo METRICS_LATER[METRIC_LATER_COUNT] = {
#define METRIC_LATER(id, summary) {#id, summary},
#include "sim/experiment/metrics.def"
};

/* The compiler refuses a name that has two rows, such as one that was promised and is there now. */
struct MetricNames {
#define METRIC(id, unit, summary) char id;
#define METRIC_LATER(id, summary) char id;
#include "sim/experiment/metrics.def"
};
