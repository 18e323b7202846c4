# words.sh - read by command line tests, which have set `suite`: the program, a folder of their own, and `ok`.
#
# What is run writes to $work/out and $work/err, which a failed `ok` shows.
# shellcheck shell=sh disable=SC2034,SC2154 # used by, and set by, who reads this
gpuplan=$(cd "${BUILD:-build}" && pwd)/gpuplan
passed=0
failed=0
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

ok() { # TEXT COMMAND...: the command must succeed
    text=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "$suite: $text"
        cat "$work/out" "$work/err" 2>/dev/null | head -n 12 | sed 's/^/    /'
    fi
}
