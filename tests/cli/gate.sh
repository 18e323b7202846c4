#!/bin/sh
# gate.sh - `gpuplan gate` as CI meets it: exit codes, baselines, what it refuses, JUnit, GitHub, Ctrl-C.
set -u
suite=cli-gate
. tests/words.sh
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY

same() { ok "$1 and $2 differ" cmp -s "$1" "$2"; }

scenario() { # NAME POLICY MARGINS [MORE]
    cat <<YAML
gpuplan: 1
name: $1
seed: 7
horizon: 6h
replications: 8
cluster:
  types: {h: {gpus: {count: 8, model: H100}, cpu: 64, memory: 1Ti, price: {on_demand: 3 USD/gpu-h}}}
  nodes: [{name: a, type: h, count: 3}]
workload:
  - synthetic: {arrivals: {process: poisson, rate: 25/h}, gpus: {1: 0.7, 8: 0.3}, duration: {distribution: lognormal, median: 10m, sigma: 1}}
policy: $2
gate: {margins: $3}
${4:-}
YAML
}
margins='{productive_share: 0.5%, wait_mean_s: 30s, total_usd: 1%}'
mkdir "$work/suite" "$work/other"
scenario one '{preset: fifo, scan: skip}' "$margins" 'expect: ["jobs_failed == 0"]' >"$work/suite/one.yaml"
scenario two '{preset: kai}' '{productive_share: 1%}' >"$work/suite/two.yaml"
scenario one '{preset: fifo}' "$margins" >"$work/strict.yaml"
base=$work/base.json

# Usage.
run 2 gate
says "which suite?" err
run 2 gate "$work/suite"
says "compared with what?" err
run 2 gate "$work/suite" --update
run 2 gate "$work/suite" --baseline "$base" --against "$work/strict.yaml"
run 2 gate "$work/suite" --inconclusive=maybe
run 2 gate "$work/suite" --until-halfwidth 1%
says '--until-halfwidth belongs to `gpuplan run`' err
run 3 gate "$work/suite" --baseline "$base"
says "there is no such file" err
ok "a baseline was made without --update" [ ! -e "$base" ]

# A baseline, twice the same; what has not changed passes.
run 0 gate "$work/suite" --baseline "$base" --update
cp "$base" "$work/first.json"
run 0 gate "$work/suite/one.yaml" "$work/suite/two.yaml" --baseline "$base" --update
says "renewed, 0 of its figures" out
same "$base" "$work/first.json"
run 0 gate "$work/suite" --baseline "$base" --junit "$work/gate.xml"
says "gate: pass; 4 of 4 metrics" out
silent err
ok "JUnit counts wrongly" grep -q '<testsuites name="gpuplan gate" tests="5" failures="0"' "$work/gate.xml"
run 0 gate "$work/suite" --baseline "$base" --threads 1 --format json
cp "$work/out" "$work/one-thread.json"
run 0 gate "$work/suite" --baseline "$base" --threads 2 --json
same "$work/out" "$work/one-thread.json"
for key in schema_version power_equal power_twice settle_count margin_text '"verdict": "pass"'; do says "$key" out; done
printf '# a list\nsuite/one.yaml # the first\n\nsuite/two.yaml\n' >"$work/list.txt"
run 0 gate "$work/list.txt" --baseline "$base" --format csv
ok "CSV has not five lines" [ "$(wc -l <"$work/out")" -eq 5 ]

# A worse policy fails, a better one passes; one that was renewed only in part leaves the others alone.
run 4 gate "$work/strict.yaml" --baseline "$base" --junit "$work/gate.xml"
says "gate: FAIL" out
says "✗ one, baseline: productive_share is worse by" out
says "got worse at all, margins aside" out
ok "JUnit has no failure" grep -q '<failure type="worse"' "$work/gate.xml"
run 4 gate "$work/strict.yaml" --against "$work/suite"/one.yaml
mkdir "$work/branch"
cp "$work/strict.yaml" "$work/branch/one.yaml"
run 4 gate "$work/branch" --against "$work/suite"
run 0 gate "$work/suite/one.yaml" --against "$work/strict.yaml"
run 0 gate "$work/suite/one.yaml" --baseline "$base" --set policy.pack=best-fit
run 0 gate "$work/strict.yaml" --baseline "$base" --update
run 0 gate "$work/suite/two.yaml" --baseline "$base"
run 0 gate "$work/suite/two.yaml" "$work/strict.yaml" --baseline "$base"
cp "$work/first.json" "$base"

# Nobody can tell.
scenario one '{preset: fifo, scan: skip, order: smallest}' '{wait_mean_s: 0.0001%, wait_p99_s: 0.0001%}' >"$work/near.yaml"
scenario one '{preset: fifo, scan: skip, order: largest}' '{wait_mean_s: 0.0001%}' >"$work/far.yaml"
sed 's/order: smallest/pack: best-fit/' "$work/near.yaml" >"$work/a.yaml"
sed 's/order: smallest/pack: worst-fit/' "$work/near.yaml" >"$work/b.yaml"
sed -i 's/worst-fit/first-fit/; s/best-fit/gpu-packing/' "$work/a.yaml" "$work/b.yaml"
"$gpuplan" gate "$work/a.yaml" --against "$work/b.yaml" >"$work/out" 2>"$work/err"
open=$?
if [ $open -eq 5 ]; then
    says "gate: inconclusive" out
    run 0 gate "$work/a.yaml" --against "$work/b.yaml" --inconclusive=pass --junit "$work/gate.xml"
    ok "JUnit does not skip" grep -q '<skipped' "$work/gate.xml"
else
    ok "nearly equal packs ended with $open, not 5" false
fi

# What is tested on must not change, and everything that did is said at once.
sed 's/rate: 25/rate: 26/; s/seed: 7/seed: 8/; s/count: 3/count: 4/' "$work/suite/one.yaml" >"$work/changed.yaml"
run 3 gate "$work/changed.yaml" --baseline "$base"
for what in '`workload` is not what' '`cluster` is not what' 'has seed 8, the baseline has 7'; do says "$what" err; done
run 3 gate "$work/changed.yaml" --against "$work/suite/one.yaml"
says "only policy, queues, expect and gate may differ" err
sed 's/metrics 1/metrics 0/' "$work/first.json" >"$base"
run 3 gate "$work/suite" --baseline "$base"
says "made by another version of the model" err
run 0 gate "$work/suite" --baseline "$base" --update
same "$base" "$work/first.json"
sed 's/metrics 1/metrics 0/; s/"productive_share"/"no_longer_known"/' "$work/first.json" >"$base"
run 3 gate "$work/suite" --baseline "$base"
says "made by another version of the model" err
run 0 gate "$work/suite/one.yaml" --baseline "$base" --update
says "it held 2 scenarios of another version" err
sed 's/"gpuplan_gate_baseline": 1/"gpuplan_gate_baseline": 2/' "$work/first.json" >"$base"
run 3 gate "$work/suite" --baseline "$base"
says "has format 2; this program reads 1" err
cp "$work/first.json" "$base"
sed 's/productive_share: 0.5%/productive_share: 0.5%, slowdown_mean: 5%/' "$work/suite/one.yaml" >"$work/more.yaml"
run 3 gate "$work/more.yaml" --baseline "$base"
says 'the baseline has no `slowdown_mean`' err
scenario three '{preset: fifo}' "$margins" >"$work/three.yaml"
run 3 gate "$work/three.yaml" --baseline "$base"
says 'nothing is stored for the scenario `three`' err
run 3 gate "$work/suite/one.yaml" "$work/strict.yaml" --baseline "$base"
says 'is called `one`, as' err

# No baseline: nothing is overwritten.
for text in '' '{}' '[1]' '{"gpuplan_gate_baseline": 1' 'gpuplan: 1'; do
    printf '%s' "$text" >"$work/mine.json"
    cp "$work/mine.json" "$work/before"
    run 3 gate "$work/suite" --baseline "$work/mine.json" --update
    same "$work/mine.json" "$work/before"
done
for cut in 40 200 700 1500; do
    head -c $cut "$work/first.json" >"$work/mine.json"
    run 3 gate "$work/suite" --baseline "$work/mine.json"
done
sed 's/^ {"name": "two"/ {"name": "one"/' "$work/first.json" >"$work/mine.json"
run 3 gate "$work/suite" --baseline "$work/mine.json"
says 'the scenario `one` stands in it twice' err
sed 's/"productive_share"/"no_such"/' "$work/first.json" >"$work/mine.json"
run 3 gate "$work/suite" --baseline "$work/mine.json"
says '`no_such` is no metric' err

# All mistakes of all files at once.
scenario bad '{preset: fifp}' '{productive_shar: 1%, events: 1%, wait_mean_s: 30}' >"$work/bad.yaml"
scenario worse '{preset: fifo}' '{wait_mean_s: -1%}' 'expect: ["nothing == 3"]' >"$work/worse.yaml"
run 3 gate "$work/bad.yaml" "$work/worse.yaml" --baseline "$base"
for what in fifp 'no metric is called `productive_shar`' 'neither better when it is higher' 'these can be gated:' \
    '`30` is no margin' 'is below 0' 'nothing'; do says "$what" err; done
scenario none '{preset: fifo}' '{}' >"$work/none.yaml"
run 3 gate "$work/none.yaml" --baseline "$base"
says "nothing to judge" err
run 1 gate "$work/no-such.txt" --baseline "$base"
run 3 gate "$work/other" --baseline "$base"
says "no file *.yaml in this folder" err

# An expectation that fails fails the gate, and no baseline is made of it.
scenario one '{preset: fifo, scan: skip}' "$margins" 'expect: ["jobs_completed == 0"]' >"$work/expects.yaml"
run 4 gate "$work/expects.yaml" --baseline "$base"
says "expected jobs_completed == 0" out
run 4 gate "$work/expects.yaml" --baseline "$base" --update
same "$base" "$work/first.json"

# An imported configuration is the candidate: its file may change, and is what is judged.
cp scenarios/kueue-change.yaml scenarios/kueue-now.yml scenarios/kueue-then.yml "$work"
sed -i 's/replications: 20/replications: 3/; s/horizon: 7d/horizon: 2d/; /^  \(then\|reclaim\|bound\):/d; /^expect:/,/^$/d' "$work/kueue-change.yaml"
run 0 gate "$work/kueue-change.yaml" --baseline "$work/kueue.json" --update
cp "$work/kueue-then.yml" "$work/kueue-now.yml"
"$gpuplan" gate "$work/kueue-change.yaml" --baseline "$work/kueue.json" >"$work/out" 2>"$work/err"
code=$?
ok "a changed import ended with $code: it was not judged" [ $code -ne 3 ]
ok "a changed import changes nothing" grep -q 'wait_mean_s.* to ' "$work/out"

# GitHub: escaped, at the margin's line, and appended to the summary.
scenario 'a: 100%, b' '{preset: fifo, scan: skip}' "$margins" >"$work/odd,name.yaml"
sed -i 's/^name: .*/name: "a: 100%, b"/' "$work/odd,name.yaml"
sed 's/scan: skip/scan: strict/' "$work/odd,name.yaml" >"$work/odd2.yaml"
echo before >"$work/summary.md"
GITHUB_ACTIONS=true
GITHUB_STEP_SUMMARY=$work/summary.md
export GITHUB_ACTIONS GITHUB_STEP_SUMMARY
run 4 gate "$work/odd2.yaml" --against "$work/odd,name.yaml"
ok "no annotation with its place" grep -q "^::error file=$work/odd2.yaml,line=[0-9]*,col=[0-9]*,title=a%3A 100%25%2C b%2C baseline%3A productive_share got worse::productive_share is worse" "$work/out"
ok "the summary lost what was there" grep -q '^before$' "$work/summary.md"
ok "the summary has no table" grep -q '^| *✗' "$work/summary.md"
run 4 gate "$work/odd2.yaml" --against "$work/odd,name.yaml" --format json
ok "annotations got into JSON" [ "$(head -c 1 "$work/out")" = "{" ]
says "::error file=" err
head -c 1040000 /dev/zero | tr '\0' x >"$work/summary.md"
run 4 gate "$work/odd2.yaml" --against "$work/odd,name.yaml"
ok "the summary is larger than a MiB" [ "$(wc -c <"$work/summary.md")" -lt 1048576 ]
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY

# Ctrl-C: 130, and no file is touched.
sed 's/replications: 8/replications: 20000/' "$work/suite/one.yaml" >"$work/long.yaml"
"$gpuplan" gate "$work/long.yaml" --baseline "$base" --update --quiet >"$work/out" 2>"$work/err" &
pid=$!
sleep 0.5
kill -INT $pid
wait $pid
code=$?
ok "Ctrl-C ended with $code, not 130" [ $code -eq 130 ]
says "no file was touched" err
same "$base" "$work/first.json"

echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
