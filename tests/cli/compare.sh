#!/bin/sh
# compare.sh - `gpuplan compare`: variants, scenarios and result files. Goal: figures that a reader can work out, the same from a
# file as from a run; what cannot be compared says why.
set -u
suite=cli-compare
. tests/words.sh

line() { ok "no line of '$1' in $2" grep -qE -- "^$1\$" "$work/$2"; }

# Worked out in tests/test_compare.c: 40 GPU-hours at 2 USD, 19 of them productive. With skip C need not wait behind B: 3 GPU-hours
# are not blocked any more, and nobody wants them.
cp tests/data/three-jobs.yaml "$work/three.yaml"
run 0 compare "$work/three.yaml" --candidate skip
line 'paid +40\.000 +40\.000 +0\.000 +80\.00 +80\.00 +0\.00 +exact' out
line '- blocked +3\.000 +0\.000 +-3\.000 +6\.00 +0\.00 +-6\.00 +exact' out
line '- short +3\.000 +3\.000 +0\.000 +6\.00 +6\.00 +0\.00 +exact' out
line '- no_demand +15\.000 +18\.000 +\+3\.000 +30\.00 +36\.00 +\+6\.00 +exact' out
line '= productive +19\.000 +19\.000 +0\.000 +38\.00 +38\.00 +0\.00 +exact' out
line 'C +1 +21,600 +3,600 +32,400 +14,400 +0 +0 +-18,000 .*' out
says "- cash: none; as much is paid" out
says "- capacity freed: 3.0000 GPU-hours (exact), worth 9.00 USD at 3.00 USD per GPU-hour" out
says "- neither: 0 GPU-hours" out
says "nothing is drawn: differences are exact, there is no interval" out
ok "the last line is about something else" [ "$(tail -n 1 "$work/out" | cut -d: -f1)" = "skip against strict" ]
ok "sub-accounts without --verbose" [ "$(grep -c head_of_line "$work/out")" -eq 0 ]
run 0 compare "$work/three.yaml" --candidate skip --verbose
line ' +head_of_line +3\.000 +0\.000 +-3\.000 .*' out
line 'capacity_gpu_hours \(GPU-hours\) +40\.000 +40\.000 +0\.000 +0\.0 % +exact += +1' out
run 0 compare "$work/three.yaml" --candidate bigger
says "- cash: 80.00 USD more is paid; nodes of 40.000 GPU-hours are added" out
run 0 compare "$work/three.yaml" --baseline bigger --candidate strict
says "- cash: 80.00 USD less is paid; nodes of 40.000 GPU-hours are given back" out
run 0 compare "$work/three.yaml"
ok "not every other variant is compared" [ "$(grep -c '^old strict, new ' "$work/out")" -eq 2 ]

# Runs that end with their workload: six tasks of 5 h take three nodes 10 h, two 15. A node for 15 h is 8 x 15 x 3 = 360, though 120 more are paid
# in all, for the desk beside them. Where GPU time costs nothing any more, all of it is saved.
cat >"$work/done.yaml" <<'YAML'
gpuplan: 1
name: done
until: workload-done
cluster:
  types: {h: {gpus: 8, price: {on_demand: 3 USD/gpu-h, source: made up}}}
  nodes: [{name: a, type: h, count: 3}]
costs: {overheads: [{name: desk, cost: 24 USD/h}]}
workload: [{jobs: [{id: A, duration: 5h, tasks: 6, gpus: 8, sync: false}]}]
policy: {preset: fifo}
variants:
  three: {}
  two: {cluster.nodes.a.count: 2}
  given: {cluster.types.h.price.on_demand: 0 USD/gpu-h}
  bare: {costs.overheads: []}
YAML
run 0 compare "$work/done.yaml"
says "- cash: 360.00 USD less is paid in the time that the new run takes; nodes of 120.00 GPU-hours are given back" out
says "- cash: 720.00 USD less is paid" out
says "- cash: 240.00 USD less is paid, none of it for GPU time" out

# All formats; the same from a file as from a run.
run 0 compare "$work/three.yaml" --format json
cp "$work/out" "$work/ran.json"
run 0 run "$work/three.yaml" -o "$work/three.h5"
run 0 compare "$work/three.h5" --format json
ok "a file is compared otherwise than a run" cmp -s "$work/out" "$work/ran.json"
says '"comparisons"' out
run 0 compare "$work/three.yaml" --format csv
line 'strict,skip,metric,wait_mean_s,,s,9600,3600,-6000,-6000,-6000,-6000,-6000,,1,0,better' out
line 'strict,skip,bridge,no_demand,,USD,30,36,6,,,,,,,,' out
line 'strict,skip,bridge,blocked,head_of_line,GPU-hours,3,0,-3,,,,,,,,' out
run 0 compare "$work/three.yaml" --format markdown
says '| = productive | 19.000 | 19.000 | 0.000 |' out
says '### old strict, new skip' out

# Two files: variants of one name, or as they are asked for.
sed 's/scan: strict/scan: skip/; s/^name: .*/name: other/' "$work/three.yaml" >"$work/other.yaml"
run 0 run "$work/other.yaml" -o "$work/other.h5"
run 0 compare "$work/three.h5" "$work/other.h5"
ok "not the three of one name" [ "$(grep -c '^old three-jobs: ' "$work/out")" -eq 3 ]
says "old three-jobs: strict, new other: strict" out
run 2 compare "$work/three.h5" "$work/other.h5" --set policy.scan=skip
says "--set, --seed and --replications are of scenarios" err
run 0 compare "$work/three.h5" "$work/other.h5" --baseline strict --candidate skip
line '- blocked +3\.000 +0\.000 +-3\.000 .*' out
run 0 compare "$work/three.yaml" "$work/other.h5" --candidate strict
line '- blocked +3\.000 +0\.000 +-3\.000 .*' out
run 0 compare "$work/three.h5" "$work/three.h5" --baseline skip --candidate skip
last "skip against skip: no metric differs."

# With luck: pairs where seed, luck and jobs are the same, else Welch's test, which says why.
luck() { # NAME SEED DURATION REPLICATIONS
    cat >"$work/$1.yaml" <<YAML
gpuplan: 1
name: $1
seed: $2
replications: $4
horizon: 12h
cluster:
  types: {t: {gpus: {count: 4, model: A100}, price: {on_demand: 2 USD/gpu-h}}}
  nodes: [{name: a, type: t, count: 2}]
workload:
  - synthetic: {arrivals: {process: poisson, rate: 6/h}, gpus: {1: 0.6, 4: 0.4}, duration: {distribution: lognormal, median: $3, sigma: 1}}
policy: {preset: fifo, scan: strict}
variants: {strict: {}, skip: {policy.scan: skip}}
YAML
    run 0 run "$work/$1.yaml" -o "$work/$1.h5"
}
luck one 1 40m 8
luck two 2 40m 8
luck three 1 20m 8
luck few 1 40m 3
run 0 compare "$work/one.h5"
says "paired: replication r of both met the same luck; drawn anew for each: arrivals" out
says " to " out
run 0 compare "$work/one.h5" "$work/two.h5"
says "not paired, because their seeds differ: Welch's test, whose intervals are wider" out
ok "jobs of other luck are matched by their numbers" grep -q '^[1-9][0-9]* jobs are in one of the two only' "$work/out"
ok "jobs of other luck are said to have moved" sh -c '! grep -q "Jobs that moved most" "$1"' sh "$work/out"
run 0 compare "$work/one.h5" "$work/three.h5"
says "not paired, because their jobs come at other times, or work for longer or shorter" out
sed '/^variants/,$d' "$work/one.yaml" >"$work/half.yaml"
echo 'variants: {drawn: {}, listed: {workload: [{jobs: [{id: A, duration: 1h, gpus: 1}]}]}}' >>"$work/half.yaml"
run 0 compare "$work/half.yaml"
says "drawn anew for each: arrivals; what varies between their replications differs" out
run 0 compare "$work/one.h5" "$work/few.h5" --format csv
says ",3,0,=" out
run 0 compare "$work/one.yaml" --replications 1
says "one replication" out
run 0 compare "$work/one.yaml" --format json --threads 1
cp "$work/out" "$work/one.json"
run 0 compare "$work/one.yaml" --format json --threads 3
ok "threads make a difference" cmp -s "$work/out" "$work/one.json"

# What cannot be compared.
run 2 compare
says "compare what?" err
run 2 compare a b c
says "expected one or two" err
run 3 compare "$work/three.yaml" --candidate skp
says "has no variant \`skp\`" err
says "did you mean \`skip\`?" err
run 3 compare "$work/three.h5" "$work/other.h5" --baseline x --candidate y
says "three.h5: error[unknown-name]: has no variant \`x\`" err
says "other.h5: error[unknown-name]: has no variant \`y\`" err
run 3 compare "$work/three.yaml" --baseline skip --candidate skip
says "variant \`skip\` cannot be compared with itself" err
sed '/^variants:/,$d' "$work/three.yaml" >"$work/alone.yaml"
run 3 compare "$work/alone.yaml"
says "has one variant: there is nothing to compare it with" err
run 1 compare "$work/none.h5"
says "cannot read the result file" err
head -c 3000 "$work/three.h5" >"$work/cut.h5"
run 3 compare "$work/cut.h5" "$work/three.h5"
says "is no HDF5 file, or is damaged" err
printf 'not a file of ours' >"$work/text.h5"
run 3 compare "$work/three.h5" "$work/text.h5"
says "text.h5" err
cp "$work/three.yaml" "$work/wrong.yaml"
printf 'polcy: {}\n' >>"$work/wrong.yaml"
run 3 compare "$work/wrong.yaml" "$work/text.h5"
says "wrong.yaml" err
says "text.h5" err
run 2 compare "$work/three.h5" --format xml
says "expected table, json, csv or markdown" err
# A table of jobs with other bytes in it: found, or not met; never a crash.
for at in 9000 15000 20000 30000 40000; do
    cp "$work/three.h5" "$work/odd.h5"
    printf '\377\377\377\377\377\377\377\377' | dd of="$work/odd.h5" bs=1 seek="$at" conv=notrunc 2>"$work/dd"
    "$gpuplan" compare "$work/odd.h5" "$work/three.h5" >"$work/out" 2>"$work/err"
    code=$?
    ok "bytes at $at: ended with $code" [ "$code" -eq 0 -o "$code" -eq 3 ]
done

echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
