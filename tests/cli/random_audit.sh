#!/bin/sh
# random_audit.sh - random scenarios over everything that the language offers: fleets, queues, every slot with its
# options, all traits of jobs. Each runs with --audit (devices, queues, jobs and books worked out anew after every step:
# the program ends by itself if anything does not add up), twice and with 1, 2 and 8 threads: none may end in an error,
# and all must have the same facts.
#
# AUDIT_SCENARIOS of them (default 40, 200 in CI), from AUDIT_FIRST (default 1), each drawn from its own number, so a
# failure can be repeated: the scenario is printed.
set -u
build=${BUILD:-build}
case ${CI:-} in true | 1) default=200 ;; *) default=40 ;; esac
count=${AUDIT_SCENARIOS:-$default}
first=${AUDIT_FIRST:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

rules() { # SLOT: the names that the program knows
    "$build/gpuplan" list policies | sed -n "/^policy.$1:/,/^\$/s/^  \([a-z0-9][a-z0-9-]*\) .*/\1/p" | paste -sd' ' -
}
orders=$(rules order) shares=$(rules share) admits=$(rules admit) scans=$(rules scan) evicts=$(rules evict)
packs=$(rules pack)
presets=$("$build/gpuplan" list presets | sed -n 's/^  \([a-z0-9][a-z0-9-]*\) .*/\1/p' | grep -v openb | paste -sd' ' -)

draw() { # NUMBER: a scenario
    awk -v seed="$1" -v orders="$orders" -v shares="$shares" -v admits="$admits" -v scans="$scans" \
        -v evicts="$evicts" -v packs="$packs" -v presets="$presets" '
    function below(n) { return int(rand() * n) }
    function chance(p) { return rand() < p }
    function one(list,    parts, n) { n = split(list, parts, " "); return parts[1 + below(n)] }
    function maybe(p, text) { if (chance(p)) printf ", %s", text }
    function cluster(    i, gpus) {
        types = 1 + below(3)
        print "cluster:\n  types:"
        for (i = 1; i <= types; i++) {
            gpus = one("1 2 4 8")
            printf "    t%d: {gpus: {count: %s, model: %s, memory: 80Gi, mig: %s, sharing: %s}, cpu: %s, memory: %sGi, " \
                   "storage_bandwidth: %sGB/s, io_cpu: 4, network: 100Gb/s, numa: %s, price: {on_demand: %d.25 USD/gpu-h}}\n",
                   i, gpus, model[i], i < 3 ? "true" : "false", one("capped time-sliced"), one("8 32 96"),
                   one("64 512"), one("1 4"), (gpus == 1 ? 1 : one("1 1 2")), 1 + below(9)
        }
        print "  nodes:"
        for (i = 1; i <= types; i++) {
            printf "    - {name: n%d, type: t%d, count: %d", i, i, 1 + below(5)
            maybe(0.4, "nodes_per_rack: 2"); maybe(0.4, "zone: " one("east west"))
            if (i == 1) printf ", labels: {pool: train}"
            else maybe(0.3, "labels: {pool: " one("train serve") "}")
            maybe(0.15, "taints: [special]")
            print "}"
        }
    }
    function queues(    q) {
        if (chance(0.3)) return
        print "queues:"
        cohort = chance(0.6) # else each alone
        for (q = 0; q < 3; q++) {
            printf "  - {name: q%d", q
            if (cohort) printf ", %s: all", one("cohort parent")
            if (chance(0.7)) {
                printf ", quota: {gpus: %s}", one("4 8 16")
                if (cohort) { maybe(0.3, "borrow: 2"); maybe(0.3, "lend: 1") }
            } else maybe(0.3, "quota: {gpus: 0}")
            maybe(0.3, "limit: {gpus: " one("16 20") "}"); maybe(0.3, "weight: " one("1 2 3"))
            maybe(0.4, "priority: " one("1 2")); maybe(0.3, "reclaim: " one("any never lower-priority"))
            maybe(0.3, "preempt: " one("lower-priority never lower-or-newer")); maybe(0.2, "min_run: 5s")
            maybe(0.2, "scan: " one("strict skip")); maybe(0.2, "default_limit: 9s")
            print "}"
        }
    }
    function policy() {
        printf "policy: {preset: %s", one(presets)
        maybe(0.6, "order: " one(orders)); maybe(0.4, "share: " one(shares)); maybe(0.5, "admit: " one(admits))
        if (chance(0.6)) printf ", scan: {rule: %s, per_queue: %s}", one(scans), one("true false")
        evict = one(evicts) # only whole jobs can be suspended
        if (evict ~ /^(none|consolidation)$/) maybe(0.5, "evict: " evict)
        else if (chance(0.5)) printf ", evict: {rule: %s, mode: %s}", evict,
                                     one("requeue requeue cancel " (evict == "tier" ? "suspend" : "requeue"))
        maybe(0.5, "pack: " one(packs)); maybe(0.3, "gangs: " one("together task-by-task"))
        maybe(0.3, "topology: " one("ignored best-fit tightest")); maybe(0.2, "candidates: " one("kube all 2"))
        maybe(0.3, "cycle: " one("event 1s 3s")); maybe(0.2, "requeue_delay: " one("0s 4s"))
        maybe(0.2, "limit_check: 5s"); maybe(0.3, "estimates: " one("exact limit"))
        print ", ties: " one("index random") "}"
    }
    function job(j,    kind, tasks, gang) {
        tasks = one("1 1 1 2 3 5")
        gang = tasks == 1 ? one("none all") : one("none all all min")
        printf "      - {id: j%d, submit: %ds, duration: %s, tasks: %s, gang: %s, cpu: %s, memory: %sGi, priority: %d, " \
               "queue: q%d", j, below(31), one("0s 1s 7s 20s 3s never"), tasks, gang, one("0 1 2 8"), one("1 8 64"),
               below(4), below(3)
        if (gang == "min") printf ", min_tasks: %d", 1 + below(tasks)
        if (gang == "min") maybe(0.5, "max_tasks: " (tasks + 1))
        kind = rand()
        if (kind < 0.3) printf ", gpus: 1, gpu_milli: %s, gpu_memory: %sGi", one("100 250 500 900"), one("1 20 60")
        else if (kind < 0.6) printf ", gpus: %s", one("1 2 4 8")
        else if (kind < 0.7) printf ", mig: %s", one("1g.10gb 3g.40gb")
        else if (kind < 0.75) printf ", gpus: 1, gpu_cores: 0%%, gpu_memory: 5Gi"
        if (kind < 0.6) maybe(0.3, "gpu_model: " model[1 + below(types)])
        maybe(0.3, "storage_bandwidth: " one("100 900") "MB/s"); maybe(0.2, "time_limit: " one("2s 9s 40s"))
        maybe(0.2, "estimate: " one("1s 10s")); maybe(0.2, "grace: " one("1s 5s")); maybe(0.2, "startup: 2s")
        maybe(0.1, "restart: 3s"); maybe(0.2, "preemptible: " one("true false")); maybe(0.15, "preempt_delay: 4s")
        maybe(0.2, "utilisation: " one("60% 10%")); maybe(0.1, "labels: {pool: train}"); maybe(0.2, "tolerations: [special]")
        maybe(0.15, "topology: {same: " one("rack zone node") "}"); maybe(0.2, "user: " one("ann bob"))
        maybe(0.2, "end: " one("failed cancelled"))
        if (chance(0.15)) printf ", kind: service, service: {demand: [{at: 0s, rate: %d/s}, {at: %ds, rate: %d/s}], repeat: 9s, " \
                                 "work: 100ms, slots: %s}", below(30), 1 + below(8), below(30), one("1 1 4")
        else maybe(0.1, "sync: " one("true false"))
        print "}"
    }
    BEGIN {
        srand(seed)
        split("H100 A100 T4", model, " ")
        print "gpuplan: 1\nname: audit-" seed "\nseed: " seed "\nreplications: 2"
        cluster(); queues()
        print "workload:\n  - jobs:"
        jobs = 1 + below(60)
        for (j = 0; j < jobs; j++) job(j)
        printf "horizon: %ds\n", 5 + below(60)
        policy()
    }'
}

hashes() { # THREADS
    # Leaks are the first run's part: leak checkers stumble over the threads of an OpenMP team.
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=$([ "$1" -eq 1 ] && echo "${AUDIT_LEAKS:-1}" || echo 0)" \
        "$build/gpuplan" run "$work/audit.yaml" --audit --format json --quiet --threads "$1" 2>>"$work/error"
}

number=$first
while [ "$number" -lt $((first + count)) ]; do
    draw "$number" >"$work/audit.yaml"
    : >"$work/error"
    hashes 1 >"$work/one.json"
    code=$?
    hashes 1 >"$work/again.json"
    hashes 2 >"$work/two.json"
    hashes 8 >"$work/eight.json"
    if [ "$code" -eq 0 ] && cmp -s "$work/one.json" "$work/again.json" && cmp -s "$work/one.json" "$work/two.json" &&
        cmp -s "$work/one.json" "$work/eight.json"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "random_audit: scenario $number ends with $code, or differs between runs:"
        head -n 12 "$work/error"
        cat "$work/audit.yaml"
    fi
    number=$((number + 1))
done
echo "random_audit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
