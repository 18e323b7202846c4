/* evict_none.c - what runs keeps its place until it ends. */
#include "sim/policies/policies.h"

const EvictPolicy evict_none = {
    .name = "none",
    .summary = "nothing that runs is stopped or moved",
};
