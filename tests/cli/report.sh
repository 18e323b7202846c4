#!/bin/sh
# report.sh - the command line as a user meets it: help, mistakes, formats, files, figures, exit codes.
set -u
suite=cli-report
. tests/words.sh

# A cluster of four GPUs that fills up: four requests for six GPUs, which stay.
cat >"$work/classes.csv" <<'CSV'
cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,count
1000,1024,1,1000,,2
1000,1024,2,1000,,2
CSV
cat >"$work/fill.yaml" <<'YAML'
gpuplan: 1
name: "fill, \"it\" `up` {_^}"
until: workload-done
cluster:
  types: {small: {gpus: {count: 2, model: T4}, cpu: 8, memory: 32Gi, price: {on_demand: 1.00 USD/gpu-h}}}
  nodes: [{name: n, type: small, count: 2}]
workload:
  - classes: {path: classes.csv, load: 150%}
policy: {preset: openb-study, ties: index}
variants:
  "x $(touch pwned)": {policy.pack: first-fit}
  best: {policy.pack: best-fit}
YAML

# Help and mistakes.
run 2
says "gpuplan run SCENARIO" err
silent out
run 0 --help
ok "help does not start with examples" [ "$(head -n 1 "$work/out")" = Examples ]
run 0 --version
says "HDF5" out
for command in run check report new list keys schema compare gate plan explain trace; do
    run 0 "$command" --help
    silent err
done
run 0 help report
says "Usage: gpuplan report" out
run 2 rnu
says "did you mean 'run'" err
run 2 my.yaml
says "did you mean 'gpuplan run my.yaml'" err
run 2 run.h5 --verbose
says "did you mean 'gpuplan report run.h5'" err
run 2 run my.yaml --plots figures
says '--plots belongs to `gpuplan report`' err
run 2 check my.yaml --threads 2
says '--threads belongs to `gpuplan run`' err
run 2 run my.yaml --compression best
says "expected zlib or none" err
run 2 new openb
says "did you mean openb-2023?" err
run 2 new startr
says "did you mean starter?" err
run 0 keys gpu_milli
says "workload.*.jobs.*.gpu_milli" out
says "  example   gpu_milli:" out
run 0 keys jobs.gpu_milli
says "  example   gpu_milli:" out
run 0 keys path
says "workload.*.classes.path " out
says "cluster.file.path " out
ok "a key that only contains 'path' is listed" [ "$(grep -vc 'path ' "$work/out")" = 0 ]
run 2 keys ilestone
says 'no key `ilestone`' err
run 2 --colour
says "did you mean --color" err
run 2 report --fromat json x
says "did you mean --format" err
run 2 report --format yaml x
says "expected table, json, csv or markdown" err
run 2 report --quiet=3 x
says "--quiet takes no value" err
run 2 report --csv
says "needs DIR" err
run 2 report
run 1 report "$work/x.h5" --html y
run 2 plan
says "expected one scenario" err
silent out

# Lists.
for topic in policies presets terms models formats metrics; do
    run 0 list "$topic"
    silent err
done
run 0 list
says "idle_gpus_at_full_load" out
run 2 list polices
says "did you mean 'policies'" err

# run and report say the same in every format, whichever side of the command the global options stand.
run 0 --verbose run "$work/fill.yaml" -o "$work/run.h5"
cp "$work/out" "$work/first"
says "idle USD/year" out
# Four arrivals 1 ms apart: the accounts of a variant share 4 GPUs for 3 ms, 12 / 3,600,000 GPU-hours. That must show.
ok "the ledger of a short run shows no hours" awk '
    /^Where/ { blocks++; inside = 1; sum = 0 }
    inside && /^[a-z]/ { sum += $2 }
    inside && /^$/ { inside = 0; if (sum < 3.33e-6 || sum > 3.337e-6) wrong = 1 }
    END { exit wrong || blocks != 2 }' "$work/first"
run 0 report --verbose "$work/run.h5"
ok "report differs from run" cmp -s "$work/first" "$work/out"
says "Who pays, by queue: best" out
for format in table json csv markdown; do
    run 0 run "$work/fill.yaml" -o "$work/run.h5" --format "$format"
    cp "$work/out" "$work/first"
    run 0 report "$work/run.h5" --format "$format"
    ok "report --format $format differs from run" cmp -s "$work/first" "$work/out"
done
run 0 run "$work/fill.yaml" -o "$work/again.h5" --threads 2
ok "equal runs, different files" cmp -s "$work/run.h5" "$work/again.h5"

# The bill: needs a calendar and prices; versions and variants by name. tests/duckdb.sh looks into it.
run 3 report "$work/run.h5" --focus "$work/bill.csv"
says "start: 2026-03-01T00:00:00Z" err
ok "a bill that was refused left a file" [ ! -e "$work/bill.csv" ]
run 2 report "$work/run.h5" --focus "$work/bill.csv" --focus-version 2
says "1.2, 1.3 or 1.4" err
run 2 report "$work/run.h5" --variant strict
says "--variant and --focus-version belong to --focus" err
run 0 run "$work/fill.yaml" --set start=2026-03-31T23:59:59Z -o "$work/dated.h5"
run 2 report "$work/dated.h5" --focus "$work/bill.csv" --variant bset
says "did you mean \`best\`" err
run 0 report "$work/dated.h5" --focus "$work/bill.csv"
says '`x $(touch pwned)`; --variant NAME writes another' err
run 0 report "$work/dated.h5" --focus - --variant best --focus-version 1.4
ok "columns of the bill" grep -q '^BillingAccountId,.*,HostProviderName,.*,x_CarbonKg$' "$work/out"
ok "what a row says" grep -q ',"\?Simulated GPU time of ' "$work/out"
sed 's/, price: {[^}]*}//' "$work/fill.yaml" >"$work/free.yaml"
run 0 run "$work/free.yaml" -o "$work/free.h5"
run 3 report "$work/free.h5" --focus "$work/bill.csv"
says "nothing had a price" err

# Colour: never into a file by itself, always when told.
run 0 report "$work/run.h5"
ok "colour in a file" [ "$(grep -c "$(printf '\033')" "$work/out")" -eq 0 ]
run 0 report "$work/run.h5" --color=always
ok "no colour when told" [ "$(grep -c "$(printf '\033')" "$work/out")" -gt 0 ]

# Figures and tables into folders; names from the scenario are text, not code.
run 0 report "$work/run.h5" --csv "$work/tables" --plots "$work/figures"
for file in tables/metrics.csv tables/ledger.csv tables/load_curve.csv tables/expect.csv tables/showback.csv figures/allocation.svg \
    figures/allocation.png figures/fragmentation.svg figures/fragmentation.png; do
    ok "$file is missing" [ -s "$work/$file" ]
done
ok "a name was run" [ ! -e "$work/figures/pwned" ]
ok "a name is not in the figure" grep -qF 'x $(touch pwned)' "$work/figures/allocation.svg"
(PATH=$work && export PATH && "$gpuplan" report "$work/run.h5" --plots "$work/plain" >"$work/out" 2>"$work/err")
ok "no gnuplot is no failure" [ $? -eq 0 ]
says "gnuplot is not installed" err
ok "data without gnuplot" [ -s "$work/plain/allocation.csv" ]

# What cannot be written is said before anything is simulated, and nothing half-written stays.
run 1 run "$work/fill.yaml" -o "$work"
says "is a folder" err
run 1 run "$work/fill.yaml" -o "$work/missing/run.h5"
says "No such file" err
run 1 run "$work/fill.yaml" -o /dev/full
run 1 run "$work/fill.yaml" --jobs-csv /dev/full
run 1 run "$work/fill.yaml" --series-csv /dev/full
run 1 report "$work/missing.h5"
run 3 report "$work/fill.yaml"
"$gpuplan" report "$work/run.h5" >/dev/full 2>"$work/err"
ok "a full stdout is a failure" [ $? -eq 1 ]
mkdir "$work/limit"
(ulimit -f 4 && "$gpuplan" run "$work/fill.yaml" -o "$work/limit/run.h5" >/dev/null 2>"$work/limited")
ok "a full disk is a failure" [ $? -eq 1 ]
ok "something half-written stayed" [ -z "$(ls "$work/limit")" ]
run 0 run "$work/fill.yaml" --jobs-csv "$work/jobs.csv" --series-csv "$work/series.csv"
ok "columns of the jobs CSV" grep -q '^job,queue,user,submit_s,start_s,end_s,state,attempts,gpus,nodes,wait_s,productive_gpu_s,lost_gpu_s,reason' "$work/jobs.csv"
ok "rows of the jobs CSV" [ "$(wc -l <"$work/jobs.csv")" -eq 9 ]
sed '/^variants:/,$d' "$work/fill.yaml" >"$work/one.yaml"
run 0 run "$work/one.yaml" --jobs-csv "$work/jobs.csv"
ok "columns of one table" [ "$(head -n 1 "$work/jobs.csv")" = \
    "job,queue,user,submit_s,start_s,end_s,state,attempts,gpus,nodes,wait_s,productive_gpu_s,lost_gpu_s,reason" ]
cat >"$work/user.yaml" <<'YAML'
gpuplan: 1
until: workload-done
cluster:
  types: {t: {gpus: {count: 2, model: T4}, cpu: 8, memory: 32Gi}}
  nodes: [{name: n, type: t}]
workload: [{jobs: [{id: A, submit: 0s, duration: 4s, gpus: 2, queue: q, user: "ann, of q"}]}]
expect: [productiv_share >= 0.8, score.fgd.m.A >= 0, job.Z.state == completed]
YAML
run 3 run "$work/user.yaml"
says "unknown path or metric 'productiv_share'" err
run 3 check --set cluster.types.t.cpus=1 "$work/user.yaml"
says 'has no key `cpus`' err
says "unknown path or metric 'productiv_share'" err
ok "what follows from another mistake is called one" [ "$(grep -c 'error\[' "$work/err")" -eq 2 ]
sed -i '/^expect:/d' "$work/user.yaml"
run 0 run "$work/user.yaml" --jobs-csv -
ok "user in the jobs CSV" grep -qxF 'A,q,"ann, of q",0,0,4,completed,1,2,n,0,8,0,' "$work/out"
run 0 run "$work/user.yaml" --format json --set cluster.types.t.price.on_demand="2 USD/gpu-h"
ok "the queue's part of the ledger: 2 GPUs x 4 s, 8 / 3600 GPU-hours at 2 USD" \
    [ "$(tr -d ' \n' <"$work/out" | grep -o '"name":"q","accounts":{"productive":{"gpu_hours":0.00222222222222222,"share":1.0,"usd":0.00444444444444444}}')" ]

# What went wrong: tables, figures and an explanation, of a node that dies under a job and is repaired (its sums: validation/micro/led-down.yaml).
run 0 run validation/micro/led-down.yaml -o "$work/down.h5"
says "psu             1       0              1       2.000       1.000     25.000" out
says "failures: 1 fault written down" out
says "remedy: slurm; it sees nodes that are silent after 30m" out
ok "counters against what was produced" grep -qE '^baseline +15.00 % +17.50 % +10.00 % ' "$work/out"
ok "one interruption in 3.5 hours, a technician's hour" grep -qE '^baseline +1 +1.0 +3.5 .* +1.0$' "$work/out"
run 0 run validation/micro/led-down.yaml --set 'models={failures: {components: [{name: rare, per: node, mtbf: 100000000d, out: 1h}]}}' \
    --set 'variants={one: {}, two: {}}' --set 'expect=[]'
says "What went wrong: one, two (1 component without a fault is left out)" out

# A twin that pretends a limit away is nobody's choice; where as much is produced the answer is who holds least for it. By hand: J
# works for an hour on 4 GPUs, and from 30 min on at a quarter of its speed: 2 h more, of which 1.5 h x 4 GPUs are stall. The agent
# moves it after its minute: no more than 0.2 GPU-hours without advance, and it begins anew.
cat >"$work/slow.yaml" <<'EOF'
gpuplan: 1
name: slow
horizon: 6h
cluster:
  types: {t: {gpus: {count: 4, model: H100}, storage_bandwidth: 4GB/s}}
  nodes: [{name: n, type: t, count: 2}]
workload:
  - jobs: [{id: J, duration: 1h, gpus: 4, need: {storage_bandwidth: 4GB/s}, checkpoint: {every: 1m, cost: 0s}}]
inject: [{at: 30m, nodes: [n-0], for: 5h, cause: disk, scale: {storage_bandwidth: 25%}}]
policy: {preset: fifo}
variants: {none: {}, agent: {policy.remedy: agent}, twin: {relax: failures}}
EOF
run 0 run "$work/slow.yaml"
says "No variant makes more of the GPU time productive than the baseline." out
says "For the same work jobs hold 6.0 GPU-hours without advancing, " out
says " with agent." out
run 0 report "$work/down.h5" --csv "$work/down" --plots "$work/down"
ok "components.csv" grep -qxF 'baseline,psu,1,0,1,2,1,25' "$work/down/components.csv"
ok "over_time.csv has a row a step, and the node is down but for what A holds" \
    grep -qxF 'baseline,3600,0,0,50,50,50,0,0,0' "$work/down/over_time.csv"
for figure in busy away; do
    ok "figure $figure" [ -s "$work/down/$figure.csv" ] && ok "script of $figure" [ -s "$work/down/$figure.gp" ]
done
ok "no load curve where jobs come and go" [ ! -e "$work/down/allocation.csv" ]
run 0 explain "$work/down.h5" --job A
says "1 h  psu        n-0      7,200.0     3,600.0" out
run 0 explain "$work/down.h5" --job A --format json
ok "faults of a job" [ "$(tr -d ' \n' <"$work/out" | grep -o '"faults":\[{"at_s":3600.0,"component":"psu","node":"n-0","lost_gpu_s":7200.0,"hung_gpu_s":3600.0}\]')" ]
run 0 explain "$work/down.h5" --job A --format markdown
says "Faults that stopped it:" out
run 0 run validation/micro/led-down.yaml --format markdown
says "#### What went wrong: baseline" out

# Ctrl-C: what is complete is reported, and the next scenario is not begun.
timeout 60 "$gpuplan" run "$work/one.yaml" "$work/fill.yaml" --replications 100000 --threads 1 >"$work/out" 2>"$work/err" &
sleep 1
kill -INT "$(pgrep -P $!)"
wait $!
ok "Ctrl-C ends with 130" [ $? -eq 130 ]
says "interrupted; only complete replications count" err
says "of 100000 replications are complete" out
ok "a scenario after Ctrl-C" [ "$(grep -c 'replications are complete' "$work/out")" -eq 1 ]

echo "cli-report: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
