// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/host_settings.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/ids.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;

// A machine made of files.
class CheckSettings : public ::testing::Test {
 protected:
  CheckSettings() : root_{fs::temp_directory_path() / ("cex-host-" + random_hex(8))} {
    fs::create_directories(root_);
  }
  ~CheckSettings() override {
    std::error_code error;
    fs::remove_all(root_, error);
  }

  void put(const std::string& path, const std::string& text) {
    const fs::path file = root_.string() + path;
    fs::create_directories(file.parent_path());
    std::ofstream{file} << text;
  }

  bool finds(const std::string& name) {
    const auto found = check_settings(root_.string());
    return std::any_of(found.begin(), found.end(), [&](const HealthCheck& check) {
      return check.name == name && check.state == HealthCheck::State::degraded &&
             !check.remedy.empty();
    });
  }

  fs::path root_;
};

TEST_F(CheckSettings, finds_nothing_wrong_with_a_careful_machine) {
  put("/proc/sys/kernel/core_pattern", "core\n");
  put("/proc/sys/fs/protected_symlinks", "1\n");
  put("/proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
  put("/proc/sys/kernel/perf_event_paranoid", "3\n");
  put("/proc/swaps", "Filename Type Size Used Priority\n");
  put("/sys/devices/system/cpu/smt/active", "0\n");
  EXPECT_TRUE(check_settings(root_.string()).empty());
}

TEST_F(CheckSettings, finds_each_setting_that_weakens) {
  put("/proc/sys/kernel/core_pattern", "|/usr/lib/crash %p\n");
  EXPECT_TRUE(finds("core dumps"));
  for (const char* name : {"hardlinks", "symlinks", "fifos", "regular"}) {
    fs::remove_all(root_ / "proc/sys/fs");
    put(std::string{"/proc/sys/fs/protected_"} + name, "0\n");
    EXPECT_TRUE(finds(name)) << name;
  }
  put("/proc/sys/kernel/unprivileged_bpf_disabled", "0\n");
  EXPECT_TRUE(finds("bpf"));
  for (const char* value : {"-1\n", "0\n", "1\n"}) {
    put("/proc/sys/kernel/perf_event_paranoid", value);
    EXPECT_TRUE(finds("perf")) << value;
  }
  put("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
  EXPECT_TRUE(finds("swap"));
  put("/sys/devices/system/cpu/smt/active", "1\n");
  EXPECT_TRUE(finds("smt"));
}

TEST_F(CheckSettings, finds_crypto_sockets_that_can_be_loaded) {
  put("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  EXPECT_FALSE(finds("af_alg"));
  put("/lib/modules/6.1.0-18-amd64/modules.dep", "kernel/crypto/af_alg.ko:\n");
  EXPECT_TRUE(finds("af_alg"));
  put("/etc/modprobe.d/no.conf", "# no\ninstall af_alg /bin/false\n");
  EXPECT_FALSE(finds("af_alg"));
  put("/proc/modules", "algif_aead 16384 0 - Live\naf_alg 32768 1 algif_aead, Live\n");
  EXPECT_TRUE(finds("af_alg"));
}

TEST_F(CheckSettings, finds_a_container_that_may_do_everything) {
  put("/proc/sys/kernel/cap_last_cap", "40\n");
  put("/proc/self/status", "CapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\n");
  EXPECT_FALSE(finds("container"));
  put("/.dockerenv", "");
  EXPECT_TRUE(finds("container"));
  put("/proc/self/status", "CapBnd:\t00000000a80425fb\n");
  EXPECT_FALSE(finds("container"));
}

TEST_F(CheckSettings, finds_a_kernel_with_a_known_bug) {
  put("/proc/sys/kernel/osrelease", "5.15.10\n");
  EXPECT_TRUE(finds("known kernel bugs"));
}

TEST(KnownBugs, goes_by_the_upstream_version_where_there_is_one) {
  EXPECT_EQ(known_bugs("5.15.24", "#1 SMP").size(), 2U);
  EXPECT_EQ(known_bugs("5.15.148-generic", "#1 SMP").size(), 1U);
  EXPECT_TRUE(known_bugs("5.15.149", "#1 SMP").empty());
  EXPECT_TRUE(known_bugs("6.18.44", "#1 SMP").empty());
  EXPECT_EQ(known_bugs("6.1.0-17-amd64", "#1 SMP Debian 6.1.69-1 (2023-12-30)"),
            std::vector<std::string>{"CVE-2024-1086"});
  EXPECT_TRUE(known_bugs("6.1.0-18-amd64", "#1 SMP Debian 6.1.76-1 (2024-02-01)").empty());
}

TEST(KnownBugs, says_nothing_where_a_distribution_counts_for_itself) {
  EXPECT_TRUE(known_bugs("5.14.0-427.el9.x86_64", "#1 SMP").empty());
  EXPECT_TRUE(known_bugs("5.15.0-91-generic", "#101-Ubuntu SMP").empty());
  EXPECT_TRUE(known_bugs("nonsense", "").empty());
}

}  // namespace
}  // namespace cex::sandbox
