/* service_meter.h - what the requests of services met: how long they took, and which nobody served.
 *
 * Between two changes of its replicas or its demand a service is in one state (models/service.h),
 * and each state counts by the requests that come in it. Requests that come while the replicas are
 * overloaded have no mean time: they are counted apart, and kept out of the means.
 */
#ifndef SIM_EXPERIMENT_SERVICE_METER_H
#define SIM_EXPERIMENT_SERVICE_METER_H

#include "core/fact.h"
#include "core/world.h"
#include "models/service.h"
#include "sim/experiment/result.h"

typedef struct ServiceRow {
    JobId job;
    ServiceState state;
    int64_t since_ms; /* TIME_NEVER: not submitted, or over */
    bool is_stale;    /* its replicas changed in this instant */
    double offered;   /* requests */
    double timed;     /* of these, while there was a mean */
    double unserved;
    double latency_s; /* sum over those timed */
} ServiceRow;

typedef struct ServiceMeter {
    int32_t count;
    ServiceRow *rows; /* [count] by job */
    int32_t *row_of;  /* [job] -1: no service */
    int32_t stale_count;
    int32_t *stale; /* [stale_count] rows */
    /* requests by how many times longer they took than on an idle replica, in steps of 0.5 % */
    double *bin_requests, *bin_sum; /* [SERVICE_BINS] */
} ServiceMeter;

#define SERVICE_BINS 4096

/* Jobs with a `service`; without any the meter needs no observer. False if memory ran out. */
bool service_meter_init(ServiceMeter *meter, Arena *arena, const World *world);
Observer service_meter_observer(ServiceMeter *meter);

/* One row a service. False if memory ran out. */
bool service_meter_rows(const ServiceMeter *meter, const World *world, Arena *arena,
                        ReplicationResult *result);

/* Over all services, by requests; what no request met stays NAN. */
void service_metrics(const ServiceMeter *meter, const World *world, double *metric);

/* As it is now, on the World's replicas; what the whole run was like. NAN: no mean, or no such. */
typedef struct ServiceSight {
    double latency_ms, latency_ratio, unserved_share;
} ServiceSight;
ServiceSight service_now(const World *world, JobId job, int64_t at_ms);
ServiceSight service_so_far(const ServiceMeter *meter, const World *world, JobId job);

#endif
