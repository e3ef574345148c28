#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Holds the plugin ABI against what was promised: check.sh [--update]. abidiff sees what the header's own
# assertions cannot: types of parameters, signedness, what pointers point to.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if ! command -v abidiff >/dev/null; then
  echo "abidiff is missing (Debian: abigail-tools)"
  [[ ${CI-} == true ]] && exit 1
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
major=$(sed -n 's/^#define CEX_ABI_MAJOR \([0-9]*\)u.*/\1/p' ../include/cex/plugin_abi.h)
promised=cex-$major.abi
show=(--no-corpus-path --no-comp-dir-path --no-show-locs)

object_of() {  # INCLUDE OBJECT
  "${CC:-cc}" -std=c11 -g -O0 -shared -fPIC -fvisibility=hidden -I"$1" probe.c -Wl,-soname,cex-abi-probe.so -o "$2"
}

object_of ../include "$folder/now.so"
if [[ ${1-} == --update ]]; then
  abidw "${show[@]}" --out-file "$promised" "$folder/now.so"
  echo "$promised: written"
  exit
fi
abidiff --no-show-locs "$promised" "$folder/now.so" ||
  { echo "The ABI is not what $promised promises: a new major, or, before it is released, check.sh --update"; exit 1; }

# One that could not see a change would pass for ever.
cp -r ../include "$folder/changed"
sed -i 's/void (\*log)(void\* ctx, int32_t level/void (*log)(void* ctx, uint32_t level/' "$folder/changed/cex/plugin_abi.h"
object_of "$folder/changed" "$folder/changed.so"
if abidiff --no-show-locs "$promised" "$folder/changed.so" >/dev/null; then
  echo "a changed parameter was not seen"
  exit 1
fi
echo "the ABI is as $promised promises"
