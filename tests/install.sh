#!/bin/sh
# install.sh - puts gpuplan, the packing library and the manual under DESTDIR/PREFIX.
set -eu
build=${BUILD:-build}
prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}$prefix
install -d "$root/bin" "$root/lib/pkgconfig" "$root/include"
install -m 755 "$build/gpuplan" "$root/bin/gpuplan"
install -m 644 core/packing/gpupack.h "$root/include/gpupack.h"
install -m 644 "$build/libgpupack.a" "$root/lib/libgpupack.a"
install -m 644 "$build/libgpupack.so" "$root/lib/libgpupack.so.1"
ln -sf libgpupack.so.1 "$root/lib/libgpupack.so"
cat >"$root/lib/pkgconfig/gpupack.pc" <<END
prefix=$prefix
Name: gpupack
Description: the packing kernel of gpuplan: which node, and which of its GPUs, for a task
Version: 1
Cflags: -I\${prefix}/include
Libs: -L\${prefix}/lib -lgpupack
END
if [ -f docs/gpuplan.1 ]; then
    install -d "$root/share/man/man1"
    install -m 644 docs/gpuplan.1 "$root/share/man/man1/gpuplan.1"
fi
echo "installed under $root"
