#!/bin/sh
# plan.sh - gpuplan plan: the answer in each form and its exit code, stopped and gone on with, kept beside a run of the winner.
set -u
suite=plan
# shellcheck source=tests/words.sh
. "$(dirname "$0")/../words.sh"

ends() { # CODE ARGUMENT...
    want=$1
    shift
    run "$want" plan "$@"
}

# Eight jobs an hour for a day on nodes of 8 GPUs; a fleet of n nodes costs n x 8 x 24 h x 2 USD = 384 n.
cat >"$work/plan.yaml" <<'END'
gpuplan: 1
name: small
horizon: 24h
seed: 3
cluster:
  types: {h: {gpus: {count: 8, model: H}, price: {on_demand: 2 USD/gpu-h}}}
  nodes: [{name: a, type: h, count: 2}, {name: b, type: h, count: 0}]
workload:
  - synthetic: {arrivals: {process: poisson, rate: 8/h}, gpus: {1: 50%, 4: 50%}, duration: 1h}
targets: {wait_p95_s: "<= 20m"}
plan:
  nodes: {a: {min: 1, max: 8, lead: 60d}, b: {max: 2}}
  replications: 4
  confirm: 12
  months: 2
  growth: 10%
  sensitivity: {demand: 20%, price: 20%}
END

# Nothing is written over the scenario, by whatever path, nor two things into one file.
ln -s plan.yaml "$work/linked.json"
ends 2 "$work/plan.yaml" -o "$work/linked.json"
says 'would overwrite the scenario' err
: >"$work/one.json"
ends 2 "$work/plan.yaml" -o "$work/one.json" --resume "$work/./one.json"
says '-o and --resume both name' err

ends 0 "$work/plan.yaml"
says "the cheapest that meets the targets" out
says "What binds" out
says "Cost against wait" out
says "Month by month" out
cp "$work/out" "$work/first"

# Goal: the same bytes for any number of threads, in each form.
ends 0 "$work/plan.yaml" --threads 1
ok "another number of threads, another answer" cmp -s "$work/out" "$work/first"
ends 0 "$work/plan.yaml" --format markdown
says "| fleet" out
ends 0 "$work/plan.yaml" --format csv
says "a,b,replications,usd" out
ends 0 "$work/plan.yaml" --format json
says '"verdict": "found"' out
cp "$work/out" "$work/first.json"
ends 0 "$work/plan.yaml" -o "$work/plan.json"
ok "-o and --format json differ" cmp -s "$work/plan.json" "$work/first.json"
ok "the cache of a complete plan stays" [ ! -e "$work/plan.json.cache" ]

# Goal: what is stopped goes on. Method: a cache cut down to its first half, with its count and end.
ends 0 "$work/plan.yaml" --resume "$work/cache" --format json
ok "a new cache changes the answer" cmp -s "$work/out" "$work/first.json"
runs=$(sed -n 's/^runs //p' "$work/cache")
half=$((runs / 2))
{
    sed -n '1,5p' "$work/cache"
    echo "runs $half"
    sed -n "7,$((6 + half))p" "$work/cache"
    echo end
} >"$work/half"
ends 0 "$work/plan.yaml" --resume "$work/half" --format json
ok "half a cache changes the answer" cmp -s "$work/out" "$work/first.json"
ok "what was missing was not added" cmp -s "$work/half" "$work/cache"
ends 3 "$work/plan.yaml" --resume "$work/cache" --seed 4
says "is of another scenario" err

# Ctrl-C: exit 130, and the runs are there. Long enough that the signal finds it at work.
"$gpuplan" plan "$work/plan.yaml" --set horizon=60d --set plan.replications=2000 --resume "$work/stopped" >"$work/out" 2>"$work/err" &
pid=$!
sleep 2
kill -INT "$pid"
wait "$pid"
code=$?
ok "after Ctrl-C it ended with $code" [ "$code" -eq 130 ]
says "go on with --resume" err
ok "no cache is left after Ctrl-C" grep -q '^end$' "$work/stopped"

# The winner's run, with the plan beside.
ends 0 "$work/plan.yaml" -o "$work/plan.h5" --quiet
"$gpuplan" report "$work/plan.h5" >"$work/out" 2>"$work/err"
ok "no report of the winner" [ $? -eq 0 ]
says "the cheapest that meets the targets" out

# No fleet is enough: 4, and the nearest; not confirmed: 5.
ends 4 "$work/plan.yaml" --set 'targets.wait_p95_s=< 0'
says "No fleet meets the targets" out
ends 4 "$work/plan.yaml" --set 'targets.wait_p95_s=< 0' --format json
says '"nearest"' out

# Mistakes.
ends 2
says "expected one scenario" err
ends 2 "$work/plan.yaml" -o "$work/plan.txt"
says ".json or .h5" err
ends 2 "$work/plan.yaml" -o "$work/plan.yaml"
ends 3 "$work/plan.yaml" --set 'targets.wait_p96_s=<= 5'
says "wait_p96_s" err
ends 3 "$work/plan.yaml" --set 'plan.nodes.c.max=5'
says 'no entry `c` of cluster.nodes' err
ends 3 "$work/plan.yaml" --set 'plan.nodes.a.max=0'
says "expected min" err
ends 3 scenarios/starter.yaml
says "which fleets may be bought" err
ends 1 "$work/plan.yaml" -o "$work/nowhere/plan.json"
"$gpuplan" check "$work/plan.yaml" --set 'targets.wait_p95_s=== 5' >"$work/out" 2>"$work/err"
ok "check passes a target that is none" [ $? -eq 3 ]

echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
