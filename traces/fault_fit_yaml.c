/* fault_fit_yaml.c - a fit as `models.failures` of a scenario. */
#include <math.h>
#include <string.h>

#include "core/units.h"
#include "traces/fault_fit.h"

#define UNSTEADY_P 0.05 /* a steady rate would look like this more seldom */

#define AMOUNT_BYTES 64
#define SECOND_MS 1000.0
#define MINUTE_MS 60000.0

static const char *amount(int64_t value, Unit unit, char *buffer)
{
    return quantity_print(value, unit, buffer, AMOUNT_BYTES);
}

static const char *number(double value, char *buffer)
{
    return amount((int64_t)floor(value * 1e6 + 0.5), UNIT_NUMBER_MICRO, buffer);
}

/* From a minute on to the second. */
static const char *duration(double ms, char *buffer)
{
    double unit = ms >= MINUTE_MS ? SECOND_MS : 1.0;
    return amount((int64_t)(unit * fmax(1.0, floor(ms / unit + 0.5))), UNIT_DURATION_MS, buffer);
}

/* A text in double quotes. */
static void text_write(const char *text, FILE *file)
{
    putc('"', file);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            putc('\\', file);
        }
        putc(*at == '\t' ? ' ' : *at, file);
    }
    putc('"', file);
}

/* ---- repairs --------------------------------------------------------------------------------- */

static void table_write(const Distribution *out, FILE *file)
{
    char p[AMOUNT_BYTES];
    char value[AMOUNT_BYTES];
    fputs("          distribution: empirical\n          quantiles:\n            {", file);
    for (int32_t i = 0; i < out->point_count; i++) {
        if (i > 0) {
            fputs(i % 4 == 0 ? ",\n             " : ", ", file);
        }
        fprintf(file, "%s: %s",
                amount((int64_t)floor(out->points[i].p * 1e6 + 0.5), UNIT_RATIO_PPM, p),
                duration(out->points[i].value, value));
    }
    fputs("}\n", file);
}

static void repairs_write(const ComponentFit *component, FILE *file)
{
    const Distribution *out = &component->out;
    char a[AMOUNT_BYTES];
    char b[AMOUNT_BYTES];
    if (component->repaired == 0) {
        fputs("        # nobody repaired any: out for good\n", file);
        return;
    }
    fprintf(file, "        out:    # mean %s, median %s; distance to the log (KS) %.3f",
            duration(component->mean_ms, a), duration(component->median_ms, b), component->ks);
    if (fabs(component->stretched - 1.0) >= 0.0005) {
        fprintf(file, ", then stretched by %.1f %% to its mean",
                100.0 * (component->stretched - 1.0));
    }
    putc('\n', file);
    if (out->family == FAMILY_EMPIRICAL) {
        table_write(out, file);
        return;
    }
    fprintf(file, "          distribution: %s\n", family_name(out->family));
    if (out->family == FAMILY_CONSTANT) {
        fprintf(file, "          value: %s\n", duration(out->scale, a));
    } else {
        bool lognormal = out->family == FAMILY_LOGNORMAL;
        fprintf(file, "          %s: %s\n          %s: %s\n", lognormal ? "median" : "scale",
                duration(out->scale, a), lognormal ? "sigma" : "shape", number(out->shape, b));
    }
}

/* ---- components ------------------------------------------------------------------------------ */

static const char *lane_name(const FaultLogComponent *component, char *effect)
{
    fault_effect_print(component, effect);
    effect[strcspn(effect, "=")] = '\0';
    return effect;
}

static void effect_write(const FaultLogComponent *like, FILE *file)
{
    char effect[FAULT_EFFECT_BYTES];
    char left[AMOUNT_BYTES];
    switch (like->effect) {
    case FAULT_LOG_XID:
        fprintf(file, "        xid: %d\n", (int)like->xid);
        return;
    case FAULT_LOG_LANE:
        fprintf(file, "        effect: derated\n        keep: {%s: %s}\n", lane_name(like, effect),
                amount(like->left_ppm, UNIT_RATIO_PPM, left));
        return;
    case FAULT_LOG_SLOW:
        fprintf(file, "        effect: slow\n        speed: %s\n",
                amount(like->left_ppm, UNIT_RATIO_PPM, left));
        return;
    case FAULT_LOG_DOWN:
    default:
        fprintf(file, "        effect: %s\n", like->of_devices ? "gpu-out" : "node-out");
    }
}

static void component_write(const FaultFit *fit, const ComponentFit *component, const char *name,
                            FILE *file)
{
    char a[AMOUNT_BYTES];
    fputs("      - name: ", file);
    text_write(component->name, file);
    fprintf(file, "    # %lld faults%s", (long long)component->faults,
            component->by_operator ? ", by operators" : "");
    if (component->members > 1) {
        fprintf(file, " of %d rare components", (int)component->members);
    }
    putc('\n', file);
    effect_write(&component->like, file);
    fprintf(file, "        per: %s\n        mtbf: %s    # in service\n",
            component->like.of_devices ? "gpu" : "node", duration(component->mtbf_ms, a));
    if (fit->frailty.cv > 0.0) {
        fprintf(file, "        frailty: %s\n", number(fit->frailty.cv, a));
    }
    repairs_write(component, file);
    fputs("        source: ", file);
    text_write(name, file);
    putc('\n', file);
}

static void head_write(const FaultFit *fit, const char *name, FILE *file)
{
    const FaultStats *stats = &fit->stats;
    const NodeGapFit *gaps = &fit->gaps;
    fputs("# Fitted by `gpuplan trace fit` to ", file);
    for (const char *at = name; *at != '\0'; at++) {
        putc((unsigned char)*at < ' ' ? '?' : *at, file);
    }
    fprintf(file,
            ": %lld faults of %lld nodes, %.3f per 1,000 node-days.\n"
            "# Rates are of time in service: what is out does not fail. Gaps are exponential.\n",
            (long long)stats->all.faults, (long long)stats->nodes, stats->all.per_1000_node_days);
    if (fit->frailty.cv > 0.0) {
        fputs("# The frailty makes some nodes fail more often than others, as in the log.\n", file);
    }
    if (gaps->fleet_ks > gaps->ks_limit) {
        fprintf(
            file,
            "# In the log a node's next fault comes %s than by chance (docs/fault-logs.md); here "
            "it does not.\n",
            gaps->fleet_mean < 0.5 ? "sooner" : "later");
    }
    if (fit->month_dispersion > 0.0 && fit->month_p < UNSTEADY_P) {
        fprintf(file,
                "# The log drifts: variance / mean of faults in 30 days %.1f, here about 1.\n",
                fit->month_dispersion);
    }
    if (fit->together_share > 0.0) {
        fprintf(file,
                "# In the log %.1f %% of the faults begin at the instant of another node's; not "
                "here.\n",
                100.0 * fit->together_share);
    }
}

bool fault_fit_write(const FaultFit *fit, const char *name, FILE *file)
{
    char source[256];
    snprintf(source, sizeof source, "fitted to %.200s", name);
    head_write(fit, name, file);
    fputs("models:\n  failures:\n    components:\n", file);
    for (int32_t i = 0; i < fit->component_count; i++) {
        component_write(fit, &fit->components[i], source, file);
    }
    return ferror(file) == 0;
}
