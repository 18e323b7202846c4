# words.sh - read by command line tests, which have set `suite`: the program, a folder of their own, and the words below.
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

run() { # CODE ARGUMENT...: runs gpuplan, output in $work/out and $work/err; the exit code must be CODE
    want=$1
    shift
    "$gpuplan" "$@" >"$work/out" 2>"$work/err"
    code=$?
    ok "gpuplan $* ended with $code, not $want" [ "$code" -eq "$want" ]
}

# What is in $work/out or $work/err.
says() { ok "'$1' is not in $2" grep -qF -- "$1" "$work/$2"; }
silent() { ok "$1 is not empty" [ ! -s "$work/$1" ]; }
last() { ok "the last line is not '$1'" [ "$(tail -n 1 "$work/out")" = "$1" ]; }
