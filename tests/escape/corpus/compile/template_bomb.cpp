// SPDX-License-Identifier: Apache-2.0
// requires: CC-2
// about: templates that instantiate twice as many each
// status: compile_error time_limit memory_limit output_limit
// stdout: any
// compile_limits: wall_ms=3000 cpu_ms=3000 memory_bytes=268435456
// beside: neighbour
template <int N, int M>
struct Tree {
  Tree<N - 1, M * 2> left;
  Tree<N - 1, M * 2 + 1> right;
};
template <int M>
struct Tree<0, M> {
  char leaf;
};
Tree<30, 1> tree;
int main() {}
