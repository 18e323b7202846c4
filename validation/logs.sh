#!/bin/sh
# logs.sh - what real logs say of the readers and the schedulers: rows for the validation table on stdout.
#
#   BUILD=build DATA=DIR WORK=DIR sh validation/logs.sh
#
# A row is tab-separated: quantity, kind, source, expected, measured, tolerance.
set -eu
gpuplan=${BUILD:-build}/gpuplan
data=$DATA
work=$WORK
philly=traces/philly-jobs/philly_jobs.csv.gz
openb=traces/openb/openb_pod_list_default.csv

row() { # QUANTITY KIND SOURCE EXPECTED MEASURED TOLERANCE
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "$6"
}
number() { # FILE LABEL [FIELD]: a number of the line that begins with the label
    sed -n "s/^ *$2 *//p" "$1" | head -n 1 | awk -v at="${3:-1}" '{gsub(/,/, "", $at); print $at}'
}

# ---- readers ----
"$gpuplan" trace stats --data "$data" $philly >"$work/philly.txt"
row "Philly: rows read" published "README of the reduced table" 82247 "$(number "$work/philly.txt" 'rows read')" 0
row "Philly: GPU-hours read" published "README of the reduced table" 978078 "$(number "$work/philly.txt" 'GPU-hours')" 0.5
row "Philly: exact duplicates, kept and counted" published "README of the reduced table" 65 \
    "$(number "$work/philly.txt" 'exact duplicate of an earlier row')" 0
"$gpuplan" trace stats --data "$data" $openb >"$work/openb.txt"
row "openb: rows read" published "README of the log" 8152 "$(number "$work/openb.txt" 'rows read')" 0
row "openb: pods with a recorded start" published "columns of the log" 7255 "$(number "$work/openb.txt" 'recorded starts')" 0
row "openb: median recorded wait [s]" published "columns of the log" 2 "$(number "$work/openb.txt" wait 5)" 0
row "openb: 90 % of recorded waits are below [s]" published "columns of the log" 106 "$(number "$work/openb.txt" wait 7)" 0.5

# ---- schedulers ----
metric() { # JSON METRIC: its mean in each variant, one a line; behind each but the first stands its difference
    tr -d '\n' <"$1" | grep -o "\"$2\": *{ *\"mean\": *[^,}]*" | sed 's/.*: *//' | awk 'NR == 1 || NR % 2 == 0'
}
for fleet in "420 0.11" "67 0.7" "52 0.9" "42 1.1"; do
    nodes=${fleet% *} load=${fleet#* }
    json=$work/philly-$nodes.json
    "$gpuplan" run scenarios/philly-2017-log.yaml --data "$data" --set "cluster.nodes.n.count=$nodes" --quiet --format json >"$json"
    row "Philly on $nodes nodes x 8, load $load: schedulers that complete all 82,247 jobs" identity "every job of the log ends" \
        8 "$(metric "$json" jobs_completed | grep -c '^82247')" 0
    if [ "$nodes" -eq 420 ]; then
        row "Philly on 420 nodes x 8: schedulers under which the mean wait exceeds 1 s: it does not discriminate" predicted \
            "offered load 0.11" 0 "$(metric "$json" wait_mean_s | awk '$1 > 1' | wc -l)" 0
    else
        row "Philly on $nodes nodes x 8, load $load: schedulers that differ in mean wait" predicted "they are different rules" \
            8 "$(metric "$json" wait_mean_s | sort -u | wc -l)" 0
    fi
done

# ---- the order inside one second ----
# The same jobs with those of each second in the opposite order: what the log's coarse clock leaves open.
"$gpuplan" trace convert --data "$data" $philly -o "$work/as-logged.csv" >/dev/null
submit=$(head -n 1 "$work/as-logged.csv" | tr ',' '\n' | grep -n '^submit$' | cut -d: -f1)
{
    head -n 1 "$work/as-logged.csv"
    tail -n +2 "$work/as-logged.csv" | awk -F, -v at="$submit" '{print $at "\t" NR "\t" $0}' | sort -t"$(printf '\t')" -k1,1n -k2,2nr | cut -f3-
} >"$work/turned.csv"
shared=$(tail -n +2 "$work/as-logged.csv" | cut -d, -f"$submit" | sort | uniq -d -c | awk '{n += $1} END {print n + 0}')
for preset in fifo kube-default; do
    for order in as-logged turned; do
        sed "/^variants:/,\$d; s|trace: .*|trace: {format: native, path: $(cd "$work" && pwd)/$order.csv}|; s/preset: fifo/preset: $preset/" \
            scenarios/philly-2017-log.yaml >"$work/$order.yaml"
        "$gpuplan" run "$work/$order.yaml" --quiet --format json >"$work/$order.json"
    done
    change=$(
        a=$(metric "$work/as-logged.json" wait_mean_s) b=$(metric "$work/turned.json" wait_mean_s)
        awk -v a="$a" -v b="$b" 'BEGIN {d = (b - a) / a * 100; print d < 0 ? -d : d}')
    row "Philly, $preset, load 0.9: change of the mean wait when the $shared jobs that share a second are taken in opposite order [%]" \
        predicted "what a clock of one second leaves open; tolerance: a tenth" 0 "$change" 10
done
