// SPDX-License-Identifier: Apache-2.0
// requires: CC-1 CC-2
// about: includes a device that never ends
// status: compile_error time_limit memory_limit output_limit
// stdout: any
// compile_limits: wall_ms=3000 cpu_ms=3000 memory_bytes=268435456
#include "/dev/zero"
