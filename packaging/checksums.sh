#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# checksums.sh FOLDER [KEY]: SHA256SUMS of all that is handed out from there, and with a key of gpg its signature.
set -euo pipefail
cd "$1"
key=${2-}

# A signature of what was there before would be taken for one of this.
rm -f SHA256SUMS SHA256SUMS.asc
shopt -s nullglob
sha256sum -- *.deb *.dsc *.buildinfo *.tar.* images/* sbom/* >SHA256SUMS
[[ -z $key ]] ||
  gpg --batch --local-user "$key" --armor --output SHA256SUMS.asc --detach-sign SHA256SUMS
