/* import_kueue.h - what the two halves of the reader of Kueue's objects share. */
#ifndef SIM_SCENARIO_IMPORT_KUEUE_H
#define SIM_SCENARIO_IMPORT_KUEUE_H

#include "sim/scenario/import.h"

#define KUEUE_FLAVORS_MAX 64

enum { AMOUNT_GPUS, AMOUNT_CPU, AMOUNT_MEMORY, AMOUNT_KINDS };

/* GPUs and cores in thousandths, memory in MiB. */
typedef struct KueueAmounts {
    bool given[AMOUNT_KINDS];
    int64_t value[AMOUNT_KINDS];
} KueueAmounts;

/* Quotas of one flavor in one queue. */
typedef struct KueueFlavor {
    const char *name;
    const Node *place;
    KueueAmounts quota, borrow, lend;
} KueueFlavor;

typedef struct KueueQuotas {
    int32_t count;
    KueueFlavor flavors[KUEUE_FLAVORS_MAX];
} KueueQuotas;

/* Flavors that queues name, and whether nodes have them. */
typedef struct KueueFleet {
    int32_t count;
    const char *name[KUEUE_FLAVORS_MAX];
    bool on_nodes[KUEUE_FLAVORS_MAX];
    bool plain; /* one flavor, or none is on nodes: quotas are of the whole fleet */
} KueueFleet;

/* `spec.resourceGroups` of a queue or a cohort. What does not fit into one list of flavors is
 * noted. */
void kueue_quotas_read(ImportBook *book, const Node *spec, const char *who, KueueQuotas *quotas);

/* Adds the flavors of a queue to those of the fleet. */
void kueue_fleet_add(ImportBook *book, KueueFleet *fleet, const KueueQuotas *quotas);

/* Which nodes of the scenario have which flavor: those that say so, else those whose labels are the
 * flavor's. `objects` holds the ResourceFlavors. */
void kueue_fleet_match(ImportBook *book, KueueFleet *fleet, const Node *objects);

/* Writes quotas into a queue, by flavor or as one. */
void kueue_quotas_write(ImportBook *book, const KueueFleet *fleet, const KueueQuotas *quotas,
                        Node *queue, const Node *place);

/* The text of a key; NULL: it is not there, empty, or no text. */
const char *kueue_text(const Node *map, const char *key);

/* A Kubernetes quantity in thousandths, rounded down: 8, 0.5, 250m, 64Gi, 1e3. False: it is none.
 */
bool kueue_quantity(const char *text, int64_t *milli);

#endif
