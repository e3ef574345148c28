#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds a plugin template out of tree against an installed plugin API, runs its own tests, and leaves
# the plugin folder in OUT/ID.
# usage: build_template.sh PREFIX TEMPLATE ID OUT [cmake arguments]     77: the compiler is not here
set -eu
prefix=$1 template=$2 id=$3 out=$4
shift 4
umask 022 # a host refuses files that others may write

for argument in "$@"; do
  case $argument in
    -DCMAKE_C*_COMPILER=*)
      if ! command -v "${argument#*=}" >/dev/null; then
        echo "${argument#*=} is not installed"
        exit 77
      fi
      ;;
    *-stdlib=libc++*)
      if ! printf '#include <vector>\n' | clang++ -stdlib=libc++ -fsyntax-only -x c++ - 2>/dev/null; then
        echo "libc++ is not installed (libc++-dev, libc++abi-dev)"
        exit 77
      fi
      ;;
  esac
done

build=$out/$id-build
rm -rf "$build" "${out:?}/$id"
cmake -S "$template" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" "$@"
cmake --build "$build"
ctest --test-dir "$build" --output-on-failure --no-tests=error
cp -r "$build/plugins/$id" "$out/$id"
rm -rf "$build"
