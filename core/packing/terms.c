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

void gp_term_options_init_sized(GpTermOptions *options, const GpTerm *term, uint32_t size)
{
    options->size = size;
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
    for (int i = 0; i < 4; i++) {
        options->reserved[i] = 0;
    }
    if (term != NULL && term->defaults != NULL) {
        term->defaults(options);
    }
}

/* Only a finite number taken from itself is 0. */
static int is_finite(double value)
{
    return value - value == 0.0;
}

static int curve_is_sound(const GpTermOptions *options)
{
    if (options->curve_count < 0 || options->curve_count > GP_CURVE_POINTS_MAX) {
        return 0;
    }
    int32_t above = -1; /* utilisation of the point before */
    for (int32_t i = 0; i < options->curve_count; i++) {
        int32_t utilisation = options->curve_utilisation[i];
        if (utilisation <= above || utilisation > 100 || options->curve_score[i] < 0 ||
            options->curve_score[i] > 10) {
            return 0;
        }
        above = utilisation;
    }
    return 1;
}

int gp_term_options_sound(const GpTerm *term, const GpTermOptions *options)
{
    int32_t variants = term->variants < 1 ? 1 : term->variants;
    int sound = options->variant >= 0 && options->variant < variants && curve_is_sound(options);
    for (int axis = 0; axis < GP_AXES; axis++) {
        sound = sound && is_finite(options->axis_weight[axis]) && options->axis_weight[axis] >= 0.0;
    }
    for (int i = 0; i < GP_COEFFICIENTS; i++) {
        sound = sound && is_finite(options->coefficient[i]);
    }
    return sound;
}
