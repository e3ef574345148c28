#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The code between clone and exec may use nothing of libc but these: launcher_symbols.sh OBJECT...
# A heap, a lock or a locale there would be shared with, or copied from, another process.
set -eu
allowed=' syscall __errno_location strlen memcpy memset memmove '
status=0
for object in "$@"; do
  case $object in
    */main.cpp.o) continue ;; # runs before any cell exists, and may use libc's wrappers
  esac
  for symbol in $(nm -u "$object" | awk '{print $2}'); do
    case $symbol in
      *cex*) continue ;; # our own, checked in their own objects
    esac
    case $allowed in
      *" $symbol "*) ;;
      *) echo "$(basename "$object") needs $symbol"; status=1 ;;
    esac
  done
done
[ "$#" -gt 5 ] || { echo "too few objects were given"; status=1; }
exit $status
