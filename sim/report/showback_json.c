/* showback_json.c - the lines of a showback in the summary. */
#include <math.h>

#include "sim/experiment/showback.h"
#include "sim/report/json_help.h"
#include "sim/report/showback.h"

static json_t *change_json(const ShowbackLine *line, const Showback *before)
{
    const ShowbackLine *old = before != NULL ? showback_line(before, line->name) : NULL;
    int64_t change = line->total - (old != NULL ? old->total : 0);
    return json_number(before != NULL ? (double)change / 1e6 : NAN);
}

static json_t *line_json(const ShowbackLine *line, const Showback *before)
{
    json_t *row = json_object();
    bool ok = json_put(row, "name", json_string(line->name));
    for (int field = 0; field < SHOWBACK_FIELD_COUNT; field++) {
        ok = json_put(row, SHOWBACK_FIELDS[field].name,
                      json_number(showback_value(line, (ShowbackField)field))) &&
             ok;
    }
    ok = json_put(row, "change_usd", change_json(line, before)) && ok;
    return json_checked(row, ok);
}

/* Who had a line in the baseline and has none here pays nothing now. */
static bool gone_push(json_t *lines, const Showback *now, const Showback *before)
{
    bool ok = true;
    for (int32_t i = 0; before != NULL && i < before->count; i++) {
        if (showback_line(now, before->lines[i].name) == NULL) {
            ShowbackLine nothing = {.name = before->lines[i].name};
            ok = json_push(lines, line_json(&nothing, before)) && ok;
        }
    }
    return ok;
}

static json_t *grouping_json(const Showback *now, const Showback *before)
{
    json_t *about = json_object();
    json_t *lines = json_array();
    bool ok = lines != NULL;
    for (int32_t i = 0; i < now->count; i++) {
        ok = json_push(lines, line_json(&now->lines[i], before)) && ok;
    }
    ok = gone_push(lines, now, before) && ok;
    ok = json_put(about, "total_usd", json_number((double)now->total / 1e6)) && ok;
    ok = json_put(about, "lines", json_checked(lines, ok)) && ok;
    return json_checked(about, ok);
}

json_t *showback_json(const VariantResult *variant, const VariantResult *baseline)
{
    const ShowbackSet *set = variant->showback;
    if (set == NULL) {
        return json_null();
    }
    const ShowbackSet *old = baseline != NULL ? baseline->showback : NULL;
    json_t *about = json_object();
    bool ok = json_put(about, "by", json_string(SHOWBACK_BY_NAMES[set->by]));
    for (int by = 0; by < SHOWBACK_BY_COUNT; by++) {
        const Showback *before = old != NULL && old->of[by].lines != NULL ? &old->of[by] : NULL;
        if (set->of[by].lines != NULL) {
            ok = json_put(about, SHOWBACK_BY_NAMES[by], grouping_json(&set->of[by], before)) && ok;
        }
    }
    return json_checked(about, ok);
}
