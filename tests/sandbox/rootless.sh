#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the box tests as a plain user: rootless.sh TESTS LAUNCHER VICTIM
set -eu
if [ "$(id -u)" -ne 0 ]; then
  exec "$1"
fi
as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all"
if ! $as_nobody unshare --user true; then
  # In a chroot, say: there the kernel makes no user namespace, whatever the settings are.
  echo "skipped: a plain user cannot make a user namespace here, so rootless mode is not tested"
  if [ "${CI:-}" = true ]; then exit 1; fi
  exit 77
fi
# The build tree may lie below a folder that a plain user cannot enter.
folder=$(mktemp -d /tmp/cex-rootless.XXXXXX)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
install -m 755 "$1" "$folder/cex-box-tests"
install -m 755 "$2" "$folder/cex-launcher"
install -m 755 "$3" "$folder/cex-victim"
$as_nobody env HOME=/tmp "$folder/cex-box-tests"
