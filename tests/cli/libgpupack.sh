#!/bin/sh
# libgpupack.sh - the program of docs/libgpupack.md compiles against what is installed, runs, and prints what the
# page says.
#
# Goal: the page cannot rot. Method: the page shows tests/examples/libgpupack.c word for word; it is built against the
# installed header with the shared library (by pkg-config) and with the archive, by the compiler of this build.
set -u
build=${BUILD:-build}
passed=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=$(sed -n '1s/ *|.*//p' "$build/flags")
sanitize=$(cut -d'|' -f4 "$build/flags")
example=tests/examples/libgpupack.c
page=docs/libgpupack.md

ok() { # TEXT COMMAND...: the command must succeed
    text=$1
    shift
    if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "libgpupack: $text"
        sed 's/^/    /' "$work/out" | head -n 20
    fi
}
block() { # LANGUAGE: the page's first block in it
    awk -v fence="\`\`\`$1" '!on && !done && $0 == fence {on = 1; next} on && /^```/ {on = 0; done = 1} on' "$page"
}
# shellcheck disable=SC2086 # flags are split on purpose
compile() { $cc -std=c11 -Wall -Wextra -Werror $sanitize "$@"; }

block c >"$work/shown.c"
ok "$page does not show $example" cmp -s "$work/shown.c" "$example"
block text >"$work/expected"
ok "it does not install" env BUILD="$build" PREFIX="$work/usr" DESTDIR= sh tests/install.sh
ok "it does not compile with the archive" \
    compile -I"$work/usr/include" "$example" "$work/usr/lib/libgpupack.a" -o "$work/archive"
ok "the archive's program fails" sh -c "'$work/archive' >'$work/archive.out'"
ok "the archive's program prints something else than $page" diff "$work/expected" "$work/archive.out"
if command -v pkg-config >/dev/null 2>&1; then
    flags=$(PKG_CONFIG_PATH=$work/usr/lib/pkgconfig pkg-config --cflags --libs gpupack)
    # shellcheck disable=SC2086
    ok "it does not compile with the shared library" compile "$example" $flags -o "$work/shared"
    ok "the shared library's program fails" \
        env LD_LIBRARY_PATH="$work/usr/lib" sh -c "'$work/shared' >'$work/shared.out'"
    ok "the shared library's program prints something else" diff "$work/expected" "$work/shared.out"
fi
echo "libgpupack: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
