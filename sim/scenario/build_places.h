/* build_places.h - racks and zones of nodes while a cluster is built. */
#ifndef SIM_SCENARIO_BUILD_PLACES_H
#define SIM_SCENARIO_BUILD_PLACES_H

#include "core/intern.h"
#include "sim/scenario/build.h"

typedef struct NamedPlace {
    const char *name;
    int32_t zone;
    int32_t number;
} NamedPlace;

typedef struct PlaceNames {
    Intern known;
    NamedPlace *places; /* [count] */
    int32_t count;
} PlaceNames;

typedef struct Places {
    PlaceNames zones, racks;
} Places;

/* Room for the names of so many entries. False if memory ran out. */
bool places_init(Places *places, Arena *arena, int32_t entry_count);
void places_free(Places *places);

/* Rack and zone of nodes [begin, node_count), which are of this entry. False after a mistake. */
bool places_fill(Loader *loader, Places *places, const NodesSpec *spec, int32_t begin,
                 Cluster *cluster);

#endif
