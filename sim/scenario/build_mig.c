/* build_mig.c - which cards have MIG, and what a profile's name means on them.
 *
 * A name such as 1g.10gb is one memory slice on an 80 GB card and two on a 40 GB card, so the
 * cluster's cards decide. Geometry and names: the table of profiles in docs/packing-terms.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/build.h"

int32_t mig_geometry(const char *model)
{
    static const char *const SEVEN[] = {"A100", "H100", "H200",  "H20",  "GH200",
                                        "B200", "B300", "GB200", "GB300"};
    static const char *const FOUR[] = {"A30", "RTX PRO 6000", "RTXPRO6000", "RTX-PRO-6000"};
    for (size_t i = 0; i < sizeof(SEVEN) / sizeof(SEVEN[0]); i++) {
        size_t length = strlen(SEVEN[i]);
        if (strncmp(model, SEVEN[i], length) == 0 && (model[length] < '0' || model[length] > '9')) {
            return GP_MIG_GEOMETRY_SEVEN;
        }
    }
    for (size_t i = 0; i < sizeof(FOUR) / sizeof(FOUR[0]); i++) {
        size_t length = strlen(FOUR[i]);
        if (strncmp(model, FOUR[i], length) == 0 && (model[length] < '0' || model[length] > '9')) {
            return GP_MIG_GEOMETRY_FOUR;
        }
    }
    return GP_MIG_GEOMETRY_NONE;
}

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

int32_t build_mig_profile(Loader *loader, const SpecText *text, const Cluster *cluster,
                          uint64_t models)
{
    ProfileName name;
    if (!profile_name_read(text->value, &name) ||
        profile_of_compute(name.compute) == GP_MIG_PROFILE_NONE) {
        REPORT(loader, text->node, "unit", "for example: mig: 3g.40gb",
               "`mig` is `%s`; expected a MIG profile", text->value);
        return GP_MIG_PROFILE_NONE;
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
            REPORT(loader, text->node, "unit", "say which card with gpu_model",
                   "`%s` means different instances on this cluster's cards", text->value);
            return GP_MIG_PROFILE_NONE;
        }
        found = here != GP_MIG_PROFILE_NONE ? here : found;
    }
    if (found == GP_MIG_PROFILE_NONE && mig_types > 0) {
        REPORT(loader, text->node, "unit",
               "an H100 with 80Gi has 1g.10gb, 1g.20gb, 2g.20gb, 3g.40gb, 4g.40gb, 7g.80gb",
               "no card that this job may use has the profile `%s`", text->value);
        return GP_MIG_PROFILE_NONE;
    }
    /* Without any MIG card the job fits nowhere, which the run reports by its dimension. */
    return found == GP_MIG_PROFILE_NONE ? profile_of_compute(name.compute) : found;
}
