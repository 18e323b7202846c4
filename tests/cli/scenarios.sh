#!/bin/sh
# scenarios.sh - the scenarios that people copy: each that needs no data of others runs, finds what it expects, and takes no longer
# than somebody who tries it would wait. Those that need data are only checked where they can be: as text.
set -u
build=${BUILD:-build}
gpuplan=$build/gpuplan
limit_s=60
only=${SCENARIO_ONLY:-} # names, joined by spaces: a sanitized build that checks its books at every event runs the small ones
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
verdict() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}
for scenario in scenarios/*.yaml; do
    name=$(basename "$scenario")
    grep -q "^| \[$name\](" scenarios/README.md
    verdict "$name has a line in scenarios/README.md" $?
    # Under its name the template is the file.
    "$gpuplan" new "$name" | cmp -s - "$scenario"
    verdict "$name: gpuplan new prints it" $?
    case $(grep "^| \[$name\](" scenarios/README.md) in
    *"--data DIR"* | *"does not run alone"*) continue ;;
    esac
    case " ${only:-$name} " in
    *" $name "*) ;;
    *) continue ;;
    esac
    grep -q '^expect:' "$scenario"
    verdict "$name says what it expects" $?
    begun=$(date +%s)
    "$gpuplan" run "$scenario" --quiet >"$work/out" 2>"$work/err"
    code=$?
    [ "$code" -eq 0 ] || { grep -E 'error|✗' "$work/out" "$work/err" | cut -d: -f2- | head -8; }
    verdict "$name meets what it expects (ended with $code)" "$code"
    took=$(($(date +%s) - begun))
    [ "$took" -le "$limit_s" ]
    verdict "$name took $took s" $?
done
echo "scenarios: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
