#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the box tests as root on cgroup v2 in a VM: in_vm.sh PROJECT TESTS. Skips with a reason where
# there is no vm-run, unless CI says that there must be one.
set -eu
vm_run=$(command -v vm-run || true)
for candidate in "$1/../shared/tools/vm-run"; do
  if [ -z "$vm_run" ] && [ -x "$candidate" ]; then vm_run=$candidate; fi
done
if [ -z "$vm_run" ]; then
  echo "skipped: vm-run is neither beside the project nor on PATH; cgroup v2 is not tested here"
  if [ "${CI:-}" = true ] || [ "${CEX_REQUIRE_VM:-}" = 1 ]; then exit 1; fi
  exit 77
fi
if [ "${VM_RUN:-}" = 1 ]; then
  exec "$2"
fi
# The guest is an emulated machine, 20 to 50 times slower.
exec "$vm_run" --timeout 1000 --mem 2048 --env CEX_TEST_TIME_FACTOR=30 -- "$2"
