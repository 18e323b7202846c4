#!/bin/sh
# backtest.sh - `gpuplan trace backtest` on a log of ten jobs whose waits and skills are worked out by hand.
#
# Goal: figures, left-out jobs and the sentence at the end are right, and what is wrong is said. Method: one node with 2
# GPUs, first come first served, nobody passes. Recorded waits are in the log; the simulation starts the jobs like this:
#
#   1 at 0, 2 and 3 at 100, 4 at 150, 5 at 300, 6 and 7 at 400, 8 and 9 at 500, 10 at 600
#
#   job            1    2    3    4    5    6    9   10     7 has no start, 8 still ran when the log ended
#   recorded, s    0  100   80  150   10  110    0  130     mean 580 / 8 = 72.5, sorted 0 0 10 80 100 110 130 150:
#   simulated, s   0   90   80  120    0   90    0   90     median 90, 90 % 130 + 0.3 x 20 = 136
#   error, s       0   10    0   30   10   20    0   40     mean 110 / 8 = 13.75, median 10
#
# Nothing waits: the mean error is 72.5, so the skill is 1 - 110/580. Ranks: recorded 1.5 5 4 8 3 6 1.5 7, simulated
# 2 6 4 8 2 6 2 6; sums of squares 41.5 and 38, of products 38: Spearman's is the root of 38/41.5.
#
# GPUs in use, means over 100 s, without job 7, up to 680 s:
#   recorded    2  1.4  1.6  1.8  0.4  1.6  1
#   simulated   2  2    1    2    0.2  1.6  1     errors 1.6 / 7
#   naive     4.4  0.6  0    2.2  0    2.4  0     errors 7.4 / 7
set -u
gpuplan=$(cd "${BUILD:-build}" && pwd)/gpuplan
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

ok() { # TEXT COMMAND...: the command must succeed
    text=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "backtest: $text"
        sed 's/^/    /' out err | head -n 6
    fi
}
ends() { # CODE ARGUMENT...: of gpuplan; output in out and err
    want=$1
    shift
    timeout 20 "$gpuplan" "$@" >out 2>err
    code=$?
    ok "gpuplan $* ended with $code, not $want" [ "$code" -eq "$want" ]
}
says() { # WORDS: on stdout, however many blanks there are between them
    tr -s ' ' <out >squeezed
    ok "'$1' is not said" grep -qF -- "$1" squeezed
}
complains() {
    ok "'$1' is not complained about" grep -qF -- "$1" err
}
is() { # KIND NAME FIGURE FORMULA: the value in the CSV of out is that of the formula
    ok "$1 $2 $3 is not $4" awk -F, -v kind="$1" -v name="$2" -v figure="$3" \
        '$1 == kind && $2 == name && $3 == figure { d = $4 - ('"$4"'); good = d < 1e-9 && d > -1e-9 && $4 != "" }
         END { exit !good }' out
}

cat >log.csv <<'END'
id,submit,duration,gpus,start,queue,end
1,0,100,2,0,a,completed
2,10,50,1,110,a,completed
3,20,50,1,100,b,completed
4,30,100,2,180,b,completed
5,300,100,2,310,a,completed
6,310,20,1,420,a,completed
7,320,20,1,,a,completed
8,500,60,1,505,b,running
9,500,100,1,500,b,completed
10,510,40,2,640,b,completed
END
cat >cluster.yaml <<'END'
gpuplan: 1
name: two-gpus
horizon: 60s
cluster:
  types: {t: {gpus: {count: 2, model: P100}}}
  nodes: [{name: n, type: t, count: 1}]
policy: {order: fifo, scan: strict, pack: first-fit}
variants:
  strict: {}
  skip: {policy.scan: skip}
END

ends 0 trace backtest log.csv cluster.yaml --step 100s --format-out csv
ok 'it says something on stderr' [ ! -s err ]
is log all jobs 10
is log all compared 8
is log all censored 1
is log all no_start 1
is log all rows_dropped_by_reader 0
is wait all recorded_mean_s 72.5
is wait all recorded_median_s 90
is wait all recorded_p90_s 136
is wait all simulated_mean_s 58.75
is wait all simulated_median_s 85
is wait all simulated_p90_s 99
is wait all median_absolute_error_s 10
is wait all mean_absolute_error_s 13.75
is wait all naive_mean_absolute_error_s 72.5
is wait all skill 1-110/580
is wait all spearman 'sqrt(38/41.5)'
is wait_by_queue a skill 1-40/220
is wait_by_queue b skill 1-70/360
is wait_by_size '1 GPU' skill 1-30/290
is wait_by_size '2-7 GPUs' skill 1-80/290
is series gpus_in_use steps 7
is series gpus_in_use recorded_mean 1.4
is series gpus_in_use simulated_mean 1.4
is series gpus_in_use naive_mean 9.6/7
is series gpus_in_use mean_absolute_error 1.6/7
is series gpus_in_use naive_mean_absolute_error 7.4/7
is series gpus_in_use skill 1-1.6/7.4

ends 0 trace backtest log.csv cluster.yaml --step 100s
says 'log.csv against two-gpus, strict, preset'
says '10 jobs, waits of 8 compared'
says '1 left out: no start is recorded'
says '1 left out: still ran when the log ended'
says 'all 8 90.0 136.0 72.5 85.0 99.0 58.8 10.0 13.8 0.96 0.81'
says 'GPUs in use 7 1.40 1.40 1.37 0.23 1.06'
ok 'the last line is not about waits' sh -c "tail -n 1 out | grep -q '^Trust simulated waits of this cluster: .*skill 0.81'"
ends 0 trace backtest log.csv cluster.yaml --format-out markdown
says '### log.csv against two-gpus'
says '| wait, s |'
ends 0 trace backtest log.csv cluster.yaml --format-out json
says '"spearman": 0.95690'
says '"nodes_with_a_job": null'
# In the variant jobs may pass others, but whenever a head waits nobody behind it fits: the same figures.
ends 0 trace backtest log.csv cluster.yaml --variant skip --format-out csv
is wait all skill 1-110/580

# Any end and any start of the scenario give way to the log's.
sed 's/^horizon.*/until: workload-done/' cluster.yaml >until.yaml
ends 0 trace backtest log.csv until.yaml --format-out csv
is wait all skill 1-110/580

# Cut at 105 s: 1 is over, 3 is carried over; 2 and 4 were waiting and are submitted there.
ends 0 trace backtest log.csv cluster.yaml --from 105s --format-out csv
is log all carried 1
is log all jobs 9
is wait all jobs 6

# Nodes with a job, means of 100 s in which the series has rows: recorded 1 1 1 1 0 1; simulated, busy at 0-250, 300-420,
# 500-640: 1 1 0.5 1 0.2 1; naive, at 0-130, 300-400, 500-600: 1 0.3 0 1 0 1.
printf 'time,active\n0,1\n50,1\n150,1\n250,1\n350,1\n450,0\n550,1\n' >nodes.csv
ends 0 trace backtest log.csv cluster.yaml --step 100s --nodes-series nodes.csv --format-out csv
is series nodes_with_a_job steps 6
is series nodes_with_a_job recorded_mean 5/6
is series nodes_with_a_job simulated_mean 4.7/6
is series nodes_with_a_job naive_mean 3.3/6
is series nodes_with_a_job skill 1-7/17
cut -d, -f1-4,6 log.csv >no-starts.csv
ends 0 trace backtest no-starts.csv cluster.yaml --step 100s --nodes-series nodes.csv
says 'nodes with a job 6'
says 'The log says nothing about waits.'

# Recorded waits 0 and 1 s, simulated 0 and 90 s: 1 - 44.5/0.5 = -88.
printf 'id,submit,duration,gpus,start\n1,0,100,2,0\n2,10,100,2,11\n' >roomy.csv
ends 0 trace backtest roomy.csv cluster.yaml
ok 'bad waits are trusted' sh -c \
    "tail -n 1 out | grep -qF 'Do not trust simulated waits of this cluster: worse than assuming that nothing waits (skill -88.00).'"
# Nobody waited: there is nothing to beat.
printf 'id,submit,duration,gpus,start\n1,0,100,2,0\n2,200,100,2,200\n' >idle.csv
ends 0 trace backtest idle.csv cluster.yaml
says 'Nothing waited in the log and nothing waits in the simulation'
printf 'id,submit,duration,gpus,start\n1,0,100,2,0\n2,10,100,2,10\n' >free.csv
ends 0 trace backtest free.csv cluster.yaml
says 'nothing waited in the log, but jobs wait in the simulation'
# A job that never starts waits until the end; one that is too large is left out.
printf 'id,submit,duration,gpus,start\n1,0,never,2,0\n2,10,100,1,20\n3,20,10,2,30\n4,30,10,9,40\n' >stuck.csv
ends 0 trace backtest stuck.csv cluster.yaml --gpus-per-node 16
says '1 left out: too large for the simulated cluster'
says '2 never started in the simulation'

# ---- bad input
ends 2 trace backtest
complains 'which log?'
ends 2 trace backtest log.csv
complains 'which scenario?'
ends 2 trace backtest log.csv cluster.yaml more.yaml
ends 2 trace backtest log.csv cluster.yaml --format pbs
complains 'gpuplan list formats'
ends 2 trace backtest log.csv cluster.yaml --format-out html
complains 'expected table, json, csv or markdown'
ends 2 trace backtest log.csv cluster.yaml --step 0s
complains 'expected 1s to 30d'
ends 2 trace backtest log.csv cluster.yaml --origin 5s
ends 3 trace backtest no-starts.csv cluster.yaml
complains 'no job of the log has a recorded start'
ends 3 trace backtest log.csv cluster.yaml --variant none
complains 'it has no variant none'
printf 'gpuplan: 1\nname: x\npolicy: {preset: fifo}\n' >bare.yaml
ends 3 trace backtest log.csv bare.yaml
complains cluster
ends 3 trace backtest missing.csv cluster.yaml
ends 3 trace backtest log.csv missing.yaml
printf 'time,active\n2026-01-01 00:00:00,1\n' >dates.csv
ends 3 trace backtest log.csv cluster.yaml --nodes-series dates.csv
complains 'its times are dates, those of the log seconds'
printf 'time,active\n100,1\n50,-1\n' >wrong.csv
ends 3 trace backtest log.csv cluster.yaml --nodes-series wrong.csv
complains 'wrong.csv:3:1: '
complains 'wrong.csv:3:4: '
printf 'time,active\n9000,1\n' >later.csv
ends 3 trace backtest log.csv cluster.yaml --nodes-series later.csv
complains 'no row of it lies between'

echo "backtest: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
