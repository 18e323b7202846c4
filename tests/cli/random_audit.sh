#!/bin/sh
# random_audit.sh - random scenarios over everything that the language offers today: none may end in an error, break
# the books (the program ends by itself if they do not balance) or depend on the number of threads.
#
# AUDIT_SCENARIOS of them (default 40), each drawn from its own number, so a failure can be repeated: the scenario is
# printed.
set -u
build=${BUILD:-build}
count=${AUDIT_SCENARIOS:-40}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

draw() { # NUMBER: a scenario
    awk -v seed="$1" '
    function below(n) { return int(rand() * n) }
    function one(list,    parts, n) { n = split(list, parts, " "); return parts[1 + below(n)] }
    BEGIN {
        srand(seed)
        split("H100 A100 T4", model, " ")
        types = 1 + below(3)
        print "gpuplan: 1\nname: audit-" seed "\nseed: " seed "\nreplications: 2\ncluster:\n  types:"
        for (i = 1; i <= types; i++)
            printf "    t%d: {gpus: {count: %s, model: %s, memory: 80Gi, mig: %s}, cpu: %s, memory: %sGi, " \
                   "storage_bandwidth: %sGB/s, io_cpu: 4, network: 100Gb/s, price: {on_demand: %d.25 USD/gpu-h}}\n",
                   i, one("1 2 4 8"), model[i], i < 3 ? "true" : "false", one("8 32 96"), one("64 512"), one("1 4"),
                   1 + below(9)
        print "  nodes:"
        for (i = 1; i <= types; i++) printf "    - {name: n%d, type: t%d, count: %d}\n", i, i, 1 + below(5)
        print "workload:\n  - jobs:"
        jobs = 1 + below(60)
        for (j = 0; j < jobs; j++) {
            printf "      - {id: j%d, submit: %ds, duration: %s, tasks: %s, gang: %s, cpu: %s, memory: %sGi, " \
                   "priority: %d, queue: q%d", j, below(31), one("0s 1s 7s 20s 3s never"), one("1 1 1 2 3 5"),
                   one("none all"), one("0 1 2 8"), one("1 8 64"), below(4), below(3)
            kind = rand()
            if (kind < 0.3) printf ", gpus: 1, gpu_milli: %s, gpu_memory: %sGi", one("100 250 500 900"), one("1 20 60")
            else if (kind < 0.6) printf ", gpus: %s", one("1 2 4 8")
            else if (kind < 0.7) printf ", mig: %s", one("1g.10gb 3g.40gb")
            if (kind < 0.6 && rand() < 0.3) printf ", gpu_model: %s", model[1 + below(types)]
            if (rand() < 0.3) printf ", storage_bandwidth: %sMB/s", one("100 900")
            print "}"
        }
        printf "horizon: %ds\npolicy: {order: %s, scan: %s, ties: %s, pack: %s}\n", 5 + below(60), one("fifo priority"),
               one("strict skip drop"), one("index random"),
               one("first-fit random best-fit fgd ragp kai-binpack hami mig-fragmentation balanced-allocation tetris")
    }'
}

number=1
while [ "$number" -le "$count" ]; do
    draw "$number" >"$work/audit.yaml"
    "$build/gpuplan" run "$work/audit.yaml" --format json --quiet --threads 1 >"$work/one.json" 2>"$work/error"
    code=$?
    # Leaks are the first run's part: leak checkers stumble over the threads of an OpenMP team.
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" "$build/gpuplan" run "$work/audit.yaml" --format json --quiet \
        --threads 2 >"$work/two.json" 2>>"$work/error"
    if [ "$code" -eq 0 ] && cmp -s "$work/one.json" "$work/two.json"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "random_audit: scenario $number ends with $code, or differs with two threads:"
        cat "$work/error" "$work/audit.yaml"
    fi
    number=$((number + 1))
done
echo "random_audit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
