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
set --
for arrivals in "$fgd"/arrival_*.csv; do
    workload=${arrivals##*/arrival_}
    workload=${workload%.csv}
    seeds=$(head -n 1 "$arrivals" | tr -d '\r' | sed 's/seed//g')
    echo "fgd-study $workload: seeds $seeds" >&2
    "$build/fgd-study" --nodes "$log/openb_node_list_gpu_node.csv" --pods "$log/openb_pod_list_$workload.csv" \
        --arrivals "$arrivals" --ranks "$fgd/noderank_$workload.csv" --policies all --seeds "$seeds" \
        --draws 100 --out "$work/$workload.csv"
    set -- "$@" --curves "$work/$workload.csv"
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
    set -- "$@" --micro "$json"
done
echo "queues with closed forms" >&2
"$build/theory" >"$work/theory.tsv"
"$build/repairs" >"$work/repairs.tsv"
echo "fleets whose failures are published" >&2
"$build/failures" >"$work/failures.tsv"
"$build/ettr" >"$work/ettr.tsv"
echo "real logs: readers and schedulers" >&2
BUILD=$build DATA=$data WORK=$work sh validation/logs.sh >"$work/logs.tsv"
echo "real logs: faults" >&2
BUILD=$build DATA=$data WORK=$work sh validation/faults.sh >"$work/faults.tsv"
echo "real logs: noisy steps" >&2
BUILD=$build DATA=$data WORK=$work sh validation/speeds.sh >"$work/speeds.tsv"
"$build/validate" --rows "$work/speeds.tsv" --rows "$work/faults.tsv" --rows "$work/theory.tsv" --rows "$work/repairs.tsv" --rows "$work/failures.tsv" --rows "$work/ettr.tsv" --rows "$work/logs.tsv" --published "$fgd/expected_per_seed.csv" "$@" --demo "$work/demo.json" \
    --by-index "$work/by-index.txt" --by-scan "$work/by-scan.txt" \
    --out "${RESULTS:-validation/results.csv}"
