#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs, upgrades, downgrades, removes and purges the packages in a pristine Debian: install_test.sh PROJECT
# Builds them first where build-package/ has none of these sources.
set -euo pipefail
project=$(realpath "$1")
# shellcheck source=tests/packaging/pristine.sh
. "$project/tests/packaging/pristine.sh"

take core server cli plugin-python plugin-go plugin-lua
cp "$project"/tests/packaging/*.py .
# Python comes with the plugin that runs it; nothing else of the test needs it before.
"$fresh_machine" --timeout 1500 -- \
  'export DEBIAN_FRONTEND=noninteractive' \
  'apt-get -qq update' \
  'apt-get -qq -y install ./code-executor-core_*.deb ./code-executor-server_*.deb ./code-executor-plugin-python_*.deb >install.log 2>&1 || { cat install.log; exit 1; }' \
  'python3 -B guest.py'
