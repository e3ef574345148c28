# SPDX-License-Identifier: Apache-2.0
# For tests that need a pristine Debian; to be sourced with $project set. Skips with a reason where there is no
# fresh-machine, unless CI says that there must be one. Sets $fresh_machine, and makes $stage the current folder.

# shellcheck source=tests/packaging/tools.sh
. "$project/tests/packaging/tools.sh"
fresh_machine=$(find_tool fresh-machine) || skip "fresh-machine is neither beside the project nor on PATH"
[ "$EUID" -eq 0 ] || skip "a pristine Debian is made by root only"

"$project/dev" package --if-changed --quick

# fresh-machine copies the checkout that it is called in. This one holds packages and tests.
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
git -C "$stage" init --quiet
cd "$stage"

# take NAME...: these packages.
take() {
  local name
  for name; do cp "$project"/build-package/code-executor-"$name"_*.deb .; done
}
