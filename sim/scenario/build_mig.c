/* build_mig.c - which cards have MIG, and what is said of a profile's name that they do not have. */
#include <string.h>

#include "core/mig_name.h"
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

int32_t build_mig_profile(Loader *loader, const SpecText *text, const Cluster *cluster,
                          uint64_t models)
{
    int32_t profile = GP_MIG_PROFILE_NONE;
    switch (mig_name_find(text->value, cluster, models, &profile)) {
    case MIG_NAME_MALFORMED:
        REPORT(loader, text->node, "unit", "for example: mig: 3g.40gb",
               "`mig` is `%s`; expected a MIG profile", text->value);
        break;
    case MIG_NAME_AMBIGUOUS:
        REPORT(loader, text->node, "unit", "say which card with gpu_model",
               "`%s` means different instances on this cluster's cards", text->value);
        break;
    case MIG_NAME_UNKNOWN:
        REPORT(loader, text->node, "unit",
               "an H100 with 80Gi has 1g.10gb, 1g.20gb, 2g.20gb, 3g.40gb, 4g.40gb, 7g.80gb",
               "no card that this job may use has the profile `%s`", text->value);
        break;
    case MIG_NAME_OK:
    default:
        break;
    }
    return profile;
}
