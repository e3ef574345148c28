// SPDX-License-Identifier: Apache-2.0
// requires: CC-2
// about: includes itself without end
// status: compile_error time_limit memory_limit output_limit
// stdout: any
// compile_limits: wall_ms=5000 cpu_ms=5000
#include __FILE__
#include __FILE__
