/* contention.h - max-min fair shares of storage pools, links and cores.
 *
 * Flows have a need on each of up to FLOW_LINKS_MAX resources. A flow's rate is the least of share
 * / need over its resources, at most its cap. On a resource that is full every flow has min(need x
 * rate, an equal level), and a flow that another resource holds back leaves its rest to the others:
 * classical max-min fairness where all links carry one unit (Bertsekas and Gallager, Data Networks,
 * 6.5.2), bottleneck max fairness where units differ (Bonald and Roberts, SIGMETRICS 2015).
 * Integers only; the order of flows and resources decides ties.
 */
#ifndef MODELS_CONTENTION_H
#define MODELS_CONTENTION_H

#include <stdbool.h>
#include <stdint.h>

#define FLOW_LINKS_MAX 6

typedef struct Flow {
    int32_t link_count;
    int32_t link[FLOW_LINKS_MAX]; /* resource */
    int64_t need[FLOW_LINKS_MAX]; /* at full speed, the resource's unit; > 0 */
    int32_t cap_ppm;              /* its speed from other causes */
    int32_t rate_ppm;             /* out: at most cap_ppm */
    int32_t limit;                /* out: place in link[] of what holds it below cap_ppm; -1 */
} Flow;

typedef struct Resource {
    int64_t capacity; /* what is left of it now */
    int64_t left;     /* scratch */
    int32_t open;     /* scratch */
} Resource;

/* Rates of all flows. `order` is scratch [flow_count]. Cost: resources x flows at worst. */
void contention_share(Flow *flows, int32_t flow_count, Resource *resources, int32_t resource_count,
                      int32_t *order);

#endif
