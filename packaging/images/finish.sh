#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The last step in an image's root, before it is packed: finish.sh ROOT
set -e
root=$1

# What tells of the machine and the moment it was made on, or would be made anew anyway. Not /tmp and what apt keeps:
# mmdebstrap empties them afterwards, with an apt whose configuration lies there; without it that apt would empty this
# machine's.
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d "$root"/etc/apt/apt.conf.d/99mmdebstrap \
  "$root"/var/cache/debconf/*-old "$root"/var/cache/ldconfig "$root"/var/log/* "$root"/usr/share/man
rm -f "$root"/etc/hostname "$root"/etc/resolv.conf "$root"/etc/machine-id "$root"/etc/.pwd.lock \
  "$root"/etc/passwd- "$root"/etc/group- "$root"/etc/shadow- "$root"/etc/gshadow- "$root"/etc/subuid- "$root"/etc/subgid- \
  "$root"/var/lib/dpkg/*-old "$root"/var/lib/dpkg/lock*

# Nothing in it gains rights by being started.
find "$root" -xdev -type f -perm /6000 -exec chmod ug-s {} +

# A volume that is mounted here for the first time gets the owner that the folder has.
install -d -m 0700 -o 10001 -g 10001 "$root/var/lib/code-executor"
