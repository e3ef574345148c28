#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Inside the virtual machine, which may be changed at will: units_guest.sh PROJECT
set -euo pipefail
packages=$1/build-package
url=http://127.0.0.1:8080

fail() {
  echo "FAILED: $*"
  journalctl --no-pager -u code-executor -u code-executor-rootless | grep -v '"message":"request"' | tail -n 30
  dmesg | grep 'apparmor="DENIED"' | tail -n 10 || true
  exit 1
}

# What apt does, as far as it matters here: files, user, folders. The machine's own packages are those that it has.
unpack() {
  local name
  for name in core server plugin-python; do
    dpkg-deb --fsys-tarfile "$packages"/code-executor-"$name"_*.deb | tar -x --keep-directory-symlink -C /
  done
  systemd-sysusers code-executor.conf
  rm -rf /var/lib/code-executor
  systemd-tmpfiles --create code-executor.conf
  systemctl daemon-reload
}

wait_until_ready() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    curl -fsS "$url/readyz" >/dev/null 2>&1 && return
    [ "$(systemctl show -P NRestarts "$1")" -lt 3 ] || fail "$1 starts again and again"
    ! systemctl --quiet is-failed "$1" || fail "$1 has failed"
    sleep 1
  done
  fail "$1 is not ready"
}

a_job_runs() {
  local answer
  answer=$(curl -sS "$url/v1/jobs?wait=60" -H 'Content-Type: application/json' \
    -d '{"language":"python","source":"print(6 * 7)"}')
  [[ $answer == *'"stdout":"42\n"'* ]] || fail "$1: a job printed 42: $answer"
}

reload_is_taken() {
  systemctl reload "$1" || fail "$1 takes a reload"
  sleep 5
  ! journalctl --no-pager -u "$1" | grep 'not reloaded' || fail "$1 reads its configuration again"
  a_job_runs "$1 after a reload"
}

unit_works() {
  local unit=$1
  echo "== $unit: start, job, restart, job, reload, stop"
  systemctl start "$unit"
  wait_until_ready "$unit"
  a_job_runs "$unit"
  systemctl restart "$unit"
  wait_until_ready "$unit"
  a_job_runs "$unit after a restart"
  reload_is_taken "$unit"
  systemctl stop "$unit"
  [ "$(systemctl show -P Result "$unit")" = success ] || fail "$unit ends well"
  ! pgrep -f '/code-executord|cex-launcher' || fail "no process outlives $unit"
}

confined_unit_works() {
  local profile=/etc/apparmor.d/usr.bin.code-executord
  if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ]; then
    echo "== without AppArmor: the kernel has none"
    return
  fi
  echo "== the AppArmor profile, all of it enforced"
  sed 's/flags=(complain,/flags=(/' "$profile" >/tmp/enforced
  apparmor_parser --skip-cache --replace /tmp/enforced
  systemctl start code-executor
  wait_until_ready code-executor
  [[ $(cat "/proc/$(systemctl show -P MainPID code-executor)/attr/current") == 'code-executord (enforce)' ]] ||
    fail "the server is under its profile"
  a_job_runs "under the profile"
  ! dmesg | grep 'apparmor="DENIED".*profile="code-executord"' || fail "the profile denies nothing that is needed"
  systemctl stop code-executor
}

unpack
unit_works code-executor
confined_unit_works
unit_works code-executor-rootless
echo "== well"
