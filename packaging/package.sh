#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds all Debian packages: package.sh [--if-changed] [--quick] [--twice] [--sign KEY] [--images [FAMILY...]].
# ./dev package installs what it needs. --quick: to try how they install, not to ship: three languages, compiled in
# half the time, not looked at by lintian. --images takes packages of these sources that lie there already.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly OUT="$PWD/build-package"

say() { printf '\n== %s\n' "$*"; }
die() { printf 'package: %s\n' "$*" >&2; exit 1; }

version() { sed -n '1s/.*(\(.*\)).*/\1/p' packaging/debian/changelog; }

# The files that git knows, as they are now: a source package of exactly what is kept.
sources() { git ls-files -z --cached --others --exclude-standard; }

# What was packaged last is told by content: a checkout's times say when it was made.
fingerprint() { sources | xargs -0 sha256sum -- 2>/dev/null | sha256sum | cut -d' ' -f1; }

unpack_into() {
  local tree=$1
  rm -rf "$tree"
  mkdir -p "$tree"
  sources | grep -zv '^packaging/debian/' |
    tar --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -xf - -C "$tree"
  [[ $quick -eq 0 ]] ||
    find "$tree/plugins" -mindepth 1 -maxdepth 1 -type d ! -name python ! -name go ! -name lua -exec rm -r {} +
  cp -a packaging/debian "$tree/debian"
  python3 "$tree/debian/complete.py" "$tree"
  rm "$tree/debian/complete.py"
}

# debhelper gives the build a home folder of its own, where a cache would begin empty each time. Paths stay as they
# are: rewritten ones would put other names into the debug information than a build without the cache does.
use_compiler_cache() {
  command -v ccache >/dev/null || return 0
  export CCACHE_DIR=${CCACHE_DIR-$(ccache --get-config cache_dir)} CCACHE_BASEDIR=''
  unset CCACHE_NOHASHDIR
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
  use_compiler_cache
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

# What the changelog says of when this was written, whenever it is built.
release_time() { dpkg-parsechangelog -l packaging/debian/changelog -STimestamp; }

build_packages() {
  rm -rf "$OUT"
  mkdir -p "$OUT"
  say "Building packages into build-package/"
  [[ $quick -eq 0 ]] ||
    export DEB_BUILD_OPTIONS="noopt noautodbgsym ${DEB_BUILD_OPTIONS-}" DEB_CFLAGS_STRIP=-g DEB_CXXFLAGS_STRIP=-g
  build_in "$OUT"
  if [[ $twice -eq 1 ]]; then
    say "Building them once more"
    mkdir "$OUT/again"
    # What is compared must have been compiled, not found in a cache.
    CCACHE_DISABLE=1 build_in "$OUT/again"
    compare_builds "$OUT" "$OUT/again"
    rm -rf "$OUT/again"
  fi
  if [[ $quick -eq 0 ]]; then
    say "lintian"
    lintian --fail-on error,warning --suppress-tags-from-file packaging/debian/lintian-not-ours "$OUT"/*.changes
  fi
  say "Bills of materials"
  python3 -B packaging/sbom/make_sbom.py "$OUT"/*.deb --out "$OUT/sbom"
  echo "$now$([[ $quick -eq 0 ]] || echo ' quick')" >"$STAMP"
}

build_images() {
  say "Building images into build-package/images/"
  SOURCE_DATE_EPOCH=$(release_time) python3 -B packaging/images/build.py --packages "$OUT" --out "$OUT" "${families[@]}"
  cp packaging/images/seccomp.json "$OUT/images/"
}

# Quick ones do where quick ones are asked for only.
is_packaged() {
  [[ -f $STAMP ]] && { [[ $(<"$STAMP") == "$1" ]] || [[ $quick -eq 1 && $(<"$STAMP") == "$1 quick" ]]; }
}

twice=0 key='' if_changed=0 quick=0 images=0 families=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --twice) twice=1; shift ;;
    --if-changed) if_changed=1; shift ;;
    --quick) quick=1; shift ;;
    --sign) key=${2-}; [[ -n $key ]] || die "--sign needs a key"; shift 2 ;;
    --images)
      images=1 if_changed=1; shift
      while [[ $# -gt 0 && $1 != -* ]]; do families+=("$1"); shift; done ;;
    *) die "unknown option $1" ;;
  esac
done
[[ $(version) == "$(sed -n 's/^project(code-executor VERSION \([^ ]*\).*/\1/p' CMakeLists.txt)" ]] ||
  die "packaging/debian/changelog and CMakeLists.txt name different versions"
# Now, and not when all is built.
[[ -z $key ]] || gpg --batch --list-secret-keys "$key" >/dev/null || die "gpg has no key $key to sign with"

readonly STAMP="$OUT/.packaged"
now=$(fingerprint)
if [[ $if_changed -eq 1 ]] && is_packaged "$now"; then
  say "build-package/ has the packages of these sources"
  [[ $images -eq 1 || -n $key ]] || exit 0
else
  build_packages
fi
[[ $images -eq 0 ]] || build_images
packaging/checksums.sh "$OUT" "$key"
say "Done: build-package/"
ls "$OUT"
