/* keys_gate.c - `gate:`: by how much a change may make each metric worse; docs/gate.md. */
#include "sim/scenario/keys_rows.h"
#include "sim/scenario/spec.h"

static const KeyRow GATE[] = {
    {.name = "margins",
     .kind = KEY_PAIRS,
     AT(GateSpec, margins),
     .example = "{productive_share: 0.5%, wait_p95_s: 5m}",
     .absent = "none: only `expect:` is judged",
     .summary = "for each metric the most that it may get worse: with % of its baseline, else in "
                "its unit"},
    {.name = "alpha",
     .kind = KEY_QUANTITY,
     .unit = UNIT_RATIO_PPM,
     .rounding = ROUND_EXACT,
     .min = 1,
     .max = 500000,
     .fallback = "5%",
     AT(GateSpec, alpha_ppm),
     .example = "5%",
     .summary = "how often a change that is worse by the whole margin may pass"},
    {0},
};
const KeyObject KEYS_GATE = {"gate", GATE, sizeof(GateSpec)};
