#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The packaged units under a real systemd, in a virtual machine: units_test.sh PROJECT. Takes the packages of
# build-package/. Skips with a reason where there is no vm-run, unless CI says that there must be one.
set -euo pipefail
project=$(realpath "$1")

skip() {
  echo "skipped: $*"
  [ "${CI:-}" != true ] || exit 1
  exit 77
}

vm_run=$(command -v vm-run || true)
candidate=$project/../shared/tools/vm-run
if [ -z "$vm_run" ] && [ -x "$candidate" ]; then vm_run=$(realpath "$candidate"); fi
[ -n "$vm_run" ] || skip "vm-run is neither beside the project nor on PATH"
[ -f "$project/build-package/.packaged" ] || skip "no packages in build-package/; ./dev package builds them"
exec "$vm_run" --systemd --timeout 1200 -- "$project/tests/packaging/units_guest.sh" "$project"
