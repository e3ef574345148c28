#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds RPMs into build-rpm/rpms/, from the same install rules as the Debian packages. ./dev package --rpm installs
# what it needs.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake -S . -B build-rpm -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF -DCMAKE_INSTALL_PREFIX=/usr \
  -DCMAKE_INSTALL_LIBDIR=lib64 -DCMAKE_INSTALL_LIBEXECDIR=libexec -DCMAKE_INSTALL_SYSCONFDIR=/etc
cmake --build build-rpm
rm -rf build-rpm/rpms
(cd build-rpm && cpack -G RPM -B "$PWD/rpms")
rm -rf build-rpm/rpms/_CPack_Packages
