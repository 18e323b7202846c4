/* fuzz_kernel.c - bytes drive random fleets and policies; the index must answer as the scan does.
 */
#include <stdlib.h>

#include "tests/kernel_exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Bytes {
    const uint8_t *data;
    size_t left;
    uint64_t state; /* goes on when the bytes are used up */
} Bytes;

static uint64_t bytes_next(void *self)
{
    Bytes *bytes = self;
    if (bytes->left > 0) {
        bytes->left--;
        bytes->state = bytes->state * 6364136223846793005u + *bytes->data++ + 1442695040888963407u;
    } else {
        bytes->state = bytes->state * 6364136223846793005u + 1442695040888963407u;
    }
    return bytes->state >> 24;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes bytes = {.data = data, .left = size};
    NumberSource source = {.next = bytes_next, .self = &bytes};
    RandomFleet random;
    GpPolicy policy;
    int32_t nodes = 1 + number_below(source, 80);
    int32_t shapes = 1 + number_below(source, 12);
    if (random_fleet_make(&random, source, nodes, shapes)) {
        random_policy(&policy, source);
        if (domains_exercise(source) != NULL) {
            abort();
        }
        if (kernel_exercise(&random, &policy, source, (int32_t)(size < 400 ? size : 400)) != NULL) {
            abort();
        }
    }
    random_fleet_free(&random);
    return 0;
}
