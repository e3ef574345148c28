#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A stranger's plugin in a pristine Debian, from code-executor-plugin-dev alone and with another compiler and
# another standard library than ours: kit_test.sh PROJECT
set -euo pipefail
project=$(realpath "$1")
# shellcheck source=tests/packaging/pristine.sh
. "$project/tests/packaging/pristine.sh"

take core cli plugin-dev
cat >stranger.sh <<'STRANGER'
set -eux
cex plugin new demo --kind cpp
cmake -S demo -B demo/build -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_FLAGS=-stdlib=libc++
cmake --build demo/build
ctest --test-dir demo/build --output-on-failure
cex plugin check demo/build/plugins/demo
if ldd demo/build/plugins/demo/demo.so | grep 'libstdc++'; then exit 1; fi
echo 'BEGIN { print 6 * 7 }' >program.awk
[ "$(cex --plugin-dir demo/build/plugins run --language demo program.awk)" = 42 ]
STRANGER
"$fresh_machine" --timeout 900 -- \
  'export DEBIAN_FRONTEND=noninteractive' \
  'apt-get -qq update' \
  'apt-get -qq -y install --no-install-recommends ./code-executor-*.deb clang libc++-dev libc++abi-dev cmake ninja-build mawk binutils >install.log 2>&1 || { cat install.log; exit 1; }' \
  'bash stranger.sh'
