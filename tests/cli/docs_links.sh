#!/bin/sh
# docs_links.sh - what the documentation points to is there.
#
# Goal: no dead link, no command that does not exist. Method: each relative link of each Markdown file is looked up beside
# the file; each file named `in this way/like.this` with a folder of the tree in front is looked up from the top; each
# `gpuplan COMMAND` is one of the program's, each `make TARGET` one of the Makefile's.
set -u
export LC_ALL=C.UTF-8
gpuplan=${BUILD:-build}/gpuplan
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found() { # TEXT COMMAND...
    text=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "docs-links: $text"
    fi
}

find README.md docs traces scenarios -name '*.md' >"$work/pages"
while read -r page; do
    grep -oE '\]\([^)]*\)' "$page" | sed 's/^](//; s/)$//; s/#.*//' | grep -vE '^(https?:|mailto:|$)' >"$work/links"
    while read -r link; do
        found "$page: $link does not exist" [ -e "$(dirname "$page")/$link" ]
    done <"$work/links"
    grep -oE '`(core|models|traces|sim|plots|scenarios|validation|tests|docs)/[A-Za-z0-9_./-]*`' "$page" |
        tr -d '`' | sort -u >"$work/paths"
    while read -r path; do
        # Pages on adding something name files that the reader is to write; data of others is not in the tree.
        case $page:$path in docs/add*.md:* | *NAME* | *:traces/openb | *:traces/openb/*) continue ;; esac
        found "$page: $path does not exist" [ -e "$path" ]
    done <"$work/paths"
done <"$work/pages"

xargs grep -ohE '(`|^|build/)gpuplan [a-z]+' <"$work/pages" | sed 's/.*gpuplan //' | sort -u >"$work/commands"
while read -r command; do
    found "gpuplan has no command '$command'" sh -c "'$gpuplan' '$command' --help >/dev/null 2>&1"
done <"$work/commands"
xargs grep -ohE '(`|^)make [a-z-]+(`| |$)' <"$work/pages" | sed 's/.*make //; s/[` ]*$//' | sort -u >"$work/targets"
while read -r target; do
    found "the Makefile has no target '$target'" grep -qE "^([a-z-]+ )*$target( [a-z-]+)*:" Makefile
done <"$work/targets"
echo "docs-links: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
