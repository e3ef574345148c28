#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs, upgrades, downgrades, removes and purges the packages in a pristine Debian: install_test.sh PROJECT
# Builds them first where build-package/ has none of these sources. Skips with a reason where there is no
# fresh-machine, unless CI says that there must be one.
set -euo pipefail
project=$(realpath "$1")

skip() {
  echo "skipped: $*"
  [ "${CI:-}" != true ] || exit 1
  exit 77
}

fresh_machine=$(command -v fresh-machine || true)
candidate=$project/../shared/tools/fresh-machine
if [ -z "$fresh_machine" ] && [ -x "$candidate" ]; then fresh_machine=$(realpath "$candidate"); fi
[ -n "$fresh_machine" ] || skip "fresh-machine is neither beside the project nor on PATH"
[ "$EUID" -eq 0 ] || skip "a pristine Debian is made by root only"

"$project/dev" package --if-changed --quick

# fresh-machine copies the checkout that it is called in. This one holds the packages and the test.
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
git -C "$stage" init --quiet
for name in core server cli plugin-python plugin-go plugin-lua; do
  cp "$project"/build-package/code-executor-"$name"_*.deb "$stage"
done
cp "$project"/tests/packaging/*.py "$stage"
cd "$stage"
status=0
# Python comes with the plugin that runs it; nothing else of the test needs it before.
"$fresh_machine" --timeout 1500 -- \
  'export DEBIAN_FRONTEND=noninteractive' \
  'apt-get -qq update' \
  'apt-get -qq -y install ./code-executor-core_*.deb ./code-executor-server_*.deb ./code-executor-plugin-python_*.deb >install.log 2>&1 || { cat install.log; exit 1; }' \
  'python3 -B guest.py' || status=$?
exit "$status"
