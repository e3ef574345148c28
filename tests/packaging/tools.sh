# SPDX-License-Identifier: Apache-2.0
# For tests that need a tool which outsiders may lack; to be sourced with $project set. They skip with a reason,
# unless CI says that it must be there.

skip() {
  echo "skipped: $*"
  [ "${CI:-}" != true ] || exit 1
  exit 77
}

# find_tool NAME: prints where that tool is.
find_tool() {
  local beside=$project/../shared/tools/$1
  command -v "$1" && return
  [ -x "$beside" ] && realpath "$beside"
}
