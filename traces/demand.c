/* demand.c - arrivals multiplied, by addressed draws where whole jobs come and go. */
#include "traces/demand.h"

#include <stdlib.h>

#include "core/rng.h"
#include "traces/arrivals.h"

static int64_t times(int64_t amount, int64_t ppm)
{
    __extension__ typedef __int128 Wide;
    Wide product = ((Wide)amount * ppm + GP_PPM / 2) / GP_PPM;
    return product > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)product;
}

void demand_of_generator(const WorkloadSource *source, int64_t fleet_gpu_milli, SyntheticSpec *spec)
{
    ArrivalSpec *arrivals = &spec->arrivals;
    if (arrivals->rate <= 0) {
        arrivals->rate = synthetic_rate_for_load(spec, arrivals->load_ppm, fleet_gpu_milli);
    }
    if (arrivals->rate > 0) {
        int64_t rate = times(arrivals->rate, source->demand_ppm);
        arrivals->rate = rate < 1 ? 1 : rate > SYNTHETIC_RATE_MAX ? SYNTHETIC_RATE_MAX : rate;
    }
    if (spec->count > 0) {
        int64_t count = times(spec->count, source->demand_ppm);
        spec->count = (int32_t)(count < 1 ? 1 : count > JOBS_MAX ? JOBS_MAX : count);
    }
}

void demand_of_order(WorkloadSource *source)
{
    int64_t interval_ms = source->interval_ms * GP_PPM / source->demand_ppm;
    source->interval_ms = source->interval_ms > 0 && interval_ms < 1 ? 1 : interval_ms;
    source->load_ppm = times(source->load_ppm, source->demand_ppm);
}

/* How often the row comes, by its own draw. */
static int64_t row_copies(DrawAddress address, int64_t demand_ppm)
{
    int64_t draw = (int64_t)(rng_u64(address, 0) % GP_PPM);
    return demand_ppm / GP_PPM + (draw < demand_ppm % GP_PPM);
}

static Request *rows_draw(DemandDraw draw, int64_t demand_ppm, const RequestList *from,
                          int32_t *used)
{
    uint32_t purpose = purpose_of_source(PURPOSE_DEMAND, draw.source);
    DrawAddress address = {draw.seed, draw.replication, purpose, 0};
    int64_t count = 0;
    for (int32_t row = 0; row < from->count; row++) {
        address.entity = (uint32_t)row;
        count += row_copies(address, demand_ppm);
    }
    Request *rows = count <= JOBS_MAX ? malloc(((size_t)count + 1) * sizeof *rows) : NULL;
    *used = 0;
    for (int32_t row = 0; rows != NULL && row < from->count; row++) {
        address.entity = (uint32_t)row;
        int64_t copies = row_copies(address, demand_ppm);
        for (int64_t copy = 0; copy < copies; copy++) {
            rows[*used] = from->rows[row];
            if (copy > 0) {
                rows[*used].submit_ms +=
                    (int64_t)(rng_u64(address, (uint32_t)copy) % DEMAND_REPEAT_MS);
            }
            (*used)++;
        }
    }
    return rows;
}

bool demand_of_jobs(DemandDraw draw, int64_t demand_ppm, bool owned, RequestList *list)
{
    int32_t used = 0;
    Request *rows = rows_draw(draw, demand_ppm, list, &used);
    if (owned) {
        free(list->rows);
    }
    *list = (RequestList){.rows = rows, .count = used};
    return rows != NULL;
}
