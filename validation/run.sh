#!/bin/sh
# run.sh - is the model right? Rewrites validation/results.csv from the public logs in DATA.
#
# DATA holds traces/openb (the lists) and reference/fgd (recorded orders, ranks, published curves): traces/README.md.
set -eu
build=${BUILD:-build}
data=${DATA:-}
if [ -z "$data" ]; then
    echo "validate: say where the logs are: make validate DATA=DIR (see traces/README.md)" >&2
    exit 2
fi
log=$data/traces/openb
fgd=$data/reference/fgd
for need in "$log/openb_node_list_gpu_node.csv" "$fgd/expected_per_seed.csv"; do
    if [ ! -f "$need" ]; then
        echo "validate: $need is not there; DATA must hold traces/openb and reference/fgd" >&2
        exit 2
    fi
done
work=$build/validate.d
rm -rf "$work"
mkdir -p "$work"

study() { # the published placement study, and the demo and micro-scenarios beside it
    for arrivals in "$fgd"/arrival_*.csv; do
        workload=${arrivals##*/arrival_}
        workload=${workload%.csv}
        seeds=$(head -n 1 "$arrivals" | tr -d '\r' | sed 's/seed//g')
        echo "fgd-study $workload: seeds $seeds" >&2
        "$build/fgd-study" --nodes "$log/openb_node_list_gpu_node.csv" --pods "$log/openb_pod_list_$workload.csv" \
            --arrivals "$arrivals" --ranks "$fgd/noderank_$workload.csv" --policies all --seeds "$seeds" \
            --draws 100 --out "$work/$workload.csv"
    done
    echo "index against scan" >&2
    rules=$("$build/gpuplan" list policies | sed -n '/^policy.pack/,/^$/s/^  \([a-z0-9][a-z0-9-]*\) .*/\1/p' | paste -sd, -)
    for how in index scan; do
        option=
        [ $how = index ] || option=--scan
        # shellcheck disable=SC2086 # no option at all for the index
        "$build/fgd-study" --nodes "$log/openb_node_list_gpu_node.csv" --pods "$log/openb_pod_list_default.csv" \
            --arrivals "$fgd/arrival_default.csv" --ranks "$fgd/noderank_default.csv" --policies "$rules" --seeds 42 \
            --hashes $option --out "$work/$how-curves.csv" 2>"$work/by-$how.txt"
    done
    echo "demo, drawn from classes" >&2
    "$build/gpuplan" run scenarios/openb-2023.yaml --format json >"$work/demo.json"
    echo "micro-scenarios" >&2
    for micro in validation/micro/*.yaml; do
        json=$work/micro-$(basename "$micro" .yaml).json
        "$build/gpuplan" run "$micro" --format json --quiet >"$json" || [ $? -eq 4 ] # the row says what failed
    done
    echo "real logs: readers and schedulers" >&2
    BUILD=$build DATA=$data WORK=$work sh validation/logs.sh >"$work/logs.tsv"
}

models() { # what has a closed form or a published figure
    echo "fleets whose failures are published" >&2
    "$build/failures" >"$work/failures.tsv"
    echo "queues with closed forms" >&2
    for name in theory repairs ettr gate-errors plan-search; do
        "$build/$name" >"$work/$name.tsv"
    done
    echo "real logs: faults, noisy steps" >&2
    BUILD=$build DATA=$data WORK=$work sh validation/faults.sh >"$work/faults.tsv"
    BUILD=$build DATA=$data WORK=$work sh validation/speeds.sh >"$work/speeds.tsv"
}

# Both at the same time: there are two cores at least, and most of these programs use one.
study &
studying=$!
models &
modelling=$!
wait $studying
wait $modelling

set --
for name in speeds faults theory repairs failures ettr gate-errors plan-search logs; do
    set -- "$@" --rows "$work/$name.tsv"
done
for arrivals in "$fgd"/arrival_*.csv; do
    workload=${arrivals##*/arrival_}
    set -- "$@" --curves "$work/${workload%.csv}.csv"
done
for micro in validation/micro/*.yaml; do
    set -- "$@" --micro "$work/micro-$(basename "$micro" .yaml).json"
done
"$build/validate" --published "$fgd/expected_per_seed.csv" "$@" --demo "$work/demo.json" \
    --by-index "$work/by-index.txt" --by-scan "$work/by-scan.txt" \
    --out "${RESULTS:-validation/results.csv}"
