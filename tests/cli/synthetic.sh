#!/bin/sh
# synthetic.sh - a scenario without a log runs; trace synth and trace fit undo each other; mistakes have their exit code.
set -u
gpuplan=$(cd "${BUILD:-build}" && pwd)/gpuplan
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok() { # TEXT COMMAND...: the command must succeed
    text=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "synthetic: $text"
        head -n 4 "$work/err" | sed 's/^/    /'
    fi
}
ends() { # CODE WORDS ARGUMENT...: so must the program end, and say the words
    want=$1
    words=$2
    shift 2
    "$gpuplan" "$@" >"$work/stdout" 2>"$work/said"
    code=$?
    ok "$* ended with $code, not $want" [ "$code" -eq "$want" ]
    ok "'$words' is not said by $*" grep -qF -- "$words" "$work/said"
}

ok "philly-2017 meets what it expects" "$gpuplan" run scenarios/philly-2017.yaml --quiet

# Goal: the same bytes again, and other jobs for another seed or replication.
"$gpuplan" trace synth scenarios/philly-2017.yaml -o "$work/a.csv" --quiet
"$gpuplan" trace synth scenarios/philly-2017.yaml -o "$work/b.csv" --quiet
"$gpuplan" trace synth scenarios/philly-2017.yaml -o "$work/c.csv" --quiet --replication 1
ok "two draws of one seed differ" cmp -s "$work/a.csv" "$work/b.csv"
ok "two replications are alike" sh -c "! cmp -s '$work/a.csv' '$work/c.csv'"

# Goal: what is drawn, fitted and drawn again has its size. Method: the fitted file has no cluster and is taken as it is.
ok "a drawn log cannot be fitted" "$gpuplan" trace fit "$work/a.csv" -o "$work/fit.yaml"
ok "a fit cannot be drawn" "$gpuplan" trace synth "$work/fit.yaml" -o "$work/d.csv" --count 500
ok "500 jobs and a header were asked for" [ "$(wc -l <"$work/d.csv")" -eq 501 ]
"$gpuplan" trace fit "$work/a.csv" -o - >"$work/stdout.yaml" 2>/dev/null
ok "-o - and -o FILE differ" cmp -s "$work/fit.yaml" "$work/stdout.yaml"

# Mistakes.
printf 'submit,duration,gpus\n0,60,1\n' >"$work/one.csv"
printf 'submit,duration,gpus\n5,60,1\n5,60,1\n' >"$work/instant.csv"
printf 'submit,duration,gpus,cpu\n0,60,0,4\n9,60,0,4\n' >"$work/cpu.csv"
ends 3 "one job only" trace fit "$work/one.csv"
ends 3 "at the same time" trace fit "$work/instant.csv"
ends 3 "no job with GPUs" trace fit "$work/cpu.csv"
ends 2 "expected auto, family or quantiles" trace fit "$work/a.csv" --durations best
ends 2 "which log?" trace fit
ends 2 "where to?" trace synth scenarios/philly-2017.yaml
ends 3 "no \`synthetic:\` entry" trace synth scenarios/starter.yaml -o "$work/x.csv"
ends 3 "no variant \`nobody\`" trace synth scenarios/philly-2017.yaml --variant nobody -o "$work/x.csv"
ends 2 "--count" trace synth scenarios/philly-2017.yaml --count 0 -o "$work/x.csv"
ends 1 "cannot" trace fit "$work/a.csv" -o "$work/none/fit.yaml"
ok "a failed command left a file" [ ! -e "$work/x.csv" ]

echo "synthetic: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
