/* mig_name.c - compute slices and gigabytes of a name against the slices of a card. */
#include "core/mig_name.h"

#include <stdlib.h>
#include <string.h>

/* "3g.40gb" is compute 3, gb 40; "3g" has no memory: gb 0. */
typedef struct ProfileName {
    int compute;
    int gb;
} ProfileName;

static bool profile_name_read(const char *text, ProfileName *name)
{
    *name = (ProfileName){0};
    if (text[0] < '1' || text[0] > '7' || text[1] != 'g') {
        return false;
    }
    name->compute = text[0] - '0';
    if (text[2] == '\0') {
        return true;
    }
    if (text[2] != '.') {
        return false;
    }
    const char *at = text + 3;
    for (; *at >= '0' && *at <= '9' && name->gb < 1000; at++) {
        name->gb = name->gb * 10 + (*at - '0');
    }
    return strcmp(at, "gb") == 0 && name->gb > 0;
}

static int32_t profile_of_compute(int compute)
{
    switch (compute) {
    case 1:
        return GP_MIG_PROFILE_1G;
    case 2:
        return GP_MIG_PROFILE_2G;
    case 3:
        return GP_MIG_PROFILE_3G;
    case 4:
        return GP_MIG_PROFILE_4G;
    case 7:
        return GP_MIG_PROFILE_7G;
    default:
        return GP_MIG_PROFILE_NONE;
    }
}

/* Names round the memory, and drivers keep some back: an eighth either way is the same profile. */
static bool memory_matches(int gb, int width, int slices, int32_t device_memory_mib)
{
    int64_t expected_mib = (int64_t)device_memory_mib * width / slices;
    int64_t named_mib = (int64_t)gb * 1024;
    return llabs(named_mib - expected_mib) * 8 <= expected_mib;
}

/* The profile of that name on one type of card; NONE: the card has no such profile. */
static int32_t profile_on_type(const ProfileName *name, const GpNodeType *type)
{
    int32_t candidates[] = {profile_of_compute(name->compute),
                            name->compute == 1 ? GP_MIG_PROFILE_1G_DOUBLE : GP_MIG_PROFILE_NONE};
    int slices = type->mig_geometry == GP_MIG_GEOMETRY_FOUR ? 4 : 8;
    for (int i = 0; i < 2; i++) {
        int width = candidates[i] == GP_MIG_PROFILE_NONE
                        ? 0
                        : gp_mig_width(type->mig_geometry, candidates[i]);
        bool any = name->gb == 0 || type->device_memory_mib == 0;
        if (width > 0 &&
            (any || memory_matches(name->gb, width, slices, type->device_memory_mib))) {
            return candidates[i];
        }
    }
    return GP_MIG_PROFILE_NONE;
}

MigNameFault mig_name_find(const char *text, const Cluster *cluster, uint64_t models,
                           int32_t *profile)
{
    *profile = GP_MIG_PROFILE_NONE;
    ProfileName name;
    if (!profile_name_read(text, &name) ||
        profile_of_compute(name.compute) == GP_MIG_PROFILE_NONE) {
        return MIG_NAME_MALFORMED;
    }
    int32_t found = GP_MIG_PROFILE_NONE;
    int mig_types = 0;
    for (int32_t i = 0; i < cluster->type_count; i++) {
        const GpNodeType *type = &cluster->types[i];
        bool wanted = type->model >= 0 && (models == 0 || (models >> type->model & 1) != 0);
        if (type->mig_geometry == GP_MIG_GEOMETRY_NONE || !wanted) {
            continue;
        }
        mig_types++;
        int32_t here = profile_on_type(&name, type);
        if (found != GP_MIG_PROFILE_NONE && here != GP_MIG_PROFILE_NONE && here != found) {
            return MIG_NAME_AMBIGUOUS;
        }
        found = here != GP_MIG_PROFILE_NONE ? here : found;
    }
    if (found == GP_MIG_PROFILE_NONE && mig_types > 0) {
        return MIG_NAME_UNKNOWN;
    }
    *profile = found == GP_MIG_PROFILE_NONE ? profile_of_compute(name.compute) : found;
    return MIG_NAME_OK;
}

static int32_t smallest_on_type(const GpNodeType *type, int32_t memory_mib)
{
    static const int32_t BY_SIZE[] = {GP_MIG_PROFILE_1G, GP_MIG_PROFILE_2G, GP_MIG_PROFILE_3G,
                                      GP_MIG_PROFILE_7G};
    int slices = type->mig_geometry == GP_MIG_GEOMETRY_FOUR ? 4 : 8;
    for (int i = 0; i < 4; i++) {
        int width = gp_mig_width(type->mig_geometry, BY_SIZE[i]);
        if (width > 0 && (int64_t)type->device_memory_mib * width / slices >= memory_mib) {
            return BY_SIZE[i];
        }
    }
    return GP_MIG_PROFILE_NONE;
}

int32_t mig_profile_for_memory(const Cluster *cluster, const Request *request)
{
    int32_t found = GP_MIG_PROFILE_NONE;
    GpShape shape;
    if (request->gpu_count != 1 || request->gpu_memory_mib == 0 ||
        request->mig_profile != GP_MIG_PROFILE_NONE || request_shape(request, &shape) != GP_OK) {
        return GP_MIG_PROFILE_NONE;
    }
    for (int32_t i = 0; i < cluster->type_count; i++) {
        const GpNodeType *type = &cluster->types[i];
        if (type->device_count == 0 || !gp_type_allowed(type, &shape)) {
            continue;
        }
        int32_t here = type->mig_geometry == GP_MIG_GEOMETRY_NONE
                           ? GP_MIG_PROFILE_NONE
                           : smallest_on_type(type, request->gpu_memory_mib);
        if (here == GP_MIG_PROFILE_NONE || (found != GP_MIG_PROFILE_NONE && here != found)) {
            return GP_MIG_PROFILE_NONE;
        }
        found = here;
    }
    return found;
}
