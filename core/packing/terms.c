/* terms.c - the registry of packing terms: by code, by name, and their default options. */
#include "core/packing/terms/terms.h"

#define GP_TERM(identifier) &gp_term_##identifier,
static const GpTerm *const TERMS[] = {
#include "core/packing/terms/term_list.h"
};
#undef GP_TERM

#define TERM_COUNT ((int32_t)(sizeof(TERMS) / sizeof(TERMS[0])))

int32_t gp_term_count(void)
{
    return TERM_COUNT;
}

const GpTerm *gp_term_at(int32_t code)
{
    return code >= 0 && code < TERM_COUNT ? TERMS[code] : NULL;
}

static int names_equal(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

const GpTerm *gp_term_find(const char *name)
{
    for (int32_t code = 0; name != NULL && code < TERM_COUNT; code++) {
        if (names_equal(TERMS[code]->name, name)) {
            return TERMS[code];
        }
    }
    return NULL;
}

void gp_term_options_init(GpTermOptions *options, const GpTerm *term)
{
    options->size = (uint32_t)sizeof(GpTermOptions);
    options->variant = 0;
    for (int axis = 0; axis < GP_AXES; axis++) {
        options->axis_weight[axis] = 1.0;
    }
    for (int i = 0; i < GP_COEFFICIENTS; i++) {
        options->coefficient[i] = 0.0;
    }
    options->curve_count = 0;
    for (int i = 0; i < GP_CURVE_POINTS_MAX; i++) {
        options->curve_utilisation[i] = 0;
        options->curve_score[i] = 0;
    }
    if (term != NULL && term->defaults != NULL) {
        term->defaults(options);
    }
}
