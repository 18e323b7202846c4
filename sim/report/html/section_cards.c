/* section_cards.c - the figures that people ask for first, the baseline large and what others make
 * of them below. */
#include <math.h>
#include <string.h>

#include "sim/report/html/sections.h"
#include "sim/report/json_help.h"
#include "sim/report/overview.h"

typedef struct Card {
    const char *metric, *title, *suffix;
    double scale;
    int decimals;
    int better; /* 1: more is, -1: less is, 0: neither */
} Card;

static const Card CARDS[] = {
    {"usd_per_productive_gpu_hour", "USD per productive GPU-hour", "", 1, 3, -1},
    {"productive_share", "Productive, of GPU time paid for", " %", 100, 2, 1},
    {"busy_share_high", "Looks busy at most, to a device counter", " %", 100, 2, 0},
    {"cost_usd", "Cost, overheads included", " USD", 1, 0, -1},
    {"total_usd", "Paid for GPU time", " USD", 1, 0, -1},
    {"unproductive_usd", "Paid and not productive", " USD", 1, 0, -1},
    {"idle_gpus_at_full_load", "GPUs idle at full load", "", 1, 1, -1},
    {"allocation_at_full_load", "Allocated at full load", " %", 100, 2, 1},
    {"service_latency_mean_ms", "Mean latency of requests", " ms", 1, 1, -1},
    {"wait_p95_s", "95 % of jobs start within", "s", 1, 0, -1},
    {"wait_mean_s", "Mean wait", "s", 1, 0, -1},
    {"fragmented_gpu_hours", "Fragmented GPU-hours", "", 1, 1, -1},
    {"ettr", "ETTR of large jobs", " %", 100, 2, 1},
    {"lost_gpu_hours", "GPU-hours of lost work", "", 1, 1, -1},
    {"energy_kwh", "Energy", " kWh", 1, 0, -1},
    {"carbon_kg", "Carbon dioxide equivalent", " kg", 1, 0, -1},
};
#define CARD_COUNT (sizeof CARDS / sizeof CARDS[0])
#define CARDS_SHOWN 8

static bool is_time(const Card *card)
{
    return strcmp(card->suffix, "s") == 0;
}

static const char *value_text(const Card *card, double value, char text[2 * NUMBER_TEXT_MAX])
{
    char number[NUMBER_TEXT_MAX];
    if (isinf(value)) {
        return "beyond the run";
    }
    if (is_time(card)) {
        snprintf(text, NUMBER_TEXT_MAX, "%s%s", value < 0 ? "−" : "",
                 duration_text(fabs(value), number));
        return text;
    }
    snprintf(text, 2 * NUMBER_TEXT_MAX, "%s%s",
             number_text(value * card->scale, card->decimals, number), card->suffix);
    return text;
}

/* What the metric of a variant is: beyond the run where it applies and has no number. */
static double value_of(const json_t *metric)
{
    double mean = json_number_at(metric, "mean");
    return !isfinite(mean) && json_number_at(metric, "n") > 0 ? INFINITY : mean;
}

static bool is_wanted(const Page *page, const Card *card)
{
    bool any = false;
    const json_t *variant;
    size_t i;
    json_array_foreach (page->variants, i, variant) {
        const json_t *metric = json_object_get(json_object_get(variant, "metrics"), card->metric);
        double value = value_of(metric);
        double shown = fabs(value) * card->scale * pow(10, card->decimals);
        any = any || (i < VARIANTS_SHOWN && shown >= 0.5);
    }
    bool filling = strstr(card->metric, "_at_full_load") != NULL;
    bool overheads = strcmp(card->metric, "total_usd") == 0 &&
                     isfinite(json_metric(json_array_get(page->variants, 0), "cost_usd", "mean"));
    return any && !overheads && (!filling || overview_is_filling(page->summary));
}

static void interval_put(Html *html, const Card *card, const json_t *metric)
{
    char low[2 * NUMBER_TEXT_MAX], high[2 * NUMBER_TEXT_MAX];
    double a = json_number_at(metric, "ci_low"), b = json_number_at(metric, "ci_high");
    if (json_is_true(json_object_get(metric, "deterministic"))) {
        html_put(html, "<span class=\"ci\">exact</span>");
    } else if (isfinite(a) && isfinite(b) && json_number_at(metric, "n") > 1) {
        html_put(html, "<span class=\"ci\">95 %%: %s to %s</span>", value_text(card, a, low),
                 value_text(card, b, high));
    } else {
        html_put(html, "<span class=\"ci\">one replication, no interval</span>");
    }
}

/* A change against the baseline in words and a mark, not by colour alone. */
static void change_put(Html *html, const Card *card, const json_t *difference)
{
    char text[2 * NUMBER_TEXT_MAX];
    double mean = json_number_at(difference, "mean");
    double low = json_number_at(difference, "ci_low"), high = json_number_at(difference, "ci_high");
    double shown = fabs(mean) * card->scale * pow(10, is_time(card) ? 1 : card->decimals);
    if (!isfinite(mean)) {
        return;
    }
    if (!(shown >= 0.5)) {
        html_put(html, "<span class=\"change same\">as before</span>");
        return;
    }
    bool exact = json_is_true(json_object_get(difference, "deterministic"));
    bool open = !exact && !(low > 0 || high < 0);
    int sign = mean > 0 ? card->better : -card->better;
    const char *kind = open || sign == 0 ? "same" : sign > 0 ? "good" : "bad";
    const char *word = sign == 0 ? "" : sign > 0 ? " better" : " worse";
    const char *sure = !open ? "" : isfinite(low) ? ", open" : ", one replication";
    char range[4 * NUMBER_TEXT_MAX] = "";
    if (!exact && isfinite(low) && isfinite(high)) {
        Card bare = *card;
        bare.suffix = is_time(card) ? card->suffix : "";
        char a[2 * NUMBER_TEXT_MAX], b[2 * NUMBER_TEXT_MAX];
        double side = mean > 0 ? 1 : -1; /* in the direction of the arrow */
        snprintf(range, sizeof range, " (%s to %s)",
                 value_text(&bare, fmin(side * low, side * high), a),
                 value_text(&bare, fmax(side * low, side * high), b));
    }
    Card points = *card; /* a difference of percentages */
    points.suffix = strcmp(card->suffix, " %") == 0 ? " points" : card->suffix;
    html_put(html, "<span class=\"change %s\">%s %s%s%s%s</span>", kind, mean > 0 ? "▲" : "▼",
             value_text(&points, fabs(mean), text), range, word, sure);
}

static void card_put(Html *html, const Page *page, const Card *card)
{
    char text[2 * NUMBER_TEXT_MAX];
    const json_t *variant;
    size_t i;
    html_put(html, "<li class=\"card\"><h3>%s</h3>\n", card->title);
    json_array_foreach (page->variants, i, variant) {
        const json_t *metric = json_object_get(json_object_get(variant, "metrics"), card->metric);
        const json_t *difference = json_object_get(
            json_object_get(json_object_get(variant, "against_baseline"), "difference"),
            card->metric);
        double value = value_of(metric);
        if (i >= VARIANTS_SHOWN) {
            break;
        }
        html_put(html,
                 i == 0 ? "<p class=\"big\">%s</p><p class=\"who\">"
                        : "<p class=\"row\"><span class=\"value\">%s</span> ",
                 isnan(value) ? "–" : value_text(card, value, text));
        html_name(html, json_text_at(variant, "name"));
        html_put(html, " ");
        if (i == 0) {
            interval_put(html, card, metric);
        } else {
            change_put(html, card, difference);
        }
        html_put(html, "</p>\n");
    }
    html_put(html, "</li>\n");
}

void section_cards(Html *html, const Page *page)
{
    int shown = 0;
    html_section_begin(html, "cards", "Key figures");
    if (page->variant_count > 1) {
        html_put(html,
                 "<p class=\"about\">Large: the first variant. Below: others, and how far they are "
                 "from it under the same seeds%s.</p>\n",
                 page->variant_count > VARIANTS_SHOWN
                     ? "; all of them stand side by side further down"
                     : "");
    }
    html_put(html, "<ul class=\"cards\">\n");
    for (size_t i = 0; i < CARD_COUNT && shown < CARDS_SHOWN; i++) {
        if (is_wanted(page, &CARDS[i])) {
            card_put(html, page, &CARDS[i]);
            shown++;
        }
    }
    html_put(html, "</ul>\n");
    html_section_end(html);
}
