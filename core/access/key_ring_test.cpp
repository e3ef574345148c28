// SPDX-License-Identifier: Apache-2.0
#include "core/access/key_ring.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/access/key_file.hpp"

namespace cex::access {
namespace {

const WallTime kNow{std::chrono::seconds{1'800'000'000}};
constexpr const char* kPepper = "0123456789abcdef0123456789abcdef";

Principal student() {
  Principal principal;
  principal.tenant = "school";
  principal.roles = {Role::run};
  principal.permit.languages = {"python"};
  principal.permit.network = false;
  principal.permit.max.memory_bytes = 1U << 26U;
  principal.rate = Rate{5, 10};
  return principal;
}

TEST(KeyRing, knows_its_keys_and_no_others) {
  const NewKey key = make_key(kPepper, "n", student(), std::nullopt, kNow);
  const KeyRing ring{kPepper, {key.record}};
  const auto principal = ring.verify(key.secret, kNow);
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->tenant, "school");
  EXPECT_EQ(principal->key, key.record.prefix);
  std::string other = key.secret;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& wrong :
       {other, std::string{}, std::string{"cex__"}, key.secret + "x", key.record.prefix,
        key.secret.substr(0, key.secret.size() - 1)}) {
    EXPECT_FALSE(ring.verify(wrong, kNow)) << wrong;
  }
  const KeyRing moved{"another pepper, another pepper...", {key.record}};
  EXPECT_FALSE(moved.verify(key.secret, kNow));
}

TEST(KeyRing, keeps_no_secret) {
  const NewKey key = make_key(kPepper, "n", student(), std::nullopt, kNow);
  EXPECT_EQ(to_json_value(key.record).dump().find(key.secret.substr(20)), std::string::npos);
  EXPECT_NE(make_key(kPepper, "n", {}, std::nullopt, kNow).secret, key.secret);
}

TEST(KeyRing, refuses_expired_and_revoked_keys) {
  NewKey key = make_key(kPepper, "n", student(), kNow + std::chrono::hours{1}, kNow);
  EXPECT_TRUE(KeyRing(kPepper, {key.record}).verify(key.secret, kNow));
  EXPECT_FALSE(KeyRing(kPepper, {key.record}).verify(key.secret, kNow + std::chrono::hours{1}));
  key.record.revoked_at = kNow;
  EXPECT_FALSE(KeyRing(kPepper, {key.record}).verify(key.secret, kNow));
  EXPECT_FALSE(KeyRing(kPepper, {key.record}).empty());
}

TEST(Principal, roles_include_others) {
  Principal principal;
  principal.roles = {Role::run};
  EXPECT_TRUE(principal.has(Role::read));
  EXPECT_FALSE(principal.has(Role::auditor));
  principal.roles = {Role::auditor};
  EXPECT_FALSE(principal.has(Role::read));
  principal.roles = {Role::admin};
  EXPECT_TRUE(principal.has(Role::auditor));
}

class KeyFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/keys-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(KeyFileTest, keeps_what_it_is_given) {
  const KeyFile file{folder_};
  EXPECT_TRUE(file.read()->empty());
  EXPECT_TRUE((*file.ring())->empty());
  std::string secret;
  KeyFile writer{folder_};
  ASSERT_TRUE(writer.change([&](const std::string& pepper, std::vector<KeyRecord>& keys) {
    NewKey key = make_key(pepper, "first", student(), kNow + std::chrono::hours{1}, kNow);
    secret = key.secret;
    keys.push_back(key.record);
    return Result<void>{};
  }));
  const std::string stamp = file.stamp();
  const auto principal = (*file.ring())->verify(secret, kNow);
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->permit.languages, student().permit.languages);
  EXPECT_FALSE(principal->permit.network);
  EXPECT_EQ(principal->permit.max, student().permit.max);
  EXPECT_EQ(principal->rate->burst, 10U);
  ASSERT_TRUE(writer.change([&](const std::string&, std::vector<KeyRecord>& keys) {
    keys.at(0).revoked_at = kNow;
    return Result<void>{};
  }));
  EXPECT_NE(file.stamp(), stamp);
  EXPECT_FALSE((*file.ring())->verify(secret, kNow));
  for (const char* name : {"keys.json", "pepper"}) {
    EXPECT_EQ(std::filesystem::status(folder_ + "/" + name).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

TEST_F(KeyFileTest, a_damaged_file_is_an_error_and_not_no_keys) {
  KeyFile file{folder_};
  for (const char* text :
       {"", "{", "{}", R"({"format":2,"keys":[]})", R"({"format":1,"keys":[{}]})"}) {
    std::ofstream{folder_ + "/keys.json"} << text;
    std::filesystem::permissions(folder_ + "/keys.json", std::filesystem::perms{0600});
    EXPECT_FALSE(file.ring()) << text;
  }
}

TEST_F(KeyFileTest, files_that_others_may_read_are_refused) {
  KeyFile file{folder_};
  ASSERT_TRUE(file.change([](const std::string& pepper, std::vector<KeyRecord>& keys) {
    keys.push_back(make_key(pepper, "n", student(), std::nullopt, kNow).record);
    return Result<void>{};
  }));
  for (const char* name : {"pepper", "keys.json"}) {
    const std::string path = folder_ + "/" + name;
    std::filesystem::permissions(path, std::filesystem::perms{0640});
    EXPECT_FALSE(file.ring()) << name;
    std::filesystem::permissions(path, std::filesystem::perms{0600});
    EXPECT_TRUE(file.ring());
  }
}

TEST_F(KeyFileTest, a_change_that_fails_changes_nothing) {
  KeyFile file{folder_};
  EXPECT_FALSE(file.change([](const std::string&, std::vector<KeyRecord>& keys) {
    keys.emplace_back();
    return Result<void>{fail(Errc::not_found, "no")};
  }));
  EXPECT_TRUE(file.read()->empty());
}

}  // namespace
}  // namespace cex::access
