#!/bin/sh
# fault_logs.sh - `gpuplan trace stats` and `convert` on fault logs, and what can be wrong with one.
#
# Goal: what a fault log holds is said in full, converting it loses nothing, a bad one is refused with its place. Method: lines
# of the output whose numbers tests/test_fault_log.c works out; a table of small bad files with the words that must be said.
set -u
suite=fault_logs
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
ends() { # CODE WORDS ARGUMENT...
    want=$1
    words=$2
    shift 2
    timeout 20 "$gpuplan" "$@" >out 2>err
    code=$?
    ok "gpuplan $* ended with $code, not $want" [ "$code" -eq "$want" ]
    ok "'$words' is not said by gpuplan $*" grep -qF -- "$words" err
}
bad() { # FORMAT CONTENT WORDS
    printf "$2" >f
    ends 3 "$3" trace stats f --format "$1"
    ends 3 "$3" trace convert f --format "$1" -o log.csv
    ok "$3: something is left behind" [ ! -e log.csv ]
}

# ---- what is said ----
run trace stats "$samples/faults.json" --nodes 10
says 'faults.json (infinitehbd)'
says 'faults 7 read, 7 kept'
says 'nodes 10, 4 of them with a fault'
says 'rate 70.000 faults per 1,000 node-days'
says 'node-days down 8.5001, 8.500 % of 100.0'
says 'node-ms down 734408640'
says 'drawn out by operators 1 faults'
says 'worst node n-c: 3 faults'
says 'an end without a start before it 2 6'
says 'of no length: start and end are the same 1 9'
says 'without an end: not repaired within the log 1 12'
says 'stress-test-failure down 1 14.29 10.0000 0 0 by operators'
run trace stats "$samples/faults.csv"
says 'raid storage_bandwidth=35% 1'
says 'those without one are not in the log: --nodes N'
run list formats
says ' infinitehbd '
says ' faults-csv '

# ---- packed, converted, cut ----
gzip -c "$samples/faults.json" >packed
run trace stats packed --nodes 10
sed 1d out >packed.txt
run trace convert "$samples/faults.json" -o faults.csv
ok 'converting is not summed up' grep -q '7 faults of 7' err
run trace stats faults.csv --nodes 10
grep -E '^(rate|node-ms down|repeat|gpu|nic)' out >converted.txt
grep -E '^(rate|node-ms down|repeat|gpu|nic)' packed.txt >logged.txt
# The converted log ends with its last fault, a day before the event that ended nothing: the rate and the open fault follow.
ok 'packing or converting changes the repeat offenders' [ "$(grep '^repeat' converted.txt)" = "$(grep '^repeat' logged.txt)" ]
run -q trace convert faults.csv -o -
ok 'converting twice changes the log' cmp -s out faults.csv
run trace stats "$samples/faults.json" --from 54h --to 8d
says 'faults 7 read, 5 kept'
says 'over before --from 1 3'
says 'began before --from, its rest is kept 2'

# ---- fitted ----
# Forty faults of four nodes out of ten, each an hour, every two hours: in service 10 nodes x 80 h - 40 h = 760 h, one fault a node in 19 h.
{
    echo 'node,start_s,end_s,component,effect'
    for i in $(seq 0 39); do echo "n$((i % 4)),$((i * 7200 + 3600)),$((i * 7200 + 7200)),nic,down"; done
} >forty.csv
run trace fit forty.csv --nodes 10
says 'faults 40 of 10 nodes'
says 'down 5.000 % of the node-days'
says 'nic 40 0.8 1 1'
run -q trace fit forty.csv --nodes 10 -o -
says 'mtbf: 19h # in service'
says 'value: 1h'
ok 'it is not said that they come too evenly' grep -qF 'the next fault comes later than by chance' err # every eight hours on the dot
# What is written is a failure model that loads: 800 h / 19 h = 42 faults a run are offered; with its frailty of cv 2.26 the mean of ten runs has a sd of 10; two of them are allowed.
run -q trace fit forty.csv --nodes 10 -o fit.yaml
cat >fitted.yaml <<END
name: fitted
extends: [fit.yaml]
horizon: 80h
replications: 10
cluster:
  types: {h: {gpus: {count: 8, model: H100, memory: 80Gi}, cpu: 64, memory: 1Ti}}
  nodes: [{name: a, type: h, count: 10}]
workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]
expect: [faults_offered >= 22, faults_offered <= 62]
END
run run fitted.yaml --quiet
ends 3 '--seed means nothing to a fault log' trace fit forty.csv --seed 3
head -n 5 forty.csv >five.csv
ends 3 '4 faults are left of the log; a fit needs 10' trace fit five.csv
ends 3 '--nodes is for fault logs' trace fit "$samples/trace-philly.csv" --nodes 3

# ---- replayed ----
# Ten nodes of 8 GPUs for ten days: 734,408,640 node-ms x 8 / 3,600,000 = 1632.0192 GPU-hours, all of it recorded.
cat >replay.yaml <<END
name: replay
horizon: 10d
cluster:
  types: {h: {gpus: {count: 8, model: H100, memory: 80Gi}, cpu: 64, memory: 1Ti}}
  nodes: [{name: a, type: h, count: 10}]
workload: [{jobs: [{id: A, duration: 4s, gpus: 2}]}]
inject: [{trace: {format: infinitehbd, path: $samples/faults.json}}]
END
run run replay.yaml --format json
tr -d ' \n' <out >squeezed
ok 'down is not the union of the intervals' grep -qF '"down":{"group":"unavailable","gpu_hours":1632.0192,' squeezed
ok 'down is not recorded' grep -qF '"by":{"recorded":{"gpu_hours":1632.0192,' squeezed

# ---- mistakes ----
bad faults-csv '' 'the file is empty'
bad faults-csv 'node,start_s,end_s,component\n' 'missing in the header'
head='node,device,start_s,end_s,component,effect\n'
bad faults-csv "$head"'a,,1,2,x,broken\n' "f:2:10: error[csv]: effect is 'broken'; expected down, xid:79"
bad faults-csv "$head"'a,,1,2,x,xid:0\n' 'expected down, xid:79'
bad faults-csv "$head"'a,,1,2,x,slow=100%%\n' 'expected down, xid:79'
bad faults-csv "$head"'a,32,1,2,x,down\n' "device is '32'; expected a GPU's number, 0 to 31"
bad faults-csv "$head"'a,0|,1,2,x,down\n' "expected a GPU's number"
bad faults-csv "$head"'a,0,1,2,x,network=50%%\n' "device is '0'; expected nothing"
bad faults-csv "$head"'a,,-1,2,x,down\n' 'expected seconds'
bad faults-csv "$head"',,1,2,x,down\n' 'the node is empty'
bad faults-csv "$head"'a,,1,2,,down\n' 'component is empty; expected what failed'
bad faults-csv 'node,start_s,end_s,component,effect,by\na,1,2,x,down,me\n' "by is 'me'; expected operator or nothing"
bad infinitehbd '' 'expected a JSON array'
bad infinitehbd '[]' 'there is no fault in it'
bad infinitehbd '[{"node_id":"a","event_type":"fault_start","event_time":1}]' 'fault_type: expected {Level, Class, Desc}'
type='"fault_type":{"Level":"l","Class":"c","Desc":"d"}'
bad infinitehbd '[{"node_id":"a","event_type":"fault","event_time":1,'"$type"'}]' 'event_type: expected fault_start or fault_end'
bad infinitehbd '[{"node_id":"a","event_type":"fault_end","event_time":-1,'"$type"'}]' "event_time: expected days since the log's zero"
bad infinitehbd '[{"node_id":7,"event_type":"fault_end","event_time":1,'"$type"'}]' 'node_id: expected a text'
bad infinitehbd '[{"node_id":"a","event_type":"fault_end","event_time":1,'"$type"'}]' 'there is no fault in it'
ends 3 '--nodes 3: 4 nodes appear in the log' trace stats "$samples/faults.json" --nodes 3
ends 3 '--nodes is for fault logs' trace stats "$samples/trace-philly.csv" --nodes 3
ends 3 '--timezone means nothing to a fault log' trace stats "$samples/faults.json" --timezone UTC
ends 3 '--from is a date, and fault logs have no calendar' trace stats "$samples/faults.json" --from 2024-03-30
ends 3 '`to` is not later than `from`' trace stats "$samples/faults.json" --from 5d --to 5d
ends 3 'this is a fault log (infinitehbd)' trace backtest "$samples/faults.json" "$samples/small.yaml"
ends 2 'did you mean infinitehbd?' trace stats "$samples/faults.json" --format infinitehbt
ends 1 'No space left' trace convert "$samples/faults.json" -o /dev/full

echo "fault_logs: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
