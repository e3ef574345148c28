// SPDX-License-Identifier: Apache-2.0
// about: threads, futures, atomics, chrono, filesystem, exceptions, streams, regex
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <regex>
#include <thread>
#include <vector>

int main() {
  std::atomic<int> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { sum += 1; });
  for (auto& thread : threads) thread.join();
  auto later = std::async(std::launch::async, [] { return 34; });
  try {
    throw std::runtime_error("caught");
  } catch (const std::exception&) {
    sum += later.get();
  }
  const auto folder = std::filesystem::temp_directory_path() / "deep" / "deeper";
  std::filesystem::create_directories(folder);
  std::ofstream{folder / "file"} << "text";
  const bool found = std::filesystem::file_size(folder / "file") == 4;
  const bool match = std::regex_match("cex-42", std::regex{"[a-z]+-\\d+"});
  std::this_thread::sleep_for(std::chrono::milliseconds{1});
  std::cout << (sum == 42 && found && match ? "works" : "does not") << std::endl;
}
