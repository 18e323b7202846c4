#!/bin/sh
# replications.sh - other luck in each replication: whatever the threads, until an interval is narrow, and up to Ctrl-C.
#
# Goal: results depend on the seed alone; a run that stops by itself, or is stopped, holds what a shorter run would. Method: the
# program on small scenarios, whole outputs compared.
set -u
suite=replications
. "$(dirname "$0")/../words.sh"
cd "$work" || exit 1

# ---- a log that is resampled, faults, four variants of unequal length ----
awk 'BEGIN {
    print "id,submit,duration,gpus,user"
    for (i = 0; i < 120; i++) printf "j%d,%d,%d,%d,u%d\n", i, i * 18000 + (i * 7919) % 5000, 3600 + (i * 104729) % 90000, 1 + i % 8, i % 5
}' >log.csv
cat >many.yaml <<'END'
gpuplan: 1
name: many
seed: 5
replications: {count: 7, vary: [workload, faults]}
horizon: 20d
warmup: 2d
cluster:
  types: {h: {gpus: {count: 8, model: H100}}}
  nodes: [{name: n, type: h, count: 3}]
models: {failures: {components: [{name: crash, effect: node-out, per: node, mtbf: 4d, out: 3h}]}}
workload: [{trace: {format: native, path: log.csv, resample: user-week}}]
variants:
  fifo: {policy.preset: fifo}
  easy: {policy.preset: fifo, policy.scan: easy}
  kube: {policy.preset: kube-default}
  short: {policy.preset: slurm, replications.count: 4}
END
for threads in 1 2 3; do
    "$gpuplan" run many.yaml --quiet --threads $threads --format json -o $threads.h5 >$threads.json 2>err
done
for threads in 2 3; do
    ok "$threads threads print something else" cmp -s 1.json $threads.json
    ok "$threads threads write something else" cmp -s 1.h5 $threads.h5
done
ok 'the summary does not name what was drawn' sh -c "tr -d ' \n' <1.json | grep -q '\"vary\":\[\"faults\",\"workload\"\]'"
"$gpuplan" run many.yaml --quiet >out 2>err
ok 'the table does not name what was drawn' grep -q 'the first 2d do not count; drawn: faults, workload' out
# The first replications of more are the same ones.
"$gpuplan" run many.yaml --quiet --replications 3 --format json >three.json 2>err
hashes() { # JSON: the first three of the first variant
    tr -d ' \n' <"$1" | sed 's/.*"name":"fifo"\(.*\)"name":"easy".*/\1/; s/.*"fact_hash":\[\([^]]*\)\].*/\1/' | cut -d, -f1-3
}
ok 'the first three of seven are others than the three' [ "$(hashes 1.json)" = "$(hashes three.json)" ]

# ---- --until-halfwidth ----
cat >until.yaml <<'END'
gpuplan: 1
name: until
horizon: 10d
cluster:
  types: {h: {gpus: {count: 8, model: H100}}}
  nodes: [{name: n, type: h, count: 4}]
workload: [{synthetic: {arrivals: {process: poisson, load: 60%}, gpus: {1: 60%, 8: 40%}, duration: {distribution: lognormal, median: 3h, sigma: 1}}}]
variants: {a: {policy.preset: fifo}, b: {policy.preset: fifo, policy.scan: skip}}
END
"$gpuplan" run until.yaml --quiet --until-halfwidth 3% --format json >until.json 2>err
found=$(sed -n 's/^ *"completed": \([0-9]*\),/\1/p' until.json | head -n 1)
ok 'it does not go on after the first batch' [ "${found:-0}" -ge 20 ]
ok 'it does not stop before the cap' [ "${found:-0}" -lt 200 ]
ok 'batches are not of ten' [ $((found % 10)) -eq 0 ]
"$gpuplan" run until.yaml --quiet --replications "$found" --format json >fixed.json 2>err
facts() { # JSON: without the text of the scenario, which names another number, and without what is said of the stop
    sed '/"sha256"/d; /"until_halfwidth"/,$d' "$1" | sed 's/[],[} ]*$//' | grep -v '^$'
}
facts until.json >until.facts
facts fixed.json >fixed.facts
ok "as many replications in the first place give something else" cmp -s until.facts fixed.facts
less=$((found - 10))
half() { # JSON: the widest relative half-width of productive_share
    tr -d ' \n' <"$1" | grep -o '"productive_share":{"mean":[0-9.e-]*,"sd":[0-9.e-]*,"ci_low":[0-9.e-]*,"ci_high":[0-9.e-]*' |
        awk -F'[:,]' '{half = ($9 - $3) / $3; if (half > most) most = half} END {print most + 0}'
}
"$gpuplan" run until.yaml --quiet --replications "$less" --format json >less.json 2>err
ok 'a batch less was narrow enough already' awk "BEGIN {exit !($(half less.json) > 0.03)}"
"$gpuplan" run until.yaml --quiet --until-halfwidth 3% >out 2>err
ok 'the report does not say what stopped it' grep -q '^stopped by half-width; not for tests: 95 % half-width of productive_share at most 3 % of the mean, found' out
"$gpuplan" run until.yaml --quiet --until-halfwidth 0.01%:wait_mean_s --max-replications 15 >out 2>err
ok 'the cap is not kept' grep -q 'mean of 15 replications' out
ok 'it does not say that the cap came first' grep -q '^half-width not reached: 95 % half-width of wait_mean_s at most 0.01 % of the mean' out
"$gpuplan" run until.yaml --quiet --until-halfwidth 1%:service_latency_mean_ms >out 2>err
ok 'a metric that does not apply is not named' grep -q 'service_latency_mean_ms does not apply to some variant' err
ok 'it goes on for a metric that does not apply' grep -q 'mean of 10 replications' out
{ cat until.yaml && echo 'expect: [productive_share >= 0.99]'; } >expect.yaml
"$gpuplan" run expect.yaml --quiet --until-halfwidth 3% >out 2>err
ok 'an expectation is judged by a number that the data chose' [ $? -eq 0 ]
ok 'it does not say that nothing was judged' grep -q 'expect: 1 line not judged: the data chose the number of replications' err

wrong() { # WORDS ARGUMENT...: wrong usage, and says so
    words=$1
    shift
    "$gpuplan" "$@" >out 2>err
    ok "$* ended with another code than 2" [ $? -eq 2 ]
    ok "$* does not say: $words" grep -q -- "$words" err
}
wrong 'expected a ratio' run until.yaml --until-halfwidth 1x
wrong 'more than 0 and at most 100%' run until.yaml --until-halfwidth 0%
wrong 'did you mean wait_mean_s' run until.yaml --until-halfwidth 1%:wait_mean
wrong '--max-replications limits it' run until.yaml --until-halfwidth 1% --replications 5
wrong 'belongs to --until-halfwidth' run until.yaml --max-replications 5
wrong 'from 2 to 100000' run until.yaml --until-halfwidth 1% --max-replications 1
wrong 'belongs to `gpuplan run`' gate until.yaml --until-halfwidth 1%

# ---- Ctrl-C, SIGTERM ----
sed 's/^horizon: 10d/horizon: 60d\nreplications: 4000/' until.yaml >long.yaml
caught() { # PID: waits until it catches SIGINT, the second of the bits
    for _ in $(seq 300); do
        grep -q '^SigCgt:.*[2367abef]$' "/proc/$1/status" && break
        sleep 0.1
    done
    sleep 0.5
}
interrupted() { # SIGNAL CODE
    mkdir -p files
    "$gpuplan" run long.yaml --threads 2 --seed 9 -o files/r.h5 >out 2>err &
    run=$!
    caught $run
    kill -s "$1" "$run"
    wait "$run" 2>/dev/null
    ok "$1: ended with another code than $2" [ $? -eq "$2" ]
    ok "$1: does not say that it stops" grep -q 'stopping once the running replications are complete' err
    done=$(sed -n 's/^gpuplan: interrupted; only complete replications count: \([0-9]*\) of 4000 in all variants$/\1/p' err)
    ok "$1: does not say how many are complete" [ "${done:-0}" -ge 1 ]
    ok "$1: left something beside the file" [ "$(ls files)" = r.h5 ]
    ok "$1: the file does not open" "$gpuplan" report files/r.h5 >report 2>>err
    for variant in a b; do
        ok "$1: the report does not say how much of $variant is complete" grep -q "^$variant: only $done of 4000 replications are complete" report
    done
    "$gpuplan" report files/r.h5 --format json >part.json 2>>err
    "$gpuplan" run long.yaml --quiet --seed 9 --replications "${done:-1}" -o files/whole.h5 --format json >whole.json 2>>err
    sed '/"replications"/d' part.json >part.json.cut
    sed '/"replications"/d' whole.json >whole.json.cut
    facts part.json.cut >part.facts
    facts whole.json.cut >whole.facts
    ok "$1: what is complete is not what so many replications give" cmp -s part.facts whole.facts
    rm -rf files
}
interrupted INT 130
interrupted TERM 143

# A second one ends at once: nothing is written, nothing is left, whether it runs or writes.
for signal in INT TERM; do
    expected=$([ $signal = INT ] && echo 130 || echo 143) # as a shell tells of a signal
    mkdir -p files
    echo old >files/r.h5
    "$gpuplan" run long.yaml --threads 2 --set horizon=3000d -o files/r.h5 >out 2>err &
    run=$!
    caught $run
    kill -s $signal "$run"
    sleep 0.1
    kill -s $signal "$run" 2>/dev/null
    wait "$run" 2>/dev/null
    code=$?
    ok "a second $signal ended with code $code" [ $code -eq $expected ]
    ok "a second $signal left something" [ "$(ls files)" = r.h5 ]
    ok "a second $signal touched the old file" [ "$(cat files/r.h5)" = old ]
    rm -rf files
done

echo "replications: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
