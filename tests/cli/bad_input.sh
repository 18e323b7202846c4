#!/bin/sh
# bad_input.sh - whatever a user can get wrong: a clear message, the documented exit code, no half-written file, in time.
#
# Goal: no input crashes a program, hangs it, or is taken for something else. Method: a table of small inputs; beside
# each the exit code of README.md and the words that the message must hold (place, what was found). The sanitizer
# builds run this script too (tests/sanitize.sh), so a finding shows as a wrong exit code.
set -u
bin=$(cd "${BUILD:-build}" && pwd) || exit 1
gpuplan=$bin/gpuplan
study=$bin/fgd-study
work=$(mktemp -d)
: >"$work/passed"
: >"$work/failed"
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir in out

ok() { # TEXT COMMAND...: the command must succeed
    text=$1
    shift
    if "$@"; then printf . >>"$work/passed"; else # files: much of this runs in pipes, that is in subshells
        printf . >>"$work/failed"
        echo "bad_input: $text"
        head -n 4 "$work/err" | cut -c 1-160 | sed 's/^/    /'
    fi
}
# The program must end in time with CODE and say every WORDS ("-": none) on standard error.
ends() { # CODE WORDS PROGRAM ARGUMENT...
    want=$1
    words=$2
    shift 2
    timeout 20 "$@" >"$work/stdout" 2>"$work/err"
    code=$?
    shown=$(echo "${*##*/}" | cut -c 1-100)
    ok "$shown ended with $code, not $want" [ "$code" -eq "$want" ]
    [ "$words" = - ] || ok "'$words' is not said by $shown" grep -qF -- "$words" "$work/err"
    ok "$shown says too much" [ "$(wc -c <"$work/err")" -lt 200000 ]
}
nothing_left() {
    ok "$1 left something behind" [ -z "$(ls out)" ]
    rm -rf out && mkdir out
}

many() { # COUNT TEXT: the text COUNT times, without line ends
    awk -v n="$1" -v t="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", t }'
}

# ---- scenarios ----
cluster='cluster:
  types: {t: {gpus: {count: 8, model: H100, memory: 80Gi}, cpu: 64, memory: 1Ti}}
  nodes: [{name: n, type: t, count: 2}]'
jobs='workload: [{jobs: [{id: A, submit: 0s, duration: 4s, gpus: 2}]}]'
top='gpuplan: 1
name: x'
printf '%s\n' "$top" "$cluster" "$jobs" >good.yaml

# A scenario from stdin must be refused by check and by run, with these words; run leaves no result.
refused() { # WORDS
    cat >in/s.yaml
    ends 3 "$1" "$gpuplan" check in/s.yaml
    ends 3 "$1" "$gpuplan" run in/s.yaml -o out/r.h5
    nothing_left "$1"
}
# The good scenario with one piece replaced.
swapped() { # WORDS PIECE REPLACEMENT
    from=$2 to=$3 awk '{ a = ENVIRON["from"]; i = index($0, a)
        if (i) $0 = substr($0, 1, i - 1) ENVIRON["to"] substr($0, i + length(a)); print }' good.yaml | refused "$1"
}
plus() { # WORDS LINE...: the good scenario with lines at its end
    words=$1
    shift
    { cat good.yaml && printf '%s\n' "$@"; } | refused "$words"
}

# not YAML, not text, not finite
refused 's.yaml:1:1: error[yaml]: nothing in it' </dev/null
printf '# only a comment\n' | refused 'nothing in it'
printf 'just words\n' | refused 'expected a map of keys'
printf 'gpuplan: 1\n\tname: x\n' | refused 's.yaml:2:1: error[yaml]: found a tab'
printf 'gpuplan: 1\nname: \377\n' | refused 's.yaml:2:7: error[utf-8]: byte 0xFF'
printf 'gpuplan: 1\nname: a\000b\n' | refused 'control character 0x00'
many 100000 '[' | refused 'nested more than 64 deep'
many 25000 '{a: ' | refused 'nested more than 64 deep'
many 50000 '- ' | refused 'nested more than 64 deep'
many 50000 '? ' | refused 'a key must be a single value'
awk 'BEGIN { for (i = 0; i < 300; i++) printf "%*sa:\n", i, "" }' | refused 'nested more than 64 deep'
many 100000 '!' | refused 'error[tag]'
{ printf 'gpuplan: 1\nname: "' && many 1000000 x && printf '"\n'; } | refused 'a value of 1000000 bytes'
{ printf 'name: ' && many 5000000 x; } | refused 'a scenario file has at most'
awk 'BEGIN { for (i = 0; i < 3000; i++) print "k" i ": 1" }' | refused 'more than 1024 keys'
printf 'a: &a [x,x,x,x,x,x,x,x,x]\n' >in/bomb
for pair in ab bc cd de ef fg gh hi; do
    from=${pair%?} to=${pair#?}
    echo "$to: &$to [*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from]" >>in/bomb
done
refused 'aliases expanded' <in/bomb
printf 'a: &a [*a]\n' | refused 'no anchor `a`'
{ cat good.yaml && printf -- '---\n' && cat good.yaml; } | refused 'a second document'
plus "key \`name\` is here again" 'name: y'
plus 'tag `tag:yaml.org,2002:int` is not allowed' 'seed: !!int 3'
plus 'merge keys' 'variants: {a: {<<: {}}}'
{ printf '\357\273\277' && cat good.yaml; } >bom.yaml
sed 's/$/\r/' good.yaml >crlf.yaml
ends 0 - "$gpuplan" check bom.yaml crlf.yaml good.yaml

# keys, units, bounds
plus 'did you mean `seed`?' 'sede: 3'
plus '`plugin` is not there yet' 'policy: {plugin: x.so}'
plus 'expected one of: none, rsc-1' 'models: {failures: lama3}'
plus 'no node `z`' 'inject: [{at: 1h, nodes: [z]}]'
plus '`seed` is `-3`' 'seed: -3'
plus '`seed` is `18446744073709551616`' 'seed: 18446744073709551616'
plus '`replications` is `0`' 'replications: 0'
plus '`replications` is `1000000000`' 'replications: 1000000000'
plus 'expected 1ms to' 'horizon: 0s'
plus '`horizon` is `7`; expected a duration with its unit' 'horizon: 7'
plus 'both `horizon` and `until`' 'horizon: 1d' 'until: workload-done'
for count in 2000000000 -1 9223372036854775808 1e400 -0 '" 5"' 0x10 010 1.5; do
    swapped 's.yaml:5:37: error' 'count: 2}' "count: $count}"
    ok "count $count is more than one mistake" [ "$(grep -c error err)" -eq 1 ]
done
swapped 'the cluster has no nodes' 'count: 2}' 'count: 0}'
swapped 'the cluster has no nodes' '[{name: n, type: t, count: 2}]' '[]'
swapped 'did you mean `t`?' 'type: t,' 'type: tt,'
swapped 'node `n` is declared twice' '[{name: n, type: t, count: 2}]' '[{name: n, type: t}, {name: n, type: t}]'
for memory in 9999999Ti -1Gi 64 64s 1e400Gi 99999999999999999999999999Gi .nan; do
    swapped "\`cluster.types.t.memory\` is \`$memory\`" 'memory: 1Ti' "memory: $memory"
done
swapped 'expected 0 to 32' 'count: 8' 'count: 33'
swapped '3 EUR/gpu-h' 'memory: 1Ti' 'memory: 1Ti, price: {on_demand: 3 EUR/gpu-h}'
swapped '-1 USD/gpu-h' 'memory: 1Ti' 'memory: 1Ti, price: {on_demand: -1 USD/gpu-h}'
swapped '`workload.0.jobs.A.gpu_milli` is `1001`' 'gpus: 2' 'gpu_milli: 1001'
swapped '`workload.0.jobs.A.gpus` is `-1`' 'gpus: 2' 'gpus: -1'
swapped 'no node has the GPU model `V100`' 'gpus: 2' 'gpus: 2, gpu_model: [V100]'
# A list is good for as long as one of its models is there.
swapped 'job id `A` is here again' '[{id: A' '[{id: A, submit: 0s, duration: 1s}, {id: A'
swapped 'expected a name' 'id: A' 'id: ""'
swapped 'expected a name' 'id: A' 'id: "a\nb"'
swapped '`duration` is missing' ', duration: 4s' ''
swapped 'expected 0s to 36525d' 'duration: 4s' 'duration: 106000000d'
swapped '`workload.0.jobs.A.tasks` is `1000000000`' 'gpus: 2' 'gpus: 2, tasks: 1000000000'
swapped 'the workload has no sources' '[{jobs: [{id: A, submit: 0s, duration: 4s, gpus: 2}]}]' '[]'
swapped '`duration` is missing in job `A`' 'duration: 4s' 'kind: notebook'
swapped '`workload.0.jobs.A.estimate` is `0s`; expected 1ms' 'gpus: 2' 'gpus: 2, estimate: 0s'
swapped '`workload.0.jobs.A.time_limit` is `0s`; expected 1ms' 'gpus: 2' 'gpus: 2, time_limit: 0s'
swapped '5 `min_tasks`, more than its 4' 'gpus: 2' 'gpus: 2, tasks: 4, min_tasks: 5'
swapped 'how many tasks start together' 'gpus: 2' 'gpus: 2, gang: min'
swapped 'the `utilisation` of job `A` goes back' 'gpus: 2' 'gpus: 2, utilisation: [{share: 1}, {at: 0s, share: 0}]'
swapped '`gpu_cores` together with `gpu_milli`' 'gpus: 2' 'gpu_cores: 50%, gpu_milli: 500'
swapped 'no node has the label `pool: train`' 'gpus: 2' 'gpus: 2, labels: {pool: train}'

# queues
plus 'queue `a` is above itself: a, in b, in a' 'queues: [{name: a, parent: b}, {name: b, parent: a}]'
plus '`queues.a.quota` is `-1`; expected 0 to 1000000000, or unlimited' 'queues: [{name: a, quota: -1}]'
plus 'queue `a` is here again' 'queues: [{name: a}, {name: a}]'
plus 'the parent `b` and the cohort `c`' 'queues: [{name: a, parent: b, cohort: c}]'
plus '`lend` of gpus is 5, more than its `quota` of 4' 'queues: [{name: a, parent: b, quota: 4, lend: 5}]'
plus 'nobody to borrow from' 'queues: [{name: a, quota: 4, borrow: 5}]'
plus 'no node has the flavor `spot`' 'queues: [{name: a, flavors: [spot]}]'
plus '`queues.a.flavors` is nothing; expected a list' 'queues: [{name: a, flavors: }]'
{ cat good.yaml && echo 'queues:' && awk 'BEGIN { for (i = 0; i < 5000; i++) print "- {name: q" i "}" }'; } |
    refused '5000 queues; at most 4096 are possible'
{ cat good.yaml && echo 'queues:' && awk 'BEGIN { for (i = 0; i < 4000; i++) print "- {name: q" i ", parent: q" (i + 1) % 4000 "}" }'; } |
    refused 'queue `q0` is above itself'
swapped 'no queue `reserch`' 'gpus: 2}]}]' 'gpus: 2, queue: reserch}]}]
queues: [{name: research}]'
ok 'the nearest queue is not named' grep -qF 'did you mean `research`?' err
swapped 'which has queues below it' 'gpus: 2}]}]' 'gpus: 2, queue: all}]}]
queues: [{name: research, parent: all}]'
# all mistakes at once: four of four kinds
plus 'queue `c` is above itself' 'queues:' '- {name: a, quota: 2, limit: 1}' '- {name: c, parent: c}' '- {name: a}' \
    '- {name: d, reclaim: some}'
ok 'not all mistakes of the queues are told at once' [ "$(grep -c 'error\[' err)" -eq 4 ]

# schedulers
plus '`age` means nothing to the rule `fifo` of policy.order' 'policy: {order: {age: 1000}}'
plus '`backfill_every` means nothing to the rule `strict`' 'policy: {backfill_every: 30s}'
plus 'a rule and a factor' 'policy: {estimates: {rule: limit, factor: 3}}'
plus '`policy.cycle` is `0s`; expected 1ms to 1d, or event' 'policy: {cycle: 0s}'
plus '`policy.candidates` is `some`; expected a whole number, such as 8, or all, or kube' 'policy: {candidates: some}'
plus 'did you mean `kueue`?' 'policy: {preset: kueu}'

# nodes apart
swapped 'both `rack` and `nodes_per_rack`' 'count: 2}' 'count: 2, rack: r, nodes_per_rack: 2}'
swapped '8 GPUs cannot be in 3 equal parts' 'cpu: 64' 'cpu: 64, numa: 3'
swapped '`sharing_overhead` has no effect' 'memory: 80Gi}' 'memory: 80Gi, sharing_overhead: 5%}'
{ printf '%s\n' "$top" "$jobs" 'cluster:' '  types: {t: {gpus: {count: 8, model: H100, memory: 80Gi}}}' '  nodes:' &&
    awk 'BEGIN { for (i = 0; i < 64; i++) print "  - {name: n" i ", type: t, labels: {n: v" i "}}" }'; } |
    refused 'more than 63 kinds of labels'

# jobs after the horizon: a warning that counts them, and a run
{ cat good.yaml && echo 'horizon: 1h' && echo 'variants: {a: {}, b: {policy.scan: skip}}'; } |
    sed 's/{id: A/{id: B, submit: 2h, duration: 1s}, {id: A/' >late.yaml
ends 0 '1 of 2 jobs are submitted after the horizon' "$gpuplan" run late.yaml
ok 'late jobs are told twice' [ "$(grep -c 'after the horizon' err)" -eq 1 ]
# a gang larger than the fleet is rejected as the run goes, with its dimension
sed 's/gpus: 2}/gpus: 2, tasks: 9, gang: all}/' good.yaml >gang.yaml
ends 0 - "$gpuplan" run gang.yaml --jobs-csv gang.csv
ok 'a gang larger than the fleet is not rejected by its GPUs' grep -q ',rejected,.*gpu' gang.csv

# other files
plus 'cannot open in/nope.yaml' 'extends: nope.yaml'
plus 's.yaml extends itself' 'extends: s.yaml'
plus 'is a directory, not a file' 'extends: ../in'
plus 'is a device or pipe, not a file' 'extends: /dev/zero'
printf 'extends: s.yaml\n' >in/other.yaml
plus 'included by in/s.yaml' 'extends: other.yaml'
for file in nope.csv:'no file' .:'is a directory' /dev/zero:'is a device'; do
    swapped "${file#*:}" '{jobs: [{id: A, submit: 0s, duration: 4s, gpus: 2}]}' "{classes: {path: ${file%%:*}}}"
done

# variants, expectations, load
plus 'did you mean `scan`?' 'variants: {a: {policy.scn: skip}}'
plus 'no item named `zz`' 'variants: {a: {cluster.nodes.zz.count: 3}}'
plus 'is no name for a variant' 'variants: {"a/b": {}}'
plus 'a key without a name' 'variants: {"": {}}'
plus '`variants` is a list' 'variants: [a]'
plus 'productive_shar' 'expect: [productive_shar >= 1]'
plus 'jobs_completed ===' 'expect: [jobs_completed === 1]'
plus 'banana' 'expect: [jobs_completed == banana]'
plus 'job.Z.start' 'expect: [job.Z.start == 4s]'
cat >in/cpu.csv <<'CSV'
cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,count
1000,1024,0,0,,5
CSV
sed 's/,0,0,,5/,1,1000,,5/' in/cpu.csv >in/gpu.csv
classes() { # WORDS FILE LOAD
    swapped "$1" '{jobs: [{id: A, submit: 0s, duration: 4s, gpus: 2}]}' "{classes: {path: $2, load: $3}}"
}
classes 'no request of cpu.csv wants one' cpu.csv '100%'
classes 'expected 0.0001% to 400%' gpu.csv '0%'
classes 'expected 0.0001% to 400%' gpu.csv '401%'
printf '%s\n' "$top" 'cluster: {types: {t: {gpus: 0, cpu: 64, memory: 1Ti}}, nodes: [{name: n, type: t}]}' \
    'workload: [{classes: {path: gpu.csv, load: 100%}}]' | refused "a share of the cluster's GPUs, but it has none"

# all mistakes at once
{ cat good.yaml && printf 'sede: 1\nhorizon: 7\nseed: x\n'; } >many.yaml
ends 3 '3 mistakes' "$gpuplan" check many.yaml

# legal, and said: larger than any node, after the horizon, nothing to pay for
sed 's/gpus: 2/gpus: 9/' good.yaml >large.yaml
ends 0 'the first is `A`, too large in gpu' "$gpuplan" run large.yaml
ok 'no productive share is said' grep -q 'no GPU time was paid for' stdout
{ sed 's/submit: 0s/submit: 9d/' good.yaml && echo 'horizon: 1h'; } >late.yaml
ends 0 - "$gpuplan" run late.yaml
ends 4 - "$gpuplan" run good.yaml --set 'expect=[jobs_completed == 7]' -o out/r.h5
rm -f out/r.h5

# ---- CSV files ----
nodes_header='sn,cpu_milli,memory_mib,gpu,model'
pods_header='name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec'
printf '%s\nn,64000,262144,8,P100\nm,64000,262144,2,T4\n' "$nodes_header" >nodes.csv
printf '%s\np,1000,1024,1,500,\nq,1000,1024,2,1000,P100\n' "$pods_header" >pods.csv
printf 'seed42\n0\n1\n' >two.csv

# The text in $2 (printf's) as a file of the study; what it says must hold $1.
bad_csv() { # WORDS TEXT OPTION
    printf "$2" >in/f.csv
    case $3 in
    --nodes) set -- "$1" --nodes in/f.csv --pods pods.csv ;;
    --pods) set -- "$1" --nodes nodes.csv --pods in/f.csv ;;
    *) set -- "$1" --nodes nodes.csv --pods pods.csv "$3" in/f.csv ;;
    esac
    words=$1
    shift
    ends 3 "$words" "$study" "$@" --out out/curves.csv
    nothing_left "$words"
}
while read -r option text words; do
    bad_csv "$words" "$(printf '%s\n' "$text" | sed "s/NODES/$nodes_header/; s/PODS/$pods_header/")" "$option"
done <<'TABLE'
--nodes \n the file is empty
--nodes NODES there is a header but no row
--nodes NODES\n there is a header but no row
--nodes sn,cpu_milli,memory_mib,gpu\nn,1,1,1\n missing in the header: model
--nodes NODES,gpu\nn,1,1,1,T4,1\n f.csv:1:35: error[csv]: the header names column 'gpu' twice
--nodes NODES\nn,1,1,1\n f.csv:2:1: error[csv]: the line has 4 cells; expected 5
--nodes NODES\nn,1,1,1,T4\nm,640 the file seems to be cut off here
--nodes NODES\n"n,1,1,1,T4\n a quoted cell does not end on its line
--nodes NODES\nn"x",1,1,1,T4\n f.csv:2:2: error[csv]: found a quote inside a cell
--nodes NODES\nn\000,1,1,1,T4\n f.csv:2:2: error[csv]: found the control byte 0x00
--nodes NODES\nn\377,1,1,1,T4\n f.csv:2:2: error[encoding]: found the byte 0xff
--nodes \037\213\010xxxx the gzip data are damaged
--nodes \377\376n\000 this is a UTF-16 text
--nodes NODES\nn,-1,1,1,T4\n f.csv:2:3: error[range]: cpu_milli is '-1'
--nodes NODES\nn,9223372036854775808,1,1,T4\n cpu_milli is '9223372036854775808'
--nodes NODES\nn,1e400,1,1,T4\n cpu_milli is '1e400'
--nodes NODES\nn,0x10,1,1,T4\n cpu_milli is '0x10'
--nodes NODES\nn,1.5,1,1,T4\n cpu_milli is '1.5'
--nodes NODES\nn,,1,1,T4\n cpu_milli is empty
--nodes NODES\nn,1,9223372036854775807,1,T4\n memory_mib is '9223372036854775807'
--nodes NODES\nn,1,1,33,T4\n gpu is '33'; expected a whole number, 0 to 32
--nodes NODES\nn,1,1,1,\n model is empty
--nodes NODES\n,1,1,1,T4\n sn is empty; expected a name
--nodes NODES\nn,1,1,1,T4\nn,1,1,1,T4\n f.csv:3:1: error[duplicate]: sn 'n' is there already, in line 2
--pods PODS\n there is a header but no row
--pods PODS\np,1,1,1,1001,\n gpu_milli is '1001'; expected a whole number, 1 to 1000
--pods PODS\np,1,1,1,0,\n gpu_milli is '0'
--pods PODS\np,1,1,2,500,\n gpu_milli is 500 with 2 GPUs; expected 1000
--pods PODS\np,1,1,-1,1000,\n num_gpu is '-1'
--pods PODS\np,9223372036854775808,1,1,1000,\n cpu_milli is '9223372036854775808'
--pods PODS\np,1,1,1,1000,\np,1,1,1,1000,\n name 'p' is there already, in line 2
--pods PODS\np,1,1,0,0,\n no request asks for a GPU
--arrivals seed42\n0\n2\n f.csv:3:1: error[range]: seed42 is '2'; expected a whole number, 0 to 1
--arrivals seed42\n-1\n seed42 is '-1'
--arrivals seed42\n99999999999999999999\n seed42 is '99999999999999999999'
--arrivals seed42\nx\n seed42 is 'x'
--arrivals seed41\n0\n1\n f.csv:1: error[missing]: the header has no column 'seed42'
--arrivals seed42,seed42\n0,1\n is named 'seed42' like one before it
--ranks seed41\n0\n1\n the header has no column 'seed42'
--ranks seed42\n0\n column 'seed42' has 1 values; expected each of 0 to 1 once
--ranks seed42\n0\n0\n f.csv:3:1: error[duplicate]: 0 stands twice in column 'seed42'
--ranks seed42\n0\n1\n0\n 0 stands twice
TABLE
bad_csv 'more than 64 GPU models' "$pods_header\np,1,1,1,1000,$(many 70 'M|' | awk '{ for (i = 0; i < 70; i++) printf "M%d|", i }')\n" --pods
bad_csv 'more than 64 GPU models' "$nodes_header\n$(awk 'BEGIN { for (i = 0; i < 70; i++) printf "n%d,1,1,1,M%d\\n", i, i }')" --nodes
for text in '[' ',' '"' 'a'; do
    many 300000 "$text" >in/long.csv
    ends 3 'long.csv:1:1: error[csv]' "$study" --nodes in/long.csv --pods pods.csv
done
ends 3 'this is a directory' "$study" --nodes . --pods pods.csv
ends 3 'cannot open: No such file' "$study" --nodes nope.csv --pods pods.csv
ends 3 'longer than' "$study" --nodes /dev/zero --pods pods.csv
ends 0 'the nearest that a node has is' "$study" --nodes nodes.csv --policies FGD --pods /dev/stdin <<CSV
$pods_header
p,1000,1024,1,500,P10
CSV
ends 0 'too large in gpu' "$study" --nodes nodes.csv --policies FGD --pods /dev/stdin <<CSV
$pods_header
p,1000,1024,9,1000,
CSV
printf '%s\n' "$top" 'cluster: {file: {format: openb-nodes, path: ../nodes.csv}}' \
    'workload: [{trace: {format: openb, path: ../pods.csv, order: ../two.csv}}]' \
    'replications: 2' | refused 'its only column is seed42'

# ---- command lines ----
while read -r code words; do
    read -r line
    eval "set -- $line"
    ends "$code" "$words" "$gpuplan" "$@"
done <<'TABLE'
2 did you mean 'run'
runn
2 --threads 0
run good.yaml --threads 0
2 --threads -1
run good.yaml --threads -1
2 --threads 100000
run good.yaml --threads 100000
2 expected table, json, csv or markdown
run good.yaml --format yml
3 `seed` is `-1`
run good.yaml --seed -1
3 `replications.count` is `1000000000`
run good.yaml --replications 1000000000
3 expected KEY=VALUE
run good.yaml --set nothing
3 has an empty part
run good.yaml --set a..b=1
3 no item named `zz`
run good.yaml --set cluster.nodes.zz.count=1
3 did you mean `count`?
run good.yaml --set cluster.nodes.n.cuont=1
3 expected 0 to 16777216
run good.yaml --set cluster.nodes.n.count=2000000000
0 -
run good.yaml --set cluster.nodes.n.count=3
3 nested more than 64 deep
run good.yaml --set "cluster=$(many 1000 '[')"
2 would overwrite the scenario
run good.yaml -o ./good.yaml
2 both name out/x
run good.yaml -o out/x --jobs-csv out/x
3 is a directory, not a file
check .
3 nope.yaml
check nope.yaml
3 is a device or pipe
check /dev/zero
2 did you mean
keys clustr
2 -
new nope
2 expected one result file
report good.yaml good.yaml
TABLE
nothing_left 'a wrong command line'
while read -r words; do
    read -r line
    eval "set -- $line"
    ends 2 "$words" "$study" --nodes nodes.csv --pods pods.csv "$@"
done <<'TABLE'
--seeds -1
--seeds -1
--seeds: the list is empty
--seeds ''
--policies: the list is empty
--policies ''
--seeds 99999999999999999999
--seeds 99999999999999999999
'FGDD' is no packing policy
--policies FGDD
--threads 0
--threads 0
--draws 0
--draws 0
TABLE

# ---- outputs ----
ln -s loop loop
ln -s /dev/full full # through links: a program that renames onto a device would break the machine it is tested on
ln -s /dev/null null
for option in -o --jobs-csv --series-csv; do
    ends 1 'is a folder' "$gpuplan" run good.yaml "$option" .
    ends 1 'cannot create: No such file' "$gpuplan" run good.yaml "$option" missing/x
    ends 1 'cannot create: Not a directory' "$gpuplan" run good.yaml "$option" good.yaml/x
    ends 1 'cannot create' "$gpuplan" run good.yaml "$option" /proc/x
    ends 1 'No space left on device' "$gpuplan" run good.yaml "$option" full
    ends 1 'Too many levels of symbolic links' "$gpuplan" run good.yaml "$option" loop
done
ends 1 'is a folder' "$study" --nodes nodes.csv --pods pods.csv --out .
ends 1 'cannot create: No such file' "$study" --nodes nodes.csv --pods pods.csv --out missing/x
ends 1 'No space left on device' "$study" --nodes nodes.csv --pods pods.csv --out full
ends 0 - "$study" --nodes nodes.csv --pods pods.csv --out null
ok 'a link to a device was replaced' [ -L full ]
ok 'a link to a device was replaced' [ -L null ]
# A limit on file size stands for a full disk; 512 bytes in the units of sh.
limited() { (ulimit -f 1 && "$@"); }
full_stdout() { "$@" >/dev/full; }
closed_stdout() { "$@" >&-; }
closed_all() { "$@" <&- >&- 2>&-; }
ends_in() { # HOW CODE WORDS COMMAND...: as ends, under one of the four above
    how=$1
    shift
    want=$1
    words=$2
    shift 2
    "$how" "$@" >stdout 2>err
    code=$?
    ok "$how: ${*##*/} ended with $code, not $want" [ "$code" -eq "$want" ]
    [ "$words" = - ] || ok "$how: '$words' is not said by ${*##*/}" grep -qF -- "$words" err
}
ends_in limited 1 'File too large' "$gpuplan" run good.yaml -o out/r.h5
ends_in limited 1 'File too large' "$study" --nodes nodes.csv --pods pods.csv --out out/c.csv
nothing_left 'a full disk'
for command in "run good.yaml" "check good.yaml" keys list schema new --help --version; do
    eval "set -- $command"
    ends_in full_stdout 1 'cannot write' "$gpuplan" "$@"
    ends_in closed_stdout 1 'cannot write' "$gpuplan" "$@"
done
ends_in full_stdout 1 'No space left' "$study" --nodes nodes.csv --pods pods.csv
ends_in closed_stdout 1 'cannot write' "$study" --nodes nodes.csv --pods pods.csv
# A closed stream must not lend its number to the result: what is printed would land in it.
"$gpuplan" run good.yaml -o good.h5 >stdout 2>err
ends_in closed_all 1 - "$gpuplan" run good.yaml -o closed.h5
ok 'a report went into the result file' cmp -s good.h5 closed.h5
"$gpuplan" keys 2>err | head -n 1 >stdout
ok 'a broken pipe says something' [ ! -s err ]

# ---- result files ----
size=$(wc -c <good.h5)
for part in 0 1 8 100 512 "$((size / 2))" "$((size - 1))"; do
    head -c "$part" good.h5 >in/cut.h5
    ends 3 'is no HDF5 file, or is damaged' "$gpuplan" report in/cut.h5
done
at=$(grep -abo '"gpuplan"' good.h5 | head -n 1 | cut -d: -f1)
{ head -c "$((at + 20))" good.h5 && printf '\377\000}' && tail -c "+$((at + 24))" good.h5; } >in/harmed.h5
ends 3 'summary is damaged' "$gpuplan" report in/harmed.h5
many 5000 '[' >in/junk.h5
ends 3 'is no HDF5 file' "$gpuplan" report in/junk.h5
ends 1 'cannot read the result file' "$gpuplan" report .
ends 1 'cannot read the result file' "$gpuplan" report nope.h5
ends 1 'a file has this name' "$gpuplan" report good.h5 --csv good.yaml

# ---- Ctrl-C ----
{ printf '%s\n' "$top" 'replications: 3000' "$cluster" 'workload: [{classes: {path: in/gpu.csv, load: 400%}}]' |
    sed 's/count: 2}/count: 2000}/'; } >long.yaml
"$gpuplan" run long.yaml -o out/r.h5 >stdout 2>err &
run=$!
sleep 1
while kill -INT "$run" 2>/dev/null; do # a first one may come before there is anything to interrupt
    sleep 1
done
wait "$run"
ok "Ctrl-C ended with another code" [ $? -eq 130 ]
ok 'Ctrl-C says nothing' grep -q 'stopping once the running replications' err
if [ -e out/r.h5 ]; then
    ends 0 - "$gpuplan" report out/r.h5
    rm -f out/r.h5
fi
nothing_left 'Ctrl-C'

failed=$(wc -c <"$work/failed")
echo "bad_input: $(wc -c <"$work/passed") passed, $failed failed"
[ "$failed" -eq 0 ]
