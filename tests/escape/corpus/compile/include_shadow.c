// SPDX-License-Identifier: Apache-2.0
// requires: CC-1
// about: includes a file of the host, to read it in the error message
// status: compile_error
// stdout: any
#include "/etc/shadow"
