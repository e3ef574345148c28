#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Signed checksums, as somebody who downloads them takes them: sign_test.sh PROJECT. With a key that lives as long as
# this test; what is signed are files that stand for packages.
set -euo pipefail
project=$(realpath "$1")
# shellcheck source=tests/packaging/tools.sh
. "$project/tests/packaging/tools.sh"

command -v gpg >/dev/null || skip "gpg is not installed"
stage=$(mktemp -d)
export GNUPGHOME=$stage/keys
trap 'gpgconf --kill all; rm -rf "$stage"' EXIT
mkdir -m 700 "$GNUPGHOME"
mkdir -p "$stage/out/sbom" "$stage/out/images"
cd "$stage/out"

fail() { echo "FAILED: $*"; exit 1; }
sign() { "$project/packaging/checksums.sh" . "$@"; }
# What docs/packaging.md says.
is_good() { gpg --batch --quiet --verify SHA256SUMS.asc SHA256SUMS 2>/dev/null && sha256sum --quiet --check SHA256SUMS; }

gpg --batch --quiet --passphrase '' --quick-generate-key 'release@localhost' ed25519 sign 1d
for file in a_1_amd64.deb a_1.dsc a_1.tar.xz sbom/a_1.cdx.json images/a_1.oci.tar; do echo "$file" >"$file"; done

sign release@localhost
is_good || fail "what was signed is good"
[ "$(wc -l <SHA256SUMS)" -eq 5 ] || fail "all that is handed out is covered: $(cat SHA256SUMS)"

echo changed >images/a_1.oci.tar
! is_good 2>/dev/null || fail "a changed file is found"
sha256sum -- images/a_1.oci.tar >>SHA256SUMS
! gpg --batch --quiet --verify SHA256SUMS.asc SHA256SUMS 2>/dev/null || fail "a changed list is found"

sign
[ ! -e SHA256SUMS.asc ] || fail "without a key no older signature stays"
! sign nobody@localhost 2>/dev/null || fail "an unknown key is an error"
[ ! -e SHA256SUMS.asc ] || fail "and leaves no signature"
! "$project/packaging/package.sh" --sign nobody@localhost >/dev/null 2>"$stage/said" || fail "an unknown key is an error"
grep -q 'has no key nobody@localhost' "$stage/said" || fail "before anything is built: $(cat "$stage/said")"
echo "signed, verified, and changes found"
