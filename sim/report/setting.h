/* setting.h - what a variant's scheduler is, what it believes and looks at, and what its jobs ask
 * for: into the summary, and from it onto the report's first lines.
 */
#ifndef SIM_REPORT_SETTING_H
#define SIM_REPORT_SETTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/scenario.h"
#include "sim/experiment/result.h"

/* Slots by name, the preset and what was changed of it, beliefs, and what the scheduler sees
 * (docs/results.md). NULL if memory ran out. */
json_t *setting_policy(const Scenario *scenario);

/* What it assumes: failures, remedy, checkpoints, data paths, noise. NULL if memory ran out. */
json_t *setting_models(const Scenario *scenario);

/* Sentences out of the summary: what fails; who sees it and does what; checkpoints, data paths and
 * noise. "": nothing is assumed. NULL if memory ran out; free with free(). */
char *setting_failures_sentence(const json_t *variant);
char *setting_remedy_sentence(const json_t *variant);
char *setting_assumptions_sentence(const json_t *variant);

/* What things cost and draw (setting_prices.c), likewise; "" where all is on demand at list prices.
 */
json_t *setting_prices(const Scenario *scenario);
char *setting_prices_sentence(const json_t *variant);

/* What some job asks for, as `policy.sees` names it. NULL if memory ran out. */
json_t *setting_asked(const Scenario *scenario);

/* Declared queues with the GPU time that they and those below them held (queues_json.c). NULL if
 * memory ran out. */
json_t *queues_json(const Scenario *scenario, const LedgerSummary *ledger);

/* Calendar, logs, and each scheduler once with the variants that have it: a line each, behind
 * `prefix`. False if memory ran out. */
bool setting_print(const json_t *summary, const char *prefix, FILE *stream);

#endif
