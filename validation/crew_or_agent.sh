#!/bin/sh
# crew_or_agent.sh - the claim "35 % less GPU idle time by autonomous remediation", tested as a map.
#
#   BUILD=build sh validation/crew_or_agent.sh open >open.csv          demand as it comes, a third of the fleet idle
#   BUILD=build sh validation/crew_or_agent.sh backlog >backlog.csv    more work than the fleet can do
#   sh validation/crew_or_agent.sh table open.csv                      the map for docs/crew-or-agent.md
#   sh validation/crew_or_agent.sh figure open.csv FILE.svg            the same as a figure (gnuplot)
#
# Rows: how long until the crew hears of a fault (the agent: 60 s), failure rate as a multiple of RSC-1's. Each is
# scenarios/crew-or-agent.yaml with these two changed. A reduction is 1 - agent / crew, in per cent; `stalled_or_hung` is busy_share_high -
# busy_share_low, which is io_stall + hung of the ledger as a share of capacity.
set -eu
gpuplan=${BUILD:-build}/gpuplan
scenario=scenarios/crew-or-agent.yaml
delays='5m 30m 2h 8h 1d'
scales=${RATES:-'1 3 10 30'}

cell() { # DELAY SCALE LOAD-OF-TRAINING
    "$gpuplan" run "$scenario" --quiet --format csv --set "variants.crew.policy.remedy.detect=$1" \
        --set "variants.crew.policy.remedy.silent=$1" --set "models.failures.scale=${2}00%" \
        --set "workload.1.synthetic.arrivals.load=$3" || [ $? -eq 4 ]
}

map() { # LOAD-OF-TRAINING
    echo delay,rate,idle_share_before,unproductive_usd,idle_usd,workload_idle_usd,stalled_or_hung,latency_ms
    for rate in $scales; do
        for delay in $delays; do
            cell "$delay" "$rate" "$1" | awk -F, -v delay="$delay" -v rate="$rate" '
                { mean[$1 "," $2] = $4 }
                function less(metric,    before) {
                    before = mean["crew," metric]
                    if (before <= 0) return ""
                    text = sprintf("%.1f", 100 * (1 - mean["agent," metric] / before))
                    return text == "-0.0" ? "0.0" : text
                }
                END {
                    mean["crew,stalled"] = mean["crew,busy_share_high"] - mean["crew,busy_share_low"]
                    mean["agent,stalled"] = mean["agent,busy_share_high"] - mean["agent,busy_share_low"]
                    printf "%s,%s,%.1f,%s,%s,%s,%s,%s\n", delay, rate, 100 * mean["crew,idle_usd"] / mean["crew,total_usd"],
                        less("unproductive_usd"), less("idle_usd"), less("workload_idle_usd"), less("stalled"),
                        less("service_latency_mean_ms")
                }'
        done
    done
}

table() { # CSV: one block for each of the totals
    for column in "4 unproductive_usd" "5 idle_usd" "6 workload_idle_usd" "7 stalled or hung"; do
        set -- "$1" ${column%% *} "${column#* }"
        echo
        echo "| \`$3\`: less by, % | $(echo "$delays" | sed 's/ / | /g') |"
        echo "| --- | $(echo "$delays" | sed 's/[0-9a-z]*/---:/g; s/ / | /g') |"
        for rate in $scales; do
            awk -F, -v rate="$rate" -v column="$2" 'BEGIN { printf "| rate x %s |", rate }
                $2 == rate { printf " %s |", $column } END { print "" }' "$1"
        done
    done
}

figure() { # CSV SVG
    gnuplot -e "DATA='$1'" -e "OUTPUT='$2'" plots/remedy-map.gp
}

case ${1:-} in
open) map 25% ;;
backlog) map 90% ;;
table) table "$2" ;;
figure) figure "$2" "$3" ;;
*)
    sed -n '2,13p' "$0"
    exit 2
    ;;
esac
