#!/bin/sh
# run.sh PROGRAM... - runs every test program and closes with one line that sums them up.
set -u
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    "$program" >"$log" 2>&1
    code=$?
    line=$(sed -n 's/^[A-Za-z0-9_.-]*: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
    if [ -z "$line" ]; then
        cat "$log"
        echo "$program: ended with status $code before its summary"
        failed=$((failed + 1))
        continue
    fi
    passed=$((passed + ${line% *}))
    failed=$((failed + ${line#* }))
    if [ "$code" -ne 0 ] || [ "${line#* }" -ne 0 ]; then
        cat "$log"
        [ "${line#* }" -ne 0 ] || failed=$((failed + 1)) # passed its cases, then died: a sanitizer's word
    else
        tail -n 1 "$log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
