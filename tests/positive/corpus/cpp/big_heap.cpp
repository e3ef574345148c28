// SPDX-License-Identifier: Apache-2.0
// about: most of the memory it may have, in many pieces and in one
// limits: memory_bytes=268435456
#include <iostream>
#include <list>
#include <string>
#include <vector>

int main() {
  std::list<std::string> pieces;
  for (int i = 0; i < 1000; ++i) pieces.emplace_back(100'000, 'x');
  std::vector<int> whole(25'000'000, 1);
  long sum = 0;
  for (const int value : whole) sum += value;
  std::cout << (sum == 25'000'000 && pieces.size() == 1000 ? "works" : "does not") << '\n';
}
