#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds all Debian packages: package.sh [--twice] [--sign KEY]. ./dev package installs what it needs.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly OUT="$PWD/build-package"

say() { printf '\n== %s\n' "$*"; }
die() { printf 'package: %s\n' "$*" >&2; exit 1; }

version() { sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog; }

# The files that git knows, as they are now: a source package of exactly what is kept.
unpack_into() {
  local tree=$1
  rm -rf "$tree"
  mkdir -p "$tree"
  git ls-files -z --cached --others --exclude-standard -- ':!packaging/debian' |
    tar --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -xf - -C "$tree"
  cp -a packaging/debian "$tree/debian"
  python3 "$tree/debian/complete.py" "$tree"
  rm "$tree/debian/complete.py"
}

# build_in FOLDER: source and binary packages in FOLDER, and its log.
build_in() {
  local folder=$1 tree
  tree="$folder/code-executor-$(version)"
  unpack_into "$tree"
  # Files carry the time of the changelog, whenever they were written here.
  SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$tree/debian/changelog" -STimestamp)
  export SOURCE_DATE_EPOCH
  find "$tree" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
  (cd "$tree" && DEB_BUILD_OPTIONS="nocheck ${DEB_BUILD_OPTIONS-}" dpkg-buildpackage -us -uc) \
    >"$folder/build.log" 2>&1 ||
    { tail -n 40 "$folder/build.log" >&2; die "the build failed; its log is $folder/build.log"; }
  rm -rf "$tree"
}

compare_builds() {
  local package different=0
  for package in "$1"/*.deb "$1"/*.tar.*; do
    cmp "$package" "$2/$(basename "$package")" || different=1
  done
  [[ $different -eq 0 ]] || die "two builds of one source differ"
  say "Two builds of one source are the same, byte by byte"
}

twice=0 key=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --twice) twice=1; shift ;;
    --sign) key=${2-}; [[ -n $key ]] || die "--sign needs a key"; shift 2 ;;
    *) die "unknown option $1" ;;
  esac
done
[[ $(version) == "$(sed -n 's/^project(code-executor VERSION \([^ ]*\).*/\1/p' CMakeLists.txt)" ]] ||
  die "packaging/debian/changelog and CMakeLists.txt name different versions"

rm -rf "$OUT"
mkdir -p "$OUT"
say "Building packages into build-package/"
build_in "$OUT"
if [[ $twice -eq 1 ]]; then
  say "Building them once more"
  mkdir "$OUT/again"
  build_in "$OUT/again"
  compare_builds "$OUT" "$OUT/again"
  rm -rf "$OUT/again"
fi
say "lintian"
lintian --fail-on error,warning --suppress-tags-from-file packaging/debian/lintian-not-ours "$OUT"/*.changes
say "Bills of materials"
python3 packaging/sbom/make_sbom.py "$OUT"/*.deb --out "$OUT/sbom"
(cd "$OUT" && sha256sum -- *.deb *.dsc *.tar.* sbom/* >SHA256SUMS)
[[ -z $key ]] || gpg --batch --yes --local-user "$key" --armor --detach-sign "$OUT/SHA256SUMS"
say "Done: build-package/"
ls "$OUT"
