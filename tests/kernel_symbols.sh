#!/bin/sh
# kernel_symbols.sh - libgpupack needs nobody and shows only its interface.
#
# Goal: a scheduler that cannot link a C library can link the kernel. Method: the kernel is compiled with each
# compiler at each optimisation level with the Makefile's own flags; neither library may then have an undefined
# symbol, and the shared one exports exactly the names of core/packing/exports.txt, which are the GP_API functions
# of gpupack.h.
set -u
export LC_ALL=C
build=${BUILD:-build}/symbols
passed=0
failed=0
skipped=0
mkdir -p "$build"

check() { # TEXT FINDINGS: none is good
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "kernel_symbols: $1:"
        echo "$2" | sed 's/^/    /'
    fi
}

sed -n 's/^GP_API [^(]*[ *]\(gp_[a-z0-9_]*\)(.*/\1/p' core/packing/gpupack.h | sort >"$build/declared"
check 'core/packing/exports.txt is not the list of GP_API functions in gpupack.h (< header, > list)' \
    "$(diff "$build/declared" core/packing/exports.txt | grep '^[<>]')"

for cc in gcc clang; do
    if ! command -v "$cc" >/dev/null 2>&1; then
        echo "skip: kernel symbols with $cc: it is not installed"
        skipped=$((skipped + 1))
        continue
    fi
    for level in -O0 -O1 -O2 -O3 -Os; do
        out=$build/$cc$level
        if ! log=$(make --no-print-directory -s -j2 CC="$cc" OPT="$level" SANITIZE= BUILD="$out" \
            "$out/libgpupack.so" "$out/libgpupack.a" 2>&1); then
            check "$cc $level does not build" "$log"
            continue
        fi
        ld -r --whole-archive "$out/libgpupack.a" -o "$out/whole.o"
        nm -D --defined-only "$out/libgpupack.so" | awk '{print $3}' | sort >"$out/exported"
        check "$cc $level: libgpupack.a has undefined symbols" "$(nm -u "$out/whole.o")"
        check "$cc $level: libgpupack.so has undefined symbols" "$(nm -D -u "$out/libgpupack.so")"
        check "$cc $level: exported names differ from core/packing/exports.txt (< library, > list)" \
            "$(diff "$out/exported" core/packing/exports.txt | grep '^[<>]')"
    done
done
if [ "$skipped" -gt 0 ]; then
    echo "kernel_symbols: $passed passed, $failed failed, $skipped skipped"
else
    echo "kernel_symbols: $passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
