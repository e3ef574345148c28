#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the box tests as a plain user: rootless.sh shared|slot TESTS LAUNCHER VICTIM [GTEST OPTION]...
# slot: the user gets subordinate ids, in an /etc that only this run sees.
set -eu
ids=$1 tests=$2 launcher=$3 victim=$4
shift 4
skip() {
  echo "skipped: $*"
  if [ "${CI:-}" = true ]; then exit 1; fi
  exit 77
}
if [ "$(id -u)" -ne 0 ]; then
  [ "$ids" = shared ] || skip "only root can give a user subordinate ids for the time of a test"
  exec "$tests" "$@"
fi
as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all"
# newuidmap is set-user-ID root and needs what the bounding set would take from it.
[ "$ids" = slot ] || as_nobody="$as_nobody --bounding-set=-all"
# In a chroot, say: there the kernel makes no user namespace, whatever the settings are.
$as_nobody unshare --user true ||
  skip "a plain user cannot make a user namespace here, so rootless mode is not tested"
# The build tree may lie below a folder that a plain user cannot enter.
folder=$(mktemp -d /tmp/cex-rootless.XXXXXX)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
install -m 755 "$tests" "$folder/cex-box-tests"
install -m 755 "$launcher" "$folder/cex-launcher"
install -m 755 "$victim" "$folder/cex-victim"
export CEX_EXPECT_IDS=$ids HOME=/tmp
if [ "$ids" = shared ]; then
  $as_nobody "$folder/cex-box-tests" "$@"
else
  [ -x /usr/bin/newuidmap ] || skip "the package uidmap is not installed"
  cp -a /etc "$folder/etc"
  echo "nobody:300000:65536" | tee "$folder/etc/subuid" >"$folder/etc/subgid"
  unshare --mount sh -c 'mount --bind "$1/etc" /etc; shift; exec "$@"' - "$folder" \
    $as_nobody "$folder/cex-box-tests" "$@"
fi
