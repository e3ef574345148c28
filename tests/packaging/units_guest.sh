#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Inside the virtual machine, which may be changed at will: units_guest.sh FOLDER, with the packages, and newer ones of
# server and core in repacked/ below it.
set -euo pipefail
packages=$1
url=http://127.0.0.1:8080

fail() {
  echo "FAILED: $*"
  journalctl --no-pager -u code-executor -u code-executor-rootless | grep -v '"message":"request"' | tail -n 30
  dmesg | grep 'apparmor="DENIED"' | tail -n 10 || true
  exit 1
}

install_packages() {
  echo "== the packages are installed: the unit is started by them"
  rm -rf /var/lib/code-executor
  rm -f /usr/sbin/policy-rc.d  # which would keep packages from starting services
  dpkg --install "$packages"/*.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "the packages can be installed"; }
  systemctl --quiet is-enabled code-executor || fail "the package enables its unit"
  wait_until_ready code-executor
  a_job_runs "just installed"
  systemctl stop code-executor
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

submit() {
  curl -sS "$url/v1/jobs" -H 'Content-Type: application/json' -d "{\"language\":\"python\",\"source\":\"$1\"}" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'
}

ends_with() {
  local id=$1 output=$2 answer='' tries
  for ((tries = 0; tries < 180; tries++)); do
    answer=$(curl -sS "$url/v1/jobs/$id")
    [[ $answer != *'"state":"finished"'* ]] || break
    sleep 1
  done
  [[ $answer == *"\"stdout\":\"$output\\n\""* ]] || fail "an accepted job outlives the upgrade: $answer"
}

upgrade_keeps_jobs() {
  local before running waiting
  echo "== an upgrade of the server that runs: one job runs, one waits"
  printf '[server]\ndrain_timeout_ms = 500\n[sandbox]\nslots = 1\nspare_slots = 0\n' >/etc/code-executor/conf.d/test.toml
  systemctl start code-executor
  wait_until_ready code-executor
  before=$(systemctl show -P MainPID code-executor)
  running=$(submit 'import time; time.sleep(8); print(1)')
  waiting=$(submit 'print(2)')
  dpkg --install "$packages"/repacked/*.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "newer packages can be installed"; }
  [ "$(dpkg-query -W -f '${Version}' code-executor-server)" = 99.0.0 ] || fail "the newer server is installed"
  wait_until_ready code-executor
  [ "$(systemctl show -P MainPID code-executor)" != "$before" ] || fail "the upgrade restarts the unit"
  ends_with "$running" 1
  ends_with "$waiting" 2
  systemctl stop code-executor
  rm /etc/code-executor/conf.d/test.toml
}

removal_stops_the_unit() {
  echo "== a removal stops the unit that runs"
  systemctl start code-executor
  wait_until_ready code-executor
  dpkg --remove code-executor-plugin-python code-executor-server code-executor-core >/tmp/dpkg.log 2>&1 ||
    { cat /tmp/dpkg.log; fail "the packages can be removed"; }
  ! pgrep -f '/code-executord|cex-launcher' || fail "no process outlives the removal"
  [ -d /var/lib/code-executor ] || fail "the data stays"
}

install_packages
unit_works code-executor
upgrade_keeps_jobs
confined_unit_works
unit_works code-executor-rootless
removal_stops_the_unit
echo "== well"
