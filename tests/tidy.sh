#!/bin/sh
# tidy.sh - the house rules that a machine can check; docs/architecture.md says why they are rules.
#
# Each rule is one check. A finding is printed as file:line: what is wrong.
set -u
export LC_ALL=C
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files -co --exclude-standard | while read -r file; do [ -f "$file" ] && echo "$file"; done
else
    find . -type f ! -path './build/*' | sed 's,^\./,,'
fi | sort -u >"$work/all"
grep '\.[ch]$' "$work/all" >"$work/code"
grep -v '^\.ci/' "$work/all" | grep '\(\.[ch]\|\.def\|\.sh\|\.md\|\.ya\{0,1\}ml\|\.gp\|Makefile\)$' >"$work/text"

check() { # TEXT FINDINGS: none is good
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "tidy: $1:"
        echo "$2" | sed 's/^/    /'
    fi
}

# One pass over the code prints `RULE|file:line: finding`; the rules below pick theirs.
xargs awk '
function floor_of(path) {
    if (path ~ /^core\/packing\//) return 0
    if (path ~ /^core\//) return 1
    if (path ~ /^models\//) return 2
    if (path ~ /^traces\//) return 3
    if (path ~ /^sim\/policies\//) return 4
    if (path ~ /^sim\/engine\//) return 5
    if (path ~ /^sim\/scenario\//) return 6
    if (path ~ /^sim\/experiment\//) return 7
    if (path ~ /^sim\/report\//) return 8
    if (path ~ /^sim\/commands\// || path == "sim/main.c") return 9
    if (path ~ /^(tests|validation)\//) return 10
    return -1
}
# Where a header of somebody else may be included: a pattern of paths.
function home_of(header) {
    if (FILENAME == "sim/main.c" && header ~ /^(csv|jansson|yaml|hdf5|gsl\/gsl_version|nettle\/version|xxhash)[.]h$/) {
        return "^sim/main[.]c$" # `gpuplan --version` names its libraries
    }
    if (header ~ /^Random123\//) return "^core/[a-z_]*[.]"
    if (header == "xxhash.h") return "^core/fact[.]c$"
    if (header ~ /^gsl\//) return "^(models|traces|sim/experiment)/"
    if (header ~ /^(csv|zlib|zstd)[.]h$/) return "^traces/"
    if (header == "jansson.h") return "^(traces|sim/report|sim/scenario)/"
    if (header == "yaml.h") return "^sim/scenario/"
    if (header ~ /^nettle\//) return "^sim/scenario/"
    if (header == "omp.h") return "^sim/experiment/"
    if (header ~ /^hdf5(_hl)?[.]h$/) return "^sim/report/"
    return "^$"
}
function say(rule, text) { print rule "|" FILENAME ":" FNR ": " text }
BEGIN {
    split("assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign " \
          "stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time " \
          "unistd fcntl getopt dirent dlfcn glob libgen poll pthread execinfo malloc " \
          "sys/types sys/stat sys/time sys/wait sys/resource sys/mman sys/random sys/ioctl", names, " ")
    for (i in names) system_header[names[i] ".h"] = 1
}
FNR == 1 {
    open_at = 0
    if ($0 !~ /^(\/\*|\/\/)/) say("first", "the first line says what the file is for")
}
/\t/ { say("tab", "tab") }
{
    line = $0
    gsub(/[\200-\277]/, "", line) # bytes that continue a character
    if (length(line) > 130) say("long", length(line) " columns")
    sub(/[ ]*\/[*].*[*]\/$/, "", line) # a comment beside a column may stand out
    if (line !~ /^[ ]*(\/[*]|[*])/ && length(line) > 110) say("long", length(line) " columns of code")
    if (FNR == 601) say("file", "more than 600 lines")
}
/^\{/ || /^[A-Za-z_].*\) \{$/ { open_at = FNR }
/^\}/ {
    if (open_at && FNR - open_at + 1 > 80) say("function", FNR - open_at + 1 " lines")
    open_at = 0
}
/^[ ]*#[ ]*include[ ]*"/ {
    name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
    from = floor_of(FILENAME); to = floor_of(name)
    if (to < 0) say("include", "\"" name "\" is not a path from the top of the tree")
    else if (to > from) say("include", "\"" name "\" lies on a higher floor (" to " over " from ")")
    else if (from != 10 && to == 10) say("include", "\"" name "\" is for tests")
}
/^[ ]*#[ ]*include[ ]*</ {
    name = $0; sub(/^[^<]*</, "", name); sub(/>.*/, "", name)
    if (FILENAME ~ /^core\/packing\//) {
        if (name != "stddef.h" && name != "stdint.h") say("foreign", "<" name ">: the kernel has stddef.h and stdint.h")
    } else if (!(name in system_header) && FILENAME !~ /^(tests|validation)\// && FILENAME !~ home_of(name)) {
        say("foreign", "<" name "> does not belong in this room")
    }
}
/^[ ]*#[ ]*pragma[ ]+omp/ && FILENAME !~ /^(sim\/experiment|tests|validation)\// {
    say("foreign", "OpenMP lives in sim/experiment")
}
' <"$work/code" >"$work/findings"
of() { sed -n "s/^$1|//p" "$work/findings"; }

check 'no upward include (docs/architecture.md lists the floors)' "$(of include)"
check 'foreign libraries only in their rooms' "$(of foreign)"
check 'files of at most 600 lines' "$(of file)"
check 'functions of at most 80 lines' "$(of function)"
check 'lines of at most 110 columns (with a comment: 130)' "$(of long)"
check 'the first line is a comment that says what the file is for' "$(of first)"
check 'no tabs in C' "$(of tab)"
check 'nothing left open' "$(grep -v '^tests/tidy\.sh$' "$work/text" | xargs grep -nwE 'TODO|FIXME|XXX|HACK')"
check 'no trailing blanks' "$(xargs grep -nE '[[:blank:]]$' <"$work/text")"
check 'no path that users do not have' \
    "$(xargs grep -nE '(^|[^A-Za-z0-9_.}-])/[w]ork(/|$|[^A-Za-z])|[.][.]/[s]hared' <"$work/text")"
# A scenario of one's own beside the tree is nobody's business until it is added.
check 'the top level holds nothing new' "$({ git ls-files 2>/dev/null || cat "$work/all"; } | sed 's,/.*,,' | sort -u |
    grep -vE '^(Makefile|sim|core|models|traces|scenarios|plots|validation|tests|docs|README\.md|LICENSE|\..*)$')"
check 'no data of others, no large tables' "$(
    grep -E '\.(h5|hdf5|gz|zst|zip|parquet|xz|bz2)$' "$work/all"
    while read -r file; do
        [ "$(wc -c <"$file")" -le 100000 ] || echo "$file has more than 100 kB"
    done <"$work/all"
)"
echo "tidy: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
