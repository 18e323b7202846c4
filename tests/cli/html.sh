#!/bin/sh
# html.sh - `gpuplan report RUN.h5 --html FILE`: what is in the file, whatever the scenario's names are and whatever is missing.
set -u
suite=cli-html
. tests/words.sh

holds() { ok "'$1' is not in the page" grep -qF -- "$1" "$work/page.html"; }
lacks() { ok "'$1' is in the page" [ "$(grep -cF -- "$1" "$work/page.html")" -eq 0 ]; }

# The RAID night: every section that it has something to say in.
run 0 run scenarios/raid-night.yaml -o "$work/raid.h5"
run 0 report "$work/raid.h5" --html "$work/page.html"
ok "the table is printed all the same" grep -q '^blind ' "$work/out"
for id in savings cards where usage idle nodes compare variants faults checks assumptions; do
    holds "<section id=\"$id\""
    holds "<a href=\"#$id\">"
done
holds "6 of 6 expectations hold"
holds '"scenario":{"name":"raid-night"'
holds 'a-7'
ok "the page is of a sane size" [ "$(wc -c <"$work/page.html")" -lt 600000 ]
if command -v gnuplot >/dev/null 2>&1; then
    ok "figures" [ "$(grep -c '<svg ' "$work/page.html")" -ge 12 ]
    ok "each figure has its table" [ "$(grep -c '<details class="data"><summary>Table' "$work/page.html")" -ge 12 ]
fi
lacks "https://"
lacks "http://"
run 0 report "$work/raid.h5" --html "$work/again.html"
ok "equal bytes for equal results" cmp -s "$work/page.html" "$work/again.html"
run 0 report "$work/raid.h5" --html -
ok "--html - writes the page, and nothing else" cmp -s "$work/page.html" "$work/out"

# Without gnuplot: tables, a note, a warning, exit code 0.
mkdir "$work/bin"
PATH="$work/bin" "$gpuplan" report "$work/raid.h5" --html "$work/page.html" >"$work/out" 2>"$work/err"
ok "without gnuplot the report is written" [ $? -eq 0 ]
ok "... with a warning" grep -q 'gnuplot is not installed: the report has tables and no figures' "$work/err"
lacks "<svg"
holds "gnuplot was not there when this was"
holds "held idle"
ok "... and with tables" [ "$(grep -c '<table>' "$work/page.html")" -ge 12 ]
TMPDIR="$work/nowhere" "$gpuplan" report "$work/raid.h5" --html "$work/page.html" >"$work/out" 2>"$work/err"
ok "a folder for gnuplot's files that is not there is no failure" [ $? -eq 0 ]

# Names that could be taken for something else.
run 0 run tests/data/evil.yaml -o "$work/evil.h5"
(cd "$work" && "$gpuplan" report evil.h5 --html page.html --plots figures >out 2>err)
ok "a page about evil names" [ -s "$work/page.html" ]
ok "no command in a name was run" [ -z "$(find "$work" . -name pwned)" ]
ok "no element out of a name" [ "$(grep -ciE '<script>alert|<img |<b>.?"|<i>t|<a href=javascript|</svg><script' "$work/page.html")" -eq 0 ]
ok "scripts: the data and the one of the page" [ "$(grep -o '<script[ >]' "$work/page.html" | wc -l)" -eq 2 ]
ok "ends of scripts likewise" [ "$(grep -o '</script' "$work/page.html" | wc -l)" -eq 2 ]
holds '␁ control'
if command -v gnuplot >/dev/null 2>&1; then
    ok "figures beside the page" [ -s "$work/figures/waterfall-1.svg" ] && ok "as PNG" [ -s "$work/figures/nodes-1.png" ]
fi
ok "a script that makes no figure here is not written" [ ! -e "$work/figures/remedy-map.gp" ]

# What commitments paid for was not bought on demand: the lines of the table that `run` prints.
run 0 run scenarios/commitments.yaml -o "$work/promised.h5"
run 0 report "$work/promised.h5" --html "$work/page.html"
holds '>cover-60</th><td class="n">5,045,760.00</td><td class="n">8,830,080.00</td><td class="n">0.00</td><td class="n">13,875,840.00</td>'

# One variant, no price, no failure, one job; and what cannot be written.
cat >"$work/one.yaml" <<'YAML'
gpuplan: 1
name: one
horizon: 1h
cluster: {types: {t: {gpus: {count: 1, model: T4}, cpu: 8, memory: 32Gi}}, nodes: [{name: n, type: t, count: 1}]}
workload: [{jobs: [{id: A, submit: 0s, duration: 30m, gpus: 1}]}]
policy: {preset: fifo}
YAML
run 0 run "$work/one.yaml" -o "$work/one.h5"
run 0 report "$work/one.h5" --html "$work/page.html"
holds "One variant: nothing to compare"
for id in savings nodes waits compare showback faults checks; do lacks "<section id=\"$id\""; done
lacks " USD"
run 1 report "$work/one.h5" --html "$work/nowhere/page.html"
run 1 report "$work/one.h5" --html "$work"
run 2 report "$work/one.h5" --html

echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
