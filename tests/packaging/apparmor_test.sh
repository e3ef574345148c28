#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The AppArmor profile is one that the parser takes: apparmor_test.sh PROFILE. Compiles it for the kernel features
# that the parser comes with, so that the kernel here does not matter.
set -euo pipefail
profile=$1
features=/usr/share/apparmor-features/features
parser=$(PATH=$PATH:/usr/sbin:/sbin command -v apparmor_parser || true)
if [ -z "$parser" ] || [ ! -f "$features" ]; then
  echo "skipped: apparmor_parser is not installed"
  [ "${CI:-}" != true ] || exit 1
  exit 77
fi
accepts() { "$parser" --skip-kernel-load --skip-cache --features-file "$features" "$1"; }

accepts "$profile"
spoilt=$(mktemp)
trap 'rm -f "$spoilt"' EXIT
sed 's/^  pivot_root,/  pivot_rot,/' "$profile" >"$spoilt"
if accepts "$spoilt" 2>/dev/null; then
  echo "FAILED: a spoilt profile is taken, too"
  exit 1
fi
echo "accepted by $("$parser" --version | head -n 1)"
