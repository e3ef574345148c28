// SPDX-License-Identifier: Apache-2.0
// requires: CC-2
// about: a constant that takes for ever
// status: compile_error time_limit
// stdout: any
// compile_limits: wall_ms=3000 cpu_ms=3000
constexpr unsigned long spin() {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 1UL << 40; ++i) sum += i;
  return sum;
}
constexpr unsigned long kSum = spin();
int main() {}
