#!/bin/sh
# determinism.sh - three scenarios, one fact hash a run: whatever the compiler, the optimisation and the number of threads.
#
#   determinism.sh            compares with tests/data/fact_hash.txt
#   determinism.sh --update   rewrites that file from the build at hand (say in the commit why the facts changed)
#
# Goal: a result can be checked by anybody. Method: the scenarios draw their jobs, node ranks and faults, run every pack, preset and remedy, and
# the hashes over all facts of all runs must be the stored ones, for gcc and clang at -O0, -O2 and -O3 -march=native,
# with 1 to 8 threads, and in the sanitizers' builds. Within one build the whole output is the same to the byte.
set -u
export ASAN_OPTIONS=detect_leaks=0 # hashes are the matter here; leaks are sanitize.sh's
build=${BUILD:-build}
scenario=tests/data/determinism.yaml
schedulers=tests/data/determinism-schedulers.yaml
failures=tests/data/determinism-failures.yaml
stored=tests/data/fact_hash.txt
passed=0
failed=0
skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line a variant: its name, then one hash for each replication.
hashes() { # JSON
    tr -d ' \n' <"$1" | grep -o '"name":"[^"]*"\|"fact_hash":\[[^]]*\]' |
        awk -F'"' '$2 == "name" {name = $4} $2 == "fact_hash" {gsub(/"fact_hash":|[][",]/, " "); print name, $0}' |
        tr -s ' ' | sed 's/ $//'
}

check() { # TEXT FINDINGS: none is good
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "determinism: $1:"
        echo "$2" | head -n 20 | sed 's/^/    /'
    fi
}

run() { # PROGRAM THREADS OUT
    "$1" run "$scenario" "$schedulers" "$failures" --format json --threads "$2" >"$3" 2>"$work/messages" || cat "$work/messages"
}

check_program() { # TEXT PROGRAM
    findings=$(run "$2" 2 "$work/two.json")
    hashes "$work/two.json" >"$work/hashes"
    [ -s "$work/hashes" ] || findings="no fact hash in the output; $findings"
    check "$1" "$findings$(diff "$work/hashes" "$stored" | grep '^[<>]')"
}

if [ "${1:-}" = --update ]; then
    run "$build/gpuplan" 2 "$work/two.json"
    hashes "$work/two.json" >"$work/hashes"
    [ -s "$work/hashes" ] || { echo 'determinism: no fact hash in the output' && exit 1; }
    cp "$work/hashes" "$stored"
    echo "written: $stored"
    exit 0
fi

check_program 'the default build' "$build/gpuplan"
for threads in 1 2 3 4 5 6 7 8; do
    findings=$(run "$build/gpuplan" "$threads" "$work/$threads.json")
    check "$threads threads" "$findings$(cmp "$work/1.json" "$work/$threads.json" 2>&1)"
done
for cc in gcc clang; do
    if ! command -v "$cc" >/dev/null 2>&1; then
        echo "skip: determinism with $cc: it is not installed"
        skipped=$((skipped + 1))
        continue
    fi
    for level in -O0 -O2 '-O3 -march=native'; do
        out=$build/determinism/$cc$(echo "$level" | tr -d ' =') # make takes a name with = for an assignment
        if log=$(make --no-print-directory -s -j"$(nproc)" CC="$cc" OPT="$level" SANITIZE= BUILD="$out" \
            "$out/gpuplan" 2>&1); then
            check_program "$cc $level" "$out/gpuplan"
        else
            check "$cc $level does not build" "$log"
        fi
    done
    if [ -x "$build/sanitize-$cc/gpuplan" ]; then # tests/sanitize.sh leaves it
        check_program "$cc with sanitizers" "$build/sanitize-$cc/gpuplan"
    fi
done
if [ "$skipped" -gt 0 ]; then
    echo "determinism: $passed passed, $failed failed, $skipped skipped"
else
    echo "determinism: $passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
