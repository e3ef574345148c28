// SPDX-License-Identifier: Apache-2.0
// requires: CC-2
// about: an object file of gigabytes from one line
// status: compile_error time_limit memory_limit disk_limit
// stdout: any
// compile_limits: wall_ms=9000 cpu_ms=9000
// beside: neighbour
char huge[3L << 30] = {1};
int main(void) {
  return huge[5];
}
