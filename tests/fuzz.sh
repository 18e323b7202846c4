#!/bin/sh
# fuzz.sh - runs every fuzzer for FUZZ_SECONDS from its seeds in tests/corpus/NAME and words in NAME.dict.
#
# Built with clang's fuzzer, address and undefined-behaviour sanitizers in a folder of its own. What a fuzzer finds
# lies in $BUILD/fuzz/NAME-crash-...; run $BUILD/fuzz/tests/NAME on that file to see it again. Inputs that reach new code
# are kept in $BUILD/fuzz/NAME and are where the next run starts.
set -u
build=${BUILD:-build}/fuzz
seconds=${FUZZ_SECONDS:-20}
passed=0
failed=0
if ! command -v clang >/dev/null 2>&1; then
    echo 'skip: fuzzers: clang is not installed'
    echo 'fuzz: 0 passed, 0 failed, 1 skipped'
    exit 0
fi
make --no-print-directory -s -j"$(nproc)" CC=clang OPT=-O1 BUILD="$build" \
    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' fuzzers || {
    echo 'fuzz: 0 passed, 1 failed'
    exit 1
}
for source in tests/fuzz_*.c; do
    [ -f "$source" ] || continue
    name=$(basename "$source" .c)
    seeds=tests/corpus/${name#fuzz_}
    mkdir -p "$build/$name"
    log=$build/$name.log
    words=
    [ ! -f "$seeds.dict" ] || words=-dict=$seeds.dict
    [ -d "$seeds" ] || seeds=
    # shellcheck disable=SC2086 # no seeds or words: no argument
    if "$build/tests/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        $words -artifact_prefix="$build/$name-" "$build/$name" $seeds >"$log" 2>&1; then
        echo "note: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, nothing found"
        passed=$((passed + 1))
    else
        tail -n 40 "$log"
        failed=$((failed + 1))
    fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
