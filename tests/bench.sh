#!/bin/sh
# bench.sh - writes $BUILD/bench.csv: name,value,unit,baseline,ratio,note.
#
# Rows come from the programs tests/bench_*.c, which print them (a ratio left empty is value / baseline), and from
# measuring whole processes here. The baseline is what a throw-away prototype or the published program needed, or
# what we aim at; the note says which. With DATA=DIR (holding traces/openb and reference/fgd) also the real log.
set -u
build=${BUILD:-build}
data=${DATA:-}
out=$build/bench.csv
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
status=0

row() { # NAME VALUE UNIT BASELINE NOTE
    echo "$1,$2,$3,$4,,$5" >>"$rows"
}

# Wall, CPU and peak memory of a command; the memory also above that of a program that does nothing.
process() { # NAME TIMES WALL_BASELINE ABOVE_BASELINE NOTE COMMAND...
    name=$1 times=$2 wall_baseline=$3 above_baseline=$4 note=$5
    shift 5
    if ! measured=$("$build/tests/measure" "$times" "$@"); then
        echo "bench: $name failed: $*" >&2
        status=1
        return
    fi
    # shellcheck disable=SC2086 # three numbers
    set -- $measured
    row "${name}_wall" "$1" s "$wall_baseline" "$note"
    row "${name}_cpu" "$2" s "" "user and system; all threads"
    row "${name}_peak" "$(awk "BEGIN {printf \"%.2f\", $3 / 1024}")" MiB "" "peak resident memory"
    [ -z "$above_baseline" ] || row "${name}_above_empty" "$(awk "BEGIN {printf \"%.2f\", ($3 - $empty_kib) / 1024}")" MiB "$above_baseline" \
        "above a program that loads the same libraries and does nothing"
}

empty_kib=$("$build/tests/measure" 5 "$build/tests/empty" | awk '{print $3}')
row empty_peak "$(awk "BEGIN {printf \"%.2f\", $empty_kib / 1024}")" MiB "" "a program that loads the same libraries and does nothing"

for program in "$build"/tests/bench_*; do
    [ -x "$program" ] || continue
    "$program" | grep -v '^name,' >>"$rows" || { echo "bench: $program failed" >&2 && status=1; }
done

# A million jobs from a log to a result file, without compression: Poisson arrivals, 1 to 8 GPUs, mean run time 1000 s.
million=$build/bench-million
million_log() { # GPUS LOAD
    awk -v gpus="$1" -v load="$2" 'BEGIN {
        srand(1)
        print "id,submit,duration,gpus"
        for (i = 0; i < 1000000; i++) {
            now += -log(1 - rand()) / (load * gpus / (2.1 * 1000))
            size = rand()
            printf "%d,%.3f,%.3f,%d\n", i, now, -log(1 - rand()) * 1000 + 0.001, size < 0.7 ? 1 : size < 0.8 ? 2 : size < 0.9 ? 4 : 8
        }
    }' >"$million.csv"
}
million_scenario() { # GPUS SCAN
    cat >"$million.yaml" <<END
gpuplan: 1
name: million
cluster:
  types: {t: {gpus: {count: 8, model: H100}}}
  nodes: [{name: n, type: t, count: $(($1 / 8))}]
workload: [{trace: {format: native, path: $(basename "$million").csv}}]
policy: {preset: fifo, scan: $2, pack: best-fit}
END
}
million_row() { # GPUS LOAD SCAN AIM
    million_log "$1" "$2"
    million_scenario "$1" "$3"
    process "million_jobs_$3_$1_gpus" 3 "$4" "" "1,000,000 jobs at load $2, log read and results written; baseline: the aim" \
        "$build/gpuplan" run "$million.yaml" --quiet --threads 1 -o "$million.h5" --compression none
}
million_row 10000 0.8 strict 1
million_row 100000 0.8 strict 1.5
million_row 10000 1.0 easy ""
rm -f "$million".*

# A year of 100,000 GPUs: 2,000 gangs of six nodes that save their state every 3 h, a published fleet's failures, disks and clocks
# that slow down, and an agent with spares and technicians.
year=$build/bench-year
{
    echo "gpuplan: 1
name: year
horizon: 365d
cluster:
  types: {h100x8: {gpus: {count: 8, model: H100, memory: 80Gi}, storage_bandwidth: 12GB/s}}
  nodes: [{name: n, type: h100x8, count: 12500, nodes_per_rack: 16}]
models:
  checkpoint: {default: 3h, cost: 60s}
  failures:
    preset: rsc-1
    components:
      - {name: slow-disk, effect: derated, per: node, mtbf: 200d, out: 2h, keep: {storage_bandwidth: 50%}}
      - {name: hot-gpu, effect: slow, per: gpu, mtbf: 1000d, out: 30m, speed: 80%}
policy: {preset: fifo, scan: skip, remedy: {preset: agent, spares: 2%, technicians: 40}}
workload:
  - jobs:"
    awk 'BEGIN {for (i = 0; i < 2000; i++) printf "      - {id: g%d, submit: %ds, duration: 400d, tasks: 6, gpus: 8, gang: all, sync: true, restart: 10m, need: {storage_bandwidth: 8GB/s}}\n", i, i}'
} >"$year.yaml"
process year_100000_gpus 1 30 "" "2,000 gangs, failures, degradation, the agent, one thread; baseline: the aim" \
    "$build/gpuplan" run "$year.yaml" --quiet --threads 1 --format json
events=$("$build/gpuplan" run "$year.yaml" --quiet --threads 1 --format json | tr -d ' \n' | sed -n 's/.*"events":{"mean":\([0-9.e+]*\).*/\1/p')
seconds=$(awk -F, '$1 == "year_100000_gpus_cpu" {print $2}' "$rows")
row year_events_per_second "$(awk "BEGIN {printf \"%.0f\", ${events:-0} / ${seconds:-1}}")" 1/s "" "${events:-no} events"
rm -f "$year".*

# Passes over waiting jobs of 50 shapes that fit nowhere, at each of 10,000 events of short jobs that do: microseconds a pass.
waiting=$build/bench-waiting
waiting_cpu() { # JOBS_OF_EACH_SHAPE ORDER
    awk -v each="$1" 'BEGIN {
        print "id,submit,duration,gpus,cpu"
        print "filler,0,100000,1,1"
        for (i = 0; i < 50 * each; i++) printf "w%d,0,1000,8,%d\n", i, 1 + i % 50
        for (i = 0; i < 5000; i++) printf "s%d,%d,0.5,1,1\n", i, i + 1
    }' >"$waiting.csv"
    printf 'gpuplan: 1\nname: waiting\nhorizon: 5100s\ncluster: {types: {t: {gpus: {count: 8, model: H100}, cpu: 96}}, nodes: [{name: n, type: t}]}\nworkload: [{trace: {format: native, path: %s.csv}}]\npolicy: {preset: fifo, scan: skip, order: %s}\n' \
        "$(basename "$waiting")" "$2" >"$waiting.yaml"
    "$build/tests/measure" 3 "$build/gpuplan" run "$waiting.yaml" --quiet --threads 1 | awk '{print $2}'
}
for order in fifo multifactor; do
    few=$(waiting_cpu 1 $order)
    many=$(waiting_cpu 2000 $order)
    row "pass_over_100000_waiting_$order" "$(awk "BEGIN {printf \"%.1f\", ($many - $few) * 1e6 / 10000}")" us "" \
        "more than over 50, reading them included: $many s against $few s for 10,000 passes"
done
rm -f "$waiting".*

# 30 replications x 4 variants of a workload like Philly's at load 0.9, on one thread and on two, in turns: what else the machine does
# meets both. The least of three walls each; the CPU time of both tells whether the threads stand in each other's way.
philly=$build/bench-philly-30
{
    sed '/^variants:/,$d; s/^horizon: 14d/horizon: 14d\nreplications: 30/' scenarios/philly-2017.yaml
    printf 'variants:\n  fifo: {policy.preset: fifo}\n  easy: {policy.preset: fifo, policy.scan: easy}\n'
    printf '  pass: {policy.preset: fifo, policy.scan: skip}\n  kube: {policy.preset: kube-default}\n'
} >"$philly.yaml"
if [ "$(nproc)" -ge 2 ]; then
    for _ in 1 2 3; do
        for threads in 1 2; do
            echo "$threads $("$build/tests/measure" 1 "$build/gpuplan" run "$philly.yaml" --quiet --threads $threads)"
        done
    done | awk '!($1 in wall) || $2 < wall[$1] {wall[$1] = $2} !($1 in cpu) || $3 < cpu[$1] {cpu[$1] = $3}
        END {print wall[1], wall[2], cpu[1], cpu[2]}' >"$philly.times"
    read -r one two cpu_one cpu_two <"$philly.times"
    row philly_30x4_speedup "$(awk "BEGIN {printf \"%.2f\", $one / $two}")" 1 1.8 \
        "two threads against one: $two s against $one s; baseline: the least we want"
    row philly_30x4_cpu_ratio "$(awk "BEGIN {printf \"%.3f\", $cpu_two / $cpu_one}")" 1 "" \
        "CPU time of two threads against one: $cpu_two s against $cpu_one s"
else
    echo 'skip: bench philly_30x4_speedup: one core' >&2
fi
rm -f "$philly".*

[ ! -f scenarios/openb-2023.yaml ] || process demo 1 "" "" "the demo: every policy and replication; class-drawn" \
    "$build/gpuplan" run scenarios/openb-2023.yaml

if [ -n "$data" ]; then
    log=$data/traces/openb
    fgd=$data/reference/fgd
    study() { # POLICIES SEEDS WORKLOAD
        echo "--nodes $log/openb_node_list_gpu_node.csv --pods $log/openb_pod_list_$3.csv" \
            "--arrivals $fgd/arrival_$3.csv --ranks $fgd/noderank_$3.csv --policies $1 --seeds $2" \
            "--out $build/bench-curves.csv"
    }
    # shellcheck disable=SC2046 # words of a command
    process fgd_one_run 5 0.08 3.3 "one FGD run on the default workload; baseline: a throw-away prototype" \
        "$build/fgd-study" $(study FGD 42 default)
    if [ -d "$data/traces/philly-jobs" ]; then
        for preset in fifo kube-default hami volcano kueue kueue-topology kai slurm; do
            sed "/^variants:/,\$d; s/preset: fifo/preset: $preset/" scenarios/philly-2017-log.yaml >"$build/bench-philly.yaml"
            process "philly_$preset" 1 "" "" "82,247 jobs on 52 nodes x 8 GPUs, load 0.9" \
                "$build/gpuplan" run "$build/bench-philly.yaml" --data "$data" --quiet
        done
    fi
    seeds=42,43,44,45,46,47,48,49,50,51
    for workload in default gpushare40 gpushare100 gpuspec10 gpuspec33 multigpu20 multigpu50; do
        echo "$build/fgd-study $(study all $seeds $workload) || exit 1"
    done >"$build/bench-all.sh"
    process fgd_seven_workloads 1 20 "" "7 workloads x 6 policies x 10 seeds; baseline: the aim on two cores" \
        sh "$build/bench-all.sh"
    rm -f "$build/bench-curves.csv" "$build/bench-all.sh"
fi

{
    echo name,value,unit,baseline,ratio,note
    awk -F, -v OFS=, '$4 != "" && $5 == "" && $4 + 0 > 0 {$5 = sprintf("%.2f", $2 / $4)} {print}' "$rows"
} >"$out.tmp" && mv "$out.tmp" "$out"
awk -F, '{printf "%-34s %12s %-8s %10s %7s  %s\n", $1, $2, $3, $4, $5, $6}' "$out"
echo "written: $out"
exit $status
