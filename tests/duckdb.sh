#!/bin/sh
# duckdb.sh - another program reads what `report --focus` writes: types, nulls, and the four invariants in SQL.
#
# Goal: the bill loads where bills are looked at. Method: a run with nodes on demand, by spot and owned, two commitments,
# energy and overheads is exported in each version of FOCUS; DuckDB (from the npm registry, kept in the build folder)
# loads it and computes the invariants by itself. Skipped where node, npm or the registry is missing.
set -u
suite=duckdb
. tests/words.sh
version=1.5.6-r.1
cache=$(cd "${BUILD:-build}" && pwd)/npm-duckdb

skip() {
    echo "skip: DuckDB reads the FOCUS export: $1"
    echo "duckdb: 0 passed, 0 failed, 1 skipped"
    exit 0
}
for program in node npm; do
    command -v "$program" >/dev/null 2>&1 || skip "$program is not installed (Debian packages nodejs and npm)"
done
if [ ! -f "$cache/node_modules/@duckdb/node-api/package.json" ]; then
    mkdir -p "$cache"
    (cd "$cache" && npm install --no-audit --no-fund --no-package-lock --loglevel=error --prefix . \
        "@duckdb/node-api@$version") >"$work/npm" 2>&1 || {
        tail -n 3 "$work/npm"
        rm -rf "$cache"
        skip "npm cannot install @duckdb/node-api"
    }
fi
cp tests/duckdb_focus.mjs "$cache/"

cat >"$work/bill.yaml" <<'YAML'
gpuplan: 1
name: "bill, with \"quotes\""
start: 2026-01-30T06:00:00Z
horizon: 4d
seed: 5
cluster:
  types:
    cloud:
      gpus: {count: 8, model: H100}
      price: {on_demand: 3.00 USD/gpu-h, contracted: 2.55 USD/gpu-h, spot: {steps: {0h: 1.20 USD/gpu-h, 30h: 1.337 USD/gpu-h}}, source: hand-made}
    own:
      gpus: {count: 8, model: H100, power: {idle: 75W, held: 120W, max: 700W, busy: 85%}}
      power: {idle: 1.2kW, max: 3kW}
      price: {owned: {capex: 250000 USD, life: 4y, residual: 10%, cost_of_capital: 8%, maintenance: 5%}, on_demand: 3.10 USD/gpu-h, source: hand-made}
    head: {cpu: 64, price: {node: 2 USD/node-h}}
  nodes:
    - {name: a, type: cloud, count: 3}
    - {name: s, type: cloud, count: 2, purchase: spot}
    - {name: o, type: own, count: 2, purchase: owned}
    - {name: p, type: own}
    - {name: h, type: head}
queues:
  - {name: research, team: vision, weight: 2}
  - {name: product, tenant: shop}
workload:
  - synthetic:
      arrivals: {process: poisson, rate: 3/h}
      gpus: {1: 0.5, 4: 0.3, 8: 0.2}
      duration: {distribution: lognormal, median: 3h, sigma: 1}
      queues: {research: 0.6, product: 0.4}
replications: 3
policy: {preset: fifo}
costs:
  pue: 1.25
  tariff: {steps: {0h: 0.07 USD/kWh, 8h: 0.11 USD/kWh, 20h: 0.07 USD/kWh}, repeat: 24h}
  carbon: 381 g/kWh
  overheads: [{name: storage, cost: 500 USD/month}, {name: staff on call, cost: 1000 USD/month}]
  commitments:
    - {name: three-days, gpus: 20, rate: 2.10 USD/gpu-h, term: 3d, upfront: 40%}
    - {name: flex, spend: 40 USD/h, discount: 28%, term: 1y, before: 30d}
  billing: {account: acct-1, region: eu-north}
YAML
"$gpuplan" run "$work/bill.yaml" -o "$work/bill.h5" --format json >"$work/bill.json" 2>"$work/err"
ok "the run failed" [ $? -eq 0 ]
for focus in 1.2 1.3 1.4; do
    "$gpuplan" report "$work/bill.h5" --focus "$work/bill-$focus.csv" --focus-version $focus >"$work/out" 2>"$work/err"
    ok "report --focus-version $focus failed" [ $? -eq 0 ]
    ok "the metadata of $focus is missing" [ -s "$work/bill-$focus.metadata.json" ]
    node "$cache/duckdb_focus.mjs" "$work/bill-$focus.csv" "$work/bill-$focus.metadata.json" "$work/bill.json" \
        >"$work/out" 2>"$work/err"
    ok "FOCUS $focus in DuckDB" [ $? -eq 0 ]
    checks=$(sed -n 's/^\([0-9]*\) checks hold$/\1/p' "$work/out")
    passed=$((passed + ${checks:-0}))
done
echo "duckdb: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
