// SPDX-License-Identifier: Apache-2.0

// Ten thousand jobs leave nothing behind: the outside is counted before and after.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/corpus/processes.hpp"
#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;

struct Outside {
  long descriptors{0};
  long cgroups{0};
  long boxes{0};  // processes of the launcher's tree
  long mounts{0};
  long rss_kib{0};
};

long count(const fs::path& folder) {
  long found = 0;
  std::error_code error;
  for (auto at = fs::directory_iterator{folder, error}; !error && at != fs::directory_iterator{};
       at.increment(error)) {
    ++found;
  }
  return found;
}

// The launchers, their slots, and what lives in boxes.
long descendants() {
  long found = 0;
  for (const auto& [name, number] : names_of_descendants(::getpid()))
    found += static_cast<long>(number);
  return found;
}

long lines(const char* path) {
  std::ifstream in{path};
  long found = 0;
  for (std::string line; std::getline(in, line);) ++found;
  return found;
}

long resident_kib() {
  std::ifstream in{"/proc/self/statm"};
  long total = 0;
  long resident = 0;
  in >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE) / 1024;
}

// Once idle slots are gone and the others have their next cell; that is the resting state.
Outside look() {
  auto& pool = Boxes::get().pool();
  const auto rests = [&pool] {
    const auto status = pool.status();
    return status.slots == kKeptSlots && status.ready == kKeptSlots;
  };
  for (int i = 0; i < 2000 * time_factor() && !rests(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_TRUE(rests());
  // The pool knows of a slot it gave up before the last process of it is dead.
  const auto looks = [] {
    return std::pair{descendants(), Boxes::get().cgroup_folders().size()};
  };
  constexpr int kEqualLooks = 10;
  auto last = looks();
  for (int i = 0, equal = 0; i < 600 * time_factor() && equal < kEqualLooks; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    const auto now = looks();
    equal = now == last ? equal + 1 : 0;
    last = now;
  }
  return {count("/proc/self/fd"), static_cast<long>(Boxes::get().cgroup_folders().size()),
          descendants(), lines("/proc/self/mountinfo"), resident_kib()};
}

void run_jobs(int jobs) {
  std::atomic<int> left{jobs};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      auto plan = victim({});
      plan.argv = {"/usr/bin/true"};
      while (left-- > 0) {
        const auto outcome = run(plan);
        if (outcome.why != WhyEnded::exited || outcome.exit_code != 0) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

TEST(Soak, ten_thousand_jobs_leave_nothing_behind) {
  const int slower = time_factor() > 1 ? 50 : 1;  // an emulated machine would take an hour
  run_jobs(400 / slower);  // pools, buffers and the allocator find their size
  const Outside before = look();
  // In an emulated machine the same number would take an hour.
  run_jobs(10'000 / slower);
  const Outside after = look();
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_EQ(after.cgroups, before.cgroups);
  EXPECT_EQ(after.boxes, before.boxes);
  EXPECT_EQ(after.mounts, before.mounts);
  EXPECT_LT(after.rss_kib, before.rss_kib + 8 * 1024);
}

}  // namespace
}  // namespace cex::test
