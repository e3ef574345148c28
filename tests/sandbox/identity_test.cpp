// SPDX-License-Identifier: Apache-2.0

// Who a job is, inside and outside, and whether the start told the truth about it.
#include <linux/securebits.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "tests/sandbox/box_fixture.hpp"

namespace cex::test {
namespace {

const HealthCheck* check_named(const std::string& name) {
  for (const auto& check : Boxes::get().checks()) {
    if (check.name == name) return &check;
  }
  return nullptr;
}

// The lane's script knows what this host offers: "slot", "shared", or nothing to expect.
std::string expected_ids() {
  const char* text = std::getenv("CEX_EXPECT_IDS");
  return text == nullptr ? "" : text;
}

TEST(Identity, a_job_has_no_right_and_no_tie_to_anything_outside) {
  const auto out = run(victim({"identity"})).out.bytes;
  const int bits = std::stoi(value_of(out, "securebits"));
  for (const int bit : {SECBIT_NOROOT, SECBIT_NOROOT_LOCKED, SECBIT_KEEP_CAPS_LOCKED,
                        SECBIT_NO_CAP_AMBIENT_RAISE, SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED}) {
    EXPECT_NE(bits & bit, 0) << bit;
  }
  EXPECT_NE(value_of(out, "uid"), "0");
  EXPECT_NE(value_of(out, "gid"), "0");
  EXPECT_EQ(value_of(out, "session"), "own");
  EXPECT_EQ(value_of(out, "umask"), "022");
  EXPECT_EQ(value_of(out, "host"), "box");
  EXPECT_EQ(value_of(out, "terminal"), "ENOENT");
  if (Boxes::get().isolation().own_ids) {
    EXPECT_EQ(value_of(out, "groups"), "0");
  }
}

TEST(Identity, each_slot_has_ids_of_its_own_or_the_start_says_that_it_has_not) {
  const bool own = Boxes::get().isolation().own_ids;
  if (!expected_ids().empty()) {
    EXPECT_EQ(own, expected_ids() == "slot");
  }
  const auto* check = check_named("user ids");
  ASSERT_NE(check, nullptr);
  EXPECT_EQ(check->state, own ? HealthCheck::State::ok : HealthCheck::State::degraded);
  EXPECT_EQ(check->remedy.empty(), own);
  // Slots are taken in turn, so several runs see several slots.
  std::set<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.insert(value_of(run(victim({"identity"})).out.bytes, "uid"));
  if (own) {
    EXPECT_GT(ids.size(), 1U);
  } else {
    EXPECT_EQ(ids.size(), 1U);
  }
}

TEST(Identity, huge_pages_are_refused_but_transparent_ones_are_not) {
  const auto out = run(victim({"huge"})).out.bytes;
  EXPECT_EQ(value_of(out, "mmap"), "ENOMEM");
  EXPECT_EQ(value_of(out, "memfd"), "EINVAL");
  EXPECT_EQ(value_of(out, "shm"), "EPERM");
  EXPECT_NE(value_of(out, "transparent"), "missing");
}

}  // namespace
}  // namespace cex::test
