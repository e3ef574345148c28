// SPDX-License-Identifier: Apache-2.0
// requires: CC-2 OU-1
// about: an error for each of a hundred thousand words, with long names
// status: compile_error output_limit time_limit
// stdout: any
// compile_limits: output_bytes=100000
#define E1 undefined_name_of_some_length_to_make_it_worse;
#define E2 E1 E1 E1 E1 E1 E1 E1 E1 E1 E1
#define E3 E2 E2 E2 E2 E2 E2 E2 E2 E2 E2
#define E4 E3 E3 E3 E3 E3 E3 E3 E3 E3 E3
#define E5 E4 E4 E4 E4 E4 E4 E4 E4 E4 E4
void f(void) {
  E5
}
