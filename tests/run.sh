#!/bin/sh
# run.sh ITEM... - runs test programs and test scripts (*.sh), TEST_JOBS at once (as many as there are cores), and closes
# with one line that sums them up.
#
# Each item prints `NAME: N passed, M failed` or `NAME: N passed, M failed, K skipped` last. An item that ends
# without that line counts as one failure. `skip: REASON` and `note: TEXT` lines are shown. With CI=true a skip is a
# failure: a machine that tests has all programs.
set -u
unset MAKEFLAGS MFLAGS # a script that calls make starts afresh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs one item; what it has to say goes to stdout in one piece, its counts to $work/NUMBER.
cat >"$work/one" <<'END'
set -u
work=$1 number=$2 item=$3
log=$work/$number.log
case $item in
*.sh) sh "$item" >"$log" 2>&1 ;;
*) "$item" >"$log" 2>&1 ;;
esac
code=$?
summary='s/^[A-Za-z0-9_.-]*: \([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p'
set -- $(sed -n "$summary" "$log" | tail -n 1)
if [ $# -eq 0 ]; then
    echo "0 1 0" >"$work/$number"
    echo "$item: ended with status $code before its summary" >>"$log"
    cat "$log"
    exit 0
fi
failed=$2
if [ "$code" -ne 0 ] || [ "$failed" -ne 0 ]; then
    cat "$log"
    [ "$failed" -ne 0 ] || failed=1 # passed its cases, then died: a sanitizer's word
else
    grep '^skip: \|^note: ' "$log" >"$log.says"
    tail -n 1 "$log" >>"$log.says"
    cat "$log.says"
fi
echo "$1 $failed ${3:-0}" >"$work/$number"
END
number=0
for item in "$@"; do
    number=$((number + 1))
    printf '%s\0%s\0' "$number" "$item"
done | xargs -0 -n 2 -P "${TEST_JOBS:-$(nproc)}" sh "$work/one" "$work"

passed=0
failed=0
skipped=0
number=0
for item in "$@"; do
    number=$((number + 1))
    read -r ok bad left <"$work/$number" || { ok=0 bad=1 left=0 && echo "$item: was not run"; }
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
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
