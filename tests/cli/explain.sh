#!/bin/sh
# explain.sh - why jobs waited, told from the result file. Goal: every figure is one that a reader can work out by hand.
set -u
suite=cli-explain
. tests/words.sh

line() { ok "no line '$1' in $2" grep -qxF -- "$1" "$work/$2"; }
tells() { # FILE JOB VARIANT CSV: the intervals of a job without the names in front
    run 0 explain "$work/$1.h5" --job "$2" --variant "$3" --format csv
    ok "job $2 of $3 is told otherwise" [ "$(tail -n +2 "$work/out" | cut -d, -f3-6 | tr '\n' ' ')" = "$4 " ]
}

# The ledger's worked example: of 2 x 8 GPUs, 4 + 4 are free from 10 s to 100 s. A needs 8 on one node: enough in sum, no node
# holds it. B needs 2 and fits, but its queue holds its 4 already. C needs 2 x 8: short. At 100 s A and B start, and
# 6 GPUs are free for C until B has ended at 110 s, and A too.
cat >"$work/worked.yaml" <<'YAML'
gpuplan: 1
name: worked
cluster:
  types: {t: {gpus: {count: 8, model: A100}}}
  nodes:
    - {name: a, type: t, labels: {host: a}}
    - {name: b, type: t, labels: {host: b}}
queues: [{name: free}, {name: tight, limit: {gpus: 4}}]
workload:
  - jobs:
      - {id: fill-a, submit: 0s, duration: 100s, gpus: 4, queue: free, labels: {host: a}}
      - {id: fill-b, submit: 0s, duration: 100s, gpus: 4, queue: tight, labels: {host: b}}
      - {id: A, submit: 10s, duration: 10s, gpus: 8, queue: free}
      - {id: B, submit: 10s, duration: 10s, gpus: 2, queue: tight}
      - {id: C, submit: 10s, duration: 10s, tasks: 2, gpus: 8, gang: all, sync: true, queue: free}
      - {id: Z, submit: 10s, duration: 10s, gpus: 9, queue: free}
policy: {preset: fifo, admit: quota, scan: skip}
YAML
run 0 run "$work/worked.yaml" -o "$work/worked.h5"
run 0 explain "$work/worked.h5" --job A
says "fragmented: no node has 8 free GPUs although 8 are free in sum" out
says "gpu 2" out
says "on a" out
last "What would have let it start earlier: pack or move better (\`pack\`, \`evict: consolidation\`): from 10 s on, for 1 min 30 s, enough was free in sum but not in shape (fragmented.gpu)."
run 0 explain "$work/worked.h5" --job B
says "blocked: quota" out
says "alone in the queue it could have started at 10 s" out
last "What would have let it start earlier: change a rule: more quota for queue \`tight\`, or leave to borrow; alone in the queue it could have started at 10 s, 1 min 30 s earlier."
# C: alone it could have started at 100 s, when both nodes are empty for an instant, and starts at 110 s.
run 0 explain "$work/worked.h5" --job C
says "short: its tasks (2, of 8 GPUs each) need more than the 8 free in sum" out
says "alone in the queue it could have started at 1 min 40 s" out
run 0 explain "$work/worked.h5" --job fill-a
last "What would have let it start earlier: nothing had to change: it never waited."
run 0 explain "$work/worked.h5" --job Z
says "rejected" out
says "split the job" out
tells worked A baseline "10,100,waiting,fragmented.gpu 100,110,running,"
tells worked B baseline "10,100,waiting,blocked.quota 100,110,running,"
tells worked C baseline "10,110,waiting,short.gpu 110,120,running,"
# The cluster, in GPU-seconds: C 16 x 100 = 1600 short, A 8 x 90 = 720 fragmented, B 2 x 90 = 180 blocked; 2500 in all.
# Idle by the ledger, 10 s to 100 s: B's 2 blocked = 180, A's 6 fragmented = 540; 100 s to 110 s: C's 6 short = 60.
# 0 s to 10 s: 8 GPUs without demand = 80.
run 0 explain "$work/worked.h5" --format csv
awk -F, 'NR > 1 { printf "%s %.0f %.3f %.0f|", $2, $3 * 3600, $4, $6 * 3600 }' "$work/out" >"$work/err"
ok "reasons of the worked example" [ "$(cat "$work/err")" = \
    "short.gpu 1600 0.640 60|fragmented.gpu 720 0.288 540|blocked.quota 180 0.072 180|no_demand 0 0.000 80|" ]
run 0 explain "$work/worked.h5"
says "3 of 6 jobs waited" out
ok "the top row comes first" [ "$(sed -n 5p "$work/out" | cut -d' ' -f1)" = short.gpu ]
says "(64.0 %) were short.gpu: add capacity, or split the jobs." out

# BF-1 (validation/micro/bf-1.yaml), first come first served on 4 GPUs: A 2 GPUs 0..4, B 3 4..6, C 4 6..16, D and E 1 16..20.
# B lacks 1 of 3; C behind it lacks GPUs; D and E fit all the time until C takes everything.
run 0 run validation/micro/bf-1.yaml -o "$work/bf.h5"
tells bf B ff "1,4,waiting,short.gpu 4,6,running,"
tells bf C ff "2,6,waiting,short.gpu 6,16,running,"
tells bf D ff "3,6,waiting,blocked.head_of_line 6,16,waiting,short.gpu 16,20,running,"
tells bf E ff "4,6,waiting,blocked.head_of_line 6,16,waiting,short.gpu 16,18,running,"
tells bf D greedy "3,7,running,"
run 0 explain "$work/bf.h5" --job B
last "What would have let it start earlier: add capacity, or split the job: for 3 s there were not enough GPUs; at best it lacked 1 GPU in sum."
run 0 explain "$work/bf.h5" --job D
says "blocked: head of line" out
last "What would have let it start earlier: change a rule: leave to pass the head of the line (\`scan: skip\` or \`easy\`); alone in the queue it could have started at 3 s, 13 s earlier."
# Conservative refuses D, which would delay C: the room is reserved.
run 0 explain "$work/bf.h5" --job D --variant conservative
says "blocked: reservation" out
# GPU-seconds: B 9, C 16, D and E 10 each short = 45; D 3 and E 2 blocked = 5.
run 0 explain "$work/bf.h5" --format csv
awk -F, 'NR > 1 && NR < 4 { printf "%s %.0f|", $2, $3 * 3600 }' "$work/out" >"$work/err"
ok "reasons of BF-1" [ "$(cat "$work/err")" = "short.gpu 45|blocked.head_of_line 5|" ]

# A job that gives way: P with priority comes at 10 s and takes the only GPU until 15 s; V ran 10 s in vain, then all 20.
cat >"$work/evict.yaml" <<'YAML'
gpuplan: 1
name: evict
cluster:
  types: {t: {gpus: {count: 1, model: A100}}}
  nodes: [{name: n, type: t}]
workload:
  - jobs:
      - {id: V, submit: 0s, duration: 20s, gpus: 1, priority: 0}
      - {id: P, submit: 10s, duration: 5s, gpus: 1, priority: 9}
policy: {order: priority, scan: skip, evict: priority}
YAML
run 0 run "$work/evict.yaml" -o "$work/evict.h5"
run 0 explain "$work/evict.h5" --job V
says "preempted" out
says "ran 2 times" out
says "20 GPU-s productive, 10 GPU-s lost" out
says "it started at once, gave way to others and waited 5 s to run again" out
tells evict V baseline "0,10,running, 10,15,waiting,short.gpu 15,35,running,"

# Formats; the same from the file each time; colour only when told.
run 0 explain "$work/bf.h5" --job D --format json
says '"explain": "job"' out
says '"kind": "rule"' out
run 0 explain "$work/bf.h5" --format json
says '"explain": "cluster"' out
run 0 explain "$work/bf.h5" --format markdown --job D
says "| ---: |" out
run 0 explain "$work/bf.h5" --format markdown
says "| --- |" out
run 0 explain --help
ok "help names --job" grep -q -- --job "$work/out"

# Mistakes.
run 2 explain
run 2 explain "$work/bf.h5" "$work/bf.h5"
run 2 explain "$work/bf.h5" --format yaml
run 2 explain "$work/bf.h5" --jobs D
run 3 explain "$work/worked.h5" --job fil-a
says "did you mean \`fill-a\`?" err
ok "something was printed beside the mistake" [ ! -s "$work/out" ]
run 3 explain "$work/bf.h5" --job nobody-knows-it
says "has no job \`nobody-knows-it\`" err
run 3 explain "$work/bf.h5" --variant gready
says "did you mean \`greedy\`?" err
run 1 explain "$work/missing.h5"
run 1 explain "$work"
run 3 explain validation/micro/bf-1.yaml
says "is no HDF5 file" err
"$gpuplan" explain "$work/bf.h5" >/dev/full 2>"$work/err"
ok "a full stdout is a failure" [ $? -eq 1 ]

# HDF5 itself forgets memory when it gives up on such a file: leaks are not the matter here.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
# Damaged files: cut short, or with bytes overwritten here and there. What is still read is told, all else is a mistake.
size=$(wc -c <"$work/bf.h5")
for part in 1 2 3 4 5 6 7 8 9; do
    head -c $((size * part / 10)) "$work/bf.h5" >"$work/cut.h5"
    "$gpuplan" explain "$work/cut.h5" --job D >"$work/out" 2>"$work/err"
    code=$?
    ok "a file cut to $part tenths ended with $code" [ "$code" -eq 3 ]
done
step=$((size / 60))
for at in $(seq 100 "$step" "$size"); do
    cp "$work/bf.h5" "$work/bad.h5"
    printf '\377\200\001\177\377\377\377\377' | dd of="$work/bad.h5" bs=1 seek="$at" conv=notrunc 2>"$work/err"
    for job in "--job D" ""; do
        # shellcheck disable=SC2086 # an option or nothing
        "$gpuplan" explain "$work/bad.h5" $job >"$work/out" 2>"$work/err"
        code=$?
        ok "bytes overwritten at $at: ended with $code" [ $((code == 0 || code == 3)) -eq 1 ]
    done
done

echo "cli-explain: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
