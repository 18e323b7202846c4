#!/bin/sh
# micro.sh - every micro-scenario of validation/micro runs and finds what it expects.
set -u
build=${BUILD:-build}
passed=0
failed=0
for micro in validation/micro/*.yaml; do
    if "$build/gpuplan" run "$micro" --quiet >/dev/null 2>"$build/micro.err"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $micro"
        "$build/gpuplan" run "$micro" --quiet 2>&1 | grep -E "error|✗" | head -8
    fi
done
echo "micro: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
