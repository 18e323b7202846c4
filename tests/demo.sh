#!/bin/sh
# demo.sh - what `make demo` shows: the openb cluster under seven packing policies.
#
# Without data the requests are drawn from the table of classes in scenarios/. With DATA=DIR, the folder that holds the
# published log (traces/README.md says where to get it), the log itself is replayed as well.
set -eu
build=${BUILD:-build}
out=$build/demo
mkdir -p "$out"

show() { # SCENARIO [ARGUMENT...]
    name=$(basename "$1" .yaml)
    "$build/gpuplan" run "$@" -o "$out/$name.h5"
    "$build/gpuplan" report "$out/$name.h5" --html "$out/$name.html" --plots "$out/$name" >/dev/null
}

show scenarios/openb-2023.yaml
if [ -n "${DATA:-}" ]; then
    echo
    show scenarios/openb-2023-log.yaml --data "$DATA"
fi
echo
echo "What to look at:"
for page in "$out"/*.html; do
    name=${page%.html}
    echo "    $page    one page with everything, for a browser"
    echo "    $name.h5    the result file, for \`gpuplan report\`, \`compare\` and \`explain\`"
    echo "    $name/    $(find "$name" -name '*.svg' | wc -l) figures as SVG and PNG"
done
