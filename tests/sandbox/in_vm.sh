#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs box or corpus tests on cgroup v2 in a virtual machine: in_vm.sh PROJECT LANE TESTS LAUNCHER ARGUMENT...
# LANE: see vm_guest.sh. The short form, or with CEX_VM_FULL=1 all tests. Skips with a reason where there
# is no vm-run, unless CI says that there must be one.
set -eu
project=$1 lane=$2
vm_run=$(command -v vm-run || true)
for candidate in "$project/../shared/tools/vm-run"; do
  if [ -z "$vm_run" ] && [ -x "$candidate" ]; then vm_run=$candidate; fi
done
if [ -z "$vm_run" ]; then
  echo "skipped: vm-run is neither beside the project nor on PATH; cgroup v2 is not tested here"
  if [ "${CI:-}" = true ] || [ "${CEX_REQUIRE_VM:-}" = 1 ]; then exit 1; fi
  exit 77
fi
guest=("$project/tests/sandbox/vm_guest.sh" "${@:2}")
if [ "${VM_RUN:-}" = 1 ]; then
  exec "${guest[@]}"
fi
# In full, the corpora take the better part of an hour.
options=(--timeout "$([ "${CEX_VM_FULL:-0}" = 1 ] && echo 7000 || echo 1000)" --mem 2048)
[ "$lane" != systemd ] || options+=(--systemd)
# The guest is an emulated machine, 20 to 50 times slower.
exec "$vm_run" "${options[@]}" --env CEX_TEST_TIME_FACTOR=30 --env CEX_VM_FULL="${CEX_VM_FULL:-0}" -- \
  "${guest[@]}"
