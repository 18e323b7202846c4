/* build_places.c - racks and zones of nodes: names become numbers. */
#include <stdio.h>
#include <string.h>

#include "core/intern.h"
#include "sim/scenario/build_places.h"

/* A rack's name counts inside its zone; zones are in zone 0. */
static uint64_t place_hash(int32_t zone, const char *name)
{
    return intern_text((uint64_t)zone, name, strlen(name));
}

typedef struct PlaceQuery {
    const NamedPlace *places;
    int32_t zone;
    const char *name;
} PlaceQuery;

static bool place_is_wanted(const void *context, int32_t id)
{
    const PlaceQuery *query = context;
    return query->places[id].zone == query->zone &&
           strcmp(query->places[id].name, query->name) == 0;
}

/* The number under that name, or `next` from now on. -1 if memory ran out. */
static int32_t place_number(PlaceNames *names, int32_t zone, const char *name, int32_t next)
{
    PlaceQuery query = {names->places, zone, name};
    uint64_t hash = place_hash(zone, name);
    int32_t id = intern_find(&names->known, hash, place_is_wanted, &query);
    if (id >= 0) {
        return names->places[id].number;
    }
    if (!intern_add(&names->known, hash, names->count)) {
        return -1;
    }
    names->places[names->count++] = (NamedPlace){name, zone, next};
    return next;
}

bool places_init(Places *places, Arena *arena, int32_t entry_count)
{
    *places = (Places){0};
    intern_init(&places->zones.known);
    intern_init(&places->racks.known);
    places->zones.places = ARENA_ARRAY(arena, NamedPlace, (size_t)entry_count + 1);
    places->racks.places = ARENA_ARRAY(arena, NamedPlace, (size_t)entry_count + 1);
    return places->zones.places != NULL && places->racks.places != NULL;
}

void places_free(Places *places)
{
    intern_free(&places->zones.known);
    intern_free(&places->racks.known);
}

static const char *name_or_none(const SpecText *text)
{
    return text->value == NULL ? "" : text->value;
}

bool places_fill(Loader *loader, Places *places, const NodesSpec *spec, int32_t begin,
                 Cluster *cluster)
{
    if (spec->rack.node != NULL && spec->nodes_per_rack.node != NULL) {
        REPORT_KEY(loader, spec->nodes_per_rack.node, "conflict",
                   "give the rack's name, or let racks be filled",
                   "nodes `%s` have both `rack` and `nodes_per_rack`", spec->name.value);
        return false;
    }
    int32_t zone = place_number(&places->zones, 0, name_or_none(&spec->zone), cluster->zone_count);
    if (zone < 0) {
        return no_memory(loader);
    }
    cluster->zone_count += zone == cluster->zone_count;
    int32_t each = (int32_t)spec->nodes_per_rack.value;
    int32_t rack = cluster->rack_count;
    if (each == 0) {
        rack = place_number(&places->racks, zone, name_or_none(&spec->rack), rack);
    }
    if (rack < 0) {
        return no_memory(loader);
    }
    for (int32_t node = begin; node < cluster->node_count; node++) {
        cluster->node_zone[node] = zone;
        cluster->node_rack[node] = each > 0 ? rack + (node - begin) / each : rack;
        if (cluster->node_rack[node] >= cluster->rack_count) {
            cluster->rack_count = cluster->node_rack[node] + 1;
        }
    }
    return true;
}
