#!/bin/sh
# other_builds.sh - tests that make builds of their own, one after the other: the second uses those of the first.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
TEST_JOBS=1 sh tests/run.sh tests/sanitize.sh tests/determinism.sh 2>&1 | tee "$log"
closing=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
echo "other_builds: ${closing:-0 passed, 1 failed}"
case $closing in
*' 0 failed'*) exit 0 ;;
*) exit 1 ;;
esac
