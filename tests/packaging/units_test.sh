#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The packaged units under a real systemd, in a virtual machine: units_test.sh PROJECT. Takes the packages of
# build-package/. Skips with a reason where there is no vm-run, unless CI says that there must be one.
set -euo pipefail
project=$(realpath "$1")

# shellcheck source=tests/packaging/tools.sh
. "$project/tests/packaging/tools.sh"

vm_run=$(find_tool vm-run) || skip "vm-run is neither beside the project nor on PATH"
[ -f "$project/build-package/.packaged" ] || skip "no packages in build-package/; ./dev package builds them"
stage=$(mktemp -d /var/tmp/cex-units-test-XXXXXX)
trap 'rm -rf "$stage"' EXIT
for name in core server plugin-python; do cp "$project"/build-package/code-executor-"$name"_*.deb "$stage"; done
# Made here, where it takes a second.
(cd "$stage" && python3 -B "$project/tests/packaging/repack.py" 99.0.0 code-executor-{core,server}_*.deb >/dev/null)
"$vm_run" --systemd --timeout 1200 -- "$project/tests/packaging/units_guest.sh" "$stage"
