#!/bin/sh
# traces.sh - `gpuplan trace stats` and `convert` as a user meets them, on the samples of tests/data.
#
# Goal: what a log holds is said in full, and nothing is lost on the way to our own CSV. Method: lines of the output whose
# numbers tests/test_trace.c works out; a log, packed and converted, must tell the same story.
set -u
suite=traces
. tests/words.sh
samples=$(cd tests/data && pwd)
cd "$work" || exit 1

run() { # ARGUMENT...: gpuplan must succeed; output in out and err
    "$gpuplan" "$@" >out 2>err
    code=$?
    ok "gpuplan $* ended with $code" [ "$code" -eq 0 ]
}
says() { # WORDS: in out, however many blanks there are between them
    tr -s ' ' <out >squeezed
    ok "'$1' is not said" grep -qF -- "$1" squeezed
}

run trace --help
says 'stats what was kept, dropped and why'
run help trace
says 'Usage: gpuplan trace SUBCOMMAND LOG'
for command in stats convert; do
    run trace "$command" --help
    says "Usage: gpuplan trace $command LOG"
done
run list formats
for format in native openb philly philly-json swf sacct; do
    says " $format "
done

run trace stats "$samples/trace-sacct.txt"
says 'rows read 16'
says 'jobs kept 8, 1 of them without GPUs'
says 'GPU-hours 113.650 read, 4524.663 kept'
says 'submitted 2026-03-02T09:05:00Z to 2026-09-02T12:00:00Z'
says 'queues, users 3, 5'
says 'ends 2 completed, 4 failed, 1 cancelled, 1 still running'
says ' requeue of an earlier row 1 10'
says ' array remainder 1 4'
says '9-16 1 12.50'
# Waits of the eight jobs in s: 900 1 140 600 600 10 60 5; sorted 1 5 10 60 140 600 600 900, the median is 100.
says 'wait 8 1'
ok 'the median wait is not 100 s' awk '$1 == "wait" && $6 == 100 { good = 1 } END { exit !good }' out

run trace stats "$samples/trace-openb.csv"
says 'recorded starts 5'
says 'submitted 0s to 1h23m20s'
says 'time 0 of a run 16m40s on the log'
run trace stats "$samples/trace-openb.csv" --from 4000s
says 'running at `from`: carried over with the rest of its run time 3 2'
says 'time 0 of a run 1h6m40s on the log'

# Eight hours west of UTC the first job was submitted at 15:58 UTC, in the hour of 07 there.
run trace stats "$samples/trace-philly.csv" --timezone=-08:00
says 'submitted 2017-10-11T15:58:12Z to'
says 'submissions by hour of the day (UTC-08:00)'
says '07 2 08 3'
says 'Wed 5 Thu 1'

# Packed or not, named or found by looks, below the data folder or here: the same.
run trace stats "$samples/trace-swf.txt"
sed 1d out >plain
gzip -c "$samples/trace-swf.txt" >a.txt
run trace stats a.txt
sed 1d out >packed
ok 'a packed log tells another story' cmp -s plain packed
run trace stats trace-swf.txt --data "$samples" --format swf
sed 1d out >packed
ok 'a log below the data folder tells another story' cmp -s plain packed

# Converted, every log has the same jobs: sizes, times and queues.
story() { # of jobs: no counts of rows read, no reasons, no option
    sed -n '/^jobs kept/p; /^submitted/p; /^last end/p; /^queues/p; /^recorded/p; /^ends/p; /^GPUs a job/,$p' out
}
for sample in trace-native.csv trace-openb.csv trace-philly.csv trace-philly.json trace-swf.txt trace-sacct.txt; do
    run trace stats "$samples/$sample"
    story >before
    run trace convert "$samples/$sample" -o converted.csv
    ok "converting $sample is not summed up" grep -q 'jobs of' err
    run trace stats converted.csv --gpus-per-node 32
    story >after
    ok "$sample tells another story when it is converted" cmp -s before after
    run -q trace convert converted.csv -o - --gpus-per-node 32
    ok "$sample changes when it is converted again" cmp -s out converted.csv
    ok "quiet is not quiet about $sample" [ ! -s err ]
done

echo "traces: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
