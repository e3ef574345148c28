#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A small image from the packages: built twice, looked at, run: images_test.sh PROJECT
set -euo pipefail
project=$(realpath "$1")
here=$project/tests/packaging/images
# shellcheck source=tests/packaging/tools.sh
. "$project/tests/packaging/tools.sh"

[ "$EUID" -eq 0 ] || skip "containers are started by root here"
for tool in mmdebstrap umoci runc skopeo curl nsenter; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
export PYTHONDONTWRITEBYTECODE=1

"$project/dev" package --if-changed --quick
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$project/packaging/debian/changelog" -STimestamp)
export SOURCE_DATE_EPOCH
# Where a plain user may go in, which the container's is.
stage=$(mktemp -d /var/tmp/cex-image-test-XXXXXX)
trap 'rm -rf --one-file-system "$stage"' EXIT
chmod 755 "$stage"

for place in first second; do
  echo "== an image, built: the $place time"
  python3 "$project/packaging/images/build.py" --packages "$project/build-package" --out "$stage/$place" \
    --families "$here/families.toml"
done
diff -r "$stage/first" "$stage/second" || { echo "FAILED: two builds of one image differ"; exit 1; }

archive=$(echo "$stage"/first/images/code-executor-python_*.oci.tar)
sbom=$(echo "$stage"/first/sbom/code-executor-python_*.oci.cdx.json)
echo "== what is in it"
python3 "$here/image.py" "$archive" "$sbom" "$stage/bundle"
python3 "$here/run.py" "$stage/bundle" "$project/packaging/images/seccomp.json"

if vm_run=$(find_tool vm-run); then
  echo "== on cgroup v2, in a virtual machine"
  "$vm_run" --systemd --timeout 600 -- python3 "$here/run.py" "$stage/bundle" "$project/packaging/images/seccomp.json"
elif [ ! -f /sys/fs/cgroup/cgroup.controllers ]; then
  echo "== without cgroup v2: vm-run is neither beside the project nor on PATH"
  [ "${CI:-}" != true ] || exit 1
fi
