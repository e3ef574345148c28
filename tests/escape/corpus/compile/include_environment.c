// SPDX-License-Identifier: Apache-2.0
// requires: CC-1
// about: includes the environment of the compiler, where a service may keep its secrets
// status: compile_error
// stdout: any
#include "/proc/self/environ"
#include "/proc/1/environ"
