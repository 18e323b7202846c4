#!/bin/sh
# faults.sh - recorded faults: rows for the validation table on stdout.
#
#   BUILD=build DATA=DIR WORK=DIR sh validation/faults.sh
#
# The InfiniteHBD log on 400 servers: what is down is the union of its intervals, found a second time by fault-union, which
# shares no code with the readers; a fit to it, simulated over 100 seeds, brackets it; one to its first half, the second.
# A row is tab-separated: quantity, kind, source, expected, measured, tolerance.
set -eu
build=${BUILD:-build}
work=$WORK
# Absolute: a scenario's paths count from its own folder.
log=$(cd "$DATA" && pwd)/traces/infinitehbd-faults/fault_trace.json
authors="Shou et al., SIGCOMM 2025, fault trace"

row() { # QUANTITY KIND SOURCE EXPECTED MEASURED TOLERANCE
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "$6"
}
number() { # FILE LABEL [FIELD]: a number of the line that begins with the label
    sed -n "s/^$2 *//p" "$1" | head -n 1 | awk -v at="${3:-1}" '{gsub(/[,%]/, "", $at); print $at}'
}
scenario() { # HORIZON_MS KEYS...: 400 servers of 8 GPUs with nothing to do, on stdout
    printf 'name: faults\nhorizon: %sms\n' "$1"
    printf 'cluster:\n  types: {h: {gpus: {count: 8, model: H100, memory: 80Gi}, cpu: 64, memory: 1Ti}}\n'
    printf '  nodes: [{name: a, type: h, count: 400}]\nworkload: [{jobs: [{id: A, duration: 1s, gpus: 1}]}]\n'
    shift
    printf '%s\n' "$@"
}
values() { # JSON METRIC: its value in each replication, one a line
    tr -d ' \n' <"$1" | grep -o "\"$2\":{[^}]*}" | sed 's/.*"values":\[//; s/\].*//' | tr ',' '\n'
}
below() { # JSON METRIC VALUE: percent of the replications in which it is smaller (equal ones count half)
    values "$1" "$2" | awk -v v="$3" '{n++; b += $1 < v ? 1 : $1 == v ? 0.5 : 0} END {print 100 * b / n}'
}
mean() { values "$1" "$2" | awk '{s += $1} END {printf "%.1f", s / NR}'; }

# ---- the log ----
"$build/fault-union" "$log" >"$work/union.txt"
read -r faults nodes down_ms end_ms <"$work/union.txt"
"$build/gpuplan" trace stats "$log" --nodes 400 >"$work/faults.txt"
row "InfiniteHBD: faults" published "$authors, README" 584 "$(number "$work/faults.txt" faults)" 0
row "InfiniteHBD: servers with a fault" published "$authors, README" 231 "$(number "$work/faults.txt" nodes 2)" 0
row "InfiniteHBD: faults, against a second way to find them" identity "starts and ends paired without our readers" "$faults" \
    "$(number "$work/faults.txt" faults)" 0
row "InfiniteHBD: servers with a fault, against a second way to find them" identity "starts and ends paired without our readers" \
    "$nodes" "$(number "$work/faults.txt" nodes 2)" 0
row "InfiniteHBD: node-ms down, against a second way to find them" identity "intervals joined without our readers" "$down_ms" \
    "$(number "$work/faults.txt" 'node-ms down')" 0
row "InfiniteHBD: node-days down" published "counted from the log" 3231.3 "$(number "$work/faults.txt" 'node-days down')" 0.05
row "InfiniteHBD: mean unavailability [%]" published "counted from the log" 2.3 "$(number "$work/faults.txt" 'node-days down' 2)" 0.05

# ---- replayed ----
scenario "$end_ms" "inject: [{trace: {format: infinitehbd, path: $log}}]" >"$work/faults-replay.yaml"
"$build/gpuplan" run "$work/faults-replay.yaml" --quiet --format json >"$work/faults-replay.json"
replayed=$(values "$work/faults-replay.json" down_gpu_hours | awk '{printf "%.0f", $1 * 3600000 / 8}')
row "InfiniteHBD replayed on 400 servers x 8 GPUs: down [node-ms]" identity "union of the intervals of each server" "$down_ms" "$replayed" 0
row "InfiniteHBD replayed: faults that took a server out" identity "a recorded fault is never masked" "$faults" \
    "$(values "$work/faults-replay.json" faults_began)" 0

# ---- fitted ----
"$build/gpuplan" trace fit "$log" --nodes 400 -o "$work/faults-fit.yaml" >/dev/null
scenario "$end_ms" "extends: [faults-fit.yaml]" 'replications: 100' >"$work/faults-fitted.yaml"
"$build/gpuplan" run "$work/faults-fitted.yaml" --quiet --format json >"$work/faults-fitted.json"
hours=$(awk -v ms="$down_ms" 'BEGIN {print ms * 8 / 3600000}')
row "InfiniteHBD fitted: seeds of 100 with less down than the log (mean $(mean "$work/faults-fitted.json" down_gpu_hours) of $hours GPU-h) [%]" \
    calibrated "$authors; bracketed: 2.5 to 97.5" 50 "$(below "$work/faults-fitted.json" down_gpu_hours "$hours")" 47.5
row "InfiniteHBD fitted: seeds of 100 with fewer faults than the log (mean $(mean "$work/faults-fitted.json" faults_began) of $faults) [%]" \
    calibrated "$authors; bracketed: 2.5 to 97.5" 50 "$(below "$work/faults-fitted.json" faults_began "$faults")" 47.5

# ---- half of it, and the other half ----
half_ms=$((end_ms / 2))
rest_ms=$((end_ms - half_ms))
"$build/gpuplan" trace fit "$log" --nodes 400 --to "${half_ms}ms" -o "$work/faults-half.yaml" >/dev/null
"$build/gpuplan" trace stats "$log" --nodes 400 --from "${half_ms}ms" >"$work/faults-rest.txt"
scenario "$rest_ms" "extends: [faults-half.yaml]" 'replications: 100' >"$work/faults-halved.yaml"
"$build/gpuplan" run "$work/faults-halved.yaml" --quiet --format json >"$work/faults-halved.json"
carried=$(number "$work/faults-rest.txt" '  began before --from, its rest is kept')
later=$(($(number "$work/faults-rest.txt" faults 3) - ${carried:-0}))
row "InfiniteHBD, first half fitted: seeds of 100 with fewer faults than the second half (mean $(mean "$work/faults-halved.json" faults_began) of $later) [%]" \
    predicted "$authors; bracketed: 2.5 to 97.5" 50 "$(below "$work/faults-halved.json" faults_began "$later")" 47.5
