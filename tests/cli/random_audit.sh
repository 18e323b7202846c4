#!/bin/sh
# random_audit.sh - random scenarios over everything that the language offers: fleets, queues, every slot with its
# options, all traits of jobs, data paths, checkpoints, and, in two of three, faults of every kind and remedies;
# nodes come late, are given back and taken back. Each runs with --audit (devices, queues, jobs and books worked out anew after every step:
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
    function maybe(p, text) { gsub(/~/, " ", text); if (chance(p)) printf ", %s", text }
    # Money is drawn from the number alone, so that what is drawn besides stays as it was.
    function bought(i,    how) { how = (seed + i) % 4; if (how == 0 || how == 3) buys = 1; return how == 1 ? ", purchase: spot" : how == 2 ? ", purchase: owned" : "" }
    function prices(i) {
        return ", contracted: 0.7 USD/gpu-h, spot: {steps: {0s: 0.3 USD/gpu-h, 4s: 1.1 USD/gpu-h, 9s: 0 USD/gpu-h}, " \
               "repeat: " (11 + seed % 7) "s}, owned: {capex: 100003 USD, life: 3y, colocation: 180 USD/kW-month}}, " \
               "power: {idle: 401W, max: 1003W"
    }
    function costs() {
        print "start: 2026-02-28T23:59:" (40 + seed % 20) "Z"
        if (seed % 5 == 0) return
        print "costs:\n  pue: 1.27\n  tariff: {steps: {0s: 0.07 USD/kWh, 3s: 0.19 USD/kWh}, repeat: 10s}"
        print "  carbon: {steps: {0s: 381 g/kWh, 8s: 17 g/kWh}, repeat: 13s}\n  overheads: [{name: storage, cost: 500 USD/month}]"
        if (buys == 0) return
        print "  commitments:"
        if (seed % 3 != 0) print "    - {name: gpus, gpus: " (1 + seed % 9) ", rate: 0.5 USD/gpu-h, term: 1y, before: 30d, upfront: 40%}"
        if (seed % 3 != 1) print "    - {name: money, spend: " (1 + seed % 7) ".3 USD/h, discount: 28%, bought: " (seed % 8) "s, term: 1d}"
        if (seed % 2 == 0) print "    - {name: rest, gpus: 100, rate: 0.6 USD/gpu-h, term: 3y, bought: " (seed % 11) "s}"
    }
    function cluster(    i, gpus) {
        types = 1 + below(3)
        pool = chance(0.4)
        print "cluster:\n  types:"
        for (i = 1; i <= types; i++) {
            gpus = gpus_of[i] = one("1 2 4 8")
            printf "    t%d: {gpus: {count: %s, model: %s, memory: 80Gi, power: {idle: 75W, held: 120W, max: 700W, busy: 85%%}, mig: %s, sharing: %s}, cpu: %s, memory: %sGi, " \
                   "storage_bandwidth: %sGB/s, io_cpu: 4, network: 100Gb/s, numa: %s, price: {on_demand: %d.25 USD/gpu-h%s}",
                   i, gpus, model[i], i < 3 ? "true" : "false", one("capped time-sliced"), one("8 32 96"),
                   one("64 512"), one("1 4"), (gpus == 1 ? 1 : one("1 1 2")), 1 + below(9), prices(i)
            if (pool) maybe(0.7, "storage: pool")
            maybe(0.15, "rack_uplink: " one("1Gb/s 200Gb/s")); maybe(0.15, "speed: " one("60% 150%"))
            print "}"
        }
        if (pool) {
            printf "  storage: [{name: pool, bandwidth: %s", one("200MB/s 3GB/s")
            maybe(0.4, "write: " one("100MB/s 1GB/s"))
            print "}]"
        }
        print "  nodes:"
        for (i = 1; i <= types; i++) {
            nodes[i] = 1 + below(5)
            all_nodes += nodes[i]
            printf "    - {name: n%d, type: t%d, count: %d", i, i, nodes[i]
            maybe(0.4, "nodes_per_rack: 2"); maybe(0.4, "zone: " one("east west"))
            if (i == 1) printf ", labels: {pool: train}"
            else maybe(0.3, "labels: {pool: " one("train serve") "}")
            maybe(0.15, "taints: [special]"); printf "%s", bought(i)
            maybe(0.12, "from: " one("3s 11s")); maybe(0.12, "until: " one("12s 25s"))
            maybe(0.2, "interruptions: {rate: " one("2/m 9/m") ", notice: " one("0s 1s 4s") ", out: " one("1ms 2s 9s") "}")
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
        if (chance(0.7)) remedy()
        print ", ties: " one("index random") "}"
    }
    function keep() { return "{" one("storage_bandwidth network io_cpu cpu") ": " one("0% 35% 80%") "}" }
    function component(f,    per) {
        per = one("node node gpu gpu rack zone neighbours job job-gpu" (pool ? " storage" : ""))
        printf "      - {name: f%d, per: %s, mtbf: %s", f, per, one("8s 30s 90s")
        if (per == "neighbours") printf ", nodes: 2"
        if (per ~ /^job/) { maybe(0.4, "detect: " one("1s 4s")); print "}"; return }
        if (chance(0.2)) printf ", distribution: weibull, shape: 0.7"
        if (per ~ /gpu|node$/) maybe(0.2, "frailty: 0.5"); maybe(0.2, "detect: " one("0s 2s"))
        if (per == "storage") printf ", keep: {storage_bandwidth: %s}, out: %s}\n", one("0% 35%"), one("2s 9s")
        else if (per != "gpu" && chance(0.3)) printf ", keep: %s, out: %s}\n", keep(), one("2s 9s")
        else if (per ~ /gpu|node/ && chance(0.25)) printf ", speed: %s, out: %s}\n", one("0% 50%"), one("2s 9s")
        else if (per ~ /gpu|node/ && chance(0.15)) print ", effect: job-dies}"
        else if (per ~ /gpu|node/ && chance(0.4)) printf ", cure: %s}\n", one("reset reboot")
        else if (chance(0.4)) {
            printf ", repair: {diagnosis: 1s, hands_on: %s, burn_in: 1s", one("1s 4s")
            maybe(0.5, "part: 3s, part_probability: 50%"); maybe(0.3, "no_fault_found: 40%"); maybe(0.3, "technician: false")
            print "}}"
        } else {
            maybe(0.2, "planned: true")
            printf ", out: %s}\n", one("1s 5s 20s")
        }
    }
    function node(    i) { i = 1 + below(types); return "n" i "-" below(nodes[i]) }
    function device(    i) { i = 1 + below(types); return "n" i "-" below(nodes[i]) "/" below(gpus_of[i]) }
    function injection(    what) {
        printf "  - {at: %s", one("0s 3s 3s 7s 11s 20s 31s")
        what = rand()
        if (what < 0.35) {
            printf ", nodes: [%s]", node()
            if (chance(0.3)) printf ", scale: %s", keep()
            else if (chance(0.3)) printf ", %s: true, notice: %s", one("away planned"), one("0s 1s 4s")
            else { maybe(0.3, "cause: " one("xid-79 boom")); maybe(0.1, "planned: true") }
        } else if (what < 0.65) {
            printf ", gpus: [%s]", device()
            if (chance(0.3)) printf ", speed: %s", one("0% 25%"); else maybe(0.6, "cause: " one("xid-13 xid-48 xid-74 xid-79 xid-94"))
        } else if (what < 0.75) printf ", zones: [%s]", node()
        else if (what < 0.85) printf ", racks: [%s]", node()
        else if (pool) printf ", storage: [pool], scale: {storage_bandwidth: %s}", one("0% 35%")
        else printf ", nodes: [all]"
        maybe(0.75, "for: " one("1ms 2s 8s 30s"))
        print "}"
    }
    function models(    f, n, fails) {
        fails = chance(0.67)
        if (chance(0.6)) {
            print "models:"
            if (chance(0.3)) printf "  checkpoint: {default: %s, cost: %s, mttf: 1h, min_duration: %s, min_nodes: 1}\n",
                                    one("3s young daly none"), one("200ms 1s"), one("1s 5s")
            if (chance(0.3)) printf "  needs: [{name: all, gpus: \"%s\", need: {%s: %s}, source: a guess}]\n", one(">=1 >=2 1"),
                                    "storage_bandwidth", one("50MB/s 1GB/s")
            if (chance(0.3)) printf "  step_noise: %s\n", one("none pai 10%")
            print "  failures:"
            if (fails) {
                print "    components:"
                n = 1 + below(4)
                for (f = 1; f <= n; f++) component(f)
            } else print "    preset: none"
        }
        if (!fails) return
        print "inject:"
        n = 1 + below(6)
        for (f = 0; f < n; f++) injection()
        if (chance(0.2)) printf "  - {jobs: [j0], after: %s, times: %d}\n", one("1s 3s"), 1 + below(3)
    }
    function remedy() {
        printf ", remedy: {preset: %s", one("none kubernetes slurm nvsentinel agent")
        maybe(0.3, "signals: " one("none gpu all")); maybe(0.6, "detect: " one("0s 1s 3s")); maybe(0.7, "silent: " one("0s 2s"))
        maybe(0.7, "tolerate: " one("0s 3s 10s")); maybe(0.3, "evict_every: " one("0s 1s"))
        maybe(0.4, "drain: " one("immediate completion timeout")); maybe(0.5, "drain_grace: " one("0s 1s 4s"))
        maybe(0.6, "drain_timeout: 5s"); maybe(0.3, "partial: " one("true false")); maybe(0.7, "reset: 1s"); maybe(0.7, "reboot: 3s")
        maybe(0.2, "breaker: 50%"); maybe(0.5, "gang_loss: " one("stops waits stale replaces")); maybe(0.5, "stale: 2s")
        maybe(0.3, "backoff: " one("0s 1s")); maybe(0.3, "backoff_limit: " one("0 2 never"))
        maybe(0.2, "evictions_fail: " one("true false")); maybe(0.2, "losses_fail: " one("true false")); maybe(0.3, "restart_in_place: " one("true false"))
        maybe(0.2, "counts_capacity: " one("true false")); maybe(0.3, "shrink: " one("true false"))
        maybe(0.2, "return_to_service: " one("true false")); maybe(0.3, "score: " one("30% 90%"))
        maybe(0.3, "move: " one("now checkpoint wait")); maybe(0.2, "ban: {faults: 2, within: 20s}"); maybe(0.3, "derate: " one("true false"))
        if (all_nodes > 1) maybe(0.3, "spares: " one("1 1 20%")); maybe(0.3, "spare_start: " one("0s 2s")); maybe(0.4, "technicians: " one("1 2"))
        maybe(0.2, "shift: {length: 8h}"); maybe(0.2, "technician_cost: 55 USD/h")
        printf "}"
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
        maybe(0.2, "estimate: " one("1s 10s")); grace = chance(0.2); if (grace) printf ", grace: %s", one("1s 5s"); maybe(0.2, "startup: 2s")
        if (chance(0.15)) { printf ", restart: 3s"; maybe(0.5, "restart_per_task: 10%") }; maybe(0.2, "preemptible: " one("true false")); maybe(0.15, "preempt_delay: 4s")
        maybe(0.2, "utilisation: " one("60% 10%")); maybe(0.1, "labels: {pool: train}"); maybe(0.2, "tolerations: [special]")
        maybe(0.15, "topology: {same: " one("rack zone node") "}"); maybe(0.2, "user: " one("ann bob"))
        maybe(0.2, "end: " one("failed cancelled")); maybe(0.15, "retries: " one("0 1"))
        maybe(0.3, "need: " one("{storage_bandwidth:~50MB/s} {storage_bandwidth:~2GB/s} {network:~40Gb/s} {io_cpu:~3} {cpu:~16}"))
        maybe(0.1, "speed: {" model[1 + below(types)] ": " one("50% 200%") "}")
        if (chance(0.35)) {
            printf ", checkpoint: {every: %s", one("1s 2s 5s")
            if (pool && chance(0.3)) printf ", size: 1Gi%s", chance(0.5) ? ", async: true" : ""
            else { maybe(0.6, "cost: " one("0s 1s 500ms")); maybe(0.4, "flush: " one("1s 3s")) }
            if (grace) maybe(0.6, "on_stop: true")
            printf "}"
        }
        if (chance(0.15)) printf ", kind: service, service: {demand: [{at: 0s, rate: %d/s}, {at: %ds, rate: %d/s}], repeat: 9s, " \
                                 "work: 100ms, slots: %s}", below(30), 1 + below(8), below(30), one("1 1 4")
        else maybe(0.1, "sync: " one("true false"))
        print "}"
    }
    BEGIN {
        srand(seed)
        split("H100 A100 T4", model, " ")
        print "gpuplan: 1\nname: audit-" seed "\nseed: " seed "\nreplications: 2"
        cluster(); queues(); costs()
        print "workload:\n  - jobs:"
        jobs = 1 + below(60)
        for (j = 0; j < jobs; j++) job(j)
        models()
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
