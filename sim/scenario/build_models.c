/* build_models.c - assumed needs of jobs, and how noisy steps are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/step_noise.h"
#include "sim/scenario/build.h"

/* ---- needs ---- */

/* ">= 8", "< 8", "8": a range. False: something else. */
static bool range_read(const char *text, int64_t *least, int64_t *most)
{
    bool less = text[0] == '<';
    bool more = text[0] == '>';
    bool equal = (less || more) && text[1] == '=';
    text += (less || more) + equal;
    while (*text == ' ') {
        text++;
    }
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || text[digits] != '\0') {
        return false;
    }
    int64_t number = strtoll(text, NULL, 10);
    *least = more ? number + !equal : less ? 0 : number;
    *most = less ? number - !equal : more ? INT64_MAX : number;
    return true;
}

static int32_t kind_of(const SpecText *text)
{
    return text->value == NULL                    ? -1
           : strcmp(text->value, "service") == 0  ? KIND_SERVICE
           : strcmp(text->value, "notebook") == 0 ? KIND_NOTEBOOK
                                                  : KIND_BATCH;
}

static bool profile_build(Loader *loader, const NeedProfileSpec *spec, bool cluster_known,
                          const Scenario *scenario, NeedProfile *profile)
{
    if (spec->name.value == NULL || spec->source.value == NULL) {
        return false; /* reported when it was bound */
    }
    if (spec->need.node == NULL && spec->speed.node == NULL) {
        REPORT(loader, spec->node, "missing", "add need or speed",
               "`%s` says neither what these jobs need nor how fast they are", spec->name.value);
        return false;
    }
    JobTraits traits = {0};
    char who[128];
    QueueId queue;
    snprintf(who, sizeof(who), "models.needs `%.80s`", spec->name.value);
    bool good = build_name(loader, &spec->name) &&
                (spec->queue.value == NULL ||
                 build_queue_name(loader, &spec->queue, &scenario->queues, who, &queue));
    *profile =
        (NeedProfile){.name = spec->name.value,
                      .source = spec->source.value,
                      .gpus_most = INT64_MAX,
                      .queue = spec->queue.value,
                      .kind = kind_of(&spec->kind),
                      .per_gpu = spec->per.value != NULL && strcmp(spec->per.value, "gpu") == 0};
    if (spec->gpus.value != NULL &&
        !range_read(spec->gpus.value, &profile->gpus_least, &profile->gpus_most)) {
        REPORT(loader, spec->gpus.node, "range", "for example gpus: \">= 8\"",
               "found `%s` as the `gpus` of `%s`; expected a number, or >=, >, <= or < a number",
               spec->gpus.value, spec->name.value);
        good = false;
    }
    build_need_lanes(&spec->need, &traits);
    if (cluster_known) {
        build_need_warn(loader, &spec->need, &scenario->cluster);
    }
    memcpy(profile->need, traits.need, sizeof(traits.need));
    const Cluster *cluster = &scenario->cluster;
    good = build_speeds(loader, &spec->speed, cluster, cluster_known ? cluster->model_count : -1,
                        &traits) &&
           good;
    profile->speed_count = traits.speed_count;
    profile->speeds = traits.speeds;
    return good;
}

static bool needs_build(Loader *loader, const SpecObjects *list, bool cluster_known,
                        Scenario *scenario)
{
    RunModels *models = &scenario->models;
    const NeedProfileSpec *specs = list->items;
    NeedProfile *profiles = ARENA_ARRAY(loader->arena, NeedProfile, list->count);
    if (profiles == NULL) {
        return no_memory(loader);
    }
    bool good = !list->mistaken;
    for (int32_t i = 0; i < list->count; i++) {
        good = profile_build(loader, &specs[i], cluster_known, scenario, &profiles[i]) && good;
    }
    models->need_count = list->count;
    models->needs = profiles;
    return good;
}

/* ---- noise ---- */

static bool noise_build(Loader *loader, const SpecText *text, RunModels *models)
{
    int64_t cv_ppm = 0;
    if (text->value == NULL || strcmp(text->value, "none") == 0) {
        return true;
    }
    if (strcmp(text->value, "pai") == 0) {
        cv_ppm = STEP_NOISE_PAI_CV_PPM;
        models->step_noise_source = STEP_NOISE_PAI_SOURCE;
    } else if (quantity_parse(text->value, UNIT_RATIO_PPM, ROUND_EXACT, &cv_ppm) != NULL ||
               cv_ppm < 0 || cv_ppm > GP_PPM) {
        REPORT(loader, text->node, "choice", "for example step_noise: 10%",
               "`step_noise` is `%s`; expected none, pai, or a share of 0%% to 100%%", text->value);
        return false;
    }
    int32_t *slow_ppm = ARENA_ARRAY(loader->arena, int32_t, STEP_NOISE_SIZES);
    if (slow_ppm == NULL) {
        return no_memory(loader);
    }
    step_noise_table((int32_t)cv_ppm, slow_ppm);
    models->step_noise_ppm = cv_ppm > 0 ? slow_ppm : NULL;
    return true;
}

bool build_run_models(Loader *loader, const ModelsSpec *spec, bool cluster_known,
                      Scenario *scenario)
{
    bool good = needs_build(loader, &spec->needs, cluster_known, scenario);
    return noise_build(loader, &spec->step_noise, &scenario->models) && good;
}
