#!/bin/sh
# speeds.sh - noisy steps and slow members against published figures: rows for the validation table on stdout.
#
#   BUILD=build DATA=DIR WORK=DIR sh validation/speeds.sh
#
# A row is tab-separated: quantity, kind, source, expected, measured, tolerance.
set -eu
gpuplan=${BUILD:-build}/gpuplan
pai=$DATA/traces/alibaba-pai-minibatch
work=$WORK

row() { # QUANTITY KIND SOURCE EXPECTED MEASURED TOLERANCE
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "$6"
}

# How much longer a synchronous gang takes than its members alone.
slowdown() { # TASKS NOISE LINK: noise of steps; what is left of one member's network
    cat >"$work/gang.yaml" <<YAML
gpuplan: 1
name: gang
cluster:
  types: {box: {gpus: {count: 8, model: H100}, network: 400Gb/s}}
  nodes: [{name: n, type: box, count: $1}]
workload:
  - jobs: [{id: G, duration: 1000000s, tasks: $1, gang: all, gpus: 8, need: {network: 400Gb/s}}]
models: {step_noise: $2}
inject: [{at: 0s, nodes: [n-0], cause: congestion, scale: {network: $3}}]
YAML
    "$gpuplan" run "$work/gang.yaml" --quiet --format json | tr -d '\n' |
        sed 's/.*"makespan_s": *{ *"mean": *\([^,}]*\).*/\1/' | awk '{printf "%.6f\n", $1 / 1000000}'
}

# ---- noisy steps ----
mean_cv=$(gzip -dc "$pai/coefficient_variation.csv.gz" | awk -F, '
    NR > 1 {n = s = 0; for (i = 2; i <= NF; i++) if ($i != "") {s += $i; n++} if (n) {sum += s / n; jobs++}}
    END {printf "%.6f\n", sum / jobs}')
used=$(slowdown 2 pai 100% | awk '{printf "%.6f\n", ($1 - 1) / 0.5641896}') # of two members the slowest: 1 + c / sqrt(pi)
row "PAI mini-batches: mean over 100 jobs of the coefficient of variation of 10 workers, as \`pai\` uses it" calibrated \
    "Alibaba PAI 2020 mini-batch data (Weng et al. 2022)" "$mean_cv" "$used" 0.00002
for job in 1 2 3 4; do
    # Coefficient of variation (n - 1) and slowest / mean, averaged over the steps in which all ten workers are seen.
    seen=$(awk -F, '
        NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
        {t = $at["time"]; x = $at["batch_time_norm"]; n[t]++; s[t] += x; q[t] += x * x; if (x > m[t]) m[t] = x}
        END {
            for (t in n) if (n[t] == 10) {
                mean = s[t] / 10; variance = (q[t] - s[t] * s[t] / 10) / 9
                cv += sqrt(variance > 0 ? variance : 0) / mean; slow += m[t] / mean; steps++
            }
            printf "%.4f %.6f %d\n", 100 * cv / steps, slow / steps, steps
        }' "$pai/job_${job}_norm.csv")
    # shellcheck disable=SC2086 # three words
    set -- $seen
    row "PAI job $job: slowest of 10 workers / mean, over $3 steps, from its coefficient of variation ($1 %); tolerance: 2 %" predicted \
        "Alibaba PAI 2020 mini-batch data (Weng et al. 2022)" "$2" "$(slowdown 10 "$1%" 100%)" \
        "$(awk -v slow="$2" 'BEGIN {print slow * 0.02}')"
done

# ---- fail-slow ----
# The paper says how much jobs are delayed, not how far links fall and for how long. Congestion that leaves 75 % (the mild end of
# the class of 25 to 75 % for degraded links) and never ends is one way to its figure: so it is calibrated, not predicted. What is
# checked is that one slow link of 128 holds back all.
row "fail-slow: delay of a job on 128 nodes with one link at 75 % all along; tolerance: the last digit printed" calibrated \
    "Wu et al., USENIX ATC 2025 (1.34 x on average for large jobs)" 1.34 "$(slowdown 128 none 75%)" 0.01
