#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the hello program of a built template in a real box, by the command line.
# usage: run_in_box.sh CEX FOLDER LANGUAGE FILE TEXT      77: this host cannot hold boxes
set -eu
cex=$1 folder=$2 language=$3 file=$4 text=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work" # started as root, the command reads its files as another user

if [ ! -e "$folder/plugin.json" ]; then
  echo "$folder was not built"
  exit 77
fi
printf '%s\n' "$text" >"$work/$file"
chmod 644 "$work/$file"
set -- "$cex" --plugin-dir "$folder"

if "$@" doctor | grep -E '^failed +(kernel|namespaces|seccomp|privileges|cgroup)'; then
  echo "no boxes on this host; see cex doctor"
  exit 77
fi
"$@" run --language "$language" "$work/$file" >"$work/out"
printf 'Hello, world!\n' | cmp - "$work/out"
