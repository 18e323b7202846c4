/* sharing.c - time slicing of one card. */
#include "models/sharing.h"

#define PPM INT64_C(1000000)

int32_t sharing_rate_ppm(int64_t utilisation_ppm, int32_t tenants, int32_t overhead_ppm)
{
    int64_t rate_ppm = utilisation_ppm > PPM ? PPM * PPM / utilisation_ppm : PPM;
    return (int32_t)(tenants > 1 ? rate_ppm * (PPM - overhead_ppm) / PPM : rate_ppm);
}
