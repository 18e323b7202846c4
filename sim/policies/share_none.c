/* share_none.c - no queue is due anything: no shares are computed. */
#include "sim/policies/policies.h"

const SharePolicy share_none = {
    .name = "none",
    .summary = "queues are due nothing in particular",
};
