#!/bin/sh
# docs_tutorial.sh - docs/tutorial.md and docs/what-if.md work as printed.
#
# Goal: a newcomer who types along sees what the pages show. Method: files are taken from the page (a block behind a line
# that names it), each line of its `sh` blocks is run and must end with 0, or with what `# ends with N` says, and each
# line of its `text` blocks must have been printed.
set -u
export LC_ALL=C.UTF-8
passed=0
failed=0
PATH=$(cd "${BUILD:-build}" && pwd):$PATH
export PATH
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

page_runs() { # PAGE
    page=$1
    work=$(mktemp -d "$root/XXXXXX")
    mkdir "$work/here"
    awk -v work="$work" '
/^`[a-z0-9.-]+`:$/ { name = $0; gsub(/[`:]/, "", name); next }
!on && /^```/ { on = 1; kind = substr($0, 4); file = name; name = ""; next }
on && /^```/ { on = 0; next }
on && file != "" { print > (work "/here/" file); next }
on && kind == "sh" { print > (work "/commands") }
on && kind == "text" && NF > 0 { print > (work "/shown") }
' "$page"

    while IFS= read -r line; do
        want=$(printf '%s\n' "$line" | sed -n 's/.*# ends with \([0-9]*\)$/\1/p')
        (cd "$work/here" && sh -c "$line") >"$work/out" 2>&1 </dev/null
        code=$?
        cat "$work/out" >>"$work/printed"
        if [ "$code" -eq "${want:-0}" ]; then passed=$((passed + 1)); else
            failed=$((failed + 1))
            echo "docs-tutorial: ended with $code, not ${want:-0}: $line"
            sed 's/^/    /' "$work/out" | head -n 5
        fi
    done <"$work/commands"
    sed 's/[[:blank:]]*$//' "$work/printed" >"$work/lines"
    while IFS= read -r line; do
        if grep -qxF -- "$line" "$work/lines"; then passed=$((passed + 1)); else
            failed=$((failed + 1))
            echo "docs-tutorial: $page shows a line that was not printed:"
            echo "    $line"
        fi
    done <"$work/shown"
}

page_runs docs/tutorial.md
page_runs docs/what-if.md
echo "docs-tutorial: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
