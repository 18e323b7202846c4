#!/bin/sh
# what_if.sh - what a newcomer trips over is said, in words that tell what to do.
#
# Goal: runs that are paid for over different times, queues of a log that the scenario lacks, nodes without CPUs, a run in
# which nothing ran, waits that a smaller bill hides, a plan that no luck could confirm. Method: a log of two jobs; figures by hand.
set -u
export LC_ALL=C.UTF-8
suite=what_if
. tests/words.sh
cd "$work" || exit 1

# One node of 8 GPUs at 1 USD; two jobs of 8 GPUs for an hour at once: the second waits 1 h on one node, not on two.
cat >jobs.csv <<CSV
id,submit,duration,gpus,queue
a,0,3600,8,vision
b,0,3600,8,speech
CSV
cat >scenario.yaml <<YAML
gpuplan: 1
name: give-back
cluster:
  types: {t: {gpus: {count: 8, model: H100}, price: {on_demand: 1 USD/gpu-h}}}
  nodes: [{name: n, type: t, count: 2}]
workload: [{trace: {format: native, path: jobs.csv}}]
policy: {preset: fifo}
variants: {two: {}, one: {cluster.nodes.n.count: 1}}
YAML

run 0 run scenario.yaml
says 'Each variant is paid for until its last job ends, 1.00 to 2.00 hours' out
run 0 run scenario.yaml --format markdown
says 'Each variant is paid for until its last job ends' out

# With a horizon: 2 nodes x 8 GPUs x 4 h = 64 USD against 32; mean wait 0 against (0 + 60) / 2 min; all start within 1 h.
run 0 run scenario.yaml --set horizon=4h -o run.h5
ok 'a note where all are paid for the same time' sh -c "! grep -q 'is paid for until' out"
says '32 USD less in 4 h. Jobs wait 30 min on average instead of 0 s; 95 % of them start within 1 h instead of 0 s.' out
run 0 compare run.h5
says 'Cost -32 USD. Mean wait +30 min.' out
run 0 report run.h5 --html run.html
ok 'the page says who pays' grep -q 'Who pays, by queue, with .*one' run.html

# The bill does not call a queue's own what idled while it waited: with 12 GPUs on the one node, 4 idle for an hour, as b
# waits for 8.
run 0 run scenario.yaml --set horizon=4h --set start=2026-03-02T00:00:00Z --set cluster.types.t.gpus.count=12 -o idle.h5
run 0 report idle.h5 --variant one --focus idle.csv
ok 'who waited is not said to have held' grep -q 'GPU time of idle GPUs, waited for by queue speech on t: fragmented\|GPU time of idle GPUs, waited for by queue speech on t: short' idle.csv
ok 'who held is not named' grep -q 'GPU time of queue vision on t: productive' idle.csv

# A plan of what is not drawn: a run a fleet, nothing to confirm with, and no share of replications that pretends to.
cat >plan.yaml <<YAML
extends: scenario.yaml
horizon: 4h
targets: {wait_mean_s: "<= 10m"}
plan: {nodes: {n: {min: 1, max: 3}}}
YAML
run 0 plan plan.yaml
ok 'the last line is not about two nodes, exactly' sh -c 'tail -n 1 out | grep -q "^2 n: 64.* USD .*exact for this workload: nothing is drawn"'
run 0 plan plan.yaml --format json
ok 'more than a run a fleet' grep -q '"replications": 1,' out
ok 'something confirms' grep -q '"confirm": null' out

# A queue that `queues` lacks; none where nobody declares any.
run 0 check scenario.yaml
silent err
run 0 check scenario.yaml --set 'queues=[{name: vision}]'
says '1 of 2 jobs of jobs.csv are in queues that `queues` does not have; the first is `speech`' err

# A log that asks for cores, nodes that have none: nothing runs, and the report does not rank that.
sed 's/queue$/queue,cpu/; s/vision$/vision,4/; s/speech$/speech,4/' jobs.csv >cores.csv
sed 's/jobs.csv/cores.csv/' scenario.yaml >cores.yaml
run 0 run cores.yaml --set horizon=4h
says 'no node has any cpu, so they are rejected: say how much a node has in `cluster.types.NAME.cpu`' err
last 'No job ran: all were rejected, as too large for any node or as the policy says.'
run 0 run cores.yaml --set horizon=4h --set cluster.types.t.cpu=16
silent err

# A generator's jobs are not listed.
printf 'gpuplan: 1\nname: g\nhorizon: 1h\ncluster: {types: {t: {gpus: 1}}, nodes: [{name: n, type: t}]}\n%s\n' \
    'workload: [{synthetic: {arrivals: {rate: 1/h}, duration: {distribution: constant, value: 1m}}}]' >drawn.yaml
run 0 check drawn.yaml
says 'jobs drawn, 1 replication' out

# Capacity that is taken has the interval of what is taken, on the page as in `compare`; the variant of the head is first.
cat >taken.yaml <<YAML
gpuplan: 1
name: taken
seed: 1
horizon: 10d
replications: 4
cluster: {types: {t: {gpus: 8, price: {on_demand: 1 USD/gpu-h}}}, nodes: [{name: n, type: t, count: 4}]}
workload: [{synthetic: {arrivals: {rate: 100/d}, gpus: {1: 50%, 8: 50%}, duration: {distribution: constant, value: 45m}}}]
policy: {preset: fifo, scan: skip}
variants: {four: {}, strict: {policy.scan: strict}, three: {cluster.nodes.n.count: 3}}
YAML
run 0 run taken.yaml -o taken.h5
run 0 compare taken.h5 --candidate three
taken=$(sed -n 's/^- capacity taken: [0-9.,]* GPU-hours (95 % interval \([0-9.]*\) to \([0-9.]*\)).*/\1 \2/p' out |
    awk '{ printf "%.1f to %.1f", $1, $2 }')
ok 'no interval of what is taken' [ -n "$taken" ]
run 0 report taken.h5 --html taken.html
ok "95 %: $taken is not on the page" grep -qF "95 %: $taken<" taken.html
ok 'the head speaks of another' grep -q 'class="headline">three' taken.html
ok 'its savings are not the first' sh -c "sed -n '/id=\"savings\"/,\$p' taken.html | grep -m 1 '<h3>' | grep -q three"


# Twice the work: a quarter less is paid, and the head says how many jobs are not done for it.
run 0 run taken.yaml --set 'workload.0.synthetic.arrivals.rate=200/d' --format csv
fewer=$(awk -F, '$2 == "jobs_completed" { jobs[$1] = $4 } END { print jobs["four"] - jobs["three"] }' out)
run 0 run taken.yaml --set 'workload.0.synthetic.arrivals.rate=200/d'
ok "not $fewer fewer" awk -v want="$fewer" '/ jobs that complete with four, / {
    sub(/.* jobs that complete with four, /, ""); found = $1 - want <= 1 && want - $1 <= 1 && want > 100
    } END { exit !found }' out

# sacct's Timelimit, if that is what was exported: 2 days; the raw one goes first.
limit() { # LIMIT RAW CODE SECONDS-OR-MESSAGE
    printf 'JobID|Submit|Start|End|State|AllocTRES|Timelimit|TimelimitRaw\n1|%s|gres/gpu=1|%s|%s\n' \
        '2026-03-02T09:00:00|2026-03-02T09:00:00|2026-03-02T10:00:00|COMPLETED' "$1" "$2" >sacct.txt
    run "$3" trace convert sacct.txt --format sacct -o -
    cat err >>out
    says "$4" out
}
limit 2-00:00:00 '' 0 ,172800
limit 08:00:05 '' 0 ,28805
limit 30:00 '' 0 ,1800
limit UNLIMITED '' 0 1,
limit 2-00:00:00 60 0 ,3600
for wrong in 2- 5 1:2:3:4 -1:00 2-00:00 1x:00 00:00: 99999999-00:00:00; do
    limit "$wrong" '' 3 'expected a limit such as 2-00:00:00, 08:00:00 or UNLIMITED'
done
echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
