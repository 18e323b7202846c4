/* build_distribution.c - `duration:` of a generator becomes a distribution. */
#include <math.h>
#include <string.h>

#include "sim/scenario/build.h"
#include "sim/scenario/keys_rows.h"

#define MICRO 1e6
#define P_MOST 1000000 /* 100 % in ppm */

/* One of several keys must say it. */
static bool one_of(Loader *loader, const DurationSpec *spec, const SpecNumber *a,
                   const SpecNumber *b, const char *names)
{
    if ((a->node != NULL) != (b->node != NULL)) {
        return true;
    }
    REPORT(loader, spec->node, a->node == NULL ? "missing" : "conflict",
           "a distribution needs one of them", "`%s` has %s of %s", spec->distribution.value,
           a->node == NULL ? "none" : "both", names);
    return false;
}

static bool given(Loader *loader, const DurationSpec *spec, const SpecNumber *number,
                  const char *name)
{
    if (number->node != NULL) {
        return true;
    }
    REPORT(loader, spec->node, "missing", "see `gpuplan keys duration`", "`%s` needs `%s`",
           spec->distribution.value, name);
    return false;
}

static bool parameters_take(Loader *loader, const DurationSpec *spec, Distribution *d)
{
    bool good = true;
    switch (d->family) {
    case FAMILY_EXPONENTIAL:
        d->scale = (double)spec->mean_ms.value;
        return given(loader, spec, &spec->mean_ms, "mean");
    case FAMILY_LOGNORMAL: /* mean = median x exp(sigma^2 / 2) */
        good = one_of(loader, spec, &spec->median_ms, &spec->mean_ms, "median, mean");
        d->shape = (double)spec->sigma_micro.value / MICRO;
        d->scale = spec->median_ms.node != NULL
                       ? (double)spec->median_ms.value
                       : (double)spec->mean_ms.value * exp(-0.5 * d->shape * d->shape);
        return given(loader, spec, &spec->sigma_micro, "sigma") && good;
    case FAMILY_WEIBULL:
    case FAMILY_GAMMA:
        good = one_of(loader, spec, &spec->scale_ms, &spec->mean_ms, "scale, mean");
        good = given(loader, spec, &spec->shape_micro, "shape") && good;
        d->shape = (double)spec->shape_micro.value / MICRO;
        d->scale = (double)spec->scale_ms.value;
        if (good && spec->mean_ms.node != NULL) {
            Distribution unit = {.family = d->family, .scale = 1.0, .shape = d->shape};
            d->scale = (double)spec->mean_ms.value / distribution_moment(&unit, 1);
        }
        return good;
    case FAMILY_PARETO:
        d->scale = (double)spec->min_ms.value;
        d->shape = (double)spec->shape_micro.value / MICRO;
        good = given(loader, spec, &spec->min_ms, "min");
        return given(loader, spec, &spec->shape_micro, "shape") && good;
    case FAMILY_HYPEREXPONENTIAL:
        d->scale = (double)spec->mean_ms.value;
        d->shape = (double)spec->cv_micro.value / MICRO;
        good = given(loader, spec, &spec->mean_ms, "mean");
        return given(loader, spec, &spec->cv_micro, "cv") && good;
    default:
        d->scale = (double)spec->value_ms.value;
        return given(loader, spec, &spec->value_ms, "value");
    }
}

static bool quantiles_take(Loader *loader, const DurationSpec *spec, Distribution *d)
{
    const SpecPairs *pairs = &spec->quantiles;
    if (pairs->node == NULL) {
        REPORT(loader, spec->node, "missing", "for example: quantiles: {0%: 1s, 50%: 1h, 100%: 2d}",
               "`empirical` needs `quantiles`");
        return false;
    }
    QuantilePoint *points = ARENA_ARRAY(loader->arena, QuantilePoint, (size_t)pairs->count + 1);
    if (points == NULL) {
        return no_memory(loader);
    }
    bool good = true;
    for (int32_t i = 0; i < pairs->count; i++) {
        int64_t p = 0;
        int64_t ms = 0;
        const Node *node = pairs->items[i].node;
        const char *wrong = quantity_parse(pairs->items[i].name, UNIT_RATIO_PPM, ROUND_EXACT, &p);
        if (wrong != NULL || p < 0 || p > P_MOST) {
            REPORT_KEY(loader, node, "unit", NULL, "the quantile `%.64s`: %s", pairs->items[i].name,
                       wrong != NULL ? wrong : "expected 0% to 100%");
            good = false;
        }
        wrong = quantity_parse(pairs->items[i].value, UNIT_DURATION_MS, ROUND_UP, &ms);
        if (wrong != NULL || ms < 1 || ms > TIME_MS_MAX) {
            REPORT(loader, node, "unit", NULL, "the quantile at %.64s is `%.64s`; %s",
                   pairs->items[i].name, pairs->items[i].value,
                   wrong != NULL ? wrong : "expected 1ms to 100 years");
            good = false;
        }
        points[i] = (QuantilePoint){(double)p / P_MOST, (double)ms};
    }
    d->points = points;
    d->point_count = pairs->count;
    return good;
}

static Family family_of(const DurationSpec *spec)
{
    for (int family = 0; family < FAMILY_COUNT; family++) {
        if (strcmp(family_name((Family)family), spec->distribution.value) == 0) {
            return (Family)family;
        }
    }
    return FAMILY_CONSTANT;
}

bool build_distribution(Loader *loader, const DurationSpec *spec, Distribution *d)
{
    DurationSpec named = *spec;
    if (spec->node->kind != NODE_MAP) {
        return false; /* reported when it was bound */
    }
    if (named.distribution.value == NULL) {
        if (spec->distribution.node != NULL) {
            return false;
        }
        named.distribution.value = family_name(FAMILY_CONSTANT);
    }
    *d = (Distribution){.family = family_of(&named)};
    if (!build_options_belong(loader, spec->node, &KEYS_DURATION, named.distribution.value)) {
        return false;
    }
    bool good = d->family == FAMILY_EMPIRICAL ? quantiles_take(loader, &named, d)
                                              : parameters_take(loader, &named, d);
    d->most = spec->max_ms.node != NULL ? (double)spec->max_ms.value : 0.0;
    const char *wrong = good ? distribution_mistake(d) : NULL;
    if (wrong != NULL) {
        REPORT(loader, spec->node, "range", NULL, "this distribution of durations cannot be: %s",
               wrong);
    }
    return good && wrong == NULL;
}
