#!/bin/sh
# gate_self.sh - the project gates itself: validation/gate/*.yaml against its stored baseline.
#
#   gate_self.sh            runs the gate
#   gate_self.sh --update   writes validation/gate/baseline.json anew (say in the commit what changed, and why)
#
# Goal: no change of code moves what schedulers are worth without somebody saying so. Method: the stored vectors must come
# out again to the last digit. Where the model's version is another one (tests/data/fact_hash.txt has more or other lines)
# and the vectors are the same, that is a note; where the version is the same and vectors are not, METRICS_VERSION of
# sim/experiment/gate.h was forgotten.
set -u
suite=gate-self
. tests/words.sh
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
folder=validation/gate
stored=$folder/baseline.json
if [ "${1:-}" = --update ]; then
    exec "$gpuplan" gate "$folder" --baseline "$stored" --update
fi
vectors() { grep -v '^"model"' "$1"; }

cp "$stored" "$work/baseline.json"
ok "the suite did not run" "$gpuplan" gate "$folder" --baseline "$work/baseline.json" --update --quiet >"$work/out" 2>"$work/err"
vectors "$stored" >"$work/then"
vectors "$work/baseline.json" >"$work/now"
if cmp -s "$work/then" "$work/now"; then
    ok "vectors are the same" true
    cmp -s "$stored" "$work/baseline.json" || echo "note: gate-self: the model has another version and the same figures;" \
        "sh tests/cli/gate_self.sh --update says so in the baseline"
else
    ok "figures changed: look at the table below, then sh tests/cli/gate_self.sh --update; and say why" false
    sed "s/^\"model\": .*/$(grep '^"model"' "$work/baseline.json")/" "$stored" >"$work/old.json"
    "$gpuplan" gate "$folder" --baseline "$work/old.json" --quiet | grep -v 'the same' | head -n 40
    ok "raise METRICS_VERSION in sim/experiment/gate.h: figures changed and the model's version did not" \
        [ "$(grep '^"model"' "$stored")" != "$(grep '^"model"' "$work/baseline.json")" ]
fi
ok "the gate refuses what it has just written" "$gpuplan" gate "$folder" --baseline "$work/baseline.json" --quiet \
    >"$work/out" 2>"$work/err"
ok "a worse scheduler passes" sh -c '! "$1" gate "$2/packing.yaml" --baseline "$3" --set policy.order=largest \
    --quiet >/dev/null 2>&1' sh "$gpuplan" "$folder" "$work/baseline.json"

echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
