#!/bin/sh
# sanitize.sh - the unit and command line tests again, under the address and undefined-behaviour sanitizers.
#
# Both compilers, each in a build folder of its own (determinism.sh runs those programs too). A finding ends the
# program that made it, so it shows as a failed test. Leaks count, with gcc. Of the command line tests clang runs those
# that simulate; the books are read at every event.
set -u
build=${BUILD:-build}
passed=0
failed=0
skipped=0
for cc in gcc clang; do
    if ! command -v "$cc" >/dev/null 2>&1; then
        echo "skip: sanitizers of $cc: it is not installed"
        skipped=$((skipped + 1))
        continue
    fi
    echo "-- $cc --"
    # clang's leak checker now and then crashes on the threads that its OpenMP run time keeps: leaks are gcc's part.
    leaks=$([ "$cc" = gcc ] && echo 1 || echo 0)
    log=$build/sanitize-$cc.log
    some=$([ "$cc" = gcc ] || echo 'CLI_TESTS=tests/cli/micro.sh tests/cli/random_audit.sh tests/cli/report.sh')
    SCENARIO_ONLY='starter.yaml raid-night.yaml lost-tenth.yaml busy-not-productive.yaml three-leftovers.yaml' \
        AUDIT_SCENARIOS=${AUDIT_SCENARIOS:-30} ASAN_OPTIONS=detect_leaks=$leaks make ${some:+"$some"} --no-print-directory -s -j"$(nproc)" CC="$cc" OPT=-O1 CFLAGS=-DGPUPLAN_DEBUG BUILD="$build/sanitize-$cc" \
        SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' unit-and-cli >"$log" 2>&1
    line=$(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p')
    if [ -z "$line" ]; then
        tail -n 40 "$log"
        failed=$((failed + 1))
        continue
    fi
    [ "${line#* }" -eq 0 ] || cat "$log"
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
done
if [ "$skipped" -gt 0 ]; then
    echo "sanitize: $passed passed, $failed failed, $skipped skipped"
else
    echo "sanitize: $passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
