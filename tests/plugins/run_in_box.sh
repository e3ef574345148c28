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
# Only the plugin in question: the others' probes take their time.
cat >"$work/config.toml" <<'TOML'
[plugins]
disabled = ["org.code-executor.python", "org.code-executor.cpp", "org.code-executor.go", "org.code-executor.jvm"]
TOML
printf '%s\n' "$text" >"$work/$file"
chmod 644 "$work/config.toml" "$work/$file"
set -- "$cex" --config "$work/config.toml" --plugin-dir "$folder"

if "$@" doctor | grep -E '^failed +(kernel|namespaces|seccomp|privileges|cgroup)'; then
  echo "no boxes on this host; see cex doctor"
  exit 77
fi
"$@" run --language "$language" "$work/$file" >"$work/out"
printf 'Hello, world!\n' | cmp - "$work/out"
