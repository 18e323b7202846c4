#!/bin/sh
# deps.sh - the Debian packages that gpuplan needs, and what to do when some are missing.
#
#   deps.sh missing [demo|test]   prints the packages that are missing
#   deps.sh install               installs them: as root, else through sudo; elsewhere says what is needed
#   deps.sh ensure demo|test      quick; installs only if something is missing. Goes on, with a note, when all that
#                                 is missing is something that tests can be skipped for
#
# A package counts as there when what it brings can be found, whoever installed it.
set -u
CC=${CC:-gcc}

# need (build: always; figure: `make demo` and tests; test: tests), probe, what is probed, packages
table() {
    cat <<'END'
build program make make
build program gcc gcc
build program pkg-config pkg-config
build header stdio.h libc6-dev
build library yaml-0.1 libyaml-dev
build library jansson libjansson-dev
build library gsl libgsl-dev
build library hdf5-serial libhdf5-dev
build library nettle nettle-dev
build library libxxhash libxxhash-dev
build library zlib zlib1g-dev
build library libzstd libzstd-dev
build header csv.h libcsv-dev
build header Random123/philox.h librandom123-dev
cunit header CUnit/CUnit.h libcunit1-dev
figure program gnuplot gnuplot-nox,fonts-dejavu-core
test program clang clang
test runtime fuzzer libclang-rt-dev
test openmp clang libomp-dev
test program h5dump hdf5-tools
test program git git
test program chromium chromium
test program node nodejs
test program npm npm
END
}

found() { # PROBE WHAT
    case $1 in
    program) command -v "$2" >/dev/null 2>&1 ;;
    library) pkg-config --exists "$2" 2>/dev/null ;;
    header) echo "#include <$2>" | "$CC" -E - >/dev/null 2>&1 ;;
    openmp) echo '#include <omp.h>' | clang -fopenmp -E - >/dev/null 2>&1 ;;
    runtime) [ -n "$(find "$(clang -print-resource-dir 2>/dev/null)/lib" -name "libclang_rt.$2*" 2>/dev/null)" ] ;;
    esac
}

missing() { # NEED...
    table | while read -r need probe what packages; do
        case " $* " in
        *" $need "*) found "$probe" "$what" || echo "$packages" | tr ',' '\n' ;;
        esac
    done
}

install_packages() { # PACKAGE...
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
        [ -t 0 ] || as_root='sudo -n'
    else
        as_root=none
    fi
    if [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "gpuplan needs these Debian packages (or what your system calls them):" >&2
        echo "    $*" >&2
        echo "As root: apt-get install $*" >&2
        return 1
    fi
    echo "installing: $*"
    get="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y"
    # shellcheck disable=SC2086 # $get is a command with words
    $get install --no-install-recommends "$@" ||
        { $get update && $get install --no-install-recommends "$@"; } ||
        { echo "installing failed; needed: $*" >&2 && return 1; }
}

case ${1:-} in
missing)
    case ${2:-test} in
    demo) missing build figure ;;
    *) missing build cunit figure test ;;
    esac
    ;;
install)
    packages=$(missing build cunit figure test)
    [ -n "$packages" ] || { echo "all packages are there" && exit 0; }
    # shellcheck disable=SC2086 # one word a package
    install_packages $packages || exit 1
    left=$(missing build cunit figure test)
    [ -z "$left" ] || { echo "installed, yet not found: $left" >&2 && exit 1; }
    ;;
ensure)
    packages=$(sh "$0" missing "${2:-test}")
    [ -n "$packages" ] || exit 0
    # shellcheck disable=SC2086
    install_packages $packages && exit 0
    # What is left decides: without a library nothing can be built, without gnuplot only figures are missing.
    required=build
    [ "${2:-test}" = demo ] || required='build cunit'
    # shellcheck disable=SC2086
    [ -z "$(missing $required)" ] && echo "going on without them" >&2
    ;;
*)
    echo "usage: $0 missing|install|ensure [demo|test]" >&2
    exit 2
    ;;
esac
