#!/bin/sh
# chromium.sh - reports in headless Chromium: does anything leave the page, does the console say anything, are landmarks, heads of
# tables and contrast as readers need them, in light and dark? Screenshots and a PDF are in $BUILD/chromium/ to be looked at.
#
# axe-core comes from the npm registry into $BUILD/npm; without it the checks of tests/chromium.js stand alone.
set -u
BUILD=${BUILD:-build}
passed=0
failed=0
skipped=0
chromium=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$chromium" ] || ! command -v node >/dev/null 2>&1; then
    echo "skip: chromium or node is not installed: reports are not opened"
    echo "chromium: 0 passed, 0 failed, 1 skipped"
    exit 0
fi
axe=$BUILD/npm/node_modules/axe-core/axe.min.js
if [ ! -f "$axe" ] && command -v npm >/dev/null 2>&1; then
    timeout 90 npm install --prefix "$BUILD/npm" --no-audit --no-fund --no-save --loglevel=error --fetch-retries=1 \
        axe-core@4 >/dev/null 2>&1
fi
if [ ! -f "$axe" ]; then
    echo "skip: axe-core could not be had from the npm registry"
    skipped=$((skipped + 1))
    axe=
fi

# The model case; names that could be taken for something else; many variants with failures.
for scenario in scenarios/raid-night.yaml tests/data/evil.yaml scenarios/spares.yaml; do
    name=$(basename "$scenario" .yaml)
    out=$BUILD/chromium/$name
    rm -rf "$out"
    mkdir -p "$out"
    if "$BUILD/gpuplan" run "$scenario" -o "$out/run.h5" >"$out/log" 2>&1 &&
        "$BUILD/gpuplan" report "$out/run.h5" --html "$out/page.html" >>"$out/log" 2>&1; then
        # shellcheck disable=SC2086 # no word where there is no axe-core
        PICTURES=$([ "$name" = raid-night ] && echo yes) node tests/chromium.js "$chromium" "$out/page.html" "$out" $axe >"$out/checks" 2>&1
        passed=$((passed + $(grep -c '^ok ' "$out/checks")))
        wrong=$(grep -vc '^ok ' "$out/checks")
        failed=$((failed + wrong))
        [ "$wrong" -eq 0 ] || grep -v '^ok ' "$out/checks" | sed "s/^/chromium: $name: /"
        grep -q '^ok nothing in the console' "$out/checks" || { failed=$((failed + 1)) && echo "chromium: $name: not looked at to the end"; }
    else
        failed=$((failed + 1))
        sed "s/^/chromium: $name: /" "$out/log"
    fi
done
if [ "$skipped" -gt 0 ]; then
    echo "chromium: $passed passed, $failed failed, $skipped skipped"
else
    echo "chromium: $passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
