#!/bin/sh
# run.sh ITEM... - runs test programs and test scripts (*.sh) and closes with one line that sums them up.
#
# Each item prints `NAME: N passed, M failed` or `NAME: N passed, M failed, K skipped` last. An item that ends
# without that line counts as one failure. `skip: REASON` and `note: TEXT` lines are shown. With CI=true a skip is a
# failure: a machine that tests has all programs.
set -u
unset MAKEFLAGS MFLAGS # a script that calls make starts afresh
passed=0
failed=0
skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
summary='s/^[A-Za-z0-9_.-]*: \([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p'
for item in "$@"; do
    case $item in
    *.sh) sh "$item" >"$log" 2>&1 ;;
    *) "$item" >"$log" 2>&1 ;;
    esac
    code=$?
    line=$(sed -n "$summary" "$log" | tail -n 1)
    if [ -z "$line" ]; then
        cat "$log"
        echo "$item: ended with status $code before its summary"
        failed=$((failed + 1))
        continue
    fi
    # shellcheck disable=SC2086 # two or three numbers, split on purpose
    set -- $line
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + ${3:-0}))
    if [ "$code" -ne 0 ] || [ "$2" -ne 0 ]; then
        cat "$log"
        [ "$2" -ne 0 ] || failed=$((failed + 1)) # passed its cases, then died: a sanitizer's word
    else
        grep '^skip: \|^note: ' "$log"
        tail -n 1 "$log"
    fi
done
case ${CI:-} in
true | 1)
    if [ "$skipped" -gt 0 ]; then
        echo "$skipped skipped: in CI each counts as a failure; \`make deps\` installs what is missing"
        failed=$((failed + skipped))
        skipped=0
    fi
    ;;
esac
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
