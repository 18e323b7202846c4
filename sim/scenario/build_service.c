/* build_service.c - the demand curve of a service, checked. */
#include <inttypes.h>
#include <string.h>

#include "sim/scenario/build.h"

#define MILLI_PER_S INT64_C(604800000) /* of UNIT_RATE, how often in 10^6 weeks */

static const char *name_of(const JobSpec *spec)
{
    return spec->id.value == NULL ? "?" : spec->id.value;
}

/* Steps begin at 0, go forward, and end before they repeat. */
static bool steps_in_order(Loader *loader, const JobSpec *spec)
{
    const ServiceSpec *service = &spec->service;
    const DemandSpec *steps = service->demand.items;
    int32_t count = service->demand.count;
    if (count == 0 || steps[0].at_ms.value != 0) {
        REPORT(loader, service->demand.node != NULL ? service->demand.node : service->node,
               "missing", "begin with {at: 0s, rate: 100/s}",
               "the `demand` of job `%s` does not say how it begins", name_of(spec));
        return false;
    }
    for (int32_t i = 1; i < count; i++) {
        if (steps[i].at_ms.value <= steps[i - 1].at_ms.value) {
            REPORT(loader, steps[i].node, "order", "one step a line, the earliest first",
                   "the `demand` of job `%s` goes back in time", name_of(spec));
            return false;
        }
    }
    if (service->repeat_ms.node != NULL &&
        steps[count - 1].at_ms.value >= service->repeat_ms.value) {
        REPORT(loader, steps[count - 1].node, "conflict",
               "make repeat longer, or leave the step out",
               "a step of the `demand` of job `%s` comes after it has begun again (`repeat`)",
               name_of(spec));
        return false;
    }
    return true;
}

static bool belongs(Loader *loader, const JobSpec *spec)
{
    bool good = true;
    if (spec->kind.value != NULL && strcmp(spec->kind.value, "service") != 0) {
        REPORT_KEY(loader, spec->service.node, "conflict", "write kind: service, or remove it",
                   "job `%s` has `service`, and is of kind %s", name_of(spec), spec->kind.value);
        good = false;
    }
    if (spec->sync.node != NULL && spec->sync.value != 0) {
        REPORT_KEY(loader, spec->sync.node, "conflict",
                   "remove sync: each task is a replica that works by itself",
                   "job `%s` has `service` and `sync: true`", name_of(spec));
        good = false;
    }
    return good;
}

bool build_service(Loader *loader, const JobSpec *spec, JobTraits *traits)
{
    const ServiceSpec *service = &spec->service;
    if (service->node == NULL) {
        return true;
    }
    bool good = belongs(loader, spec);
    if (service->demand.mistaken || !steps_in_order(loader, spec)) {
        return false;
    }
    const DemandSpec *rows = service->demand.items;
    ServiceDemand *demand = ARENA_NEW(loader->arena, ServiceDemand);
    DemandStep *steps = ARENA_ARRAY(loader->arena, DemandStep, service->demand.count);
    if (demand == NULL || steps == NULL) {
        return no_memory(loader);
    }
    for (int32_t i = 0; i < service->demand.count; i++) {
        steps[i] = (DemandStep){rows[i].at_ms.value, rows[i].rate.value / MILLI_PER_S};
    }
    *demand = (ServiceDemand){.step_count = service->demand.count,
                              .steps = steps,
                              .period_ms = service->repeat_ms.value,
                              .work_us = service->work_ms.value * 1000,
                              .slots = (int32_t)service->slots.value,
                              .drives_usage = spec->utilisation.node == NULL};
    traits->service = demand;
    traits->sync = 0;
    return good;
}
