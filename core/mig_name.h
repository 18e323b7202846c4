/* mig_name.h - what the name of a MIG profile means on a cluster's cards.
 *
 * A name such as 1g.10gb is one memory slice on an 80 GB card and two on a 40 GB card, so the
 * cards decide. Geometry and names: the table of profiles in docs/packing-terms.md.
 */
#ifndef CORE_MIG_NAME_H
#define CORE_MIG_NAME_H

#include <stdint.h>

#include "core/cluster.h"
#include "core/job.h"

typedef enum MigNameFault {
    MIG_NAME_OK,
    MIG_NAME_MALFORMED, /* not like 3g.40gb or 3g */
    MIG_NAME_AMBIGUOUS, /* different instances on different cards */
    MIG_NAME_UNKNOWN    /* no card that may be used has it */
} MigNameFault;

/* The smallest instance (1g, 2g, 3g, 7g) whose memory covers what the request asks of one card,
 * where every card that it may use is in MIG mode; NONE otherwise, and where the cards differ.
 * Source: HAMi. */
int32_t mig_profile_for_memory(const Cluster *cluster, const Request *request);

/* The profile of that name on the cards of these models (0: any). Without any MIG card it is the
 * profile of its compute: it fits nowhere then. */
MigNameFault mig_name_find(const char *text, const Cluster *cluster, uint64_t models,
                           int32_t *profile);

#endif
