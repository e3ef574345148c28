#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Inside the virtual machine, which may be changed at will: vm_guest.sh LANE TESTS LAUNCHER ARGUMENT...
# TESTS is cex-box-tests, ARGUMENT the victim:
#   root       as root, with a core handler that leaves a mark for every crash it is started for
#   delegated  as a plain user with a subordinate range, in a cgroup subtree made for that user by hand
#   systemd    as a plain user without one, in a unit with Delegate=yes
# TESTS is cex-corpus-tests, the ARGUMENTs are the folder of plugins and the corpora:
#   corpus            as root
#   corpus-delegated  as the plain user of "delegated"
set -eu
lane=$1 tests=$2 launcher=$3
shift 3
options=()
folder=$(mktemp -d /tmp/cex-vm.XXXXXX)
chmod 755 "$folder"
programs=$folder/bin
mkdir "$programs"
install -m 755 "$tests" "$launcher" "$programs"
short() { [ "${CEX_VM_FULL:-0}" = 1 ] || options+=("--gtest_filter=$1"); }

as_root() {
  local marks=$folder/crashes
  mkdir "$marks"
  printf '#!/bin/sh\ncat >/dev/null\n: >"%s/$1"\n' "$marks" >"$folder/core-handler"
  chmod 755 "$folder/core-handler"
  echo "|$folder/core-handler %e" >/proc/sys/kernel/core_pattern
  short '-Soak.*'
  CEX_CORE_MARKS=$marks exec "$programs/cex-box-tests" "${options[@]}"
}

make_delegated_group() {
  local group=/sys/fs/cgroup/delegated
  echo "nobody:300000:65536" | tee /etc/subuid >/etc/subgid
  mkdir "$group"
  chown 65534:65534 "$group" "$group"/cgroup.{procs,threads,subtree_control}
  # A second process shares the group, as a shell would: it has to move over with the server.
  sleep 1000000 &
  echo $! >"$group/cgroup.procs"
  echo $$ >"$group/cgroup.procs"
  export CEX_EXPECT_IDS=slot CEX_EXPECT_CGROUP=/delegated HOME=/tmp
}

as_nobody() { exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"; }

delegated() {
  make_delegated_group
  short 'Limit.*:Identity.*:Delegation.*:Isolation.the_self_test_holds'
  as_nobody "$programs/cex-box-tests" "${options[@]}"
}

in_a_unit() {
  short 'Limit.memory*:Limit.processes*:Identity.*:Delegation.*:Isolation.the_self_test_holds'
  exec systemd-run --quiet --wait --pipe --collect --unit=cex-test -p User=nobody -p Group=nogroup \
    -p Delegate=yes -p NoNewPrivileges=yes -E CEX_EXPECT_IDS=shared -E HOME=/tmp \
    -E CEX_EXPECT_CGROUP=/system.slice/cex-test.service \
    -E CEX_TEST_TIME_FACTOR="${CEX_TEST_TIME_FACTOR:-1}" "$programs/cex-box-tests" "${options[@]}"
}

# What the short form looks at: one program for each way in which v2 and v1 differ.
take_corpus() {
  cp -r "$1" "$folder/plugins"
  corpora=("${@:2}")
  short '*memory_heap:*memory_many_processes:*count_children:*fork_chain:*cpu_share:*cgroup_files:*nobody_at_all'
}

case $lane in
  root | delegated | systemd) install -m 755 "$1" "$programs" ;;
esac
case $lane in
  root) as_root ;;
  delegated) delegated ;;
  systemd) in_a_unit ;;
  corpus) take_corpus "$@"; exec "$programs/cex-corpus-tests" "${corpora[@]}" "${options[@]}" ;;
  corpus-delegated)
    take_corpus "$@"
    make_delegated_group
    as_nobody "$programs/cex-corpus-tests" "${corpora[@]}" "${options[@]}"
    ;;
  *) echo "unknown lane $lane"; exit 64 ;;
esac
